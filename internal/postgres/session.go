package postgres

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/appdock/appdock/internal/rows"
	"github.com/appdock/appdock/internal/sqlstore"
)

// holdClass tells the locks that units of work hold from other programs' advisory locks.
const holdClass int32 = 0x61646b // "adk" in ASCII

// session is one connection in a transaction.
type session struct {
	store    *Store
	conn     *pgx.Conn
	asked    context.Context // the caller's, who may give up before the unit has begun
	inserted inserted        // nil: nothing is
}

var _ rows.Conn = session{}

func (s *Store) session(asked context.Context, conn *pgx.Conn) session {
	return session{store: s, conn: conn, asked: asked}
}

// spell gives a statement as PostgreSQL reads it. Those of strangers' searches come so
// already, and are not remembered.
func (s session) spell(text string) string {
	if !strings.Contains(text, "?") && !strings.Contains(text, "CROSS JOIN") {
		return text
	}
	if spelt, ok := s.store.spelt.Load(text); ok {
		return spelt.(string)
	}
	spelt := rows.ForPostgres(text)
	s.store.spelt.Store(text, spelt)
	return spelt
}

// storable replaces what a text of PostgreSQL cannot hold: NUL, and bytes that are no UTF-8.
func storable(args []any) []any {
	for i, arg := range args {
		if text, ok := arg.(string); ok && (strings.Contains(text, "\x00") || !utf8.ValidString(text)) {
			args[i] = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
		}
	}
	return args
}

// Exec runs a statement and says how many rows it touched.
func (s session) Exec(ctx context.Context, text string, args ...any) (int64, error) {
	tag, err := s.conn.Exec(ctx, s.spell(text), storable(args)...)
	s.inserted.add(text, tag)
	return tag.RowsAffected(), err
}

// ExecAll sends all statements before it reads the first answer. The server runs none after one
// that failed.
func (s session) ExecAll(ctx context.Context, statements []sqlstore.Statement) (touched []int64, err error) {
	var b pgx.Batch
	for _, st := range statements {
		b.Queue(s.spell(st.SQL), storable(st.Args)...)
	}
	answers := s.conn.SendBatch(ctx, &b)
	touched = make([]int64, 0, len(statements))
	for _, st := range statements {
		tag, err := answers.Exec()
		if err != nil {
			_ = answers.Close() // says the same
			return touched, err
		}
		s.inserted.add(st.SQL, tag)
		touched = append(touched, tag.RowsAffected())
	}
	return touched, answers.Close()
}

// While runs a query and hands its rows to scan, as long as that wants another.
func (s session) While(ctx context.Context, scan func(rows.Row) (bool, error), text string, args ...any) error {
	found, err := s.conn.Query(ctx, s.spell(text), storable(args)...)
	if err != nil {
		return err
	}
	defer found.Close()
	at := &row{found: found, fields: found.FieldDescriptions()}
	for more := true; more && found.Next(); {
		if more, err = scan(at); err != nil {
			return err
		}
	}
	found.Close()
	return found.Err()
}

// Hold takes a lock that the end of the transaction frees. Whoever gives up while waiting
// for it has done nothing yet.
func (s session) Hold(_ context.Context, what rows.Held) error {
	//nolint:contextcheck,gosec // see the field; shops are counted
	_, err := s.conn.Exec(s.asked, "SELECT pg_advisory_xact_lock($1, $2)", holdClass, int32(what))
	return err
}

// row is the row that a query stands on.
type row struct {
	found  pgx.Rows
	fields []pgconn.FieldDescription
	own    []any
}

// Columns is how many columns the row has.
func (r *row) Columns() int { return len(r.fields) }

// Scan reads the columns. A document comes back as it was written, and not taken apart.
func (r *row) Scan(targets ...any) error {
	r.own = append(r.own[:0], targets...)
	for i, target := range r.own {
		if to, ok := target.(*any); ok && i < len(r.fields) && r.fields[i].DataTypeOID == pgtype.JSONOID {
			r.own[i] = document{to}
		}
	}
	return r.found.Scan(r.own...)
}

// document reads JSON as its text.
type document struct{ to *any }

// Scan takes what the driver read.
func (d document) Scan(v any) error {
	*d.to = v
	return nil
}
