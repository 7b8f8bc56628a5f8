// Package server is the host: it puts the parts together, starts them, and ends them in
// the right order. It is the only place that knows all of them.
package server

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"sync"
	"syscall"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/appclient"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/keyring"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/user"
	"github.com/appdock/appdock/internal/web"
	"github.com/appdock/appdock/internal/webhook"
	"github.com/appdock/appdock/protocol"
)

// Server is a host on one data folder. It is a [control.Host].
type Server struct {
	config Config
	mode   Mode
	shops  shops

	folder    *folder
	instance  string // uid of the data folder
	ring      *keyring.Ring
	store     store
	database  string // where the store keeps it, by name
	records   *shop.Service
	engine    *webhook.Engine
	webhooks  *webhook.Operator
	apps      *lifecycle.Service
	people    *user.Service
	oauth     *oauth.Server
	client    *appclient.Client
	listener  net.Listener // nil: no HTTP
	http      *http.Server
	tls       *tls.Config     // nil: HTTP in the clear
	operator  *control.Server // nil: no socket
	operators *operatorTokens
	health    *health
	metrics   *metrics
	attempts  *deliveryMetrics
	opened    time.Time

	activities activities
	visits     visits
	uploads    uploads
	appNames   sync.Map      // of installations, for those who watch
	closing    chan struct{} // closed when nothing more happens that one could watch
	overdue    chan struct{} // closed when what runs has had its time at the end
	running    sync.WaitGroup
	delivering sync.WaitGroup
	deliver    sync.Once          // of the engine's start
	stop       context.CancelFunc // ends the engine
	blind      context.CancelFunc // ends the watch over the host's health
	failed     chan error         // what ended a part that should run on
	closeOnce  sync.Once
	closeErr   error
}

var _ control.Host = (*Server)(nil)

// Open starts a host: it takes hold of the data folder, brings its database up to date,
// settles what a crash left, and serves what the configuration says. When it fails nothing
// is left running. Failures that people can mend are *appdock.Error.
func Open(ctx context.Context, c Config) (*Server, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	s := &Server{config: c, opened: c.Now(), closing: make(chan struct{}), overdue: make(chan struct{}), failed: make(chan error, 3), stop: func() {}, blind: func() {}}
	for _, step := range []func(context.Context) error{s.openFolder, s.openTLS, s.openListener, s.openStore, s.openShops, s.wire, s.start} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

func (s *Server) openFolder(ctx context.Context) error {
	f, err := openFolder(s.config.Data, s.config.Create, s.config.Now())
	if err != nil {
		return err
	}
	s.folder = f
	if err := f.finishRestore(); err != nil {
		return err
	}
	if err := s.openInstance(); err != nil {
		return err
	}
	fresh, err := s.findData(ctx)
	if err != nil {
		return err
	}
	s.ring, err = keyring.Open(f.file(keyFile), fresh)
	return err
}

func (s *Server) openListener(ctx context.Context) error {
	if s.config.Listen == "" {
		return nil
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", s.config.Listen)
	if err != nil {
		return cannotListen(s.config.Listen, err)
	}
	s.listener = listener
	return nil
}

func cannotListen(address string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return &appdock.Error{
			Kind: appdock.Conflict, Code: "ADK-PORT-IN-USE",
			Message: "The address " + address + " is in use",
			Cause:   "another program listens there",
			Cure:    "Stop it, or choose another address with --listen, such as --listen 127.0.0.1:0 for any free port.",
			Err:     err,
		}
	}
	return &appdock.Error{
		Kind: appdock.Failed, Code: "ADK-LISTEN",
		Message: "The host cannot listen on " + address,
		Cause:   err.Error(),
		Cure:    "Choose an address of this machine with --listen.",
		Err:     err,
	}
}

// openMode finds the mode and remembers it: what dev made stays development.
func (s *Server) openMode(ctx context.Context) error {
	remembered, err := s.store.Fact(ctx, factMode)
	if err != nil {
		return fmt.Errorf("read the mode of the data folder: %w", err)
	}
	s.mode = s.config.Mode
	if s.mode == "" {
		s.mode = Mode(remembered)
	}
	if s.mode == "" {
		s.mode = Production
	}
	if s.config.Demo && Mode(remembered) == Production {
		return &appdock.Error{
			Kind: appdock.Refused, Code: "ADK-DATA-PRODUCTION",
			Message: "The data folder " + s.folder.path + " is that of a host in production",
			Cause:   "dev would install apps into it and grant what they ask for",
			Cure:    "Choose another folder with --data, or --temp.",
		}
	}
	if string(s.mode) == remembered {
		return nil
	}
	if err := s.store.SetFact(ctx, factMode, string(s.mode)); err != nil {
		return fmt.Errorf("remember the mode of the data folder: %w", err)
	}
	return nil
}

// wire makes the services on top of the store.
func (s *Server) wire(ctx context.Context) error {
	agent := "Appdock/" + s.config.Version
	s.client = appclient.New(appclient.Options{
		Agent:       agent,
		Development: s.mode == Development,
		Allow:       s.config.Allow,
		Now:         s.config.Now,
	})
	var attempts, records time.Duration // a host that serves nobody shares its end with nobody
	if s.serves() {
		attempts, records = attemptShare(s.config.Drain), recordShare(s.config.Drain)
	}
	s.engine = webhook.NewEngine(webhook.Ports{
		Queue:         s.store,
		Parking:       s.store,
		Subscriptions: s.subscriptions(),
		Keys:          s.store,
		Shops:         &s.shops,
		Sender:        s.client,
		Objects:       objects{s},
	}, webhook.Options{
		Host:         protocol.Host{Agent: agent, Version: s.config.Platform},
		Schedule:     s.config.Schedule,
		Health:       s.config.Delivery.rules(),
		PerEndpoint:  s.config.InFlight,
		Apps:         s.config.Delivery.Apps,
		Fresh:        !s.serves(),
		AttemptGrace: attempts, RecordGrace: records,

		Observe: s.observeDelivery,
		Changed: s.changed,
		Now:     s.config.Now,
		NewID:   newID,
		Log:     s.config.Log,
	})
	s.attempts = newDeliveryMetrics(s.engine)
	s.webhooks = &webhook.Operator{
		Parking: s.store, Replays: s.store, Subscriptions: s.store, Log: s.store, Keys: s.store,
		Shops: &s.shops, Sender: s.client, Engine: s.engine,
	}
	s.records = shop.New(s.store, s.config.Now, newID, s.committed)
	s.records.PublicURL = func(id appdock.ShopID) string {
		of, _ := s.shops.get(id)
		return of.URL
	}
	s.apps = &lifecycle.Service{
		Store:            s.store.Registrations(),
		Identities:       s.store,
		Prints:           s.prints,
		IgnorePrints:     s.config.IgnorePrints,
		Renewed:          s.renewed,
		Fetch:            packages{s}.read,
		Caller:           watched{s.client, s},
		Settler:          s.engine,
		Committed:        s.committed,
		Hash:             s.ring.Hash,
		Now:              s.config.Now,
		NewID:            newID,
		Random:           rand.Reader,
		Log:              s.config.Log,
		Agent:            agent,
		Platform:         s.config.Platform,
		Development:      s.mode == Development,
		AllowShortSecret: s.config.AllowShortSecret,
	}
	s.people, s.oauth = s.newPeople(), s.newOAuth()
	if s.serves() {
		if err := s.tellPlatform(ctx); err != nil {
			return err
		}
		if err := s.scheduleTasks(ctx); err != nil {
			return err
		}
	}
	for _, shop := range s.shops.all() {
		if err := s.seed(ctx, shop); err != nil {
			return err
		}
		if _, err := s.apps.Identify(ctx, shop); err != nil {
			return err
		}
		if err := s.apps.Recover(ctx, shop.ID); err != nil {
			return err
		}
		if err := s.apps.SweepOAuth(ctx, shop.ID); err != nil {
			return err
		}
	}
	return nil
}

// serves reports whether this host is there for others. One that is not lives as long as
// one command: it delivers only if that command causes something, and leaves retries to a
// host that stays.
func (s *Server) serves() bool { return s.config.Listen != "" || s.config.Socket }

// committed starts the engine of a host that does not serve, and gives it the hint. What
// happens while the shop is filled waits for the start.
func (s *Server) committed(events []appdock.Event) {
	if !s.serves() && len(events) > 0 {
		s.startEngine()
	}
	s.engine.Committed(events)
}

// later does something in a moment. A host that ends first does not do it.
func (s *Server) later(wait time.Duration, do func()) {
	s.running.Go(func() {
		select {
		case <-time.After(wait):
			do()
		case <-s.closing:
		}
	})
}

func (s *Server) startEngine() {
	s.deliver.Do(func() {
		ctx, stop := context.WithCancel(context.Background())
		s.stop = stop
		s.delivering.Go(func() {
			if err := s.engine.Run(ctx); err != nil {
				s.failed <- fmt.Errorf("deliver: %w", err)
			}
		})
		if s.serves() {
			s.delivering.Go(func() {
				webhook.Cleaner{
					Retention: s.store, Age: s.config.Delivery.Retention, MaxSize: s.config.Delivery.MaxSize, Now: s.config.Now, Log: s.config.Log,
					Cleaned: func(ctx context.Context, err error) { s.taskRan(ctx, taskCleanup, err) },
				}.Run(ctx)
			})
		}
	})
}

// start begins to deliver and to serve. Parts that end by themselves end the host.
func (s *Server) start(ctx context.Context) error {
	if s.serves() {
		s.startEngine()
	}
	s.health = s.newHealth()
	s.openMetrics()
	if s.config.Socket {
		operator, err := s.openSocket(ctx)
		if err != nil {
			return err
		}
		s.operator = operator
		s.run("serve operators", operator.Serve)
	}
	if s.listener == nil {
		return nil
	}
	if err := s.greet(ctx); err != nil {
		return err
	}
	s.http = web.NewServer(s.handler(), s.config.Log)
	looking, blind := context.WithCancel(context.WithoutCancel(ctx))
	s.blind = blind
	s.running.Go(func() { s.health.watch(looking) })
	s.running.Go(func() {
		s.apps.Tend(looking, s.shops.all, func(ctx context.Context, err error) { s.taskRan(ctx, taskManifests, err) })
	})
	s.running.Go(func() { s.watchBeat(looking) })
	s.running.Go(func() { s.settleOwed(looking) })
	s.running.Go(func() { s.tendDrafts(looking) })
	if s.config.EarnIndexes {
		s.running.Go(func() { s.tendIndexes(looking) })
	}
	s.run("serve HTTP", func() error {
		serve := s.http.Serve
		if s.tls != nil {
			s.http.TLSConfig = s.tls
			serve = func(l net.Listener) error { return s.http.ServeTLS(l, "", "") }
		}
		if err := serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	return nil
}

func (s *Server) openSocket(ctx context.Context) (*control.Server, error) {
	path := SocketPath(s.folder.path)
	if len(path) > maxSocketPath {
		return nil, &appdock.Error{
			Kind: appdock.Failed, Code: "ADK-DATA-UNWRITABLE",
			Message: "The data folder " + s.folder.path + " cannot be used",
			Cause:   fmt.Sprintf("the path of the socket in it is longer than the %d characters that systems allow", maxSocketPath),
			Cure:    "Choose a folder with a shorter path with --data.",
		}
	}
	operator, err := control.Listen(ctx, path, s, s.config.Log)
	if err != nil {
		return nil, unwritable(s.folder.path, err)
	}
	return operator, nil
}

func (s *Server) run(what string, f func() error) {
	s.running.Go(func() {
		if err := f(); err != nil {
			s.failed <- fmt.Errorf("%s: %w", what, err)
		}
	})
}

// newID names what the host makes.
func newID() appdock.ID { return appdock.NewID(time.Now()) }

// Wait gives the context's end as nil, or why a part of the host ended before. A store that
// can write no more is such an end: nothing would be accepted or delivered any more.
func (s *Server) Wait(ctx context.Context) error {
	check := time.NewTicker(time.Second)
	defer check.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-s.failed:
			return err
		case <-check.C:
			if err := s.store.Failed(); err != nil {
				return err
			}
		}
	}
}

// Close ends the host: no new attempts, while those on their way end and requests go on, so
// that apps can call the API to answer; then it takes no more connections, running calls end,
// and the store closes. That takes no longer than [Config.Drain]. It may be called more than
// once.
func (s *Server) Close() error {
	s.closeOnce.Do(func() { s.closeErr = s.close() })
	return s.closeErr
}

func (s *Server) close() error {
	overdue := time.AfterFunc(s.config.Drain, func() { close(s.overdue) })
	defer overdue.Stop()
	if s.health != nil {
		s.health.end()
	}
	if s.http != nil {
		s.http.SetKeepAlivesEnabled(false) // who comes again finds another host, or this one while webhooks end
	}
	s.blind()
	s.stop()
	delivered := make(chan struct{})
	go func() {
		s.delivering.Wait()
		close(delivered)
	}()
	drained := true
	errs := []error{drain(s.config.Drain, delivered, func(ctx context.Context) error {
		err := s.hangUp(ctx)
		drained = ctx.Err() == nil
		return err
	})}
	s.running.Wait()
	if s.client != nil {
		s.client.Close()
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	if s.folder != nil {
		errs = append(errs, s.folder.Close())
	}
	s.config.Log.LogAttrs(context.Background(), slog.LevelInfo, "host ended", slog.Bool("drained", drained))
	return errors.Join(errs...)
}

// hangUp takes no more calls, and waits for those that run until ctx ends: clients and
// operators side by side.
func (s *Server) hangUp(ctx context.Context) error {
	close(s.closing)
	var operators error
	var ending sync.WaitGroup
	if s.operator != nil {
		ending.Go(func() { operators = s.operator.Close(ctx) })
	}
	var clients error
	switch {
	case s.http != nil:
		if s.http.Shutdown(ctx) != nil {
			clients = s.http.Close()
		}
	case s.listener != nil:
		clients = s.listener.Close()
	}
	ending.Wait()
	return errors.Join(clients, operators)
}

// URL is where the API is reached on this machine; empty if it serves no HTTP.
func (s *Server) URL() string {
	if s.listener == nil {
		return ""
	}
	return shopURL(s.scheme(), s.listener.Addr().String())
}

func (s *Server) scheme() string {
	if s.tls != nil {
		return "https"
	}
	return "http"
}

// Version says what runs.
func (s *Server) Version(context.Context) (control.Version, error) {
	return control.Version{
		Version: s.config.Version, Commit: s.config.Commit, Go: runtime.Version(), Platform: s.config.Platform,
	}, nil
}

// Settled waits until the first attempts of an event were made; with the zero id, until all
// that was committed before the call is matched with who listens.
func (s *Server) Settled(ctx context.Context, event appdock.ID) error {
	return s.engine.Settled(ctx, event)
}
