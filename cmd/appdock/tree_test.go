package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// walk calls f with all commands of the program.
func walk(t *testing.T, f func(c *cobra.Command)) {
	t.Helper()
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		f(c)
		for _, child := range c.Commands() {
			visit(child)
		}
	}
	visit(newRoot(&newSession(t, "").program))
}

func TestEveryCommandExplainsItself(t *testing.T) {
	t.Parallel()
	walk(t, func(c *cobra.Command) {
		if c.Short == "" || c.Long == "" || c.Example == "" {
			t.Errorf("%s has no short text, no long one or no example", c.CommandPath())
		}
		if strings.HasSuffix(c.Short, ".") || strings.Contains(c.Short, "\n") {
			t.Errorf("%s: the short text is one line without a full stop", c.CommandPath())
		}
	})
}

// TestExamplesAreUnderstood reads every example as the command line would.
func TestExamplesAreUnderstood(t *testing.T) {
	t.Parallel()
	walk(t, func(c *cobra.Command) {
		for line := range strings.Lines(c.Example) {
			words := strings.Fields(line)
			if len(words) == 0 || words[0] == "#" {
				continue
			}
			if words[0] != "appdock" {
				t.Errorf("%s: the example %q is no command of ours", c.CommandPath(), line)
				continue
			}
			found, rest, err := newRoot(&newSession(t, "").program).Find(words[1:])
			if err == nil {
				err = found.ParseFlags(rest)
			}
			if err == nil {
				err = found.ValidateArgs(found.Flags().Args())
			}
			if err != nil {
				t.Errorf("%s: the example %q: %v", c.CommandPath(), line, err)
			}
		}
	})
}

// TestColonNamesAreTheSameCommands compares flags: app:install takes what app install does.
func TestColonNamesAreTheSameCommands(t *testing.T) {
	t.Parallel()
	root := newRoot(&newSession(t, "").program)
	for _, name := range []string{"app:install", "app:activate", "app:deactivate", "app:uninstall", "app:list", "app:validate", "app:create"} {
		colon, _, err := root.Find([]string{name})
		if err != nil || colon.Name() != name {
			t.Errorf("%s is not there: %v", name, err)
			continue
		}
		plain, _, err := root.Find(strings.Split(name, ":"))
		if err != nil {
			t.Fatal(err)
		}
		if colon.LocalFlags().FlagUsages() != plain.LocalFlags().FlagUsages() {
			t.Errorf("%s has other flags than %s", name, plain.CommandPath())
		}
		if !colon.Hidden {
			t.Errorf("%s stands in the help", name)
		}
	}
}

var codes = regexp.MustCompile(`^(ADK(-[A-Z]+)+|[A-Z]+__[A-Z0-9_]+)$`)

// TestExplainKnowsEveryCode reads the sources of all that can end up on a screen.
func TestExplainKnowsEveryCode(t *testing.T) {
	t.Parallel()
	var known []string
	for _, e := range explanations() {
		known = append(known, e.Code)
		if e.Meaning == "" || e.Cause == "" || e.Cure == "" {
			t.Errorf("%s lacks meaning, cause or cure", e.Code)
		}
	}
	if sorted := slices.Sorted(slices.Values(known)); len(slices.Compact(sorted)) != len(known) {
		t.Error("a code is explained twice")
	}
	found := 0
	for code, file := range codesIn(t, "../..", codes) {
		found++
		if !slices.Contains(known, code) {
			t.Errorf("%s of %s is not explained", code, file)
		}
	}
	if found < 20 {
		t.Errorf("only %d codes found in the sources: is the test looking at the right place?", found)
	}
}

// oauthCodes are errors of OAuth as the sources write them.
var oauthCodes = regexp.MustCompile(`^((invalid|unsupported|unauthorized|insufficient|interaction|login|consent)_[a-z_]+|access_denied|server_error|slow_down|app_inactive|token_expired)$`)

// TestExplainKnowsEveryErrorOfOAuth reads the sources of what answers apps that ask for access.
func TestExplainKnowsEveryErrorOfOAuth(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, e := range oauthExplanations() {
		known[e.Code] = true
	}
	found := map[string]bool{}
	for _, folder := range []string{"../../internal/oauth", "../../internal/admin", "../../internal/httpapi"} {
		for code, file := range codesIn(t, folder, oauthCodes) {
			if found[code] = true; !known[code] {
				t.Errorf("%s of %s is not explained", code, file)
			}
		}
	}
	if len(found) < 12 {
		t.Errorf("only %d codes found in the sources: is the test looking at the right place?", len(found))
	}
}

// TestExplainKnowsEveryTransformation holds what explains a signature against what is said of
// it: both ways, for a code that nothing gives any more misleads.
func TestExplainKnowsEveryTransformation(t *testing.T) {
	t.Parallel()
	given := codesIn(t, "../../internal/signature", transformations)
	known := map[string]bool{}
	for _, e := range signatureExplanations() {
		if known[e.Code] = true; transformations.MatchString(e.Code) && given[e.Code] == "" {
			t.Errorf("%s is explained, and nothing gives it", e.Code)
		}
	}
	for code, file := range given {
		if !known[code] {
			t.Errorf("%s of %s is not explained", code, file)
		}
	}
	if len(given) < 10 {
		t.Errorf("only %d codes found in the sources: is the test looking at the right place?", len(given))
	}
}

// transformations are what can happen to a signed request.
var transformations = regexp.MustCompile(`^(secret|signature|query|url|body)\.[a-z_]+$`)

// codesIn finds what matches among the text constants below folder, each with a file that
// has it.
func codesIn(t *testing.T, folder string, codes *regexp.Regexp) map[string]string {
	t.Helper()
	list := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != folder && (slices.Contains([]string{"testdata", "sdk", "examples", "e2e", "node_modules"}, d.Name()) || strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				if value, err := strconv.Unquote(literal.Value); err == nil && codes.MatchString(value) {
					list[value] = path
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
