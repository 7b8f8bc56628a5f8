package manifest

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// told are the codes in the sources, each with a file that has it: whole ones, and with a
// star for their group those that get it later.
func told(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	whole := regexp.MustCompile(`^(app|convert|manifest|config|flow|cms|entities|admin_ui|snippet|mcp|script|view|theme|asset|bundle|app_json|host|online|xml)\.[a-z_]+$`)
	codes := map[string]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || file == "findings.go" {
			continue
		}
		f, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		text := func(e ast.Expr) string {
			if literal, ok := e.(*ast.BasicLit); ok && literal.Kind == gotoken.STRING {
				value, _ := strconv.Unquote(literal.Value)
				return value
			}
			return ""
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if code := text(n); whole.MatchString(code) && !strings.HasSuffix(code, ".xml") && code != jsonFile {
					codes[code] = file
				}
			case *ast.CompositeLit:
				if name, ok := n.Type.(*ast.Ident); ok && name.Name == "fate" && len(n.Elts) > 0 {
					if code := text(n.Elts[0]); code != "" && !strings.Contains(code, ".") {
						codes["*."+code] = file
					}
				}
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "tell" && len(n.Args) > 1 {
					if code := text(n.Args[1]); code != "" && !strings.Contains(code, ".") {
						codes["*."+code] = file
					}
				}
			}
			return true
		})
	}
	return codes
}

func TestEveryFindingIsExplained(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, f := range Findings() {
		if known[f.Code] {
			t.Errorf("%s is explained twice", f.Code)
		}
		known[f.Code] = true
		_, name, _ := strings.Cut(f.Code, ".")
		known["*."+name] = true
		if !strings.HasSuffix(f.Meaning, ".") || !strings.HasSuffix(f.Cure, ".") {
			t.Errorf("%s: %q, %q: both are sentences", f.Code, f.Meaning, f.Cure)
		}
	}
	codes := told(t)
	if len(codes) < 120 {
		t.Errorf("only %d codes found in the sources: is the test looking at the right place?", len(codes))
	}
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		if !known[code] {
			t.Errorf("%s of %s is not explained", code, codes[code])
		}
	}
}

// TestEveryRuleIsApplied: a rule is tested by itself, so only this tells of one that no
// list has.
func TestEveryRuleIsApplied(t *testing.T) {
	t.Parallel()
	packages, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	rules, listed := map[string]bool{}, map[string]bool{}
	for _, file := range packages {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declared := range f.Decls {
			switch d := declared.(type) {
			case *ast.FuncDecl:
				if parameters := d.Type.Params.List; d.Recv == nil && d.Type.Results == nil && len(parameters) == 1 {
					if pointer, ok := parameters[0].Type.(*ast.StarExpr); ok && pointer.X.(*ast.Ident).Name == "review" {
						rules[d.Name.Name] = true
					}
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					value, ok := spec.(*ast.ValueSpec)
					if !ok || !strings.HasSuffix(value.Names[0].Name, "Rules") {
						continue
					}
					for _, rule := range value.Values[0].(*ast.CompositeLit).Elts {
						name := rule.(*ast.Ident).Name
						if listed[value.Names[0].Name+" "+name] {
							t.Errorf("%s has %s twice", value.Names[0].Name, name)
						}
						listed[value.Names[0].Name+" "+name], listed[name] = true, true
					}
				}
			}
		}
	}
	if len(rules) < 90 {
		t.Errorf("only %d rules found in the sources: is the test looking at the right place?", len(rules))
	}
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		if !listed[name] {
			t.Errorf("rule %s is in no list: nobody applies it", name)
		}
	}
}
