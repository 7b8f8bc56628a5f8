package similar_test

import (
	"slices"
	"testing"

	"github.com/appdock/appdock/internal/similar"
)

func TestClosest(t *testing.T) {
	t.Parallel()
	candidates := []string{"order", "product", "category", "customer", "tax", "order_line_item"}
	tests := map[string]struct{ name, want string }{
		"another letter":         {"produkt", "product"},
		"two letters swapped":    {"prodcut", "product"},
		"a letter missing":       {"ordr", "order"},
		"another case":           {"PRODUCT", "product"},
		"a plural":               {"orders", "order"},
		"a long name, four off":  {"order_lin_itmes", "order_line_item"},
		"nothing like it":        {"weather", ""},
		"a short name, one off":  {"tux", "tax"},
		"a short name, two off":  {"map", ""},
		"nothing":                {"", ""},
		"characters, not bytes":  {"cätegöry", "category"},
		"far longer than any":    {string(make([]byte, 10_000)), ""},
		"equal to none by blank": {"order ", "order"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := similar.Closest(tt.name, slices.Values(candidates)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if got, want := similar.Closest("cat", slices.Values([]string{"bat", "rat", "aat"})), "aat"; got != want {
		t.Errorf("of equally close ones: got %q, want %q", got, want)
	}
}
