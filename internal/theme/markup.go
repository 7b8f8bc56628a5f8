package theme

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// contained gives the markup of a block so that it changes nothing of the page around it: what
// it leaves open is closed, and what it closes without having opened is left out. That is how
// a browser would read it if it stood alone. An error says why it cannot stand in a page.
func contained(target, text string) (string, error) {
	// In the head, too: read as part of one, what does not belong there would be gone untold.
	nodes, err := html.ParseFragment(strings.NewReader(text), &html.Node{Type: html.ElementNode, DataAtom: atom.Div, Data: "div"})
	if err != nil {
		return "", fmt.Errorf("read its markup: %w", err)
	}
	var out strings.Builder
	for _, n := range nodes {
		if inHead(target) && !ofHead(n) {
			return "", errors.New("what it shows has no place in the head of a page, which ends there")
		}
		if endless(n) {
			return "", errors.New("it has a plaintext element, which has no end")
		}
		if err := html.Render(&out, n); err != nil {
			return "", fmt.Errorf("write its markup: %w", err)
		}
	}
	return out.String(), nil
}

// inHead reports whether a place is in the head of a page (app-scripts.md D4: such targets have
// no wrapper).
func inHead(target string) bool { return strings.HasPrefix(target, "head_") }

// ofHead reports whether a node may stand in the head: another ends it for a browser.
func ofHead(n *html.Node) bool {
	switch n.Type { //nolint:exhaustive // a fragment has nothing else
	case html.CommentNode:
		return true
	case html.TextNode:
		return strings.TrimSpace(n.Data) == ""
	case html.ElementNode:
		return slices.Contains([]atom.Atom{atom.Base, atom.Link, atom.Meta, atom.Noscript, atom.Script, atom.Style, atom.Template, atom.Title}, n.DataAtom)
	}
	return false
}

// endless reports whether a node is, or holds, an element that no closing tag ends.
func endless(top *html.Node) bool {
	isOne := func(n *html.Node) bool { return n.Type == html.ElementNode && n.DataAtom == atom.Plaintext }
	for n := range top.Descendants() {
		if isOne(n) {
			return true
		}
	}
	return isOne(top)
}
