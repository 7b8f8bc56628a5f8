package twig_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing/fstest"

	"github.com/appdock/appdock/twig"
)

func Example() {
	env := twig.New(twig.WithLoader(twig.MapLoader{
		"layout.html.twig": "<h1>{% block title %}Shop{% endblock %}</h1>\n{% block body %}{% endblock %}",
		"cart.html.twig": `{% extends 'layout.html.twig' %}
{% block title %}Cart - {{ parent() }}{% endblock %}
{% block body %}
{% for item in items %}
{{ loop.index }}. {{ item.name }}: {{ item.price|number_format(2) }}
{% endfor %}
{% endblock %}`,
	}))
	page, err := env.Load(context.Background(), "cart.html.twig")
	if err != nil {
		fmt.Println(err)
		return
	}
	err = page.Render(context.Background(), os.Stdout, map[string]any{
		"items": []map[string]any{{"name": "Bread & butter", "price": 2.5}, {"name": "Milk", "price": 1}},
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// <h1>Cart - Shop</h1>
	// 1. Bread &amp; butter: 2.50
	// 2. Milk: 1.00
}

// A filter of the host's, with a parameter that may be left out or named.
func ExampleWithExtension() {
	env := twig.New(twig.WithExtension(twig.Extension{Filters: []twig.Callable{{
		Name:   "shorten",
		Params: []twig.Param{twig.Optional("to", twig.Int(8))},
		Call: func(c *twig.Context, args []twig.Value) (twig.Value, error) {
			text, to := c.String(args[0]), args[1].ToInt()
			if to < 0 {
				return twig.Value{}, twig.Failf("A text cannot be shortened to %d bytes.", to)
			}
			return twig.String(text[:min(int(to), len(text))]), nil
		},
	}}}))
	t, err := env.Parse("t", `{{ 'A long description'|shorten }}|{{ 'A long description'|shorten(to: 6) }}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := t.Render(context.Background(), os.Stdout, nil); err != nil {
		fmt.Println(err)
	}
	// Output: A long d|A long
}

// What a policy does not list is refused before the template runs.
// A filter that calls an arrow function of the template, and pays for its work.
func ExampleContext_Call() {
	env := twig.New(twig.WithExtension(twig.Extension{Filters: []twig.Callable{{
		Name:   "times",
		Params: []twig.Param{twig.Required("arrow")},
		Call: func(c *twig.Context, args []twig.Value) (twig.Value, error) {
			n := args[0].ToInt()
			if n < 0 || n > 1000 {
				return twig.Value{}, twig.Failf("The \"times\" filter takes 0 to 1000.")
			}
			list := make([]twig.Value, n)
			for i := range list {
				list[i] = c.Call(args[1], twig.Int(i)) // the arrow function is not kept
			}
			return twig.List(list...), nil
		},
	}}}))
	t, err := env.Parse("t", `{{ 4|times(i => i * i)|join(' ') }}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := t.Render(context.Background(), os.Stdout, nil); err != nil {
		fmt.Println(err)
	}
	// Output: 0 1 4 9
}

// Everything that is wrong with a text, whether it can be split into tokens or not.
func ExampleEnvironment_Check() {
	env := twig.New()
	for _, e := range env.Check("cart.html.twig", "{{ 'open }}\n{% if total > %}{% endif %}\n{{ total|rounded }}") {
		fmt.Printf("%d:%d %s\n", e.Line, e.Column, e.Message)
	}
	// Output:
	// 1:4 Unexpected character "'".
	// 2:14 Unexpected token "end of statement block" of value "".
	// 3:10 Unknown "rounded" filter. Did you mean "round"?
}

// Notices of what a template should not use any more.
func ExampleWithDeprecations() {
	env := twig.New(
		twig.WithLoader(twig.MapLoader{"cart.html.twig": `{{ 'Total: ' ~ 1 + 2 }}`}),
		twig.WithDeprecations(func(d twig.Deprecation) { fmt.Println(d.Line, d.Message) }))
	if _, err := env.Load(context.Background(), "cart.html.twig"); err != nil {
		fmt.Println(err)
	}
	// Output: 1 Add explicit parentheses around the "~" binary operator to avoid behavior change in the next major version as its precedence will change
}

// Templates of an embedded or other file system, as in docs/twig.md.
func ExampleFSLoader() {
	files := fstest.MapFS{"cart.html.twig": {Data: []byte("{{ items|length }} items")}} // such as os.DirFS("templates")
	env := twig.New(twig.WithLoader(twig.FSLoader{FS: files}), twig.WithStrictVariables())
	page, err := env.Load(context.Background(), "cart.html.twig")
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := page.Render(context.Background(), os.Stdout, map[string]any{"items": []string{"bread", "milk"}}); err != nil {
		fmt.Println(err)
	}
	// Output: 2 items
}

func ExampleEnvironment_Sandbox() {
	env := twig.New(twig.WithLoader(twig.MapLoader{"snippet": `Hello {{ name|upper }}{{ source('secret') }}`}))
	sandbox := env.Sandbox(&twig.Policy{Filters: []string{"upper", "escape"}})
	_, err := sandbox.Load(context.Background(), "snippet")
	fmt.Println(err)
	// Output: Function "source" is not allowed in "snippet" at line 1.
}

// A render that costs more than it may ends with an error that says which limit it was.
func ExampleWithLimits() {
	env := twig.New(twig.WithLimits(twig.Limits{Steps: 1000}))
	t, err := env.Parse("loop", "{% for i in 1..1000000 %}{{ i }}{% endfor %}")
	if err != nil {
		fmt.Println(err)
		return
	}
	err = t.Render(context.Background(), os.Stdout, nil)
	if e, ok := errors.AsType[*twig.Error](err); ok {
		fmt.Println(e.Kind, e.Limit)
		fmt.Println(e)
	}
	// Output:
	// limit steps
	// The template exceeds its limit of steps (1000) in "loop" at line 1.
}
