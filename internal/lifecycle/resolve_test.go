package lifecycle_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/protocol"
)

// elsewhere starts the host again at another URL.
func (h *house) elsewhere(t *testing.T) {
	t.Helper()
	h.shop.URL = "https://new.example.org"
	h.prints[lifecycle.PrintURL] = h.shop.URL
	h.restart()
	if _, err := h.Identify(t.Context(), h.shop); err != nil {
		t.Fatal(err)
	}
}

// start takes the fingerprints, as the first start of a host does.
func (h *house) start(t *testing.T) {
	t.Helper()
	if _, err := h.Identify(t.Context(), h.shop); err != nil {
		t.Fatal(err)
	}
}

// TestIdentityInDoubt: nobody is called, and nothing changes for who is not.
func TestIdentityInDoubt(t *testing.T) {
	t.Parallel()
	noSetup := sample(t, cut("<setup>", "</setup>"), part{"<name>OrderNotes</name>", "<name>Local</name>"})
	other := sample(t, part{"<name>OrderNotes</name>", "<name>Other</name>"})
	tests := map[string]struct {
		do   func(h *house) error
		code string
	}{
		"rotate": {func(h *house) error { _, err := h.RotateSecret(t.Context(), h.shop, "OrderNotes"); return err }, lifecycle.CodeRegistration},
		"install": {func(h *house) error {
			_, err := h.Install(t.Context(), h.shop, other, lifecycle.Options{ConsentHash: lifecycle.Plan(other, nil).Hash()})
			return err
		}, lifecycle.CodeRegistration},
		"install without a server": {func(h *house) error {
			_, err := h.Install(t.Context(), h.shop, noSetup, lifecycle.Options{ConsentHash: lifecycle.Plan(noSetup, nil).Hash()})
			return err
		}, ""},
		"update with a secret": {func(h *house) error {
			_, err := h.Update(t.Context(), h.shop, sample(t, newer), lifecycle.Options{})
			return err
		}, ""},
		"uninstall": {func(h *house) error { _, err := h.Uninstall(t.Context(), shopID, "OrderNotes", false); return err }, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.start(t)
			must(h.install(t, sample(t), lifecycle.Options{Activate: true}))(t)
			h.elsewhere(t)
			calls := len(h.app.calls)
			err := test.do(h)
			if appdock.CodeOf(err) != test.code {
				t.Errorf("got %v, want the code %q", err, test.code)
			}
			if err != nil && (appdock.KindOf(err) != appdock.Refused || !strings.Contains(err.Error(), "moved or is a copy (score 100 of 75)")) {
				t.Errorf("got %v", err)
			}
			if len(h.app.calls) != calls {
				t.Error("the app was called")
			}
			if !h.Withheld(shopID) || !h.store.identity[shopID].Withheld {
				t.Error("it is settled")
			}
		})
	}
}

func TestIdentityWithoutDoubt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.start(t)
	h.elsewhere(t) // nobody was told of the place before
	if h.Withheld(shopID) || h.store.identity[shopID].Prints[lifecycle.PrintURL] != h.shop.URL {
		t.Error("a shop without apps may not move")
	}
	must(h.install(t, sample(t), lifecycle.Options{Activate: true}))(t)
	revision := h.store.revision
	h.start(t)
	if h.store.revision != revision {
		t.Error("a start at the same place changed the identity")
	}
	h.shop.URL, h.prints[lifecycle.PrintURL] = "https://third.example.org", "https://third.example.org"
	h.start(t)
	if !h.Withheld(shopID) {
		t.Error("a shop with an app moved without a word")
	}
	h.prints[lifecycle.PrintURL] = "https://new.example.org"
	h.start(t)
	if h.Withheld(shopID) || h.store.identity[shopID].Withheld {
		t.Error("a shop that came back is still in doubt")
	}
}

// TestUnconfirmedSecretIsKnownOutside: an app that may hold a secret was told where the shop is.
func TestUnconfirmedSecretIsKnownOutside(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.start(t)
	h.app.onConfirm = answering(500, "")
	if _, err := h.install(t, sample(t), lifecycle.Options{}); err == nil {
		t.Fatal("installed")
	}
	h.elsewhere(t)
	if !h.Withheld(shopID) {
		t.Error("the shop moved without a word")
	}
}

// TestStrategies is protocol-shop-identity.md 4.
func TestStrategies(t *testing.T) {
	t.Parallel()
	const good = "registered, active, a secret, 0 unconfirmed"
	installed := `app.installed {"appVersion":"1.2.0"}`
	tests := map[string]struct {
		strategy lifecycle.Strategy
		still    bool // nothing is suggested
		dry      bool
		prepare  func(h *house)
		changed  bool
		apps     string
		state    string
		renewed  bool
		told     []string // of this
		calls    int
	}{
		"move":               {strategy: lifecycle.MoveShop, changed: true, apps: "Local - OrderNotes rotated", state: good, calls: 2},
		"move, dry":          {strategy: lifecycle.MoveShop, dry: true, apps: "Local - OrderNotes rotated", state: good},
		"move of what stays": {strategy: lifecycle.MoveShop, still: true, apps: "Local - OrderNotes -", state: good},
		"move, the app refuses": {
			strategy: lifecycle.MoveShop, prepare: func(h *house) { h.app.onRegister = answering(401, `{"error":"no"}`) },
			changed: true, apps: "Local - OrderNotes " + lifecycle.CodeRegistration, state: good, calls: 1,
		},
		"reinstall": {
			strategy: lifecycle.ReinstallApps, changed: true, apps: "Local - OrderNotes installed", state: good, renewed: true,
			told: []string{installed}, calls: 2,
		},
		"reinstall of what stays": {
			strategy: lifecycle.ReinstallApps, still: true, changed: true, apps: "Local - OrderNotes installed", state: good, renewed: true,
			told: []string{installed}, calls: 2,
		},
		"reinstall, dry": {strategy: lifecycle.ReinstallApps, dry: true, apps: "Local - OrderNotes installed", state: good},
		"reinstall, the app refuses": {
			strategy: lifecycle.ReinstallApps, prepare: func(h *house) { h.app.onRegister = answering(401, `{"error":"no"}`) },
			changed: true, apps: "Local - OrderNotes " + lifecycle.CodeRegistration, state: "local, active, no secret, 0 unconfirmed", renewed: true, calls: 1,
		},
		"uninstall": {
			strategy: lifecycle.UninstallApps, changed: true, apps: "Local uninstalled OrderNotes uninstalled", state: "absent", renewed: true,
		},
		"uninstall, dry": {strategy: lifecycle.UninstallApps, dry: true, apps: "Local uninstalled OrderNotes uninstalled", state: good},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.start(t)
			must(h.install(t, sample(t), lifecycle.Options{Activate: true}))(t)
			local := sample(t, cut("<setup>", "</setup>"), part{"<name>OrderNotes</name>", "<name>Local</name>"})
			must(h.install(t, local, lifecycle.Options{}))(t)
			if !test.still {
				h.elsewhere(t)
			}
			if test.prepare != nil {
				test.prepare(h)
			}
			h.app.seen = func(protocol.Call) {
				if h.Withheld(h.shop.ID) {
					t.Error("an app that is being registered could not call back")
				}
			}
			told, calls := len(h.store.told()), len(h.app.calls)
			res, err := h.Resolve(t.Context(), h.shop, test.strategy, test.dry)
			if err != nil || res.Changed != test.changed {
				t.Errorf("changed %v, %v", res.Changed, err)
			}
			apps := map[string]string{"Local": "-", "OrderNotes": "-"}
			for _, a := range res.Apps {
				apps[a.App] = string(a.Result) + appdock.CodeOf(a.Err)
			}
			if got := fmt.Sprintf("Local %s OrderNotes %s", apps["Local"], apps["OrderNotes"]); got != test.apps {
				t.Errorf("got %q, want %q", got, test.apps)
			}
			if renewed := h.shop.ID != shopID; renewed != test.renewed || res.Shop != h.shop {
				t.Errorf("the shop is %+v, and the host was told of %+v", res.Shop, h.shop)
			}
			if got := h.state(t); got != test.state {
				t.Errorf("state %q, want %q", got, test.state)
			}
			if got := h.store.told()[told:]; !slices.Equal(got, test.told) {
				t.Errorf("told %q, want %q", got, test.told)
			}
			if got := len(h.app.calls) - calls; got != test.calls {
				t.Errorf("%d calls, want %d", got, test.calls)
			}
			if test.changed && (h.Withheld(h.shop.ID) || h.store.identity[h.shop.ID].Withheld) {
				t.Error("it is still in doubt")
			}
			if test.changed && h.store.identity[h.shop.ID].Prints[lifecycle.PrintURL] != h.shop.URL {
				t.Error("the fingerprints are those of before")
			}
			if test.calls == 2 {
				second := h.app.calls[calls].Get(protocol.HeaderShopSignature) != ""
				if want := test.strategy == lifecycle.MoveShop; second != want {
					t.Errorf("signed with the current secret: %v, want %v", second, want)
				}
				if h.app.secret != h.store.rows[key(h.shop.ID, "OrderNotes")].registration.Secret.Reveal() {
					t.Error("host and app hold different secrets")
				}
			}
			h.hidesSecrets(t, errors.Join(err, res.Err()))
		})
	}
}

// TestStrategyThatDies: the host dies at each step of a strategy, starts again, and the
// strategy is carried out once more; then all is as if nothing had happened.
func TestStrategyThatDies(t *testing.T) {
	t.Parallel()
	for strategy, want := range map[lifecycle.Strategy]string{
		lifecycle.MoveShop:      "registered, active, a secret, 0 unconfirmed",
		lifecycle.ReinstallApps: "registered, active, a secret, 0 unconfirmed",
		lifecycle.UninstallApps: "absent",
	} {
		for nth := 1; ; nth++ {
			h := newHouse(t)
			h.start(t)
			must(h.install(t, sample(t), lifecycle.Options{Activate: true}))(t)
			h.elsewhere(t)
			died := h.crashing(nth, func() { _, _ = h.Resolve(t.Context(), h.shop, strategy, false) })
			if died == "" {
				if nth < 4 {
					t.Errorf("%s has %d steps", strategy, nth-1)
				}
				break
			}
			for id := range h.store.identity { // as the next start finds it
				h.shop.ID = id
			}
			h.start(t)
			if err := h.Recover(t.Context(), h.shop.ID); err != nil {
				t.Fatal(err)
			}
			if res, err := h.Resolve(t.Context(), h.shop, strategy, false); err != nil || res.Err() != nil {
				t.Fatalf("%s after a crash at %q: %v, %v", strategy, died, err, res.Err())
			}
			if got := h.state(t); got != want {
				t.Errorf("%s after a crash at %q: state %q", strategy, died, got)
			}
			if h.Withheld(h.shop.ID) {
				t.Errorf("%s after a crash at %q: still in doubt", strategy, died)
			}
			if want != "absent" && h.app.secret != h.store.rows[key(h.shop.ID, "OrderNotes")].registration.Secret.Reveal() {
				t.Errorf("%s after a crash at %q: host and app hold different secrets", strategy, died)
			}
		}
	}
}
