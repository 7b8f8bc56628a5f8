package manifest

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// Faults as people make them, planted in a sound manifest: each is found, at
// its line, without a network.
func TestPlantedFaultsAreFound(t *testing.T) {
	t.Parallel()
	sound, err := os.ReadFile("testdata/everything.xml")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		old, planted string
		code         string
	}{
		"a wrong event":                    {`event="checkout.order.placed"`, `event="checkout.order.created"`, "manifest.webhook_not_hookable"},
		"a missing privilege":              {`event="checkout.order.placed"`, `event="customer.written"`, "manifest.webhook_permission"},
		"an element in the wrong case":     {`<registrationUrl>https://register.example.com:8443/register</registrationUrl>`, `<registrationURL>https://register.example.com</registrationURL>`, "manifest.unknown_element"},
		"a broken URL":                     {`url="https://hooks.example.com/placed"`, `url="https//hooks.example.com/placed"`, "manifest.url_invalid"},
		"a missing translation":            {`<description>Notes on orders</description>`, `<description lang="fr-FR">Notes</description>`, "manifest.missing_translation"},
		"a name twice":                     {`<webhook name="written"`, `<webhook name="placed"`, "manifest.duplicate_name"},
		"an attribute with a typing error": {`onlyLiveVersion="true"`, `onlyLiveversion="true"`, "manifest.unknown_attribute"},
		"an unknown entity":                {`<read>product</read>`, `<read>produkt</read>`, "manifest.unknown_entity"},
		"a list of another entity":         {`entity="order" view="detail"`, `entity="orders" view="detail"`, "manifest.bad_value"},
		"a constraint of another world":    {`~6.7.0 || ^7.0`, `6.7 and up`, "manifest.compatibility_format"},
		"a menu entry with a typing error": {`parent="sw-order"`, `parent="sw-orders"`, "manifest.module_parent"},
		"a language without a country":     {`lang="de-DE">Bestellnotizen`, `lang="de">Bestellnotizen`, "manifest.bad_lang"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before, _, found := strings.Cut(string(sound), tt.old)
			if !found {
				t.Fatalf("everything.xml has no %s", tt.old)
			}
			line := strings.Count(before, "\n") + 1
			if tt.code == "manifest.missing_translation" {
				line = 4 // what is missing is missing in <meta>
			}
			text := strings.Replace(string(sound), tt.old, tt.planted, 1)
			app, problems, err := Parse(fstest.MapFS{"manifest.xml": {Data: []byte(text)}}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if app != nil {
				problems = append(problems, Validate(app, Environment{})...)
			}
			for _, p := range problems {
				if p.Code == tt.code && p.Line == line {
					return
				}
			}
			t.Errorf("no %s in line %d:\n%s", tt.code, line, problems)
		})
	}
}

func ExampleParse() {
	files := fstest.MapFS{"manifest.xml": {Data: []byte(`<manifest>
  <meta>
    <name>MyApp</name> <label>My app</label> <author>We</author>
    <copyright>(c) We</copyright> <version>1.0.0</version> <license>MIT</license>
  </meta>
  <webhooks>
    <webhook name="orders" url="https://example.com/orders" event="order.writen"/>
  </webhooks>
</manifest>`)}}

	app, problems, err := Parse(files, Options{Folder: "MyApp"})
	if err != nil {
		fmt.Println(err)
		return
	}
	if app != nil {
		problems = append(problems, Validate(app, Environment{Folder: "MyApp"})...)
	}
	for _, p := range problems {
		if p.Severity != Info {
			fmt.Println(p)
		}
	}
	// Output:
	// MyApp/manifest.xml:1:1: warning manifest.secret_required: webhooks need a <setup> with a registration URL
	// MyApp/manifest.xml:7:61: error manifest.webhook_not_hookable: webhook "orders" listens to "order.writen", which is no hookable event
	//     did you mean "order.written"?
}
