package restapi

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/web"
	"github.com/appdock/appdock/internal/webhook"
	"github.com/appdock/appdock/protocol"
)

// apps keeps what an app is told; *lifecycle.Service is it.
type apps interface {
	Get(ctx context.Context, shop appdock.ShopID, app string) (lifecycle.Registration, error)
	All(ctx context.Context, shop appdock.ShopID) ([]lifecycle.Registration, error)
	Subscribe(ctx context.Context, shop appdock.ShopID, app string, ask lifecycle.Ask) (appdock.ID, error)
	Resubscribe(ctx context.Context, shop appdock.ShopID, app string, id appdock.ID, change func(*lifecycle.Ask)) error
	Unsubscribe(ctx context.Context, shop appdock.ShopID, app string, id appdock.ID) error
	RotateWebhookKey(ctx context.Context, shop appdock.ShopID, app string) (appdock.Secret, error)
}

// deliveries is the log of what was sent.
type deliveries interface {
	Deliveries(ctx context.Context, f webhook.Filter) ([]webhook.Delivery, error)
	// Replay sends what f finds again.
	Replay(ctx context.Context, f webhook.Filter) (int, error)
}

// notifier shows lines to the merchant; *shop.Service is it.
type notifier interface {
	Notify(ctx context.Context, a appdock.Actor, from string, n shop.Notification) (appdock.ID, error)
}

// webhookRoutes are about what an app is told, and about what it tells (rest-api-sitepack.md 4
// and 11).
func (a *api) webhookRoutes() []route {
	return []route{
		read("/webhooks", "listWebhooks", "List the subscriptions of the app", listWebhooks).needs("webhooks:read").
			saying("Those of the app.json are among them; they are changed there."),
		write(http.MethodPost, "/webhooks", "createWebhook", "Subscribe to a topic", http.StatusCreated, createWebhook).needs("webhooks:write").outside().
			saying("A topic such as order.* stands for all of an entity. The topic's own scope is needed as well, and the host of the address has to stand in the app.json."),
		read("/webhooks/{id}", "getWebhook", "Show a subscription", showWebhook).needs("webhooks:read"),
		write(http.MethodPatch, "/webhooks/{id}", "updateWebhook", "Change a subscription", http.StatusOK, patchWebhook).needs("webhooks:write").outside(),
		remove("/webhooks/{id}", "deleteWebhook", "End a subscription", deleteWebhook).needs("webhooks:delete").outside(),
		read("/webhooks/{id}/deliveries", "listWebhookDeliveries", "List what was sent for a subscription, the newest first", listMessages).needs("webhooks:read").
			takes(
				parameter{name: "limit", about: "1 to 250; 50 if absent", example: "50"}, parameter{name: "cursor", about: "from page.next; good for a day"},
				parameter{name: "state", about: "one of some with commas: waiting, parked, delivered, dead", example: "dead"},
			).saying("As long as they are kept: 14 days unless the shop says otherwise."),
		act(http.MethodPost, "/webhooks/{id}/deliveries/{delivery}/redeliver", "redeliverWebhook", "Send a message again", http.StatusAccepted, redeliver).needs("webhooks:write").outside().
			saying("It has the same webhook-id, its attempts go on counting, and it says what is so now."),
		act(http.MethodPost, "/webhook-secret/rotate", "rotateWebhookSecret", "Get another key for webhooks and pages", http.StatusOK, rotateKey).outside().untold(showKey).
			saying("For a day messages are signed with both keys, the new one first. The answer is the only place where the key stands."),
		write(http.MethodPost, "/notifications", "createNotification", "Show a line to the merchant", http.StatusCreated, createNotification).needs("notifications:write").outside().
			saying("Ten are free, then each needs a wait of 10, 30 and at last 60 seconds since the one before."),
	}
}

// subscription is what is shown of one.
type subscription struct {
	ID          string `json:"id"`
	Topic       string `json:"topic" example:"order.*"`
	Address     string `json:"address" format:"uri"`
	Order       string `json:"order" enum:"entity,strict" doc:"entity: first attempts of a record keep their order; strict: all attempts of the endpoint do"`
	SuppressOwn bool   `json:"suppress_own" doc:"what the app itself caused is left out"`
	Source      string `json:"source" enum:"app.json,api" doc:"where it is changed"`
	Active      bool   `json:"active" doc:"false: its scope is not granted, or nobody consented to its host"`
}

// subscriptions are those of an app, in their order; parts of one are shown as one.
func subscriptions(r lifecycle.Registration) (list []subscription) {
	seen := map[appdock.ID]bool{}
	for _, w := range r.Features.Webhooks {
		s := subscription{ID: w.ID.String(), Topic: w.Topic, Address: w.URL, Order: "entity", Source: "app.json", Active: w.Active}
		if a := w.Asked; !a.ID.IsZero() {
			if seen[a.ID] {
				continue
			}
			seen[a.ID] = true
			s.ID, s.Topic, s.SuppressOwn, s.Source = a.ID.String(), a.Topic, a.SuppressOwn, "api"
			if a.Strict {
				s.Order = "strict"
			}
		}
		list = append(list, s)
	}
	return list
}

func (c *call) registration() (lifecycle.Registration, error) {
	return c.options.Apps.Get(c.ctx, c.shop.ID, c.bearer.App.Name)
}

func listWebhooks(c *call) (*complete[subscription], error) {
	r, err := c.registration()
	if err != nil {
		return nil, err
	}
	return &complete[subscription]{Data: append([]subscription{}, subscriptions(r)...)}, nil
}

func showWebhook(c *call) (*subscription, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	return c.subscription(id)
}

func (c *call) subscription(id appdock.ID) (*subscription, error) {
	r, err := c.registration()
	if err != nil {
		return nil, err
	}
	list := subscriptions(r)
	at := slices.IndexFunc(list, func(s subscription) bool { return s.ID == id.String() })
	if at < 0 {
		return nil, c.nothing()
	}
	c.weak = true // it has no version of its own
	return &list[at], nil
}

// subscriptionCreate is what a new one is made of.
type subscriptionCreate struct {
	Topic       string `json:"topic" minLength:"3" maxLength:"128" example:"order.*"`
	Address     string `json:"address" maxLength:"2000" example:"https://app.example/hook"`
	Order       string `json:"order,omitempty" enum:"entity,strict" default:"entity"`
	SuppressOwn bool   `json:"suppress_own,omitempty"`
}

func createWebhook(c *call, in *subscriptionCreate) (*subscription, error) {
	if err := c.mayHear(in.Topic); err != nil {
		return nil, err
	}
	id, err := c.options.Apps.Subscribe(c.ctx, c.shop.ID, c.bearer.App.Name, lifecycle.Ask{
		Topic: in.Topic, URL: in.Address, Strict: in.Order == "strict", SuppressOwn: in.SuppressOwn,
	})
	if err != nil {
		return nil, faulty(err)
	}
	c.made("/webhooks/" + id.String())
	return c.subscription(id)
}

// mayHear refuses a token that may not read what a topic is about: that the app may is not
// enough.
func (c *call) mayHear(topic string) error {
	for _, t := range protocol.LookupTopic(topic) {
		if t.Scope != (protocol.Scope{}) && !c.bearer.Has(t.Scope) {
			return &problem{
				Status: http.StatusForbidden, Code: "insufficient_scope", Detail: "The topic needs the scope " + t.Scope.String() + ".", RequiredScope: t.Scope.String(),
				header: http.Header{"Www-Authenticate": {`Bearer error="insufficient_scope", scope="` + t.Scope.String() + `"`}},
			}
		}
	}
	return nil
}

// faulty shows what is wrong with a subscription as a body's faults are shown.
func faulty(err error) error {
	e, ok := errors.AsType[*appdock.Error](err)
	switch {
	case !ok || len(e.Faults) == 0:
		if ok && e.Code == lifecycle.CodeLocked {
			return &problem{Status: http.StatusServiceUnavailable, Code: "maintenance", Detail: "Something else is done with the app.", header: http.Header{"Retry-After": {"1"}}}
		}
		return err
	case e.Faults[0].Code == "duplicate" && len(e.Faults) == 1:
		return &problem{Status: http.StatusConflict, Code: "duplicate", Detail: e.Faults[0].Message}
	}
	var faults []fault
	for _, f := range e.Faults {
		faults = append(faults, fault{f.Pointer, f.Code, f.Message})
	}
	return invalid(faults)
}

// subscriptionPatch is a merge patch of one.
type subscriptionPatch struct {
	Topic       *string `json:"topic,omitempty" minLength:"3" maxLength:"128"`
	Address     *string `json:"address,omitempty" maxLength:"2000"`
	Order       *string `json:"order,omitempty" enum:"entity,strict"`
	SuppressOwn *bool   `json:"suppress_own,omitempty"`
}

func patchWebhook(c *call, in *subscriptionPatch) (*subscription, error) {
	id, err := c.own()
	if err != nil {
		return nil, err
	}
	if in.Topic != nil {
		if err := c.mayHear(*in.Topic); err != nil {
			return nil, err
		}
	}
	err = c.options.Apps.Resubscribe(c.ctx, c.shop.ID, c.bearer.App.Name, id, func(ask *lifecycle.Ask) {
		assign(&ask.Topic, in.Topic)
		assign(&ask.URL, in.Address)
		assign(&ask.SuppressOwn, in.SuppressOwn)
		if in.Order != nil {
			ask.Strict = *in.Order == "strict"
		}
	})
	if err != nil {
		return nil, faulty(err)
	}
	return c.subscription(id)
}

// assign gives a value that was sent.
func assign[T any](to, sent *T) {
	if sent != nil {
		*to = *sent
	}
}

// own is the id of a subscription that the app made itself.
func (c *call) own() (appdock.ID, error) {
	id, err := c.id("id")
	if err != nil {
		return id, err
	}
	s, err := c.subscription(id)
	if err == nil && s.Source != "api" {
		err = &problem{Status: http.StatusMethodNotAllowed, Code: "method_not_allowed", Detail: "This subscription stands in the app.json, and is changed there.", header: http.Header{"Allow": {"GET"}}}
	}
	return id, err
}

func deleteWebhook(c *call) error {
	id, err := c.own()
	if err != nil {
		return err
	}
	return faulty(c.options.Apps.Unsubscribe(c.ctx, c.shop.ID, c.bearer.App.Name, id))
}

// sending is what is shown of one that was or will be sent.
type sending struct {
	ID            string  `json:"id"`
	WebhookID     string  `json:"webhook_id" doc:"as in the header webhook-id"`
	Topic         string  `json:"topic"`
	ResourceID    *string `json:"resource_id" doc:"that it is about; null: about none"`
	State         string  `json:"state" enum:"waiting,parked,delivered,dead"`
	Attempts      int     `json:"attempts"`
	LastStatus    *int    `json:"last_status" doc:"HTTP status of the last attempt; null: none was answered"`
	Reason        *string `json:"reason" doc:"why it is parked or dead"`
	CreatedAt     string  `json:"created_at" format:"date-time"`
	NextAttemptAt *string `json:"next_attempt_at" format:"date-time"`
}

// sendings are a page of them.
type sendings struct {
	Data []sending `json:"data"`
	Page pageInfo  `json:"page"`
}

// shownUpTo is where a page of the log ends.
type shownUpTo struct {
	At   int64  `json:"a"` // in milliseconds
	Last int64  `json:"n"` // number of the delivery
	Hash string `json:"h"`
	Made int64  `json:"m"`
}

func listMessages(c *call) (*sendings, error) {
	parts, err := c.parts()
	if err != nil {
		return nil, err
	}
	limit, err := c.limit()
	if err != nil {
		return nil, err
	}
	states, err := c.states()
	if err != nil {
		return nil, err
	}
	at := shownUpTo{Hash: c.filterHash(&listing{})}
	if c.query.Has("cursor") {
		hash := at.Hash
		if !c.unsealed(c.query.Get("cursor"), &at) || c.options.Now().Sub(time.Unix(at.Made, 0)) > cursorGood {
			return nil, refuse("invalid_cursor", "The cursor is none of this host, or older than a day: begin anew.")
		}
		if at.Hash != hash {
			return nil, refuse("cursor_mismatch", "The cursor is of another list.")
		}
	}
	var found []webhook.Delivery
	for _, id := range parts {
		for _, state := range states {
			some, err := c.options.Deliveries.Deliveries(c.ctx, webhook.Filter{
				Shop: c.shop.ID, Subscription: id, State: state, Limit: limit + 1, Behind: webhook.Listed{CreatedAt: time.UnixMilli(at.At), Number: at.Last},
			})
			if err != nil {
				return nil, err
			}
			found = append(found, some...)
		}
	}
	slices.SortFunc(found, func(a, b webhook.Delivery) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.Number, a.Number))
	})
	out := &sendings{Data: []sending{}, Page: pageInfo{Limit: limit}}
	if len(found) > limit {
		found = found[:limit]
		last := found[limit-1]
		at.At, at.Last, at.Made = last.CreatedAt.UnixMilli(), last.Number, c.options.Now().Unix()
		out.Page.Next = c.sealed(at)
	}
	for _, d := range found {
		out.Data = append(out.Data, sendingOf(d))
	}
	c.links(out.Page)
	return out, nil
}

// states are those of the deliveries that are asked for; the empty one is any.
func (c *call) states() ([]webhook.State, error) {
	if !c.query.Has("state") {
		return []webhook.State{""}, nil
	}
	var all []webhook.State
	for text := range strings.SplitSeq(c.query.Get("state"), ",") {
		state := webhook.State(text)
		if !slices.Contains([]webhook.State{webhook.Waiting, webhook.Parked, webhook.Delivered, webhook.Dead}, state) || slices.Contains(all, state) {
			return nil, refuse("invalid_filter", "state is some of waiting, parked, delivered and dead, each once.")
		}
		all = append(all, state)
	}
	return all, nil
}

// parts are the ids under which a subscription is kept.
func (c *call) parts() (parts []appdock.ID, err error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	r, err := c.registration()
	if err != nil {
		return nil, err
	}
	for _, w := range r.Features.Webhooks {
		if w.Asked.ID == id || w.Asked.ID.IsZero() && w.ID == id {
			parts = append(parts, w.ID)
		}
	}
	if len(parts) == 0 {
		return nil, c.nothing()
	}
	return parts, nil
}

func sendingOf(d webhook.Delivery) sending {
	out := sending{
		ID: d.ID.String(), WebhookID: "msg_" + d.ID.String(), Topic: d.Topic, State: string(d.State), Attempts: d.Attempts, CreatedAt: d.CreatedAt.UTC().Format(moments),
	}
	if !d.Record.IsZero() {
		id := d.Record.String()
		out.ResourceID = &id
	}
	if d.LastStatus != 0 {
		out.LastStatus = &d.LastStatus
	}
	if d.Reason != "" {
		out.Reason = &d.Reason
	}
	if d.State == webhook.Waiting {
		at := d.DueAt.UTC().Format(moments)
		out.NextAttemptAt = &at
	}
	return out
}

func redeliver(c *call) (*sending, error) {
	parts, err := c.parts()
	if err != nil {
		return nil, err
	}
	id, err := c.id("delivery")
	if err != nil {
		return nil, err
	}
	one := webhook.Filter{Shop: c.shop.ID, ID: id, Limit: 1}
	found, err := c.options.Deliveries.Deliveries(c.ctx, one)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 || !slices.Contains(parts, found[0].Subscription) {
		return nil, c.nothing()
	}
	if state := found[0].State; state != webhook.Delivered && state != webhook.Dead {
		return nil, &problem{Status: http.StatusConflict, Code: "in_use", Detail: "The message is still to be sent."}
	}
	if _, err := c.options.Deliveries.Replay(c.ctx, one); err != nil {
		return nil, err
	}
	if found, err = c.options.Deliveries.Deliveries(c.ctx, one); err != nil || len(found) == 0 {
		return nil, err
	}
	out := sendingOf(found[0])
	return &out, nil
}

// webhookSecret is a key, this once.
type webhookSecret struct {
	Secret string `json:"webhook_secret" doc:"whsec_ and base64; shown this once"`
}

func rotateKey(c *call) (*webhookSecret, error) {
	secret, err := c.options.Apps.RotateWebhookKey(c.ctx, c.shop.ID, c.bearer.App.Name)
	if err != nil {
		return nil, faulty(err)
	}
	return &webhookSecret{secret.Reveal()}, nil
}

// showKey gives the key of now to who asks again under the same idempotency key: the answer
// itself is not kept, because a key stands nowhere in the clear.
func showKey(c *call) (any, error) {
	r, err := c.registration()
	if err != nil {
		return nil, err
	}
	return &webhookSecret{r.Secret.Reveal()}, nil
}

// notificationCreate is a line for the merchant.
type notificationCreate struct {
	Status  string `json:"status" enum:"success,error,info,warning"`
	Message string `json:"message" minLength:"1" maxLength:"5000"`
}

type notification struct {
	ID      string `json:"id"`
	Status  string `json:"status"`
	Message string `json:"message"`
}

func createNotification(c *call, in *notificationCreate) (*notification, error) {
	from := ""
	if a := web.ClientOf(c.ctx).Address; a.IsValid() {
		from = a.String()
	}
	id, err := inTime(c, func() (appdock.ID, error) {
		return c.options.Notifier.Notify(c.ctx, c.bearer.Actor, from, shop.Notification{Status: in.Status, Message: in.Message})
	})
	if e, ok := errors.AsType[*appdock.Error](err); ok && e.Kind == appdock.Throttled {
		return nil, slowed(e)
	}
	if err != nil {
		return nil, err
	}
	return &notification{id.String(), in.Status, in.Message}, nil
}

// slowed tells how long somebody has to wait.
func slowed(e *appdock.Error) *problem {
	p := problemOf(e)
	for _, param := range e.Params {
		if seconds, ok := param.Value.(int64); ok && param.Name == "seconds" {
			p.header = http.Header{"Retry-After": {strconv.FormatInt(seconds, 10)}}
		}
	}
	return p
}
