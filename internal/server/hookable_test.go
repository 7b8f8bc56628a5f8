package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/protocol"
	"github.com/appdock/appdock/sdk/apptest"
)

// withoutCause are the events that nothing in the shop causes: it has no log-in of customers,
// no forms, no mails and no exports, and asks nobody for such a consent. `appdock event
// trigger` writes them (hookable-events.md 9, "the rest").
const withoutCause = `
	checkout.customer.before.login checkout.customer.changed-payment-method checkout.customer.double_opt_in_guest_order
	checkout.customer.double_opt_in_registration checkout.customer.login checkout.customer.logout
	consent.backend_data.accepted consent.backend_data.revoked consent.product_analytics.accepted consent.product_analytics.revoked
	contact_form.send customer.group.registration.accepted customer.group.registration.declined customer.password.changed
	customer.recovery.request mail.after.create.message mail.before.send mail.sent product_export.log
	revocation_request.sent user.recovery.request
`

// TestEveryHookableEvent has an app hear each event that there is: it is caused by a call of
// the Admin API, by the operator of a host or by the host itself, or, where there is no such
// cause, by a trigger. Each payload has the members that the catalogue declares, of their
// kinds (hookable-events.md, protocol-webhooks.md 3).
func TestEveryHookableEvent(t *testing.T) {
	t.Parallel()
	h := newHookable(t)
	h.records()
	h.states()
	h.health()
	h.life()
	h.host()
	triggered := strings.Fields(withoutCause)
	for _, name := range protocol.Events().Names() {
		if slices.Contains(triggered, name) {
			continue
		}
		h.hear(name)
	}
	declared := declaredMembers(t)
	for _, name := range protocol.Events().Names() {
		// A sample looks like what it is a sample of, also where there is a cause.
		payload := h.trigger(name)
		if !slices.Contains(triggered, name) {
			if wrong := wrongPayload(h.schema, name, declared[name], payload); payload != nil && wrong != "" {
				t.Errorf("the sample of %s: %s: %.400s", name, wrong, payload)
			}
			continue
		}
		if len(h.requests(name)) > 1 {
			t.Errorf("%s has a cause in the shop", name)
		}
		h.heard[name] = payload
	}
	if diff := cmp.Diff(protocol.Events().Names(), slices.Sorted(maps.Keys(h.heard))); diff != "" {
		t.Errorf("events that were not caused or are not in the catalogue (-catalogue +caused):\n%s", diff)
	}
	for name, payload := range h.heard {
		if wrong := wrongPayload(h.schema, name, declared[name], payload); wrong != "" {
			t.Errorf("%s: %s: %.400s", name, wrong, payload)
		}
	}
}

// hookable is a host whose app hears everything.
type hookable struct {
	caller
	running *server.Server
	config  server.Config
	ahead   *atomic.Int64
	schema  *entity.Schema
	app     *apptest.Server // hears all
	fragile *apptest.Server // is deactivated and removed, and fails
	heard   map[string]json.RawMessage
}

func newHookable(t *testing.T) *hookable {
	t.Helper()
	schema, err := entity.NewSchema(shop.Definitions()...)
	if err != nil {
		t.Fatal(err)
	}
	h := &hookable{schema: schema, ahead: &atomic.Int64{}, heard: map[string]json.RawMessage{}}
	h.config = development(folder(t))
	h.config.Shop.URL, h.config.Platform = "http://shop.example", "6.7.9.0" // the same at each start
	h.config.Now = func() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }
	h.config.Schedule = nil
	for range 10 {
		h.config.Schedule = append(h.config.Schedule, 10*time.Millisecond)
	}
	h.config.Demo = true
	h.running = opened(t, h.config)
	needed := map[string]bool{}
	for _, name := range protocol.Events().Names() {
		known, _ := protocol.Events().Lookup(name)
		for _, privilege := range known.Privileges {
			needed[privilege] = true
		}
	}
	all := slices.Sorted(maps.Keys(needed))
	h.app = apptest.New(t, apptest.App{Name: "Listener", Permissions: all, Webhooks: protocol.Events().Names()})
	h.fragile = apptest.New(t, apptest.App{Name: "Fragile", Permissions: all, Webhooks: []string{
		"category.written", "media.written", "app.deactivated", "app.deleted",
		"webhook.health.activated", "webhook.health.degraded", "webhook.health.disabled", "webhook.health.suspended",
	}})
	for _, app := range []*apptest.Server{h.app, h.fragile} {
		installed(t, only(t, h.running), write(t, app.App.Name, app.Manifest()))
	}
	h.caller = callerOf(t, h.running)
	return h
}

// hear waits until an event was told, and keeps its payload.
func (h *hookable) hear(name string) {
	h.t.Helper()
	from := h.app
	if strings.HasPrefix(name, "webhook.health.") || name == "app.deactivated" || name == "app.deleted" {
		from = h.fragile
	}
	heard, err := from.WaitEvent(within(h.t, soon), name, 1)
	if err != nil {
		h.t.Errorf("%s: %v", name, err)
		return
	}
	if !heard.Verified {
		h.t.Errorf("%s is not signed", name)
	}
	h.heard[name] = heard.Webhook.Payload
}

func (h *hookable) requests(event string) []apptest.Request {
	return slices.DeleteFunc(h.app.Requests(apptest.Webhook), func(r apptest.Request) bool { return r.Webhook.Event != event })
}

// trigger writes an event without its cause and gives the payload that the app was sent; nil
// for one that nobody can be sent without a cause.
func (h *hookable) trigger(name string) json.RawMessage {
	h.t.Helper()
	if known, _ := protocol.Events().Lookup(name); known.OwnApp {
		return nil
	}
	out, err := only(h.t, h.running).Trigger(within(h.t, soon), control.Trigger{Event: name})
	if err != nil {
		h.t.Errorf("trigger %s: %v", name, err)
		return nil
	}
	if name == "app.config.changed" {
		return nil // no app has such a key
	}
	if err := h.running.Settled(within(h.t, soon), out.EventID); err != nil || len(out.Deliveries) != 1 {
		h.t.Errorf("trigger %s: %+v, %v", name, out, err)
		return nil
	}
	for _, r := range h.requests(name) {
		if r.Webhook.Source.EventID == out.Deliveries[0].ID.String() {
			return r.Webhook.Payload
		}
	}
	h.t.Errorf("%s did not arrive", name)
	return nil
}

func (h *hookable) id(entity, criteria string) string {
	h.t.Helper()
	id, _ := h.found(entity, criteria)["id"].(string)
	return id
}

// records writes and deletes a record of each entity that apps are told of, and those that
// mean something for the business.
func (h *hookable) records() {
	h.t.Helper()
	const product, price, shelf, channel, domain = "018c0000000070008000000000000101", "018c0000000070008000000000000102", "018c0000000070008000000000000103", "018c0000000070008000000000000104", "018c0000000070008000000000000105"
	const picture, buyer, guest, home, paper, letter = "018c0000000070008000000000000106", "018c0000000070008000000000000107", "018c0000000070008000000000000108", "018c0000000070008000000000000109", "018c000000007000800000000000010a", "018c000000007000800000000000010b"
	system, money := appdock.SystemLanguage.String(), appdock.DefaultCurrency.String()
	store := h.found("sales-channel", `{"associations":{"type":{}}}`)
	amount := `{"unitPrice":1,"totalPrice":1,"quantity":1,"calculatedTaxes":[],"taxRules":[]}`
	person := `"firstName":"A","lastName":"B"`
	customer := func(id, address, more string) string {
		return `{"id":"` + id + `","customerNumber":"` + id[28:] + `","groupId":"` + h.id("customer-group", `{}`) + `","salesChannelId":"` + store["id"].(string) + `","languageId":"` + system + `",` +
			person + `,"email":"a@example.com","defaultPaymentMethodId":"` + h.id("payment-method", `{}`) + `","defaultBillingAddressId":"` + address + `","defaultShippingAddressId":"` + address + `"` + more + `}`
	}
	anyProduct, anyOrder := h.id("product", `{}`), h.id("order", `{}`) // these stay
	order, payload := freshOrder()
	text, err := json.Marshal(payload)
	if err != nil {
		h.t.Fatal(err)
	}
	made := map[string]any{}
	for _, name := range []string{"typeId", "languageId", "currencyId", "paymentMethodId", "shippingMethodId", "countryId", "navigationCategoryId", "customerGroupId", "homeEnabled"} {
		made[name] = store[name]
	}
	made["id"], made["accessKey"], made["name"] = channel, "another", "Another"
	salesChannel, err := json.Marshal(made)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, write := range []struct{ entity, body string }{
		{"product", `{"id":"` + product + `","productNumber":"H-1","stock":1,"name":"Tea","taxId":"` + h.id("tax", `{}`) + `","price":[{"currencyId":"` + money + `","net":1,"gross":1,"linked":true}]}`},
		{"product-price", `{"id":"` + price + `","productId":"` + product + `","ruleId":"` + h.id("rule", `{}`) + `","quantityStart":1,"price":[{"currencyId":"` + money + `","net":1,"gross":1,"linked":true}]}`},
		{"product-review", `{"productId":"` + product + `","salesChannelId":"` + store["id"].(string) + `","languageId":"` + system + `","title":"Good","content":"Very","points":5}`},
		{"category", `{"id":"` + shelf + `","name":"Hot"}`},
		{"sales-channel", string(salesChannel)},
		{"sales-channel-domain", `{"id":"` + domain + `","url":"https://x.example","salesChannelId":"` + channel + `","languageId":"` + system + `","currencyId":"` + money + `","snippetSet":{"name":"x","baseFile":"x","iso":"en-GB"}}`},
		{"media", `{"id":"` + picture + `","title":"x"}`},
		{"customer", customer(buyer, home, `,"addresses":[{"id":"`+home+`",`+person+`,"city":"C","street":"D","countryId":"`+h.id("country", `{}`)+`"}]`)},
		{"customer", customer(guest, home, `,"guest":true`)},
		{"newsletter-recipient", `{"id":"` + letter + `","email":"a@example.com","status":"notSet","hash":"x","languageId":"` + system + `","salesChannelId":"` + store["id"].(string) + `"}`},
		{"order", string(text)},
		{"document", `{"id":"` + paper + `","documentTypeId":"` + h.id("document-type", `{}`) + `","fileType":"pdf","orderId":"` + order.String() + `","config":{},"deepLinkCode":"x"}`},
		// One of each is there still when it is asked for a sample.
		{"product-price", `{"productId":"` + anyProduct + `","ruleId":"` + h.id("rule", `{}`) + `","quantityStart":1,"price":[{"currencyId":"` + money + `","net":1,"gross":1,"linked":true}]}`},
		{"sales-channel-domain", `{"url":"https://y.example","salesChannelId":"` + store["id"].(string) + `","languageId":"` + system + `","currencyId":"` + money + `","snippetSet":{"name":"y","baseFile":"y","iso":"en-GB"}}`},
		{"document", `{"documentTypeId":"` + h.id("document-type", `{}`) + `","fileType":"pdf","orderId":"` + anyOrder + `","config":{},"deepLinkCode":"y"}`},
	} {
		h.done("POST", "/api/"+write.entity, write.body, http.StatusNoContent)
	}
	cash := h.id("payment-method", `{"filter":{"technicalName":"payment_cashpayment"}}`)
	h.done("POST", "/api/order/"+order.String()+"/transactions", `{"paymentMethodId":"`+cash+`","amount":`+amount+`}`, http.StatusNoContent)
	h.done("PATCH", "/api/newsletter-recipient/"+letter, `{"status":"optIn"}`, http.StatusNoContent)
	h.done("PATCH", "/api/newsletter-recipient/"+letter, `{"status":"optOut"}`, http.StatusNoContent)
	h.done("POST", "/api/_action/system-config", `{"Listener.config.colour":"red"}`, http.StatusNoContent)
	h.done("POST", "/api/_action/media/"+picture+"/upload?extension=txt&fileName=hot", "x", http.StatusNoContent, "Content-Type: text/plain")
	for _, path := range []string{
		"product-price/" + price, "product/" + product, "category/" + shelf, "sales-channel-domain/" + domain, "sales-channel/" + channel, "media/" + picture,
		"customer/" + guest, "customer-address/" + home, "document/" + paper,
		"order-address/" + h.id("order-address", `{"filter":{"orderId":"`+order.String()+`"}}`), "order/" + order.String(),
	} {
		h.done("DELETE", "/api/"+path, "", http.StatusNoContent)
	}
}

// states makes steps of state machines until each state was entered and left. A record may be
// made in any state.
func (h *hookable) states() {
	h.t.Helper()
	order := h.found("order", `{"associations":{"deliveries":{},"transactions":{}}}`)
	amount := `"amount":{"unitPrice":1,"totalPrice":1,"quantity":1,"calculatedTaxes":[],"taxRules":[]}`
	part := func(name string) map[string]any { return order[name].([]any)[0].(map[string]any) }
	delivery, payment := part("deliveries"), part("transactions")
	const capture = "018c0000000070008000000000000201"
	h.done("POST", "/api/order-transaction-capture", `{"id":"`+capture+`","orderTransactionId":"`+payment["id"].(string)+`",`+amount+`}`, http.StatusNoContent)
	fresh := func(machine, state string) string {
		id := appdock.NewID(time.Now())
		var body string
		switch machine {
		case "order":
			_, payload := freshOrder()
			payload["id"], payload["stateId"] = id.String(), state
			for _, name := range []string{"deliveries", "transactions", "lineItems"} {
				delete(payload, name)
			}
			person := payload["orderCustomer"].(map[string]any)
			delete(person, "id")
			address := payload["addresses"].([]any)[0].(map[string]any)
			address["id"] = appdock.NewID(time.Now()).String()
			payload["billingAddressId"] = address["id"]
			text, err := json.Marshal(payload)
			if err != nil {
				h.t.Fatal(err)
			}
			body = string(text)
		case "order_delivery":
			costs, err := json.Marshal(delivery["shippingCosts"])
			if err != nil {
				h.t.Fatal(err)
			}
			body = fmt.Sprintf(`{"id":%q,"stateId":%q,"orderId":%q,"shippingOrderAddressId":%q,"shippingMethodId":%q,"trackingCodes":[],"shippingDateEarliest":"2026-01-01","shippingDateLatest":"2026-01-02","shippingCosts":%s}`,
				id, state, order["id"], delivery["shippingOrderAddressId"], delivery["shippingMethodId"], costs)
		case "order_transaction":
			body = fmt.Sprintf(`{"id":%q,"stateId":%q,"orderId":%q,"paymentMethodId":%q,%s}`, id, state, order["id"], payment["paymentMethodId"], amount)
		case "order_transaction_capture":
			body = fmt.Sprintf(`{"id":%q,"stateId":%q,"orderTransactionId":%q,%s}`, id, state, payment["id"], amount)
		case "order_transaction_capture_refund":
			body = fmt.Sprintf(`{"id":%q,"stateId":%q,"captureId":%q,%s}`, id, state, capture, amount)
		}
		h.done("POST", "/api/"+strings.ReplaceAll(machine, "_", "-"), body, http.StatusNoContent)
		return id.String()
	}
	var steps struct {
		Data []struct {
			ActionName, FromStateID string
			StateMachine            struct{ TechnicalName string }
			FromStateMachineState   struct{ TechnicalName string }
			ToStateMachineState     struct{ TechnicalName string }
		}
	}
	asked := h.done("POST", "/api/search/state-machine-transition", `{"associations":{"stateMachine":{},"fromStateMachineState":{},"toStateMachineState":{}}}`, http.StatusOK)
	if err := json.Unmarshal(asked, &steps); err != nil {
		h.t.Fatal(err)
	}
	caused := map[string]bool{}
	step := func(machine, from, fromName, action, to string) {
		enter, leave := "state_enter."+machine+".state."+to, "state_leave."+machine+".state."+fromName
		if caused[enter] && caused[leave] || fromName == to {
			return
		}
		caused[enter], caused[leave] = true, true
		h.done("POST", "/api/_action/state-machine/"+machine+"/"+fresh(machine, from)+"/state/"+action, "", http.StatusOK)
	}
	for _, s := range steps.Data {
		step(strings.TrimSuffix(s.StateMachine.TechnicalName, ".state"), s.FromStateID, s.FromStateMachineState.TechnicalName, s.ActionName, s.ToStateMachineState.TechnicalName)
	}
	// No step leads away from here, but everything can be cancelled (entities.md, "Appdock rule").
	refunded := h.id("state-machine-state", `{"filter":[{"type":"equals","field":"technicalName","value":"refunded"},{"type":"equals","field":"stateMachine.technicalName","value":"order_transaction.state"}]}`)
	step("order_transaction", refunded, "refunded", "cancel", "cancelled")
}

// health has an app fail until its webhooks are degraded, suspended, disabled and well again.
func (h *hookable) health() {
	h.t.Helper()
	shop := only(h.t, h.running)
	const degraded, suspended = "category.written", "media.written"
	settled := func(event string, failures ...apptest.Fault) {
		h.t.Helper()
		before := len(h.fragile.Requests(apptest.Webhook))
		h.fragile.Answer(apptest.Webhook, failures...)
		h.done("POST", "/api/"+strings.TrimSuffix(event, ".written"), `{"name":"x","title":"x"}`, http.StatusNoContent)
		if _, err := h.fragile.Wait(within(h.t, soon), apptest.Webhook, before+1); err != nil {
			h.t.Fatal(err)
		}
	}
	settled(degraded, apptest.Status(http.StatusInternalServerError).Times(5))
	h.hear("webhook.health.degraded")
	settled(suspended, apptest.Status(http.StatusGone).Times(1))
	h.hear("webhook.health.suspended")
	list, err := shop.Webhooks(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	for _, w := range list {
		if w.App != "Fragile" || w.Event != suspended {
			continue
		}
		if w.State != "suspended" {
			h.t.Errorf("the webhook is %s", w.State)
		}
		if _, err := shop.ResumeWebhook(h.t.Context(), w.ID, true); err != nil {
			h.t.Error(err)
		}
		h.hear("webhook.health.activated")
		if err := shop.PauseWebhook(h.t.Context(), w.ID); err != nil {
			h.t.Error(err)
		}
	}
}

// life updates an app that asks for more, and takes the other one away.
func (h *hookable) life() {
	h.t.Helper()
	shop := only(h.t, h.running)
	h.app.App.Version, h.app.App.Permissions = "1.1.0", append(slices.Clone(h.app.App.Permissions), "tag:read")
	source := write(h.t, h.app.App.Name, h.app.Manifest())
	wish, err := shop.Preview(h.t.Context(), source)
	if err != nil {
		h.t.Fatal(err)
	}
	if done, err := shop.Update(h.t.Context(), control.Install{Source: source, ConsentHash: wish.ConsentHash}); err != nil || done.Result != "updated" {
		h.t.Fatalf("%+v, %v", done, err)
	}
	if _, err := shop.Uninstall(within(h.t, soon), "Fragile", false); err != nil {
		h.t.Fatal(err)
	}
}

// host starts again a week later as another platform.
func (h *hookable) host() {
	h.t.Helper()
	closeHost(h.t, h.running)
	h.config.Platform = "6.7.10.0"
	h.ahead.Store(int64(8 * 24 * time.Hour))
	h.running = open(h.t, h.config)
}

// declaredMembers reads of the catalogue which members payloads have: "name:kind".
func declaredMembers(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "protocol", "testdata", "hookable-events.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Events []struct {
			Event string   `json:"event"`
			Keys  []string `json:"payload_keys"`
		} `json:"events"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	declared := map[string][]string{}
	for _, e := range file.Events {
		declared[e.Event] = e.Keys
	}
	return declared
}

// wrongPayload says how a payload is another than declared; empty: it is right.
func wrongPayload(schema *entity.Schema, name string, declared []string, payload json.RawMessage) string {
	known, _ := protocol.Events().Lookup(name)
	if known.Kind == protocol.EntityEvent {
		return wrongChanges(schema, known, payload)
	}
	if len(declared) == 0 {
		if string(payload) != "[]" {
			return "it has members, and none are declared"
		}
		return ""
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(payload, &members); err != nil {
		return "it is no object"
	}
	for _, d := range declared {
		member, kind, _ := strings.Cut(d, ":")
		kind, _, _ = strings.Cut(strings.TrimSpace(kind), " ")
		value, ok := members[member]
		delete(members, member)
		if !ok {
			return "it has no " + member
		}
		if name == "checkout.customer.deleted" {
			kind = "object" // as declared since 2026
		}
		var v any
		if err := json.Unmarshal(value, &v); err != nil {
			return err.Error()
		}
		object, isObject := v.(map[string]any)
		_, isList := v.([]any)
		_, isText := v.(string)
		_, isBool := v.(bool)
		right := map[string]bool{
			"string": isText, "bool": isBool, "list": isList, "object": isObject, "array": isObject || isList,
			"entity": isObject && object["apiAlias"] == snakeOf(member) && regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(fmt.Sprint(object["id"])),
		}
		if !right[kind] {
			return fmt.Sprintf("%s is no %s", member, kind)
		}
		if member == "order" {
			if wrong := wrongOrder(known, object); wrong != "" {
				return wrong
			}
		}
	}
	for extra := range members {
		return "it has " + extra + ", which is not declared"
	}
	return ""
}

func snakeOf(name string) string {
	return strings.ToLower(regexp.MustCompile(`[A-Z]`).ReplaceAllString(name, "_$0"))
}

// wrongChanges judges a list of changes (protocol-webhooks.md 3.1).
func wrongChanges(schema *entity.Schema, known protocol.Event, payload json.RawMessage) string {
	var items []map[string]any
	if err := json.Unmarshal(payload, &items); err != nil || len(items) == 0 {
		return "it is no list of changes"
	}
	d, _ := schema.Definition(known.Entity)
	for _, item := range items {
		operation := fmt.Sprint(item["operation"])
		fields, _ := item["updatedFields"].([]any)
		gone := strings.HasSuffix(known.Name, ".deleted")
		switch {
		case item["entity"] != known.Entity:
			return "it is about another entity"
		case gone != (operation == "delete"), !gone && operation != "insert" && operation != "update":
			return "its operation is " + operation
		case gone == (len(fields) > 0):
			return "its updatedFields are " + fmt.Sprint(fields)
		case d.Versioned != (item["versionId"] == liveVersion):
			return "its version is " + fmt.Sprint(item["versionId"])
		}
		delete(item, "entity")
		delete(item, "operation")
		delete(item, "updatedFields")
		delete(item, "versionId")
		if id, _ := item["primaryKey"].(string); len(id) != 32 || len(item) != 1 {
			return "its key or another member is wrong"
		}
		for _, f := range fields {
			if d.Index(fmt.Sprint(f)) < 0 {
				return fmt.Sprint("there is no field ", f)
			}
		}
	}
	return ""
}

// wrongOrder looks for what is loaded into each order of an event, and what only into that of
// a state (protocol-webhooks.md 3.2).
func wrongOrder(known protocol.Event, order map[string]any) string {
	always := []string{
		"orderCustomer.customer", "orderCustomer.salutation", "deliveries.shippingMethod", "deliveries.shippingOrderAddress.country",
		"deliveries.stateMachineState", "transactions.paymentMethod", "transactions.stateMachineState", "lineItems", "addresses.country", "currency", "stateMachineState",
	}
	ofStates := []string{"salesChannel", "language.locale", "tags"}
	if known.Kind == protocol.StateEvent {
		always, ofStates = append(always, ofStates...), nil
	}
	for _, path := range always {
		if !loaded(order, strings.Split(path, ".")) {
			return "the order is without " + path
		}
	}
	for _, path := range ofStates {
		if loaded(order, strings.Split(path, ".")) {
			return "the order is with " + path
		}
	}
	return ""
}

// loaded follows associations into all records; a list without records is loaded.
func loaded(v any, path []string) bool {
	switch v := v.(type) {
	case map[string]any:
		if len(path) == 0 {
			return true
		}
		return loaded(v[path[0]], path[1:])
	case []any:
		return !slices.ContainsFunc(v, func(item any) bool { return !loaded(item, path) })
	}
	return false
}
