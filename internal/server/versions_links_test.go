package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sort"
	"strings"
	"testing"

	"github.com/appdock/appdock/sdk/apptest"
)

// catalogue is a product in two categories with a tag and an option, and more to link it with.
type catalogue struct {
	drafted
	product string
}

func catalogueID(kind, n int) string {
	return fmt.Sprintf("018c00000000700080000000000%02x%03x", kind, n)
}

const (
	aTag, aCategory, anOption, aGroup = 1, 2, 3, 4
)

func newCatalogue(t *testing.T) catalogue {
	t.Helper()
	d, _ := newDrafted(t)
	c := catalogue{drafted: d, product: d.found("product", `{"limit":1}`)["id"].(string)}
	sync := func(entity string, rows ...string) {
		t.Helper()
		d.done("POST", "/api/_action/sync", fmt.Sprintf(`[{"entity":%q,"action":"upsert","payload":[%s]}]`, entity, strings.Join(rows, ",")), http.StatusOK)
	}
	for n := range 3 {
		sync("tag", fmt.Sprintf(`{"id":%q,"name":"tag %d"}`, catalogueID(aTag, n), n))
		parent := "null"
		if n > 0 {
			parent = `"` + catalogueID(aCategory, n-1) + `"`
		}
		sync("category", fmt.Sprintf(`{"id":%q,"name":"category %d","parentId":%s}`, catalogueID(aCategory, n), n, parent))
		sync("property_group_option", fmt.Sprintf(`{"id":%q,"name":"option %d","group":{"id":%q,"name":"group"}}`, catalogueID(anOption, n), n, catalogueID(aGroup, 0)))
	}
	for _, association := range []string{"tags", "categories", "properties", "options"} {
		for _, linked := range d.found("product", fmt.Sprintf(`{"ids":[%q],"associations":{%q:{}}}`, c.product, association))[association].([]any) {
			d.done("DELETE", "/api/product/"+c.product+"/"+association+"/"+linked.(map[string]any)["id"].(string), "", http.StatusNoContent)
		}
	}
	d.done("PATCH", "/api/product/"+c.product, fmt.Sprintf(`{"tags":[{"id":%q}],"categories":[{"id":%q}],"properties":[{"id":%q}]}`,
		catalogueID(aTag, 0), catalogueID(aCategory, 0), catalogueID(anOption, 0)), http.StatusNoContent)
	return c
}

// begin makes a version of the product.
func (c catalogue) begin(version string) (in string) {
	c.t.Helper()
	c.done("POST", "/api/_action/version/product/"+c.product, `{"versionId":"`+version+`"}`, http.StatusOK)
	return "sw-version-id: " + version
}

// links are the last digits of what the product is linked with in a version, and of the lists
// that follow from that.
func (c catalogue) links(in string) string {
	c.t.Helper()
	var all []string
	found := c.found("product", fmt.Sprintf(`{"ids":[%q],"associations":{"tags":{},"categories":{},"categoriesRo":{},"properties":{},"options":{}}}`, c.product), in)
	end := func(ids []any) string {
		var ends []string
		for _, id := range ids {
			if r, ok := id.(map[string]any); ok {
				id = r["id"]
			}
			ends = append(ends, id.(string)[31:])
		}
		sort.Strings(ends)
		return strings.Join(ends, "")
	}
	for _, name := range []string{"tags", "categories", "categoriesRo", "properties", "options", "tagIds", "categoryIds", "categoryTree", "propertyIds"} {
		list, _ := found[name].([]any)
		all = append(all, name+"="+end(list))
	}
	// What is loaded is what filters see.
	for _, path := range []string{"tags", "categories", "categoriesRo", "properties", "options"} {
		for _, r := range found[path].([]any) {
			id := r.(map[string]any)["id"].(string)
			page := c.done("POST", "/api/search-ids/product", fmt.Sprintf(`{"ids":[%q],"filter":[{"type":"equals","field":%q,"value":%q}]}`, c.product, path+".id", id), http.StatusOK, in)
			if !strings.Contains(string(page), c.product) {
				c.t.Errorf("%s: %s %s is loaded and not found: %s", in, path, id, page)
			}
		}
	}
	return strings.Join(all, " ")
}

const live = "sw-version-id: " + liveVersion

// TestVersionsHoldLinks links and unlinks a product in a version: with categories, properties,
// options and tags, and with all that follows from these.
func TestVersionsHoldLinks(t *testing.T) {
	t.Parallel()
	c := newCatalogue(t)
	const version = "018c0000000070008000000000000f03"
	const before = "tags=0 categories=0 categoriesRo=0 properties=0 options= tagIds=0 categoryIds=0 categoryTree=0 propertyIds=0"
	if got := c.links(live); got != before {
		t.Fatalf("the product has %s", got)
	}
	in := c.begin(version)
	if got := c.links(in); got != before {
		t.Errorf("a new version has %s, want %s", got, before)
	}
	c.done("PATCH", "/api/product/"+c.product, fmt.Sprintf(`{"tags":[{"id":%q}],"categories":[{"id":%q}],"options":[{"id":%q}]}`,
		catalogueID(aTag, 1), catalogueID(aCategory, 2), catalogueID(anOption, 2)), http.StatusNoContent, in)
	c.done("DELETE", "/api/product/"+c.product+"/tags/"+catalogueID(aTag, 0), "", http.StatusNoContent, in)
	c.done("DELETE", "/api/product/"+c.product+"/properties/"+catalogueID(anOption, 0), "", http.StatusNoContent, in)
	const after = "tags=1 categories=02 categoriesRo=012 properties= options=2 tagIds=1 categoryIds=02 categoryTree=012 propertyIds="
	if got := c.links(in); got != after {
		t.Errorf("the version has %s, want %s", got, after)
	}
	if got := c.links(live); got != before {
		t.Errorf("before the merge the product has %s, want %s", got, before)
	}
	c.done("POST", "/api/_action/version/merge/product/"+version, "", http.StatusNoContent)
	if got := c.links(live); got != after {
		t.Errorf("after the merge the product has %s, want %s", got, after)
	}
	c.done("POST", "/api/_action/version/merge/product/"+version, "", http.StatusBadRequest)

	// A version that is dropped leaves none behind.
	in = c.begin(version)
	c.done("PATCH", "/api/product/"+c.product, `{"tags":[{"id":"`+catalogueID(aTag, 2)+`"}]}`, http.StatusNoContent, in)
	c.done("POST", "/api/_action/version/"+version+"/product/"+c.product, "", http.StatusOK)
	if got := c.links(c.begin(version)); got != after {
		t.Errorf("the next version has %s, want %s", got, after)
	}
}

// TestVersionsLoseTargets deletes what a draft is linked with: the draft shows it no more, and
// its merge brings it no more.
func TestVersionsLoseTargets(t *testing.T) {
	t.Parallel()
	c := newCatalogue(t)
	const version = "018c0000000070008000000000000f04"
	in := c.begin(version)
	c.done("PATCH", "/api/product/"+c.product, `{"tags":[{"id":"`+catalogueID(aTag, 1)+`"},{"id":"`+catalogueID(aTag, 2)+`"}]}`, http.StatusNoContent, in)
	for _, gone := range []int{0, 1} {
		c.done("DELETE", "/api/tag/"+catalogueID(aTag, gone), "", http.StatusNoContent)
	}
	if got := c.links(in); !strings.HasPrefix(got, "tags=2 ") {
		t.Errorf("the version has %s", got)
	}
	c.done("POST", "/api/_action/version/merge/product/"+version, "", http.StatusNoContent)
	if got := c.links(live); !strings.HasPrefix(got, "tags=2 ") || !strings.Contains(got, "tagIds=2 ") {
		t.Errorf("after the merge the product has %s", got)
	}
}

// TestVersionsMergedOneAfterTheOther merges two drafts of a product: each brings what was
// changed in it, and takes away only what was taken away in it.
func TestVersionsMergedOneAfterTheOther(t *testing.T) {
	t.Parallel()
	c := newCatalogue(t)
	const one, other = "018c0000000070008000000000000f05", "018c0000000070008000000000000f06"
	first, second := c.begin(one), c.begin(other)
	c.done("PATCH", "/api/product/"+c.product, `{"tags":[{"id":"`+catalogueID(aTag, 1)+`"},{"id":"`+catalogueID(aTag, 2)+`"}]}`, http.StatusNoContent, first)
	c.done("PATCH", "/api/product/"+c.product, `{"tags":[{"id":"`+catalogueID(aTag, 2)+`"}]}`, http.StatusNoContent, second)
	c.done("DELETE", "/api/product/"+c.product+"/tags/"+catalogueID(aTag, 0), "", http.StatusNoContent, second)
	for _, version := range []string{one, other} {
		c.done("POST", "/api/_action/version/merge/product/"+version, "", http.StatusNoContent)
	}
	if got := c.links(live); !strings.HasPrefix(got, "tags=12 ") {
		t.Errorf("after both merges the product has %s", got)
	}
}

// texts are what a product is called in a version: in the system language and in German, by each
// way that there is to ask.
func (c catalogue) texts(german, in string) string {
	c.t.Helper()
	all := ""
	for _, language := range []string{"", "sw-language-id: " + german} {
		headers := []string{in}
		if language != "" {
			headers = append(headers, language)
		}
		found := c.found("product", fmt.Sprintf(`{"ids":[%q],"associations":{"translations":{}}}`, c.product), headers...)
		name := found["translated"].(map[string]any)["name"]
		all += fmt.Sprint(name, " ", len(found["translations"].([]any)), ", ")
		for _, field := range []string{"name", "translations.name"} {
			page := c.done("POST", "/api/search-ids/product", fmt.Sprintf(`{"ids":[%q],"filter":[{"type":"equals","field":%q,"value":%q}]}`, c.product, field, name), http.StatusOK, headers...)
			if !strings.Contains(string(page), c.product) {
				c.t.Errorf("%v: called %v, and not found by its %s: %s", headers, name, field, page)
			}
		}
	}
	page := c.done("POST", "/api/search/product/"+c.product+"/translations", `{"sort":[{"field":"name"}]}`, http.StatusOK, in)
	var texts struct{ Data []struct{ Name string } }
	if err := json.Unmarshal(page, &texts); err != nil {
		c.t.Fatal(err)
	}
	for _, text := range texts.Data {
		all += text.Name + " "
	}
	return all
}

// TestVersionsHoldTexts writes and deletes texts of a product in a version, in the language of
// the system and in others.
func TestVersionsHoldTexts(t *testing.T) {
	t.Parallel()
	c := newCatalogue(t)
	german := c.found("language", `{"filter":[{"type":"equals","field":"locale.code","value":"de-DE"}]}`)["id"].(string)
	const version = "018c0000000070008000000000000f07"
	write := func(in, names string) {
		t.Helper()
		c.done("PATCH", "/api/product/"+c.product, `{"name":`+names+`}`, http.StatusNoContent, in)
	}
	write(live, `{"en-GB":"Tea","de-DE":"Tee"}`)
	in := c.begin(version)
	const before = "Tea 2, Tee 2, Tea Tee "
	if got := c.texts(german, in); got != before {
		t.Errorf("a new version is called %q", got)
	}
	write(in, `{"en-GB":"Green tea","de-DE":"Grüntee"}`)
	c.done("PATCH", "/api/product/"+c.product, `{"description":{"de-DE":"Von anderen"}}`, http.StatusNoContent)
	const after = "Green tea 2, Grüntee 2, Green tea Grüntee "
	if got := c.texts(german, in); got != after {
		t.Errorf("the version is called %q", got)
	}
	if got := c.texts(german, live); got != before {
		t.Errorf("before the merge the product is called %q", got)
	}
	c.done("POST", "/api/_action/version/merge/product/"+version, "", http.StatusNoContent)
	if got := c.texts(german, live); got != after {
		t.Errorf("after the merge the product is called %q", got)
	}
	found := c.found("product", fmt.Sprintf(`{"ids":[%q]}`, c.product), "sw-language-id: "+german)
	if found["description"] != "Von anderen" {
		t.Errorf("the description that others wrote is %v", found["description"])
	}

	// Texts go in a draft, and come where there were none.
	in = c.begin(version)
	c.done("DELETE", "/api/product/"+c.product+"/translations/"+german, "", http.StatusNoContent, in)
	if got := c.texts(german, in); got != "Green tea 1, Green tea 1, Green tea " {
		t.Errorf("without German the version is called %q", got)
	}
	if got := c.texts(german, live); got != after {
		t.Errorf("the live product is called %q", got)
	}
	c.done("POST", "/api/_action/version/merge/product/"+version, "", http.StatusNoContent)
	if got := c.texts(german, live); got != "Green tea 1, Green tea 1, Green tea " {
		t.Errorf("without German the product is called %q", got)
	}
	in = c.begin(version)
	write(in, `{"de-DE":"Im Entwurf"}`)
	write(live, `{"de-DE":"Inzwischen"}`)
	c.done("POST", "/api/_action/version/merge/product/"+version, "", http.StatusNoContent)
	if got := c.texts(german, live); got != "Green tea 2, Im Entwurf 2, Green tea Im Entwurf " {
		t.Errorf("after others wrote the same text the product is called %q", got)
	}
}

// TestVersionsHoldVisibilities shows a product in a sales channel, and in another way, in a version.
func TestVersionsHoldVisibilities(t *testing.T) {
	t.Parallel()
	c := newCatalogue(t)
	const version = "018c0000000070008000000000000f08"
	visibilities := func(in string) string {
		t.Helper()
		list := c.found("product", fmt.Sprintf(`{"ids":[%q],"associations":{"visibilities":{}}}`, c.product), in)["visibilities"].([]any)
		var all []string
		for _, v := range list {
			all = append(all, fmt.Sprint(v.(map[string]any)["visibility"]))
			page := c.done("POST", "/api/search-ids/product", fmt.Sprintf(`{"filter":[{"type":"equals","field":"visibilities.id","value":%q}]}`, v.(map[string]any)["id"]), http.StatusOK, in)
			if !strings.Contains(string(page), c.product) {
				t.Errorf("%s: not found by its visibility: %s", in, page)
			}
		}
		return strings.Join(all, " ")
	}
	const first = "018c0000000070008000000000000c01"
	c.done("PATCH", "/api/product/"+c.product, fmt.Sprintf(`{"visibilities":[{"id":%q,"visibility":30,"salesChannelId":%q}]}`,
		first, c.found("sales-channel", `{"limit":1}`)["id"]), http.StatusNoContent)
	in := c.begin(version)
	c.done("PATCH", "/api/product-visibility/"+first, `{"visibility":10}`, http.StatusNoContent, in)
	if draft, live := visibilities(in), visibilities(live); draft != "10" || live != "30" {
		t.Errorf("in the version %q, live %q", draft, live)
	}
	c.done("POST", "/api/_action/version/merge/product/"+version, "", http.StatusNoContent)
	if got := visibilities(live); got != "10" {
		t.Errorf("after the merge %q", got)
	}
}

// TestVersionsAskForRights writes links and texts in a version, and merges it, as apps that lack one
// right each: a draft gives nobody more than they may do to the live product.
func TestVersionsAskForRights(t *testing.T) {
	t.Parallel()
	c := newCatalogue(t)
	german := c.found("language", `{"filter":[{"type":"equals","field":"locale.code","value":"de-DE"}]}`)["id"].(string)
	const version = "018c0000000070008000000000000f0a"
	in := c.begin(version)
	app := apptest.New(t, apptest.App{Name: "Linker", Permissions: []string{"product:read", "product:update", "product_property:create"}})
	own := c.of(app)
	product := "/api/product/" + c.product
	own.done("PATCH", product, `{"properties":[{"id":"`+catalogueID(anOption, 1)+`"}],"name":{"de-DE":"Vom Entwurf"}}`, http.StatusNoContent, in)
	for _, missing := range [][]string{
		{"PATCH", product, `{"tags":[{"id":"` + catalogueID(aTag, 1) + `"}]}`, "product_tag:create"},
		{"PATCH", product, `{"categories":[{"id":"` + catalogueID(aCategory, 1) + `"}]}`, "product_category:create"},
		{"DELETE", product + "/properties/" + catalogueID(anOption, 0), "", "product_property:delete"},
		{"DELETE", product + "/translations/" + german, "", "product:delete"},
	} {
		if answer := own.done(missing[0], missing[1], missing[2], http.StatusForbidden, in); !strings.Contains(string(answer), missing[3]) {
			t.Errorf("%v: %s", missing, answer)
		}
	}
	// What somebody else wrote in the draft, whoever merges it must be allowed to write.
	c.done("PATCH", product, `{"tags":[{"id":"`+catalogueID(aTag, 1)+`"}]}`, http.StatusNoContent, in)
	c.done("DELETE", product+"/properties/"+catalogueID(anOption, 0), "", http.StatusNoContent, in)
	refused := string(own.done("POST", "/api/_action/version/merge/product/"+version, "", http.StatusForbidden))
	for _, want := range []string{"product_tag:create", "product_property:delete"} {
		if !strings.Contains(refused, want) {
			t.Errorf("the merge was refused without a word of %s: %s", want, refused)
		}
	}
	if got := c.links(live); !strings.HasPrefix(got, "tags=0 categories=0 categoriesRo=0 properties=0 ") {
		t.Errorf("after a merge that was refused the product has %s", got)
	}
	c.done("POST", "/api/_action/version/merge/product/"+version, "", http.StatusNoContent)
	if got := c.links(live); !strings.HasPrefix(got, "tags=01 categories=0 categoriesRo=0 properties=1 ") {
		t.Errorf("after the merge the product has %s", got)
	}
}

// TestVersionsOfProductsEndWithThem deletes a product in one of two drafts and merges that: nothing
// is left of either, and the same id begins with what is live.
func TestVersionsOfProductsEndWithThem(t *testing.T) {
	t.Parallel()
	c := newCatalogue(t)
	const one, other = "018c0000000070008000000000000f0b", "018c0000000070008000000000000f0c"
	first, second := c.begin(one), c.begin(other)
	c.done("PATCH", "/api/product/"+c.product, `{"tags":[{"id":"`+catalogueID(aTag, 2)+`"}],"name":{"de-DE":"Weg"}}`, http.StatusNoContent, second)
	c.done("DELETE", "/api/product/"+c.product, "", http.StatusNoContent, first)
	tagged := func(in string) bool {
		t.Helper()
		page := c.done("POST", "/api/search-ids/product", `{"filter":[{"type":"equals","field":"tags.id","value":"`+catalogueID(aTag, 0)+`"}]}`, http.StatusOK, in)
		return strings.Contains(string(page), c.product)
	}
	if tagged(first) || !tagged(second) || !tagged(live) {
		t.Errorf("tagged where it was deleted: %t, in the other draft: %t, live: %t", tagged(first), tagged(second), tagged(live))
	}
	c.done("POST", "/api/_action/version/merge/product/"+one, "", http.StatusNoContent)
	for _, in := range []string{first, second, live} {
		c.done("GET", "/api/product/"+c.product, "", http.StatusNotFound, in)
		for _, path := range []string{"product-media", "product-visibility"} {
			page := c.done("POST", "/api/search/"+path, `{"filter":[{"type":"equals","field":"productId","value":"`+c.product+`"}]}`, http.StatusOK, in)
			if !strings.Contains(string(page), `"total":0`) {
				t.Errorf("%s: %s is left: %s", in, path, page)
			}
		}
	}
	c.done("POST", "/api/_action/version/merge/product/"+other, "", http.StatusBadRequest)
}
