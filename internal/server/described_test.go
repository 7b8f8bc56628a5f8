package server_test

import (
	"os"
	"path/filepath"
	"testing"
)

// described reads a file of the description of the protocols, which is kept beside the
// project: in the folder "spec" next to that of APPDOCK_TESTDATA.
func described(t *testing.T, name string) string {
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
