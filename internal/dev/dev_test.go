package dev_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/examples/shipping"
	"github.com/appdock/appdock/internal/dev"
	"github.com/appdock/appdock/internal/server"
)

// terminal keeps what was printed, and lets a test wait for a text.
type terminal struct {
	mu      sync.Mutex
	text    bytes.Buffer
	printed chan struct{} // capacity 1: something was
}

func newTerminal() *terminal { return &terminal{printed: make(chan struct{}, 1)} }

func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case t.printed <- struct{}{}:
	default:
	}
	return t.text.Write(p)
}

func (t *terminal) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// shows waits until text was printed.
func (t *terminal) shows(ctx context.Context, tb testing.TB, text string) {
	tb.Helper()
	for !strings.Contains(t.String(), text) {
		select {
		case <-t.printed:
		case <-ctx.Done():
			tb.Fatalf("%q was not printed:\n%s", text, t)
		}
	}
}

// anyPort keeps tests that run at the same time out of each other's way.
const anyPort = "127.0.0.1:0"

func config(t *testing.T) server.Config {
	t.Helper()
	data, err := os.MkdirTemp("", "adk") //nolint:usetesting // t.TempDir is too long for a socket below it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(data); err != nil {
			t.Error(err)
		}
	})
	c := server.Default()
	c.Data, c.Create, c.Demo, c.Socket = data, true, true, true
	c.Listen, c.Mode = "127.0.0.1:0", server.Development
	return c
}

// TestDemoTellsTheStory is the smoke test: what it prints is what happened.
func TestDemoTellsTheStory(t *testing.T) {
	t.Parallel()
	screen := newTerminal()
	if err := dev.Run(t.Context(), dev.Options{Config: config(t), Example: anyPort, Demo: true, Out: screen}); err != nil {
		t.Fatalf("%v\n%s", err, screen)
	}
	banner, rest, _ := strings.Cut(screen.String(), "\n\n")
	if lines := strings.Count(banner, "\n") + 1; lines > 8 {
		t.Errorf("%d lines stand at the top, want 8 at most", lines)
	}
	at := 0
	for _, want := range []string{
		"→ OrderNotes     app.installed", "→ OrderNotes     app.activated", "OrderNotes     version 1.0.0 is installed and active",
		"POST /api/order", "→ OrderNotes     checkout.order.placed", "OrderNotes     POST /api/search/order",
		"OrderNotes     PATCH /api/order", "OrderNotes     POST /api/notification", "← OrderNotes     checkout.order.placed",
		"What happened", "answered 204", "Gift note for", "It told the merchant",
	} {
		i := strings.Index(rest[at:], want)
		if i < 0 {
			t.Fatalf("%q is missing, or out of order, in\n%s", want, screen)
		}
		if !strings.HasPrefix(want, "←") && !strings.Contains(want, "/api/") { // those run beside each other
			at += i
		}
	}
}

// TestKeyPressPlacesAnOrder: each line from the keys is an order that the app hears of, and
// the end of the context is a good end. A second run finds the app again.
func TestKeyPressPlacesAnOrder(t *testing.T) {
	t.Parallel()
	c := config(t)
	for run := range 2 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		keys, press := io.Pipe()
		screen := newTerminal()
		ended := make(chan error, 1)
		go func() { ended <- dev.Run(ctx, dev.Options{Config: c, Example: anyPort, In: keys, Out: screen}) }()
		screen.shows(ctx, t, "is installed and active")
		if _, err := io.WriteString(press, "\n"); err != nil {
			t.Fatal(err)
		}
		screen.shows(ctx, t, "notified the merchant")
		screen.shows(ctx, t, "← OrderNotes     checkout.order.placed")
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run %d: %v", run, err)
		}
		_ = press.Close()
		if strings.Contains(screen.String(), "asks for") != (run == 0) {
			t.Errorf("run %d: the app is installed once:\n%s", run, screen)
		}
		c.Shop.URL = url(t, screen)
		c.Listen = strings.TrimPrefix(c.Shop.URL, "http://")
	}
}

// TestExampleOfTheOtherDialect: the folder is enough, and its server is started too. What it asks
// for is granted and said, once.
func TestExampleOfTheOtherDialect(t *testing.T) {
	t.Parallel()
	c := config(t)
	for run := range 2 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		keys, press := io.Pipe()
		screen := newTerminal()
		ended := make(chan error, 1)
		o := dev.Options{Config: c, Paths: []string{filepath.Join("..", "..", "examples", "shipping")}, Example: anyPort, In: keys, Out: screen}
		go func() { ended <- dev.Run(ctx, o) }()
		screen.shows(ctx, t, "shipping       version 1.0.0 is installed and active")
		if _, err := io.WriteString(press, "\n"); err != nil {
			t.Fatal(err)
		}
		screen.shows(ctx, t, "· shipping       PATCH /rest/v1/orders/")
		screen.shows(ctx, t, "its parcel is SHIP-")
		screen.shows(ctx, t, "← shipping       order.created")
		if _, err := io.WriteString(press, "p\n"); err != nil {
			t.Fatal(err)
		}
		screen.shows(ctx, t, "is paid: its parcel is on its way")
		screen.shows(ctx, t, "← shipping       order.paid")
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run %d: %v", run, err)
		}
		_ = press.Close()
		if strings.Contains(screen.String(), "asks for orders:read; orders:write; products:read: granted, because this is dev") != (run == 0) {
			t.Errorf("run %d: the app is installed once:\n%s", run, screen)
		}
		c.Shop.URL = url(t, screen)
		c.Listen = strings.TrimPrefix(c.Shop.URL, "http://")
	}
}

// TestDemoOfTheOtherDialect tells the story of the other example, and ends well.
func TestDemoOfTheOtherDialect(t *testing.T) {
	t.Parallel()
	screen := newTerminal()
	o := dev.Options{Config: config(t), Paths: []string{filepath.Join("..", "..", "examples", "shipping")}, Example: anyPort, Demo: true, Out: screen}
	if err := dev.Run(t.Context(), o); err != nil {
		t.Fatalf("%v\n%s", err, screen)
	}
	for _, want := range []string{"What happened", "shipping was told with a signed webhook", `gave its parcel the code "SHIP-`, "The order was paid, and it sent the parcel on its way."} {
		if !strings.Contains(screen.String(), want) {
			t.Errorf("%q is missing in\n%s", want, screen)
		}
	}
}

// TestServerThatDoesNotRun says which server is missing.
func TestServerThatDoesNotRun(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	text := `{"id":"silent","auth":{"redirect_uri":"http://127.0.0.1:1/cb","scopes":[]}}`
	if err := os.WriteFile(filepath.Join(folder, "app.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	err := dev.Run(t.Context(), dev.Options{Config: config(t), Paths: []string{folder}, Out: newTerminal()})
	told, ok := errors.AsType[*appdock.Error](err)
	if !ok || told.Code != "ADK-APP-REFUSED" || !strings.Contains(told.Message, "http://127.0.0.1:1/app.json") || !strings.Contains(told.Cure, "Start the app's server") {
		t.Errorf("got %v", err)
	}
}

// TestSomebodyAtTheAddressOfAnExample: the server of an example that runs already is its server,
// and who did not mean that is told whom to stop.
func TestSomebodyAtTheAddressOfAnExample(t *testing.T) {
	t.Parallel()
	var lc net.ListenConfig
	if other, err := lc.Listen(t.Context(), "tcp", shipping.Address); err == nil { // else somebody is there already
		nobody := &http.Server{Handler: http.NotFoundHandler(), ReadHeaderTimeout: time.Second}
		served := make(chan error, 1)
		go func() { served <- nobody.Serve(other) }()
		t.Cleanup(func() {
			if err := nobody.Close(); err != nil || !errors.Is(<-served, http.ErrServerClosed) {
				t.Error("the other program did not end")
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	screen := newTerminal()
	ended := make(chan error, 1)
	go func() {
		ended <- dev.Run(ctx, dev.Options{Config: config(t), Paths: []string{filepath.Join("..", "..", "examples", "shipping")}, Out: screen})
	}()
	screen.shows(ctx, t, "Whoever listens at "+shipping.Address+" is taken for the server of shipping. If it is another program, stop it")
	cancel()
	if err := <-ended; err != nil && !errors.Is(err, context.Canceled) && appdock.CodeOf(err) == "" {
		t.Errorf("got %v", err)
	}
}

// url reads the shop's URL from the top of the screen: the second run is at the same.
func url(t *testing.T, screen *terminal) string {
	t.Helper()
	_, line, _ := strings.Cut(screen.String(), "Shop    ")
	address, _, found := strings.Cut(line, " ")
	if !found {
		t.Fatalf("no shop in\n%s", screen)
	}
	return strings.TrimSuffix(address, "/storefront/")
}

// TestAppThatDoesNotAnswer ends the run with the reason, and leaves nothing behind.
func TestAppThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "Silent")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	const manifest = `<?xml version="1.0" encoding="UTF-8"?>
<manifest><meta><name>Silent</name><label>Silent</label><author>a</author><copyright>c</copyright><version>1.0.0</version><license>MIT</license></meta>
<setup><registrationUrl>http://127.0.0.1:1/register</registrationUrl><secret>silent-development-secret</secret></setup></manifest>`
	if err := os.WriteFile(filepath.Join(folder, "manifest.xml"), []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	c := config(t)
	err := dev.Run(t.Context(), dev.Options{Config: c, Paths: []string{folder}, Out: newTerminal()})
	if got, want := appdock.CodeOf(err), "FRAMEWORK__APP_REGISTRATION_FAILED"; got != want {
		t.Errorf("got %q (%v), want %s", got, err, want)
	}
	c.Listen, c.Create, c.Demo, c.Socket = "", false, false, false
	host, err := server.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := host.Close(); err != nil {
			t.Error(err)
		}
	}()
	shop, err := host.Find("")
	if err != nil {
		t.Fatal(err)
	}
	if apps, err := shop.Apps(t.Context()); err != nil || len(apps) > 0 {
		t.Errorf("apps: got %v, %v", apps, err)
	}
}
