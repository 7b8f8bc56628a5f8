package server_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
)

// What an authorization that is wrong comes to.
const (
	aPage = "page" // of the shop, with 400: nobody is sent anywhere
	asked = "asked"
)

// Every parameter of an authorization, missing, empty, doubled, wrong and too long. What names
// the app or where its answer goes is told on a page of the shop, the rest to the app; nothing
// ever leads to an address that is not registered, and nothing wrong gives a code, whether
// somebody is logged in or not (protocol-oauth.md B.3).
func TestAuthorizationsThatAreWrong(t *testing.T) {
	t.Parallel()
	config, clock := clocked(development(folder(t)))
	host := open(t, config)
	shop := only(t, host)
	app := newPacked(t, "ship-it", []string{"orders:read"}, nil)
	// A name is no loopback literal, whose ports are all alike in development (RFC 8252).
	cb := strings.Replace(app.URL, "127.0.0.1", "localhost", 1) + "/cb"
	app.more = map[string]any{"auth": map[string]any{"redirect_uri": cb, "redirect_uris": []string{cb + "?tenant=1"}, "scopes": app.scopes}}
	other := newPacked(t, "other-app", []string{"orders:read"}, nil)
	if err := byOperator(t, shop, other.URL); err != nil {
		t.Fatal(err)
	}
	b, stranger := newBrowser(t, host.URL()), newBrowser(t, host.URL())
	b.clock = clock
	b.owner(shop)
	request := func(change ...string) url.Values {
		return app.request(append([]string{"redirect_uri", cb}, change...)...)
	}
	status, _ := b.get("/oauth/authorize?" + request().Encode()) // now the app is known
	b.want(status, http.StatusOK, "Install Shipping")
	long := strings.Repeat("a", 8<<10)

	cases := map[string]struct {
		query string
		want  string // a page, the consent, or the error that the app is told
	}{}
	add := func(name, want string, query url.Values) {
		cases[name] = struct{ query, want string }{query.Encode(), want}
	}
	for name, tt := range map[string]struct {
		value                string // one that is wrong
		missing, wrong, long string
	}{
		"response_type":         {"token", "invalid_request", "unsupported_response_type", "unsupported_response_type"},
		"client_id":             {"somebody-else", aPage, aPage, aPage},
		"redirect_uri":          {"https://evil.example/cb", aPage, aPage, aPage},
		"scope":                 {"customers:read", asked, "invalid_scope", "invalid_scope"},
		"state":                 {"a\r\nb", "invalid_request", "invalid_request", "invalid_request"},
		"code_challenge":        {"short", "invalid_request", "invalid_request", "invalid_request"},
		"code_challenge_method": {"plain", "invalid_request", "invalid_request", "invalid_request"},
		"resource":              {"https://evil.example", asked, "invalid_target", "invalid_target"},
		"access_mode":           {"both", asked, "invalid_request", "invalid_request"},
		"prompt":                {"login", asked, "invalid_request", "invalid_request"},
		"manifest":              {"https://evil.example/app.json", asked, asked, asked}, // the app is known: nothing is fetched
		"login_hint":            {"somebody", asked, asked, asked},
	} {
		add(name+" missing", tt.missing, request(name, ""))
		empty := request()
		empty.Set(name, "")
		add(name+" empty", tt.missing, empty)
		add(name+" wrong", tt.wrong, request(name, tt.value))
		add(name+" too long", tt.long, request(name, long))
		twice := request(name, tt.value)
		twice.Add(name, tt.value)
		add(name+" twice", aPage, twice)
	}
	for name, uri := range map[string]string{
		"a slash more":            cb + "/",
		"another port":            "http://localhost:1/cb",
		"no port":                 "http://localhost/cb",
		"another scheme":          strings.Replace(cb, "http:", "https:", 1),
		"another case, host":      strings.Replace(cb, "localhost", "LOCALHOST", 1),
		"another case, path":      strings.TrimSuffix(cb, "cb") + "CB",
		"an encoded letter":       strings.TrimSuffix(cb, "cb") + "%63b",
		"encoded twice":           url.QueryEscape(cb),
		"a query more":            cb + "?a=b",
		"a query that goes on":    cb + "?tenant=12",
		"a fragment":              cb + "#a",
		"user info":               strings.Replace(cb, "://", "://x@", 1),
		"a step up":               strings.TrimSuffix(cb, "cb") + "x/../cb",
		"a host that goes on":     strings.Replace(cb, "localhost:", "localhost.evil.example:", 1),
		"a backslash":             strings.Replace(cb, "/cb", `\cb`, 1),
		"a blank at the end":      cb + " ",
		"a line break":            cb + "\r\nSet-Cookie: a=b",
		"a script":                "javascript:alert(1)",
		"another client's":        other.URL + "/cb",
		"the address by number":   app.URL + "/cb",
		"a host in another guise": strings.Replace(cb, "localhost", "l\u043ecalhost", 1),
	} {
		add("redirect_uri: "+name, aPage, request("redirect_uri", uri))
	}
	unknown := newPacked(t, "unknown-app", []string{"orders:read"}, nil)
	for name, address := range map[string]string{
		"no manifest":               "",
		"a manifest of another":     app.URL + "/app.json",
		"a manifest of nobody":      "http://127.0.0.1:1/app.json",
		"a manifest that is a file": "file:///etc/passwd",
	} {
		add("an unknown app, "+name, aPage, unknown.request("manifest", address))
	}
	add("response_type: two at once", "unsupported_response_type", request("response_type", "code token"))
	add("state with a blank", "invalid_request", request("state", "a b"))
	add("challenge of base64", "invalid_request", request("code_challenge", strings.Repeat("a", 42)+"+"))
	add("challenge with a dot", "invalid_request", request("code_challenge", strings.Repeat("a", 42)+"."))
	add("method of another case", "invalid_request", request("code_challenge_method", "s256"))
	add("scope of a bad form", "invalid_scope", request("scope", "orders"))
	add("scope with one too many", "invalid_scope", request("scope", "orders:read orders:delete"))
	add("resource with a slash", "invalid_target", request("resource", host.URL()+"/"))
	add("prompt none", "consent_required", request("prompt", "none"))
	add("a name that nobody reads, twice", aPage, url.Values{"x": {"1", "2"}, "client_id": {app.id}})

	for name, tt := range cases {
		clock.ahead.Add(int64(5 * time.Second)) // so that no limit is what refuses
		for who, visitor := range map[string]*browser{"somebody": b, "nobody": stranger} {
			status, to := visitor.get("/oauth/authorize?" + tt.query)
			want := tt.want
			if who == "nobody" && to != "" && strings.HasPrefix(to, "/admin/login?") {
				if want != asked && want != "consent_required" && !strings.HasPrefix(name, "an unknown app") && !strings.HasPrefix(name, "client_id") {
					t.Errorf("%s: nobody is sent to log in for a request that is wrong", name)
				}
				continue
			}
			if who == "nobody" && want == "consent_required" {
				want = "login_required"
			}
			u, err := url.Parse(to)
			if err != nil {
				t.Fatal(err)
			}
			told := u.Query()
			switch {
			case told.Get("code") != "":
				t.Errorf("%s, by %s: gives a code", name, who)
			case want == aPage && (status != http.StatusBadRequest && status != http.StatusUnprocessableEntity || to != "" || strings.Contains(visitor.page, `href="https://evil`)):
				t.Errorf("%s, by %s: got %d to %q, want a page with 400", name, who, status, to)
			case want == asked && (status != http.StatusOK || to != ""):
				t.Errorf("%s, by %s: got %d to %q, want the consent page", name, who, status, to)
			case want != aPage && want != asked && (status != http.StatusSeeOther || !strings.HasPrefix(to, cb+"?error="+want+"&error_description=") || told.Get("iss") != host.URL()):
				t.Errorf("%s, by %s: got %d to %q, want %s", name, who, status, to, want)
			}
		}
		if tt.want == asked {
			continue
		}
		// Nor does a form that somebody sends by hand, from a page of their own log-in.
		if status, _ := b.get("/admin/"); status != http.StatusOK {
			t.Fatal(status)
		}
		form := url.Values{"token": {b.hidden("token")}, "query": {tt.query}, "decision": {"accept"}}
		if _, to := b.do(http.MethodPost, "/oauth/authorize", form); strings.Contains(to, "code=") {
			t.Errorf("%s: a form gives a code: %q", name, to)
		}
	}
	if list, err := shop.Apps(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("%+v, %v: something was let in", list, err)
	}

	// What was consented to is what was shown: another query than the page's is asked about anew.
	status, _ = b.get("/oauth/authorize?" + request().Encode())
	b.want(status, http.StatusOK)
	form := url.Values{"token": {b.hidden("token")}, "query": {request("state", "another").Encode()}, "decision": {"accept"}}
	clock.read()
	if status, to := b.do(http.MethodPost, "/oauth/authorize", form); status != http.StatusOK || to != "" {
		t.Errorf("another query than the page's: %d to %q", status, to)
	}
	// Somebody who may not install apps refuses with it.
	staff := newBrowser(t, host.URL())
	made, err := shop.CreateUser(t.Context(), control.NewUser{Name: "anna", Email: "anna@shop.example", Role: "staff", Privileges: []string{"order:read"}})
	if err != nil {
		t.Fatal(err)
	}
	staff.choose(made.Link)
	status, to := staff.get("/oauth/authorize?" + request().Encode())
	if status != http.StatusSeeOther || !strings.HasPrefix(to, cb+"?error=access_denied&") {
		t.Errorf("without the privilege: %d to %q", status, to)
	}
}

// Whoever lets an app in at a bad moment is sent back to it, and it is told which kind of moment
// (protocol-oauth.md C, RFC 6749 section 4.1.2.1).
func TestAppsThatCannotBeLetIn(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err  error
		want string
	}{
		"a host that takes nothing new": {&appdock.Error{Kind: appdock.Unavailable, Code: "ADK-STORE-FULL", Message: "secret of the host"}, "temporarily_unavailable"},
		"a host that fails":             {errors.New("secret of the host"), "server_error"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config, clock := clocked(development(folder(t)))
			host := open(t, config)
			host.FailCodes(test.err)
			app := newPacked(t, "ship-it", []string{"orders:read"}, nil)
			b := newBrowser(t, host.URL())
			b.clock = clock
			b.owner(only(t, host))
			status, _ := b.get("/oauth/authorize?" + app.request().Encode())
			b.want(status, http.StatusOK)
			status, to := b.accept("accept")
			b.want(status, http.StatusSeeOther)
			u, err := url.Parse(to)
			if err != nil {
				t.Fatal(err)
			}
			told := u.Query()
			if !strings.HasPrefix(to, app.URL+"/cb?") || told.Get("error") != test.want || told.Get("state") != "s-1" || told.Get("iss") != host.URL() || told.Has("code") || strings.Contains(to, "secret") {
				t.Errorf("sent to %q", to)
			}
		})
	}
}
