package server_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/protocol"
	"github.com/appdock/appdock/sdk"
	"github.com/appdock/appdock/sdk/apptest"
)

// childFolder is the environment variable that makes this program a host on that data
// folder, for a test to kill: see [TestMain].
const childFolder = "APPDOCK_TEST_CHILD"

// restarted is the configuration of a host that comes back with the same identity on
// whichever port is free.
func restarted(data string) server.Config {
	c := development(data)
	c.Shop.URL, c.Socket = "http://shop.example", true
	return c
}

// runChild serves until its parent is gone or kills it.
func runChild(data string) int {
	host, err := server.Open(context.Background(), restarted(data))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(host.URL())
	_, _ = io.Copy(io.Discard, os.Stdin) // ends with the parent
	if err := host.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// child is a host in a process of its own.
type child struct {
	url        string
	cmd        *exec.Cmd
	complaints *strings.Builder
}

// spawn starts a host; ready is false for one that shall be killed before it serves.
func spawn(t *testing.T, data string, ready bool) *child {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: exec.Command(program), complaints: &strings.Builder{}}
	c.cmd.Env = append(os.Environ(), childFolder+"="+data)
	c.cmd.Stderr = c.complaints
	_, err = c.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.cmd.StdoutPipe()
	if err == nil {
		err = c.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.cmd.Process.Kill() }) // it may have ended
	if ready {
		line, err := bufio.NewReader(out).ReadString('\n')
		if err != nil {
			c.kill(t)
			t.Fatalf("the host did not start: %v; it said %s", err, c.complaints)
		}
		c.url = strings.TrimSpace(line)
	}
	return c
}

// kill ends the host as `kill -9` does.
func (c *child) kill(t *testing.T) {
	t.Helper()
	if err := c.cmd.Process.Kill(); err != nil {
		t.Errorf("kill the host: %v", err)
	}
	_ = c.cmd.Wait() // it says that it was killed
	if c.complaints.Len() > 0 {
		t.Errorf("the host said: %s", c.complaints)
	}
}

// ledger is what the clients of a shop know.
type ledger struct {
	mu     sync.Mutex
	orders map[string]*entry
}

// entry is one order. Its changes are numbered from 1.
type entry struct {
	accepted       bool // its placing was answered with success
	tried, changed int  // the last change that was sent, and the last that was answered with success
}

// write places orders and changes each of them twice, one request after the other, until
// the host is gone.
func (l *ledger) write(ctx context.Context, api *sdk.API) {
	for ctx.Err() == nil {
		id, payload := freshOrder()
		e := &entry{}
		l.mu.Lock()
		l.orders[id.String()] = e
		l.mu.Unlock()
		if err := api.Create(ctx, "order", payload); err != nil {
			continue // nobody knows whether it was placed
		}
		l.mu.Lock()
		e.accepted = true
		l.mu.Unlock()
		for n := 1; n <= 2; n++ {
			l.mu.Lock()
			e.tried = n
			l.mu.Unlock()
			err := api.Update(ctx, "order", id.String(), map[string]any{"customFields": map[string]any{"change": n}})
			if err != nil {
				break
			}
			l.mu.Lock()
			e.changed = n
			l.mu.Unlock()
		}
	}
}

// arrivals is what an app knows, by the ids of deliveries.
type arrivals struct {
	first      map[string]protocol.Webhook // by delivery, as it arrived first
	inOrder    []string                    // the deliveries, as they arrived first
	accepted   map[string]map[string]int   // deliveries that were answered with success, by order and event
	attempts   int
	duplicates int // attempts that arrived twice
}

func arrived(t *testing.T, app *apptest.Server) arrivals {
	t.Helper()
	a := arrivals{first: map[string]protocol.Webhook{}, accepted: map[string]map[string]int{}}
	attempts, counted := map[string]bool{}, map[string]bool{}
	for _, r := range app.Requests(apptest.Webhook) {
		a.attempts++
		if !r.Verified {
			t.Errorf("a webhook with a wrong signature: %s", r.Body)
		}
		id := r.Webhook.Source.EventID
		if _, known := a.first[id]; !known {
			a.first[id] = r.Webhook
			a.inOrder = append(a.inOrder, id)
		}
		attempt := id + r.Header.Get(protocol.HeaderAttempt)
		if attempts[attempt] {
			a.duplicates++
		}
		attempts[attempt] = true
		if r.Answered < 300 && !counted[id] {
			counted[id] = true
			order := orderOf(t, r.Webhook)
			if a.accepted[order] == nil {
				a.accepted[order] = map[string]int{}
			}
			a.accepted[order][r.Webhook.Event]++
		}
	}
	return a
}

// orderOf is the order that a webhook tells of.
func orderOf(t *testing.T, w protocol.Webhook) string {
	t.Helper()
	var placed struct {
		Order struct {
			ID string `json:"id"`
		} `json:"order"`
	}
	var written []struct {
		PrimaryKey string `json:"primaryKey"`
	}
	switch {
	case json.Unmarshal(w.Payload, &placed) == nil:
		return placed.Order.ID
	case json.Unmarshal(w.Payload, &written) == nil && len(written) == 1:
		return written[0].PrimaryKey
	}
	t.Errorf("%s tells of no single order: %s", w.Event, w.Payload)
	return ""
}

// missing counts what the app was not told of although its cause was accepted.
func (l *ledger) missing(a arrivals) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, e := range l.orders {
		if !e.accepted {
			continue
		}
		n += max(0, 1-a.accepted[id]["checkout.order.placed"])
		n += max(0, 1+e.changed-a.accepted[id]["order.written"])
	}
	return n
}

// A host is killed again and again while clients write and an app is told of it; now and
// then the app refuses, so that there are retries to come back to. Afterwards everything is
// counted by id: no accepted write and no delivery is lost, what is sent twice was on its
// way when the host died, and first attempts keep their order.
//
// It does not run beside others: they would take the time that its writers need.
func TestKilledHostLosesNothing(t *testing.T) {
	const (
		writers = 3
		// What may be on its way when a host dies: 8 attempts to one endpoint, and 64 that were
		// answered and are being written, before no other is started.
		onTheirWay = 8 + 64
	)
	kills := 20
	if testing.Short() {
		kills = 5
	}
	if n, err := strconv.Atoi(os.Getenv("APPDOCK_TEST_KILLS")); err == nil {
		kills = n // make kills
	}
	random := rand.New(rand.NewPCG(1, 2))
	ctx := within(t, time.Duration(max(20, kills))*6*time.Second)
	data := folder(t)
	app := apptest.New(t, apptest.App{Permissions: []string{"order:read"}, Webhooks: []string{"order.written", "checkout.order.placed"}})
	host, err := server.Open(ctx, demo(data))
	if err != nil {
		t.Fatal(err)
	}
	installed(t, only(t, host), write(t, app.App.Name, app.Manifest()))
	key, secret, err := only(t, host).NewAPIClient(ctx, "writer")
	if err != nil {
		t.Fatal(err)
	}
	closeHost(t, host)

	clients := ledger{orders: map[string]*entry{}}
	for kill := range kills {
		if kill%7 == 6 { // one that does not get to serve
			spawn(t, data, false).kill(t)
			continue
		}
		if kill%4 == 1 {
			app.Answer(apptest.Webhook, apptest.Status(503).Times(4))
		}
		c := spawn(t, data, true)
		writing, stop := context.WithCancel(ctx)
		var wait sync.WaitGroup
		transport := &http.Transport{}
		api := sdk.NewAPI(sdk.Credentials{URL: c.url, Key: key, Secret: secret.Reveal()}, &http.Client{Transport: transport, Timeout: soon})
		for range writers {
			wait.Go(func() { clients.write(writing, api) })
		}
		// A random moment: after so many more webhooks.
		if _, err := app.Wait(ctx, apptest.Webhook, len(app.Requests(apptest.Webhook))+random.IntN(50)); err != nil {
			t.Fatalf("kill %d: %v", kill, err)
		}
		c.kill(t)
		stop()
		wait.Wait()
		transport.CloseIdleConnections()
	}

	host = open(t, restarted(data))
	ctx = within(t, time.Minute)
	a := arrived(t, app)
	for clients.missing(a) > 0 {
		// One that has arrived may still be on its way to its answer: look again soon.
		moment, done := context.WithTimeout(ctx, 200*time.Millisecond)
		_, _ = app.Wait(moment, apptest.Webhook, a.attempts+1)
		done()
		if a = arrived(t, app); ctx.Err() != nil {
			t.Fatalf("%d deliveries are lost", clients.missing(a))
		}
	}
	clients.check(t, operator(t, host), a)
	if limit := kills * onTheirWay; a.duplicates > limit {
		t.Errorf("%d attempts were made twice, want at most %d", a.duplicates, limit)
	}
	last := map[string]int64{}
	for _, id := range a.inOrder {
		w := a.first[id]
		order := orderOf(t, w)
		if w.Source.Sequence <= last[order] {
			t.Errorf("order %s: the first attempt of event %d came after that of %d", order, w.Source.Sequence, last[order])
		}
		last[order] = w.Source.Sequence
	}
	t.Logf("%d kills, %d orders, %d deliveries, %d attempts made twice", kills, len(clients.orders), len(a.first), a.duplicates)
}

// check looks for every accepted write in the shop, and for events without a cause.
func (l *ledger) check(t *testing.T, shop *sdk.API, a arrivals) {
	t.Helper()
	type record struct {
		ID     string `json:"id"`
		Fields struct {
			Change int `json:"change"`
		} `json:"customFields"`
	}
	found := map[string]record{}
	for page := 1; ; page++ {
		p, err := sdk.Search[record](t.Context(), shop, "order", sdk.Criteria{Page: page, Limit: 500, Sort: []sdk.Sort{{Field: "id"}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range p.Data {
			found[r.ID] = r
		}
		if len(p.Data) < 500 {
			break
		}
	}
	for id, e := range l.orders {
		r, exists := found[id]
		placed, written := a.accepted[id]["checkout.order.placed"], a.accepted[id]["order.written"]
		switch {
		case e.accepted && !exists:
			t.Errorf("order %s was accepted and is lost", id)
		case !exists && placed+written > 0:
			t.Errorf("order %s is not there and was told of", id)
		case exists && (r.Fields.Change < e.changed || r.Fields.Change > e.tried):
			t.Errorf("order %s: change %d, want the accepted %d up to the tried %d", id, r.Fields.Change, e.changed, e.tried)
		case placed > 1 || written > 1+e.tried:
			t.Errorf("order %s was told of as placed by %d and as written by %d events, after %d changes", id, placed, written, e.tried)
		}
	}
}

// A host is killed at each step of an installation. Afterwards the app is absent with all
// its rows, or there, or there and said to be unconfirmed, and installing it again gives
// an app that works.
func TestKilledInstallIsNeverHalf(t *testing.T) {
	t.Parallel()
	data := folder(t)
	socket := control.Dial(server.SocketPath(data))
	t.Cleanup(socket.Close)
	ctx := within(t, 2*time.Minute)
	app := newApp(t)
	source := write(t, app.App.Name, app.Manifest())
	host, err := server.Open(ctx, restarted(data))
	if err != nil {
		t.Fatal(err)
	}
	key, secret, err := only(t, host).NewAPIClient(ctx, "operator")
	if err != nil {
		t.Fatal(err)
	}
	closeHost(t, host)

	slow := apptest.Slow(time.Minute) // the host does not live to hear the answer
	const absentState = "absent"
	for _, test := range []struct {
		when  string
		fault *apptest.Fault
		at    apptest.Step
		n     int      // the nth request of the step
		want  []string // states, any of them
	}{
		{"it waits for the answer to the registration", &slow, apptest.Register, 1, []string{absentState}},
		{"the registration was answered", nil, apptest.Register, 1, []string{absentState, "unconfirmed", "registered"}},
		{"it waits for the answer to the confirmation", &slow, apptest.Confirm, 1, []string{"unconfirmed"}},
		{"the confirmation was answered", nil, apptest.Confirm, 1, []string{absentState, "unconfirmed", "registered"}},
		{"it waits for the answer to app.installed", &slow, apptest.Webhook, 1, []string{"registered"}},
		{"app.installed was answered", nil, apptest.Webhook, 1, []string{"registered"}},
		{"app.activated was answered", nil, apptest.Webhook, 2, []string{"registered"}},
	} {
		before := len(app.Requests(test.at))
		if test.fault != nil {
			app.Answer(test.at, *test.fault)
		}
		c := spawn(t, data, true)
		operated := found(ctx, t, socket)
		ended := make(chan error, 1)
		go func() {
			_, err := install(ctx, operated, source)
			ended <- err
		}()
		if _, err := app.Wait(ctx, test.at, before+test.n); err != nil {
			t.Fatalf("%s: %v", test.when, err)
		}
		c.kill(t)
		if err := <-ended; err != nil && appdock.CodeOf(err) != "ADK-HOST-UNREACHABLE" && appdock.CodeOf(err) != "ADK-HOST-LOST" {
			t.Errorf("%s: install: got %v", test.when, err)
		}
		app.Behave()

		host, err := server.Open(ctx, restarted(data))
		if err != nil {
			t.Fatal(err)
		}
		calls := client(t)
		shop := sdk.NewAPI(sdk.Credentials{URL: host.URL(), Key: key, Secret: secret.Reveal()}, calls)
		state := absentState
		switch details, err := only(t, host).App(ctx, app.App.Name); {
		case appdock.KindOf(err) == appdock.NotFound:
			absent(t, host, shop, app.App.Name)
		case err != nil:
			t.Fatal(err)
		default:
			state = details.State
		}
		t.Logf("%s: %s", test.when, state)
		if !slices.Contains(test.want, state) {
			t.Errorf("%s: it is %s, want %q", test.when, state, test.want)
		}
		if state == "registered" {
			if _, err := only(t, host).Activate(ctx, app.App.Name); err != nil {
				t.Errorf("%s: activate: %v", test.when, err)
			}
		} else {
			installed(t, only(t, host), source)
		}
		if _, err := sdk.Search[struct{}](ctx, api(t, host, app), "order", sdk.Criteria{}); err != nil {
			t.Errorf("%s: the app that was finished cannot use the API: %v", test.when, err)
		}
		if _, err := only(t, host).Uninstall(ctx, app.App.Name, true); err != nil {
			t.Errorf("%s: uninstall: %v", test.when, err)
		}
		absent(t, host, shop, app.App.Name)
		closeHost(t, host)
		calls.CloseIdleConnections()
	}
}

// A host is killed while an app is told of its end. What was decided stays decided, what
// was not can be done again, and the app is told all the same.
func TestKilledUninstallIsFinished(t *testing.T) {
	t.Parallel()
	data := folder(t)
	socket := control.Dial(server.SocketPath(data))
	t.Cleanup(socket.Close)
	ctx := within(t, time.Minute)
	for _, test := range []struct {
		event string // that the app is being told of
		fault apptest.Fault
		gone  bool // the app, after the restart
	}{
		{"app.deactivated", apptest.Slow(time.Minute), false},
		{"app.deleted", apptest.Status(500), true},
	} {
		app := newApp(t)
		c := spawn(t, data, true)
		shop := found(ctx, t, socket)
		installed(t, shop, write(t, app.App.Name, app.Manifest()))
		app.Answer(apptest.Webhook, test.fault)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_, _ = shop.Uninstall(ctx, app.App.Name, false) // with or without an answer
		}()
		if _, err := app.WaitEvent(ctx, test.event, 1); err != nil {
			t.Fatal(err)
		}
		c.kill(t)
		<-ended
		app.Behave()

		host, err := server.Open(ctx, restarted(data))
		if err != nil {
			t.Fatal(err)
		}
		again, err := app.WaitEvent(ctx, test.event, 2)
		if err != nil || !again.Verified {
			t.Errorf("%s: got %+v, %v, want it told again with a signature that holds", test.event, again, err)
		}
		switch details, err := only(t, host).App(ctx, app.App.Name); {
		case test.gone != (appdock.KindOf(err) == appdock.NotFound):
			t.Errorf("%s: got %+v, %v, want it gone: %v", test.event, details, err, test.gone)
		case !test.gone:
			if _, err := only(t, host).Uninstall(ctx, app.App.Name, false); err != nil {
				t.Errorf("%s: uninstall again: %v", test.event, err)
			}
		}
		absent(t, host, operator(t, host), app.App.Name)
		closeHost(t, host)
	}
}
