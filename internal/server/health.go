package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/web"
)

const (
	// lookEvery is how often the host looks at itself. Strangers who ask for readiness are
	// told what it saw, and cost nothing.
	lookEvery = 2 * time.Second
	// lookPatience is how long the store may take for the simplest read.
	lookPatience = 2 * time.Second
	// maxLag is how long an event may wait to be matched before the host is not ready.
	maxLag = time.Minute
)

// health is what the host knows of its own state.
type health struct {
	now     func() time.Time
	read    func(ctx context.Context) error // the simplest read of the store
	write   func() error                    // why nothing can be written any more
	settled func(ctx context.Context) error // returns when all that is committed now is matched
	log     *slog.Logger

	mu        sync.Mutex
	store     error     // of the last read
	asked     time.Time // since when a fan-out is waited for; zero: none is
	lag       time.Duration
	ending    bool
	wasFailed string // what was told of last
}

// watch looks until ctx ends.
func (h *health) watch(ctx context.Context) {
	var looking sync.WaitGroup
	defer looking.Wait()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		h.look(ctx, &looking)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// look reads the store, and begins to wait for a fan-out unless the last is still waited for.
func (h *health) look(ctx context.Context, looking *sync.WaitGroup) {
	reading, enough := context.WithTimeout(ctx, lookPatience)
	err := h.read(reading)
	enough()
	if ctx.Err() != nil {
		return
	}
	h.mu.Lock()
	h.store = err
	begin := h.asked.IsZero()
	if begin {
		h.asked = h.now()
	}
	h.mu.Unlock()
	if begin {
		looking.Go(func() {
			err := h.settled(ctx)
			h.mu.Lock()
			defer h.mu.Unlock()
			if err == nil {
				h.lag, h.asked = h.now().Sub(h.asked), time.Time{}
			}
		})
	}
	h.tell(ctx, err)
}

// tell logs that the state changed: once, not at each look.
func (h *health) tell(ctx context.Context, err error) {
	failed := ""
	for _, c := range h.checks() {
		if !c.OK {
			failed += c.Name + " "
		}
	}
	h.mu.Lock()
	changed := failed != h.wasFailed
	h.wasFailed = failed
	h.mu.Unlock()
	switch {
	case changed && failed != "":
		h.log.LogAttrs(ctx, slog.LevelError, "host is not ready", slog.String("failed", failed), slog.Any("error", errors.Join(err, h.write())))
	case changed:
		h.log.LogAttrs(ctx, slog.LevelInfo, "host is ready again")
	}
}

// behind is how long an event waits to be matched, by what is known now.
func (h *health) behind() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.asked.IsZero() {
		return h.lag
	}
	return max(h.lag, h.now().Sub(h.asked))
}

// end makes the host not ready: it is about to stop taking requests.
func (h *health) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ending = true
}

func (h *health) checks() []control.Check {
	lag := h.behind()
	h.mu.Lock()
	defer h.mu.Unlock()
	list := []control.Check{
		{Name: "store", OK: h.store == nil},
		{Name: "writer", OK: h.write() == nil},
		{Name: "deliveries", OK: lag < maxLag, Text: lag.Round(time.Millisecond).String() + " behind"},
	}
	if h.ending {
		list = append(list, control.Check{Name: "stopping"})
	}
	return list
}

// healthz answers that the process lives.
func healthz(w http.ResponseWriter, _ *http.Request) {
	web.Send(w, http.StatusOK, "text/plain; charset=utf-8", []byte("ok\n"))
}

// ready says whether requests should come here.
func (h *health) ready() control.Readiness {
	r := control.Readiness{Ready: true, Checks: h.checks()}
	for _, c := range r.Checks {
		r.Ready = r.Ready && c.OK
	}
	return r
}

// readyz says whether requests should come here: 200, or 503 with what fails.
func (h *health) readyz(w http.ResponseWriter, r *http.Request) {
	answer, status := h.ready(), http.StatusOK
	if !answer.Ready {
		status = http.StatusServiceUnavailable
	}
	w.Header().Set("Cache-Control", "no-store")
	if err := web.JSON(w, status, answer); err != nil { // texts and booleans always marshal
		h.log.LogAttrs(r.Context(), slog.LevelError, "readiness not told", slog.Any("error", err))
	}
}

// Ready says whether requests should come here.
func (s *Server) Ready(context.Context) (control.Readiness, error) { return s.health.ready(), nil }

// Responds returns once the parts of the host that everything waits for have answered: a
// host that hangs does not return, and one whose disk fails does. A service manager that
// watches over it need not restart what a restart does not mend.
func (s *Server) Responds(ctx context.Context) {
	reading, enough := context.WithTimeout(ctx, lookPatience)
	defer enough()
	_ = s.health.read(reading) // readiness tells of it
	s.health.checks()
	s.engine.Figures()
}

// newHealth watches over this host.
func (s *Server) newHealth() *health {
	return &health{
		now: s.config.Now,
		read: func(ctx context.Context) error {
			_, err := s.store.Fact(ctx, factMode)
			return err
		},
		write:   s.store.Healthy,
		settled: s.engine.Matched,
		log:     s.config.Log,
	}
}
