package entity

import (
	"fmt"
	"strings"
	"time"

	"github.com/appdock/appdock"
)

// Aggregation asks for figures about all records that criteria match, not only those of
// the page (admin-api.md 5.4).
type Aggregation struct {
	Name  string
	Kind  AggregationKind
	Field string // path; empty for [FilterRows]
	// Filters of FilterRows: only records that all hold for count.
	Filters []Filter
	// Interval of [Histogram].
	Interval Interval
	// Zone is the place whose days a Histogram counts; nil: UTC.
	Zone *time.Location
	// Format is PHP's date format of a Histogram's keys; empty: that of the interval.
	Format string
	// Ranges of [Ranges], each with a key of its own.
	Ranges []NamedRange
	// Entity of [Entities] is what the keys of Field lead to.
	Entity string
	// Limit of [Terms]: so many buckets, the first in order; 0: all.
	Limit int
	// ByCount orders the buckets of Terms by how many records they have, else they come in
	// the order of their keys.
	ByCount    bool
	Descending bool
	// Natural orders buckets of Terms by the length of their keys first.
	Natural bool
	// Nested is what is asked of the records of each bucket, or of those that FilterRows
	// leaves.
	Nested  *Aggregation
	Pointer string // to the aggregation in the request, such as "/aggregations/0"
}

// AggregationKind says what an [Aggregation] asks for.
type AggregationKind int

// The kinds of aggregations.
const (
	Average AggregationKind = iota
	Sum
	CountValues // the values that differ
	Smallest
	Largest
	Stats // the four of numbers at once
	Terms // a bucket for each value
	FilterRows
	Histogram // a bucket for each interval of time with values in it
	Ranges    // how many values are in each range of numbers
	Entities  // the records that the values lead to
)

// Buckets reports whether the answer has buckets, in which others may be nested.
func (k AggregationKind) Buckets() bool { return k == Terms || k == Histogram }

// Interval of a [Histogram].
type Interval int

// The intervals. Weeks begin on Monday.
const (
	Minute Interval = iota
	Hour
	Day
	Week
	Month
	Quarter
	Year
)

// NamedRange of numbers: From belongs to it, To does not; nil: it is open there.
type NamedRange struct {
	Key      string
	From, To *float64
}

// CodeAggregation is that of a wrong aggregation (admin-api.md 5.4).
const CodeAggregation = "FRAMEWORK__INVALID_AGGREGATION_QUERY"

// AggregationPlace is the pointer to the aggregation in which something at a pointer stands, the
// outermost if others are around it: faults with [CodeAggregation] point there and say in words
// what is wrong inside (admin-api.md 5.4, "pointer /aggregations/n").
func AggregationPlace(pointer string) string {
	const names = 3 // "", "aggregations" and the number
	parts := strings.Split(pointer, "/")
	return strings.Join(parts[:min(len(parts), names)], "/")
}

// Aggregated is the answer to an [Aggregation].
type Aggregated struct {
	Name         string
	Kind         AggregationKind
	Average, Sum float64 // 0 if there are no values
	Count        int64
	// Min and Max are an int64, the text of another number or of a moment, or nil if there
	// are no values.
	Min, Max any
	Buckets  []Bucket
	Format   string // as it was asked for
	// Ranges are how many values each range has, in the order in which they were asked for.
	Ranges []RangeCount
	// Entity and Records of [Entities]. A store gives Buckets whose keys are the ids.
	Entity  string
	Records []Record
}

// RangeCount is how many values a range has.
type RangeCount struct {
	Key   string
	Count int64
}

// Bucket holds the records that share a value.
type Bucket struct {
	Key    string    // the value as text; "" for null
	At     time.Time // when the interval of a Histogram begins, in its zone
	Count  int64
	Nested *Aggregated // nil: nothing was asked of its records
}

// MaxBuckets bounds the buckets of one aggregation, nested ones among them.
const MaxBuckets = 10_000

// TooManyBuckets is the refusal of an aggregation with more than [MaxBuckets].
func TooManyBuckets(name string) *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Invalid,
		Code:    CodeTooLarge,
		Message: "The answer would be too large.",
		Cause:   fmt.Sprintf("the aggregation %q has more than %d buckets", name, MaxBuckets),
		Cure:    "Give the aggregation a limit, nest fewer of them, or filter the records.",
	}
}
