package server_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/appdock/appdock/internal/control"
)

// TestDoctorShowsEarnedIndexes has an app ask for the same, on a clock by which that is slow.
func TestDoctorShowsEarnedIndexes(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.Demo = true
	var asked atomic.Int64
	began := time.Now()
	c.Now = func() time.Time { return began.Add(time.Duration(asked.Add(1)) * 10 * time.Millisecond) }
	host := open(t, c)
	calls := callerOf(t, host)
	ask := func() string {
		t.Helper()
		status, answer := calls.do("POST", "/api/search/product", `{"filter":[{"type":"equals","field":"active","value":true}],"sort":[{"field":"price"}]}`)
		if status != http.StatusOK {
			t.Fatalf("got %d: %s", status, answer)
		}
		return string(answer)
	}
	before := ask()
	for range 199 {
		ask()
	}
	if err := host.TendIndexes(t.Context()); err != nil {
		t.Fatal(err)
	}
	found, err := host.Examine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	expect(t, found, "data.index", control.OK, "an index by active, price_gross, made on 2")
	if after := ask(); after != before {
		t.Errorf("the index changed the answer: before %s, after %s", before, after)
	}
}
