package shop_test

import (
	"encoding/json"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
)

func TestMarkup(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"text":                    {`it's 1 < 2 & "more"`, `it's 1 &lt; 2 &amp; "more"`},
		"what is kept":            {`<p class="a">x <b>y</b><br/>z</p>`, `<p class="a">x <b>y</b><br>z</p>`},
		"a script":                {`a<script>alert("<b>")</script>b`, `ab`},
		"a script never closed":   {`a<script>b`, `a`},
		"a script in a picture":   {`<svg><script>1</script></svg>b`, `b`},
		"an event":                {`<b onclick="x()" ONMOUSEOVER=y>a</b>`, `<b>a</b>`},
		"a style":                 {`<b style="background:url(//x)">a</b><style>b{}</style>`, `<b>a</b>`},
		"links":                   {`<a href="https://a.example/?b=1&amp;c=2">x</a><a href="mailto:a@b.c">y</a><a href="/z">z</a>`, `<a href="https://a.example/?b=1&amp;c=2">x</a><a href="mailto:a@b.c">y</a><a href="/z">z</a>`},
		"a link that runs":        {`<a href="java&#115;cript:x()">x</a><a href=" javascript:x">y</a><a href="java&#10;script:x">z</a><a href="data:text/html,x">d</a>`, `<a>x</a><a>y</a><a>z</a><a>d</a>`},
		"a picture":               {`<img src="/a.png" srcset="//x 2x" alt="A" onerror=x>`, `<img src="/a.png" alt="A">`},
		"a picture in itself":     {`<img src="data:image/png;base64,AA=="><img src="data:image/svg+xml,x">`, `<img src="data:image/png;base64,AA=="><img>`},
		"what was not closed":     {`<div><b>a</div>c`, `<div><b>a</b></div>c`},
		"what was not opened":     {`a</b></div>c`, `ac`},
		"an unknown element":      {`<blink>a</blink>`, `a`},
		"a comment":               {`a<!-- <b> --><!DOCTYPE x>b<![CDATA[<i>]]>`, `ab]]&gt;`},
		"a tag inside of a tag":   {`<<b>script>alert(1)<</b>/script>`, `&lt;<b>script&gt;alert(1)&lt;</b>/script&gt;`},
		"a quote in an attribute": {`<b title='"><script>'>a</b>`, `<b title="&#34;&gt;&lt;script&gt;">a</b>`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clean := shop.Markup{Remote: true}.Clean(tt.text)
			if clean != tt.want {
				t.Errorf("got  %s\nwant %s", clean, tt.want)
			}
			if again := (shop.Markup{Remote: true}).Clean(clean); again != clean {
				t.Errorf("a second time: %s", again)
			}
		})
	}
	got := shop.Markup{}.Clean(`<a href="https://x">a</a><img src="//x/y.png"><img src="https:x"><img src="\\x\y"><img src="a.png">`)
	if want := `<a>a</a><img><img><img><img src="a.png">`; got != want {
		t.Errorf("nothing remote: %s", got)
	}
}

// FuzzMarkup proves that nothing is left that could run, and that what is clean stays so.
func FuzzMarkup(f *testing.F) {
	for _, seed := range []string{"<p onclick=x>", "<a href=javascript:x>", "<svg><style><!--</style><img src=x onerror=y>-->", "<xmp></xmp><script>", "<plaintext><b>", "<b/onclick=x>", "&lt;script&gt;"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		clean := shop.Markup{Remote: true}.Clean(text)
		if again := (shop.Markup{Remote: true}).Clean(clean); again != clean {
			t.Fatalf("%q: %q, a second time %q", text, clean, again)
		}
		root, err := html.Parse(strings.NewReader(clean))
		if err != nil {
			t.Fatal(err)
		}
		for n := range root.Descendants() {
			if n.Data == "script" && n.Type == html.ElementNode {
				t.Fatalf("%q: a script in %q", text, clean)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") && (a.Key == "href" || a.Key == "src") {
					t.Fatalf("%q: %s=%q in %q", text, a.Key, a.Val, clean)
				}
			}
		}
	})
}

// TestTextsWithoutMarkup: fields that do not allow markup lose all of it (entities.md, "Types").
func TestTextsWithoutMarkup(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		"1 < 2 > 0": "1 < 2 > 0", "<b>a</b> b": "a b", "a<br": "a", "a<!-- x -->b": "ab",
		"<<b>script>x": "script>x", "<<</b>script>x": "script>x", "<scr<b>ipt>x": "ipt>x",
	} {
		w := newWorld(t)
		if err := w.write(t, entity.Insert, "product", merge(t, w.fill(teaPayload), `{"description":`+string(encoded(t, sent))+`}`)); err != nil {
			t.Fatal(err)
		}
		if got := w.store.get("product", productID)["description"]; got != want {
			t.Errorf("%q became %q, want %q", sent, got, want)
		}
	}
}

func encoded(tb testing.TB, v any) []byte {
	tb.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}
