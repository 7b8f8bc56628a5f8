package shop

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// Notification is a line for the merchant in the admin (admin-api.md 8).
type Notification struct {
	Status             string // such as "success" or "error"; any text
	Message            string
	AdminOnly          bool
	RequiredPrivileges []string // what a user needs to see it; none: all users do
}

// Notify shows a line to the merchant. It needs notification:create and notes the
// integration of the actor as its author. from is the address of the client: whoever sends
// too many has to wait, and is told for how long (protocol-admin.md 3.1). The host itself
// never waits. What is wrong does not count.
func (s *Service) Notify(ctx context.Context, actor appdock.Actor, from string, n Notification) (appdock.ID, error) {
	if missing := actor.Missing("notification:create"); len(missing) > 0 {
		return appdock.ID{}, appdock.MissingPrivileges(missing)
	}
	for _, given := range []struct{ name, value string }{{"status", n.Status}, {"message", n.Message}} {
		if given.value == "" {
			return appdock.ID{}, &appdock.Error{
				Kind:    appdock.Invalid,
				Code:    "FRAMEWORK__MISSING_REQUEST_PARAMETER",
				Message: "Parameter \"" + given.name + "\" is missing.",
				Params:  []appdock.Param{{Name: "parameterName", Value: given.name}},
			}
		}
	}
	privileges := make([]any, len(n.RequiredPrivileges))
	for i, p := range n.RequiredPrivileges {
		privileges[i] = p
	}
	id := s.newID()
	_, err := s.write(ctx, actor, entity.View{}, []entity.Operation{{
		Entity: "notification", Action: entity.Insert, Pointer: "/0",
		Payload: map[string]any{
			"id": id.String(), "status": n.Status, "message": n.Message,
			"adminOnly": n.AdminOnly, "requiredPrivileges": privileges,
		},
	}}, func(u Unit) error { return s.patience(u, actor, from) })
	return id, err
}

// patience lets a notification through or says how long its author has to wait.
func (s *Service) patience(u Unit, actor appdock.Actor, from string) error {
	var who string
	switch {
	case !actor.User.IsZero():
		who = actor.User.String()
	case !actor.Integration.IsZero():
		who = actor.Integration.String() + "-" + from
	case !actor.Installation.IsZero(): // its token is none of an integration
		who = actor.Installation.String() + "-" + from
	default:
		return nil // the host itself
	}
	return u.ChangeBackoff("notification "+who, func(b appdock.Backoff) (appdock.Backoff, error) {
		next, wait := b.Next(s.now())
		if wait > 0 {
			return b, appdock.TooOften("FRAMEWORK__NOTIFICATION_THROTTLED", "Notification", wait)
		}
		return next, nil
	})
}

// Notifications gives up to limit notifications that are newer than since, the oldest
// first, without those that the actor may not see: who is no administrator sees none for
// administrators, and each may need privileges of its own (protocol-admin.md 3.2). last is
// when the last of them was made, those that were left out counted: the next since. It is
// zero if there are none.
//
// The clock of records counts milliseconds: what was made in the same one as the last comes
// too, because nobody would ask for it any more.
func (s *Service) Notifications(ctx context.Context, actor appdock.Actor, since time.Time, limit int) (seen []entity.Record, last time.Time, err error) {
	c := &entity.Criteria{Entity: "notification", Limit: limit, Sort: []entity.Sort{{Field: "createdAt"}}}
	if !since.IsZero() {
		c.Filters = []entity.Filter{{Kind: entity.Range, Field: "createdAt", Bounds: entity.Bounds{GT: since.UTC()}}}
	}
	search := s.committedBefore(ctx, actor.Shop)
	page, err := search(entity.View{}, c)
	if err != nil || len(page.Records) == 0 {
		return nil, last, err
	}
	found := page.Records
	last, _ = found[len(found)-1].Get("createdAt").(time.Time)
	if len(found) == limit {
		found, err = withTheSameMoment(search, found, last)
		if err != nil {
			return nil, last, err
		}
	}
	for _, r := range found {
		may, err := maySee(actor, r)
		if err != nil {
			return nil, last, err
		}
		if may {
			seen = append(seen, r)
		}
	}
	return seen, last, nil
}

// withTheSameMoment adds what was made at the moment of the last record and is not there yet.
func withTheSameMoment(search searcher, found []entity.Record, last time.Time) ([]entity.Record, error) {
	const most = 500 // far more than a millisecond has room for
	page, err := search(entity.View{}, &entity.Criteria{
		Entity: "notification", Limit: most,
		Filters: []entity.Filter{{Kind: entity.Equals, Field: "createdAt", Values: []any{last}}},
	})
	there := make(map[appdock.ID]bool, len(found))
	for _, r := range found {
		there[r.ID()] = true
	}
	for _, r := range page.Records {
		if !there[r.ID()] {
			found = append(found, r)
		}
	}
	return found, err
}

// shownTo are the conditions that records must hold for to be found by an actor who may read
// the entity: of notifications, those that [maySee] lets through.
func shownTo(actor appdock.Actor, name string) []entity.Filter {
	if name != "notification" || actor.Everything {
		return nil
	}
	held := make([]any, len(actor.Privileges), len(actor.Privileges)+1)
	for i, p := range actor.Privileges {
		held[i] = string(p)
	}
	if actor.Privileges.Has(appdock.AllApps) {
		held = append(held, entity.Beginning(appdock.AppPrefix))
	}
	return []entity.Filter{
		{Kind: entity.Nand, Queries: []entity.Filter{{Kind: entity.Equals, Field: "adminOnly", Values: []any{true}}}},
		{Kind: entity.Within, Field: "requiredPrivileges", Values: held},
	}
}

// maySee reports whether an actor may see a notification.
func maySee(actor appdock.Actor, r entity.Record) (bool, error) {
	if only, _ := r.Get("adminOnly").(bool); only && !actor.Everything {
		return false, nil
	}
	raw := r.Document("requiredPrivileges")
	if raw == nil {
		return true, nil
	}
	var needed []appdock.Privilege
	if err := json.Unmarshal(raw, &needed); err != nil {
		return false, fmt.Errorf("read the privileges of notification %s: %w", r.ID(), err)
	}
	return len(actor.Missing(needed...)) == 0, nil
}
