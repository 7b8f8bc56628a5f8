package sqlstore

import (
	"fmt"
	"iter"
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

// FoldFunction is what statements call [Fold] by, for texts that have no twin: long ones, and those
// inside documents. A connection to SQLite brings it along; PostgreSQL has it by [Translator.DDL].
const FoldFunction = "appdock_fold"

// folded folds a text.
func folded(x expr) expr { return with(FoldFunction+"(%s)", x) }

// foldDDL makes Fold of what PostgreSQL has: its own lower() depends on the locale, and translate()
// takes a step for each letter that it knows, so that it is left out where there is none of them.
func foldDDL() string {
	var upper, lower strings.Builder
	letters := &unicode.RangeTable{}
	for r := rune(unicode.MaxASCII + 1); r <= unicode.MaxRune; r++ {
		if small := unicode.ToLower(r); small != r && norm.NFKD.IsNormalString(string(r)) {
			upper.WriteRune(r)
			lower.WriteRune(small)
			letters.R32 = append(letters.R32, unicode.Range32{Lo: uint32(r), Hi: uint32(r), Stride: 1})
		}
	}
	return strings.NewReplacer("{fold}", FoldFunction, "{letters}", brackets(letters), "{marks}", brackets(unicode.Mn),
		"{upper}", upper.String(), "{lower}", lower.String()).Replace(
		`CREATE FUNCTION {fold}(x text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
'SELECT replace(lower(CASE WHEN bare ~ ''{letters}''
	THEN translate(bare, ''{upper}'',
		''{lower}'') ELSE bare END COLLATE "C"), ''ß'', ''ss'')
FROM (SELECT CASE WHEN x ~ ''[^\u0001-\u007f]''
	THEN regexp_replace(normalize(x, NFKD), ''{marks}'', '''', ''g'') ELSE x END AS bare) AS b'`)
}

// brackets is the regular expression of PostgreSQL that any character of a table matches.
func brackets(table *unicode.RangeTable) string {
	var b strings.Builder
	first, last := rune(-1), rune(-2)
	end := func() {
		if first >= 0 {
			fmt.Fprintf(&b, `\U%08x`, first)
		}
		if first < last {
			fmt.Fprintf(&b, `-\U%08x`, last)
		}
	}
	for r := range characters(table) {
		if r != last+1 {
			end()
			first = r
		}
		last = r
	}
	end()
	return "[" + b.String() + "]"
}

// characters are those of a table, in their order.
func characters(table *unicode.RangeTable) iter.Seq[rune] {
	return func(yield func(rune) bool) {
		for _, r := range table.R16 {
			for c := rune(r.Lo); c <= rune(r.Hi); c += rune(r.Stride) {
				if !yield(c) {
					return
				}
			}
		}
		for _, r := range table.R32 {
			for c := rune(r.Lo); c <= rune(r.Hi); c += rune(r.Stride) {
				if !yield(c) {
					return
				}
			}
		}
	}
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
