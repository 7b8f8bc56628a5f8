package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/sdk/apptest"
)

// entitiesXML is what an app adds to the shop.
const entitiesXML = `<?xml version="1.0" encoding="utf-8"?>
<entities xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
	<entity name="ce_bundle" custom-fields-aware="true" label-property="title">
		<fields>
			<string name="title" required="true" translatable="true" store-api-aware="true"/>
			<int name="percent" default="10" store-api-aware="true"/>
			<text name="story" allow-html="true" translatable="true" store-api-aware="true"/>
			<text name="note" store-api-aware="true"/>
			<one-to-one name="lead" reference="product" on-delete="cascade" store-api-aware="true"/>
			<many-to-one name="taxed_by" reference="tax" on-delete="restrict" store-api-aware="true"/>
			<many-to-many name="products" reference="product" store-api-aware="true"/>
			<one-to-many name="parts" reference="custom_entity_part" on-delete="cascade" reverse-required="true" store-api-aware="true"/>
		</fields>
	</entity>
	<entity name="custom_entity_part">
		<fields><int name="position" store-api-aware="true"/></fields>
	</entity>
</entities>`

// withEntities gives the folder of an app that brings entities.
func withEntities(t *testing.T, app *apptest.Server, text string) control.Source {
	t.Helper()
	source := write(t, app.App.Name, app.Manifest())
	if err := os.Mkdir(filepath.Join(source.Path, "Resources"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(source.Path, "Resources", "entities.xml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return source
}

// TestCustomEntitiesOverHTTP is the life of entities that an app brings: it may do everything
// with them and nothing more with the shop, and others nothing without a right.
func TestCustomEntitiesOverHTTP(t *testing.T) {
	t.Parallel()
	c, shop := teas(t)
	app := apptest.New(t, apptest.App{Name: "Bundles", Permissions: []string{"tax:read"}})
	c.done("GET", "/api/ce-bundle", "", http.StatusNotFound)
	installed(t, shop, withEntities(t, app, entitiesXML))
	mine := c
	registered := app.Shops.All()[0]
	mine.token = tokenFrom(t, c.calls, c.url, registered.APIKey, registered.SecretKey)
	const (
		bundle  = "018c00000000700080000000000000b1"
		other   = "018c00000000700080000000000000b2"
		part    = "018c00000000700080000000000000c1"
		product = "018c0000000070008000000000000001"
	)
	tax, _ := c.found("tax", `{}`)["id"].(string)

	// The app writes what is its own, and pairs it with records of the shop.
	mine.done("POST", "/api/ce-bundle", `{"id":"`+bundle+`","title":"Tea <b>time</b>","leadId":"`+product+`","taxedById":"`+tax+`",
		"products":[{"id":"`+product+`"}],"parts":[{"id":"`+part+`","position":1},{"position":2}],"customFields":{"color":"red"}}`, http.StatusNoContent)
	mine.done("PATCH", "/api/ce-bundle/"+bundle, `{"customFields":{"size":3}}`, http.StatusNoContent)
	const markup = `<p onclick=\"x\">It's <b>hot</b><script>x</script></p>`
	mine.done("PATCH", "/api/ce-bundle/"+bundle, `{"story":{"en-GB":"`+markup+`","de-DE":"`+markup+`"},"note":"`+markup+`"}`, http.StatusNoContent)
	if got := mine.found("ce-bundle", `{"ids":["`+bundle+`"]}`); got["story"] != "<p>It's <b>hot</b></p>" || got["note"] != "It's hotx" {
		t.Errorf("story %q, note %q", got["story"], got["note"])
	}
	mine.done("POST", "/api/_action/sync", `[{"entity":"ce_bundle","action":"upsert","payload":[{"id":"`+other+`","title":{"en-GB":"Other","de-DE":"Andere"},"percent":20}]}]`, http.StatusOK)
	got := mine.found("ce-bundle", `{"filter":[{"type":"equals","field":"customFields.color","value":"red"}],"associations":{"parts":{"sort":[{"field":"position","order":"DESC"}]},"taxedBy":{}}}`)
	if got["title"] != "Tea time" || got["percent"] != 10.0 || got["apiAlias"] != "ce_bundle" || got["taxedBy"] == nil || len(got["parts"].([]any)) != 2 {
		t.Errorf("the bundle: %v", got)
	}
	if diff := cmp.Diff(map[string]any{"color": "red", "size": 3.0}, got["customFields"]); diff != "" {
		t.Errorf("custom fields (-want +got):\n%s", diff)
	}
	var page struct {
		Total int `json:"total"`
	}
	text := mine.done("POST", "/api/search/ce-bundle", `{"total-count-mode":1,"limit":1,"sort":[{"field":"title","order":"DESC"}],"aggregations":[{"name":"most","type":"max","field":"percent"}]}`, http.StatusOK)
	if err := json.Unmarshal(text, &page); err != nil || page.Total != 2 || !strings.Contains(string(text), `"max":20`) {
		t.Errorf("the list: %v %s", err, text)
	}
	if status, text := mine.do("POST", "/api/ce-bundle", `{}`); status != http.StatusBadRequest || !strings.Contains(string(text), "/translations/") {
		t.Errorf("a bundle without a title: %d %s", status, text)
	}
	// One bundle leads with a product, and parts belong to one.
	if status, text := mine.do("PATCH", "/api/ce-bundle/"+other, `{"leadId":"`+product+`"}`); status != http.StatusBadRequest || !strings.Contains(string(text), "FRAMEWORK__DUPLICATE_VALUE") {
		t.Errorf("a second lead: %d %s", status, text)
	}
	mine.done("POST", "/api/custom-entity-part", `{"position":3}`, http.StatusBadRequest)

	// What it may not read of the shop it may neither see nor filter by.
	for _, criteria := range []string{`{"associations":{"products":{}}}`, `{"filter":[{"type":"equals","field":"lead.name","value":"Tea"}]}`} {
		if status, text := mine.do("POST", "/api/search/ce-bundle", criteria); status != http.StatusForbidden {
			t.Errorf("%s: %d %s", criteria, status, text)
		}
	}
	// The shop sees it from its side.
	seen := c.found("product", `{"ids":["`+product+`"],"associations":{"ceBundleProducts":{},"ceBundleLead":{}}}`)
	extensions, _ := seen["extensions"].(map[string]any)
	if bundles, _ := extensions["ceBundleProducts"].([]any); len(bundles) != 1 || extensions["ceBundleLead"] == nil || seen["ceBundleProducts"] != nil {
		t.Errorf("the product's bundles: %v", seen)
	}
	if plain, ok := c.found("product", `{"ids":["`+product+`"]}`)["extensions"].([]any); !ok || len(plain) != 0 {
		t.Errorf("extensions that nobody asked for: %v", plain)
	}
	var document struct {
		Data     []struct{ Relationships map[string]any }
		Included []struct {
			Type, ID      string
			Relationships map[string]struct {
				Links struct{ Related string }
			}
		}
	}
	text = c.done("POST", "/api/search/product", `{"ids":["`+product+`"],"associations":{"ceBundleProducts":{}}}`, http.StatusOK, "Accept: application/vnd.api+json")
	if err := json.Unmarshal(text, &document); err != nil || document.Data[0].Relationships["extensions"] == nil || document.Data[0].Relationships["ceBundleProducts"] != nil {
		t.Errorf("the product's bundles: %s", text)
	}
	links := map[string]string{}
	for _, r := range document.Included {
		if r.Type == "extension" || r.Type == "ce_bundle" {
			links[r.Type] = r.Relationships["ceBundleProducts"].Links.Related
		}
	}
	if diff := cmp.Diff(map[string]string{"ce_bundle": "", "extension": c.url + "/api/product/" + product + "/extensions/ce-bundle-products"}, links); diff != "" {
		t.Errorf("what is included (-want +got):\n%s", diff)
	}
	c.done("GET", "/api/product/"+product+"/ce-bundle-products", "", http.StatusOK)
	c.done("GET", "/api/product/"+product+"/extensions/ce-bundle-products/"+bundle, "", http.StatusOK)
	for _, path := range []string{"ceBundleProducts.percent", "extensions.ceBundleProducts.percent", "product.extensions.ceBundleProducts.percent"} {
		if page := c.done("POST", "/api/search-ids/product", `{"filter":[{"type":"equals","field":"`+path+`","value":10}]}`, http.StatusOK); !strings.Contains(string(page), product) {
			t.Errorf("by %s: %s", path, page)
		}
	}
	c.done("PATCH", "/api/product/018c0000000070008000000000000002", `{"extensions":{"ceBundleProducts":[{"id":"`+bundle+`"}]}}`, http.StatusNoContent)
	if page := c.done("GET", "/api/product/018c0000000070008000000000000002/ce-bundle-products", "", http.StatusOK); !strings.Contains(string(page), bundle) {
		t.Errorf("linked from the product: %s", page)
	}
	stranger := apptest.New(t, apptest.App{Name: "Stranger", Permissions: []string{"product:read"}})
	installed(t, shop, write(t, "Stranger", stranger.Manifest()))
	theirs := c
	theirs.token = tokenFrom(t, c.calls, c.url, stranger.Shops.All()[0].APIKey, stranger.Shops.All()[0].SecretKey)
	theirs.done("GET", "/api/ce-bundle", "", http.StatusForbidden)
	theirs.done("POST", "/api/search/product", `{"filter":[{"type":"equals","field":"ceBundleProducts.title","value":"x"}]}`, http.StatusForbidden)

	// Deletions do what the manifest says.
	if status, text := c.do("DELETE", "/api/tax/"+tax, ""); status != http.StatusConflict || !strings.Contains(string(text), "ce_bundle") {
		t.Errorf("delete a tax in use: %d %s", status, text)
	}
	if _, err := shop.Deactivate(t.Context(), "Bundles"); refusal(t, err) != "ADK-APP-RESTRICTS" {
		t.Errorf("deactivate: %v", err)
	}
	c.done("DELETE", "/api/product/"+product, "", http.StatusNoContent)
	c.done("GET", "/api/ce-bundle/"+bundle, "", http.StatusNotFound)
	c.done("GET", "/api/custom-entity-part/"+part, "", http.StatusNotFound)

	// Kept data is there when the app comes again, and gone if it was not kept.
	for _, keep := range []bool{true, false} {
		if _, err := shop.Uninstall(t.Context(), "Bundles", keep); err != nil {
			t.Fatal(err)
		}
		c.done("GET", "/api/ce-bundle", "", http.StatusNotFound)
		installed(t, shop, withEntities(t, app, entitiesXML))
		want := http.StatusNotFound
		if keep {
			want = http.StatusOK
		}
		c.done("GET", "/api/ce-bundle/"+other, "", want)
	}
}

// TestCustomEntitiesHaveRecordsOfTheShop is a one-to-many from an entity of an app to one of the
// shop: each record there belongs to one at most, and no record of the shop is written.
func TestCustomEntitiesHaveRecordsOfTheShop(t *testing.T) {
	t.Parallel()
	c, shop := teas(t)
	app := apptest.New(t, apptest.App{Name: "Shelves", Permissions: []string{"product:read"}})
	installed(t, shop, withEntities(t, app, `<?xml version="1.0" encoding="utf-8"?>
<entities xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
	<entity name="ce_shelf"><fields>
		<string name="label" store-api-aware="true"/>
		<one-to-many name="products" reference="product" on-delete="set-null" store-api-aware="true"/>
		<one-to-many name="taxes" reference="tax" on-delete="restrict" store-api-aware="true"/>
	</fields></entity>
</entities>`))
	mine := c
	registered := app.Shops.All()[0]
	mine.token = tokenFrom(t, c.calls, c.url, registered.APIKey, registered.SecretKey)
	const (
		high = "018c00000000700080000000000000d1"
		low  = "018c00000000700080000000000000d2"
	)
	tea := func(n int) string { return fmt.Sprintf("018c000000007000800000000000000%d", n) }
	on := func(shelf string) string {
		t.Helper()
		found := mine.found("ce-shelf", `{"ids":["`+shelf+`"],"associations":{"products":{"sort":[{"field":"productNumber"}]}}}`)
		var ids []string
		for _, p := range found["products"].([]any) {
			id := p.(map[string]any)["id"].(string)
			ids = append(ids, id[len(id)-1:])
		}
		return strings.Join(ids, " ")
	}
	mine.done("POST", "/api/ce-shelf", `{"id":"`+high+`","label":"high","products":[{"id":"`+tea(1)+`"},{"id":"`+tea(2)+`"}]}`, http.StatusNoContent)
	mine.done("POST", "/api/ce-shelf", `{"id":"`+low+`","label":"low","products":[{"id":"`+tea(2)+`"}]}`, http.StatusNoContent)
	mine.done("POST", "/api/ce-shelf/"+low+"/products", `{"id":"`+tea(3)+`"}`, http.StatusNoContent)
	if first, second := on(high), on(low); first != "1" || second != "2 3" {
		t.Errorf("on the shelves: %q and %q, want 1, and 2 3", first, second)
	}
	// It is found, counted, sorted and led to by what belongs to it, from both sides.
	for criteria, want := range map[string]string{
		`{"filter":[{"type":"equals","field":"products.id","value":"` + tea(3) + `"}]}`:                                                                                                        low,
		`{"filter":[{"type":"equals","field":"products.productNumber","value":"T-1"}]}`:                                                                                                        high,
		`{"filter":[{"type":"not","queries":[{"type":"equals","field":"products.productNumber","value":"T-1"}]}]}`:                                                                             low,
		`{"limit":1,"sort":[{"field":"products.id","type":"count","order":"DESC"}]}`:                                                                                                           low,
		`{"limit":1,"sort":[{"field":"products.productNumber"}],"aggregations":[{"name":"n","type":"terms","field":"label","aggregation":{"name":"m","type":"count","field":"products.id"}}]}`: high,
	} {
		page := string(mine.done("POST", "/api/search/ce-shelf", criteria, http.StatusOK))
		if !strings.Contains(page, `"id":"`+want+`"`) || strings.Count(page, `"apiAlias":"ce_shelf"`) != 1 {
			t.Errorf("%s: %s", criteria, page)
		}
		if strings.Contains(criteria, "aggregations") && (!strings.Contains(page, `"count":2`) || !strings.Contains(page, `"count":1`)) {
			t.Errorf("counted: %s", page)
		}
	}
	if page := string(mine.done("POST", "/api/search-ids/product", `{"filter":[{"type":"equals","field":"ceShelfProducts.label","value":"low"}]}`, http.StatusOK)); !strings.Contains(page, `"total":2`) {
		t.Errorf("products on a shelf: %s", page)
	}
	if page := string(mine.done("GET", "/api/ce-shelf/"+high+"/products/"+tea(1), "", http.StatusOK)); !strings.Contains(page, tea(1)) {
		t.Errorf("by its path: %s", page)
	}
	mine.done("GET", "/api/ce-shelf/"+high+"/products/"+tea(2), "", http.StatusNotFound)
	mine.done("DELETE", "/api/ce-shelf/"+high+"/products/"+tea(2), "", http.StatusNotFound)
	mine.done("DELETE", "/api/ce-shelf/"+low+"/products/"+tea(2), "", http.StatusNoContent)
	mine.done("POST", "/api/_action/sync", `[{"entity":"ce_shelf_products","action":"upsert","payload":[{"id":"`+tea(2)+`","ceShelfId":"`+high+`"}]}]`, http.StatusOK)
	if first, second := on(high), on(low); first != "1 2" || second != "3" {
		t.Errorf("on the shelves: %q and %q, want 1 2, and 3", first, second)
	}
	if answer := string(mine.done("POST", "/api/ce-shelf/"+high+"/products", `{"id":"018c00000000700080000000000000ff"}`, http.StatusBadRequest)); !strings.Contains(answer, "FRAMEWORK__FOREIGN_KEY_VIOLATION") {
		t.Errorf("what is not there: %s", answer)
	}
	cloned := string(mine.done("POST", "/api/_action/clone/ce-shelf/"+high, `{}`, http.StatusOK))
	if first := on(high); first != "1 2" {
		t.Errorf("a copy took %q away: %s", first, cloned)
	}

	// What leads back is one record, in both forms, and what is said of both is true.
	found := c.found("product", `{"ids":["`+tea(1)+`"],"associations":{"ceShelfProducts":{}}}`)
	if shelf, _ := found["extensions"].(map[string]any)["ceShelfProducts"].(map[string]any); shelf["label"] != "high" {
		t.Errorf("a product is on %v", found["extensions"])
	}
	c.done("PATCH", "/api/product/"+tea(1), `{"extensions":{"ceShelfProducts":{"id":"`+low+`"}}}`, http.StatusNoContent)
	c.done("POST", "/api/product/"+tea(1)+"/extensions/ce-shelf-products", `{"id":"`+high+`"}`, http.StatusNoContent)
	linked := c.done("GET", "/api/product/"+tea(1)+"?associations[ceShelfProducts][]=", "", http.StatusOK, "Accept: application/vnd.api+json")
	if !strings.Contains(string(linked), `"ceShelfProducts":{"data":{"type":"ce_shelf","id":"`+high+`"}`) {
		t.Errorf("in JSON:API a product is on %s", linked)
	}
	var schemas map[string]struct{ Properties map[string]map[string]any }
	if err := json.Unmarshal(c.done("GET", "/api/_info/entity-schema.json", "", http.StatusOK), &schemas); err != nil {
		t.Fatal(err)
	}
	for property, want := range map[string]string{
		"ce_shelf.products": "one_to_many product id ceShelfProductsId", "product.ceShelfProducts": "many_to_one ce_shelf ceShelfProductsId id",
	} {
		of, name, _ := strings.Cut(property, ".")
		p := schemas[of].Properties[name]
		if got := fmt.Sprint(p["relation"], " ", p["entity"], " ", p["localField"], " ", p["referenceField"]); got != want {
			t.Errorf("%s is described as %s, want %s", property, got, want)
		}
	}

	// What may not be read may not be loaded, filtered, sorted or counted by.
	for _, criteria := range []string{
		`{"associations":{"taxes":{}}}`, `{"filter":[{"type":"equals","field":"taxes.name","value":"x"}]}`, `{"sort":[{"field":"taxes.taxRate"}]}`,
		`{"aggregations":[{"name":"n","type":"count","field":"taxes.id"}]}`,
	} {
		if answer := string(mine.done("POST", "/api/search/ce-shelf", criteria, http.StatusForbidden)); !strings.Contains(answer, "tax:read") {
			t.Errorf("%s: %s", criteria, answer)
		}
	}
	mine.done("GET", "/api/ce-shelf/"+high+"/taxes", "", http.StatusForbidden)
	stranger := apptest.New(t, apptest.App{Name: "Stranger", Permissions: []string{"product:read", "product:update"}})
	installed(t, shop, write(t, "Stranger", stranger.Manifest()))
	theirs := c
	theirs.token = tokenFrom(t, c.calls, c.url, stranger.Shops.All()[0].APIKey, stranger.Shops.All()[0].SecretKey)
	theirs.done("POST", "/api/search/product", `{"sort":[{"field":"ceShelfProducts.label"}]}`, http.StatusForbidden)
	theirs.done("PATCH", "/api/product/"+tea(1), `{"extensions":{"ceShelfProducts":{"id":"`+low+`"}}}`, http.StatusForbidden)

	// Deletions do what the manifest says, from both sides.
	tax, _ := c.found("tax", `{}`)["id"].(string)
	c.done("POST", "/api/ce-shelf/"+low+"/taxes", `{"id":"`+tax+`"}`, http.StatusNoContent)
	if answer := string(c.done("DELETE", "/api/ce-shelf/"+low, "", http.StatusConflict)); !strings.Contains(answer, `tax (1)`) {
		t.Errorf("a shelf in use: %s", answer)
	}
	c.done("DELETE", "/api/product/"+tea(1), "", http.StatusNoContent)
	if first := on(high); first != "2" {
		t.Errorf("after the end of a product: %q", first)
	}
	mine.done("DELETE", "/api/ce-shelf/"+high, "", http.StatusNoContent)
	c.done("GET", "/api/product/"+tea(2), "", http.StatusOK)
	if page := string(c.done("POST", "/api/search-ids/ce-shelf-products", `{}`, http.StatusOK)); !strings.Contains(page, `"total":1`) {
		t.Errorf("links that are left: %s", page)
	}
	if at := c.found("product", `{"ids":["`+tea(3)+`"]}`)["updatedAt"]; at != nil {
		t.Errorf("a link wrote the product, at %v", at)
	}
}
