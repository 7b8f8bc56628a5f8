package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/appdock/appdock/internal/control"
)

// slow are questions that no index answers: each looks at more the larger the shop is, many
// of them at its square or worse.
func slow() map[string]string {
	way := strings.Repeat("manufacturer.products.", 5)
	contains := func(field string) string { return `{"type":"contains","field":"` + field + `","value":"%zz_"}` }
	nested := func(kind string, n int) string {
		inner := contains("categories.products.manufacturer.products.description")
		for i := range n {
			inner = `{"type":"` + kind + `","queries":[` + inner + `,` + contains(fmt.Sprintf("categories.products.customFields.f%d", i)) + `]}`
		}
		return `{"filter":[` + inner + `],"total-count-mode":1}`
	}
	return map[string]string{
		"a text on a long way":                `{"filter":[` + contains(way+"name") + `]}`,
		"negated groups over many":            nested("nand", 12),
		"alternatives over many":              nested("nor", 12),
		"a part of every text":                `{"filter":[{"type":"or","queries":[` + contains("description") + `,` + contains("customFields.a.b.c") + `,` + contains("categories.products.description") + `]}],"total-count-mode":1}`,
		"the order of what many lead to":      `{"sort":[{"field":"` + way + `name"},{"field":"categories.products.stock","order":"desc"}]}`,
		"an order by number":                  `{"sort":[{"field":"` + way + `id","type":"count"}]}`,
		"terms inside a histogram":            `{"limit":1,"aggregations":[{"name":"a","type":"histogram","field":"categories.products.createdAt","interval":"minute","aggregation":{"name":"b","type":"terms","field":"categories.products.categories.products.productNumber"}}]}`,
		"figures of a long way":               `{"limit":1,"aggregations":[{"name":"a","type":"stats","field":"` + way + `stock"}]}`,
		"groups of a long way":                `{"grouping":["` + way + `name"],"limit":1,"total-count-mode":1}`,
		"the last page":                       `{"limit":500,"page":2147483,"sort":[{"field":"customFields.a","naturalSorting":true}],"filter":[` + contains(way+"description") + `]}`,
		"a score of a long way":               `{"query":[{"score":1,"query":` + contains(way+"name") + `},{"score":2,"query":` + contains("categories.products.name") + `}]}`,
		"what comes with what comes with":     `{"limit":1,"associations":{"manufacturer":{"associations":{"products":{"limit":1,"filter":[` + contains(way+"name") + `]}}}}}`,
		"groups of what comes with a record":  `{"limit":1,"associations":{"manufacturer":{"associations":{"products":{"grouping":["` + way + `name"]}}}}}`,
		"a term in all that is searched":      `{"term":"` + strings.Repeat("zz ", 60) + `","total-count-mode":1,"filter":[` + contains(way+"name") + `]}`,
		"the newest of a long way, and there": `{"post-filter":[{"type":"not","queries":[{"type":"range","field":"` + way + `price","parameters":{"gt":99999}}]}],"total-count-mode":1}`,
	}
}

// TestNoCriteriaOutlastTheDeadline asks for what takes longer than there is time for: every
// question ends then, with the words for it, and gives back what it held. APPDOCK_TEST_DEADLINE
// is how many products there are; from 100000 on the host has its usual deadline.
func TestNoCriteriaOutlastTheDeadline(t *testing.T) {
	t.Parallel()
	products, patience := 600, 200*time.Millisecond
	if text := os.Getenv("APPDOCK_TEST_DEADLINE"); text != "" {
		var err error
		if products, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	config := development(folder(t))
	if products >= 100_000 {
		patience = 5 * time.Second
	}
	config.Patience = patience
	host := open(t, config)
	shop := only(t, host)
	seeding := control.Seeding{Products: products, Orders: products / 50}
	for again := true; again; again = seeding.Done < seeding.Total {
		var err error
		if seeding, err = shop.Seed(t.Context(), seeding); err != nil {
			t.Fatal(err)
		}
	}
	operator := callerOf(t, host)
	operator.calls.Timeout = patience + time.Minute
	// What a busy machine may add: an answer that nobody stops takes hours.
	most := patience + 10*time.Second
	stopped := 0
	ask := func(c caller, name, path, body string) {
		begun := time.Now()
		status, answer := c.do("POST", path, body)
		took := time.Since(begun)
		t.Logf("%s: %d after %s", name, status, took.Round(time.Millisecond))
		if took > most {
			t.Errorf("%s: it took %s", name, took)
		}
		switch status {
		case http.StatusOK, http.StatusBadRequest:
		case http.StatusServiceUnavailable:
			stopped++
			var told struct {
				Errors []struct{ Code, Status, Title, Detail string }
			}
			if err := json.Unmarshal(answer, &told); err != nil || len(told.Errors) != 1 || told.Errors[0].Code != "0" || told.Errors[0].Status != "503" ||
				told.Errors[0].Title != "Service Unavailable" || told.Errors[0].Detail != fmt.Sprintf("The request was stopped: it took longer than %s.", patience) {
				t.Errorf("%s: %s", name, answer)
			}
		default:
			t.Errorf("%s: %d %.300s", name, status, answer)
		}
	}
	for name, criteria := range slow() {
		ask(operator, name, "/api/search/product", criteria)
	}
	if stopped < 3 {
		t.Errorf("only %d questions were stopped: this proves nothing", stopped)
	}
	// In the place of what is written: the filters of a deletion are searched by who writes.
	for name, criteria := range slow() {
		var c struct{ Filter json.RawMessage }
		if err := json.Unmarshal([]byte(criteria), &c); err != nil || c.Filter == nil {
			continue
		}
		ask(operator, "deleting "+name, "/api/_action/sync", `[{"entity":"product","action":"delete","criteria":`+string(c.Filter)+`}]`)
		begun := time.Now()
		operator.done("POST", "/api/tag", `{"name":"still writing"}`, http.StatusNoContent)
		if took := time.Since(begun); took > most {
			t.Errorf("after deleting %s a write took %s", name, took)
		}
	}
	// More at a time than a store has connections, each by a client of its own: nobody of them
	// holds one afterwards.
	var all sync.WaitGroup
	for range 8 {
		own := callerOf(t, host)
		own.calls.Timeout = operator.calls.Timeout
		all.Go(func() {
			for range 2 {
				if status, answer := own.do("POST", "/api/search/product", slow()["a text on a long way"]); status >= 500 && status != http.StatusServiceUnavailable {
					t.Errorf("at once: %d %s", status, answer)
				}
			}
		})
	}
	all.Wait()
	begun := time.Now()
	operator.found("product", `{"limit":1}`)
	if took := time.Since(begun); took > most {
		t.Errorf("what is quick took %s afterwards", took)
	}
}
