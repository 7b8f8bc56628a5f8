package sqlstore

import (
	"encoding/json"
	"fmt"
	"strings"
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
	document // the text of JSON; in SQLite packed, if that is shorter
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
			return d.bindDocument(raw), nil
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

// stored is a field as a row has it.
type stored struct {
	place int // in Definition.Fields
	form  form
	// column is quoted, and so is that of the twin; empty: there is none.
	column, twin string
	// translated says that a view in another language has two columns of the field.
	translated bool
}

// shape is what the rows of an entity look like: made once for a schema, used for each row.
type shape struct {
	fields []stored
	// own are the places of fields that have the version of the row, live those of other
	// version fields.
	own, live []int
	list      string // the columns of the fields, as alias t0 has them
	// unnamed is the same for a statement whose rows are read by the places of their columns.
	// The driver copies name and type of each column for each run of a statement, which is
	// most of what it allocates for one wide row: an expression has no type, and a name of one
	// letter needs no memory.
	unnamed string
}

// shapeOf gives the shape of an entity's rows.
func (t Translator) shapeOf(d *entity.Definition) *shape {
	type key struct{ of *entity.Definition }
	if known, ok := t.Schema.Derived.Load(key{d}); ok {
		return known.(*shape)
	}
	s := &shape{}
	list := []string{firstAlias + ".row_version"}
	if d.Versioned {
		list = append(list, firstAlias+".version_id")
	}
	for i, f := range d.Fields {
		switch {
		case f.Type == entity.Version && (f.Name == "versionId" || d.Together(i)):
			s.own = append(s.own, i)
		case f.Type == entity.Version:
			s.live = append(s.live, i)
		case f.Stored():
			c := stored{place: i, form: formOf(f.Type), column: quote(f.Place().Column), translated: f.Translated && d.Translation != ""}
			if _, ok := twinType(f); ok {
				c.twin = quote(twin(f))
			}
			s.fields = append(s.fields, c)
			list = append(list, firstAlias+"."+c.column)
		}
	}
	s.list = strings.Join(list, ", ")
	if s.unnamed = s.list; t.Dialect == SQLite {
		s.unnamed = "+" + strings.Join(list, " AS c, +") + " AS c"
	}
	t.Schema.Derived.Store(key{d}, s)
	return s
}

// Record makes a record of the columns that a statement of [Translator.Select] or
// [Translator.Related] gave for one row of the view, as a driver scans them into any.
func (t Translator) Record(d *entity.Definition, v entity.View, row []any) (entity.Record, error) {
	r := entity.Record{Definition: d, Values: make([]any, len(d.Fields))}
	s := t.shapeOf(d)
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
		if err := scanVersion(&version, next()); err != nil {
			return r, fmt.Errorf("entity %s: version_id: %w", d.Name, err)
		}
	}
	for _, i := range s.own {
		r.Values[i] = version
	}
	for _, i := range s.live {
		r.Values[i] = appdock.LiveVersion
	}
	translating := !v.Language.IsZero() && v.Language != appdock.SystemLanguage
	if translating && d.Translation != "" {
		r.Shown = make([]any, len(d.Fields))
	}
	for _, f := range s.fields {
		var err error
		if r.Values[f.place], err = f.form.read(next()); err == nil && translating && f.translated {
			r.Shown[f.place], err = f.form.read(next())
		}
		if err != nil {
			return r, fmt.Errorf("entity %s: field %s: %w", d.Name, d.Fields[f.place].Name, err)
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

// Read puts the Go form of fields in the place of what a driver scanned of their columns.
func (t Translator) Read(d *entity.Definition, places []int, values []any) error {
	for i, place := range places {
		v, err := formOf(d.Fields[place].Type).read(values[i])
		if err != nil {
			return fmt.Errorf("entity %s: field %s: %w", d.Name, d.Fields[place].Name, err)
		}
		values[i] = v
	}
	return nil
}

// read gives the Go form of a stored value.
func (f form) read(v any) (any, error) {
	ok := true
	switch f {
	case identity:
		if v == nil {
			return nil, nil
		}
		var id appdock.ID
		err := scanID(&id, v)
		return id, err
	case text:
		_, ok = v.(string)
	case number:
		_, ok = v.(int64)
	case fraction:
		_, ok = v.(float64)
	case bytes:
		_, ok = v.([]byte)
	case truth:
		switch b := v.(type) {
		case bool:
			return b, nil
		case int64:
			return b != 0, nil
		}
		ok = false
	case moment:
		if ms, ok := v.(int64); ok {
			return time.UnixMilli(ms).UTC(), nil
		}
		ok = false
	case document:
		switch raw := v.(type) {
		case string:
			return json.RawMessage(raw), nil
		case []byte:
			text, err := Unpack(raw)
			return json.RawMessage(text), err
		}
		ok = false
	}
	if v != nil && !ok {
		return nil, fmt.Errorf("the store gave a %T", v)
	}
	return v, nil
}

// scanVersion reads a version as rows have it.
func scanVersion(version *appdock.ID, v any) error {
	if v == liveNumber {
		*version = appdock.LiveVersion
		return nil
	}
	return scanID(version, v)
}

func scanID(id *appdock.ID, v any) error {
	b, ok := v.([]byte)
	if !ok || len(b) != len(id) {
		return fmt.Errorf("the store gave a %T of the wrong length as an id", v)
	}
	copy(id[:], b)
	return nil
}
