package manifest

import (
	"slices"
	"testing"
)

func TestDidYouMean(t *testing.T) {
	t.Parallel()
	candidates := []string{"order", "product", "category", "customer", "tax", "order_line_item"}
	tests := map[string]struct{ name, want string }{
		"another letter":         {"produkt", `did you mean "product"?`},
		"two letters swapped":    {"prodcut", `did you mean "product"?`},
		"a letter missing":       {"ordr", `did you mean "order"?`},
		"another case":           {"PRODUCT", `did you mean "product"?`},
		"a plural":               {"orders", `did you mean "order"?`},
		"a long name, four off":  {"order_lin_itmes", `did you mean "order_line_item"?`},
		"nothing like it":        {"weather", ""},
		"a short name, one off":  {"tux", `did you mean "tax"?`},
		"a short name, two off":  {"map", ""},
		"nothing":                {"", ""},
		"characters, not bytes":  {"cätegöry", `did you mean "category"?`},
		"far longer than any":    {string(make([]byte, 10_000)), ""},
		"equal to none by blank": {"order ", `did you mean "order"?`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := didYouMean(tt.name, slices.Values(candidates)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if got, want := didYouMean("cat", slices.Values([]string{"bat", "rat", "aat"})), `did you mean "aat"?`; got != want {
		t.Errorf("of equally close ones: got %q, want %q", got, want)
	}
}
