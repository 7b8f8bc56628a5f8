package rows

import (
	"context"
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
	tables map[string]int64
	open   map[string]bool // counted, and neither committed nor rolled back
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
	l.tables[table]++
	l.open[table] = true
}

// Settle says that the transaction has ended: who begins to read now sees all that was counted.
func (l *Losses) Settle() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.open)
}

// of gives the number of losses of a table. settled says that who begins to read now sees them.
func (l *Losses) of(table string) (number int64, settled bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tables[table], !l.open[table]
}

// foresight is what a unit of work will find, as long as the tables lose nothing.
type foresight struct {
	store  *Store
	ctx    context.Context // of the call that it was made for
	shop   tenant
	losses map[string]int64 // of the tables that were asked, before they were

	// What was prepared, and the schema that the statements are for.
	changes    []entity.Change
	statements []sqlstore.Statement
	schema     *entity.Schema
}

var _ shop.Foresight = (*foresight)(nil)

// Foresee looks ahead for a unit.
func (s *Store) Foresee(ctx context.Context, shop appdock.ShopID) shop.Foresight {
	t, err := s.tenant(shop)
	if err != nil || s.db.Losses() == nil { // of a shop that there is not, the unit tells
		return nil
	}
	return &foresight{store: s, ctx: ctx, shop: t, losses: map[string]int64{}}
}

// Search finds live records bare, if all of them are there.
func (f *foresight) Search(v entity.View, c *entity.Criteria) (entity.Page, error) {
	d, known := f.store.schema.Definition(c.Entity)
	if !known || d.Document || d.Derived || !c.Bare || c.IDs == nil || len(c.Filters) > 0 || !v.Live() {
		return entity.Page{}, shop.ErrUnforeseen
	}
	losses, settled := f.store.db.Losses().of(d.Name)
	if before, asked := f.losses[d.Name]; !settled || asked && before != losses {
		return entity.Page{}, shop.ErrUnforeseen
	}
	f.losses[d.Name] = losses
	page, err := f.look(d, v, c)
	if err == nil && len(page.Records) < len(c.IDs) { // the others may be there when the unit runs
		err = shop.ErrUnforeseen
	}
	return page, err
}

// look finds records in the table. It does not wait until they are on the disk: what is written
// because of them is written behind them.
func (f *foresight) look(d *entity.Definition, v entity.View, c *entity.Criteria) (page entity.Page, err error) {
	err = f.store.read(f.ctx, Glance, func(r session) error {
		page, err = search{sql: f.store.sql, session: r, shop: f.shop, view: v}.bare(f.ctx, d, c)
		return err
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
	for table, before := range seen.losses {
		if now, _ := u.tx.store.db.Losses().of(table); now != before {
			return false
		}
	}
	return true
}
