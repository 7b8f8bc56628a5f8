package restapi

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// amountSent is an amount of money in a request.
type amountSent struct {
	Amount   string `json:"amount" pattern:"^[0-9]{1,12}(\\.[0-9]{1,6})?$" example:"19.99"`
	Currency string `json:"currency,omitempty" pattern:"^[A-Z]{3}$" doc:"that of the shop if absent" example:"EUR"`
}

type priceSent struct {
	Amount      string `json:"amount" pattern:"^[0-9]{1,12}(\\.[0-9]{1,6})?$" example:"19.99"`
	Currency    string `json:"currency,omitempty" pattern:"^[A-Z]{3}$" doc:"that of the shop if absent" example:"EUR"`
	TaxIncluded *bool  `json:"tax_included,omitempty" doc:"true if absent"`
}

type taxSent struct {
	ID   *string  `json:"id,omitempty"`
	Rate *float64 `json:"rate,omitempty" doc:"in percent, in the place of the id"`
}

type namedSent struct {
	ID   *string `json:"id,omitempty"`
	Name *string `json:"name,omitempty" minLength:"1" maxLength:"255" doc:"made if there is none of this name"`
}

type optionSent struct {
	Group string `json:"group" minLength:"1" maxLength:"255"`
	Name  string `json:"name" minLength:"1" maxLength:"255"`
}

type dimensionsSent struct {
	Width  float64 `json:"w" minimum:"0" doc:"in mm"`
	Height float64 `json:"h" minimum:"0"`
	Length float64 `json:"l" minimum:"0"`
}

// productPatch is what may be changed of a product.
type productPatch struct {
	SKU             maybe[string]         `json:"sku,omitempty" maxLength:"64"`
	Name            maybe[string]         `json:"name,omitempty" maxLength:"255"`
	Description     maybe[string]         `json:"description,omitempty"`
	Active          maybe[bool]           `json:"active,omitempty"`
	Price           maybe[priceSent]      `json:"price,omitempty"`
	CompareAtPrice  maybe[amountSent]     `json:"compare_at_price,omitempty"`
	Stock           maybe[int64]          `json:"stock,omitempty"`
	EAN             maybe[string]         `json:"ean,omitempty" maxLength:"255"`
	ManufacturerSKU maybe[string]         `json:"manufacturer_sku,omitempty" maxLength:"255"`
	Manufacturer    maybe[namedSent]      `json:"manufacturer,omitempty"`
	Tax             maybe[taxSent]        `json:"tax,omitempty"`
	CategoryIDs     maybe[[]string]       `json:"category_ids,omitempty" doc:"all of them"`
	Options         maybe[[]optionSent]   `json:"options,omitempty" doc:"what tells a variant from its siblings, all of it"`
	Weight          maybe[float64]        `json:"weight,omitempty" minimum:"0" doc:"in kg"`
	Dimensions      maybe[dimensionsSent] `json:"dimensions,omitempty"`
	Metafields      maybe[metafieldsSent] `json:"metafields,omitempty"`
	Tags            maybe[[]string]       `json:"tags,omitempty" doc:"all of them"`
}

// productCreate is a new product.
type productCreate struct {
	productPatch
	ParentID maybe[string] `json:"parent_id,omitempty" doc:"the product that this is a variant of"`
}

// TransformSchema implements [huma.SchemaTransformer].
func (productCreate) TransformSchema(r huma.Registry, s *huma.Schema) *huma.Schema {
	return extended[productPatch](r, s, "sku", "stock") // a variant has the rest from the product above
}

// variantCreate is a new variant of the product in the path.
type variantCreate struct{ productPatch }

// TransformSchema implements [huma.SchemaTransformer].
func (variantCreate) TransformSchema(r huma.Registry, s *huma.Schema) *huma.Schema {
	return extended[productPatch](r, s, "sku", "stock", "options")
}

// metafieldsSent are values by key; null takes one away.
type metafieldsSent map[string]any

// UnmarshalJSON keeps numbers as they were sent: whether one is whole is for the shop to say.
func (m *metafieldsSent) UnmarshalJSON(raw []byte) error {
	read := json.NewDecoder(bytes.NewReader(raw))
	read.UseNumber()
	var values map[string]any
	err := read.Decode(&values)
	*m = values
	return err
}

func createProduct(c *call, in *productCreate) (*product, error) {
	id := c.options.NewID()
	d := newDraft("product", entity.Insert, id)
	set(d, "parentId", in.ParentID, "/parent_id")
	return c.saveProduct(d, id, in.productPatch, entity.Record{})
}

func createVariant(c *call, in *variantCreate) (*product, error) {
	parent, err := c.id("id")
	if err != nil {
		return nil, err
	}
	if _, err := c.show("product", parent, nil); err != nil {
		return nil, err
	}
	id := c.options.NewID()
	d := newDraft("product", entity.Insert, id)
	d.put("parentId", parent.String(), "")
	return c.saveProduct(d, id, in.productPatch, entity.Record{})
}

func patchProduct(c *call, in *productPatch) (*product, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	stored, err := c.show("product", id, kinds["product"].loads())
	if err != nil {
		return nil, err
	}
	if err := c.unchanged(); err != nil {
		return nil, err
	}
	return c.saveProduct(newDraft("product", entity.Update, id), id, *in, stored)
}

// saveProduct writes a product, new or not, and shows it.
func (c *call) saveProduct(d *draft, id appdock.ID, in productPatch, stored entity.Record) (*product, error) {
	if in.SKU.Sent && !in.SKU.Null {
		if err := c.taken("product", "productNumber", in.SKU.Value, id, "/sku"); err != nil {
			return nil, err
		}
	}
	set(d, "productNumber", in.SKU, "/sku")
	set(d, "name", in.Name, "/name")
	d.sent["/translations"] = "/name"
	set(d, "description", in.Description, "/description")
	set(d, "active", in.Active, "/active")
	set(d, "stock", in.Stock, "/stock")
	set(d, "ean", in.EAN, "/ean")
	set(d, "manufacturerNumber", in.ManufacturerSKU, "/manufacturer_sku")
	set(d, "weight", in.Weight, "/weight")
	setMetafields(d, in.Metafields)
	if in.Dimensions.Sent {
		for field, v := range map[string]float64{"width": in.Dimensions.Value.Width, "height": in.Dimensions.Value.Height, "length": in.Dimensions.Value.Length} {
			set(d, field, maybe[float64]{true, in.Dimensions.Null, v}, "/dimensions")
		}
	}
	rate, err := c.putTax(d, in.Tax, stored)
	if err != nil {
		return nil, err
	}
	if err := c.putPrices(d, in, rate, stored); err != nil {
		return nil, err
	}
	if err := c.putManufacturer(d, in.Manufacturer); err != nil {
		return nil, err
	}
	gone, err := c.putPairs(d, in, id, stored)
	if err != nil {
		return nil, err
	}
	// A required field that was not sent is told by the name that it has here.
	for field, name := range map[string]string{"taxId": "/tax", "price": "/price", "name": "/name", "stock": "/stock", "productNumber": "/sku"} {
		if _, known := d.sent["/"+field]; !known {
			d.sent["/"+field] = name
		}
	}
	if err := c.write(d); err != nil {
		return nil, err
	}
	if err := c.rewrite(gone...); err != nil {
		return nil, err
	}
	if d.action == entity.Insert {
		c.made("/products/" + id.String())
	}
	return c.shownProduct(id)
}

func (c *call) shownProduct(id appdock.ID) (*product, error) {
	r, err := c.show("product", id, kinds["product"].loads())
	if err != nil {
		return nil, err
	}
	p := productOf(c.viewer(), r)
	return &p, nil
}

// made says where something new is.
func (c *call) made(path string) { c.location = c.shop.URL + base + path }

// putTax sets the tax and gives its rate, or that of the stored product.
func (c *call) putTax(d *draft, in maybe[taxSent], stored entity.Record) (float64, error) {
	var found entity.Record
	var ok bool
	var err error
	switch {
	case !in.Sent, in.Null:
		set(d, "taxId", maybe[string]{Sent: in.Sent, Null: in.Null}, "/tax")
		if stored.Definition != nil {
			found, _ = stored.One("tax")
		} else if parent, _ := d.values["parentId"].(string); parent != "" {
			if found, err = c.parentTax(parent); err != nil {
				return 0, err
			}
		}
		if found.Definition == nil {
			return 0, nil
		}
		return found.Number("taxRate"), nil
	case in.Value.ID != nil:
		id, bad := appdock.ParseID(*in.Value.ID)
		if bad != nil {
			return 0, unknown("/tax/id", "tax")
		}
		found, ok, err = c.first("tax", "id", id)
	case in.Value.Rate != nil:
		found, ok, err = c.first("tax", "taxRate", *in.Value.Rate)
	}
	if err == nil && !ok {
		err = unknown("/tax", "tax")
	}
	if err != nil {
		return 0, err
	}
	d.put("taxId", found.ID().String(), "/tax")
	return found.Number("taxRate"), nil
}

// parentTax gives the tax of the product above a variant.
func (c *call) parentTax(parent string) (entity.Record, error) {
	id, err := appdock.ParseID(parent)
	if err != nil {
		return entity.Record{}, unknown("/parent_id", "product")
	}
	above, ok, err := c.first("product", "id", id, "tax")
	if err == nil && !ok {
		err = unknown("/parent_id", "product")
	}
	if err != nil {
		return entity.Record{}, err
	}
	found, _ := above.One("tax")
	return found, nil
}

// putPrices sets the price in the default currency, and leaves those in others.
func (c *call) putPrices(d *draft, in productPatch, rate float64, stored entity.Record) error {
	if !in.Price.Sent && !in.CompareAtPrice.Sent {
		return nil
	}
	if in.Price.Null {
		d.put("price", nil, "/price")
		return nil
	}
	var prices []map[string]any
	if raw := storedDocument(stored, "price"); raw != nil {
		read := json.NewDecoder(bytes.NewReader(raw))
		read.UseNumber()
		if err := read.Decode(&prices); err != nil {
			return err
		}
	}
	var mine map[string]any
	for _, p := range prices {
		if p["currencyId"] == appdock.DefaultCurrency.String() {
			mine = p
		}
	}
	if mine == nil {
		mine = map[string]any{"currencyId": appdock.DefaultCurrency.String(), "linked": true}
		prices = append(prices, mine)
	}
	delete(mine, "percentage") // computed
	if in.Price.Sent {
		amount, err := c.amount(amountSent{in.Price.Value.Amount, in.Price.Value.Currency}, "/price")
		if err != nil {
			return err
		}
		gross, net := amount, c.round(amount/(1+rate/100))
		if included := in.Price.Value.TaxIncluded; included != nil && !*included {
			gross, net = c.round(amount*(1+rate/100)), amount
		}
		mine["gross"], mine["net"] = gross, net
	}
	switch {
	case in.CompareAtPrice.Null:
		mine["listPrice"] = nil
	case in.CompareAtPrice.Sent:
		amount, err := c.amount(in.CompareAtPrice.Value, "/compare_at_price")
		if err != nil {
			return err
		}
		mine["listPrice"] = map[string]any{
			"currencyId": appdock.DefaultCurrency.String(), "gross": amount, "net": c.round(amount / (1 + rate/100)), "linked": true,
		}
	}
	list := make([]any, len(prices))
	for i, p := range prices {
		list[i] = p
	}
	d.put("price", list, "/price")
	return nil
}

func storedDocument(r entity.Record, field string) json.RawMessage {
	if r.Definition == nil {
		return nil
	}
	return r.Document(field)
}

// amount reads an amount in the currency of the shop.
func (c *call) amount(in amountSent, from string) (float64, error) {
	if in.Currency != "" && in.Currency != c.shop.Currency {
		return 0, invalid([]fault{{from + "/currency", "not_allowed", "Prices of this shop are in " + c.shop.Currency + "."}})
	}
	n, err := strconv.ParseFloat(in.Amount, 64)
	if err != nil {
		return 0, invalid([]fault{{from + "/amount", "not_a_number", "must be a decimal string"}})
	}
	return c.round(n), nil
}

// round leaves the digits of the shop's currency.
func (c *call) round(amount float64) float64 {
	return roundTo(amount, appdock.MinorUnits(c.shop.Currency))
}

func roundTo(amount float64, digits int) float64 {
	unit := math.Pow10(digits)
	return math.Round(amount*unit) / unit
}

// putManufacturer sets the manufacturer by its id or name; one of an unknown name is made.
func (c *call) putManufacturer(d *draft, in maybe[namedSent]) error {
	switch {
	case !in.Sent:
		return nil
	case in.Null:
		d.put("manufacturerId", nil, "/manufacturer")
		return nil
	case in.Value.ID != nil:
		d.put("manufacturerId", *in.Value.ID, "/manufacturer/id")
		return nil
	case in.Value.Name == nil:
		return invalid([]fault{{"/manufacturer", "required", "Send an id or a name."}})
	}
	found, ok, err := c.first("product_manufacturer", "name", *in.Value.Name)
	if err != nil {
		return err
	}
	if ok {
		d.put("manufacturerId", found.ID().String(), "/manufacturer/name")
		return nil
	}
	d.put("manufacturer", map[string]any{"name": c.text18n(*in.Value.Name)}, "/manufacturer")
	return nil
}

// text18n gives a text for the system language, whatever language the call is in: what is
// made beside a record needs one there.
func (c *call) text18n(text string) any {
	return map[string]any{appdock.SystemLanguage.String(): text}
}

// putPairs sets the lists of what a product is paired with, and gives the pairs that are in none
// of them any more.
func (c *call) putPairs(d *draft, in productPatch, id appdock.ID, stored entity.Record) (gone []*draft, err error) {
	lists := []struct {
		field, mapping, far string
		sent                bool
		items               func() ([]any, []appdock.ID, error)
		from                string
	}{
		{"categories", "product_category", "categoryId", in.CategoryIDs.Sent, func() ([]any, []appdock.ID, error) { return idItems(in.CategoryIDs.Value, "/category_ids", "category") }, "/category_ids"},
		{"tags", "product_tag", "tagId", in.Tags.Sent, func() ([]any, []appdock.ID, error) { return c.tagItems(in.Tags.Value) }, "/tags"},
		{"options", "product_option", "optionId", in.Options.Sent, func() ([]any, []appdock.ID, error) { return c.optionItems(in.Options.Value) }, "/options"},
	}
	for _, l := range lists {
		if !l.sent {
			continue
		}
		items, ids, err := l.items()
		if err != nil {
			return nil, err
		}
		if len(items) > 0 {
			d.put(l.field, items, l.from)
		}
		gone = append(gone, unpaired(stored, l.field, l.mapping, "productId", l.far, id, ids)...)
	}
	return gone, nil
}

// unpaired gives the pairs of a stored record with what is not among the ids.
func unpaired(stored entity.Record, association, mapping, near, far string, id appdock.ID, ids []appdock.ID) []*draft {
	keep := map[appdock.ID]bool{}
	for _, id := range ids {
		keep[id] = true
	}
	var gone []*draft
	for _, r := range stored.Loaded[association].Records {
		if !keep[r.ID()] {
			gone = append(gone, unpair(mapping, map[string]appdock.ID{near: id, far: r.ID()}))
		}
	}
	return gone
}

// idItems names records by their ids.
func idItems(texts []string, from, what string) (items []any, ids []appdock.ID, err error) {
	for i, text := range texts {
		id, err := appdock.ParseID(text)
		if err != nil {
			return nil, nil, unknown(from+"/"+strconv.Itoa(i), what)
		}
		items, ids = append(items, map[string]any{"id": text}), append(ids, id)
	}
	return items, ids, nil
}

// retag replaces the tags of a record, stored or new: d gets those it has from now on, and what it
// gives are the pairs that go.
func (c *call) retag(d *draft, names []string, stored entity.Record, mapping, near string, id appdock.ID) (gone []*draft, err error) {
	items, ids, err := c.tagItems(names)
	if err != nil {
		return nil, err
	}
	if len(items) > 0 {
		d.put("tags", items, "/tags")
	}
	return unpaired(stored, "tags", mapping, near, "tagId", id, ids), nil
}

// tagItems names tags by their names, and makes those that there are not.
func (c *call) tagItems(names []string) (items []any, ids []appdock.ID, err error) {
	seen := map[string]bool{}
	for i, name := range names {
		name = strings.TrimSpace(name)
		if name == "" {
			return nil, nil, invalid([]fault{{"/tags/" + strconv.Itoa(i), "required", "A tag has a name."}})
		}
		if seen[name] {
			continue
		}
		seen[name] = true
		found, ok, err := c.first("tag", "name", name)
		switch {
		case err != nil:
			return nil, nil, err
		case ok:
			items, ids = append(items, map[string]any{"id": found.ID().String()}), append(ids, found.ID())
		default:
			id := c.options.NewID()
			items, ids = append(items, map[string]any{"id": id.String(), "name": name}), append(ids, id)
		}
	}
	return items, ids, nil
}

// optionItems names options by group and name, and makes those that there are not.
func (c *call) optionItems(options []optionSent) (items []any, ids []appdock.ID, err error) {
	fresh := map[string]appdock.ID{} // groups that are made here
	for _, o := range options {
		group, known, err := c.first("property_group", "name", o.Group, "options")
		if err != nil {
			return nil, nil, err
		}
		var there appdock.ID
		if known {
			for _, r := range group.Loaded["options"].Records {
				if r.Display("name") == o.Name {
					there = r.ID()
				}
			}
		}
		if !there.IsZero() {
			items, ids = append(items, map[string]any{"id": there.String()}), append(ids, there)
			continue
		}
		id := c.options.NewID()
		item := map[string]any{"id": id.String(), "name": c.text18n(o.Name)}
		switch {
		case known:
			item["groupId"] = group.ID().String()
		case !fresh[o.Group].IsZero():
			item["groupId"] = fresh[o.Group].String()
		default:
			fresh[o.Group] = c.options.NewID()
			item["group"] = map[string]any{"id": fresh[o.Group].String(), "name": c.text18n(o.Group)}
		}
		items, ids = append(items, item), append(ids, id)
	}
	return items, ids, nil
}

// deleteProduct deletes a product and its variants. Lines of orders keep what they say of it.
func deleteProduct(c *call) error {
	id, err := c.id("id")
	if err != nil {
		return err
	}
	if _, err := c.show("product", id, kinds["product"].loads()); err != nil {
		return err
	}
	if err := c.unchanged(); err != nil {
		return err
	}
	variants, err := c.search(&entity.Criteria{Entity: "product", Filters: []entity.Filter{{Kind: entity.Equals, Field: "parentId", Values: []any{id}}}})
	if err != nil {
		return err
	}
	drafts := []*draft{}
	for _, v := range variants.Records {
		drafts = append(drafts, removal("product", v.ID()))
	}
	return c.write(append(drafts, removal("product", id))...)
}

// stock is how much there is of a product.
type stock struct {
	Stock          int64 `json:"stock"`
	AvailableStock int64 `json:"available_stock"`
	Closeout       bool  `json:"closeout" doc:"it is not sold when there is no more of it"`
}

type stockPut struct {
	Stock int64 `json:"stock"`
}

type stockPatch struct {
	Delta  int64  `json:"delta" doc:"what is added; below 0 it is taken away"`
	Reason string `json:"reason,omitempty" maxLength:"255" doc:"for the log of the host"`
}

func showStock(c *call) (*stock, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	r, err := c.show("product", id, nil)
	if err != nil {
		return nil, err
	}
	return &stock{whole(r, "stock"), whole(r, "availableStock"), truth(r, "isCloseout")}, nil
}

func putStock(c *call, in *stockPut) (*stock, error) {
	return c.changeStock(func(*stock) (int64, error) { return in.Stock, nil })
}

func patchStock(c *call, in *stockPatch) (*stock, error) {
	out, err := c.changeStock(func(now *stock) (int64, error) {
		left := now.Stock + in.Delta
		if left < 0 && now.Closeout {
			return 0, outOfStock("There are " + strconv.FormatInt(now.Stock, 10) + " left.")
		}
		return left, nil
	})
	if err == nil && in.Reason != "" {
		c.options.Log.LogAttrs(c.ctx, slog.LevelInfo, "stock changed",
			slog.String("product", c.path["id"]), slog.Int64("delta", in.Delta), slog.String("reason", in.Reason), slog.String("app", c.bearer.App.Name))
	}
	return out, err
}

func outOfStock(detail string) *problem {
	return &problem{Status: http.StatusConflict, Code: "out_of_stock", Detail: detail}
}

func (c *call) changeStock(next func(now *stock) (int64, error)) (*stock, error) {
	now, err := showStock(c)
	if err != nil {
		return nil, err
	}
	if err := c.unchanged(); err != nil {
		return nil, err
	}
	left, err := next(now)
	if err != nil {
		return nil, err
	}
	id, _ := c.id("id")
	d := newDraft("product", entity.Update, id)
	d.put("stock", left, "/stock")
	if err := c.write(d); err != nil {
		return nil, err
	}
	return showStock(c)
}

// mediaLink puts a file into a product.
type mediaLink struct {
	MediaID  string `json:"media_id" doc:"of a file of /media"`
	Position *int64 `json:"position,omitempty" minimum:"0"`
	Cover    bool   `json:"cover,omitempty"`
}

func (c *call) productMedia() (entity.Record, []media, error) {
	id, err := c.id("id")
	if err != nil {
		return entity.Record{}, nil, err
	}
	r, err := c.show("product", id, kinds["product"].loads())
	if err != nil {
		return r, nil, err
	}
	return r, productOf(c.viewer(), r).Media, nil
}

func listProductMedia(c *call) (*complete[media], error) {
	_, all, err := c.productMedia()
	if err != nil {
		return nil, err
	}
	return &complete[media]{all}, nil
}

func addProductMedia(c *call, in *mediaLink) (*media, error) {
	r, all, err := c.productMedia()
	if err != nil {
		return nil, err
	}
	id := c.options.NewID()
	link := newDraft("product_media", entity.Insert, id)
	link.put("productId", r.ID().String(), "")
	link.put("mediaId", in.MediaID, "/media_id")
	position := int64(len(all))
	if in.Position != nil {
		position = *in.Position
	}
	link.put("position", position, "/position")
	drafts := []*draft{link}
	if in.Cover || len(all) == 0 {
		cover := newDraft("product", entity.Update, r.ID())
		cover.put("coverId", id.String(), "/cover")
		drafts = append(drafts, cover)
	}
	if err := c.write(drafts...); err != nil {
		return nil, err
	}
	if _, all, err = c.productMedia(); err != nil {
		return nil, err
	}
	for _, m := range all {
		if m.ID == id.String() {
			c.made("/products/" + r.ID().String() + "/media/" + m.ID)
			return &m, nil
		}
	}
	return nil, c.nothing()
}

func removeProductMedia(c *call) error {
	_, all, err := c.productMedia()
	if err != nil {
		return err
	}
	if err := c.unchanged(); err != nil {
		return err
	}
	for _, m := range all {
		if m.ID == c.path["media_id"] || m.MediaID == c.path["media_id"] {
			id, err := appdock.ParseID(m.ID)
			if err != nil {
				return err
			}
			return c.write(removal("product_media", id))
		}
	}
	return c.nothing()
}
