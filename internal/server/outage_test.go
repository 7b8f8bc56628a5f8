package server_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/appclient"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/webhook"
	"github.com/appdock/appdock/protocol"
)

// witness is an app that is down until it is told to come up. Then it refuses what is not
// signed with its secret of then, and knows what it took.
type witness struct {
	mu      sync.Mutex
	up      bool
	holds   chan struct{} // answers wait until it is closed; nil: they do not
	path    string        // that it is at; empty: at each
	secret  string
	tried   map[string]bool // deliveries
	taken   map[string]int  // likewise, how often
	refused int             // since it is up
	changed chan struct{}
}

func newWitness(t *testing.T) (w *witness, url string) {
	t.Helper()
	w = &witness{secret: firstSecret, tried: map[string]bool{}, taken: map[string]int{}, changed: make(chan struct{}, 1)}
	s := httptest.NewServer(w)
	t.Cleanup(s.Close)
	return w, s.URL
}

func (w *witness) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	id := r.Header.Get(protocol.HeaderEventID)
	w.mu.Lock()
	w.tried[id] = true
	holds := w.holds
	w.mu.Unlock()
	select {
	case w.changed <- struct{}{}:
	default:
	}
	if holds != nil {
		<-holds
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case !w.up:
		out.WriteHeader(http.StatusServiceUnavailable)
	case w.path != "" && r.URL.Path != w.path:
		out.WriteHeader(http.StatusGone)
	case protocol.Verify(w.secret, body, r.Header.Get(protocol.HeaderShopSignature)) != nil:
		w.refused++
		out.WriteHeader(http.StatusUnauthorized)
	default:
		w.taken[id]++
		out.WriteHeader(http.StatusNoContent)
	}
}

// rise makes it come up.
func (w *witness) rise(secret string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.up, w.secret = true, secret
}

// wait until so many deliveries were tried.
func (w *witness) wait(t *testing.T, deliveries int) {
	t.Helper()
	ctx := within(t, soon)
	for {
		w.mu.Lock()
		n := len(w.tried)
		w.mu.Unlock()
		if n >= deliveries {
			return
		}
		select {
		case <-w.changed:
		case <-ctx.Done():
			t.Fatalf("%d of %d deliveries were tried", n, deliveries)
		}
	}
}

// balance waits until every delivery is over, and checks by id that each event has one, and
// that what is called delivered was taken, once, and nothing else was. It gives them.
func (d *delivering) balance(w *witness, events []appdock.ID) []webhook.Delivery {
	d.t.Helper()
	list := d.over(len(events))
	w.mu.Lock()
	defer w.mu.Unlock()
	var of []appdock.ID
	for _, x := range list {
		of = append(of, x.Event)
		want := 0
		if x.State == webhook.Delivered {
			want = 1
		}
		if got := w.taken[x.ID.String()]; got != want {
			d.t.Errorf("delivery %s is %s and was taken %d times", x.ID, x.State, got)
		}
	}
	byID := func(a, b appdock.ID) int { return slices.Compare(a[:], b[:]) }
	slices.SortFunc(of, byID)
	if want := slices.SortedFunc(slices.Values(events), byID); !slices.Equal(of, want) {
		d.t.Errorf("there are deliveries of the events %v, want one of each of %v", of, want)
	}
	return list
}

// over waits until there are so many deliveries, and each is delivered or dead.
func (d *delivering) over(total int) []webhook.Delivery {
	d.t.Helper()
	ctx := within(d.t, 2*time.Minute)
	for tick := time.NewTicker(50 * time.Millisecond); ; <-tick.C {
		list, err := d.store.Deliveries(d.t.Context(), webhook.Filter{Shop: d.shop.ID, Limit: 10_000})
		if err != nil {
			d.t.Fatal(err)
		}
		open := slices.DeleteFunc(slices.Clone(list), func(x webhook.Delivery) bool { return x.State == webhook.Delivered || x.State == webhook.Dead })
		if len(list) >= total && len(open) == 0 {
			return list
		}
		if ctx.Err() != nil {
			healths, err := d.store.Healths(d.t.Context())
			for _, x := range open {
				d.t.Logf("delivery %d is %s (%s), in hand: %t, after %d attempts, due %v", x.Number, x.State, x.Reason, x.InHand, x.Attempts, x.DueAt)
			}
			d.t.Fatalf("%d of %d deliveries were made, %d are open; the webhooks' health: %+v, %v", len(list), total, len(open), healths, err)
		}
	}
}

// raise writes events of which each needs the right to read orders.
func (d *delivering) raise(n int) (events []appdock.ID) {
	d.t.Helper()
	for k := range n {
		e := d.event(k)
		d.append(e)
		events = append(events, e.ID)
	}
	return events
}

func (d *delivering) event(n int) appdock.Event {
	return appdock.Event{
		ID: appdock.NewID(time.Now()), Shop: d.shop.ID, Name: "shopware.updated", Key: appdock.ID{15: byte(n + 1)}, At: time.Now(),
		Needs: []appdock.Privilege{"order:read"}, Data: appdock.EventData{Payload: []byte(`{}`)},
	}
}

func (d *delivering) append(e appdock.Event) {
	d.t.Helper()
	fresh, err := d.store.Append(d.t.Context(), e)
	if err != nil {
		d.t.Error(err)
	}
	d.engine.Committed(fresh)
}

// Secrets, rights and apps change while deliveries wait, or are parked: each is sent as is
// right when it is sent, or not at all.
func TestAppChangesWhileDeliveriesWait(t *testing.T) {
	t.Parallel()
	second := firstSecret[:63] + "t"
	tests := map[string]struct {
		change func(*delivering, *lifecycle.Registration)
		state  webhook.State
		reason string
		secret string
		path   string // where the app is from then on; empty: anywhere
	}{
		"its secret is rotated": {
			change: func(_ *delivering, r *lifecycle.Registration) { r.Secret = appdock.NewSecret(second) },
			state:  webhook.Delivered, secret: second,
		},
		"a privilege is taken away": {
			change: func(_ *delivering, r *lifecycle.Registration) { r.Installation.Grant = nil },
			state:  webhook.Dead, reason: webhook.ReasonRevoked, secret: firstSecret,
		},
		"an update moves the webhook": {
			change: func(d *delivering, r *lifecycle.Registration) { r.Features.Webhooks[0].URL += "elsewhere" },
			state:  webhook.Delivered, secret: firstSecret, path: "/elsewhere",
		},
		"it is uninstalled": {state: webhook.Dead, reason: webhook.ReasonUninstalled, secret: firstSecret},
	}
	for name, tt := range tests {
		for _, events := range []int{3, 12} { // that fail: few enough to wait, and so many that they are parked
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				app, url := newWitness(t)
				d := newDelivering(t)
				d.install([]lifecycle.Webhook{{ID: appdock.NewID(time.Now()), Name: "hook", Event: "shopware.updated", URL: url + "/", Active: true}})
				d.run()
				made := d.raise(events)
				app.wait(t, min(events, 3))
				// What is matched after the change need not be made at all.
				if err := d.engine.Matched(within(t, soon)); err != nil {
					t.Fatal(err)
				}
				r, err := d.store.Registrations().Get(t.Context(), d.shop.ID, "Notes")
				if err != nil {
					t.Fatal(err)
				}
				if tt.change == nil {
					_, err = d.store.Registrations().Remove(t.Context(), r, false)
				} else {
					tt.change(d, &r)
					_, _, err = d.store.Registrations().Change(t.Context(), r)
				}
				if err != nil {
					t.Fatal(err)
				}
				// An event of after it, which nobody hears: when it is matched, the change is known.
				e := appdock.Event{ID: appdock.NewID(time.Now()), Shop: d.shop.ID, Name: "nobody.hears", At: time.Now(), Data: appdock.EventData{Payload: []byte(`{}`)}}
				d.append(e)
				if err := d.engine.Settled(within(t, soon), e.ID); err != nil {
					t.Fatal(err)
				}
				// What is on its way began before it: nobody calls that back.
				for tick := time.NewTicker(time.Millisecond); d.engine.Figures().InFlight > 0; {
					<-tick.C
				}
				app.mu.Lock()
				app.path = tt.path
				app.mu.Unlock()
				app.rise(tt.secret)
				for _, x := range d.balance(app, made) {
					if x.State != tt.state || x.Reason != tt.reason {
						t.Errorf("got %s (%s), want %s (%s)", x.State, x.Reason, tt.state, tt.reason)
					}
				}
				app.mu.Lock()
				defer app.mu.Unlock()
				if app.refused > 0 {
					t.Errorf("%d attempts were signed with another secret than that of now", app.refused)
				}
			})
		}
	}
}

// A secret is rotated while attempts are on their way: the app refuses what was signed with
// the old one, and is sent it again with the new one.
func TestSecretRotatedDuringAttempts(t *testing.T) {
	t.Parallel()
	second := firstSecret[:63] + "t"
	app, url := newWitness(t)
	app.holds = make(chan struct{})
	d := newDelivering(t)
	d.install([]lifecycle.Webhook{{ID: appdock.NewID(time.Now()), Name: "hook", Event: "shopware.updated", URL: url, Active: true}})
	d.run()
	made := d.raise(4)
	app.wait(t, 4)
	r, err := d.store.Registrations().Get(t.Context(), d.shop.ID, "Notes")
	if err == nil {
		r.Secret = appdock.NewSecret(second)
		_, _, err = d.store.Registrations().Change(t.Context(), r)
	}
	if err != nil {
		t.Fatal(err)
	}
	app.rise(second)
	close(app.holds)
	for _, x := range d.balance(app, made) {
		if x.State != webhook.Delivered {
			t.Errorf("got %s (%s), want it delivered", x.State, x.Reason)
		}
	}
	app.mu.Lock()
	defer app.mu.Unlock()
	if app.refused < len(made) {
		t.Errorf("%d attempts were refused, want those %d that were on their way", app.refused, len(made))
	}
}

// An event whose publisher is not sure that it was taken is published again, by many at
// once and after a restart: it is delivered once.
func TestEventPublishedTwice(t *testing.T) {
	t.Parallel()
	app, url := newWitness(t)
	app.rise(firstSecret)
	d := newDelivering(t)
	d.install([]lifecycle.Webhook{{ID: appdock.NewID(time.Now()), Name: "hook", Event: "shopware.updated", URL: url, Active: true}})
	d.run()
	var events []appdock.ID
	again := func(e appdock.Event) {
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() { d.append(e) })
		}
		all.Wait()
	}
	var published []appdock.Event
	for k := range 5 {
		e := d.event(k)
		again(e)
		published, events = append(published, e), append(events, e.ID)
	}
	d.balance(app, events)
	d.end()
	d.open()
	d.run()
	for _, e := range published {
		again(e)
	}
	last := d.event(5) // when it has come, those before it would have
	d.append(last)
	d.balance(app, append(events, last.ID))
}

// resolver is a DNS server that fails in each way there is, so many times, and then knows
// every name.
type resolver struct {
	fails atomic.Int32
}

func (x *resolver) serve(c net.PacketConn) {
	in := make([]byte, 512)
	for {
		n, from, err := c.ReadFrom(in)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(in[:n]) != nil || len(m.Questions) != 1 {
			continue
		}
		m.Response, m.Additionals = true, nil
		switch left := x.fails.Add(-1); {
		case left >= 0 && left%8 == 0:
			continue // says nothing at all
		case left >= 0 && left%2 == 0:
			m.RCode = dnsmessage.RCodeServerFailure
		case left >= 0:
			m.RCode = dnsmessage.RCodeNameError
		case m.Questions[0].Type == dnsmessage.TypeA:
			q := m.Questions[0]
			m.Answers = []dnsmessage.Resource{{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
				Body:   &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}},
			}}
		}
		if out, err := m.Pack(); err == nil {
			_, _ = c.WriteTo(out, from)
		}
	}
}

// The name of an app's server cannot be resolved for a while. Nothing is lost, nothing is
// given up, and the webhook is neither switched off nor remembered as failing afterwards.
func TestNameThatIsNotResolved(t *testing.T) {
	t.Parallel()
	names, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	x := &resolver{}
	x.fails.Store(40)
	served := make(chan struct{})
	go func() { defer close(served); x.serve(names) }()
	t.Cleanup(func() { _ = names.Close(); <-served })
	app, url := newWitness(t)
	app.rise(firstSecret)
	// A question that is not answered outlives the call that asked it: it ends with the test.
	asking, end := context.WithCancel(context.Background())
	t.Cleanup(end)
	d := newDelivering(t, func(o *appclient.Options) {
		o.Resolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
			c, err := (&net.Dialer{}).DialContext(asking, "udp", names.LocalAddr().String())
			if err == nil {
				context.AfterFunc(asking, func() { _ = c.Close() })
			}
			return c, err
		}}
	})
	_, port, err := net.SplitHostPort(url[len("http://"):])
	if err != nil {
		t.Fatal(err)
	}
	hook := lifecycle.Webhook{ID: appdock.NewID(time.Now()), Name: "hook", Event: "shopware.updated", URL: "http://notes.vendor.test:" + port + "/", Active: true}
	d.install([]lifecycle.Webhook{hook})
	d.run()
	events := d.raise(40)
	for _, delivery := range d.balance(app, events) {
		if delivery.State != webhook.Delivered {
			t.Errorf("delivery %s is %s (%s)", delivery.ID, delivery.State, delivery.Reason)
		}
	}
	if x.fails.Load() > 0 {
		t.Errorf("%d more failures were to come", x.fails.Load())
	}
	// Sent once more, it is written that all is well.
	d.balance(app, append(events, d.raise(1)...))
	d.stop()
	if healths, err := d.store.Healths(t.Context()); err != nil || len(healths) > 0 {
		t.Errorf("got %+v, %v, want nothing to be remembered", healths, err)
	}
	subscribed, err := d.store.Load(t.Context(), d.shop.ID)
	if err != nil || len(subscribed.Subscriptions) != 1 || !subscribed.Subscriptions[0].Active {
		t.Errorf("got %+v, %v, want the webhook to be active", subscribed.Subscriptions, err)
	}
}
