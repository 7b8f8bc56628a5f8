package shop_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// TestListsFollowPairs reads what a product says of its categories and tags after each change.
func TestListsFollowPairs(t *testing.T) {
	t.Parallel()
	w := paired(t)
	root := w.any("sales_channel")
	for id, r := range w.store.rows["category"] {
		if r.set["name"] == "Catalogue #1" {
			root = id
		}
	}
	const deep = "018c0000000070008000000000000023"
	check := func(step string, field string, want ...string) {
		t.Helper()
		raw, _ := w.store.get("product", appdock.MustID(teaID))[field].(json.RawMessage)
		var got []string
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatalf("%s: %s is %s", step, field, raw)
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); len(want)+len(got) > 0 && diff != "" {
			t.Errorf("%s: %s: %s", step, field, diff)
		}
		if field == "categoryTree" && len(w.store.rows["product_category_tree"]) != len(want) {
			t.Errorf("%s: %d rows of the tree", step, len(w.store.rows["product_category_tree"]))
		}
	}
	check("new", "categoryIds", greens, hots)
	check("new", "categoryTree", greens, hots)

	w.host(t, []entity.Operation{
		upsert(t, "category", `{"id":"`+deep+`","name":"Deep","parentId":"`+root.String()+`"}`),
		upsert(t, "product_category", `{"productId":"`+teaID+`","categoryId":"`+deep+`"}`),
	})
	check("a category below the root", "categoryIds", greens, hots, deep)
	check("a category below the root", "categoryTree", greens, hots, deep, root.String())
	if count := w.store.get("category", root)["childCount"]; count != int64(1) {
		t.Errorf("the root has %v children", count)
	}

	w.told = nil
	w.host(t, []entity.Operation{deletion(t, "category", `{"id":"`+deep+`"}`), deletion(t, "product_category", `{"productId":"`+teaID+`","categoryId":"`+hots+`"}`)})
	check("one gone and one left", "categoryIds", greens)
	check("one gone and one left", "categoryTree", greens)
	if count := w.store.get("category", root)["childCount"]; count != int64(0) {
		t.Errorf("the root has %v children", count)
	}
	if !slices.Contains(names(w.told), "product.written") {
		t.Errorf("told of %v", names(w.told))
	}

	const moved = "018c0000000070008000000000000024"
	w.host(t, []entity.Operation{
		upsert(t, "category", `{"id":"`+deep+`","name":"Deep"}`), upsert(t, "category", `{"id":"`+moved+`","name":"Moved","parentId":"`+deep+`"}`),
		upsert(t, "product_category", `{"productId":"`+teaID+`","categoryId":"`+moved+`"}`),
	})
	check("below another", "categoryTree", greens, moved, deep)
	w.host(t, []entity.Operation{upsert(t, "category", `{"id":"`+moved+`","parentId":null}`)})
	w.host(t, []entity.Operation{deletion(t, "category", `{"id":"`+deep+`"}`)})
	check("what it stood below is gone", "categoryTree", greens, moved)

	w.host(t, []entity.Operation{upsert(t, "product", `{"id":"`+teaID+`","tags":[{"id":"`+unknownID+`","name":"new"}]}`)})
	check("a tag", "tagIds", unknownID)
	w.host(t, []entity.Operation{deletion(t, "tag", `{"id":"`+unknownID+`"}`)})
	check("no tag", "tagIds")
}
