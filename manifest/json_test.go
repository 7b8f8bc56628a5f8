package manifest

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const about = `"id": "my-app", "name": "My app", "version": "1.0.0", "author": "We", "description": "It helps"`

// appJSON is an app.json whose further members begin in line 3.
func appJSON(members string) string {
	if members != "" {
		members = ",\n" + members
	}
	return "{\n" + about + members + "\n}"
}

func TestTheExampleOfTheDocumentsLoads(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"snippets/estimator.twig": {}}
	text, err := os.ReadFile("testdata/shipping-expert.json")
	if err != nil {
		t.Fatal(err)
	}
	files["app.json"] = &fstest.MapFile{Data: text}
	app, problems, err := Parse(files, Options{Strict: true})
	if err != nil || app == nil || len(problems) > 0 {
		t.Fatalf("%v, problems:\n%s", err, problems)
	}
	if problems := Validate(app, Environment{Folder: app.Name, Files: files, Strict: true}); len(problems) > 0 {
		t.Errorf("problems:\n%s", problems)
	}
	golden(t, "shipping-expert.golden.json", app)
	if want := (Position{File: "app.json", Line: 33, Column: 13}); app.Source.Position(app.Admin.Widgets[0].Path.member("location")) != want {
		t.Errorf("got %v, want %v", app.Source.Position(app.Admin.Widgets[0].Path.member("location")), want)
	}
	fetched := Validate(app, Environment{Strict: true})
	if len(fetched) != 1 || fetched[0].Code != "app_json.snippet_missing" || fetched[0].Severity != Warning {
		t.Errorf("without a folder:\n%s", fetched)
	}
}

func TestLayerAOfJSON(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want []string
	}{
		"nothing":                {"", []string{"1:1: error json.malformed: unexpected end of file"}},
		"a file that ends early": {"{\"id\":", []string{"1:7: error json.malformed: unexpected end of file"}},
		"a comment":              {"{\n // no\n}", []string{"2:2: error json.malformed: this is no JSON: invalid character '/'"}},
		"a trailing comma":       {"{\"id\": \"a\",\n}", []string{"2:1: error json.malformed: this is no JSON: invalid character '}' looking for beginning of object key string"}},
		"two values":             {"{}\n{}", []string{"2:1: error json.malformed: unexpected text after the end"}},
		"no object":              {" []", []string{"1:2: error json.root: the file must hold an object, found array"}},
		"nothing but null":       {"null", []string{"1:1: error json.root: the file must hold an object, found null"}},
		"broken UTF-8":           {"{\"a\": \"\u00e4\xff\"}", []string{"1:9: error json.encoding: the file is not UTF-8"}},
		"a key twice":            {appJSON("\"category\": \"Tools\",\n \"category\": \"Tools\""), []string{"4:2: error json.duplicate_key: duplicate key \"category\", first in line 3"}},
		"a key twice, deep down": {appJSON(`"x_a": [{"b": 1, "\u0062": 2}]`), []string{`3:18: error json.duplicate_key: duplicate key "b", first in line 3`}},
		"deep nesting":           {strings.Repeat("[", 200_000), []string{"1:17: error json.too_large: values are nested deeper than 16"}},
		"a file over the limit":  {strings.Repeat(" ", maxJSON+1), []string{"1:1: error json.too_large: 257 KiB, the limit is 256 KiB"}},
		"a complete one":         {appJSON(""), nil},
		"a byte order mark":      {"\uFEFF" + appJSON(""), nil},
		"a vendor's own field":   {appJSON(`"x_vendor": {"anything": [1]}`), nil},
		"a field of null":        {appJSON(`"category": null, "auth": null`), nil},
		"missing fields":         {"{\"id\": \"my-app\", \"name\": null, \"author\": \" \", \"description\": \"d\"}", []string{`1:1: error app_json.missing_field: "version" is missing`, `1:1: error app_json.missing_field: "author" is missing`, `1:1: error app_json.missing_field: "name" is missing`}},
		"an unknown field":       {appJSON(`  "iconUrl": "https://a.com"`), []string{"3:3: warning app_json.unknown_field: unknown field \"iconUrl\"\n    did you mean \"icon_url\"?"}},
		"unknown deep down":      {appJSON(`"support": {"email": "a@b.com", "phone": "1"}`), []string{"3:33: warning app_json.unknown_field: unknown field \"phone\""}},
		"a number for a height":  {appJSON(`"admin_ui": {"widgets": [{"id": "abc", "location": "admin.order.detail.main", "src": "https://a.com", "height": 300}]}`), []string{`3:113: error app_json.type: height must be a string like "300px", found number`}},
		"a text for a list":      {appJSON(`"webhooks": "order.created"`), []string{"3:13: error app_json.type: webhooks must be an array, found string"}},
		"a text for an object":   {appJSON(`"auth": "none"`), []string{"3:9: error app_json.type: auth must be an object, found string"}},
		"numbers for scopes":     {appJSON(`"auth": {"scopes": [1]}`), []string{"3:21: error app_json.type: scopes must hold strings, found number"}},
		"texts for webhooks":     {appJSON(`"webhooks": ["order.created"]`), []string{"3:14: error app_json.type: webhooks must hold objects, found string"}},
		"a fraction":             {appJSON(`"theme_extensions": {"app_blocks": [{"id": "a", "target": "b", "position": 1.5}]}`), []string{"3:76: error app_json.type: position must be a whole number, found number"}},
		"a webhook of nothing":   {appJSON(`"webhooks": [{}]`), []string{`3:14: error app_json.missing_field: "topic" is missing`, `3:14: error app_json.missing_field: "address" is missing`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app, problems := ParseJSON("app.json", []byte(tt.text), false)
			var got []string
			for _, p := range problems {
				got = append(got, strings.TrimPrefix(p.String(), "app.json:"))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if (app == nil) != problems.HasErrors() {
				t.Errorf("app is nil: %t, problems have errors: %t", app == nil, problems.HasErrors())
			}
		})
	}
}

func TestUnknownFieldsAreErrorsWhenStrict(t *testing.T) {
	t.Parallel()
	if app, problems := ParseJSON("app.json", []byte(appJSON(`"iconUrl": ""`)), true); app != nil || !problems.HasErrors() {
		t.Errorf("got:\n%s", problems)
	}
}

func TestAFolderWithBothManifests(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"manifest.xml": {Data: []byte(app(""))}, "app.json": {Data: []byte(appJSON(""))}}
	if app, problems, err := Parse(files, Options{}); app != nil || err != nil || len(problems) != 1 || problems[0].Code != "app.two_manifests" {
		t.Errorf("got %v, %v:\n%s", app, err, problems)
	}
	for format, want := range map[Format]string{Shopware: "MyApp", SitePack: "my-app"} {
		app, problems, err := Parse(files, Options{Format: format})
		if err != nil || app == nil || app.Name != want || app.Format != format {
			t.Errorf("%s: got %v, %v:\n%s", format, app, err, problems)
		}
	}
}

func TestScopesGivePrivileges(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		scopes string
		want   []string
	}{
		"read":              {`"categories:read"`, []string{"category:read"}},
		"write":             {`"categories:write"`, []string{"category:read", "category:create", "category:update"}},
		"delete":            {`"categories:delete"`, []string{"category:read", "category:delete"}},
		"each once":         {`"categories:read", "categories:delete"`, []string{"category:read", "category:delete"}},
		"notifications":     {`"notifications:write"`, []string{"notification:create"}},
		"a group":           {`"sales_channels:read"`, []string{"sales_channel:read", "sales_channel_domain:read"}},
		"nothing to read":   {`"webhooks:write"`, nil},
		"an unknown action": {`"sales_channels:write"`, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app, problems := ParseJSON("app.json", []byte(appJSON(`"auth": {"redirect_uri": "https://a.com", "scopes": [`+tt.scopes+`]}`)), false)
			if app == nil {
				t.Fatal(problems)
			}
			if diff := cmp.Diff(tt.want, app.Permissions.Requested); diff != "" {
				t.Errorf("privileges (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTopicsAreEvents(t *testing.T) {
	t.Parallel()
	tests := map[string][2]string{
		"order.created":   {"order.written", "insert"},
		"order.paid":      {"state_enter.order_transaction.state.paid"},
		"app.uninstalled": {"app.deleted"},
		"order.refunded":  {}, // only at run time
		"order.*":         {},
		"tax.created":     {},
	}
	for name, want := range tests {
		got, known := lookupTopic(name)
		if got.Event != want[0] || got.Operation != want[1] || known != (want[0] != "") {
			t.Errorf("%s: got %v, %t, want %v", name, got, known, want)
		}
	}
	first, _ := ParseJSON("app.json", []byte(appJSON(`"webhooks": [{"topic": "order.paid", "address": "https://a.com"}, {"topic": "order.paid", "address": "https://b.com"}]`)), false)
	if got := first.Webhooks[1].Name; got != "order.paid#2" {
		t.Errorf("name %q", got)
	}
}

func FuzzParseJSON(f *testing.F) {
	example, err := os.ReadFile("testdata/shipping-expert.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(example))
	f.Add(appJSON(`"auth": {"scopes": [1, "orders:read"]}, "webhooks": [{"topic": "a"}], "x_a": {"b": [{}]}`))
	f.Add("{\"a\": \"\u00e4\xff\"}")
	f.Add("\uFEFF{\"a\":\r\n1e999, \"a\": null}")
	f.Fuzz(func(t *testing.T, text string) {
		app, problems := ParseJSON("app.json", []byte(text), false)
		checkProblems(t, text, problems)
		if (app == nil) != problems.HasErrors() {
			t.Fatalf("app is nil: %t, problems have errors: %t", app == nil, problems.HasErrors())
		}
		if app == nil {
			return
		}
		checkProblems(t, text, Validate(app, Environment{Folder: "my-app"}))
		again, _ := ParseJSON("app.json", app.Source.Bytes(), false)
		if again == nil || again.Hash() != app.Hash() || again.Name != app.Name {
			t.Error("the text of the app is another app")
		}
	})
}
