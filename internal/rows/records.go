package rows

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/sqlstore"
)

var (
	_ shop.Store = (*Store)(nil)
	_ shop.Unit  = records{}
)

// Search finds records with what is loaded with them, all of the same moment.
func (s *Store) Search(ctx context.Context, shop appdock.ShopID, v entity.View, c *entity.Criteria) (page entity.Page, err error) {
	t, err := s.tenant(shop)
	if err != nil {
		return page, err
	}
	err = s.read(ctx, Stranger, func(r session) error {
		find, err := s.searching(ctx, r, t, v, c)
		if err != nil {
			return err
		}
		page, err = find.page(ctx, c)
		return err
	})
	return page, err
}

// Write runs decide in one unit of work. What it asks and writes ends with ctx if that has a
// deadline, and nothing of the unit is kept then: it holds up everybody else who writes.
func (s *Store) Write(ctx context.Context, shop appdock.ShopID, decide func(shop.Unit) error) ([]appdock.Event, error) {
	t, err := s.tenant(shop)
	if err != nil {
		return nil, err
	}
	var events []appdock.Event
	err = s.writeIn(ctx, Records, t, func(w *tx) error {
		u := records{w, t, w.ctx}
		if _, ends := ctx.Deadline(); ends {
			u.ctx = ctx
		}
		if err := decide(u); err != nil {
			return err
		}
		err := w.flush()
		events = w.events
		return err
	})
	if err != nil {
		return nil, err
	}
	return events, nil
}

// records is a unit of work as the embedded shop sees it.
type records struct {
	tx   *tx
	shop tenant
	ctx  context.Context // ends when whoever decides has no more time; what is being written is not interrupted
}

// Search sees the unit's own changes.
func (u records) Search(v entity.View, c *entity.Criteria) (entity.Page, error) {
	sql, err := u.tx.translator(u.shop)
	if err != nil {
		return entity.Page{}, err
	}
	return search{sql: sql, session: u.tx.session, shop: u.shop, view: v, answer: &answer{limit: c.MaxRecords}}.page(u.ctx, c)
}

// Apply writes rows. What apps say in a language is there with the language.
func (u records) Apply(changes ...entity.Change) error {
	for some := range slices.Chunk(changes, batch) {
		if err := u.ctx.Err(); err != nil {
			return err
		}
		if err := u.tx.apply(u.shop, some...); err != nil {
			return err
		}
	}
	return u.spoken(changes)
}

// ApplyPrepared writes rows by the statements that were made before the unit, as long as the shop
// has the schema that they were made for.
func (u records) ApplyPrepared(f shop.Foresight) error {
	ready, ok := f.(*foresight)
	if !ok || ready.shop.number != u.shop.number {
		return errors.New("what was prepared belongs to another shop")
	}
	if err := cmp.Or(u.ctx.Err(), u.tx.holds(u.shop)); err != nil {
		return err
	}
	sql, err := u.tx.translator(u.shop)
	if err != nil {
		return err
	}
	if sql.Schema != ready.schema {
		return u.Apply(ready.changes...)
	}
	if err := u.tx.change(sql, ready.changes, ready.statements); err != nil {
		return err
	}
	return u.spoken(ready.changes)
}

// spoken has the texts of apps follow what the languages are now.
func (u records) spoken(changes []entity.Change) error {
	if slices.ContainsFunc(changes, speaksOtherwise) {
		return u.tx.translateApps(u.shop)
	}
	return nil
}

// Raise writes events with the unit. Mostly nobody listens to what happens to records: then
// there is nothing to match. Who subscribes raises the revision, and does not get what was
// written before that.
func (u records) Raise(events ...appdock.Event) error {
	for _, e := range events {
		u.tx.pending = append(u.tx.pending, pending{u.shop, e, true})
	}
	return nil
}

// Next draws from a number range.
func (u records) Next(numberRange string, least int64) (number int64, err error) {
	_, err = u.tx.one(`INSERT INTO number_state (shop, type, value) VALUES (?, ?, ?) ON CONFLICT (shop, type) DO UPDATE
		SET value = CASE WHEN number_state.value < excluded.value THEN excluded.value ELSE number_state.value + 1 END RETURNING value`,
		[]any{u.shop.number, numberRange, least}, &number)
	return number, err
}

// Recall gives the answer under an idempotency key.
func (u records) Recall(installation appdock.ID, key string, since time.Time) (requestHash, answer []byte, err error) {
	found, err := u.tx.one("SELECT request_hash, answer FROM remembered WHERE shop = ? AND installation = ? AND key = ? AND at >= ?",
		[]any{u.shop.number, installation[:], key, since.UnixMilli()}, &requestHash, &answer)
	if err == nil && !found {
		err = &appdock.Error{Kind: appdock.NotFound, Message: "Nothing is remembered under this idempotency key."}
	}
	return requestHash, answer, err
}

// Remember keeps an answer under an idempotency key; Conflict if it has one.
func (u records) Remember(installation appdock.ID, key string, requestHash, answer []byte, forget time.Time) error {
	if _, err := u.tx.put("DELETE FROM remembered WHERE shop = ? AND installation = ? AND at < ?", u.shop.number, installation[:], forget.UnixMilli()); err != nil {
		return err
	}
	n, err := u.tx.put(`INSERT INTO remembered (shop, installation, key, request_hash, answer, at)
		VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		u.shop.number, installation[:], key, requestHash, answer, u.tx.store.now().UnixMilli())
	if err == nil && n == 0 {
		return &appdock.Error{
			Kind:    appdock.Conflict,
			Code:    "ADK-IDEMPOTENCY-KEY-USED",
			Message: "This idempotency key was used before.",
			Cure:    "Use a new key for a new request.",
		}
	}
	return err
}

// search finds records of one shop on one connection.
type search struct {
	sql     sqlstore.Translator
	session session
	shop    tenant
	view    entity.View
	answer  *answer
	// timing begins to time a statement that looks for records, and gives what ends it; nil:
	// nobody wants to know.
	timing func(c *entity.Criteria) (end func())
}

func (s *Store) searching(ctx context.Context, r session, shop tenant, v entity.View, c *entity.Criteria) (search, error) {
	sql, err := s.translator(ctx, r, shop)
	find := search{sql: sql, session: r, shop: shop, view: v, answer: &answer{limit: c.MaxRecords}}
	if sql.Dialect == sqlstore.SQLite {
		find.timing = func(c *entity.Criteria) func() { return s.timing(sql, v, c) }
	}
	return find, err
}

// answer counts what a search loads, as often as the answer shows it.
type answer struct{ limit, records int }

// add makes place for a record that the answer shows so many times.
func (a *answer) add(times int) error {
	if a.limit > 0 && times > a.limit-a.records {
		return entity.TooManyRecords(a.limit)
	}
	a.records += times
	return nil
}

func (s search) page(ctx context.Context, c *entity.Criteria) (entity.Page, error) {
	d, known := s.sql.Schema.Definition(c.Entity)
	if !known { // its app was removed since the caller looked
		return entity.Page{}, entity.Undefined(c.Entity)
	}
	if c.Bare {
		return s.bare(ctx, d, c)
	}
	found, err := s.found(ctx, d, c)
	if err != nil {
		return entity.Page{}, err
	}
	if err := s.load(ctx, d, found, func(int) int { return 1 }, c.Associations); err != nil {
		return entity.Page{}, err
	}
	page := entity.Page{Records: found, Total: len(found)}
	for _, asked := range c.Aggregations {
		figures, err := s.aggregate(ctx, c, asked)
		if err != nil {
			return entity.Page{}, fmt.Errorf("aggregate %s: %w", asked.Name, err)
		}
		page.Aggregations = append(page.Aggregations, figures)
	}
	if c.Total == entity.CountPage {
		return page, nil
	}
	st, err := s.sql.Count(s.shop.number, s.view, c)
	if err != nil {
		return entity.Page{}, err
	}
	defer s.timed(c)()
	_, err = s.session.first(ctx, st.SQL, st.Args, &page.Total)
	return page, err
}

// bare gives records that have nothing but their ids, and what was asked for by name.
func (s search) bare(ctx context.Context, d *entity.Definition, c *entity.Criteria) (entity.Page, error) {
	st, err := s.sql.There(s.shop.number, s.view, c)
	if err != nil {
		return entity.Page{}, err
	}
	var (
		page   entity.Page
		id     appdock.ID
		places = c.Known(d)
		values = make([]any, len(places))
	)
	targets := append(make([]any, 0, len(places)+1), idColumn{&id})
	for i := range values {
		targets = append(targets, &values[i])
	}
	err = s.session.each(ctx, func(row Row) error {
		err := row.Scan(targets...)
		if err == nil {
			err = s.sql.Read(d, places, values)
		}
		page.Records = append(page.Records, entity.Bare(d, id, places, values))
		return err
	}, st.SQL, st.Args...)
	if err != nil {
		return entity.Page{}, fmt.Errorf("search %s: %w", d.Name, err)
	}
	page.Total = len(page.Records)
	return page, nil
}

// places reads the ids that a statement of a page finds, and where their rows stand; no places
// in what is no table.
func (s search) places(ctx context.Context, d *entity.Definition, st sqlstore.Statement) (ids []appdock.ID, places []any, err error) {
	err = s.session.each(ctx, func(row Row) error {
		var id appdock.ID
		var place any
		err := row.Scan(idColumn{&id}, &place)
		if ids = append(ids, id); place != nil {
			places = append(places, place)
		}
		return err
	}, st.SQL, st.Args...)
	if err != nil {
		return nil, nil, fmt.Errorf("search %s: %w", d.Name, err)
	}
	return ids, places, nil
}

// timed begins to time a statement, if somebody wants to know.
func (s search) timed(c *entity.Criteria) (end func()) {
	if s.timing == nil {
		return func() {}
	}
	return s.timing(c)
}

// found gives the records that were asked for, in their order.
func (s search) found(ctx context.Context, d *entity.Definition, c *entity.Criteria) ([]entity.Record, error) {
	page, apart, err := s.sql.Page(s.shop.number, s.view, c)
	if err != nil {
		return nil, err
	}
	var places []any
	if apart {
		end := s.timed(c)
		c = &entity.Criteria{Entity: c.Entity}
		if c.IDs, places, err = s.places(ctx, d, page); err != nil {
			return nil, err
		}
		end()
		if len(c.IDs) == 0 {
			return nil, nil
		}
	}
	var st sqlstore.Statement
	if len(places) > 0 {
		st, err = s.sql.At(s.shop.number, s.view, c.Entity, places)
	} else {
		st, err = s.sql.Select(s.shop.number, s.view, c)
	}
	if err != nil {
		return nil, err
	}
	found, _, err := s.records(ctx, d, st, nil)
	if err == nil && c.IDs != nil && len(c.Sort) == 0 {
		inOrder(found, c.IDs)
	}
	return found, err
}

// aggregate makes figures of all records that the criteria match.
func (s search) aggregate(ctx context.Context, c *entity.Criteria, asked entity.Aggregation) (entity.Aggregated, error) {
	a, err := s.sql.Aggregate(s.shop.number, s.view, c, asked)
	if err != nil {
		return entity.Aggregated{}, err
	}
	var all [][]any
	err = s.session.each(ctx, func(row Row) error {
		values, targets := make([]any, row.Columns()), make([]any, row.Columns())
		for i := range values {
			targets[i] = &values[i]
		}
		all = append(all, values)
		return row.Scan(targets...)
	}, a.SQL, a.Args...)
	if err != nil {
		return entity.Aggregated{}, err
	}
	return a.Answer(all)
}

// foundInOrder sorts records with the keys that they were found for.
type foundInOrder struct {
	found []entity.Record
	keys  []appdock.ID
}

func (f foundInOrder) Len() int           { return len(f.found) }
func (f foundInOrder) Less(i, k int) bool { return sqlstore.InOrder(f.found[i], f.found[k]) < 0 }
func (f foundInOrder) Swap(i, k int) {
	f.found[i], f.found[k] = f.found[k], f.found[i]
	f.keys[i], f.keys[k] = f.keys[k], f.keys[i]
}

// inOrder brings records into the order of the ids they were asked for by.
func inOrder(found []entity.Record, ids []appdock.ID) {
	place := make(map[appdock.ID]int, len(ids))
	for i, id := range ids {
		if _, twice := place[id]; !twice {
			place[id] = i
		}
	}
	slices.SortStableFunc(found, func(a, b entity.Record) int { return place[a.ID()] - place[b.ID()] })
}

// records runs a query. shown is given for records that an association leads to: how often
// the answer shows what is found for a key. The keys come back beside the records then.
func (s search) records(ctx context.Context, d *entity.Definition, st sqlstore.Statement, shown map[appdock.ID]int) ([]entity.Record, []appdock.ID, error) {
	var found []entity.Record
	var keys []appdock.ID
	var values, targets []any
	err := s.session.each(ctx, func(row Row) error {
		if values == nil {
			values, targets = make([]any, row.Columns()), make([]any, row.Columns())
			for i := range values {
				targets[i] = &values[i]
			}
		}
		if err := row.Scan(targets...); err != nil {
			return err
		}
		r, err := s.sql.Record(d, s.view, values)
		if err != nil {
			return err
		}
		found = append(found, r)
		if shown == nil {
			return s.answer.add(1)
		}
		var key appdock.ID
		if err := (idColumn{&key}).Scan(values[len(values)-1]); err != nil {
			return err
		}
		keys = append(keys, key)
		return s.answer.add(shown[key])
	}, st.SQL, st.Args...)
	if err != nil {
		return nil, nil, fmt.Errorf("search %s: %w", d.Name, err)
	}
	return found, keys, nil
}

// load fills the associations that were asked for and those that always come, with one
// query for each association of a level, however many records there are. times says how
// often the answer shows the record at a place of parents.
func (s search) load(ctx context.Context, d *entity.Definition, parents []entity.Record, times func(int) int, asked map[string]*entity.Criteria) error {
	for _, a := range d.Associations {
		c, ok := asked[a.Name]
		if !ok && !a.Always {
			continue
		}
		if c == nil {
			c = &entity.Criteria{}
		}
		for i := range parents {
			if parents[i].Loaded == nil {
				parents[i].Loaded = map[string]entity.Loaded{}
			}
			parents[i].Loaded[a.Name] = entity.Loaded{}
		}
		if len(parents) == 0 || !s.sql.Schema.Stored(a) {
			continue
		}
		if err := s.loadOne(ctx, d, a, parents, times, c); err != nil {
			return err
		}
	}
	return nil
}

func (s search) loadOne(ctx context.Context, d *entity.Definition, a entity.Association, parents []entity.Record, times func(int) int, c *entity.Criteria) error {
	if !s.view.Live() && s.sql.Schema.InParts(d, a) {
		return s.loadByVersion(ctx, d, a, parents, times, c)
	}
	return s.loadFrom(ctx, appdock.LiveVersion, d, a, parents, times, c)
}

// loadByVersion loads an association of drafts and of live records apart: each leads to what
// belongs to its version.
func (s search) loadByVersion(ctx context.Context, d *entity.Definition, a entity.Association, parents []entity.Record, times func(int) int, c *entity.Criteria) error {
	for _, version := range []appdock.ID{s.view.Version, appdock.LiveVersion} {
		var some []entity.Record // share what they have loaded with parents
		var at []int
		for i, p := range parents {
			if p.Version() == version {
				some, at = append(some, p), append(at, i)
			}
		}
		if err := s.loadFrom(ctx, version, d, a, some, func(i int) int { return times(at[i]) }, c); err != nil {
			return err
		}
	}
	return nil
}

// loadFrom loads an association of records of one version.
func (s search) loadFrom(ctx context.Context, of appdock.ID, d *entity.Definition, a entity.Association, parents []entity.Record, times func(int) int, c *entity.Criteria) error {
	here := "id" // the field that holds the key to follow
	if a.Kind == entity.ToOne {
		here = a.Via
	}
	var keys []appdock.ID
	shown := map[appdock.ID]int{} // how often the answer shows what is found for a key
	for i, p := range parents {
		key := p.Key(here)
		if key.IsZero() {
			continue
		}
		if _, seen := shown[key]; !seen {
			keys = append(keys, key)
		}
		shown[key] += times(i)
	}
	if len(keys) == 0 {
		return nil
	}
	st, err := s.sql.Related(s.shop.number, s.view, of, d, a, keys, c)
	if err != nil {
		return err
	}
	target, _ := s.sql.Schema.Definition(a.Target) // Stored has found it
	found, foundFor, err := s.records(ctx, target, st, shown)
	if err != nil {
		return err
	}
	if sqlstore.Unordered(c) && len(found) > 1 {
		sort.Sort(foundInOrder{found, foundFor})
	}
	timesFound := func(i int) int { return shown[foundFor[i]] }
	if err := s.load(ctx, target, found, timesFound, c.Associations); err != nil {
		return err
	}
	byKey := make(map[appdock.ID][]entity.Record, len(keys))
	for i, r := range found {
		byKey[foundFor[i]] = append(byKey[foundFor[i]], r)
	}
	for i, p := range parents {
		l := entity.Loaded{Records: byKey[p.Key(here)]}
		if !a.Kind.Many() && len(l.Records) > 1 {
			l.Records = l.Records[:1]
		}
		parents[i].Loaded[a.Name] = l
	}
	return nil
}
