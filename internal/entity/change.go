package entity

import "github.com/appdock/appdock"

// Operation is a wish to write one record and what hangs below it, as it came from a
// client: names and JSON values are unchecked.
type Operation struct {
	Entity string
	Action Action
	// Payload holds the values by API name, as encoding/json decodes them with UseNumber.
	// For Delete it holds the primary key.
	Payload map[string]any
	// Filters say which records are deleted, in the place of a Payload: all that they hold for
	// when the unit of work begins. They have no meaning for other actions.
	Filters []Filter
	// Pointer to the payload in the request, such as "/0" or "/write-product/3".
	Pointer string
}

// Action of an operation.
type Action int

// The actions.
const (
	Insert Action = iota + 1 // the record must not exist
	Update                   // the record must exist
	Upsert                   // insert or update
	Delete
)

// Written says what operations came down to, by entity, in the order of writing.
type Written struct {
	Saved    map[string][]appdock.ID
	Deleted  map[string][]appdock.ID
	NotFound map[string][]appdock.ID // deletions of what was not there
	// Pairs gives the two keys of each record among them that two keys identify, by its id.
	Pairs map[appdock.ID]map[string]appdock.ID
	// Texts gives the two keys of the texts in the system's language that were written, by the
	// entity that holds texts: they stand in the records themselves.
	Texts map[string][]map[string]appdock.ID
}

// Change is one row to be written: what an operation came down to.
type Change struct {
	Entity  string
	Kind    ChangeKind
	ID      appdock.ID
	Version appdock.ID     // of a versioned entity; zero: the live one
	Expect  int64          // row version that must still be there; 0: any
	Set     map[string]any // by field name, in the Go form of the field's type; nil is null
	// Before has the values that Set replaces or a deletion ends, and what the row stands under
	// if that is two keys ([Definition.Keyed]).
	Before map[string]any
	// Pointer to the row in the request, for errors about it.
	Pointer string
}

// ChangeKind says what happens to the row.
type ChangeKind string

// The kinds of changes, spelt as apps are told (protocol-webhooks.md 3.1).
const (
	Inserted ChangeKind = "insert"
	Updated  ChangeKind = "update"
	Deleted  ChangeKind = "delete"
)
