package lifecycle_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/protocol"
)

func TestInstall(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.app.seen = func(c protocol.Call) {
		// The app may call back during either call: its rows are there, and so is the
		// secret that it is about to use.
		r := must(h.Get(t.Context(), shopID, "ordernotes"))(t)
		switch {
		case r.Installation.Active:
			t.Error("the app is active during the handshake")
		case r.InstalledAt.IsZero():
			t.Error("the rows say not when they were made")
		case c.Method == "GET" && r.State != lifecycle.Registering:
			t.Errorf("state %q during the registration", r.State)
		case c.Method == "POST" && (r.State != lifecycle.Confirming || len(r.Unconfirmed) != 1 || r.Unconfirmed[0].Reveal() != h.app.pending):
			t.Errorf("state %q during the confirmation, with %d unconfirmed secrets", r.State, len(r.Unconfirmed))
		}
	}
	outcome, err := h.install(t, sample(t), lifecycle.Options{Activate: true, Files: lifecycle.Files{Path: "apps/OrderNotes", Icon: []byte("png")}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(lifecycle.Outcome{App: "OrderNotes", Version: "1.2.0", Result: lifecycle.Installed}, outcome); diff != "" {
		t.Errorf("outcome (-want +got)\n%s", diff)
	}
	h.agrees(t)

	r := must(h.Get(t.Context(), shopID, "OrderNotes"))(t)
	wantGrant := appdock.NewPrivileges("product:create", "product:read", "product:delete", "order:read", "product:update", "notification:create")
	if diff := cmp.Diff(wantGrant, r.Installation.Grant); diff != "" {
		t.Errorf("grant (-want +got)\n%s", diff)
	}
	if !r.Installation.Active || r.State != lifecycle.Registered || !r.InstalledAt.Equal(start) {
		t.Errorf("active %v, state %q, installed at %v", r.Installation.Active, r.State, r.InstalledAt)
	}
	wantProfile := lifecycle.Profile{
		Format: "shopware", Label: map[string]string{"en-GB": "Order notes", "de-DE": "Bestellnotizen"},
		Author: "Acme", Copyright: "(c) Acme", License: "MIT", Icon: []byte("png"), Path: "apps/OrderNotes", ManifestHash: sample(t).Hash(),
		Hosts: []string{"cdn.example.org", "app.example.org", "hooks.example.org"}, Requested: wantGrant,
	}
	if diff := cmp.Diff(wantProfile, r.Profile, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("profile (-want +got)\n%s", diff)
	}
	var hooks []string
	for _, w := range r.Features.Webhooks {
		hooks = append(hooks, fmt.Sprintf("%s %s %s live=%v active=%v", w.Name, w.Event, w.URL, w.OnlyLive, w.Active))
	}
	wantHooks := []string{
		"placed checkout.order.placed https://hooks.example.org/placed live=false active=true",
		"deleted app.deleted https://hooks.example.org/deleted live=false active=true",
		"written product.written https://hooks.example.org/written live=true active=true",
	}
	if diff := cmp.Diff(wantHooks, hooks); diff != "" {
		t.Errorf("webhooks (-want +got)\n%s", diff)
	}

	if diff := cmp.Diff([]string{`app.installed {"appVersion":"1.2.0"}`, "app.activated []"}, h.store.told()); diff != "" {
		t.Errorf("events (-want +got)\n%s", diff)
	}
	for _, e := range h.store.events {
		if e.Only != r.Installation.ID || !e.Key.IsZero() || e.Shop != shopID || !e.At.Equal(start) {
			t.Errorf("%s is for %v with key %v", e.Name, e.Only, e.Key)
		}
	}
	if diff := cmp.Diff([]string{"app.installed while inactive", "app.activated while active"}, h.settled.log); diff != "" {
		t.Errorf("waited for (-want +got)\n%s", diff)
	}
	if len(h.app.calls) != 2 {
		t.Errorf("%d calls, want 2", len(h.app.calls))
	}
	for _, name := range []string{protocol.HeaderShopSignature, protocol.HeaderPreviousSignature} {
		if h.app.calls[0].Get(name) != "" {
			t.Errorf("a first registration carries %s", name)
		}
	}
	h.hidesSecrets(t, nil)
}

func TestInstallAfterUninstallSignsWithTheLastSecret(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	must(h.install(t, sample(t), lifecycle.Options{}))(t)
	first := h.app.secret
	must(h.Uninstall(t.Context(), shopID, "OrderNotes", true))(t)
	if got, want := h.state(t), "absent, one remembered"; got != want {
		t.Fatalf("state %q, want %q", got, want)
	}
	must(h.install(t, sample(t), lifecycle.Options{}))(t)
	if got, want := h.state(t), "registered, inactive, a secret, 0 unconfirmed"; got != want {
		t.Errorf("state %q, want %q", got, want)
	}
	h.agrees(t)
	registration, confirmation := h.app.calls[2], h.app.calls[3]
	_, query, _ := strings.Cut(registration.URL, "?")
	if err := protocol.Verify(first, []byte(query), registration.Get(protocol.HeaderShopSignature)); err != nil {
		t.Errorf("registration, second signature: %v", err)
	}
	if err := protocol.Verify(first, confirmation.Body, confirmation.Get(protocol.HeaderPreviousSignature)); err != nil {
		t.Errorf("confirmation, second signature: %v", err)
	}
}

func TestInstallations(t *testing.T) {
	t.Parallel()
	noSecret := part{"<secret>canary-app-secret</secret>", ""}
	noSetup := cut("<setup>", "</setup>")
	short := editing(strings.Repeat("x", 64), "")
	tests := map[string]struct {
		parts    []part
		options  lifecycle.Options
		prepare  func(h *house)
		state    string
		webhooks int
		warnings []string
	}{
		"row 1: without a server": {
			parts: []part{noSetup, cut("<webhooks>", "</webhooks>")},
			state: "local, inactive, no secret, 0 unconfirmed",
		},
		"row 15: webhooks without a secret in production": {
			parts: []part{noSetup},
			state: "local, inactive, no secret, 0 unconfirmed", warnings: []string{"These features were left out because the app has no secret: Webhooks."},
		},
		"the vendor's secret is given by the operator": {
			parts: []part{noSecret}, options: lifecycle.Options{AppSecret: appdock.NewSecret(appSecret)},
			state: "registered, inactive, a secret, 0 unconfirmed", webhooks: 3,
		},
		"the manifest's secret wins": {
			options: lifecycle.Options{AppSecret: appdock.NewSecret("another")},
			state:   "registered, inactive, a secret, 0 unconfirmed", webhooks: 3,
		},
		"a proof with a line feed": {
			prepare: func(h *house) { h.app.onRegister = editing(`","secret"`, `\n","secret"`) },
			state:   "registered, inactive, a secret, 0 unconfirmed", webhooks: 3,
		},
		"a short secret, allowed this once": {
			options: lifecycle.Options{AllowShortSecret: true},
			prepare: func(h *house) { h.app.shorten(short) },
			state:   "registered, inactive, a secret, 0 unconfirmed", webhooks: 3,
			warnings: []string{"The app made a shop secret of less than 64 characters: it is easier to guess."},
		},
		"a short secret, allowed always": {
			prepare: func(h *house) { h.AllowShortSecret = true; h.app.shorten(short) },
			state:   "registered, inactive, a secret, 0 unconfirmed", webhooks: 3,
			warnings: []string{"The app made a shop secret of less than 64 characters: it is easier to guess."},
		},
		"a short secret and a confirmation in the clear in development": {
			prepare: func(h *house) {
				h.Development = true
				h.app.shorten(func(a protocol.Answer) (protocol.Answer, error) {
					a, _ = short(a)
					return editing("https://app.example.org/confirm", "http://localhost:8000/confirm")(a)
				})
			},
			state: "registered, inactive, a secret, 0 unconfirmed", webhooks: 3,
			warnings: []string{"The app made a shop secret of less than 64 characters: it is easier to guess."},
		},
		"a webhook for an unknown event sleeps": {
			parts: []part{{`event="product.written"`, `event="prodct.written"`}},
			state: "registered, inactive, a secret, 0 unconfirmed", webhooks: 2,
			warnings: []string{`Webhook "written" listens to "prodct.written", which is no event of this host: it is stored and never called.`},
		},
		"an app that answers its lifecycle webhooks with 500": {
			prepare: func(h *house) { h.settled.err = errors.New("status 500") },
			state:   "registered, inactive, a secret, 0 unconfirmed", webhooks: 3,
		},
		"public access is not asked for in development": {
			parts:   []part{{"<permissions>", "<requirements><public-access/></requirements><permissions>"}},
			prepare: func(h *house) { h.Development = true },
			state:   "registered, inactive, a secret, 0 unconfirmed", webhooks: 3,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			if test.prepare != nil {
				test.prepare(h)
			}
			outcome, err := h.install(t, sample(t, test.parts...), test.options)
			if err != nil {
				t.Fatal(err)
			}
			if got := h.state(t); got != test.state {
				t.Errorf("state %q, want %q", got, test.state)
			}
			if diff := cmp.Diff(test.warnings, outcome.Warnings); diff != "" {
				t.Errorf("warnings (-want +got)\n%s", diff)
			}
			active := 0
			for _, w := range must(h.Get(t.Context(), shopID, "OrderNotes"))(t).Features.Webhooks {
				if w.Active {
					active++
				}
			}
			if active != test.webhooks {
				t.Errorf("%d active webhooks, want %d", active, test.webhooks)
			}
			if diff := cmp.Diff([]string{`app.installed {"appVersion":"1.2.0"}`}, h.store.told()); diff != "" {
				t.Errorf("events (-want +got)\n%s", diff)
			}
			h.hidesSecrets(t, nil)
		})
	}
}

// shorten lets the backend use the short secret that it answers with.
func (b *backend) shorten(edit func(protocol.Answer) (protocol.Answer, error)) {
	b.onRegister = func(a protocol.Answer) (protocol.Answer, error) {
		b.pending = strings.TrimSuffix(b.pending, strings.Repeat("x", 64))
		b.hidden = append(b.hidden, b.pending)
		return edit(a)
	}
}

func TestAppIsInstalledOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	must(h.install(t, sample(t), lifecycle.Options{}))(t)
	outcome, err := h.install(t, sample(t, part{"<name>OrderNotes", "<name>ORDERNotes"}, part{"1.2.0", "1.3.0"}), lifecycle.Options{})
	if appdock.CodeOf(err) != lifecycle.CodeAlreadyInstalled || appdock.KindOf(err) != appdock.Conflict {
		t.Errorf("got %v", err)
	}
	want := lifecycle.Outcome{App: "ORDERNotes", Version: "1.2.0", Result: lifecycle.AlreadyInstalled}
	if diff := cmp.Diff(want, outcome); diff != "" {
		t.Errorf("outcome (-want +got)\n%s", diff)
	}
	if len(h.app.calls) != 2 {
		t.Errorf("%d calls, want the 2 of the first installation", len(h.app.calls))
	}
}

func TestConsentIsNeeded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	accepted := h.consent(t, sample(t))
	more := sample(t, part{"<read>order</read>", "<read>order</read><read>customer</read>"})
	for name, hash := range map[string]string{"none": "", "of a smaller wish": accepted} {
		_, err := h.Install(t.Context(), demo, more, lifecycle.Options{ConsentHash: hash})
		if appdock.CodeOf(err) != lifecycle.CodeConsentNeeded || appdock.KindOf(err) != appdock.Refused {
			t.Errorf("consent %s: got %v", name, err)
		}
	}
	if got := h.state(t); got != "absent" || len(h.app.calls) > 0 {
		t.Errorf("state %q after %d calls", got, len(h.app.calls))
	}
}

func TestOperationsOnOneAppExcludeEachOther(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	app := sample(t)
	consent := h.consent(t, app)
	during := func(c protocol.Call) {
		_, install := h.Install(t.Context(), demo, app, lifecycle.Options{ConsentHash: h.consent(t, app)})
		_, activate := h.Activate(t.Context(), shopID, "ordernotes")
		_, deactivate := h.Deactivate(t.Context(), shopID, "ORDERNOTES")
		_, uninstall := h.Uninstall(t.Context(), shopID, "OrderNotes", false)
		for i, err := range []error{install, activate, deactivate, uninstall} {
			if appdock.CodeOf(err) != lifecycle.CodeLocked || appdock.KindOf(err) != appdock.Conflict {
				t.Errorf("operation %d during %s: got %v", i, c.Method, err)
			}
		}
		// Another app is not concerned.
		if _, err := h.Activate(t.Context(), shopID, "Another"); appdock.KindOf(err) != appdock.NotFound {
			t.Errorf("another app: got %v", err)
		}
	}
	h.app.seen = during
	must(h.Install(t.Context(), demo, app, lifecycle.Options{ConsentHash: consent}))(t)
	if got, want := h.state(t), "registered, inactive, a secret, 0 unconfirmed"; got != want {
		t.Errorf("state %q, want %q", got, want)
	}
}

func TestRaceOfInstallations(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	app := sample(t)
	consent := h.consent(t, app)
	var all sync.WaitGroup
	results := make(chan error, 16)
	for range cap(results) {
		all.Go(func() {
			_, err := h.Install(t.Context(), demo, app, lifecycle.Options{ConsentHash: consent})
			results <- err
		})
	}
	all.Wait()
	close(results)
	installed := 0
	for err := range results {
		switch appdock.CodeOf(err) {
		case "":
			if err != nil {
				t.Error(err)
			}
			installed++
		case lifecycle.CodeLocked, lifecycle.CodeAlreadyInstalled:
		default:
			t.Error(err)
		}
	}
	if installed != 1 || len(h.store.rows) != 1 {
		t.Errorf("%d installations, %d rows", installed, len(h.store.rows))
	}
	h.agrees(t)
}
