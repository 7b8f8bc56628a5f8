package server_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
)

// seen are the findings by check and subject; of those that are alike the worst counts.
func seen(list []control.Finding) map[string]control.Finding {
	order := map[control.Verdict]int{control.OK: 1, control.Warn: 2, control.Fail: 3}
	all := map[string]control.Finding{}
	for _, f := range list {
		if order[f.Verdict] > order[all[f.Check].Verdict] {
			all[f.Check] = f
		}
	}
	return all
}

func expect(t *testing.T, list []control.Finding, check string, verdict control.Verdict, text string) {
	t.Helper()
	f, ok := seen(list)[check]
	if said := f.Code + " " + f.Message + " " + f.Cause; !ok || f.Verdict != verdict || !strings.Contains(said, text) {
		t.Errorf("%s: got %+v, want %s with %q", check, f, verdict, text)
	}
	if f.Verdict != control.OK && (f.Cause == "" || f.Cure == "") {
		t.Errorf("%s has no cause or no cure: %+v", check, f)
	}
}

// TestExamineMachine breaks one thing after the other.
func TestExamineMachine(t *testing.T) {
	t.Parallel()
	whole := development(folder(t))
	whole.Listen, whole.Shop.URL = "", "http://shop.example"
	host, err := server.Open(t.Context(), whole)
	if err != nil {
		t.Fatal(err)
	}
	closeHost(t, host)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })

	tests := map[string]struct {
		breaks  func(c *server.Config) error
		check   string
		verdict control.Verdict
		text    string
	}{
		"nothing is wrong": {func(*server.Config) error { return nil }, "data.database", control.OK, "whole"},
		"no folder":        {func(c *server.Config) error { return os.RemoveAll(c.Data) }, "data.folder", control.Fail, "ADK-HOST-UNREACHABLE"},
		"no database": {
			func(c *server.Config) error { return os.Remove(filepath.Join(c.Data, "appdock.db")) },
			"data.folder", control.Fail, "there is no appdock.db",
		},
		"no key": {
			func(c *server.Config) error { return os.Remove(filepath.Join(c.Data, "appdock.key")) },
			"data.key", control.Fail, "ADK-KEY-MISSING",
		},
		"a key for everybody": {
			func(c *server.Config) error { return os.Chmod(filepath.Join(c.Data, "appdock.key"), 0o644) },
			"data.key", control.Fail, "ADK-KEY-PERMISSIONS",
		},
		"half a key": {
			func(c *server.Config) error { return os.Truncate(filepath.Join(c.Data, "appdock.key"), 7) },
			"data.key", control.Fail, "ADK-KEY-DAMAGED",
		},
		"a database for everybody": {
			func(c *server.Config) error { return os.Chmod(filepath.Join(c.Data, "appdock.db"), 0o644) },
			"data.permissions", control.Warn, "appdock.db (0644)",
		},
		"a page of noise": {
			func(c *server.Config) error { return overwrite(filepath.Join(c.Data, "appdock.db"), 20*4096) },
			"data.database", control.Fail, "ADK-DATA-DAMAGED",
		},
		"an address that is taken": {
			func(c *server.Config) error { c.Listen = taken.Addr().String(); return nil },
			"listen", control.Fail, "ADK-PORT-IN-USE",
		},
		"a certificate that is not there": {
			func(c *server.Config) error { c.Certificate, c.CertificateKey = "none.pem", "none.key"; return nil },
			"tls.certificate", control.Fail, "ADK-TLS",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := copyOf(t, whole)
			for _, private := range []string{"", "appdock.db", "instance-id", "appdock.lock"} { // CopyFS keeps no modes
				if err := os.Chmod(filepath.Join(c.Data, private), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			if err := tt.breaks(&c); err != nil {
				t.Fatal(err)
			}
			list := server.Examine(t.Context(), c)
			expect(t, list, tt.check, tt.verdict, tt.text)
			for check, f := range seen(list) {
				if check != tt.check && check != "clock" && f.Verdict == control.Fail {
					t.Errorf("%s fails as well: %+v", check, f)
				}
			}
		})
	}
}

// overwrite puts noise into a file.
func overwrite(path string, at int64) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if _, err := f.WriteAt([]byte(strings.Repeat("noise ", 700)), at); err != nil {
		return err
	}
	return f.Close()
}

func examined(t *testing.T, host control.Host) []control.Finding {
	t.Helper()
	list, err := host.Examine(within(t, soon))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestExamineHost looks at a host that runs: all is well, then its app goes away.
func TestExamineHost(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	c.Socket = true
	host := open(t, c)
	app := newApp(t)
	installed(t, only(t, host), write(t, app.App.Name, app.Manifest()))

	list := examined(t, host)
	for check, text := range map[string]string{
		"shop.reach": "leads to this host", "shop.identity": "is where its apps know it", "app.secret": "share a secret",
		"app.endpoint": "takes connections", "webhooks": "none is held", "deliveries": "longer than it should", "deliveries.lag": "",
		"listen": "", "data.writer": "", "data.key": "", "data.database": "",
	} {
		expect(t, list, check, control.OK, text)
	}
	client := control.Dial(server.SocketPath(c.Data))
	t.Cleanup(client.Close)
	names := func(list []control.Finding) (all []string) {
		for _, f := range list {
			all = append(all, f.Check+" "+f.Subject)
		}
		return all
	}
	if diff := cmp.Diff(names(list), names(examined(t, client))); diff != "" {
		t.Errorf("over the socket (-in process +socket):\n%s", diff)
	}

	left, leave := context.WithCancel(t.Context())
	leave()
	if list, err := host.Examine(left); err == nil {
		t.Errorf("who left is told %+v", list)
	}

	if err := app.Close(); err != nil {
		t.Fatal(err)
	}
	expect(t, examined(t, host), "app.endpoint", control.Warn, "ADK-APP-REFUSED")
}

// TestExamineWay lets the URL of the shop lead elsewhere.
func TestExamineWay(t *testing.T) {
	t.Parallel()
	other := open(t, development(folder(t)))
	answers := func(f http.HandlerFunc) string {
		s := httptest.NewServer(f)
		t.Cleanup(s.Close)
		return s.URL
	}
	tests := map[string]struct{ url, check, text string }{
		"to another host": {other.URL(), "shop.reach", "another Appdock answers there"},
		"to another program": {
			answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }), "shop.reach", "something else answers there with status 404",
		},
		"to one that says yes to everything": {
			answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }), "shop.reach", "something else answers there with status 204",
		},
		"to a redirect": {
			answers(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "https://shop.example/?secret=x", http.StatusMovedPermanently)
			}), "shop.reach", "it is redirected, which apps do not follow: https://shop.example/",
		},
		"to nobody":          {"http://127.0.0.1:1", "shop.reach", "ADK-APP-REFUSED"},
		"to no host":         {"http://shop.invalid", "shop.dns", "shop.invalid"},
		"to one without TLS": {strings.Replace(answers(http.NotFound), "http:", "https:", 1), "shop.tls", "ADK-APP-TLS"},
	}
	c := development(folder(t))
	for name, tt := range tests {
		c.Shops = append(c.Shops, appdock.Shop{Name: name, URL: tt.url, Locale: "en-GB", Currency: "EUR"})
	}
	list := examined(t, open(t, c))
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			its := slices.DeleteFunc(slices.Clone(list), func(f control.Finding) bool { return f.Subject != tt.url })
			expect(t, its, tt.check, control.Fail, tt.text)
			if f := seen(its)[tt.check]; strings.Contains(f.Cause, "secret") {
				t.Errorf("a query is told: %s", f.Cause)
			}
		})
	}
}

func TestExamineCopy(t *testing.T) {
	t.Parallel()
	was, _, _ := original(t)
	c := copyOf(t, was)
	c.Listen = ""
	list := examined(t, open(t, c))
	expect(t, list, "shop.identity", control.Fail, "FRAMEWORK__APP_SHOP_ID_CHANGE_SUGGESTED")
}
