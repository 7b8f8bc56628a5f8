package parse_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/twig/parse"
)

func config() *parse.Config {
	return &parse.Config{Known: func(kind parse.Kind, name string) bool {
		return name != "nofilter" && (kind != parse.Test || name != "nice name") || name == "same as"
	}}
}

// shape writes a tree in brackets.
func shape(x any) string {
	switch n := x.(type) {
	case *parse.Constant:
		return fmt.Sprint(n.Value)
	case *parse.Name:
		return n.Name
	case *parse.Unary:
		return "(" + n.Op + " " + shape(n.X) + ")"
	case *parse.Binary:
		return "(" + shape(n.X) + " " + n.Op + " " + shape(n.Y) + ")"
	case *parse.Cond:
		if n.Then == nil {
			return "(" + shape(n.Test) + " ?: " + shape(n.Else) + ")"
		}
		return "(" + shape(n.Test) + " ? " + shape(n.Then) + " : " + shape(n.Else) + ")"
	case *parse.FilterExpr:
		return shape(n.X) + "|" + n.Name
	case *parse.TestExpr:
		return fmt.Sprintf("(%s is %s %t)", shape(n.X), n.Name, !n.Not)
	case *parse.Attr:
		return shape(n.X) + "." + shape(n.Name)
	case *parse.Arrow:
		return "(" + strings.Join(n.Params, " ") + " => " + shape(n.Body) + ")"
	case *parse.Assign:
		return "(" + shape(n.Target) + " = " + shape(n.X) + ")"
	}
	return fmt.Sprintf("%T", x)
}

func TestOperatorsBind(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ src, want string }{
		"multiplication before addition":     {`1 + 2 * 3`, `(1 + (2 * 3))`},
		"concatenation before addition":      {`1 ~ 2 + 3`, `((1 ~ 2) + 3)`},
		"subtraction from the left":          {`1 - 2 - 3`, `((1 - 2) - 3)`},
		"powers from the right":              {`2 ** 3 ** 4`, `(2 ** (3 ** 4))`},
		"a sign after a power":               {`-2 ** 2`, `(- (2 ** 2))`},
		"a sign in brackets before a power":  {`(-2) ** 2`, `((- 2) ** 2)`},
		"a sign after a filter":              {`-1|abs`, `(- 1|abs)`},
		"not before ==":                      {`not a == b`, `((not a) == b)`},
		"and before or":                      {`a or b and c`, `(a or (b and c))`},
		"?? before everything infix":         {`1 + a ?? 2`, `(1 + (a ?? 2))`},
		"a filter before ..":                 {`1..3|length`, `(1 .. 3|length)`},
		"conditions last and from the right": {`a ? b : c ? d : e`, `(a ? b : (c ? d : e))`},
		"a condition without else":           {`a ? b`, `(a ? b : )`},
		"a condition without then":           {`a ?: b`, `(a ?: b)`},
		"not in as one operator":             {`a not   in b`, `(a not in b)`},
		"a test of two words":                {`a is not same   as (1)`, `(a is same as false)`},
		"an arrow function":                  {`(a, b) => a + b`, `(a b => (a + b))`},
		"words of operators as variables":    {`in`, `in`},
		"words of operators as attributes":   {`a.in.is`, `a.in.is`},
		"a number behind a dot":              {`a.1`, `a.1`},
		"a comparison left of a comparison":  {`1 < 2 < 3`, `((1 < 2) < 3)`},
		"an escape in a string":              {`"\x41\102\n\#{"`, "AB\n#{"},
		"a comment to the end of the line":   {"1 # + 2\n+ 3", `(1 + 3)`},
		"an interpolation":                   {`"a#{b}c"`, `((a ~ b) ~ c)`},
		"an interpolation in one":            {`"a#{"b#{c}"}"`, `(a ~ (b ~ c))`},
		"a power of a test":                  {`a is odd ** 2`, `((a is odd true) ** 2)`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree, err := parse.Parse("t", "{{ "+tt.src+" }}", config())
			if err != nil {
				t.Fatal(err)
			}
			if got := shape(tree.Body[0].(*parse.Print).X); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestTextBetweenTags(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		src  string
		want []string
	}{
		"a newline behind a tag goes":           {"a{% do 1 %}\nb", []string{"a", "b"}},
		"a newline behind a print stays":        {"a{{ 1 }}\nb", []string{"a", "\nb"}},
		"- removes all blanks":                  {"a \n{%- do 1 -%} \n\t b", []string{"a", "b"}},
		"~ removes blanks but no newline":       {"a \n \t{%~ do 1 ~%} \n b", []string{"a \n", "\n b"}},
		"comments are not there":                {"a{# {{ x }} #}b", []string{"a", "b"}},
		"- at a comment":                        {"a \n{#- c -#}\n b", []string{"a", "b"}},
		"verbatim is not read":                  {"{% verbatim %}{{ x }}{% if %}{% endverbatim %}", []string{"{{ x }}{% if %}"}},
		"a newline behind endverbatim stays":    {"{% verbatim %}a{% endverbatim %}\nb", []string{"a", "\nb"}},
		"verbatim trims on all four ends":       {"a {%- verbatim -%} b {%- endverbatim -%} c", []string{"a", "b", "c"}},
		"carriage returns become newlines":      {"a\r\nb\rc", []string{"a\nb\nc"}},
		"a brace that opens nothing is text":    {"a { b }} %} c", []string{"a { b }} %} c"}},
		"a closing delimiter inside of a brace": {"{{ {'a': {'b': 1}}|x }}c", []string{"c"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree, err := parse.Parse("t", tt.src, config())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range tree.Body {
				if text, ok := s.(*parse.TextStmt); ok {
					got = append(got, text.Data)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestErrorsSayWhere(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ src, want string }{
		"an unknown filter":               {"a\n  {{ x|nofilter }}", `2:8: Unknown "nofilter" filter.`},
		"an unclosed bracket":             {"{{ (1 }}", `1:4: Unclosed "(".`},
		"an unclosed string":              {"{{ \"a", `1:4: Unclosed """.`},
		"an unclosed comment":             {"\n{# a", `2:3: Unclosed comment.`},
		"an unclosed tag":                 {"\n{% if ", `2:1: Unclosed "block".`},
		"an unclosed print":               {"{{ a ", `1:1: Unclosed "variable".`},
		"a tag nobody knows":              {"{% fi %}", `1:4: Unknown "fi" tag.`},
		"a tag that looks like one":       {"{% inclde 'a' %}", `1:4: Unknown "inclde" tag. Did you mean "include"?`},
		"a closing tag too early":         {"{% if a %}\n{% endfor %}", `2:4: Unexpected "endfor" tag (expecting closing tag for the "if" tag defined near line 2).`},
		"no name of a tag":                {"{% 'a' %}", `1:4: A block must start with a tag name.`},
		"text in a template that extends": {"{% extends 'a' %}\nb", `2:1: A template that extends another one cannot include content outside Twig blocks. Did you forget to put the content inside a {% block %} tag?`},
		"a block in a condition there":    {"{% extends 'a' %}{% if b %}{% block c %}{% endblock %}{% endif %}", `1:31: A block definition cannot be nested under non-capturing nodes.`},
		"a line of its own":               {"{% line 40 %}\n{{ x|nofilter }}", `41:6: Unknown "nofilter" filter.`},
		"an unknown default of a macro":   {"{% macro m(a = b) %}{% endmacro %}", `1:12: A default value for an argument must be a constant (a boolean, a string, a number, a sequence, or a mapping).`},
		"an unknown guard":                {"{% guard tag x %}{% endguard %}", `1:10: Supported guard types are function, filter and test, "tag" given.`},
		"an unknown option of deprecated": {"{% deprecated 'a' why='b' %}", `1:19: Unknown "why" option.`},
		"the words of scripts in pages":   {"{{ a && b }}", `1:6: Unexpected character "&".`},
		"a reserved name as parameter":    {"{{ a|map(true => 1) }}", `1:10: You cannot assign a value to "true".`},
		"a function of the grammar":       {"{{ attribute(a, x=1) }}", `1:4: Value for argument "attribute" is required for function "attribute".`},
		"parent of nothing":               {"{% block a %}{{ parent() }}{% endblock %}", `1:17: Calling the "parent" function on a template that does not call "extends" or "use" is forbidden.`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parse.Parse("t", tt.src, config())
			e, ok := errors.AsType[*parse.Error](err)
			if !ok || e.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

// TestCheckGoesOnBehindWhatIsOpen holds that what cannot be split into tokens
// hides nothing behind it and causes no errors that are none.
func TestCheckGoesOnBehindWhatIsOpen(t *testing.T) {
	t.Parallel()
	const next = "\n{{ 'fine' }}{{ x|nofilter }}{% if 'a' == \"b\" %}{{ 'it' ~ \"is\" }}{% endif %}\n"
	unknown := func(line int) string { return fmt.Sprintf(`%d:18: Unknown "nofilter" filter.`, line) }
	tests := map[string]struct {
		src  string
		want []string
	}{
		"a string with single quotes":          {"{{ 'abc }}" + next, []string{`1:4: Unexpected character "'".`, unknown(2)}},
		"a string with double quotes":          {"{{ \"abc }}" + next, []string{`1:4: Unclosed """.`, unknown(2)}},
		"one with an interpolation":            {"{{ \"a#{b}c }}" + next, []string{`1:4: Unclosed """.`, unknown(2)}},
		"one with an open interpolation":       {"{{ \"a#{b c\" }}" + next, []string{`1:10: Unexpected token "name" of value "c" ("end of string interpolation" expected).`, unknown(2)}},
		"the only quote of the file":           {"{{ 'abc }}\n{{ x|nofilter }}", []string{`1:4: Unexpected character "'".`, `2:6: Unknown "nofilter" filter.`}},
		"a string in a tag with a body":        {"{% if a == 'b %}\n{{ x|nofilter }}{% else %}{% endif %}" + next, []string{`1:12: Unexpected character "'".`, `2:6: Unknown "nofilter" filter.`, unknown(3)}},
		"a string in a closing tag":            {"{% block a %}{% endblock 'a %}" + next, []string{`1:26: Unexpected character "'".`, unknown(2)}},
		"a string in a middle tag":             {"{% if a %}{% elseif 'b %}{% else %}{% endif %}" + next, []string{`1:21: Unexpected character "'".`, unknown(2)}},
		"a quote in a string of its kind":      {"{% set x = 'it's' %}" + next, []string{`1:16: Unexpected token "name" of value "s" ("end of statement block" expected).`, unknown(2)}},
		"two of them":                          {"{{ 'a }}\n{{ 'b }}" + next, []string{`1:4: Unexpected character "'".`, `2:4: Unexpected character "'".`, unknown(3)}},
		"three of them":                        {"{{ 'a }}\n{{ \"b }}\n{% set x = 'c %}" + next, []string{`1:4: Unexpected character "'".`, `2:4: Unclosed """.`, `3:12: Unexpected character "'".`, unknown(4)}},
		"a string in brackets":                 {"{{ include('a, {b: c}) }}" + next, []string{`1:12: Unexpected character "'".`, unknown(2)}},
		"a string over lines":                  {"{% include 'a with {\n  b: 1,\n} %}" + next, []string{`1:12: Unexpected character "'".`, unknown(4)}},
		"a print that is not closed":           {"{{ a\ntext {{ b }}" + next, []string{`1:1: Unclosed "variable".`, unknown(3)}},
		"one before an apostrophe":             {"{{ a\nit's <b>text</b> {{ b }}" + next, []string{`1:1: Unclosed "variable".`, unknown(3)}},
		"a tag that is not closed":             {"{% if a\ntext {% endif %}" + next, []string{`1:1: Unclosed "block".`, unknown(3)}},
		"a print closed as a tag":              {"{{ a %}\ntext" + next, []string{`1:7: Unexpected "}".`, unknown(3)}},
		"a tag closed as a print":              {"{% for a in b }}\ntext{% endfor %}" + next, []string{`1:15: Unexpected "}".`, unknown(3)}},
		"a bracket that is not closed":         {"{{ max(1, [2 }}" + next, []string{`1:11: Unclosed "[".`, unknown(2)}},
		"a bracket that is not opened":         {"{{ 1) }}" + next, []string{`1:5: Unexpected ")".`, unknown(2)}},
		"a character nobody knows":             {"{{ a @ 'b' }}" + next, []string{`1:6: Unexpected character "@".`, unknown(2)}},
		"nothing but a character nobody knows": {"{% @ %}" + next, []string{`1:4: Unexpected character "@".`, unknown(2)}},
		"no name of a tag":                     {"{% 'a' %}" + next, []string{`1:4: A block must start with a tag name.`, unknown(2)}},
		"a print at the end":                   {"{{ x|nofilter }}{{ a", []string{`1:6: Unknown "nofilter" filter.`, `1:17: Unclosed "variable".`}},
		"a tag at the end":                     {"{{ x|nofilter }}{% if a", []string{`1:6: Unknown "nofilter" filter.`, `1:17: Unclosed "block".`}},
		"a comment, behind which is nothing":   {"{% if a %}{{ x|nofilter }}{# b {% endif %}", []string{`1:16: Unknown "nofilter" filter.`, `1:29: Unclosed comment.`}},
		"verbatim, behind which is nothing":    {"{% if a %}{{ x|nofilter }}{% verbatim %} {% endif %}", []string{`1:16: Unknown "nofilter" filter.`, `1:41: Unexpected end of file: Unclosed "verbatim" block.`}},
		"a string that holds delimiters":       {"{{ '{{ x }}'|nofilter }}" + next, []string{`1:14: Unknown "nofilter" filter.`, unknown(2)}},
		"a tag that is closed twice":           {"{% if a %}{% endif %}{% endif %}" + next, []string{`1:25: Unknown "endif" tag.`, unknown(2)}},
		"a print in a tag that is wrong":       {"{% if a b %}{{ c d }}{% endif %}{% endif %}", []string{`1:9: Unexpected token "name" of value "b" ("end of statement block" expected).`, `1:18: Unexpected token "name" of value "d" ("end of print statement" expected).`, `1:36: Unknown "endif" tag.`}},
		"nothing":                              {"{{ '}}' }}{% set x = \"{% it's %}\" %}{{ {a: {b: {}}} }}{# ' #}it's", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, e := range parse.Check("t", tt.src, config()) {
				got = append(got, e.Error())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	got := parse.Nearest("uper", []string{"lower", "upper", "superb", "raw"})
	if diff := cmp.Diff([]string{"upper", "superb"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestNextSyntax(t *testing.T) {
	t.Parallel()
	c := config()
	c.Next = true
	for src, want := range map[string]string{
		`a?.b.c`: `a.b.c`, `a = b`: `(a = b)`, `a === b`: `(a is same as true)`, `a ? .5 : b`: ``, `a ?: b`: `(a ?: b)`,
	} {
		tree, err := parse.Parse("t", "{{ "+src+" }}", c)
		if err != nil {
			if want != "" {
				t.Errorf("%s: %v", src, err)
			}
			continue
		}
		if got := shape(tree.Body[0].(*parse.Print).X); got != want {
			t.Errorf("%s: got %s, want %s", src, got, want)
		}
	}
}

// TestLongNamesAreNotCompared holds that no suggestion is looked for where none
// can be: names of a template may be as long as it is.
// It is not parallel: it counts allocations.
func TestLongNamesAreNotCompared(t *testing.T) {
	name, known := strings.Repeat("x", 1<<14), strings.Fields(strings.Repeat("lower ", 100))
	if n := testing.AllocsPerRun(1, func() { parse.Nearest(name, known) }); n > 5 {
		t.Errorf("%v allocations: it was compared with each", n)
	}
}
