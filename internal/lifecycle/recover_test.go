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

// TestRecoveryByInstallingAgain is protocol-handshake.md 8.3 for an app that never had a
// committed secret.
func TestRecoveryByInstallingAgain(t *testing.T) {
	t.Parallel()
	unknown := func(a protocol.Answer) (protocol.Answer, error) { return jsonAnswer(500, ""), nil }
	tests := map[string]struct {
		first  func(h *house) // before the installation whose confirmation has no known result
		second func(h *house) // before the next one
		state  string
		code   string // of the second; "": it succeeds
		calls  int    // of the second
	}{
		"the app took the secret": {
			state: "registered, inactive, a secret, 0 unconfirmed", calls: 2,
		},
		"the app took it and the confirmation fails again": {
			second: func(h *house) { h.app.onConfirm = unknown },
			state:  "unconfirmed, inactive, no secret, 2 unconfirmed", code: lifecycle.CodeRegistration, calls: 2,
		},
		"the registration fails": {
			second: func(h *house) { h.app.onRegister = answering(502, "") },
			state:  "unconfirmed, inactive, no secret, 1 unconfirmed", code: lifecycle.CodeRegistration, calls: 1,
		},
		"the app never took it": {
			second: func(h *house) { h.app.secret = "" },
			state:  "registered, inactive, a secret, 0 unconfirmed", calls: 2,
		},
		"the app never took it and refuses the signature": {
			second: func(h *house) {
				h.app.secret = ""
				h.app.onRegister = func(a protocol.Answer) (protocol.Answer, error) {
					if h.app.calls[len(h.app.calls)-1].Get(protocol.HeaderShopSignature) != "" {
						return jsonAnswer(401, `{"error":"shop unknown"}`), nil
					}
					return a, nil
				}
			},
			state: "registered, inactive, a secret, 0 unconfirmed", calls: 3,
		},
		"the app holds another secret": {
			second: func(h *house) { h.app.secret = "claimed by somebody else" },
			state:  "unconfirmed, inactive, no secret, 1 unconfirmed", code: lifecycle.CodeClaimed, calls: 2,
		},
		"the app refuses each confirmation": {
			second: func(h *house) { h.app.onConfirm = answering(403, `{"error":"no"}`) },
			state:  "unconfirmed, inactive, no secret, 1 unconfirmed", code: lifecycle.CodeClaimed, calls: 3, // the second candidate fails at the registration
		},
		"new credentials cannot be written": {
			second: func(h *house) {
				h.store.step = func(step string) error {
					if step == "rekey" {
						return errors.New("disk full")
					}
					return nil
				}
			},
			state: "unconfirmed, inactive, no secret, 1 unconfirmed", calls: 0, code: "-",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.app.onConfirm = unknown
			if _, err := h.install(t, sample(t), lifecycle.Options{}); appdock.CodeOf(err) != lifecycle.CodeRegistration {
				t.Fatalf("got %v", err)
			}
			before := len(h.app.calls)
			lost := h.app.apiKey
			h.app.onConfirm = nil
			if test.second != nil {
				test.second(h)
			}
			_, err := h.install(t, sample(t), lifecycle.Options{})
			switch {
			case test.code == "" && err != nil, test.code != "" && err == nil:
				t.Errorf("got %v", err)
			case test.code == "-":
			case appdock.CodeOf(err) != test.code:
				t.Errorf("got %v, want the code %q", err, test.code)
			}
			if e, ok := errors.AsType[*appdock.Error](err); ok && test.code == lifecycle.CodeRegistration &&
				!strings.HasPrefix(e.Message, `App registration for "OrderNotes" failed: outcome unknown: `) {
				t.Errorf("message %q", e.Message)
			}
			if got := h.state(t); got != test.state {
				t.Errorf("state %q, want %q", got, test.state)
			}
			if got := len(h.app.calls) - before; got != test.calls {
				t.Errorf("%d calls, want %d", got, test.calls)
			}
			if err == nil {
				h.agrees(t)
				if h.app.apiKey == lost {
					t.Error("the recovery went on with the credentials of the lost confirmation")
				}
				if diff := cmp.Diff([]string{`app.installed {"appVersion":"1.2.0"}`}, h.store.told()); diff != "" {
					t.Errorf("events (-want +got)\n%s", diff)
				}
			}
			h.hidesSecrets(t, err)
		})
	}
}

// TestUnconfirmedSecretsThatAreKept is the limit of protocol-handshake.md 7, step b.
func TestUnconfirmedSecretsThatAreKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.app.onRegister = func(a protocol.Answer) (protocol.Answer, error) { return a, nil }
	h.app.onConfirm = func(protocol.Answer) (protocol.Answer, error) {
		return jsonAnswer(500, ""), nil
	}
	for i := range 7 {
		h.Now = func() time.Time { return start.Add(time.Duration(i) * time.Hour) }
		if _, err := h.install(t, sample(t), lifecycle.Options{}); err == nil {
			t.Fatal("installed")
		}
	}
	r := must(h.Get(t.Context(), shopID, "OrderNotes"))(t)
	if !r.UnconfirmedSince.Equal(start) {
		t.Errorf("in doubt since %v, want the first time, %v", r.UnconfirmedSince, start)
	}
	var kept []string
	for _, s := range r.Unconfirmed {
		kept = append(kept, strings.TrimRight(strings.TrimPrefix(s.Reveal(), "canary-shop-secret-"), "x-"))
	}
	if diff := cmp.Diff([]string{"007", "006", "005", "004", "001"}, kept); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestRecoveryTakesTheManifestOfNow(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.app.onConfirm = answering(500, "")
	if _, err := h.install(t, sample(t), lifecycle.Options{}); err == nil {
		t.Fatal("installed")
	}
	h.app.onConfirm = nil
	newer := sample(t, part{"1.2.0", "1.3.0"}, part{"<read>order</read>", "<read>order</read><read>customer</read>"})
	consent, found, err := h.Preview(t.Context(), shopID, newer)
	if err != nil || found == nil || found.State != lifecycle.Unconfirmed {
		t.Fatalf("found %+v, %v", found, err)
	}
	if diff := cmp.Diff(appdock.NewPrivileges("customer:read"), consent.NewPrivileges); diff != "" {
		t.Errorf("new privileges (-want +got)\n%s", diff)
	}
	must(h.install(t, newer, lifecycle.Options{}))(t)
	r := must(h.Get(t.Context(), shopID, "OrderNotes"))(t)
	if r.Installation.Version != "1.3.0" || !r.Installation.Grant.Has("customer:read") || r.Profile.ManifestHash != newer.Hash() {
		t.Errorf("version %s with grant %v", r.Installation.Version, r.Installation.Grant)
	}
}

// crash is what a step panics with when the process dies there.
type crash struct{ step string }

// crashing runs do and dies at the nth step; it gives the step, "" if do ended before.
func (h *house) crashing(nth int, do func()) (died string) {
	count := 0
	h.store.step = func(step string) error {
		count++
		if count == nth {
			panic(crash{step})
		}
		return nil
	}
	defer func() {
		h.store.step = func(string) error { return nil }
		if reason := recover(); reason != nil {
			dead, ok := reason.(crash)
			if !ok {
				panic(reason)
			}
			died = dead.step
			h.restart()
		}
	}()
	do()
	return ""
}

// TestCrashAtEachStep kills the host before and after each write and each call of an
// operation, starts it again, and does the operation once more. It ends as if nothing had
// happened, and the app was told of all that is.
func TestCrashAtEachStep(t *testing.T) {
	t.Parallel()
	install := func(t *testing.T, h *house) error {
		t.Helper()
		_, err := h.install(t, sample(t), lifecycle.Options{Activate: true})
		if appdock.CodeOf(err) == lifecycle.CodeAlreadyInstalled {
			_, err = activating(t, h)
		}
		return err
	}
	uninstall := func(t *testing.T, h *house) error {
		t.Helper()
		_, err := h.Uninstall(t.Context(), shopID, "OrderNotes", false)
		if appdock.KindOf(err) == appdock.NotFound {
			return nil
		}
		return err
	}
	tests := map[string]struct {
		before []func(*testing.T, *house) error
		do     func(*testing.T, *house) error
		state  string
		told   string // the last event
		steps  int
	}{
		"a first installation": {
			nil, install, "registered, active, a secret, 0 unconfirmed", "app.activated []", 16,
		},
		"an installation after one": {
			[]func(*testing.T, *house) error{install, uninstall}, install, "registered, active, a secret, 0 unconfirmed", "app.activated []", 16,
		},
		"the recovery of one": {
			[]func(*testing.T, *house) error{func(t *testing.T, h *house) error {
				t.Helper()
				h.app.onConfirm = answering(500, "")
				_, err := h.install(t, sample(t), lifecycle.Options{})
				h.app.onConfirm = nil
				if err == nil {
					return errors.New("installed")
				}
				return nil
			}}, install, "registered, active, a secret, 0 unconfirmed", "app.activated []", 16,
		},
		"an uninstallation": {
			[]func(*testing.T, *house) error{install}, uninstall, "absent, one remembered", `app.deleted {"keepUserData":false}`, 6,
		},
	}
	for name, test := range tests {
		for nth := 1; nth <= test.steps; nth++ {
			t.Run(fmt.Sprintf("%s %02d", name, nth), func(t *testing.T) {
				t.Parallel()
				h := newHouse(t)
				for _, before := range test.before {
					if err := before(t, h); err != nil {
						t.Fatal(err)
					}
				}
				var failed error
				died := h.crashing(nth, func() { failed = test.do(t, h) })
				if died == "" {
					t.Fatalf("there is no step %d (%v)", nth, failed)
				}
				if err := h.Recover(t.Context(), shopID); err != nil {
					t.Fatal(err)
				}
				h.honest(t)
				if err := test.do(t, h); err != nil {
					t.Fatalf("again after a crash at %q: %v", died, err)
				}
				if got := h.state(t); got != test.state {
					t.Errorf("after a crash at %q: state %q, want %q", died, got, test.state)
				}
				if told := h.store.told(); len(told) == 0 || told[len(told)-1] != test.told {
					t.Errorf("after a crash at %q: told %q", died, told)
				}
				if !strings.HasPrefix(test.state, "absent") {
					h.agrees(t)
				}
				h.honest(t)
				h.hidesSecrets(t, nil)
			})
		}
		t.Run(name+" has no more steps", func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			for _, before := range test.before {
				if err := before(t, h); err != nil {
					t.Fatal(err)
				}
			}
			if died := h.crashing(test.steps+1, func() { _ = test.do(t, h) }); died != "" {
				t.Errorf("step %q is not tried", died)
			}
		})
	}
}

// TestCrashWhileDeactivating: an app that was told of its deactivation is inactive after the
// next start, one that was not stays as it was.
func TestCrashWhileDeactivating(t *testing.T) {
	t.Parallel()
	for nth := 1; nth <= 4; nth++ {
		t.Run(fmt.Sprintf("step %d", nth), func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			must(h.install(t, sample(t), lifecycle.Options{Activate: true}))(t)
			if died := h.crashing(nth, func() { _, _ = h.Deactivate(t.Context(), shopID, "OrderNotes") }); died == "" {
				t.Fatalf("there is no step %d", nth)
			}
			if err := h.Recover(t.Context(), shopID); err != nil {
				t.Fatal(err)
			}
			want := "registered, active, a secret, 0 unconfirmed"
			if slices.Contains(h.store.told(), "app.deactivated []") {
				want = "registered, inactive, a secret, 0 unconfirmed"
			}
			if got := h.state(t); got != want {
				t.Errorf("state %q, want %q; the app was told %q", got, want, h.store.told())
			}
		})
	}
}

// TestFailureAtEachStep lets each write and each call fail once, before it has its effect
// or after, while the host lives. Doing it once more succeeds.
func TestFailureAtEachStep(t *testing.T) {
	t.Parallel()
	for nth := 1; nth <= 16; nth++ {
		t.Run(fmt.Sprintf("%02d", nth), func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			failed, count := "", 0
			h.store.step = func(step string) error {
				if count++; count != nth {
					return nil
				}
				failed = step
				return errors.New("disk full")
			}
			_, err := h.install(t, sample(t), lifecycle.Options{Activate: true})
			if err == nil || failed == "" {
				t.Fatalf("step %q: installed", failed)
			}
			if _, err = h.install(t, sample(t), lifecycle.Options{Activate: true}); appdock.CodeOf(err) == lifecycle.CodeAlreadyInstalled {
				_, err = activating(t, h)
			}
			if err != nil {
				t.Fatalf("again after a failure at %q: %v", failed, err)
			}
			if got, want := h.state(t), "registered, active, a secret, 0 unconfirmed"; got != want {
				t.Errorf("after a failure at %q: state %q, want %q", failed, got, want)
			}
			h.agrees(t)
			h.honest(t)
			h.hidesSecrets(t, err)
		})
	}
}

// honest fails if the app was told that it is installed and is not, or the other way
// round, and if a start leaves a state that only a running installation has.
func (h *house) honest(t *testing.T) {
	t.Helper()
	known := map[appdock.ID]bool{}
	for _, e := range h.store.events {
		switch e.Name {
		case "app.installed":
			known[e.Only] = true
		case "app.deleted":
			delete(known, e.Only)
		}
	}
	for _, r := range must(h.All(t.Context(), shopID))(t) {
		complete := r.State == lifecycle.Registered || r.State == lifecycle.Local
		if complete != known[r.Installation.ID] {
			t.Errorf("an installation is %s, and the app was told of it: %v", r.State, known[r.Installation.ID])
		}
		if !complete && r.State != lifecycle.Unconfirmed {
			t.Errorf("state %s without an operation that runs", r.State)
		}
		delete(known, r.Installation.ID)
	}
	if len(known) > 0 {
		t.Errorf("%d apps believe to be installed", len(known))
	}
}

func TestRecoverTellsTheOperator(t *testing.T) {
	t.Parallel()
	tests := map[lifecycle.State]struct {
		want string
		note string
	}{
		lifecycle.Registering: {"absent", "unfinished installation was removed"},
		lifecycle.Completing:  {"absent, one remembered", "unfinished installation was removed"},
		lifecycle.Confirming:  {"unconfirmed, inactive, no secret, 1 unconfirmed", "installation is unconfirmed"},
		lifecycle.Unconfirmed: {"unconfirmed, inactive, no secret, 1 unconfirmed", "installation is still unconfirmed"},
		lifecycle.Registered:  {"registered, inactive, a secret, 0 unconfirmed", ""},
		lifecycle.Local:       {"local, inactive, no secret, 0 unconfirmed", ""},
	}
	for state, test := range tests {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			r := lifecycle.Registration{
				Installation: appdock.Installation{ID: appdock.NewID(start), Shop: shopID, App: "OrderNotes"}, State: state,
			}
			secret := appdock.NewSecret(h.app.mint())
			switch {
			case slices.Contains([]lifecycle.State{lifecycle.Completing, lifecycle.Registered}, state):
				r.Secret = secret
			case slices.Contains([]lifecycle.State{lifecycle.Confirming, lifecycle.Unconfirmed}, state):
				r.Unconfirmed = []appdock.Secret{secret}
			}
			if err := h.store.Create(t.Context(), r, lifecycle.Credentials{}); err != nil {
				t.Fatal(err)
			}
			if err := h.Recover(t.Context(), shopID); err != nil {
				t.Fatal(err)
			}
			if got := h.state(t); got != test.want {
				t.Errorf("state %q, want %q", got, test.want)
			}
			if log := h.log.String(); !strings.Contains(log, test.note) || test.note == "" && log != "" {
				t.Errorf("log %q, want %q in it", log, test.note)
			}
			h.hidesSecrets(t, nil)
		})
	}
}

func TestRecoverGoesOnAfterAFailure(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, name := range []string{"Alpha", "Beta"} {
		r := lifecycle.Registration{Installation: appdock.Installation{ID: appdock.NewID(start), Shop: shopID, App: name}, State: lifecycle.Registering}
		if err := h.store.Create(t.Context(), r, lifecycle.Credentials{}); err != nil {
			t.Fatal(err)
		}
	}
	h.failAt(t, "remove", 1)
	if err := h.Recover(t.Context(), shopID); err == nil || !strings.Contains(err.Error(), "recover app Alpha: disk full") {
		t.Errorf("got %v", err)
	}
	if all := must(h.All(t.Context(), shopID))(t); len(all) != 1 {
		t.Errorf("%d left, want 1", len(all))
	}
}
