package sqlite

import (
	"context"
	"database/sql"
	"errors"
)

// maxStatements bounds what a session keeps prepared; texts are few, because values are
// bound and lists are one parameter.
const maxStatements = 400

// session is one connection and the statements prepared on it. It is used by one
// goroutine at a time.
type session struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

func newSession(ctx context.Context, db *sql.DB) (*session, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &session{conn: conn, statements: map[string]*sql.Stmt{}}, nil
}

func (s *session) close() error {
	var err error
	for _, st := range s.statements {
		err = errors.Join(err, st.Close())
	}
	return errors.Join(err, s.conn.Close())
}

func (s *session) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if st, ok := s.statements[text]; ok {
		return st, nil
	}
	st, err := s.conn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	if len(s.statements) >= maxStatements {
		for old, st := range s.statements {
			delete(s.statements, old)
			if err := st.Close(); err != nil {
				return nil, err
			}
			break
		}
	}
	s.statements[text] = st
	return st, nil
}

// exec runs a statement and says how many rows it touched.
func (s *session) exec(ctx context.Context, text string, args ...any) (int64, error) {
	result, err := s.run(ctx, text, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (s *session) run(ctx context.Context, text string, args ...any) (sql.Result, error) {
	st, err := s.prepare(ctx, text) //nolint:sqlclosecheck // it stays prepared until the session is closed
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}

// each runs a query and hands every row to scan. All rows are read when it returns.
func (s *session) each(ctx context.Context, scan func(*sql.Rows) error, text string, args ...any) (err error) {
	st, err := s.prepare(ctx, text) //nolint:sqlclosecheck // it stays prepared until the session is closed
	if err != nil {
		return err
	}
	rows, err := st.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer func() {
		if e := rows.Close(); err == nil {
			err = e
		}
	}()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// first reads the first row into the targets; found is false if there is none.
func (s *session) first(ctx context.Context, text string, args []any, targets ...any) (found bool, err error) {
	err = s.each(ctx, func(rows *sql.Rows) error {
		if found {
			return nil
		}
		found = true
		return rows.Scan(targets...)
	}, text, args...)
	return found, err
}
