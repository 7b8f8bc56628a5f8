package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/manifest"
)

// TestNewAppsAreValid: not a single remark, whatever the texts are.
func TestNewAppsAreValid(t *testing.T) {
	t.Parallel()
	plain := appTexts{"OrderNotes", "Order Notes", "A description", "We", "(c) We", "1.0.0", "", "MIT"}
	hostile := appTexts{"OrderNotes", `</label>"'&<é`, "]]>\\u0000 a", "\xff {{ 7*7 }} <<.Name>>", "&amp;", "1.0.0", "", "MIT"}
	withIcon := plain
	withIcon.Icon = filepath.Join(t.TempDir(), "icon.png")
	var picture bytes.Buffer
	if err := errors.Join(png.Encode(&picture, image.NewGray(image.Rect(0, 0, 112, 112))), os.WriteFile(withIcon.Icon, picture.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	type newApp struct {
		texts  appTexts
		format manifest.Format
		parts  []string
	}
	tests := map[string]newApp{
		"the least":                           {plain, manifest.Shopware, nil},
		"all parts":                           {plain, manifest.Shopware, []string{"scripts", "blocks", "webhooks", "theme"}},
		"texts that look like something else": {hostile, manifest.Shopware, []string{"theme", "scripts"}},
		"the least, app.json":                 {plain, manifest.SitePack, nil},
		"all parts, app.json":                 {plain, manifest.SitePack, []string{"blocks", "webhooks"}},
		"strange texts, app.json":             {hostile, manifest.SitePack, []string{"blocks"}},
	}
	for format, all := range map[manifest.Format][]string{
		manifest.Shopware: {"scripts", "blocks", "webhooks", "theme"}, manifest.SitePack: {"blocks", "webhooks"},
	} {
		for chosen := range 1 << len(all) {
			var parts []string
			for i, part := range all {
				if chosen&(1<<i) != 0 {
					parts = append(parts, part)
				}
			}
			tests[fmt.Sprintf("%s with %v", format, parts)] = newApp{plain, format, parts}
			if format == manifest.Shopware {
				tests[fmt.Sprintf("%s with an icon and %v", format, parts)] = newApp{withIcon, format, parts}
			}
		}
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := skeleton{appTexts: tt.texts, Format: tt.format, Parts: tt.parts}
			files, err := app.files()
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), app.folder())
			if err := writeApp(path, files); err != nil {
				t.Fatal(err)
			}
			root, err := os.OpenRoot(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = root.Close() })
			read, problems, err := manifest.Parse(root.FS(), manifest.Options{Strict: true})
			if err != nil || read == nil {
				t.Fatalf("%v\n%s", err, problems)
			}
			problems = append(problems, manifest.Validate(read, manifest.Environment{Folder: app.folder(), Files: root.FS(), Strict: true, CompileTwig: newTemplates().compile})...)
			if len(problems) > 0 {
				t.Errorf("findings:\n%s", problems)
			}
			if got, want := read.Labels["en-GB"], tt.texts.Label; got != want {
				t.Errorf("label %q, want %q", got, want)
			}
		})
	}
}

// TestTextsAreAsked is what somebody at a terminal sees.
func TestTextsAreAsked(t *testing.T) {
	tests := map[string]struct {
		typed string
		flags []string
		want  int
		asked int
		made  string // folder
	}{
		"all answers are the defaults": {strings.Repeat("\n", 9), nil, exitDone, 8, "MyExampleApp"},
		"the end of input":             {"", nil, exitDone, 8, "MyExampleApp"},
		"a name":                       {"my_app\n", nil, exitDone, 8, "MyApp"},
		"a name that is mended":        {"a b\nMyApp\n", nil, exitDone, 9, "MyApp"},
		"two names of no use":          {"a b\nabc\nMyApp\n", nil, exitUsage, 2, ""},
		"what flags say is not asked":  {"", []string{"MyApp", "--label", "My app", "--icon=", "--license", "MIT"}, exitDone, 5, "MyApp"},
		"a flag that is of no use":     {"MyApp\n", []string{"--version", "1.0"}, exitUsage, 5, ""},
		"an id":                        {"my-side\n", []string{"--manifest-format", "sitepack"}, exitDone, 8, "my-side"},
		"nobody to ask":                {"Other\n", []string{"-n"}, exitDone, 0, "MyExampleApp"},
		"control characters":           {"", []string{"MyApp", "--author", "a\nb", "-n"}, exitUsage, 0, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			s := newSession(t, tt.typed)
			if got := s.run(t.Context(), append([]string{"app", "create"}, tt.flags...)); got != tt.want {
				t.Errorf("exit code %d, want %d\n%s", got, tt.want, s.stderr.String())
			}
			if asked := strings.Count(s.stderr.String(), "?") - strings.Count(s.stderr.String(), "install your app?"); asked != tt.asked {
				t.Errorf("asked %d times, want %d\n%s", asked, tt.asked, s.stderr.String())
			}
			made, _ := filepath.Glob("apps/*")
			if diff := cmp.Diff(strings.Join(made, " "), strings.TrimSuffix("apps/"+tt.made, "apps/")); diff != "" {
				t.Errorf("folders (-got +want):\n%s", diff)
			}
		})
	}
}

func TestANewAppIsInstalled(t *testing.T) {
	tests := map[string]struct {
		typed string
		flags []string
		want  bool
	}{
		"by a flag":     {"", []string{"-n", "--install"}, true},
		"by an answer":  {strings.Repeat("\n", 8) + "y\n", nil, true},
		"not otherwise": {strings.Repeat("\n", 9), nil, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			s := newSession(t, tt.typed)
			s.run(t.Context(), append([]string{"app", "create", "--data", t.TempDir()}, tt.flags...))
			if got := s.host.installed() == "MyExampleApp"; got != tt.want {
				t.Errorf("installed: %t, want %t\n%s%s", got, tt.want, s.stdout.String(), s.stderr.String())
			}
		})
	}
}
