package postgres

import (
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/appdock/appdock"
)

// The server's codes that are told apart (PostgreSQL, Appendix A).
const (
	uniqueViolation      = "23505"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	diskFull             = "53100"
	readOnlyTransaction  = "25006"
	startingUp           = "57P03"
	undefinedTable       = "42P01"
	tooManyConnections   = "53300"
	queryCanceled        = "57014"
)

// codeOf gives the server's code; "" if err is not the server's.
func codeOf(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

// again says that a unit of work failed for a reason that is gone when it is run again:
// others were in its way, and nothing of it was stored.
func again(err error) bool {
	code := codeOf(err)
	return code == serializationFailure || code == deadlockDetected
}

// explain turns what a person can do something about into an error for people. cut says
// that the connection was lost with it.
func (s *Store) explain(err error, cut bool) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*appdock.Error](err); ok {
		return err
	}
	code := codeOf(err)
	switch code {
	case diskFull:
		return &appdock.Error{
			Kind:    appdock.Unavailable,
			Code:    "ADK-DISK-FULL",
			Message: "Nothing can be stored.",
			Cause:   "the disk of the PostgreSQL server is full",
			Cure:    "Make room on it: the host goes on by itself. Nothing was lost: what could not be stored was not accepted.",
			Err:     err,
		}
	case readOnlyTransaction:
		return unwritable(s.config, "its transactions are read-only: it has become a standby", err)
	case startingUp, tooManyConnections:
		return unreached(s.config, err)
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok || cut {
		return unreached(s.config, err)
	}
	return err
}

// brokenColumns gives the columns of a unique constraint that err says is broken; nil if
// err is something else. The server names them in the detail of its message, as
// `Key (shop, product_number_fold)=(1, sw1) already exists.`, in the language of the
// server: the parenthesis is the same in all.
func brokenColumns(err error) []string {
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || e.Code != uniqueViolation {
		return nil
	}
	_, list, _ := strings.Cut(e.Detail, "(")
	list, _, _ = strings.Cut(list, ")=(")
	columns := strings.Split(list, ", ")
	for i, c := range columns {
		columns[i] = strings.Trim(c, `"`)
	}
	return slices.Clip(columns)
}
