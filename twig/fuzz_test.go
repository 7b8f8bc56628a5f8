package twig_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/appdock/appdock/twig"
)

// fuzzLimits are small enough that a run which keeps to them is over at once.
func fuzzLimits() twig.Limits {
	return twig.Limits{Steps: 20_000, Output: 1 << 16, Allocated: 1 << 20, Depth: 20, Regexp: 1 << 20, Nesting: 60, Source: 1 << 16}
}

// FuzzRender renders any text with small limits: it must end without panic,
// in time and within its limits, fail only with an *Error, and do the same again.
func FuzzRender(f *testing.F) {
	files, err := filepath.Glob("testdata/bench/*.twig")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src), "x")
	}
	for _, src := range []string{
		`{{ a.b|default('c')|upper ~ "#{ 1 + 2 }" }}`, `{% for k, v in a if %}`, `{% macro m(a, b = 1) %}{{ varargs|length }}{% endmacro %}{{ _self.m(1, 2, 3) }}`,
		`{% set x = [1, 2, ...a]|map(v => v * 2)|sort((a, b) => b <=> a) %}{{ x|json_encode }}`, `{% block a %}{{ parent() }}{% endblock %}{{ block('a') }}`,
		`{{ 'now'|date('c') }}{{ '%05.2f|%-8s'|format(1.5, a) }}{{ 1e300 * 1e10 }}`, `{% with {a: 1} only %}{{ _context|keys|join }}{% endwith %}`,
		`{{ a matches '/^(a+)+$/i' }}{{ 5 // -2 }}{{ 2 ** 70 }}{{ -9223372036854775808 % -1 }}`, `{% embed 't' %}{% block a %}{% endblock %}{% endembed %}`,
		`{% apply upper|replace({'A': 'b'}) %}{{ a|slice(-2, 1)|striptags('<b>') }}{% endapply %}`, `{{ range('a', 'z', 3)|batch(2, 0)|column(0)|reverse|join(', ', ' & ') }}`,
		`{{ include(template_from_string(a), ignore_missing = true) }}`, `{% autoescape 'js' %}{{ a }}{% endautoescape %}{{ a|e('css')|split('', 2)|last }}`,
		`{% foreach i in 1..9 %}{% if i > 2 && i !== 4 %}{% break %}{% endif %}{% endforeach %}{% return [a] = [1] %}`, `{{ a?.b?.c }}{{ {x: y} = a }}`,
	} {
		f.Add(src, "<b>a</b>")
	}
	f.Fuzz(func(t *testing.T, src, a string) {
		for _, options := range [][]twig.Option{{}, {twig.WithStrictVariables(), twig.WithScript(), twig.WithNext(), twig.WithAutoescape("")}} {
			env := twig.New(append(options, twig.WithLimits(fuzzLimits()), twig.WithLoader(twig.MapLoader{"t": src}),
				twig.WithTemplateFromString(), twig.WithDebug(), twig.WithClock(func() time.Time { return time.Unix(1e9, 0) }),
				twig.WithRandom(func() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }))...)
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			defer cancel()
			tmpl, err := env.Load(ctx, "t")
			if err == nil {
				var out, again strings.Builder
				vars := map[string]any{"a": a, "n": 3, "list": []any{a, 1, 2.5, nil, map[string]any{"b": a}}, "p": person{a}}
				err = tmpl.Render(ctx, &out, vars)
				// What one render left behind must not show in the next.
				if second := tmpl.Render(ctx, &again, vars); ctx.Err() == nil && (out.String() != again.String() || fmt.Sprint(err) != fmt.Sprint(second)) {
					t.Fatalf("two renders differ: %q, %v and %q, %v", out.String(), err, again.String(), second)
				}
				if out.Len() > 1<<16 {
					t.Fatalf("%d bytes of output", out.Len())
				}
			}
			if ctx.Err() != nil {
				t.Fatal("it ran for longer than its limits allow")
			}
			if _, ok := errors.AsType[*twig.Error](err); err != nil && !ok {
				t.Fatalf("not an *Error: %T %v", err, err)
			}
		}
	})
}

// FuzzCompile reads any text.
func FuzzCompile(f *testing.F) {
	f.Add("{% if a %}{{ b|e }}{% else %}{# c #}{% endif %}")
	f.Add("{%- verbatim ~%}{{ x }}{%~ endverbatim -%}{% line 5 %}\r\n")
	f.Add(`{% from 'x' import a as b %}{% use 'y' with c as d %}{% types {a: 'b'} %}{% guard filter z %}{{ 1|z }}{% endguard %}`)
	env := twig.New(twig.WithLimits(fuzzLimits()))
	f.Fuzz(func(t *testing.T, src string) {
		tmpl, err := env.Parse("t", src)
		if found := env.Check("t", src); len(found) == 0 && err != nil || len(found) > 0 && err == nil {
			t.Fatalf("checking finds %v, compiling %v", found, err)
		}
		if err == nil {
			_ = tmpl.Render(context.Background(), io.Discard, nil) // any outcome but a panic is right
			return
		}
		if e, ok := errors.AsType[*twig.Error](err); !ok || e.Line < 0 {
			t.Fatalf("not an *Error with a place: %v", err)
		}
	})
}
