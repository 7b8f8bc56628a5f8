package shop_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

const (
	teaID  = "018c0000000070008000000000000001"
	greens = "018c0000000070008000000000000021"
	hots   = "018c0000000070008000000000000022"
)

// paired is a shop with a product in two categories.
func paired(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	if err := w.write(t, entity.Insert, "category", parse(t, `{"id":"`+hots+`","name":"Hot"}`)); err != nil {
		t.Fatal(err)
	}
	payload := merged(t, w.fill(teaPayload), `{"categories":[{"id":"`+greens+`","name":"Green"},{"id":"`+hots+`"}]}`)
	if err := w.write(t, entity.Insert, "product", parse(t, payload)); err != nil {
		t.Fatal(err)
	}
	w.told = nil
	return w
}

func (w *world) pairs() int { return len(w.store.rows["product_category"]) }

func TestPairsAreWrittenWithTheirRecords(t *testing.T) {
	t.Parallel()
	w := paired(t)
	pair := w.store.get("product_category", entity.PairID(appdock.MustID(teaID), appdock.MustID(greens)))
	if pair["productId"] != appdock.MustID(teaID) || pair["categoryId"] != appdock.MustID(greens) {
		t.Errorf("the pair is %v", pair)
	}
	if w.pairs() != 2 || w.store.get("category", appdock.MustID(greens))["name"] != "Green" {
		t.Errorf("%d pairs", w.pairs())
	}
	// Once more is no change, and needs no right.
	_, err := w.Write(t.Context(), actor(), entity.View{}, []entity.Operation{upsert(t, "product", `{"id":"`+teaID+`","categories":[{"id":"`+hots+`"}]}`)})
	if err != nil || w.pairs() != 2 {
		t.Errorf("%v, %d pairs", err, w.pairs())
	}
}

func TestPairsNeedTheirOwnPrivilege(t *testing.T) {
	t.Parallel()
	w := paired(t)
	tag := []entity.Operation{upsert(t, "product", `{"id":"`+teaID+`","tags":[{"id":"`+unknownID+`","name":"x"}]}`)}
	_, err := w.Write(t.Context(), actor(), entity.View{}, tag)
	if diff := cmp.Diff([]string{"tag:create", "product_tag:create"}, missing(t, err)); diff != "" {
		t.Error(diff)
	}
	_, err = w.Write(t.Context(), actor(), entity.View{}, []entity.Operation{deletion(t, "product_category", `{"productId":"`+teaID+`","categoryId":"`+hots+`"}`)})
	if diff := cmp.Diff([]string{"product_category:delete"}, missing(t, err)); diff != "" {
		t.Error(diff)
	}
}

func TestPairsAreDeleted(t *testing.T) {
	t.Parallel()
	pair := `{"productId":"` + teaID + `","categoryId":"` + hots + `"}`
	w := paired(t)
	written := w.host(t, []entity.Operation{deletion(t, "product_category", pair), deletion(t, "product_category", `{"productId":"`+teaID+`","categoryId":"`+unknownID+`"}`)})
	want := map[appdock.ID]map[string]appdock.ID{}
	for _, other := range []string{hots, unknownID} {
		want[entity.PairID(appdock.MustID(teaID), appdock.MustID(other))] = map[string]appdock.ID{"productId": appdock.MustID(teaID), "categoryId": appdock.MustID(other)}
	}
	if diff := cmp.Diff(want, written.Pairs); diff != "" {
		t.Error(diff)
	}
	if len(written.Deleted["product_category"]) != 1 || len(written.NotFound["product_category"]) != 1 || w.pairs() != 1 {
		t.Errorf("%+v", written)
	}
	if w.store.get("category", appdock.MustID(hots)) == nil {
		t.Error("the category is gone with the pair")
	}
	// What is deleted takes its pairs along.
	w.host(t, []entity.Operation{deletion(t, "product", `{"id":"`+teaID+`"}`)})
	if w.pairs() != 0 || w.store.get("category", appdock.MustID(greens)) == nil {
		t.Errorf("%d pairs are left", w.pairs())
	}
}

func TestPairViolations(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		op   func(t *testing.T) entity.Operation
		want map[string]string
	}{
		"what is not there": {func(t *testing.T) entity.Operation {
			t.Helper()
			return upsert(t, "product", `{"id":"`+teaID+`","categories":[{"id":"`+unknownID+`"}]}`)
		}, map[string]string{"/0/categories/0/id": foreignCode}},
		"no key": {func(t *testing.T) entity.Operation {
			t.Helper()
			return upsert(t, "product_category", `{"productId":"`+teaID+`"}`)
		}, map[string]string{"/0/categoryId": blankCode}},
		"no id": {func(t *testing.T) entity.Operation {
			t.Helper()
			return deletion(t, "product_category", `{"productId":"`+teaID+`","categoryId":"x"}`)
		}, map[string]string{"/0/categoryId": constraintCode}},
		"kept by the host": {func(t *testing.T) entity.Operation {
			t.Helper()
			return upsert(t, "product", `{"id":"`+teaID+`","categoriesRo":[{"id":"`+hots+`"}]}`)
		}, map[string]string{"/0/categoriesRo": constraintCode}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := paired(t)
			_, err := w.Write(t.Context(), appdock.Host(shopID), entity.View{}, []entity.Operation{test.op(t)})
			if diff := cmp.Diff(test.want, faults(t, err)); diff != "" {
				t.Error(diff)
			}
			if w.pairs() != 2 {
				t.Errorf("%d pairs", w.pairs())
			}
		})
	}
}
