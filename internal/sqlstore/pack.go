package sqlstore

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/appdock/appdock"
)

// SQLite keeps documents packed, where that is shorter than their text: a search reads
// the rows that it compares, and a price list was a third of a product's
// (docs/adr/0040-narrow-rows.md). Whatever is packed comes back with the same bytes: nothing is
// known of what a document means, only of what is often written in one.
//
// A packed document is a BLOB and begins with a byte that no JSON begins with. Behind it
//
//	0x20 to 0x7f   stand for themselves
//	0x80 to 0xff   are words, by their place in packedWords
//	packedID       and 16 bytes are an id in lower case hex digits and in quotes
//	packedNumber   and 8 bytes are a number in its shortest decimal digits
//	packedBytes    and a length are bytes as they stand: all that JSON has beyond ASCII
//
// A text in the same column is a document, too: that of a table that was filled by hand.
const (
	packedFirst  = 0x00
	packedID     = 0x01
	packedNumber = 0x02
	packedBytes  = 0x03

	firstWord = 0x80
)

// UnpackFunction is what statements call [Unpack] by. A connection to SQLite brings it along.
const UnpackFunction = "appdock_document"

// packedWords are what documents of a shop have in them again and again. A word is known by its
// place: none is ever taken away or put before another, and to put one behind them takes a
// migration, so that an older host does not open what it cannot read.
var packedWords = []string{
	// Of any document.
	`["`, `"]`, `","`, `":"`, `":`, `,"`, `{"`, `"}`, `"},{"`, `:null`, `:true`, `:false`, `[]`, `{}`, `}]`, `,null`,

	// Price lists.
	`[{"currencyId":`, `,{"currencyId":`, `"currencyId":`, `"` + appdock.DefaultCurrency.String() + `"`,
	`,"net":`, `"net":`, `,"gross":`, `,"linked":true`, `,"linked":false`,
	`,"listPrice":null`, `,"listPrice":{`, `,"percentage":null`, `,"percentage":{`, `,"regulationPrice":null`, `,"regulationPrice":{`,
	`,"linked":true,"listPrice":null,"percentage":null,"regulationPrice":null}`,
	`,"linked":false,"listPrice":null,"percentage":null,"regulationPrice":null}`,

	// Calculated prices and how they were calculated.
	`{"unitPrice":`, `,"totalPrice":`, `,"quantity":1`, `,"quantity":`, `,"price":`, `,"taxRate":`,
	`,"calculatedTaxes":[{"tax":`, `,"calculatedTaxes":[`, `,{"tax":`,
	`}],"taxRules":[{"taxRate":`, `,"taxRules":[{"taxRate":`, `"taxRules":[`, `,{"taxRate":`, `,"percentage":100}`, `,"percentage":`,
	`],"referencePrice":null,"listPrice":null,"regulationPrice":null}`, `,"referencePrice":null`, `,"referencePrice":`,
	`{"netPrice":`, `,"rawTotal":`, `,"positionPrice":`, `,"taxStatus":"gross"}`, `,"taxStatus":"net"}`, `,"taxStatus":"tax-free"}`,
	`{"type":"quantity","price":`, `{"type":"`, `,"listPrice":null,"regulationPrice":null,"isCalculated":true}`, `,"isCalculated":`,
	`{"decimals":2,"interval":0.01,"roundForNet":true}`, `{"decimals":`, `,"interval":`, `,"roundForNet":`,
	`{"enabled":false,"currencyId":`, `,"amount":`,

	// Of products and lines.
	`["is-physical"]`, `["is-download"]`, `{"productNumber":"`,
}

// wordsBy are the numbers of the words that begin with a byte, the longest first.
var wordsBy = func() (by [firstWord][]byte) {
	for i, word := range packedWords {
		by[word[0]] = append(by[word[0]], byte(i))
	}
	for _, words := range by {
		slices.SortStableFunc(words, func(a, b byte) int { return len(packedWords[b]) - len(packedWords[a]) })
	}
	return by
}()

// bindDocument gives the stored form of a document: packed if that is shorter.
func (d Dialect) bindDocument(text json.RawMessage) any {
	if d == SQLite {
		if packed := pack(text); len(packed) < len(text) {
			return packed
		}
	}
	return string(text)
}

// unpacked is the text of a document in a column of its own.
func (d Dialect) unpacked(column string) string {
	if d == SQLite {
		return UnpackFunction + "(" + column + ")"
	}
	return column
}

// pack gives the packed form of a document, which may be longer than its text.
func pack(text []byte) []byte {
	packed := append(make([]byte, 0, len(text)), packedFirst)
	for len(text) > 0 {
		n := 0
		packed, n = packNext(packed, text)
		text = text[n:]
	}
	return packed
}

// packNext packs so many bytes that a text begins with.
func packNext(packed, text []byte) ([]byte, int) {
	first := text[0]
	if first < ' ' || first >= firstWord {
		n := 1
		for n < len(text) && n < math.MaxUint8 && (text[n] < ' ' || text[n] >= firstWord) {
			n++
		}
		return append(append(packed, packedBytes, byte(n)), text[:n]...), n
	}
	for _, word := range wordsBy[first] {
		w := packedWords[word]
		if len(text) < len(w) || string(text[:len(w)]) != w {
			continue
		}
		if end := len(w) - 1; w[end] == '"' {
			if _, ok := quotedID(text[end:]); ok {
				continue // the quote belongs to it
			}
		}
		return append(packed, firstWord+word), len(w)
	}
	if id, ok := quotedID(text); ok {
		return append(append(packed, packedID), id[:]...), quotedIDSize
	}
	if digit(first) {
		n := 1
		for n < len(text) && digit(text[n]) {
			n++
		}
		const size = 8
		if f, err := strconv.ParseFloat(string(text[:n]), 64); n > 1+size && err == nil && strconv.FormatFloat(f, 'f', -1, 64) == string(text[:n]) {
			return binary.BigEndian.AppendUint64(append(packed, packedNumber), math.Float64bits(f)), n
		}
		return append(packed, text[:n]...), n
	}
	return append(packed, first), 1
}

// quotedIDSize are the digits of an id and its quotes.
const quotedIDSize = 2*len(appdock.ID{}) + 2

// quotedID is the id that a text begins with.
func quotedID(text []byte) (id appdock.ID, ok bool) {
	if len(text) < quotedIDSize || text[0] != '"' || text[quotedIDSize-1] != '"' {
		return id, false
	}
	id, err := appdock.ParseID(string(text[1 : quotedIDSize-1]))
	return id, err == nil
}

func digit(b byte) bool { return '0' <= b && b <= '9' || b == '.' || b == '-' }

// Unpack gives the text of a document, whether it was packed or not.
func Unpack(stored []byte) ([]byte, error) {
	if len(stored) == 0 || stored[0] != packedFirst {
		return stored, nil
	}
	text := make([]byte, 0, 4*len(stored))
	for rest := stored[1:]; len(rest) > 0; {
		first := rest[0]
		rest = rest[1:]
		n := 0 // bytes behind the first that belong to it
		switch {
		case first == packedID:
			n = len(appdock.ID{})
		case first == packedNumber:
			n = 8
		case first == packedBytes && len(rest) > 0:
			n = int(rest[0])
			rest = rest[1:]
		case first >= firstWord && int(first-firstWord) < len(packedWords):
			text = append(text, packedWords[first-firstWord]...)
			continue
		case first >= ' ' && first < firstWord:
			text = append(text, first)
			continue
		default:
			return nil, fmt.Errorf("a packed document has a byte %#02x where none may be", first)
		}
		if len(rest) < n {
			return nil, errors.New("a packed document ends too early")
		}
		switch first {
		case packedID:
			text = append(hex.AppendEncode(append(text, '"'), rest[:n]), '"')
		case packedNumber:
			text = strconv.AppendFloat(text, math.Float64frombits(binary.BigEndian.Uint64(rest)), 'f', -1, 64)
		default:
			text = append(text, rest[:n]...)
		}
		rest = rest[n:]
	}
	return text, nil
}
