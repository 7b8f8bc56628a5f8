package shop

import (
	"context"
	"errors"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// Work is a unit of work in the hands of somebody who decides between reading and writing:
// what the stock is and whether it is enough, which prices an order has, whether the record
// is still the one that was looked at. Each of its methods obeys the same rules as that of
// the [Service], sees what was done in the unit before, and checks the privileges of its
// actor. What it is used for may be run again, and holds the writer while it runs.
type Work struct {
	service *Service
	shop    appdock.ShopID
	schema  *entity.Schema
	unit    Unit
	owes    bool // something was left to be written after the unit
}

// Do does work in one unit: all of it is committed, or nothing if do fails. do must call
// nobody outside, since others wait for it.
func (s *Service) Do(ctx context.Context, shop appdock.ShopID, do func(*Work) error) error {
	schema, err := s.store.Schema(ctx, shop)
	if err != nil {
		return err
	}
	var w *Work
	events, err := s.store.Write(ctx, shop, func(u Unit) error {
		w = &Work{service: s, shop: shop, schema: schema, unit: u}
		return do(w)
	})
	if err == nil && len(events) > 0 {
		s.committed(events)
	}
	if err == nil && w.owes {
		s.settleNow(ctx, shop)
	}
	return err
}

// Search finds records as [Service.Search] does.
func (w *Work) Search(actor appdock.Actor, view entity.View, c *entity.Criteria) (entity.Page, error) {
	return w.service.find(w.schema, w.unit.Search, actor, view, c)
}

// errPassword says that hashing takes longer than anybody may hold the writer.
var errPassword = errors.New("a password cannot be set within other work")

// Write writes records as [Service.Write] does, but no passwords.
func (w *Work) Write(actor appdock.Actor, view entity.View, ops []entity.Operation) (entity.Written, error) {
	wish, err := w.service.writing(w.schema, w.unit.Search, actor, view, ops)
	if err != nil {
		return entity.Written{}, err
	}
	for _, d := range wish.drafts {
		for _, v := range d.set {
			if _, ok := v.(plainPassword); ok {
				return entity.Written{}, errPassword
			}
		}
	}
	if err := wish.sweep(w.unit.Search); err != nil {
		return entity.Written{}, err
	}
	written, err := wish.decide(w.unit)
	w.owes = w.owes || wish.owes
	return written, err
}

// Transit moves a record to another state as [Service.Transit] does.
func (w *Work) Transit(actor appdock.Actor, t Transition) (entity.Record, error) {
	step, err := w.service.transition(w.schema, w.unit.Search, actor, &t)
	if err != nil {
		return entity.Record{}, err
	}
	return step(w.unit)
}

// Attach makes a file that of a media record as [Service.Attach] does.
func (w *Work) Attach(actor appdock.Actor, media appdock.ID, f File) error {
	if err := f.Check(); err != nil {
		return err
	}
	if missing := actor.Missing("media:update"); len(missing) > 0 {
		return appdock.MissingPrivileges(missing)
	}
	wish := &writing{actor: actor, schema: w.schema, now: w.service.now().UTC().Truncate(time.Millisecond), newID: w.service.newID}
	return wish.changeFile(w.unit, media, attached(f, actor))
}

// remembered is how long an answer is kept under an idempotency key.
const remembered = 24 * time.Hour

// Recall gives the answer that an installation's request had; NotFound if its key is new.
func (w *Work) Recall(installation appdock.ID, key string) (requestHash, answer []byte, err error) {
	return w.unit.Recall(installation, key, w.service.now().Add(-remembered))
}

// Remember keeps the answer to a request with what it did.
func (w *Work) Remember(installation appdock.ID, key string, requestHash, answer []byte) error {
	return w.unit.Remember(installation, key, requestHash, answer, w.service.now().Add(-remembered))
}

// Number draws the next free number of a range, such as "customer". It asks for no right: it
// is for records that are made in the unit.
func (w *Work) Number(numberRange string) (string, error) {
	return newPlan(&writing{schema: w.schema, now: w.service.now().UTC()}, w.unit.Search).free(w.unit, numberRange)
}
