package server_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestEachFormOfPath calls every form of a path of associations (admin-api.md 2 and 6.3) with
// each of its methods, for each kind of association, one after the other.
func TestEachFormOfPath(t *testing.T) {
	t.Parallel()
	c, _ := teas(t)
	const (
		system  = "2fbb5fe2e29a4d70aa5854ce7ce3e20b"
		product = "018c0000000070008000000000000001"
		maker   = "018c0000000070008000000000000100"
		tag     = "018c0000000070008000000000000061"
		media   = "018c0000000070008000000000000062"
		picture = "018c0000000070008000000000000063"
		unknown = "018c0000000070008000000000000099"
	)
	german, _ := c.found("language", `{"filter":[{"type":"equals","field":"locale.code","value":"de-DE"}]}`)["id"].(string)
	short := strings.NewReplacer("{p}", product, "{m}", maker, "{t}", tag, "{f}", picture, "{de}", german, "{sys}", system, "{x}", unknown)
	steps := []struct {
		method, path, body string
		status             int
		answer             string // is in the answer, or in Location where there is none
	}{
		// Many to one.
		{"GET", "/product/{p}/manufacturer", "", 200, `"name":"Blue"`},
		{"POST", "/search/product/{p}/manufacturer", "{}", 200, `"name":"Blue"`},
		{"POST", "/search-ids/product/{p}/manufacturer", "{}", 200, `{"total":1,"data":["{m}"]}`},
		{"GET", "/product/{p}/manufacturer/{m}", "", 200, `{"data":{`},
		{"GET", "/product/{p}/manufacturer/{x}", "", 404, "FRAMEWORK__RESOURCE_NOT_FOUND"},
		{"PATCH", "/product/{p}/manufacturer/{m}", `{"name":"Navy"}`, 204, "/api/product-manufacturer/{m}"},
		{"POST", "/product/{p}/manufacturer", `{"id":"{m}","link":"https://maker.example"}`, 204, "/api/product-manufacturer/{m}"},
		{"POST", "/product/{p}/manufacturer?_response", `{"id":"{m}"}`, 200, `"link":"https://maker.example"`},
		{"POST", "/product/{p}/manufacturer/{m}", "{}", 405, "No route found"},

		// One to many.
		{"POST", "/product/{p}/media", `{"id":"{f}","media":{"id":"` + media + `"}}`, 204, "/api/product-media/{p}"},
		{"POST", "/product/{p}/media", `{"id":"{f}"}`, 400, "FRAMEWORK__WRITE_TYPE_INTEND_ERROR"},
		{"GET", "/product/{p}/media?sort=id", "", 200, `"id":"{f}"`},
		{"GET", "/product/{p}/media/{f}?associations[media][]=", "", 200, `"id":"` + media + `"`},
		{"PATCH", "/product/{p}/media/{f}?_response=detail", `{"position":4}`, 200, `"position":4`},
		{"PATCH", "/product/{p}/media/{x}", `{"position":4}`, 404, "FRAMEWORK__RESOURCE_NOT_FOUND"},
		{"PATCH", "/product/{p}/media/{f}", `{"position":"x"}`, 400, `"pointer":"/0/position"`},
		{"GET", "/product/{p}/media/{f}/media", "", 200, `"id":"` + media + `"`},
		{"POST", "/search/product/{p}/media/{f}/media", "{}", 200, `"id":"` + media + `"`},
		{"DELETE", "/product/{p}/media/{f}", "", 204, "/api/product-media/{f}"},
		{"GET", "/product/{p}/media/{f}", "", 404, "FRAMEWORK__RESOURCE_NOT_FOUND"},

		// Many to many.
		{"POST", "/product/{p}/tags", `{"id":"{t}","name":"hot"}`, 204, "/api/tag/{t}"},
		{"POST", "/product/{p}/tags", `{"id":"{t}"}`, 204, "/api/tag/{t}"},
		{"POST", "/product/{p}/tags", `{"id":"{x}"}`, 400, "FRAMEWORK__FOREIGN_KEY_VIOLATION"},
		{"POST", "/product/{p}/tags", `{"id":"{x}"}`, 400, `"pointer":"/0/tags/0/id"`},
		{"POST", "/product/{p}/tags", `{"id":"x"}`, 400, `"pointer":"/0/tags/0/id"`},
		{"POST", "/product/{p}/tags", `{}`, 400, `"pointer":"/0/tags/0/name"`},
		{"POST", "/product/{p}/media", `{}`, 400, `"pointer":"/0/mediaId"`},
		{"POST", "/product/{p}/categories?_response", `{"name":"New","parent":{"name":"Above"}}`, 200, `"name":"New"`},
		{"POST", "/product/{p}/extensions/tags?_response", `{"name":"cold"}`, 200, `"name":"cold"`},
		{"PATCH", "/product/{p}/tags/{t}", `{"name":"warm"}`, 204, "/api/tag/{t}"},
		{"GET", "/product/{p}/extensions/tags/{t}/", "", 200, `"name":"warm"`},
		{"GET", "//product/{p}/tags/{t}/products", "", 200, `"id":"{p}"`},
		{"DELETE", "/product/{p}/tags/{t}", "", 204, "/api/tag/{t}"},
		{"DELETE", "/product/{p}/tags/{t}", "", 404, "The product_tag resource with the following primary key was not found: productId({p}), tagId({t})"},
		{"PATCH", "/product/{p}/tags/{t}", `{"name":"x"}`, 404, "FRAMEWORK__RESOURCE_NOT_FOUND"},
		{"GET", "/tag/{t}", "", 200, `"name":"warm"`},

		// Texts.
		{"POST", "/product/{p}/translations", `{"languageId":"{de}","name":"Tee"}`, 204, "/api/product-translation/{p}"},
		{"GET", "/product/{p}/translations/{de}", "", 200, `"name":"Tee"`},
		{"PATCH", "/product/{p}/translations/{de}", `{"name":"Grüner Tee"}`, 204, "/api/product-translation/{p}"},
		{"PATCH", "/product/{p}/translations/{de}?_response", `{"metaTitle":"Tee","languageId":"{sys}"}`, 200, `"name":"Grüner Tee"`},
		{"PATCH", "/product/{p}/translations/{sys}", `{"name":"Green tea"}`, 204, "/api/product-translation/{p}"},
		{"PATCH", "/product/{p}/translations/{sys}", `{"name":null}`, 400, "c1051bb4-d103-4f74-8988-acbcafc7fdc3"},
		{"GET", "/product/{p}", "", 200, `"name":"Green tea"`},
		{"GET", "/product/{p}/translations/{de}/language", "", 200, `"id":"{de}"`},
		{"PATCH", "/product/{p}/translations/{x}", `{"name":"x"}`, 404, "FRAMEWORK__RESOURCE_NOT_FOUND"},
		{"DELETE", "/product/{p}/translations/{de}", "", 204, ""},
		{"PATCH", "/product/{p}/translations/{de}", `{"name":"x"}`, 404, "FRAMEWORK__RESOURCE_NOT_FOUND"},
		{"DELETE", "/product/{p}/translations/{sys}", "", 400, "delete-system-translation-violation"},

		// Texts from the side of their language.
		{"POST", "/language/{de}/product-translations", `{"productId":"{p}","name":"Tee"}`, 204, "/api/product-translation/{de}"},
		{"POST", "/language/{de}/product-translations?_response", `{"productId":"{p}","metaTitle":"T"}`, 200, `"metaTitle":"T"`},
		{"POST", "/language/{de}/product-translations", `{"name":"Tee"}`, 400, `"pointer":"/0/productTranslations/0/productId"`},
		{"POST", "/language/{de}/product-translations", `{"productId":"{x}","name":"Tee"}`, 400, "FRAMEWORK__WRITE_TYPE_INTEND_ERROR"},
		{"PATCH", "/language/{de}", `{"productTranslations":[{"productId":"{p}","keywords":"leaf"}]}`, 204, "/api/language/{de}"},
		{"GET", "/language/{de}/product-translations/{p}", "", 200, `"name":"Tee"`},
		{"GET", "/language/{de}/product-translations/{p}", "", 200, `"keywords":"leaf"`},
		{"GET", "/language/{de}/product-translations/{p}/product", "", 200, `"id":"{p}"`},
		{"GET", "/language/{de}/product-translations/{p}/product/{p}/translations/{de}/language/{de}/product-translations", "", 200, `"name":"Tee"`},
		{"POST", "/search/language/{de}/product-translations", "{}", 200, `"productId":"{p}"`},
		{"POST", "/search-ids/language/{de}/product-translations", "{}", 200, `{"total":1,"data":[{"languageId":"{de}","productId":"{p}"}]}`},
		{"POST", "/search-ids/product/{p}/translations", `{"ids":[{"productId":"{p}","languageId":"{de}"}]}`, 200, `{"total":1,"data":[{"languageId":"{de}","productId":"{p}"}]}`},
		{"GET", "/language/{de}/product-translations/{x}", "", 404, "FRAMEWORK__RESOURCE_NOT_FOUND"},
		{"PATCH", "/language/{de}/product-translations/{p}", `{"name":"Weißer Tee","languageId":"{sys}"}`, 204, "/api/product-translation/{de}"},
		{"GET", "/product/{p}/translations/{de}", "", 200, `"name":"Weißer Tee"`},
		{"PATCH", "/language/{sys}/product-translations/{p}", `{"name":"White tea"}`, 204, "/api/product-translation/{sys}"},
		{"GET", "/product/{p}", "", 200, `"name":"White tea"`},
		{"GET", "/language/{sys}/product-translations/{p}", "", 200, `"name":"White tea"`},
		{"PATCH", "/language/{de}/product-translations/{x}", `{"name":"x"}`, 404, "FRAMEWORK__RESOURCE_NOT_FOUND"},
		{"DELETE", "/language/{sys}/product-translations/{p}", "", 400, "delete-system-translation-violation"},
		{"DELETE", "/language/{de}/product-translations/{p}", "", 204, ""},
		{"DELETE", "/language/{de}/product-translations/{p}", "", 404, "FRAMEWORK__RESOURCE_NOT_FOUND"},
		{"GET", "/product/{p}/translations/{de}", "", 404, "FRAMEWORK__RESOURCE_NOT_FOUND"},

		// What leads nowhere.
		{"GET", "/product/{p}/translation", "", 404, "FRAMEWORK__NOT_EXISTING_RELATION_EXCEPTION"},
		{"GET", "/product/{p}/stock", "", 400, "FRAMEWORK__API_INVALID_ASSOCIATION"},
		{"GET", "/product/{p}/extensions", "", 404, `"code":"0"`},
		{"GET", "/product/{p}/tags/5", "", 404, `"code":"0"`},
		{"POST", "/search/product/{p}/tags/{t}", "{}", 404, `"code":"0"`},
	}
	for _, s := range steps {
		path, body, want := short.Replace(s.path), short.Replace(s.body), short.Replace(s.answer)
		status, header, answer := c.send(s.method, "/api"+path, body)
		got := string(answer)
		if status == http.StatusNoContent {
			got = header.Get("Location")
		}
		if status != s.status || !strings.Contains(got, want) {
			t.Errorf("%s %s %s: %d %s, want %d %s", s.method, path, body, status, got, s.status, want)
		}
	}
	// The path and the headers that say how records are looked at.
	got := c.done("GET", "/api/product/"+product+"/manufacturer", "", http.StatusOK, "sw-language-id: "+german)
	var page struct {
		Data []struct {
			Name       *string
			Translated struct{ Name string }
		}
	}
	if err := json.Unmarshal(got, &page); err != nil || len(page.Data) != 1 || page.Data[0].Name != nil || page.Data[0].Translated.Name != "Navy" {
		t.Errorf("in another language: %s", got)
	}
}

// TestTextsByPath reads texts of each entity from both sides: from their language, where the path
// names their record, and from their record, where it names their language.
func TestTextsByPath(t *testing.T) {
	t.Parallel()
	c := filled(t)
	const system = "2fbb5fe2e29a4d70aa5854ce7ce3e20b"
	var schemas map[string]struct {
		Properties map[string]struct{ Type, Entity, Relation string }
	}
	if err := json.Unmarshal(c.done("GET", "/api/_info/entity-schema.json", "", http.StatusOK), &schemas); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for name, p := range schemas["language"].Properties {
		of, texts := strings.CutSuffix(p.Entity, "_translation")
		if p.Relation != "one_to_many" || !texts {
			continue
		}
		path := "/api/language/" + system + "/" + strings.ToLower(regexp.MustCompile("[A-Z]").ReplaceAllString(name, "-$0"))
		var page struct{ Data []map[string]any }
		if err := json.Unmarshal(c.done("GET", path+"?limit=1", "", http.StatusOK), &page); err != nil {
			t.Fatal(err)
		}
		for _, text := range page.Data {
			asked++
			var owner string
			for key, v := range text {
				if id, ok := v.(string); ok && strings.HasSuffix(key, "Id") && key != "languageId" && !strings.HasSuffix(key, "VersionId") && strings.HasPrefix(text["_uniqueIdentifier"].(string), id) {
					owner = id
				}
			}
			for _, path := range []string{path + "/" + owner, "/api/" + strings.ReplaceAll(of, "_", "-") + "/" + owner + "/translations/" + system} {
				if got := c.done("GET", path, "", http.StatusOK); !strings.Contains(string(got), `"_uniqueIdentifier":"`+owner+"-"+system+`"`) {
					t.Errorf("GET %s: %s", path, got)
				}
			}
		}
	}
	if asked < 12 {
		t.Errorf("%d texts were read", asked)
	}
}
