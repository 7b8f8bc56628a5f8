package sitepack_test

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/protocol"
	"github.com/appdock/appdock/sdk/sitepack"
)

type orderRead struct {
	ID     string `json:"id"`
	Number string `json:"number"`
}

// Messages are handled once, after they were verified, and again after a handler failed.
func TestMessages(t *testing.T) {
	t.Parallel()
	app, store := installed(t, newShop())
	var got []string
	fails := true
	sitepack.On(app, "order.created", func(_ context.Context, m sitepack.Message[orderRead]) error {
		if fails {
			return errors.New("not today")
		}
		got = append(got, fmt.Sprint(m.ID, " ", m.Topic, " ", m.Object.Number, " ", string(m.Previous["number"]), " ", m.Installation.ID, " ", m.AppVersion))
		return nil
	})
	sitepack.On(app, "app.uninstalled", func(_ context.Context, m sitepack.Message[struct{}]) error {
		got = append(got, fmt.Sprint(m.Topic, " ", m.KeepUserData))
		return nil
	})
	send := func(topic, id, data string, want int) {
		t.Helper()
		body, header := message(topic, id, data, time.Now(), hookKey)
		if w := ask(t, app, http.MethodPost, "/hooks", body, header); w.Code != want {
			t.Errorf("%s %s: got %d %s, want %d", topic, id, w.Code, w.Body, want)
		}
	}
	const data = `{"object":{"id":"o1","number":"10001"},"previous":{"number":"10000"}}`
	send("order.created", "m1", data, 500)
	fails = false
	send("order.created", "m1", data, 204)
	send("order.created", "m1", data, 204)
	send("order.created", "m2", `{"object":[]}`, 400)
	send("product.deleted", "m3", `{"object":{"id":"p"}}`, 204)
	send("app.deactivated", "m4", `{"object":{}}`, 204)
	if i, err := store.Get(t.Context(), shopID); err != nil || i.Active {
		t.Errorf("deactivated: %v, %v", i.Active, err)
	}
	send("app.activated", "m5", `{"object":{}}`, 204)
	if i, err := store.Get(t.Context(), shopID); err != nil || !i.Active {
		t.Errorf("activated: %v, %v", i.Active, err)
	}
	send("app.uninstalled", "m6", `{"object":{},"keep_user_data":true}`, 204)
	send("order.created", "m7", data, 401)
	if diff := cmp.Diff([]string{`m1 order.created 10001 "10000" i1 1.0.0`, "app.uninstalled true"}, got); diff != "" {
		t.Error(diff)
	}
}

// Whatever is not signed by the shop, now, is not handled.
func TestMessagesThatAreRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app, store := installed(t, newShop())
		handled := 0
		sitepack.On(app, "order.created", func(context.Context, sitepack.Message[orderRead]) error { handled++; return nil })
		try := func(name string, at time.Time, want int, keys ...string) {
			t.Helper()
			before := handled
			body, header := message("order.created", fmt.Sprint(name, at), `{"object":{}}`, at, keys...)
			if w := ask(t, app, http.MethodPost, "/hooks", body, header); w.Code != want || handled-before != map[int]int{204: 1}[want] {
				t.Errorf("%s: got %d, handled %d", name, w.Code, handled-before)
			}
		}
		try("unsigned", time.Now(), 401)
		try("another key", time.Now(), 401, newKey)
		try("five minutes old", time.Now().Add(-protocol.Tolerance), 204, hookKey)
		try("older", time.Now().Add(-protocol.Tolerance-time.Second), 401, hookKey)
		rotated := func(i sitepack.Installation) (sitepack.Installation, error) {
			i.PreviousSecret, i.WebhookSecret, i.RotatedAt = i.WebhookSecret, newKey, time.Now()
			return i, nil
		}
		if err := store.Change(t.Context(), shopID, rotated); err != nil {
			t.Fatal(err)
		}
		try("both keys", time.Now(), 204, newKey, hookKey)
		try("the old key", time.Now(), 204, hookKey)
		time.Sleep(24*time.Hour + time.Second)
		try("the old key, a day later", time.Now(), 401, hookKey)
		try("the new key, a day later", time.Now(), 204, newKey)
		for _, body := range []string{"", "{}", "[]", `{"id":"msg_1","type":"order.created","shop":{"id":"unknown"}}`} {
			if w := ask(t, app, http.MethodPost, "/hooks", body, nil); w.Code != 400 && w.Code != 401 {
				t.Errorf("%q: got %d", body, w.Code)
			}
		}
	})
}

// A shop that moved says so in what it signs; its tokens are good at the new address.
func TestShopThatMoved(t *testing.T) {
	t.Parallel()
	s := newShop()
	app, store := installed(t, s)
	const to = "https://new.example"
	send := func(key string) int {
		m := protocol.TopicMessage{ID: "m1", Topic: "order.created", At: time.Now(), ShopID: shopID, ShopURL: to, App: "ship-it", Data: []byte(`{"object":{}}`)}
		header := http.Header{}
		call := m.Call("https://app.example/hooks", "test", 0, key)
		for _, h := range call.Header {
			header.Set(h.Name, h.Value)
		}
		return ask(t, app, http.MethodPost, "/hooks", string(call.Body), header).Code
	}
	where := func() string {
		i, err := store.Get(t.Context(), shopID)
		if err != nil {
			t.Fatal(err)
		}
		return i.ShopURL + " " + i.TokenURL
	}
	if got := send(newKey); got != 401 || where() != shopURL+" "+shopURL+"/oauth/token" {
		t.Errorf("somebody else says so: %d, now at %s", got, where())
	}
	if got := send(hookKey); got != 503 || where() != shopURL+" "+shopURL+"/oauth/token" {
		t.Errorf("nobody is there: %d, now at %s", got, where())
	}
	s.url, s.issuer = to, to
	if got := send(hookKey); got != 204 || where() != to+" "+to+"/oauth/token" {
		t.Errorf("it moved: %d, now at %s", got, where())
	}
}

func TestRotate(t *testing.T) {
	t.Parallel()
	s := newShop()
	s.answers = append(s.answers, status(200, `{"webhook_secret":"`+newKey+`"}`), status(200, `{}`))
	app, store := installed(t, s)
	if err := app.API(shopID).Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	i, err := store.Get(t.Context(), shopID)
	if err != nil || i.WebhookSecret != newKey || i.PreviousSecret != hookKey || s.calls[0].URL.Path != "/rest/v1/webhook-secret/rotate" {
		t.Errorf("%v, %v", i.WebhookSecret, err)
	}
	if err := app.API(shopID).Rotate(t.Context()); err == nil {
		t.Error("an answer without a key was taken")
	}
	if i, err := store.Get(t.Context(), shopID); err != nil || i.WebhookSecret != newKey {
		t.Errorf("the key is gone: %v, %v", i.WebhookSecret, err)
	}
}

// A page is shown to whom the shop sent, and its form comes back with who that was.
func TestPagesAndForms(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app, store := installed(t, newShop())
		var seen []string
		show := func(w http.ResponseWriter, _ *http.Request, v sitepack.Visit) {
			seen = append(seen, strings.Join([]string{v.Installation.ShopID, v.User, v.Locale, v.Location, v.Resource}, " "))
			_, _ = fmt.Fprint(w, html.EscapeString(v.Ticket))
		}
		page, form := app.Page(show), app.Form(show)
		signed := func(key string) string {
			address, err := protocol.Page{
				ShopID: shopID, ShopURL: shopURL, App: "ship-it", Locale: "de-DE", User: "u1", Location: "admin.order.detail.sidebar", Resource: "o1", At: time.Now(),
			}.Sign("https://app.example/widget", key)
			if err != nil {
				t.Fatal(err)
			}
			return address
		}
		address := signed(hookKey)
		w := ask(t, page, http.MethodGet, address, "", nil)
		if w.Code != 200 || w.Header().Get("Content-Security-Policy") != "frame-ancestors "+shopURL || w.Header().Get("Referrer-Policy") != "no-referrer" {
			t.Fatalf("%d %v", w.Code, w.Header())
		}
		ticket := w.Body.String()
		post := func(ticket string) int {
			w := ask(t, form, http.MethodPost, "/widget", url.Values{"ticket": {ticket}}.Encode(), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
			return w.Code
		}
		if got := post(ticket); got != 200 {
			t.Errorf("the form: got %d", got)
		}
		want := shopID + " u1 de-DE admin.order.detail.sidebar o1"
		if diff := cmp.Diff([]string{want, want}, seen); diff != "" {
			t.Error(diff)
		}
		payload, signature, _ := strings.Cut(ticket, ".")
		for name, forged := range map[string]string{"empty": "", "no signature": payload, "another": "e30." + signature, "cut": ticket[:len(ticket)-1]} {
			if got := post(forged); got != 400 && got != 401 {
				t.Errorf("%s: got %d", name, got)
			}
		}
		for name, address := range map[string]string{
			"unsigned": "/widget?shop-id=" + shopID + "&timestamp=1", "another key": signed(newKey), "another order": strings.Replace(address, "resource-id=o1", "resource-id=o2", 1),
			"another shop": strings.Replace(address, shopID, "xxxxxxxxxxxxxxxx", 1), "nothing": "/widget",
		} {
			if w := ask(t, page, http.MethodGet, address, "", nil); w.Code != 400 && w.Code != 401 {
				t.Errorf("%s: got %d", name, w.Code)
			}
		}
		time.Sleep(protocol.Tolerance + time.Second)
		if w := ask(t, page, http.MethodGet, address, "", nil); w.Code != 401 {
			t.Errorf("an old address: got %d", w.Code)
		}
		time.Sleep(time.Hour)
		if got := post(ticket); got != 401 {
			t.Errorf("an old form: got %d", got)
		}
		// An installation without a key signs nothing, and so nothing is signed by it.
		if err := store.Change(t.Context(), shopID, func(i sitepack.Installation) (sitepack.Installation, error) { i.WebhookSecret = ""; return i, nil }); err != nil {
			t.Fatal(err)
		}
		if got := post("e30." + protocol.Sign(protocol.Sign("", []byte("ticket of sdk/sitepack")), []byte("{}"))); got == 200 {
			t.Error("a ticket without a key was taken")
		}
	})
}

func TestSecretsAreNotPrinted(t *testing.T) {
	t.Parallel()
	_, store := installed(t, newShop())
	i, err := store.Get(t.Context(), shopID)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{fmt.Sprint(i), fmt.Sprintf("%+v %#v", i, i), i.LogValue().String()} {
		if strings.Contains(text, "at-0") || strings.Contains(text, "rt-0") || strings.Contains(text, "whsec") {
			t.Errorf("printed %s", text)
		}
	}
}
