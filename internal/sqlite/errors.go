package sqlite

import (
	"errors"
	"strings"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/appdock/appdock"
)

// coded is an error with a code of SQLite: ours or the driver's.
type coded interface {
	error
	Code() int
}

// primaryCode gives the code of an error without its extension; 0 if it has none.
func primaryCode(err error) int {
	if e, ok := errors.AsType[coded](err); ok {
		return e.Code() & 0xff
	}
	return 0
}

// explain turns what a person can do something about into an error for people.
func explain(err error) error {
	switch primaryCode(err) {
	case sqlite3.SQLITE_FULL:
		return diskFull(err)
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		told := damaged("its file is damaged or no database")
		told.Err = err
		return told
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return unwritable(err)
	}
	return err
}

func damaged(cause string) *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Failed,
		Code:    "ADK-DATA-DAMAGED",
		Message: "The database of the data folder cannot be read.",
		Cause:   cause,
		Cure:    "Restore the data folder from a backup.",
	}
}

func unwritable(err error) error {
	return &appdock.Error{
		Kind:    appdock.Failed,
		Code:    "ADK-DATA-UNWRITABLE",
		Message: "The database of the data folder cannot be opened for writing.",
		Cause:   err.Error(),
		Cure:    "Check that the data folder exists and belongs to the user that runs the host.",
		Err:     err,
	}
}

// brokenColumns gives the columns of a unique constraint that err says is broken; nil if
// err is something else. SQLite names them nowhere but in the text of its message, as
// "UNIQUE constraint failed: product.shop, product.product_number_fold (2067)".
func brokenColumns(err error) []string {
	e, ok := errors.AsType[coded](err)
	if !ok || e.Code() != sqlite3.SQLITE_CONSTRAINT_UNIQUE && e.Code() != sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY {
		return nil
	}
	_, list, _ := strings.Cut(e.Error(), "UNIQUE constraint failed: ")
	list, _, _ = strings.Cut(list, " (")
	columns := strings.Split(list, ", ")
	for i, c := range columns {
		_, columns[i], _ = strings.Cut(c, ".")
	}
	return columns
}
