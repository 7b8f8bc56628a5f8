package sqlite

import (
	"context"
	"strings"

	"github.com/appdock/appdock/internal/rows"
	"github.com/appdock/appdock/internal/sqlstore"
)

var _ rows.Conn = (*session)(nil)

// maxTexts bounds the bytes of the texts that a session keeps prepared: statements take
// memory in proportion to them. What the host itself asks is a few dozen short texts;
// those of searches vary as strangers like.
const maxTexts = 128 << 10

// session is one connection and the statements prepared on it. It is used by one
// goroutine at a time.
type session struct {
	engine     *engine
	statements map[string]*prepared
	texts      int   // bytes of what is prepared
	uses       int64 // counts, to know which statement was not used for the longest time
	rank       int   // in its pool
	touched    bool  // something was written since this was set back
}

type prepared struct {
	*compiled
	used int64
}

func newSession(ctx context.Context, path string) (*session, error) {
	engine, err := openEngine(ctx, path)
	if err != nil {
		return nil, err
	}
	return &session{engine: engine, statements: map[string]*prepared{}}, nil
}

func (s *session) close() {
	for _, st := range s.statements {
		st.close()
	}
	s.engine.close()
}

// run runs the statement of a text. One that runs already, because its own rows are being
// looked at, is compiled once more for this run.
func (s *session) run(ctx context.Context, scan func(rows.Row) (bool, error), text string, args []any) error {
	s.uses++
	st, ok := s.statements[text]
	switch {
	case ok && st.runs:
		again, err := s.engine.prepare(steady(text))
		if err != nil {
			return err
		}
		defer again.close()
		return again.run(ctx, scan, args)
	case !ok:
		s.makeRoom(len(text))
		made, err := s.engine.prepare(steady(text))
		if err != nil {
			return err
		}
		st = &prepared{compiled: made}
		s.statements[text] = st
		s.texts += len(text)
	}
	st.used = s.uses
	return st.run(ctx, scan, args)
}

// steady keeps SQLite from compiling a statement anew at each use. It wants to know the value
// of a limit to plan with it, and therefore lets a statement expire when a bare parameter
// in that place is bound; an expression there it takes as it is.
func steady(text string) string { return strings.ReplaceAll(text, " LIMIT ?", " LIMIT +?") }

// makeRoom forgets the statements that were not used for the longest time, but for those that
// run. One that is too long for all the room is kept alone, until the next.
func (s *session) makeRoom(size int) {
	for s.texts+size > maxTexts {
		oldest, found := "", false
		for text, st := range s.statements {
			if !st.runs && (!found || st.used < s.statements[oldest].used) {
				oldest, found = text, true
			}
		}
		if !found {
			return
		}
		s.statements[oldest].close()
		delete(s.statements, oldest)
		s.texts -= len(oldest)
	}
}

// Exec runs a statement and says how many rows it touched.
func (s *session) Exec(ctx context.Context, text string, args ...any) (int64, error) {
	if err := s.run(ctx, nil, text, args); err != nil {
		return 0, err
	}
	s.touched = true
	return s.engine.changes(), nil
}

// ExecAll runs one statement after the other: nothing stands between them and the database. One
// of many rows is no cheaper, because SQLite keeps a copy of each page that it changes until its
// last row is there.
func (s *session) ExecAll(ctx context.Context, statements []sqlstore.Statement) ([]int64, error) {
	touched := make([]int64, 0, len(statements))
	for _, st := range statements {
		n, err := s.Exec(ctx, st.SQL, st.Args...)
		if err != nil {
			return touched, err
		}
		touched = append(touched, n)
	}
	return touched, nil
}

// While runs a query and hands its rows to scan, as long as that wants another.
func (s *session) While(ctx context.Context, scan func(rows.Row) (bool, error), text string, args ...any) error {
	s.touched = s.touched || !strings.HasPrefix(text, "SELECT")
	return s.run(ctx, scan, text, args)
}

// Hold does nothing: the writer runs one unit after the other.
func (s *session) Hold(context.Context, rows.Held) error { return nil }
