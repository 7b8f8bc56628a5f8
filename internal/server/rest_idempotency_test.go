package server_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestAnswersAreGivenOnce asks for everything that is done outside of a unit of work, or in one
// of its own kind, twice under one key: it is done once, and told twice alike.
func TestAnswersAreGivenOnce(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	c := development(dir)
	c.Demo, c.Now = true, quick()
	host := open(t, c)
	shop := only(t, host)
	app := newPacked(t, "ship-it", []string{"products:write", "media:write", "webhooks:read", "webhooks:write", "webhooks:delete", "notifications:write"}, nil)
	if err := byOperator(t, shop, app.URL); err != nil {
		t.Fatal(err)
	}
	admin := callerOf(t, host)
	api := restClient{t, host.URL(), app.text("access_token")}
	count := func(entity string) float64 {
		t.Helper()
		var found struct {
			Total float64
		}
		text := admin.done("POST", "/api/search/"+entity, `{"limit":1,"total-count-mode":1}`, http.StatusOK)
		if err := json.Unmarshal(text, &found); err != nil {
			t.Fatal(err)
		}
		return found.Total
	}
	hook := func(topic string) string {
		return `{"topic":"` + topic + `","address":"` + app.URL + `/hook"}`
	}
	made := api.must(201, "POST", "/webhooks", hook("product.updated"))
	one := made.Body["id"].(string)
	if tag := api.must(200, "GET", "/webhooks/"+one, nil).Header.Get("ETag"); tag == "" || tag != made.Header.Get("ETag") {
		t.Errorf("a subscription is %s when it is made and %s when it is read", made.Header.Get("ETag"), tag)
	}
	// What must match is part of what is asked.
	product := api.must(201, "POST", "/products", `{"sku":"MATCH","name":"N","stock":1,"price":{"amount":"1"},"tax":{"rate":19}}`)
	change := func(status int, tag string) reply {
		t.Helper()
		return api.must(status, "PATCH", "/products/"+product.Body["id"].(string), `{"stock":2}`, "Idempotency-Key", "match", "If-Match", tag)
	}
	first := change(200, product.Header.Get("ETag"))
	if again := change(200, product.Header.Get("ETag")); again.Header.Get("ETag") != first.Header.Get("ETag") {
		t.Error("it was done twice")
	}
	if r := api.do("PATCH", "/products/"+product.Body["id"].(string), `{"stock":2}`, "Idempotency-Key", "match", "If-Match", first.Header.Get("ETag")); r.StatusCode != 422 || r.Body["code"] != "idempotency_key_reused" {
		t.Errorf("with another tag: %d %s", r.StatusCode, r.Text)
	}
	batched := func(sku string) string {
		return `[{"id":"a","method":"POST","path":"/products","body":{"sku":"` + sku + `","name":"N","stock":1,"price":{"amount":"1"},"tax":{"rate":19}}}]`
	}
	key := "whsec_"
	form := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"once.txt\"\r\n\r\nonce\r\n--x--\r\n"
	for name, tt := range map[string]struct {
		method, path, body string
		other              string // another body under the same key
		entity             string // of which there is one more afterwards; empty: of none
		header             []string
	}{
		"a subscription":          {"POST", "/webhooks", hook("product.created"), hook("product.deleted"), "", nil},
		"a change of one":         {"PATCH", "/webhooks/" + one, `{"suppress_own":true}`, `{"suppress_own":false}`, "", nil},
		"the end of one":          {"DELETE", "/webhooks/" + one, "", "", "", nil},
		"a line for the merchant": {"POST", "/notifications", `{"status":"info","message":"once"}`, `{"status":"info","message":"twice"}`, "notification", nil},
		"a batch":                 {"POST", "/batch", batched("ONCE-1"), batched("ONCE-2"), "product", nil},
		"an atomic batch":         {"POST", "/batch?atomic=true", batched("ONCE-3"), batched("ONCE-4"), "product", nil},
		"another key":             {"POST", "/webhook-secret/rotate", "", "", "", nil},
		"a file":                  {"POST", "/media", form, strings.Replace(form, "once\r", "twice\r", 1), "media", []string{"Content-Type", "multipart/form-data; boundary=x"}},
	} {
		if name == "the end of one" {
			continue // after its change
		}
		before := 0.0
		if tt.entity != "" {
			before = count(tt.entity)
		}
		header := append([]string{"Idempotency-Key", name}, tt.header...)
		var body any
		if tt.body != "" {
			body = tt.body
		}
		first := api.do(tt.method, tt.path, body, header...)
		again := api.do(tt.method, tt.path, body, header...)
		if first.StatusCode >= 300 || again.StatusCode != first.StatusCode || string(first.Text) != string(again.Text) ||
			first.Header.Get("Idempotent-Replayed") != "" || again.Header.Get("Idempotent-Replayed") != "true" || again.Header.Get("Location") != first.Header.Get("Location") {
			t.Errorf("%s: %d %s %v, then %d %s %v", name, first.StatusCode, first.Text, first.Header, again.StatusCode, again.Text, again.Header)
		}
		if tt.entity != "" && count(tt.entity) != before+1 {
			t.Errorf("%s: %v before, %v now", name, before, count(tt.entity))
		}
		if tt.other != "" {
			api.refused(422, "idempotency_key_reused", tt.method, tt.path, tt.other, header...)
		}
		if secret, ok := first.Body["webhook_secret"].(string); ok {
			key = secret
		}
	}
	api.must(204, "DELETE", "/webhooks/"+one, nil, "Idempotency-Key", "the end of one")
	if again := api.must(204, "DELETE", "/webhooks/"+one, nil, "Idempotency-Key", "the end of one"); again.Header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("%v", again.Header)
	}
	api.refused(404, "not_found", "DELETE", "/webhooks/"+one, nil)
	// A refusal is told again as well; one that asks to wait is not.
	for range 2 {
		api.refused(409, "duplicate", "POST", "/batch?atomic=true", batched("ONCE-3"), "Idempotency-Key", "refused")
	}
	if err := host.Close(); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		for _, form := range []string{key, base64.StdEncoding.EncodeToString([]byte(`{"webhook_secret":"` + key))[:60]} {
			if bytes.Contains(content, []byte(form)) {
				t.Errorf("the key of the webhooks stands in %s", path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	// A restart forgets nothing.
	host = open(t, c)
	api.base = host.URL()
	again := api.must(201, "POST", "/notifications", `{"status":"info","message":"once"}`, "Idempotency-Key", "a line for the merchant")
	if again.Header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("after a restart: %s", again.Text)
	}
	if again := api.must(200, "POST", "/webhook-secret/rotate", nil, "Idempotency-Key", "another key"); again.Body["webhook_secret"] != key {
		t.Error("after a restart the key is another")
	}
	api.refused(422, "idempotency_key_reused", "POST", "/notifications", `{"status":"info","message":"twice"}`, "Idempotency-Key", "a line for the merchant")
}

// TestTheSameAtTheSameTime sends one request many times at once: it is done once, and the
// others are told to wait, or what came of it.
func TestTheSameAtTheSameTime(t *testing.T) {
	t.Parallel()
	b := bothAPIs(t, "products:write", "notifications:write")
	for path, body := range map[string]string{
		"/notifications": `{"status":"info","message":"at once"}`,
		"/products":      `{"sku":"AT-ONCE","name":"N","stock":1,"price":{"amount":"1"},"tax":{"rate":19}}`,
	} {
		var all sync.WaitGroup
		var mu sync.Mutex
		done, told := 0, map[string]bool{}
		for range 8 {
			all.Go(func() {
				r := b.rest.do("POST", path, body, "Idempotency-Key", "at once "+path)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case r.StatusCode == http.StatusCreated:
					told[string(r.Text)] = true
					if r.Header.Get("Idempotent-Replayed") == "" {
						done++
					}
				case r.StatusCode != http.StatusConflict || r.Body["code"] != "idempotency_in_progress" || r.Header.Get("Retry-After") != "1":
					t.Errorf("%s: %d %s %v", path, r.StatusCode, r.Text, r.Header)
				}
			})
		}
		all.Wait()
		if done != 1 || len(told) != 1 {
			t.Errorf("%s: done %d times, told %v", path, done, told)
		}
	}
}
