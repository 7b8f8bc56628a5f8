package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/appdock/appdock/internal/rows"
)

// engine is a connection, by SQLite's own functions. Between them and a caller of database/sql
// stand locks, a goroutine for each query that may be given up, and the name and type of each
// column, read and copied for each run of a statement: as much work as a short statement is
// (docs/adr/0035-own-connections.md). It is used by one goroutine at a time.
//
// What SQLite reads is in its own memory and never in Go's: it is copied there and back.
type engine struct {
	tls *libc.TLS
	db  uintptr // *sqlite3; 0: closed
	// running is the context of the statement that runs, which looks now and then whether
	// somebody still waits for it. nil: nobody gives up.
	running context.Context
	watch   func(*libc.TLS, uintptr) int32 // SQLite has its address
	// functions are those that statements call; SQLite has their addresses, too.
	functions []*function
	// logged is told after each commit how many pages the log has.
	logged func(*libc.TLS, uintptr, uintptr, uintptr, int32) int32
	// looked is told what each statement does that is compiled; nil: nobody wants to know.
	looked  func(tls *libc.TLS, argument uintptr, action int32, table, column, database, trigger uintptr) int32
	marking bool    // the statement that is compiled changes a table that [engine.mark] named
	marked  bool    // such a statement has run since this was set back
	frames  *frames // nil: SQLite writes its log itself
	losses  *rows.Losses
	losing  []string // tables that the statement that is compiled takes from

	buffer uintptr // where arguments and texts are handed over
	room   int
}

const (
	watchEvery = 1000     // steps of a statement
	keptBuffer = 64 << 10 // bytes; a larger one is let go of when it was used
	// keptArguments is how many bytes a statement keeps of what was bound to it until it runs
	// again, which is cheaper than to let go of them.
	keptArguments = 4 << 10
	maxBytes      = 1_000_000_000 // of a value, a text or a row: SQLite's own bound
)

// engineError is what SQLite says, in the form that the driver gives it.
type engineError struct {
	code int
	text string
}

func (e *engineError) Error() string { return e.text }

// Code gives SQLite's code, with its extension.
func (e *engineError) Code() int { return e.code }

// openEngine opens a database file that is there, with the settings of each connection.
func openEngine(ctx context.Context, path string) (*engine, error) {
	if err := configured(); err != nil {
		return nil, err
	}
	e := &engine{tls: libc.NewTLS()}
	if err := e.open(ctx, path); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

func (e *engine) open(ctx context.Context, path string) error {
	name := address(path)
	if err := e.hold(8 + len(name) + 1); err != nil {
		return err
	}
	clear(memory(e.buffer, 8))
	at := e.put(8, name)
	rc := sqlite3.Xsqlite3_open_v2(e.tls, at, e.buffer, sqlite3.SQLITE_OPEN_READWRITE|sqlite3.SQLITE_OPEN_NOMUTEX|sqlite3.SQLITE_OPEN_URI, 0)
	e.db = pointer(e.buffer)
	if rc != sqlite3.SQLITE_OK {
		return e.failure(rc)
	}
	sqlite3.Xsqlite3_extended_result_codes(e.tls, e.db, 1)
	for _, off := range []int32{sqlite3.SQLITE_DBCONFIG_DQS_DDL, sqlite3.SQLITE_DBCONFIG_DQS_DML} {
		if rc := sqlite3.Xsqlite3_db_config(e.tls, e.db, off, libc.VaList(e.buffer, int32(0), uintptr(0))); rc != sqlite3.SQLITE_OK {
			return e.failure(rc)
		}
	}
	for _, setting := range settings() {
		st, err := e.prepare("PRAGMA " + setting)
		if err != nil {
			return err
		}
		err = st.run(ctx, nil, nil)
		st.close()
		if err != nil {
			return err
		}
	}
	if err := e.serve(); err != nil {
		return err
	}
	e.watch = func(*libc.TLS, uintptr) int32 {
		if e.running != nil && e.running.Err() != nil {
			return 1
		}
		return 0
	}
	sqlite3.Xsqlite3_progress_handler(e.tls, e.db, watchEvery, callback(&e.watch), 0)
	return nil
}

// close ends the connection. Its statements are closed before.
func (e *engine) close() {
	sqlite3.Xsqlite3_close_v2(e.tls, e.db)
	sqlite3.Xsqlite3_free(e.tls, e.buffer)
	e.tls.Close()
	e.db, e.buffer = 0, 0
}

// changes is how many rows the statement before has touched.
func (e *engine) changes() int64 { return int64(sqlite3.Xsqlite3_changes(e.tls, e.db)) }

// onCommit has a function told after each commit how many pages the log has, instead of copying
// the log when it is long.
func (e *engine) onCommit(told func(pages int)) {
	e.logged = func(_ *libc.TLS, _, _, _ uintptr, pages int32) int32 {
		told(int(pages))
		return sqlite3.SQLITE_OK
	}
	sqlite3.Xsqlite3_wal_hook(e.tls, e.db, callback(&e.logged), 0)
}

// mark has marked set whenever a statement runs that changes one of some tables, by itself or
// by a trigger, and counts what takes from any: SQLite says so when it compiles one.
func (e *engine) mark(tables []string, losses *rows.Losses) {
	e.losses = losses
	e.looked = func(_ *libc.TLS, _ uintptr, action int32, table, column, _, _ uintptr) int32 {
		switch action {
		case sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE:
			name := libc.GoString(table)
			e.marking = e.marking || slices.Contains(tables, name)
			if action != sqlite3.SQLITE_INSERT && rows.Loses(libc.GoString(column)) {
				e.losing = append(e.losing, name)
			}
		}
		return sqlite3.SQLITE_OK
	}
	sqlite3.Xsqlite3_set_authorizer(e.tls, e.db, callback(&e.looked), 0)
}

// within reports whether a transaction is open.
func (e *engine) within() bool { return sqlite3.Xsqlite3_get_autocommit(e.tls, e.db) == 0 }

// failure is the error that SQLite gave last.
func (e *engine) failure(rc int32) error {
	text := libc.GoString(sqlite3.Xsqlite3_errstr(e.tls, rc))
	if e.db != 0 {
		if more := libc.GoString(sqlite3.Xsqlite3_errmsg(e.tls, e.db)); more != text {
			text += ": " + more
		}
	}
	return &engineError{int(rc), fmt.Sprintf("%s (%d)", text, rc)}
}

// hold makes the buffer hold so many bytes.
func (e *engine) hold(bytes int) error {
	if bytes > maxBytes {
		return &engineError{sqlite3.SQLITE_TOOBIG, "string or blob too big (18)"}
	}
	if bytes <= e.room {
		return nil
	}
	e.release()
	e.buffer = sqlite3.Xsqlite3_malloc(e.tls, int32(bytes))
	if e.buffer == 0 {
		return &engineError{sqlite3.SQLITE_NOMEM, "out of memory (7)"}
	}
	e.room = bytes
	return nil
}

func (e *engine) release() {
	sqlite3.Xsqlite3_free(e.tls, e.buffer)
	e.buffer, e.room = 0, 0
}

// put writes a text with its end into the buffer, and gives its address.
func (e *engine) put(at int, text string) uintptr {
	into := memory(e.buffer+uintptr(at), len(text)+1)
	into[copy(into, text)] = 0
	return e.buffer + uintptr(at)
}

// prepare compiles one statement.
func (e *engine) prepare(text string) (*compiled, error) {
	const before = 16 // bytes for the statement and for the end of its text
	if err := e.hold(before + len(text) + 1); err != nil {
		return nil, err
	}
	clear(memory(e.buffer, before))
	at := e.put(before, text)
	rc := sqlite3.Xsqlite3_prepare_v3(e.tls, e.db, at, int32(len(text)+1), sqlite3.SQLITE_PREPARE_PERSISTENT, e.buffer, e.buffer+before/2)
	// What was noted of one that cannot be compiled is nothing that the next one does.
	marks, loses := e.marking, e.losing
	e.marking, e.losing = false, nil
	if rc != sqlite3.SQLITE_OK {
		return nil, e.failure(rc)
	}
	st := &compiled{engine: e, at: pointer(e.buffer), marks: marks, loses: loses}
	rest := text[pointer(e.buffer+before/2)-at:]
	if st.at == 0 || strings.TrimSpace(rest) != "" {
		st.close()
		return nil, fmt.Errorf("%.100q is not one statement", text)
	}
	st.parameters = int(sqlite3.Xsqlite3_bind_parameter_count(e.tls, st.at))
	return st, nil
}

// compiled is a statement on one connection.
type compiled struct {
	*engine
	at         uintptr // *sqlite3_stmt
	parameters int
	columns    int      // of the rows of this run
	runs       bool     // now: it must neither be run again nor closed
	marks      bool     // it changes a table that [engine.mark] named
	loses      []string // the tables that it takes from
}

func (st *compiled) close() { sqlite3.Xsqlite3_finalize(st.tls, st.at) }

// run runs the statement and hands its rows to scan, as long as that wants another; nil wants
// all of them, and looks at none.
//
// However it ends, and be it by a panic of scan: the statement is at its beginning again. One
// that is not keeps what it has read of the database from ever changing, and the log from
// beginning anew.
func (st *compiled) run(ctx context.Context, scan func(rows.Row) (bool, error), args []any) error { //nolint:contextcheck // what is set back is the context of the statement around this one
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(args) != st.parameters {
		return fmt.Errorf("%d arguments for %d parameters", len(args), st.parameters)
	}
	size, outer := 0, st.running // outer: of the statement whose rows are being read
	st.runs = true
	st.marked = st.marked || st.marks
	st.lose()
	defer func() {
		st.runs, st.running = false, outer
		sqlite3.Xsqlite3_reset(st.tls, st.at) // tells the error of the last step again
		if size > keptArguments {
			sqlite3.Xsqlite3_clear_bindings(st.tls, st.at)
		}
		if st.room > keptBuffer {
			st.release()
		}
	}()
	for i, arg := range args {
		n, err := st.bind(int32(i+1), arg)
		if err != nil {
			return err
		}
		size += n
	}
	if st.running = nil; ctx.Done() != nil {
		st.running = ctx
	}
	return st.steps(ctx, scan)
}

// lose counts what the statement takes from tables, if anybody does.
func (st *compiled) lose() {
	for _, table := range st.loses {
		st.losses.Note(table)
	}
}

func (st *compiled) steps(ctx context.Context, scan func(rows.Row) (bool, error)) error {
	for first, more := true, true; more; first = false {
		rc := sqlite3.Xsqlite3_step(st.tls, st.at)
		if st.marking { // compiled anew
			st.marks, st.marked, st.marking = true, true, false
		}
		if st.losing != nil {
			st.loses, st.losing = st.losing, nil
			st.lose()
		}
		switch rc {
		case sqlite3.SQLITE_DONE:
			return nil
		case sqlite3.SQLITE_ROW:
		case sqlite3.SQLITE_INTERRUPT:
			if err := ctx.Err(); err != nil {
				return err
			}
			return st.failure(rc)
		default:
			return st.failure(rc)
		}
		if scan == nil {
			continue
		}
		if first { // SQLite may have compiled it anew at its first step
			st.columns = int(sqlite3.Xsqlite3_column_count(st.tls, st.at))
		}
		var err error
		if more, err = scan(st); err != nil {
			return err
		}
	}
	return nil
}

// bind gives a parameter its value, and says how many bytes that has beside numbers. SQLite
// copies them.
func (st *compiled) bind(place int32, arg any) (size int, err error) {
	transient := ^uintptr(0)
	var rc int32
	switch v := arg.(type) {
	case nil:
		rc = sqlite3.Xsqlite3_bind_null(st.tls, st.at, place)
	case int64:
		rc = sqlite3.Xsqlite3_bind_int64(st.tls, st.at, place, v)
	case float64:
		rc = sqlite3.Xsqlite3_bind_double(st.tls, st.at, place, v)
	case bool:
		var n int64
		if v {
			n = 1
		}
		rc = sqlite3.Xsqlite3_bind_int64(st.tls, st.at, place, n)
	case string:
		size = len(v)
		if err := st.hold(size + 1); err != nil {
			return 0, err
		}
		rc = sqlite3.Xsqlite3_bind_text(st.tls, st.at, place, st.put(0, v), int32(size), transient)
	case []byte:
		if v == nil {
			rc = sqlite3.Xsqlite3_bind_null(st.tls, st.at, place)
			break
		}
		size = len(v)
		if err := st.hold(size + 1); err != nil {
			return 0, err
		}
		copy(memory(st.buffer, size), v)
		rc = sqlite3.Xsqlite3_bind_blob(st.tls, st.at, place, st.buffer, int32(size), transient)
	default:
		return st.bindKind(place, arg)
	}
	if rc != sqlite3.SQLITE_OK {
		return 0, st.failure(rc)
	}
	return size, nil
}

// bindKind binds what is a value by its kind: a named text, a number of another size.
func (st *compiled) bindKind(place int32, arg any) (int, error) {
	switch v := reflect.ValueOf(arg); {
	case v.Kind() == reflect.String:
		return st.bind(place, v.String())
	case v.CanInt():
		return st.bind(place, v.Int())
	case v.CanUint() && v.Uint() <= math.MaxInt64:
		return st.bind(place, int64(v.Uint()))
	case v.CanFloat():
		return st.bind(place, v.Float())
	case v.Kind() == reflect.Bool:
		return st.bind(place, v.Bool())
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		return st.bind(place, v.Bytes())
	case v.Kind() == reflect.Pointer && v.IsNil():
		return st.bind(place, nil)
	case v.Kind() == reflect.Pointer:
		return st.bind(place, v.Elem().Interface())
	}
	return 0, fmt.Errorf("argument %d: a %T is no value", place, arg)
}

// Columns is how many columns the row has.
func (st *compiled) Columns() int { return st.columns }

// Scan reads the columns of the row into targets.
func (st *compiled) Scan(targets ...any) error {
	if len(targets) != st.columns {
		return fmt.Errorf("%d targets for %d columns", len(targets), st.columns)
	}
	for i, target := range targets {
		if err := st.read(int32(i), target); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

func (st *compiled) read(column int32, target any) error {
	switch to := target.(type) {
	case *any:
		*to = st.value(column)
		return nil
	case sql.Scanner:
		return to.Scan(st.value(column))
	}
	kind := sqlite3.Xsqlite3_column_type(st.tls, st.at, column)
	switch to := target.(type) {
	case *[]byte:
		if kind == sqlite3.SQLITE_NULL {
			*to = nil
			return nil
		}
		if kind == sqlite3.SQLITE_BLOB || kind == sqlite3.SQLITE_TEXT {
			*to = bytes.Clone(memory(st.bytes(column)))
			return nil
		}
	case *string:
		if kind == sqlite3.SQLITE_TEXT || kind == sqlite3.SQLITE_BLOB {
			*to = st.text(column)
			return nil
		}
	case *int64:
		if kind == sqlite3.SQLITE_INTEGER {
			*to = sqlite3.Xsqlite3_column_int64(st.tls, st.at, column)
			return nil
		}
	case *float64:
		if kind == sqlite3.SQLITE_FLOAT || kind == sqlite3.SQLITE_INTEGER {
			*to = sqlite3.Xsqlite3_column_double(st.tls, st.at, column)
			return nil
		}
	default:
		if st.readKind(column, kind, reflect.ValueOf(target)) {
			return nil
		}
	}
	return fmt.Errorf("a %T cannot hold a value of type %d", target, kind)
}

// readKind reads a column into what is a target by its kind: a named text, a number of another
// size. ok is false if it cannot hold the value.
func (st *compiled) readKind(column, kind int32, target reflect.Value) (ok bool) {
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return false
	}
	to := target.Elem()
	letters := kind == sqlite3.SQLITE_TEXT || kind == sqlite3.SQLITE_BLOB
	switch {
	case to.Kind() == reflect.Pointer: // nil for null
		if to.SetZero(); kind == sqlite3.SQLITE_NULL {
			return true
		}
		there := reflect.New(to.Type().Elem())
		to.Set(there)
		return st.readKind(column, kind, there)
	case to.Kind() == reflect.String && letters:
		to.SetString(st.text(column))
	case to.CanInt() && kind == sqlite3.SQLITE_INTEGER:
		n := sqlite3.Xsqlite3_column_int64(st.tls, st.at, column)
		if to.OverflowInt(n) {
			return false
		}
		to.SetInt(n)
	case to.Kind() == reflect.Bool && kind == sqlite3.SQLITE_INTEGER:
		n := sqlite3.Xsqlite3_column_int64(st.tls, st.at, column)
		to.SetBool(n == 1)
		return n == 0 || n == 1
	case to.CanFloat() && (kind == sqlite3.SQLITE_FLOAT || kind == sqlite3.SQLITE_INTEGER):
		to.SetFloat(sqlite3.Xsqlite3_column_double(st.tls, st.at, column))
	case to.Kind() == reflect.Slice && to.Type().Elem().Kind() == reflect.Uint8 && letters:
		to.SetBytes(bytes.Clone(memory(st.bytes(column))))
	case to.Kind() == reflect.Slice && kind == sqlite3.SQLITE_NULL:
		to.SetZero()
	default:
		return false
	}
	return true
}

// value is what a column has: nil, int64, float64, string or []byte.
func (st *compiled) value(column int32) any {
	switch sqlite3.Xsqlite3_column_type(st.tls, st.at, column) {
	case sqlite3.SQLITE_INTEGER:
		return sqlite3.Xsqlite3_column_int64(st.tls, st.at, column)
	case sqlite3.SQLITE_FLOAT:
		return sqlite3.Xsqlite3_column_double(st.tls, st.at, column)
	case sqlite3.SQLITE_TEXT:
		return st.text(column)
	case sqlite3.SQLITE_BLOB:
		return bytes.Clone(memory(st.bytes(column)))
	}
	return nil
}

// text copies what a column has.
func (st *compiled) text(column int32) string { return string(memory(st.bytes(column))) }

// bytes is where the bytes of a column stand until the next step, and how many they are.
func (st *compiled) bytes(column int32) (at uintptr, n int) {
	at = sqlite3.Xsqlite3_column_blob(st.tls, st.at, column)
	return at, int(sqlite3.Xsqlite3_column_bytes(st.tls, st.at, column))
}

// memory is a piece of SQLite's memory.
func memory(at uintptr, n int) []byte {
	if n == 0 {
		return nil
	}
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&at)), n)
}

// pointer reads one out of SQLite's memory.
func pointer(at uintptr) uintptr { return **(**uintptr)(unsafe.Pointer(&at)) }

// callback is the address by which SQLite calls a function. Who gives it away keeps the
// function for as long.
func callback[F any](f *F) uintptr { return *(*uintptr)(unsafe.Pointer(f)) }
