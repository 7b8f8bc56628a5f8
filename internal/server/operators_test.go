package server_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
)

// remotely is the configuration of a host that takes operators' calls over the net.
func remotely(t *testing.T) server.Config {
	t.Helper()
	c := development(folder(t))
	c.Remote = true
	return c
}

func newToken(t *testing.T, host *server.Server, order control.NewToken) control.CreatedToken {
	t.Helper()
	token, err := host.CreateToken(t.Context(), order)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// dial gives the host as an operator elsewhere has it.
func dial(t *testing.T, host *server.Server, token string) *control.Client {
	t.Helper()
	c, err := control.DialRemote(host.URL(), appdock.NewSecret(token))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestTokensOfOperators(t *testing.T) {
	t.Parallel()
	host := open(t, remotely(t))
	laptop := newToken(t, host, control.NewToken{Label: "laptop"})
	ended := newToken(t, host, control.NewToken{Label: "ended"})
	if _, err := host.RevokeToken(t.Context(), "ended"); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		header string
		want   int
	}{
		"a token":                  {"Bearer " + laptop.Text, 200},
		"the scheme in lower case": {"bearer " + laptop.Text, 200},
		"none":                     {"", 401},
		"an empty one":             {"Bearer ", 401},
		"another scheme":           {"Basic " + laptop.Text, 401},
		"no scheme":                {laptop.Text, 401},
		"a wrong one":              {"Bearer " + laptop.Text + "x", 401},
		"its id":                   {"Bearer " + laptop.ID, 401},
		"one that was revoked":     {"Bearer " + ended.Text, 401},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, body, header := get(t, client(t), host.URL()+"/control/v1/shops", http.Header{"Authorization": {tt.header}})
			if status != tt.want {
				t.Errorf("got %d %s, want %d", status, body, tt.want)
			}
			if status == 401 && (!strings.Contains(body, "ADK-TOKEN-REFUSED") || header.Get("Www-Authenticate") == "") {
				t.Errorf("got %s, %v: want the code and the challenge", body, header)
			}
		})
	}
}

func TestTokensThatCannotBeMade(t *testing.T) {
	t.Parallel()
	host := open(t, remotely(t))
	laptop := newToken(t, host, control.NewToken{Label: "laptop", Seconds: 3600})
	if d := laptop.ExpiresAt.Sub(laptop.CreatedAt); d != time.Hour {
		t.Errorf("it is good for %s, want an hour", d)
	}
	for name, order := range map[string]control.NewToken{
		"no label": {Label: " "}, "two lines": {Label: "a\nb"}, "a long label": {Label: strings.Repeat("x", 101)},
		"a taken label": {Label: "laptop"}, "less than no time": {Label: "x", Seconds: -1}, "more than a life": {Label: "x", Seconds: 1 << 62},
	} {
		if _, err := host.CreateToken(t.Context(), order); refusal(t, err) != "ADK-TOKEN-INVALID" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := host.RevokeToken(t.Context(), "nobody's"); refusal(t, err) != "ADK-NOT-FOUND" {
		t.Errorf("revoke an unknown one: got %v", err)
	}
	if _, err := dial(t, host, laptop.Text).CreateToken(t.Context(), control.NewToken{Label: "child"}); refusal(t, err) != "ADK-TOKEN-LOCAL" {
		t.Errorf("a token makes another: got %v", err)
	}
	if list, err := host.Tokens(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("got %v, %v, want one token", list, err)
	}
}

// A token is good after a restart too.
func TestTokensStay(t *testing.T) {
	t.Parallel()
	c := remotely(t)
	host, err := server.Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	token := newToken(t, host, control.NewToken{Label: "laptop"})
	closeHost(t, host)
	host = open(t, c)
	if _, err := dial(t, host, token.Text).Version(t.Context()); err != nil {
		t.Errorf("after a restart: %v", err)
	}
}

// A token is not taken in the clear, but from this machine, whatever a proxy that nobody
// trusts may say.
func TestTokensDoNotCrossTheNetInTheClear(t *testing.T) {
	t.Parallel()
	alone := open(t, remotely(t))
	c := remotely(t)
	c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	behind := open(t, c)
	from := func(proto string) http.Header {
		return http.Header{"X-Forwarded-For": {"203.0.113.9"}, "X-Forwarded-Proto": {proto}, "X-Forwarded-Host": {"shop.example"}}
	}
	tests := map[string]struct {
		host   *server.Server
		header http.Header
		want   int
	}{
		"from this machine":                      {alone, http.Header{}, 200},
		"through a proxy that is not trusted":    {alone, from("https"), 403},
		"over https to the trusted proxy":        {behind, from("https"), 200},
		"in the clear to the trusted proxy":      {behind, from("http"), 403},
		"from elsewhere, the proxy says not how": {behind, http.Header{"X-Forwarded-For": {"203.0.113.9"}}, 403},
	}
	tokens := map[*server.Server]string{
		alone: newToken(t, alone, control.NewToken{Label: "x"}).Text, behind: newToken(t, behind, control.NewToken{Label: "x"}).Text,
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header := tt.header.Clone()
			header.Set("Authorization", "Bearer "+tokens[tt.host])
			if status, body, _ := get(t, client(t), tt.host.URL()+"/control/v1/shops", header); status != tt.want {
				t.Errorf("got %d %s, want %d", status, body, tt.want)
			}
		})
	}
	if _, err := control.DialRemote("http://shop.example", appdock.NewSecret("x")); refusal(t, err) != "ADK-REMOTE" {
		t.Errorf("the client sends it in the clear: got %v", err)
	}
}

func TestHostThatIsNotToldServesNoOperators(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	token := newToken(t, host, control.NewToken{Label: "x"})
	if _, err := dial(t, host, token.Text).Shops(t.Context()); refusal(t, err) != "ADK-HOST-UNREACHABLE" {
		t.Errorf("got %v", err)
	}
}

// Each call is a line of the log that says who did what; no line has a token.
func TestOperatorsCallsAreLogged(t *testing.T) {
	t.Parallel()
	wrote := &transcript{}
	c := remotely(t)
	c.Log = slog.New(server.LogHandler(slog.NewJSONHandler(wrote, nil)))
	host, err := server.Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	token := newToken(t, host, control.NewToken{Label: "laptop"})
	shop := found(t.Context(), t, dial(t, host, token.Text))
	if _, err := shop.Activate(t.Context(), "Nobody"); err == nil {
		t.Error("an app that is not there was activated")
	}
	if _, err := dial(t, host, "adk_wrong").Shops(t.Context()); appdock.CodeOf(err) != "ADK-TOKEN-REFUSED" {
		t.Errorf("a wrong token: got %v", err)
	}
	if _, err := dial(t, host, token.Text).RevokeToken(t.Context(), token.Text); appdock.CodeOf(err) != "ADK-NOT-FOUND" {
		t.Errorf("a token is taken for its label: got %v", err)
	}
	closeHost(t, host)
	var calls, refused []map[string]any
	for line := range strings.Lines(string(wrote.bytes())) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		switch entry["msg"] {
		case "operator's call":
			calls = append(calls, entry)
		case "operator refused":
			refused = append(refused, entry)
		}
	}
	if len(calls) != 3 || len(refused) != 1 {
		t.Fatalf("got %d calls and %d refusals, want 3 and 1:\n%s", len(calls), len(refused), wrote.bytes())
	}
	for key, want := range map[string]any{
		"action": "app.activate", "app": "Nobody", "operator": "laptop", "token": token.ID, "address": "127.0.0.1", "outcome": "FRAMEWORK__APP_NOT_FOUND",
	} {
		if calls[1][key] != want {
			t.Errorf("%s: got %v, want %v", key, calls[1][key], want)
		}
	}
	if calls[1]["request_id"] == nil || refused[0]["path"] != "/control/v1/shops" {
		t.Errorf("got %v and %v", calls[1], refused[0])
	}
	if strings.Contains(string(wrote.bytes()), "adk_") {
		t.Errorf("the log has a token:\n%s", wrote.bytes())
	}
}

// A stream begins at once, and does not keep the host from ending.
func TestWatchedFromElsewhere(t *testing.T) {
	t.Parallel()
	host, err := server.Open(context.Background(), remotely(t))
	if err != nil {
		t.Fatal(err)
	}
	token := newToken(t, host, control.NewToken{Label: "x"})
	req, err := http.NewRequestWithContext(within(t, soon), http.MethodGet, host.URL()+"/control/v1/watch", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token.Text)
	res, err := client(t).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "application/x-ndjson" {
		t.Errorf("got %d %v", res.StatusCode, res.Header)
	}
	closeHost(t, host)
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Errorf("the stream breaks off: %v", err)
	}
	_ = res.Body.Close()
}

func TestCallsAreBounded(t *testing.T) {
	t.Parallel()
	host := open(t, remotely(t))
	token := newToken(t, host, control.NewToken{Label: "x"})
	shop := found(t.Context(), t, dial(t, host, token.Text))
	_, err := shop.Trigger(t.Context(), control.Trigger{Event: strings.Repeat("x", 2<<20)})
	if refusal(t, err) != "ADK-CALL-MALFORMED" || appdock.KindOf(err) != appdock.TooLarge {
		t.Errorf("two megabytes: got %v", err)
	}
}
