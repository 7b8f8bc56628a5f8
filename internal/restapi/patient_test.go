package restapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/protocol"
)

// TestEachUnitIsGivenUp has each route that changes records wait for a unit of work that does
// not come to its end: nobody waits for longer than the host has patience.
func TestEachUnitIsGivenUp(t *testing.T) {
	t.Parallel()
	units := 0
	for _, rt := range (&api{}).routes() {
		if !rt.changes() || rt.alone {
			continue
		}
		units++
		for _, key := range []string{"", "a key"} {
			synctest.Test(t, func(t *testing.T) {
				h := &fakeHost{now: time.Now(), hang: true}
				r := httptest.NewRequest(rt.method, "/rest/v1"+rt.path, nil)
				r.Header.Set("If-Match", "*")
				if key != "" {
					r.Header.Set("Idempotency-Key", key)
				}
				a := &api{options: Options{Records: h, Patience: 5 * time.Second, Files: noFiles{}, Downloads: noFiles{}}}
				c := &call{api: a, ctx: t.Context(), r: r, route: &rt, header: http.Header{}, query: r.URL.Query()}
				if rt.keyNeeded && key == "" {
					return
				}
				if rt.takesBody != nil {
					c.in = reflect.New(rt.takesBody).Interface()
				}
				if file, ok := c.in.(*mediaCreate); ok {
					file.URL = "https://a.example/b.png"
				}
				_, err := c.change()
				p, told := errors.AsType[*problem](c.told(err))
				if took := time.Since(h.now); took != 5*time.Second || !told || p.Status != http.StatusServiceUnavailable || p.header.Get("Retry-After") == "" {
					t.Errorf("%s %s with %q: after %s: %v", rt.method, rt.path, key, took, err)
				}
			})
		}
	}
	if units < 20 {
		t.Errorf("only %d routes were tried", units)
	}
}

// slowly fetches files for three times as long as the shop has time, and sends notifications for
// as long as it may.
type slowly struct{ noFiles }

func (slowly) Download(ctx context.Context, from string, most int64, keep func(io.Reader) error) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(15 * time.Second):
		return noFiles{}.Download(ctx, from, most, keep)
	}
}

func (slowly) Notify(ctx context.Context, _ appdock.Actor, _ string, _ shop.Notification) (appdock.ID, error) {
	<-ctx.Done()
	return appdock.ID{}, ctx.Err()
}

// TestWhatIsOutsideOfAUnitIsGivenUp is about what is sent to a merchant, and about downloads: they
// have a time of their own, which is not that of the unit behind them.
func TestWhatIsOutsideOfAUnitIsGivenUp(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		path, body string
		after      time.Duration
	}{
		{"/notifications", `{"status":"info","message":"x"}`, 5 * time.Second},
		{"/media", `{"url":"https://a.example/b.png"}`, 20 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			h := &fakeHost{now: time.Now(), hang: true}
			all := grants{h}
			w := sent(hurried(h, all), tt.path, tt.body)
			if took := time.Since(h.now); took != tt.after || w.Code != http.StatusServiceUnavailable {
				t.Errorf("%s: after %s: %d %s", tt.path, took, w.Code, w.Body)
			}
		})
	}
}

// TestBatchesAreGivenUp: the requests of a batch that are not begun in time are told so, each by
// itself; one whose requests belong together is given up as a whole.
func TestBatchesAreGivenUp(t *testing.T) {
	t.Parallel()
	const batch = `[{"id":"a","method":"GET","path":"/products"},{"id":"b","method":"GET","path":"/products"},{"id":"c","method":"DELETE","path":"/products/018c0000000070008000000000000001"}]`
	synctest.Test(t, func(t *testing.T) {
		h := &fakeHost{now: time.Now(), hang: true}
		w := sent(hurried(h, grants{h}), "/batch", batch)
		var results []struct {
			ID      string
			Status  int
			Headers map[string]string
			Body    struct{ Code, Detail string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &results); err != nil || len(results) != 3 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		// The second may begin in the moment in which the first is given up.
		if took := time.Since(h.now); took > 10*time.Second || w.Code != http.StatusOK {
			t.Errorf("after %s: %d %s", took, w.Code, w.Body)
		}
		for i, r := range results {
			if r.Status != http.StatusServiceUnavailable || r.Headers["Retry-After"] == "" || i != 1 && strings.Contains(r.Body.Detail, "not begun") != (i > 1) {
				t.Errorf("%s: %+v", r.ID, r)
			}
		}
	})
	synctest.Test(t, func(t *testing.T) {
		h := &fakeHost{now: time.Now(), hang: true}
		w := sent(hurried(h, grants{h}), "/batch?atomic=true", batch)
		if took := time.Since(h.now); took != 5*time.Second || w.Code != http.StatusServiceUnavailable {
			t.Errorf("one unit: after %s: %d %s", took, w.Code, w.Body)
		}
	})
}

// grants gives each token all scopes.
type grants struct{ *fakeHost }

func (g grants) Bearer(ctx context.Context, id appdock.ShopID, authorization string) (oauth.Bearer, error) {
	b, err := g.fakeHost.Bearer(ctx, id, authorization)
	b.Scopes = protocol.Scopes()
	return b, err
}

func hurried(h *fakeHost, all grants) http.Handler {
	o := h.options()
	o.Bearers, o.Downloads, o.Files, o.Notifier = all, slowly{}, noFiles{}, slowly{}
	return New(o)
}

func sent(api http.Handler, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/rest/v1"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer one")
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	return w
}
