// Package e2e lets other people's code judge the host: apps that are built on the official
// SDKs are installed into it and say what they could verify.
package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/seed"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/sdk"
)

const (
	appName   = "JsSdkApp"
	appSecret = "a-secret-of-the-vendor-of-JsSdkApp"
)

// TestJavaScriptSDK is a whole life of an app on @shopware-ag/app-server-sdk. Its steps
// build on each other.
func TestJavaScriptSDK(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	app := start(t)
	host := open(t, server.Default())
	one := shopOf(t, host, "", host.URL())
	source := app.folder(t)

	// The SDK confirms, and answers app.installed with 500, as it always does (sdk-facts.md 7).
	install(ctx, t, one.Shop, source)
	if diff := cmp.Diff([]string{"onAuthorize", "onAppActivate"}, app.seen(ctx, t).Life); diff != "" {
		t.Errorf("life after the installation: %s", diff)
	}
	if got := app.shop(ctx, t, one); !got.Known || !got.Confirmed {
		t.Errorf("the SDK knows the shop as %+v, want it confirmed", got)
	}
	if got := delivery(ctx, t, one, "app.installed", ""); got.ResponseStatus != 500 || got.Status != "waiting" {
		t.Errorf("app.installed: got %+v, want 500 and another attempt to come", got)
	}

	t.Run("product.written", app.productWritten(ctx, one))
	t.Run("checkout.order.placed", app.orderPlaced(ctx, one))

	// From the second registration on the SDK demands both signatures (sdk-facts.md 4).
	for range 2 {
		if r, err := one.RotateSecret(ctx, appName); err != nil || r.Result != "rotated" {
			t.Fatalf("rotate: got %+v, %v", r, err)
		}
	}
	t.Run("product.written after two rotations", app.productWritten(ctx, one))

	// The app keeps what it knows of the shop: the new installation must prove itself with
	// the last secret (sdk-facts.md 4).
	uninstall(ctx, t, one.Shop, true)
	if got := app.shop(ctx, t, one); !got.Known {
		t.Error("the SDK forgot the shop although its data was to be kept")
	}
	install(ctx, t, one.Shop, source)
	t.Run("product.written after a new installation", app.productWritten(ctx, one))

	// The app forgets the shop (sdk-facts.md 8); the host still may come back.
	uninstall(ctx, t, one.Shop, false)
	if got := app.shop(ctx, t, one); got.Known {
		t.Error("the SDK still knows the shop although its data was to be deleted")
	}
	install(ctx, t, one.Shop, source)

	once := []string{"onAuthorize", "onAppActivate", "onAppDeactivate", "onAppUninstall"}
	rotated := []string{"onAuthorize", "onAuthorize"}
	seen := app.seen(ctx, t)
	if diff := cmp.Diff(slices.Concat(once[:2], rotated, once[2:], once, once[:2]), seen.Life); diff != "" {
		t.Errorf("the whole life: %s", diff)
	}
	// The SDK reads the body of app.installed a second time after its check of the signature.
	failed := slices.DeleteFunc(seen.Errors, func(e string) bool { return strings.HasPrefix(e, "/app/install: TypeError: Body") })
	if len(failed) > 0 {
		t.Errorf("handlers failed: %q", failed)
	}
}

// TestJavaScriptSDKWithTwoShops installs the app into both shops of one host, which the SDK
// must take for two: each has its own secret and its own rights.
func TestJavaScriptSDKWithTwoShops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	app := start(t)
	addr := freeAddr(t)
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	urls := map[string]string{"Shop one": "http://" + addr, "Shop two": "http://localhost:" + port}
	c := server.Default()
	c.Listen = addr
	for name, url := range urls {
		shop := c.Shop
		shop.Name, shop.URL = name, url
		c.Shops = append(c.Shops, shop)
	}
	c.Shop = appdock.Shop{}
	host := open(t, c)
	one, two := shopOf(t, host, "Shop one", urls["Shop one"]), shopOf(t, host, "Shop two", urls["Shop two"])
	source := app.folder(t)
	install(ctx, t, one.Shop, source)
	install(ctx, t, two.Shop, source)
	for _, shop := range []hosted{one, two} {
		if got := app.shop(ctx, t, shop); !got.Known || !got.Confirmed {
			t.Errorf("the SDK knows the shop as %+v, want it confirmed", got)
		}
	}
	t.Run("a product of shop two", app.productWritten(ctx, two))
	t.Run("an order of shop one", app.orderPlaced(ctx, one))

	// What one shop does is nothing to the other.
	uninstall(ctx, t, one.Shop, false)
	if got := app.shop(ctx, t, one); got.Known {
		t.Error("the SDK still knows shop one although its data was to be deleted")
	}
	if r, err := two.RotateSecret(ctx, appName); err != nil || r.Result != "rotated" {
		t.Fatalf("rotate: got %+v, %v", r, err)
	}
	t.Run("a product of shop two after shop one left", app.productWritten(ctx, two))
	if list, err := one.Deliveries(ctx, control.DeliveryFilter{App: appName, Event: "product.written"}); err != nil || len(list) > 0 {
		t.Errorf("shop one: got %+v, %v, want no delivery of a product", list, err)
	}
}

// freeAddr is an address of which the port is free: shops with a port in their URLs have to
// know it before the host listens.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String()
}

// productWritten changes a product: the SDK verifies the webhook, reads the product with
// its own client, is refused customers, and posts a notification.
func (app *backend) productWritten(ctx context.Context, shop hosted) func(*testing.T) {
	return func(t *testing.T) {
		t.Helper()
		type product struct {
			ID     string `json:"id"`
			Number string `json:"productNumber"`
			Stock  int    `json:"stock"`
		}
		found, err := sdk.Search[product](ctx, shop.api, "product", sdk.Criteria{Limit: 1, Sort: []sdk.Sort{{Field: "productNumber"}}})
		if err != nil || len(found.Data) != 1 {
			t.Fatalf("find a product: got %+v, %v", found, err)
		}
		p := found.Data[0]
		p.Stock++
		before := len(app.seen(ctx, t).Events)
		if err := shop.api.Update(ctx, "product", p.ID, map[string]any{"stock": p.Stock}); err != nil {
			t.Fatal(err)
		}
		if got := delivery(ctx, t, shop, "product.written", p.ID); got.ResponseStatus != 200 || got.Status != "delivered" {
			t.Errorf("got %+v, want it delivered; the app says %q", got, app.seen(ctx, t).Errors)
		}

		e := app.next(ctx, t, before, "product.written")
		if want := shop.id(ctx, t); e.Source.ShopID != want {
			t.Errorf("got an event of shop %s, want it of %s", e.Source.ShopID, want)
		}
		var items []struct {
			Entity        string   `json:"entity"`
			Operation     string   `json:"operation"`
			PrimaryKey    string   `json:"primaryKey"`
			UpdatedFields []string `json:"updatedFields"`
		}
		if err := json.Unmarshal(e.Payload, &items); err != nil || len(items) != 1 {
			t.Fatalf("got payload %s, %v, want one item", e.Payload, err)
		}
		if i := items[0]; i.Entity != "product" || i.Operation != "update" || i.PrimaryKey != p.ID || !slices.Contains(i.UpdatedFields, "stock") {
			t.Errorf("got %+v, want the update of the stock of %s", i, p.ID)
		}
		var read product
		if err := json.Unmarshal(e.Product, &read); err != nil || read != p {
			t.Errorf("the SDK's client read %s, %v, want %+v", e.Product, err, p)
		}
		if r := e.Refused; r.Status != 403 || len(r.Body.Errors) != 1 || r.Body.Errors[0].Code != "FRAMEWORK__MISSING_PRIVILEGE_ERROR" {
			t.Errorf("customers: got %+v, want 403 for a missing privilege", r)
		}
		note := "Product " + p.Number + " changed"
		notes, err := sdk.Search[struct {
			Status string `json:"status"`
		}](ctx, shop.api, "notification", sdk.Criteria{Filter: []sdk.Filter{sdk.Equals("message", note)}})
		if err != nil || len(notes.Data) == 0 || notes.Data[0].Status != "info" {
			t.Errorf("got %+v, %v, want the notification %q", notes, err, note)
		}
	}
}

// orderPlaced places an order: the SDK verifies the webhook, whose payload is the order
// with its line items.
func (app *backend) orderPlaced(ctx context.Context, shop hosted) func(*testing.T) {
	return func(t *testing.T) {
		t.Helper()
		id := appdock.NewID(time.Now())
		before := len(app.seen(ctx, t).Events)
		if err := shop.api.Create(ctx, "order", seed.Order(id, time.Now()).Payload); err != nil {
			t.Fatal(err)
		}
		if got := delivery(ctx, t, shop, "checkout.order.placed", id.String()); got.ResponseStatus != 200 || got.Status != "delivered" {
			t.Errorf("got %+v, want it delivered; the app says %q", got, app.seen(ctx, t).Errors)
		}
		e := app.next(ctx, t, before, "checkout.order.placed")
		var payload struct {
			Order struct {
				ID        string `json:"id"`
				Number    string `json:"orderNumber"`
				APIAlias  string `json:"apiAlias"`
				LineItems []struct {
					Label    string `json:"label"`
					Quantity int    `json:"quantity"`
				} `json:"lineItems"`
				Customer struct {
					Email string `json:"email"`
				} `json:"orderCustomer"`
			} `json:"order"`
		}
		if err := json.Unmarshal(e.Payload, &payload); err != nil {
			t.Fatal(err)
		}
		o := payload.Order
		if o.ID != id.String() || o.Number == "" || o.APIAlias != "order" || o.Customer.Email == "" {
			t.Errorf("got %+v, want order %s with its number and customer", o, id)
		}
		if len(o.LineItems) == 0 || o.LineItems[0].Label == "" || o.LineItems[0].Quantity == 0 {
			t.Errorf("got line items %+v", o.LineItems)
		}
	}
}

// open starts a host whose shops are demo shops.
func open(t *testing.T, c server.Config) *server.Server {
	t.Helper()
	c.Data, c.Create, c.Mode, c.Demo = t.TempDir(), true, server.Development, true
	if len(c.Shops) == 0 {
		c.Listen = "127.0.0.1:0"
	}
	host, err := server.Open(t.Context(), c)
	if err != nil {
		t.Fatalf("open a host: %v", err)
	}
	t.Cleanup(func() {
		if err := host.Close(); err != nil {
			t.Errorf("close the host: %v", err)
		}
	})
	return host
}

// hosted is a shop of a host, with its API as somebody may use it who may do everything.
type hosted struct {
	*server.Shop
	host *server.Server
	api  *sdk.API
}

// shopOf gives the shop of a name; "" is the only one.
func shopOf(t *testing.T, host *server.Server, name, url string) hosted {
	t.Helper()
	shop, err := host.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	key, secret, err := shop.NewAPIClient(t.Context(), "operator")
	if err != nil {
		t.Fatal(err)
	}
	return hosted{shop, host, sdk.NewAPI(sdk.Credentials{URL: url, Key: key, Secret: secret.Reveal()}, nil)}
}

func (h hosted) id(ctx context.Context, t *testing.T) string {
	t.Helper()
	details, err := h.Details(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return string(details.ID)
}

func install(ctx context.Context, t *testing.T, shop control.Shop, source control.Source) {
	t.Helper()
	wish, err := shop.Preview(ctx, source)
	if err != nil {
		t.Fatal(err)
	}
	got, err := shop.Install(ctx, control.Install{Source: source, ConsentHash: wish.ConsentHash, Activate: true})
	if err != nil || got.Result != "installed" {
		t.Fatalf("install: got %+v, %v", got, err)
	}
	app, err := shop.App(ctx, appName)
	if err != nil || app.State != "registered" || !app.Active {
		t.Fatalf("got %+v, %v, want it registered and active", app, err)
	}
}

func uninstall(ctx context.Context, t *testing.T, shop control.Shop, keepUserData bool) {
	t.Helper()
	if got, err := shop.Uninstall(ctx, appName, keepUserData); err != nil || got.Result != "uninstalled" {
		t.Fatalf("uninstall: got %+v, %v", got, err)
	}
	if apps, err := shop.Apps(ctx); err != nil || len(apps) > 0 {
		t.Errorf("got %+v, %v, want no app", apps, err)
	}
}

// delivery waits for the first attempt of the newest delivery about an event of a record
// (empty: whichever) and gives what it came to.
func delivery(ctx context.Context, t *testing.T, shop hosted, event, record string) control.Delivery {
	t.Helper()
	// The zero id waits until all that was committed is matched.
	if err := shop.host.Settled(ctx, appdock.ID{}); err != nil {
		t.Fatal(err)
	}
	newest := func() control.Delivery {
		list, err := shop.Deliveries(ctx, control.DeliveryFilter{App: appName, Event: event})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range list {
			if record == "" || d.EntityID == record {
				return d
			}
		}
		t.Fatalf("no delivery of %s", event)
		return control.Delivery{}
	}
	if err := shop.host.Settled(ctx, newest().EventID); err != nil {
		t.Fatal(err)
	}
	return newest()
}

// backend is the running app.
type backend struct{ url string }

// start starts the app on the official SDK.
func start(t *testing.T) *backend {
	t.Helper()
	return &backend{url: startNode(t, "js-sdk", "APP_SECRET="+appSecret)}
}

// startNode starts the server.js of a folder, whose packages scripts/e2e installs, and gives its
// address.
func startNode(t *testing.T, folder string, env ...string) (address string) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "Node.js is not installed")
	}
	if _, err := os.Stat(filepath.Join(folder, "node_modules")); err != nil {
		missing(t, "the packages of e2e/"+folder+" are not installed: run `make e2e`")
	}
	cmd := exec.Command(node, "server.js")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), env...)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		if err := cmd.Wait(); err != nil || complaints.Len() > 0 {
			t.Errorf("the app ended with %v and said: %s", err, complaints.String())
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	port, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if !ok {
		t.Fatalf("the app did not start: %q, %v", line, err)
	}
	return "http://127.0.0.1:" + port
}

// missing skips the test with one plain line, but for CI, where it must run.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("APPDOCK_CI") == "1" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// folder gives the folder of the app.
func (app *backend) folder(t *testing.T) control.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), appName)
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("{{url}}", app.url, "{{name}}", appName, "{{secret}}", appSecret).Replace(manifest)
	if err := os.WriteFile(filepath.Join(path, "manifest.xml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return control.Source{Path: path}
}

const manifest = `<?xml version="1.0" encoding="UTF-8"?>
<manifest xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="https://raw.githubusercontent.com/shopware/platform/trunk/src/Core/Framework/App/Manifest/Schema/manifest-2.0.xsd">
	<meta>
		<name>{{name}}</name>
		<label>App on the JavaScript SDK</label>
		<description>Judges the host</description>
		<author>Appdock</author>
		<copyright>(c) Appdock</copyright>
		<version>1.0.0</version>
		<license>MIT</license>
		<compatibility>~6.6</compatibility>
	</meta>
	<setup>
		<registrationUrl>{{url}}/app/register</registrationUrl>
		<secret>{{secret}}</secret>
	</setup>
	<permissions>
		<read>product</read>
		<read>order</read>
		<permission>notification:create</permission>
	</permissions>
	<webhooks>
		<webhook name="installed" url="{{url}}/app/install" event="app.installed"/>
		<webhook name="activated" url="{{url}}/app/activate" event="app.activated"/>
		<webhook name="deactivated" url="{{url}}/app/deactivate" event="app.deactivated"/>
		<webhook name="deleted" url="{{url}}/app/delete" event="app.deleted"/>
		<webhook name="product-written" url="{{url}}/app/webhook/product-written" event="product.written"/>
		<webhook name="order-placed" url="{{url}}/app/webhook/order-placed" event="checkout.order.placed"/>
	</webhooks>
</manifest>
`

// seen is what the app says that its SDK did.
type seen struct {
	Life   []string `json:"life"`
	Events []event  `json:"events"`
	Errors []string `json:"errors"`
}

// event is a webhook that the SDK verified, and what its handler did.
type event struct {
	Name    string          `json:"name"`
	Payload json.RawMessage `json:"payload"`
	Source  struct {
		ShopID   string `json:"shopId"`
		Sequence int64  `json:"sequence"`
	} `json:"source"`
	Product json.RawMessage `json:"product"`
	Refused struct {
		Status int `json:"status"`
		Body   struct {
			Errors []struct {
				Code string `json:"code"`
			} `json:"errors"`
		} `json:"body"`
	} `json:"refused"`
}

func (app *backend) seen(ctx context.Context, t *testing.T) seen {
	t.Helper()
	return get[seen](ctx, t, app.url+"/seen")
}

// next gives the one event that the app was told of since it had been told of n.
func (app *backend) next(ctx context.Context, t *testing.T, n int, name string) event {
	t.Helper()
	events := app.seen(ctx, t).Events[n:]
	if len(events) != 1 || events[0].Name != name || events[0].Source.Sequence == 0 {
		t.Fatalf("got %+v, want one %s with a sequence", events, name)
	}
	return events[0]
}

// known is what the SDK's repository says of a shop.
type known struct {
	Known     bool `json:"known"`
	Confirmed bool `json:"confirmed"`
}

func (app *backend) shop(ctx context.Context, t *testing.T, shop hosted) known {
	t.Helper()
	return get[known](ctx, t, app.url+"/shops/"+shop.id(ctx, t))
}

func get[T any](ctx context.Context, t *testing.T, url string) (out T) {
	t.Helper()
	err := func() error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer func() { _ = res.Body.Close() }()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			return err
		}
		if res.StatusCode != http.StatusOK {
			return fmt.Errorf("status %d: %s", res.StatusCode, text)
		}
		return json.Unmarshal(text, &out)
	}()
	if err != nil {
		t.Fatalf("ask the app: %v", err)
	}
	return out
}
