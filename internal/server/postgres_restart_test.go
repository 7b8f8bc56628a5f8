package server_test

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/sdk"
	"github.com/appdock/appdock/sdk/apptest"
)

// databaseServer is a PostgreSQL server of a test's own.
type databaseServer struct {
	dsn     string
	control []string // pg_ctl with what it needs to be told
}

// ownServer starts one by the project's script: the others' must not be stopped.
func ownServer(t *testing.T) databaseServer {
	t.Helper()
	command := exec.CommandContext(context.WithoutCancel(t.Context()), "../../scripts/with-postgres", "sh", "-c",
		`printf '%s\n' "$APPDOCK_TEST_POSTGRES" "$APPDOCK_TEST_POSTGRES_CONTROL"; read -r _ || true`)
	command.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "APPDOCK_TEST_POSTGRES=") })
	command.Stderr = os.Stderr
	until, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	said, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = until.Close() // the script ends with its command, and the server with it
		if err := command.Wait(); err != nil {
			t.Errorf("the script of the server: %v", err)
		}
	})
	lines := bufio.NewScanner(said)
	var s databaseServer
	for lines.Scan() {
		switch line := lines.Text(); {
		case strings.HasPrefix(line, "postgres://"):
			s.dsn = line
		case s.dsn != "":
			s.control = strings.Fields(line)
			return s
		case os.Getenv("APPDOCK_CI") == "1":
			t.Fatal(line)
		default:
			t.Skip(line)
		}
	}
	t.Fatalf("the script of the server said nothing: %v", lines.Err())
	panic("unreachable")
}

func (s databaseServer) run(t *testing.T, order ...string) {
	t.Helper()
	words := append(slices.Clone(s.control), order...)
	command := exec.CommandContext(t.Context(), words[0], words[1:]...) //nolint:gosec // the project's script said so
	command.Dir = "/"                                                   // where the server's own user may stand
	if text, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(words, " "), err, text)
	}
}

// A PostgreSQL server that falls over under writes and comes back: meanwhile the host is not
// ready and says why, then it goes on by itself, and all that it accepted is there and told.
func TestRestartOfTheDatabaseServer(t *testing.T) {
	t.Parallel()
	database := ownServer(t)
	conn, err := pgx.Connect(t.Context(), database.dsn)
	if err != nil {
		t.Fatal(err)
	}
	// The server of tests loses commits when it falls over; others do not.
	for _, order := range []string{"CREATE DATABASE restarted", "ALTER DATABASE restarted SET synchronous_commit = on"} {
		if _, err := conn.Exec(t.Context(), order); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := development(folder(t))
	c.Database = appdock.NewSecret(strings.Replace(database.dsn, "/postgres?", "/restarted?", 1))
	c.Demo, c.Socket, c.Shop.URL = true, true, "http://shop.example"
	host := open(t, c)
	app := apptest.New(t, apptest.App{Permissions: []string{"order:read"}, Webhooks: []string{"checkout.order.placed"}})
	installed(t, only(t, host), write(t, app.App.Name, app.Manifest()))

	var (
		mu       sync.Mutex
		accepted []appdock.ID
		writing  sync.WaitGroup
	)
	calls := operator(t, host)
	ctx, stop := context.WithCancel(within(t, 4*soon))
	count := func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(accepted)
	}
	for range 2 {
		writing.Go(func() {
			pace := time.NewTicker(10 * time.Millisecond) // a refusal comes at once
			defer pace.Stop()
			for ; ctx.Err() == nil; <-pace.C {
				id, payload := freshOrder()
				if err := create(ctx, calls, payload); err == nil {
					mu.Lock()
					accepted = append(accepted, id)
					mu.Unlock()
				}
			}
		})
	}
	defer writing.Wait()
	defer stop()
	await := func(what string, so func() bool) {
		t.Helper()
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for !so() {
			select {
			case <-ctx.Done():
				t.Fatalf("it never came so far that %s", what)
			case <-tick.C:
			}
		}
	}
	readiness := func(status int) func() bool {
		return func() bool {
			got, _, _ := get(t, client(t), host.URL()+"/readyz", nil)
			return got == status
		}
	}
	await("orders are accepted", func() bool { return count() >= 10 })

	database.run(t, "stop", "--mode=immediate")
	await("readiness is red", readiness(http.StatusServiceUnavailable))
	operators := control.Dial(server.SocketPath(c.Data))
	defer operators.Close()
	for _, check := range []string{"data.writer", "shop.data"} {
		await("the doctor finds "+check, func() bool {
			found, err := operators.Examine(ctx)
			if err != nil {
				t.Errorf("the doctor of a host without its database: %v", err)
			}
			return slices.ContainsFunc(found, func(f control.Finding) bool {
				return f.Check == check && f.Verdict == control.Fail && f.Code == "ADK-DATABASE-UNREACHABLE"
			})
		})
	}

	database.run(t, "start")
	await("readiness is green again", readiness(http.StatusOK))
	before := count()
	await("orders are accepted again", func() bool { return count() >= before+10 })
	stop()
	writing.Wait()

	missing := func() (list []string) {
		told := arrived(t, app).accepted
		for _, id := range accepted {
			if told[id.String()]["checkout.order.placed"] == 0 {
				list = append(list, id.String())
			}
		}
		return list
	}
	ctx = within(t, 2*soon)
	for _, id := range accepted {
		if err := calls.Do(ctx, "GET", "/api/order/"+id.String(), nil, nil); err != nil {
			t.Errorf("order %s was accepted: %v", id, err)
		}
	}
	await("the app has heard of all orders", func() bool { return len(missing()) == 0 })
}

// create places an order as somebody does who does not wait for ever.
func create(ctx context.Context, calls *sdk.API, payload any) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return calls.Create(ctx, "order", payload)
}
