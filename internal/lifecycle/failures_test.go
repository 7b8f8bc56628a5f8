package lifecycle_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/protocol"
)

// answering replaces what the backend says to a call; it has done its work by then.
func answering(status int, body string) func(protocol.Answer) (protocol.Answer, error) {
	return func(protocol.Answer) (protocol.Answer, error) { return jsonAnswer(status, body), nil }
}

// editing changes the backend's own answer.
func editing(old, new string) func(protocol.Answer) (protocol.Answer, error) {
	return func(a protocol.Answer) (protocol.Answer, error) {
		a.Body = []byte(strings.Replace(string(a.Body), old, new, 1))
		return a, nil
	}
}

func silent(err error) func(protocol.Answer) (protocol.Answer, error) {
	return func(protocol.Answer) (protocol.Answer, error) { return protocol.Answer{}, err }
}

func redirecting(a protocol.Answer) (protocol.Answer, error) {
	a = jsonAnswer(302, "")
	a.Header.Set("Location", "https://elsewhere.example.org/")
	return a, nil
}

var errTimeout = fmt.Errorf("dial: %w", context.DeadlineExceeded)

// TestFirstInstallationsThatFail has a line for each row of protocol-handshake.md 9 and 5
// that a first installation can meet.
func TestFirstInstallationsThatFail(t *testing.T) {
	t.Parallel()
	const unconfirmed = "unconfirmed, inactive, no secret, 1 unconfirmed"
	noSecret := part{"<secret>canary-app-secret</secret>", ""}
	noSetup := cut("<setup>", "</setup>")
	tests := map[string]struct {
		parts      []part
		onRegister func(protocol.Answer) (protocol.Answer, error)
		onConfirm  func(protocol.Answer) (protocol.Answer, error)
		prepare    func(h *house)
		code       string
		kind       appdock.Kind
		reason     string // the end of the message
		state      string // "": absent
	}{
		"3.1 not compatible": {
			parts: []part{{"~6.7.0", "~6.6.0"}},
			code:  lifecycle.CodeNotCompatible, kind: appdock.Invalid, reason: "is not compatible with this host",
		},
		"3.3 a private address in production": {
			parts: []part{{"<permissions>", "<requirements><public-access/></requirements><permissions>"}},
			code:  lifecycle.CodeRequirements, kind: appdock.Invalid, reason: "needs a shop that can be reached from outside",
		},
		"row 2: no app secret": {
			parts: []part{noSecret},
			code:  lifecycle.CodeRegistration, kind: appdock.Failed, reason: "Could not sign payload with store secret",
		},
		"row 5.1: nobody answers the registration": {
			onRegister: silent(errTimeout),
			code:       lifecycle.CodeRegistration, kind: appdock.Failed, reason: "dial: context deadline exceeded",
		},
		"row 5.2: 500 with a text": {
			onRegister: answering(500, `{"error":"database is down"}`),
			code:       lifecycle.CodeRegistration, kind: appdock.Failed, reason: "database is down",
		},
		"row 5.3: 502 with a page": {
			onRegister: answering(502, "<h1>Bad gateway</h1>"),
			code:       lifecycle.CodeRegistration, kind: appdock.Failed, reason: "Got status code 502, with response: <h1>Bad gateway</h1>",
		},
		"row 5.4: a redirect": {
			onRegister: redirecting,
			code:       lifecycle.CodeRegistration, kind: appdock.Failed, reason: "redirect not allowed: https://elsewhere.example.org/",
		},
		"row 5.5: HTML": {
			onRegister: answering(200, "<h1>Hello</h1>"),
			code:       lifecycle.CodeRegistration, kind: appdock.Failed, reason: "JSON response could not be decoded",
		},
		"row 5.6: an error beside a valid proof": {
			onRegister: editing(`{"proof"`, `{"error":"no more shops","proof"`),
			code:       lifecycle.CodeRegistration, kind: appdock.Failed, reason: "no more shops",
		},
		"row 5.6: the error shows the app secret": {
			onRegister: answering(403, `{"error":"I know canary-app-secret"}`),
			code:       lifecycle.CodeRegistration, kind: appdock.Failed, reason: "I know [redacted]",
		},
		"row 5.7: the proof is no text": {
			onRegister: editing(`"proof":"`, `"proof":1,"x":"`),
			code:       lifecycle.CodeRegistration, kind: appdock.Failed, reason: "The app server provided no proof",
		},
		"row 5.8: a wrong proof": {
			onRegister: editing(`"proof":"`, `"proof":"0`),
			code:       lifecycle.CodeRegistration, kind: appdock.Failed, reason: "The app server provided an invalid proof",
		},
		"row 5.8: no proof": {
			onRegister: editing(`"proof"`, `"prove"`),
			code:       lifecycle.CodeRegistration, kind: appdock.Failed, reason: "The app server provided an invalid proof",
		},
		"row 5.9: no secret": {
			onRegister: editing(`"secret"`, `"Secret"`),
			code:       lifecycle.CodeRegistration, kind: appdock.Failed, reason: "The app server provided no secret",
		},
		"row 5.10: a short secret": {
			onRegister: editing(strings.Repeat("x", 64), ""),
			code:       lifecycle.CodeRegistration, kind: appdock.Failed, reason: "The app secret must be between 64 and 255 characters",
		},
		"row 5.10: a secret over 255 characters": {
			onRegister: editing("xxxx", strings.Repeat("x", 255)),
			code:       lifecycle.CodeRegistration, kind: appdock.Failed, reason: "The app secret must be between 64 and 255 characters",
		},
		"row 5.12: a confirmation in the clear": {
			onRegister: editing("https://app.example.org/confirm", "http://app.example.org/confirm"),
			code:       lifecycle.CodeRegistration, kind: appdock.Failed, reason: "The app server provided an invalid confirmation url",
		},
		"row 7: the registration is refused": {
			onRegister: answering(401, `{"error":"Cannot validate app signature"}`),
			code:       lifecycle.CodeRegistration, kind: appdock.Failed, reason: "Cannot validate app signature",
		},
		"row 9: the confirmation is refused": {
			onConfirm: answering(403, `{"error":"not you"}`),
			code:      lifecycle.CodeRegistration, kind: appdock.Failed, reason: "not you",
		},
		"row 11: the confirmation fails": {
			onConfirm: answering(500, `oops`), state: unconfirmed,
			code: lifecycle.CodeRegistration, kind: appdock.Failed, reason: "outcome unknown: Got status code 500, with response: oops",
		},
		"row 11: nobody answers the confirmation": {
			onConfirm: silent(errTimeout), state: unconfirmed,
			code: lifecycle.CodeRegistration, kind: appdock.Failed, reason: "outcome unknown: dial: context deadline exceeded",
		},
		"row 11: the confirmation is redirected": {
			onConfirm: redirecting, state: unconfirmed,
			code: lifecycle.CodeRegistration, kind: appdock.Failed, reason: "outcome unknown: redirect not allowed: https://elsewhere.example.org/",
		},
		"row 14: the features cannot be stored": {
			prepare: func(h *house) { h.failAt(t, "change to completing", 2) }, state: "absent, one remembered",
			kind: appdock.Internal,
		},
		"row 14: app.installed cannot be written": {
			prepare: func(h *house) { h.failAt(t, "change to registered", 1) }, state: "absent, one remembered",
			kind: appdock.Internal,
		},
		"row 14: a script of the app fails": {
			prepare: func(h *house) { h.Hooks = hooks{errors.New("line 3: no such service")} }, state: "absent, one remembered",
			kind: appdock.Internal,
		},
		"row 15: webhooks without a secret in development": {
			parts: []part{noSetup}, prepare: func(h *house) { h.Development = true },
			code: lifecycle.CodeSecretRequired, kind: appdock.Invalid,
			reason: `because it uses features Webhooks but has no secret`,
		},
		"row 15: more features without a secret in development": {
			parts: []part{noSetup, {"</manifest>", `
				<admin><module name="m" source="https://app.example.org/m"><label>M</label></module></admin>
				<tax><tax-provider><identifier>t</identifier><name>T</name><priority>1</priority><process-url>https://app.example.org/t</process-url></tax-provider></tax>
				</manifest>`}},
			prepare: func(h *house) { h.Development = true },
			code:    lifecycle.CodeSecretRequired, kind: appdock.Invalid,
			reason: `App "OrderNotes" could not be installed/updated because it uses features Admin Modules, Tax Providers and Webhooks but has no secret`,
		},
		"the rows cannot be created": {
			prepare: func(h *house) { h.failAt(t, "create", 1) }, kind: appdock.Internal,
		},
		"the rows were created, and nobody said so": {
			prepare: func(h *house) { h.failAt(t, "after create", 1) }, kind: appdock.Internal,
		},
		"the unconfirmed secret cannot be saved": {
			prepare: func(h *house) { h.failAt(t, "change to confirming", 1) }, kind: appdock.Internal,
		},
		"the secret cannot be committed": {
			prepare: func(h *house) { h.failAt(t, "change to completing", 1) }, state: unconfirmed,
			code: lifecycle.CodeRegistration, kind: appdock.Failed, reason: "outcome unknown: the secret could not be saved",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.app.onRegister, h.app.onConfirm = test.onRegister, test.onConfirm
			if test.prepare != nil {
				test.prepare(h)
			}
			shop := demo
			if strings.HasPrefix(name, "3.3") {
				shop.URL = "https://shop.test"
			}
			app := sample(t, test.parts...)
			outcome, err := h.Install(t.Context(), shop, app, lifecycle.Options{ConsentHash: h.consent(t, app), Activate: true})
			if err == nil {
				t.Fatalf("installed: %+v", outcome)
			}
			if got := appdock.CodeOf(err); got != test.code {
				t.Errorf("code %q, want %q (%v)", got, test.code, err)
			}
			if got := appdock.KindOf(err); got != test.kind {
				t.Errorf("kind %v, want %v", got, test.kind)
			}
			if e, ok := errors.AsType[*appdock.Error](err); ok {
				if !strings.HasSuffix(e.Message, test.reason) {
					t.Errorf("message %q, want the end %q", e.Message, test.reason)
				}
				if e.Cause == "" || e.Cure == "" {
					t.Errorf("%q has cause %q and cure %q: people want both", e.Message, e.Cause, e.Cure)
				}
				if e.Code == lifecycle.CodeRegistration && !strings.HasPrefix(e.Message, `App registration for "OrderNotes" failed: `) {
					t.Errorf("message %q", e.Message)
				}
			}
			if call, ok := errors.AsType[*lifecycle.HandshakeError](err); ok != (test.onRegister != nil || test.onConfirm != nil) {
				t.Error("the error of a call, and no other, has the call with it")
			} else if ok && !strings.Contains(call.Request, "https://app.example.org/") {
				t.Errorf("request %q", call.Request)
			}
			want := test.state
			if want == "" {
				want = "absent"
			}
			if got := h.state(t); got != want {
				t.Errorf("state %q, want %q", got, want)
			}
			if told := h.store.told(); len(told) > 0 {
				t.Errorf("events %q of an app that nobody was told of", told)
			}
			h.hidesSecrets(t, err)
		})
	}
}

// failAt makes the nth step of a name fail.
func (h *house) failAt(t *testing.T, name string, nth int) {
	t.Helper()
	h.store.step = func(step string) error {
		if step == name {
			nth--
			if nth == 0 {
				return errors.New("disk full")
			}
		}
		return nil
	}
}

type hooks struct{ err error }

func (h hooks) Run(context.Context, appdock.Installation, string, map[string]any) error { return h.err }

// TestInstallationsAfterOneThatFail are the rows of protocol-handshake.md 9 in which a
// secret of before is known.
func TestInstallationsAfterOneThatFail(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		prepare func(h *house)
		state   string
		reason  string
	}{
		"row 6: nobody answers the registration": {
			func(h *house) { h.app.onRegister = silent(errTimeout) }, "absent, one remembered", "dial: context deadline exceeded",
		},
		"row 5.11: the secret is the one of before": {
			func(h *house) {
				before := h.app.secret
				h.app.onRegister = func(a protocol.Answer) (protocol.Answer, error) {
					return editing(h.app.pending, before)(a)
				}
			}, "absent, one remembered", "The new app secret returned from the App must be different from the current one.",
		},
		"row 8: the registration is refused": {
			func(h *house) { h.app.onRegister = answering(403, `{"error":"no"}`) }, "absent, one remembered", "no",
		},
		"row 10: the confirmation is refused": {
			func(h *house) { h.app.onConfirm = answering(403, `{"error":"no"}`) }, "absent, one remembered", "no",
		},
		"row 12: the confirmation fails": {
			func(h *house) { h.app.onConfirm = answering(503, "") },
			"unconfirmed, inactive, no secret, 1 unconfirmed, one remembered", "outcome unknown: Got status code 503, with response: ",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			must(h.install(t, sample(t), lifecycle.Options{}))(t)
			must(h.Uninstall(t.Context(), shopID, "OrderNotes", true))(t)
			test.prepare(h)
			_, err := h.install(t, sample(t), lifecycle.Options{})
			e, ok := errors.AsType[*appdock.Error](err)
			if !ok || e.Code != lifecycle.CodeRegistration || e.Message != `App registration for "OrderNotes" failed: `+test.reason {
				t.Errorf("got %v, want the reason %q", err, test.reason)
			}
			if got := h.state(t); got != test.state {
				t.Errorf("state %q, want %q", got, test.state)
			}
			h.hidesSecrets(t, err)

			h.app.onRegister, h.app.onConfirm = nil, nil
			must(h.install(t, sample(t), lifecycle.Options{}))(t)
			if got, want := h.state(t), "registered, inactive, a secret, 0 unconfirmed"; got != want {
				t.Errorf("after another try: state %q, want %q", got, want)
			}
			h.agrees(t)
		})
	}
}

// must gives what a call came to, if it did not fail.
func must[T any](value T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// agrees fails unless host and app hold the same secret and the same credentials.
func (h *house) agrees(t *testing.T) {
	t.Helper()
	r := h.store.rows[key(shopID, "OrderNotes")]
	if r.registration.Secret.Reveal() != h.app.secret {
		t.Error("host and app hold different secrets")
	}
	if c := r.clients[r.registration.Integration]; c.AccessKey != h.app.apiKey {
		t.Errorf("the app has the access key %s, the host knows %s", h.app.apiKey, c.AccessKey)
	}
}

func TestFailedCallIsShown(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.app.onRegister = editing(`"proof":"`, `"proof":"0`)
	_, err := h.install(t, sample(t), lifecycle.Options{})
	call, ok := errors.AsType[*lifecycle.HandshakeError](err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	request := `GET https://app.example.org/register?shop-id=aB3dE6gH9jK2mN5p&shop-url=https://shop.example.org&timestamp=1772366400
shopware-app-signature: ` + protocol.Sign(appSecret, []byte("shop-id=aB3dE6gH9jK2mN5p&shop-url=https://shop.example.org&timestamp=1772366400")) + `
sw-version: 6.7.10.0
sw-context-language: 2fbb5fe2e29a4d70aa5854ce7ce3e20b
sw-user-language: en-GB
User-Agent: Appdock/1.0.0
`
	if diff := cmp.Diff(request, call.Request); diff != "" {
		t.Errorf("request (-want +got)\n%s", diff)
	}
	proof := protocol.Registration{ShopID: string(shopID), ShopURL: demo.URL, AppName: "OrderNotes"}.Proof(appSecret)
	answer := `HTTP 200
Content-Type: application/json

{"proof":"0` + proof + `","secret":"[redacted]","confirmation_url":"https://app.example.org/confirm"}
`
	if diff := cmp.Diff(answer, call.Answer); diff != "" {
		t.Errorf("answer (-want +got)\n%s", diff)
	}
}

func TestWhyNobodyAnswersIsTold(t *testing.T) {
	t.Parallel()
	refused := &appdock.Error{
		Kind: appdock.Refused, Code: "ADK-ADDRESS-REFUSED", Message: "No answer from https://app.example.org",
		Cause: "app.example.org is at 10.0.0.7, which this host may not call", Cure: "Add 10.0.0.7 to network.allow.",
	}
	for name, test := range map[string]struct {
		onRegister, onConfirm func(protocol.Answer) (protocol.Answer, error)
		message, cure         string
	}{
		"registration": {silent(refused), nil, "No answer from https://app.example.org", refused.Cure},
		"confirmation": {
			nil, silent(refused), "outcome unknown: No answer from https://app.example.org",
			"See that the app server works, then install the app again: that recovers the registration and finishes it.",
		},
	} {
		h := newHouse(t)
		h.app.onRegister, h.app.onConfirm = test.onRegister, test.onConfirm
		_, err := h.install(t, sample(t), lifecycle.Options{})
		e, ok := errors.AsType[*appdock.Error](err)
		if !ok || e.Code != lifecycle.CodeRegistration || e.Message != `App registration for "OrderNotes" failed: `+test.message ||
			e.Cause != refused.Cause || e.Cure != test.cure {
			t.Errorf("%s: got %+v", name, e)
		}
	}
}

func TestRequestThatEnds(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		during string // method of the call in which the person gives up
		want   string
	}{
		"during the registration": {"GET", "absent"},
		"during the confirmation": {"POST", "unconfirmed, inactive, no secret, 1 unconfirmed"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			ctx, cancel := context.WithCancel(t.Context())
			h.app.seen = func(c protocol.Call) {
				if c.Method == test.during {
					cancel()
				}
			}
			app := sample(t)
			if _, err := h.Install(ctx, demo, app, lifecycle.Options{ConsentHash: h.consent(t, app)}); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			if got := h.state(t); got != test.want {
				t.Errorf("state %q, want %q", got, test.want)
			}
		})
	}

	t.Run("after the app has confirmed, which finishes it", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t)
		ctx, cancel := context.WithCancel(t.Context())
		h.app.onConfirm = func(a protocol.Answer) (protocol.Answer, error) { cancel(); return a, nil }
		app := sample(t)
		if _, err := h.Install(ctx, demo, app, lifecycle.Options{ConsentHash: h.consent(t, app), Activate: true}); err != nil {
			t.Error(err)
		}
		if got, want := h.state(t), "registered, active, a secret, 0 unconfirmed"; got != want {
			t.Errorf("state %q, want %q", got, want)
		}
	})
}
