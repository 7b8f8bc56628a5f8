//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/sdk"
)

// process is the program itself as a host, in a process of its own.
type process struct {
	cmd   *exec.Cmd
	data  string
	log   bytes.Buffer  // readable once it ended
	ended chan struct{} // closed once it has
}

// startHost starts one that listens at an address; its shop's URL leads there.
func startHost(t *testing.T, data, address string, environ ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command("appdock", "serve", "--listen", address, "--mode", "development", "--data", data), data: data, ended: make(chan struct{})}
	p.cmd.Env = append(append(os.Environ(), "GORACE=atexit_sleep_ms=0"), environ...)
	p.cmd.Stderr = &p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // its state says it
		close(p.ended)
	}()
	t.Cleanup(func() { // if the test failed before its end
		_ = p.cmd.Process.Kill()
		<-p.ended
		if t.Failed() {
			t.Logf("the log of a host:\n%s", &p.log)
		}
	})
	p.await(t, "it listens", func() bool {
		select {
		case <-p.ended:
			t.Fatalf("it ended at its start: %s\n%s", p.cmd.ProcessState, &p.log)
		default:
		}
		return control.Listening(t.Context(), server.SocketPath(data))
	})
	return p
}

// terminate sends the signal that service managers end a program with.
func (p *process) terminate(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// end gives the exit code, and how long it took.
func (p *process) end(t *testing.T) (code int, took time.Duration) {
	t.Helper()
	begun := time.Now()
	select {
	case <-p.ended:
	case <-time.After(patience):
		t.Fatal("it does not end")
	}
	return p.cmd.ProcessState.ExitCode(), time.Since(begun)
}

// await looks every few milliseconds: the other process tells of nothing.
func (p *process) await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// shop gives the only shop, over the socket.
func (p *process) shop(t *testing.T) (control.Shop, string) {
	t.Helper()
	client := control.Dial(server.SocketPath(p.data))
	t.Cleanup(client.Close)
	shop, err := client.Shop(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	details, err := shop.Details(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return shop, details.URL
}

// gate is an app that hears of products, and answers while it is open. It counts by delivery.
type gate struct {
	manifest string
	entered  chan struct{}

	mu       sync.Mutex
	let      chan struct{}  // closed: it answers
	heard    map[string]int // times that a delivery came
	products []appdock.ID   // that it heard of
}

const gateManifest = `<?xml version="1.0" encoding="UTF-8"?>
<manifest xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="https://raw.githubusercontent.com/shopware/shopware/trunk/src/Core/Framework/App/Manifest/Schema/manifest-3.0.xsd">
  <meta>
    <name>Gate</name><label>Gate</label><author>Test</author><copyright>(c) Test</copyright><version>1.0.0</version><license>MIT</license>
  </meta>
  <setup><registrationUrl>%[1]s/register</registrationUrl><secret>the-secret-of-an-app-in-a-test</secret></setup>
  <permissions><read>product</read></permissions>
  <webhooks><webhook name="written" url="%[1]s/webhook" event="product.written"/></webhooks>
</manifest>
`

func newGate(t *testing.T) *gate {
	t.Helper()
	g := &gate{entered: make(chan struct{}, 1000), let: make(chan struct{}), heard: map[string]int{}}
	g.open()
	mux := http.NewServeMux()
	backend := httptest.NewServer(mux)
	t.Cleanup(backend.Close)
	t.Cleanup(g.open) // before the server waits for its handlers
	app, err := sdk.New(sdk.Options{Name: "Gate", Secret: "the-secret-of-an-app-in-a-test", URL: backend.URL, Shops: sdk.NewMemory()})
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/", app)
	mux.HandleFunc("/webhook", func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Source struct{ EventID string }
			Data   struct {
				Payload []struct{ PrimaryKey appdock.ID }
			}
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		g.mu.Lock()
		g.heard[body.Source.EventID]++
		for _, row := range body.Data.Payload {
			g.products = append(g.products, row.PrimaryKey)
		}
		let := g.let
		g.mu.Unlock()
		g.entered <- struct{}{}
		<-let
		w.WriteHeader(http.StatusNoContent)
	})
	g.manifest = fmt.Sprintf(gateManifest, backend.URL)
	return g
}

// open lets all handlers answer, those that wait and those to come.
func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-g.let:
	default:
		close(g.let)
	}
}

// shut lets nobody answer who comes from now on, and forgets who came.
func (g *gate) shut() (products []appdock.ID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.let = make(chan struct{})
	clear(g.heard)
	return g.products
}

func (g *gate) count() (deliveries, most int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, n := range g.heard {
		most = max(most, n)
	}
	return len(g.heard), most
}

// load installs the app and tells it of so many products, each by itself: several webhooks
// are on their way then and wait for their answers, the others wait in memory.
func load(t *testing.T, shop control.Shop, g *gate, products int) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "Gate")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "manifest.xml"), []byte(g.manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	source := control.Source{Path: folder}
	wish, err := shop.Preview(t.Context(), source)
	if err == nil {
		_, err = shop.Install(t.Context(), control.Install{Source: source, ConsentHash: wish.ConsentHash, Activate: true})
	}
	if err != nil {
		t.Fatal(err)
	}
	for s := (control.Seeding{Products: products}); s.Total == 0 || s.Done < s.Total; {
		if s, err = shop.Seed(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	<-g.entered // one webhook about all of them
	for _, id := range g.shut() {
		if _, err := shop.Trigger(t.Context(), control.Trigger{Event: "product.written", Entity: id}); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		<-g.entered
	}
}

func states(t *testing.T, shop control.Shop) map[string]int {
	t.Helper()
	all, err := shop.Deliveries(t.Context(), control.DeliveryFilter{App: "Gate", Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, d := range all {
		count[d.Status]++
	}
	return count
}

// shortFolder is one whose path is short enough for a socket in it.
func shortFolder(t *testing.T) string {
	t.Helper()
	path, err := os.MkdirTemp("", "adk") //nolint:usetesting // t.TempDir is too long for a socket below it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(path) })
	return path
}

// TestTermination ends a host that has requests and webhooks on their way: these arrive, what
// waits in memory is on the disk, and nobody is let in any more.
func TestTermination(t *testing.T) {
	t.Parallel()
	data := shortFolder(t)
	host := startHost(t, data, "127.0.0.1:0")
	shop, url := host.shop(t)
	app := newGate(t)
	load(t, shop, app, 30)
	address := strings.TrimPrefix(url, "http://")

	// A request whose body is half sent: the host reads it to its end.
	slow, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = slow.Close() }()
	const body = `{"grant_type":"client_credentials","client_id":"nobody","client_secret":"x"}`
	if _, err := fmt.Fprintf(slow, "POST /api/oauth/token HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", address, len(body), body[:10]); err != nil {
		t.Fatal(err)
	}
	waiting := states(t, shop)["waiting"]

	host.terminate(t)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	host.await(t, "it is not ready any more", func() bool {
		res, err := client.Get(url + "/readyz")
		return err == nil && res.Body.Close() == nil && res.StatusCode == http.StatusServiceUnavailable
	})
	if _, err := io.WriteString(slow, body[10:]); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(slow)
	if err != nil || !bytes.HasPrefix(answer, []byte("HTTP/1.1 401")) || !bytes.HasSuffix(bytes.TrimSpace(answer), []byte("}")) {
		t.Errorf("the request that was under way got %q, %v", answer, err)
	}
	app.open()
	code, took := host.end(t)
	if code != exitDone || took > server.Default().Drain {
		t.Errorf("it ended with %d after %s:\n%s", code, took, &host.log)
	}
	if _, err := net.Dial("tcp", address); err == nil {
		t.Error("somebody still listens")
	}
	if !strings.Contains(host.log.String(), `"msg":"host ended","drained":true`) {
		t.Errorf("it says\n%s", &host.log)
	}
	if control.Listening(t.Context(), server.SocketPath(data)) {
		t.Error("operators are still served")
	}

	sent, _ := app.count()
	if sent == 0 || sent >= waiting {
		t.Fatalf("%d webhooks of %d were sent before the end: the test needs some that were not", sent, waiting)
	}
	again := startHost(t, data, strings.TrimPrefix(url, "http://"))
	shop, _ = again.shop(t)
	again.await(t, "all is delivered", func() bool { n := states(t, shop); return n["delivered"] >= waiting && n["waiting"] == 0 })
	if all, most := app.count(); all != waiting || most != 1 {
		t.Errorf("%d of %d webhooks arrived, one of them %d times: what was answered before the end is not sent again", all, waiting, most)
	}
	again.terminate(t)
	if code, _ := again.end(t); code != exitDone {
		t.Errorf("it ended with %d:\n%s", code, &again.log)
	}
}

// TestSecondSignal does not wait for an app that does not answer.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	data := shortFolder(t)
	host := startHost(t, data, "127.0.0.1:0")
	shop, url := host.shop(t)
	app := newGate(t)
	load(t, shop, app, 10)
	waiting := states(t, shop)["waiting"]
	host.terminate(t)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	host.await(t, "it is not ready any more", func() bool {
		res, err := client.Get(url + "/readyz")
		return err == nil && res.Body.Close() == nil && res.StatusCode == http.StatusServiceUnavailable
	})
	host.terminate(t)
	code, took := host.end(t)
	if code != exitInterrupted || took > 3*time.Second {
		t.Errorf("it ended with %d after %s", code, took)
	}
	if !strings.HasSuffix(host.log.String(), secondSignal) {
		t.Errorf("it says\n%s", &host.log)
	}
	app.open()
	again := startHost(t, data, strings.TrimPrefix(url, "http://"))
	shop, _ = again.shop(t)
	again.await(t, "all is delivered", func() bool { n := states(t, shop); return n["delivered"] >= waiting && n["waiting"] == 0 })
	if all, _ := app.count(); all != waiting {
		t.Errorf("%d of %d webhooks arrived", all, waiting)
	}
	again.terminate(t)
	if code, _ := again.end(t); code != exitDone {
		t.Errorf("it ended with %d:\n%s", code, &again.log)
	}
}

// TestServiceManager is one: it is told of the start, of life and of the end.
func TestServiceManager(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(shortFolder(t), "notify")
	manager, err := (&net.ListenConfig{}).ListenPacket(context.Background(), "unixgram", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = manager.Close() }()
	hears := func(want string) {
		t.Helper()
		if err := manager.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		for buffer := make([]byte, 100); ; {
			n, _, err := manager.ReadFrom(buffer)
			if err != nil {
				t.Fatalf("not told of %s: %v", want, err)
			}
			if string(buffer[:n]) == want {
				return
			}
		}
	}
	host := startHost(t, shortFolder(t), "127.0.0.1:0", "NOTIFY_SOCKET="+socket, "WATCHDOG_USEC=20000")
	hears("READY=1")
	hears("WATCHDOG=1")
	hears("WATCHDOG=1")
	host.terminate(t)
	hears("STOPPING=1")
	if code, _ := host.end(t); code != exitDone {
		t.Errorf("it ended with %d:\n%s", code, &host.log)
	}
}

// TestClientsThatHangUp: a connection that is gone before its answer is written is nothing to
// the host, although the system raises SIGPIPE for it.
func TestClientsThatHangUp(t *testing.T) {
	t.Parallel()
	host := startHost(t, shortFolder(t), "127.0.0.1:0")
	for range 20 {
		conn, err := net.Dial("unix", server.SocketPath(host.data))
		if err == nil {
			_, err = io.WriteString(conn, "GET /v1/doctor HTTP/1.1\r\nHost: appdock\r\n\r\n")
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
	}
	operator := control.Dial(server.SocketPath(host.data))
	t.Cleanup(operator.Close)
	if _, err := operator.Examine(t.Context()); err != nil { // takes as long as the others
		t.Errorf("the host is gone: %v", err)
	}
	host.terminate(t)
	if code, _ := host.end(t); code != exitDone {
		t.Errorf("it ended with %d:\n%s", code, &host.log)
	}
}

// TestReaderThatLeaves is `appdock … | head`: the program ends, quietly.
func TestReaderThatLeaves(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	var told bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "appdock", "app", "schema")
	cmd.Stdout, cmd.Stderr = writer, &told
	err = cmd.Run()
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted && code != exitDone || told.Len() > 0 {
		t.Errorf("got %d, %v: %s", code, err, &told)
	}
}
