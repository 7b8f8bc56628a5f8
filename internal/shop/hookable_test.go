package shop_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/protocol"
)

// TestEveryHookableEvent causes each event of the catalogue by a call of the shop, or names
// those that it has no cause for (hookable-events.md 9).
func TestEveryHookableEvent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	causeRecords(t, w)
	causeStates(t, w)
	caused := map[string]bool{}
	for _, e := range w.told {
		caused[string(e.Name)] = true
		if len(e.Data.Payload) == 0 {
			t.Errorf("%s has no payload", e.Name)
		}
	}
	var missing []string
	for _, name := range protocol.Events().Names() {
		if !caused[name] {
			missing = append(missing, name)
		}
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(strings.Fields(notOfTheShop))), missing); diff != "" {
		t.Errorf("events without a cause (-known +now):\n%s", diff)
	}
}

// notOfTheShop are the events that no write causes: those of the host itself and of an
// app's life are told elsewhere, the rest by `appdock event trigger` alone.
const notOfTheShop = `
	app.activated app.deactivated app.deleted app.installed app.permissions.updated app.system_heartbeat app.updated
	shopware.updated
	webhook.health.activated webhook.health.degraded webhook.health.disabled webhook.health.suspended

	checkout.customer.before.login checkout.customer.changed-payment-method checkout.customer.double_opt_in_guest_order
	checkout.customer.double_opt_in_registration checkout.customer.login checkout.customer.logout
	consent.backend_data.accepted consent.backend_data.revoked consent.product_analytics.accepted consent.product_analytics.revoked
	contact_form.send customer.group.registration.accepted customer.group.registration.declined customer.password.changed
	customer.recovery.request mail.after.create.message mail.before.send mail.sent product_export.log
	revocation_request.sent user.recovery.request
`

// causeRecords writes and deletes a record of each entity that apps are told of.
func causeRecords(t *testing.T, w *world) {
	t.Helper()
	const (
		tea, price, root, domain, snippets = teaID, "018c0000000070008000000000000101", "018c0000000070008000000000000102", "018c0000000070008000000000000103", "018c0000000070008000000000000104"
		picture, buyer, guest, paper       = "018c0000000070008000000000000105", "018c0000000070008000000000000106", "018c0000000070008000000000000107", "018c0000000070008000000000000108"
		order, letter, channel             = "018c0000000070008000000000000007", "018c0000000070008000000000000109", "018c000000007000800000000000010a"
	)
	rule, kind, cash := w.any("rule").String(), w.any("document_type").String(), ""
	for id, r := range w.store.rows["payment_method"] {
		if r.set["technicalName"] == "payment_cashpayment" {
			cash = id.String()
		}
	}
	channelPayload := map[string]any{}
	for _, r := range w.store.rows["sales_channel"] {
		for name, v := range r.set {
			switch v := v.(type) {
			case appdock.ID:
				channelPayload[name] = v.String()
			case string, bool:
				channelPayload[name] = v
			}
		}
	}
	channelPayload["id"], channelPayload["accessKey"] = channel, "another"
	channelID, amount := w.fill(`"CHANNEL"`), `{"unitPrice":1,"totalPrice":1,"quantity":1,"calculatedTaxes":[],"taxRules":[]}`
	withoutAddress := merge(t, w.fill(customerPayload), `{"id":"`+guest+`","customerNumber":"2","guest":true,"-addresses":0}`)
	w.host(t, []entity.Operation{
		upsert(t, "product", w.fill(teaPayload)),
		upsert(t, "product_price", `{"id":"`+price+`","productId":"`+tea+`","ruleId":"`+rule+`","quantityStart":1,"price":[{"currencyId":"`+appdock.DefaultCurrency.String()+`","net":1,"gross":1,"linked":true}]}`),
		upsert(t, "product_review", `{"productId":"`+tea+`","salesChannelId":`+channelID+`,"languageId":"`+appdock.SystemLanguage.String()+`","title":"Good","content":"Very","points":5}`),
		upsert(t, "category", `{"id":"`+root+`","name":"Hot"}`),
		{Entity: "sales_channel", Action: entity.Insert, Payload: channelPayload, Pointer: "/0"},
		upsert(t, "snippet_set", `{"id":"`+snippets+`","name":"x","baseFile":"x","iso":"en-GB"}`),
		upsert(t, "sales_channel_domain", `{"id":"`+domain+`","url":"https://x.example","salesChannelId":`+channelID+`,"languageId":"`+appdock.SystemLanguage.String()+`","currencyId":"`+appdock.DefaultCurrency.String()+`","snippetSetId":"`+snippets+`"}`),
		upsert(t, "media", `{"id":"`+picture+`","title":"x"}`),
		upsert(t, "customer", merged(t, w.fill(customerPayload), `{"id":"`+buyer+`"}`)),
		{Entity: "customer", Action: entity.Insert, Payload: withoutAddress, Pointer: "/0"},
		upsert(t, "newsletter_recipient", `{"id":"`+letter+`","email":"a@example.com","status":"notSet","hash":"x","languageId":"`+appdock.SystemLanguage.String()+`","salesChannelId":`+channelID+`}`),
		upsert(t, "system_config", `{"configurationKey":"Notes.config.a","configurationValue":1}`),
		{Entity: "order", Action: entity.Insert, Payload: w.order(t), Pointer: "/0"},
		upsert(t, "document", `{"id":"`+paper+`","documentTypeId":"`+kind+`","fileType":"pdf","orderId":"`+order+`","config":{},"deepLinkCode":"x"}`),
	})
	w.host(t, []entity.Operation{
		upsert(t, "order_transaction", `{"orderId":"`+order+`","paymentMethodId":"`+cash+`","amount":`+amount+`}`),
		upsert(t, "newsletter_recipient", `{"id":"`+letter+`","status":"optIn"}`),
	})
	w.host(t, []entity.Operation{upsert(t, "newsletter_recipient", `{"id":"`+letter+`","status":"optOut"}`)})
	if err := w.Attach(t.Context(), appdock.Host(shopID), appdock.MustID(picture), shop.File{Name: "tea", Extension: "png", Hash: "00", Size: 1}); err != nil {
		t.Fatal(err)
	}
	var gone []entity.Operation
	for name, id := range map[string]string{
		"product": tea, "product_price": price, "category": root, "sales_channel": channel, "sales_channel_domain": domain,
		"media": picture, "customer": guest, "customer_address": "018c0000000070008000000000000009", "document": paper,
		"order": order, "order_address": w.any("order_address").String(),
	} {
		gone = append(gone, deletion(t, name, `{"id":"`+id+`"}`))
	}
	w.host(t, gone)
}

// causeStates makes every step of every state machine.
func causeStates(t *testing.T, w *world) {
	t.Helper()
	if err := w.write(t, entity.Insert, "order", w.order(t)); err != nil {
		t.Fatal(err)
	}
	payment := w.any("order_transaction")
	amount := `{"unitPrice":1,"totalPrice":1,"quantity":1,"calculatedTaxes":[],"taxRules":[]}`
	w.host(t, []entity.Operation{upsert(t, "order_transaction_capture", `{"id":"`+payment.String()+`","orderTransactionId":"`+payment.String()+`","amount":`+amount+`,
		"refunds":[{"id":"`+payment.String()+`","amount":`+amount+`}]}`)})
	machines := map[any]string{}
	for id, r := range w.store.rows["state_machine"] {
		machines[id], _ = r.set["technicalName"].(string)
	}
	for _, r := range w.store.rows["state_machine_transition"] {
		name := strings.TrimSuffix(machines[r.set["stateMachineId"]], ".state")
		w.step(t, name, r.set["fromStateId"], r.set["actionName"].(string))
	}
	for id, r := range w.store.rows["state_machine_state"] { // what is final can be cancelled
		if r.set["technicalName"] == "refunded" {
			w.step(t, "order_transaction", id, "cancel")
		}
	}
}

// step makes one step of the only record of an entity.
func (w *world) step(t *testing.T, name string, from any, action string) {
	t.Helper()
	id := w.any(name)
	set := maps.Clone(w.store.get(name, id))
	set["stateId"] = from
	w.store.put(name, set)
	if _, err := w.Transit(t.Context(), appdock.Host(shopID), shop.Transition{Entity: name, ID: id, Action: action}); err != nil {
		t.Errorf("%s of %s: %v", action, name, err)
	}
}
