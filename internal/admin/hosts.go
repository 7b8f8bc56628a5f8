package admin

import (
	"net/url"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// hostLine is a host as people are shown it.
type hostLine struct {
	Name string
	// Also is its other form, if it has two: what stands in addresses and what is read.
	Also string
	// Mixed says that it is written in letters of several scripts, so that it may look like
	// another: its Name is what stands in addresses then (protocol-oauth.md B.4).
	Mixed bool
	New   bool // to those who consented before
}

// newHostLine finds both forms of a host; port belongs to it, if there is one.
func newHostLine(host string) hostLine {
	name, port := host, ""
	if at := strings.LastIndexByte(host, ':'); at >= 0 && !strings.Contains(host[at:], "]") {
		name, port = host[:at], host[at:]
	}
	ascii, err := idna.Punycode.ToASCII(name)
	if err != nil {
		return hostLine{Name: host}
	}
	// The form to read is told with all its letters, whatever rules they break: people are to
	// see what there is.
	read, err := idna.Punycode.ToUnicode(ascii)
	if err != nil || read == ascii || strings.ContainsFunc(read, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return hostLine{Name: ascii + port}
	}
	if slices.ContainsFunc(strings.Split(read, "."), mixed) {
		return hostLine{Name: ascii + port, Also: read + port, Mixed: true}
	}
	return hostLine{Name: read + port, Also: ascii + port}
}

// host is the host of an address as people are shown it; nil if there is none.
func host(address string) *hostLine {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil
	}
	line := newHostLine(u.Host)
	return &line
}

// both writes a host with both its forms.
func both(name string) string {
	line := newHostLine(name)
	if line.Also == "" {
		return line.Name
	}
	return line.Name + " = " + line.Also
}

// together are scripts that one language is written in (Unicode UTS 39, "highly restrictive").
var together = [][]string{
	{"Latin", "Han", "Hiragana", "Katakana"},
	{"Latin", "Han", "Bopomofo"},
	{"Latin", "Han", "Hangul"},
}

// mixed reports whether a label is written in scripts that do not belong together.
func mixed(label string) bool {
	var scripts []string
	for _, r := range label {
		name := script(r)
		if name != "" && !slices.Contains(scripts, name) {
			scripts = append(scripts, name)
		}
	}
	if len(scripts) < 2 {
		return false
	}
	return !slices.ContainsFunc(together, func(known []string) bool {
		return !slices.ContainsFunc(scripts, func(name string) bool { return !slices.Contains(known, name) })
	})
}

// script names the script of a letter; empty for what stands in all of them.
func script(r rune) string {
	for name, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			if name == "Common" || name == "Inherited" {
				return ""
			}
			return name
		}
	}
	return ""
}
