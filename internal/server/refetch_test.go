package server_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
)

// readAgain updates an app from its app.json as the command line does; with consent to what is
// new.
func readAgain(t *testing.T, shop *server.Shop, address string, consent bool) (control.Preview, control.Result, error) {
	t.Helper()
	source := control.Source{URL: address}
	wish, err := shop.Preview(t.Context(), source)
	if err != nil {
		return wish, control.Result{}, err
	}
	in := control.Install{Source: source}
	if consent {
		in.ConsentHash = wish.ConsentHash
	}
	done, err := shop.Update(t.Context(), in)
	return wish, done, err
}

// A new version of an app works on with what it was granted until somebody consents, and is
// told when they did (protocol-oauth.md B.7).
func TestAppAsksForMore(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	shop := only(t, host)
	app := newPacked(t, "ship-it", []string{"orders:read", "products:write"}, []string{"app.updated", "app.scopes_updated"})
	if err := byOperator(t, shop, app.URL); err != nil {
		t.Fatal(err)
	}
	wish, done, err := readAgain(t, shop, app.URL, false)
	if err != nil || wish.Changed || done.Result != "unchanged" || len(wish.NewPrivileges)+len(wish.NewHosts)+len(wish.LostPrivileges) > 0 {
		t.Fatalf("nothing is new: %+v, %+v, %v", wish, done, err)
	}

	app.becomes(func() { app.version, app.scopes = "2.2.0", []string{"orders:read", "orders:write", "products:read"} })
	wish, done, err = readAgain(t, shop, app.URL, false)
	if err != nil || done.Result != "updated" || done.Version != "2.2.0" || len(done.Warnings) != 1 || !strings.Contains(done.Warnings[0], "orders:write") {
		t.Fatalf("%+v, %v", done, err)
	}
	if !wish.Changed || wish.Demands || !slices.Equal(wish.NewPrivileges, []string{"orders:write"}) || !slices.Equal(wish.LostPrivileges, []string{"products:write"}) {
		t.Errorf("preview %+v", wish)
	}
	app.wait("app.updated")
	app.wait("app.scopes_updated") // products:write is gone at once
	details := shipIt(t, shop)
	if details.State != "needs_approval" || !details.Active || !slices.Equal(details.Granted, []string{"orders:read", "products:read"}) || details.Version != "2.2.0" {
		t.Errorf("%+v", details)
	}
	status, next := app.refresh(host.URL(), app.text("refresh_token"))
	if status != http.StatusOK || next["scope"] != "orders:read" {
		t.Errorf("its tokens: %d %v", status, next["scope"])
	}
	refresh, _ := next["refresh_token"].(string)
	if status, answer := app.renew(host.URL(), refresh, "orders:write"); status != http.StatusBadRequest || answer["error"] != "invalid_scope" {
		t.Errorf("before anybody consented: %d %v", status, answer)
	}

	if _, done, err = readAgain(t, shop, app.URL, true); err != nil || done.Result != "updated" {
		t.Fatalf("consented to: %+v, %v", done, err)
	}
	app.wait("app.scopes_updated")
	if details := shipIt(t, shop); details.State != "installed" || !slices.Contains(details.Granted, "orders:write") {
		t.Errorf("%+v", details)
	}
	if status, answer := app.renew(host.URL(), refresh, "orders:read orders:write"); status != http.StatusOK || answer["scope"] != "orders:read orders:write" {
		t.Errorf("after it: %d %v", status, answer)
	}
	log, err := shop.Audit(t.Context(), 10)
	if err != nil || len(log) != 2 || log[0].Action != "app.granted" {
		t.Errorf("%+v, %v", log, err)
	}
}

// A person decides about the new version on the page of the shop; nothing goes to the app,
// whose tokens work on.
func TestPersonApprovesANewVersion(t *testing.T) {
	t.Parallel()
	c, clock := clocked(development(folder(t)))
	c.HostInitiated = false // that is about codes
	host := open(t, c)
	shop := only(t, host)
	app := newPacked(t, "ship-it", []string{"orders:read"}, []string{"app.scopes_updated"})
	app.verifier = verifier
	b := newBrowser(t, host.URL())
	b.owner(shop)
	b.get("/oauth/authorize?" + app.request().Encode())
	clock.read()
	_, to := b.do(http.MethodPost, "/oauth/authorize", url.Values{"token": {b.hidden("token")}, "query": {b.hidden("query")}, "decision": {"accept"}})
	b.do(http.MethodGet, to, nil)
	if app.status != http.StatusOK {
		t.Fatalf("%d %v", app.status, app.tokens)
	}
	app.becomes(func() { app.version, app.scopes = "3.0.0", []string{"orders:read", "products:write"} })
	if _, _, err := readAgain(t, shop, app.URL+"/app.json", false); err != nil {
		t.Fatal(err)
	}
	status, _ := b.get("/admin/")
	b.want(status, http.StatusOK, "wants more access", `href="/admin/apps/ship-it/consent"`)
	decide := func(decision string) (int, string) {
		status, _ := b.get("/admin/apps/ship-it/consent")
		b.want(status, http.StatusOK, "Give Shipping", "create and change products", "works on with what it has", "It has already", "see orders")
		form := url.Values{"token": {b.hidden("token")}, "about": {b.hidden("about")}, "query": {""}, "decision": {decision}}
		clock.read()
		return b.do(http.MethodPost, "/admin/apps/ship-it/consent", form)
	}
	if status, to := decide("cancel"); status != http.StatusSeeOther || to != "/admin/" || shipIt(t, shop).State != "needs_approval" {
		t.Fatalf("cancelled: %d to %q, %s", status, to, shipIt(t, shop).State)
	}
	if status, to := decide("accept"); status != http.StatusSeeOther || to != "/admin/" {
		t.Fatalf("accepted: %d to %q", status, to)
	}
	if details := shipIt(t, shop); details.State != "installed" || !slices.Contains(details.Granted, "products:write") {
		t.Errorf("%+v", details)
	}
	app.wait("app.scopes_updated")
	if !app.active(host.URL(), app.text("access_token")) {
		t.Error("its token is dead")
	}
}

// A host reads the manifest of an app by itself when a day has passed on its clock, and says why
// when it cannot.
func TestHostReadsManifestsAgain(t *testing.T) {
	t.Parallel()
	c, clock := clocked(development(folder(t)))
	host := open(t, c)
	shop := only(t, host)
	app := newPacked(t, "ship-it", []string{"orders:read"}, []string{"app.updated"})
	if err := byOperator(t, shop, app.URL); err != nil {
		t.Fatal(err)
	}
	app.becomes(func() { app.version = "2.2.0" })
	again := func(later time.Duration) control.AppDetails {
		t.Helper()
		clock.ahead.Add(int64(later))
		if err := host.ReadManifestsAgain(t.Context()); err != nil {
			t.Fatal(err)
		}
		return shipIt(t, shop)
	}
	if d := again(20 * time.Hour); d.Version != "2.1.0" {
		t.Errorf("read before its time: %s", d.Version)
	}
	if d := again(7 * time.Hour); d.Version != "2.2.0" || d.State != "installed" || d.Unread != "" {
		t.Errorf("after a day: %s, %s, %q", d.Version, d.State, d.Unread)
	}
	app.wait("app.updated")
	app.becomes(func() {
		app.instead = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }
	})
	if d := again(27 * time.Hour); !strings.Contains(d.Unread, "it answered 503") || d.Version != "2.2.0" || !d.Active {
		t.Errorf("not to be read: %q", d.Unread)
	}
	app.becomes(func() { app.instead, app.version = nil, "2.1.9" })
	if d := again(27 * time.Hour); !strings.Contains(d.Unread, "cannot go back") || d.Version != "2.2.0" {
		t.Errorf("an older one: %q", d.Unread)
	}
	app.becomes(func() { app.version = "2.3.0" })
	if d := again(27 * time.Hour); d.Unread != "" || d.Version != "2.3.0" {
		t.Errorf("well again: %q, %s", d.Unread, d.Version)
	}
}

// What somebody looked at is what they decide about: when the manifest is another meanwhile,
// nothing happens.
func TestManifestChangesBetweenPreviewAndDecision(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	shop := only(t, host)
	app := newPacked(t, "ship-it", []string{"orders:read"}, nil)
	source := control.Source{URL: app.URL}
	wish, err := shop.Preview(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	app.becomes(func() { app.scopes = append(app.scopes, "customers:read") })
	if _, err := shop.Install(t.Context(), control.Install{Source: source, ConsentHash: wish.ConsentHash}); appdock.KindOf(err) != appdock.Refused {
		t.Fatalf("installed: %v", err)
	}
	if app.status != 0 || app.told != nil {
		t.Errorf("the app was called: %v", app.told)
	}
	if err := byOperator(t, shop, app.URL); err != nil {
		t.Fatal(err)
	}
	app.becomes(func() { app.scopes = append(app.scopes, "products:read") })
	if wish, err = shop.Preview(t.Context(), source); err != nil {
		t.Fatal(err)
	}
	app.becomes(func() { app.scopes = append(app.scopes, "products:write") })
	if _, err := shop.Update(t.Context(), control.Install{Source: source, ConsentHash: wish.ConsentHash}); appdock.KindOf(err) != appdock.Refused {
		t.Fatalf("updated: %v", err)
	}
	if details := shipIt(t, shop); details.State != "installed" || slices.Contains(details.Requested, "products:read") {
		t.Errorf("%+v", details)
	}
}

// What is no app.json is refused with the reason, for an installation and for an update.
func TestManifestsThatCannotBeFetched(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	shop := only(t, host)
	app := newPacked(t, "ship-it", []string{"orders:read"}, nil)
	if err := byOperator(t, shop, app.URL); err != nil {
		t.Fatal(err)
	}
	before := shipIt(t, shop)
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"more than 256 KiB": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(strings.Repeat(" ", 256<<10) + "{}"))
		}, "256"},
		"a redirect to a private address": {
			func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "http://169.254.169.254/latest/meta-data", http.StatusFound)
			}, "169.254.169.254",
		},
		"a failure": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, "502"},
		"no answer": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "closed the connection"},
		// A byte now and then keeps a connection alive for ever: the host does not wait so long.
		"drops": {func(w http.ResponseWriter, r *http.Request) {
			beat := time.NewTicker(100 * time.Millisecond)
			defer beat.Stop()
			for {
				select {
				case <-r.Context().Done():
					return
				case <-beat.C:
					_, _ = w.Write([]byte(" "))
					_ = http.NewResponseController(w).Flush()
				}
			}
		}, "within 5 s"},
		"other text": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, "invalid character"},
	} {
		app.becomes(func() { app.instead = tt.answer })
		began := time.Now()
		_, _, err := readAgain(t, shop, app.URL, true)
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s: refused after %s", name, took)
		}
		if kind := appdock.KindOf(err); kind == appdock.Internal || !strings.Contains(told(err), tt.want) {
			t.Errorf("%s: %v, want the reason %q", name, told(err), tt.want)
		}
	}
	if after := shipIt(t, shop); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("it was %+v and is %+v", before, after)
	}
	// Addresses of private networks are called in no case but in development.
	c := production(folder(t))
	c.Allow = nil
	strict := only(t, open(t, c))
	for address, want := range map[string]string{"https://127.0.0.1/app.json": "127.0.0.1", "https://10.1.2.3/": "10.1.2.3", "http://app.example/": "https"} {
		if _, err := strict.Preview(t.Context(), control.Source{URL: address}); appdock.KindOf(err) == appdock.Internal || !strings.Contains(told(err), want) {
			t.Errorf("%s: %v", address, told(err))
		}
	}
}

// told is an error as people see it, with its faults.
func told(err error) string {
	e, ok := errors.AsType[*appdock.Error](err)
	if !ok {
		return fmt.Sprint(err)
	}
	return fmt.Sprint(e.Message, " ", e.Cause, " ", e.Faults)
}

func shipIt(t *testing.T, shop *server.Shop) control.AppDetails {
	t.Helper()
	details, err := shop.App(t.Context(), "ship-it")
	if err != nil {
		t.Fatal(err)
	}
	return details
}
