package shop_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

const live = "0fa91ce3e96a4bc2be4bd9ce752c3425"

// TestEntityEvents shows the bytes that apps are sent (protocol-webhooks.md 3.1).
func TestEntityEvents(t *testing.T) {
	t.Parallel()
	tea := `{"id":"018c0000000070008000000000000001"`
	one := `"primaryKey":"018c0000000070008000000000000001"`
	type told struct{ Name, Key, Payload, Previous string }
	tests := map[string]struct {
		ops  func(w *world) []entity.Operation
		want []told
	}{
		"a change": {
			func(*world) []entity.Operation {
				return []entity.Operation{upsert(t, "product", tea+`,"stock":1,"name":"Tea"}`)}
			},
			[]told{{
				"product.written", productID.String(),
				`[{"entity":"product","operation":"update",` + one + `,"updatedFields":["available","availableStock","stock","name","updatedAt"],"versionId":"` + live + `"}]`,
				`{"018c0000000070008000000000000001":{"availableStock":3,"stock":3,"updatedAt":null}}`,
			}},
		},
		"several rows are one event without a key": {
			func(w *world) []entity.Operation {
				return []entity.Operation{
					upsert(t, "product", tea+`,"ean":"1"}`),
					upsert(t, "product", `{"id":"018c0000000070008000000000000002","ean":"2"}`),
				}
			},
			[]told{{
				"product.written", appdock.ID{}.String(),
				`[{"entity":"product","operation":"update",` + one + `,"updatedFields":["ean","updatedAt"],"versionId":"` + live + `"},` +
					`{"entity":"product","operation":"update","primaryKey":"018c0000000070008000000000000002","updatedFields":["ean","updatedAt"],"versionId":"` + live + `"}]`,
				`{"018c0000000070008000000000000001":{"ean":null,"updatedAt":null},"018c0000000070008000000000000002":{"ean":null,"updatedAt":null}}`,
			}},
		},
		"one row changed twice keeps its key": {
			func(*world) []entity.Operation {
				return []entity.Operation{upsert(t, "product", tea+`,"ean":"1"}`), upsert(t, "product", tea+`,"ean":"2"}`)}
			},
			[]told{{
				"product.written", productID.String(),
				`[{"entity":"product","operation":"update",` + one + `,"updatedFields":["ean","updatedAt"],"versionId":"` + live + `"}]`,
				`{"018c0000000070008000000000000001":{"ean":null,"updatedAt":null}}`,
			}},
		},
		"nothing written, nothing told": {
			func(*world) []entity.Operation { return []entity.Operation{upsert(t, "product", tea+`}`)} },
			nil,
		},
		"a deletion": {
			func(*world) []entity.Operation { return []entity.Operation{deletion(t, "product", tea+`}`)} },
			[]told{{
				"product.deleted", productID.String(),
				`[{"entity":"product","operation":"delete",` + one + `,"versionId":"` + live + `"}]`, "",
			}},
		},
		"an entity that nobody can subscribe to": {
			func(*world) []entity.Operation {
				return []entity.Operation{upsert(t, "tax", `{"name":"x","taxRate":1}`)}
			},
			nil,
		},
		"an entity without versions": {
			func(w *world) []entity.Operation {
				return []entity.Operation{upsert(t, "sales_channel", w.fill(`{"id":"CHANNEL","active":false}`))}
			},
			[]told{{"sales_channel.written", "", "", ""}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.host(t, []entity.Operation{
				upsert(t, "product", w.fill(teaPayload)),
				upsert(t, "product", merged(t, w.fill(teaPayload), `{"id":"018c0000000070008000000000000002","productNumber":"T2"}`)),
			})
			w.told = nil
			w.host(t, test.ops(w))
			var got []told
			for _, e := range w.told {
				if entity, _, _ := strings.Cut(string(e.Name), "."); !slices.Equal(e.Needs, []appdock.Privilege{appdock.Privilege(entity + ":read")}) {
					t.Errorf("%s needs %v", e.Name, e.Needs)
				}
				if e.Key == e.ID || e.ID.IsZero() || !e.At.Equal(noon) || e.Shop != shopID {
					t.Errorf("event %+v", e)
				}
				got = append(got, told{string(e.Name), e.Key.String(), string(e.Data.Payload), string(e.Data.Previous)})
			}
			if len(got) == 1 && len(test.want) == 1 && test.want[0].Key == "" { // only the name matters
				got[0] = told{Name: got[0].Name}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestHiddenFieldsAreNotTold: what no app can read is no news to one.
func TestHiddenFieldsAreNotTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	err := w.write(t, entity.Upsert, "category", parse(t, `{"id":"018c0000000070008000000000000c01","name":"Drinks","children":[{"name":"Tea"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	told := string(w.told[0].Data.Payload)
	if w.told[0].Name != "category.written" || !strings.Contains(told, `"childCount"`) || strings.Contains(told, "visibleChildren") {
		t.Errorf("got %s: %s", w.told[0].Name, told)
	}
}

func TestOrderPlaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	app := appdock.MustID(unknownID)
	host := appdock.Host(shopID)
	host.Installation = app
	_, err := w.Write(t.Context(), host, entity.View{}, []entity.Operation{
		{Entity: "order", Action: entity.Insert, Payload: w.order(t), Pointer: "/0"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]appdock.EventName{"order.written", "order_address.written", "checkout.order.placed"}, names(w.told)); diff != "" {
		t.Fatal(diff)
	}
	e := w.told[len(w.told)-1]
	order := appdock.MustID("018c0000000070008000000000000007")
	if e.Key != order || e.Origin != app || len(e.Needs) != 1 || e.Needs[0] != "order:read" {
		t.Errorf("key %s, origin %s, needs %v", e.Key, e.Origin, e.Needs)
	}
	var payload struct {
		Order struct {
			ID            string
			OrderNumber   string
			AmountTotal   float64
			APIAlias      string `json:"apiAlias"`
			OrderCustomer struct {
				Email      string
				Salutation struct{ SalutationKey string }
				Customer   any
			}
			LineItems         []struct{ Cover any }
			Addresses         []struct{ Country struct{ Iso string } }
			Currency          struct{ IsoCode string }
			StateMachineState struct{ TechnicalName string }
			Deliveries        []any
			Transactions      []any
			SalesChannel      any
		}
	}
	if err := json.Unmarshal(e.Data.Payload, &payload); err != nil {
		t.Fatal(err)
	}
	o := payload.Order
	switch {
	case o.ID != order.String(), o.OrderNumber != "10000", o.APIAlias != "order", o.AmountTotal <= 0:
		t.Errorf("the order is %+v", o)
	case o.OrderCustomer.Email == "", o.OrderCustomer.Salutation.SalutationKey == "", len(o.LineItems) == 0:
		t.Errorf("who bought what is missing: %+v", o)
	case o.Addresses[0].Country.Iso == "", o.Currency.IsoCode != "EUR", o.StateMachineState.TechnicalName != "open":
		t.Errorf("associations are missing: %+v", o)
	case o.Deliveries == nil || o.Transactions == nil || o.SalesChannel != nil:
		t.Errorf("what is not stored reads as []; what is not asked for as null: %+v", o)
	}
}

// TestEventsHoldWhatThereIs: the bounds of what clients may ask for are none for events, or
// a write would fail because of them.
func TestEventsHoldWhatThereIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.store.asked = nil
	if err := w.write(t, entity.Insert, "order", w.order(t)); err != nil {
		t.Fatal(err)
	}
	for _, c := range w.store.asked {
		if c.MaxRecords != 0 {
			t.Errorf("the store may give %d records of %s", c.MaxRecords, c.Entity)
		}
	}
}

func TestOrdersThatAreNotPlaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	payload := w.order(t)
	items := payload["lineItems"]
	payload["lineItems"] = []any{}
	if err := w.write(t, entity.Insert, "order", payload); err != nil {
		t.Fatal(err)
	}
	if err := w.write(t, entity.Update, "order", map[string]any{"id": payload["id"], "lineItems": items}); err != nil {
		t.Fatal(err)
	}
	for _, e := range w.told {
		if e.Name == "checkout.order.placed" {
			t.Error("an order is placed when it is made with its line items")
		}
	}
}

func TestCustomerEvents(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		over  string
		want  appdock.EventName
		needs int
	}{
		"an account": {`{}`, "checkout.customer.register", 1},
		"a guest":    {`{"guest":true}`, "checkout.customer.guest_register", 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			payload := merge(t, w.fill(customerPayload), test.over)
			payload["id"], payload["password"] = productID.String(), "correct horse"
			if err := w.write(t, entity.Insert, "customer", payload); err != nil {
				t.Fatal(err)
			}
			e := w.told[len(w.told)-1]
			if e.Name != test.want || e.Key != productID || len(e.Needs) != test.needs {
				t.Errorf("told of %s, key %s, needs %v", e.Name, e.Key, e.Needs)
			}
			w.told = nil
			w.host(t, []entity.Operation{deletion(t, "customer", `{"id":"`+productID.String()+`"}`)})
			want := []appdock.EventName{"customer.deleted", "customer_address.deleted", "checkout.customer.deleted"}
			if diff := cmp.Diff(want, names(w.told)); diff != "" {
				t.Error(diff)
			}
			// The event needs no privilege, so it must not say who the customer was.
			if got := w.told[2]; len(got.Needs) != 0 || string(got.Data.Payload) != `{"customer":{"id":"`+productID.String()+`","customerNumber":"1"}}` {
				t.Errorf("needs %v: %s", got.Needs, got.Data.Payload)
			}
		})
	}
}

// TestComputedColumns: columns that follow from what a client writes.
func TestComputedColumns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	payload := w.order(t)
	payload["orderDateTime"], payload["id"] = "2026-11-21T23:30:00+01:00", productID.String()
	if err := w.write(t, entity.Insert, "order", payload); err != nil {
		t.Fatal(err)
	}
	row := w.store.get("order", productID)
	price := payload["price"].(map[string]any)
	total, _ := price["totalPrice"].(json.Number).Float64()
	net, _ := price["netPrice"].(json.Number).Float64()
	if row["amountTotal"] != total || row["amountNet"] != net || row["taxStatus"] != "gross" || row["shippingTotal"] != 4.9 {
		t.Errorf("amounts %v %v %v %v", row["amountTotal"], row["amountNet"], row["taxStatus"], row["shippingTotal"])
	}
	if row["orderDate"] != noon.Truncate(24*60*60*1e9) || row["orderNumber"] != "10000" || row["stateId"] == nil {
		t.Errorf("date %v, number %v, state %v", row["orderDate"], row["orderNumber"], row["stateId"])
	}
	for _, r := range w.store.rows["order_line_item"] {
		if unit, _ := r.set["unitPrice"].(float64); unit <= 0 || r.set["totalPrice"] == nil {
			t.Errorf("line item costs %v, %v", r.set["unitPrice"], r.set["totalPrice"])
		}
	}
	refused := faults(t, w.write(t, entity.Update, "order", map[string]any{"id": productID.String(), "stateId": unknownID}))
	if diff := cmp.Diff(map[string]string{"/0/stateId": constraintCode}, refused); diff != "" {
		t.Error(diff)
	}
}

func TestOtherRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	root := w.any("category")
	if err := w.write(t, entity.Insert, "category", parse(t, `{"id":"018c0000000070008000000000000001","name":"Tea","parentId":"`+root.String()+`"}`)); err != nil {
		t.Fatal(err)
	}
	if row := w.store.get("category", productID); row["level"] != int64(2) || row["path"] != "|"+root.String()+"|" || row["type"] != "page" {
		t.Errorf("category at %v, %v", row["level"], row["path"])
	}
	if err := w.write(t, entity.Insert, "payment_method", parse(t, `{"id":"018c0000000070008000000000000001","name":"Pay Later!"}`)); err != nil {
		t.Fatal(err)
	}
	if row := w.store.get("payment_method", productID); row["technicalName"] != "payment_pay_later" {
		t.Errorf("technical name %v", row["technicalName"])
	}
	got := faults(t, w.write(t, entity.Insert, "custom_field", parse(t, `{"name":"a-b","type":"guess"}`)))
	if diff := cmp.Diff(map[string]string{"/0/name": constraintCode, "/0/type": constraintCode}, got); diff != "" {
		t.Error(diff)
	}
	if err := w.write(t, entity.Insert, "system_config", parse(t, `{"configurationKey":"core.x","configurationValue":true}`)); err != nil {
		t.Errorf("a setting may be any value: %v", err)
	}
}

// TestSearchesPerUnit: a unit holds the writer, so what it asks must not grow with its rows.
func TestSearchesPerUnit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var ops []entity.Operation
	for i := range 100 {
		id := appdock.ID{15: byte(i)}
		id[0] = 7
		ops = append(ops, entity.Operation{Entity: "product", Action: entity.Upsert, Pointer: "/0", Payload: merge(t, w.fill(teaPayload),
			`{"id":"`+id.String()+`","productNumber":"`+id.String()+`"}`)})
	}
	w.store.asked = nil
	w.host(t, ops)
	if n := len(w.store.asked) / 2; n > 3 { // the fake store runs a unit twice
		t.Errorf("%d searches for 100 rows", n)
	}
}

func TestAnOrderKeepsItsOneCustomer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.write(t, entity.Insert, "order", w.order(t)); err != nil {
		t.Fatal(err)
	}
	change := parse(t, `{"id":"018c0000000070008000000000000007","orderCustomer":{"firstName":"Other"}}`)
	if err := w.write(t, entity.Update, "order", change); err != nil {
		t.Fatal(err)
	}
	for _, r := range w.store.rows["order_customer"] {
		if len(w.store.rows["order_customer"]) != 1 || r.set["firstName"] != "Other" || r.set["email"] == nil {
			t.Errorf("%d customers, %v", len(w.store.rows["order_customer"]), r.set["firstName"])
		}
	}
}

// TestNumbersThatAreTakenAreNotDrawn: an order that came with a number must not stand in the
// way of those that get theirs here.
func TestNumbersThatAreTakenAreNotDrawn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	order := func(id, number string) entity.Operation {
		payload := w.order(t)
		payload["id"] = id
		if delete(payload, "orderNumber"); number != "" {
			payload["orderNumber"] = number
		}
		return entity.Operation{Entity: "order", Action: entity.Insert, Payload: payload, Pointer: "/" + id[31:]}
	}
	const id = "018c000000007000800000000000000"
	w.host(t, []entity.Operation{order(id+"1", "10000"), order(id+"2", "10001")})
	w.host(t, []entity.Operation{order(id+"3", ""), order(id+"4", ""), order(id+"5", "10003")})
	w.host(t, []entity.Operation{order(id+"6", "")})
	got := map[string]any{}
	for _, last := range []string{"3", "4", "5", "6"} {
		got[last] = w.store.get("order", appdock.MustID(id+last))["orderNumber"]
	}
	want := map[string]any{"3": "10002", "4": "10004", "5": "10003", "6": "10005"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnOrderHasNoSecondCustomer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.write(t, entity.Insert, "order", w.order(t)); err != nil {
		t.Fatal(err)
	}
	second := parse(t, `{"orderId":"018c0000000070008000000000000007","firstName":"B","lastName":"B","email":"b@example.com"}`)
	err := w.write(t, entity.Insert, "order_customer", second)
	if appdock.KindOf(err) != appdock.Invalid || len(w.store.rows["order_customer"]) != 1 {
		t.Errorf("%v: the order has %d customers", err, len(w.store.rows["order_customer"]))
	}
}

func TestTheNumberThatIsTakenIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	op := upsert(t, "product", merged(t, w.fill(teaPayload), `{"-id":0}`))
	w.host(t, []entity.Operation{op})
	_, err := w.Write(t.Context(), appdock.Host(shopID), entity.View{}, []entity.Operation{op})
	if err == nil || !strings.Contains(err.Error(), `Product with number "T1" already exists.`) {
		t.Error(err)
	}
}

func TestOrdersNoteTheUserWhoWroteThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := appdock.Host(shopID)
	user.User = productID
	order := appdock.MustID("018c0000000070008000000000000007")
	for _, op := range []entity.Operation{
		{Entity: "order", Action: entity.Insert, Payload: w.order(t), Pointer: "/0"},
		upsert(t, "order", `{"id":"018c0000000070008000000000000007","customerComment":"Ring twice"}`),
	} {
		row := w.store.get("order", order)
		if row["updatedById"] != nil {
			t.Error("a new order was changed by nobody")
		}
		if _, err := w.Write(t.Context(), user, entity.View{}, []entity.Operation{op}); err != nil {
			t.Fatal(err)
		}
	}
	if row := w.store.get("order", order); row["createdById"] != productID || row["updatedById"] != productID {
		t.Errorf("made by %v, changed by %v", row["createdById"], row["updatedById"])
	}
}
