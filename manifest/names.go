package manifest

import (
	"strings"
	"unicode"
)

// Words splits a technical name at underscores and dashes, and where capitals begin:
// OrderNotes, order_notes and order-notes are all "Order" and "Notes".
func Words(name string) []string {
	var list []string
	begins := true
	previous := ' '
	for _, r := range name {
		switch {
		case r == '_' || r == '-':
			begins = true
		case begins || unicode.IsUpper(r) && !unicode.IsUpper(previous):
			list = append(list, string(unicode.ToUpper(r)))
			begins = false
		default:
			list[len(list)-1] += string(r)
		}
		previous = r
	}
	return list
}

// NameIn is a technical name as a dialect writes it: MyExampleApp in manifest.xml,
// my-example-app in app.json.
func NameIn(format Format, name string) string {
	switch {
	case format != SitePack:
		return strings.Join(Words(name), "")
	case isID(name):
		return name
	}
	return strings.ToLower(strings.Join(Words(name), "-"))
}
