package lifecycle_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/manifest"
	"github.com/appdock/appdock/protocol"
)

// memory is a Store in memory: optimistic row versions, remembered secrets, events with
// their cause.
type memory struct {
	mu       sync.Mutex
	rows     map[string]row // by shop and lower-case name
	last     map[string]appdock.Secret
	events   []appdock.Event
	revision appdock.Revision
	identity map[appdock.ShopID]lifecycle.Identity
	// step is called before and after each write and call: a crash, or an error.
	step func(name string) error
}

type row struct {
	registration lifecycle.Registration
	clients      map[appdock.ID]lifecycle.Credentials
}

// named is the row's clients that r names.
func (x row) named(r lifecycle.Registration) map[appdock.ID]lifecycle.Credentials {
	clients := map[appdock.ID]lifecycle.Credentials{r.Integration: x.clients[r.Integration]}
	for _, c := range r.OtherClients {
		clients[c.Integration] = x.clients[c.Integration]
	}
	return clients
}

func newMemory() *memory {
	return &memory{
		rows: map[string]row{}, last: map[string]appdock.Secret{},
		identity: map[appdock.ShopID]lifecycle.Identity{},
		step:     func(string) error { return nil },
	}
}

func key(shop appdock.ShopID, app string) string { return string(shop) + "/" + strings.ToLower(app) }

func copied(r lifecycle.Registration) lifecycle.Registration {
	r.Unconfirmed = slices.Clone(r.Unconfirmed)
	r.OtherClients = slices.Clone(r.OtherClients)
	r.Features.Webhooks = slices.Clone(r.Features.Webhooks)
	return r
}

func (m *memory) Get(ctx context.Context, shop appdock.ShopID, app string) (lifecycle.Registration, error) {
	if err := ctx.Err(); err != nil {
		return lifecycle.Registration{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.rows[key(shop, app)]
	if !ok {
		return lifecycle.Registration{}, &appdock.Error{Kind: appdock.NotFound, Message: "There is no such row."}
	}
	return copied(r.registration), nil
}

func (m *memory) All(_ context.Context, shop appdock.ShopID) ([]lifecycle.Registration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []lifecycle.Registration
	for _, r := range m.rows {
		if r.registration.Installation.Shop == shop {
			all = append(all, copied(r.registration))
		}
	}
	slices.SortFunc(all, func(a, b lifecycle.Registration) int {
		return strings.Compare(a.Installation.App, b.Installation.App)
	})
	return all, nil
}

// write runs one transaction; an error or a panic of the step before it stops it, one of
// the step after it comes too late.
func (m *memory) write(ctx context.Context, name string, do func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := m.step(name); err != nil {
		return err
	}
	m.mu.Lock()
	err := do()
	m.mu.Unlock()
	if err != nil {
		return err
	}
	return m.step("after " + name)
}

func (m *memory) Create(ctx context.Context, r lifecycle.Registration, c lifecycle.Credentials) error {
	return m.write(ctx, "create", func() error {
		k := key(r.Installation.Shop, r.Installation.App)
		if _, taken := m.rows[k]; taken {
			return conflict()
		}
		r.RowVersion = 1
		m.rows[k] = row{copied(r), map[appdock.ID]lifecycle.Credentials{r.Integration: c}}
		m.revision++
		return nil
	})
}

func (m *memory) Change(ctx context.Context, r lifecycle.Registration, events ...appdock.Event) (lifecycle.Registration, []appdock.Event, error) {
	err := m.write(ctx, "change to "+string(r.State), func() error {
		old, err := m.expect(r)
		if err != nil {
			return err
		}
		r.RowVersion++
		k := key(r.Installation.Shop, r.Installation.App)
		m.rows[k] = row{copied(r), old.named(r)}
		if !r.Secret.IsZero() {
			delete(m.last, k)
		}
		events = m.raise(events)
		return nil
	})
	return r, events, err
}

func (m *memory) Rekey(ctx context.Context, r lifecycle.Registration, integration appdock.ID, c lifecycle.Credentials) (lifecycle.Registration, error) {
	changed := copied(r)
	err := m.write(ctx, "rekey", func() error {
		old, err := m.expect(r)
		if err != nil {
			return err
		}
		changed.OtherClients = append([]lifecycle.Client{{Integration: integration}}, changed.OtherClients...)
		changed.RowVersion++
		next := row{copied(changed), old.named(r)}
		next.clients[integration] = c
		m.rows[key(r.Installation.Shop, r.Installation.App)] = next
		m.revision++
		return nil
	})
	return changed, err
}

func (m *memory) Remove(ctx context.Context, r lifecycle.Registration, _ bool, events ...appdock.Event) ([]appdock.Event, error) {
	err := m.write(ctx, "remove", func() error {
		old, err := m.expect(r)
		if err != nil {
			return err
		}
		k := key(r.Installation.Shop, r.Installation.App)
		delete(m.rows, k)
		if !old.registration.Secret.IsZero() {
			m.last[k] = old.registration.Secret
		}
		events = m.raise(events)
		return nil
	})
	return events, err
}

func (m *memory) LastSecret(_ context.Context, shop appdock.ShopID, app string) (appdock.Secret, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last[key(shop, app)], nil
}

func (m *memory) Identity(_ context.Context, shop appdock.ShopID) (lifecycle.Identity, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.identity[shop], nil
}

func (m *memory) KeepIdentity(_ context.Context, shop appdock.ShopID, i lifecycle.Identity) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.identity[shop] = i
	m.revision++
	return nil
}

func (m *memory) RenewIdentity(ctx context.Context, shop, id appdock.ShopID, i lifecycle.Identity) error {
	return m.write(ctx, "renew", func() error {
		m.identity[id] = i
		delete(m.identity, shop)
		m.last = map[string]appdock.Secret{}
		for k, x := range m.rows {
			delete(m.rows, k)
			r := x.registration
			r.Installation.Shop, r.Secret, r.Unconfirmed = id, appdock.Secret{}, nil
			if r.State != lifecycle.Registering {
				r.State = lifecycle.Local
			}
			m.rows[key(id, r.Installation.App)] = row{r, x.clients}
		}
		m.revision++
		return nil
	})
}

func (m *memory) expect(r lifecycle.Registration) (row, error) {
	old, ok := m.rows[key(r.Installation.Shop, r.Installation.App)]
	if !ok || old.registration.RowVersion != r.RowVersion || old.registration.Installation.ID != r.Installation.ID {
		return row{}, conflict()
	}
	return old, nil
}

func (m *memory) raise(events []appdock.Event) []appdock.Event {
	m.revision++
	for i := range events {
		events[i].Seq, events[i].Revision = int64(len(m.events)+1), m.revision
		m.events = append(m.events, events[i])
	}
	return events
}

func conflict() error { return &appdock.Error{Kind: appdock.Conflict, Message: "Somebody was faster."} }

// names of the events that were written, with their payload.
func (m *memory) told() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var told []string
	for _, e := range m.events {
		told = append(told, string(e.Name)+" "+string(e.Data.Payload))
	}
	return told
}

const (
	shopID    = appdock.ShopID("aB3dE6gH9jK2mN5p")
	appSecret = "canary-app-secret"
)

var (
	demo  = appdock.Shop{ID: shopID, URL: "https://shop.example.org", Name: "Demo", Locale: "en-GB", Currency: "EUR"}
	start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

// backend is an app server as the official SDKs make them: it verifies, it holds a
// pending secret until it is confirmed, and of a shop that it knows it demands the
// signature of the secret before (sdk-facts.md 3, 4).
type backend struct {
	t       *testing.T
	store   *memory
	minted  int
	pending string
	secret  string // confirmed
	shop    string // whose secret that is
	apiKey  string
	hidden  []string // what may stand in no log and no error
	calls   []protocol.Call

	// onRegister and onConfirm change what the backend answers, after it has done its work.
	onRegister, onConfirm func(a protocol.Answer) (protocol.Answer, error)
	// seen runs while a call is on its way.
	seen func(c protocol.Call)
}

func (b *backend) Call(ctx context.Context, c protocol.Call) (protocol.Answer, error) {
	b.calls = append(b.calls, c)
	if b.seen != nil {
		b.seen(c)
	}
	if err := ctx.Err(); err != nil {
		return protocol.Answer{}, err
	}
	name, serve, instead := "call register", b.register, b.onRegister
	if c.Method == http.MethodPost {
		name, serve, instead = "call confirm", b.confirm, b.onConfirm
	}
	if err := b.store.step(name); err != nil {
		return protocol.Answer{}, err
	}
	secret, apiKey := b.secret, b.apiKey
	answer, err := serve(c), error(nil)
	if instead != nil {
		answer, err = instead(answer)
	}
	if answer.Status >= 400 && answer.Status < 500 { // who refuses keeps nothing
		b.secret, b.apiKey = secret, apiKey
	}
	if late := b.store.step("after " + name); late != nil {
		return protocol.Answer{}, late
	}
	return answer, err
}

func (b *backend) register(c protocol.Call) protocol.Answer {
	_, query, _ := strings.Cut(c.URL, "?")
	if err := protocol.Verify(appSecret, []byte(query), c.Get(protocol.HeaderAppSignature)); err != nil {
		return jsonAnswer(401, `{"error":"Cannot validate app signature"}`)
	}
	r, err := protocol.ParseRegistration(query)
	if err != nil {
		b.t.Errorf("registration cannot be read: %v", err)
	}
	if b.knows(r.ShopID) && protocol.Verify(b.secret, []byte(query), c.Get(protocol.HeaderShopSignature)) != nil {
		return jsonAnswer(401, `{"error":"Cannot validate shop signature"}`)
	}
	r.AppName = "OrderNotes"
	b.pending = b.mint()
	return jsonAnswer(200, fmt.Sprintf(`{"proof":%q,"secret":%q,"confirmation_url":"https://app.example.org/confirm"}`, r.Proof(appSecret), b.pending))
}

func (b *backend) confirm(c protocol.Call) protocol.Answer {
	confirmation, err := protocol.ParseConfirmation(c.Body)
	if err != nil {
		b.t.Errorf("confirmation cannot be read: %v", err)
	}
	b.hidden = append(b.hidden, confirmation.SecretKey)
	if protocol.Verify(b.pending, c.Body, c.Get(protocol.HeaderShopSignature)) != nil ||
		b.knows(confirmation.ShopID) && protocol.Verify(b.secret, c.Body, c.Get(protocol.HeaderPreviousSignature)) != nil {
		return jsonAnswer(401, `{"error":"Invalid shop given"}`)
	}
	b.secret, b.apiKey, b.shop = b.pending, confirmation.APIKey, confirmation.ShopID
	return protocol.Answer{Status: 204}
}

// knows reports whether a shop has confirmed before.
func (b *backend) knows(shop string) bool { return b.secret != "" && (b.shop == shop || b.shop == "") }

func (b *backend) mint() string {
	b.minted++
	secret := fmt.Sprintf("canary-shop-secret-%03d-%s", b.minted, strings.Repeat("x", 64))
	b.hidden = append(b.hidden, secret)
	return secret
}

func jsonAnswer(status int, body string) protocol.Answer {
	return protocol.Answer{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body)}
}

// settled is a Settler that notes in which state the app was when it was told.
type settled struct {
	store *memory
	log   []string
	err   error
}

func (s *settled) Settled(ctx context.Context, event appdock.ID) error {
	if _, ok := ctx.Deadline(); !ok {
		return errors.New("waits without end")
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	for _, e := range s.store.events {
		if e.ID != event {
			continue
		}
		state := "gone"
		for _, r := range s.store.rows {
			if r.registration.Installation.ID == e.Only {
				state = map[bool]string{true: "active", false: "inactive"}[r.registration.Installation.Active]
			}
		}
		s.log = append(s.log, string(e.Name)+" while "+state)
	}
	return s.err
}

// house is a host with all that a test looks at.
type house struct {
	*lifecycle.Service
	store   *memory
	app     *backend
	settled *settled
	log     *bytes.Buffer
	shop    appdock.Shop           // as the host has it
	prints  lifecycle.Fingerprints // of now
}

func newHouse(t *testing.T) *house {
	t.Helper()
	store := newMemory()
	h := &house{
		store: store, app: &backend{t: t, store: store, hidden: []string{appSecret}}, settled: &settled{store: store}, log: &bytes.Buffer{},
		shop: demo, prints: lifecycle.Fingerprints{lifecycle.PrintURL: demo.URL, lifecycle.PrintDatabase: "one"},
	}
	h.restart()
	return h
}

// restart makes the service anew, as a process that starts does.
func (h *house) restart() {
	h.Service = &lifecycle.Service{
		Store: h.store, Caller: h.app, Settler: h.settled,
		Identities: h.store,
		Prints: func(context.Context, appdock.Shop) (lifecycle.Fingerprints, error) {
			return maps.Clone(h.prints), nil
		},
		Renewed:   func(_ appdock.ShopID, now appdock.Shop) { h.shop = now },
		Committed: func([]appdock.Event) {},
		Hash:      func(secret string) []byte { sum := sha256.Sum256([]byte(secret)); return sum[:] },
		Now:       func() time.Time { return start },
		NewID:     func() appdock.ID { return appdock.NewID(start) },
		Random:    rand.Reader,
		Log:       slog.New(slog.NewJSONHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Agent:     "Appdock/1.0.0",
		Platform:  "6.7.10.0",
	}
}

// install accepts what the app asks for and installs it.
func (h *house) install(t *testing.T, app *manifest.App, o lifecycle.Options) (lifecycle.Outcome, error) {
	t.Helper()
	o.ConsentHash = h.consent(t, app)
	return h.Install(t.Context(), demo, app, o)
}

func (h *house) consent(t *testing.T, app *manifest.App) string {
	t.Helper()
	consent, _, err := h.Preview(t.Context(), shopID, app)
	if err != nil {
		t.Fatal(err)
	}
	return consent.Hash()
}

// state is what is there of the app: "absent", or its state and how many secrets.
func (h *house) state(t *testing.T) string {
	t.Helper()
	h.store.mu.Lock()
	defer h.store.mu.Unlock()
	last := ""
	if secret := h.store.last[key(h.shop.ID, "OrderNotes")]; !secret.IsZero() {
		last = ", one remembered"
	}
	r, ok := h.store.rows[key(h.shop.ID, "OrderNotes")]
	if !ok {
		return "absent" + last
	}
	committed := "no secret"
	if !r.registration.Secret.IsZero() {
		committed = "a secret"
	}
	active := map[bool]string{true: "active", false: "inactive"}[r.registration.Installation.Active]
	return fmt.Sprintf("%s, %s, %s, %d unconfirmed%s", r.registration.State, active, committed, len(r.registration.Unconfirmed), last)
}

// hidesSecrets fails if a secret stands in an error, or in the log.
func (h *house) hidesSecrets(t *testing.T, err error) {
	t.Helper()
	shown := []string{h.log.String(), fmt.Sprintf("%v %+v", err, err)}
	if e, ok := errors.AsType[*appdock.Error](err); ok {
		shown = append(shown, e.Message, e.Cause, e.Cure, fmt.Sprint(e.Params))
	}
	if e, ok := errors.AsType[*lifecycle.HandshakeError](err); ok {
		shown = append(shown, e.Request, e.Answer)
	}
	for _, secret := range h.app.hidden {
		for _, text := range shown {
			if strings.Contains(text, secret) || strings.Contains(text, url.QueryEscape(secret)) {
				t.Errorf("secret %q is shown:\n%s", secret, text)
			}
		}
	}
}

// part replaces a part of the manifest.
type part struct{ old, new string }

const sampleManifest = `<?xml version="1.0" encoding="UTF-8"?>
<manifest>
	<meta>
		<name>OrderNotes</name>
		<label>Order notes</label>
		<label lang="de-DE">Bestellnotizen</label>
		<author>Acme</author>
		<copyright>(c) Acme</copyright>
		<version>1.2.0</version>
		<license>MIT</license>
		<compatibility>~6.7.0</compatibility>
	</meta>
	<setup>
		<registrationUrl>https://app.example.org/register</registrationUrl>
		<secret>canary-app-secret</secret>
	</setup>
	<permissions>
		<create>product</create>
		<delete>product</delete>
		<read>order</read>
		<update>product</update>
		<permission>notification:create</permission>
	</permissions>
	<allowed-hosts>
		<host>cdn.example.org</host>
	</allowed-hosts>
	<webhooks>
		<webhook name="placed" url="https://hooks.example.org/placed" event="checkout.order.placed"/>
		<webhook name="deleted" url="https://hooks.example.org/deleted" event="app.deleted"/>
		<webhook name="written" url="https://hooks.example.org/written" event="product.written" onlyLiveVersion="true"/>
	</webhooks>
</manifest>`

func sample(t *testing.T, parts ...part) *manifest.App {
	t.Helper()
	text := sampleManifest
	for _, p := range parts {
		if !strings.Contains(text, p.old) {
			t.Fatalf("the manifest has no %q", p.old)
		}
		text = strings.Replace(text, p.old, p.new, 1)
	}
	app, problems := manifest.ParseXML("manifest.xml", []byte(text), false)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	return app
}

// cut removes what stands between two texts, both included.
func cut(from, to string) part {
	_, rest, _ := strings.Cut(sampleManifest, from)
	inner, _, _ := strings.Cut(rest, to)
	return part{from + inner + to, ""}
}
