package manifest

import (
	"cmp"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// CompareVersion says whether the app is older (-1) than a version of it, the same (0) or newer
// (1), as its format does: a manifest.xml as PHP, an app.json by Semantic Versioning, of which
// the build does not count (app-json.md 2.1).
func (a *App) CompareVersion(version string) int {
	if a.Format != SitePack {
		return CompareVersions(a.Version, version)
	}
	own, err := semver.StrictNewVersion(a.Version)
	other, otherErr := semver.StrictNewVersion(version)
	if err != nil || otherErr != nil { // one was installed in spite of what validation said
		return CompareVersions(a.Version, version)
	}
	return own.Compare(other)
}

// CompareVersions says whether app version a is older (-1), equal (0) or newer
// (1) than b, the way PHP's version_compare does: it decides about updates
// (manifest-xml.md 24). 1.0.0-rc1 < 1.0.0, and 1.0 < 1.0.0.
func CompareVersions(a, b string) int {
	return compareParts(versionParts(a), versionParts(b))
}

func compareParts(a, b []string) int {
	for i := range min(len(a), len(b)) {
		if order := comparePart(a[i], b[i]); order != 0 {
			return order
		}
	}
	switch {
	case len(a) > len(b):
		return remainder(a[len(b)])
	case len(b) > len(a):
		return -remainder(b[len(a)])
	}
	return 0
}

// remainder compares a part with the nothing that the other version has there.
func remainder(part string) int {
	if isNumber(part) {
		return 1
	}
	return comparePart(part, "#N#")
}

func comparePart(a, b string) int {
	if isNumber(a) && isNumber(b) {
		a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	}
	return cmp.Compare(rank(a), rank(b))
}

// rank orders the words of versions as the manual of version_compare does.
func rank(part string) int {
	if isNumber(part) {
		part = "#"
	}
	for i, words := range [][]string{{"dev"}, {"alpha", "a"}, {"beta", "b"}, {"RC", "rc"}, {"#"}, {"pl", "p"}} {
		for _, word := range words {
			if strings.HasPrefix(part, word) {
				return i
			}
		}
	}
	return -1
}

func isNumber(part string) bool { return part != "" && part[0] >= '0' && part[0] <= '9' }

// versionParts splits at ".", "-", "_" and "+", and between digits and letters.
func versionParts(version string) []string {
	var spaced strings.Builder
	digit := false
	for i, r := range version {
		isDigit := r >= '0' && r <= '9'
		if i > 0 && isDigit != digit {
			spaced.WriteByte('.')
		}
		digit = isDigit
		spaced.WriteRune(r)
	}
	return strings.FieldsFunc(spaced.String(), func(r rune) bool { return strings.ContainsRune(".-_+", r) })
}
