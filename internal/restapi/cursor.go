package restapi

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// position is where a page ends (rest-api-sitepack.md 5). It holds what the record was sorted
// by, so that the next page begins there whatever is written meanwhile.
type position struct {
	Value    any        `json:"v"` // of the sort key; nil is null
	ID       appdock.ID `json:"i"`
	Offset   int        `json:"o,omitempty"` // of a page of the best matches, which has no key
	Backward bool       `json:"b,omitempty"`
	Hash     string     `json:"h"` // of the list that it belongs to
	Made     int64      `json:"m"`
}

const (
	cursorGood = 24 * time.Hour
	cursorSum  = 16
)

// filterHash names a list by what narrows and orders it. How much of it is shown may change
// from page to page.
func (c *call) filterHash(l *listing) string {
	sum := sha256.New()
	add := func(text string) { _, _ = sum.Write([]byte(text + "\x00")) } // never fails
	add(c.r.URL.Path)
	add(l.sort)
	add(c.view.Language.String())
	for _, name := range sortedKeys(c.query) {
		if !slices.Contains([]string{"cursor", "limit", "count", "fields", "expand", "sort", "locale"}, name) {
			add(name)
			add(c.query.Get(name))
		}
	}
	return base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:9])
}

func (a *api) sum(text []byte) []byte {
	mac := hmac.New(sha256.New, a.options.Key)
	mac.Write([]byte("cursor\x00"))
	mac.Write(text)
	return mac.Sum(nil)[:cursorSum]
}

// sealed makes a cursor of a position.
func (a *api) sealed(position any) *string {
	text, err := json.Marshal(position)
	if err != nil { // unreachable: texts, numbers and times of this age always marshal
		panic(err)
	}
	cursor := base64.RawURLEncoding.EncodeToString(append(a.sum(text), text...))
	return &cursor
}

// unsealed reads a cursor of this host into a position; false if it is none.
func (a *api) unsealed(cursor string, position any) bool {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	return err == nil && len(text) > cursorSum && hmac.Equal(text[:cursorSum], a.sum(text[cursorSum:])) && json.Unmarshal(text[cursorSum:], position) == nil
}

// cursor leads to the page behind a record, or to the one before it.
func (c *call) cursor(l *listing, r entity.Record, backward bool) *string {
	at := position{ID: r.ID(), Backward: backward, Hash: l.hash, Made: c.options.Now().Unix()}
	if c.query.Has("q") {
		at.Offset = l.offset + l.limit
		if backward {
			at.Offset = max(0, l.offset-l.limit)
		}
	} else {
		at.Value = l.key.of(r)
	}
	return c.sealed(at)
}

// of gives what a record is sorted by.
func (k sortKey) of(r entity.Record) any {
	switch i := r.Definition.Index(k.field); {
	case i < 0:
		return nil
	case r.Definition.Fields[i].Type == entity.Prices:
		if p, ok := priceOf(r); ok {
			return p.Gross
		}
		return nil
	case r.Definition.Fields[i].Translated:
		return r.Translated(i)
	}
	return r.Get(k.field)
}

// resume reads a cursor and narrows the list to what lies behind it.
func (c *call) resume(l *listing, cursor string) error {
	var at position
	if !c.unsealed(cursor, &at) || c.options.Now().Sub(time.Unix(at.Made, 0)) > cursorGood {
		return refuse("invalid_cursor", "The cursor is none of this host, or older than a day: begin anew.")
	}
	if at.Hash != l.hash {
		return refuse("cursor_mismatch", "The cursor is of a list with other filters or another order.")
	}
	l.from, l.offset = true, at.Offset
	if c.query.Has("q") {
		l.from = l.offset > 0
		return nil
	}
	l.backward = at.Backward
	value := at.Value
	if text, ok := value.(string); ok && l.key.kind != aText {
		var err error
		if value, err = l.key.kind.parse(text); err != nil {
			return refuse("invalid_cursor", "The cursor is none of this list.")
		}
	}
	// A filter of the page, so that an exact count is still that of the whole list.
	l.criteria.PostFilters = []entity.Filter{l.beyond(value, at.ID)}
	return nil
}

// beyond holds for what comes after a position in the order that is asked for. Nulls come
// before all values.
func (l *listing) beyond(value any, id appdock.ID) entity.Filter {
	down := l.descending != l.backward
	past := func(field string, v any) entity.Filter {
		f := entity.Filter{Kind: entity.Range, Field: field, Bounds: entity.Bounds{GT: v}}
		if down {
			f.Bounds = entity.Bounds{LT: v}
		}
		return f
	}
	if l.key.field == "id" {
		return past("id", id)
	}
	is := func(v any) entity.Filter {
		return entity.Filter{Kind: entity.Equals, Field: l.key.field, Values: []any{v}}
	}
	null := is(nil)
	tied := entity.Filter{Kind: entity.And, Queries: []entity.Filter{is(value), past("id", id)}}
	either := entity.Filter{Kind: entity.Or, Queries: []entity.Filter{tied}}
	switch {
	case value == nil && !down:
		either.Queries = append(either.Queries, entity.Filter{Kind: entity.Nand, Queries: []entity.Filter{null}})
	case value != nil:
		either.Queries = append(either.Queries, past(l.key.field, value))
		if down {
			either.Queries = append(either.Queries, null)
		}
	}
	return either
}
