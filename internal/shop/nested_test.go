package shop_test

import (
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// TestRecordsThatLeadBack writes a product with a cover: the picture belongs to the product
// that shows it, and nobody has to say so.
func TestRecordsThatLeadBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const product, picture, file = "018c0000000070008000000000000011", "018c0000000070008000000000000012", "018c0000000070008000000000000013"
	payload := merged(t, w.fill(teaPayload), `{"id":"`+product+`","cover":{"id":"`+picture+`","media":{"id":"`+file+`","title":"Leaves"}}}`)
	if err := w.write(t, entity.Insert, "product", parse(t, payload)); err != nil {
		t.Fatal(err)
	}
	id := func(text string) appdock.ID {
		id, err := appdock.ParseID(text)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	if got := w.store.get("product", id(product))["coverId"]; got != id(picture) {
		t.Errorf("the cover is %v", got)
	}
	row := w.store.get("product_media", id(picture))
	if row["productId"] != id(product) || row["mediaId"] != id(file) {
		t.Errorf("the picture is %v", row)
	}
}

// TestRecordOfDefaults writes a folder as clients do: its configuration is one of defaults,
// which JSON writes as {} and PHP as []. One that nothing asks for is made nowhere.
func TestRecordOfDefaults(t *testing.T) {
	t.Parallel()
	for _, empty := range []string{"{}", "[]"} {
		w := newWorld(t)
		if err := w.write(t, entity.Insert, "media_folder", parse(t, `{"name":"Pictures","configuration":`+empty+`,"parent":`+empty+`}`)); err != nil {
			t.Errorf("configuration %s: %v", empty, err)
			continue
		}
		if n := len(w.store.rows["media_folder_configuration"]); n != 1 {
			t.Errorf("configuration %s made %d of them", empty, n)
		}
		if n := len(w.store.rows["media_folder"]); n != 1 {
			t.Errorf("parent %s: there are %d folders", empty, n)
		}
	}
}

// TestWhatIsNotSent: a filter for what is active finds what was sent without a word of it, as in
// Shopware, whose columns default to it.
func TestWhatIsNotSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const category, file = "018c0000000070008000000000000051", "018c0000000070008000000000000052"
	for name, payload := range map[string]string{"category": `{"id":"` + category + `","name":"Teas"}`, "media": `{"id":"` + file + `"}`} {
		if err := w.write(t, entity.Insert, name, parse(t, payload)); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.store.get("category", appdock.MustID(category)); got["active"] != true || got["visible"] != true {
		t.Errorf("the category is active %v and visible %v", got["active"], got["visible"])
	}
	if got := w.store.get("media", appdock.MustID(file))["private"]; got != false {
		t.Errorf("the file is private: %v", got)
	}
	if err := w.write(t, entity.Upsert, "category", parse(t, `{"id":"`+category+`","active":false}`)); err != nil {
		t.Fatal(err)
	}
	if err := w.write(t, entity.Upsert, "category", parse(t, `{"id":"`+category+`","name":"Tea"}`)); err != nil {
		t.Fatal(err)
	}
	if got := w.store.get("category", appdock.MustID(category))["active"]; got != false {
		t.Errorf("a change made the category active: %v", got)
	}
}
