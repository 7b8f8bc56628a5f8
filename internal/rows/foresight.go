package rows

import (
	"context"
	"errors"
	"maps"
	"sync"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/sqlstore"
)

// Losses counts what takes rows from tables, so that what was found in one is known to be there
// still, without another look. One goroutine writes, and alone calls Note and Settle.
type Losses struct {
	mu     sync.Mutex
	count  int64
	tables map[string]int64 // the number of the last loss of each
	open   map[string]bool  // that have losses neither committed nor rolled back
}

// Moment is one at which tables had what was found in them.
type Moment struct {
	count int64           // losses before it
	open  map[string]bool // tables of which that is not known
}

// Sight looks at what was committed before some moment, for units of work to come.
type Sight interface {
	// Look runs a function on a connection that shows a moment: that of this call if it has to
	// be fresh, else any before.
	Look(ctx context.Context, fresh bool, run func(Conn, Moment) error) error
	// Losses are those of all units.
	Losses() *Losses
}

// NewLosses counts from nothing.
func NewLosses() *Losses { return &Losses{tables: map[string]int64{}, open: map[string]bool{}} }

// Loses reports whether what a statement does to a table may take from it what was found: a
// deletion, which is of no column, or a change of what bare records have.
func Loses(column string) bool {
	switch column {
	case "", "shop", "id", "version_id", "path":
		return true
	}
	return false
}

// Note counts a loss of a table, before the transaction that it is in has ended.
func (l *Losses) Note(table string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count++
	l.tables[table] = l.count
	l.open[table] = true
}

// Settle says that the transaction has ended: who begins to read now sees all that was counted.
func (l *Losses) Settle() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.open)
}

// Now is the moment of who begins to read after this call.
func (l *Losses) Now() Moment {
	l.mu.Lock()
	defer l.mu.Unlock()
	m := Moment{count: l.count}
	if len(l.open) > 0 {
		m.open = maps.Clone(l.open)
	}
	return m
}

// Since reports whether a table may have lost what it had at a moment.
func (l *Losses) Since(m Moment, table string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return m.open[table] || l.tables[table] > m.count
}

// foresight is what a unit of work will find, as long as the tables lose nothing.
type foresight struct {
	store *Store
	ctx   context.Context // of the call that it was made for
	shop  tenant
	asked map[string]Moment // the tables, and when: the first time counts

	// What was prepared, and the schema that the statements are for.
	changes    []entity.Change
	statements []sqlstore.Statement
	schema     *entity.Schema
}

var _ shop.Foresight = (*foresight)(nil)

// Foresee looks ahead for a unit.
func (s *Store) Foresee(ctx context.Context, shop appdock.ShopID) shop.Foresight {
	t, err := s.tenant(shop)
	if err != nil || s.db.Sight() == nil { // of a shop that there is not, the unit tells
		return nil
	}
	return &foresight{store: s, ctx: ctx, shop: t, asked: map[string]Moment{}}
}

// Search finds live records bare, if all of them are there.
func (f *foresight) Search(v entity.View, c *entity.Criteria) (entity.Page, error) {
	d, known := f.store.schema.Definition(c.Entity)
	if !known || d.Document || d.Derived || !c.Bare || c.IDs == nil || len(c.Filters) > 0 || !v.Live() {
		return entity.Page{}, shop.ErrUnforeseen
	}
	// What is new, or was lost since the moment that is looked at, is seen at this one.
	page, err := f.look(d, v, c, false)
	if errors.Is(err, shop.ErrUnforeseen) {
		page, err = f.look(d, v, c, true)
	}
	return page, err
}

// look finds records in the table. It does not wait until they are on the disk: what is written
// because of them is written behind them.
func (f *foresight) look(d *entity.Definition, v entity.View, c *entity.Criteria, fresh bool) (page entity.Page, err error) {
	sight := f.store.db.Sight()
	err = sight.Look(f.ctx, fresh, func(r Conn, m Moment) error {
		if sight.Losses().Since(m, d.Name) {
			return shop.ErrUnforeseen
		}
		if page, err = (search{sql: f.store.sql, session: session{r}, shop: f.shop, view: v}).bare(f.ctx, d, c); err != nil {
			return err
		}
		if len(page.Records) < len(c.IDs) { // the others may be there when the unit runs
			return shop.ErrUnforeseen
		}
		if _, again := f.asked[d.Name]; !again {
			f.asked[d.Name] = m
		}
		return nil
	})
	return page, err
}

// Prepare makes the statements of some changes. Many are made while they are written: they would
// stand beside each other in memory.
func (f *foresight) Prepare(changes []entity.Change) (ok bool) {
	sql, known := f.store.inForce(f.shop)
	if !known || len(changes) > batch {
		return false
	}
	statements, err := changing(sql, f.shop, changes)
	if err != nil {
		return false // the unit says so
	}
	f.changes, f.statements, f.schema = changes, statements, sql.Schema
	return true
}

// Holds reports whether the tables that were asked have lost nothing since. It runs where they
// lose it.
func (u records) Holds(f shop.Foresight) bool {
	seen, ok := f.(*foresight)
	if !ok || seen.shop.number != u.shop.number {
		return false
	}
	losses := u.tx.store.db.Sight().Losses()
	for table, m := range seen.asked {
		if losses.Since(m, table) {
			return false
		}
	}
	return true
}
