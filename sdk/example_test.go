package sdk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/appdock/appdock/protocol"
	"github.com/appdock/appdock/sdk"
)

// An app that says hello to new customers, and a shop that has one.
func Example() {
	app, err := sdk.New(sdk.Options{
		Name:   "Hello",
		Secret: "the secret of the manifest",
		URL:    "https://hello.example.com",
		Shops:  sdk.NewMemory(),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	type registered struct {
		Customer struct {
			FirstName string `json:"firstName"`
		} `json:"customer"`
	}
	sdk.On(app, "checkout.customer.register", func(_ context.Context, e sdk.Event[registered]) error {
		fmt.Printf("Hello %s from %s!\n", e.Payload.Customer.FirstName, e.Shop.URL)
		return nil
	})

	// http.ListenAndServe(":8080", app) serves it. Here a shop calls it directly.
	shop := playShop(app)
	shop.send("checkout.customer.register", `{"customer":{"firstName":"Jane"}}`)
	// Output: Hello Jane from https://shop.example.com!
}

// A button of the app in the admin, and what the admin does then.
func ExampleApp_OnAction() {
	app, err := sdk.New(sdk.Options{Name: "Hello", Secret: "the secret of the manifest", URL: "https://hello.example.com", Shops: sdk.NewMemory()})
	if err != nil {
		fmt.Println(err)
		return
	}
	app.OnAction("restock", func(_ context.Context, a sdk.Action) (sdk.Reply, error) {
		return sdk.Notify("success", fmt.Sprintf("%d products are on their way", len(a.IDs))), nil
	})
	reply, err := playShop(app).press("restock", "p1", "p2")
	fmt.Println(reply.Message, err)
	// Output: 2 products are on their way <nil>
}

// Reading and writing a shop from any program.
func ExampleSearch() {
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/oauth/token":
			_, _ = io.WriteString(w, `{"token_type":"Bearer","expires_in":600,"access_token":"…"}`)
		case "/api/search/product":
			_, _ = io.WriteString(w, `{"total":1,"data":[{"id":"0a1b","name":"Tea","stock":2}]}`)
		default:
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"errors":[{"code":"FRAMEWORK__MISSING_PRIVILEGE_ERROR","status":"403","title":"Forbidden","detail":"product:update"}]}`)
		}
	}))
	defer shop.Close()

	ctx := context.Background()
	api := sdk.NewAPI(sdk.Credentials{URL: shop.URL, Key: "SWIA…", Secret: "…"}, nil)
	type product struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Stock int    `json:"stock"`
	}
	found, err := sdk.Search[product](ctx, api, "product", sdk.Criteria{
		Filter: []sdk.Filter{{Type: "range", Field: "stock", Parameters: map[string]any{"lt": 5}}},
		Sort:   []sdk.Sort{{Field: "stock"}},
		Limit:  10,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range found.Data {
		fmt.Println(p.Name, p.Stock)
		fmt.Println(api.Update(ctx, "product", p.ID, map[string]int{"stock": 100}))
	}
	// Output:
	// Tea 2
	// PATCH /api/product/0a1b: the shop answered 403; FRAMEWORK__MISSING_PRIVILEGE_ERROR: product:update
}

// player is a shop as far as an app sees it.
type player struct {
	app    http.Handler
	secret string
}

// playShop installs an app.
func playShop(app http.Handler) *player {
	p := &player{app: app}
	r := protocol.Registration{ShopID: "aB3dE6gH9jK2mN5p", ShopURL: "https://shop.example.com", AppName: "Hello", At: time.Unix(1700000000, 0)}
	call, err := r.Call("https://hello.example.com/register", protocol.Host{}, "the secret of the manifest", "")
	if err != nil {
		panic(err)
	}
	registered, err := protocol.CheckRegistration(p.call(call), nil, protocol.Expected{Proof: r.Proof("the secret of the manifest")})
	if err != nil {
		panic(err)
	}
	p.secret = registered.Secret
	c := protocol.Confirmation{APIKey: "SWIA", SecretKey: "key", At: r.At, ShopURL: r.ShopURL, ShopID: r.ShopID}
	if err := protocol.CheckConfirmation(p.call(c.Call(registered.ConfirmationURL, protocol.Host{}, p.secret, "")), nil); err != nil {
		panic(err)
	}
	return p
}

func (p *player) send(event, payload string) {
	w := protocol.Webhook{Event: event, Payload: json.RawMessage(payload), At: time.Unix(1700000000, 0), Source: protocol.Source{ShopID: "aB3dE6gH9jK2mN5p", EventID: "e1"}}
	p.call(w.Call("https://hello.example.com/webhook", protocol.Host{}, 0, protocol.ShopKeys(p.secret)))
}

func (p *player) press(action string, ids ...string) (protocol.ActionAnswer, error) {
	a := protocol.Action{Source: protocol.Source{ShopID: "aB3dE6gH9jK2mN5p"}, IDs: ids, Entity: "product", Action: action, At: time.Unix(1700000000, 0)}
	return protocol.CheckAction(p.call(a.Call("https://hello.example.com/action", protocol.Host{}, p.secret)), nil, p.secret)
}

func (p *player) call(c protocol.Call) protocol.Answer {
	request := httptest.NewRequestWithContext(context.Background(), c.Method, c.URL, bytes.NewReader(c.Body))
	for _, h := range c.Header {
		request.Header.Set(h.Name, h.Value)
	}
	recorder := httptest.NewRecorder()
	p.app.ServeHTTP(recorder, request)
	return protocol.Answer{Status: recorder.Code, Header: recorder.Header(), Body: recorder.Body.Bytes()}
}
