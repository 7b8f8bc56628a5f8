package server_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
)

// onPostgres is the configuration of a host whose data is in a database of its own, which
// is gone with the test.
func onPostgres(tb testing.TB, c server.Config) server.Config {
	tb.Helper()
	return onCopy(tb, c, "template1")
}

// onCopy is onPostgres with all that is in a database that nobody is connected to.
func onCopy(tb testing.TB, c server.Config, of string) server.Config {
	tb.Helper()
	dsn := os.Getenv("APPDOCK_TEST_POSTGRES")
	if dsn == "" {
		const missing = "PostgreSQL tests are skipped: set APPDOCK_TEST_POSTGRES or install the postgresql package"
		if os.Getenv("APPDOCK_CI") == "1" {
			tb.Fatal(missing)
		}
		tb.Skip(missing)
	}
	name := "appdock_" + appdock.NewID(time.Now()).String()
	admin := func(statement string) {
		tb.Helper()
		ctx := context.WithoutCancel(tb.Context())
		conn, err := pgx.Connect(ctx, dsn)
		if err != nil {
			tb.Fatal(err)
		}
		defer func() { _ = conn.Close(ctx) }()
		if _, err := conn.Exec(ctx, statement); err != nil {
			tb.Fatal(err)
		}
	}
	admin("CREATE DATABASE " + name + " TEMPLATE " + of)
	tb.Cleanup(func() { admin("DROP DATABASE " + name + " WITH (FORCE)") })
	address, err := url.Parse(dsn)
	if err != nil {
		tb.Fatal(err)
	}
	address.Path = "/" + name
	c.Database = appdock.NewSecret(address.String())
	return c
}

func TestLifeOfAnAppOnPostgres(t *testing.T) {
	t.Parallel()
	lifeOfAnApp(t, onPostgres(t, development(folder(t))))
}

// TestHostOnPostgres leads an app's life with records and webhooks, over a restart.
func TestHostOnPostgres(t *testing.T) {
	t.Parallel()
	c := onPostgres(t, development(folder(t)))
	c.Demo, c.Shop.URL = true, "http://shop.example"
	var log bytes.Buffer
	host, err := server.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	app := newApp(t)
	installed(t, only(t, host), write(t, app.App.Name, app.Manifest()))
	order := func(host *server.Server) {
		t.Helper()
		id, payload := freshOrder()
		if err := operator(t, host).Create(within(t, soon), "order", payload); err != nil {
			t.Fatal(err)
		}
		r, err := app.WaitEvent(within(t, soon), "checkout.order.placed", 1)
		if err != nil || !r.Verified || !strings.Contains(string(r.Webhook.Payload), id.String()) {
			t.Errorf("the app heard %+v, %v, want the order %s", r.Webhook, err, id)
		}
	}
	order(host)
	closeHost(t, host)
	if _, err := os.Stat(filepath.Join(c.Data, "appdock.db")); err == nil {
		t.Error("there is an SQLite file too")
	}

	c.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	host, err = server.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := only(t, host).Uninstall(within(t, soon), app.App.Name, false); err != nil {
		t.Error(err)
	}
	if _, err := app.WaitEvent(within(t, soon), "app.deleted", 1); err != nil {
		t.Error(err)
	}
	absent(t, host, operator(t, host), app.App.Name)
	closeHost(t, host)
	if text := log.String(); strings.Contains(text, c.Database.Reveal()) {
		t.Errorf("the address of the database was logged:\n%s", text)
	}
}

// TestPlacesOfData is about folders and databases that do not belong together.
func TestPlacesOfData(t *testing.T) {
	t.Parallel()
	c := onPostgres(t, production(folder(t)))
	host := open(t, c)
	refused := func(what, code string, run func() error) {
		t.Helper()
		err := run()
		if got := refusal(t, err); got != code {
			t.Errorf("%s: got %v, want code %s", what, err, code)
		}
		if text := fmt.Sprint(err); strings.Contains(text, c.Database.Reveal()) {
			t.Errorf("%s: the address of the database is shown: %s", what, text)
		}
	}
	opening := func(c server.Config) func() error {
		return func() error {
			host, err := server.Open(t.Context(), c)
			if err == nil {
				closeHost(t, host)
			}
			return err
		}
	}
	second := c
	second.Data = folder(t)
	if err := os.WriteFile(filepath.Join(second.Data, "appdock.key"), read(t, filepath.Join(c.Data, "appdock.key")), 0o600); err != nil {
		t.Fatal(err)
	}
	refused("a second host", "ADK-DATABASE-LOCKED", opening(second))
	closeHost(t, host)

	lost := c
	lost.Data = folder(t)
	refused("without the key", "ADK-KEY-MISSING", opening(lost))
	forgotten := c
	forgotten.Database = appdock.Secret{}
	refused("without the setting", "ADK-DATABASE-ELSEWHERE", opening(forgotten))
	forgotten.Create = false
	refused("a command without the setting", "ADK-DATABASE-ELSEWHERE", opening(forgotten))
	misnamed := c
	misnamed.Create, misnamed.Data = false, folder(t)
	refused("a command in another folder", "ADK-HOST-UNREACHABLE", opening(misnamed))
	for what, test := range map[string]struct {
		config server.Config
		want   control.Verdict
	}{"with the setting": {c, control.OK}, "without it": {forgotten, control.Fail}} {
		found := server.Examine(t.Context(), test.config)
		at := slices.IndexFunc(found, func(f control.Finding) bool { return f.Check == "data.database" })
		if at < 0 || found[at].Verdict != test.want || found[0].Verdict != control.OK {
			t.Errorf("the doctor %s: got %+v", what, found)
		}
	}
	both := production(folder(t))
	closeHost(t, open(t, both))
	both.Database = c.Database
	refused("in a folder with a database", "ADK-DATABASE-ELSEWHERE", opening(both))
	refused("a backup", "ADK-DATABASE-SERVER", func() error {
		_, err := server.BackUp(t.Context(), forgotten, filepath.Join(t.TempDir(), "backup.tar"), true)
		return err
	})
	refused("a restore", "ADK-DATABASE-SERVER", func() error {
		_, err := server.Restore(t.Context(), c, filepath.Join(t.TempDir(), "backup.tar"), "")
		return err
	})
	unreadable := c
	unreadable.Database = appdock.NewSecret("postgres://shop:hun/ter2@db.example/shop")
	refused("an address that cannot be read", "ADK-CONFIG-INVALID", opening(unreadable))
	down := c
	down.Database = appdock.NewSecret("postgres://shop:hunter2@/shop?host=" + t.TempDir())
	refused("a server that is not there", "ADK-DATABASE-UNREACHABLE", opening(down))
	if err := opening(c)(); err != nil {
		t.Errorf("all of that spoilt something: %v", err)
	}
}
