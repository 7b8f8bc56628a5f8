package oauth_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/protocol"
)

const (
	issuer    = "https://shop.example"
	callback  = "https://api.shippingexpert.com/oauth/callback"
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" // vector pkce-s256
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)

func scopes(names ...string) []protocol.Scope {
	var list []protocol.Scope
	for _, name := range names {
		s, ok := protocol.LookupScope(name)
		if !ok {
			panic(name)
		}
		list = append(list, s)
	}
	return list
}

// shipping is an app that works.
func shipping() oauth.App {
	return oauth.App{
		Installation: app, Name: "shipping", Version: "2.1.0", SecretHash: hash("client-secret"),
		RedirectURIs: []string{callback, "https://api.shippingexpert.com/other?tenant=1", "http://127.0.0.1/cb"},
		Requested:    scopes("orders:read", "orders:write", "products:read"),
		Granted:      scopes("orders:read", "products:read"),
		State:        oauth.Installed, Active: true, ManifestHash: "m1", ConsentHash: "m1",
	}
}

// asking is a request in which nothing is wrong, with changes: "-name" takes a parameter
// out, "name=value" sets it, "+name=value" adds it once more.
func asking(changes ...string) url.Values {
	query := url.Values{
		"response_type": {"code"}, "client_id": {"shipping"}, "redirect_uri": {callback}, "state": {"af0ifjsldkj"},
		"code_challenge": {challenge}, "code_challenge_method": {"S256"}, "scope": {"orders:read"},
	}
	for _, change := range changes {
		name, value, _ := strings.Cut(change, "=")
		switch {
		case strings.HasPrefix(name, "-"):
			query.Del(name[1:])
		case strings.HasPrefix(name, "+"):
			query.Add(name[1:], value)
		default:
			query.Set(name, value)
		}
	}
	return query
}

func TestAuthorizeIsRefused(t *testing.T) {
	t.Parallel()
	const page = "" // shown on a page of the host: nothing goes to the app
	tests := map[string]struct {
		query    url.Values
		code, to string
		state    string
	}{
		// Until the redirect_uri is checked, nobody is sent anywhere.
		"a parameter twice":                {asking("+scope=orders:write"), "invalid_request", page, ""},
		"one we do not read, twice":        {asking("+x=1", "+x=2"), "invalid_request", page, ""},
		"the redirect_uri twice":           {asking("+redirect_uri=" + callback), "invalid_request", page, ""},
		"no client_id":                     {asking("-client_id"), "invalid_request", page, ""},
		"no redirect_uri":                  {asking("-redirect_uri"), "invalid_request", page, ""},
		"an empty redirect_uri":            {asking("redirect_uri="), "invalid_request", page, ""},
		"another redirect_uri":             {asking("redirect_uri=https://evil.example/"), "invalid_request", page, ""},
		"a slash more":                     {asking("redirect_uri=" + callback + "/"), "invalid_request", page, ""},
		"another case":                     {asking("redirect_uri=https://API.shippingexpert.com/oauth/callback"), "invalid_request", page, ""},
		"the default port":                 {asking("redirect_uri=https://api.shippingexpert.com:443/oauth/callback"), "invalid_request", page, ""},
		"percent-encoded":                  {asking("redirect_uri=https://api.shippingexpert.com/oauth/%63allback"), "invalid_request", page, ""},
		"a query more":                     {asking("redirect_uri=" + callback + "?a=b"), "invalid_request", page, ""},
		"a query less":                     {asking("redirect_uri=https://api.shippingexpert.com/other"), "invalid_request", page, ""},
		"user info":                        {asking("redirect_uri=https://a@api.shippingexpert.com/oauth/callback"), "invalid_request", page, ""},
		"a step up":                        {asking("redirect_uri=https://api.shippingexpert.com/x/../oauth/callback"), "invalid_request", page, ""},
		"a fragment":                       {asking("redirect_uri=" + callback + "#x"), "invalid_request", page, ""},
		"another port of loopback":         {asking("redirect_uri=http://127.0.0.1:8123/cb"), "invalid_request", page, ""},
		"a wrong redirect_uri before rest": {asking("redirect_uri=x", "response_type=token"), "invalid_request", page, ""},
		// From here on, the app is told.
		"no response_type":           {asking("-response_type"), "invalid_request", callback, "af0ifjsldkj"},
		"the implicit grant":         {asking("response_type=token"), "unsupported_response_type", callback, "af0ifjsldkj"},
		"a hybrid":                   {asking("response_type=code token"), "unsupported_response_type", callback, "af0ifjsldkj"},
		"no state":                   {asking("-state"), "invalid_request", callback, ""},
		"a state with a blank":       {asking("state=a b"), "invalid_request", callback, ""},
		"a state with a line break":  {asking("state=a\r\nSet-Cookie: x"), "invalid_request", callback, ""},
		"a state that is too long":   {asking("state=" + strings.Repeat("a", 513)), "invalid_request", callback, ""},
		"no challenge":               {asking("-code_challenge"), "invalid_request", callback, "af0ifjsldkj"},
		"no method, which is plain":  {asking("-code_challenge_method"), "invalid_request", callback, "af0ifjsldkj"},
		"the method plain":           {asking("code_challenge_method=plain"), "invalid_request", callback, "af0ifjsldkj"},
		"another case of the method": {asking("code_challenge_method=s256"), "invalid_request", callback, "af0ifjsldkj"},
		"a short challenge":          {asking("code_challenge=" + challenge[1:]), "invalid_request", callback, "af0ifjsldkj"},
		"a long challenge":           {asking("code_challenge=" + strings.Repeat("a", 129)), "invalid_request", callback, "af0ifjsldkj"},
		"a challenge of base64":      {asking("code_challenge=" + challenge[1:] + "+"), "invalid_request", callback, "af0ifjsldkj"},
		"a challenge with a dot":     {asking("code_challenge=" + challenge[1:] + "."), "invalid_request", callback, "af0ifjsldkj"},
		"another resource":           {asking("resource=https://other.example"), "invalid_target", callback, "af0ifjsldkj"},
		"an unknown access_mode":     {asking("access_mode=forever"), "invalid_request", callback, "af0ifjsldkj"},
		"an unknown prompt":          {asking("prompt=login"), "invalid_request", callback, "af0ifjsldkj"},
		"a scope that is none":       {asking("scope=orders"), "invalid_scope", callback, "af0ifjsldkj"},
		"a scope of no manifest":     {asking("scope=orders:read customers:read"), "invalid_scope", callback, "af0ifjsldkj"},
		"deleting, when it writes":   {asking("scope=orders:delete"), "invalid_scope", callback, "af0ifjsldkj"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := oauth.ClientID(tt.query)
			if err == nil {
				_, err = shipping().Authorize(tt.query, issuer, false)
			}
			checkRefusal(t, err, tt.code)
			var back *oauth.RedirectError
			if errors.As(err, &back); (back != nil) != (tt.to != page) {
				t.Fatalf("sent to the app: %t", back != nil)
			}
			if back != nil && (back.To != tt.to || back.State != tt.state) {
				t.Errorf("sent to %s with state %q, want %s with %q", back.To, back.State, tt.to, tt.state)
			}
		})
	}
}

func TestAuthorizeRefusesAnAppThatMayNot(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*oauth.App){
		"blocked by the operator": func(a *oauth.App) { a.Blocked = true },
		"deactivated":             func(a *oauth.App) { a.Active = false },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := shipping()
			change(&a)
			_, err := a.Authorize(asking(), issuer, false)
			checkRefusal(t, err, "unauthorized_client")
		})
	}
}

func TestAuthorize(t *testing.T) {
	t.Parallel()
	whole := oauth.Authorization{App: "shipping", RedirectURI: callback, Scopes: scopes("orders:read"), State: "af0ifjsldkj", Challenge: challenge}
	with := func(change func(*oauth.Authorization)) oauth.Authorization {
		a := whole
		change(&a)
		return a
	}
	tests := map[string]struct {
		query       url.Values
		development bool
		want        oauth.Authorization
	}{
		"whole":                   {asking(), false, whole},
		"no scope is all":         {asking("-scope"), false, with(func(a *oauth.Authorization) { a.Scopes = scopes("orders:read", "orders:write", "products:read") })},
		"a scope twice":           {asking("scope=orders:read  orders:read"), false, whole},
		"reading, when it writes": {asking("scope=products:read orders:write"), false, with(func(a *oauth.Authorization) { a.Scopes = scopes("products:read", "orders:write") })},
		"for a user":              {asking("access_mode=online", "prompt=consent"), false, with(func(a *oauth.Authorization) { a.Online, a.Prompt = true, oauth.PromptConsent })},
		"the shop as resource":    {asking("resource=" + issuer), false, whole},
		"what is not ours":        {asking("login_hint=a@b.example"), false, whole},
		"any port of loopback, in development": {
			asking("redirect_uri=http://127.0.0.1:8123/cb"), true,
			with(func(a *oauth.Authorization) { a.RedirectURI = "http://127.0.0.1:8123/cb" }),
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := shipping().Authorize(tt.query, issuer, tt.development)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("authorization (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNeedsConsent(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*oauth.App)
		asked  oauth.Authorization
		want   bool
	}{
		"nothing new":               {func(*oauth.App) {}, oauth.Authorization{Scopes: scopes("orders:read")}, false},
		"the app wants it shown":    {func(*oauth.App) {}, oauth.Authorization{Prompt: oauth.PromptConsent}, true},
		"a scope more":              {func(*oauth.App) {}, oauth.Authorization{Scopes: scopes("orders:write")}, true},
		"another manifest":          {func(a *oauth.App) { a.ManifestHash = "m2" }, oauth.Authorization{Scopes: scopes("orders:read")}, true},
		"never consented to":        {func(a *oauth.App) { a.State = oauth.Previewed }, oauth.Authorization{}, true},
		"reading comes with writes": {func(a *oauth.App) { a.Granted = scopes("orders:write") }, oauth.Authorization{Scopes: scopes("orders:read")}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := shipping()
			tt.change(&a)
			if got := a.NeedsConsent(tt.asked); got != tt.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

// FuzzAuthorize: whatever is asked, a browser is sent to a registered address or nowhere.
func FuzzAuthorize(f *testing.F) {
	f.Add(asking().Encode())
	f.Add(asking("redirect_uri=https://evil.example/").Encode())
	f.Fuzz(func(t *testing.T, raw string) {
		query, err := url.ParseQuery(raw)
		if err != nil {
			t.Skip()
		}
		a := shipping()
		got, err := a.Authorize(query, issuer, false)
		to := got.RedirectURI
		var back *oauth.RedirectError
		if errors.As(err, &back) {
			to = back.To
		}
		if to != "" && to != a.RedirectURIs[0] && to != a.RedirectURIs[1] && to != a.RedirectURIs[2] {
			t.Errorf("sent to %s", to)
		}
	})
}
