package shop_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// TestNothingStandsBelowItself: whoever walks up or down a tree must come to an end.
func TestNothingStandsBelowItself(t *testing.T) {
	t.Parallel()
	id := func(n int) string { return fmt.Sprintf("018c00000000700080000000000000%02x", n) }
	below := func(child, parent int) string {
		return `{"id":"` + id(child) + `","name":"x","parentId":"` + id(parent) + `"}`
	}
	// 1 is the parent of 2, and so on up to 9.
	tests := map[string]struct {
		ops  []string
		want map[string]string
	}{
		"below itself":             {[]string{below(1, 1)}, map[string]string{"/0/parentId": constraintCode}},
		"below its child":          {[]string{below(1, 2)}, map[string]string{"/0/parentId": constraintCode}},
		"far below itself":         {[]string{below(1, 9)}, map[string]string{"/0/parentId": constraintCode}},
		"two that are new":         {[]string{below(20, 21), below(21, 20)}, map[string]string{"/0/parentId": constraintCode, "/1/parentId": constraintCode}},
		"a new one below the last": {[]string{below(20, 9), below(1, 20)}, map[string]string{"/1/parentId": constraintCode}},
		"to another branch":        {[]string{below(20, 1), below(5, 20)}, nil},
		"turned round":             {[]string{`{"id":"` + id(2) + `","parentId":null}`, below(1, 2)}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for n := 1; n < 10; n++ {
				row := map[string]any{"id": appdock.MustID(id(n)), "name": "x"}
				if n > 1 {
					row["parentId"] = appdock.MustID(id(n - 1))
				}
				w.store.put("category", row)
			}
			var ops []entity.Operation
			for i, payload := range test.ops {
				op := upsert(t, "category", payload)
				op.Pointer = fmt.Sprintf("/%d", i)
				ops = append(ops, op)
			}
			_, err := w.Write(t.Context(), appdock.Host(shopID), entity.View{}, ops)
			if err == nil && test.want == nil {
				return
			}
			if diff := cmp.Diff(test.want, faults(t, err)); diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

func TestVariantsHaveNoVariantsOfThemselves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	payload := merge(t, w.fill(teaPayload), `{"id":"`+productID.String()+`","parentId":"`+productID.String()+`"}`)
	got := faults(t, w.write(t, entity.Insert, "product", payload))
	if diff := cmp.Diff(map[string]string{"/0/parentId": constraintCode}, got); diff != "" {
		t.Error(diff)
	}
}
