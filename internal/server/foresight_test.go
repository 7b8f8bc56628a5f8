package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// TestNothingNewLeadsToWhatIsGone creates products under a tag while that is deleted: whatever is
// looked at before a unit, each of them has a tag that is there or is refused.
func TestNothingNewLeadsToWhatIsGone(t *testing.T) {
	t.Parallel()
	c, _ := newCaller(t)
	tax, _ := c.found("tax", `{"filter":[{"type":"equals","field":"name","value":"19%"}]}`)["id"].(string)
	created, refused := 0, 0
	for round := range 25 {
		tag := fmt.Sprintf("018c00000000700080000000000a%04d", round)
		c.done("POST", "/api/tag", `{"id":"`+tag+`","name":"Round `+tag+`"}`, http.StatusNoContent)
		var all sync.WaitGroup
		statuses := make([]int, 6)
		for n := range statuses {
			all.Go(func() {
				if n == len(statuses)/2 {
					c.done("DELETE", "/api/tag/"+tag, "", http.StatusNoContent)
					return
				}
				status, answer := c.do("POST", "/api/product", fmt.Sprintf(`{"productNumber":"T-%d-%d","name":"Tea","stock":1,"taxId":%q,"tags":[{"id":%q}],
					"price":[{"currencyId":"b7d2554b0ce847cd82f3ac9bd1c0dfca","net":1,"gross":1,"linked":true}]}`, round, n, tax, tag))
				if statuses[n] = status; status != http.StatusNoContent && (status != http.StatusBadRequest || !strings.Contains(string(answer), "FRAMEWORK__FOREIGN_KEY_VIOLATION")) {
					t.Errorf("%d %s", status, answer)
				}
			})
		}
		all.Wait()
		for _, status := range statuses {
			switch status {
			case http.StatusNoContent:
				created++
			case http.StatusBadRequest:
				refused++
			}
		}
	}
	const links = `[{"entity":"product_tag","action":"delete","criteria":[{"type":"not","queries":[{"type":"equals","field":"tagId","value":null}]}]}]`
	answer := string(c.done("POST", "/api/_action/sync", links, http.StatusOK))
	if !strings.Contains(answer, `"deleted":[]`) {
		t.Errorf("of %d products created and %d refused, some lead to what is gone: %s", created, refused, answer)
	}
}
