package shop

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Markup says what stays of HTML that comes from strangers.
type Markup struct {
	// Remote keeps addresses of other hosts. Without it nothing in the markup calls anybody, as
	// it must be where a merchant only looks at what an app brings.
	Remote bool
}

// deepest is how far elements may stand inside of each other; what is deeper loses its tags.
const deepest = 256

// Clean gives the markup with those elements and attributes alone that neither run nor load
// anything by themselves; text stays. What it gives is well formed, and cleaning it again
// changes nothing.
func (m Markup) Clean(text string) string {
	var (
		b       strings.Builder
		open    []string
		dropped string // element whose content goes with it
	)
	tokens := html.NewTokenizer(strings.NewReader(text))
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken { // the end: a string has no other error
			for _, name := range slices.Backward(open) {
				b.WriteString("</" + name + ">")
			}
			return b.String()
		}
		t := tokens.Token()
		switch {
		case dropped != "":
			if kind == html.EndTagToken && t.Data == dropped {
				dropped = ""
			}
		case kind == html.TextToken:
			b.WriteString(escaped.Replace(t.Data))
		case kind == html.StartTagToken && emptied[t.Data]:
			dropped = t.Data
		case kind == html.StartTagToken, kind == html.SelfClosingTagToken:
			if len(open) == deepest || !kept[t.Data] {
				continue
			}
			t.Attr = m.attributes(t)
			t.Type = html.StartTagToken
			b.WriteString(t.String())
			if !void[t.Data] {
				open = append(open, t.Data)
			}
		case kind == html.EndTagToken:
			if !slices.Contains(open, t.Data) {
				continue // it was never opened, or has lost its tag
			}
			for closed := ""; closed != t.Data; open = open[:len(open)-1] {
				closed = open[len(open)-1]
				b.WriteString("</" + closed + ">")
			}
		case kind == html.CommentToken, kind == html.DoctypeToken:
		}
	}
}

// attributes are those of an element that stay.
func (m Markup) attributes(t html.Token) (all []html.Attribute) {
	for _, a := range t.Attr {
		plain := slices.Contains([]string{"class", "title", "lang", "dir", "alt", "width", "height", "colspan", "rowspan", "align", "target", "start"}, a.Key)
		address := a.Key == "href" && t.Data == "a" || a.Key == "src" && t.Data == "img"
		if plain || address && m.leads(a.Val, t.Data == "img") {
			all = append(all, html.Attribute{Key: a.Key, Val: a.Val})
		}
	}
	return all
}

// leads reports whether an address may stay.
func (m Markup) leads(address string, picture bool) bool {
	for _, kind := range []string{"png", "jpeg", "gif", "webp"} {
		if picture && strings.HasPrefix(address, "data:image/"+kind+";base64,") {
			return true
		}
	}
	u, err := url.Parse(strings.TrimSpace(address))
	switch {
	case err != nil || strings.Contains(address, `\`): // browsers take it for a slash
		return false
	case m.Remote && u.Scheme != "":
		return slices.Contains([]string{"http", "https", "mailto", "tel"}, u.Scheme)
	}
	return u.Scheme == "" && (m.Remote || u.Host == "")
}

var (
	escaped = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

	kept = named(`a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em
		figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p picture pre q s samp section small span
		strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr`)
	void = named("br col hr img wbr")
	// emptied elements hold what is no text to people.
	emptied = named("script style iframe object embed applet noscript noembed noframes template svg math xmp plaintext title textarea select head")
)

func named(list string) map[string]bool {
	names := map[string]bool{}
	for name := range strings.FieldsSeq(list) {
		names[name] = true
	}
	return names
}
