package shop

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
)

// TestEncodeIsThatOfTheLibrary for what is written without it.
func TestEncodeIsThatOfTheLibrary(t *testing.T) {
	t.Parallel()
	for _, v := range []any{
		true, false, appdock.DefaultCurrency,
		appdock.ID{},
		0.0, math.Copysign(0, -1), 1.0, -1.5, 0.1, 19.99, 1e-6, 9.99e-7, 1e20, 1e21, -1e21, 123456789.123456789, math.MaxFloat64, math.SmallestNonzeroFloat64,
	} {
		want, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if got := encode(v); string(got) != string(want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestPricesAreReadAlike: those with another price in them, and those without.
func TestPricesAreReadAlike(t *testing.T) {
	t.Parallel()
	for _, sent := range []map[string]any{
		{"currencyId": appdock.DefaultCurrency.String(), "net": 1.5, "gross": "2", "linked": true},
		{"currencyId": appdock.DefaultCurrency.String(), "net": json.Number("1.25"), "gross": 2, "linked": false, "listPrice": nil, "extra": 1},
	} {
		var l faultList
		raw, ok := l.structure(priceMembers(), sent, "")
		if !ok {
			t.Fatal(l)
		}
		var want currencyPrice
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, readPrice(sent, raw), cmp.AllowUnexported(currencyPrice{})); diff != "" {
			t.Errorf("of %s (-want +got):\n%s", raw, diff)
		}
	}
}
