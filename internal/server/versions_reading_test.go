package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestADraftReadsAsItsMerge asks the same before and after a merge: within the version whatever is
// asked, from whichever side, is answered as it is live once the draft was merged.
func TestADraftReadsAsItsMerge(t *testing.T) {
	t.Parallel()
	c := newCatalogue(t)
	german := c.found("language", `{"filter":[{"type":"equals","field":"locale.code","value":"de-DE"}]}`)["id"].(string)
	channel := c.found("sales-channel", `{"limit":1}`)["id"].(string)
	other := c.found("product", fmt.Sprintf(`{"filter":[{"type":"not","queries":[{"type":"equals","field":"id","value":%q}]}]}`, c.product))["id"].(string)
	const maker, variant, visible = "018c0000000070008000000000000d01", "018c0000000070008000000000000d02", "018c0000000070008000000000000d03"
	c.done("POST", "/api/product-manufacturer", `{"id":"`+maker+`","name":"Maker"}`, http.StatusNoContent)
	c.done("PATCH", "/api/product/"+other, fmt.Sprintf(`{"tags":[{"id":%q}],"categories":[{"id":%q}],"name":{"de-DE":"Anderes"}}`,
		catalogueID(aTag, 0), catalogueID(aCategory, 1)), http.StatusNoContent)
	c.done("POST", "/api/product", fmt.Sprintf(`{"id":%q,"parentId":%q,"productNumber":"V1","stock":1}`, variant, c.product), http.StatusNoContent)
	c.done("PATCH", "/api/product/"+c.product, fmt.Sprintf(`{"visibilities":[{"id":%q,"visibility":30,"salesChannelId":%q}],"name":{"de-DE":"Vorher"}}`, visible, channel), http.StatusNoContent)
	const version = "018c0000000070008000000000000f09"
	in := c.begin(version)
	c.done("PATCH", "/api/product/"+c.product, fmt.Sprintf(`{"stock":4711,"manufacturerId":%q,"name":{"en-GB":"Draft","de-DE":"Entwurf"},"customFields":{"x":1},
		"tags":[{"id":%q}],"categories":[{"id":%q}],"options":[{"id":%q}],"visibilities":[{"id":%q,"visibility":10}],
		"media":[{"id":%q,"media":{"id":%q}}]}`,
		maker, catalogueID(aTag, 1), catalogueID(aCategory, 2), catalogueID(anOption, 2), visible, catalogueID(9, 1), catalogueID(9, 2)), http.StatusNoContent, in)
	c.done("DELETE", "/api/product/"+c.product+"/tags/"+catalogueID(aTag, 0), "", http.StatusNoContent, in)
	c.done("DELETE", "/api/product/"+c.product+"/properties/"+catalogueID(anOption, 0), "", http.StatusNoContent, in)

	type question struct{ path, criteria string }
	var questions []question
	ask := func(path, criteria string, values ...any) {
		questions = append(questions, question{path, fmt.Sprintf(criteria, values...)})
	}
	for entity, associations := range map[string][]string{
		"product": {
			"tags", "categories", "categoriesRo", "properties", "options", "manufacturer", "visibilities", "media", "translations", "parent", "children",
			"tags.products", "categories.products", "manufacturer.products", "options.productOptions", "children.parent", "visibilities.product", "media.product",
		},
		"tag":                   {"products", "products.tags", "products.manufacturer"},
		"category":              {"products", "nestedProducts", "products.categories", "parent.products"},
		"property-group-option": {"productProperties", "productOptions"},
		"product-manufacturer":  {"products", "products.translations"},
		"product-visibility":    {"product", "salesChannel"},
		"product-media":         {"product", "media"},
		"sales-channel":         {"productVisibilities"},
	} {
		for _, path := range associations {
			var load string
			steps := strings.Split(path, ".")
			for i := len(steps) - 1; i >= 0; i-- {
				if i == len(steps)-1 {
					load = fmt.Sprintf(`{%q:{}}`, steps[i])
				} else {
					load = fmt.Sprintf(`{%q:{"associations":%s}}`, steps[i], load)
				}
			}
			ask("/api/search/"+entity, `{"associations":%s}`, load)
			for _, grade := range []string{`{"type":"equals","field":"%s.id","value":null}`, `{"type":"not","queries":[{"type":"equals","field":"%s.id","value":null}]}`} {
				if steps[len(steps)-1] != "translations" {
					ask("/api/search-ids/"+entity, `{"total-count-mode":1,"filter":[`+grade+`]}`, path)
				}
			}
			if steps[len(steps)-1] != "translations" {
				ask("/api/search/"+entity, `{"limit":1,"aggregations":[{"name":"a","type":"terms","field":"%s.id"},{"name":"n","type":"count","field":"%s.id"}]}`, path, path)
			}
		}
		ask("/api/search/"+entity, `{"sort":[{"field":"createdAt"}],"total-count-mode":1}`)
	}
	for _, path := range []string{"tags", "categories", "options", "properties", "visibilities", "media", "translations", "children", "manufacturer"} {
		ask("/api/search/product/"+c.product+"/"+path, `{"total-count-mode":1}`)
	}
	for n := range 3 {
		ask("/api/search/tag/"+catalogueID(aTag, n)+"/products", `{}`)
		ask("/api/search/category/"+catalogueID(aCategory, n)+"/products", `{}`)
		ask("/api/search-ids/product", `{"filter":[{"type":"equals","field":"tags.id","value":%q}]}`, catalogueID(aTag, n))
		ask("/api/search-ids/category", `{"filter":[{"type":"equals","field":"products.tags.id","value":%q}]}`, catalogueID(aTag, n))
		ask("/api/search-ids/tag", `{"filter":[{"type":"equals","field":"products.categories.id","value":%q}]}`, catalogueID(aCategory, n))
	}
	for _, name := range []string{"Draft", "Entwurf", "Vorher", "Anderes"} {
		ask("/api/search-ids/product", `{"filter":[{"type":"equals","field":"name","value":%q}]}`, name)
		ask("/api/search-ids/product", `{"filter":[{"type":"equals","field":"translations.name","value":%q}]}`, name)
		ask("/api/search-ids/tag", `{"filter":[{"type":"contains","field":"products.name","value":%q}]}`, name)
		ask("/api/search-ids/product-manufacturer", `{"filter":[{"type":"equals","field":"products.name","value":%q}]}`, name)
		ask("/api/search-ids/category", `{"filter":[{"type":"not","queries":[{"type":"equals","field":"products.name","value":%q}]}]}`, name)
		ask("/api/search-ids/product", `{"filter":[{"type":"equals","field":"parent.name","value":%q}]}`, name)
	}
	for _, field := range []string{"name", "manufacturer.name", "tags.name", "categories.name", "visibilities.visibility", "stock", "parent.stock"} {
		ask("/api/search-ids/product", `{"sort":[{"field":%q},{"field":"id"}]}`, field)
	}
	for _, field := range []string{"products.stock", "products.name"} {
		ask("/api/search-ids/tag", `{"sort":[{"field":%q,"order":"DESC"},{"field":"id"}]}`, field)
	}

	answers := func(headers ...string) map[string]any {
		all := map[string]any{}
		for _, q := range questions {
			var answer any
			if err := json.Unmarshal(c.done("POST", q.path, q.criteria, http.StatusOK, headers...), &answer); err != nil {
				t.Fatal(err)
			}
			all[q.path+" "+q.criteria] = withoutVersions(answer)
		}
		return all
	}
	languages := [][]string{nil, {"sw-language-id: " + german}, {"sw-inheritance: 1"}}
	var before []map[string]any
	for _, more := range languages {
		before = append(before, answers(append([]string{in}, more...)...))
	}
	c.done("POST", "/api/_action/version/merge/product/"+version, "", http.StatusNoContent)
	for i, more := range languages {
		for asked, want := range answers(more...) {
			if diff := cmp.Diff(want, before[i][asked]); diff != "" {
				t.Errorf("%v %s (-merged +in the version):\n%s", more, asked, diff)
			}
		}
	}
}

// withoutVersions takes from an answer what tells drafts from live records, and when those were
// written.
func withoutVersions(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name := range v {
			if name == "updatedAt" || strings.HasSuffix(strings.ToLower(name), "versionid") {
				delete(v, name)
				continue
			}
			v[name] = withoutVersions(v[name])
		}
	case []any:
		for i := range v {
			v[i] = withoutVersions(v[i])
		}
	}
	return v
}
