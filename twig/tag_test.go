package twig_test

import (
	"strings"
	"testing"

	"github.com/appdock/appdock/twig"
)

// A tag of the host's with words between its arguments and a body that may be missing.
func TestWordedTags(t *testing.T) {
	t.Parallel()
	env := twig.New(twig.WithExtension(twig.Extension{Tags: []twig.Tag{{
		Name: "box", End: "endbox", Short: true, Words: []string{"with", "only"},
		Run: func(c *twig.Context, args []twig.Value, body func() string) (string, error) {
			var parts []string
			for _, a := range args {
				text := "-"
				if !a.IsNull() {
					text = c.String(a)
				}
				parts = append(parts, text)
			}
			if body != nil {
				parts = append(parts, "("+body()+")")
			}
			return "[" + strings.Join(parts, " ") + "]", nil
		},
	}}}))
	tests := map[string]struct{ template, want string }{
		"nothing":                               {`{% box %}`, "[- - -]"},
		"a name":                                {`{% box "a" %}`, "[a - -]"},
		"a name and a word":                     {`{% box "a" with 1 %}`, "[a 1 -]"},
		"the second word":                       {`{% box "a" only "b" %}`, "[a - b]"},
		"both words":                            {`{% box "a" with x.y only "b" %}`, "[a 2 b]"},
		"a word without a name":                 {`{% box with 1 %}`, "[- 1 -]"},
		"an expression":                         {`{% box "a" ~ x.y %}`, "[a2 - -]"},
		"a body":                                {`{% box "a" %}none{% endbox %}`, "[a - - (none)]"},
		"a body with tags of its own":           {`{% box "a" %}{% if true %}none{% else %}some{% endif %}{% endbox %}`, "[a - - (none)]"},
		"two without a body":                    {`{% box "a" %}{% box "b" %}`, "[a - -][b - -]"},
		"the body belongs to the nearest":       {`{% box "a" %}{% box "b" %}x{% endbox %}`, "[a - -][b - - (x)]"},
		"a body inside of a body":               {`{% box "a" %}{% box "b" %}x{% endbox %}y{% endbox %}`, "[a - - ([b - - (x)]y)]"},
		"a closing tag outside of where it is":  {`{% box "o" %}{% if true %}{% box "a" %}{% endif %}{% endbox %}`, "[o - - ([a - -])]"},
		"a closing tag in the other branch":     {`{% if true %}{% box "a" %}{% else %}{% box "b" %}x{% endbox %}{% endif %}`, "[a - -]"},
		"in a block":                            {`{% block b %}{% box "a" %}{% endblock %}{% box "b" %}x{% endbox %}`, "[a - -][b - - (x)]"},
		"a variable that is called like a word": {`{% box (with) %}`, "[3 - -]"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			template, err := env.Parse("t", tt.template)
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			if err := template.Render(t.Context(), &out, map[string]any{"x": map[string]any{"y": 2}, "with": 3}); err != nil || out.String() != tt.want {
				t.Errorf("got %q (%v), want %q", out.String(), err, tt.want)
			}
		})
	}
	for _, wrong := range []string{`{% box "a", "b" %}`, `{% box "a" only 1 with 2 %}`, `{% box "a" with %}`, `{% endbox %}`, `{% box "a" %}{% if true %}{% endbox %}{% endif %}`} {
		if _, err := env.Parse("t", wrong); err == nil {
			t.Errorf("%s is taken", wrong)
		}
	}
}
