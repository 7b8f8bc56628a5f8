package shop

import (
	"fmt"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// aggregations checks what figures are asked for: their fields exist, may be read, and have
// values that such a figure can be made of (admin-api.md 5.4).
func (k *checker) aggregations(d *entity.Definition, all []entity.Aggregation) []entity.Aggregation {
	var checked []entity.Aggregation
	count := 0
	for _, a := range all {
		good := true
		for at := &a; at != nil; at = at.Nested {
			if count++; count == maxAggregations+1 {
				good = k.badAggregation(at.Pointer, "There are more than %d aggregations, nested ones among them.", maxAggregations)
			}
			if count > maxAggregations {
				return nil
			}
			if at.Nested != nil { // what was asked stays as it is
				nested := *at.Nested
				at.Nested = &nested
			}
			good = k.aggregation(d, at) && good
		}
		if good {
			checked = append(checked, a)
		}
	}
	if len(all) > 0 && len(k.joined) > maxJoins/2 {
		// A statement joins what filters and aggregations pass, and two tables for each
		// association of many to many.
		k.badAggregation(all[0].Pointer, "The paths of filters, sorts and aggregations pass more than %d associations.", maxJoins/2)
	}
	return checked
}

func (k *checker) aggregation(d *entity.Definition, a *entity.Aggregation) bool {
	if a.Kind == entity.FilterRows {
		before := k.faults.Count()
		a.Filters = k.filters(d, a.Filters, false)
		return k.faults.Count() == before
	}
	field, path, ok := k.resolve(d, a.Field, a.Pointer+"/field", entity.CodeAggregation)
	if !ok {
		return false
	}
	a.Field = path
	switch a.Kind {
	case entity.Average, entity.Sum:
		ok = hasFigures(field.Type)
	case entity.Smallest, entity.Largest, entity.Stats:
		ok = hasFigures(field.Type) || a.Kind != entity.Stats && (field.Type == entity.DateTime || field.Type == entity.Date)
	case entity.CountValues, entity.Terms:
		ok = field.Type == insideDocument || !field.Type.Structured()
	case entity.FilterRows:
	}
	if !ok {
		return k.badAggregation(a.Pointer+"/field", "The field %q has no values that this aggregation can be made of.", short(a.Field))
	}
	return true
}

func hasFigures(t entity.Type) bool {
	return t == entity.Int || t == entity.Float || t == insideDocument
}

func (k *checker) badAggregation(pointer, format string, arguments ...any) bool {
	k.faults.Add(appdock.Fault{Pointer: pointer, Code: entity.CodeAggregation, Message: fmt.Sprintf(format, arguments...)})
	return false
}
