package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
)

// fakeHost is a small working host and its only shop: it installs the apps of [catalogue] by the name of
// their folder and remembers them.
type fakeHost struct {
	control.Host // Version and Watch are not asked for

	mode string // empty: development

	mu   sync.Mutex
	apps map[string]control.App
	took []control.Install // orders that were taken

	granted []string // to every app; nil: what they have at first
	moved   bool     // the shop is not where its apps know it

	states    map[appdock.ID]string // of webhooks that were paused or resumed
	triggered control.Trigger       // the last one
}

func newFakeHost() *fakeHost {
	return &fakeHost{apps: map[string]control.App{}, states: map[appdock.ID]string{}}
}

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// catalogue has an app for each thing that can become of one.
func catalogue(name string) (control.Preview, error) {
	p := control.Preview{Name: name, Version: "1.0.0", Label: name + " for everybody", ConsentHash: "hash of " + name}
	switch name {
	case "Plain", "PlainToo":
	case "Unfinished":
		p.Installed = "unconfirmed"
	case "Silent":
	case "Changing":
		p.ConsentHash = "an old hash"
	case "MyExampleApp":
		p.Permissions = []control.ResourceWish{
			{Resource: "product", Privileges: []string{"write", "delete"}},
			{Resource: "order", Privileges: []string{"read"}},
		}
		p.Additional = []string{"system:cache:info"}
		p.Hosts = []string{"my.app.example"}
	case "Talkative":
		p.Hosts = []string{"one.example", "two.example\x1b[2J\u202e"}
	case "Curious":
		p.Permissions = []control.ResourceWish{{Resource: "user", Privileges: []string{"write"}}}
		p.Problems = []control.Problem{
			{Code: "manifest.permission_sensitive", Severity: "warning", Message: "asks to change admin users", File: "Curious/manifest.xml", Line: 9, Column: 5},
			{Code: "manifest.version_format", Severity: "warning", Message: `version "1" is no semantic version`, Hint: "write 1.0.0", File: "Curious/manifest.xml", Line: 4, Column: 5},
			{Code: "manifest.no_english", Severity: "info", Message: "no en-GB text", File: "Curious/manifest.xml", Line: 3, Column: 5},
		}
	case "Broken":
		return p, &appdock.Error{
			Kind: appdock.Invalid, Code: "ADK-APP-INVALID", Message: "App Broken has faults in its manifest", Cure: "Mend them.",
			Faults: []appdock.Fault{{
				Pointer: "Broken/manifest.xml:14:9", Code: "manifest.bad_event_token", Message: `event "test event" is no valid token`,
			}},
		}
	default:
		return p, fmt.Errorf("no app of the catalogue: %s", name)
	}
	return p, nil
}

func (h *fakeHost) Preview(_ context.Context, source control.Source) (control.Preview, error) {
	p, err := catalogue(filepath.Base(source.Path))
	h.mu.Lock()
	defer h.mu.Unlock()
	if a, ok := h.apps[p.Name]; ok {
		upgrade(&p, a)
	}
	return p, err
}

func (h *fakeHost) Install(_ context.Context, in control.Install) (control.Result, error) {
	name := filepath.Base(in.Path)
	switch {
	case name == "Silent":
		return control.Result{}, &control.ExchangeError{
			Request: "GET https://silent.example/register?shop-id=x\nshopware-app-signature: [redacted]\n",
			Answer:  "HTTP 500\n\nout of order\n",
			Err: &appdock.Error{
				Kind: appdock.Failed, Code: "FRAMEWORK__APP_REGISTRATION_FAILED",
				Message: `App registration for "Silent" failed`, Cause: "the app server failed with status 500",
				Cure: "Look into the log of the app server.",
			},
		}
	case in.ConsentHash != "hash of "+name:
		return control.Result{}, &appdock.Error{Kind: appdock.Refused, Code: "ADK-CONSENT-NEEDED", Message: `App "` + name + `" needs consent`}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.took = append(h.took, in)
	h.apps[name] = control.App{
		Name: name, Label: name + " for everybody", Version: "1.0.0", Author: "Example Ltd.", Active: in.Activate,
		State: "registered", Format: "shopware", InstalledAt: noon, HasSecret: true,
	}
	r := control.Result{Name: name, Version: "1.0.0", Result: "installed"}
	if in.AllowShortSecret {
		r.Warnings = []string{"The shop secret is short."}
	}
	return r, nil
}

// change changes an installed app.
func (h *fakeHost) change(name, result string, f func(*control.App)) (control.Result, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	a, ok := h.apps[name]
	if !ok {
		return control.Result{}, noAppCalled(name)
	}
	f(&a)
	h.apps[name] = a
	return control.Result{Name: name, Version: a.Version, Result: result}, nil
}

func noAppCalled(name string) error {
	return &appdock.Error{
		Kind: appdock.NotFound, Code: "FRAMEWORK__APP_NOT_FOUND",
		Message: `No app found for "` + name + `".`, Cure: "See the installed apps with: appdock app list",
	}
}

func (h *fakeHost) Activate(_ context.Context, app string) (control.Result, error) {
	return h.change(app, "activated", func(a *control.App) { a.Active = true })
}

func (h *fakeHost) Deactivate(_ context.Context, app string) (control.Result, error) {
	return h.change(app, "deactivated", func(a *control.App) { a.Active = false })
}

func (h *fakeHost) Uninstall(_ context.Context, app string, keepUserData bool) (control.Result, error) {
	r, err := h.change(app, "uninstalled", func(*control.App) {})
	if err == nil && keepUserData {
		r.Warnings = []string{"Its data stays."}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.apps, app)
	return r, err
}

func (h *fakeHost) Apps(context.Context) ([]control.App, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var list []control.App
	for _, a := range h.apps {
		list = append(list, a)
	}
	return list, nil
}

func (h *fakeHost) App(_ context.Context, name string) (control.AppDetails, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	a, ok := h.apps[name]
	if !ok {
		return control.AppDetails{}, noAppCalled(name)
	}
	granted, unconfirmed, since := h.granted, 1, &noon
	if granted == nil {
		granted = []string{"order:read"}
	}
	if name == "Plain" || name == "Curious" || name == "PlainToo" {
		unconfirmed, since = 0, nil
	}
	return control.AppDetails{
		App: a, ID: "0190c2f5d6a17d3f8e2b4c6a8e0f1a2b", Path: "/apps/" + name,
		Granted: granted, Requested: []string{"order:read", "product:read"}, Hosts: []string{"my.app.example"},
		Webhooks: []control.Webhook{
			{WebhookWish: control.WebhookWish{Name: "placed", Event: "checkout.order.placed", URL: "https://my.app.example/placed"}, Active: true},
			{WebhookWish: control.WebhookWish{Name: "tax", Event: "tax.written", URL: "https://my.app.example/tax"}, Asleep: "unknown event"},
		},
		Unconfirmed: unconfirmed, PendingSince: since, ManifestHash: "abc", Names: []control.Name{{Kind: "custom field", Name: "example_color"}},
	}, nil
}

func (h *fakeHost) Shop(context.Context, string) (control.Shop, error) { return h, nil }

func (h *fakeHost) Shops(ctx context.Context) ([]control.ShopDetails, error) {
	details, err := h.Details(ctx)
	return []control.ShopDetails{details}, err
}

func (h *fakeHost) Details(context.Context) (control.ShopDetails, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return control.ShopDetails{
		ID: "aB3dE6gH9jK2mN5p", URL: "http://127.0.0.1:8000", Name: "Demo shop", Platform: "6.7.10.0",
		Mode: cmp.Or(h.mode, "development"), Identity: "ok", Apps: len(h.apps), Private: "the address of the shop is not https",
	}, nil
}

func deliveries() []control.DeliveryDetails {
	due := noon.Add(time.Hour)
	first := control.Delivery{
		ID: appdock.ID{0: 0x0a, 15: 1}, EventID: appdock.ID{0: 0x0e, 15: 1}, App: "MyExampleApp", Webhook: "placed",
		Event: "checkout.order.placed", EntityID: appdock.ID{0: 0x0d, 15: 1}.String(), Status: "delivered", Attempts: 2,
		URL: "https://my.app.example/placed", ResponseStatus: 204, CreatedAt: noon,
	}
	second := first
	second.ID, second.Status, second.Attempts, second.ResponseStatus, second.DueAt = appdock.ID{0: 0x0a, 15: 2}, "waiting", 0, 0, &due
	second.App, second.Event, second.CreatedAt = "Plain", "product.written", noon.Add(-24*time.Hour)
	return []control.DeliveryDetails{
		{Delivery: first, Log: []control.Attempt{
			{Attempt: 1, At: noon, MS: 10000, Error: "no answer in time", Request: "POST https://my.app.example/placed\nshopware-shop-signature: 0a\n\n{}"},
			{Attempt: 2, At: noon.Add(5 * time.Second), MS: 3, Status: 204, Request: "POST https://my.app.example/placed", Response: "HTTP 204"},
		}},
		{Delivery: second},
	}
}

func (h *fakeHost) Deliveries(_ context.Context, f control.DeliveryFilter) ([]control.Delivery, error) {
	var list []control.Delivery
	for _, d := range deliveries() {
		if (f.App == "" || f.App == d.App) && (f.Event == "" || f.Event == d.Event) && (f.Status == "" || f.Status == d.Status) &&
			!d.CreatedAt.Before(f.Since) && (f.Until.IsZero() || d.CreatedAt.Before(f.Until)) {
			list = append(list, d.Delivery)
		}
	}
	return list[:min(len(list), f.Limit)], nil
}

func (h *fakeHost) Delivery(_ context.Context, id appdock.ID) (control.DeliveryDetails, error) {
	all := deliveries()
	at := slices.IndexFunc(all, func(d control.DeliveryDetails) bool { return d.ID == id })
	if at < 0 {
		return control.DeliveryDetails{}, &appdock.Error{Kind: appdock.NotFound, Code: "ADK-DELIVERY-UNKNOWN", Message: "There is no delivery " + id.String()}
	}
	return all[at], nil
}

func (h *fakeHost) Replay(ctx context.Context, f control.DeliveryFilter) (control.Replayed, error) {
	if f.App == "Nobody" {
		return control.Replayed{}, nil
	}
	if f.ID.IsZero() {
		return control.Replayed{Replayed: 3}, nil
	}
	d, err := h.Delivery(ctx, f.ID)
	if err == nil && d.Status == "waiting" {
		err = &appdock.Error{Kind: appdock.Conflict, Code: "ADK-DELIVERY-OPEN", Message: "The delivery is still to be sent"}
	}
	return control.Replayed{Replayed: 1}, err
}

func (h *fakeHost) CopyDelivery(ctx context.Context, id appdock.ID, to string) (control.Copied, error) {
	if _, err := h.Delivery(ctx, id); err != nil {
		return control.Copied{}, err
	}
	if strings.HasSuffix(to, "/silent") {
		return control.Copied{Error: "no answer in time", MS: 10000}, nil
	}
	return control.Copied{Status: 200, MS: 7}, nil
}

// subscriptions has one of each state that people see.
func subscriptions() []control.Subscription {
	trial, since := noon.Add(5*time.Minute), noon.Add(-time.Hour)
	one := control.Subscription{ID: appdock.ID{0: 0x0b, 15: 1}, App: "MyExampleApp", Name: "placed", Event: "checkout.order.placed", URL: "https://my.app.example/placed", State: "healthy"}
	two := one
	two.ID, two.App, two.State, two.Transient, two.Parked, two.NextTrialAt = appdock.ID{0: 0x0b, 15: 2}, "Plain", "suspended", 9, 12, &trial
	two.SuspendedSince, two.Cause = &since, "schedule_exhausted"
	return []control.Subscription{one, two}
}

func (h *fakeHost) Webhooks(context.Context) ([]control.Subscription, error) {
	list := subscriptions()
	for i := range list {
		if state, ordered := h.states[list[i].ID]; ordered {
			list[i].State = state
		}
	}
	return list, nil
}

func (h *fakeHost) PauseWebhook(_ context.Context, id appdock.ID) error {
	h.states[id] = "disabled"
	return nil
}

func (h *fakeHost) ResumeWebhook(_ context.Context, id appdock.ID, drop bool) (control.Resumed, error) {
	h.states[id] = "healthy"
	if drop {
		return control.Resumed{Dropped: 12}, nil
	}
	return control.Resumed{}, nil
}

func (h *fakeHost) Trigger(_ context.Context, t control.Trigger) (control.Triggered, error) {
	h.triggered = t
	if t.Event == "nonsense" {
		return control.Triggered{}, &appdock.Error{Kind: appdock.NotFound, Code: "ADK-EVENT-UNKNOWN", Message: "There is no such event"}
	}
	return control.Triggered{
		Event: t.Event, EventID: appdock.ID{0: 0x0e, 15: 2},
		Deliveries: []control.TriggeredDelivery{{ID: appdock.ID{0: 0x0a, 15: 3}, App: "MyExampleApp", Webhook: "placed"}},
		Filtered:   []control.Filtered{{App: "Plain", Webhook: "placed", Reason: "the app lacks order:read"}},
	}, nil
}

// Close makes the fake one that runs in this process.
func (h *fakeHost) Close() error { return nil }

// installed lists the apps by name, for tests.
func (h *fakeHost) installed() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var names []string
	for name := range h.apps {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func (h *fakeHost) Seed(_ context.Context, s control.Seeding) (control.Seeding, error) {
	s.Done, s.Total = s.Done+1, 3
	return s, nil
}

// Examine finds one thing of each kind.
func (h *fakeHost) Examine(context.Context) ([]control.Finding, error) {
	list := []control.Finding{
		{Check: "data.key", Verdict: control.OK, Message: "The key is there."},
		{Check: "shop.url", Subject: "http://shop.example", Verdict: control.Warn, Message: "Apps call in the clear.", Cause: "it is http", Cure: "Use https."},
	}
	if h.moved {
		list = append(list, control.Finding{
			Check: "shop.identity", Subject: "http://shop.example", Verdict: control.Fail, Message: "The shop moved\x1b[2J.",
			Code: "FRAMEWORK__APP_SHOP_ID_CHANGE_SUGGESTED", Cause: "its URL differs", Cure: "Settle it.",
		})
	}
	return list, nil
}

// Ready says no when the shop moved: a fake host has no other way to be ill.
func (h *fakeHost) Ready(context.Context) (control.Readiness, error) {
	return control.Readiness{Ready: !h.moved, Checks: []control.Check{{Name: "store", OK: true}, {Name: "writer", OK: !h.moved}}}, nil
}

// Upload is for hosts elsewhere, which the fake is not.
func (h *fakeHost) Upload(context.Context, []byte) (control.Source, error) {
	return control.Source{}, errors.New("nothing is uploaded over a socket")
}
