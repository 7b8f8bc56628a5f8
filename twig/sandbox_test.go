package twig_test

import (
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/appdock/appdock/twig"
)

// spy is an object that notices when its string form is taken.
type spy struct{ asked *atomic.Bool }

func (spy) Class() string { return "Spy" }

func (s spy) ToString() string {
	s.asked.Store(true)
	return "SECRET"
}

func (spy) Property(name string) (twig.Value, bool) { return twig.String("SECRET"), name == "p" }

// everything allows all there is but methods and properties.
func everything() *twig.Policy {
	return &twig.Policy{
		Tags: strings.Fields(`apply autoescape block deprecated do embed extends flush for from guard if import include macro sandbox set types use with`),
		Filters: strings.Fields(`abs batch capitalize column convert_encoding date date_modify default e escape filter find first format join
			json_encode keys last length lower map merge nl2br number_format raw reduce replace reverse round shuffle slice sort spaceless split
			striptags title trim upper url_encode`),
		Functions: strings.Fields(`attribute block constant cycle date dump enum enum_cases include max min parent random range source template_from_string`),
	}
}

// TestStringFormsAreAsked holds that no operator, filter, function, test or tag
// takes the string form of an object, nor reads its property, without asking
// the policy: wherever it stands, and in arrays and iterators too.
func TestStringFormsAreAsked(t *testing.T) {
	t.Parallel()
	places := []string{"o", "[o]", "{k: o}", "iterator"}
	file, err := os.ReadFile("testdata/stringforms.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, template := range strings.Split(strings.TrimSpace(string(file)), "\n") {
		for _, place := range places {
			src := strings.ReplaceAll(template, "@", place) // where the object stands
			var asked atomic.Bool
			object := twig.ObjectOf(spy{&asked})
			for _, lax := range []bool{false, true} {
				options := []twig.Option{twig.WithLoader(twig.MapLoader{"t": src, "u": "u"}), twig.WithTemplateFromString(), twig.WithDebug()}
				if !lax {
					options = append(options, twig.WithStrictVariables())
				}
				vars := twig.NewMapping(2)
				vars.Set(twig.StringKey("o"), object)
				vars.Set(twig.StringKey("iterator"), twig.ObjectOf(row{object}))
				got := render(twig.New(options...).Sandbox(everything()), vars)
				if asked.Load() || got == "SECRET" {
					t.Errorf("%s takes the string form unasked: %s", src, got)
				}
			}
		}
	}
}

// row is an iterator over one value.
type row struct{ only twig.Value }

func (row) Class() string { return "Row" }

func (r row) Iterate(yield func(key, value twig.Value) bool) error {
	yield(twig.String("k"), r.only)
	return nil
}

// TestWhatIsHugeIsRefusedFirst holds that nothing is allocated for what the
// limits do not allow. It is not parallel: it looks at the process's memory.
func TestWhatIsHugeIsRefusedFirst(t *testing.T) {
	tests := map[string]string{
		"range":             `{{ range(1, 9000000000) }}`,
		"range of floats":   `{{ range(0, 90000000, 0.5) }}`,
		"..":                `{{ 1..9000000000 }}`,
		"width":             `{{ '%9000000000s'|format(1) }}`,
		"precision":         `{{ '%.900000000f'|format(1) }}`,
		"width of a number": `{{ '%0900000000d'|format(1) }}`,
		"fill":              `{{ [1]|batch(900000000, 0) }}`,
		"decimals":          `{{ 1|number_format(900000000) }}`,
		"separator":         `{{ 1e+300|number_format(0, '.', big) }}`,
		"glue":              `{{ (1..9999)|join(big) }}`,
		"replacement":       `{{ big|replace({x: big}) }}`,
		"format":            `{{ '` + strings.Repeat("%1$s", 5000) + `'|format(big) }}`,
		"merge":             `{% set l = 1..99999 %}{{ l|merge(` + strings.Repeat("l, ", 99) + `l)|length }}`,
		"letters":           `{% for i in 1..9 %}{{ big|split('')|length }}{% endfor %}`,
		"JSON":              `{{ [` + strings.Repeat("big, ", 500) + `]|json_encode }}`,
		"a number of days":  `{{ 'now'|date('` + strings.Repeat("l", 2_000_000) + `') }}`,
	}
	big := twig.String(strings.Repeat("x", 1<<20))
	for name, src := range tests {
		t.Run(name, func(t *testing.T) {
			env := twig.New(twig.WithLoader(twig.MapLoader{"t": src}), twig.WithLimits(twig.Limits{Allocated: 16 << 20}))
			tmpl := load(t, env, "t")
			vars := twig.NewMapping(1)
			vars.Set(twig.StringKey("big"), big)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := tmpl.Render(testContext, &strings.Builder{}, vars)
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Error("it was rendered")
			}
			if made := after.TotalAlloc - before.TotalAlloc; made > 100<<20 {
				t.Errorf("%d MB were allocated", made>>20)
			}
		})
	}
}

// TestNoMemoryIsTakenUncounted holds that a template cannot fill the memory
// with what it is given, by reading it again and again, nor with lists of tags.
// It is not parallel: it looks at the process's memory.
func TestNoMemoryIsTakenUncounted(t *testing.T) {
	vars := map[string]any{"s": strings.Repeat(" ", 20_000), "few": strings.Repeat(" ", 1000), "many": make([]any, 100_000), "shop": struct{ Rows [][]int }{[][]int{make([]int, 100_000)}}}
	for src, want := range map[string]string{
		`{% for i in 1..100 %}{% set l = [l ?? 0, _context] %}{% endfor %}1`:             "1",
		`{% set x = few|preg_replace('/ /', s ~ s ~ s ~ s ~ s ~ s ~ s ~ s ~ s ~ s) %}`:   `The template exceeds its limit of allocated bytes (8388608) in "t" at line 1.`,
		`{% set x = s|preg_replace('/(.+)/', '` + strings.Repeat("$1", 10_000) + `') %}`: `The template exceeds its limit of allocated bytes (8388608) in "t" at line 1.`,
		`{{ ''|striptags(1..60000) }}1`:                                                  "1",
		`{% for i in 1..100 %}{{ include('inner') }}{% endfor %}1`:                       "1",
		`{% for i in 1..100 %}{% set x = shop.Rows %}{% endfor %}`:                       `The template exceeds its limit of allocated bytes (8388608) in "t" at line 1.`,
		`{% for i in 1..100 %}{% set x = [shop]|column('Rows') %}{% endfor %}`:           `The template exceeds its limit of allocated bytes (8388608) in "t" at line 1.`,
	} {
		env := twig.New(twig.WithScript(), twig.WithLimits(twig.Limits{Allocated: 8 << 20}), twig.WithLoader(twig.MapLoader{"t": src, "inner": `{% set x = many %}`}))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if got := render(env, vars); got != want {
			t.Errorf("%s: got %s, want %s", src, got, want)
		}
		runtime.ReadMemStats(&after)
		if made := after.TotalAlloc - before.TotalAlloc; made > 100<<20 {
			t.Errorf("%s: %d MB were allocated", src, made>>20)
		}
	}
}
