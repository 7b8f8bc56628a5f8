package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/keyring"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/sqlite"
	"github.com/appdock/appdock/internal/webhook"
	"github.com/appdock/appdock/protocol"
)

// A host is started that has many deliveries to make, at a thousand endpoints: it is ready and
// begins with them, and all arrive. With the million of `make backlog`, which runs without the
// race detector, the bars of readiness and memory hold.
//
// It does not run beside others: they would take the time that its start needs.
func TestStartWithABacklog(t *testing.T) {
	const endpoints = 1000
	waiting, bars := 20*endpoints, false
	if n, err := strconv.Atoi(os.Getenv("APPDOCK_TEST_BACKLOG")); err == nil {
		waiting, bars = n/endpoints*endpoints, true
	}
	var mu sync.Mutex
	ids := make(map[string]struct{}, waiting)
	arrived := func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(ids)
	}
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		mu.Lock()
		ids[r.Header.Get(protocol.HeaderEventID)] = struct{}{}
		mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(app.Close)
	data := folder(t)
	host, err := server.Open(t.Context(), restarted(data))
	if err != nil {
		t.Fatal(err)
	}
	closeHost(t, host)
	backlogged(t, data, waiting, endpoints, app.URL)

	begun := time.Now()
	c := spawn(t, data, true)
	res, err := client(t).Get(c.url + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	took := time.Since(begun)
	if res.StatusCode != http.StatusOK {
		t.Errorf("/readyz says %d", res.StatusCode)
	}
	peak := int64(0)
	ctx := within(t, time.Duration(max(waiting/500, 120))*time.Second)
	for tick := time.NewTicker(50 * time.Millisecond); arrived() < waiting; {
		peak = max(peak, rssAnon(t, c.cmd.Process.Pid))
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%d of %d arrived", arrived(), waiting)
		}
	}
	c.kill(t)
	t.Logf("%d deliveries: ready after %v, at most %d MB of memory", waiting, took.Round(time.Millisecond), peak>>20)
	if bars && took > 2*time.Second {
		t.Errorf("ready after %v, want 2 s", took)
	}
	if bars && peak > 256<<20 {
		t.Errorf("%d MB of memory, want at most 256", peak>>20)
	}
}

// backlogged makes deliveries that wait, as a host leaves them that ended before it could send.
func backlogged(t *testing.T, data string, waiting, endpoints int, url string) {
	t.Helper()
	ring, err := keyring.Open(filepath.Join(data, "appdock.key"), false)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := entity.NewSchema(shop.Definitions()...)
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(data, "appdock.db"), Schema: schema, Sealer: ring})
	if err != nil {
		t.Fatal(err)
	}
	shops, err := store.Shops(t.Context())
	if err != nil || len(shops) != 1 {
		t.Fatalf("%d shops, %v", len(shops), err)
	}
	hook := lifecycle.Webhook{ID: appdock.NewID(time.Now()), Name: "hook", Event: "shopware.updated", URL: url, Active: true}
	register(t, store, shops[0].ID, []lifecycle.Webhook{hook})
	r, err := store.Registrations().Get(t.Context(), shops[0].ID, "Notes")
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n < waiting; n += endpoints {
		at := time.Now()
		e := appdock.Event{ID: appdock.NewID(at), Shop: shops[0].ID, Name: "shopware.updated", Key: appdock.ID{14: byte(n / endpoints >> 8), 15: byte(n/endpoints + 1)}, At: at, Data: appdock.EventData{Payload: []byte(`{}`)}}
		if _, err := store.Append(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		_, _, err := store.FanOut(t.Context(), 1, func(events []appdock.Event) (made []webhook.Delivery, err error) {
			for k := range endpoints {
				made = append(made, webhook.Delivery{
					ID: appdock.NewID(at), Shop: e.Shop, Event: e.ID, EventName: e.Name, Key: e.Key, Seq: events[0].Seq,
					Subscription: hook.ID, Installation: r.Installation.ID, App: "Notes", AppVersion: "1.0.0", Webhook: hook.Name,
					URL: url, Endpoint: webhook.Endpoint(k + 1), State: webhook.Waiting, DueAt: at, CreatedAt: at,
				})
			}
			return made, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// rssAnon is the memory of a process, in bytes.
func rssAnon(t *testing.T, pid int) int64 {
	t.Helper()
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if text, found := strings.CutPrefix(lines.Text(), "RssAnon:"); found {
			n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(text, "kB")), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n << 10
		}
	}
	t.Fatal("the system does not say how much memory a process has")
	return 0
}
