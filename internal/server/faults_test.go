package server_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/appclient"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/sqlite"
	"github.com/appdock/appdock/internal/webhook"
	"github.com/appdock/appdock/protocol"
)

// misbehaving is an app that does something wrong with the first calls, and takes the rest.
type misbehaving struct {
	fault    func(c net.Conn, body []byte) // nil: it takes all
	until    int32                         // calls
	calls    atomic.Int32
	mu       sync.Mutex
	accepted map[string]bool // by delivery
}

func (m *misbehaving) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	in := bufio.NewReader(c)
	for {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		if m.calls.Add(1) <= m.until {
			m.fault(c, body)
			return
		}
		m.mu.Lock()
		m.accepted[r.Header.Get(protocol.HeaderEventID)] = true
		m.mu.Unlock()
		if _, err := io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n"); err != nil {
			return
		}
	}
}

// took says that a delivery was answered with 2xx, though wrongly.
func (m *misbehaving) took(body []byte) {
	w, err := protocol.ParseWebhook(body)
	if err != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.accepted[w.Source.EventID] = true
}

// drip writes a byte now and then until the other side hangs up.
func drip(c net.Conn, text string) {
	if _, err := io.WriteString(c, text); err != nil {
		return
	}
	for {
		if _, err := io.WriteString(c, "x"); err != nil {
			return
		}
		time.Sleep(5 * time.Millisecond) // that is what it does wrong
	}
}

// hasty shortens the deadlines of calls, so that a fault does not take its ten seconds.
type hasty struct{ webhook.Sender }

func (h hasty) Send(ctx context.Context, c protocol.Call, key webhook.Key) webhook.Outcome {
	c.Timeout = protocol.Timeout{Connect: time.Second, Total: time.Second}
	return h.Sender.Send(ctx, c, key)
}

// Whatever apps do over their sockets, every delivery ends in one state, counted by id:
// what is called delivered was taken, and nothing is lost or waits for ever.
func TestFaultsOverSockets(t *testing.T) {
	t.Parallel()
	bomb := func() []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		for range 1024 { // 64 MiB of nothing
			_, _ = z.Write(make([]byte, 64<<10))
		}
		_ = z.Close()
		return b.Bytes()
	}()
	var apps []*misbehaving
	app := func(until int32, fault func(m *misbehaving, c net.Conn, body []byte)) *misbehaving {
		m := &misbehaving{until: until, accepted: map[string]bool{}}
		m.fault = func(c net.Conn, body []byte) { fault(m, c, body) }
		apps = append(apps, m)
		return m
	}
	answer := func(text string) func(*misbehaving, net.Conn, []byte) {
		return func(_ *misbehaving, c net.Conn, _ []byte) { _, _ = io.WriteString(c, text) }
	}
	const events = 30
	tests := map[string]struct {
		app  *misbehaving
		url  string // in place of the app's
		dead int    // of the events, never taken; -1: all of those that met the fault
	}{
		"it is well":            {app: app(0, nil)},
		"slow-loris in headers": {app: app(3, func(_ *misbehaving, c net.Conn, _ []byte) { drip(c, "HTTP/1.1 204 No Content\r\nX-Slow: ") })},
		"slow-loris in the body": {app: app(3, func(m *misbehaving, c net.Conn, body []byte) {
			m.took(body) // the status is the app's word
			drip(c, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
		})},
		"it resets the connection": {app: app(4, func(_ *misbehaving, c net.Conn, _ []byte) { _ = c.(*net.TCPConn).SetLinger(0) })},
		"it hangs":                 {app: app(4, func(_ *misbehaving, c net.Conn, _ []byte) { _, _ = io.Copy(io.Discard, c) })},
		"an endless body": {app: app(3, func(m *misbehaving, c net.Conn, body []byte) {
			m.took(body)
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
			for {
				if _, err := c.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		})},
		"a gzip bomb": {app: app(3, func(m *misbehaving, c net.Conn, body []byte) {
			m.took(body)
			_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n", len(bomb))
			_, _ = c.Write(bomb)
		})},
		"an endless head":         {app: app(3, func(_ *misbehaving, c net.Conn, _ []byte) { endless(c) })},
		"what is no HTTP":         {app: app(4, answer("SSH-2.0-OpenSSH_9.6\r\n"))},
		"503":                     {app: app(12, answer("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))},
		"a redirect to loopback":  {app: app(4, answer("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")), dead: -1},
		"a redirect to metadata":  {app: app(4, answer("HTTP/1.1 307 x\r\nLocation: http://169.254.169.254/latest\r\nContent-Length: 0\r\n\r\n")), dead: -1},
		"nobody listens":          {app: app(0, nil), url: "http://127.0.0.1:1/", dead: events},
		"its name is none":        {app: app(0, nil), url: "http://app..invalid/", dead: events},
		"it is a forbidden place": {app: app(0, nil), url: "http://169.254.169.254/", dead: events},
		"it is another one, where somebody would take it": {app: app(0, nil), url: "http://0.0.0.0", dead: events},
	}
	b := newDelivering(t)
	var hooks []lifecycle.Webhook
	byHook := map[string]string{}
	for name, test := range tests {
		url := test.url
		switch url {
		case "":
			url = "http://" + listening(t, test.app)
		case "http://0.0.0.0": // is this machine to its kernel, and not what is allowed
			_, port, _ := strings.Cut(listening(t, test.app), ":")
			url += ":" + port
		}
		id := appdock.NewID(time.Now())
		byHook[id.String()] = name
		hooks = append(hooks, lifecycle.Webhook{ID: id, Name: name, Event: "shopware.updated", URL: url, Active: true})
	}
	b.install(hooks)
	b.run()
	for n := range events {
		b.publish(n)
	}
	states := b.settle(events * len(tests))
	for hook, name := range byHook {
		test := tests[name]
		got := states[hook]
		test.app.mu.Lock()
		for id, state := range got {
			if (state == webhook.Delivered) != test.app.accepted[id] {
				t.Errorf("%s: delivery %s is %s; taken: %v", name, id, state, test.app.accepted[id])
			}
		}
		test.app.mu.Unlock()
		count := map[webhook.State]int{}
		for _, state := range got {
			count[state]++
		}
		dead := test.dead
		if dead == -1 {
			dead = int(min(test.app.until, test.app.calls.Load()))
		}
		if len(got) != events || count[webhook.Dead]+count[webhook.Parked] != dead && test.dead != events || count[webhook.Delivered] != events-dead {
			t.Errorf("%s: got %v, want %d delivered and %d dead", name, count, events-dead, dead)
		}
	}
}

// endless writes a header line without an end.
func endless(c net.Conn) {
	_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nX-Long: ")
	for {
		if _, err := io.WriteString(c, strings.Repeat("y", 4096)); err != nil {
			return
		}
	}
}

func listening(t *testing.T, m *misbehaving) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	var mu sync.Mutex
	open := map[net.Conn]bool{}
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open[c] = true
			mu.Unlock()
			serving.Go(func() { m.serve(c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		for c := range open {
			_ = c.Close()
		}
		mu.Unlock()
		serving.Wait()
	})
	return l.Addr().String()
}

// delivering is an engine on a store, with a real client.
type delivering struct {
	t      *testing.T
	path   string
	client *appclient.Client
	store  *sqlite.Store
	engine *webhook.Engine
	shop   appdock.Shop
	stop   func()
}

type openly struct{}

func (openly) Seal(plain, _ []byte) []byte           { return bytes.Clone(plain) }
func (openly) Open(sealed, _ []byte) ([]byte, error) { return bytes.Clone(sealed), nil }

func (d *delivering) Shop(context.Context, appdock.ShopID) (appdock.Shop, error) { return d.shop, nil }

func newDelivering(t *testing.T, changes ...func(*appclient.Options)) *delivering {
	t.Helper()
	o := appclient.Options{Agent: "Appdock/test", Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Now: time.Now}
	for _, change := range changes {
		change(&o)
	}
	d := &delivering{
		t: t, path: filepath.Join(t.TempDir(), "test.db"), client: appclient.New(o),
		shop: appdock.Shop{ID: "CaseShopAAAAAAAA", URL: "https://shop.example", Name: "Shop", Locale: "en-GB", Currency: "EUR"},
		stop: func() {},
	}
	t.Cleanup(d.client.Close)
	d.open()
	t.Cleanup(d.end)
	if err := d.store.AddShop(t.Context(), d.shop); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *delivering) open() {
	d.t.Helper()
	schema, err := entity.NewSchema(shop.Definitions()...)
	if err != nil {
		d.t.Fatal(err)
	}
	d.store, err = sqlite.Open(context.Background(), sqlite.Options{Path: d.path, Schema: schema, Sealer: openly{}})
	if err != nil {
		d.t.Fatal(err)
	}
	var schedule webhook.Schedule
	for range 10 {
		schedule = append(schedule, 20*time.Millisecond)
	}
	rules := webhook.DefaultHealthRules()
	rules.Cooldowns = []time.Duration{20 * time.Millisecond, 20 * time.Millisecond, 20 * time.Millisecond}
	d.engine = webhook.NewEngine(webhook.Ports{
		Queue: d.store, Parking: d.store, Subscriptions: d.store, Keys: d.store, Shops: d, Sender: hasty{d.client},
	}, webhook.Options{
		Schedule: schedule, Health: rules, Now: time.Now, NewID: func() appdock.ID { return appdock.NewID(time.Now()) },
		Log: slog.New(slog.DiscardHandler),
	})
}

func (d *delivering) install(hooks []lifecycle.Webhook) {
	d.t.Helper()
	register(d.t, d.store, d.shop.ID, hooks)
}

// register makes an app that is installed and active, with these webhooks and the right to
// read orders.
func register(t *testing.T, store *sqlite.Store, shop appdock.ShopID, hooks []lifecycle.Webhook) {
	t.Helper()
	at := time.Now()
	r := lifecycle.Registration{
		Installation: appdock.Installation{ID: appdock.NewID(at), Shop: shop, App: "Notes", Version: "1.0.0", Grant: appdock.NewPrivileges("order:read")},
		State:        lifecycle.Registering, Integration: appdock.NewID(at), Role: appdock.NewID(at), InstalledAt: at,
		Profile:  lifecycle.Profile{Format: "shopware", Label: map[string]string{"en-GB": "Notes"}},
		Features: lifecycle.Features{Webhooks: hooks},
	}
	registrations := store.Registrations()
	err := registrations.Create(t.Context(), r, lifecycle.Credentials{AccessKey: "KEY", SecretHash: []byte("hash"), ChangedAt: at})
	if err == nil {
		r, err = registrations.Get(t.Context(), shop, "Notes")
	}
	if err == nil {
		r.Secret, r.State, r.Installation.Active = appdock.NewSecret(firstSecret), lifecycle.Registered, true
		_, _, err = registrations.Change(t.Context(), r)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// firstSecret is the shop secret of apps that were registered so.
var firstSecret = strings.Repeat("s", 64)

func (d *delivering) run() {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- d.engine.Run(ctx) }()
	d.stop = sync.OnceFunc(func() {
		stop()
		if err := <-ended; err != nil {
			d.t.Error(err)
		}
	})
}

// end stops all that there is of it, but for the file.
func (d *delivering) end() {
	d.stop()
	if err := d.store.Close(); err != nil {
		d.t.Error(err)
	}
}

func (d *delivering) publish(n int) {
	d.t.Helper()
	fresh, err := d.store.Append(d.t.Context(), appdock.Event{
		ID: appdock.NewID(time.Now()), Shop: d.shop.ID, Name: "shopware.updated", Key: appdock.ID{15: byte(n%5 + 1)}, At: time.Now(),
		Data: appdock.EventData{Payload: fmt.Appendf(nil, `{"n":%d}`, n)},
	})
	if err != nil {
		d.t.Fatal(err)
	}
	d.engine.Committed(fresh)
}

// settle waits until nothing waits any more, and what is parked is what can not be sent. It
// gives the states by subscription and delivery.
func (d *delivering) settle(total int) map[string]map[string]webhook.State {
	d.t.Helper()
	ctx := within(d.t, 2*time.Minute)
	for tick := time.NewTicker(100 * time.Millisecond); ; <-tick.C {
		list, err := d.store.Deliveries(ctx, webhook.Filter{Shop: d.shop.ID, Limit: 10 * total})
		if err != nil {
			d.t.Fatal(err)
		}
		states := map[string]map[string]webhook.State{}
		open := 0
		for _, x := range list {
			hook := x.Subscription.String()
			if states[hook] == nil {
				states[hook] = map[string]webhook.State{}
			}
			states[hook][x.ID.String()] = x.State
			if x.State == webhook.Waiting || x.State == webhook.Parked && strings.HasPrefix(x.URL, "http://127.0.0.1:") && !strings.HasSuffix(x.URL, ":1/") {
				open++
			}
		}
		if len(list) == total && open == 0 {
			return states
		}
		if ctx.Err() != nil {
			d.t.Fatalf("%d of %d deliveries were made, %d are still open", len(list), total, open)
		}
	}
}
