package postgres

import (
	"bytes"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// filled gives tests databases that hold the same data. Making one takes the server a
// second, emptying and filling one that was used before a few hundredths.
type filled struct {
	t    *testing.T        // with which they are gone
	of   *pgx.ConnConfig   // nobody is connected to it
	rows map[string][]byte // of its tables, as COPY reads them
	next string            // statements that set its sequences

	mu   sync.Mutex
	used []*pgx.Conn // to those that nobody has
}

// fillAs learns what a database holds.
func fillAs(t *testing.T, of *pgx.ConnConfig) *filled {
	t.Helper()
	f := &filled{t: t, of: of, rows: map[string][]byte{}}
	conn, err := connect(t.Context(), of)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	for _, name := range tables(t, conn) {
		var rows bytes.Buffer
		tag, err := conn.PgConn().CopyTo(t.Context(), &rows, "COPY "+name+" TO STDOUT (FORMAT binary)")
		if err != nil {
			t.Fatal(err)
		}
		if name != "goose_db_version" {
			f.rows[name] = nil
			if tag.RowsAffected() > 0 {
				f.rows[name] = rows.Bytes()
			}
		}
	}
	err = conn.QueryRow(t.Context(), `SELECT string_agg(format('SELECT setval(%L, %s, %L)', sequencename, coalesce(last_value, 1), last_value IS NOT NULL), '; ')
		FROM pg_sequences WHERE schemaname = current_schema() AND sequencename NOT LIKE 'goose%'`).Scan(&f.next)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// tables names those of a database, quoted.
func tables(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	found, err := conn.Query(t.Context(), "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace")
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// database gives one that nobody else has until the test ends.
func (f *filled) database(t *testing.T) *pgx.ConnConfig {
	t.Helper()
	f.mu.Lock()
	var conn *pgx.Conn
	if n := len(f.used); n > 0 {
		conn, f.used = f.used[n-1], f.used[:n-1]
	}
	f.mu.Unlock()
	if conn == nil {
		conn = connected(f.t, makeDatabase(f.t, " TEMPLATE "+f.of.Database))
	} else {
		f.refill(t, conn)
	}
	t.Cleanup(func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.used = append(f.used, conn)
	})
	return conn.Config()
}

// refill does its work on a connection that knows all tables already.
func (f *filled) refill(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	ctx := t.Context()
	var all strings.Builder
	all.WriteString("BEGIN; ")
	for name := range f.rows {
		all.WriteString("DELETE FROM " + name + "; ")
	}
	if err := conn.PgConn().Exec(ctx, all.String()+f.next).Close(); err != nil {
		t.Fatal(err)
	}
	for name, rows := range f.rows {
		if rows == nil {
			continue
		}
		if _, err := conn.PgConn().CopyFrom(ctx, bytes.NewReader(rows), "COPY "+name+" FROM STDIN (FORMAT binary)"); err != nil {
			t.Fatal(err)
		}
	}
	run(t, conn, "COMMIT")
}
