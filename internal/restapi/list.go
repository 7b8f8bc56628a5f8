package restapi

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// collection says how the records of one kind are listed (rest-api-sitepack.md 5).
type collection struct {
	entity   string
	sorts    map[string]sortKey
	narrowed map[string]filterKey
	// fixed holds for every record of the list: those below another.
	fixed []entity.Filter
}

// sortKey is what a list may be ordered by.
type sortKey struct {
	field string
	kind  valueKind
}

// filterKey is what a list may be narrowed by.
type filterKey struct {
	field string // path in the shop
	kind  valueKind
	scope string // that callers need beside the list's; empty: none
	// end picks one of the records that the path leads through: the newest or the oldest by
	// this field, as the resource shows one. nil: any of them.
	end *entity.Filter
}

// valueKind says how values of the query are written.
type valueKind int

const (
	aText valueKind = iota
	aNumber
	aTime
	anID
	aTruth
)

// operators that a filter of a kind takes.
func (k valueKind) operators() []string {
	switch k {
	case aText:
		return []string{"ne", "contains", "null"}
	case aNumber, aTime:
		return []string{"ne", "gt", "gte", "lt", "lte", "null"}
	case anID, aTruth:
	}
	return []string{"ne", "null"}
}

// The parameters of lists.
const (
	mostListed  = 250
	usualListed = 50
	mostIDs     = 100
	mostValues  = 100 // of one filter
)

func locale() parameter {
	return parameter{name: "locale", about: "language of the texts, before Accept-Language", example: "de-DE"}
}

func fieldsParameter() parameter {
	return parameter{name: "fields", about: "the members that are wanted, with commas", example: "id"}
}

// parameters are all that a list takes.
func (l collection) parameters() []parameter {
	sorts := []string{}
	for name := range l.sorts {
		sorts = append(sorts, name)
	}
	slices.Sort(sorts)
	all := []parameter{
		{name: "limit", about: "1 to 250; 50 if absent", example: "50"},
		{name: "cursor", about: "from page.next or page.prev; good for a day"},
		{name: "sort", about: "one of " + strings.Join(sorts, ", ") + "; with - before it the greatest first", example: "-created_at"},
		{name: "count", about: "exact: with the number of all", example: "exact"},
		{name: "q", about: "a text to find; the best matches first, so there is no sort beside it", example: "shirt"},
		{name: "ids", about: "up to 100 ids, with commas"},
		{name: "metafields.", prefix: true, about: "value of a metafield", operators: []string{"ne", "contains", "null"}},
		locale(), fieldsParameter(),
	}
	for _, name := range sortedKeys(l.narrowed) {
		f := l.narrowed[name]
		p := parameter{name: name, about: "equals, or one of some with commas", operators: f.kind.operators()}
		if f.scope != "" {
			p.about += "; needs " + f.scope
		}
		all = append(all, p)
	}
	return all
}

func sortedKeys[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// pageInfo says where the page stands.
type pageInfo struct {
	Next  *string `json:"next"`
	Prev  *string `json:"prev"`
	Limit int     `json:"limit"`
}

// page is one page of a list.
type page[T any] struct {
	Data  []T      `json:"data"`
	Page  pageInfo `json:"page"`
	Total *int     `json:"total,omitempty" doc:"only with count=exact"`
}

// listing is a list that was asked for.
type listing struct {
	collection
	criteria   *entity.Criteria
	limit      int
	sort       string // as it was sent
	key        sortKey
	descending bool
	backward   bool // the page before a cursor is asked for
	offset     int  // of a page of the best matches
	from       bool // there is a cursor
	hash       string
}

// listed reads what is asked of a list.
func (c *call) listed(l collection) (*listing, error) {
	q := c.query
	out := &listing{collection: l, sort: q.Get("sort"), criteria: &entity.Criteria{Entity: l.entity, Filters: slices.Clone(l.fixed)}}
	var err error
	if out.limit, err = c.limit(); err != nil {
		return nil, err
	}
	if q.Has("count") && q.Get("count") != "exact" {
		return nil, refuse("invalid_filter", "count is exact, or left out.")
	}
	if q.Has("count") {
		out.criteria.Total = entity.CountAll
	}
	if err := out.sorting(q); err != nil {
		return nil, err
	}
	if err := c.filters(out); err != nil {
		return nil, err
	}
	out.hash = c.filterHash(out)
	out.criteria.Limit = out.limit + 1
	if q.Has("cursor") {
		if err := c.resume(out, q.Get("cursor")); err != nil {
			return nil, err
		}
	}
	if q.Has("q") {
		out.criteria.Term, out.criteria.Offset = q.Get("q"), out.offset
		return out, nil
	}
	down := out.descending != out.backward
	out.criteria.Sort = []entity.Sort{{Field: out.key.field, Descending: down}}
	if out.key.field != "id" {
		out.criteria.Sort = append(out.criteria.Sort, entity.Sort{Field: "id", Descending: down})
	}
	return out, nil
}

// limit is how many are wanted on a page.
func (c *call) limit() (int, error) {
	if !c.query.Has("limit") {
		return usualListed, nil
	}
	n, err := strconv.Atoi(c.query.Get("limit"))
	if err != nil || n < 1 || n > mostListed {
		return 0, refuse("invalid_limit", "limit is a number from 1 to 250.")
	}
	return n, nil
}

func (l *listing) sorting(q url.Values) error {
	if q.Has("q") {
		if q.Has("sort") {
			return refuse("invalid_filter", "A search is ordered by how well it matches: leave sort out.")
		}
		if strings.TrimSpace(q.Get("q")) == "" {
			return refuse("invalid_filter", "q is empty.")
		}
		return nil
	}
	if l.sort == "" {
		l.sort = "-created_at"
	}
	name, down := strings.CutPrefix(l.sort, "-")
	key, known := l.sorts[name]
	if !known {
		return refuse("invalid_filter", "sort is one of "+strings.Join(sortedKeys(l.sorts), ", ")+", with or without - before it.")
	}
	l.key, l.descending = key, down
	return nil
}

// filters reads the conditions; they all have to hold.
func (c *call) filters(l *listing) error {
	for _, name := range sortedKeys(c.query) {
		bare, operator, _ := strings.Cut(strings.TrimSuffix(name, "]"), "[")
		value := c.query.Get(name)
		if bare == "ids" {
			if err := l.ids(value); err != nil {
				return err
			}
			continue
		}
		f, known := l.narrowed[bare]
		if key, meta := strings.CutPrefix(bare, "metafields."); meta {
			f, known = filterKey{field: "customFields." + key}, true
		}
		if !known {
			continue // limit, sort and so on
		}
		if f.scope != "" {
			if err := c.needs(f.scope); err != nil {
				return err
			}
		}
		filter, err := f.condition(operator, value)
		if err != nil {
			return refuse("invalid_filter", name+": "+err.Error()+".")
		}
		l.criteria.Filters = append(l.criteria.Filters, filter)
	}
	return nil
}

func (l *listing) ids(text string) error {
	texts := strings.Split(text, ",")
	if len(texts) > mostIDs {
		return refuse("invalid_filter", "ids are 100 at most.")
	}
	values := make([]any, 0, len(texts))
	for _, text := range texts {
		id, err := appdock.ParseID(text)
		if err != nil {
			return refuse("invalid_filter", "ids: "+quoted(text)+" is no id.")
		}
		values = append(values, id)
	}
	l.criteria.Filters = append(l.criteria.Filters, entity.Filter{Kind: entity.EqualsAny, Field: "id", Values: values})
	return nil
}

// picked gives a condition on the record that is meant among those the path leads through.
func (f filterKey) picked(condition entity.Filter) entity.Filter {
	if f.end == nil {
		return condition
	}
	return entity.Filter{Kind: entity.And, Queries: []entity.Filter{*f.end, condition}}
}

// condition makes the filter of one parameter.
func (f filterKey) condition(operator, text string) (entity.Filter, error) {
	if operator == "null" {
		is := entity.Filter{Kind: entity.Equals, Field: f.field, Values: []any{nil}}
		if f.end != nil { // it is null where there are no such records
			is = entity.Filter{Kind: entity.Nand, Queries: []entity.Filter{*f.end}}
		}
		switch text {
		case "true":
			return is, nil
		case "false":
			return entity.Filter{Kind: entity.Nand, Queries: []entity.Filter{is}}, nil
		}
		return is, fmt.Errorf("null is true or false")
	}
	if operator == "contains" {
		if text == "" {
			return entity.Filter{}, fmt.Errorf("there is nothing to find")
		}
		return f.picked(entity.Filter{Kind: entity.Contains, Field: f.field, Values: []any{text}}), nil
	}
	texts := []string{text}
	if operator == "" || operator == "ne" {
		texts = strings.Split(text, ",")
	}
	if len(texts) > mostValues {
		return entity.Filter{}, fmt.Errorf("there are more than %d values", mostValues)
	}
	values := make([]any, 0, len(texts))
	for _, text := range texts {
		v, err := f.kind.parse(text)
		if err != nil {
			return entity.Filter{}, err
		}
		values = append(values, v)
	}
	bounds := entity.Bounds{}
	switch operator {
	case "":
		among := entity.Filter{Kind: entity.EqualsAny, Field: f.field, Values: values}
		if len(values) == 1 {
			among.Kind = entity.Equals
		}
		return f.picked(among), nil
	case "ne":
		// Each by itself: what has no value differs from all of them, and of a list of values
		// only equals says so (admin-api.md 5.2, "NULL logic").
		none := entity.Filter{Kind: entity.Nor}
		for _, v := range values {
			none.Queries = append(none.Queries, f.picked(entity.Filter{Kind: entity.Equals, Field: f.field, Values: []any{v}}))
		}
		return none, nil
	case "gt":
		bounds.GT = values[0]
	case "gte":
		bounds.GTE = values[0]
	case "lt":
		bounds.LT = values[0]
	case "lte":
		bounds.LTE = values[0]
	}
	return entity.Filter{Kind: entity.Range, Field: f.field, Bounds: bounds}, nil
}

// parse reads a value of the query.
func (k valueKind) parse(text string) (any, error) {
	switch k {
	case aText:
		if text == "" {
			return nil, fmt.Errorf("the value is empty; ask [null]=true for those without")
		}
		return text, nil
	case aNumber:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || n != n || n > 1e15 || n < -1e15 {
			return nil, fmt.Errorf("%s is no number", quoted(text))
		}
		return n, nil
	case aTime:
		for _, form := range []string{time.RFC3339Nano, time.DateOnly} {
			if at, err := time.Parse(form, text); err == nil {
				return at.UTC(), nil
			}
		}
		return nil, fmt.Errorf("%s is no RFC 3339 time", quoted(text))
	case anID:
		id, err := appdock.ParseID(text)
		if err != nil {
			return nil, fmt.Errorf("%s is no id", quoted(text))
		}
		return id, nil
	case aTruth:
	}
	switch text {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return nil, fmt.Errorf("%s is neither true nor false", quoted(text))
}

// list answers a list: show makes what is shown of each record.
func list[T any](c *call, l collection, loads map[string]*entity.Criteria, show func(entity.Record) T) (*page[T], error) {
	asked, err := c.listed(l)
	if err != nil {
		return nil, err
	}
	asked.criteria.Associations = loads
	found, err := c.search(asked.criteria)
	if err != nil {
		return nil, err
	}
	records, more := found.Records, len(found.Records) > asked.limit
	if more {
		records = records[:asked.limit]
	}
	if asked.backward {
		slices.Reverse(records)
	}
	out := &page[T]{Data: make([]T, 0, len(records)), Page: pageInfo{Limit: asked.limit}}
	for _, r := range records {
		out.Data = append(out.Data, show(r))
	}
	if c.query.Has("count") {
		out.Total = &found.Total
	}
	// What lies behind a cursor is there: that is where it came from.
	after, before := more, asked.from
	if asked.backward {
		after, before = true, more
	}
	if len(records) > 0 {
		if after {
			out.Page.Next = c.cursor(asked, records[len(records)-1], false)
		}
		if before {
			out.Page.Prev = c.cursor(asked, records[0], true)
		}
	}
	c.links(out.Page)
	return out, nil
}

// links writes where the pages around this one are (RFC 8288).
func (c *call) links(at pageInfo) {
	link := func(cursor *string, rel string) {
		q := url.Values{}
		for name, values := range c.query {
			if name != "cursor" {
				q[name] = values
			}
		}
		if cursor != nil {
			q.Set("cursor", *cursor)
		}
		target := c.shop.URL + c.r.URL.Path
		if len(q) > 0 {
			target += "?" + q.Encode()
		}
		c.header.Add("Link", "<"+target+`>; rel="`+rel+`"`)
	}
	if at.Next != nil {
		link(at.Next, "next")
	}
	if at.Prev != nil {
		link(at.Prev, "prev")
	}
	link(nil, "first")
}
