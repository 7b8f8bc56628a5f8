package sqlstore

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// form is how values of a type are stored.
type form int

const (
	identity form = iota // 16 bytes
	text
	number
	fraction
	truth  // a number in SQLite
	moment // milliseconds UTC
	bytes
	document // the text of JSON
)

func formOf(t entity.Type) form {
	switch t {
	case entity.UUID, entity.Version:
		return identity
	case entity.String, entity.Text, entity.Email, entity.Password:
		return text
	case entity.Int:
		return number
	case entity.Float:
		return fraction
	case entity.Bool:
		return truth
	case entity.DateTime, entity.Date:
		return moment
	case entity.Blob:
		return bytes
	case entity.JSON, entity.Object, entity.Prices, entity.CalculatedPrice, entity.CartPrice, entity.PriceDefinition,
		entity.Rounding, entity.TaxFree, entity.Strings, entity.IDs, entity.Objects:
		return document
	}
	panic(fmt.Sprintf("sqlstore: %d is no type", t))
}

// bind gives the stored form of a field's value; nil stays nil.
func (d Dialect) bind(f entity.Field, v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch formOf(f.Type) {
	case identity:
		if id, ok := v.(appdock.ID); ok {
			if id.IsZero() {
				return nil, nil
			}
			return id[:], nil
		}
	case text:
		if s, ok := v.(string); ok {
			return s, nil
		}
	case number:
		if n, ok := v.(int64); ok {
			return n, nil
		}
	case fraction:
		if n, ok := v.(float64); ok {
			return n, nil
		}
	case truth:
		if b, ok := v.(bool); ok {
			return d.bool(b), nil
		}
	case moment:
		if at, ok := v.(time.Time); ok {
			return at.UnixMilli(), nil
		}
	case bytes:
		if b, ok := v.([]byte); ok {
			return b, nil
		}
	case document:
		if raw, ok := v.(json.RawMessage); ok {
			if raw == nil {
				return nil, nil
			}
			return string(raw), nil
		}
	}
	return nil, fmt.Errorf("field %s: a %T is not a value of its type", f.Name, v)
}

// bool is stored as a number by SQLite, which has no truth values.
func (d Dialect) bool(b bool) any {
	if d == Postgres {
		return b
	}
	if b {
		return int64(1)
	}
	return int64(0)
}

// twinValue gives what stands in a field's twin.
func twinValue(f entity.Field, v any) any {
	switch v := v.(type) {
	case string:
		return Fold(v)
	case json.RawMessage:
		if f.Type == entity.Prices {
			return grossOf(v)
		}
	}
	return nil
}

// grossOf is the gross amount of a price list in the default currency, nil if it has none.
func grossOf(list json.RawMessage) any {
	var prices []struct {
		Currency string  `json:"currencyId"`
		Gross    float64 `json:"gross"`
	}
	if json.Unmarshal(list, &prices) != nil { // what is no list of prices was refused before
		return nil
	}
	for _, p := range prices {
		if p.Currency == appdock.DefaultCurrency.String() {
			return p.Gross
		}
	}
	return nil
}

// Record makes a record of the columns that a statement of [Translator.Select] or
// [Translator.Related] gave for one row of the view, as a driver scans them into any.
func (t Translator) Record(d *entity.Definition, v entity.View, row []any) (entity.Record, error) {
	r := entity.Record{Definition: d, Values: make([]any, len(d.Fields))}
	q := t.query(0, v)
	next := func() any {
		v := row[0]
		row = row[1:]
		return v
	}
	var ok bool
	if r.RowVersion, ok = next().(int64); !ok {
		return r, fmt.Errorf("entity %s: row_version is no number", d.Name)
	}
	version := appdock.LiveVersion
	if d.Versioned {
		if err := scanID(&version, next()); err != nil {
			return r, fmt.Errorf("entity %s: version_id: %w", d.Name, err)
		}
	}
	for i, f := range d.Fields {
		switch {
		case f.Type == entity.Version && f.Name == "versionId":
			r.Values[i] = version
		case f.Type == entity.Version && d.Together(i):
			r.Values[i] = version
		case f.Type == entity.Version:
			r.Values[i] = appdock.LiveVersion
		case f.Stored():
			v, err := read(f, next())
			if err != nil {
				return r, fmt.Errorf("entity %s: %w", d.Name, err)
			}
			r.Values[i] = v
			if !q.translates(d, f) {
				continue
			}
			if r.Shown == nil {
				r.Shown = make([]any, len(d.Fields))
			}
			if r.Shown[i], err = read(f, next()); err != nil {
				return r, fmt.Errorf("entity %s: %w", d.Name, err)
			}
		}
	}
	// Behind the columns stand the score, if there were queries, and a key, which is no number.
	if len(row) > 0 {
		if score, ok := row[0].(float64); ok {
			r.Score = &score
		}
	}
	return r, nil
}

// read gives the Go form of a stored value.
func read(f entity.Field, v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch formOf(f.Type) {
	case identity:
		var id appdock.ID
		if err := scanID(&id, v); err != nil {
			return nil, fmt.Errorf("field %s: %w", f.Name, err)
		}
		return id, nil
	case text:
		if s, ok := v.(string); ok {
			return s, nil
		}
	case number:
		if n, ok := v.(int64); ok {
			return n, nil
		}
	case fraction:
		if n, ok := v.(float64); ok {
			return n, nil
		}
	case truth:
		switch b := v.(type) {
		case bool:
			return b, nil
		case int64:
			return b != 0, nil
		}
	case moment:
		if ms, ok := v.(int64); ok {
			return time.UnixMilli(ms).UTC(), nil
		}
	case bytes:
		if b, ok := v.([]byte); ok {
			return b, nil
		}
	case document:
		switch raw := v.(type) {
		case string:
			return json.RawMessage(raw), nil
		case []byte:
			return json.RawMessage(raw), nil
		}
	}
	return nil, fmt.Errorf("field %s: the store gave a %T", f.Name, v)
}

func scanID(id *appdock.ID, v any) error {
	b, ok := v.([]byte)
	if !ok || len(b) != len(id) {
		return fmt.Errorf("the store gave a %T of the wrong length as an id", v)
	}
	copy(id[:], b)
	return nil
}
