package twig_test

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/appdock/appdock/twig"
	"github.com/appdock/appdock/twig/phpdate"
)

// The shares of the reference's cases that must pass: raise them with the engine, never lower them.
const (
	floorFixtures  = 99.6
	floorGenerated = 100
	floorErrors    = 100
)

// testdata gives the folder of the shared conformance data, or skips.
func testdata(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(cmp.Or(os.Getenv("APPDOCK_TESTDATA"), "../../shared/testdata"), "twig")
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("APPDOCK_CI") == "1" {
			t.Fatal("the conformance data is missing; set APPDOCK_TESTDATA")
		}
		t.Skip("no conformance data beside the repository; set APPDOCK_TESTDATA")
	}
	return dir
}

type score struct{ passed, total int }

func (s *score) add(ok bool) {
	s.total++
	if ok {
		s.passed++
	}
}

func (s score) share() float64 {
	if s.total == 0 {
		return 100
	}
	return float64(s.passed) * 100 / float64(s.total)
}

type report map[string]*score

func (r report) add(area string, ok bool) {
	if r[area] == nil {
		r[area] = &score{}
	}
	r[area].add(ok)
}

func (r report) log(t *testing.T, title string) (total score) {
	t.Helper()
	var areas []string
	for area, s := range r {
		areas = append(areas, area)
		total.passed += s.passed
		total.total += s.total
	}
	sort.Strings(areas)
	for _, area := range areas {
		t.Logf("%-28s %5d of %5d  %6.2f %%", area, r[area].passed, r[area].total, r[area].share())
	}
	t.Logf("%-28s %5d of %5d  %6.2f %%", title, total.passed, total.total, total.share())
	return total
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// TestGenerated runs the one-line templates, whose output or error the reference gave.
func TestGenerated(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/generated/*.json")
	if err != nil {
		t.Fatal(err)
	}
	outputs, failures := report{}, report{}
	for _, file := range files {
		var area struct {
			Area   string
			Config map[string]any
			Cases  []struct {
				Template, Expect, Error, Kind string
				WrapsPHP                      bool `json:"wraps_php"`
			}
		}
		readJSON(t, file, &area)
		for _, c := range area.Cases {
			out, err := renderOne(c.Template, configOptions(area.Config))
			if c.Error == "" {
				ok := err == nil && out == c.Expect
				if !ok && testing.Verbose() {
					t.Logf("%s: %s\n got %q %v\nwant %q", area.Area, c.Template, out, err, c.Expect)
				}
				outputs.add(area.Area, ok)
				continue
			}
			ok := err != nil && (err.Error() == c.Error || c.WrapsPHP && wraps(err.Error()))
			if !ok && testing.Verbose() {
				t.Logf("%s: %s\n got %q %v\nwant error %s", area.Area, c.Template, out, err, c.Error)
			}
			failures.add(area.Area, ok)
		}
	}
	if total := outputs.log(t, "generated outputs"); total.share() < floorGenerated {
		t.Errorf("generated outputs: %.2f %%, want at least %.2f %%", total.share(), float64(floorGenerated))
	}
	if total := failures.log(t, "generated errors"); total.share() < floorErrors {
		t.Errorf("generated errors: %.2f %%, want at least %.2f %%", total.share(), float64(floorErrors))
	}
}

func wraps(message string) bool {
	return strings.HasPrefix(message, "An exception has been thrown during the rendering of a template (\"") && strings.HasSuffix(message, "\") in \"t\" at line 1.")
}

func renderOne(template string, options []twig.Option) (string, error) {
	globals := twig.NewMapping(1)
	globals.Set(twig.StringKey("global"), twig.String("global"))
	env := twig.New(append(options, twig.WithGlobals(globals), twig.WithLoader(twig.MapLoader{"t": template}))...)
	t, err := env.Load(testContext, "t")
	if err != nil {
		return "", err
	}
	var out strings.Builder
	err = t.Render(testContext, &out, nil)
	return out.String(), err
}

func configOptions(config map[string]any) []twig.Option {
	var options []twig.Option
	if strict, ok := config["strict_variables"].(bool); !ok || strict {
		options = append(options, twig.WithStrictVariables())
	}
	switch v := config["autoescape"].(type) {
	case bool:
		if !v {
			options = append(options, twig.WithAutoescape(""))
		}
	case string:
		if v == "name" {
			options = append(options, twig.WithAutoescapeBy(twig.ByName))
		} else {
			options = append(options, twig.WithAutoescape(v))
		}
	}
	if debug, _ := config["debug"].(bool); debug {
		options = append(options, twig.WithDebug())
	}
	return options
}

type fixture struct {
	Name      string
	Templates map[string]string
	Cases     []struct {
		Data         [][2]any
		Config       map[string]any
		Timezone     string
		DateFormat   []string `json:"date_format"`
		NumberFormat []any    `json:"number_format"`
		TwigTimezone string   `json:"twig_timezone"`
		Expect       string
		Exception    *struct {
			Message string
			Pattern bool
		}
	}
}

// TestFixtures runs the reference's own integration fixtures.
func TestFixtures(t *testing.T) {
	t.Parallel()
	dir := testdata(t)
	var index struct {
		Fixtures []struct{ File, Folder string }
	}
	readJSON(t, filepath.Join(dir, "index.json"), &index)
	results := report{}
	for _, entry := range index.Fixtures {
		var f fixture
		readJSON(t, filepath.Join(dir, entry.File), &f)
		for i, c := range f.Cases {
			zone := time.UTC
			if name := cmp.Or(c.TwigTimezone, c.Timezone); name != "" {
				zone, _ = phpdate.Zone(name)
			}
			options := append(configOptions(c.Config), fixtureOptions(f.Templates, zone)...)
			if c.DateFormat != nil {
				options = append(options, twig.WithDateFormat(c.DateFormat[0], c.DateFormat[1]))
			}
			if c.NumberFormat != nil {
				n, _ := c.NumberFormat[0].(json.Number).Int64()
				point, _ := c.NumberFormat[1].(string)
				separator, _ := c.NumberFormat[2].(string)
				options = append(options, twig.WithNumberFormat(int(n), point, separator))
			}
			out, err := renderFixture(twig.New(options...), c.Data)
			ok := false
			if want := c.Exception; want == nil {
				ok = err == nil && strings.Trim(out, "\n ") == strings.Trim(c.Expect, "\n ")
			} else {
				ok = err != nil && (err.Error() == want.Message || want.Pattern && matchPattern(want.Message, err.Error()))
			}
			if !ok && testing.Verbose() {
				t.Logf("%s case %d\n got %q, error %v\nwant %q, error %v", f.Name, i, out, err, c.Expect, c.Exception)
			}
			results.add(entry.Folder, ok)
		}
	}
	if total := results.log(t, "fixtures"); total.share() < floorFixtures {
		t.Errorf("fixtures: %.2f %%, want at least %.2f %%", total.share(), float64(floorFixtures))
	}
}

// matchPattern compares as PHPUnit does: %s is some characters, %a anything.
func matchPattern(pattern, text string) bool {
	p := regexp.QuoteMeta(pattern)
	p = strings.ReplaceAll(strings.ReplaceAll(p, "%s", ".+"), "%a", "(?s:.+)")
	return regexp.MustCompile("^" + p + "$").MatchString(text)
}

func renderFixture(env *twig.Environment, data [][2]any) (string, error) {
	t, err := env.Load(testContext, "index.twig")
	if err != nil {
		return "", err
	}
	d := decoder{env: env, objects: map[string]twig.Value{}}
	vars := twig.NewMapping(len(data))
	for _, pair := range data {
		name, _ := pair[0].(string)
		vars.Set(twig.StringKey(name), d.value(pair[1]))
	}
	var out strings.Builder
	err = t.Render(testContext, &out, vars)
	return out.String(), err
}
