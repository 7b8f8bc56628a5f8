package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/rows"
)

// disk is where a store syncs its log: each sync waits until somebody lets it end.
type disk struct {
	store  *Store
	ends   chan error
	opened int64        // commits until then
	syncs  atomic.Int32 // that have begun

	mu       sync.Mutex
	answered []string // who was
}

// slowDisk opens a store in a bubble of synctest. Only who waits for a sync stands still
// there: after Wait, all that can happen without the disk has happened.
func slowDisk(t *testing.T) *disk {
	t.Helper()
	d := &disk{store: open(t, filepath.Join(t.TempDir(), "test.db")), ends: make(chan error)}
	d.opened = d.store.Commits()
	d.store.writer.syncer.sync = func() error {
		d.syncs.Add(1)
		return <-d.ends
	}
	return d
}

// write makes a product beside the test.
func (d *disk) write(t *testing.T, n int) {
	t.Helper()
	go func() {
		_, err := d.store.Write(t.Context(), shopA.ID, product(n))
		d.tell(fmt.Sprint("product ", n), err)
	}()
	synctest.Wait()
}

func (d *disk) tell(who string, err error) {
	if err != nil {
		who += " " + appdock.CodeOf(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answered = append(d.answered, who)
}

func (d *disk) check(t *testing.T, when string, committed int64, syncs int, answered ...string) {
	t.Helper()
	synctest.Wait()
	got := slices.Clone(d.answered)
	slices.Sort(got) // those of one sync are answered at once
	if diff := cmp.Diff(answered, got); diff != "" {
		t.Errorf("%s: answered (-want +got):\n%s", when, diff)
	}
	if n := d.store.Commits() - d.opened; n != committed || int(d.syncs.Load()) != syncs {
		t.Errorf("%s: %d commits and %d syncs, want %d and %d", when, n, d.syncs.Load(), committed, syncs)
	}
}

// TestNothingIsAnsweredBeforeItsSync has a slow disk. The writer goes on
// beside it, and commits when that can be synced.
func TestNothingIsAnsweredBeforeItsSync(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := slowDisk(t)
		for n := 1; n <= 5; n++ {
			d.write(t, n)
		}
		d.check(t, "no sync has ended", 1, 1)
		d.ends <- nil
		d.check(t, "after a sync", 2, 2, "product 1") // the others are one group
		d.ends <- nil
		d.check(t, "after two", 2, 2, "product 1", "product 2", "product 3", "product 4", "product 5")
	})
}

// TestGroupsGather: callers that are answered together come back one after the other, and half of
// them are committed together, with none of them behind the sync of another.
func TestGroupsGather(t *testing.T) {
	t.Parallel()
	ways := map[string]func(*testing.T, *disk){
		"as many as are expected": func(t *testing.T, d *disk) { t.Helper(); d.write(t, 6) },
		"no other comes":          func(*testing.T, *disk) { time.Sleep(pause) },
		"the step of a delivery": func(t *testing.T, d *disk) {
			t.Helper()
			go func() {
				_ = d.store.writer.keep(t.Context(), false, func(context.Context, *session) (int, error) { return 0, nil })
			}()
		},
	}
	for name, then := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := slowDisk(t)
				for n := 1; n <= 4; n++ { // in groups of one and three
					d.write(t, n)
				}
				d.ends <- nil
				synctest.Wait()
				d.ends <- nil
				d.write(t, 5)
				d.check(t, "one alone", 2, 2, "product 1", "product 2", "product 3", "product 4")
				then(t, d)
				d.check(t, "then", 3, 3, "product 1", "product 2", "product 3", "product 4")
				d.ends <- nil
			})
		})
	}
}

// TestOneAloneWaitsForNobody: whoever writes one thing after the other.
func TestOneAloneWaitsForNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := slowDisk(t)
		for n := 1; n <= 3; n++ {
			d.write(t, n)
			d.ends <- nil
			synctest.Wait()
		}
		if n := d.store.Commits() - d.opened; n != 3 || len(d.answered) != 3 {
			t.Errorf("%d commits, answered %v", n, d.answered)
		}
	})
}

// TestNothingIsShownBeforeItsSync: what a reader tells others must not be taken back.
func TestNothingIsShownBeforeItsSync(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := slowDisk(t)
		d.write(t, 1)
		go func() {
			page, err := d.store.Search(t.Context(), shopA.ID, entity.View{}, &entity.Criteria{Entity: "product", Limit: 1, Total: entity.CountAll})
			d.tell(fmt.Sprint("reader of ", page.Total), err)
		}()
		go func() {
			err := d.store.glance(t.Context(), d.store.hosts, func(*session) error { return nil })
			d.tell("glance", err)
		}()
		d.check(t, "no sync has ended", 1, 1, "glance")
		d.ends <- nil
		d.check(t, "after the sync", 1, 1, "glance", "product 1", "reader of 1")
	})
}

// TestFailedSyncEndsTheWriter: nobody knows what the disk holds, and asking it again would
// not tell, because a system reports such an error once.
func TestFailedSyncEndsTheWriter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := slowDisk(t)
		d.write(t, 1)
		d.ends <- nil
		d.write(t, 2)
		d.write(t, 3)
		d.check(t, "before", 2, 2, "product 1")
		d.ends <- errors.New("input/output error")
		failed := []string{"product 1", "product 2 ADK-STORE-FAILED", "product 3 ADK-STORE-FAILED"}
		d.check(t, "all that waited", 3, 2, failed...)
		d.write(t, 4)
		d.check(t, "what comes later", 3, 2, append(failed, "product 4 ADK-STORE-FAILED")...)
		if err := d.store.Healthy(); appdock.CodeOf(err) != "ADK-STORE-FAILED" {
			t.Errorf("healthy: got %v", err)
		}
		products(t, d.store) // readers go on
	})
}

// TestCloseWaitsForTheSync: who was committed is answered.
func TestCloseWaitsForTheSync(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := slowDisk(t)
		d.write(t, 1)
		d.write(t, 2)
		go func() { d.tell("close", d.store.Close()) }()
		d.check(t, "no sync has ended", 1, 1)
		d.ends <- nil
		d.check(t, "after a sync", 2, 2, "product 1")
		d.ends <- nil
		d.check(t, "after two", 2, 2, "close", "product 1", "product 2")
	})
}

// TestPowerCut keeps what the files held at the last sync, and opens only that. A system may
// have written more, but need not.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "test.db")
	s := open(t, path)
	kept := map[string][]byte{}
	s.writer.syncer.sync = func() error {
		for _, name := range []string{"test.db", "test.db-wal"} {
			held, err := os.ReadFile(filepath.Join(folder, name))
			if err != nil {
				return err
			}
			kept[name] = held
		}
		return s.log.Sync()
	}
	for n := 1; n <= 3; n++ {
		if _, err := s.Write(t.Context(), shopA.ID, product(n)); err != nil {
			t.Fatal(err)
		}
		after := t.TempDir()
		for name, held := range kept {
			if err := os.WriteFile(filepath.Join(after, name), held, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		left, err := Open(t.Context(), options(t, filepath.Join(after, "test.db")))
		if err != nil {
			t.Fatal(err)
		}
		if got := products(t, left); got != n {
			t.Errorf("%d of %d products that were answered are left", got, n)
		}
		if err := left.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestLogIsWhatIsSynced: the descriptor that is synced is that of the file SQLite appends to,
// also after the log was begun anew.
func TestLogIsWhatIsSynced(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "test.db"))
	for n := range 3 {
		if _, err := s.Write(t.Context(), shopA.ID, product(n)); err != nil {
			t.Fatal(err)
		}
		if err := s.glance(t.Context(), s.hosts, func(r *session) error {
			return r.While(t.Context(), func(rows.Row) (bool, error) { return true, nil }, "PRAGMA wal_checkpoint(TRUNCATE)")
		}); err != nil {
			t.Fatal(err)
		}
		named, err := os.Stat(s.log.Name())
		if err != nil {
			t.Fatal(err)
		}
		if ours, err := s.log.Stat(); err != nil || !os.SameFile(ours, named) {
			t.Errorf("another file is synced than the log: %v", err)
		}
	}
}
