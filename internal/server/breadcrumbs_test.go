package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestBranchesFollowTheTree moves and renames categories, and reads what those below say of where
// they stand: path, level, and their breadcrumb in each language (entities.md, "Deletion, numbering
// and state rules").
func TestBranchesFollowTheTree(t *testing.T) {
	t.Parallel()
	c, _ := newCaller(t)
	id := func(name string) string { return fmt.Sprintf("018c0000000070008000000000000e%02x", name[0]) }
	german, _ := c.found("language", `{"filter":[{"type":"equals","field":"locale.code","value":"de-DE"}]}`)["id"].(string)
	const austrian = "018c0000000070008000000000000eff"
	c.done("POST", "/api/language", `{"id":"`+austrian+`","name":"Austrian","parentId":"`+german+`","locale":{"code":"de-XX","name":"x","territory":"x"}}`, http.StatusNoContent)
	write := func(payload ...string) {
		t.Helper()
		c.done("POST", "/api/_action/sync", `[{"entity":"category","action":"upsert","payload":[`+strings.Join(payload, ",")+`]}]`, http.StatusOK)
	}
	crumbs := func(name string) string {
		t.Helper()
		var all []string
		for _, language := range []string{"", german, austrian} {
			r := c.found("category", `{"ids":["`+id(name)+`"]}`, "sw-language-id: "+language)
			var names []string
			raw, err := json.Marshal(r["translated"].(map[string]any)["breadcrumb"])
			if err == nil {
				err = json.Unmarshal(raw, &names)
			}
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, strings.Join(names, ">"))
		}
		r := c.found("category", `{"ids":["`+id(name)+`"]}`)
		path, _ := r["path"].(string)
		return fmt.Sprintf("%s level %v below %d", strings.Join(all, " "), r["level"], max(strings.Count(path, "|")-1, 0))
	}
	want := func(when string, all map[string]string) {
		t.Helper()
		for name, want := range all {
			if got := crumbs(name); got != want {
				t.Errorf("%s: %s is at %s, want %s", when, name, got, want)
			}
		}
	}
	category := func(name, parent, more string) string {
		payload := `{"id":"` + id(name) + `","name":"` + name + `"`
		if parent != "" {
			payload += `,"parentId":"` + id(parent) + `"`
		}
		return payload + more + `}`
	}
	// What is sent as a breadcrumb does not count; a language that no name is in has the system's.
	write(category("a", "", `,"breadcrumb":["x"],"translations":{"de-DE":{"name":"A","breadcrumb":"x"}}`),
		category("b", "a", `,"visible":false`), category("c", "b", `,"translations":{"de-XX":{"name":"Ö"}}`), category("x", "", ""))
	want("at first", map[string]string{
		"a": "a A A level 1 below 0", "b": "a>b A>b A>b level 2 below 1", "c": "a>b>c A>b>c A>b>Ö level 3 below 2", "x": "x x x level 1 below 0",
	})
	write(`{"id":"` + id("b") + `","name":{"en-GB":"bb","de-DE":"B"}}`)
	want("renamed", map[string]string{"b": "a>bb A>B A>B level 2 below 1", "c": "a>bb>c A>B>c A>B>Ö level 3 below 2"})
	for name, moved := range map[string]bool{"b": true, "c": false} { // nobody wrote what stands below
		if at := c.found("category", `{"ids":["`+id(name)+`"]}`)["updatedAt"]; (at != nil) != moved {
			t.Errorf("%s was updated at %v", name, at)
		}
	}
	write(`{"id":"`+id("b")+`","parentId":"`+id("x")+`"}`, category("d", "c", ""))
	want("moved", map[string]string{"b": "x>bb x>B x>B level 2 below 1", "c": "x>bb>c x>B>c x>B>Ö level 3 below 2", "d": "x>bb>c>d x>B>c>d x>B>Ö>d level 4 below 3"})
	write(`{"id":"` + id("c") + `","parentId":null}`)
	want("moved to the top", map[string]string{"c": "c c Ö level 1 below 0", "d": "c>d c>d Ö>d level 2 below 1"})
	c.done("DELETE", "/api/category/"+id("c")+"/translations/"+austrian, "", http.StatusNoContent)
	want("without the text", map[string]string{"c": "c c c level 1 below 0", "d": "c>d c>d c>d level 2 below 1"})
	c.done("PATCH", "/api/category/"+id("a")+"/translations/"+german, `{"name":"AA"}`, http.StatusNoContent)
	want("renamed in a language", map[string]string{"a": "a AA AA level 1 below 0"})

	write(category("f", "a", `,"visible":false,"translations":{"de-DE":{"name":"F"}}`), category("g", "f", `,"translations":{"de-XX":{"name":"G"}}`))
	want("below each other", map[string]string{"g": "a>f>g AA>F>g AA>F>G level 3 below 2"})
	c.done("PATCH", "/api/language/"+austrian, `{"parentId":null}`, http.StatusNoContent)
	want("in a language that falls back to the system's", map[string]string{"g": "a>f>g AA>F>g a>f>G level 3 below 2", "a": "a AA a level 1 below 0"})
	c.done("PATCH", "/api/language/"+austrian, `{"parentId":"`+german+`"}`, http.StatusNoContent)
	want("in one that falls back to German", map[string]string{"g": "a>f>g AA>F>g AA>F>G level 3 below 2"})

	// What a shopper sees below a category is counted, also where another record leads to it.
	visible := func(name string) any {
		t.Helper()
		return c.found("category", `{"ids":["`+id(name)+`"]}`)["visibleChildCount"]
	}
	steps := []struct {
		payload string
		want    [2]float64 // below x and below a
	}{
		{`{"id":"` + id("e") + `","name":"e","parentId":"` + id("x") + `","active":true,"visible":true}`, [2]float64{1, 0}},
		{`{"id":"` + id("b") + `","active":true,"visible":true}`, [2]float64{2, 0}},
		{`{"id":"` + id("e") + `","visible":false}`, [2]float64{1, 0}},
		{`{"id":"` + id("b") + `","parentId":"` + id("a") + `"}`, [2]float64{0, 1}},
		{`{"id":"` + id("b") + `","name":"again"}`, [2]float64{0, 1}},
	}
	for _, s := range steps {
		write(s.payload)
		if x, a := visible("x"), visible("a"); x != s.want[0] || a != s.want[1] {
			t.Errorf("after %s: %v and %v are visible, want %v", s.payload, x, a, s.want)
		}
	}
	if parent := c.found("category", `{"ids":["`+id("b")+`"],"associations":{"parent":{}}}`)["parent"].(map[string]any); parent["visibleChildCount"] != 1.0 {
		t.Errorf("as a parent, a has %v visible children", parent["visibleChildCount"])
	}
	c.done("DELETE", "/api/category/"+id("b"), "", http.StatusNoContent)
	if a := visible("a"); a != 0.0 {
		t.Errorf("after the end of b, %v are visible", a)
	}
}
