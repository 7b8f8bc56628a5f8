package server_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/appdock/appdock/internal/control"
)

// BenchmarkProductLists asks both APIs for the same 50 products with the same records below
// them, in turns, and reports the median of some rounds: how long the REST API takes for each
// second of the Admin API. It may take 1.3.
//
//	make bench-rest
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
	ours := func() (time.Duration, int64) {
		return ask("GET", "/rest/v1/products?limit=50", app.text("access_token"), "")
	}
	theirs := func() (time.Duration, int64) { return ask("POST", "/api/search/product", admin.token, search) }
	for range 20 { // until everything is compiled and cached
		ours()
		theirs()
	}
	var ratios []float64
	var restSize, sameSize int64
	for b.Loop() {
		var rest, same time.Duration
		for range pairs {
			took, size := ours()
			rest, restSize = rest+took, size
			took, size = theirs()
			same, sameSize = same+took, size
		}
		ratio := float64(rest) / float64(same)
		ratios = append(ratios, ratio)
		b.Logf("rest %v, admin %v: %.2f", rest/pairs, same/pairs, ratio)
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "rest/admin")
	b.Logf("%d bytes against %d", restSize, sameSize)
}

// pairs is how many lists of each API one round asks for.
const pairs = 100
