package entity

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/appdock/appdock"
)

// Criteria says which records are asked for and what is loaded with them
// (admin-api.md 5). Names are those of the API; values have the Go form of the field's
// [Type] once package shop has checked them.
type Criteria struct {
	Entity string // of the records asked for; empty in nested criteria
	// IDs asked for; the records come in this order unless Sort is given. nil: any.
	IDs []appdock.ID
	// Keys are the two keys of each of IDs, if two identify a record ([Definition.Keyed]):
	// without them a store looks at all records of the shop.
	Keys    [][2]appdock.ID
	Filters []Filter // all must hold
	// PostFilters must hold for the records too, but not for what is counted into
	// aggregations.
	PostFilters []Filter
	// Term is a text to find in what the entity is searched by; package shop makes Queries of it.
	Term string
	// Queries give each record a score, the sum of those that hold; records without any are
	// not found.
	Queries []Query
	// Grouping keeps one record of those that have the same values at all of these paths.
	Grouping []string
	// Fields are the paths of what is wanted of the records; nil: everything.
	Fields []string
	// Bare asks for records with nothing but their ids and ways, to see which of IDs are there, and
	// those of their own stored fields that Fields names. It has no meaning in nested criteria.
	Bare   bool
	Sort   []Sort
	Offset int
	Limit  int // 0: no limit
	Total  Total
	// Aggregations are made of all matches. They have no meaning in nested criteria.
	Aggregations []Aggregation
	// Associations to load, each with criteria of its own.
	Associations map[string]*Criteria
	// MaxRecords bounds the whole answer: the records asked for and all that come with them,
	// one that is loaded through two parents counting twice. A store that would exceed it
	// stops and says so with [TooManyRecords]. 0: no bound; it has no meaning in nested
	// criteria.
	MaxRecords int
}

// Known gives the places of the fields that bare records have besides their ids: their way, then
// those of Fields.
func (c *Criteria) Known(d *Definition) []int {
	var places []int
	for i, name := range append([]string{d.Way}, c.Fields...) {
		if at := d.Index(name); at >= 0 && (i == 0 || name != d.Way) {
			places = append(places, at)
		}
	}
	return places
}

// Query is a condition and what it is worth (admin-api.md 5.5).
type Query struct {
	Filter Filter
	Score  float64
	// Times is the path of a number that Score is multiplied by; empty: it is not.
	Times   string
	Pointer string // to the query in the request, such as "/query/0"
}

// ScoreField is the name by which records are sorted by their score.
const ScoreField = "_score"

// TooManyRecords is the refusal of an answer that would hold more than limit records. The
// hosts that clients know have no such bound, so the code is our own.
func TooManyRecords(limit int) *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Invalid,
		Code:    CodeTooLarge,
		Message: "The answer would be too large.",
		Cause:   fmt.Sprintf("it would hold more than %d records, those of the associations counted", limit),
		Cure:    "Ask for fewer associations, or for smaller pages with limit and page, also in the associations.",
	}
}

// TooManyTables is the refusal of a question that a database would have to answer from more
// than limit tables at once.
func TooManyTables(limit int) *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Invalid,
		Code:    CodeTooLarge,
		Message: "The question is too wide.",
		Cause:   fmt.Sprintf("its filters and sorts lead through so many records that more than %d tables would be joined", limit),
		Cure:    "Filter and sort by fewer associations at once, or without sw-language-id and sw-inheritance: each makes more of every step.",
	}
}

// TooManyBytes is the refusal of an answer whose text would be longer than limit bytes.
func TooManyBytes(limit int) *appdock.Error {
	e := TooManyRecords(0)
	e.Cause = fmt.Sprintf("it would be longer than %d bytes", limit)
	return e
}

// Undefined is the failure to find an entity by its name (admin-api.md 9).
func Undefined(name string) *appdock.Error {
	const longest = 200 // of what a message repeats
	if len(name) > longest {
		name = strings.ToValidUTF8(name[:longest], "") + "..."
	}
	return &appdock.Error{
		Kind:    appdock.NotFound,
		Code:    "FRAMEWORK__DEFINITION_NOT_FOUND",
		Message: fmt.Sprintf("Definition for entity %q does not exist.", name),
		Cure:    "Spell the entity as in the manual; not every entity of Shopware is stored here.",
		Params:  []appdock.Param{{Name: "entityName", Value: name}},
	}
}

// NoRecord is the failure to find a record by its id (admin-api.md 9).
func NoRecord(name string, id appdock.ID) *appdock.Error {
	key := fmt.Sprintf("id(%s)", id)
	return &appdock.Error{
		Kind:    appdock.NotFound,
		Code:    "FRAMEWORK__RESOURCE_NOT_FOUND",
		Message: fmt.Sprintf("The %s resource with the following primary key was not found: %s", name, key),
		Params: []appdock.Param{
			{Name: "type", Value: name},
			{Name: "primaryKey", Value: map[string]string{"id": id.String()}},
			{Name: "primaryKeyString", Value: key},
		},
	}
}

// NoPair is the failure to find a record that two keys identify: what is missing is the pair, not
// what it would lead to.
func NoPair(d *Definition, keys map[string]appdock.ID) *appdock.Error {
	var names []string
	primary := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		names = append(names, fmt.Sprintf("%s(%s)", name, keys[name]))
		primary[name] = keys[name].String()
	}
	failure := NoRecord(d.Name, appdock.ID{})
	key := strings.Join(names, ", ")
	failure.Message = fmt.Sprintf("The %s resource with the following primary key was not found: %s", d.Name, key)
	failure.Params[1].Value, failure.Params[2].Value = primary, key
	return failure
}

// Codes of faults in criteria (admin-api.md 5.2 and 9).
const (
	CodeFilter      = "FRAMEWORK__INVALID_FILTER_QUERY"
	CodeSort        = "FRAMEWORK__INVALID_SORT_QUERY"
	CodeAssociation = "FRAMEWORK__ASSOCIATION_NOT_FOUND"
	CodeUUID        = "FRAMEWORK__INVALID_UUID"
	// CodeTooLarge is that of a refusal to give an answer of that size.
	CodeTooLarge = "ADK-ANSWER-TOO-LARGE"
)

// Total says how the number of all matches is found.
type Total int

// The ways to count (admin-api.md 5.1, total-count-mode).
const (
	CountPage Total = iota // the records returned
	CountAll               // exactly all matches
	CountNext              // up to Limit*6+1: enough to see that there are further pages
)

// Filter is a condition or a group of conditions.
type Filter struct {
	Kind    FilterKind
	Field   string // path such as "orderCustomer.email"; empty for a group
	Values  []any  // Equals: one, nil for null; EqualsAny: at least one; texts: one
	Bounds  Bounds // Range
	Queries []Filter
	// Pointer to the filter in the request, such as "/filter/0".
	Pointer string
}

// Beginning stands among the values of a [Within] filter for all texts that begin so.
type Beginning string

// FilterKind says how a [Filter] compares.
type FilterKind int

// The kinds of filters (admin-api.md 5.2).
const (
	Equals FilterKind = iota
	EqualsAny
	Contains
	Prefix
	Suffix
	Range
	// Within holds for lists of texts all of whose items are among the values, of which there
	// may be none: for the empty list, and for null. A value may be a [Beginning]. Clients have
	// no such filter.
	Within
	And
	Or
	Nand
	Nor
	// Newest and Oldest hold for one row of a to-many association: that whose value of the
	// field is the greatest or the least of all rows there, by id where several have it. They
	// take no values, and no client of the Admin API can say them.
	Newest
	Oldest
)

// Group reports whether the filter joins others.
func (k FilterKind) Group() bool { return k >= And && k <= Nor }

// Bounds of a range; nil: open on that side. GT wins over GTE, LT over LTE.
type Bounds struct{ GT, GTE, LT, LTE any }

// Sort orders records by a field.
type Sort struct {
	Field      string
	Descending bool
	// Natural orders by length first, then by value.
	Natural bool
	// Count orders by the number of values that the field leads to: of rows with a value,
	// if it passes an association to many.
	Count   bool
	Pointer string
}

// View says how records are looked at.
type View struct {
	// Version of versioned records; zero: the live one.
	Version appdock.ID
	// Base of the version (see [View.In]): records that have neither a draft nor a base are
	// shown as they are live. Zero: drafts of the version alone are shown.
	Base appdock.ID
	// Language of translated fields; zero: the system language.
	Language appdock.ID
	// Fallback is the language whose texts are shown where Language has none, before those
	// of the system language; zero: none.
	Fallback appdock.ID
	// Currency of amounts that criteria compare without naming one; zero: the default currency.
	// Factor is what its amounts are of those of the default, for prices that have none of their own.
	Currency appdock.ID
	Factor   float64
	// Inherit fills in the values that variants have from their parents.
	Inherit bool
}

// Load gives the associations of criteria that load what paths such as "deliveries.shippingMethod"
// lead to.
func Load(paths ...string) map[string]*Criteria {
	var all Criteria
	for _, path := range paths {
		at := &all
		for name := range strings.SplitSeq(path, ".") {
			if at.Associations == nil {
				at.Associations = map[string]*Criteria{}
			}
			next := at.Associations[name]
			if next == nil {
				next = &Criteria{}
				at.Associations[name] = next
			}
			at = next
		}
	}
	return all.Associations
}
