//go:build unix

package server_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
)

// fleet is the server of many apps of the SitePack dialect.
type fleet struct {
	*httptest.Server
	mu     sync.Mutex
	tokens map[string]granted // by id
}

type granted struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
}

// newFleet installs so many apps into a shop.
func newFleet(b *testing.B, shop *server.Shop, apps int) *fleet {
	b.Helper()
	f := &fleet{tokens: map[string]granted{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{id}/app.json", func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("id")
		_, _ = fmt.Fprintf(w, `{"id":%q,"name":"App","version":"1.0.0","author":"A","description":"B","auth":{"redirect_uri":%q,"scopes":["orders:read","products:write"]}}`, id, f.URL+"/"+id+"/cb")
	})
	mux.HandleFunc("GET /{id}/cb", func(w http.ResponseWriter, r *http.Request) {
		id, q := r.PathValue("id"), r.URL.Query()
		got, err := ask(q.Get("iss"), url.Values{
			"grant_type": {"authorization_code"}, "code": {q.Get("code")}, "redirect_uri": {f.URL + "/" + id + "/cb"}, "client_id": {id}, "client_secret": {"dev-secret-" + id},
		})
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.tokens[id] = got
	})
	f.Server = httptest.NewServer(mux)
	b.Cleanup(f.Close)
	for i := range apps {
		source := control.Source{URL: fmt.Sprintf("%s/app-%d", f.URL, i)}
		wish, err := shop.Preview(b.Context(), source)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := shop.Install(b.Context(), control.Install{Source: source, ConsentHash: wish.ConsentHash}); err != nil {
			b.Fatal(err)
		}
	}
	return f
}

// spent is the time that the process computed so far. A rate says little on a machine that
// others use: this repeats.
func spent(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// reportSpent tells how much of it one operation took.
func reportSpent(b *testing.B, before time.Duration) {
	b.Helper()
	b.ReportMetric(float64((spent(b)-before).Nanoseconds())/1000/float64(b.N), "cpu-µs/op")
}

var asking = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

// ask posts a token request.
func ask(base string, form url.Values) (got granted, err error) {
	res, err := asking.Post(base+"/oauth/token", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
	if err != nil {
		return got, err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d: %s", res.StatusCode, text)
	}
	if err == nil {
		err = json.Unmarshal(text, &got)
	}
	return got, err
}

// BenchmarkTokenEndpoint renews tokens over HTTP, each refresh token once, with the commit of
// each pair; the clients are in the same process. The clock of the host runs ahead, because a
// client may ask for 60 tokens a minute.
func BenchmarkTokenEndpoint(b *testing.B) {
	const apps = 64
	c := development(b.TempDir())
	var ahead atomic.Int64
	c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	host := open(b, c)
	f := newFleet(b, only(b, host), apps)
	var next atomic.Int64
	b.SetParallelism(apps / 2)
	before := spent(b)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		id := fmt.Sprintf("app-%d", next.Add(1)-1)
		f.mu.Lock()
		mine, known := f.tokens[id]
		f.mu.Unlock()
		if !known {
			b.Errorf("there are more workers than apps")
			return
		}
		for pb.Next() {
			ahead.Add(int64(time.Second))
			fresh, err := ask(host.URL(), url.Values{"grant_type": {"refresh_token"}, "refresh_token": {mine.Refresh}, "client_id": {id}, "client_secret": {"dev-secret-" + id}})
			if err != nil {
				b.Error(err)
				return
			}
			mine = fresh
		}
		f.mu.Lock()
		f.tokens[id] = mine
		f.mu.Unlock()
	})
	b.StopTimer()
	reportSpent(b, before)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
}

// BenchmarkBearer finds out who shows an access token, with the rights of now.
func BenchmarkBearer(b *testing.B) {
	host := open(b, development(b.TempDir()))
	shop := only(b, host)
	f := newFleet(b, shop, 1)
	token := "Bearer " + f.tokens["app-0"].Access
	check := host.BearerCheck(shop)
	before := spent(b)
	for b.Loop() {
		if err := check(b.Context(), token); err != nil {
			b.Fatal(err)
		}
	}
	reportSpent(b, before)
}
