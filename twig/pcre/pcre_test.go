package pcre_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/twig/pcre"
)

type pattern struct {
	Pattern string
	Error   string
	Matches []string
	Not     []string
}

// patterns are what PHP 8.2 with PCRE 10.42 made of a list of patterns and texts.
func patterns(tb testing.TB) []pattern {
	tb.Helper()
	var all []pattern
	data, err := os.ReadFile("testdata/patterns.json")
	if err != nil {
		tb.Fatal(err)
	}
	if err := json.Unmarshal(data, &all); err != nil {
		tb.Fatal(err)
	}
	return all
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	for _, p := range patterns(t) {
		re, err := pcre.Compile(p.Pattern)
		if p.Error != "" {
			if err == nil || err.Error() != p.Error {
				if _, ok := errors.AsType[*pcre.UnsupportedError](err); !ok {
					t.Errorf("%s: got %v, want %s", p.Pattern, err, p.Error)
				}
			}
			continue
		}
		if _, ok := errors.AsType[*pcre.UnsupportedError](err); ok {
			continue // TestUnsupported says which
		}
		if err != nil {
			t.Errorf("%s: %v", p.Pattern, err)
			continue
		}
		for _, text := range p.Matches {
			if !re.MatchString(text) && !strings.Contains(differs[p.Pattern], text) {
				t.Errorf("%s does not match %q: %s", p.Pattern, text, re)
			}
		}
		for _, text := range p.Not {
			if re.MatchString(text) {
				t.Errorf("%s matches %q: %s", p.Pattern, text, re)
			}
		}
	}
}

// differs has the texts that PHP matches because it sees their bytes.
var differs = map[string]string{
	`/[\W_]/i`:        "ſ",
	`/[[:^alpha:]]/i`: "ſ",
	`/[^a-z]/i`:       "ſ",
	`/\v/`:            "Ⅷ",
	`/\R/`:            "Ⅷ",
}

func TestUnsupported(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		pattern, want string
	}{
		"lookahead":            {`/a(?=b)/`, "lookahead (?=…) at offset 1"},
		"negative lookahead":   {`/(?!b)/`, "negative lookahead (?!…) at offset 0"},
		"lookbehind":           {`/(?<=b)/`, "lookbehind (?<=…) at offset 0"},
		"negative lookbehind":  {`/(?<!b)/`, "negative lookbehind (?<!…) at offset 0"},
		"number of a group":    {`/(a)\1/`, `a backreference \1 at offset 3`},
		"name of a group":      {`/(?<n>a)\k<n>/`, `a backreference \k at offset 7`},
		"Python's name":        {`/(?<n>a)(?P=n)/`, "a backreference (?P=…) at offset 7"},
		"Perl's number":        {`/(a)\g{1}/`, `a backreference \g at offset 3`},
		"possessive":           {`/ab++/`, "the possessive quantifier ++ at offset 2"},
		"possessive count":     {`/a{2,3}+/`, "the possessive quantifier {2,3}+ at offset 1"},
		"atomic":               {`/(?>a)/`, "an atomic group (?>…) at offset 0"},
		"recursion":            {`/a(?R)?/`, "recursion (?R) at offset 1"},
		"numbered recursion":   {`/(a(?1)?)/`, "recursion (?1) at offset 2"},
		"relative recursion":   {`/(a(?-1)?)/`, "recursion (?1) at offset 2"},
		"named recursion":      {`/(?<n>a(?&n)?)/`, "recursion (?&…) at offset 6"},
		"condition":            {`/(a)?(?(1)b)/`, "a condition (?(…)…) at offset 4"},
		"branch reset":         {`/(?|a|b)/`, "a branch reset (?|…) at offset 0"},
		"verb":                 {`/(*UTF8)a/`, "a verb (*…) at offset 0"},
		"callout":              {`/a(?C1)/`, "a callout (?C…) at offset 1"},
		"start of match":       {`/a\Kb/`, `\K at offset 1`},
		"grapheme":             {`/\X/u`, `\X at offset 0`},
		"count over 1000":      {`/a{1001}/`, "a count over 1000 at offset 1"},
		"byte by its number":   {`/[\x80-\xff]/`, "a byte over 7F without the modifier u at offset 1"},
		"byte that is no text": {"/\xe4/", "a byte that is no UTF-8 at offset 0"},
		"word boundary":        {`/[[:<:]]a/`, "the word boundary [[:<:]] at offset 1"},
		"names twice":          {`/(?J)(?<n>a)/`, "names given twice (?J) at offset 0"},
		"a long part counted":  {"/(" + strings.Repeat("ab", 1000) + "){900}/", "an expression that counts make this large at offset 0"},
		"many counts":          {"/" + strings.Repeat("a{1000}", 1000) + "/", "an expression that counts make this large at offset 0"},
		"counts multiplied":    {`/((a{100}){100}){100}/`, "invalid repeat count: `{100}` at offset 0"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			re, err := pcre.Compile(tt.pattern)
			got, ok := errors.AsType[*pcre.UnsupportedError](err)
			if !ok {
				t.Fatalf("got %v, %v, want an *UnsupportedError", re, err)
			}
			if want := tt.want + ": not supported by this engine"; got.Error() != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// What is refused is in the table of TestUnsupported, so that a pattern of the list can
// not become refused unseen.
func TestFewPatternsAreRefused(t *testing.T) {
	t.Parallel()
	refused := 0
	for _, p := range patterns(t) {
		_, err := pcre.Compile(p.Pattern)
		if _, ok := errors.AsType[*pcre.UnsupportedError](err); ok {
			refused++
		}
	}
	if want := 27; refused != want {
		t.Errorf("%d patterns are refused, want %d", refused, want)
	}
}

func TestSubmatches(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		pattern, text string
		want          []string
	}{
		"named groups":          {`/(?<year>\d+)-(?P<month>\d+)/`, "2024-10", []string{"2024-10", "2024", "10"}},
		"first choice wins":     {`/(a|ab)(c|bcd)?/`, "abcd", []string{"abcd", "a", "bcd"}},
		"a wide class counted":  {`/^\p{L}{1,1000}$/u`, "äbc", []string{"äbc"}},
		"ungreedy":              {`/a(.+)b/U`, "axbxb", []string{"axb", "x"}},
		"greedy in an ungreedy": {`/a(.+?)b/U`, "axbxb", []string{"axbxb", "xbx"}},
		"property minds case":   {`/\p{Lu}\p{Ll}b/i`, "abAbB", []string{"AbB"}},
		"groups without names":  {`/(a)(?<n>b)/n`, "ab", []string{"ab", "b"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			re, err := pcre.Compile(tt.pattern)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, re.FindStringSubmatch(tt.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzCompile(f *testing.F) {
	for _, p := range patterns(f) {
		f.Add(p.Pattern, "abc\n")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		re, err := pcre.Compile(pattern)
		if err == nil {
			re.MatchString(text)
			return
		}
		_, syntax := errors.AsType[*pcre.SyntaxError](err)
		_, unsupported := errors.AsType[*pcre.UnsupportedError](err)
		if !syntax && !unsupported {
			t.Errorf("got %v, want an error of this package", err)
		}
		if strings.Contains(err.Error(), "missing argument") {
			t.Errorf("%q: package regexp saw a fault that this one did not: %v", pattern, err)
		}
	})
}

func ExampleCompile() {
	re, err := pcre.Compile(`#^sku-(?<number>\d+)$#i`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(re.MatchString("SKU-12345"), re.SubexpNames()[1])

	_, err = pcre.Compile(`/foo(?!bar)/`)
	fmt.Println(err)
	// Output:
	// true number
	// negative lookahead (?!…) at offset 3: not supported by this engine
}
