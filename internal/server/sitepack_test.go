package server_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/internal/webhook"
	"github.com/appdock/appdock/protocol"
)

// packed is the server of an app of the SitePack dialect. It knows nothing of ours but HTTP.
type packed struct {
	*httptest.Server
	mux     *http.ServeMux
	t       testing.TB
	calls   *http.Client
	id      string
	version string
	instead http.HandlerFunc // answers for its app.json, if it is there
	scopes  []string
	topics  []string
	more    map[string]any // further members of app.json
	secret  string

	mu       sync.Mutex
	verifier string
	told     url.Values     // what came to redirect_uri last
	tokens   map[string]any // answer of the token endpoint
	status   int
	hooks    []hook
	lazy     bool            // it does not exchange its code
	oldKey   string          // signs besides, after a rotation
	refuse   func(hook) bool // webhooks that are answered with 401; nil: none
}

type hook struct {
	header http.Header
	body   []byte
	at     time.Time
}

func newPacked(tb testing.TB, id string, scopes, topics []string) *packed {
	tb.Helper()
	a := &packed{t: tb, id: id, scopes: scopes, topics: topics, calls: client(tb), version: "2.1.0", secret: "dev-secret-" + id}
	mux := http.NewServeMux()
	a.mux = mux
	mux.HandleFunc("GET /app.json", func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		instead, text := a.instead, a.manifest()
		a.mu.Unlock()
		if instead != nil {
			instead(w, r)
			return
		}
		_, _ = w.Write(text)
	})
	mux.HandleFunc("GET /cb", a.callback)
	mux.HandleFunc("POST /hook", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		a.mu.Lock()
		defer a.mu.Unlock()
		h := hook{r.Header, body, time.Now()}
		if a.refuse != nil && a.refuse(h) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		a.hooks = append(a.hooks, h)
	})
	a.Server = httptest.NewServer(mux)
	tb.Cleanup(a.Close)
	return a
}

func (a *packed) manifest() []byte {
	var hooks []map[string]string
	for _, topic := range a.topics {
		hooks = append(hooks, map[string]string{"topic": topic, "address": a.URL + "/hook"})
	}
	m := map[string]any{
		"id": a.id, "name": "Shipping <b>Expert</b>", "version": a.version, "author": "Ship & Co", "description": "Ships things", "webhooks": hooks,
		"auth": map[string]any{"redirect_uri": a.URL + "/cb", "scopes": a.scopes},
	}
	for name, value := range a.more {
		m[name] = value
	}
	text, err := json.Marshal(m)
	if err != nil {
		a.t.Error(err)
	}
	return text
}

func (a *packed) callback(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.told = r.URL.Query()
	if a.lazy || a.told.Get("code") == "" {
		return
	}
	form := url.Values{"grant_type": {"authorization_code"}, "code": {a.told.Get("code")}, "redirect_uri": {a.URL + "/cb"}, "client_id": {a.id}}
	if a.verifier != "" {
		form.Set("code_verifier", a.verifier)
	} else {
		form.Set("client_secret", a.secret)
	}
	a.status, a.tokens = a.ask(a.told.Get("iss")+"/oauth/token", form)
	w.Header().Set("Location", fmt.Sprint(a.tokens["continue_url"]))
	w.WriteHeader(http.StatusFound)
}

// ask posts a form to an OAuth endpoint.
func (a *packed) ask(to string, form url.Values) (int, map[string]any) {
	res, err := a.calls.PostForm(to, form)
	if err != nil {
		a.t.Error(err)
		return 0, nil
	}
	defer func() { _ = res.Body.Close() }()
	var answer map[string]any
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil && err != io.EOF {
		a.t.Errorf("%s: %v", to, err)
	}
	return res.StatusCode, answer
}

func (a *packed) refresh(base, token string) (int, map[string]any) {
	return a.ask(base+"/oauth/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}, "client_id": {a.id}, "client_secret": {a.secret}})
}

// becomes changes what the server is.
func (a *packed) becomes(change func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change()
}

// renew asks for certain scopes with a refresh token.
func (a *packed) renew(base, token, scope string) (int, map[string]any) {
	return a.ask(base+"/oauth/token", url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {token}, "client_id": {a.id}, "client_secret": {a.secret}, "scope": {scope},
	})
}

func (a *packed) text(name string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, _ := a.tokens[name].(string)
	return s
}

// active asks the host about a token of the app.
func (a *packed) active(base, token string) bool {
	status, answer := a.ask(base+"/oauth/introspect", url.Values{"token": {token}, "client_id": {a.id}, "client_secret": {a.secret}})
	return status == http.StatusOK && answer["active"] == true
}

// wait gives the first webhook of a topic, whose signatures are verified as the vendor's
// library would.
func (a *packed) wait(topic string) map[string]any {
	a.t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(a.text("webhook_secret"), "whsec_"))
	if err != nil || len(key) != 32 {
		a.t.Fatalf("the webhook secret is %d bytes: %v", len(key), err)
	}
	ctx := within(a.t, soon)
	for {
		a.mu.Lock()
		at := slices.IndexFunc(a.hooks, func(h hook) bool { return h.header.Get("X-SitePack-Topic") == topic })
		var h hook
		if at >= 0 {
			h = a.hooks[at]
			a.hooks = slices.Delete(a.hooks, at, at+1)
		}
		a.mu.Unlock()
		if at < 0 {
			select {
			case <-ctx.Done():
				a.t.Fatalf("no webhook %s came", topic)
			case <-time.After(10 * time.Millisecond):
			}
			continue
		}
		mac := hmac.New(sha256.New, key)
		_, _ = fmt.Fprintf(mac, "%s.%s.%s", h.header.Get("Webhook-Id"), h.header.Get("Webhook-Timestamp"), h.body)
		want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
		if a.oldKey != "" {
			old, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(a.oldKey, "whsec_"))
			mac := hmac.New(sha256.New, old)
			_, _ = fmt.Fprintf(mac, "%s.%s.%s", h.header.Get("Webhook-Id"), h.header.Get("Webhook-Timestamp"), h.body)
			want += " v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
		}
		if h.header.Get("Webhook-Signature") != want {
			a.t.Fatalf("%s is signed with %q, want %q", topic, h.header.Get("Webhook-Signature"), want)
		}
		mac = hmac.New(sha256.New, key)
		_, _ = mac.Write(h.body)
		if h.header.Get("X-SitePack-Hmac-Sha256") != base64.StdEncoding.EncodeToString(mac.Sum(nil)) {
			a.t.Fatalf("%s: X-SitePack-Hmac-Sha256 is wrong", topic)
		}
		var body map[string]any
		if err := json.Unmarshal(h.body, &body); err != nil {
			a.t.Fatal(err)
		}
		if body["type"] != topic || body["id"] != h.header.Get("Webhook-Id") {
			a.t.Fatalf("%s has the body %s", topic, h.body)
		}
		return body
	}
}

// byOperator installs an app as the command line does.
func byOperator(tb testing.TB, shop *server.Shop, address string) error {
	tb.Helper()
	source := control.Source{URL: address}
	wish, err := shop.Preview(tb.Context(), source)
	if err != nil {
		return err
	}
	_, err = shop.Install(tb.Context(), control.Install{Source: source, ConsentHash: wish.ConsentHash})
	return err
}

func TestOperatorInstallsAnAppByItsAddress(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	shop := only(t, host)
	app := newPacked(t, "ship-it", []string{"orders:read", "products:write"}, []string{"app.installed", "app.uninstalled", "app.deactivated"})
	wish, err := shop.Preview(t.Context(), control.Source{URL: app.URL})
	if err != nil {
		t.Fatal(err)
	}
	if wish.Name != "ship-it" || len(wish.Scopes) != 2 || wish.Scopes[0].Scope != "orders:read" || wish.Scopes[0].Allows == "" || wish.ClientSecret != "" {
		t.Errorf("preview %+v", wish)
	}
	if _, err := shop.Install(t.Context(), control.Install{Source: control.Source{URL: app.URL}, ConsentHash: "another"}); appdock.KindOf(err) != appdock.Refused {
		t.Fatalf("without consent: %v", err)
	}
	if err := byOperator(t, shop, app.URL); err != nil {
		t.Fatal(err)
	}
	if app.status != http.StatusOK || !strings.HasPrefix(app.told.Get("state"), "host.") || app.text("scope") != "orders:read products:write" {
		t.Fatalf("%d, %v, %v", app.status, app.told, app.tokens)
	}
	details, err := shop.App(t.Context(), "ship-it")
	if err != nil || details.State != "installed" || !details.Active || details.Format != "sitepack" {
		t.Fatalf("%+v, %v", details, err)
	}
	app.wait("app.installed")
	access, refresh := app.text("access_token"), app.text("refresh_token")
	if !app.active(host.URL(), access) {
		t.Fatal("the token is not active")
	}
	if err := byOperator(t, shop, app.URL); appdock.CodeOf(err) != "FRAMEWORK__APP_ALREADY_INSTALLED" {
		t.Fatalf("again: %v", err)
	}

	// Deactivated it has no rights, at once; activated again it has.
	if _, err := shop.Deactivate(t.Context(), "ship-it"); err != nil {
		t.Fatal(err)
	}
	app.wait("app.deactivated")
	if status, answer := app.refresh(host.URL(), refresh); status != http.StatusBadRequest || answer["error"] != "unauthorized_client" || app.active(host.URL(), access) {
		t.Fatalf("while it is deactivated: %d, %v", status, answer)
	}
	if _, err := shop.Activate(t.Context(), "ship-it"); err != nil {
		t.Fatal(err)
	}
	if !app.active(host.URL(), access) {
		t.Fatal("activated again, its token is dead")
	}
	// Uninstalled, all is dead, and it is told so with the key it has.
	if _, err := shop.Uninstall(t.Context(), "ship-it", true); err != nil {
		t.Fatal(err)
	}
	if status, answer := app.refresh(host.URL(), refresh); status != http.StatusUnauthorized || answer["error"] != "invalid_client" {
		t.Fatalf("uninstalled: %d, %v", status, answer)
	}
	body := app.wait("app.uninstalled")
	if data, _ := body["data"].(map[string]any); data["keep_user_data"] != true {
		t.Errorf("%v", body)
	}
	log, err := shop.Audit(t.Context(), 10)
	if err != nil || len(log) != 1 || log[0].Action != "app.granted" || !strings.HasPrefix(log[0].Detail, "orders:read products:write manifest ") {
		t.Errorf("%+v, %v", log, err)
	}
}

func TestAppThatDoesNotExchangeItsCode(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	shop := only(t, host)
	app := newPacked(t, "lazy-app", nil, nil)
	app.lazy = true
	if err := byOperator(t, shop, app.URL); appdock.CodeOf(err) != "ADK-APP-UNFINISHED" {
		t.Fatalf("got %v", err)
	}
	if list, err := shop.Apps(t.Context()); err != nil || len(list) != 0 {
		t.Fatalf("%+v, %v: something is left", list, err)
	}
}

// The walk of a person: address, preview, consent, code, tokens, onboarding.
// The key comes in the answer to the exchange, and the first webhook may be faster than the app's
// own disk: an app that says so is told again.
func TestAppThatKeepsItsKeyLate(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.Schedule = webhook.Schedule{10 * time.Millisecond, time.Minute}
	host := open(t, c)
	app := newPacked(t, "slow-disk", nil, []string{"app.installed", "app.activated"})
	refused := make(map[string]int)
	app.becomes(func() {
		app.refuse = func(h hook) bool {
			refused[h.header.Get("X-SitePack-Topic")]++
			return refused[h.header.Get("X-SitePack-Topic")] == 1
		}
	})
	if err := byOperator(t, only(t, host), app.URL); err != nil {
		t.Fatal(err)
	}
	app.wait("app.installed")
	app.wait("app.activated")
}

func TestPersonInstallsAnApp(t *testing.T) {
	t.Parallel()
	config, clock := clocked(development(folder(t)))
	host := open(t, config)
	shop := only(t, host)
	app := newPacked(t, "ship-it", []string{"orders:read", "orders:write"}, []string{"order.created"})
	app.more = map[string]any{"setup": map[string]any{"onboarding_url": app.URL + "/hello?a=b", "configuration_url": app.URL + "/settings"}}
	b := newBrowser(t, host.URL())
	b.owner(shop)
	status, _ := b.get("/admin/apps/install?manifest=" + url.QueryEscape(app.URL))
	b.want(status, http.StatusOK, "Install an app by its address", app.URL)
	status, _ = b.do(http.MethodPost, "/admin/apps/install", url.Values{"manifest": {app.URL}, "token": {b.hidden("token")}})
	b.want(status, http.StatusOK, "wants to be installed", "Shipping &lt;b&gt;Expert")
	status, _ = b.get("/admin/apps/ship-it/consent")
	b.want(status, http.StatusOK, "Install Shipping &lt;b&gt;Expert", "see orders, with addresses", "create orders and change", "order.created", "olga", strings.TrimPrefix(app.URL, "http://"))
	form := url.Values{"token": {b.hidden("token")}, "about": {b.hidden("about")}, "query": {""}, "decision": {"accept"}}
	status, _ = b.do(http.MethodPost, "/admin/apps/ship-it/consent", form)
	b.want(status, http.StatusOK, "Please read what the app may do")
	status, _ = b.do(http.MethodPost, "/admin/apps/ship-it/consent", url.Values{"token": {"forged"}, "decision": {"accept"}})
	b.want(status, http.StatusForbidden)
	clock.read()
	status, to := b.do(http.MethodPost, "/admin/apps/ship-it/consent", form)
	b.want(status, http.StatusSeeOther)
	if !strings.HasPrefix(to, app.URL+"/cb?code=") {
		t.Fatalf("goes on to %q", to)
	}
	status, to = b.do(http.MethodGet, to, nil)
	if status != http.StatusFound || to != host.URL()+"/admin/apps/ship-it/continue" {
		t.Fatalf("the app answers %d and leads to %q", status, to)
	}
	if app.status != http.StatusOK {
		t.Fatalf("%d %v", app.status, app.tokens)
	}
	status, to = b.get("/admin/")
	b.want(status, http.StatusSeeOther)
	u, err := url.Parse(to)
	if err != nil || !strings.HasPrefix(to, app.URL+"/hello?a=b&shop-id=") {
		t.Fatalf("onboarding leads to %q", to)
	}
	key, err := protocol.WebhookKey(app.text("webhook_secret"))
	if err != nil {
		t.Fatal(err)
	}
	signed, signature, _ := strings.Cut(u.RawQuery, "&sitepack-signature=")
	if err := protocol.Verify(key, []byte(signed), signature); err != nil {
		t.Error(err)
	}
	status, _ = b.get("/admin/")
	b.want(status, http.StatusOK, "active", "Settings")
	status, to = b.get("/admin/apps/ship-it/continue")
	if b.want(status, http.StatusSeeOther); to != "/admin/" {
		t.Errorf("onboarding is shown once, and then leads to %q", to)
	}
}

const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

// request is what the app sends a browser to.
func (a *packed) request(change ...string) url.Values {
	q := url.Values{
		"response_type": {"code"}, "client_id": {a.id}, "redirect_uri": {a.URL + "/cb"}, "state": {"the state"}, "code_challenge": {protocol.Challenge(verifier)},
		"code_challenge_method": {"S256"}, "manifest": {a.URL + "/app.json"},
	}
	q.Set("state", "s-1")
	for i := 0; i+1 < len(change); i += 2 {
		q.Set(change[i], change[i+1])
		if change[i+1] == "" {
			q.Del(change[i])
		}
	}
	return q
}

// accept answers the consent page of the browser, once it was read.
func (b *browser) accept(decision string) (int, string) {
	b.t.Helper()
	form := url.Values{"token": {b.hidden("token")}, "query": {b.hidden("query")}, "decision": {decision}}
	if decision == "accept" {
		b.clock.read()
	}
	return b.do(http.MethodPost, "/oauth/authorize", form)
}

// An app begins by itself, with PKCE and a state of its own; its codes and tokens are good once.
func TestAppBeginsItself(t *testing.T) {
	t.Parallel()
	config, clock := clocked(development(folder(t)))
	host := open(t, config)
	shop := only(t, host)
	app := newPacked(t, "ship-it", []string{"orders:read", "products:write"}, nil)
	app.verifier = verifier
	b := newBrowser(t, host.URL())
	b.clock = clock
	at := "/oauth/authorize?" + app.request("scope", "orders:read").Encode()
	status, to := b.get(at)
	b.want(status, http.StatusSeeOther)
	if !strings.HasPrefix(to, "/admin/login?next=%2Foauth%2Fauthorize%3F") {
		t.Fatalf("nobody is sent to %q", to)
	}
	b.owner(shop)
	status, _ = b.get(at)
	b.want(status, http.StatusOK, "Install Shipping &lt;b&gt;Expert", "see orders")
	if strings.Contains(b.page, "create and change products") {
		t.Error("more is shown than is asked for")
	}
	status, to = b.accept("cancel")
	if b.want(status, http.StatusSeeOther); !strings.HasPrefix(to, app.URL+"/cb?error=access_denied&") || !strings.Contains(to, "&state=s-1&iss="+url.QueryEscape(host.URL())) {
		t.Fatalf("cancelled: %q", to)
	}
	status, _ = b.get(at)
	b.want(status, http.StatusOK)
	status, to = b.accept("accept")
	b.want(status, http.StatusSeeOther)
	u, err := url.Parse(to)
	if err != nil || u.Query().Get("state") != "s-1" || u.Query().Get("iss") != host.URL() || u.Query().Get("shop") != host.URL() || len(u.Query().Get("code")) != 43 {
		t.Fatalf("accepted: %q, %v", to, err)
	}
	status, _ = b.do(http.MethodGet, to, nil)
	if status != http.StatusFound || app.status != http.StatusOK || app.text("scope") != "orders:read" {
		t.Fatalf("%d: %d %v", status, app.status, app.tokens)
	}
	access, refresh := app.text("access_token"), app.text("refresh_token")

	// Nothing new is asked: nobody is bothered.
	status, to = b.get(at)
	if b.want(status, http.StatusSeeOther); !strings.HasPrefix(to, app.URL+"/cb?code=") {
		t.Fatalf("again: %q", to)
	}
	// More scopes are, and only they are marked.
	more := "/oauth/authorize?" + app.request().Encode()
	status, _ = b.get(more)
	b.want(status, http.StatusOK, "Give Shipping", "create and change products", "It has already", `class="new"`)
	status, to = b.get("/oauth/authorize?" + app.request("prompt", "none").Encode())
	if b.want(status, http.StatusSeeOther); !strings.HasPrefix(to, app.URL+"/cb?error=consent_required&") {
		t.Fatalf("prompt=none: %q", to)
	}

	// Nothing new is asked of a manifest that is another one: that is no consent to give, but
	// somebody has to look.
	app.becomes(func() { app.version, app.scopes = "2.2.0", []string{"orders:read", "products:write", "media:read"} })
	if _, _, err := readAgain(t, shop, app.URL+"/app.json", false); err != nil {
		t.Fatal(err)
	}
	status, to = b.get("/oauth/authorize?" + app.request("prompt", "none", "scope", "orders:read").Encode())
	if b.want(status, http.StatusSeeOther); !strings.HasPrefix(to, app.URL+"/cb?error=interaction_required&") {
		t.Fatalf("prompt=none with another manifest: %q", to)
	}

	// A refresh token is good once; shown again later it ends its family.
	_, next := app.ask(host.URL()+"/oauth/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}, "client_id": {app.id}})
	if next["access_token"] == nil || next["refresh_token"] == refresh {
		t.Fatalf("refreshed: %v", next)
	}
	_, same := app.ask(host.URL()+"/oauth/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}, "client_id": {app.id}})
	if same["refresh_token"] != next["refresh_token"] {
		t.Fatalf("within the grace another pair is given: %v", same)
	}
	if !app.active(host.URL(), access) {
		t.Error("the old access token is dead before its time")
	}
	// A code that is shown twice takes all that came of it.
	status, answer := app.ask(host.URL()+"/oauth/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {u.Query().Get("code")}, "redirect_uri": {app.URL + "/cb"}, "client_id": {app.id}, "code_verifier": {verifier},
	})
	if status != http.StatusBadRequest || answer["error"] != "invalid_grant" {
		t.Fatalf("code shown twice: %d %v", status, answer)
	}
	if app.active(host.URL(), access) {
		t.Error("a token of a code that was shown twice lives")
	}
	if details, err := shop.App(t.Context(), "ship-it"); err != nil || details.State != "reauthorize" {
		t.Errorf("%v, %v", details.State, err)
	}
}

// The page that installs an app says what people can do there about an address that leads to none.
func TestTheInstallFormSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	b := newBrowser(t, host.URL())
	b.owner(only(t, host))
	app := newPacked(t, "ship-it", []string{"orders:read"}, nil)
	app.version = "not a version"
	for address, want := range map[string]string{" ": "Enter an address.", app.URL: "Tell the vendor of the app."} {
		status, _ := b.get("/admin/apps/install")
		b.want(status, http.StatusOK)
		status, _ = b.do(http.MethodPost, "/admin/apps/install", url.Values{"manifest": {address}, "token": {b.hidden("token")}})
		b.want(status, http.StatusUnprocessableEntity, want)
		if strings.Contains(b.page, "--no-validate") {
			t.Errorf("a page names an option of the command line: %s", b.page)
		}
	}
}

// Who guesses ten times in a minute is judged no more until it is over, not even when right
// (protocol-oauth.md C).
func TestGuessesAtTheTokenEndpoint(t *testing.T) {
	t.Parallel()
	config := development(folder(t))
	var ahead atomic.Int64
	began := time.Now()
	config.Now = func() time.Time { return began.Add(time.Duration(ahead.Load())) }
	host := open(t, config)
	app := newPacked(t, "ship-it", []string{"orders:read"}, nil)
	if err := byOperator(t, only(t, host), app.URL); err != nil {
		t.Fatal(err)
	}
	asks := func(path, token, secret string) int {
		t.Helper()
		status, answer := app.ask(host.URL()+path, url.Values{
			"grant_type": {"refresh_token"}, "refresh_token": {token}, "token": {token}, "client_id": {app.id}, "client_secret": {secret},
		})
		if (status == http.StatusTooManyRequests) != (answer["error"] == "slow_down") {
			t.Errorf("%s: %d %v", path, status, answer)
		}
		return status
	}
	refresh := app.text("refresh_token")
	for i := range 10 {
		if status := asks("/oauth/token", refresh, "guess"); status != http.StatusUnauthorized {
			t.Fatalf("guess %d: %d", i, status)
		}
	}
	for _, path := range []string{"/oauth/token", "/oauth/introspect", "/oauth/revoke"} {
		if status := asks(path, refresh, app.secret); status != http.StatusTooManyRequests {
			t.Errorf("%s after ten guesses, with the right secret: %d", path, status)
		}
	}
	ahead.Store(int64(59 * time.Second))
	if status := asks("/oauth/token", refresh, app.secret); status != http.StatusTooManyRequests {
		t.Errorf("before the minute is over: %d", status)
	}
	ahead.Store(int64(time.Minute))
	for _, path := range []string{"/oauth/introspect", "/oauth/token", "/oauth/revoke"} {
		if status := asks(path, refresh, app.secret); status != http.StatusOK {
			t.Errorf("%s after the minute: %d", path, status)
		}
	}
}

func TestMetadataOfTheServer(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	res, err := client(t).Get(host.URL() + "/.well-known/oauth-authorization-server")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var m map[string]any
	if err := json.NewDecoder(res.Body).Decode(&m); err != nil {
		t.Fatal(err)
	}
	if m["issuer"] != host.URL() || m["token_endpoint"] != host.URL()+"/oauth/token" || m["authorization_response_iss_parameter_supported"] != true ||
		res.Header.Get("Access-Control-Allow-Origin") != "*" || res.Header.Get("Cache-Control") != "max-age=3600" {
		t.Errorf("%v %v", m, res.Header)
	}
}

// An endpoint that knows POST alone says so; what has an empty segment is nothing, and nobody is
// told to ask elsewhere.
func TestEndpointsSendNobodyElsewhere(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	for path, want := range map[string]int{
		"/oauth/token": 405, "/oauth/revoke": 405, "/oauth/introspect": 405, "/oauth/nothing": 404, "/rest/v1//products": 404, "/rest/v1/products/": 404, "/rest/v1/./products": 404,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, host.URL()+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		res, err := client(t).Transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != want || (want == 405) != (res.Header.Get("Allow") == "POST") {
			t.Errorf("%s: %d %v", path, res.StatusCode, res.Header)
		}
	}
}

// One order, told in both dialects (rest-api-sitepack.md 11).
func TestBothDialectsHearOfAnOrder(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.Demo = true
	host := open(t, c)
	shop := only(t, host)
	classic := newApp(t)
	installed(t, shop, write(t, "TestApp", classic.Manifest()))
	packs := newPacked(t, "ship-it", []string{"orders:read"}, []string{"order.created", "order.placed", "order.updated"})
	if err := byOperator(t, shop, packs.URL); err != nil {
		t.Fatal(err)
	}
	id, order := freshOrder()
	if err := operator(t, host).Create(t.Context(), "order", order); err != nil {
		t.Fatal(err)
	}
	if _, err := classic.WaitEvent(within(t, soon), "checkout.order.placed", 1); err != nil {
		t.Fatal(err)
	}
	created := packs.wait("order.created")
	packs.wait("order.placed")
	data, _ := created["data"].(map[string]any)
	object, _ := data["object"].(map[string]any)
	customer, _ := object["customer"].(map[string]any)
	redacted, _ := object["redacted"].([]any)
	if object["id"] != id.String() || object["state"] != "open" || len(redacted) != 1 || redacted[0] != "customer" || customer["email"] != nil || customer["first_name"] != nil {
		t.Errorf("%v", created)
	}
	if total, _ := object["total"].(map[string]any); total["currency"] != "EUR" || total["amount"] == nil {
		t.Errorf("total %v", object["total"])
	}
}
