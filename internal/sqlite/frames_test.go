package sqlite

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/appdock/appdock/internal/rows"
)

// gatheringFrames opens a connection that writes its log by frames, and calls told before each write of
// the system.
func gatheringFrames(t *testing.T, path string, told func(size int32, at int64) int32) *session {
	t.Helper()
	if err := touchFile(path); err != nil {
		t.Fatal(err)
	}
	s, err := newSession(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	execute(t, s, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)", "CREATE INDEX byv ON t (v)", "PRAGMA synchronous = NORMAL")
	if err := s.engine.gatherFrames(); err != nil {
		t.Fatal(err)
	}
	system := method[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](s.engine.frames.system.FxWrite)
	write := func(tls *libc.TLS, file, from uintptr, size int32, at int64) int32 {
		if rc := told(size, at); rc != sqlite3.SQLITE_OK {
			return rc
		}
		return system(tls, file, from, size, at)
	}
	s.engine.frames.system.FxWrite = callback(&write)
	t.Cleanup(func() { runtime.KeepAlive(write) })
	return s
}

func execute(t *testing.T, s *session, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if _, err := s.Exec(t.Context(), text); err != nil {
			t.Fatal(text, err)
		}
	}
}

// rowsOf gives what the table has, by both its b-trees, of a file that is whole.
func rowsOf(t *testing.T, s *session) map[int64]string {
	t.Helper()
	found := map[int64]string{}
	err := s.While(t.Context(), func(row rows.Row) (bool, error) {
		var id int64
		var v string
		err := row.Scan(&id, &v)
		found[id] = v
		return true, err
	}, "SELECT id, v FROM t INDEXED BY byv ORDER BY v")
	if err != nil {
		t.Fatal(err)
	}
	var verdict string
	err = s.While(t.Context(), func(row rows.Row) (bool, error) { return true, row.Scan(&verdict) }, "PRAGMA integrity_check")
	if err != nil || verdict != "ok" {
		t.Fatalf("the file is %q, %v", verdict, err)
	}
	return found
}

// TestFramesOfACommitAreOneWrite counts what the system is asked to write.
func TestFramesOfACommitAreOneWrite(t *testing.T) {
	t.Parallel()
	var writes, bytes int
	s := gatheringFrames(t, filepath.Join(t.TempDir(), "test.db"), func(size int32, _ int64) int32 {
		writes, bytes = writes+1, bytes+int(size)
		return sqlite3.SQLITE_OK
	})
	commit := func(rows int) {
		execute(t, s, "BEGIN", fmt.Sprintf("INSERT INTO t (v) SELECT hex(randomblob(1000)) FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT %d) SELECT i FROM n)", rows), "COMMIT")
	}
	commit(1) // what it follows is not known
	for _, rows := range []int{1, 5, 200} {
		writes, bytes = 0, 0
		commit(rows)
		if most := bytes/frameRoom + 1; bytes < rows*2000 || writes > most+bytes/(frameRoom-4200) {
			t.Errorf("%d rows took %d writes of %d bytes in all", rows, writes, bytes)
		}
	}
}

// TestFramesAreWhatWasWritten has a connection with few pages write, which takes some of them back out
// of the log, writes them anew and makes sums again, and rolls back; another one, and a
// recovery of the files as they are, find what was committed.
func TestFramesAreWhatWasWritten(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "test.db")
	s := gatheringFrames(t, path, func(int32, int64) int32 { return sqlite3.SQLITE_OK })
	execute(t, s, "PRAGMA cache_size = 10", "PRAGMA cache_spill = 10")
	other, err := newSession(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(other.close)
	r := rand.New(rand.NewPCG(20261129, 4))
	kept := map[int64]string{}
	for round := range 150 {
		execute(t, s, "BEGIN IMMEDIATE")
		now := maps.Clone(kept)
		for range 1 + r.IntN(30) {
			id, v := int64(r.IntN(60)), fmt.Sprint(r.IntN(1000))+strings.Repeat("v", r.IntN(9000))
			if _, err := s.Exec(t.Context(), "INSERT OR REPLACE INTO t VALUES (?, ?)", id, v); err != nil {
				t.Fatal(err)
			}
			now[id] = v
		}
		if r.IntN(4) == 0 {
			execute(t, s, "ROLLBACK")
		} else {
			execute(t, s, "COMMIT")
			kept = now
		}
		if !maps.Equal(rowsOf(t, other), kept) {
			t.Fatalf("round %d: another connection finds something else", round)
		}
		if round%10 == 0 {
			if !maps.Equal(recovered(t, folder), kept) {
				t.Fatalf("round %d: a recovery finds something else", round)
			}
		}
		if r.IntN(20) == 0 { // so that the log begins anew
			execute(t, other, "PRAGMA wal_checkpoint(RESTART)")
		}
	}
}

// recovered is what a process finds that opens the files as they are now.
func recovered(t *testing.T, folder string) map[int64]string {
	t.Helper()
	after := t.TempDir()
	for _, name := range []string{"test.db", "test.db-wal"} {
		held, err := os.ReadFile(filepath.Join(folder, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(after, name), held, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := newSession(t.Context(), filepath.Join(after, "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	return rowsOf(t, s)
}

// TestFramesThatCannotBeWritten: the commit fails that they are of, and no other.
func TestFramesThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	answer := int32(sqlite3.SQLITE_OK)
	s := gatheringFrames(t, filepath.Join(folder, "test.db"), func(int32, int64) int32 { return answer })
	insert := func(id int) error {
		execute(t, s, "BEGIN", fmt.Sprintf("INSERT INTO t VALUES (%d, 'v')", id))
		_, err := s.Exec(t.Context(), "COMMIT")
		if err != nil && s.engine.within() {
			execute(t, s, "ROLLBACK")
		}
		return err
	}
	for id := 1; id <= 6; id++ {
		answer = sqlite3.SQLITE_OK
		if id%2 == 0 {
			answer = sqlite3.SQLITE_FULL
		}
		err := insert(id)
		var told *engineError
		if fails := id%2 == 0; errors.As(err, &told) != fails || fails && told.code != sqlite3.SQLITE_FULL {
			t.Errorf("%d: %v", id, err)
		}
	}
	answer = sqlite3.SQLITE_OK
	want := map[int64]string{1: "v", 3: "v", 5: "v"}
	if got := rowsOf(t, s); !maps.Equal(got, want) {
		t.Errorf("found %v", got)
	}
	if got := recovered(t, folder); !maps.Equal(got, want) {
		t.Errorf("recovered %v", got)
	}
}
