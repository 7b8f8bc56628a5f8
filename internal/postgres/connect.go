// Package postgres keeps a host's data in a PostgreSQL database.
//
// One host uses a database at a time: it holds an advisory lock on a connection of its
// own, so that the lock is free as soon as the host or its machine is gone.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/appdock/appdock"
)

const (
	// connectTime bounds one try to reach the server, unless the DSN says otherwise.
	connectTime = 5 * time.Second
	// cancelTime is how long the server may take to end a statement that was given up.
	cancelTime = 2 * time.Second
	// oldest is the version of the server that the store is tested with no older one than.
	oldest = 13
	// hostLock is the advisory lock of the host that uses a database: "appdock" in ASCII.
	hostLock int64 = 0x617070646f636b
	// unitsLock is shared by the units of work of the host that has the database.
	unitsLock int64 = hostLock + 1
)

// parse reads a DSN. What it says of a faulty one repeats nothing of it: any part may be
// the password, most of all if the fault is in how the password is written.
func parse(dsn string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, &appdock.Error{
			Kind:    appdock.Invalid,
			Code:    "ADK-DATABASE-DSN",
			Message: "The address of the PostgreSQL database cannot be read.",
			Cause:   "it is no DSN that PostgreSQL knows, or names a file that is not there",
			Cure:    "Write postgres://USER:PASSWORD@HOST:5432/DATABASE, with what is special in the password percent-encoded (@ as %40, / as %2F).",
		}
	}
	c := config.ConnConfig
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectTime
	}
	// Who gives up a statement has the server end it, and keeps the connection.
	c.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: cancelTime}
	}
	for name, value := range map[string]string{
		"application_name": "appdock",
		// Compiling a plan takes longer than most statements of a host.
		"jit": "off",
		// A host that hangs in the middle of a unit of work must not hold a shop for ever.
		"idle_in_transaction_session_timeout": "60s",
	} {
		if _, set := c.RuntimeParams[name]; !set {
			c.RuntimeParams[name] = value
		}
	}
	return config, nil
}

// connect opens one connection.
func connect(ctx context.Context, config *pgx.ConnConfig) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, unreached(config, err)
	}
	if err := recent(conn); err != nil {
		return nil, errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
	}
	return conn, nil
}

// recent refuses a server that is too old, by what it said when it was reached.
func recent(conn *pgx.Conn) error {
	version := conn.PgConn().ParameterStatus("server_version") // "15.14 (Debian 15.14-0+deb12u1)", "18beta1", "9.6.24"
	digits := version[:len(version)-len(strings.TrimLeft(version, "0123456789"))]
	if major, err := strconv.Atoi(digits); err != nil || major >= oldest { // what says nothing of it shows what it can
		return nil //nolint:nilerr // it is no failure
	}
	return &appdock.Error{
		Kind:    appdock.Failed,
		Code:    "ADK-DATABASE-OLD",
		Message: "The PostgreSQL server is too old.",
		Cause:   fmt.Sprintf("%s is PostgreSQL %s, and %d is the oldest that a host works with", place(conn.Config()), version, oldest),
		Cure:    "Upgrade the server, or name another one.",
	}
}

// place names the server and the database, and nothing that is secret.
func place(config *pgx.ConnConfig) string {
	if strings.HasPrefix(config.Host, "/") { // the folder of a socket
		return fmt.Sprintf("%s in %s", config.Database, config.Host)
	}
	return fmt.Sprintf("%s on %s", config.Database, net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port))))
}

// claim makes the database this host's for as long as the connection lives.
func claim(ctx context.Context, conn *pgx.Conn) error {
	var ours bool
	if err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", hostLock).Scan(&ours); err != nil {
		return fmt.Errorf("lock the database for this host: %w", err)
	}
	if !ours {
		return &appdock.Error{
			Kind:    appdock.Conflict,
			Code:    "ADK-DATABASE-LOCKED",
			Message: "Another Appdock uses the database.",
			Cause:   place(conn.Config()) + " is held by a host that runs",
			Cure:    "Stop the other host, or give this one a database of its own.",
		}
	}
	return nil
}

// writable refuses a database that takes no writes: a standby, or a role for reading.
func writable(ctx context.Context, conn *pgx.Conn) error {
	var readOnly, mayCreate bool
	err := conn.QueryRow(ctx, `SELECT current_setting('transaction_read_only')::bool,
		coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)`).Scan(&readOnly, &mayCreate)
	if err != nil {
		return fmt.Errorf("ask what the role may do: %w", err)
	}
	cause := ""
	switch {
	case readOnly:
		cause = "its transactions are read-only: it is a standby, or the role is for reading"
	case !mayCreate:
		cause = "the role " + conn.Config().User + " may not create tables in it"
	default:
		return nil
	}
	return unwritable(conn.Config(), cause, nil)
}

func unwritable(config *pgx.ConnConfig, cause string, err error) error {
	return &appdock.Error{
		Kind:    appdock.Unavailable,
		Code:    "ADK-DATABASE-READONLY",
		Message: "The database cannot be written.",
		Cause:   place(config) + ": " + cause,
		Cure:    "Name the primary server and a role that owns the database.",
		Err:     err,
	}
}

// unreached says why there is no connection, by the server's code if it answered.
func unreached(config *pgx.ConnConfig, err error) error {
	told := &appdock.Error{
		Kind:    appdock.Unavailable,
		Code:    "ADK-DATABASE-UNREACHABLE",
		Message: "The PostgreSQL database cannot be reached.",
		Cause:   place(config) + " does not answer",
		Cure:    "Check that the server runs and that host and port are right.",
		Err:     err,
	}
	refused, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return told
	}
	switch refused.Code {
	case "28P01", "28000": // invalid_password, invalid_authorization_specification
		told.Kind, told.Code = appdock.Failed, "ADK-DATABASE-REFUSED"
		told.Message = "The PostgreSQL server refuses the credentials."
		told.Cause = fmt.Sprintf("the role %s may not log in to %s so", config.User, place(config))
		told.Cure = "Check user and password of the DSN, and the server's pg_hba.conf."
	case "3D000": // invalid_catalog_name
		told.Kind, told.Code = appdock.Failed, "ADK-DATABASE-MISSING"
		told.Message = "The PostgreSQL server has no such database."
		told.Cause = place(config) + " does not exist"
		told.Cure = "Make it with createdb, or correct the DSN."
	default:
		told.Cause = fmt.Sprintf("%s answers %s (%s)", place(config), refused.Message, refused.Code)
		told.Cure = "Look at the server's log, and try again when it takes connections."
	}
	return told
}
