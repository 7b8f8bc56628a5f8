package server_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/appdock/appdock/internal/control"
)

// BenchmarkProductLists asks both APIs for the same 50 products with the same records below
// them, in turns, and reports how long the REST API takes for each second of the Admin API
// (issue 8: 1.3 at most).
//
//	go test -run '^$' -bench ProductLists -benchtime 200x ./internal/server
func BenchmarkProductLists(b *testing.B) {
	c := development(folder(b))
	c.Demo, c.Now = true, quick()
	host := open(b, c)
	shop := only(b, host)
	if _, err := shop.Seed(b.Context(), control.Seeding{Products: 300}); err != nil {
		b.Fatal(err)
	}
	app := newPacked(b, "ship-it", []string{"products:read"}, nil)
	if err := byOperator(b, shop, app.URL); err != nil {
		b.Fatal(err)
	}
	admin := callerOf(b, host)
	const search = `{"limit":50,"sort":[{"field":"createdAt","order":"DESC"}],"associations":{"manufacturer":{},"tax":{},"categories":{},
		"tags":{},"options":{"associations":{"group":{}}},"media":{"associations":{"media":{}}},"cover":{}}}`
	ask := func(method, path, token, body string) (took time.Duration, size int64) {
		r, err := http.NewRequestWithContext(b.Context(), method, host.URL()+path, bytes.NewReader([]byte(body)))
		if err != nil {
			b.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Accept", "application/json")
		r.Header.Set("Accept-Encoding", "identity")
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		start := time.Now()
		res, err := admin.calls.Do(r)
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		size, err = io.Copy(io.Discard, res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			b.Fatal(path, res.StatusCode, err)
		}
		return time.Since(start), size
	}
	var rest, same time.Duration
	var restSize, sameSize int64
	for range b.N {
		took, size := ask("GET", "/rest/v1/products?limit=50", app.text("access_token"), "")
		rest, restSize = rest+took, size
		took, size = ask("POST", "/api/search/product", admin.token, search)
		same, sameSize = same+took, size
	}
	b.ReportMetric(float64(rest)/float64(same), "rest/admin")
	b.ReportMetric(float64(rest.Microseconds())/float64(b.N), "us/rest")
	b.ReportMetric(float64(same.Microseconds())/float64(b.N), "us/admin")
	b.Logf("%d bytes against %d", restSize, sameSize)
}
