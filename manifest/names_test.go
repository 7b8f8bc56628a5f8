package manifest_test

import (
	"strings"
	"testing"

	"github.com/appdock/appdock/manifest"
)

func TestWords(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"MyExampleApp": "My Example App", "my_app": "My App", "my__app_": "My App", "MYApp": "MYApp", "app1": "App1", "A1B2": "A1 B2", "my-app": "My App", "a-1b": "A 1b", "": "",
	}
	for name, want := range tests {
		if got := strings.Join(manifest.Words(name), " "); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestNamesOfBothDialects(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ xml, json string }{
		"MyExampleApp": {"MyExampleApp", "my-example-app"},
		"my_app":       {"MyApp", "my-app"},
		"my-app2":      {"MyApp2", "my-app2"},
	}
	for name, want := range tests {
		if got := manifest.NameIn(manifest.Shopware, name); got != want.xml {
			t.Errorf("%q in manifest.xml: %q, want %q", name, got, want.xml)
		}
		if got := manifest.NameIn(manifest.SitePack, name); got != want.json {
			t.Errorf("%q in app.json: %q, want %q", name, got, want.json)
		}
	}
}
