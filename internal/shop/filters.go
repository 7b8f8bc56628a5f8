package shop

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// filters checks conditions and gives their values the Go form of the fields' types. A
// group without conditions says nothing and is left out. negated says that they stand below
// a negation.
func (k *checker) filters(d *entity.Definition, all []entity.Filter, negated bool) []entity.Filter {
	var checked []entity.Filter
	for _, f := range all {
		if f.Kind.Group() {
			f.Queries = k.filters(d, f.Queries, negated || f.Kind == entity.Nand || f.Kind == entity.Nor)
			if len(f.Queries) > 0 {
				checked = append(checked, f)
			}
			continue
		}
		if f.Kind == entity.Range && f.Pointer != "" && f.Pointer == k.refused {
			continue // since and until come down to several ranges: what is wrong is told once
		}
		f, ok := k.filter(d, f, negated)
		if !ok {
			k.refused = f.Pointer
			continue
		}
		checked = append(checked, f)
	}
	return checked
}

func (k *checker) filter(d *entity.Definition, f entity.Filter, negated bool) (entity.Filter, bool) {
	field, path, ok := k.resolve(d, f.Field, f.Pointer+"/field", entity.CodeFilter)
	if !ok {
		return f, false
	}
	f.Field = path
	if f.Kind == entity.Newest || f.Kind == entity.Oldest {
		return f, true
	}
	if f.Kind == entity.Range {
		if fromDuration(f.Bounds) && field.Type != entity.DateTime && field.Type != entity.Date {
			return f, k.badFilter(f.Pointer+"/field", "The filters since and until need a date: the field %q is none.", f.Field)
		}
		ok = k.bounds(field, &f)
		return f, ok
	}
	if f.Kind == entity.Contains || f.Kind == entity.Prefix || f.Kind == entity.Suffix {
		ok = k.texts(field, &f)
		return f, ok
	}
	if f.Kind == entity.Equals && len(f.Values) != 1 || len(f.Values) == 0 {
		return f, k.badFilter(f.Pointer+"/value", "A value for filter %q is required.", f.Field)
	}
	inDocument := field.Type == insideDocument || field.Name == "customFields"
	if (negated || inDocument || isList(field.Type)) && len(f.Values) > maxAlternatives {
		return f, k.badFilter(f.Pointer+"/value", "There are more than %d values for filter %q.", maxAlternatives, f.Field)
	}
	values := make([]any, len(f.Values))
	for i, v := range f.Values {
		if values[i], ok = k.operand(field, v, f.Pointer+"/value"); !ok {
			return f, false
		}
	}
	f.Values = values
	return f, true
}

// fromDuration reports whether a range was made of a duration: clients send no moments of Go.
func fromDuration(b entity.Bounds) bool {
	return slices.ContainsFunc([]any{b.GT, b.GTE, b.LT, b.LTE}, func(v any) bool {
		_, made := v.(time.Time)
		return made
	})
}

func (k *checker) bounds(field entity.Field, f *entity.Filter) bool {
	if isList(field.Type) {
		return k.badFilter(f.Pointer+"/type", "The field %q is a list: it has no order.", f.Field)
	}
	bounded, good := false, true
	for _, bound := range []struct {
		name  string
		value *any
	}{{"gt", &f.Bounds.GT}, {"gte", &f.Bounds.GTE}, {"lt", &f.Bounds.LT}, {"lte", &f.Bounds.LTE}} {
		if *bound.value == nil {
			continue
		}
		bounded = true
		v, ok := k.operand(field, *bound.value, f.Pointer+"/parameters/"+bound.name)
		*bound.value, good = v, good && ok
	}
	if !bounded {
		return k.badFilter(f.Pointer+"/parameters", "A range of %q needs at least one of gt, gte, lt, lte.", f.Field)
	}
	return good
}

func (k *checker) texts(field entity.Field, f *entity.Filter) bool {
	if field.Type == entity.UUID || field.Type == entity.Version || field.Type == entity.Bool {
		return k.badFilter(f.Pointer+"/type", "The field %q is no text.", f.Field)
	}
	if len(f.Values) != 1 {
		return k.badFilter(f.Pointer+"/value", "A value for filter %q is required.", f.Field)
	}
	s, ok := plainText(f.Values[0])
	if !ok || s == "" {
		return k.badFilter(f.Pointer+"/value", "A value for filter %q is required.", f.Field)
	}
	if utf8.RuneCountInString(s) > maxNeedle {
		return k.badFilter(f.Pointer+"/value", "The text that %q is searched for may have %d characters.", f.Field, maxNeedle)
	}
	f.Values = []any{s}
	return true
}

// isList reports whether a field has many values: to equal it means to be one of them.
func isList(t entity.Type) bool { return t == entity.Strings || t == entity.IDs }

func (k *checker) badFilter(pointer, format string, arguments ...any) bool {
	k.faults.Add(appdock.Fault{Pointer: pointer, Code: entity.CodeFilter, Message: fmt.Sprintf(format, arguments...)})
	return false
}

// operand gives a value that a field is compared with the Go form of the field's type. It
// is more lenient than a write (admin-api.md 5.2): criteria come from query strings too.
func (k *checker) operand(f entity.Field, v any, pointer string) (any, bool) {
	if v == nil {
		return nil, true
	}
	var value any
	var ok bool
	switch f.Type {
	case entity.UUID, entity.Version:
		return k.operandID(v, pointer)
	case entity.Bool:
		value, ok = truth(v)
	case entity.Int:
		value, ok = operandInt(v)
	case entity.Float:
		value, ok = decimal(v)
	case entity.DateTime, entity.Date:
		value, ok = operandMoment(v)
	case entity.IDs:
		if _, valid := k.operandID(v, pointer); !valid {
			return nil, false
		}
		value, ok = plainText(v)
	case insideDocument:
		value, ok = asItComes(v)
	case entity.JSON, entity.Object, entity.Prices, entity.CalculatedPrice, entity.CartPrice,
		entity.PriceDefinition, entity.Rounding, entity.TaxFree, entity.Objects:
		return nil, k.badFilter(pointer, "The field %q is a document: compare a value inside it, or null.", f.Name)
	case entity.String, entity.Text, entity.Email, entity.Strings:
		value, ok = plainText(v)
		ok = ok && value != ""
	case entity.Password, entity.Blob: // resolve has refused them
	}
	if !ok {
		return nil, k.badFilter(pointer, "The value %s does not fit the field %q.", short(fmt.Sprint(v)), f.Name)
	}
	return value, true
}

func (k *checker) operandID(v any, pointer string) (any, bool) {
	if id, ok := v.(appdock.ID); ok {
		return id, true
	}
	s, _ := v.(string)
	id, err := appdock.ParseID(s)
	if err != nil {
		k.faults.Add(appdock.Fault{Pointer: pointer, Code: entity.CodeUUID, Message: "Value is not a valid UUID: " + short(fmt.Sprint(v))})
		return nil, false
	}
	return id, true
}

func truth(v any) (any, bool) {
	switch v := v.(type) {
	case bool:
		return v, true
	case string:
		switch v {
		case "1", "true":
			return true, true
		case "0", "false":
			return false, true
		}
	default:
		if n, ok := decimal(v); ok && (n == 0 || n == 1) {
			return n == 1, true
		}
	}
	return nil, false
}

func operandInt(v any) (any, bool) {
	if n, ok := wholeNumber(v); ok {
		return n, true
	}
	n, ok := decimal(v)
	if !ok || n != float64(int64(n)) {
		return nil, false
	}
	return int64(n), true
}

func operandMoment(v any) (any, bool) {
	if at, ok := v.(time.Time); ok {
		return at.UTC(), true
	}
	s, _ := v.(string)
	return parseMoment(s)
}

func plainText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		if v {
			return "1", true
		}
		return "0", true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case int:
		return strconv.Itoa(v), true
	}
	return "", false
}

func asItComes(v any) (any, bool) {
	switch v := v.(type) {
	case bool:
		return v, true
	case string:
		return v, true
	default:
		return decimal(v)
	}
}
