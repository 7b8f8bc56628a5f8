package httpapi

import (
	"math"
	"strconv"
	"strings"

	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/twig/phpdate"
)

// aggregations reads the list of figures that are asked for (admin-api.md 5.4).
func (r *criteriaReader) aggregations(v any, at string) []entity.Aggregation {
	if empty(v) {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		r.fault(at, entity.CodeAggregation, "The aggregations parameter has to be a list of aggregations.")
		return nil
	}
	var all []entity.Aggregation
	names := map[string]bool{}
	for i, item := range list {
		if r.faults.Full() {
			break
		}
		a, ok := r.aggregation(item, pointer(at, i), 0)
		if !ok {
			continue
		}
		name := shownName(a)
		if names[name] {
			r.fault(pointer(at, i)+"/name", entity.CodeAggregation, "There are two aggregations with the name %q.", given(name))
		}
		names[name] = true
		all = append(all, a)
	}
	return all
}

// shownName is the name that the answer stands under: a filter passes on that of the
// aggregation in it.
func shownName(a entity.Aggregation) string {
	for a.Kind == entity.FilterRows && a.Nested != nil {
		a = *a.Nested
	}
	return a.Name
}

// aggregation reads one aggregation and those nested in it.
func (r *criteriaReader) aggregation(item any, at string, depth int) (entity.Aggregation, bool) {
	bad := func(place, format string, args ...any) (entity.Aggregation, bool) {
		r.fault(at+place, entity.CodeAggregation, format, args...)
		return entity.Aggregation{}, false
	}
	tree, ok := item.(map[string]any)
	if !ok {
		return bad("", "An aggregation must be an object with a type and a name.")
	}
	name, _ := tree["name"].(string)
	kindName, _ := tree["type"].(string)
	kinds := map[string]entity.AggregationKind{
		"avg": entity.Average, "sum": entity.Sum, "count": entity.CountValues, "min": entity.Smallest, "max": entity.Largest,
		"stats": entity.Stats, "terms": entity.Terms, "filter": entity.FilterRows,
		"histogram": entity.Histogram, "range": entity.Ranges, "entity": entity.Entities,
	}
	kind, known := kinds[kindName]
	_, numeric := strconv.ParseFloat(name, 64)
	switch {
	case name == "":
		return bad("/name", "The aggregation name should be a non-empty string.")
	case numeric == nil:
		return bad("/name", "The aggregation name should not be a number.")
	case strings.ContainsAny(name, "?:") || len(name) > maxName:
		return bad("/name", "The aggregation name should not contain a question mark or colon, and have at most %d bytes.", maxName)
	case depth > 0 && (name == "key" || name == "count" || name == "apiAlias" || name == "extensions"):
		return bad("/name", "A nested aggregation cannot have the name %q, which a bucket has for itself.", name)
	case kindName == "":
		return bad("/type", "The aggregations of %q should contain a type.", given(name))
	case !known:
		return bad("/type", "The aggregation type %q is unknown.", given(kindName))
	case depth+1 >= maxNestedAggregations:
		return bad("", "The aggregations are nested too deeply.")
	}
	a := entity.Aggregation{Name: name, Kind: kind, Pointer: at}
	if kind == entity.FilterRows {
		return r.filterAggregation(a, tree, depth)
	}
	if a.Field, _ = tree["field"].(string); a.Field == "" {
		return bad("/field", "The aggregation %q should contain a field.", given(name))
	}
	switch kind { //nolint:exhaustive // the others need nothing else
	case entity.Terms:
		return r.buckets(a, tree, depth)
	case entity.Histogram:
		if !r.histogram(&a, tree) {
			return a, false
		}
		return r.buckets(a, tree, depth)
	case entity.Ranges:
		return a, r.ranges(&a, tree["ranges"])
	case entity.Entities:
		if a.Entity, _ = tree["definition"].(string); a.Entity == "" {
			return bad("/definition", "The aggregation %q should contain a definition, the name of an entity.", given(name))
		}
	}
	return a, true
}

// histogram reads what intervals are counted, where, and how they are called.
func (r *criteriaReader) histogram(a *entity.Aggregation, tree map[string]any) bool {
	bad := func(place, format string, args ...any) bool {
		r.fault(a.Pointer+place, entity.CodeAggregation, format, args...)
		return false
	}
	intervals := map[string]entity.Interval{
		"minute": entity.Minute, "hour": entity.Hour, "day": entity.Day, "week": entity.Week,
		"month": entity.Month, "quarter": entity.Quarter, "year": entity.Year,
	}
	var ok bool
	if a.Interval, ok = intervals[given(tree["interval"])]; !ok {
		return bad("/interval", "The interval must be minute, hour, day, week, month, quarter or year. Given: %s", given(tree["interval"]))
	}
	if v := tree["format"]; !empty(v) {
		if a.Format, ok = v.(string); !ok || len(a.Format) > maxName {
			return bad("/format", "The format must be a date format of PHP with at most %d bytes.", maxName)
		}
	}
	if v := tree["timeZone"]; !empty(v) {
		zone, err := phpdate.Zone(given(v))
		if err != nil {
			return bad("/timeZone", "The time zone %q is unknown.", given(v))
		}
		a.Zone = zone
	}
	return true
}

// maxRanges bounds the ranges of one aggregation.
const maxRanges = 100

// ranges reads bounds of numbers: what begins at one belongs to the range, what ends there
// does not.
func (r *criteriaReader) ranges(a *entity.Aggregation, v any) bool {
	at := a.Pointer + "/ranges"
	list, ok := v.([]any)
	if !ok || len(list) == 0 || len(list) > maxRanges {
		r.fault(at, entity.CodeAggregation, "The aggregation %q should contain a list of 1 to %d ranges.", given(a.Name), maxRanges)
		return false
	}
	keys := map[string]bool{}
	good := true
	for i, item := range list {
		at := pointer(at, i)
		tree, ok := item.(map[string]any)
		if !ok {
			r.fault(at, entity.CodeAggregation, "A range must be an object with from or to.")
			return false
		}
		var named entity.NamedRange
		bound := func(name string) (*float64, string) {
			v := tree[name]
			if v == nil {
				return nil, "*"
			}
			n, err := strconv.ParseFloat(given(v), 64)
			if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
				r.fault(at+"/"+name, entity.CodeAggregation, "The bound %s must be a number. Given: %s", name, given(v))
				good = false
			}
			return &n, given(v)
		}
		var from, to string
		named.From, from = bound("from")
		named.To, to = bound("to")
		if named.Key = from + "-" + to; !empty(tree["key"]) {
			named.Key = scalarText(tree["key"])
		}
		if keys[named.Key] || named.Key == "" || len(named.Key) > maxName {
			r.fault(at+"/key", entity.CodeAggregation, "Each range needs a key of its own, with at most %d bytes.", maxName)
			good = false
		}
		keys[named.Key] = true
		a.Ranges = append(a.Ranges, named)
	}
	return good
}

const (
	maxNestedAggregations = 10
	maxName               = 200
)

func (r *criteriaReader) filterAggregation(a entity.Aggregation, tree map[string]any, depth int) (entity.Aggregation, bool) {
	if list, ok := tree["filter"].([]any); !ok || len(list) == 0 {
		r.fault(a.Pointer+"/filter", entity.CodeAggregation, "The aggregation %q should contain a filter that is not empty.", given(a.Name))
		return a, false
	}
	before := r.faults.Count()
	a.Filters = r.filters(tree["filter"], a.Pointer+"/filter")
	if tree["aggregation"] == nil {
		r.fault(a.Pointer+"/aggregation", entity.CodeAggregation, "The aggregation %q should contain an aggregation.", given(a.Name))
		return a, false
	}
	nested, ok := r.aggregation(tree["aggregation"], a.Pointer+"/aggregation", depth+1)
	a.Nested = &nested
	return a, ok && r.faults.Count() == before
}

// buckets reads how buckets are sorted and cut, and what is asked of each.
func (r *criteriaReader) buckets(a entity.Aggregation, tree map[string]any, depth int) (entity.Aggregation, bool) {
	good := true
	bad := func(place, format string, args ...any) {
		r.fault(a.Pointer+place, entity.CodeAggregation, format, args...)
		good = false
	}
	if v := tree["limit"]; v != nil && a.Kind == entity.Terms {
		n, ok := integer(v)
		if !ok || n < 1 || n > entity.MaxBuckets {
			bad("/limit", "The limit must be an integer from 1 to %d. Given: %s", entity.MaxBuckets, given(v))
		}
		a.Limit = int(n)
	}
	if !empty(tree["sort"]) {
		sort, _ := tree["sort"].(map[string]any)
		order := given(sort["order"])
		switch field, _ := sort["field"].(string); {
		case field == "_count":
			a.ByCount = true
		case r.property(field) != r.property(a.Field):
			bad("/sort/field", "Buckets are sorted by _count or by the field %q.", given(a.Field))
		default:
			a.Natural = a.Kind == entity.Terms && truthy(sort["naturalSorting"])
		}
		a.Descending = strings.EqualFold(order, "desc")
		if sort["order"] != nil && !a.Descending && !strings.EqualFold(order, "asc") {
			bad("/sort/order", "The order must be asc or desc. Given: %s", order)
		}
	}
	if tree["aggregation"] != nil {
		nested, ok := r.aggregation(tree["aggregation"], a.Pointer+"/aggregation", depth+1)
		if ok && (nested.Kind == entity.FilterRows || nested.Kind == entity.Entities) {
			bad("/aggregation/type", "A filter or an entity aggregation cannot stand in buckets; a filter can stand around them.")
		}
		a.Nested, good = &nested, good && ok
	}
	return a, good
}

// appendAggregations appends the answers by their names, or the list that PHP makes of
// none.
func appendAggregations(dst []byte, all []entity.Aggregated, form entity.Plain) []byte {
	if len(all) == 0 {
		return append(dst, "[]"...)
	}
	dst = append(dst, '{')
	for _, a := range all {
		dst = appendAggregated(appendMember(dst, a.Name), a, form)
	}
	return append(dst, '}')
}

func appendAggregated(dst []byte, a entity.Aggregated, form entity.Plain) []byte {
	number := func(name string, v float64) {
		dst = appendMember(dst, name)
		if math.IsInf(v, 0) || math.IsNaN(v) { // JSON has no such numbers
			dst = append(dst, "null"...)
			return
		}
		dst = strconv.AppendFloat(dst, v, 'f', -1, 64)
	}
	extreme := func(name string, v any) {
		dst = entity.AppendValue(appendMember(dst, name), &entity.Field{}, v)
	}
	dst = append(dst, '{')
	switch a.Kind {
	case entity.Average:
		number("avg", a.Average)
	case entity.Sum:
		number("sum", a.Sum)
	case entity.CountValues:
		dst = strconv.AppendInt(appendMember(dst, "count"), a.Count, 10)
	case entity.Smallest:
		extreme("min", a.Min)
	case entity.Largest:
		extreme("max", a.Max)
	case entity.Stats:
		extreme("min", a.Min)
		extreme("max", a.Max)
		number("avg", a.Average)
		number("sum", a.Sum)
	case entity.Ranges:
		dst = append(appendMember(dst, "ranges"), '{')
		for _, r := range a.Ranges {
			dst = strconv.AppendInt(appendMember(dst, r.Key), r.Count, 10)
		}
		dst = append(dst, '}')
	case entity.Entities:
		dst = form.AppendList(appendMember(dst, "entities"), a.Records)
	case entity.Terms, entity.Histogram:
		dst = append(appendMember(dst, "buckets"), '[')
		for i, b := range a.Buckets {
			if i > 0 {
				dst = append(dst, ',')
			}
			key := b.Key
			if a.Format != "" {
				key = phpdate.Format(b.At, a.Format)
			}
			dst = appendText(append(dst, `{"key":`...), key)
			dst = strconv.AppendInt(append(dst, `,"count":`...), b.Count, 10)
			if b.Nested != nil {
				dst = appendAggregated(appendMember(dst, b.Nested.Name), *b.Nested, form)
			}
			dst = append(dst, `,"extensions":[],"apiAlias":"aggregation_bucket"}`...)
		}
		dst = append(dst, ']')
	case entity.FilterRows: // answered by what it filters for
	}
	dst = append(dst, `,"extensions":[],"name":`...)
	dst = appendText(dst, a.Name)
	dst = append(dst, `,"apiAlias":`...)
	dst = appendText(dst, a.Name+"_aggregation")
	return append(dst, '}')
}
