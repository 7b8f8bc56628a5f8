package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/appdock/appdock/sdk/apptest"
)

// TestPaymentMethodsOfApps reads the payment methods of a manifest as clients do, which are the
// shop's from the app's first secret on (manifest-xml.md 13).
func TestPaymentMethodsOfApps(t *testing.T) {
	t.Parallel()
	c, shop := newCaller(t)
	app := apptest.New(t, apptest.App{Name: "Payer", Permissions: []string{"order:read"}})
	payments := `<payments>
		<payment-method><identifier>card</identifier><name>Card</name><name lang="de-DE">Karte</name><description>By card</description>
			<pay-url>` + app.URL + `/pay</pay-url><finalize-url>` + app.URL + `/finalize</finalize-url><refund-url>` + app.URL + `/refund</refund-url></payment-method>
		<payment-method><identifier>cash</identifier><name>Cash</name></payment-method>
	</payments></manifest>`
	installed(t, shop, write(t, "Payer", []byte(strings.Replace(string(app.Manifest()), "</manifest>", payments, 1))))
	german, _ := c.found("language", `{"filter":[{"type":"equals","field":"locale.code","value":"de-DE"}]}`)["id"].(string)
	method := func(name string, headers ...string) map[string]any {
		t.Helper()
		return c.found("payment_method", `{"filter":[{"type":"equals","field":"technicalName","value":"payment_Payer_`+name+`"}]}`, headers...)
	}
	is := func(when, name, want string) {
		t.Helper()
		m := method(name)
		if got := fmt.Sprint(m["name"], " ", m["description"], " ", m["handlerIdentifier"], " ", m["active"], m["afterOrderEnabled"],
			m["synchronous"], m["asynchronous"], m["prepared"], m["refundable"], m["recurring"]); got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
		if v, shown := m["appUrls"]; shown {
			t.Errorf("%s: where the app is called is shown: %v", when, v)
		}
	}
	is("installed", "card", `Card By card app\Payer_card true true false true false true false`)
	is("installed", "cash", `Cash <nil> app\Payer_cash true true true false false false false`)
	if m := method("card", "sw-language-id: "+german); m["name"] != "Karte" {
		t.Errorf("in German: %v", m["name"])
	}
	c.done("PATCH", "/api/payment-method/"+method("card")["id"].(string), `{"appUrls":{"pay":"http://elsewhere.example"}}`, http.StatusBadRequest)
	if _, err := shop.Deactivate(t.Context(), "Payer"); err != nil {
		t.Fatal(err)
	}
	is("deactivated", "card", `Card By card app\Payer_card false true false true false true false`)
	if _, err := shop.Uninstall(t.Context(), "Payer", false); err != nil {
		t.Fatal(err)
	}
	is("uninstalled", "card", `Card By card app\Payer_card false true true false false false false`)
}
