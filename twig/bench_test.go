package twig_test

import (
	"html/template"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/appdock/appdock/twig"
)

func benchEnvironment(tb testing.TB) *twig.Environment {
	tb.Helper()
	loader := twig.FSLoader{FS: os.DirFS("testdata/bench")}
	templates := twig.MapLoader{}
	for _, name := range []string{"base.html.twig", "listing.html.twig", "product.html.twig", "macros.html.twig", "snippet.html.twig", "script.twig"} {
		src, err := loader.Load(testContext, name)
		if err != nil {
			tb.Fatal(err)
		}
		templates[name] = src
	}
	return twig.New(twig.WithLoader(templates), twig.WithoutReload()) // neither do the others look for changes
}

// shopPage is what the product page shows.
func shopPage() map[string]any {
	var products, navigation, filters []any
	for i := range 50 {
		n := strconv.Itoa(i)
		products = append(products, map[string]any{
			"name": "Product <" + n + "> & more", "url": "https://shop.example/product/" + n, "price": 9.99 + float64(i),
			"stock": i % 4, "tags": []any{"new", "sale & offer", "t" + n},
		})
	}
	for i := range 8 {
		n := strconv.Itoa(i)
		navigation = append(navigation, map[string]any{"title": "Category " + n, "path": "/c/" + n, "active": i == 2})
		filters = append(filters, map[string]any{"name": "f" + n, "label": "Filter " + n, "count": i * 7})
	}
	return map[string]any{
		"shop": map[string]any{
			"name": "Shop & Co", "description": "Everything <you> need", "url": "https://shop.example", "theme": "plain", "locale": "en",
			"currency": "EUR", "address": []any{"1 Main Street", "12345 Town"},
		},
		"category": map[string]any{"title": "All \"products\"", "text": "First line\nsecond line"}, "year": 2026,
		"products": products, "navigation": navigation, "filters": filters,
		"customer": map[string]any{"name": "Ann <b>", "points": 120},
	}
}

func ready(vars map[string]any) *twig.Array {
	a := twig.NewMapping(len(vars))
	for k, v := range twig.From(vars).Array().All() {
		a.Set(k, v)
	}
	return a
}

func load(tb testing.TB, env *twig.Environment, name string) *twig.Template {
	tb.Helper()
	t, err := env.Load(testContext, name)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func benchmarkRender(b *testing.B, name string, vars any) {
	b.Helper()
	t := load(b, benchEnvironment(b), name)
	var out strings.Builder
	if err := t.Render(testContext, &out, vars); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(out.Len()))
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		if err := t.Render(testContext, io.Discard, vars); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(out.Len()), "bytes")
}

func BenchmarkProductPage(b *testing.B) {
	benchmarkRender(b, "product.html.twig", ready(shopPage()))
}

func BenchmarkProductPageFromMap(b *testing.B) { benchmarkRender(b, "product.html.twig", shopPage()) }

func BenchmarkSnippet(b *testing.B) { benchmarkRender(b, "snippet.html.twig", ready(shopPage())) }

func BenchmarkScriptLoop(b *testing.B) { benchmarkRender(b, "script.twig", nil) }

func BenchmarkCompileProductPage(b *testing.B) {
	env := benchEnvironment(b)
	src, err := os.ReadFile("testdata/bench/product.html.twig")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := env.Parse("product.html.twig", string(src)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHTMLTemplatePage renders a like page with the standard library, for comparison.
func BenchmarkHTMLTemplatePage(b *testing.B) {
	page := template.Must(template.New("page").Funcs(template.FuncMap{
		"upper": strings.ToUpper, "join": func(list []any) string {
			var s []string
			for _, v := range list {
				s = append(s, v.(string))
			}
			return strings.Join(s, ", ")
		},
		"money": func(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) },
		"cycle": func(i int) string { return [...]string{"odd", "even"}[i%2] },
		"tenth": func(i int) bool { return (i+1)%10 == 0 },
	}).Parse(htmlPage))
	vars := shopPage()
	b.ReportAllocs()
	for b.Loop() {
		if err := page.Execute(io.Discard, vars); err != nil {
			b.Fatal(err)
		}
	}
}

const htmlPage = `<!DOCTYPE html>
<html lang="{{ .shop.locale }}"><head><meta charset="utf-8"><title>{{ .category.title }} - {{ .shop.name }}</title>
<meta name="description" content="{{ .shop.description }}"><link rel="stylesheet" href="{{ .shop.url }}/theme/{{ .shop.theme }}/app.css">
</head><body class="page listing"><header><a class="logo" href="{{ .shop.url }}">{{ upper .shop.name }}</a><nav><ul>
{{ range .navigation }}<li{{ if .active }} class="active"{{ end }}><a href="{{ $.shop.url }}{{ .path }}">{{ .title }}</a></li>
{{ end }}</ul></nav></header><main><div class="row"><aside>{{ range .filters }}<label><input type="checkbox" name="{{ .name }}"> {{ .label }} ({{ .count }})</label>
{{ end }}</aside><section><h1>{{ .category.title }}</h1><p>{{ .category.text }}</p><ul class="products">
{{ range $i, $p := .products }}<li class="{{ cycle $i }}{{ if eq $i 0 }} first{{ end }}"><a href="{{ $p.url }}">{{ $p.name }}</a>
<span class="price">{{ money $p.price }} {{ $.shop.currency }}</span>{{ if gt $p.stock 0 }}<em>in stock: {{ $p.stock }}</em>{{ else }}<em>sold out</em>{{ end }}
{{ if $p.tags }}<small>{{ join $p.tags }}</small>{{ end }}{{ if tenth $i }}<button value="{{ $i }}">more</button>{{ end }}</li>
{{ end }}</ul><button value="ok">next page</button></section></div></main>
<footer><p>&copy; {{ .year }} {{ .shop.name }}, {{ join .shop.address }}</p></footer></body></html>`
