package twig_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/appdock/appdock/twig"
)

// TestTemplatesAreShared renders one page from many goroutines; run with -race.
func TestTemplatesAreShared(t *testing.T) {
	t.Parallel()
	env := benchEnvironment(t)
	vars := ready(shopPage())
	var want strings.Builder
	if err := load(t, env, "product.html.twig").Render(testContext, &want, vars); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for i := range 16 {
		wait.Go(func() {
			page, err := env.Load(testContext, "product.html.twig")
			if err != nil {
				t.Error(err)
				return
			}
			var values any = vars
			if i%2 == 0 {
				values = shopPage()
			}
			for range 20 {
				var out strings.Builder
				if err := page.Render(testContext, &out, values); err != nil || out.String() != want.String() {
					t.Errorf("goroutine %d: error %v, same output %t", i, err, out.String() == want.String())
					return
				}
			}
		})
	}
	wait.Wait()
}

func TestTemplatesAreCompiledOnce(t *testing.T) {
	t.Parallel()
	templates := twig.MapLoader{"t": "{% use 'blocks' %}{{ block('a') }}", "blocks": "{% block a %}1{% endblock %}"}
	env := twig.New(twig.WithLoader(templates))
	first := load(t, env, "t")
	if load(t, env, "t") != first {
		t.Error("the same text was compiled twice")
	}
	frozen := twig.New(twig.WithLoader(templates), twig.WithoutReload())
	load(t, frozen, "t")
	templates["blocks"] = "{% block a %}2{% endblock %}"
	if got := render(env, nil); got != "2" {
		t.Errorf("after a change: got %q, want 2", got)
	}
	if got := render(frozen, nil); got != "1" {
		t.Errorf("after a change, without reload: got %q, want 1", got)
	}
}

// TestAllocations holds the figure of the issue: at most 300 for the product page, values ready.
func TestAllocations(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts those of all goroutines
	page := load(t, benchEnvironment(t), "product.html.twig")
	vars := ready(shopPage())
	var out strings.Builder
	got := testing.AllocsPerRun(20, func() {
		out.Reset()
		if err := page.Render(testContext, &out, vars); err != nil {
			t.Fatal(err)
		}
	})
	if got > 300 {
		t.Errorf("got %.0f allocations, want at most 300", got)
	}
}
