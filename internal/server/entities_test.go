package server_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
)

// caller speaks to the Admin API as a client does, down to the headers.
type caller struct {
	t     testing.TB
	calls *http.Client
	url   string
	token string
}

func newCaller(t *testing.T) (caller, control.Shop) {
	t.Helper()
	host := open(t, development(folder(t)))
	return callerOf(t, host), only(t, host)
}

// callerOf is newCaller for a host that is there.
func callerOf(tb testing.TB, host *server.Server) caller {
	tb.Helper()
	shop := only(tb, host)
	key, secret, err := shop.NewAPIClient(tb.Context(), "client")
	if err != nil {
		tb.Fatal(err)
	}
	calls := client(tb)
	return caller{tb, calls, host.URL(), tokenFrom(tb, calls, host.URL(), key, secret.Reveal())}
}

// do makes one call and gives the answer; headers are "name: value".
func (c caller) do(method, path, body string, headers ...string) (status int, answer []byte) {
	c.t.Helper()
	status, _, answer = c.send(method, path, body, headers...)
	return status, answer
}

// send makes a call.
func (c caller) send(method, path, body string, headers ...string) (status int, header http.Header, answer []byte) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Content-Type", "application/json")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	res, err := c.calls.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if answer, err = io.ReadAll(res.Body); err != nil {
		c.t.Fatal(err)
	}
	return res.StatusCode, res.Header, answer
}

// found makes a search and gives the first record.
func (c caller) found(entity, criteria string, headers ...string) map[string]any {
	c.t.Helper()
	status, answer := c.do("POST", "/api/search/"+entity, criteria, headers...)
	var page struct {
		Data []map[string]any `json:"data"`
	}
	if err := json.Unmarshal(answer, &page); err != nil || status != http.StatusOK || len(page.Data) == 0 {
		c.t.Fatalf("search %s %s: %d %s", entity, criteria, status, answer)
	}
	return page.Data[0]
}

func (c caller) done(method, path, body string, want int, headers ...string) []byte {
	c.t.Helper()
	status, answer := c.do(method, path, body, headers...)
	if status != want {
		c.t.Fatalf("%s %s: %d %s", method, path, status, answer)
	}
	return answer
}

// TestTextsAndPairsOverHTTP writes a product with texts in two languages and in two
// categories, as clients do, and reads it back.
func TestTextsAndPairsOverHTTP(t *testing.T) {
	t.Parallel()
	c, shop := newCaller(t)
	if _, err := shop.Seed(t.Context(), control.Seeding{Products: 1}); err != nil {
		t.Fatal(err)
	}
	const tea = "018c0000000070008000000000000001"
	text := func(v any) string { s, _ := v.(string); return s }
	german := text(c.found("language", `{"filter":[{"type":"equals","field":"locale.code","value":"de-DE"}]}`)["id"])
	tax := text(c.found("tax", `{}`)["id"])
	shelf := text(c.found("category", `{"filter":[{"type":"equals","field":"name","value":"Shelf 2"}]}`)["id"])
	c.done("POST", "/api/product", `{"id":"`+tea+`","productNumber":"T1","stock":1,"taxId":"`+tax+`",
		"price":[{"currencyId":"b7d2554b0ce847cd82f3ac9bd1c0dfca","net":1,"gross":1.19,"linked":true}],
		"name":{"en-GB":"Tea","de-DE":"Tee"},"categories":[{"id":"`+shelf+`"},{"name":"Hot"}],"tags":[{"name":"new"}],
		"cover":{"media":{"title":"Leaves"}}}`, http.StatusNoContent)

	with := `{"filter":[{"type":"equals","field":"categories.name","value":"hot"},{"type":"equals","field":"name","value":"TEE"}],
		"associations":{"categories":{"sort":[{"field":"name"}]},"translations":{},"cover":{}}}`
	product := c.found("product", with, "sw-language-id: "+german)
	translated, _ := product["translated"].(map[string]any)
	if product["id"] != tea || product["name"] != "Tee" || translated["name"] != "Tee" || product["description"] != nil {
		t.Errorf("the product in German: %v", product)
	}
	var names []string
	for _, category := range product["categories"].([]any) {
		names = append(names, text(category.(map[string]any)["translated"].(map[string]any)["name"]))
	}
	if diff := cmp.Diff([]string{"Hot", "Shelf 2"}, names); diff != "" {
		t.Error(diff)
	}
	if n := len(product["translations"].([]any)); n != 2 {
		t.Errorf("%d translations", n)
	}
	if cover, _ := product["cover"].(map[string]any); cover == nil || cover["productId"] != tea {
		t.Errorf("the cover is %v", product["cover"])
	}
	c.done("PATCH", "/api/product/"+tea, `{"name":"Teechen"}`, http.StatusNoContent, "sw-language-id: "+german)
	if product = c.found("product", `{"ids":["`+tea+`"]}`); product["name"] != "Tea" {
		t.Errorf("the name in English is %v", product["name"])
	}

	// One wrong row and nothing of the request is done.
	sync := func(rows string) string {
		return `{"a":{"entity":"product_category","action":"delete","payload":[{"productId":"` + tea + `","categoryId":"` + shelf + `"}]},` +
			`"b":{"entity":"product_translation","action":"upsert","payload":[` + rows + `]}}`
	}
	c.done("POST", "/api/_action/sync", sync(`{"productId":"`+tea+`","languageId":"`+german+`","name":5}`), http.StatusBadRequest)
	c.found("product", `{"filter":[{"type":"equals","field":"categories.id","value":"`+shelf+`"}]}`)
	answer := c.done("POST", "/api/_action/sync", sync(`{"productId":"`+tea+`","languageId":"`+german+`","name":"Tee"}`), http.StatusOK)
	want := `"deleted":{"product_category":[{"categoryId":"` + shelf + `","productId":"` + tea + `"}]}`
	if !bytes.Contains(answer, []byte(want)) || !bytes.Contains(answer, []byte(`"product_translation":[{"languageId":"`+german+`","productId":"`+tea+`"}]`)) {
		t.Errorf("sync answered %s", answer)
	}
	c.done("DELETE", "/api/product/"+tea, "", http.StatusNoContent)
	if status, _ := c.do("GET", "/api/product/"+tea, ""); status != http.StatusNotFound {
		t.Errorf("the product is there: %d", status)
	}
}

// TestNamesOfEntitiesAndFieldsAreNoSQL writes names that would be SQL if somebody let them.
func TestNamesOfEntitiesAndFieldsAreNoSQL(t *testing.T) {
	t.Parallel()
	c, _ := newCaller(t)
	const wicked = `x\"; DROP TABLE product; --`
	before := c.found("tax", `{}`)
	for _, body := range []string{
		`{"a":{"entity":"` + wicked + `","action":"upsert","payload":[{"name":"x"}]}}`,
		`{"a":{"entity":"tax","action":"upsert","payload":[{"name":"x","taxRate":1,"` + wicked + `":1,"customFields":{"` + wicked + `":"` + wicked + `"}}]}}`,
		`{"a":{"entity":"tax","action":"upsert","payload":[{"id":"` + wicked + `","name":"x","taxRate":1}]}}`,
		`{"a":{"entity":"delivery_time","action":"upsert","payload":[{"min":1,"max":2,"unit":"x","name":{"` + wicked + `":"x","en-GB":"` + wicked + `"}}]}}`,
		`{"a":{"entity":"product_category","action":"delete","payload":[{"productId":"` + wicked + `","categoryId":"'"}]}}`,
		`{"a":{"entity":"tax","action":"upsert","payload":[{"translations":{"` + wicked + `":{"name":"x"}},"name":"x","taxRate":2}]}}`,
	} {
		if status, answer := c.do("POST", "/api/_action/sync", body); status >= http.StatusInternalServerError {
			t.Errorf("%s: %d %s", body, status, answer)
		}
	}
	if diff := cmp.Diff(before, c.found("tax", `{"ids":["`+before["id"].(string)+`"]}`)); diff != "" {
		t.Error(diff)
	}
	c.found("tax", `{"filter":[{"type":"equals","field":"name","value":"x"}]}`)
	c.do("POST", "/api/search/product", `{}`)
}

// TestSeedGoesOn fills a shop and makes it larger.
func TestSeedGoesOn(t *testing.T) {
	t.Parallel()
	c, shop := newCaller(t)
	fill := func(s control.Seeding) {
		t.Helper()
		for again := true; again; again = s.Done < s.Total {
			var err error
			if s, err = shop.Seed(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
	}
	total := func(entity string) any {
		t.Helper()
		var page struct {
			Total int `json:"total"`
		}
		answer := c.done("POST", "/api/search/"+entity, `{"limit":1,"total-count-mode":1,"includes":{"`+entity+`":["id"]}}`, http.StatusOK)
		if err := json.Unmarshal(answer, &page); err != nil {
			t.Fatal(err)
		}
		return page.Total
	}
	fill(control.Seeding{Products: 10, Orders: 2})
	fill(control.Seeding{Products: 12, Orders: 3})
	got := map[string]any{"product": total("product"), "order": total("order"), "order_line_item": total("order_line_item")}
	if diff := cmp.Diff(map[string]any{"product": 12, "order": 3, "order_line_item": 9}, got); diff != "" {
		t.Error(diff)
	}
	for _, wrong := range []control.Seeding{{}, {Products: -1}, {Orders: 5}, {Products: 1, Done: 7}, {Products: 1 << 40}} {
		_, err := shop.Seed(t.Context(), wrong)
		if code := refusal(t, err); code != "ADK-SEED-INVALID" {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
}
