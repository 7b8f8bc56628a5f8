package httpapi_test

import (
	"strings"
	"testing"
)

// TestSync is admin-api.md 6.2: the answer, and what the shop was asked to write.
func TestSync(t *testing.T) {
	t.Parallel()
	tea, unknown := teaID.String(), unknownID.String()
	tests := map[string]string{
		"by key in the order of the text": `{"zz":{"entity":"product","action":"upsert","payload":[{"id":"` + unknown + `","name":"Mate"},{"id":"` + tea + `","stock":1}]},
			"a/a":{"entity":"product_manufacturer","action":"upsert","key":"x","payload":[{"id":"` + makerID.String() + `"}]}}`,
		"as a list":                    `[{"entity":"product","action":"delete","payload":[{"id":"` + tea + `"},{"id":"` + unknown + `"}],"criteria":[]}]`,
		"by criteria":                  `{"clean":{"entity":"product","action":"delete","payload":[],"criteria":[{"type":"equals","field":"name","value":"Tea"},{"type":"or","queries":[]}]}}`,
		"by no criteria":               `{"clean":{"entity":"product","action":"delete","criteria":[]}}`,
		"by wrong criteria":            `{"clean/it":{"entity":"product","action":"delete","criteria":[{"type":"equals","field":"name"},{"type":"x"}]}}`,
		"by criteria that are no list": `[{"entity":"product","action":"delete","criteria":{"a":1}},{"entity":"product","action":"delete","payload":[{}],"criteria":[{"type":"equals","field":"id","value":"1"}]}]`,
		"of nothing":                   `[]`,
		"no JSON":                      `[{]`,
		"a text":                       `"x"`,
		"an operation that is a text":  `{"a":"x"}`,
		"all faults at once":           `[{"payload":[]},{"entity":"product","action":"drop"},{"entity":"product","action":"delete","criteria":[{"type":"equals"}]},{"entity":"product","action":"upsert","payload":[1]}]`,
		"many faults":                  `[{"entity":"product","action":"upsert","payload":[` + strings.Repeat("1,", 5_000) + `1]}]`,
		"a very long key":              `{"` + strings.Repeat("k", 5_000) + `":{"entity":"product","action":"upsert","payload":[{"id":"` + tea + `"}]}}`,
		"too many rows":                `[{"entity":"product","action":"upsert","payload":[` + strings.Repeat("{},", 10_000) + `{}]}]`,
		"a missing privilege":          `[{"entity":"language","action":"upsert","payload":[{"id":"` + tea + `"}]}]`,
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			api, _ := newAPI(f)
			w := send{method: "POST", path: "/api/_action/sync", body: body, headers: []string{"Accept: */*"}}.to(api)
			golden(t, "sync "+name, w, f.written)
		})
	}
}
