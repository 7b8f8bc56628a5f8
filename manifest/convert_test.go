package manifest

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/protocol"
)

// converted converts a text and reads what came out.
func converted(t *testing.T, file, text string) (*App, Problems) {
	t.Helper()
	result, problems, err := Convert(parsed(t, file, text), nil)
	if err != nil {
		t.Fatal(err)
	}
	if result == nil {
		t.Fatalf("not converted:\n%s", problems)
	}
	return parsed(t, result.File, string(result.Text)), problems
}

func parsed(t *testing.T, file, text string) *App {
	t.Helper()
	parse := ParseXML
	if isJSONFile(file) {
		parse = ParseJSON
	}
	a, problems := parse(file, []byte(text), false)
	if a == nil {
		t.Fatalf("no app:\n%s\n%s", problems, text)
	}
	return a
}

func scopesOf(a *App) []string {
	var list []string
	for _, p := range a.Permissions.Raw {
		list = append(list, p.Value)
	}
	return list
}

const smallJSON = `{"id": "order-notes", "name": "Order notes", "version": "1.2.3", "author": "Acme", "description": "Notes on orders"`

func TestConvertShowsWhatItLoses(t *testing.T) {
	t.Parallel()
	for file, name := range map[string]string{"everything.xml": "convert_everything", "shipping-expert.json": "convert_shipping_expert"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile("testdata/" + file)
			if err != nil {
				t.Fatal(err)
			}
			result, problems, err := Convert(parsed(t, file, string(text)), nil)
			if err != nil || result == nil {
				t.Fatalf("not converted: %v\n%s", err, problems)
			}
			golden(t, name+".golden.json", map[string]any{
				"file": result.File, "name": result.Name, "text": strings.Split(string(result.Text), "\n"),
				"problems": strings.Split(strings.TrimSpace(problems.String()), "\n"),
			})
		})
	}
}

// Every scope comes back from a manifest.xml as itself, but those that give no privilege.
func TestScopesComeBack(t *testing.T) {
	t.Parallel()
	for _, scope := range protocol.Scopes() {
		t.Run(scope.String(), func(t *testing.T) {
			t.Parallel()
			there, problems := converted(t, jsonFile, smallJSON+`, "auth": {"redirect_uri": "https://a.example/oauth/callback", "scopes": ["`+scope.String()+`"]}}`)
			if len(scope.Privileges()) == 0 {
				if !strings.Contains(problems.String(), "convert.permission") {
					t.Errorf("nothing says that it is lost:\n%s", problems)
				}
				if len(there.Permissions.Raw) > 0 {
					t.Errorf("it became %v", there.Permissions.Raw)
				}
				return
			}
			for _, privilege := range there.Permissions.Requested {
				if !slices.Contains(scope.Grant(), privilege) {
					t.Errorf("manifest.xml asks for %s, which the scope does not grant", privilege)
				}
			}
			back, _ := converted(t, xmlFile, string(there.Source.Bytes()))
			if diff := cmp.Diff([]string{scope.String()}, scopesOf(back)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Every topic comes back, with created and updated as one event between.
func TestTopicsComeBack(t *testing.T) {
	t.Parallel()
	scopes := `"orders:read", "products:read", "customers:read", "categories:read", "media:read", "sales_channels:read"`
	var list []string
	for _, topic := range topics() {
		list = append(list, `{"topic": "`+topic+`", "address": "https://a.example/hook"}`)
	}
	there, problems := converted(t, jsonFile, smallJSON+`, "auth": {"redirect_uri": "https://a.example/oauth/callback", "scopes": [`+scopes+`]}, "webhooks": [`+
		strings.Join(list, ",")+`]}`)
	if strings.Contains(problems.String(), "convert.webhook") {
		t.Errorf("not all topics were understood:\n%s", problems)
	}
	if found := Validate(there, Environment{}); found.HasErrors() || strings.Contains(found.String(), "live_only") {
		t.Errorf("what came out:\n%s", found)
	}
	back, _ := converted(t, xmlFile, string(there.Source.Bytes()))
	var got []string
	for _, w := range back.Webhooks {
		got = append(got, w.Topic)
	}
	want := topics()
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, want := back.Auth.RedirectURI, "https://a.example/oauth/callback"; got != want {
		t.Errorf("redirect URI %q, want %q", got, want)
	}
}

func TestWhatBothFormatsSayComesBack(t *testing.T) {
	t.Parallel()
	text := smallJSON + `, "auth": {"redirect_uri": "https://a.example/oauth/callback", "scopes": ["orders:write", "settings:read"]},
"setup": {"configuration_url": "https://a.example/settings?x=1&y=\"2\""},
"admin_ui": {"navigation": [{"label": "Notes <all>", "path": "/notes"}, {"label": "Start", "path": "/"}]}}`
	there, _ := converted(t, jsonFile, text)
	back, _ := converted(t, xmlFile, string(there.Source.Bytes()))
	if got, want := there.Name, "OrderNotes"; got != want {
		t.Errorf("called %q in manifest.xml, want %q", got, want)
	}
	want := parsed(t, jsonFile, text)
	for _, a := range []*App{want, back} {
		for i := range a.Admin.Modules {
			a.Admin.Modules[i].Path = ""
		}
		for i := range a.Permissions.Raw {
			a.Permissions.Raw[i].Path = ""
		}
	}
	type said struct {
		Name, Version, Author string
		Labels, Descriptions  Translations
		Auth                  Auth
		Permissions           Permissions
		Admin                 Admin
	}
	says := func(a *App) said {
		return said{a.Name, a.Version, a.Author, a.Labels, a.Descriptions, a.Auth, a.Permissions, a.Admin}
	}
	if diff := cmp.Diff(says(want), says(back)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestConvertKeepsToWhatIsAsked(t *testing.T) {
	t.Parallel()
	orders := "<read>order</read><read>order_line_item</read><read>order_address</read><read>order_customer</read><read>order_delivery</read>" +
		"<read>order_delivery_position</read><read>order_transaction</read><read>document</read>"
	const hook = `<webhooks><webhook name="placed" url="https://a.example/hook" event="%s"/></webhooks>`
	tests := map[string]struct {
		permissions, event string
		scopes, topics     []string
		tells              string
	}{
		"all of a scope":           {orders, "checkout.order.placed", []string{"orders:read"}, []string{"order.placed"}, ""},
		"a part of one":            {"<read>order</read>", "checkout.order.placed", nil, nil, "order:read left out: scope orders:read would also give order_line_item:read, "},
		"the webhook goes with it": {"<read>order</read>", "checkout.order.placed", nil, nil, `webhook "placed" left out: topic order.placed needs scope orders:read`},
		"writing is not deleting":  {orders + "<create>category</create><update>category</update>", "order.deleted", []string{"orders:read", "categories:read"}, []string{"order.deleted"}, "category:create, category:update left out: scope categories:write would also give product_category:create"},
		"no scope at all":          {"<read>user</read><permission>system:cache:info</permission>", "app.deleted", nil, []string{"app.uninstalled"}, "no scope gives user:read, system:cache:info"},
		"what every token may":     {"<read>currency</read>", "app.updated", nil, []string{"app.updated"}, ""},
		"no topic":                 {orders, "product.written", []string{"orders:read"}, nil, "topic product.created needs scope products:read"},
		"an event without topic":   {orders, "mail.sent", []string{"orders:read"}, nil, `event "mail.sent" has no topic`},
		"written is two topics":    {orders, "order.written", []string{"orders:read"}, []string{"order.created", "order.updated"}, "changes of other versions"},
		"create and sending only":  {"<permission>notification:create</permission>", "app.deleted", []string{"notifications:write"}, []string{"app.uninstalled"}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := app("<setup><registrationUrl>https://a.example/register</registrationUrl></setup><permissions>" + tt.permissions + "</permissions>" +
				strings.ReplaceAll(hook, "%s", tt.event))
			got, problems := converted(t, xmlFile, text)
			if diff := cmp.Diff(tt.scopes, scopesOf(got)); diff != "" {
				t.Errorf("scopes (-want +got):\n%s", diff)
			}
			var names []string
			for _, w := range got.Webhooks {
				names = append(names, w.Topic)
			}
			if diff := cmp.Diff(tt.topics, names); diff != "" {
				t.Errorf("topics (-want +got):\n%s", diff)
			}
			told := strings.Contains(problems.String(), "convert.permission") || strings.Contains(problems.String(), "convert.webhook") ||
				strings.Contains(problems.String(), "versions")
			if tt.tells == "" && told || !strings.Contains(problems.String(), tt.tells) {
				t.Errorf("told, want %q:\n%s", tt.tells, problems)
			}
		})
	}
}

func TestOneTopicOfTwoIsSentMoreOften(t *testing.T) {
	t.Parallel()
	got, problems := converted(t, jsonFile, smallJSON+`, "auth": {"redirect_uri": "https://a.example/c", "scopes": ["orders:read"]},
"webhooks": [{"topic": "order.created", "address": "https://a.example/hook"}, {"topic": "order.lost", "address": "https://a.example/hook"}]}`)
	if len(got.Webhooks) != 1 || got.Webhooks[0].Event != "order.written" || !got.Webhooks[0].OnlyLive {
		t.Errorf("webhooks %+v", got.Webhooks)
	}
	for _, want := range []string{"is sent for every write", `there is no topic "order.lost"`} {
		if !strings.Contains(problems.String(), want) {
			t.Errorf("nothing tells %q:\n%s", want, problems)
		}
	}
}

func TestWhatCannotBeConverted(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ file, text, code string }{
		"no semantic version":   {xmlFile, strings.Replace(app(""), "1.0.0", "1.0", 1), "app_json.version_format"},
		"no id":                 {xmlFile, strings.Replace(app(""), "<name>MyApp<", "<name>Ä<", 1), "app_json.id_format"},
		"an address for nobody": {xmlFile, app("<setup><registrationUrl>/register</registrationUrl></setup>"), "app_json."},
		"a text for no XML":     {jsonFile, strings.Replace(smallJSON, "Notes on", `\u0001`, 1) + "}", "xml."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, problems, err := Convert(parsed(t, tt.file, tt.text), nil)
			if err != nil {
				t.Fatal(err)
			}
			if result != nil || !problems.HasErrors() || !strings.Contains(problems.String(), "(not written):") || !strings.Contains(problems.String(), tt.code) {
				t.Errorf("converted %v, told:\n%s", result, problems)
			}
		})
	}
}

func TestConvertLooksIntoTheFolder(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"Resources/scripts/cart/a.twig": {}, "Resources/flow.xml": {}}
	_, problems, err := Convert(parsed(t, xmlFile, app("")), files)
	if err != nil || !strings.Contains(problems.String(), "what is in Resources (flow.xml, scripts)") {
		t.Errorf("%v\n%s", err, problems)
	}
}

func TestConvertHidesSecrets(t *testing.T) {
	t.Parallel()
	const canary = "canary-5c1f-of-sixteen"
	result, problems, err := Convert(parsed(t, xmlFile, app("<setup><registrationUrl>https://a.example</registrationUrl><secret>"+canary+"</secret></setup>")), nil)
	if err != nil || strings.Contains(string(result.Text)+problems.String(), canary) || !strings.Contains(problems.String(), "the app secret") {
		t.Errorf("%v: %s\n%s", err, result.Text, problems)
	}
}

// FuzzConvert: whatever can be read is converted into what can be read, or refused.
func FuzzConvert(f *testing.F) {
	for _, name := range []string{"everything.xml", "shipping-expert.json"} {
		text, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(strings.HasSuffix(name, ".json"), text)
	}
	f.Fuzz(func(t *testing.T, isJSON bool, text []byte) {
		parse, back := ParseXML, ParseJSON
		if isJSON {
			parse, back = ParseJSON, ParseXML
		}
		a, _ := parse("m", text, false)
		if a == nil {
			return
		}
		result, problems, err := Convert(a, nil)
		if err != nil {
			t.Fatal(err)
		}
		if result == nil {
			if !problems.HasErrors() {
				t.Error("refused, and nothing says why")
			}
			return
		}
		if b, wrong := back("m", result.Text, false); b == nil || b.Name != result.Name {
			t.Errorf("%s\n%s", wrong, result.Text)
		}
	})
}
