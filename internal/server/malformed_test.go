package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// malformed are bodies that hardly any route expects: broken texts, and values of a wrong kind
// in every place that some route reads.
func malformed() []string {
	bodies := []string{
		"", " ", "{", "[", "nul", "null", "1", `"x"`, "true", "[]", "{}", "[1]", "[null]", "[{}]", "[[]]", "{}{}", `{"a":1e999}`, `{"":""}`, "\xff", "\x00",
		`{"a":"\ud800"}`, "{\"a\":\"\xff\"}", `{"a\u0000":"\u0000"}`, `{"a":1,"a":2}`, "\ufeff{}",
		strings.Repeat("[", 20_000), strings.Repeat(`{"a":`, 20_000), strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000),
		`{"id":1}`, `{"id":"x"}`, `{"id":null}`, `{"id":{}}`, `{"id":[]}`, `{"id":""}`, `{"ids":"x"}`, `{"ids":{}}`, `{"ids":[{}]}`, `{"ids":[[]]}`, `{"ids":[1]}`, `{"ids":[""]}`,
		`{"page":{}}`, `{"limit":[]}`, `{"limit":1.5}`, `{"limit":1e2}`, `{"limit":99999999999999999999}`, `{"page":99999999999999999999}`, `{"limit":true}`, `{"limit":-0}`,
		`{"total-count-mode":{}}`, `{"title":{}}`, `{"term":{}}`, `{"term":["x"]}`,
		`{"operations":1}`, `{"overwrites":[]}`, `{"cloneChildren":{}}`, `{"versionId":[]}`, `{"versionName":{}}`, `{"versionName":"ä b"}`,
		`{"url":1}`, `{"url":"http://[::1"}`, `{"url":"file:///etc/passwd"}`, `{"url":"http://169.254.169.254/x.png","extension":"png"}`, `{"fileName":{}}`, `{"fileName":"../../x"}`, `{"fileName":"\u0000"}`,
		`{"null":1}`, `{"null":{"":1}}`, `{"null":{"a":1}}`, `{"x":{"a.b":1}}`, `{"a.b":{"c":[{}]}}`, `{"a":{"b":{}}}`,
		`{"status":{},"message":[]}`, `{"status":"x","message":"y","requiredPrivileges":"z"}`, `{"status":"x","message":"y","requiredPrivileges":[1]}`, `{"status":"x","message":"y","adminOnly":{}}`,
		`{"sendMail":{},"documentIds":{},"documentTypes":1,"mediaIds":"x"}`, `{"stateFieldName":{}}`, `{"transition":[]}`,
		`[{"orderId":"x"}]`, `[{"orderId":1,"config":1}]`, `[{"config":{}}]`, `{"strategy":{}}`, `{"strategy":"x"}`, `{"webhooks":1}`, `{"appName":{},"action":1}`, `{"uri":{},"appName":[]}`,
		`{"grant_type":1}`, `{"grant_type":{}}`, `{"grant_type":"password","username":{},"password":[]}`, `{"grant_type":"client_credentials","client_id":{},"client_secret":1}`, `{"grant_type":"refresh_token","refresh_token":[]}`,
		`{"price":1,"name":{},"categories":{},"tags":[1],"manufacturer":[],"translations":"x","customFields":[1],"stock":"x","active":"x","media":[[]],"createdAt":"x"}`,
		`{"translations":{"x":{}}}`, `{"translations":[1]}`, `{"name":{"x":"y"}}`, `{"tax":{"id":1}}`, `{"taxId":{}}`, `{"taxId":{"resolver":1}}`, `{"extensions":1}`,
		`{"data":1}`, `{"data":[]}`, `{"data":{"attributes":1}}`, `{"data":{"relationships":{"tax":{"data":1}}}}`, `{"data":{"id":{}},"included":1}`,
	}
	for _, key := range []string{"filter", "post-filter", "sort", "associations", "aggregations", "includes", "excludes", "fields", "grouping", "query"} {
		for _, value := range []string{
			`1`, `"x"`, `""`, `true`, `null`, `{}`, `[]`, `[null]`, `[1]`, `[[]]`, `[{}]`, `{"":1}`, `{"x":null}`, `{"x":{}}`, `{"x":[1]}`, `[{"type":1}]`, `[{"type":"equals","field":{}}]`,
			`[{"type":"equals","field":"name","value":{}}]`, `[{"type":"range","field":"stock","parameters":[]}]`, `[{"type":"since","field":"createdAt","value":1}]`, `[{"type":"multi","queries":{}}]`, `[{"type":"not","queries":[null]}]`,
			`[{"field":{},"order":{}}]`, `[{"field":"name","order":[]}]`, `[{"name":"a","type":{}}]`, `[{"name":"a","type":"filter","filter":[1],"aggregation":1}]`, `[{"name":"a","type":"terms","field":"id","limit":{},"sort":1}]`, `[{"score":{},"query":[]}]`,
		} {
			bodies = append(bodies, `{"`+key+`":`+value+`}`)
		}
	}
	for _, operation := range []string{
		`null`, `1`, `{"entity":[],"action":{},"payload":"x"}`, `{"entity":"product","action":"upsert","payload":{}}`, `{"entity":"product","action":"upsert","payload":[null,1,"x",[]]}`,
		`{"entity":"product","action":"upsert","payload":[{"id":"x"},{"id":{}}]}`, `{"entity":"product","action":"delete","payload":[{}]}`, `{"entity":"product_category","action":"delete","payload":[{"productId":1}]}`,
		`{"entity":"product","action":"delete","criteria":[1]}`, `{"entity":"product","action":"delete","criteria":{"type":1}}`, `{"entity":"tag","action":"upsert","payload":[{"name":"whole"},{"name":1}]}`,
	} {
		bodies = append(bodies, `[`+operation+`]`, `{"a":`+operation+`}`)
	}
	return bodies
}

// wellRefused fails unless an answer that refuses has the form of admin-api.md 9.
func wellRefused(t *testing.T, what string, status int, header http.Header, answer []byte) {
	t.Helper()
	var told struct{ Errors []map[string]any }
	if err := json.Unmarshal(answer, &told); err != nil || len(told.Errors) == 0 || !strings.HasPrefix(header.Get("Content-Type"), "application/json") {
		t.Errorf("%s: %d %s %.200s", what, status, header.Get("Content-Type"), answer)
		return
	}
	for _, e := range told.Errors {
		code, _ := e["code"].(string)
		_, detailed := e["detail"]
		title, _ := e["title"].(string)
		_, violation := e["template"].(string)
		wrong := code == "" || e["status"] != fmt.Sprint(status) || !detailed || (title == "") != violation
		for member := range e {
			wrong = wrong || !slices.Contains([]string{"code", "status", "title", "detail", "template", "meta", "source"}, member)
		}
		if source, ok := e["source"].(map[string]any); e["source"] != nil {
			pointer, _ := source["pointer"].(string)
			wrong = wrong || !ok || len(source) != 1 || !strings.HasPrefix(pointer, "/")
		}
		if wrong {
			t.Errorf("%s: %d %v", what, status, e)
		}
	}
}

// TestMalformedRequests sends every route what it does not expect. Whatever comes: it is
// answered, never with a failure of the host, refused in the form of the protocol, and what is
// refused leaves nothing behind. Each route gets one body in eight, each another one; all of them
// with APPDOCK_TEST_MALFORMED=all.
func TestMalformedRequests(t *testing.T) {
	t.Parallel()
	c := filled(t)
	c.t = t
	id := func(entity string) string { s, _ := c.found(entity, `{}`)["id"].(string); return s }
	product, order := id("product"), id("order")
	var listed struct {
		Endpoints []struct {
			Path    string
			Methods []string
		}
	}
	if err := json.Unmarshal(c.done("GET", "/api/_info/routes", "", http.StatusOK), &listed); err != nil {
		t.Fatal(err)
	}
	if len(listed.Endpoints) < 50 {
		t.Fatalf("only %d routes are listed", len(listed.Endpoints))
	}
	bodies := malformed()
	each := 8
	if os.Getenv("APPDOCK_TEST_MALFORMED") == "all" {
		each = 1
	}
	asked, refused := 0, 0
	for turn, route := range listed.Endpoints {
		path := route.Path
		if strings.Contains(path, "/notification") {
			path = strings.TrimSuffix(path, "/") // it may be asked ten times, then it says so
		}
		of, entityID := "product", product
		if strings.Contains(path, "order") || strings.Contains(path, "state") {
			of, entityID = "order", order
		}
		fill := strings.NewReplacer("{entity}", of, "{id}", entityID, "{transition}", "explode", "{type}", "product", "{kind}", "invoice", "{code}", "x", "{version}", nowhere, "{any path}", "x", "{path}", "x")
		path = fill.Replace(path)
		for strings.Contains(path, "{") { // the names of parameters are the host's own
			before, rest, _ := strings.Cut(path, "{")
			_, after, _ := strings.Cut(rest, "}")
			path = before + entityID + after
		}
		for _, method := range route.Methods {
			writes := method != "GET" && !strings.Contains(path, "search")
			before := c.host.Records(t, c.shop)
			send := func(query, body string, headers ...string) {
				at := path + query
				if method == "DELETE" {
					at = strings.Replace(at, entityID, nowhere, 1)
				}
				what := fmt.Sprintf("%s %s %.120q %q", method, at, body, headers)
				status, header, answer := c.send(method, at, body, headers...)
				asked++
				switch {
				case status >= http.StatusInternalServerError && status != http.StatusNotImplemented:
					t.Errorf("%s: %d %.300s", what, status, answer)
				case status >= http.StatusMultipleChoices:
					refused++
					wellRefused(t, what, status, header, answer)
				case writes:
					before = c.host.Records(t, c.shop)
				}
			}
			if method == "GET" || method == "DELETE" {
				for _, query := range []string{"?limit[]=x", "?limit=x&page=", "?filter=1&filter[0]=2", "?filter[0][type]=equals", "?sort[]=", "?ids=", "?%zz", "?a[", "?associations[x][y]=1", "?_response", "?domain[]=x", "?fileName[]=x&extension[]=y", "?salesChannelId=x", "?type=x&inherit=x", "?latestTimestamp=x", "?preview[]=1"} {
					send(query, "")
				}
				continue
			}
			for i, body := range bodies {
				if (i+turn)%each == 0 {
					send("", body)
				}
			}
			for i, contentType := range []string{"", "text/plain", "application/vnd.api+json", "application/x-www-form-urlencoded", "application/json; charset=utf-16", ";;", "multipart/form-data", "image/png"} {
				for j, body := range []string{"", "{", "{}", "x", `{"data":[]}`, "a[=b", "\xff"} {
					if (i*7+j+turn)%each > 0 {
						continue
					}
					send("?extension[]=x&fileName[]=y&salesChannelId=x&stateFieldName=x", body, "Content-Type: "+contentType)
				}
			}
			if diff := cmp.Diff(before, c.host.Records(t, c.shop)); diff != "" {
				t.Errorf("%s %s was refused and left traces (-before +after):\n%s", method, path, diff)
			}
		}
	}
	if asked < 500 || refused < asked/2 {
		t.Errorf("%d of %d requests were refused: too few are wrong to be a test", refused, asked)
	}
}
