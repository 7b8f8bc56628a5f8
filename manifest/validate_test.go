package manifest

import (
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// ruleCase is an app under the eyes of one rule.
type ruleCase struct {
	rule  rule
	app   string // sections, which begin in line 3; or a whole manifest of either format
	env   Environment
	file  string   // of the manifest, when it is not manifest.xml
	wants []string // problems without the file
}

// testRules runs each case through its one rule.
func testRules(t *testing.T, tests map[string]ruleCase) {
	t.Helper()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := tt.app
			file, parse := xmlFile, ParseXML
			switch {
			case strings.HasPrefix(text, "{"):
				file, parse = jsonFile, ParseJSON
			case !strings.HasPrefix(text, "<manifest"):
				text = app("\n" + text)
			}
			if tt.file != "" {
				file = tt.file
			}
			app, problems := parse(file, []byte(text), false)
			if app == nil {
				t.Fatalf("the app cannot be read:\n%s", problems)
			}
			r := newReview(app, tt.env)
			tt.rule(r)
			r.problems.Sort()
			var got []string
			for _, p := range r.problems {
				got = append(got, strings.TrimPrefix(p.String(), file+":"))
			}
			if diff := cmp.Diff(tt.wants, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestARuleThatIsNotListedIsNoRule(t *testing.T) {
	t.Parallel()
	app, _ := ParseXML("F/manifest.xml", []byte(app("\n<webhooks><webhook name=\"a\" url=\"https//x\" event=\"nothing\"/></webhooks>")), false)
	var got []string
	for _, p := range Validate(app, Environment{Folder: "Other"}) {
		got = append(got, p.Code)
	}
	want := []string{
		"manifest.secret_required", "manifest.compatibility_missing", "manifest.name_mismatch",
		"manifest.url_invalid", "manifest.webhook_not_hookable",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("codes (-want +got):\n%s", diff)
	}
}

// ofShopware names our codes for the keys of Shopware's own validators (validation.md 8).
var ofShopware = map[string]string{
	"invalid-app-name":             "manifest.name_mismatch",
	"manifest-invalid-config":      "config.component_not_allowed",
	"manifest-missing-translation": "manifest.missing_translation",
	"manifest-not-hookable":        "manifest.webhook_not_hookable",
	"manifest-missing-permission":  "manifest.webhook_permission",
}

// parts are what our message must say of the details of one of Shopware's: a
// name, "order:read", "hook1: tax.written", or {"label": ["de-DE", "fr-FR"]}.
func parts(details any) []string {
	switch details := details.(type) {
	case string:
		if entity, ok := strings.CutSuffix(details, ":read"); ok {
			return []string{"<read>" + entity + "</read>"}
		}
		name, event, isWebhook := strings.Cut(details, ": ")
		if isWebhook {
			return []string{quote(name) + " listens to " + quote(event)}
		}
		return []string{quote(name)}
	case []any:
		var all []string
		for _, detail := range details {
			all = append(all, parts(detail)...)
		}
		return all
	case map[string]any:
		var locales []string
		for _, locale := range details["label"].([]any) {
			locales = append(locales, locale.(string))
		}
		return []string{"label lacks " + strings.Join(locales, ", ")}
	}
	return nil
}

func TestShopwareFixturesHaveShopwaresVerdict(t *testing.T) {
	t.Parallel()
	dir := testdata(t, "manifests/shopware")
	index := decodeFile[struct {
		Fixtures []struct {
			File     string
			Kind     string
			Load     string
			Validate map[string]any
		}
	}](t, filepath.Join(dir, "expected.json"))
	for _, fixture := range index.Fixtures {
		if fixture.Kind != "manifest" || fixture.Load == "invalid" {
			continue
		}
		t.Run(fixture.File, func(t *testing.T) {
			t.Parallel()
			folder, file := path.Split(fixture.File)
			files := os.DirFS(filepath.Join(dir, folder))
			app, problems, err := Parse(files, Options{File: file})
			if err != nil {
				t.Fatal(err)
			}
			if app == nil {
				t.Fatalf("it loads in Shopware, and here:\n%s", problems)
			}
			problems = Validate(app, Environment{Folder: path.Base(folder), Files: files})
			for _, key := range slices.Sorted(maps.Keys(ofShopware)) {
				code := ofShopware[key]
				got := slices.ContainsFunc(problems, func(p Problem) bool { return p.Code == code })
				details, want := fixture.Validate[key]
				if got != want {
					t.Errorf("%s: %t, want %t (%v)", code, got, want, details)
				}
				for _, detail := range parts(details) {
					if !slices.ContainsFunc(problems, func(p Problem) bool { return p.Code == code && strings.Contains(p.Message, detail) }) {
						t.Errorf("%s does not say %q", code, detail)
					}
				}
			}
			if t.Failed() {
				t.Logf("\n%s", problems)
			}
		})
	}
}

// What a stranger's file may have many of is looked up, not searched: with a search, this
// test would take minutes.
func TestLongListsAreNotSearched(t *testing.T) {
	t.Parallel()
	const many = 300_000
	start := time.Now()
	h := newHosts()
	app := &App{}
	for i := range many {
		h.add(strconv.Itoa(i) + ".example")
		app.FlowEvents = append(app.FlowEvents, FlowEvent{Name: strconv.Itoa(i)})
	}
	if h.add("") || h.add("7.example") || len(h.list) != many {
		t.Errorf("%d hosts, want %d, each once", len(h.list), many)
	}
	r := newReview(app, Environment{FlowEvents: []string{"other"}})
	for i := range many {
		if _, ok := r.lookup(strconv.Itoa(i)); !ok {
			t.Fatalf("event %d is not there", i)
		}
	}
	if _, ok := r.lookup("other"); !ok {
		t.Error("the event of another app is not there")
	}
	if _, ok := r.lookup("nobody's"); ok {
		t.Error("there is an event that nobody has")
	}
	if took := time.Since(start); took > time.Minute { // one by one, it is some hours
		t.Errorf("it took %s", took)
	}
}
