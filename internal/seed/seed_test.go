package seed_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/seed"
)

func everything(tb testing.TB) string {
	tb.Helper()
	text, err := json.Marshal([]any{seed.Base(appdock.Shop{ID: "aB3dE6gH9jK2mN5p", Name: "Demo"}), seed.Demo()})
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

func TestSeedIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(everything(t), everything(t)); diff != "" {
		t.Error(diff)
	}
}

func TestDemoCounts(t *testing.T) {
	t.Parallel()
	got := map[string]int{}
	for i, batch := range seed.Demo() {
		written := 0
		for _, op := range batch {
			written += count(op.Entity, op.Payload, got)
		}
		if written > 200 {
			t.Errorf("batch %d writes %d rows", i, written)
		}
	}
	want := map[string]int{"product": 200, "customer": 50, "order": 100}
	for name, n := range want {
		if got[name] != n {
			t.Errorf("%d rows of %s, want %d", got[name], name, n)
		}
	}
	if items := got["lineItems"]; items < 150 || items > 400 {
		t.Errorf("%d line items in 100 orders of one to four", items)
	}
}

// count counts a payload and the records nested in it, by entity or association.
func count(name string, payload map[string]any, into map[string]int) int {
	into[name]++
	n := 1
	for _, association := range []string{"addresses", "lineItems"} {
		nested, _ := payload[association].([]any)
		into[association] += len(nested)
		n += len(nested)
	}
	if _, ok := payload["orderCustomer"]; ok {
		n++
	}
	return n
}

func TestBaseHasTheIDsThatClientsHardCode(t *testing.T) {
	t.Parallel()
	ids := map[string]string{}
	for _, op := range seed.Base(appdock.Shop{ID: "aB3dE6gH9jK2mN5p"}) {
		id, _ := op.Payload["id"].(string)
		if ids[op.Entity+"/"+id] != "" {
			t.Errorf("%s %s is there twice", op.Entity, id)
		}
		ids[op.Entity+"/"+id] = op.Entity
	}
	for want, name := range map[string]appdock.ID{
		"language": appdock.SystemLanguage, "currency": appdock.DefaultCurrency, "customer_group": appdock.StandardGroup,
	} {
		if ids[want+"/"+name.String()] == "" {
			t.Errorf("there is no %s %s", want, name)
		}
	}
	for _, id := range []appdock.ID{appdock.StorefrontChannel, appdock.HeadlessChannel, appdock.ProductExportChannel} {
		if ids["sales_channel_type/"+id.String()] == "" {
			t.Errorf("there is no sales_channel_type %s", id)
		}
	}
}

func TestBaseFollowsTheShop(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		shop         appdock.Shop
		iso, locale  string
		isos, places int
	}{
		"a shop that says nothing":     {appdock.Shop{}, "EUR", "en-GB", 3, 2},
		"a German shop":                {appdock.Shop{Locale: "de-DE", Currency: "EUR"}, "EUR", "de-DE", 3, 2},
		"a shop in dollars":            {appdock.Shop{Currency: "USD"}, "USD", "en-GB", 3, 2},
		"a shop nobody has thought of": {appdock.Shop{Locale: "pl-PL", Currency: "PLN"}, "PLN", "pl-PL", 4, 3},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			codes, isos, locale := map[any]string{}, 0, ""
			for _, op := range seed.Base(test.shop) {
				switch op.Entity {
				case "locale":
					codes[op.Payload["id"]] = op.Payload["code"].(string)
				case "language":
					if op.Payload["id"] == appdock.SystemLanguage.String() {
						locale = codes[op.Payload["localeId"]]
					}
				case "currency":
					isos++
					if op.Payload["id"] == appdock.DefaultCurrency.String() && (op.Payload["isoCode"] != test.iso || op.Payload["factor"] != 1.0) {
						t.Errorf("default currency %v, factor %v, want %s", op.Payload["isoCode"], op.Payload["factor"], test.iso)
					}
				}
			}
			if locale != test.locale || isos != test.isos || len(codes) != test.places {
				t.Errorf("system locale %s of %d, %d currencies; want %s of %d, %d", locale, len(codes), isos, test.locale, test.places, test.isos)
			}
		})
	}
}

func TestOrderHasIDsOfItsOwn(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 10, 0, 0, 0, time.FixedZone("", 3600))
	id := appdock.MustID("018c0000000070008000000000000007")
	op, other := seed.Order(id, at), seed.Order(appdock.MustID("018c0000000070008000000000010007"), at)
	if op.Payload["billingAddressId"] == other.Payload["billingAddressId"] {
		t.Error("two orders share an address")
	}
	if op.Action != entity.Insert || op.Payload["id"] != id.String() || op.Payload["orderDateTime"] != "2026-11-21T09:00:00.000Z" {
		t.Errorf("got %v %v at %v", op.Action, op.Payload["id"], op.Payload["orderDateTime"])
	}
	if _, numbered := op.Payload["orderNumber"]; numbered {
		t.Error("the number of a fresh order is drawn when it is written")
	}
}
