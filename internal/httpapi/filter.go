package httpapi

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/appdock/appdock/internal/entity"
)

// filters reads a list of filters, or a map of fields that must equal a value.
func (r *criteriaReader) filters(v any, at string) []entity.Filter {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return r.group(v, at, 0)
	case map[string]any:
		var filters []entity.Filter
		for _, field := range slices.Sorted(maps.Keys(v)) {
			at, value := pointer(at, field), v[field]
			if field == "" {
				r.fault(at, entity.CodeFilter, "A filter needs a field.")
				continue
			}
			if value == "" || value != nil && !scalar(value) {
				r.fault(at, entity.CodeFilter, "The value for filter %q must be a text, number, bool or null, and not empty.", given(field))
				continue
			}
			filters = append(filters, r.condition(entity.Equals, field, at, value))
		}
		return filters
	}
	r.fault(at, entity.CodeFilter, "The filter parameter has to be a list of filters.")
	return nil
}

// group reads the filters of a list.
func (r *criteriaReader) group(list []any, at string, depth int) []entity.Filter {
	var filters []entity.Filter
	for i, item := range list {
		if r.faults.Full() {
			break
		}
		if f, ok := r.filter(item, pointer(at, i), depth); ok {
			filters = append(filters, f)
		}
	}
	return filters
}

// filter reads one filter (admin-api.md 5.2).
func (r *criteriaReader) filter(item any, at string, depth int) (entity.Filter, bool) {
	tree, ok := item.(map[string]any)
	if !ok {
		r.fault(at, entity.CodeFilter, "A filter must be an object with a type.")
		return entity.Filter{}, false
	}
	kind, _ := tree["type"].(string)
	switch kind {
	case "":
		r.fault(at+"/type", entity.CodeFilter, "Value for filter type is required.")
		return entity.Filter{}, false
	case "multi", "not", "and", "or", "nand", "nor":
		return r.join(kind, tree, at, depth)
	case "equals", "since", "until", "equalsAny", "equalsAll", "contains", "prefix", "suffix", "range":
	default:
		r.fault(at+"/type", entity.CodeFilter, "Unsupported filter type: %s", given(kind))
		return entity.Filter{}, false
	}
	field, _ := tree["field"].(string)
	if field == "" {
		r.fault(at+"/field", entity.CodeFilter, `Parameter "field" for %s filter is missing.`, kind)
	}
	f, ok := r.compare(kind, field, tree, at)
	return f, ok && field != ""
}

// compare reads a filter that is no group.
func (r *criteriaReader) compare(kind, field string, tree map[string]any, at string) (entity.Filter, bool) {
	value, present := tree["value"]
	switch kind {
	case "range":
		return r.rangeOf(field, tree["parameters"], at)
	case "since", "until":
		return r.interval(kind, field, tree, at)
	case "equalsAny", "equalsAll":
		values, ok := r.values(kind, value, at+"/value")
		if !ok {
			return entity.Filter{}, false
		}
		if kind == "equalsAny" {
			return r.condition(entity.EqualsAny, field, at, values...), true
		}
		all := entity.Filter{Kind: entity.And, Pointer: at}
		for _, v := range values {
			all.Queries = append(all.Queries, r.condition(entity.Equals, field, at, v))
		}
		return all, true
	case "equals":
		switch {
		case !present || value == "":
			r.fault(at+"/value", entity.CodeFilter, `Parameter "value" for equals filter is missing.`)
		case value != nil && !scalar(value):
			r.fault(at+"/value", entity.CodeFilter, `Parameter "value" for equals filter must be a text, number, bool or null.`)
		default:
			return r.condition(entity.Equals, field, at, value), true
		}
		return entity.Filter{}, false
	}
	if !scalar(value) || value == "" {
		r.fault(at+"/value", entity.CodeFilter, `Parameter "value" for %s filter is missing.`, kind)
		return entity.Filter{}, false
	}
	texts := map[string]entity.FilterKind{"contains": entity.Contains, "prefix": entity.Prefix, "suffix": entity.Suffix}
	return r.condition(texts[kind], field, at, text(value)), true
}

// condition makes a filter and counts it.
func (r *criteriaReader) condition(kind entity.FilterKind, field, at string, values ...any) entity.Filter {
	if r.conditions++; r.conditions == maxConditions+1 {
		r.fault(at, entity.CodeFilter, "There are more than %d filters.", maxConditions)
	}
	return entity.Filter{Kind: kind, Field: field, Values: values, Pointer: at}
}

// values reads a list of values, "a|b", or one value.
func (r *criteriaReader) values(kind string, v any, at string) ([]any, bool) {
	var values []any
	switch v := v.(type) {
	case string:
		for part := range strings.SplitSeq(v, "|") {
			if part != "" {
				values = append(values, part)
			}
		}
	case []any:
		values = v
	case nil:
		r.fault(at, entity.CodeFilter, `Parameter "value" for %s filter is missing.`, kind)
		return nil, false
	default:
		values = []any{v}
	}
	if len(values) == 0 {
		r.fault(at, entity.CodeFilter, `Parameter "value" for %s filter does not contain any value.`, kind)
		return nil, false
	}
	if r.compared += len(values); r.compared > maxValues {
		r.fault(at, entity.CodeFilter, "The filters hold more than %d values.", maxValues)
		return nil, false
	}
	for i, value := range values {
		if value != nil && !scalar(value) {
			r.fault(pointer(at, i), entity.CodeFilter, `Parameter "value" for %s filter must hold texts, numbers, bools or null.`, kind)
			return nil, false
		}
	}
	return values, true
}

// rangeOf reads the bounds of a range.
func (r *criteriaReader) rangeOf(field string, v any, at string) (entity.Filter, bool) {
	parameters, ok := v.(map[string]any)
	if !ok || len(parameters) == 0 {
		r.fault(at+"/parameters", entity.CodeFilter, `Parameter "parameters" for range filter is missing.`)
		return entity.Filter{}, false
	}
	f := r.condition(entity.Range, field, at)
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		bound := parameters[name]
		if !scalar(bound) || bound == "" {
			r.fault(pointer(at+"/parameters", name), entity.CodeFilter, "The bound %s must be a text or number.", given(name))
			ok = false
		}
		switch name {
		case "gt":
			f.Bounds.GT = bound
		case "gte":
			f.Bounds.GTE = bound
		case "lt":
			f.Bounds.LT = bound
		case "lte":
			f.Bounds.LTE = bound
		default:
			r.fault(at+"/parameters", entity.CodeFilter, "Parameter %q for range filter is unknown: gt, gte, lt and lte are known.", given(name))
			ok = false
		}
	}
	return f, ok
}

// join reads a group of filters: multi and not with an operator, and their short forms.
func (r *criteriaReader) join(kind string, tree map[string]any, at string, depth int) (entity.Filter, bool) {
	f := entity.Filter{Pointer: at}
	switch kind {
	case "and":
		f.Kind = entity.And
	case "or":
		f.Kind = entity.Or
	case "nand":
		f.Kind = entity.Nand
	case "nor":
		f.Kind = entity.Nor
	default:
		operator := "and"
		if tree["operator"] != nil {
			operator = strings.ToLower(given(tree["operator"]))
		}
		kinds := map[string]entity.FilterKind{
			"multi and": entity.And, "multi or": entity.Or, "not and": entity.Nand, "not or": entity.Nor,
		}
		var ok bool
		if f.Kind, ok = kinds[kind+" "+operator]; !ok {
			r.fault(at+"/operator", entity.CodeFilter, "The operator must be and or or. Given: %s", operator)
			return f, false
		}
	}
	queries, ok := tree["queries"].([]any)
	if !ok {
		r.fault(at+"/queries", entity.CodeFilter, `Parameter "queries" for %s filter is missing.`, kind)
		return f, false
	}
	if depth+1 >= maxDepth {
		r.fault(at+"/queries", entity.CodeFilter, "The filters are nested too deeply.")
		return f, false
	}
	f.Queries = r.group(queries, at+"/queries", depth+1)
	return f, true
}

// text gives a scalar as the text it is compared as.
func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return fmt.Sprint(v)
}
