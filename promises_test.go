package appdock_test

import (
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestPromisesNameTests looks for each test that is named as the keeper of a promise: one that
// was renamed or deleted keeps nothing.
func TestPromisesNameTests(t *testing.T) {
	t.Parallel()
	there := map[string]bool{}
	for test := range testsOfTheHouse(t) {
		there[test.name] = true
	}
	text := read(t, "docs/invariants.md")
	names := regexp.MustCompile("`(Test[A-Z]\\w*)`").FindAllStringSubmatch(text, -1)
	if len(names) == 0 {
		t.Error("docs/invariants.md names no test")
	}
	for _, name := range names {
		if !there[name[1]] {
			t.Errorf("docs/invariants.md names %s, which is not there", name[1])
		}
	}
}

// TestContract holds docs/delivery-contract.md to what it says of itself: each of its promises
// leads to tests, and each of those is there, runs with `make test` and skips nothing.
func TestContract(t *testing.T) {
	t.Parallel()
	contract, notes, found := strings.Cut(read(t, "docs/delivery-contract.md"), "\n## What keeps it\n")
	_, contract, begun := strings.Cut(contract, "\n## ")
	if !found || !begun {
		t.Fatal("the contract has no promises, or does not say what keeps them")
	}
	tests := testsOfTheHouse(t)
	kept := map[string]bool{}
	note := regexp.MustCompile(`(?m)^\[\^(\w+)\]: (.*)$`)
	for _, row := range note.FindAllStringSubmatch(notes, -1) {
		kept[row[1]] = false
		for _, wrong := range keepers(row[2], tests) {
			t.Errorf("note %s: %s", row[1], wrong)
		}
	}
	promises := promisesOf(contract)
	if len(promises) < 100 {
		t.Errorf("%d promises were found, there were more", len(promises))
	}
	mark := regexp.MustCompile(`\[\^(\w+)\]`)
	for _, promise := range promises {
		marks := mark.FindAllStringSubmatch(promise, -1)
		if len(marks) == 0 {
			t.Errorf("no test keeps %q", promise)
		}
		for _, m := range marks {
			if _, defined := kept[m[1]]; !defined {
				t.Errorf("%q names the note %s, which is not there", promise, m[1])
			}
			kept[m[1]] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		if !kept[name] {
			t.Errorf("note %s keeps nothing", name)
		}
	}
}

// TestContractIsRead: the test of the contract finds what would be wrong with it.
func TestContractIsRead(t *testing.T) {
	t.Parallel()
	text := "In short\n\nIt is so.[^a] It is\nthus, and more so! It is 1.0.0 so.[^b]\n\n> Do it.\n> Do more.\n\n" +
		"| a | b |\n| --- | --- |\n| c | d[^c] |\n| e | f |\n\n- one[^d]\n- two,\n  or three\n\n```\ncode. Code.\n```\n\n### Head\n"
	want := []string{"It is so.[^a]", "It is thus, and more so!", "It is 1.0.0 so.[^b]", "| c | d[^c] |", "| e | f |", "one[^d]", "two, or three"}
	if got := promisesOf(text); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	tests := map[test]bool{{"a", "TestRuns"}: true, {"a", "TestSkips"}: false}
	for row, wrong := range map[string]int{
		"`a`: `TestRuns`": 0, "`a`: `TestSkips`": 1, "`b`: `TestRuns`": 1, "`a`: `TestRuns`, `TestNone`": 1, "none": 1,
	} {
		if got := keepers(row, tests); len(got) != wrong {
			t.Errorf("%s: got %q, want %d faults", row, got, wrong)
		}
	}
}

// promisesOf gives the sentences of a page, its points and the rows of its tables, but no
// headings, boxes or code.
func promisesOf(text string) (promises []string) {
	end := regexp.MustCompile(`[.!?](\[\^\w+\])*(\s+|$)`)
	text = regexp.MustCompile("(?ms)^```.*?^```$").ReplaceAllString(text, "")
	text = regexp.MustCompile(`(?m)^- `).ReplaceAllString(text, "\n") // a point is a paragraph
	_, text, _ = strings.Cut(text, "\n")                              // after the title of the first section
	for _, block := range regexp.MustCompile(`\n\s*\n`).Split(text, -1) {
		switch block = strings.TrimSpace(block); {
		case block == "" || block[0] == '>' || block[0] == '#':
		case block[0] == '|':
			rows := strings.Split(block, "\n")
			promises = append(promises, rows[2:]...) // without its head
		default:
			block = strings.Join(strings.Fields(block), " ")
			for block != "" {
				at := len(block)
				if found := end.FindStringIndex(block); found != nil {
					at = found[1]
				}
				promises = append(promises, strings.TrimSpace(block[:at]))
				block = block[at:]
			}
		}
	}
	return promises
}

// test is a test function, by the folder of its package.
type test struct{ folder, name string }

// keepers gives what is wrong with the tests of a note: "`folder`: `TestA`, `TestB`; `other`: `TestC`".
func keepers(note string, tests map[test]bool) (wrong []string) {
	group := regexp.MustCompile("^`([^`]+)`: (`Test\\w+`(, `Test\\w+`)*)$")
	for part := range strings.SplitSeq(note, "; ") {
		found := group.FindStringSubmatch(part)
		if found == nil {
			wrong = append(wrong, part+" names no tests of a package")
			continue
		}
		for name := range strings.SplitSeq(found[2], ", ") {
			k := test{found[1], strings.Trim(name, "`")}
			switch runs, there := tests[k]; {
			case !there:
				wrong = append(wrong, k.folder+" has no "+k.name)
			case !runs:
				wrong = append(wrong, k.folder+": "+k.name+" does not always run")
			}
		}
	}
	return wrong
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// testsOfTheHouse are all test functions, and whether each runs with `make test` in CI: it
// stands in no suite with a script of its own, its file is compiled there, and it does not skip
// itself. A test of a package that needs what a machine may lack fails in CI without it.
func testsOfTheHouse(t *testing.T) map[test]bool {
	t.Helper()
	tests := map[test]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git"):
			return fs.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		folder := filepath.ToSlash(filepath.Dir(path))
		runs := compiled(path, file) && folder != "e2e" && !strings.HasPrefix(folder, "e2e/") && !strings.HasPrefix(folder, "bench/")
		for _, declared := range file.Decls {
			f, ok := declared.(*ast.FuncDecl)
			if ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				tests[test{folder, f.Name.Name}] = runs && !skips(f)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tests
}

// compiled reports whether a file belongs to the build of the machine that CI runs on, by its
// name and its constraints.
func compiled(path string, file *ast.File) bool {
	for _, other := range []string{"windows", "darwin", "other"} {
		if strings.HasSuffix(path, "_"+other+"_test.go") {
			return false
		}
	}
	for _, group := range file.Comments {
		for _, line := range group.List {
			if x, err := constraint.Parse(line.Text); err == nil && group.Pos() < file.Package {
				return x.Eval(func(tag string) bool { return tag == "linux" || tag == "unix" || tag == "amd64" || tag == "race" })
			}
		}
	}
	return true
}

// skips reports whether a test skips itself.
func skips(f *ast.FuncDecl) (found bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		if call, ok := n.(*ast.SelectorExpr); ok && strings.HasPrefix(call.Sel.Name, "Skip") {
			if receiver, ok := call.X.(*ast.Ident); ok && receiver.Name == "t" {
				found = true
			}
		}
		return !found
	})
	return found
}
