package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/appclient"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/seed"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/sqlite"
	"github.com/appdock/appdock/internal/webhook"
	"github.com/appdock/appdock/protocol"
)

const shopID appdock.ShopID = "CaseShopAAAAAAAA"

// scene is what a host begins with.
type scene struct {
	Port          int
	Endpoints     int // hosts, with a subscription each
	Subscriptions int // in all; those beyond Endpoints want another event
	Waiting       int // deliveries that wait already, over as many endpoints
	Sync          int // products that are written every ten seconds
}

// host is the engine on its store, with a way to publish over HTTP. It prints where, does
// what it is told on its standard input, and tells what came of it.
func host(p plan) error {
	server.Collect() // as `appdock serve` does; the bare loop has what Go gives it
	var s scene
	in := json.NewDecoder(os.Stdin)
	if err := in.Decode(&s); err != nil {
		return err
	}
	folder, err := os.MkdirTemp(p.folder, "appdock-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "bench.db")
	if err := inAnother(path, s); err != nil {
		return err
	}
	h, err := openHost(path)
	if err != nil {
		return err
	}
	if s.Waiting > 0 {
		return h.ready(s)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go func() { _ = http.Serve(listener, http.HandlerFunc(h.publish)) }()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- h.engine.Run(ctx) }()
	go webhook.Cleaner{Retention: h.store, Now: time.Now, Log: slog.New(slog.DiscardHandler)}.Run(ctx)
	if s.Sync > 0 {
		go h.sync(ctx, s.Sync)
	}
	if err := h.engine.Matched(ctx); err != nil { // it knows who wants what
		return err
	}
	fmt.Println(listener.Addr())
	if name := os.Getenv("BENCH_PROFILE"); name != "" {
		file, err := os.Create(name)
		if err != nil {
			return err
		}
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	empty, err := h.store.Size(ctx)
	if err != nil {
		return err
	}
	cpu := cpuTime()
	out := json.NewEncoder(os.Stdout)
	for {
		var want int // deliveries whose outcome is to be written
		if err := in.Decode(&want); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		for h.written.Load() < int64(want) {
			time.Sleep(time.Millisecond)
		}
		size, err := h.store.Size(ctx)
		if err != nil {
			return err
		}
		r := report{
			Took: time.Duration(h.lastWrite.Load() - h.first.Load()), CPU: cpuTime() - cpu, Done: int(h.written.Load()),
			RssAnon: h.peak.Load(), Commits: h.store.Commits(), Bytes: size - empty,
		}
		if err := out.Encode(r); err != nil {
			return err
		}
	}
	stop()
	if err := <-ended; err != nil {
		return err
	}
	return h.store.Close()
}

type running struct {
	store                  *sqlite.Store
	engine                 *webhook.Engine
	n, written             atomic.Int64
	first, lastWrite, peak atomic.Int64
}

// counted tells when the outcomes of deliveries are committed.
type counted struct {
	*sqlite.Store
	host *running
}

func (c counted) Finish(ctx context.Context, r webhook.Results) error {
	err := c.Store.Finish(ctx, r)
	if err == nil {
		for _, f := range r.Done {
			if f.Delivery.State != webhook.Waiting {
				c.host.written.Add(1)
			}
		}
		c.host.lastWrite.Store(time.Now().UnixNano())
	}
	return err
}

type plain struct{}

func (plain) Seal(text, _ []byte) []byte          { return bytes.Clone(text) }
func (plain) Open(text, _ []byte) ([]byte, error) { return bytes.Clone(text), nil }

type oneShop struct{}

func (oneShop) Shop(context.Context, appdock.ShopID) (appdock.Shop, error) { return theShop(), nil }

func theShop() appdock.Shop {
	return appdock.Shop{ID: shopID, URL: "https://shop.example", Name: "Shop", Locale: "en-GB", Currency: "EUR"}
}

func open(path string) (*sqlite.Store, error) {
	schema, err := entity.NewSchema(shop.Definitions()...)
	if err != nil {
		return nil, err
	}
	return sqlite.Open(context.Background(), sqlite.Options{Path: path, Schema: schema, Sealer: plain{}})
}

func openHost(path string) (*running, error) {
	store, err := open(path)
	if err != nil {
		return nil, err
	}
	h := &running{store: store}
	client := appclient.New(appclient.Options{Agent: "Appdock/bench", Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Now: time.Now})
	h.engine = webhook.NewEngine(webhook.Ports{
		Queue: counted{store, h}, Parking: store, Subscriptions: store, Keys: store, Shops: oneShop{}, Sender: client,
	}, webhook.Options{
		Host: protocol.Host{Agent: "Appdock/bench", Version: "6.7.10.0"}, Now: time.Now,
		NewID: func() appdock.ID { return appdock.NewID(time.Now()) },
		Log:   slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	go func() {
		for range time.Tick(20 * time.Millisecond) {
			h.peak.Store(max(h.peak.Load(), rssAnon()))
		}
	}()
	return h, nil
}

// sync writes products every ten seconds, as an inventory system does: in batches, each a
// unit of its own. It begins at once.
func (h *running) sync(ctx context.Context, products int) {
	newID := func() appdock.ID { return appdock.NewID(time.Now()) }
	records := shop.New(h.store, time.Now, newID, h.engine.Committed)
	bulk := seed.Bulk{Products: products}
	for every := time.Tick(10 * time.Second); ; {
		began := time.Now()
		for n := range bulk.Batches() {
			if _, err := records.Write(ctx, appdock.Host(shopID), entity.View{}, bulk.Batch(n)); err != nil {
				if ctx.Err() == nil {
					fmt.Fprintln(os.Stderr, "write products:", err)
				}
				return
			}
		}
		fmt.Fprintf(os.Stderr, "  %d products in %v\n", products, time.Since(began).Round(time.Millisecond))
		select {
		case <-every:
		case <-ctx.Done():
			return
		}
	}
}

// publish stores an event and answers after its commit.
func (h *running) publish(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	h.first.CompareAndSwap(0, time.Now().UnixNano())
	n := number(body, "n")
	event := appdock.Event{ID: appdock.NewID(time.Now()), Shop: shopID, Name: "shopware.updated", At: time.Now(), Data: appdock.EventData{Payload: body}}
	event.Key = id(strconv.FormatInt(n%keys, 10))
	fresh, err := h.store.Append(r.Context(), event)
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	h.engine.Committed(fresh)
	w.WriteHeader(http.StatusAccepted)
}

// ready measures how long it takes until a host with a backlog has begun to send.
func (h *running) ready(s scene) error {
	began := time.Now()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- h.engine.Run(ctx) }()
	for h.engine.Figures().InFlight == 0 {
		time.Sleep(time.Millisecond)
	}
	took := time.Since(began)
	time.Sleep(5 * time.Second)
	stop()
	<-ended
	return json.NewEncoder(os.Stdout).Encode(report{Took: took, Done: s.Waiting, RssAnon: h.peak.Load()})
}

// id names something.
func id(text string) (id appdock.ID) {
	sum := sha256.Sum256([]byte(text))
	copy(id[:], sum[:])
	return id
}

// inAnother prepares in a process of its own, whose memory is not counted.
func inAnother(path string, s scene) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	c := exec.Command(program, "-role", "fill", "-folder", path)
	c.Stdin, c.Stderr = bytes.NewReader(text), os.Stderr
	return c.Run()
}

// prepare makes the database of a scene.
func prepare(path string) error {
	var s scene
	if err := json.NewDecoder(os.Stdin).Decode(&s); err != nil {
		return err
	}
	store, err := open(path)
	if err != nil {
		return err
	}
	ctx := context.Background()
	if err := store.AddShop(ctx, theShop()); err != nil {
		return err
	}
	if s.Sync > 0 {
		records := shop.New(store, time.Now, func() appdock.ID { return appdock.NewID(time.Now()) }, func([]appdock.Event) {})
		if _, err := records.Write(ctx, appdock.Host(shopID), entity.View{}, seed.Base(theShop())); err != nil {
			return err
		}
	}
	const perApp = 1000
	for at := 0; at < max(s.Subscriptions, s.Endpoints); at += perApp {
		name := fmt.Sprint("App", at/perApp)
		r := lifecycle.Registration{
			Installation: appdock.Installation{ID: id(name), Shop: shopID, App: name, Version: "1.0.0"},
			State:        lifecycle.Registering, Integration: id("i" + name), Role: id("r" + name), InstalledAt: time.Now(),
			Profile: lifecycle.Profile{Format: "shopware", Label: map[string]string{"en-GB": name}},
		}
		for i := at; i < min(at+perApp, max(s.Subscriptions, s.Endpoints)); i++ {
			w := lifecycle.Webhook{ID: id(fmt.Sprint("w", i)), Name: fmt.Sprint("hook", i), Event: "app.system_heartbeat", URL: "https://else.example/", Active: true}
			if i < s.Endpoints {
				w.Event, w.URL = "shopware.updated", fmt.Sprintf("http://%s:%d/e/%d", address(i), s.Port, i)
			}
			r.Features.Webhooks = append(r.Features.Webhooks, w)
		}
		credentials := lifecycle.Credentials{AccessKey: "KEY" + name, SecretHash: []byte(name), ChangedAt: time.Now()}
		if err := store.Registrations().Create(ctx, r, credentials); err != nil {
			return err
		}
		if r, err = store.Registrations().Get(ctx, shopID, name); err != nil {
			return err
		}
		r.Secret, r.State, r.Installation.Active = appdock.NewSecret(secret), lifecycle.Registered, true
		if _, _, err = store.Registrations().Change(ctx, r); err != nil {
			return err
		}
	}
	if s.Waiting > 0 {
		if err := fill(store, s); err != nil {
			return err
		}
	}
	return store.Close()
}

// fill makes deliveries that wait: as a host leaves them that ended before it could send.
func fill(store *sqlite.Store, s scene) error {
	for n := 0; n < s.Waiting; {
		e := appdock.Event{ID: id(fmt.Sprint("e", n)), Shop: shopID, Name: "shopware.updated", At: time.Now(), Data: appdock.EventData{Payload: payload(int64(n/s.Endpoints), time.Now())}}
		e.Key = id(fmt.Sprint("k", n/s.Endpoints%keys))
		if _, err := store.Append(context.Background(), e); err != nil {
			return err
		}
		_, made, err := store.FanOut(context.Background(), 1, func(events []appdock.Event) (made []webhook.Delivery, err error) {
			for k := range s.Endpoints {
				made = append(made, webhook.Delivery{
					ID: appdock.NewID(time.Now()), Shop: shopID, Event: events[0].ID, EventName: events[0].Name, Key: events[0].Key, Seq: events[0].Seq,
					Subscription: id(fmt.Sprint("w", k)), Installation: id("App0"), App: "App0", AppVersion: "1.0.0", Webhook: fmt.Sprint("hook", k),
					URL: fmt.Sprintf("http://%s:%d/e/%d", address(k), s.Port, k), Endpoint: webhook.Endpoint(k + 1), State: webhook.Waiting, DueAt: time.Now(), CreatedAt: time.Now(),
				})
			}
			return made, nil
		})
		if err != nil {
			return err
		}
		n += len(made)
	}
	return nil
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// rssAnon is the memory of this process that is no file's, in bytes.
func rssAnon() int64 {
	text, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(text), "RssAnon:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	n, _ := strconv.ParseInt(fields[0], 10, 64)
	return n << 10
}
