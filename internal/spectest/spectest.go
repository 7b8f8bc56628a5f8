// Package spectest reads the description of the protocols, for tests that hold the program
// against it. It is kept beside the project: in the folder "spec" next to that of
// APPDOCK_TESTDATA.
package spectest

import (
	"os"
	"path/filepath"
	"testing"
)

// Read gives the text of one of its files, such as "admin-api.md". Where the description is not
// at hand the test is skipped, and fails with APPDOCK_CI=1.
func Read(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("APPDOCK_TESTDATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "testdata")
	}
	file := filepath.Join(root, "..", "spec", name)
	text, err := os.ReadFile(file)
	if err == nil {
		return string(text)
	}
	if os.Getenv("APPDOCK_CI") == "1" {
		t.Fatalf("%s is missing; set APPDOCK_TESTDATA to the folder beside spec", file)
	}
	t.Skipf("%s is not there: nothing to compare with", file)
	return ""
}
