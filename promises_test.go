package appdock_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPromisesNameTests looks for each test that is named as the keeper of a promise: one that
// was renamed or deleted keeps nothing.
func TestPromisesNameTests(t *testing.T) {
	t.Parallel()
	there := testsOfTheHouse(t)
	for _, page := range []string{"docs/invariants.md", "docs/delivery-contract.md"} {
		text := read(t, page)
		names := regexp.MustCompile("`(Test[A-Z]\\w*)`").FindAllStringSubmatch(text, -1)
		if len(names) == 0 {
			t.Errorf("%s names no test", page)
		}
		for _, name := range names {
			if !there[name[1]] {
				t.Errorf("%s names %s, which is not there", page, name[1])
			}
		}
	}
}

// TestContractNamesItsTests holds the table at the end of the contract against the contract:
// its promises stand there in these words, each has a test, and each section has a promise.
func TestContractNamesItsTests(t *testing.T) {
	t.Parallel()
	contract, table, found := strings.Cut(read(t, "docs/delivery-contract.md"), "\n## What keeps it\n")
	if !found {
		t.Fatal("the contract has no table of what keeps it")
	}
	kept := map[string]int{} // promises, by section
	sections := strings.Split(contract, "\n## ")[1:]
	for row := range strings.Lines(table) {
		promise, tests, isRow := strings.Cut(strings.Trim(row, "|\n "), " | ")
		if !isRow || promise == "promise" || strings.HasPrefix(promise, "---") {
			continue
		}
		if !strings.Contains(tests, "`Test") {
			t.Errorf("no test keeps %q", promise)
		}
		at := 0
		for _, section := range sections {
			if strings.Contains(oneLine(section), oneLine(promise)) {
				title, _, _ := strings.Cut(section, "\n")
				kept[title]++
				at++
			}
		}
		if at == 0 {
			t.Errorf("the contract does not say %q", promise)
		}
	}
	for _, section := range sections {
		title, _, _ := strings.Cut(section, "\n")
		if title != "Verify" && kept[title] == 0 { // that one is what the app does
			t.Errorf("nothing keeps what section %q promises", title)
		}
	}
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// testsOfTheHouse are the names of all test functions.
func testsOfTheHouse(t *testing.T) map[string]bool {
	t.Helper()
	there := map[string]bool{}
	begin := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git"):
			return fs.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		for _, name := range begin.FindAllSubmatch(text, -1) {
			there[string(name[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return there
}
