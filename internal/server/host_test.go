package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/seed"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/sdk"
	"github.com/appdock/appdock/sdk/apptest"
)

// TestMain runs the tests, or the host that [TestKilledHostLosesNothing] and its like kill:
// they start this program again. No goroutine of a host may outlive it.
func TestMain(m *testing.M) {
	if folder := os.Getenv(childFolder); folder != "" {
		os.Exit(runChild(folder))
	}
	goleak.VerifyTestMain(m)
}

// soon is how long a test waits for what should happen at once on an idle machine.
const soon = 30 * time.Second

func within(tb testing.TB, d time.Duration) context.Context {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), d)
	tb.Cleanup(cancel)
	return ctx
}

// folder gives a new folder whose path is short enough for a socket in it.
func folder(tb testing.TB) string {
	tb.Helper()
	path, err := os.MkdirTemp("", "adk") //nolint:usetesting // tb.TempDir is too long for a socket below it
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := os.RemoveAll(path); err != nil {
			tb.Error(err)
		}
	})
	return path
}

// development is the configuration of a host as `appdock dev` starts it.
func development(data string) server.Config {
	c := server.Default()
	c.Data, c.Create, c.Listen, c.Mode = data, true, "127.0.0.1:0", server.Development
	return c
}

// production is that of a host that trusts nobody, but for the loopback addresses that
// stand-in apps live at.
func production(data string) server.Config {
	c := development(data)
	c.Mode, c.Allow = server.Production, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	c.Shop.URL = "http://shop.example"
	return c
}

// clock is that of a host that a test sets forward.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// read lets as much time pass as a person needs to read a consent page.
func (c *clock) read() { c.ahead.Add(int64(2 * time.Second)) }

// clocked gives a host a clock that can be set forward.
func clocked(c server.Config) (server.Config, *clock) {
	var set clock
	c.Now = set.now
	return c, &set
}

// open starts a host that ends with the test.
func open(tb testing.TB, c server.Config) *server.Server {
	tb.Helper()
	host, err := server.Open(context.Background(), c)
	if err != nil {
		tb.Fatalf("open a host: %v", err)
	}
	tb.Cleanup(func() { closeHost(tb, host) })
	return host
}

func closeHost(tb testing.TB, host *server.Server) {
	tb.Helper()
	if err := host.Close(); err != nil {
		tb.Errorf("close the host: %v", err)
	}
}

// client gives an HTTP client whose connections end with the test.
func client(tb testing.TB) *http.Client {
	tb.Helper()
	transport := &http.Transport{}
	tb.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: soon}
}

// only gives the shop of a host that has one.
func only(tb testing.TB, host *server.Server) *server.Shop {
	tb.Helper()
	shop, err := host.Find("")
	if err != nil {
		tb.Fatal(err)
	}
	return shop
}

// found is only, asked over a socket.
func found(ctx context.Context, tb testing.TB, host control.Host) control.Shop {
	tb.Helper()
	shop, err := host.Shop(ctx, "")
	if err != nil {
		tb.Fatal(err)
	}
	return shop
}

// operator gives the API with the rights of somebody who may do everything.
func operator(t *testing.T, host *server.Server) *sdk.API {
	t.Helper()
	key, secret, err := only(t, host).NewAPIClient(context.Background(), "operator")
	if err != nil {
		t.Fatalf("make an API client: %v", err)
	}
	return sdk.NewAPI(sdk.Credentials{URL: host.URL(), Key: key, Secret: secret.Reveal()}, client(t))
}

// write gives the folder of an app with this manifest.
func write(tb testing.TB, name string, manifest []byte) control.Source {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if err := os.Mkdir(path, 0o700); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(path, "manifest.xml"), manifest, 0o600); err != nil {
		tb.Fatal(err)
	}
	return control.Source{Path: path}
}

// install accepts what an app asks for and installs it.
func install(ctx context.Context, shop control.Shop, source control.Source, change ...func(*control.Install)) (control.Result, error) {
	wish, err := shop.Preview(ctx, source)
	if err != nil {
		return control.Result{}, err
	}
	order := control.Install{Source: source, ConsentHash: wish.ConsentHash, Activate: true}
	for _, f := range change {
		f(&order)
	}
	return shop.Install(ctx, order)
}

// installed is install that must succeed.
func installed(tb testing.TB, shop control.Shop, source control.Source) {
	tb.Helper()
	got, err := install(context.Background(), shop, source)
	if err != nil || got.Result != "installed" {
		tb.Fatalf("install: got %+v, %v", got, err)
	}
}

// api gives the API with the rights of the app that was installed.
func api(t *testing.T, host *server.Server, app *apptest.Server) *sdk.API {
	t.Helper()
	shops := app.Shops.All()
	if len(shops) != 1 || shops[0].APIKey == "" {
		t.Fatalf("the app knows %d shops, want one with credentials", len(shops))
	}
	return sdk.NewAPI(sdk.Credentials{URL: host.URL(), Key: shops[0].APIKey, Secret: shops[0].SecretKey}, client(t))
}

// freshOrder is an order as a client makes it, with an id of its own.
func freshOrder() (id appdock.ID, payload map[string]any) {
	id = appdock.NewID(time.Now())
	return id, seed.Order(id, time.Now()).Payload
}

// refusal checks that err tells people what went wrong, and gives its code.
func refusal(t *testing.T, err error) string {
	t.Helper()
	told, ok := errors.AsType[*appdock.Error](err)
	if !ok {
		t.Errorf("got %v, want an error for people", err)
		return ""
	}
	if told.Message == "" || told.Cure == "" {
		t.Errorf("%s has no message or no cure: %+v", told.Code, told)
	}
	return told.Code
}

// tokenOf takes a token with the credentials of an app, as any HTTP client would.
func tokenOf(t *testing.T, calls *http.Client, host *server.Server, app *apptest.Server) string {
	t.Helper()
	shop := app.Shops.All()[0]
	return tokenFrom(t, calls, host.URL(), shop.APIKey, shop.SecretKey)
}

// tokenFrom takes a token of the shop at url.
func tokenFrom(tb testing.TB, calls *http.Client, url, key, secret string) string {
	tb.Helper()
	body, err := json.Marshal(map[string]string{"grant_type": "client_credentials", "client_id": key, "client_secret": secret})
	if err != nil {
		tb.Fatal(err)
	}
	res, err := calls.Post(url+"/api/oauth/token", "application/json", bytes.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var token struct {
		Access string `json:"access_token"`
	}
	if err := json.NewDecoder(res.Body).Decode(&token); err != nil || token.Access == "" {
		tb.Fatalf("take a token: status %d, %v", res.StatusCode, err)
	}
	return token.Access
}

// call makes one call of the API with a token and gives the status and the first code of
// the answer.
func call(t *testing.T, calls *http.Client, method, url, token, body string) (status int, code string) {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/json")
	res, err := calls.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var answer struct {
		Errors []struct {
			Code string `json:"code"`
		} `json:"errors"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil && !errors.Is(err, io.EOF) {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	if len(answer.Errors) > 0 {
		code = answer.Errors[0].Code
	}
	return res.StatusCode, code
}

// newApp starts a stand-in app that may read orders and hears of them.
func newApp(t *testing.T) *apptest.Server {
	t.Helper()
	return apptest.New(t, apptest.App{
		Permissions: []string{"order:read"},
		Webhooks:    []string{"app.installed", "app.activated", "app.deactivated", "app.deleted", "checkout.order.placed"},
	})
}
