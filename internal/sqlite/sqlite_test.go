package sqlite

import (
	"bytes"
	"testing"

	"go.uber.org/goleak"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
)

// TestMain fails if a store leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var shopA = appdock.Shop{ID: "AAAAAAAAAAAAAAAA", URL: "https://a.example", Name: "A", Locale: "en-GB", Currency: "EUR"}

// reverse is a Sealer that hides nothing from a reader of this test, but from a search.
type reverse struct{}

func (reverse) Seal(plain, bound []byte) []byte {
	sealed := bytes.Clone(plain)
	for i := range sealed {
		sealed[i] ^= 0xff
	}
	return append(append(append(bytes.Clone(bound), 0), sealed...), '.')
}

func (reverse) Open(sealed, bound []byte) ([]byte, error) {
	sealed, ours := bytes.CutPrefix(sealed, append(bytes.Clone(bound), 0))
	sealed, whole := bytes.CutSuffix(sealed, []byte{'.'})
	if !ours || !whole {
		return nil, &appdock.Error{Kind: appdock.Failed, Code: "ADK-SECRET-DAMAGED", Message: "bound to something else, or cut"}
	}
	plain := bytes.Clone(sealed)
	for i := range plain {
		plain[i] ^= 0xff
	}
	return plain, nil
}

func options(tb testing.TB, path string) Options {
	tb.Helper()
	schema, err := entity.NewSchema(shop.Definitions()...)
	if err != nil {
		tb.Fatal(err)
	}
	return Options{Path: path, Schema: schema, Sealer: reverse{}}
}

func open(tb testing.TB, path string) *Store {
	tb.Helper()
	s, err := Open(tb.Context(), options(tb, path))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	if err := s.AddShop(tb.Context(), shopA); err != nil {
		tb.Fatal(err)
	}
	return s
}
