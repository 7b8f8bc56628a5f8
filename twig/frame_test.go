package twig_test

import (
	"strings"
	"testing"

	"github.com/appdock/appdock/twig"
)

// TestPlacesAreLeft renders what outlives the place it came from, twice: places
// are used again, and nobody may see what another left there.
func TestPlacesAreLeft(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ src, want string }{
		"an arrow function of a block":       {`{% set f = null %}{% block a %}{% set n = 1 %}{% set f = v => v + n %}{{ [1]|map(f)|first }}{% endblock %}{% block b %}{% set n = 9 %}{{ n }}{% endblock %}`, "29"},
		"an arrow function out of reduce":    {`{% set n = 1 %}{% set f = [1]|reduce((c, v) => c, v => v + n) %}{% with {n: 5} %}{% set m = 7 %}{{ [1]|map(f)|first }}{% endwith %}`, "2"},
		"an arrow function of each turn":     {`{% set fs = [] %}{% for n in 1..3 %}{% set fs = fs|merge([v => v * n]) %}{% endfor %}{% for f in fs %}{{ [10]|map(f)|first }} {% endfor %}`, "10 20 30 "},
		"a loop variable in another":         {`{% set l = null %}{% for a in 1..2 %}{% set l = loop %}{% endfor %}{% for b in 'xyz'|split('') %}{{ l.index }}{% endfor %}`, "222"},
		"a loop variable of an inner loop":   {`{% set l = null %}{% for a in 1..2 %}{% for b in 1..3 %}{% set l = loop %}{% endfor %}{% for c in 1..4 %}{% endfor %}{% endfor %}{{ l.index }}{{ l.length }}{{ l.parent.loop.index }}`, "332"},
		"loop.parent of a loop that is over": {`{% set p = null %}{% for a in 1..2 %}{% for b in 1..2 %}{% set p = loop.parent %}{% endfor %}{% endfor %}{% for x in 1..5 %}{% endfor %}{{ p.loop.length }}`, "2"},
		"a loop variable of one turn":        {`{% for a in 1..3 %}{% if loop.first %}{% set l = loop %}{% endif %}{{ l.index }}{{ loop.index }} {% endfor %}`, "11 12 13 "},
		"a loop with an arrow function":      {`{% for a in 1..3 %}{% set f = v => v %}{{ loop.index }}{{ loop.last ? '.' }}{% endfor %}`, "123."},
		"the loop around an include":         {"{% for a in 1..2 %}{% include 'i' %}{% for b in 1..1 %}{{ loop.parent.loop.index }}{% endfor %}{% endfor %}\n-- i --\n{% set l = loop %}{{ l.index }}{% for x in 1..1 %}{{ loop.length }}{% endfor %}", "111212"},
		"the loop of a list of loops":        {`{% set ls = [] %}{% for a in 1..3 %}{% for b in 1..1 %}{% set ls = ls|merge([loop.parent.loop]) %}{% endfor %}{% endfor %}{{ ls|length }}{{ ls[0].length }}`, "33"},
		"an arrow function about its loop":   {`{% set fs = [] %}{% for n in 1..2 %}{% set fs = fs|merge([v => loop.length]) %}{% endfor %}{% for x in 1..5 %}{{ loop.first ? [1]|map(fs[0])|first }}{% endfor %}`, "2"},
		"values handed to a macro":           {`{% macro m(a, b) %}{{ a }}{{ b }}{{ varargs|length }}{% endmacro %}{{ _self.m(1, 2, 3) }}{{ _self.m(4) }}{{ _self.m() }}`, "121400"},
		"a block inside its own text":        {`{% block a %}{% if n is not defined %}{% set n = 1 %}{{ block('a') }}{% else %}end{% endif %}{% endblock %}`, "end"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := twig.New(twig.WithLoader(templates(tt.src)))
			page := load(t, env, "t")
			for range 3 {
				var out strings.Builder
				if err := page.Render(testContext, &out, nil); err != nil {
					t.Fatal(err)
				}
				if out.String() != tt.want {
					t.Fatalf("got %q, want %q", out.String(), tt.want)
				}
			}
		})
	}
}
