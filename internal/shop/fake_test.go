package shop_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
)

// fakeStore is a small working store of one shop: maps, conditions of equality, no
// versions, no paging. It checks what a real one may rely on.
type fakeStore struct {
	schema *entity.Schema
	rows   map[string]map[appdock.ID]fakeRow
	drawn  map[string]int64
	// backoffs are kept by who they are of.
	backoffs map[string]appdock.Backoff
	seq      int64
	events   []appdock.Event
	owed     []shop.Owed
	// units counts the units of work that were begun.
	units int
	asked []*entity.Criteria
	// foreseen is what was asked ahead, losses what would make that wrong.
	foreseen []*entity.Criteria
	losses   int
	// between is what others do before the next unit begins.
	between func()
}

type fakeRow struct {
	set map[string]any
	seq int64
}

var (
	_ shop.Store = (*fakeStore)(nil)
	_ shop.Unit  = (*fakeStore)(nil).unit()
)

func newFakeStore(tb testing.TB) *fakeStore {
	tb.Helper()
	return &fakeStore{schema: schema(tb), rows: map[string]map[appdock.ID]fakeRow{}, drawn: map[string]int64{}, backoffs: map[string]appdock.Backoff{}}
}

// put stores a row that no rule was asked about.
func (s *fakeStore) put(name string, set map[string]any) {
	id, _ := set["id"].(appdock.ID)
	if s.rows[name] == nil {
		s.rows[name] = map[appdock.ID]fakeRow{}
	}
	s.seq++
	s.rows[name][id] = fakeRow{set: set, seq: s.seq}
}

func (s *fakeStore) get(name string, id appdock.ID) map[string]any { return s.rows[name][id].set }

func (s *fakeStore) Schema(context.Context, appdock.ShopID) (*entity.Schema, error) {
	return s.schema, nil
}

func (s *fakeStore) Search(_ context.Context, _ appdock.ShopID, v entity.View, c *entity.Criteria) (entity.Page, error) {
	return s.unit().Search(v, c)
}

func (s *fakeStore) Foresee(context.Context, appdock.ShopID) shop.Foresight {
	return &fakeForesight{store: s, losses: s.losses}
}

type fakeForesight struct {
	store    *fakeStore
	losses   int
	prepared []entity.Change
}

func (f *fakeForesight) Search(v entity.View, c *entity.Criteria) (entity.Page, error) {
	f.store.foreseen = append(f.store.foreseen, c)
	asked := f.store.asked
	page, err := f.store.unit().Search(v, c)
	f.store.asked = asked
	if !c.Bare || c.Filters != nil || !v.Live() || len(page.Records) < len(c.IDs) {
		return entity.Page{}, shop.ErrUnforeseen
	}
	return page, err
}

// Prepare looks no closer: what is wrong with a change, the unit says.
func (f *fakeForesight) Prepare(changes []entity.Change) bool {
	f.prepared = changes
	return true
}

func (u *fakeUnit) ApplyPrepared(f shop.Foresight) error {
	return u.Apply(f.(*fakeForesight).prepared...)
}

func (u *fakeUnit) Holds(f shop.Foresight) bool { return f.(*fakeForesight).losses == u.losses }

func (s *fakeStore) Write(_ context.Context, id appdock.ShopID, decide func(shop.Unit) error) ([]appdock.Event, error) {
	s.units++
	if between := s.between; between != nil {
		s.between = nil
		between()
	}
	before := map[string]map[appdock.ID]fakeRow{}
	for name, rows := range s.rows {
		before[name] = maps.Clone(rows)
	}
	drawn, backoffs, events, owed := maps.Clone(s.drawn), maps.Clone(s.backoffs), len(s.events), s.owed
	// A unit may be run again: what the first run did must not show.
	for range 2 {
		s.rows, s.events, s.drawn = map[string]map[appdock.ID]fakeRow{}, s.events[:events], maps.Clone(drawn)
		s.backoffs, s.owed = maps.Clone(backoffs), owed
		for name, rows := range before {
			s.rows[name] = maps.Clone(rows)
		}
		if err := decide(s.unit()); err != nil {
			s.rows, s.events, s.backoffs, s.owed = before, s.events[:events], backoffs, owed
			return nil, err
		}
	}
	for i := range s.events[events:] {
		s.events[events+i].Shop = id
		s.events[events+i].Seq = int64(events + i + 1)
	}
	return slices.Clone(s.events[events:]), nil
}

func (s *fakeStore) unit() *fakeUnit { return &fakeUnit{s} }

// fakeUnit is the store seen from inside a unit.
type fakeUnit struct{ *fakeStore }

func (u *fakeUnit) Search(_ entity.View, c *entity.Criteria) (entity.Page, error) {
	u.asked = append(u.asked, c)
	d, ok := u.schema.Definition(c.Entity)
	if !ok {
		return entity.Page{}, fmt.Errorf("no entity %q", c.Entity)
	}
	ids := c.IDs
	if ids == nil {
		ids = slices.SortedFunc(maps.Keys(u.rows[c.Entity]), func(a, b appdock.ID) int {
			return int(u.rows[c.Entity][a].seq - u.rows[c.Entity][b].seq)
		})
	}
	var page entity.Page
	for _, id := range ids {
		r, ok := u.rows[c.Entity][id]
		if !ok {
			continue
		}
		record := u.record(d, r.set, c.Associations)
		match, err := u.all(record, c.Filters)
		if err != nil {
			return entity.Page{}, err
		}
		if match {
			page.Total++
		}
		if c.Bare {
			places := c.Known(d)
			values := make([]any, len(places))
			for i, at := range places {
				values[i] = r.set[d.Fields[at].Name]
			}
			record = entity.Bare(d, id, places, values)
		}
		if match && (c.Limit == 0 || len(page.Records) < c.Limit) {
			page.Records = append(page.Records, record)
		}
	}
	if c.Total != entity.CountAll {
		page.Total = len(page.Records)
	}
	return page, nil
}

func (u *fakeUnit) record(d *entity.Definition, set map[string]any, with map[string]*entity.Criteria) entity.Record {
	r := entity.Record{Definition: d, Values: make([]any, len(d.Fields)), RowVersion: 1}
	for i, f := range d.Fields {
		r.Values[i] = set[f.Name]
	}
	for name, c := range with {
		a, _ := d.Association(name)
		target, _ := u.schema.Definition(a.Target)
		var loaded entity.Loaded
		var found []fakeRow
		for id, there := range u.rows[a.Target] {
			leads := false
			switch a.Kind {
			case entity.ToOne:
				leads = set[a.Via] == id
			case entity.HasOne, entity.HasMany:
				leads = there.set[a.Via] == set["id"]
			case entity.ManyToMany:
				for _, pair := range u.rows[a.Mapping] {
					leads = leads || pair.set[a.Via] == set["id"] && pair.set[a.Far] == id
				}
			}
			if leads {
				found = append(found, there)
			}
		}
		slices.SortFunc(found, func(a, b fakeRow) int { return int(a.seq - b.seq) })
		for _, there := range found {
			loaded.Records = append(loaded.Records, u.record(target, there.set, c.Associations))
		}
		if r.Loaded == nil {
			r.Loaded = map[string]entity.Loaded{}
		}
		r.Loaded[name] = loaded
	}
	return r
}

func (u *fakeUnit) all(r entity.Record, filters []entity.Filter) (bool, error) {
	for _, f := range filters {
		if f.Kind != entity.Equals && f.Kind != entity.EqualsAny {
			return false, errors.New("the fake store only compares for equality")
		}
		if !slices.Contains(f.Values, u.value(r, f.Field)) {
			return false, nil
		}
	}
	return true, nil
}

func (u *fakeUnit) value(r entity.Record, path string) any {
	name, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		return r.Get(name)
	}
	a, _ := r.Definition.Association(name)
	target, _ := u.schema.Definition(a.Target)
	there, ok := u.rows[a.Target][r.Key(a.Via)]
	if !ok {
		return nil
	}
	return u.value(u.record(target, there.set, nil), rest)
}

func (u *fakeUnit) Apply(changes ...entity.Change) error {
	for _, c := range changes {
		d, ok := u.schema.Definition(c.Entity)
		if !ok {
			return fmt.Errorf("no entity %q", c.Entity)
		}
		if err := formsFit(d, c.Set); err != nil {
			return err
		}
		_, there := u.rows[c.Entity][c.ID]
		if there && c.Kind == entity.Inserted { // as the stores say it, which is not what clients are told
			return &appdock.Error{Kind: appdock.Invalid, Code: "FRAMEWORK__WRITE_TYPE_INTEND_ERROR", Message: "is there already"}
		}
		if there == (c.Kind == entity.Inserted) {
			return fmt.Errorf("%s of %s %s, there: %v", c.Kind, c.Entity, c.ID, there)
		}
		switch c.Kind {
		case entity.Deleted:
			delete(u.rows[c.Entity], c.ID)
			u.losses++
			continue
		case entity.Updated:
			old := u.rows[c.Entity][c.ID]
			set := maps.Clone(old.set)
			maps.Copy(set, c.Set)
			u.rows[c.Entity][c.ID] = fakeRow{set: set, seq: old.seq}
		case entity.Inserted:
			u.put(c.Entity, maps.Clone(c.Set))
		}
		if err := u.unique(d, c); err != nil {
			return err
		}
	}
	return nil
}

// formsFit checks that every value has the Go form of its field's type.
func formsFit(d *entity.Definition, set map[string]any) error {
	for name, v := range set {
		f, ok := d.Field(name)
		if !ok || !f.Stored() {
			return fmt.Errorf("%s.%s has no column", d.Name, name)
		}
		fits := true
		switch v := v.(type) {
		case nil:
		case appdock.ID:
			fits = f.Type == entity.UUID && !v.IsZero()
		case string:
			fits = f.Type == entity.String || f.Type == entity.Text || f.Type == entity.Email || f.Type == entity.Password
		case int64:
			fits = f.Type == entity.Int
		case float64:
			fits = f.Type == entity.Float
		case bool:
			fits = f.Type == entity.Bool
		case time.Time:
			fits = f.Type == entity.DateTime || f.Type == entity.Date && v.Equal(v.Truncate(24*time.Hour))
		case json.RawMessage:
			fits = f.Type.Structured() && json.Valid(v)
		default:
			fits = false
		}
		if !fits {
			return fmt.Errorf("%s.%s: %T %v is not the form of its type", d.Name, name, v, v)
		}
	}
	return nil
}

func (u *fakeUnit) unique(d *entity.Definition, c entity.Change) error {
	for _, unique := range d.Unique {
		mine := u.rows[c.Entity][c.ID].set
		for id, r := range u.rows[c.Entity] {
			same := id != c.ID
			for _, name := range unique.Fields {
				same = same && mine[name] != nil && mine[name] == r.set[name]
			}
			if same {
				return &appdock.Error{Kind: appdock.Invalid, Code: unique.Code, Message: "is there already", Faults: []appdock.Fault{
					{Pointer: c.Pointer + "/" + unique.Fields[0], Code: unique.Code, Message: "is there already"},
				}}
			}
		}
	}
	return nil
}

func (u *fakeUnit) Next(numberRange string, least int64) (int64, error) {
	u.drawn[numberRange] = max(u.drawn[numberRange]+1, least)
	return u.drawn[numberRange], nil
}

func (u *fakeUnit) Raise(events ...appdock.Event) error {
	u.events = append(u.events, events...)
	return nil
}

func (u *fakeUnit) ChangeBackoff(who string, next func(appdock.Backoff) (appdock.Backoff, error)) error {
	b, err := next(u.backoffs[who])
	if err == nil {
		u.backoffs[who] = b
	}
	return err
}

func (s *fakeStore) Owes(context.Context, appdock.ShopID) (bool, error) { return len(s.owed) > 0, nil }

func (u *fakeUnit) Owe(owed ...shop.Owed) error {
	if err := u.Settle(owed...); err != nil {
		return err
	}
	u.owed = append(u.owed, owed...)
	return nil
}

func (u *fakeUnit) Owed(limit int) ([]shop.Owed, error) {
	return slices.Clone(u.owed[:min(limit, len(u.owed))]), nil
}

func (u *fakeUnit) Settle(owed ...shop.Owed) error {
	u.owed = slices.DeleteFunc(slices.Clone(u.owed), func(o shop.Owed) bool {
		return slices.ContainsFunc(owed, func(other shop.Owed) bool { return other.Kind == o.Kind && other.ID == o.ID })
	})
	return nil
}

func (u *fakeUnit) Remember(appdock.ID, string, []byte, []byte, time.Time) error { return nil }

func (u *fakeUnit) Recall(appdock.ID, string, time.Time) ([]byte, []byte, error) {
	return nil, nil, &appdock.Error{Kind: appdock.NotFound}
}
