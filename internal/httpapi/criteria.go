package httpapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// Codes of wrong criteria (admin-api.md 9).
const (
	codePage      = "FRAMEWORK__INVALID_PAGE_QUERY"
	codeLimit     = "FRAMEWORK__INVALID_LIMIT_QUERY"
	codeLimitMax  = "FRAMEWORK__QUERY_LIMIT_EXCEEDED"
	codeIDs       = "FRAMEWORK__INVALID_API_CRITERIA_IDS"
	codeParameter = "FRAMEWORK__INVALID_REQUEST_PARAMETER"
)

// maxConditions bounds the filters of one request, however they are grouped: each is a
// term of one SQL expression.
const maxConditions = 500

// maxValues bounds the values of all lists in filters: each is a parameter of the SQL
// statement, of which databases take some tens of thousands. Lists of ids have no bound.
const maxValues = 10_000

// maxPage keeps the offset of a page a number that every store can hold.
const maxPage = 1 << 31

// asked is what a client wants to read.
type asked struct {
	criteria entity.Criteria
	includes map[string][]string // fields to show, by entity; nil: all
	excludes map[string][]string // fields to leave out, by entity
}

// readCriteria makes criteria for an entity of what JSON or a query string was decoded to
// (admin-api.md 5.1 to 5.3). All that is wrong is told at once. max is the largest limit,
// and the one that is taken if none is given; now is what durations are counted from.
func readCriteria(d *entity.Definition, tree map[string]any, max int, now time.Time) (asked, error) {
	r := &criteriaReader{entity: d.Name, max: max, now: now}
	a := asked{
		criteria: r.criteria(tree, d, "", 0),
		includes: r.fieldsByEntity(tree["includes"], "/includes"),
		excludes: r.fieldsByEntity(tree["excludes"], "/excludes"),
	}
	a.criteria.Entity = d.Name
	a.criteria.Aggregations = r.aggregations(tree["aggregations"], "/aggregations")
	if faults := r.faults.All(); len(faults) > 0 {
		return asked{}, &appdock.Error{
			Kind:    appdock.Invalid,
			Code:    faults[0].Code,
			Message: "The criteria are wrong.",
			Faults:  faults,
		}
	}
	return a, nil
}

// criteriaReader collects what is wrong.
type criteriaReader struct {
	entity     string // that is searched, with which a path may begin; empty: such paths are not compared
	max        int
	now        time.Time
	conditions int
	compared   int // values of lists
	faults     entity.Faults
}

func (r *criteriaReader) fault(pointer, code, format string, args ...any) {
	if code == entity.CodeAggregation {
		pointer = entity.AggregationPlace(pointer)
	}
	r.faults.Add(appdock.Fault{Pointer: pointer, Code: code, Message: fmt.Sprintf(format, args...)})
}

// criteria reads the keys that stand at the top and in associations alike; at is the
// pointer to tree, d what is searched, nil in associations.
func (r *criteriaReader) criteria(tree map[string]any, d *entity.Definition, at string, depth int) entity.Criteria {
	ids, keys := r.ids(tree["ids"], d, at+"/ids")
	c := entity.Criteria{
		IDs:          ids,
		Keys:         keys,
		Filters:      r.filters(tree["filter"], at+"/filter"),
		PostFilters:  r.filters(tree["post-filter"], at+"/post-filter"),
		Term:         r.term(tree["term"], at+"/term"),
		Queries:      r.queries(tree["query"], at+"/query"),
		Grouping:     r.paths(tree["grouping"], at+"/grouping"),
		Fields:       r.paths(tree["fields"], at+"/fields"),
		Sort:         r.sort(tree["sort"], at+"/sort"),
		Associations: r.associations(tree["associations"], at+"/associations", depth),
	}
	if c.IDs == nil {
		c.Offset, c.Limit = r.page(tree, at, depth)
		if depth == 0 {
			c.Total = total(tree["total-count-mode"])
		}
	}
	return c
}

// page reads limit and page. The largest limit does not hold in associations, which have
// none by default either.
func (r *criteriaReader) page(tree map[string]any, at string, depth int) (offset, limit int) {
	page := 1
	if v := tree["page"]; v != nil {
		n, ok := integer(v)
		if !ok || n < 1 || n > maxPage {
			r.fault(at+"/page", codePage, "The page parameter must be a positive integer. Given: %s", given(v))
		} else {
			page = int(n)
		}
	}
	v := tree["limit"]
	if v == nil {
		if depth > 0 {
			return 0, 0
		}
		return 0, r.max
	}
	n, ok := integer(v)
	switch {
	case !ok || n < 1:
		r.fault(at+"/limit", codeLimit, "The limit parameter must be a positive integer greater or equals than 1. Given: %s", given(v))
		return 0, 0
	case depth == 0 && n > int64(r.max):
		r.fault(at+"/limit", codeLimitMax, "The limit must be lower than or equal to MAX_LIMIT(=%d). Given: %d", r.max, n)
		return 0, 0
	case n > maxPage:
		n = maxPage
	}
	return (page - 1) * int(n), int(n)
}

// total reads total-count-mode; what is unknown counts as 0 (admin-api.md 5.1).
func total(v any) entity.Total {
	switch given(v) {
	case "1", "exact":
		return entity.CountAll
	case "2", "next-pages":
		return entity.CountNext
	}
	return entity.CountPage
}

// ids reads a list of ids, or "a|b"; nil if none were given. Repeats are left out. keys are the two
// keys of each, if two identify a record and all were given so.
func (r *criteriaReader) ids(v any, d *entity.Definition, at string) (ids []appdock.ID, keys [][2]appdock.ID) {
	var list []any
	switch v := v.(type) {
	case nil:
		return nil, nil
	case []any:
		list = v
	case string:
		for part := range strings.SplitSeq(v, "|") {
			if part != "" {
				list = append(list, part)
			}
		}
	default:
		r.fault(at, codeIDs, "The ids must be a list.")
		return nil, nil
	}
	if len(list) == 0 {
		r.fault(at, codeIDs, "The list of ids is empty.")
	}
	ids = make([]appdock.ID, 0, len(list))
	seen := make(map[appdock.ID]bool, len(list))
	for i, item := range list {
		if r.faults.Full() {
			break
		}
		id, pair, ok := r.recordID(item, d, pointer(at, i))
		if !ok || seen[id] {
			continue
		}
		seen[id] = true
		ids = append(ids, id)
		if pair != nil {
			keys = append(keys, *pair)
		}
	}
	if len(keys) != len(ids) {
		keys = nil
	}
	return ids, keys
}

// recordID reads the id of a record, or an object of the two keys that identify it, which are
// pair then. ok is false if a fault was added.
func (r *criteriaReader) recordID(item any, d *entity.Definition, at string) (id appdock.ID, pair *[2]appdock.ID, ok bool) {
	keys, isObject := item.(map[string]any)
	if !isObject || d == nil || len(d.Pair) == 0 {
		id, ok = r.idText(item, at)
		return id, nil, ok
	}
	one, ok := r.idText(keys[d.Pair[0]], at+"/"+d.Pair[0])
	other, good := r.idText(keys[d.Pair[1]], at+"/"+d.Pair[1])
	return d.PairID(one, other), &[2]appdock.ID{one, other}, ok && good
}

func (r *criteriaReader) idText(v any, at string) (id appdock.ID, ok bool) {
	text, ok := v.(string)
	if !ok || text == "" {
		r.fault(at, codeIDs, "An id must be a text that is not empty.")
		return id, false
	}
	id, err := appdock.ParseID(text)
	if err != nil {
		r.fault(at, entity.CodeUUID, "Value is not a valid UUID: %s", given(text))
	}
	return id, err == nil
}

// sort reads a list of sortings, or "-name,stock" (admin-api.md 5.3).
func (r *criteriaReader) sort(v any, at string) []entity.Sort {
	var sorts []entity.Sort
	switch v := v.(type) {
	case nil:
	case string:
		for i, part := range strings.Split(v, ",") {
			field, descending := strings.CutPrefix(strings.TrimSpace(part), "-")
			if s, ok := r.sortField(field, pointer(at, i)); ok {
				s.Descending = descending
				sorts = append(sorts, s)
			}
		}
	case []any:
		for i, item := range v {
			if s, ok := r.sortItem(item, pointer(at, i)); ok {
				sorts = append(sorts, s)
			}
		}
	default:
		r.fault(at, entity.CodeSort, "The sort parameter must be a list or a text.")
	}
	return sorts
}

func (r *criteriaReader) sortItem(item any, at string) (entity.Sort, bool) {
	tree, ok := item.(map[string]any)
	if !ok {
		r.fault(at, entity.CodeSort, "A sorting must be an object with a field.")
		return entity.Sort{}, false
	}
	field, _ := tree["field"].(string)
	s, ok := r.sortField(field, at)
	if !ok {
		return s, false
	}
	switch order := given(tree["order"]); {
	case tree["order"] == nil || strings.EqualFold(order, "asc"):
	case strings.EqualFold(order, "desc"):
		s.Descending = true
	default:
		r.fault(at+"/order", entity.CodeSort, "The order must be asc or desc. Given: %s", order)
	}
	switch kind := given(tree["type"]); {
	case tree["type"] == nil || kind == "":
	case kind == "count":
		s.Count = true
	default:
		r.fault(at+"/type", entity.CodeSort, "Unsupported sorting type: %s", kind)
	}
	s.Natural = truthy(tree["naturalSorting"])
	return s, true
}

func (r *criteriaReader) sortField(field, at string) (entity.Sort, bool) {
	if field == "" {
		r.fault(at, entity.CodeSort, "A sorting needs a field.")
		return entity.Sort{}, false
	}
	return entity.Sort{Field: field, Pointer: at}, true
}

// associations reads what is to be loaded too; a value that is no group is skipped.
func (r *criteriaReader) associations(v any, at string, depth int) map[string]*entity.Criteria {
	named := map[string]any{}
	switch v := v.(type) {
	case nil:
		return nil
	case map[string]any:
		named = v
	case []any:
		for i, item := range v {
			named[strconv.Itoa(i)] = item
		}
	default:
		r.fault(at, entity.CodeAssociation, "The associations must be an object.")
		return nil
	}
	if depth+1 >= maxDepth {
		r.fault(at, entity.CodeAssociation, "The associations are nested too deeply.")
		return nil
	}
	loaded := make(map[string]*entity.Criteria, len(named))
	for _, name := range slices.Sorted(maps.Keys(named)) {
		tree, ok := object(named[name])
		if !ok {
			continue
		}
		c := r.criteria(tree, nil, pointer(at, name), depth+1)
		loaded[name] = &c
	}
	return loaded
}

// term reads the text to search for.
func (r *criteriaReader) term(v any, at string) string {
	switch v.(type) {
	case nil, string, json.Number:
		return strings.TrimSpace(scalarText(v))
	}
	r.fault(at, entity.CodeFilter, "The term must be a text.")
	return ""
}

// queries reads conditions with what they are worth (admin-api.md 5.5).
func (r *criteriaReader) queries(v any, at string) []entity.Query {
	if empty(v) {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		r.fault(at, entity.CodeFilter, "The query parameter has to be a list of queries.")
		return nil
	}
	var queries []entity.Query
	for i, item := range list {
		if r.faults.Full() {
			break
		}
		at := pointer(at, i)
		tree, ok := item.(map[string]any)
		if !ok || tree["query"] == nil {
			r.fault(at, entity.CodeFilter, "A query must be an object with a filter as query.")
			continue
		}
		q := entity.Query{Score: 1, Pointer: at}
		if v := tree["score"]; v != nil {
			var err error
			if q.Score, err = strconv.ParseFloat(given(v), 64); err != nil || math.IsInf(q.Score, 0) || math.IsNaN(q.Score) {
				r.fault(at+"/score", entity.CodeFilter, "The score must be a number. Given: %s", given(v))
				continue
			}
		}
		if v := tree["scoreField"]; !empty(v) {
			if q.Times, ok = v.(string); !ok {
				r.fault(at+"/scoreField", entity.CodeFilter, "The scoreField must be the name of a field.")
				continue
			}
		}
		if q.Filter, ok = r.filter(tree["query"], at+"/query", 0); ok {
			queries = append(queries, q)
		}
	}
	return queries
}

// paths reads a list of paths, or "name,stock"; nil if none were given.
func (r *criteriaReader) paths(v any, at string) []string {
	if empty(v) {
		return nil
	}
	var list []any
	switch v := v.(type) {
	case []any:
		list = v
	case string:
		for part := range strings.SplitSeq(v, ",") {
			list = append(list, strings.TrimSpace(part))
		}
	default:
		r.fault(at, entity.CodeFilter, "It must be a list of fields.")
		return nil
	}
	if len(list) > maxConditions {
		r.fault(at, entity.CodeFilter, "There are more than %d fields.", maxConditions)
		return nil
	}
	var paths []string
	for i, item := range list {
		path, ok := item.(string)
		if !ok || path == "" {
			r.fault(pointer(at, i), entity.CodeFilter, "The name of a field must be a text that is not empty.")
			continue
		}
		paths = append(paths, path)
	}
	return paths
}

// property gives a path without the entity that it may begin with (admin-api.md 5.2).
func (r *criteriaReader) property(path string) string {
	if r.entity == "" {
		return path
	}
	return strings.TrimPrefix(path, r.entity+".")
}

// fieldsByEntity reads includes and excludes.
func (r *criteriaReader) fieldsByEntity(v any, at string) map[string][]string {
	if empty(v) {
		return nil
	}
	tree, ok := v.(map[string]any)
	if !ok {
		r.fault(at, codeParameter, "It must be an object with a list of fields for each entity.")
		return nil
	}
	fields := make(map[string][]string, len(tree))
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		list, ok := tree[name].([]any)
		if !ok {
			r.fault(pointer(at, name), codeParameter, "The fields must be a list.")
			continue
		}
		names := make([]string, 0, len(list))
		for i, item := range list {
			if r.faults.Full() {
				break
			}
			text, ok := item.(string)
			if !ok {
				r.fault(pointer(pointer(at, name), i), codeParameter, "The name of a field must be a text.")
				continue
			}
			names = append(names, text)
		}
		fields[name] = names
	}
	return fields
}

// pointer is a JSON pointer to a member or item (RFC 6901). A name that is far too long to
// be known is shortened: pointers are made for all that stands below it.
func pointer(at string, key any) string {
	var name string
	switch key := key.(type) {
	case int:
		name = strconv.Itoa(key)
	default:
		name = given(fmt.Sprint(key))
	}
	if strings.ContainsAny(name, "~/") {
		name = strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
	}
	return at + "/" + name
}

// object reads a group. In what PHP clients send an empty one is a list, and a list is a
// group whose keys mean nothing here.
func object(v any) (map[string]any, bool) {
	switch v := v.(type) {
	case map[string]any:
		return v, true
	case []any:
		return nil, true
	}
	return nil, false
}

// empty reports whether a client said nothing by v.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(v) == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// integer reads a whole number or its text.
func integer(v any) (int64, bool) {
	switch v.(type) {
	case json.Number, string:
	default:
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(given(v)), 10, 64)
	return n, err == nil
}

// truthy reads a bool and the forms that it has in a query string.
func truthy(v any) bool {
	switch given(v) {
	case "true", "1":
		return true
	}
	return false
}

// scalar reports whether v is a text, number or bool.
func scalar(v any) bool {
	switch v.(type) {
	case string, json.Number, bool:
		return true
	}
	return false
}

// given shows a value in a message, a long one shortened.
func given(v any) string {
	const longest = 100
	var text string
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		text = v
	case json.Number, bool:
		text = fmt.Sprint(v)
	case []any:
		return "a list"
	default:
		return "an object"
	}
	if len(text) > longest {
		return strings.ToValidUTF8(text[:longest], "") + "..."
	}
	return text
}
