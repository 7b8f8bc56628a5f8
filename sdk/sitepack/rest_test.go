package sitepack_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/sdk/sitepack"
)

// What is asked for again, after how long, and what is not. A write is repeated under one key.
func TestRetries(t *testing.T) {
	t.Parallel()
	lost := func(http.ResponseWriter, *http.Request) error { return errors.New("connection reset") }
	ok := status(http.StatusOK, `{}`)
	tests := map[string]struct {
		answers []func(http.ResponseWriter, *http.Request) error
		timeout time.Duration
		calls   int
		took    time.Duration
		fails   bool
	}{
		"at once":                      {answers: []func(http.ResponseWriter, *http.Request) error{ok}, calls: 1},
		"not so fast":                  {answers: []func(http.ResponseWriter, *http.Request) error{status(429, "", "Retry-After", "7"), ok}, calls: 2, took: 7 * time.Second},
		"not so fast, no word of when": {answers: []func(http.ResponseWriter, *http.Request) error{status(429, ""), ok}, calls: 2, took: 500 * time.Millisecond},
		"never fast enough":            {answers: []func(http.ResponseWriter, *http.Request) error{status(429, "", "Retry-After", "2")}, calls: 5, took: 8 * time.Second, fails: true},
		"longer than anybody waits":    {answers: []func(http.ResponseWriter, *http.Request) error{status(429, "", "Retry-After", "31")}, calls: 1, fails: true},
		"longer than the caller waits": {answers: []func(http.ResponseWriter, *http.Request) error{status(429, "", "Retry-After", "7")}, timeout: 3 * time.Second, calls: 1, fails: true},
		"maintenance":                  {answers: []func(http.ResponseWriter, *http.Request) error{status(503, "", "Retry-After", "3"), ok}, calls: 2, took: 3 * time.Second},
		"the first one is still on":    {answers: []func(http.ResponseWriter, *http.Request) error{status(409, `{"code":"idempotency_in_progress"}`, "Retry-After", "1"), ok}, calls: 2, took: time.Second},
		"another conflict":             {answers: []func(http.ResponseWriter, *http.Request) error{status(409, `{"code":"duplicate"}`, "Retry-After", "1")}, calls: 1, fails: true},
		"no answer":                    {answers: []func(http.ResponseWriter, *http.Request) error{lost, lost, ok}, calls: 3, took: 1500 * time.Millisecond},
		"never an answer":              {answers: []func(http.ResponseWriter, *http.Request) error{lost}, calls: 5, took: 7500 * time.Millisecond, fails: true},
		"an answer that is none":       {answers: []func(http.ResponseWriter, *http.Request) error{status(200, `<html>`)}, calls: 1, fails: true},
		"a failure of the shop":        {answers: []func(http.ResponseWriter, *http.Request) error{status(500, ``)}, calls: 1, fails: true},
		"a token that was cut":         {answers: []func(http.ResponseWriter, *http.Request) error{status(401, ``), ok}, calls: 2},
		"a token that is never good":   {answers: []func(http.ResponseWriter, *http.Request) error{status(401, ``)}, calls: 2, fails: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newShop()
				s.answers = tt.answers
				app, _ := installed(t, s)
				ctx := t.Context()
				if tt.timeout > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tt.timeout)
					defer cancel()
				}
				began := time.Now()
				var out map[string]any
				err := app.API(shopID).Call(ctx, http.MethodPost, "/orders", map[string]string{"note": "x"}, &out)
				if (err != nil) != tt.fails || len(s.calls) != tt.calls || time.Since(began) != tt.took {
					t.Errorf("%v after %d calls in %v, want %d in %v", err, len(s.calls), time.Since(began), tt.calls, tt.took)
				}
				for _, r := range s.calls {
					if key := r.Header.Get("Idempotency-Key"); len(key) < 20 || key != s.calls[0].Header.Get("Idempotency-Key") {
						t.Errorf("key %q, the first had %q", key, s.calls[0].Header.Get("Idempotency-Key"))
					}
				}
			})
		})
	}
}

func TestProblemsAreErrors(t *testing.T) {
	t.Parallel()
	s := newShop()
	s.answers = append(s.answers, status(403, `{"status":403,"code":"insufficient_scope","detail":"The token lacks the scope orders:write.","required_scope":"orders:write"}`, "Content-Type", "application/problem+json"),
		status(422, `{"code":"validation_failed","title":"Validation failed","errors":[{"pointer":"/price/amount","code":"not_a_number","detail":"must be a decimal string"}]}`), status(502, "<html>", "Retry-After", "60"))
	app, _ := installed(t, s)
	for _, want := range []string{
		"GET /orders/o1: the shop answered 403 insufficient_scope: The token lacks the scope orders:write.",
		"GET /orders/o1: the shop answered 422 validation_failed: Validation failed; /price/amount not_a_number: must be a decimal string",
		"GET /orders/o1: the shop answered 502: Bad Gateway",
	} {
		err := get(t.Context(), app)
		p, ok := errors.AsType[*sitepack.Problem](err)
		if !ok || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if ok && p.Status == 403 && p.RequiredScope != "orders:write" {
			t.Errorf("got %+v", p)
		}
	}
	if s.calls[0].Header.Get("Idempotency-Key") != "" || s.calls[0].Header.Get("Authorization") != "Bearer at-0" {
		t.Errorf("a read is sent with %v", s.calls[0].Header)
	}
}

func TestListGoesOnByCursor(t *testing.T) {
	t.Parallel()
	s := newShop()
	s.answers = append(s.answers, status(200, `{"data":[{"id":"1"},{"id":"2"}],"page":{"next":"c1","limit":2}}`), status(200, `{"data":[{"id":"3"}],"page":{"next":null,"limit":2}}`), status(404, ``))
	app, _ := installed(t, s)
	type order struct{ ID string }
	var got []string
	for o, err := range sitepack.List[order](t.Context(), app.API(shopID), "/orders", url.Values{"limit": {"2"}}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, o.ID)
	}
	for _, r := range s.calls {
		got = append(got, r.URL.RequestURI())
	}
	if diff := cmp.Diff([]string{"1", "2", "3", "/rest/v1/orders?limit=2", "/rest/v1/orders?cursor=c1&limit=2"}, got); diff != "" {
		t.Error(diff)
	}
	failed := 0
	for _, err := range sitepack.List[order](t.Context(), app.API(shopID), "/orders", nil) {
		if p, ok := errors.AsType[*sitepack.Problem](err); !ok || p.Status != 404 {
			t.Errorf("got %v", err)
		}
		failed++
	}
	if failed != 1 {
		t.Errorf("a list that fails gives %d", failed)
	}
}

// An order is changed with the ETag that it was read with.
func TestUpdateSendsTheETag(t *testing.T) {
	t.Parallel()
	s := newShop()
	s.answers = append(s.answers, status(200, `{"note":"a"}`, "ETag", `"1"`), status(200, `{"note":"b"}`, "ETag", `"2"`))
	app, _ := installed(t, s)
	type order struct{ Note string }
	read, err := sitepack.Get[order](t.Context(), app.API(shopID), "/orders/o1")
	if err != nil || read.ETag != `"1"` || read.Data.Note != "a" {
		t.Fatalf("%+v, %v", read, err)
	}
	changed, err := sitepack.Update[order](t.Context(), app.API(shopID), "/orders/o1", read.ETag, map[string]string{"note": "b"})
	if err != nil || changed.ETag != `"2"` || changed.Data.Note != "b" || s.calls[1].Header.Get("If-Match") != `"1"` {
		t.Fatalf("%+v, %v, sent %v", changed, err, s.calls[1].Header)
	}
}

// A refresh token is good once: whoever needs a token while one is fetched waits for that one.
func TestTokensAreRenewedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShop()
		app, store := installed(t, s)
		time.Sleep(time.Hour - 29*time.Second) // half a minute early
		var calls sync.WaitGroup
		for range 20 {
			calls.Go(func() {
				if err := get(t.Context(), app); err != nil {
					t.Error(err)
				}
			})
		}
		calls.Wait()
		if len(s.forms) != 1 || s.forms[0].Get("refresh_token") != "rt-0" || s.forms[0].Get("client_id") != "ship-it" {
			t.Errorf("asked for tokens with %v", s.forms)
		}
		i, err := store.Get(t.Context(), shopID)
		if err != nil || i.RefreshToken != "rt-1" || i.AccessToken != "at-1" || len(i.Scopes) != 2 {
			t.Errorf("%#v, %v", i, err)
		}
	})
}

// A family that is dead is not asked for again.
func TestDeadTokens(t *testing.T) {
	t.Parallel()
	s := newShop()
	s.answers, s.refuse = append(s.answers, status(401, ``)), "invalid_grant"
	app, store := installed(t, s)
	for range 2 {
		if err := get(t.Context(), app); !errors.Is(err, sitepack.ErrReauthorize) {
			t.Errorf("got %v, want ErrReauthorize", err)
		}
	}
	if i, err := store.Get(t.Context(), shopID); err != nil || i.RefreshToken != "" || i.AccessToken != "" || len(s.forms) != 1 {
		t.Errorf("%#v, %v; %d token requests", i, err, len(s.forms))
	}
	if err := app.API("another").Call(t.Context(), http.MethodGet, "/me", nil, nil); !errors.Is(err, sitepack.ErrShopUnknown) {
		t.Errorf("another shop: got %v", err)
	}
}

// A token endpoint that fails for another reason costs nobody their tokens.
func TestTokensThatCannotBeRenewedNow(t *testing.T) {
	t.Parallel()
	s := newShop()
	s.answers, s.refuse = append(s.answers, status(401, ``)), "server_error"
	app, store := installed(t, s)
	if err := get(t.Context(), app); err == nil || errors.Is(err, sitepack.ErrReauthorize) {
		t.Errorf("got %v", err)
	}
	if i, err := store.Get(t.Context(), shopID); err != nil || i.RefreshToken != "rt-0" {
		t.Errorf("%#v, %v", i, err)
	}
}
