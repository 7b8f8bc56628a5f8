package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/web"
)

// actions does to records what is no plain write; *shop.Service does. All its methods check
// the actor's privileges.
type actions interface {
	// Transit gives the state that the record is in afterwards.
	Transit(ctx context.Context, a appdock.Actor, t shop.Transition) (entity.Record, error)
	// Transitions gives what can be done, with the states on both sides loaded.
	Transitions(ctx context.Context, a appdock.Actor, t shop.Transition) ([]entity.Record, error)
	Reserve(ctx context.Context, a appdock.Actor, numberRange string, preview bool) (string, error)
	// Clone gives the id of the copy.
	Clone(ctx context.Context, a appdock.Actor, c shop.Clone) (appdock.ID, error)
	// Refund begins the refund of a capture.
	Refund(ctx context.Context, a appdock.Actor, refund appdock.ID) error
	// Resolve puts ids in the place of keys that are named otherwise.
	Resolve(ctx context.Context, a appdock.Actor, ops []entity.Operation) error
}

// flows are the triggers of apps; it checks whose an event is.
type flows interface {
	TriggerFlow(ctx context.Context, a appdock.Actor, name string, payload []byte) error
}

// stateField is the parameter that names the field of the state; most entities have one only.
const stateField = "stateFieldName"

// transitOf answers POST /api/_action/{entity}/{id}/state/{transition}, whose path names the
// entity (admin-api.md 8). The answer is the state that was reached, always in plain JSON and
// not wrapped. What the body says of mails is not looked at: this host sends none.
func transitOf(entityName string) endpoint {
	return func(c *call) error {
		tree, err := c.formOrJSON()
		if err != nil {
			return err
		}
		state, form, err := c.transit(entityName, tree[stateField])
		if err != nil {
			return err
		}
		return c.send(plain, form.Append(nil, state))
	}
}

// transit answers POST /api/_action/state-machine/{entity}/{id}/state/{transition} with the
// state that was reached, as any record is shown.
func transit(c *call) error {
	f, err := negotiate(c.r.Header.Values("Accept"))
	if err != nil {
		return err
	}
	tree, err := parseQuery(c.r.URL.RawQuery)
	if err != nil {
		return err
	}
	state, form, err := c.transit(c.entityName(), tree[stateField])
	if err != nil {
		return err
	}
	if f == plain {
		return c.send(f, append(form.Append([]byte(`{"data":`), state), '}'))
	}
	doc, err := c.document(form)
	if err != nil {
		return err
	}
	return c.send(f, doc.detail(state, c.address()))
}

// transit makes the transition that the path asks for. All that could be wrong with the
// request is looked at before: what is done cannot be refused any more.
func (c *call) transit(entityName string, field any) (state entity.Record, form entity.Plain, err error) {
	t, err := c.transition(entityName, field)
	if err != nil {
		return state, form, err
	}
	if form, err = c.form(asked{}); err != nil {
		return state, form, err
	}
	state, err = web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) (entity.Record, error) {
		return c.options.Actions.Transit(ctx, c.actor, t)
	})
	return state, form, err
}

// transition reads what the path and the headers say of a transition; field is the
// parameter stateFieldName, nil if it was not sent.
func (c *call) transition(entityName string, field any) (shop.Transition, error) {
	t := shop.Transition{Entity: entityName, ID: c.target.id, Action: c.target.transition}
	switch field := field.(type) {
	case nil:
	case string:
		t.Field = field
	default:
		return t, badParameter(stateField, "Send the name of a field, or leave it out.")
	}
	var err error
	t.View, err = c.view()
	return t, err
}

// possible is a transition that can be made.
type possible struct {
	Name          string `json:"name"` // of the state that it leads to
	TechnicalName string `json:"technicalName"`
	ActionName    string `json:"actionName"`
	FromStateName string `json:"fromStateName"`
	ToStateName   string `json:"toStateName"`
	URL           string `json:"url"`
}

// transitions answers GET /api/_action/state-machine/{entity}/{id}/state.
func transitions(c *call) error {
	tree, err := parseQuery(c.r.URL.RawQuery)
	if err != nil {
		return err
	}
	t, err := c.transition(c.entityName(), tree[stateField])
	if err != nil {
		return err
	}
	found, err := web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) ([]entity.Record, error) {
		return c.options.Actions.Transitions(ctx, c.actor, t)
	})
	if err != nil {
		return err
	}
	list := make([]possible, 0, len(found))
	for _, r := range found {
		from, _ := r.One("fromStateMachineState")
		to, _ := r.One("toStateMachineState")
		action := r.Text("actionName")
		at := "/api/_action/state-machine/" + c.target.entity + "/" + t.ID.String() + "/state/" + url.PathEscape(action)
		if t.Field != "" {
			at += "?" + stateField + "=" + url.QueryEscape(t.Field)
		}
		list = append(list, possible{
			Name: stateName(to), TechnicalName: to.Text("technicalName"), ActionName: action,
			FromStateName: from.Text("technicalName"), ToStateName: to.Text("technicalName"), URL: at,
		})
	}
	return web.JSON(c.w, http.StatusOK, struct {
		Transitions []possible `json:"transitions"`
	}{list})
}

// stateName is the name of a state in the language that was asked for, or the one that
// stands in for it.
func stateName(r entity.Record) string {
	if r.Definition == nil {
		return ""
	}
	i := r.Definition.Index("name")
	if i < 0 {
		return ""
	}
	name, _ := r.Translated(i).(string)
	return name
}

// reserve answers GET /api/_action/number-range/reserve/{type} and the same for a sales
// channel: a shop has one range of a type, which counts for all of its channels.
func reserve(c *call) error {
	tree, err := parseQuery(c.r.URL.RawQuery)
	if err != nil {
		return err
	}
	number, err := web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) (string, error) {
		return c.options.Actions.Reserve(ctx, c.actor, c.target.numberRange, truthy(tree["preview"]))
	})
	if err != nil {
		return err
	}
	return web.JSON(c.w, http.StatusOK, struct {
		Number string `json:"number"`
	}{number})
}

// clone answers POST /api/_action/clone/{entity}/{id} (admin-api.md 6.4).
func clone(c *call) error {
	tree, err := c.formOrJSON()
	if err != nil {
		return err
	}
	wish := shop.Clone{Entity: c.entityName(), ID: c.target.id, Children: true}
	if v := tree["overwrites"]; v != nil && !empty(v) {
		var ok bool
		if wish.Overwrites, ok = object(v); !ok {
			return badParameter("overwrites", "Send an object with values of the entity, or leave it out.")
		}
	}
	if v, sent := tree["cloneChildren"]; sent {
		wish.Children = truthy(v)
	}
	id, err := web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) (appdock.ID, error) {
		return c.options.Actions.Clone(ctx, c.actor, wish)
	})
	if err != nil {
		return err
	}
	return web.JSON(c.w, http.StatusOK, struct {
		ID appdock.ID `json:"id"`
	}{id})
}

// refund answers POST /api/_action/order_transaction_capture_refund/{id}.
func refund(c *call) error {
	_, err := web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, c.options.Actions.Refund(ctx, c.actor, c.target.id)
	})
	if err == nil {
		c.w.WriteHeader(http.StatusNoContent)
	}
	return err
}

// triggerFlow answers POST /api/_action/trigger-event/{name} (gateways.md, "Custom triggers").
func triggerFlow(c *call) error {
	tree, err := c.formOrJSON()
	if err != nil {
		return err
	}
	payload, err := json.Marshal(tree)
	if err != nil {
		return fmt.Errorf("write the payload of a trigger: %w", err)
	}
	_, err = web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, c.options.Flows.TriggerFlow(ctx, c.actor, c.target.code, payload)
	})
	if err != nil {
		return err
	}
	return web.JSON(c.w, http.StatusOK, struct {
		Message string `json:"message"`
	}{fmt.Sprintf("The trigger `%s` successfully dispatched!", c.target.code)})
}

// runTasks answers POST /api/_action/scheduled-task/run: the host's tasks run by themselves.
func runTasks(c *call) error {
	return web.JSON(c.w, http.StatusOK, struct {
		Message string `json:"message"`
	}{"Success"})
}

// noStoreAPI answers calls that would be passed on to the storefront's API: there is none
// (admin-api.md 8).
func noStoreAPI(c *call) error {
	detail := "This host has no store API."
	return web.JSON(c.w, http.StatusNotImplemented, envelope{[]apiError{{
		Code: "0", Status: "501", Title: http.StatusText(http.StatusNotImplemented), Detail: &detail, Meta: parameters(nil),
	}}})
}

// noScript answers calls of script endpoints, whose paths are theirs alone: this host runs no
// scripts of apps yet (app-scripts.md, "Endpoints": 404 with detail).
func noScript(c *call) error {
	segments := below(c.r.URL)
	return &appdock.Error{
		Kind: appdock.NotFound, Code: "ADK-SCRIPT-NOT-FOUND",
		Message: fmt.Sprintf("There is no script endpoint %q.", given(strings.Join(segments[1:], "-"))),
		Cause:   "this release runs no scripts of apps", Cure: "Call the app's own server instead.",
	}
}
