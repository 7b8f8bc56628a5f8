package sqlite

import (
	"context"
	"path/filepath"
	"testing"
	"testing/synctest"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/rows"
)

// logOf gives how many pages the log has, and has it full with so many more.
func logOf(t *testing.T, s *Store, more int) (pages int) {
	t.Helper()
	if err := s.writer.do(t.Context(), false, func(context.Context, *session) (int, error) {
		pages = s.copier.pages
		s.copier.full = pages + more
		return 0, nil
	}); err != nil {
		t.Fatal(err)
	}
	return pages
}

// TestLogIsCopiedWhenItIsFull: the log begins anew, and what was in it is in the database.
// While somebody reads what was before, it does not, and is not copied at every commit.
func TestLogIsCopiedWhenItIsFull(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ reading, looking, anew bool }{
		"nobody reads":                       {anew: true},
		"somebody reads what was before all": {reading: true},
		"somebody looks ahead each time":     {looking: true, anew: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := open(t, filepath.Join(t.TempDir(), "test.db"))
				before, anew, written := logOf(t, s, 1), false, 0
				write := func() {
					for range 10 {
						if _, err := s.Write(t.Context(), shopA.ID, product(written)); err != nil {
							t.Fatal(err)
						}
						if written++; tt.looking {
							foresee(t, s, 0)
						}
						synctest.Wait() // until the copier has nothing to do
						now := logOf(t, s, 1)
						anew = anew || now < before
						before = now
					}
				}
				if tt.reading {
					if err := s.read(t.Context(), s.hosts, func(r *session) error {
						if err := r.While(t.Context(), func(rows.Row) (bool, error) { return true, nil }, "SELECT number FROM shop"); err != nil {
							return err
						}
						write()
						return nil
					}); err != nil {
						t.Fatal(err)
					}
				} else {
					write()
				}
				if anew != tt.anew {
					t.Errorf("it began anew: %t; it has %d pages", anew, before)
				}
				if got := products(t, s); got != written {
					t.Errorf("got %d products, want %d", got, written)
				}
			})
		})
	}
}

// TestFullLogIsToldOnce: as long as it grows, and for each quarter of it once more.
func TestFullLogIsToldOnce(t *testing.T) {
	t.Parallel()
	c := &copier{due: make(chan struct{}, 1), full: fullLog}
	for _, step := range []struct {
		pages int
		told  bool
	}{
		{fullLog - 1, false},
		{fullLog, true},
		{fullLog + 10, false},
		{fullLog + fullLog/4, true},
		{10, false}, // it began anew
		{fullLog + 5, true},
	} {
		c.logged(step.pages)
		select {
		case <-c.due:
			if !step.told {
				t.Errorf("told of %d pages", step.pages)
			}
		default:
			if step.told {
				t.Errorf("not told of %d pages", step.pages)
			}
		}
	}
}

// TestCopyThatFails: a log that cannot be copied waits; a disk that fails is not asked again.
func TestCopyThatFails(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		code int
		want string
	}{
		"no room":     {sqlite3.SQLITE_FULL, ""},
		"a bad disk":  {sqlite3.SQLITE_IOERR_FSYNC, "ADK-STORE-FAILED"},
		"a bad write": {sqlite3.SQLITE_IOERR_WRITE, "ADK-STORE-FAILED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, filepath.Join(t.TempDir(), "test.db"))
			s.copier.failed(t.Context(), &engineError{tt.code, name})
			if got := appdock.CodeOf(s.Healthy()); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if _, err := s.Write(t.Context(), shopA.ID, product(1)); appdock.CodeOf(err) != tt.want {
				t.Errorf("write: got %v, want %q", err, tt.want)
			}
		})
	}
}
