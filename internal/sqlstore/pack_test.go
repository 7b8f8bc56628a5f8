package sqlstore

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/appdock/appdock"
)

const aPrice = `[{"currencyId":"b7d2554b0ce847cd82f3ac9bd1c0dfca","net":83.47058823529412,"gross":99.33,"linked":true,` +
	`"listPrice":null,"percentage":null,"regulationPrice":null}]`

func TestPackedDocumentsComeBack(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		most int // bytes that are stored
	}{
		"the price of a product":    {aPrice, 21},
		"a list of ids":             {`["` + strings.Repeat("0af9", 8) + `","` + strings.Repeat("51", 16) + `"]`, 38},
		"states":                    {`["is-physical"]`, 2},
		"beyond ASCII":              {`{"name":"Größe","text":"` + strings.Repeat("ü", 300) + `"}`, 640},
		"control characters":        {"{\n\t\"a\": null,\x00\x01\x7f\r\n}", 40},
		"digits in upper case":      {`"` + strings.Repeat("0AF9", 8) + `"`, 34},
		"half an id":                {`"0af90af90af9`, 13},
		"a number of too many":      {`123456789012345678901234567890`, 30},
		"a number with zeros":       {`[1.0000000000,-0,-.,1e400,00000000001]`, 40},
		"numbers":                   {`[-12345678.875,0.30000000000000004,1234567890123]`, 32},
		"what a packed one is":      {"\x00\x80\x01\x02\x03", 5},
		"nothing":                   {``, 0},
		"the calculated price":      {`{"unitPrice":7.9,"totalPrice":7.9,"quantity":1,"calculatedTaxes":[{"tax":0.52,"taxRate":7,"price":7.9}],"taxRules":[{"taxRate":7,"percentage":100}],"referencePrice":null,"listPrice":null,"regulationPrice":null}`, 32},
		"a document of another one": {`{"customers":[{"say":"\"gross\":","net":1}]}`, 44},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stored := SQLite.bindDocument(json.RawMessage(test.text))
			size, back := 0, ""
			switch stored := stored.(type) {
			case string:
				size, back = len(stored), stored
			case []byte:
				text, err := Unpack(stored)
				if err != nil {
					t.Fatal(err)
				}
				size, back = len(stored), string(text)
			}
			if back != test.text {
				t.Errorf("got %q, want %q", back, test.text)
			}
			if size > test.most {
				t.Errorf("%d bytes are stored, want no more than %d", size, test.most)
			}
		})
	}
}

// TestPackedWords holds what the form of the packed bytes takes for granted.
func TestPackedWords(t *testing.T) {
	t.Parallel()
	if len(packedWords) > 0x100-firstWord {
		t.Errorf("%d words have no byte", len(packedWords)-(0x100-firstWord))
	}
	seen := map[string]bool{}
	for _, word := range packedWords {
		if seen[word] || len(word) < 2 || strings.ContainsFunc(word, func(r rune) bool { return r < ' ' || r >= firstWord }) {
			t.Errorf("%q is there twice, saves nothing, or has what is no ASCII", word)
		}
		seen[word] = true
	}
	// Databases have these by their places: a word that moves makes other documents of theirs.
	for place, word := range map[int]string{0: `["`, 16: `[{"currencyId":`, 19: `"` + appdock.DefaultCurrency.String() + `"`, 69: `{"productNumber":"`} {
		if place >= len(packedWords) || packedWords[place] != word {
			t.Errorf("word %d is no longer %q", place, word)
		}
	}
}

func TestUnpackRefusesWhatIsDamaged(t *testing.T) {
	t.Parallel()
	for name, stored := range map[string]string{
		"half an id":     "\x00[\x01abc",
		"half a number":  "\x00\x021234567",
		"bytes missing":  "\x00\x03\x05abc",
		"no length":      "\x00\x03",
		"no such word":   "\x00\xff",
		"no such symbol": "\x00\x04",
	} {
		if text, err := Unpack([]byte(stored)); err == nil {
			t.Errorf("%s: got %q and no error", name, text)
		}
	}
}

// FuzzPack holds that whatever is packed comes back, and that nothing that is stored makes Unpack
// fail otherwise than by an error.
func FuzzPack(f *testing.F) {
	for _, seed := range []string{aPrice, "\x00\x80", "\x00\x02\x7f\xf0\x00\x00\x00\x00\x00\x00", `["is-physical","ü"]`, `-1.00000000000`, "\x00\x03\x01é"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		back, err := Unpack(pack(text))
		if err != nil || string(back) != string(text) {
			t.Errorf("%q came back as %q, %v", text, back, err)
		}
		_, _ = Unpack(text) // refuses it, or makes what it says
	})
}

func BenchmarkPack(b *testing.B) {
	text, packed := []byte(aPrice), pack([]byte(aPrice))
	b.Run("pack", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			pack(text)
		}
	})
	b.Run("unpack", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = Unpack(packed)
		}
	})
}
