package storetest

import (
	"testing"

	"github.com/appdock/appdock"
)

func hostCases() map[string]func(*testing.T, *fixture) {
	return map[string]func(*testing.T, *fixture){
		"shops are listed in the order they were made": listedShops,
		"a shop's URL can change":                      changedURL,
		"facts are remembered":                         facts,
	}
}

func (f *fixture) listed(t *testing.T) []appdock.Shop {
	t.Helper()
	shops, err := f.Shops.Shops(t.Context())
	must(t, err)
	return shops
}

func listedShops(t *testing.T, f *fixture) {
	want := []appdock.Shop{f.other, f.shop}
	equal(t, "shops", f.listed(t), want)
	wantKind(t, f.Shops.AddShop(t.Context(), f.shop), appdock.Conflict, "")
	f.Stores = f.Reopen(t)
	equal(t, "shops when opened again", f.listed(t), want)
}

func changedURL(t *testing.T, f *fixture) {
	must(t, f.Shops.SetShopURL(t.Context(), f.shop.ID, "https://new.example"))
	f.shop.URL = "https://new.example"
	equal(t, "shops", f.listed(t), []appdock.Shop{f.other, f.shop})
	wantKind(t, f.Shops.SetShopURL(t.Context(), "NobodyKnowsThis1", "https://new.example"), appdock.NotFound, "")
}

func facts(t *testing.T, f *fixture) {
	fact := func(name string) string {
		t.Helper()
		value, err := f.Facts.Fact(t.Context(), name)
		must(t, err)
		return value
	}
	equal(t, "before", fact("mode"), "")
	must(t, f.Facts.SetFact(t.Context(), "mode", "development"))
	must(t, f.Facts.SetFact(t.Context(), "mode", "production"))
	f.Stores = f.Reopen(t)
	equal(t, "after", fact("mode"), "production")
	equal(t, "another", fact("other"), "")
}
