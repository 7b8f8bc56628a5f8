package sqlite

import (
	"bytes"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/appdock/appdock/internal/sqlstore"
)

// function is one that SQLite calls, with so many arguments.
type function = func(tls *libc.TLS, call uintptr, count int32, arguments uintptr)

// serve lets statements fold texts that have no twin (admin-api.md 5.2, "Text comparison"), and look
// into documents that are packed.
func (e *engine) serve() error {
	for name, serve := range map[string]func(stored []byte) ([]byte, error){
		sqlstore.FoldFunction:   func(text []byte) ([]byte, error) { return []byte(sqlstore.Fold(string(text))), nil },
		sqlstore.UnpackFunction: sqlstore.Unpack,
	} {
		f := textFunction(serve)
		e.functions = append(e.functions, &f)
		if err := e.hold(len(name) + 1); err != nil {
			return err
		}
		rc := sqlite3.Xsqlite3_create_function_v2(e.tls, e.db, e.put(0, name), 1,
			sqlite3.SQLITE_UTF8|sqlite3.SQLITE_DETERMINISTIC|sqlite3.SQLITE_INNOCUOUS, 0, callback(&f), 0, 0, 0)
		if rc != sqlite3.SQLITE_OK {
			return e.failure(rc)
		}
	}
	return nil
}

// textFunction is a function of a text, or of bytes that are one, as SQLite calls it. Of null it
// makes null.
func textFunction(serve func(stored []byte) ([]byte, error)) function {
	transient := ^uintptr(0)
	return func(tls *libc.TLS, call uintptr, _ int32, arguments uintptr) {
		value := pointer(arguments)
		kind := sqlite3.Xsqlite3_value_type(tls, value)
		var at uintptr
		switch kind {
		case sqlite3.SQLITE_NULL:
			sqlite3.Xsqlite3_result_null(tls, call)
			return
		case sqlite3.SQLITE_BLOB:
			at = sqlite3.Xsqlite3_value_blob(tls, value)
		default:
			at = sqlite3.Xsqlite3_value_text(tls, value)
		}
		stored := memory(at, int(sqlite3.Xsqlite3_value_bytes(tls, value)))
		text, err := serve(stored)
		if err != nil {
			sqlite3.Xsqlite3_result_error_code(tls, call, sqlite3.SQLITE_CORRUPT)
			return
		}
		if kind != sqlite3.SQLITE_BLOB && bytes.Equal(text, stored) {
			sqlite3.Xsqlite3_result_value(tls, call, value)
			return
		}
		// Not the buffer: a statement that is prepared or bound stands in it.
		into := sqlite3.Xsqlite3_malloc(tls, int32(len(text)+1))
		if into == 0 {
			sqlite3.Xsqlite3_result_error_nomem(tls, call)
			return
		}
		copy(memory(into, len(text)), text)
		sqlite3.Xsqlite3_result_text(tls, call, into, int32(len(text)), transient)
		sqlite3.Xsqlite3_free(tls, into)
	}
}
