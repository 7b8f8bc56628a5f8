package manifest

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"
)

// testdata is a folder of other people's manifests and schemas, which are not
// ours to commit: from APPDOCK_TESTDATA, else beside the project.
func testdata(t *testing.T, folder string) string {
	t.Helper()
	root := os.Getenv("APPDOCK_TESTDATA")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "testdata")
	}
	dir := filepath.Join(root, folder)
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	if os.Getenv("APPDOCK_CI") == "1" {
		t.Fatalf("%s is missing; set APPDOCK_TESTDATA to the folder that has it", dir)
	}
	t.Skipf("%s is not there: the tests with other people's manifests are left out", dir)
	return ""
}

func decodeFile[T any](t *testing.T, file string) T {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var value T
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return value
}

// lenient are the two deliberate differences of validation.md 8.
var lenient = []string{"manifest.empty_element", "manifest.duplicate_identifier"}

func TestShopwareFixturesLoadAsShopwareLoadsThem(t *testing.T) {
	t.Parallel()
	dir := testdata(t, "manifests/shopware")
	index := decodeFile[struct {
		Fixtures []struct {
			File       string
			Kind       string
			Load       string
			LoadErrors []string `json:"load_errors"`
		}
	}](t, filepath.Join(dir, "expected.json"))
	for _, fixture := range index.Fixtures {
		if fixture.Kind != "manifest" {
			continue
		}
		t.Run(fixture.File, func(t *testing.T) {
			t.Parallel()
			folder, file := path.Split(fixture.File)
			app, problems, err := Parse(os.DirFS(filepath.Join(dir, folder)), Options{Folder: path.Base(folder), File: file})
			if err != nil {
				t.Fatal(err)
			}
			failed := slices.ContainsFunc(problems, func(p Problem) bool {
				return p.Severity == Error && !slices.Contains(lenient, p.Code)
			})
			if got, want := failed, fixture.Load == "invalid"; got != want {
				t.Errorf("has layer A errors: %t, want %t (%v):\n%s", got, want, fixture.LoadErrors, problems)
			}
			if (app == nil) != problems.HasErrors() {
				t.Errorf("app is nil: %t, problems have errors: %t", app == nil, problems.HasErrors())
			}
		})
	}
}

// incomplete are wild manifests that the schema accepts, because it makes nothing
// mandatory, but that lack what the loader demands (manifest-xml.md 2.3).
var incomplete = []string{
	"LarsKemper__shopware-test-rule-condition-app.xml",
	"shopware__service-bundle-symfony.xml",
	"shopware__service-bundle-symfony--2.xml",
	"shopware__service-bundle-symfony--3.xml",
}

func TestWildManifestsThatTheSchemaAcceptsHaveNoErrors(t *testing.T) {
	t.Parallel()
	dir := testdata(t, "manifests/wild")
	index := decodeFile[struct {
		Manifests []struct {
			File   string
			App    string
			Schema string `json:"xsd_2_0"`
		}
	}](t, filepath.Join(dir, "index.json"))
	for _, wild := range index.Manifests {
		t.Run(wild.File, func(t *testing.T) {
			t.Parallel()
			app, problems, err := Parse(os.DirFS(dir), Options{File: wild.File})
			if err != nil {
				t.Fatal(err)
			}
			faults := slices.DeleteFunc(slices.Clone(problems), func(p Problem) bool {
				return p.Code == "manifest.missing_element" && slices.Contains(incomplete, wild.File)
			})
			if wild.Schema == "valid" && faults.HasErrors() {
				t.Errorf("valid by the schema, but:\n%s", faults)
			}
			if app != nil && app.Name != wild.App {
				t.Errorf("name %q, want %q", app.Name, wild.App)
			}
		})
	}
}
