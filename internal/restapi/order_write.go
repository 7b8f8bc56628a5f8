package restapi

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
)

// orderPatch is what may be changed of an order (rest-api-sitepack.md 6).
type orderPatch struct {
	Note            maybe[string]         `json:"note,omitempty"`
	Tags            maybe[[]string]       `json:"tags,omitempty" doc:"all of them"`
	Metafields      maybe[metafieldsSent] `json:"metafields,omitempty"`
	BillingAddress  maybe[addressPatch]   `json:"billing_address,omitempty" doc:"while the order is open or in progress"`
	ShippingAddress maybe[addressPatch]   `json:"shipping_address,omitempty" doc:"while the order is open or in progress"`
}

func patchOrder(c *call, in *orderPatch) (*order, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	stored, err := c.show("order", id, kinds["order"].loads())
	if err != nil {
		return nil, err
	}
	if err := c.unchanged(); err != nil {
		return nil, err
	}
	d := newDraft("order", entity.Update, id)
	set(d, "customerComment", in.Note, "/note")
	setMetafields(d, in.Metafields)
	drafts := []*draft{d}
	addresses, err := c.movedAddresses(*in, stored)
	if err != nil {
		return nil, err
	}
	drafts = append(drafts, addresses...)
	var gone []*draft
	if in.Tags.Sent {
		if gone, err = c.retag(d, in.Tags.Value, stored, "order_tag", "orderId", id); err != nil {
			return nil, err
		}
	}
	if err := c.write(drafts...); err != nil {
		return nil, err
	}
	if err := c.rewrite(gone...); err != nil {
		return nil, err
	}
	return c.shownOrder(id)
}

// movedAddresses changes where the bill and the goods of an order go. If both go to one
// address, and the goods are to go elsewhere, they get one of their own.
func (c *call) movedAddresses(in orderPatch, stored entity.Record) ([]*draft, error) {
	if !in.BillingAddress.Sent && !in.ShippingAddress.Sent {
		return nil, nil
	}
	if state := machineState(stored); state != "open" && state != "in_progress" {
		return nil, invalid([]fault{{"/billing_address", "not_allowed", "The addresses of an order that is " + state + " stay as they are."}})
	}
	var all, after []*draft
	billing := stored.Key("billingAddressId")
	if in.BillingAddress.Sent {
		if in.BillingAddress.Null {
			return nil, invalid([]fault{{"/billing_address", "required", "An order has an address for the bill."}})
		}
		at := newDraft("order_address", entity.Update, billing)
		if err := c.putAddress(at, in.BillingAddress.Value, "/billing_address"); err != nil {
			return nil, err
		}
		all = append(all, at)
	}
	deliveries := oldestFirst(stored.Loaded["deliveries"].Records)
	if !in.ShippingAddress.Sent {
		return all, nil
	}
	if in.ShippingAddress.Null || len(deliveries) == 0 {
		return nil, invalid([]fault{{"/shipping_address", "not_allowed", "The order has no delivery, or would have one that goes nowhere."}})
	}
	shipping := deliveries[0].Key("shippingOrderAddressId")
	at := newDraft("order_address", entity.Update, shipping)
	if shipping == billing {
		now, _ := deliveries[0].One("shippingOrderAddress")
		at = newDraft("order_address", entity.Insert, c.options.NewID())
		at.put("orderId", stored.ID().String(), "")
		copyAddress(at, now, "/shipping_address")
		delivery := newDraft("order_delivery", entity.Update, deliveries[0].ID())
		delivery.put("shippingOrderAddressId", at.values["id"], "/shipping_address")
		after = append(after, delivery)
	}
	if err := c.putAddress(at, in.ShippingAddress.Value, "/shipping_address"); err != nil {
		return nil, err
	}
	return append(append(all, at), after...), nil
}

// orderInPath finds the order of the path.
func (c *call) orderInPath() (entity.Record, error) {
	id, err := c.id("id")
	if err != nil {
		return entity.Record{}, err
	}
	return c.show("order", id, kinds["order"].loads())
}

func listLines(c *call) (*complete[line], error) {
	r, err := c.orderInPath()
	if err != nil {
		return nil, err
	}
	return &complete[line]{orderOf(c.viewer(), r).Lines}, nil
}

func listOrderAddresses(c *call) (*complete[address], error) {
	r, err := c.orderInPath()
	if err != nil {
		return nil, err
	}
	out := &complete[address]{Data: []address{}}
	o := orderOf(c.viewer(), r)
	for _, a := range []*address{o.BillingAddress, o.ShippingAddress} {
		if a != nil && (len(out.Data) == 0 || out.Data[0].ID != a.ID) {
			out.Data = append(out.Data, *a)
		}
	}
	return out, nil
}

func listDeliveries(c *call) (*complete[delivery], error) {
	r, err := c.orderInPath()
	if err != nil {
		return nil, err
	}
	return &complete[delivery]{orderOf(c.viewer(), r).Deliveries}, nil
}

func showDelivery(c *call) (*delivery, error) {
	r, err := c.orderInPath()
	if err != nil {
		return nil, err
	}
	for _, d := range orderOf(c.viewer(), r).Deliveries {
		if d.ID == c.path["delivery_id"] {
			return &d, nil
		}
	}
	return nil, c.nothing()
}

// deliveryPatch is what may be changed of a delivery.
type deliveryPatch struct {
	TrackingCodes []string `json:"tracking_codes" maxItems:"100" doc:"all of them"`
}

func patchDelivery(c *call, in *deliveryPatch) (*delivery, error) {
	now, err := showDelivery(c)
	if err != nil {
		return nil, err
	}
	if err := c.unchanged(); err != nil {
		return nil, err
	}
	id, err := appdock.ParseID(now.ID)
	if err != nil {
		return nil, err
	}
	d := newDraft("order_delivery", entity.Update, id)
	set(d, "trackingCodes", listOf(some(in.TrackingCodes)), "/tracking_codes")
	if err := c.write(d); err != nil {
		return nil, err
	}
	return showDelivery(c)
}

func listTransactions(c *call) (*complete[transaction], error) {
	r, err := c.orderInPath()
	if err != nil {
		return nil, err
	}
	return &complete[transaction]{orderOf(c.viewer(), r).Transactions}, nil
}

func showTransaction(c *call) (*transaction, error) {
	r, err := c.orderInPath()
	if err != nil {
		return nil, err
	}
	for _, t := range orderOf(c.viewer(), r).Transactions {
		if t.ID == c.path["transaction_id"] {
			return &t, nil
		}
	}
	return nil, c.nothing()
}

// transitions are what can be done to an order, a delivery or a payment now.
type transitions struct {
	State string           `json:"state"`
	Data  []transitionStep `json:"data"`
}

type transitionStep struct {
	Action string `json:"action"`
	To     string `json:"to"`
}

type transitionCreate struct {
	Action string `json:"action" minLength:"1" maxLength:"255" doc:"one of those that a GET shows" example:"ship"`
}

type transitionDone struct {
	From    string `json:"from"`
	To      string `json:"to"`
	Changed bool   `json:"changed" doc:"false: it was in this state already"`
}

// machineInPath finds what the path leads to: an order, or a delivery or payment of it.
func (c *call) machineInPath() (name string, record entity.Record, err error) {
	order, err := c.orderInPath()
	if err != nil {
		return "", record, err
	}
	for _, below := range []struct{ in, association, entity string }{
		{"delivery_id", "deliveries", "order_delivery"}, {"transaction_id", "transactions", "order_transaction"},
	} {
		id, there := c.path[below.in]
		if !there {
			continue
		}
		for _, r := range order.Loaded[below.association].Records {
			if r.ID().String() == id {
				return below.entity, r, nil
			}
		}
		return "", record, c.nothing()
	}
	return "order", order, nil
}

func listTransitions(c *call) (*transitions, error) {
	name, r, err := c.machineInPath()
	if err != nil {
		return nil, err
	}
	out := &transitions{State: machineState(r), Data: []transitionStep{}}
	found, err := c.search(&entity.Criteria{
		Entity: "state_machine_transition", Sort: []entity.Sort{{Field: "actionName"}},
		Filters: []entity.Filter{
			{Kind: entity.Equals, Field: "fromStateId", Values: []any{r.Key("stateId")}},
			{Kind: entity.Equals, Field: "stateMachine.technicalName", Values: []any{name + ".state"}},
		},
		Associations: entity.Load("toStateMachineState"),
	})
	for _, t := range found.Records {
		to, _ := t.One("toStateMachineState")
		out.Data = append(out.Data, transitionStep{t.Text("actionName"), to.Text("technicalName")})
	}
	return out, err
}

func createTransition(c *call, in *transitionCreate) (*transitionDone, error) {
	name, r, err := c.machineInPath()
	if err != nil {
		return nil, err
	}
	from := machineState(r)
	to, err := c.work.Transit(c.bearer.Actor, shop.Transition{Entity: name, ID: r.ID(), Action: in.Action})
	if e, illegal := illegalTransition(err); illegal {
		return nil, e
	}
	if err != nil {
		return nil, explain(err, nil)
	}
	c.etag = "" // that of the state before
	state := to.Text("technicalName")
	return &transitionDone{from, state, state != from}, nil
}

// illegalTransition tells what can be done instead.
func illegalTransition(err error) (*problem, bool) {
	if appdock.CodeOf(err) != "SYSTEM__ILLEGAL_STATE_TRANSITION" {
		return nil, false
	}
	p := &problem{Status: http.StatusConflict, Code: "illegal_transition", Detail: "This cannot be done in the state that it is in.", Allowed: []string{}}
	for _, param := range problemParams(err) {
		if text, ok := param.Value.(string); ok && param.Name == "possibleTransitions" && text != "" {
			p.Allowed = strings.Split(text, ", ")
		}
	}
	return p, true
}

// note is a remark about an order, for those who work on it.
type note struct {
	ID        string `json:"id"`
	Text      string `json:"text"`
	Author    string `json:"author" doc:"the app that wrote it"`
	CreatedAt string `json:"created_at" format:"date-time"`
}

type noteCreate struct {
	Text string `json:"text" minLength:"1" maxLength:"10000"`
}

// mostNotes is how many remarks an order has at most: they are kept in its custom fields.
const mostNotes = 200

func notesOf(r entity.Record) []note {
	var fields struct {
		Notes []note `json:"appdock_notes"`
	}
	if json.Unmarshal(r.Document("customFields"), &fields) != nil || fields.Notes == nil {
		return []note{}
	}
	return fields.Notes
}

func listNotes(c *call) (*complete[note], error) {
	r, err := c.orderInPath()
	if err != nil {
		return nil, err
	}
	return &complete[note]{notesOf(r)}, nil
}

func createNote(c *call, in *noteCreate) (*note, error) {
	r, err := c.orderInPath()
	if err != nil {
		return nil, err
	}
	all := notesOf(r)
	if len(all) >= mostNotes {
		return nil, invalid([]fault{{"/text", "too_many", "An order has 200 notes at most."}})
	}
	n := note{c.options.NewID().String(), in.Text, c.bearer.App.Name, c.options.Now().UTC().Format(moments)}
	items := []any{}
	for _, n := range append(all, n) {
		items = append(items, map[string]any{"id": n.ID, "text": n.Text, "author": n.Author, "created_at": n.CreatedAt})
	}
	d := newDraft("order", entity.Update, r.ID())
	d.put("customFields", map[string]any{notesKey: items}, "/text")
	if err := c.write(d); err != nil {
		return nil, err
	}
	// It is read in the list of them, and stays as it is.
	c.made("/orders/" + r.ID().String() + "/notes#" + n.ID)
	c.etag = `"1"`
	return &n, nil
}
