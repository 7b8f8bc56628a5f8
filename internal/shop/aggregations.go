package shop

import (
	"fmt"
	"strings"

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
	case entity.Histogram:
		ok = field.Type == entity.DateTime || field.Type == entity.Date
	case entity.Ranges:
		ok = hasFigures(field.Type)
	case entity.Entities:
		return k.entities(d, field, a)
	case entity.FilterRows:
	}
	if !ok {
		return k.badAggregation(a.Pointer+"/field", "The field %q has no values that this aggregation can be made of.", short(a.Field))
	}
	return true
}

// entities checks that the field leads to the records that are wanted.
func (k *checker) entities(d *entity.Definition, f entity.Field, a *entity.Aggregation) bool {
	target, ok := k.schema.Definition(a.Entity)
	if !ok {
		return k.badAggregation(a.Pointer+"/definition", "There is no entity %q.", short(a.Entity))
	}
	k.needs = append(k.needs, target.May("read"))
	leads := f.Target
	if f.Name == "id" {
		leads = d.Name // of a path that ends at another record's id, the association tells
		if steps := strings.Split(a.Field, "."); len(steps) > 1 {
			leads = k.at(d, steps[:len(steps)-1])
		}
	}
	if f.Type != entity.UUID || leads != a.Entity {
		return k.badAggregation(a.Pointer+"/field", "The field %q does not lead to records of %q.", short(a.Field), short(a.Entity))
	}
	return true
}

// at gives the entity that associations lead to.
func (k *checker) at(d *entity.Definition, associations []string) string {
	for _, name := range associations {
		a, _ := d.Association(name)
		d, _ = k.schema.Definition(a.Target) // resolve has passed it
	}
	return d.Name
}

// entities loads the records of an aggregation whose keys the store has found.
func (s *Service) entities(search searcher, actor appdock.Actor, view entity.View, a *entity.Aggregated) error {
	if a.Kind != entity.Entities {
		return nil
	}
	ids := make([]appdock.ID, 0, len(a.Buckets))
	for _, b := range a.Buckets {
		id, err := appdock.ParseID(b.Key)
		if err != nil {
			return fmt.Errorf("aggregation %q: %q leads to no record: %w", a.Name, b.Key, err)
		}
		ids = append(ids, id)
	}
	a.Buckets = nil
	page, err := search(view, &entity.Criteria{Entity: a.Entity, IDs: ids, Filters: shownTo(actor, a.Entity), MaxRecords: maxRecords})
	if err != nil {
		return err
	}
	a.Records = page.Records
	return s.compute(search, actor.Shop, a.Records)
}

func hasFigures(t entity.Type) bool {
	return t == entity.Int || t == entity.Float || t == insideDocument
}

func (k *checker) badAggregation(pointer, format string, arguments ...any) bool {
	k.faults.Add(appdock.Fault{Pointer: entity.AggregationPlace(pointer), Code: entity.CodeAggregation, Message: fmt.Sprintf(format, arguments...)})
	return false
}
