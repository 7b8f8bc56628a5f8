package server_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
)

// The example of the documents is installed byte for byte (app-json.md 8).
func TestExampleOfTheDocumentsIsInstalled(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../manifest/testdata/shipping-expert.json")
	if err != nil {
		t.Fatal(err)
	}
	vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(text) }))
	t.Cleanup(vendor.Close)
	c, clock := clocked(development(folder(t)))
	host := open(t, c)
	shop := only(t, host)
	b := newBrowser(t, host.URL())
	b.owner(shop)
	status, _ := b.get("/admin/apps/install")
	b.want(status, http.StatusOK)
	status, _ = b.do(http.MethodPost, "/admin/apps/install", url.Values{"manifest": {vendor.URL}, "token": {b.hidden("token")}})
	b.want(status, http.StatusOK)
	const id = "sitepack-shipping-expert"
	status, _ = b.get("/admin/apps/" + id + "/consent")
	b.want(status, http.StatusOK, "order.created", "product.deleted", "api.shippingexpert.com", "app.shippingexpert.com")
	form := url.Values{"token": {b.hidden("token")}, "about": {b.hidden("about")}, "decision": {"accept"}}
	clock.read()
	status, to := b.do(http.MethodPost, "/admin/apps/"+id+"/consent", form)
	b.want(status, http.StatusSeeOther)
	u, err := url.Parse(to)
	if err != nil || !strings.HasPrefix(to, "https://api.shippingexpert.com/") {
		t.Fatalf("goes on to %q, %v", to, err)
	}
	code := u.Query().Get("code")
	u.RawQuery = ""
	app := &packed{t: t, id: id, calls: client(t), secret: "dev-secret-" + id}
	status, tokens := app.ask(host.URL()+"/oauth/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {u.String()}, "client_id": {id}, "client_secret": {app.secret},
	})
	if status != http.StatusOK || tokens["webhook_secret"] == nil || tokens["continue_url"] == nil {
		t.Fatalf("%d %v", status, tokens)
	}
	details, err := shop.App(t.Context(), id)
	if err != nil || details.State != "installed" || details.Version != "2.1.0" || len(details.Webhooks) != 2 || !details.Webhooks[0].Active || !details.Webhooks[1].Active {
		t.Errorf("%+v, %v", details, err)
	}
}
