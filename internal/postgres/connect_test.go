package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/appdock/appdock"
)

// server gives the DSN of the server to test against.
func server(t *testing.T) string {
	t.Helper()
	dsn := os.Getenv("APPDOCK_TEST_POSTGRES")
	if dsn == "" {
		const missing = "PostgreSQL tests are skipped: set APPDOCK_TEST_POSTGRES or install the postgresql package"
		if os.Getenv("APPDOCK_CI") == "1" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	return dsn
}

// newDatabase makes a database that is gone with the test.
func newDatabase(t *testing.T) *pgx.ConnConfig {
	t.Helper()
	return makeDatabase(t, "")
}

func makeDatabase(t *testing.T, how string) *pgx.ConnConfig {
	t.Helper()
	pools, err := parse(server(t))
	if err != nil {
		t.Fatal(err)
	}
	made := pools.ConnConfig.Copy()
	made.Database = "appdock_" + appdock.NewID(time.Now()).String()
	admin := func(statement string) {
		t.Helper()
		conn, err := connect(context.WithoutCancel(t.Context()), pools.ConnConfig)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
		run(t, conn, statement)
	}
	admin("CREATE DATABASE " + made.Database + how)
	t.Cleanup(func() { admin("DROP DATABASE " + made.Database + " WITH (FORCE)") })
	return made
}

// dsn is an address that leads to the same.
func dsn(config *pgx.ConnConfig) string {
	address := url.URL{
		Scheme: "postgres", User: url.UserPassword(config.User, config.Password), Path: "/" + config.Database,
		RawQuery: url.Values{"host": {config.Host}, "port": {strconv.Itoa(int(config.Port))}}.Encode(),
	}
	return address.String()
}

func connected(t *testing.T, config *pgx.ConnConfig) *pgx.Conn {
	t.Helper()
	conn, err := connect(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) }) // the test's own is over
	return conn
}

func run(t *testing.T, conn *pgx.Conn, statement string) {
	t.Helper()
	if _, err := conn.Exec(context.WithoutCancel(t.Context()), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func wantCode(t *testing.T, err error, want string) {
	t.Helper()
	if got := appdock.CodeOf(err); got != want {
		t.Errorf("got %v, want code %s", err, want)
	}
}

// wantNo checks that a secret stands nowhere in an error, not in what is only logged either.
func wantNo(t *testing.T, err error, secret string) {
	t.Helper()
	told, ok := errors.AsType[*appdock.Error](err)
	if !ok {
		t.Fatalf("%v is no error for people", err)
	}
	if text := fmt.Sprint(told, told.Message, told.Cause, told.Cure, told.Err); strings.Contains(text, secret) {
		t.Errorf("the password stands in %s", text)
	}
}

// TestFaultyDSN checks that no fault of a DSN shows what it holds.
func TestFaultyDSN(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]string{
		"a slash in the password":   "postgres://shop:hun/ter2secret@db.example/shop",
		"a percent in the password": "postgres://shop:hun%ter2secret@db.example/shop",
		"a port that is no number":  "postgres://shop:hunter2secret@db.example:x/shop",
		"an unknown ssl mode":       "postgres://shop:hunter2secret@db.example/shop?sslmode=hunter2secret",
		"words without a value":     "host=db.example password hunter2secret",
		"a certificate that is not": "postgres://shop:hunter2secret@db.example/shop?sslrootcert=/none/hunter2secret",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parse(dsn)
			wantCode(t, err, "ADK-DATABASE-DSN")
			wantNo(t, err, "ter2secret")
		})
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	config, err := parse("postgres://shop:hunter2secret@/shop?host=" + t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	_, err = connect(t.Context(), config.ConnConfig)
	wantCode(t, err, "ADK-DATABASE-UNREACHABLE")
	wantNo(t, err, "hunter2secret")
}

func TestRefused(t *testing.T) {
	t.Parallel()
	config := newDatabase(t)
	nobody, none := config.Copy(), config.Copy()
	nobody.User = "nobody_of_that_name"
	none.Database = "none_of_that_name"
	_, err := connect(t.Context(), nobody)
	wantCode(t, err, "ADK-DATABASE-REFUSED")
	_, err = connect(t.Context(), none)
	wantCode(t, err, "ADK-DATABASE-MISSING")
}

// TestSecondHost checks that a database has one host, and that it is free when that host
// is gone, however it went.
func TestSecondHost(t *testing.T) {
	t.Parallel()
	config := newDatabase(t)
	first, second := connected(t, config), connected(t, config)
	if err := claim(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	wantCode(t, claim(t.Context(), second), "ADK-DATABASE-LOCKED")
	if err := claim(t.Context(), connected(t, newDatabase(t))); err != nil {
		t.Errorf("another database is not free: %v", err)
	}
	// With a time-out the server says whether the process is gone when it answers.
	run(t, second, fmt.Sprintf("SELECT pg_terminate_backend(%d, 10000)", first.PgConn().PID()))
	if err := claim(t.Context(), second); err != nil {
		t.Errorf("after the first host was killed: %v", err)
	}
}

// TestOldServer: a server says its version before anything is asked of it.
func TestOldServer(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"12.22 (Debian 12.22-1.pgdg120+1)": "ADK-DATABASE-OLD",
		"9.6.24":                           "ADK-DATABASE-OLD",
		"13.0":                             "",
		"18beta1":                          "",
		"a pooler's own":                   "",
	}
	for version, code := range tests {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			served := make(chan struct{})
			go func() {
				defer close(served)
				greet(t, listener, version)
			}()
			defer func() { _ = listener.Close(); <-served }()
			config, err := parse("postgres://appdock@" + listener.Addr().String() + "/shop?sslmode=disable")
			if err != nil {
				t.Fatal(err)
			}
			conn, err := connect(t.Context(), config.ConnConfig)
			if err == nil {
				err = conn.Close(t.Context())
			}
			if got := appdock.CodeOf(err); got != code || code == "" && err != nil {
				t.Errorf("got %v, want code %q", err, code)
			}
		})
	}
}

// greet lets one client in as a server of this version does, and hears it out.
func greet(t *testing.T, listener net.Listener, version string) {
	t.Helper()
	conn, err := listener.Accept()
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { _ = conn.Close() }()
	server := pgproto3.NewBackend(conn, conn)
	if _, err := server.ReceiveStartupMessage(); err != nil {
		t.Error(err)
		return
	}
	server.Send(&pgproto3.AuthenticationOk{})
	server.Send(&pgproto3.ParameterStatus{Name: "server_version", Value: version})
	server.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	if err := server.Flush(); err != nil {
		t.Error(err)
	}
	_, _ = server.Receive() // its goodbye
}

func TestWritable(t *testing.T) {
	t.Parallel()
	config := newDatabase(t)
	owner := connected(t, config)
	if err := writable(t.Context(), owner); err != nil {
		t.Errorf("the owner: %v", err)
	}
	reader := config.Database + "_reader"
	run(t, owner, "CREATE ROLE "+reader+" LOGIN")
	t.Cleanup(func() { run(t, owner, "DROP ROLE "+reader) })
	reading := config.Copy()
	reading.User = reader
	wantCode(t, writable(t.Context(), connected(t, reading)), "ADK-DATABASE-READONLY")

	standby := config.Copy()
	standby.RuntimeParams["default_transaction_read_only"] = "on"
	wantCode(t, writable(t.Context(), connected(t, standby)), "ADK-DATABASE-READONLY")
}
