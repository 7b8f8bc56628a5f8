package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// codeFor has a person consent and gives the code, which nobody exchanges.
func codeFor(t *testing.T, b *browser, app *packed) string {
	t.Helper()
	status, to := b.get("/oauth/authorize?" + app.request().Encode())
	if status == http.StatusOK {
		status, to = b.accept("accept")
	}
	u, err := url.Parse(to)
	if status != http.StatusSeeOther || err != nil || u.Query().Get("code") == "" {
		t.Fatalf("%d to %q", status, to)
	}
	return u.Query().Get("code")
}

// Every parameter of an exchange, wrong in every way: the specified error, no token, and the
// code is still good for the one whom it is for.
func TestExchangesThatAreWrong(t *testing.T) {
	t.Parallel()
	c, clock := clocked(development(folder(t)))
	host := open(t, c)
	shop := only(t, host)
	app := newPacked(t, "ship-it", []string{"orders:read"}, nil)
	app.verifier, app.lazy = verifier, true
	other := newPacked(t, "other-app", []string{"orders:read"}, nil)
	if err := byOperator(t, shop, other.URL); err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t, host.URL())
	b.clock = clock
	b.owner(shop)
	cb := app.URL + "/cb"
	good := url.Values{"grant_type": {"authorization_code"}, "code": {"THE-CODE"}, "redirect_uri": {cb}, "client_id": {app.id}, "code_verifier": {verifier}}
	exchange := func(code string) (int, map[string]any) {
		good.Set("code", code)
		return app.ask(host.URL()+"/oauth/token", good)
	}
	if status, answer := exchange(codeFor(t, b, app)); status != http.StatusOK { // from now on nobody is asked
		t.Fatalf("%d %v", status, answer)
	}
	good.Set("code", "THE-CODE")
	with := func(change ...string) string {
		v := url.Values{}
		for name, values := range good {
			v[name] = values
		}
		for i := 0; i+1 < len(change); i += 2 {
			if v.Set(change[i], change[i+1]); change[i+1] == "" {
				v.Del(change[i])
			}
		}
		return v.Encode()
	}
	at := strings.TrimPrefix(app.URL, "http://") // host and port
	for name, tt := range map[string]struct {
		form   string
		basic  []string
		header []string
		status int
		code   string
	}{
		"no grant_type":                  {form: with("grant_type", ""), status: 400, code: "invalid_request"},
		"a grant_type of another case":   {form: with("grant_type", "Authorization_Code"), status: 400, code: "unsupported_grant_type"},
		"the password grant":             {form: with("grant_type", "password"), status: 400, code: "unsupported_grant_type"},
		"no code":                        {form: with("code", ""), status: 400, code: "invalid_request"},
		"another code":                   {form: with("code", strings.Repeat("A", 43)), status: 400, code: "invalid_grant"},
		"a letter more":                  {form: with("code", "THE-CODEA"), status: 400, code: "invalid_grant"},
		"a code with a blank":            {form: with("code", "THE-CODE "), status: 400, code: "invalid_grant"},
		"a code that is too long":        {form: with("code", strings.Repeat("A", 4096)), status: 400, code: "invalid_grant"},
		"a body that is too long":        {form: with("x", strings.Repeat("A", 20<<10)), status: 413, code: "invalid_request"},
		"no redirect_uri":                {form: with("redirect_uri", ""), status: 400, code: "invalid_request"},
		"a slash more":                   {form: with("redirect_uri", cb+"/"), status: 400, code: "invalid_grant"},
		"another case of the path":       {form: with("redirect_uri", app.URL+"/CB"), status: 400, code: "invalid_grant"},
		"another port":                   {form: with("redirect_uri", "http://127.0.0.1:1/cb"), status: 400, code: "invalid_grant"},
		"an encoded path":                {form: with("redirect_uri", app.URL+"/%63b"), status: 400, code: "invalid_grant"},
		"a query more":                   {form: with("redirect_uri", cb+"?a=b"), status: 400, code: "invalid_grant"},
		"a fragment":                     {form: with("redirect_uri", cb+"#a"), status: 400, code: "invalid_grant"},
		"user info":                      {form: with("redirect_uri", "http://a@"+at+"/cb"), status: 400, code: "invalid_grant"},
		"a step up":                      {form: with("redirect_uri", app.URL+"/x/../cb"), status: 400, code: "invalid_grant"},
		"another host":                   {form: with("redirect_uri", "https://evil.example/cb"), status: 400, code: "invalid_grant"},
		"no client":                      {form: with("client_id", ""), status: 400, code: "invalid_request"},
		"a client of another case":       {form: with("client_id", "SHIP-IT"), status: 401, code: "invalid_client"},
		"a client that is unknown":       {form: with("client_id", "nobody-knows"), status: 401, code: "invalid_client"},
		"another client's code":          {form: with("client_id", other.id, "client_secret", other.secret), status: 400, code: "invalid_grant"},
		"another client's secret":        {form: with("client_secret", other.secret), status: 401, code: "invalid_client"},
		"no verifier":                    {form: with("code_verifier", ""), status: 400, code: "invalid_grant"},
		"another verifier":               {form: with("code_verifier", strings.Repeat("a", 43)), status: 400, code: "invalid_grant"},
		"the challenge for the verifier": {form: with("code_verifier", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), status: 400, code: "invalid_grant"},
		"a short verifier":               {form: with("code_verifier", verifier[1:]), status: 400, code: "invalid_request"},
		"a long verifier":                {form: with("code_verifier", strings.Repeat("a", 129)), status: 400, code: "invalid_request"},
		"a verifier of other letters":    {form: with("code_verifier", verifier[:42]+"+"), status: 400, code: "invalid_request"},
		"another resource":               {form: with("resource", "https://evil.example"), status: 400, code: "invalid_target"},
		"Basic that is wrong":            {form: with("client_id", ""), basic: []string{app.id, "wrong"}, status: 401, code: "invalid_client"},
		"Basic and the secret":           {form: with("client_secret", app.secret), basic: []string{app.id, app.secret}, status: 400, code: "invalid_request"},
		"Basic of another client":        {form: with(), basic: []string{other.id, other.secret}, status: 400, code: "invalid_request"},
		"a bearer token":                 {form: with(), header: []string{"Authorization", "Bearer adk_at_"}, status: 400, code: "invalid_request"},
		"plain text":                     {form: with(), header: []string{"Content-Type", "text/plain"}, status: 400, code: "invalid_request"},
		"JSON with a number":             {form: `{"grant_type":1}`, header: []string{"Content-Type", "application/json"}, status: 400, code: "invalid_request"},
		"JSON with a member twice":       {form: `{"code":"a","code":"b"}`, header: []string{"Content-Type", "application/json"}, status: 400, code: "invalid_request"},
		"no form":                        {form: "%zz", status: 400, code: "invalid_request"},
		"grant_type twice":               {form: with() + "&grant_type=authorization_code", status: 400, code: "invalid_request"},
		"code twice":                     {form: with() + "&code=THE-CODE", status: 400, code: "invalid_request"},
		"redirect_uri twice":             {form: with() + "&redirect_uri=" + url.QueryEscape(cb), status: 400, code: "invalid_request"},
		"client_id twice":                {form: with() + "&client_id=" + app.id, status: 400, code: "invalid_request"},
		"code_verifier twice":            {form: with() + "&code_verifier=" + verifier, status: 400, code: "invalid_request"},
		"one that nobody reads, twice":   {form: with() + "&x=1&x=2", status: 400, code: "invalid_request"},
	} {
		clock.ahead.Add(int64(7 * time.Second)) // so that no limit is what refuses
		code := codeFor(t, b, app)
		tt.form = strings.ReplaceAll(tt.form, "THE-CODE", code)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, host.URL()+"/oauth/token", strings.NewReader(tt.form))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if len(tt.basic) > 0 {
			r.SetBasicAuth(tt.basic[0], tt.basic[1])
		}
		for i := 0; i+1 < len(tt.header); i += 2 {
			r.Header.Set(tt.header[i], tt.header[i+1])
		}
		status, answer, head := sentTo(t, app.calls, r)
		if status != tt.status || answer["error"] != tt.code || answer["access_token"] != nil || head.Get("Location") != "" || head.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v, want %d %s", name, status, answer, tt.status, tt.code)
		}
		if basic := head.Get("WWW-Authenticate"); (basic != "") != (tt.status == 401 && len(tt.basic) > 0) {
			t.Errorf("%s: WWW-Authenticate %q", name, basic)
		}
		if status, answer := exchange(code); status != http.StatusOK {
			t.Errorf("%s: afterwards the code is not good any more: %d %v", name, status, answer)
		}
	}
	code := codeFor(t, b, app)
	exchange(code)
	if status, answer := exchange(code); status != http.StatusBadRequest || answer["error"] != "invalid_grant" {
		t.Errorf("used again: %d %v", status, answer)
	}
	clock.ahead.Add(int64(time.Minute))
	code = codeFor(t, b, app)
	clock.ahead.Add(int64(time.Minute))
	if status, answer := exchange(code); status != http.StatusBadRequest || answer["error"] != "invalid_grant" {
		t.Errorf("expired: %d %v", status, answer)
	}
}

// Every parameter of a renewal, wrong in every way: the specified error, no token, and the
// refresh token is still good for the one whose it is.
func TestRenewalsThatAreWrong(t *testing.T) {
	t.Parallel()
	c, clock := clocked(development(folder(t)))
	host := open(t, c)
	shop := only(t, host)
	app, other := newPacked(t, "ship-it", []string{"orders:read", "products:write"}, nil), newPacked(t, "other-app", []string{"orders:read"}, nil)
	for _, a := range []*packed{app, other} {
		if err := byOperator(t, shop, a.URL); err != nil {
			t.Fatal(err)
		}
	}
	refresh := app.text("refresh_token")
	with := func(change ...string) url.Values {
		v := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}, "client_id": {app.id}, "client_secret": {app.secret}}
		for i := 0; i+1 < len(change); i += 2 {
			v.Set(change[i], change[i+1])
			if change[i+1] == "" {
				v.Del(change[i])
			}
		}
		return v
	}
	twice := func(name, value string) url.Values {
		v := with(name, value)
		v.Add(name, value)
		return v
	}
	long := strings.Repeat("A", 4<<10)
	for name, tt := range map[string]struct {
		form   url.Values
		status int
		code   string
	}{
		"no grant_type":             {with("grant_type", ""), 400, "invalid_request"},
		"another grant_type":        {with("grant_type", "client_credentials"), 400, "unsupported_grant_type"},
		"a long grant_type":         {with("grant_type", long), 400, "unsupported_grant_type"},
		"grant_type twice":          {twice("grant_type", "refresh_token"), 400, "invalid_request"},
		"the grant of a code":       {with("grant_type", "authorization_code"), 400, "invalid_request"},
		"no client":                 {with("client_id", ""), 400, "invalid_request"},
		"an unknown client":         {with("client_id", "nobody-knows"), 401, "invalid_client"},
		"a long client":             {with("client_id", long), 401, "invalid_client"},
		"client_id twice":           {twice("client_id", app.id), 400, "invalid_request"},
		"a wrong secret":            {with("client_secret", "wrong"), 401, "invalid_client"},
		"a long secret":             {with("client_secret", long), 401, "invalid_client"},
		"another client's secret":   {with("client_secret", other.secret), 401, "invalid_client"},
		"no secret for its family":  {with("client_secret", ""), 401, "invalid_client"},
		"client_secret twice":       {twice("client_secret", app.secret), 400, "invalid_request"},
		"no refresh token":          {with("refresh_token", ""), 400, "invalid_request"},
		"a refresh token of nobody": {with("refresh_token", "adk_rt_"+strings.Repeat("A", 43)), 400, "invalid_grant"},
		"a letter more":             {with("refresh_token", refresh+"A"), 400, "invalid_grant"},
		"a letter less":             {with("refresh_token", refresh[:len(refresh)-1]), 400, "invalid_grant"},
		"a blank":                   {with("refresh_token", refresh+" "), 400, "invalid_grant"},
		"a long refresh token":      {with("refresh_token", long), 400, "invalid_grant"},
		"an access token":           {with("refresh_token", app.text("access_token")), 400, "invalid_grant"},
		"another client's token":    {with("refresh_token", other.text("refresh_token")), 400, "invalid_grant"},
		"another client with it":    {with("client_id", other.id, "client_secret", other.secret), 400, "invalid_grant"},
		"refresh_token twice":       {twice("refresh_token", refresh), 400, "invalid_request"},
		"more than was granted":     {with("scope", "orders:write"), 400, "invalid_scope"},
		"a scope that is none":      {with("scope", "orders"), 400, "invalid_scope"},
		"a long scope":              {with("scope", long), 400, "invalid_scope"},
		"scope twice":               {twice("scope", "orders:read"), 400, "invalid_request"},
		"another resource":          {with("resource", "https://evil.example"), 400, "invalid_target"},
		"resource twice":            {twice("resource", host.URL()), 400, "invalid_request"},
	} {
		clock.ahead.Add(int64(7 * time.Second)) // so that no limit is what refuses
		status, answer := app.ask(host.URL()+"/oauth/token", tt.form)
		if status != tt.status || answer["error"] != tt.code || answer["access_token"] != nil || answer["refresh_token"] != nil {
			t.Errorf("%s: got %d %v, want %d %s", name, status, answer, tt.status, tt.code)
		}
	}
	status, next := app.ask(host.URL()+"/oauth/token", with())
	fresh, _ := next["refresh_token"].(string)
	if status != http.StatusOK || fresh == "" {
		t.Fatalf("afterwards the refresh token is not good any more: %d %v", status, next)
	}
	status, others := other.refresh(host.URL(), other.text("refresh_token"))
	if status != http.StatusOK {
		t.Fatalf("what was tried with another client's token ended it: %d", status)
	}
	// Used again after the grace, it takes the family with it.
	clock.ahead.Add(int64(11 * time.Second))
	if status, answer := app.ask(host.URL()+"/oauth/token", with()); status != http.StatusBadRequest || answer["error"] != "invalid_grant" {
		t.Errorf("used again: %d %v", status, answer)
	}
	if status, answer := app.refresh(host.URL(), fresh); status != http.StatusBadRequest || answer["error"] != "invalid_grant" {
		t.Errorf("the one that followed a reused one: %d %v", status, answer)
	}
	// Too old, it is good no more.
	clock.ahead.Add(int64(91 * 24 * time.Hour))
	if status, answer := other.refresh(host.URL(), others["refresh_token"].(string)); status != http.StatusBadRequest || answer["error"] != "invalid_grant" {
		t.Errorf("expired: %d %v", status, answer)
	}
}

// sentTo sends a request and reads its answer as JSON.
func sentTo(t *testing.T, calls *http.Client, r *http.Request) (int, map[string]any, http.Header) {
	t.Helper()
	res, err := calls.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var answer map[string]any
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return res.StatusCode, answer, res.Header
}
