package manifest

import (
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares a value, as JSON, with a file.
func golden(t *testing.T, file string, value any) {
	t.Helper()
	got, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	name := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func everything(t *testing.T) (*App, Problems) {
	t.Helper()
	app, problems, err := Parse(os.DirFS("testdata"), Options{File: "everything.xml"})
	if err != nil {
		t.Fatal(err)
	}
	if app == nil {
		t.Fatalf("no app:\n%s", problems)
	}
	return app, problems
}

func TestEverySectionIsInTheModel(t *testing.T) {
	t.Parallel()
	app, problems := everything(t)
	want := "everything.xml:125:13: warning manifest.schema_version: <capture-url> needs manifest 1.0 or 2.0, the file declares 3.0\n"
	if diff := cmp.Diff(want, problems.String()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	golden(t, "everything.json", app)
	if got, want := app.Auth.DevSecret.Reveal(), " not trimmed "; got != want {
		t.Errorf("secret %q, want %q", got, want)
	}
	if got, want := app.Compatibility.String(), "~6.7.0 || ^7.0"; got != want || !app.Compatibility.Matches("6.7.10.0") || app.Compatibility.Matches("6.8.0.0") {
		t.Errorf("compatibility %q, want %q", got, want)
	}
}

func TestDefaultsOfTheLoader(t *testing.T) {
	t.Parallel()
	app, _ := ParseXML("m.xml", []byte(app("")), false)
	if app.Auth.Kind != NoAuth || app.Compatibility.String() != ">=6.4.0" || app.SchemaVersion != "3.0" {
		t.Errorf("got %v, %v, %v", app.Auth.Kind, app.Compatibility, app.SchemaVersion)
	}
}

func TestTrapsOfTheFormat(t *testing.T) {
	t.Parallel()
	text := app(`<custom-fields><custom-field-set><name>a_b</name><label>a</label><fields/><related-entities><tax/></related-entities></custom-field-set></custom-fields>
<tax><tax-provider><identifier>one</identifier><name>a</name><priority>1</priority><priority>2</priority><process-url>https://a.example</process-url></tax-provider></tax>
<cookies><cookie><snippet-name>s</snippet-name><cookie>c</cookie></cookie></cookies>`)
	app, problems := ParseXML("m.xml", []byte(text), false)
	if app == nil {
		t.Fatal(problems)
	}
	if len(app.TaxProviders) != 1 || app.TaxProviders[0].Priority != 2 {
		t.Errorf("the section is hidden by an element of the same name, or not the last value counts: %+v", app.TaxProviders)
	}
	if len(app.Cookies) != 1 || app.Cookies[0].Name != "c" {
		t.Errorf("cookie in cookie: %+v", app.Cookies)
	}
}

func TestPositionsOfValues(t *testing.T) {
	t.Parallel()
	app, _ := everything(t)
	tests := map[string]struct {
		path         Path
		line, column int
	}{
		"an element":                      {"/manifest/meta/name", 5, 9},
		"a translation by its number":     {"/manifest/meta/label[2]", 9, 9},
		"a translation by its language":   {"/manifest/meta/label[@lang='de-DE']", 9, 9},
		"the language that is not named":  {"/manifest/meta/label[@lang='en-GB']", 6, 9},
		"an attribute":                    {app.Webhooks[1].Path.Child("@event"), 59, 73},
		"a field of a list item":          {app.CustomFieldSets[0].Fields[2].Path.Child("entity"), 91, 21},
		"what is missing is where it was": {app.Admin.Modules[1].Path.Child("@position"), 31, 9},
		"a section that is missing":       {"/manifest/consents", 3, 1},
		"nothing of the kind":             {"/x/y", 1, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := Position{File: "everything.xml", Line: tt.line, Column: tt.column}
			if diff := cmp.Diff(want, app.Source.Position(tt.path)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.path, diff)
			}
		})
	}
}

func TestAnAppMadeByHandHasNoPositions(t *testing.T) {
	t.Parallel()
	var app App
	if got := app.Source.Position("/manifest"); got != (Position{}) || app.Source.File() != "" || app.Source.Bytes() != nil {
		t.Errorf("got %v", got)
	}
}

func TestTheHashIsOfTheText(t *testing.T) {
	t.Parallel()
	first, _ := ParseXML("a.xml", []byte(app("")), false)
	same, _ := ParseXML("b.xml", first.Source.Bytes(), false)
	other, _ := ParseXML("a.xml", []byte(app(" ")), false)
	if first.Hash() != same.Hash() || first.Hash() == other.Hash() || len(first.Hash()) != 64 {
		t.Errorf("%s, %s, %s", first.Hash(), same.Hash(), other.Hash())
	}
}

func TestSecretsDoNotShow(t *testing.T) {
	t.Parallel()
	const canary = "canary-5c1f"
	app, _ := ParseXML("m.xml", []byte(app("<setup><registrationUrl>https://a.example</registrationUrl><secret>"+canary+"</secret></setup>")), false)
	encoded, err := json.Marshal(app)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).InfoContext(t.Context(), "app", slog.Any("secret", app.Auth.DevSecret))
	for _, shown := range []string{fmt.Sprintf("%v %+v %#v %s", app, *app, app.Auth, app.Auth.DevSecret), string(encoded), log.String()} {
		if strings.Contains(shown, canary) {
			t.Errorf("the secret is in %s", shown)
		}
	}
}
