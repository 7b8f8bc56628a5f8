package sqlite

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"modernc.org/libc"
)

// cacheModel knows what a page cache must keep: what SQLite has pinned, and that a page which
// is there has what was written to its number.
type cacheModel struct {
	*pageCache
	t       *testing.T
	tls     *libc.TLS
	written map[uint32]uint64
	pinned  map[uint32]*cachedPage
	stamps  uint64
}

const modelPage = 512 // bytes

func (m *cacheModel) get(number uint32, how int32) {
	m.t.Helper()
	before := m.pinned[number]
	p := m.fetch(m.tls, number, how)
	switch {
	case p == nil && before != nil:
		m.t.Fatalf("page %d is pinned and was not found", number)
	case p == nil && how > fetchCheap:
		m.t.Fatalf("no room was made for page %d", number)
	case p == nil && how == fetchCheap && len(m.pinned) < m.most*9/10:
		m.t.Fatalf("there is no room for page %d with %d of %d pinned", number, len(m.pinned), m.most)
	case p == nil:
		return
	case before != nil && p != before:
		m.t.Fatalf("page %d moved while it was pinned", number)
	}
	buffer, extra := memory(p.buffer, modelPage), memory(p.extra, m.extraSize)
	known := binary.LittleEndian.Uint64(extra) != 0
	if stamp, ok := m.written[number]; known {
		got, last := binary.LittleEndian.Uint64(buffer), binary.LittleEndian.Uint64(buffer[modelPage-8:])
		if !ok || got != stamp || last != stamp || binary.LittleEndian.Uint64(extra[m.extraSize-8:]) != stamp {
			m.t.Fatalf("page %d has %d and %d, want %d (%t)", number, got, last, stamp, ok)
		}
	} else if how == fetchNone || before != nil {
		m.t.Fatalf("page %d is new", number)
	}
	m.pinned[number] = p
	m.stamps++
	m.written[number] = m.stamps
	binary.LittleEndian.PutUint64(buffer, m.stamps)
	binary.LittleEndian.PutUint64(buffer[modelPage-8:], m.stamps)
	binary.LittleEndian.PutUint64(extra, 1)
	binary.LittleEndian.PutUint64(extra[m.extraSize-8:], m.stamps)
}

// configure comes before all that has SQLite begin, and be it to take memory.
func configure(t *testing.T) {
	t.Helper()
	if err := configured(); err != nil {
		t.Fatal(err)
	}
}

// some is a page that is pinned; nil: none is.
func (m *cacheModel) some(r *rand.Rand) (uint32, *cachedPage) {
	if len(m.pinned) == 0 {
		return 0, nil
	}
	numbers := slices.Sorted(maps.Keys(m.pinned))
	number := numbers[r.IntN(len(numbers))]
	return number, m.pinned[number]
}

func TestPageCacheGivesWhatWasWritten(t *testing.T) {
	t.Parallel()
	configure(t)
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		tls := libc.NewTLS()
		purgeable := seed%5 != 0
		m := &cacheModel{newPageCache(modelPage, 64, purgeable), t, tls, map[uint32]uint64{}, map[uint32]*cachedPage{}, 0}
		m.resize(tls, 1+r.IntN(30))
		for range 2000 {
			number := uint32(1 + r.IntN(100))
			switch n := r.IntN(100); {
			case n < 50:
				m.get(number, int32(r.IntN(3)))
			case n < 90:
				if number, p := m.some(r); p != nil && (n < 85 || !purgeable) {
					if drop := n < 55 || !purgeable; drop {
						m.unpin(tls, p, true)
						delete(m.written, number)
					} else {
						m.unpin(tls, p, false)
					}
					delete(m.pinned, number)
				}
			case n < 94: // SQLite drops the page that had the number before
				from, p := m.some(r)
				if p == nil || from == number {
					continue
				}
				if other := m.fetch(tls, number, fetchNone); other != nil {
					m.unpin(tls, other, true)
					delete(m.pinned, number)
				}
				m.rekey(tls, p, number)
				m.written[number], m.pinned[number] = m.written[from], p
				delete(m.written, from)
				delete(m.pinned, from)
			case n < 97:
				if r.IntN(10) == 0 {
					number = 0
				}
				m.truncate(tls, number)
				gone := func(k uint32, _ uint64) bool { return k >= number }
				maps.DeleteFunc(m.written, gone)
				maps.DeleteFunc(m.pinned, func(k uint32, _ *cachedPage) bool { return k >= number })
			case n < 98:
				m.shrink(tls)
			default:
				m.resize(tls, r.IntN(30))
			}
			if have := len(m.pages) + m.spares; purgeable && have > max(m.most, len(m.pinned)) {
				t.Fatalf("seed %d: %d pages are kept, %d of them pinned; there should be %d", seed, have, len(m.pinned), m.most)
			}
			for _, at := range m.pages {
				if number := pageAt(at).number; number > m.highest || number > m.second && number != m.highest {
					t.Fatalf("seed %d: page %d is there, beyond %d and %d", seed, number, m.highest, m.second)
				}
			}
			if have := len(m.pages) - m.idle; have != len(m.pinned) {
				t.Fatalf("seed %d: %d pages are pinned, want %d", seed, have, len(m.pinned))
			}
		}
		m.close(tls)
		tls.Close()
	}
}

// TestOldestPageMakesRoom would fail with a cache that keeps what nobody asks for.
func TestOldestPageMakesRoom(t *testing.T) {
	t.Parallel()
	configure(t)
	tls := libc.NewTLS()
	defer tls.Close()
	c := newPageCache(512, 64, true)
	defer c.close(tls)
	c.resize(tls, 3)
	for _, number := range []uint32{1, 2, 3, 1, 4} {
		c.unpin(tls, c.fetch(tls, number, 2), false)
	}
	var got []uint32
	for _, at := range c.pages {
		got = append(got, pageAt(at).number)
	}
	slices.Sort(got)
	if want := []uint32{1, 3, 4}; !slices.Equal(got, want) {
		t.Errorf("pages %v are there, want %v", got, want)
	}
}

// TestExchangedNumbersAreForgotten exchanges two pages as SQLite does, with a number far behind the
// file.
func TestExchangedNumbersAreForgotten(t *testing.T) {
	t.Parallel()
	configure(t)
	tls := libc.NewTLS()
	defer tls.Close()
	c := newPageCache(512, 64, true)
	defer c.close(tls)
	c.resize(tls, 10)
	one, other := c.fetch(tls, 1, 2), c.fetch(tls, 2, 2)
	const far = 1 << 30
	c.rekey(tls, one, far)
	c.rekey(tls, other, 1)
	c.rekey(tls, one, 2)
	if c.highest != 2 || c.find(1) != other || c.find(2) != one || c.find(far) != nil {
		t.Errorf("the highest number is %d, want 2", c.highest)
	}
}

// TestFewPages runs SQLite with a cache that holds fewer pages than a transaction changes, moves
// pages, cuts the file and takes changes back, and compares all of it with what was written.
func TestFewPages(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	if err := touchFile(path); err != nil {
		t.Fatal(err)
	}
	var sessions []*session
	for range 2 { // one reads what the other has written
		s, err := newSession(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.close)
		sessions = append(sessions, s)
	}
	writing, reading := sessions[0], sessions[1]
	run := func(text string, args ...any) {
		t.Helper()
		if _, err := writing.Exec(t.Context(), text, args...); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	for _, s := range sessions {
		if _, err := s.Exec(t.Context(), "PRAGMA cache_size = 10"); err != nil {
			t.Fatal(err)
		}
	}
	run("PRAGMA cache_spill = 10")
	run("PRAGMA auto_vacuum = FULL")
	run("VACUUM")
	run("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)")
	run("CREATE INDEX byv ON t (v)")
	r := rand.New(rand.NewPCG(1, 1))
	kept := map[int64]string{}
	for round := range 60 {
		run("BEGIN")
		now := maps.Clone(kept)
		for range 60 {
			id := int64(r.IntN(500))
			if r.IntN(3) == 0 || round%20 == 19 {
				run("DELETE FROM t WHERE id = ?", id)
				delete(now, id)
				continue
			}
			v := fmt.Sprint(r.IntN(1000)) + strings.Repeat("v", r.IntN(9000)) // on pages of its own
			run("INSERT OR REPLACE INTO t VALUES (?, ?)", id, v)
			now[id] = v
		}
		if r.IntN(4) == 0 {
			run("ROLLBACK")
		} else {
			run("COMMIT")
			kept = now
		}
		for _, s := range []*session{reading, writing} {
			if found := rowsOf(t, s); !maps.Equal(found, kept) {
				t.Fatalf("round %d: %d rows were found, %d written, and they differ", round, len(found), len(kept))
			}
		}
	}
}

// TestCollectorBesideConnections opens and closes connections, so that memory goes from one to
// another with what stood in it, while Go's collector marks all the time.
func TestCollectorBesideConnections(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	if err := touchFile(path); err != nil {
		t.Fatal(err)
	}
	s, err := newSession(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	for _, text := range []string{
		"CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)",
		"INSERT INTO t SELECT value, hex(randomblob(1000)) FROM (WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 2000) SELECT value FROM n)",
	} {
		if _, err := s.Exec(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan struct{})
	var marking, connections sync.WaitGroup
	marking.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				runtime.GC()
			}
		}
	})
	for range 4 {
		connections.Go(func() {
			for round := range 25 {
				s, err := newSession(t.Context(), path)
				if err != nil {
					t.Error(err)
					return
				}
				for _, text := range []string{
					fmt.Sprintf("PRAGMA cache_size = %d", 10+100*(round%3)),
					"SELECT sum(length(v)) FROM t WHERE id IN (SELECT value FROM json_each('[1,2,3]'))",
					"SELECT sum(length(v)) FROM t",
				} {
					if _, err := s.Exec(t.Context(), text); err != nil {
						t.Error(err)
					}
				}
				s.close()
			}
		})
	}
	connections.Wait()
	close(done)
	marking.Wait()
}
