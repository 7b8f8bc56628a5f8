package lifecycle_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
)

func TestLife(t *testing.T) {
	t.Parallel()
	const installed = `app.installed {"appVersion":"1.2.0"}`
	tests := map[string]struct {
		active bool
		do     func(t *testing.T, h *house) (lifecycle.Outcome, error)
		result lifecycle.Result
		state  string
		told   []string
		waited []string // the last ones
	}{
		"activate": {
			do:     activating,
			result: lifecycle.Activated, state: "registered, active, a secret, 0 unconfirmed",
			told: []string{installed, "app.activated []"}, waited: []string{"app.activated while active"},
		},
		"activate what is active": {
			active: true, do: activating,
			result: lifecycle.Activated, state: "registered, active, a secret, 0 unconfirmed",
			told: []string{installed, "app.activated []"}, waited: []string{"app.activated while active"},
		},
		"deactivate: the app is told while it may still act": {
			active: true, do: deactivating,
			result: lifecycle.Deactivated, state: "registered, inactive, a secret, 0 unconfirmed",
			told: []string{installed, "app.activated []", "app.deactivated []"}, waited: []string{"app.deactivated while active"},
		},
		"deactivate what is inactive": {
			do:     deactivating,
			result: lifecycle.Deactivated, state: "registered, inactive, a secret, 0 unconfirmed",
			told: []string{installed}, waited: []string{"app.installed while inactive"},
		},
		"uninstall an active app": {
			active: true, do: uninstalling(false),
			result: lifecycle.Uninstalled, state: "absent, one remembered",
			told:   []string{installed, "app.activated []", "app.deactivated []", `app.deleted {"keepUserData":false}`},
			waited: []string{"app.deactivated while active", "app.deleted while gone"},
		},
		"uninstall an inactive app and keep its data": {
			do:     uninstalling(true),
			result: lifecycle.Uninstalled, state: "absent, one remembered",
			told: []string{installed, `app.deleted {"keepUserData":true}`}, waited: []string{"app.deleted while gone"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			must(h.install(t, sample(t), lifecycle.Options{Activate: test.active}))(t)
			outcome, err := test.do(t, h)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(lifecycle.Outcome{App: "OrderNotes", Version: "1.2.0", Result: test.result}, outcome); diff != "" {
				t.Errorf("outcome (-want +got)\n%s", diff)
			}
			if got := h.state(t); got != test.state {
				t.Errorf("state %q, want %q", got, test.state)
			}
			if diff := cmp.Diff(test.told, h.store.told()); diff != "" {
				t.Errorf("events (-want +got)\n%s", diff)
			}
			waited := h.settled.log[len(h.settled.log)-len(test.waited):]
			if diff := cmp.Diff(test.waited, waited); diff != "" {
				t.Errorf("waited for (-want +got)\n%s", diff)
			}
			h.hidesSecrets(t, nil)
		})
	}
}

func activating(t *testing.T, h *house) (lifecycle.Outcome, error) {
	t.Helper()
	return h.Activate(t.Context(), shopID, "ordernotes")
}

func deactivating(t *testing.T, h *house) (lifecycle.Outcome, error) {
	t.Helper()
	return h.Deactivate(t.Context(), shopID, "ordernotes")
}

func uninstalling(keepUserData bool) func(*testing.T, *house) (lifecycle.Outcome, error) {
	return func(t *testing.T, h *house) (lifecycle.Outcome, error) {
		t.Helper()
		return h.Uninstall(t.Context(), shopID, "ordernotes", keepUserData)
	}
}

func TestOperationsOnWhatIsNotThere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, activate := activating(t, h)
	_, deactivate := deactivating(t, h)
	_, uninstall := uninstalling(false)(t, h)
	_, get := h.Get(t.Context(), shopID, "ordernotes")
	tests := map[string]struct {
		err  error
		want string
	}{
		"activate":   {activate, `No app found for "ordernotes".`},
		"deactivate": {deactivate, `No app found for "ordernotes".`},
		"uninstall":  {uninstall, `No app with name "ordernotes" installed.`},
		"get":        {get, `No app found for "ordernotes".`},
	}
	for name, test := range tests {
		e, ok := errors.AsType[*appdock.Error](test.err)
		if !ok || e.Kind != appdock.NotFound || e.Code != lifecycle.CodeNotFound || e.Message != test.want {
			t.Errorf("%s: got %v, want %q", name, test.err, test.want)
		}
	}
}

func TestUnconfirmedAppCannotBeActivated(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.app.onConfirm = answering(500, "")
	if _, err := h.install(t, sample(t), lifecycle.Options{}); err == nil {
		t.Fatal("installed")
	}
	_, err := activating(t, h)
	if appdock.CodeOf(err) != lifecycle.CodeNotReady || appdock.KindOf(err) != appdock.Conflict {
		t.Errorf("got %v", err)
	}
	must(uninstalling(false)(t, h))(t)
	if got, want := h.state(t), "absent"; got != want {
		t.Errorf("state %q, want %q: an unconfirmed secret is not carried over", got, want)
	}
}
