package sitepack_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/appdock/appdock/manifest"
	"github.com/appdock/appdock/sdk"
	"github.com/appdock/appdock/sdk/sitepack"
)

// What stands between the functions of this file and the words of
// docs/how-to/build-a-sitepack-app.md is the same: TestHowTo compares them.

type order struct {
	ID     string `json:"id"`
	Number string `json:"number"`
	State  string `json:"state"`
}

func newLabels(manifest []byte, secrets map[string]string) (http.Handler, error) {
	store := sitepack.NewMemory() // or sitepack.OpenFile("installations.json"), or your database
	app, err := sitepack.New(sitepack.Options{
		Manifest: manifest, // the text of app.json
		Store:    store,
		Handled:  sdk.NewMemory(),
		Secret:   func(_ context.Context, shop string) (string, error) { return secrets[shop], nil },
	})
	if err != nil {
		return nil, err
	}
	sitepack.On(app, "order.created", labelled)
	mux := http.NewServeMux()
	mux.Handle("/", app)
	mux.Handle("GET /bridge.js", sitepack.Bridge())
	mux.Handle("GET /label", app.Page(showLabel))
	mux.Handle("POST /label", app.Form(printLabel))
	return mux, nil
}

func labelled(ctx context.Context, m sitepack.Message[order]) error {
	now, err := sitepack.Get[order](ctx, m.API, "/orders/"+m.Object.ID)
	if err != nil {
		return err // the shop sends the message again, for about three days
	}
	change := map[string]any{"metafields": map[string]string{"labels_printed": "no"}}
	_, err = sitepack.Update[order](ctx, m.API, "/orders/"+now.Data.ID, now.ETag, change)
	return err
}

func openOrders(ctx context.Context, api *sitepack.API) (numbers []string, err error) {
	for o, err := range sitepack.List[order](ctx, api, "/orders", url.Values{"sort": {"created_at"}}) {
		if err != nil {
			return numbers, err
		}
		if o.State == "open" {
			numbers = append(numbers, o.Number)
		}
	}
	return numbers, nil
}

func ship(ctx context.Context, api *sitepack.API, delivery string) error {
	_, err := sitepack.Do[struct{}](ctx, api, sitepack.Request{
		Method: http.MethodPost, Path: delivery + "/transitions",
		Body:           map[string]string{"action": "ship"},
		IdempotencyKey: "ship " + delivery, // asked twice, it is done once
	})
	problem, told := errors.AsType[*sitepack.Problem](err)
	switch {
	case told && problem.Code == "illegal_transition":
		return nil // somebody was faster
	case told && problem.Code == "insufficient_scope":
		return fmt.Errorf("the app.json has to ask for %s: %w", problem.RequiredScope, err)
	case errors.Is(err, sitepack.ErrReauthorize):
		return fmt.Errorf("somebody has to connect the shop again: %w", err)
	}
	return err
}

var label = template.Must(template.New("label").Parse(`<!DOCTYPE html>
<title>Label</title>
<script src="/bridge.js" data-shop="{{.Installation.ShopURL}}"></script>
<form method="post" action="/label">
<input type="hidden" name="ticket" value="{{.Ticket}}">
<button>Print the label of order {{.Resource}}</button>
</form>`))

func showLabel(w http.ResponseWriter, _ *http.Request, v sitepack.Visit) {
	_ = label.Execute(w, v) // the browser is gone: nobody is left to be told
}

func printLabel(w http.ResponseWriter, r *http.Request, v sitepack.Visit) {
	change := map[string]any{"metafields": map[string]string{"labels_printed": "yes"}}
	if _, err := sitepack.Update[order](r.Context(), v.API, "/orders/"+v.Resource, "*", change); err != nil {
		http.Error(w, "The shop cannot be asked just now.", http.StatusBadGateway)
		return
	}
	_, _ = fmt.Fprint(w, "Printed.") // likewise
}

func moreURL(app *sitepack.App, v sitepack.Visit) string {
	scopes := append([]string{"products:write"}, v.Installation.Scopes...)
	return app.StartURL(sitepack.Wish{Shop: v.Installation.ShopURL, Scopes: scopes})
}

func consented(ctx context.Context, m sitepack.Message[struct{}]) error {
	return m.API.Widen(ctx, "products:write")
}

func signedIn(sessions map[string]sitepack.Online) func(http.ResponseWriter, *http.Request, sitepack.Online) {
	return func(w http.ResponseWriter, r *http.Request, o sitepack.Online) {
		key := rand.Text()
		sessions[key] = o // under a lock, where there are more than one
		http.SetCookie(w, &http.Cookie{Name: "session", Value: key, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode})
		http.Redirect(w, r, "/labels", http.StatusSeeOther)
	}
}

func closeOrder(ctx context.Context, app *sitepack.App, o sitepack.Online, id string) error {
	err := app.As(o).Call(ctx, http.MethodPost, "/orders/"+id+"/transitions", map[string]string{"action": "complete"}, nil)
	if errors.Is(err, sitepack.ErrReauthorize) {
		return fmt.Errorf("the user has to log in again: %w", err)
	}
	return err
}

// An app that hears of an order and changes it, and a shop that has one.
func Example() {
	s := newShop()
	s.answers = append(s.answers, status(200, `{"id":"o1","number":"10001"}`, "ETag", `"7"`), func(_ http.ResponseWriter, r *http.Request) error {
		fmt.Println(r.Method, r.URL.Path, "if it is still", r.Header.Get("If-Match"))
		return nil
	})
	store := sitepack.NewMemory()
	app, err := sitepack.New(sitepack.Options{Manifest: []byte(appJSON), Store: store, Client: &http.Client{Transport: s}})
	if err != nil {
		fmt.Println(err)
		return
	}
	sitepack.On(app, "order.created", labelled)
	err = store.Change(context.Background(), shopID, func(i sitepack.Installation) (sitepack.Installation, error) {
		i.ShopURL, i.AccessToken, i.AccessUntil, i.WebhookSecret = shopURL, "…", time.Now().Add(time.Hour), hookKey
		return i, nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	// http.ListenAndServe(":8080", app) serves it. Here a shop calls it directly.
	body, header := message("order.created", "m1", `{"object":{"id":"o1"}}`, time.Now(), hookKey)
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/hooks", strings.NewReader(body))
	r.Header = header
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	fmt.Println(w.Code)
	// Output:
	// PATCH /rest/v1/orders/o1 if it is still "7"
	// 204
}

// The code of the manual is that of this file, which is compiled.
func TestHowTo(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "how-to", "build-a-sitepack-app.md"))
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(blocks) < 5 {
		t.Errorf("the page has %d pieces of code", len(blocks))
	}
	for _, b := range blocks {
		if !strings.Contains(string(code), b[1]) {
			t.Errorf("this is not in example_test.go:\n%s", b[1])
		}
	}
	text := regexp.MustCompile("(?s)```json\n(.*?)```").FindSubmatch(page)
	if text == nil {
		t.Fatal("the page has no app.json")
	}
	if app, problems := manifest.ParseJSON("app.json", text[1], true); app == nil || len(problems) > 0 {
		t.Errorf("its app.json: %+v", problems)
	}
	if _, err := newLabels(text[1], nil); err != nil {
		t.Error(err)
	}
}

// What the manual shows works.
func TestHowToWorks(t *testing.T) {
	t.Parallel()
	s := newShop()
	s.answers = append(s.answers, status(200, `{"data":[{"number":"1","state":"open"},{"number":"2","state":"done"}],"page":{"next":null}}`), status(409, `{"code":"illegal_transition"}`), status(403, `{"code":"insufficient_scope","required_scope":"orders:write"}`))
	app, _ := installed(t, s)
	if got, err := openOrders(t.Context(), app.API(shopID)); err != nil || len(got) != 1 || got[0] != "1" {
		t.Errorf("got %v, %v", got, err)
	}
	if err := ship(t.Context(), app.API(shopID), "/orders/o1/deliveries/d1"); err != nil {
		t.Error(err)
	}
	if err := ship(t.Context(), app.API(shopID), "/orders/o1/deliveries/d1"); err == nil || !strings.Contains(err.Error(), "has to ask for orders:write") {
		t.Errorf("got %v", err)
	}
	page := httptest.NewRecorder()
	showLabel(page, nil, sitepack.Visit{Resource: "o1", Ticket: "t", API: app.API(shopID)})
	if !strings.Contains(page.Body.String(), `name="ticket" value="t"`) {
		t.Error(page.Body)
	}
	refused := httptest.NewRecorder()
	printLabel(refused, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/label", nil), sitepack.Visit{Resource: "o1", API: app.API(shopID)})
	if refused.Code != http.StatusBadGateway {
		t.Errorf("got %d", refused.Code)
	}
}
