package sqlstore

import (
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Fold gives the form in which texts are compared: compatibility characters taken apart,
// marks removed, lower case, ß as ss. It is made in Go, so that both databases compare,
// sort and search alike (admin-api.md 5.2, "Text comparison").
func Fold(s string) string {
	if ascii(s) {
		return strings.ToLower(s)
	}
	// A transformer has state, so each call makes its own. It cannot fail: removing and
	// normalizing are defined for every text.
	bare, _, _ := transform.String(transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn))), s)
	return strings.ReplaceAll(strings.ToLower(bare), "ß", "ss")
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
