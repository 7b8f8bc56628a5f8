package shop

import (
	"fmt"

	"github.com/appdock/appdock"
)

// maxRows bounds the rows of one request, nested ones among them: they are one unit of work,
// which holds the writer (admin-api.md 6.2).
const maxRows = 10_000

// maxParts bounds the rows of a draft: it has two copies, and a merge reads three.
const maxParts = maxRows / 4

// tooManyRows refuses a request that would hold up all others.
func tooManyRows() error {
	return &appdock.Error{
		Kind:    appdock.TooLarge,
		Code:    "0",
		Message: fmt.Sprintf("The request writes more than %d rows, nested ones among them.", maxRows),
		Cure:    "Send them in several requests.",
	}
}

// Bounds of criteria. Each is far above what clients ask for; what goes beyond costs a
// database more than the answer is worth, or more than its language can say.
const (
	// maxRecords bounds the records of one answer, those of associations among them: lists
	// that lead back to where they came from multiply with each step.
	maxRecords = 50_000
	// maxDepth bounds how deep associations are nested, maxAssociations how many there are
	// in all: each is a query of its own.
	maxDepth        = 12
	maxAssociations = 100
	// maxSteps bounds the names in a path, maxPath its bytes.
	maxSteps = 12
	maxPath  = 1_000
	// maxJoins bounds the associations that the paths of one criteria pass, each counted
	// once: SQLite joins at most 64 tables. maxCrossings counts each time.
	maxJoins     = 50
	maxCrossings = 500
	// maxAggregations bounds the aggregations of a request, nested ones among them: each
	// reads all matches.
	maxAggregations = 50
	// maxSorts bounds the fields that the records of one criteria are ordered by.
	maxSorts = 10
	// maxAlternatives bounds the values of one filter that become alternatives of an
	// expression, where a list has no short form: inside documents, in lists and below a
	// negation. SQLite nests expressions a thousand deep, and filters may be many.
	maxAlternatives = 300
	// maxNeedle bounds the characters of a text that is looked for inside others.
	maxNeedle = 1_000
)
