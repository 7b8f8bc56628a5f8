package rows

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/sqlstore"
)

// What earns an index, and how many there are: each is paid for by every write of its entity.
const (
	earningSearches = 100              // within about two hours
	earningTime     = time.Second      // that they took to find their records, in all
	earningEach     = time.Millisecond // that one of them took
	forgetEvery     = time.Hour        // halves what was counted
	maxTallies      = 500              // kinds of searches that are counted
	maxOfEntity     = 3
	maxOfHost       = 12
	// maxIndexed is how many rows an index is made of: nothing else is written meanwhile, which
	// is about three seconds, and what is sorted is in memory.
	maxIndexed = 500_000
	unusedFor  = 14 * 24 * time.Hour // before it is dropped
	usedEvery  = 24 * time.Hour      // how exactly it is stored when one was used
)

// EarnedIndex is an index that the host has made because searches earned it.
type EarnedIndex struct {
	Entity  string
	Columns []string
	Made    time.Time
	Used    time.Time // by a search, at last
}

// tally counts searches that look at the same columns.
type tally struct {
	sqlstore.Asked
	searches int
	took     time.Duration
}

// indexes are what searches have earned, and what they are on the way to.
type indexes struct {
	made atomic.Pointer[[]sqlstore.Index]

	mu      sync.Mutex
	tallies map[string]*tally
	halved  time.Time
	known   map[int64]*knownIndex
}

type knownIndex struct {
	made, used, stored time.Time // stored: the time of use that the table has
}

func newIndexes() *indexes {
	i := &indexes{tallies: map[string]*tally{}, known: map[int64]*knownIndex{}}
	i.made.Store(&[]sqlstore.Index{})
	return i
}

// learn reads which indexes there are.
func (i *indexes) learn(ctx context.Context, r session) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	var all []sqlstore.Index
	err := r.each(ctx, func(row Row) error {
		var index sqlstore.Index
		var equal, follow string
		var made, used int64
		err := row.Scan(&index.Number, &index.Entity, &equal, &index.Range, &follow, &made, &used)
		index.Equal, index.Then = strings.Fields(equal), strings.Fields(follow)
		all = append(all, index)
		i.known[index.Number] = &knownIndex{time.UnixMilli(made).UTC(), time.UnixMilli(used).UTC(), time.UnixMilli(used).UTC()}
		return err
	}, "SELECT number, entity, equal, range, follow, made_at, used_at FROM earned_index ORDER BY number")
	i.made.Store(&all)
	return err
}

// timing begins to time a statement by what it looks at, and gives what ends it.
func (s *Store) timing(sql sqlstore.Translator, v entity.View, c *entity.Criteria) (end func()) {
	asked, ok := sql.Asked(v, c)
	if !ok {
		return func() {}
	}
	began := s.now()
	return func() {
		now := s.now()
		s.indexes.searched(sql, asked, now, now.Sub(began))
	}
}

// searched counts a search.
func (i *indexes) searched(sql sqlstore.Translator, a sqlstore.Asked, now time.Time, took time.Duration) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if index, ok := sql.Serving(a); ok && i.known[index.Number] != nil {
		i.known[index.Number].used = now
	}
	key := a.Entity + "\n" + strings.Join(a.Equal, " ") + "\n" + a.Range + "\n" + strings.Join(a.Then, " ")
	t, ok := i.tallies[key]
	if !ok {
		if len(i.tallies) >= maxTallies {
			return
		}
		t = &tally{Asked: a}
		i.tallies[key] = t
	}
	t.searches++
	t.took += took
}

// candidate gives the searches that an index would save the most, if any have earned one, and
// the index that theirs takes the place of.
func (i *indexes) candidate(now time.Time) (best sqlstore.Asked, instead *sqlstore.Index, ok bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	made := *i.made.Load()
	var most time.Duration
	for _, t := range i.tallies {
		if t.searches < earningSearches || t.took < max(earningTime, most) || t.took < time.Duration(t.searches)*earningEach {
			continue
		}
		asked, replaced, fits := place(made, t.Asked)
		if fits {
			best, instead, most, ok = asked, replaced, t.took, true
		}
	}
	if i.halved.IsZero() {
		i.halved = now
	}
	if now.Sub(i.halved) >= forgetEvery {
		i.halved = now
		for key, t := range i.tallies {
			if t.searches, t.took = t.searches/2, t.took/2; t.searches == 0 {
				delete(i.tallies, key)
			}
		}
	}
	return best, instead, ok
}

// place finds room for an index among those that there are: by itself, or by widening one that
// begins with the same columns.
func place(made []sqlstore.Index, a sqlstore.Asked) (asked sqlstore.Asked, instead *sqlstore.Index, ok bool) {
	ofEntity := 0
	for n := range made {
		both, alike := a.Widened(made[n].Asked)
		switch {
		case alike && slices.Equal(both.Then, made[n].Then):
			return a, nil, false // it is there already
		case alike:
			return both, &made[n], true
		case made[n].Entity == a.Entity:
			ofEntity++
		}
	}
	return a, nil, ofEntity < maxOfEntity && len(made) < maxOfHost
}

// unused gives the indexes that no search has used for long.
func (i *indexes) unused(now time.Time) (gone []sqlstore.Index) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, index := range *i.made.Load() {
		if now.Sub(i.known[index.Number].used) >= unusedFor {
			gone = append(gone, index)
		}
	}
	return gone
}

// EarnedIndexes gives the indexes that there are.
func (s *Store) EarnedIndexes() []EarnedIndex {
	s.indexes.mu.Lock()
	defer s.indexes.mu.Unlock()
	var all []EarnedIndex
	for _, index := range *s.indexes.made.Load() {
		known := s.indexes.known[index.Number]
		all = append(all, EarnedIndex{index.Entity, index.Columns(), known.made, known.used})
	}
	return all
}

// TendIndexes makes the index that would save searches the most time, if some have earned one,
// and drops those that no search has used for long. It waits until nothing else is written.
// PostgreSQL has none of them: it knows how its rows are distributed, and joins indexes of
// single columns.
func (s *Store) TendIndexes(ctx context.Context) error {
	if s.sql.Dialect != sqlstore.SQLite {
		return nil
	}
	now := s.now()
	for _, index := range s.indexes.unused(now) {
		if err := s.dropIndex(ctx, index); err != nil {
			return err
		}
		s.log.LogAttrs(ctx, slog.LevelInfo, "index dropped", slog.String("entity", index.Entity), slog.String("columns", strings.Join(index.Columns(), " ")))
	}
	if err := s.storeUse(ctx); err != nil {
		return err
	}
	asked, instead, ok := s.indexes.candidate(now)
	if !ok {
		return nil
	}
	few, err := s.few(ctx, asked.Entity)
	if err != nil || !few {
		return err
	}
	if err := s.makeIndex(ctx, asked, instead); err != nil {
		return fmt.Errorf("make an index of %s: %w", asked.Entity, err)
	}
	s.log.LogAttrs(ctx, slog.LevelInfo, "index made", slog.String("entity", asked.Entity),
		slog.String("columns", strings.Join(asked.Columns(), " ")), slog.Duration("took", s.now().Sub(now)))
	return nil
}

// few reports whether an entity has no more rows than an index is made of.
func (s *Store) few(ctx context.Context, name string) (few bool, err error) {
	var n int
	err = s.read(ctx, Stranger, func(r session) error {
		_, err := r.first(ctx, `SELECT count(*) FROM (SELECT 1 FROM "`+name+`" LIMIT ?)`, []any{int64(maxIndexed + 1)}, &n)
		return err
	})
	return n <= maxIndexed, err
}

func (s *Store) makeIndex(ctx context.Context, a sqlstore.Asked, instead *sqlstore.Index) error {
	d, known := s.schema.Definition(a.Entity)
	if !known {
		return fmt.Errorf("entity %q is not in the schema", a.Entity)
	}
	now := s.now()
	index := sqlstore.Index{Asked: a}
	err := s.write(ctx, Idle, true, func(w *tx) error {
		if _, err := w.one("SELECT coalesce(max(number), 0) + 1 FROM earned_index", nil, &index.Number); err != nil {
			return err
		}
		if instead != nil {
			if err := w.dropIndex(*instead); err != nil {
				return err
			}
			index.Number = max(index.Number, instead.Number+1) // who has read before still names the other
		}
		if _, err := w.Exec(w.ctx, index.DDL(d)); err != nil {
			return err
		}
		_, err := w.put("INSERT INTO earned_index (number, entity, equal, range, follow, made_at, used_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
			index.Number, a.Entity, words(a.Equal), a.Range, words(a.Then), now.UnixMilli(), now.UnixMilli())
		return err
	})
	if err != nil {
		return err
	}
	s.indexes.replace(instead, &index, now)
	return nil
}

func (s *Store) dropIndex(ctx context.Context, index sqlstore.Index) error {
	err := s.write(ctx, Idle, true, func(w *tx) error { return w.dropIndex(index) })
	if err == nil {
		s.indexes.replace(&index, nil, time.Time{})
	}
	return err
}

func (t *tx) dropIndex(index sqlstore.Index) error {
	if _, err := t.Exec(t.ctx, "DROP INDEX IF EXISTS "+index.Name()); err != nil {
		return err
	}
	_, err := t.put("DELETE FROM earned_index WHERE number = ?", index.Number)
	return err
}

// replace takes an index out of those that searches name, and another in.
func (i *indexes) replace(gone, made *sqlstore.Index, now time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	all := slices.Clone(*i.made.Load())
	if gone != nil {
		all = slices.DeleteFunc(all, func(one sqlstore.Index) bool { return one.Number == gone.Number })
		delete(i.known, gone.Number)
	}
	if made != nil {
		all = append(all, *made)
		i.known[made.Number] = &knownIndex{now, now, now}
		for _, t := range i.tallies { // what they took was without it
			if t.Entity == made.Entity {
				t.searches, t.took = 0, 0
			}
		}
	}
	i.made.Store(&all)
}

// storeUse stores when indexes were used, of those for which that is a day later than stored.
func (s *Store) storeUse(ctx context.Context) error {
	used := map[int64]time.Time{}
	s.indexes.mu.Lock()
	for number, known := range s.indexes.known {
		if known.used.Sub(known.stored) >= usedEvery {
			used[number] = known.used
		}
	}
	s.indexes.mu.Unlock()
	if len(used) == 0 {
		return nil
	}
	err := s.write(ctx, Idle, false, func(w *tx) error {
		for number, at := range used {
			if _, err := w.put("UPDATE earned_index SET used_at = ? WHERE number = ?", at.UnixMilli(), number); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.indexes.mu.Lock()
	defer s.indexes.mu.Unlock()
	for number, at := range used {
		if known := s.indexes.known[number]; known != nil {
			known.stored = at
		}
	}
	return nil
}
