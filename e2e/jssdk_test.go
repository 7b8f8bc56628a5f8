// Package e2e lets other people's code judge the host: apps that are built on the official
// SDKs are installed into it and say what they could verify.
package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
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
	host := open(t)
	shop := operator(t, host)
	source := app.folder(t)

	// The SDK confirms, and answers app.installed with 500, as it always does (sdk-facts.md 7).
	install(ctx, t, only(t, host), source)
	if diff := cmp.Diff([]string{"onAuthorize", "onAppActivate"}, app.seen(ctx, t).Life); diff != "" {
		t.Errorf("life after the installation: %s", diff)
	}
	if got := app.shop(ctx, t, host); !got.Known || !got.Confirmed {
		t.Errorf("the SDK knows the shop as %+v, want it confirmed", got)
	}
	if got := delivery(ctx, t, host, "app.installed", ""); got.ResponseStatus != 500 || got.Status != "waiting" {
		t.Errorf("app.installed: got %+v, want 500 and another attempt to come", got)
	}

	t.Run("product.written", app.productWritten(ctx, host, shop))
	t.Run("checkout.order.placed", app.orderPlaced(ctx, host, shop))

	// From the second registration on the SDK demands both signatures (sdk-facts.md 4).
	for range 2 {
		if r, err := only(t, host).RotateSecret(ctx, appName); err != nil || r.Result != "rotated" {
			t.Fatalf("rotate: got %+v, %v", r, err)
		}
	}
	t.Run("product.written after two rotations", app.productWritten(ctx, host, shop))

	// The app keeps what it knows of the shop: the new installation must prove itself with
	// the last secret (sdk-facts.md 4).
	uninstall(ctx, t, only(t, host), true)
	if got := app.shop(ctx, t, host); !got.Known {
		t.Error("the SDK forgot the shop although its data was to be kept")
	}
	install(ctx, t, only(t, host), source)
	t.Run("product.written after a new installation", app.productWritten(ctx, host, shop))

	// The app forgets the shop (sdk-facts.md 8); the host still may come back.
	uninstall(ctx, t, only(t, host), false)
	if got := app.shop(ctx, t, host); got.Known {
		t.Error("the SDK still knows the shop although its data was to be deleted")
	}
	install(ctx, t, only(t, host), source)

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

// productWritten changes a product: the SDK verifies the webhook, reads the product with
// its own client, is refused customers, and posts a notification.
func (app *backend) productWritten(ctx context.Context, host *server.Server, shop *sdk.API) func(*testing.T) {
	return func(t *testing.T) {
		t.Helper()
		type product struct {
			ID     string `json:"id"`
			Number string `json:"productNumber"`
			Stock  int    `json:"stock"`
		}
		found, err := sdk.Search[product](ctx, shop, "product", sdk.Criteria{Limit: 1, Sort: []sdk.Sort{{Field: "productNumber"}}})
		if err != nil || len(found.Data) != 1 {
			t.Fatalf("find a product: got %+v, %v", found, err)
		}
		p := found.Data[0]
		p.Stock++
		before := len(app.seen(ctx, t).Events)
		if err := shop.Update(ctx, "product", p.ID, map[string]any{"stock": p.Stock}); err != nil {
			t.Fatal(err)
		}
		if got := delivery(ctx, t, host, "product.written", p.ID); got.ResponseStatus != 200 || got.Status != "delivered" {
			t.Errorf("got %+v, want it delivered; the app says %q", got, app.seen(ctx, t).Errors)
		}

		e := app.next(ctx, t, before, "product.written")
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
		}](ctx, shop, "notification", sdk.Criteria{Filter: []sdk.Filter{sdk.Equals("message", note)}})
		if err != nil || len(notes.Data) == 0 || notes.Data[0].Status != "info" {
			t.Errorf("got %+v, %v, want the notification %q", notes, err, note)
		}
	}
}

// orderPlaced places an order: the SDK verifies the webhook, whose payload is the order
// with its line items.
func (app *backend) orderPlaced(ctx context.Context, host *server.Server, shop *sdk.API) func(*testing.T) {
	return func(t *testing.T) {
		t.Helper()
		id := appdock.NewID(time.Now())
		before := len(app.seen(ctx, t).Events)
		if err := shop.Create(ctx, "order", seed.Order(id, time.Now()).Payload); err != nil {
			t.Fatal(err)
		}
		if got := delivery(ctx, t, host, "checkout.order.placed", id.String()); got.ResponseStatus != 200 || got.Status != "delivered" {
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

// open starts a host with the demo shop.
func open(t *testing.T) *server.Server {
	t.Helper()
	c := server.Default()
	c.Data, c.Create, c.Listen, c.Mode, c.Demo = t.TempDir(), true, "127.0.0.1:0", server.Development, true
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

// only gives the shop of the host.
func only(t *testing.T, host *server.Server) *server.Shop {
	t.Helper()
	shop, err := host.Find("")
	if err != nil {
		t.Fatal(err)
	}
	return shop
}

// operator gives the API with the rights of somebody who may do everything.
func operator(t *testing.T, host *server.Server) *sdk.API {
	t.Helper()
	key, secret, err := only(t, host).NewAPIClient(t.Context(), "operator")
	if err != nil {
		t.Fatal(err)
	}
	return sdk.NewAPI(sdk.Credentials{URL: host.URL(), Key: key, Secret: secret.Reveal()}, nil)
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
func delivery(ctx context.Context, t *testing.T, host *server.Server, event, record string) control.Delivery {
	t.Helper()
	// The zero id waits until all that was committed is matched.
	if err := host.Settled(ctx, appdock.ID{}); err != nil {
		t.Fatal(err)
	}
	newest := func() control.Delivery {
		list, err := only(t, host).Deliveries(ctx, control.DeliveryFilter{App: appName, Event: event})
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
	if err := host.Settled(ctx, newest().EventID); err != nil {
		t.Fatal(err)
	}
	return newest()
}

// backend is the running app.
type backend struct{ url string }

// start starts the app on the official SDK, which scripts/e2e installs.
func start(t *testing.T) *backend {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "Node.js is not installed")
	}
	if _, err := os.Stat("js-sdk/node_modules"); err != nil {
		missing(t, "the packages of e2e/js-sdk are not installed: run `make e2e`")
	}
	cmd := exec.Command(node, "server.js")
	cmd.Dir = "js-sdk"
	cmd.Env = append(os.Environ(), "APP_SECRET="+appSecret)
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
	return &backend{url: "http://127.0.0.1:" + port}
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
		Sequence int64 `json:"sequence"`
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

func (app *backend) shop(ctx context.Context, t *testing.T, host *server.Server) known {
	t.Helper()
	shop, err := only(t, host).Details(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return get[known](ctx, t, app.url+"/shops/"+string(shop.ID))
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
