package sqlstore

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// operand is the left side of a comparison.
type operand struct {
	dialect Dialect
	null    expr // is null when there is no value
	text    expr // the value as text, in the form that fold makes
	fold    func(string) string
	order   []expr // what to sort by, in turn
	// sides gives what to compare with a value that is not null, which may depend on its
	// type, and the form of the value that is bound.
	sides func(v any) (x expr, value any, err error)
	// list says that the value is a JSON list: equals asks whether it has the value.
	list bool
}

// lowerASCII is what both databases can do alike for texts that have no folded twin.
func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// lower makes a text lower case in ASCII and leaves the rest. SQLite's does nothing else.
func (d Dialect) lower(x expr) expr {
	if d == Postgres {
		return with(`lower((%s) COLLATE "C")`, x)
	}
	return with("lower(%s)", x)
}

func (s *scope) operand(p place) (operand, error) {
	switch {
	case p.field.Type == entity.Prices:
		return s.price(p)
	case len(p.document) > 0 && p.field.Type.Structured():
		return s.inDocument(p), nil
	case len(p.document) > 0:
		return operand{}, fmt.Errorf("entity %s: nothing stands below field %s", p.def.Name, p.field.Name)
	case p.field.Type == entity.Version && p.def.Versioned && (p.field.Name == "versionId" || p.def.Together(p.def.Index(p.field.Name))):
		return s.stored(p, s.Dialect.versionIn(p.alias)), nil
	case p.field.Type == entity.Version && p.alias != s.alias:
		// A record that is not there stands in no version.
		return s.stored(p, "CASE WHEN "+p.alias+".id IS NOT NULL THEN "+s.Dialect.literal(appdock.LiveVersion)+" END"), nil
	case p.field.Type == entity.Version:
		return s.stored(p, s.Dialect.literal(appdock.LiveVersion)), nil
	case p.field.Fold:
		return s.twin(p), nil
	case p.field.Type == entity.Text:
		return s.long(p), nil
	case p.field.Type.Structured():
		return s.stored(p, s.document(p)), nil
	default:
		return s.stored(p, s.shown(p.node, p.field, p.field.Place().Column)), nil
	}
}

// document is the text of a document, for what looks into it.
func (s *scope) document(p place) string {
	column := s.shown(p.node, p.field, p.field.Place().Column)
	if p.def.Document {
		return column // a text among others
	}
	return s.Dialect.unpacked(column)
}

// stored compares values as they are stored.
func (s *scope) stored(p place, column string) operand {
	x := plain(column)
	return operand{
		dialect: s.Dialect,
		null:    x,
		text:    s.textOf(p.field, x),
		fold:    lowerASCII,
		order:   []expr{s.Dialect.ordered(p.field, x)},
		list:    p.field.Type == entity.Strings || p.field.Type == entity.IDs,
		sides: func(v any) (expr, any, error) {
			if id, ok := v.(appdock.ID); ok && p.field.Type == entity.IDs {
				return x, id.String(), nil
			}
			if t, ok := v.(string); ok && p.field.Type.Structured() {
				return x, t, nil
			}
			bound, err := s.Dialect.bind(p.field, v)
			return x, bound, err
		},
	}
}

// ordered gives a stored value a form that has an order: PostgreSQL knows none of JSON.
func (d Dialect) ordered(f entity.Field, x expr) expr {
	if d == Postgres && f.Type.Structured() {
		return with(`CAST(%s AS TEXT) COLLATE "C"`, x)
	}
	return x
}

// ranked gives what values are ordered by a form that has a least and a greatest: PostgreSQL
// knows none of truths and bytes.
func (d Dialect) ranked(f entity.Field, x expr) expr {
	switch {
	case d == Postgres && f.Type == entity.Bool:
		return with("CAST(%s AS INTEGER)", x)
	case d == Postgres && (f.Type == entity.UUID || f.Type == entity.Version):
		return with(`encode(%s, 'hex') COLLATE "C"`, x)
	}
	return x
}

// textOf shows a stored value as text, for those who search for a part of it.
func (s *scope) textOf(f entity.Field, x expr) expr {
	if f.Type == entity.UUID || f.Type == entity.Version {
		if s.Dialect == Postgres {
			return with("encode(%s, 'hex')", x)
		}
		return with("nullif(lower(hex(%s)), '')", x) // the hex digits of null are no text
	}
	return s.Dialect.lower(with("CAST(%s AS TEXT)", x))
}

// twin compares folded texts.
func (s *scope) twin(p place) operand {
	x := plain(s.shown(p.node, p.field, twin(p.field)))
	return operand{
		dialect: s.Dialect,
		null:    x,
		text:    x,
		fold:    Fold,
		order:   []expr{x},
		sides: func(v any) (expr, any, error) {
			t, ok := v.(string)
			if !ok {
				return x, nil, fmt.Errorf("field %s: a %T is no text", p.field.Name, v)
			}
			return x, Fold(t), nil
		},
	}
}

// long compares texts that are too long for a twin: they are folded one by one.
func (s *scope) long(p place) operand {
	o := s.stored(p, s.shown(p.node, p.field, p.field.Place().Column))
	o.text, o.fold = folded(o.null), Fold
	o.order = []expr{o.text}
	o.sides = func(v any) (expr, any, error) {
		t, ok := v.(string)
		if !ok {
			return o.text, nil, fmt.Errorf("field %s: a %T is no text", p.field.Name, v)
		}
		return o.text, Fold(t), nil
	}
	return o
}

// has is the condition that a JSON list has an item.
func (o operand) has(item expr) expr {
	each := "json_each(%s) AS item WHERE %s"
	if o.dialect == Postgres {
		each = "json_array_elements_text(%s) AS item(value) WHERE %s"
	}
	return with("EXISTS (SELECT 1 FROM "+each+")", o.null, item)
}

// inDocument compares a value inside a document, such as customFields.color. Its type is
// that of the value it is compared with; texts are folded.
func (s *scope) inDocument(p place) operand {
	x := s.Dialect.dig(s.document(p), p.document)
	text := folded(s.Dialect.jsonText(x))
	number := s.Dialect.jsonNumber(x)
	return operand{
		dialect: s.Dialect,
		null:    s.Dialect.jsonText(x),
		text:    text,
		fold:    Fold,
		order:   []expr{number, text},
		sides: func(v any) (expr, any, error) {
			switch v := v.(type) {
			case string:
				return text, Fold(v), nil
			case appdock.ID:
				return text, v.String(), nil
			case time.Time:
				return text, Fold(v.UTC().Format("2006-01-02T15:04:05.000-07:00")), nil
			case int64:
				return number, float64(v), nil
			case float64:
				return number, v, nil
			case bool:
				return s.Dialect.jsonText(x), fmt.Sprint(v), nil
			}
			return x, nil, fmt.Errorf("path %s: a %T cannot be compared with what is in a document", strings.Join(p.document, "."), v)
		},
	}
}

// dig gives the JSON value at a path inside a document, null if there is none.
func (d Dialect) dig(column string, path []string) expr {
	e := plain(column)
	for _, key := range path {
		if strings.ContainsAny(key, `"\`) {
			// SQLite cannot spell such keys, and no custom field is named so.
			if d == Postgres {
				return plain("NULL::json")
			}
			return plain("NULL")
		}
		if d == Postgres {
			e = with("%s -> ?::text", expr{e.sql, append(e.args, key)})
			continue
		}
		e = with("%s -> %s", e, param(`$."`+key+`"`))
	}
	return e
}

// jsonText gives a JSON value as text: a text without its quotes, all else as in JSON;
// JSON's null is null.
func (d Dialect) jsonText(x expr) expr {
	if d == Postgres {
		return with("(%s) #>> '{}'", x)
	}
	// In SQLite, ->> makes numbers of true and false.
	return with("CASE json_type(%s) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST((%s) ->> '$' AS TEXT) END", x, x)
}

// jsonNumber gives a JSON value if it is a number, else null.
func (d Dialect) jsonNumber(x expr) expr {
	if d == Postgres {
		return with("CASE WHEN json_typeof(%s) = 'number' THEN ((%s) #>> '{}')::double precision END", x, x)
	}
	return with("CASE WHEN json_type(%s) IN ('integer', 'real') THEN (%s) ->> '$' END", x, x)
}

// price compares an amount of a price list: price, price.net, price.<currencyId>.gross;
// gross of the default currency if nothing is said (entities.md, "Money structures").
func (s *scope) price(p place) (operand, error) {
	currency, amount := cmp.Or(s.view.Currency, appdock.DefaultCurrency), "gross"
	for _, step := range p.document {
		id, err := appdock.ParseID(step)
		switch {
		case err == nil:
			currency = id
		case step == "gross" || step == "net":
			amount = step
		default:
			return operand{}, fmt.Errorf("entity %s: a price has no %q", p.def.Name, step)
		}
	}
	number := s.amount(p, currency, amount)
	if currency == s.view.Currency && currency != appdock.DefaultCurrency {
		// A list without the currency has what its default comes to.
		number = with("coalesce(%s, %s * "+decimal(s.view.Factor)+")", number, s.amount(p, appdock.DefaultCurrency, amount))
	}
	return operand{
		dialect: s.Dialect,
		null:    number,
		text:    with("CAST(%s AS TEXT)", number),
		fold:    lowerASCII,
		order:   []expr{number},
		sides: func(v any) (expr, any, error) {
			switch v := v.(type) {
			case int64:
				return number, float64(v), nil
			case float64:
				return number, v, nil
			}
			return number, nil, fmt.Errorf("field %s: a %T is no amount", p.field.Name, v)
		},
	}, nil
}

// amount is a number in a price list. The one that is asked for as a rule has a column of
// its own: taking lists apart is most of the time of a search that has to look at many.
func (s *scope) amount(p place, currency appdock.ID, amount string) expr {
	if currency == appdock.DefaultCurrency && amount == "gross" {
		return plain(s.shown(p.node, p.field, twin(p.field)))
	}
	column := plain(s.document(p))
	if s.Dialect == Postgres {
		return with("(SELECT (item.value ->> '"+amount+"')::double precision FROM json_array_elements(%s) AS item(value) WHERE item.value ->> 'currencyId' = %s LIMIT 1)",
			column, param(currency.String()))
	}
	return with("(SELECT item.value ->> '$."+amount+"' FROM json_each(%s) AS item WHERE item.value ->> '$.currencyId' = %s)",
		column, param(currency.String()))
}
