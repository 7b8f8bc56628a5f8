package lifecycle_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/manifest"
)

// update accepts what is new and updates the app.
func (h *house) update(t *testing.T, app *manifest.App) (lifecycle.Outcome, error) {
	t.Helper()
	return h.Update(t.Context(), demo, app, lifecycle.Options{ConsentHash: h.consent(t, app)})
}

// updating gives a running app and one of its next versions.
var newer = part{"<version>1.2.0</version>", "<version>1.3.0</version>"}

// TestUpdatesThatFail: the version before works on as it was, and nobody was told of another.
func TestUpdatesThatFail(t *testing.T) {
	t.Parallel()
	more := part{"<read>order</read>", "<read>order</read><read>customer</read>"}
	noSetup := cut("<setup>", "</setup>")
	tests := map[string]struct {
		installed []part
		parts     []part
		prepare   func(h *house)
		unasked   bool // nobody accepted anything
		code      string
	}{
		"not compatible":     {parts: []part{newer, {"~6.7.0", "~6.6.0"}}, code: lifecycle.CodeNotCompatible},
		"an older version":   {parts: []part{{"1.2.0", "1.1.9"}}, code: lifecycle.CodeDowngrade},
		"an earlier release": {parts: []part{{"1.2.0", "1.2.0-rc1"}}, code: lifecycle.CodeDowngrade},
		"more permissions":   {parts: []part{newer, more}, unasked: true, code: lifecycle.CodeConsentNeeded},
		"more hosts":         {parts: []part{newer, {"cdn.", "img."}}, unasked: true, code: lifecycle.CodeConsentNeeded},
		"a private address": {
			parts: []part{newer, {"<permissions>", "<requirements><public-access/></requirements><permissions>"}}, code: lifecycle.CodeRequirements,
		},
		"it cannot be written": {
			parts: []part{newer}, code: "-",
			prepare: func(h *house) {
				h.store.step = func(step string) error {
					if step == "change to registered" {
						return fmt.Errorf("disk full")
					}
					return nil
				}
			},
		},
		"row 16: the registration of a server that is new": {
			installed: []part{noSetup}, parts: []part{newer}, code: lifecycle.CodeRegistration,
			prepare: func(h *house) { h.app.onRegister = answering(401, "") },
		},
		"row 16: its confirmation is refused": {
			installed: []part{noSetup}, parts: []part{newer}, code: lifecycle.CodeRegistration,
			prepare: func(h *house) { h.app.onConfirm = answering(401, "") },
		},
		"a server without a secret of the vendor": {
			installed: []part{noSetup}, parts: []part{newer, {"<secret>canary-app-secret</secret>", ""}}, code: lifecycle.CodeRegistration,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			must(h.install(t, sample(t, test.installed...), lifecycle.Options{Activate: true}))(t)
			before, told := must(h.Get(t.Context(), shopID, "OrderNotes"))(t), h.store.told()
			app := sample(t, test.parts...)
			consent := h.consent(t, app)
			if test.unasked {
				consent = ""
			}
			if test.prepare != nil {
				test.prepare(h)
			}
			_, err := h.Update(t.Context(), demo, app, lifecycle.Options{ConsentHash: consent})
			if err == nil || test.code != "-" && appdock.CodeOf(err) != test.code {
				t.Errorf("got %v, want the code %s", err, test.code)
			}
			h.store.step = func(string) error { return nil }
			after := must(h.Get(t.Context(), shopID, "OrderNotes"))(t)
			after.RowVersion = before.RowVersion
			if diff := cmp.Diff(before, after, cmp.Comparer(appdock.Secret.Equal), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("the installation (-before +after)\n%s", diff)
			}
			if diff := cmp.Diff(told, h.store.told()); diff != "" {
				t.Errorf("events (-before +after)\n%s", diff)
			}
			h.hidesSecrets(t, err)
		})
	}
}

func TestUpdates(t *testing.T) {
	t.Parallel()
	const updated = `app.updated {"appVersion":"1.3.0"}`
	more := part{"<read>order</read>", "<read>order</read><read>customer</read>"}
	fewer := part{"<delete>product</delete>", ""}
	patient := part{"<manifest>", `<manifest validates-permissions="true">`}
	tests := map[string]struct {
		parts   []part
		unasked bool
		result  lifecycle.Result
		grant   string // what changed of it: "+customer:read"
		waiting appdock.Privileges
		told    []string
	}{
		"the same version": {parts: []part{more}, result: lifecycle.Unchanged},
		"nothing is asked for anew": {
			parts: []part{newer}, unasked: true, result: lifecycle.Updated, told: []string{updated},
		},
		"less is asked for": {
			parts: []part{newer, fewer}, unasked: true, result: lifecycle.Updated, grant: "-product:delete",
			told: []string{updated, `app.permissions.updated {"permissions":["notification:create","order:read","product:create","product:read","product:update"]}`},
		},
		"more is asked for and accepted": {
			parts: []part{newer, more}, result: lifecycle.Updated, grant: "+customer:read",
			told: []string{updated, `app.permissions.updated {"permissions":["customer:read","notification:create","order:read","product:create","product:delete","product:read","product:update"]}`},
		},
		"more, by an app that checks itself": {
			parts: []part{newer, more, patient}, unasked: true, result: lifecycle.Updated,
			waiting: appdock.NewPrivileges("customer:read"), told: []string{updated},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			must(h.install(t, sample(t), lifecycle.Options{Activate: true}))(t)
			before, told, calls := must(h.Get(t.Context(), shopID, "OrderNotes"))(t), len(h.store.told()), len(h.app.calls)
			app := sample(t, test.parts...)
			consent := h.consent(t, app)
			if test.unasked {
				consent = ""
			}
			out := must(h.Update(t.Context(), demo, app, lifecycle.Options{ConsentHash: consent}))(t)
			r := must(h.Get(t.Context(), shopID, "OrderNotes"))(t)
			if out.Result != test.result || out.Version != r.Installation.Version {
				t.Errorf("%q of version %s, want %q", out.Result, out.Version, test.result)
			}
			changes := ""
			for _, p := range before.Installation.Grant {
				if !r.Installation.Grant.Has(p) {
					changes += "-" + string(p)
				}
			}
			for _, p := range r.Installation.Grant {
				if !before.Installation.Grant.Has(p) {
					changes += "+" + string(p)
				}
			}
			if changes != test.grant {
				t.Errorf("the grant changed by %q, want %q", changes, test.grant)
			}
			waiting := appdock.NewPrivileges(r.Installation.Grant.Missing(r.Profile.Requested...)...)
			if !slices.Equal(waiting, test.waiting) {
				t.Errorf("waits for %v, want %v", waiting, test.waiting)
			}
			if diff := cmp.Diff(test.told, h.store.told()[told:]); len(test.told) > 0 && diff != "" {
				t.Errorf("events (-want +got)\n%s", diff)
			}
			if len(h.app.calls) != calls {
				t.Error("an app with a secret was registered again")
			}
			if test.result == lifecycle.Updated && (!r.UpdatedAt.Equal(start) || r.Profile.ManifestHash != app.Hash()) {
				t.Errorf("updated at %v, hash %s", r.UpdatedAt, r.Profile.ManifestHash)
			}
		})
	}
}

// TestUpdateOfWebhooks: one of the same name is the same subscription (protocol-webhooks.md 1).
func TestUpdateOfWebhooks(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	must(h.install(t, sample(t), lifecycle.Options{Activate: true}))(t)
	ids := map[string]appdock.ID{}
	for _, w := range must(h.Get(t.Context(), shopID, "OrderNotes"))(t).Features.Webhooks {
		ids[w.Name] = w.ID
	}
	app := sample(t, newer, part{
		`name="deleted" url="https://hooks.example.org/deleted" event="app.deleted"`,
		`name="updated" url="https://hooks.example.org/updated" event="app.updated"`,
	}, part{"/placed", "/orders"}, part{`event="product.written" onlyLiveVersion="true"`, `event="product.deleted"`})
	must(h.update(t, app))(t)
	var got []string
	for _, w := range must(h.Get(t.Context(), shopID, "OrderNotes"))(t).Features.Webhooks {
		got = append(got, fmt.Sprintf("%s %s %s same %v", w.Name, w.Event, w.URL, w.ID == ids[w.Name]))
	}
	want := []string{
		"placed checkout.order.placed https://hooks.example.org/orders same true",
		"updated app.updated https://hooks.example.org/updated same false",
		"written product.deleted https://hooks.example.org/written same true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestUpdateThatBringsAServer is protocol-handshake.md 8.1, the last row.
func TestUpdateThatBringsAServer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	must(h.install(t, sample(t, cut("<setup>", "</setup>")), lifecycle.Options{Activate: true}))(t)
	app := sample(t, newer)
	h.app.onConfirm = answering(500, "")
	if _, err := h.update(t, app); appdock.CodeOf(err) != lifecycle.CodeRegistration {
		t.Fatalf("got %v", err)
	}
	if got, want := h.state(t), "local, active, no secret, 1 unconfirmed"; got != want {
		t.Errorf("state %q, want %q", got, want)
	}
	h.app.onConfirm = nil
	must(h.update(t, app))(t) // the app holds the secret: it demands a second signature
	if got, want := h.state(t), "registered, active, a secret, 0 unconfirmed"; got != want {
		t.Errorf("state %q, want %q", got, want)
	}
	h.agrees(t)
	if r := must(h.Get(t.Context(), shopID, "OrderNotes"))(t); len(r.Features.Webhooks) != 3 || r.Installation.Version != "1.3.0" {
		t.Errorf("version %s with %d webhooks", r.Installation.Version, len(r.Features.Webhooks))
	}
	must(h.RotateSecret(t.Context(), demo, "OrderNotes"))(t)
}

func TestUpdateOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if _, err := h.Update(t.Context(), demo, sample(t), lifecycle.Options{}); appdock.CodeOf(err) != lifecycle.CodeNotFound {
		t.Errorf("got %v", err)
	}
	h.app.onConfirm = answering(500, "")
	if _, err := h.install(t, sample(t), lifecycle.Options{}); err == nil {
		t.Fatal("installed")
	}
	if _, err := h.Update(t.Context(), demo, sample(t, newer), lifecycle.Options{}); appdock.CodeOf(err) != lifecycle.CodeNotReady {
		t.Errorf("got %v", err)
	}
}

func TestPermit(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		grant, revoke []appdock.Privilege
		result        lifecycle.Result
		code          string
		told          string
	}{
		"taken": {
			revoke: []appdock.Privilege{"product:delete", "order:read"}, result: lifecycle.Updated,
			told: `app.permissions.updated {"permissions":["notification:create","product:create","product:read","product:update"]}`,
		},
		"all of it taken": {
			revoke: []appdock.Privilege{"notification:create", "order:read", "product:create", "product:delete", "product:read", "product:update"},
			result: lifecycle.Updated, told: `app.permissions.updated {"permissions":[]}`,
		},
		"granted again":         {grant: []appdock.Privilege{"order:read"}, result: lifecycle.Unchanged},
		"more than it asks for": {grant: []appdock.Privilege{"customer:read"}, code: lifecycle.CodeNotRequested},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			must(h.install(t, sample(t), lifecycle.Options{Activate: true}))(t)
			told := len(h.store.told())
			out, err := h.Permit(t.Context(), shopID, "OrderNotes", test.grant, test.revoke)
			if appdock.CodeOf(err) != test.code || out.Result != test.result {
				t.Errorf("%q, %v", out.Result, err)
			}
			var want []string
			if test.told != "" {
				want = []string{test.told}
			}
			if got := h.store.told()[told:]; !slices.Equal(got, want) {
				t.Errorf("told %q, want %q", got, want)
			}
		})
	}
}
