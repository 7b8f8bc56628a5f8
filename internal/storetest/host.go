package storetest

import (
	"github.com/appdock/appdock"
)

func hostCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"shops are listed in the order they were made": listedShops,
		"a shop's URL can change":                      changedURL,
		"facts are remembered":                         facts,
	}
}

func (f *fixture) listed() []appdock.Shop {
	f.t.Helper()
	shops, err := f.Shops.Shops(f.t.Context())
	f.must(err)
	return shops
}

func listedShops(f *fixture) {
	want := []appdock.Shop{f.other, f.shop}
	f.equal("shops", f.listed(), want)
	f.wantKind(f.Shops.AddShop(f.t.Context(), f.shop), appdock.Conflict)
	f.Stores = f.Reopen(f.t)
	f.equal("shops when opened again", f.listed(), want)
}

func changedURL(f *fixture) {
	f.must(f.Shops.SetShopURL(f.t.Context(), f.shop.ID, "https://new.example"))
	f.shop.URL = "https://new.example"
	f.equal("shops", f.listed(), []appdock.Shop{f.other, f.shop})
	f.wantKind(f.Shops.SetShopURL(f.t.Context(), "NobodyKnowsThis1", "https://new.example"), appdock.NotFound)
}

func facts(f *fixture) {
	fact := func(name string) string {
		f.t.Helper()
		value, err := f.Facts.Fact(f.t.Context(), name)
		f.must(err)
		return value
	}
	f.equal("before", fact("mode"), "")
	f.must(f.Facts.SetFact(f.t.Context(), "mode", "development"))
	f.must(f.Facts.SetFact(f.t.Context(), "mode", "production"))
	f.Stores = f.Reopen(f.t)
	f.equal("after", fact("mode"), "production")
	f.equal("another", fact("other"), "")
}
