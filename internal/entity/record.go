package entity

import (
	"encoding/json"

	"github.com/appdock/appdock"
)

// Record is one row of an entity.
type Record struct {
	Definition *Definition
	Values     []any // in the order of Definition.Fields, in the Go forms of their types
	RowVersion int64 // rises with each write
	// Shown holds what is shown of translated fields, after the fallback to other languages;
	// Values has the texts of the language asked for alone. nil: both are the same.
	Shown []any
	// Only says which fields, by their places, are shown; nil: all are. Associations that were
	// not loaded are not shown either then.
	Only []bool
	// Score is what the record is worth by the queries of the criteria; nil: there were none.
	Score *float64
	// Loaded holds the associations that were asked for or always come; one that is not
	// in it was not loaded.
	Loaded map[string]Loaded
}

// Bare is a record of which nothing but the id is known, and the fields at some places of
// Definition.Fields.
func Bare(d *Definition, id appdock.ID, places []int, values []any) Record {
	at := d.Index("id")
	last := at
	for _, i := range places {
		last = max(last, i)
	}
	r := Record{Definition: d, Values: make([]any, last+1)}
	for i, place := range places {
		r.Values[place] = values[i]
	}
	r.Values[at] = id
	return r
}

// Loaded is what an association led to. A to-one association has at most one record.
type Loaded struct{ Records []Record }

// Get gives the value of a field; nil if it is null or unknown, as all are of the zero Record.
func (r Record) Get(field string) any {
	if r.Definition == nil {
		return nil
	}
	i := r.Definition.Index(field)
	if i < 0 || i >= len(r.Values) {
		return nil
	}
	return r.Values[i]
}

// Translated gives what is shown of the translated field at a place of Definition.Fields.
func (r Record) Translated(i int) any {
	switch {
	case r.Shown != nil:
		return r.Shown[i]
	case i < len(r.Values):
		return r.Values[i]
	}
	return nil
}

// value gives the value of the field at a place of Definition.Fields; nil if it is null.
func (r *Record) value(i int) any {
	if i < len(r.Values) {
		return r.Values[i]
	}
	return nil
}

// Shows reports whether the field at a place of Definition.Fields is shown.
func (r Record) Shows(i int) bool { return r.Only == nil || r.Only[i] }

// ID gives the record's id.
func (r Record) ID() appdock.ID { return r.Key("id") }

// Version gives the version that the record stands in.
func (r Record) Version() appdock.ID {
	if version := r.Key("versionId"); !version.IsZero() {
		return version
	}
	return appdock.LiveVersion
}

// Key gives the value of a UUID field; zero if it is null.
func (r Record) Key(field string) appdock.ID {
	id, _ := r.Get(field).(appdock.ID)
	return id
}

// Text gives the value of a text field; "" if it is null.
func (r Record) Text(field string) string {
	s, _ := r.Get(field).(string)
	return s
}

// Number gives the value of a number, whole or not; 0 if it is null.
func (r Record) Number(field string) float64 {
	switch n := r.Get(field).(type) {
	case float64:
		return n
	case int64:
		return float64(n)
	}
	return 0
}

// Display gives what is shown of a text, translated or not: in the language asked for, after
// the fallback to others; "" if it is null or unknown.
func (r Record) Display(field string) string {
	if r.Definition == nil {
		return ""
	}
	i := r.Definition.Index(field)
	if i < 0 {
		return ""
	}
	s, _ := r.Translated(i).(string)
	return s
}

// Document gives the JSON text of a structured field; nil if it is null.
func (r Record) Document(field string) json.RawMessage {
	raw, _ := r.Get(field).(json.RawMessage)
	return raw
}

// One gives the record of a to-one association that was loaded and is there.
func (r Record) One(association string) (Record, bool) {
	l := r.Loaded[association]
	if len(l.Records) == 0 {
		return Record{}, false
	}
	return l.Records[0], true
}

// Page is what was found.
type Page struct {
	Records []Record
	Total   int // by the criteria's way to count
	// Aggregations are the answers to those of the criteria, in their order.
	Aggregations []Aggregated
}
