package rows

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/sqlstore"
)

// tx is one unit of work: the floor that every adapter of the store writes records,
// events and revisions through.
type tx struct {
	session
	store *Store
	ctx   context.Context // the writer's, which nobody cancels
	rows  int             // written so far
	held  int64           // the shop that it holds
	// touched says that a shop's revision rose: what is remembered of its apps is of
	// before.
	touched bool

	pending []pending
	events  []appdock.Event // as written; complete once run and flush are done
}

// pending is an event that is written at the end, when the revision is known.
type pending struct {
	shop  tenant
	event appdock.Event
	asked bool // whether anybody wants to hear of it
}

// put runs a statement that writes.
func (t *tx) put(text string, args ...any) (int64, error) {
	n, err := t.Exec(t.ctx, text, args...)
	t.rows += int(n)
	return n, err
}

func (t *tx) read(scan func(Row) error, text string, args ...any) error {
	return t.each(t.ctx, scan, text, args...)
}

func (t *tx) while(scan func(Row) (bool, error), text string, args ...any) error {
	return t.While(t.ctx, scan, text, args...)
}

func (t *tx) one(text string, args []any, targets ...any) (bool, error) {
	return t.first(t.ctx, text, args, targets...)
}

// hold keeps other units from changing a shop until this one has ended.
func (t *tx) hold(shop tenant) error {
	t.held = shop.number
	return t.Hold(t.ctx, Held(shop.number))
}

// holds refuses to write records of a shop that the unit does not hold.
func (t *tx) holds(shop tenant) error {
	if t.held != shop.number {
		return fmt.Errorf("write records of shop %s: the unit does not hold it", shop.id)
	}
	return nil
}

// apply writes changes of entities, owned ones included.
func (t *tx) apply(shop tenant, changes ...entity.Change) error {
	if err := t.holds(shop); err != nil {
		return err
	}
	sql, err := t.translator(shop)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(changes, batch) {
		statements, err := changing(sql, shop, some)
		if err != nil {
			return err
		}
		if err := t.change(sql, some, statements); err != nil {
			return err
		}
	}
	return nil
}

// changing gives a statement for each change.
func changing(sql sqlstore.Translator, shop tenant, changes []entity.Change) ([]sqlstore.Statement, error) {
	statements := make([]sqlstore.Statement, len(changes))
	for i, c := range changes {
		if _, known := sql.Schema.Definition(c.Entity); !known { // its app was removed since the caller looked
			return nil, entity.Undefined(c.Entity)
		}
		var err error
		if statements[i], err = sql.Change(shop.number, c); err != nil {
			return nil, err
		}
	}
	return statements, nil
}

// change writes some changes by their statements in one go: a server that stands elsewhere is
// not waited for between one row and the next.
func (t *tx) change(sql sqlstore.Translator, changes []entity.Change, statements []sqlstore.Statement) error {
	touched, err := t.ExecAll(t.ctx, statements)
	for i, n := range touched {
		if t.rows += int(n); n == 0 {
			return sqlstore.Gone(changes[i])
		}
	}
	if err == nil {
		return nil
	}
	c := changes[len(touched)]
	if columns := t.store.db.BrokenColumns(err); columns != nil {
		d, _ := sql.Schema.Definition(c.Entity) // Change has found it
		return sqlstore.Taken(d, c, columns, err)
	}
	return fmt.Errorf("%s %s %s: %w", c.Kind, c.Entity, c.ID, err)
}

// raise writes events with the unit.
func (t *tx) raise(shop tenant, events ...appdock.Event) {
	for _, e := range events {
		t.pending = append(t.pending, pending{shop: shop, event: e})
	}
}

// touch raises the shop's revision and gives the new one.
func (t *tx) touch(shop tenant) (appdock.Revision, error) {
	if t.held != shop.number {
		return 0, fmt.Errorf("raise the revision of shop %s: the unit does not hold it", shop.id)
	}
	t.touched = true
	if _, err := t.put("UPDATE host SET changed = changed + 1"); err != nil {
		return 0, err
	}
	var revision appdock.Revision
	_, err := t.one(`UPDATE shop SET revision = revision + 1, changed = (SELECT changed FROM host)
		WHERE number = ? RETURNING revision`, []any{shop.number}, &revision)
	return revision, err
}

// flush writes the events that were raised. An event whose id the shop has had before is
// left out.
func (t *tx) flush() error {
	for _, p := range t.pending {
		e := p.event
		e.Shop = p.shop.id
		fresh, err := t.inserted(`INSERT INTO event (shop, id, name, key, at, origin, needs, "only", revision, payload, previous, matched)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, (SELECT revision FROM shop WHERE number = ?1), ?9, ?10,
				?11 AND NOT EXISTS (SELECT 1 FROM subscription WHERE shop = ?1 AND event = ?3))
			ON CONFLICT (shop, id) DO NOTHING`,
			[]any{
				p.shop.number, e.ID[:], string(e.Name), idOrNull(e.Key), milliseconds(e.At), idOrNull(e.Origin),
				words(e.Needs), idOrNull(e.Only), e.Data.Payload, e.Data.Previous, p.asked,
			}, &e.Seq, &e.Revision, &e.Unheard)
		if err != nil {
			return fmt.Errorf("write event %s: %w", e.ID, err)
		}
		if !fresh {
			continue
		}
		t.rows++
		t.events = append(t.events, e)
	}
	t.pending = nil
	return nil
}

// inserted writes an event and reads what the database has made of it. SQLite does that in two
// statements for less than in one: for what a change returns, it keeps a table of the rows and a
// copy of each page that it changes.
func (t *tx) inserted(text string, args []any, seq, revision, matched any) (fresh bool, err error) {
	const made = "seq, revision, matched"
	if t.store.sql.Dialect != sqlstore.SQLite {
		return t.one(text+" RETURNING "+made, args, seq, revision, matched)
	}
	n, err := t.Exec(t.ctx, text, args...)
	if err != nil || n == 0 {
		return false, err
	}
	return t.one("SELECT "+made+" FROM event WHERE seq = last_insert_rowid()", nil, seq, revision, matched)
}

// batch is how many rows one statement writes at most, and how many statements go in one.
const batch = 64

// insert writes many rows with few statements: halves of a batch, and halves of those, so
// that few texts are prepared for any number of rows. head ends before VALUES.
func (t *tx) insert(head, tail string, rows [][]any) error {
	for len(rows) > 0 {
		n := batch
		for n > len(rows) {
			n /= 2
		}
		width := len(rows[0])
		args := make([]any, 0, n*width)
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		row := "(?" + strings.Repeat(", ?", width-1) + ")"
		text := head + " VALUES " + row + strings.Repeat(", "+row, n-1) + tail
		if _, err := t.put(text, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}
