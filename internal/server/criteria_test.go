package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/sdk/apptest"
)

// teas fills a shop with products to search for, and gives who searches.
func teas(t *testing.T) (caller, control.Shop) {
	t.Helper()
	c, shop := newCaller(t)
	tax, _ := c.found("tax", `{"filter":[{"type":"equals","field":"name","value":"19%"}]}`)["id"].(string)
	var rows []string
	for i, name := range []string{"Green tea", "Tea", "Black tea strong", "Coffee"} {
		maker := "Blue"
		if i > 1 {
			maker = "Tea makers"
		}
		rows = append(rows, fmt.Sprintf(`{"id":"018c000000007000800000000000000%d","productNumber":"T-%d","name":%q,"stock":%d,"taxId":%q,"manufacturer":{"id":"018c000000007000800000000000010%d","name":%q},
			"price":[{"currencyId":"b7d2554b0ce847cd82f3ac9bd1c0dfca","net":1,"gross":%d,"linked":true}],"createdAt":"2026-03-0%dT23:30:00+00:00"}`,
			i, i, name, i*10, tax, i/2, maker, i+1, i+1))
	}
	c.done("POST", "/api/_action/sync", `[{"entity":"product","action":"upsert","payload":[`+strings.Join(rows, ",")+`]}]`, http.StatusOK)
	return c, shop
}

// TestTermsGroupsAndFields asks a real store what admin-api.md 5.4 to 5.6 describe.
func TestTermsGroupsAndFields(t *testing.T) {
	t.Parallel()
	c, _ := teas(t)
	search := func(body string, headers ...string) map[string]any {
		t.Helper()
		var page map[string]any
		if err := json.Unmarshal(c.done("POST", "/api/search/product", body, http.StatusOK, headers...), &page); err != nil {
			t.Fatal(err)
		}
		return page
	}
	scores := func(page map[string]any) (list []string) {
		for _, r := range page["data"].([]any) {
			r := r.(map[string]any)
			score := "-"
			if found, ok := r["extensions"].(map[string]any); ok {
				score = found["search"].(map[string]any)["_score"].(string)
			}
			list = append(list, fmt.Sprint(r["name"], " ", score))
		}
		return list
	}
	german, _ := c.found("language", `{"filter":[{"type":"equals","field":"locale.code","value":"de-DE"}]}`)["id"].(string)
	for body, want := range map[string][]string{
		// A name is worth 500 and 250 more, a manufacturer's name half of that.
		`{"term":"tea"}`:                 {"Tea 750", "Black tea strong 375", "Green tea 250", "Coffee 125"},
		`{"term":" TEA ","sort":"name"}`: {"Black tea strong 375", "Coffee 125", "Green tea 250", "Tea 750"},
		`{"term":"green leaf"}`:          {"Green tea 125"},
		`{"term":"T-3"}`:                 {"Coffee 750"},
		`{"term":"nothing"}`:             nil,
		`{"query":[{"score":2,"scoreField":"stock","query":{"type":"range","field":"stock","parameters":{"gte":20}}}]}`: {"Coffee 60", "Black tea strong 40"},
		`{"grouping":["manufacturerId"],"sort":"-stock"}`:                                                               {"Coffee -", "Tea -"},
		`{"term":"tea","grouping":["manufacturer.name"]}`:                                                               {"Tea 750", "Black tea strong 375"},
	} {
		if diff := cmp.Diff(want, scores(search(body))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
		if got := len(search(body, "sw-language-id: "+german)["data"].([]any)); got != len(want) {
			t.Errorf("%s in German: %d records, want %d", body, got, len(want))
		}
	}
	if total := search(`{"grouping":["manufacturerId"],"limit":1,"total-count-mode":1}`)["total"]; total != 2.0 {
		t.Errorf("total of groups: %v", total)
	}

	answer := c.done("POST", "/api/search/product", `{"ids":["018c0000000070008000000000000001"],"fields":["name","manufacturer.name","variation"]}`, http.StatusOK)
	const want = `{"total":1,"data":[{"id":"018c0000000070008000000000000001","manufacturerId":"018c0000000070008000000000000100","name":"Tea",` +
		`"manufacturer":{"id":"018c0000000070008000000000000100","name":"Blue","translated":{"name":"Blue"},"extensions":[],` +
		`"_uniqueIdentifier":"018c0000000070008000000000000100","apiAlias":"product_manufacturer","versionId":"0fa91ce3e96a4bc2be4bd9ce752c3425"},` +
		`"translated":{"name":"Tea"},"extensions":[],"_uniqueIdentifier":"018c0000000070008000000000000001","apiAlias":"product",` +
		`"versionId":"0fa91ce3e96a4bc2be4bd9ce752c3425"}],"aggregations":[]}`
	if diff := cmp.Diff(want, strings.Replace(string(answer), `"variation":null,`, "", 1)); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}

	page := search(`{"limit":1,"aggregations":[
		{"name":"days","type":"histogram","field":"createdAt","interval":"day","timeZone":"Asia/Tokyo","format":"d.m."},
		{"name":"prices","type":"range","field":"price","ranges":[{"to":2},{"from":2,"key":"more"}]},
		{"name":"makers","type":"entity","field":"manufacturerId","definition":"product_manufacturer"},
		{"name":"some","type":"filter","filter":[{"type":"range","field":"stock","parameters":{"gt":10}}],
			"aggregation":{"name":"taxes","type":"entity","field":"tax.id","definition":"tax"}}]}`)
	figures := page["aggregations"].(map[string]any)
	var days []string
	for _, b := range figures["days"].(map[string]any)["buckets"].([]any) {
		days = append(days, b.(map[string]any)["key"].(string))
	}
	names := func(name string) (list []string) {
		for _, r := range figures[name].(map[string]any)["entities"].([]any) {
			list = append(list, r.(map[string]any)["name"].(string))
		}
		return list
	}
	got := []any{days, figures["prices"].(map[string]any)["ranges"], names("makers"), names("taxes")}
	wanted := []any{
		[]string{"02.03.", "03.03.", "04.03.", "05.03."}, map[string]any{"*-2": 1.0, "more": 3.0}, []string{"Blue", "Tea makers"}, []string{"19%"},
	}
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Errorf("aggregations (-want +got):\n%s", diff)
	}
}

// TestRecordsWithoutAny finds records by what they have none of: a key of a to-many association
// that equals null, as apps ask for it.
func TestRecordsWithoutAny(t *testing.T) {
	t.Parallel()
	c, _ := teas(t)
	const one = "/api/product/018c0000000070008000000000000001"
	c.done("PATCH", one, `{"tags":[{"name":"hot"}],"categories":[{"name":"Drinks"}],"media":[{"media":{"title":"Tea"}}]}`, http.StatusNoContent)
	c.done("PATCH", "/api/product/018c0000000070008000000000000002", `{"tags":[{"name":"cold"}]}`, http.StatusNoContent)
	isNull := func(field string) string { return `{"type":"equals","field":"` + field + `","value":null}` }
	for filter, want := range map[string][]string{
		isNull("tags.id"):         {"Coffee", "Green tea"},
		isNull("product.tags.id"): {"Coffee", "Green tea"},
		isNull("categories.id"):   {"Black tea strong", "Coffee", "Green tea"},
		isNull("media.id"):        {"Black tea strong", "Coffee", "Green tea"},
		`{"type":"not","queries":[` + isNull("tags.id") + `]}`:                                                          {"Black tea strong", "Tea"},
		`{"type":"not","queries":[` + isNull("tags.id") + `,` + isNull("media.id") + `]}`:                               {"Black tea strong", "Tea"},
		`{"type":"or","queries":[{"type":"equalsAny","field":"tags.name","value":["cold"]},` + isNull("tags.id") + `]}`: {"Black tea strong", "Coffee", "Green tea"},
		isNull("tags.id") + `,{"type":"equals","field":"tags.name","value":"hot"}`:                                      nil,
		isNull("tags.name"):        nil, // a row with a name that is null would be one
		isNull("tags.products.id"): nil,
		`{"type":"equals","field":"tags.products.categories.id","value":null}`: {"Black tea strong"},
		isNull("manufacturer.products.id"):                                     nil,
	} {
		var names []string
		answer := c.done("POST", "/api/search/product", `{"sort":"name","filter":[`+filter+`]}`, http.StatusOK)
		var page struct{ Data []struct{ Name string } }
		if err := json.Unmarshal(answer, &page); err != nil {
			t.Fatal(err)
		}
		for _, p := range page.Data {
			names = append(names, p.Name)
		}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Errorf("%s (-want +got):\n%s", filter, diff)
		}
	}
}

// TestQuestionsThatAreTooWide sorts by more records than a database joins.
func TestQuestionsThatAreTooWide(t *testing.T) {
	t.Parallel()
	c, _ := teas(t)
	german, _ := c.found("language", `{"filter":[{"type":"equals","field":"locale.code","value":"de-DE"}]}`)["id"].(string)
	var filters []string
	for _, way := range []string{"", "parent.", "parent.parent.", "parent.parent.parent.", "parent.parent.parent.parent."} {
		for _, field := range []string{"name", "manufacturer.name", "unit.name", "tax.name", "cover.media.title", "deliveryTime.name"} {
			filters = append(filters, `{"type":"equals","field":"`+way+field+`","value":"x"}`)
		}
	}
	body := `{"filter":[{"type":"or","queries":[` + strings.Join(filters, ",") + `]}]}`
	c.done("POST", "/api/search/product", body, http.StatusOK)
	status, answer := c.do("POST", "/api/search/product", body, "sw-language-id: "+german, "sw-inheritance: 1")
	if status != http.StatusBadRequest || !strings.Contains(string(answer), "ADK-ANSWER-TOO-LARGE") {
		t.Errorf("got %d %s", status, answer)
	}
}

// TestSyncDeletesByCriteria is admin-api.md 6.2: what filters hold for is deleted with the
// rest of the request, or not at all.
func TestSyncDeletesByCriteria(t *testing.T) {
	t.Parallel()
	c, shop := teas(t)
	sync := func(status int, operations string) string {
		t.Helper()
		return string(c.done("POST", "/api/_action/sync", `[`+operations+`]`, status))
	}
	left := func() float64 {
		t.Helper()
		var page struct{ Total float64 }
		if err := json.Unmarshal(c.done("POST", "/api/search/product", `{"total-count-mode":1,"limit":1}`, http.StatusOK), &page); err != nil {
			t.Fatal(err)
		}
		return page.Total
	}
	const teas = `{"entity":"product","action":"delete","criteria":[{"type":"contains","field":"name","value":"tea"},{"type":"range","field":"stock","parameters":{"lt":20}}]}`
	for status, wrong := range map[string]string{
		"API_INVALID_SYNC_CRITERIA_EXCEPTION":  `{"entity":"product","action":"delete","criteria":[]}`,
		"FRAMEWORK__UNMAPPED_FIELD":            `{"entity":"product","action":"delete","criteria":[{"type":"equals","field":"colour","value":"x"}]}`,
		"FRAMEWORK__DEFINITION_NOT_FOUND":      `{"entity":"colour","action":"delete","criteria":[{"type":"equals","field":"id","value":"x"}]}`,
		"delete-system-translation-violation":  `{"entity":"product_translation","action":"delete","criteria":[{"type":"equals","field":"name","value":"Tea"}]}`,
		"c1051bb4-d103-4f74-8988-acbcafc7fdc3": `{"entity":"tag","action":"upsert","payload":[{}]}`,
	} {
		if code, answer := c.do("POST", "/api/_action/sync", `[`+teas+`,`+wrong+`]`); code < 400 || code >= 500 || !strings.Contains(string(answer), status) {
			t.Errorf("%s: %d %s", status, code, answer)
		}
		if n := left(); n != 4 {
			t.Fatalf("%s left %v products", status, n)
		}
	}
	answer := sync(http.StatusOK, teas+`,{"entity":"product","action":"delete","criteria":[{"type":"equals","field":"name","value":"nothing"}]}`)
	const want = `{"data":[],"notFound":[],"deleted":{"product":["018c0000000070008000000000000000","018c0000000070008000000000000001"]},"extensions":[]}`
	if answer != want {
		t.Errorf("got %s, want %s", answer, want)
	}
	if n := left(); n != 2 {
		t.Errorf("%v products are left", n)
	}
	sync(http.StatusOK, `{"entity":"product","action":"upsert","payload":[{"id":"018c0000000070008000000000000002","tags":[{"name":"a"},{"name":"b"}]}]}`)
	answer = sync(http.StatusOK, `{"entity":"product_tag","action":"delete","criteria":[{"type":"equals","field":"productId","value":"018c0000000070008000000000000002"},{"type":"equals","field":"tag.name","value":"a"}]}`)
	if !strings.Contains(answer, `"deleted":{"product_tag":[{"productId":"018c0000000070008000000000000002","tagId":`) {
		t.Errorf("got %s", answer)
	}
	app := apptest.New(t, apptest.App{Permissions: []string{"product:delete"}})
	installed(t, shop, write(t, app.App.Name, app.Manifest()))
	calls := client(t)
	own := c
	known := app.Shops.All()[0]
	own.token = tokenFrom(t, calls, c.url, known.APIKey, known.SecretKey)
	_, refused := own.do("POST", "/api/_action/sync", `[{"entity":"product","action":"delete","criteria":[{"type":"equals","field":"tax.name","value":"x"}]}]`)
	if !strings.Contains(string(refused), `missingPrivileges\":[\"tax:read\"]`) {
		t.Errorf("filters over what may not be read: %s", refused)
	}
}

// TestGroupingOfAssociations keeps one record of each group for each parent apart.
func TestGroupingOfAssociations(t *testing.T) {
	t.Parallel()
	c, _ := teas(t)
	for criteria, want := range map[string]string{
		`{"grouping":["taxId"],"sort":"-stock"}`:                                                                    "Blue: Tea; Tea makers: Coffee; ",
		`{"grouping":["stock"],"sort":"stock"}`:                                                                     "Blue: Green tea Tea; Tea makers: Black tea strong Coffee; ",
		`{"grouping":["stock"],"sort":"stock","limit":1,"page":2}`:                                                  "Blue: Tea; Tea makers: Coffee; ",
		`{"grouping":["tax.name"],"sort":"stock","limit":3}`:                                                        "Blue: Green tea; Tea makers: Black tea strong; ",
		`{"grouping":["taxId"],"filter":[{"type":"range","field":"stock","parameters":{"lt":20}}],"sort":"-stock"}`: "Blue: Tea; Tea makers: ; ",
		`{"grouping":["taxId"],"term":"tea","limit":1}`:                                                             "Blue: Tea; Tea makers: Black tea strong; ",
	} {
		var page struct {
			Data []struct {
				Name     string
				Products []struct{ Name string }
			}
		}
		body := `{"sort":"name","associations":{"products":` + criteria + `}}`
		if err := json.Unmarshal(c.done("POST", "/api/search/product-manufacturer", body, http.StatusOK), &page); err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, m := range page.Data {
			var names []string
			for _, p := range m.Products {
				names = append(names, p.Name)
			}
			got += m.Name + ": " + strings.Join(names, " ") + "; "
		}
		if got != want {
			t.Errorf("%s: %s, want %s", criteria, got, want)
		}
	}
}

// TestCurrencyOfPrices compares prices in the currency of a header (admin-api.md 5.7).
func TestCurrencyOfPrices(t *testing.T) {
	t.Parallel()
	c, _ := teas(t)
	const euro = "b7d2554b0ce847cd82f3ac9bd1c0dfca"
	other := "018c0000000070008000000000000e01"
	c.done("POST", "/api/currency", `{"id":"`+other+`","factor":10,"symbol":"x","isoCode":"XTS","shortName":"XTS","name":"Test",
		"itemRounding":{"decimals":2,"interval":0.01,"roundForNet":true},"totalRounding":{"decimals":2,"interval":0.01,"roundForNet":true}}`, http.StatusNoContent)
	// Green tea costs 1 and Tea 2; one of them has a price of its own in the other currency.
	c.done("PATCH", "/api/product/018c0000000070008000000000000000", `{"price":[{"currencyId":"`+euro+`","net":1,"gross":1,"linked":true},
		{"currencyId":"`+other+`","net":35,"gross":45,"linked":true}]}`, http.StatusNoContent)
	names := func(criteria string, headers ...string) string {
		t.Helper()
		var page struct{ Data []struct{ Name string } }
		if err := json.Unmarshal(c.done("POST", "/api/search/product", criteria, http.StatusOK, headers...), &page); err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, p := range page.Data {
			list = append(list, p.Name)
		}
		return strings.Join(list, ", ")
	}
	in := "sw-currency-id: " + other
	for criteria, want := range map[string][2]string{
		`{"sort":"price"}`:        {"Green tea, Tea, Black tea strong, Coffee", "Tea, Black tea strong, Coffee, Green tea"},
		`{"sort":"-price.gross"}`: {"Coffee, Black tea strong, Tea, Green tea", "Green tea, Coffee, Black tea strong, Tea"},
		`{"filter":[{"type":"range","field":"price","parameters":{"gte":20,"lt":45}}],"sort":"price"}`: {"", "Tea, Black tea strong, Coffee"},
		`{"filter":[{"type":"equals","field":"price.net","value":35}]}`:                                {"", "Green tea"},
		`{"filter":[{"type":"equals","field":"price.` + euro + `.gross","value":1}]}`:                  {"Green tea", "Green tea"},
		`{"filter":[{"type":"equals","field":"price.` + other + `.gross","value":45}]}`:                {"Green tea", "Green tea"},
	} {
		if got := names(criteria); got != want[0] {
			t.Errorf("%s: %q, want %q", criteria, got, want[0])
		}
		if got := names(criteria, in); got != want[1] {
			t.Errorf("%s in the other currency: %q, want %q", criteria, got, want[1])
		}
	}
	if got := names(`{"sort":"price"}`, "sw-currency-id: "+euro); got != "Green tea, Tea, Black tea strong, Coffee" {
		t.Errorf("in the default currency: %s", got)
	}
	for _, wrong := range []string{"x", "018c0000000070008000000000000e02"} {
		if answer := c.done("POST", "/api/search/product", `{}`, http.StatusBadRequest, "sw-currency-id: "+wrong); !strings.Contains(string(answer), "FRAMEWORK__INVALID_REQUEST_PARAMETER") {
			t.Errorf("currency %s: %s", wrong, answer)
		}
	}
}
