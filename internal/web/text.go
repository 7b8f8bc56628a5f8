package web

import (
	"html"
	"regexp"
	"strings"
)

var tag = regexp.MustCompile(`<[^>]*>`)

// Plain takes the tags out of a text that a merchant wrote as HTML. What is left is text, to be
// escaped when it is shown.
func Plain(text string) string {
	return strings.TrimSpace(html.UnescapeString(tag.ReplaceAllString(text, " ")))
}
