package httpapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/httpapi"
	"github.com/appdock/appdock/internal/shop"
)

// TestRefusals has each way to be refused (admin-api.md 2, 3, 7 and 9, checks 3 and 4 of 11).
func TestRefusals(t *testing.T) {
	t.Parallel()
	tea := "/api/product/" + teaID.String()
	tests := map[string]send{
		"no token":                         {method: "GET", path: "/api/product", headers: []string{"Authorization:"}},
		"missing privilege":                {method: "GET", path: "/api/product?associations[productReviews][]"},
		"missing privilege to write":       {method: "DELETE", path: "/api/language/" + germanID.String()},
		"response needs read":              {method: "POST", path: "/api/product-review?_response=1", body: `{}`},
		"response of what is no criteria":  {method: "POST", path: "/api/product?_response=1&sort=", body: `{"name":"x"}`},
		"response of what may not be read": {method: "POST", path: "/api/product?_response=1&associations[productReviews][]", body: `{"name":"x"}`},
		"first segment without a route":    {method: "GET", path: "/api/nothing"},
		"unknown entity":                   {method: "POST", path: "/api/search/nothing"},
		"nothing at the top":               {method: "GET", path: "/api"},
		"a path with dots":                 {method: "GET", path: "/api/./product"},
		"too deep a path":                  {method: "GET", path: tea + "/manufacturer/x/y"},
		"an id in upper case":              {method: "GET", path: "/api/product/018C0000000070008000000000000001"},
		"a short id":                       {method: "GET", path: "/api/product/018c"},
		"post to a record":                 {method: "POST", path: tea, body: `{}`},
		"get a search":                     {method: "GET", path: "/api/search/product"},
		"get a token":                      {method: "GET", path: "/api/oauth/token"},
		"malformed JSON to search":         {method: "POST", path: "/api/search/product", body: `{"limit":`},
		"a text to search":                 {method: "POST", path: "/api/search/product", body: `"limit"`},
		"xml to search":                    {method: "POST", path: "/api/search/product", body: `<a/>`, headers: []string{"Content-Type: text/xml"}},
		"malformed JSON to create":         {method: "POST", path: "/api/product", body: `{"a":1}}`},
		"bad UTF-8 to create":              {method: "POST", path: "/api/product", body: "{\"a\":\"\xff\"}"},
		"nothing to create":                {method: "POST", path: "/api/product", headers: []string{"Content-Type: application/json"}},
		"a list to create":                 {method: "POST", path: "/api/product", body: `[{"name":"x"}]`},
		"a form to create":                 {method: "POST", path: "/api/product", body: `a=b`, headers: []string{"Content-Type: application/x-www-form-urlencoded"}},
		"no content type to create":        {method: "POST", path: "/api/product", body: `{}`, headers: []string{"Content-Type:"}},
		"accept nothing spoken":            {method: "POST", path: "/api/product", body: `{}`, headers: []string{"Accept: text/html"}},
		"a violation":                      {method: "POST", path: "/api/product", body: `{"id":"x"}`},
		"delete what is not there":         {method: "DELETE", path: "/api/product/" + unknownID.String()},
		"unknown language":                 {method: "GET", path: "/api/product", headers: []string{"sw-language-id: " + unknownID.String()}},
		"malformed language":               {method: "GET", path: "/api/product", headers: []string{"sw-language-id: de"}},
		"malformed version":                {method: "GET", path: "/api/product", headers: []string{"sw-version-id: live"}},
		"rights of a user":                 {method: "GET", path: "/api/product", headers: []string{"sw-app-user-id: " + unknownID.String()}},
		"a query nested without end":       {method: "GET", path: "/api/product?a" + strings.Repeat("[]", 70)},
		"another shop":                     {method: "GET", path: "/api/_info/version", headers: []string{}},
		"limit above the maximum":          {method: "GET", path: "/api/product?limit=501"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			api, _ := newAPI(f)
			var h http.Handler = api
			if name == "another shop" {
				h = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					r.Host = "other.example"
					api.ServeHTTP(w, r)
				})
			}
			w := tt.to(h)
			faults(t, w.Body.Bytes())
			golden(t, "refused "+name, w)
			if len(f.written) > 0 && name != "a violation" && !strings.Contains(name, "delete") && name != "missing privilege to write" {
				t.Errorf("something was written: %v", f.written)
			}
		})
	}
}

func TestFailuresOfTheHostShowNothing(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*fake){
		"an error without a code": func(f *fake) { f.fail = errDisk },
		"an internal error":       func(f *fake) { f.fail = &appdock.Error{Message: "SELECT disk", Err: errDisk} },
		"a panic":                 func(f *fake) { f.panics = true },
	}
	for name, breakIt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			breakIt(f)
			api, log := newAPI(f)
			w := send{method: "GET", path: "/api/product?secret=1"}.to(api)
			golden(t, "internal", w)
			if !strings.Contains(log.String(), `"level":"ERROR"`) || strings.Contains(log.String(), "secret") {
				t.Errorf("got log %s, want an error without the query", log)
			}
		})
	}
}

// TestWriting is admin-api.md 6.1: the answer, and what the shop was asked to write.
func TestWriting(t *testing.T) {
	t.Parallel()
	tests := map[string]send{
		"create with an id":      {method: "POST", path: "/api/product", body: `{"id":"` + unknownID.String() + `","name":"Mate","stock":10,"weight":1.50}`},
		"create without an id":   {method: "POST", path: "/api/product/", body: `{"name":"Mate"}`, headers: []string{"Content-Type: application/json; charset=utf-8"}},
		"create and see":         {method: "POST", path: "/api/product?_response=detail&includes[product][]=name", body: `{"name":"Mate"}`},
		"create and see jsonapi": {method: "POST", path: "/api/product?_response", body: `{"name":"Mate"}`, headers: []string{"Accept:"}},
		"create from nothing":    {method: "POST", path: "/api/product", body: `[]`},
		"update":                 {method: "PATCH", path: "/api/product/" + teaID.String(), body: `{"id":"x","customFields":{"a":null}}`},
		"delete with a body":     {method: "DELETE", path: "/api/product/" + teaID.String(), body: `nonsense`},
		"kebab in the location":  {method: "POST", path: "/api/product_manufacturer", body: `{"name":"x"}`},
		"create by jsonapi": {
			method: "POST", path: "/api/product", headers: []string{"Content-Type: application/vnd.api+json"},
			body: `{"data":{"type":"product","id":"` + unknownID.String() + `","attributes":{"name":"Mate"},"relationships":{
				"tax":{"data":null},"media":{"links":{}},
				"manufacturer":{"data":{"type":"product_manufacturer","id":"m"}},
				"categories":{"data":[{"type":"category","id":"c1"},{"type":"category","id":"c2"}]}}},
				"included":[{"type":"product_manufacturer","id":"m","attributes":{"name":"Maker"},"relationships":{
					"products":{"data":[{"type":"product","id":"` + unknownID.String() + `"}]},"parent":{"data":{"type":"product_manufacturer","id":"m"}}}},
					{"type":"category","id":"c2","attributes":{"name":"Two"}}]}`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.rights = appdock.NewPrivileges(append(f.rights, "product_manufacturer:create")...)
			api, _ := newAPI(f)
			w := tt.to(api)
			golden(t, "write "+name, w, f.written)
		})
	}
}

func TestJSONAPIDocumentsThatAreWrong(t *testing.T) {
	t.Parallel()
	chain := func(n, fan int) string {
		var b strings.Builder
		refs := strings.Repeat(`,{"type":"a","id":"%"}`, fan)[1:]
		b.WriteString(`{"data":{"relationships":{"x":{"data":[` + strings.ReplaceAll(refs, "%", "0") + `]}}},"included":[{}`)
		for i := range n {
			next := strings.ReplaceAll(refs, "%", string(rune('1'+i)))
			b.WriteString(`,{"type":"a","id":"` + string(rune('0'+i)) + `","relationships":{"x":{"data":[` + next + `]}}}`)
		}
		return b.String() + `]}`
	}
	tests := map[string]string{
		"no data":                           `{}`,
		"data a text":                       `{"data":"x"}`,
		"a list of data":                    `{"data":[{"type":"product"}]}`,
		"a relationship that is a text":     `{"data":{"relationships":{"a":"x"}}}`,
		"a relationship that leads to text": `{"data":{"relationships":{"a":{"data":"x"}}}}`,
		"a list that leads to text":         `{"data":{"relationships":{"a":{"data":["x"]}}}}`,
		"a document that explodes":          chain(20, 3),
		"a document without end":            chain(60, 1),
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			api, _ := newAPI(f)
			w := send{method: "POST", path: "/api/product", body: body, headers: []string{"Content-Type: application/vnd.api+json"}}.to(api)
			if got := faults(t, w.Body.Bytes()); w.Code != 400 || got[0].Code != "0" {
				t.Errorf("got %d %v, want 400 with code 0", w.Code, got)
			}
			if len(f.written) > 0 {
				t.Errorf("something was written: %v", f.written)
			}
		})
	}
}

// TestTokens is protocol-oauth.md A.
func TestTokens(t *testing.T) {
	t.Parallel()
	const form = "Content-Type: application/x-www-form-urlencoded"
	basic := "Authorization: Basic U1dJQUdPT0Q6c2VjcmV0" // SWIAGOOD:secret
	tests := map[string]struct {
		send   send
		golden string
	}{
		"json":                    {send{body: `{"grant_type":"client_credentials","client_id":"SWIAGOOD","client_secret":"secret","scope":["write"]}`}, "token"},
		"form":                    {send{body: `grant_type=client_credentials&client_id=SWIAGOOD&client_secret=secret`, headers: []string{form}}, "token"},
		"basic":                   {send{body: `grant_type=client_credentials`, headers: []string{form, basic}}, "token"},
		"basic and json":          {send{body: `{"grant_type":"client_credentials"}`, headers: []string{basic}}, "token"},
		"a doubled slash":         {send{path: "//api/oauth/token/", body: `grant_type=client_credentials&client_id=SWIAGOOD&client_secret=secret`, headers: []string{form}}, "token"},
		"wrong secret":            {send{body: `{"grant_type":"client_credentials","client_id":"SWIAGOOD","client_secret":"x"}`}, "token wrong client"},
		"the body counts":         {send{body: `grant_type=client_credentials&client_secret=x`, headers: []string{form, basic}}, "token wrong client"},
		"unknown grant":           {send{body: `{"grant_type":"password"}`}, "token unknown grant"},
		"nothing":                 {send{}, "token unknown grant"},
		"malformed":               {send{body: `{"grant_type":`}, "token malformed"},
		"a form malformed":        {send{body: `grant_type=%zz`, headers: []string{form}}, "token form malformed"},
		"far too much":            {send{body: strings.Repeat(" ", 64<<10+1)}, "token too large"},
		"a secret that is a list": {send{body: `{"grant_type":"client_credentials","client_secret":["secret"]}`}, "token wrong parameter"},
		"a secret given twice":    {send{body: `client_secret=a&client_secret=b`, headers: []string{form}}, "token wrong parameter"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, _ := newAPI(newFake(t))
			s := tt.send
			s.method, s.headers = "POST", append([]string{"Authorization:"}, s.headers...)
			if s.path == "" {
				s.path = "/api/oauth/token"
			}
			golden(t, tt.golden, s.to(api))
		})
	}
}

// TestNotifications is protocol-admin.md 3, checks 1 to 3; the others are the shop's.
func TestNotifications(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body   string
		status int
		want   shop.Notification
	}{
		"all fields": {
			`{"status":"success","message":"Done","adminOnly":true,"requiredPrivileges":["order:read"]}`, 200,
			shop.Notification{Status: "success", Message: "Done", AdminOnly: true, RequiredPrivileges: []string{"order:read"}},
		},
		"adminOnly as text":        {`{"status":"attention","message":"x","adminOnly":"true"}`, 200, shop.Notification{Status: "attention", Message: "x", AdminOnly: true}},
		"adminOnly as number":      {`{"status":"info","message":"x","adminOnly":1}`, 200, shop.Notification{Status: "info", Message: "x", AdminOnly: true}},
		"adminOnly false as text":  {`{"status":"info","message":"x","adminOnly":"false"}`, 200, shop.Notification{Status: "info", Message: "x"}},
		"a status that is no text": {`{"status":{"a":1},"message":"x"}`, 200, shop.Notification{Message: "x"}},
		"privileges no list":       {`{"status":"","requiredPrivileges":"order:read"}`, 400, shop.Notification{}},
		"privileges an object":     {`{"requiredPrivileges":{"a":"order:read"}}`, 400, shop.Notification{}},
		"privileges no texts":      {`{"requiredPrivileges":[1]}`, 400, shop.Notification{}},
		"no JSON":                  {`{`, 400, shop.Notification{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			api, _ := newAPI(f)
			w := send{method: "POST", path: "/api/notification", body: tt.body}.to(api)
			if w.Code != tt.status {
				t.Fatalf("got %d %s, want %d", w.Code, w.Body, tt.status)
			}
			if tt.status != 200 {
				faults(t, w.Body.Bytes())
				return
			}
			if got, want := w.Body.String(), `{"id":"`+newID.String()+`"}`; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if diff := cmp.Diff([]shop.Notification{tt.want}, f.noted); diff != "" {
				t.Errorf("notification (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("the privilege comes before the fields", func(t *testing.T) {
		t.Parallel()
		f := newFake(t)
		f.rights = nil
		api, _ := newAPI(f)
		golden(t, "refused notification", send{method: "POST", path: "/api/notification", body: `{"requiredPrivileges":1}`}.to(api))
	})
}

func TestNotificationsComeTooFast(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.fail = appdock.TooOften("FRAMEWORK__NOTIFICATION_THROTTLED", "Notification", 9500*time.Millisecond)
	api, _ := newAPI(f)
	w := send{method: "POST", path: "/api/notification", body: `{"status":"info","message":"x"}`}.to(api)
	const want = `{"errors":[{"code":"FRAMEWORK__NOTIFICATION_THROTTLED","status":"429","title":"Too Many Requests",` +
		`"detail":"Notification throttled for 10 seconds.","meta":{"parameters":{"seconds":10}}}]}`
	if w.Code != 429 || w.Body.String() != want || w.Header().Get("Retry-After") != "10" {
		t.Errorf("got %d %s, Retry-After %q", w.Code, w.Body, w.Header().Get("Retry-After"))
	}
}

func TestNotificationMessages(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 11, 0, 0, 123e6, time.UTC)
	tests := map[string]struct {
		query  string
		status int
		since  time.Time
		shown  int
	}{
		"no bound":                    {"", 200, time.Time{}, 5},
		"a page":                      {"?limit=2", 200, time.Time{}, 2},
		"newer than":                  {"?limit=1&latestTimestamp=2026-03-01+11:00:00.123", 200, at, 1},
		"newer than another spelling": {"?limit=1&latestTimestamp=2026-03-01T11:00:00.123Z", 200, at, 1},
		"nothing yet":                 {"?latestTimestamp=null", 200, time.Time{}, 5},
		"an empty timestamp":          {"?latestTimestamp=", 200, time.Time{}, 5},
		"no timestamp":                {"?latestTimestamp=today", 400, time.Time{}, 0},
		"a list":                      {"?latestTimestamp[]=1", 400, time.Time{}, 0},
		"no page":                     {"?limit=0", 400, time.Time{}, 0},
		"too large a page":            {"?limit=501", 400, time.Time{}, 0},
		"a page of letters":           {"?limit=all", 400, time.Time{}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			for range 7 {
				f.add("notification", newID, "Done")
			}
			api, _ := newAPI(f)
			w := send{method: "GET", path: "/api/notification/message" + test.query}.to(api)
			if w.Code != test.status {
				t.Fatalf("got %d %s, want %d", w.Code, w.Body, test.status)
			}
			if test.status != 200 {
				return
			}
			var got struct {
				Notifications []struct{ ID, Message string }
				Timestamp     string
			}
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			if len(got.Notifications) != test.shown || got.Timestamp != "2026-03-01 12:00:00.000" || got.Notifications[0].Message != "Done" {
				t.Errorf("got %s", w.Body)
			}
			if diff := cmp.Diff([]time.Time{test.since}, f.sinces); diff != "" {
				t.Errorf("asked for newer than (-want +got)\n%s", diff)
			}
		})
	}
	t.Run("there are none", func(t *testing.T) {
		t.Parallel()
		api, _ := newAPI(newFake(t))
		if got := (send{method: "GET", path: "/api/notification/message"}).to(api).Body.String(); got != `{"notifications":[],"timestamp":null}` {
			t.Errorf("got %s", got)
		}
	})
}

// TestBrowsersMayCall is the last lines of admin-api.md 5.7.
func TestBrowsersMayCall(t *testing.T) {
	t.Parallel()
	for _, s := range []send{
		{method: "OPTIONS", path: "/api/anything/at/all", headers: []string{"Authorization:"}},
		{method: "GET", path: "/api/product"},
		{method: "GET", path: "/api/nothing"},
	} {
		api, _ := newAPI(newFake(t))
		w := s.to(api)
		if s.method == "OPTIONS" && (w.Code != 200 || w.Body.Len() > 0) {
			t.Errorf("got %d %q, want an empty 200", w.Code, w.Body)
		}
		if got := w.Header().Get("Access-Control-Allow-Origin"); got != "*" {
			t.Errorf("%s %s: got origin %q, want *", s.method, s.path, got)
		}
		for _, name := range []string{"Access-Control-Allow-Headers", "Access-Control-Expose-Headers"} {
			if got := w.Header().Get(name); !strings.Contains(got, "sw-language-id") || !strings.Contains(got, "Authorization") {
				t.Errorf("%s %s: got %s %q", s.method, s.path, name, got)
			}
		}
	}
}

func TestOnlyTheAPIIsTaken(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"/api": true, "/api/": true, "//api/product": true, "/api/v1/x": true, "/api/..": true,
		"/": false, "/apis": false, "/admin/api": false, "/v1/api": false,
	}
	for path, want := range tests {
		api, _ := newAPI(newFake(t))
		w := send{method: "GET", path: path}.to(api.Or(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusTeapot)
		})))
		if got := w.Code != http.StatusTeapot; got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
		if w.Code >= 300 && w.Code < 400 {
			t.Errorf("%s: got the redirect %d", path, w.Code)
		}
	}
}

func TestCallsAreObserved(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	api, _ := newAPI(f)
	send{method: "GET", path: "/api/product?x=y"}.to(api)
	send{method: "GET", path: "/api/product", headers: []string{"Authorization:"}}.to(api)
	const id = appdock.ShopID("aB3dE6gH9jK2mN5p")
	want := []httpapi.Call{
		{Actor: appdock.Actor{Shop: id, Installation: appID, Integration: integrationID, Privileges: f.rights}, Shop: id, Method: "GET", Path: "/api/product", Status: 200, At: started},
		{Shop: id, Method: "GET", Path: "/api/product", Status: 401, At: started},
	}
	if diff := cmp.Diff(want, f.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// TestTheConnectionSurvives sends what is wrong over one connection.
func TestTheConnectionSurvives(t *testing.T) {
	t.Parallel()
	api, _ := newAPI(newFake(t))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = "shop.example"
		api.Or(http.NotFoundHandler()).ServeHTTP(w, r)
	}))
	defer server.Close()
	reused := false
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(c httptrace.GotConnInfo) { reused = c.Reused }})
	large := func() io.Reader { return io.LimitReader(endless{}, 32<<20+1) }
	for i, tt := range []struct {
		name, method, path string
		body               io.Reader
		length             int64
		status             int
	}{
		{"a good one", "GET", "/api/product", nil, 0, 200},
		{"malformed JSON", "POST", "/api/product", strings.NewReader("{"), 1, 400},
		{"malformed criteria", "POST", "/api/search/product", strings.NewReader(`{"limit":0}`), 11, 400},
		{"unknown entity", "POST", "/api/search/nothing", strings.NewReader(`{}`), 2, 404},
		{"unknown route", "POST", "/api/a/b/c/d", strings.NewReader(`{}`), 2, 404},
		{"wrong method", "PUT", "/api/product", strings.NewReader(`{}`), 2, 405},
		{"too large a body", "POST", "/api/product", large(), 32<<20 + 1, 413},
		{"too large a body of unknown length", "POST", "/api/search/product", large(), -1, 413},
		{"a good one again", "GET", "/api/product", nil, 0, 200},
	} {
		req, err := http.NewRequestWithContext(ctx, tt.method, server.URL+tt.path, tt.body)
		if err != nil {
			t.Fatal(err)
		}
		req.ContentLength = tt.length
		req.Header.Set("Authorization", good)
		req.Header.Set("Content-Type", content)
		res, err := server.Client().Do(req)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != tt.status {
			t.Errorf("%s: got %d, want %d", tt.name, res.StatusCode, tt.status)
		}
		if tt.status >= 400 {
			faults(t, body)
		}
		if reused != (i > 0) {
			t.Errorf("%s: got reused %v, want %v", tt.name, reused, i > 0)
		}
	}
}

// endless is a body of blanks.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, strings.Repeat(" ", len(p))), nil }

// TestRotations is protocol-handshake.md 8.1, "rotate, API".
func TestRotations(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		actor  func(*appdock.Actor)
		status int
	}{
		"an app":                      {func(*appdock.Actor) {}, 202},
		"a token of no integration":   {func(a *appdock.Actor) { a.Integration = appdock.ID{} }, 400},
		"an integration without apps": {func(a *appdock.Actor) { a.Installation = appdock.ID{} }, 404},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.actor = tt.actor
			api, _ := newAPI(f)
			w := send{method: "POST", path: "/api/_action/app-system/secret/rotate"}.to(api)
			if w.Code != tt.status || tt.status == 202 && (strings.TrimSpace(w.Body.String()) != "[]" || len(f.rotated) != 1) {
				t.Errorf("got %d %s, rotated %v", w.Code, w.Body, f.rotated)
			}
		})
	}
}
