package twig_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/twig"
)

func brackets(operator, kind string, line int) string {
	return fmt.Sprintf(`Since twig/twig 3.15: Add explicit parentheses around the "%s" %s operator to avoid behavior change in the next major version as its precedence will change in "t" at line %d.`, operator, kind, line)
}

func TestDeprecations(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		src  string
		want []string // once the template was rendered twice
	}{
		"the tag, each time":     {"\n{% deprecated 'Use x.' %}", []string{`Use x in "t" at line 2.`, `Use x in "t" at line 2.`}},
		"with package":           {"{% deprecated 'Use x' package='acme/shop' version='1.2' %}", []string{`Since acme/shop 1.2: Use x in "t" at line 1.`, `Since acme/shop 1.2: Use x in "t" at line 1.`}},
		"with a variable":        {"{% deprecated 'Use ' ~ name %}", []string{`Use y in "t" at line 1.`, `Use y in "t" at line 1.`}},
		"where it is not run":    {"{% if false %}{% deprecated 'Use x' %}{% endif %}", nil},
		"a filter, once":         {"{{ name }}\n{{ name|spaceless }}", []string{`Since twig/twig 3.12: The "spaceless" filter is deprecated in "t" at line 2.`}},
		"a tag, once":            {"{% sandbox %}{% include 'other' %}{% endsandbox %}", []string{`Since twig/twig 3.15: The "sandbox" tag is deprecated in "t" at line 1.`}},
		"a function of the host": {"{{ old() }}", []string{`Since acme/shop 2: The "old" function is deprecated in "t" at line 1.`}},
		"a test of the host":     {"{{ name is old }}", []string{`Since acme/shop 2: The "old" test is deprecated in "t" at line 1.`}},
		"~ beside + and -":       {"{{ '42' ~ 1 + 41 }}\n{{ 1 - '42' ~ 43 }}{{ ('1' ~ 1) + 1 }}{{ 'a' ~ (1 + 1) }}{{ 'a' ~ 1 * 2 }}", []string{brackets("~", "binary", 1), brackets("~", "binary", 2)}},
		"not beside *":           {"{{ not 1 * 2 }}\n{{ 2 * not 1 }}{{ not (1 * 2) }}{{ (not 1) * 2 }}{{ not 1 + 2 }}", []string{brackets("not", "unary", 1), brackets("not", "unary", 2)}},
		"?? in any operator":     {"{{ 1 + a ?? 2 }}\n{{ a ?? 1 == 2 }}{{ (a ?? 1) == 2 }}{{ a ?? (1 == 2) }}{{ a ?? b ?? 1 }}{{ a ?? 1 is odd }}", []string{brackets("??", "binary", 1), brackets("??", "binary", 2)}},
		"over several lines": {"{{\n  1 ~ 2 + 3\n  ??\n  1 ~\n  2 + 4\n}}", []string{
			brackets("??", "binary", 3), brackets("~", "binary", 2), brackets("~", "binary", 4),
		}},
		"in an embedded template": {"{% embed 'other' %}{% block a %}{{ 1 ~ 1 + 1 }}{% endblock %}{% endembed %}", []string{brackets("~", "binary", 1)}},
		"what is fine":            {"{{ name|upper }}", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			old := []twig.Callable{{
				Name: "old", Deprecated: "acme/shop 2",
				Call: func(*twig.Context, []twig.Value) (twig.Value, error) { return twig.Value{}, nil },
			}}
			env := twig.New(
				twig.WithLoader(twig.MapLoader{"t": tt.src, "other": ""}), twig.WithPolicy(&twig.Policy{}),
				twig.WithDeprecations(func(d twig.Deprecation) { got = append(got, d.String()) }),
				twig.WithExtension(twig.Extension{Functions: old, Tests: old}))
			for range 2 {
				if err := load(t, env, "t").Render(testContext, io.Discard, map[string]any{"name": "y"}); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("notices (-want +got):\n%s", diff)
			}
		})
	}
}
