package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// fault is one error of an answer.
type fault struct {
	Code, Detail string
	Source       struct{ Pointer string }
}

// wrongIn calls and gives what the answer says is wrong.
func wrongIn(t *testing.T, c caller, method, path, body string) []fault {
	t.Helper()
	var answer struct{ Errors []fault }
	if err := json.Unmarshal(c.done(method, path, body, http.StatusBadRequest), &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Errors
}

// TestTextsHoldNoNUL writes the one character that not each database can hold.
func TestTextsHoldNoNUL(t *testing.T) {
	t.Parallel()
	c, _ := newCaller(t)
	for name, test := range map[string]struct{ path, body, pointer string }{
		"a text":              {"/api/tag", `{"name":"a\u0000b"}`, "/0/name"},
		"a translation":       {"/api/customer-group", `{"translations":{"en-GB":{"name":"a\u0000"}}}`, "/name"},
		"a custom field":      {"/api/customer-group", `{"name":"x","customFields":{"a":{"b":["\u0000"]}}}`, "/0/customFields"},
		"a custom field name": {"/api/customer-group", `{"name":"x","customFields":{"a\u0000":1}}`, "/0/customFields"},
		"a list":              {"/api/rule", `{"name":"x","priority":1,"moduleTypes":{"types":["\u0000"]}}`, "/0/moduleTypes"},
	} {
		t.Run(name, func(t *testing.T) {
			c := caller{t, c.calls, c.url, c.token}
			for _, f := range wrongIn(t, c, "POST", test.path, test.body) {
				if strings.HasSuffix(f.Source.Pointer, test.pointer) && strings.Contains(f.Detail, "U+0000") {
					return
				}
			}
			t.Errorf("%s: want a fault at %s", test.body, test.pointer)
		})
	}
}

// TestDurationsNeedADate asks how long ago something was that is no date.
func TestDurationsNeedADate(t *testing.T) {
	t.Parallel()
	c, _ := newCaller(t)
	for _, kind := range []string{"since", "until"} {
		for _, operator := range []string{"gt", "eq", "neq"} {
			for _, field := range []string{"productNumber", "stock", "customFields.a"} {
				wrong := wrongIn(t, c, "POST", "/api/search/product", `{"filter":[{"type":"`+kind+`","field":"`+field+`","value":"P30D","parameters":{"operator":"`+operator+`"}}]}`)
				if len(wrong) != 1 || wrong[0].Source.Pointer != "/filter/0/field" || !strings.Contains(wrong[0].Detail, "need a date") {
					t.Errorf("%s %s %s: %+v", kind, operator, field, wrong)
				}
			}
		}
	}
}
