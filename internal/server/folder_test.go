package server_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // the driver, to make a database of the future

	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/keyring"
	"github.com/appdock/appdock/internal/server"
)

// What is wrong with a data folder or an address is said in one clear line, nothing is left
// running, and the host starts once the reason is gone.
func TestHostThatCannotStart(t *testing.T) {
	t.Parallel()
	used := func(t *testing.T) string { // a folder that a host has run on
		t.Helper()
		path := folder(t)
		host, err := server.Open(t.Context(), development(path))
		if err != nil {
			t.Fatal(err)
		}
		closeHost(t, host)
		return path
	}
	for name, test := range map[string]struct {
		code string
		says []string // parts of what people are told
		// spoil makes the configuration of a host that cannot start, and gives what mends it.
		spoil func(t *testing.T) (c server.Config, mend func())
	}{
		"a folder that another process holds": {
			"ADK-DATA-LOCKED",
			[]string{"is in use", fmt.Sprintf("process %d", os.Getpid()), "--data"},
			func(t *testing.T) (server.Config, func()) {
				t.Helper()
				path := folder(t)
				other, err := server.Open(t.Context(), development(path))
				if err != nil {
					t.Fatal(err)
				}
				return development(path), func() { closeHost(t, other) }
			},
		},
		"a folder that is not there": {
			"ADK-HOST-UNREACHABLE",
			[]string{"does not exist", "appdock dev"},
			func(t *testing.T) (server.Config, func()) {
				t.Helper()
				c := development(filepath.Join(folder(t), "missing"))
				c.Create = false
				return c, nil
			},
		},
		"a folder that is no data folder": {
			"ADK-HOST-UNREACHABLE",
			[]string{"is no data folder", "--data"},
			func(t *testing.T) (server.Config, func()) {
				t.Helper()
				c := development(folder(t))
				c.Create = false
				return c, nil
			},
		},
		"a file in the place of the folder": {
			"ADK-DATA-UNWRITABLE",
			[]string{"cannot be used", "not a directory"},
			func(t *testing.T) (server.Config, func()) {
				t.Helper()
				path := filepath.Join(folder(t), "data")
				fill(t, path, "no folder")
				return development(path), func() { remove(t, path) }
			},
		},
		"a folder in the place of the database": {
			"ADK-DATA-UNWRITABLE",
			[]string{"database"},
			func(t *testing.T) (server.Config, func()) {
				t.Helper()
				path := folder(t)
				mkdir(t, filepath.Join(path, "appdock.db"))
				fill(t, filepath.Join(path, "appdock.key"), strings.Repeat("k", keyring.MasterSize))
				return development(path), func() { remove(t, filepath.Join(path, "appdock.db")) }
			},
		},
		"a database that is none": {
			"ADK-DATA-DAMAGED",
			[]string{"backup"},
			func(t *testing.T) (server.Config, func()) {
				t.Helper()
				path := folder(t)
				fill(t, filepath.Join(path, "appdock.key"), strings.Repeat("k", keyring.MasterSize))
				fill(t, filepath.Join(path, "appdock.db"), strings.Repeat("no database, but long enough to be one. ", 1000))
				return development(path), func() { remove(t, filepath.Join(path, "appdock.db")) }
			},
		},
		"a database of a newer version": {
			"ADK-DATA-NEWER",
			[]string{"newer version", "9999"},
			func(t *testing.T) (server.Config, func()) {
				t.Helper()
				path := used(t)
				migrated(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)")
				return development(path), func() { migrated(t, path, "DELETE FROM goose_db_version WHERE version_id = 9999") }
			},
		},
		"a key file that is cut": {
			"ADK-KEY-DAMAGED",
			[]string{"appdock.key", "backup"},
			func(t *testing.T) (server.Config, func()) {
				t.Helper()
				path := used(t)
				key := filepath.Join(path, "appdock.key")
				whole := read(t, key)
				fill(t, key, string(whole[:len(whole)/2]))
				return development(path), func() { fill(t, key, string(whole)) }
			},
		},
		"an address that is in use": {
			"ADK-PORT-IN-USE",
			[]string{"is in use", "--listen"},
			func(t *testing.T) (server.Config, func()) {
				t.Helper()
				other, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				c := development(folder(t))
				c.Listen = other.Addr().String()
				return c, func() { _ = other.Close() }
			},
		},
		"an address of another machine": {
			"ADK-LISTEN",
			[]string{"192.0.2.1", "--listen"},
			func(t *testing.T) (server.Config, func()) {
				t.Helper()
				c := development(folder(t))
				c.Listen = "192.0.2.1:80"
				return c, nil
			},
		},
		"settings that are wrong, all at once": {
			"ADK-CONFIG-INVALID",
			[]string{"listen", "mode", "shop.url"},
			func(t *testing.T) (server.Config, func()) {
				t.Helper()
				c := development(folder(t))
				c.Listen, c.Mode, c.Shop.URL = "8000", "test", "https://shop.example/?a=b"
				return c, nil
			},
		},
		"a path too long for a socket": {
			"ADK-DATA-UNWRITABLE",
			[]string{"socket", "longer"},
			func(t *testing.T) (server.Config, func()) {
				t.Helper()
				c := development(filepath.Join(folder(t), strings.Repeat("long", 30)))
				c.Socket = true
				return c, nil
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, mend := test.spoil(t)
			database := filepath.Join(c.Data, "appdock.db")
			before, _ := os.ReadFile(database) // it may not be there
			host, err := server.Open(t.Context(), c)
			if err == nil {
				closeHost(t, host)
				t.Fatal("it started")
			}
			if got := refusal(t, err); got != test.code {
				t.Errorf("got %v, want %s", err, test.code)
			}
			said := explained(t, err)
			for _, part := range test.says {
				if !strings.Contains(said, part) {
					t.Errorf("got %s\nwant %q in it", said, part)
				}
			}
			if after, _ := os.ReadFile(database); len(before) > 0 && !bytes.Equal(before, after) {
				t.Error("the database was touched")
			}
			if mend != nil {
				mend()
				open(t, c)
			}
		})
	}
}

// A key that got lost is not replaced by a new one while there are secrets that only the
// old one opens: apps would be called with signatures that they refuse.
func TestLostKeyIsMissed(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.Shop.URL = "http://shop.example" // the same at each start
	host, err := server.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	app := newApp(t)
	installed(t, only(t, host), write(t, app.App.Name, app.Manifest()))
	closeHost(t, host)
	key := filepath.Join(c.Data, "appdock.key")
	whole := read(t, key)
	remove(t, key)
	host, err = server.Open(t.Context(), c)
	if err == nil {
		closeHost(t, host)
		t.Error("it started without the key of its secrets")
	} else if got := refusal(t, err); got != "ADK-KEY-MISSING" {
		t.Errorf("got %v, want that the key is missing", err)
	}
	fill(t, key, string(whole))
	open(t, c)
}

// Nobody but the owner can read what a host keeps.
func TestDataFolderIsPrivate(t *testing.T) {
	t.Parallel()
	c := development(filepath.Join(folder(t), "data"))
	c.Socket = true
	open(t, c)
	for name, want := range map[string]os.FileMode{
		".": 0o700, "appdock.key": 0o600, "appdock.sock": 0o600,
	} {
		info, err := os.Stat(filepath.Join(c.Data, name))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: got %v, %v, want %v", name, info.Mode().Perm(), err, want)
		}
	}
}

// What dev made stays development until somebody says otherwise (design ruling "mode of a
// data folder").
func TestModeIsRemembered(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.Shop.URL = "http://shop.example"
	for i, step := range []struct{ given, want server.Mode }{
		{"", server.Production},
		{server.Development, server.Development},
		{"", server.Development},
		{server.Production, server.Production},
		{"", server.Production},
	} {
		c.Mode = step.given
		host, err := server.Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if shop, err := only(t, host).Details(t.Context()); err != nil || shop.Mode != string(step.want) {
			t.Errorf("start %d with mode %q: got %q, %v, want %q", i, step.given, shop.Mode, err, step.want)
		}
		closeHost(t, host)
	}
}

// The identity that apps know outlives restarts. The URL may change as long as no app knows
// it; when one does, everything for apps waits until somebody has settled what that means
// (protocol-shop-identity.md 2).
func TestShopKeepsItsIdentity(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	start := func(url, identity string) (*server.Server, control.ShopDetails) {
		t.Helper()
		c.Shop.URL = url
		host, err := server.Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		details, err := only(t, host).Details(t.Context())
		if err != nil || details.URL != url || details.Identity != identity {
			t.Errorf("got %+v, %v, want %s at %s", details, err, identity, url)
		}
		return host, details
	}
	host, first := start("http://first.example", "ok")
	if len(first.ID) != 16 {
		t.Errorf("the id is %q", first.ID)
	}
	closeHost(t, host)

	host, second := start("http://second.example", "ok")
	if second.ID != first.ID {
		t.Errorf("got %+v, want %s", second, first.ID)
	}
	app := newApp(t)
	installed(t, only(t, host), write(t, app.App.Name, app.Manifest()))
	closeHost(t, host)

	host, _ = start("http://third.example", "change_suggested")
	if err := only(t, host).Unsettled(t.Context()); refusal(t, err) != "FRAMEWORK__APP_SHOP_ID_CHANGE_SUGGESTED" {
		t.Errorf("got %v", err)
	}
	if _, err := only(t, host).RotateSecret(t.Context(), app.App.Name); refusal(t, err) != "FRAMEWORK__APP_REGISTRATION_FAILED" {
		t.Errorf("got %v", err)
	}
	closeHost(t, host)
	host, _ = start("http://second.example", "ok")
	if _, err := only(t, host).Uninstall(context.Background(), app.App.Name, false); err != nil {
		t.Error(err)
	}
	closeHost(t, host)
	host, _ = start("http://third.example", "ok")
	closeHost(t, host)
}

func fill(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func mkdir(t *testing.T, path string) {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

// migrated runs a statement on the database of a host that does not run.
func migrated(t *testing.T, data, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(data, "appdock.db"))
	if err == nil {
		_, err = db.ExecContext(t.Context(), statement)
	}
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}
