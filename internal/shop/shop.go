// Package shop holds the rules of the embedded shop: which entities there are, what a
// write has to obey, who may do it, and which events it causes. It decides on values; a
// [Store] keeps the records and runs the decision inside one unit of work.
package shop

import (
	"context"
	"errors"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// Store keeps the records.
type Store interface {
	// Schema returns the definitions in force, custom entities included. It is cheap:
	// cached by revision.
	Schema(ctx context.Context, shop appdock.ShopID) (*entity.Schema, error)
	// Search sees all that was committed before the call. The criteria were checked by
	// this package: fields exist, values have the Go form of their types.
	Search(ctx context.Context, shop appdock.ShopID, v entity.View, c *entity.Criteria) (entity.Page, error)
	// Write runs decide inside one unit of work and commits what it applied and raised
	// together or not at all; it returns the events, with what the store gave them, after
	// the commit. decide sees current data and its own changes, may be run again, has no
	// context so that it cannot call out, and holds the writer: everything that can be
	// done before belongs before. Once the deadline of ctx is over, what it asks and applies
	// fails with the error of ctx, and it is undone.
	Write(ctx context.Context, shop appdock.ShopID, decide func(Unit) error) ([]appdock.Event, error)
	// Foresee looks ahead for a unit; nil where the unit could not tell whether what was seen
	// is still so. ctx is that of all searches.
	Foresee(ctx context.Context, shop appdock.ShopID) Foresight
	// Owes reports whether anything is owed.
	Owes(ctx context.Context, shop appdock.ShopID) (bool, error)
}

// Foresight is what a unit of work will find, looked at before it begins: decisions that rest
// on it need not hold the writer. It is used by one goroutine at a time.
type Foresight interface {
	// Search finds live records that are asked for bare by their ids. It fails with
	// [ErrUnforeseen] if not all of them are there, or if anything else is asked for.
	Search(v entity.View, c *entity.Criteria) (entity.Page, error)
	// Prepare makes changes ready for [Unit.ApplyPrepared]; ok is false if only [Unit.Apply] can
	// write them. They must not be changed any more.
	Prepare(changes []entity.Change) (ok bool)
}

// ErrUnforeseen says that only the unit itself can tell.
var ErrUnforeseen = errors.New("only the unit of work can tell")

// Unit is a unit of work seen from inside.
type Unit interface {
	// Search sees the unit's own changes.
	Search(v entity.View, c *entity.Criteria) (entity.Page, error)
	// Holds reports whether all that was foreseen is there at this moment.
	Holds(f Foresight) bool
	// Apply writes rows. A broken unique constraint is an *appdock.Error of kind Invalid
	// whose fault points to the change's Pointer and has the [entity.Unique]'s code; a row
	// version that is no longer there is one of kind Conflict.
	Apply(changes ...entity.Change) error
	// ApplyPrepared is Apply of the changes that were prepared with a foresight.
	ApplyPrepared(f Foresight) error
	// Next draws from a number range, none below least; gaps are allowed, repeats are not.
	Next(numberRange string, least int64) (int64, error)
	// ChangeBackoff replaces what is kept of somebody by what next makes of it; an error of
	// next comes back, and nothing is changed.
	ChangeBackoff(who string, next func(appdock.Backoff) (appdock.Backoff, error)) error
	// Owe notes what is owed, in the place of what was owed of the same kind and record.
	Owe(owed ...Owed) error
	// Owed gives up to so much of what is owed, in any order.
	Owed(limit int) ([]Owed, error)
	// Settle forgets what was owed of these kinds and records.
	Settle(owed ...Owed) error
	// Raise writes events; Seq, Revision and Shop are given by the store.
	Raise(events ...appdock.Event) error
	// Recall gives the answer that was kept under an idempotency key since a time; NotFound
	// if there is none.
	Recall(installation appdock.ID, key string, since time.Time) (requestHash, answer []byte, err error)
	// Remember keeps an answer under an idempotency key in this unit, and forgets those of
	// the installation that are older than a time; Conflict if it has a younger one.
	Remember(installation appdock.ID, key string, requestHash, answer []byte, forget time.Time) error
}

// Owed is what follows from a record for more others than one unit of work may write: as many as
// there are would keep all other writers waiting. It is written bit by bit, each bit in a unit of
// its own, until nothing is owed (docs/adr/0039-what-is-owed.md).
//
// What is owed never says what is to be written: that is decided from what is stored when it is,
// so that it is right in any order, and whoever writes meanwhile.
type Owed struct {
	// Kind is the tree whose records stand right below the record, "product" for those that are
	// in this category, or "language" for the categories that have texts in this language.
	Kind string
	ID   appdock.ID
	// After is the last of them, by their ids, that was written; zero: none was.
	After appdock.ID
}
