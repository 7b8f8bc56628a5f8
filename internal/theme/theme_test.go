package theme_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/theme"
)

// shelf is a shop of one product, and the blocks of its apps.
type shelf struct {
	blocks []theme.Block
	now    time.Time
	seen   []theme.Outcome
	log    bytes.Buffer
}

var tea = appdock.ID{15: 7}

func (s *shelf) Blocks(context.Context, appdock.ShopID) ([]theme.Block, error) { return s.blocks, nil }

func (s *shelf) Shown(_ context.Context, _ appdock.ShopID, grant appdock.Privileges, entity string, id appdock.ID) (json.RawMessage, bool, error) {
	if entity != "product" || id != tea || !grant.Has("product:read") {
		return nil, false, nil
	}
	return json.RawMessage(`{"id":"` + id.String() + `","name":"Tea","available_stock":3}`), true, nil
}

func (s *shelf) service(debug bool) *theme.Service {
	return theme.New(theme.Options{
		Blocks: s, Records: s, Debug: debug, Log: slog.New(slog.NewTextHandler(&s.log, nil)), Now: func() time.Time { return s.now },
		Observe: func(o theme.Outcome) { o.Took = 0; s.seen = append(s.seen, o) },
	})
}

func (s *shelf) page(t *testing.T, service *theme.Service) string {
	t.Helper()
	var out strings.Builder
	err := service.Render(t.Context(), &out, appdock.Shop{ID: "s", Name: "Tea & Co", URL: "https://shop.example", Locale: "de-DE", Currency: "EUR"}, theme.Page{
		Type: "product", ID: tea.String(), Path: "/storefront/products/7", Title: "Tea", Items: 2, Total: "1234.5",
		Values: map[string]any{"base": "", "admin": "/admin/", "description": "", "product": &theme.Entity{Name: "product", ID: tea, Values: map[string]any{
			"id": tea.String(), "name": "<Tea>", "sku": "T1", "manufacturer": nil, "available_stock": 3, "price": map[string]any{"amount": "1234.50", "currency": "EUR", "tax_included": true},
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func block(app, id, target, snippet string, grant ...appdock.Privilege) theme.Block {
	return theme.Block{App: app, AppName: strings.ToUpper(app), Version: "1.0.0", ID: id, Target: target, Label: "L", Snippet: snippet, Grant: appdock.NewPrivileges(grant...)}
}

// What a block shows stands at its place, in order, and is made of what its app may see.
func TestBlocksAtTheirPlaces(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ snippet, want string }{
		"the record that is passed": {`{{ product.name }} {{ product.available_stock }}`, "Tea 3"},
		"itself":                    {`{{ block.app.name }} {{ block.app.version }} {{ block.id }} {{ block.target }} {{ block.label }}`, "A 1.0.0 b product_page_info L"},
		"the shop":                  {`{{ shop.name }} {{ shop.language }} {{ shop.currency }} {{ shop.url }}`, "Tea &amp; Co de EUR https://shop.example"},
		"the page":                  {`{{ page.type }} {{ page.title }} {{ page.url }}`, "product Tea https://shop.example/storefront/products/7"},
		"the request":               {`{{ request.path }} {{ request.locale }}`, "/storefront/products/7 de-DE"},
		"the cart":                  {`{{ cart.itemCount }} {{ cart.total|currency(cart.currency, shop.locale) }}`, "2 1.234,50\u00a0EUR"},
		"nobody is logged in":       {`{{ customer is null ? "nobody" : "?" }}`, "nobody"},
		"no values of the theme":    {`{{ text ?? "no" }}{{ base ?? "no" }}{{ admin ?? "no" }}`, "nonono"},
		"markup of a value":         {`<b>{{ shop.name }}</b>`, "<b>Tea &amp; Co</b>"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &shelf{blocks: []theme.Block{block("a", "b", "product_page_info", tt.snippet, "product:read")}}
			want := `<div class="app-block" data-app="a" data-block="b">` + tt.want + `</div>`
			if got := s.page(t, s.service(false)); !strings.Contains(got, want) {
				t.Errorf("%s is not in %s", want, got)
			}
		})
	}
	t.Run("without the scope there is no record", func(t *testing.T) {
		t.Parallel()
		s := &shelf{blocks: []theme.Block{block("a", "b", "product_page_info", `[{{ product is null ? "none" : product.name }}]`)}}
		if got := s.page(t, s.service(false)); !strings.Contains(got, "[none]") || !strings.Contains(s.log.String(), "without the scope") {
			t.Errorf("%s\n%s", got, s.log.String())
		}
	})
	t.Run("in the order that they come", func(t *testing.T) {
		t.Parallel()
		s := &shelf{blocks: []theme.Block{
			block("b", "x", "product_page_info", "one "), block("a", "y", "product_page_top", "top "), block("a", "z", "product_page_info", "two "), block("a", "w", "nowhere", "none "),
			block("a", "h", "head_end", `<meta name="app"/>`),
		}}
		got := s.page(t, s.service(false))
		var places []string
		for _, part := range []string{`<meta name="app"/></head>`, "top ", "one ", "two ", "none "} {
			if strings.Contains(got, part) {
				places = append(places, part)
			}
		}
		at := func(part string) int { return strings.Index(got, part) }
		if diff := cmp.Diff([]string{`<meta name="app"/></head>`, "top ", "one ", "two "}, places); diff != "" || at("top ") > at("one ") || at("one ") > at("two ") {
			t.Errorf("%s in %s", diff, got)
		}
	})
}

// A block that fails is left out alone, and after five failures for five minutes.
func TestBlocksThatFail(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ snippet, reason string }{
		"an error":                 {`{{ 1 / 0 }}`, theme.ReasonFailed},
		"no template":              {`{% if %}`, theme.ReasonFailed},
		"an include":               {`{% include "layout.twig" %}`, theme.ReasonFailed},
		"a block inside of itself": {`{% app_block "header" %}`, theme.ReasonFailed},
		"a refresh":                {`<META name=a HTTP-Equiv="refresh" content="0;url=https://other.example">`, theme.ReasonFailed},
		"an element without end":   {`a<p><plaintext>b`, theme.ReasonFailed},
		"too deep":                 {strings.Repeat("<div>", 5000), theme.ReasonFailed},
		"too much":                 {`{% for i in 1..30000 %}0123456789{% endfor %}`, theme.ReasonLimit},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &shelf{now: time.Unix(1000, 0), blocks: []theme.Block{
				block("a", "bad", "product_page_info", tt.snippet), block("a", "good", "product_page_info", "works"),
			}}
			service := s.service(true)
			for range 6 {
				if got := s.page(t, service); !strings.Contains(got, ">works</div>") || !strings.Contains(got, "<!-- app block a/bad unavailable -->") || strings.Contains(got, "0123456789") {
					t.Fatal(got)
				}
			}
			bad := theme.Outcome{App: "a", Block: "bad", Reason: tt.reason}
			if s.seen[0] != bad || s.seen[8] != bad || s.seen[10].Reason != theme.ReasonPaused || s.seen[11].Reason != "" {
				t.Errorf("%+v", s.seen)
			}
			s.now = s.now.Add(5 * time.Minute)
			s.page(t, service)
			if s.seen[12] != bad {
				t.Errorf("after the pause: %+v", s.seen[12])
			}
			if quiet := s.page(t, s.service(false)); strings.Contains(quiet, "unavailable") {
				t.Errorf("visitors are told of it: %s", quiet)
			}
		})
	}
	t.Run("failures that are far apart do not add up", func(t *testing.T) {
		t.Parallel()
		s := &shelf{now: time.Unix(1000, 0), blocks: []theme.Block{block("a", "bad", "product_page_info", "{{ 1 / 0 }}")}}
		service := s.service(false)
		for range 8 {
			s.page(t, service)
			s.now = s.now.Add(20 * time.Second)
		}
		for _, o := range s.seen {
			if o.Reason != theme.ReasonFailed {
				t.Errorf("%+v", s.seen)
			}
		}
	})
}

// The markup of a block ends with it: what comes after is the same page, whatever it leaves open,
// and it closes nothing that is around it.
func TestBlocksEndWithThemselves(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ snippet, want string }{
		"nothing open":       {`<p class="x">a</p>`, `<p class="x">a</p>`},
		"an element":         {`<section><b>a`, `<section><b>a</b></section>`},
		"a comment":          {`a<!-- b`, `a<!-- b-->`},
		"a style":            {`<style>p {}`, `<style>p {}</style>`},
		"a text field":       {`<textarea>a<b>`, `<textarea>a&lt;b&gt;</textarea>`},
		"a tag":              {`a<b title="`, `a`},
		"a title of vectors": {`<svg><title>a`, `<svg><title>a</title></svg>`},
		"a table":            {`<table><tr><td>a`, `<table><tbody><tr><td>a</td></tr></tbody></table>`},
		"more is closed":     {`a</div></div></main></body>b`, `ab`},
		"another page":       {`<html><body onload=x><p>a</body></html>`, `<p>a</p>`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			with := func(snippet string) string {
				s := &shelf{blocks: []theme.Block{block("a", "b", "product_page_info", snippet)}}
				return s.page(t, s.service(true))
			}
			const mark = "MARK"
			want := strings.Replace(with(mark), mark, tt.want, 1)
			if got := with(tt.snippet); got != want {
				t.Errorf("(-want +got):\n%s", cmp.Diff(want, got))
			}
		})
	}
	heads := map[string]bool{`<style>a{}`: true, `<link rel=icon href=x><!-- a`: true, `<p>a`: false, `text`: false, `</head><body>a`: false, ` <title>a`: true}
	for snippet, fits := range heads {
		s := &shelf{blocks: []theme.Block{block("a", "b", "head_end", snippet)}}
		page := s.page(t, s.service(true))
		if left := strings.Contains(page, "<!-- app block a/b unavailable -->"); left == fits || strings.Count(page, "</head>") != 1 {
			t.Errorf("%q: left out is %t in %s", snippet, left, page)
		}
	}
}

// What is wrong with a snippet is told with its place.
func TestCheck(t *testing.T) {
	t.Parallel()
	if err := theme.Check("a.twig", "{{ product.name|upper }}{{ 1|currency('EUR') }}{{ 'x'|trans }}"); err != nil {
		t.Error(err)
	}
	err := theme.Check("a.twig", "\n {{ product|nothing }}")
	at, ok := err.(interface{ Position() (int, int) })
	if !ok {
		t.Fatalf("%T %v", err, err)
	}
	if line, _ := at.Position(); line != 2 || !strings.Contains(err.Error(), `Unknown "nothing" filter`) {
		t.Errorf("line %d: %v", line, err)
	}
}
