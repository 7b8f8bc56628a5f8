package lifecycle_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/protocol"
)

// fault is one thing that goes wrong while an app is registered again.
type fault struct {
	name string
	nth  int // step at which the host dies or an error comes; 0: none
	dies bool
	// register and confirm are what the app answers instead.
	register, confirm func(protocol.Answer) (protocol.Answer, error)
}

// faults of one registration: the host dies, or a write or a call fails, before and after
// each of its five steps; the app refuses, fails, or takes the secret and fails.
func faults() []fault {
	list := []fault{
		{name: "registration refused", register: answering(401, `{"error":"no"}`)},
		{name: "registration failed", register: answering(500, "")},
		{name: "confirmation refused", confirm: answering(403, `{"error":"no"}`)},
		{name: "confirmation taken, then failed", confirm: answering(502, "")},
		{name: "confirmation redirected", confirm: redirecting},
	}
	for nth := 1; nth <= 10; nth++ {
		list = append(list,
			fault{name: fmt.Sprintf("host dies at %d", nth), nth: nth, dies: true},
			fault{name: fmt.Sprintf("error at %d", nth), nth: nth})
	}
	return list
}

// under runs an operation that meets the fault, and the start after it if the host died.
func (f fault) under(t *testing.T, h *house, operation func() error) error {
	t.Helper()
	h.app.onRegister, h.app.onConfirm = f.register, f.confirm
	defer func() { h.app.onRegister, h.app.onConfirm = nil, nil }()
	var err error
	if f.dies {
		if died := h.crashing(f.nth, func() { err = operation() }); died != "" {
			if err := h.Recover(t.Context(), shopID); err != nil {
				t.Fatal(err)
			}
			return errors.New("host died at " + died)
		}
		return err
	}
	count := 0
	h.store.step = func(string) error {
		if count++; f.nth > 0 && count == f.nth {
			return errors.New("disk full")
		}
		return nil
	}
	defer func() { h.store.step = func(string) error { return nil } }()
	return operation()
}

// reachable fails unless the secret and the credentials that the app really holds are among
// those that the host has: then no order of faults has stranded the app.
func (h *house) reachable(t *testing.T, after string) {
	t.Helper()
	x := h.store.rows[key(shopID, "OrderNotes")]
	r := x.registration
	if !slices.ContainsFunc(append(slices.Clone(r.Unconfirmed), r.Secret), appdock.NewSecret(h.app.secret).Equal) {
		t.Errorf("%s: the host forgot the secret that the app holds", after)
	}
	held := false
	for _, c := range x.clients {
		held = held || c.AccessKey == h.app.apiKey
	}
	if !held {
		t.Errorf("%s: the credentials that the app holds are dead", after)
	}
	if !r.Installation.Active {
		t.Errorf("%s: the app is not active any more", after)
	}
	if r.Secret.IsZero() {
		t.Errorf("%s: the committed secret is gone", after)
	}
	if r.UnconfirmedSince.IsZero() != (len(r.Unconfirmed) == 0) {
		t.Errorf("%s: %d secrets are unconfirmed since %v", after, len(r.Unconfirmed), r.UnconfirmedSince)
	}
}

// rotating registers the app again, by what its state asks for.
func (h *house) rotating(t *testing.T) error {
	t.Helper()
	_, err := h.RotateSecret(t.Context(), demo, "OrderNotes")
	if appdock.CodeOf(err) == lifecycle.CodeRotationPending {
		_, err = h.RecoverSecret(t.Context(), demo, "OrderNotes")
	}
	return err
}

// TestNoOrderOfFaultsStrandsAnApp lets every pair of faults meet a rotation and what
// follows it. All the time the host keeps what the app really holds, and a last
// registration without a fault brings both together.
func TestNoOrderOfFaultsStrandsAnApp(t *testing.T) {
	t.Parallel()
	all := faults()
	for _, first := range all {
		t.Run(first.name, func(t *testing.T) {
			t.Parallel()
			for _, second := range all {
				h := newHouse(t)
				must(h.install(t, sample(t), lifecycle.Options{Activate: true}))(t)
				told := len(h.store.told())
				name := first.name
				errs := []error{first.under(t, h, func() error { return h.rotating(t) })}
				h.reachable(t, name)
				name += ", then " + second.name
				errs = append(errs, second.under(t, h, func() error { return h.rotating(t) }))
				h.reachable(t, name)
				for _, err := range errs {
					h.hidesSecrets(t, err)
				}
				if err := h.rotating(t); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if got, want := h.state(t), "registered, active, a secret, 0 unconfirmed"; got != want {
					t.Fatalf("%s: state %q, want %q", name, got, want)
				}
				h.agrees(t)
				if h.store.rows[key(shopID, "OrderNotes")].registration.OtherClients == nil {
					t.Errorf("%s: calls under way lost their credentials", name)
				}
				if extra := h.store.told()[told:]; len(extra) > 0 {
					t.Errorf("%s: the app was told %q", name, extra)
				}
				if t.Failed() {
					return
				}
			}
		})
	}
}

// TestRotationHasFiveSteps keeps the table above complete.
func TestRotationHasFiveSteps(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	must(h.install(t, sample(t), lifecycle.Options{Activate: true}))(t)
	var steps []string
	h.store.step = func(step string) error { steps = append(steps, step); return nil }
	must(h.RotateSecret(t.Context(), demo, "OrderNotes"))(t)
	want := []string{
		"rekey", "after rekey", "call register", "after call register", "change to rotating", "after change to rotating",
		"call confirm", "after call confirm", "change to registered", "after change to registered",
	}
	if diff := cmp.Diff(want, steps); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestRotation is protocol-handshake.md 8.2 and 8.3, and rows 6 to 13 of 9.
func TestRotation(t *testing.T) {
	t.Parallel()
	const good = "registered, active, a secret, 0 unconfirmed"
	const open = "unconfirmed, active, a secret, 1 unconfirmed"
	rotate := func(t *testing.T, h *house) (lifecycle.Outcome, error) {
		t.Helper()
		return h.RotateSecret(t.Context(), demo, "OrderNotes")
	}
	recovery := func(t *testing.T, h *house) (lifecycle.Outcome, error) {
		t.Helper()
		return h.RecoverSecret(t.Context(), demo, "OrderNotes")
	}
	discard := func(t *testing.T, h *house) (lifecycle.Outcome, error) {
		t.Helper()
		return h.DiscardSecret(t.Context(), shopID, "OrderNotes")
	}
	lost := func(t *testing.T, h *house) { // the confirmation of a rotation had no known result
		t.Helper()
		h.app.onConfirm = answering(500, "")
		if _, err := rotate(t, h); err == nil {
			t.Fatal("rotated")
		}
		h.app.onConfirm = nil
	}
	tests := map[string]struct {
		parts   []part
		prepare func(t *testing.T, h *house)
		do      func(t *testing.T, h *house) (lifecycle.Outcome, error)
		result  lifecycle.Result
		code    string
		reason  string
		state   string
		same    bool // as before: the committed secret
	}{
		"rotated": {do: rotate, result: lifecycle.Rotated, state: good},
		"row 6: nobody answers the registration": {
			prepare: func(_ *testing.T, h *house) { h.app.onRegister = silent(errTimeout) },
			do:      rotate, code: lifecycle.CodeRegistration, reason: "context deadline exceeded", state: good, same: true,
		},
		"row 6: the secret is the one before": {
			prepare: func(_ *testing.T, h *house) { h.app.onRegister = editing("-002-", "-001-") },
			do:      rotate, code: lifecycle.CodeRegistration, reason: "must be different from the current one.", state: good, same: true,
		},
		"row 8: the registration is refused": {
			prepare: func(_ *testing.T, h *house) { h.app.onRegister = answering(401, `{"error":"no"}`) },
			do:      rotate, code: lifecycle.CodeRegistration, reason: "failed: no", state: good, same: true,
		},
		"row 10: the confirmation is refused": {
			prepare: func(_ *testing.T, h *house) { h.app.onConfirm = answering(403, `{"error":"veto"}`) },
			do:      rotate, code: lifecycle.CodeRegistration, reason: "failed: veto", state: good, same: true,
		},
		"row 12: nobody answers the confirmation": {
			prepare: func(_ *testing.T, h *house) { h.app.onConfirm = silent(errTimeout) },
			do:      rotate, code: lifecycle.CodeRegistration, reason: "outcome unknown: dial", state: open, same: true,
		},
		"a rotation of what is not settled": {prepare: lost, do: rotate, code: lifecycle.CodeRotationPending, state: open, same: true},
		"an app without a server":           {parts: []part{cut("<setup>", "</setup>")}, do: rotate, code: lifecycle.CodeNoServer, state: "local, active, no secret, 0 unconfirmed", same: true},
		"recovered: the app had taken it":   {prepare: lost, do: recovery, result: lifecycle.Recovered, state: good},
		"nothing to recover":                {do: recovery, result: lifecycle.NothingToRecover, state: good, same: true},
		"discarded":                         {prepare: lost, do: discard, result: lifecycle.Discarded, state: good, same: true},
		"nothing to discard":                {do: discard, result: lifecycle.NothingToRecover, state: good, same: true},
		"recovered: the app had not taken it": {
			prepare: func(t *testing.T, h *house) {
				t.Helper()
				h.failAt(t, "call confirm", 1)
				if _, err := rotate(t, h); err == nil {
					t.Fatal("rotated")
				}
			},
			do: recovery, result: lifecycle.Recovered, state: good,
		},
		"recovery without an answer": {
			prepare: func(t *testing.T, h *house) { t.Helper(); lost(t, h); h.app.onRegister = answering(503, "") },
			do:      recovery, code: lifecycle.CodeRegistration, reason: "outcome unknown: ", state: open, same: true,
		},
		"recovery: claimed by another party": {
			prepare: func(t *testing.T, h *house) { t.Helper(); lost(t, h); h.app.secret = h.app.mint() },
			do:      recovery, code: lifecycle.CodeClaimed, reason: "was claimed by another party", state: open, same: true,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			must(h.install(t, sample(t, test.parts...), lifecycle.Options{Activate: true}))(t)
			if test.prepare != nil {
				test.prepare(t, h)
			}
			before := must(h.Get(t.Context(), shopID, "OrderNotes"))(t)
			out, err := test.do(t, h)
			if test.code != "" || err != nil {
				e, _ := errors.AsType[*appdock.Error](err)
				if e == nil || e.Code != test.code || !strings.Contains(e.Message, test.reason) {
					t.Errorf("got %v, want the code %q", err, test.code)
				}
			}
			if out.Result != test.result {
				t.Errorf("result %q, want %q", out.Result, test.result)
			}
			if got := h.state(t); got != test.state {
				t.Errorf("state %q, want %q", got, test.state)
			}
			r := must(h.Get(t.Context(), shopID, "OrderNotes"))(t)
			if same := r.Secret.Equal(before.Secret); same != test.same {
				t.Errorf("the committed secret is the one before: %v", same)
			}
			if err == nil && test.result != lifecycle.Discarded && test.result != lifecycle.NothingToRecover {
				h.agrees(t)
				last := h.app.calls[len(h.app.calls)-1]
				if last.Get(protocol.HeaderPreviousSignature) == "" {
					t.Error("the confirmation has no second signature")
				}
			}
			h.hidesSecrets(t, err)
		})
	}
}

// TestClientOfBeforeWorksADay: calls under way at a rotation end well, and nobody uses the
// old credentials for ever (protocol-handshake.md 8.2, steps 2 and 4).
func TestClientOfBeforeWorksADay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	must(h.install(t, sample(t), lifecycle.Options{Activate: true}))(t)
	first := must(h.Get(t.Context(), shopID, "OrderNotes"))(t).Integration
	must(h.RotateSecret(t.Context(), demo, "OrderNotes"))(t)
	r := must(h.Get(t.Context(), shopID, "OrderNotes"))(t)
	if diff := cmp.Diff([]lifecycle.Client{{Integration: first, Until: start.Add(24 * time.Hour)}}, r.OtherClients); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	h.Now = func() time.Time { return start.Add(25 * time.Hour) }
	must(h.RotateSecret(t.Context(), demo, "OrderNotes"))(t)
	again := must(h.Get(t.Context(), shopID, "OrderNotes"))(t)
	if len(again.OtherClients) != 1 || again.OtherClients[0].Integration != r.Integration {
		t.Errorf("after a day: %v", again.OtherClients)
	}
}

// TestSecretOfBeforeSignsAMinute: protocol-handshake.md 12, "old secret grace".
func TestSecretOfBeforeSignsAMinute(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	must(h.install(t, sample(t), lifecycle.Options{Activate: true}))(t)
	first := must(h.Get(t.Context(), shopID, "OrderNotes"))(t)
	if !first.Previous.Secret.IsZero() {
		t.Error("a first installation has a secret of before")
	}
	must(h.RotateSecret(t.Context(), demo, "OrderNotes"))(t)
	r := must(h.Get(t.Context(), shopID, "OrderNotes"))(t)
	if !r.Previous.Secret.Equal(first.Secret) || !r.Previous.Until.Equal(start.Add(time.Minute)) {
		t.Errorf("the secret of before is not kept until %s: %+v", start.Add(time.Minute), r.Previous)
	}
}

// TestDiscardOfAnInstallationRemovesIt is protocol-handshake.md 10, "discard".
func TestDiscardOfAnInstallationRemovesIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.app.onConfirm = answering(500, "")
	if _, err := h.install(t, sample(t), lifecycle.Options{}); err == nil {
		t.Fatal("installed")
	}
	if _, err := h.RecoverSecret(t.Context(), demo, "OrderNotes"); appdock.CodeOf(err) != lifecycle.CodeNotReady {
		t.Errorf("recovered: %v", err)
	}
	out := must(h.DiscardSecret(t.Context(), shopID, "OrderNotes"))(t)
	if got := h.state(t); out.Result != lifecycle.Discarded || got != "absent" {
		t.Errorf("%q: state %q", out.Result, got)
	}
}

// TestRotationAndUninstallExclude is protocol-handshake.md 13.6.
func TestRotationAndUninstallExclude(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	must(h.install(t, sample(t), lifecycle.Options{Activate: true}))(t)
	h.app.seen = func(protocol.Call) {
		if _, err := h.Uninstall(t.Context(), shopID, "OrderNotes", false); appdock.CodeOf(err) != lifecycle.CodeLocked {
			t.Errorf("got %v, want the code %s", err, lifecycle.CodeLocked)
		}
	}
	must(h.RotateSecret(t.Context(), demo, "OrderNotes"))(t)
}

// TestUnconfirmedAppGoesOn: it is activated, deactivated and removed as any other, and
// stays unconfirmed until somebody settles it.
func TestUnconfirmedAppGoesOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	must(h.install(t, sample(t), lifecycle.Options{Activate: true}))(t)
	h.app.onConfirm = answering(500, "")
	if _, err := h.RotateSecret(t.Context(), demo, "OrderNotes"); err == nil {
		t.Fatal("rotated")
	}
	must(h.Deactivate(t.Context(), shopID, "OrderNotes"))(t)
	if got, want := h.state(t), "unconfirmed, inactive, a secret, 1 unconfirmed"; got != want {
		t.Errorf("state %q, want %q", got, want)
	}
	must(h.Activate(t.Context(), shopID, "OrderNotes"))(t)
	if _, err := h.install(t, sample(t), lifecycle.Options{}); appdock.CodeOf(err) != lifecycle.CodeAlreadyInstalled {
		t.Errorf("installed again: %v", err)
	}
	must(h.Uninstall(t.Context(), shopID, "OrderNotes", false))(t)
	if got, want := h.state(t), "absent, one remembered"; got != want {
		t.Errorf("state %q, want %q", got, want)
	}
}

// TestLostConfirmationsDoNotPileUp: as many API clients wait for their settlement as secrets
// do, and what the app took last and first is among them (protocol-handshake.md 7).
func TestLostConfirmationsDoNotPileUp(t *testing.T) {
	t.Parallel()
	for name, taken := range map[string]int{"the app took the first": 1, "the app took the last": 9} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			must(h.install(t, sample(t), lifecycle.Options{Activate: true}))(t)
			for n := 1; n <= 9; n++ {
				h.app.onConfirm = answering(500, "")
				if n != taken { // the confirmation got lost on its way
					h.failAt(t, "call confirm", 1)
				}
				if err := h.rotating(t); err == nil {
					t.Fatal("rotated")
				}
				h.store.step = func(string) error { return nil }
				h.reachable(t, fmt.Sprintf("confirmation %d", n))
			}
			r := must(h.Get(t.Context(), shopID, "OrderNotes"))(t)
			if len(r.Unconfirmed) != 5 || len(r.OtherClients) != 5 {
				t.Errorf("%d secrets and %d API clients wait", len(r.Unconfirmed), len(r.OtherClients))
			}
			h.app.onConfirm = nil
			if err := h.rotating(t); err != nil {
				t.Fatal(err)
			}
			h.agrees(t)
		})
	}
}

// TestRotationThatCouldNotBeSettled: what a write that failed left behind is no state to
// stay in, and stops nothing.
func TestRotationThatCouldNotBeSettled(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	must(h.install(t, sample(t), lifecycle.Options{}))(t)
	h.app.onRegister = answering(500, "")
	h.failAt(t, "change to registered", 1)
	if _, err := h.RotateSecret(t.Context(), demo, "OrderNotes"); err == nil {
		t.Fatal("rotated")
	}
	h.store.step = func(string) error { return nil }
	if got, want := h.state(t), "rotating, inactive, a secret, 0 unconfirmed"; got != want {
		t.Fatalf("state %q, want %q", got, want)
	}
	must(h.Activate(t.Context(), shopID, "OrderNotes"))(t)
	if got, want := h.state(t), "registered, active, a secret, 0 unconfirmed"; got != want {
		t.Errorf("state %q, want %q", got, want)
	}
}
