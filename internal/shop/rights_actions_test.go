package shop_test

import (
	"slices"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
)

// TestEachActionAsksForItsRight does all that is no plain read or write without any right
// (admin-api.md 7 and 8). Edges ask too, some of them, before they read a body; the shop is
// what nobody gets past.
func TestEachActionAsksForItsRight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, nobody, id := t.Context(), actor(), appdock.MustID(unknownID)
	file := shop.File{Name: "a", Extension: "png", Size: 1, Hash: "h"}
	version := shop.Version{ID: id, Entity: "product", Record: id}
	w.store.put("version", map[string]any{"id": id, "name": "v", "entityName": "product", "referencedId": id, "createdAt": noon})
	for name, tt := range map[string]struct {
		do   func() error
		want []string
	}{
		"a document": {func() error {
			_, err := w.CreateDocument(ctx, nobody, shop.NewDocument{Type: "invoice", Order: id, FileType: "pdf"})
			return err
		}, []string{"document:create"}},

		"the file of a document": {func() error { _, err := w.AttachDocument(ctx, nobody, id, file); return err }, []string{"document:update"}},
		"a file":                 {func() error { return w.Attach(ctx, nobody, id, file) }, []string{"media:update"}},
		"a file in other work": {func() error {
			return w.Do(ctx, shopID, func(work *shop.Work) error { return work.Attach(nobody, id, file) })
		}, []string{"media:update"}},

		"a name of a file":      {func() error { return w.Rename(ctx, nobody, id, "b") }, []string{"media:update"}},
		"a free name of a file": {func() error { _, err := w.FreeFileName(ctx, nobody, file, id); return err }, []string{"media:read"}},
		"a number":              {func() error { _, err := w.Reserve(ctx, nobody, "order", true); return err }, []string{"number_range:read"}},
		"settings":              {func() error { _, err := w.Settings(ctx, nobody, "A.config", appdock.ID{}, true); return err }, []string{"system_config:read"}},
		"changed settings": {func() error {
			return w.SetSettings(ctx, nobody, map[appdock.ID]map[string]any{{}: {"A.config.a": 1}})
		}, []string{"system_config:create", "system_config:delete", "system_config:update"}},

		"a refund": {func() error { return w.Refund(ctx, nobody, id) }, []string{"order_refund.editor"}},
		"what may follow": {func() error {
			_, err := w.Transitions(ctx, nobody, shop.Transition{Entity: "order", ID: id})
			return err
		}, []string{"order:read"}},
		"another state": {func() error {
			_, err := w.Transit(ctx, nobody, shop.Transition{Entity: "order", ID: id, Action: "process"})
			return err
		}, []string{"order:update"}},
		"a notification": {func() error {
			_, err := w.Notify(ctx, nobody, "here", shop.Notification{Status: "info", Message: "x"})
			return err
		}, []string{"notification:create"}},
		"a draft":            {func() error { _, err := w.CreateVersion(ctx, nobody, version); return err }, []string{"product:update"}},
		"a merge":            {func() error { return w.MergeVersion(ctx, nobody, "product", id) }, []string{"product:update"}},
		"the end of a draft": {func() error { return w.DeleteVersion(ctx, nobody, version) }, []string{"product:update"}},
		"a product by its number": {func() error {
			return w.Resolve(ctx, nobody, []entity.Operation{
				upsert(t, "product_media", `{"productId":{"resolver":"product.number","value":"T1","nullOnMissing":true}}`),
			})
		}, []string{"product:read"}},
		"a search": {func() error {
			_, err := w.Search(ctx, nobody, entity.View{}, &entity.Criteria{Entity: "product"})
			return err
		}, []string{"product:read"}},
	} {
		units := w.store.units
		err := tt.do()
		if got := lacking(err); !slices.Equal(slices.Sorted(slices.Values(got)), tt.want) {
			t.Errorf("%s: missing %q, want %q (%v)", name, got, tt.want, err)
		}
		if len(w.store.events) > 0 {
			t.Errorf("%s: somebody was told (%d units)", name, w.store.units-units)
		}
	}
}
