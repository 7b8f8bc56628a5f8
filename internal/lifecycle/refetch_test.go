package lifecycle_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/manifest"
)

const packAddress = "https://ship.example/app.json"

// pack is an app.json; changes are pairs of texts to replace.
func pack(t *testing.T, changes ...string) *manifest.App {
	t.Helper()
	text := strings.NewReplacer(changes...).Replace(`{
		"id": "ship-it", "name": "Ship it", "version": "2.1.0", "author": "Ship & Co", "description": "Ships things",
		"auth": {"redirect_uri": "https://ship.example/cb", "scopes": ["orders:read", "orders:write"]},
		"setup": {"onboarding_url": "https://ship.example/hello", "configuration_url": "https://ship.example/settings"},
		"webhooks": [{"topic": "order.created", "address": "https://ship.example/hook"}]
	}`)
	app, problems := manifest.ParseJSON(packAddress, []byte(text), false)
	if app == nil || problems.HasErrors() {
		t.Fatal(problems)
	}
	return app
}

// packed is a house with an app of the SitePack dialect that is installed and may do all that
// it asks for.
func packed(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	app := pack(t)
	must(h.Admit(t.Context(), demo, app, lifecycle.Admission{ManifestURL: packAddress, Scopes: lifecycle.Scopes(app)}))(t)
	must(h.CompleteOAuth(t.Context(), shopID, "ship-it"))(t)
	return h
}

// What an app shows in the pages of a shop is what its last manifest had beside it, and what was
// there before if that cannot be fetched.
func TestSnippetsOutliveTheServer(t *testing.T) {
	t.Parallel()
	h := packed(t)
	show := func(snippet, unread string) string {
		t.Helper()
		app := pack(t, `"webhooks"`, `"theme_extensions": {"app_blocks": [{"id": "eta", "target": "header", "snippet": "a.twig"}]}, "webhooks"`)
		app.Theme.Blocks[0].Snippet, app.Theme.Blocks[0].Unread = snippet, unread
		must(h.UpdateOAuth(t.Context(), shopID, app, packAddress, ""))(t)
		r := must(h.Get(t.Context(), shopID, "ship-it"))(t)
		if got := r.Profile.AppBlocks[0].Unread; got != unread {
			t.Errorf("it could not be read because of %q, want %q", got, unread)
		}
		return r.Profile.AppBlocks[0].Snippet
	}
	for _, tt := range [][3]string{{"", "it answered 500", ""}, {"one", "", "one"}, {"two", "", "two"}, {"", "it answered 500", "two"}, {"", "", ""}} {
		if got := show(tt[0], tt[1]); got != tt[2] {
			t.Errorf("snippet %q (%s): %q is shown, want %q", tt[0], tt[1], got, tt[2])
		}
	}
}

// TestNewManifestOfAnApp: what nobody consented to waits, what is not asked for any more is gone.
func TestNewManifestOfAnApp(t *testing.T) {
	t.Parallel()
	const (
		updated, permissions = "app.updated", "app.permissions.updated"
	)
	next := []string{"2.1.0", "2.2.0"}
	tests := map[string]struct {
		changes []string
		accept  bool
		state   lifecycle.State
		granted string
		awake   bool // the webhook is called
		told    []string
	}{
		"nothing new":                      {next, false, lifecycle.Authorized, "orders:read orders:write", true, []string{updated}},
		"another text of the same version": {[]string{"Ships things", "Ships all"}, false, lifecycle.Authorized, "orders:read orders:write", true, nil},
		"a scope more":                     {append(next, `"orders:write"`, `"orders:write", "products:read"`), false, lifecycle.NeedsApproval, "orders:read orders:write", true, []string{updated}},
		"a scope more, consented to":       {append(next, `"orders:write"`, `"orders:write", "products:read"`), true, lifecycle.Authorized, "orders:read orders:write products:read", true, []string{updated, permissions}},
		"a scope less":                     {append(next, `, "orders:write"`, ``), false, lifecycle.Authorized, "orders:read", true, []string{updated, permissions}},
		"less of one":                      {append(next, `"orders:read", "orders:write"`, `"orders:read"`), false, lifecycle.Authorized, "orders:read", true, []string{updated, permissions}},
		"one more and one less":            {append(next, `"orders:write"`, `"customers:read"`), false, lifecycle.NeedsApproval, "orders:read", true, []string{updated, permissions}},
		"a scope that was implied":         {append(next, `"orders:read", `, ``), false, lifecycle.Authorized, "orders:read orders:write", true, []string{updated}},
		"webhooks go to another host":      {append(next, "ship.example/hook", "spy.example/hook"), false, lifecycle.NeedsApproval, "orders:read orders:write", false, []string{updated}},
		"that was consented to":            {append(next, "ship.example/hook", "spy.example/hook"), true, lifecycle.Authorized, "orders:read orders:write", true, []string{updated}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := packed(t)
			before := len(h.store.told())
			app := pack(t, test.changes...)
			consent := ""
			if test.accept {
				consent = h.consent(t, app)
			}
			out, err := h.UpdateOAuth(t.Context(), shopID, app, packAddress, consent)
			if err != nil || out.Result != lifecycle.Updated || (len(out.Warnings) > 0) != (test.state == lifecycle.NeedsApproval) {
				t.Fatalf("%+v, %v", out, err)
			}
			r := must(h.Get(t.Context(), shopID, "ship-it"))(t)
			if r.State != test.state || strings.Join(r.OAuth.Granted, " ") != test.granted || r.Features.Webhooks[0].Active != test.awake || r.Installation.Version != app.Version {
				t.Errorf("got %s, %v, %+v", r.State, r.OAuth.Granted, r.Features.Webhooks)
			}
			told := names(h.store.told()[before:])
			if diff := cmp.Diff(test.told, told, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
			if r.State != lifecycle.NeedsApproval {
				return
			}
			// Somebody consents later, to the same manifest.
			if _, err := h.UpdateOAuth(t.Context(), shopID, app, packAddress, h.consent(t, app)); err != nil {
				t.Fatal(err)
			}
			if r = must(h.Get(t.Context(), shopID, "ship-it"))(t); r.State != lifecycle.Authorized || !r.Features.Webhooks[0].Active {
				t.Errorf("consented to, it is %s with %v", r.State, r.OAuth.Granted)
			}
		})
	}
}

// names are those of events that were told with what they say.
func names(told []string) (list []string) {
	for _, text := range told {
		name, _, _ := strings.Cut(text, " ")
		list = append(list, name)
	}
	return list
}

// A right that was given up is not there again when the app asks for it again.
func TestScopeThatComesBackNeedsConsent(t *testing.T) {
	t.Parallel()
	h := packed(t)
	without := pack(t, "2.1.0", "2.2.0", `, "orders:write"`, ``)
	must(h.UpdateOAuth(t.Context(), shopID, without, packAddress, ""))(t)
	must(h.UpdateOAuth(t.Context(), shopID, pack(t, "2.1.0", "2.3.0"), packAddress, ""))(t)
	r := must(h.Get(t.Context(), shopID, "ship-it"))(t)
	if r.State != lifecycle.NeedsApproval || slices.Contains(r.OAuth.Granted, "orders:write") || r.Installation.Grant.Has("order:create") {
		t.Errorf("got %s with %v", r.State, r.OAuth.Granted)
	}
	// Given up once more, nobody has to decide anything.
	must(h.UpdateOAuth(t.Context(), shopID, pack(t, "2.1.0", "2.4.0", `, "orders:write"`, ``), packAddress, ""))(t)
	if r := must(h.Get(t.Context(), shopID, "ship-it"))(t); r.State != lifecycle.Authorized {
		t.Errorf("got %s", r.State)
	}
}

// Pages at hosts that nobody consented to are not opened: they would be told who is logged in.
func TestPagesAtUnknownHostsStayClosed(t *testing.T) {
	t.Parallel()
	h := packed(t)
	app := pack(t, "2.1.0", "2.2.0", "ship.example/settings", "spy.example/settings")
	must(h.UpdateOAuth(t.Context(), shopID, app, packAddress, ""))(t)
	if r := must(h.Get(t.Context(), shopID, "ship-it"))(t); r.OAuth.ConfigurationURL != "" || r.OAuth.OnboardingURL == "" {
		t.Errorf("settings %q, onboarding %q", r.OAuth.ConfigurationURL, r.OAuth.OnboardingURL)
	}
	must(h.UpdateOAuth(t.Context(), shopID, app, packAddress, h.consent(t, app)))(t)
	if r := must(h.Get(t.Context(), shopID, "ship-it"))(t); r.OAuth.ConfigurationURL != "https://spy.example/settings" {
		t.Errorf("settings %q", r.OAuth.ConfigurationURL)
	}
}

func TestManifestsThatAreRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		changes []string
		address string
		consent string
		code    string
	}{
		"an older version":                  {[]string{"2.1.0", "2.0.9"}, packAddress, "", lifecycle.CodeDowngrade},
		"what was accepted is another one":  {[]string{"2.1.0", "2.2.0"}, packAddress, "another", lifecycle.CodeConsentNeeded},
		"it is at another address":          {[]string{"2.1.0", "2.2.0"}, "https://spy.example/app.json", "", lifecycle.CodeConsentNeeded},
		"it is not installed":               {[]string{"ship-it", "ship-that"}, packAddress, "", lifecycle.CodeNotFound},
		"it is installed, in another dress": {[]string{"ship-it", "ordernotes"}, packAddress, "", lifecycle.CodeFormatUnsupported},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := packed(t)
			must(h.install(t, sample(t), lifecycle.Options{}))(t)
			before := must(h.All(t.Context(), shopID))(t)
			_, err := h.UpdateOAuth(t.Context(), shopID, pack(t, test.changes...), test.address, test.consent)
			if appdock.CodeOf(err) != test.code {
				t.Errorf("got %v, want %s", err, test.code)
			}
			if after := must(h.All(t.Context(), shopID))(t); !reflect.DeepEqual(before, after) {
				t.Errorf("it was %+v, and is %+v", before, after)
			}
		})
	}
}

// A scope is withdrawn with those that imply it, and given again; the app is told each time.
func TestScopesAreWithdrawn(t *testing.T) {
	t.Parallel()
	h := packed(t)
	before := len(h.store.told())
	if _, err := h.Permit(t.Context(), shopID, "ship-it", nil, []appdock.Privilege{"orders:read"}); err != nil {
		t.Fatal(err)
	}
	r := must(h.Get(t.Context(), shopID, "ship-it"))(t)
	if len(r.OAuth.Granted) != 0 || r.Installation.Grant.Has("order:read") || r.Features.Webhooks[0].Active || r.State != lifecycle.Authorized {
		t.Errorf("%v is left, %s", r.OAuth.Granted, r.State)
	}
	if _, err := h.Permit(t.Context(), shopID, "ship-it", []appdock.Privilege{"orders:write"}, nil); err != nil {
		t.Fatal(err)
	}
	if r = must(h.Get(t.Context(), shopID, "ship-it"))(t); !r.Installation.Grant.Has("order:update") || !r.Features.Webhooks[0].Active {
		t.Errorf("given again: %v", r.OAuth.Granted)
	}
	if told := names(h.store.told()[before:]); len(told) != 2 || told[0] != "app.permissions.updated" {
		t.Errorf("told %v", told)
	}
	if _, err := h.Permit(t.Context(), shopID, "ship-it", []appdock.Privilege{"customers:read"}, nil); appdock.CodeOf(err) != lifecycle.CodeNotRequested {
		t.Errorf("more than it asks for: %v", err)
	}
}

// Manifests are read once a day, whatever comes of it, and each app at a time of its own.
func TestManifestsAreReadAgainEachDay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := packed(t)
		h.Now = time.Now
		var looks atomic.Int32
		type server func() (*manifest.App, error)
		var answers atomic.Value
		answers.Store(server(func() (*manifest.App, error) { return pack(t), nil }))
		h.Fetch = func(_ context.Context, _ appdock.Shop, address string) (*manifest.App, error) {
			if address != packAddress {
				return nil, fmt.Errorf("read at %s", address)
			}
			looks.Add(1)
			return answers.Load().(server)()
		}
		r := must(h.Get(t.Context(), shopID, "ship-it"))(t)
		r.OAuth.LookedAt = time.Now()
		if _, _, err := h.store.Change(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		go h.Tend(ctx, func() []appdock.Shop { return []appdock.Shop{demo} }, func(context.Context, error) {})
		show := func() lifecycle.Registration { return must(h.Get(t.Context(), shopID, "ship-it"))(t) }

		pass := func(d time.Duration) {
			time.Sleep(d)
			synctest.Wait()
		}
		pass(21 * time.Hour)
		if looks.Load() != 0 {
			t.Fatalf("read within the day")
		}
		pass(6 * time.Hour)
		if r := show(); looks.Load() != 1 || r.State != lifecycle.Authorized || !r.UpdatedAt.IsZero() {
			t.Fatalf("after a day it was read %d times and is %s, updated %v", looks.Load(), r.State, r.UpdatedAt)
		}
		answers.Store(server(func() (*manifest.App, error) {
			return nil, &appdock.Error{Kind: appdock.Invalid, Code: "ADK-APP-FETCH", Message: "There is no app.json", Cause: "it answered 500"}
		}))
		pass(27 * time.Hour)
		if r := show(); looks.Load() != 2 || r.OAuth.Unread != "There is no app.json: it answered 500" || r.State != lifecycle.Authorized {
			t.Fatalf("not to be read: %d times, %q, %s", looks.Load(), r.OAuth.Unread, r.State)
		}
		answers.Store(server(func() (*manifest.App, error) { return nil, errors.New("canary: a driver's words") }))
		pass(26 * time.Hour)
		if r := show(); looks.Load() != 3 || strings.Contains(r.OAuth.Unread, "canary") || r.OAuth.Unread == "" {
			t.Fatalf("%d times, %q", looks.Load(), r.OAuth.Unread)
		}
		answers.Store(server(func() (*manifest.App, error) { return pack(t, `"ship-it"`, `"ship-that"`), nil }))
		pass(26 * time.Hour)
		if r := show(); !strings.Contains(r.OAuth.Unread, `id "ship-that"`) {
			t.Fatalf("another app: %q", r.OAuth.Unread)
		}
		answers.Store(server(func() (*manifest.App, error) {
			return pack(t, "2.1.0", "2.2.0", `"orders:write"`, `"orders:write", "products:read"`), nil
		}))
		pass(26 * time.Hour)
		if r := show(); r.State != lifecycle.NeedsApproval || r.OAuth.Unread != "" || r.Installation.Version != "2.2.0" || slices.Contains(r.OAuth.Granted, "products:read") {
			t.Fatalf("%s, %q, %s, %v", r.State, r.OAuth.Unread, r.Installation.Version, r.OAuth.Granted)
		}
		stop()
		synctest.Wait()
		pass(72 * time.Hour)
		if looks.Load() != 5 {
			t.Errorf("read %d times", looks.Load())
		}
	})
}

func TestAppsAreNotReadAllAtOnce(t *testing.T) {
	t.Parallel()
	times := map[time.Time]bool{}
	for i := range 100 {
		at := lifecycle.NextLook(appdock.ID{15: byte(i)}, start)
		if wait := at.Sub(start); wait < 22*time.Hour || wait >= 26*time.Hour {
			t.Errorf("after %v", wait)
		}
		times[at] = true
	}
	if len(times) < 95 {
		t.Errorf("%d times for 100 apps", len(times))
	}
}

// An app is told of its webhook key in an answer that it does not confirm: when is kept with the
// key, at the first one and at each that follows it.
func TestKeysKnowWhenTheyWereTold(t *testing.T) {
	t.Parallel()
	h := packed(t)
	first := must(h.Get(t.Context(), shopID, "ship-it"))(t)
	if first.SecretTold.IsZero() || !first.SecretTold.Equal(h.Now()) {
		t.Errorf("the first was told at %v, want %v", first.SecretTold, h.Now())
	}
	later := h.Now().Add(time.Hour)
	h.Now = func() time.Time { return later }
	must(h.RotateWebhookKey(t.Context(), shopID, "ship-it"))(t)
	if second := must(h.Get(t.Context(), shopID, "ship-it"))(t); !second.SecretTold.Equal(later) || second.Secret.Equal(first.Secret) {
		t.Errorf("the second was told at %v, want %v", second.SecretTold, later)
	}
}
