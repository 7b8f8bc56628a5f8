package twig_test

import (
	"context"
	"errors"
	"fmt"
	"os"

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
