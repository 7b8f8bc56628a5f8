package appclient

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/webhook"
	"github.com/appdock/appdock/protocol"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func post(url string) protocol.Call {
	return protocol.Call{
		Method: http.MethodPost, URL: url, Body: []byte(`{"a":"\/"}`),
		Header:    []protocol.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "shopware-shop-signature", Value: "00ff"}},
		Timeout:   protocol.Timeout{Connect: 5 * time.Second, Total: 5 * time.Second},
		MaxAnswer: 1 << 10,
	}
}

func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s
}

// raw is a server that answers every connection with these bytes, or never with nil.
func raw(t *testing.T, answer []byte) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
			if answer != nil {
				_, _ = conn.Read(make([]byte, 1<<10))
				_, _ = conn.Write(answer)
				_ = conn.Close()
			}
		}
	}()
	t.Cleanup(func() { _ = listener.Close(); <-ended })
	return listener.Addr().String()
}

func TestCallSendsWhatWasSigned(t *testing.T) {
	both(t, callSendsWhatWasSigned)
}

func callSendsWhatWasSigned(t *testing.T, newClient maker) {
	t.Helper()
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1") // no t.Parallel: the environment is shared
	t.Setenv("http_proxy", "http://127.0.0.1:1")
	var body []byte
	var got *http.Request
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.Header().Set("X-Answer", "yes")
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write([]byte("short and stout"))
	})
	call := post(s.URL + "/hook?b=2&a=%2f+x")
	answer, err := newClient(t, nil).Call(t.Context(), call)
	if err != nil {
		t.Fatal(err)
	}
	if answer.Status != 418 || string(answer.Body) != "short and stout" || answer.Header.Get("X-Answer") != "yes" || answer.Truncated {
		t.Errorf("got %+v", answer)
	}
	if !bytes.Equal(body, call.Body) || got.Method != "POST" || got.RequestURI != "/hook?b=2&a=%2f+x" {
		t.Errorf("the app got %s %s %s", got.Method, got.RequestURI, body)
	}
	for name, want := range map[string]string{
		"Shopware-Shop-Signature": "00ff", "Content-Type": "application/json",
		"User-Agent": "Appdock/test", "Accept-Encoding": "identity",
	} {
		if values := got.Header.Values(name); len(values) != 1 || values[0] != want {
			t.Errorf("%s: got %q, want %q", name, values, want)
		}
	}
}

func TestCallAnswers(t *testing.T) {
	t.Parallel()
	both(t, callAnswers)
}

func callAnswers(t *testing.T, newClient maker) {
	t.Helper()
	t.Parallel()
	var followed atomic.Bool
	mux := http.NewServeMux()
	mux.HandleFunc("/redirect", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/followed")
		w.WriteHeader(http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/nowhere", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "http://[::broken/")
		w.WriteHeader(http.StatusFound)
	})
	mux.HandleFunc("/followed", func(http.ResponseWriter, *http.Request) { followed.Store(true) })
	mux.HandleFunc("/full", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(bytes.Repeat([]byte("x"), 1<<10)) })
	mux.HandleFunc("/long", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(bytes.Repeat([]byte("x"), 1<<10+1)) })
	s := serve(t, mux.ServeHTTP)
	tests := map[string]struct {
		path      string
		status    int
		location  string
		length    int
		truncated bool
	}{
		"a redirect is an answer that names its location": {"/redirect", 307, "/followed", 0, false},
		"even if that is none":                            {"/nowhere", 302, "http://[::broken/", 0, false},
		"a body as long as allowed":                       {"/full", 200, "", 1 << 10, false},
		"one byte more is cut":                            {"/long", 200, "", 1 << 10, true},
	}
	client := newClient(t, nil)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer, err := client.Call(t.Context(), post(s.URL+tt.path))
			if err != nil || answer.Status != tt.status || answer.Header.Get("Location") != tt.location ||
				len(answer.Body) != tt.length || answer.Truncated != tt.truncated {
				t.Errorf("got %d %q, %d bytes, truncated %v, %v", answer.Status, answer.Header.Get("Location"), len(answer.Body), answer.Truncated, err)
			}
		})
	}
	t.Cleanup(func() {
		if followed.Load() {
			t.Error("a redirect was followed")
		}
	})
}

// Each situation in which an app does not answer is told apart, with what to do about it.
func TestCallExplains(t *testing.T) {
	t.Parallel()
	both(t, callExplains)
}

func callExplains(t *testing.T, newClient maker) {
	t.Helper()
	t.Parallel()
	silent := raw(t, nil)
	closed := raw(t, []byte{})
	halfway := raw(t, []byte("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"))
	ssh := raw(t, []byte("SSH-2.0-OpenSSH_9.6\r\n"))
	quiet := log.New(io.Discard, "", 0)
	plain := serve(t, func(http.ResponseWriter, *http.Request) {})
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	secure.Config.ErrorLog = quiet
	secure.StartTLS()
	t.Cleanup(secure.Close)
	old := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	old.Config.ErrorLog = quiet
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11} //nolint:gosec // that is what is refused
	old.StartTLS()
	t.Cleanup(old.Close)
	roots := x509.NewCertPool()
	roots.AddCert(secure.Certificate())
	drip := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})

	short := func(c *protocol.Call) { c.Timeout.Total = 50 * time.Millisecond }
	tests := map[string]struct {
		url    string
		call   func(*protocol.Call)
		client func(*Options)
		code   string
		cause  string
	}{
		"nobody listens":                     {"http://127.0.0.1:1/", nil, nil, CodeRefused, "nobody listens at 127.0.0.1:1"},
		"it never answers":                   {"http://" + silent, short, nil, CodeTimeout, "no answer within 0.05 s"},
		"it never shakes hands":              {"https://" + silent, func(c *protocol.Call) { c.Timeout.Connect = 50 * time.Millisecond }, nil, CodeTimeout, "no connection within 0.05 s"},
		"it sends a head and no body":        {drip.URL, short, nil, CodeTimeout, "no answer within 0.05 s"},
		"it hangs up":                        {"http://" + closed, nil, nil, CodeUnreachable, "closed the connection"},
		"it hangs up in the middle":          {"http://" + halfway, nil, nil, CodeUnreachable, "closed the connection"},
		"it is no web server":                {"http://" + ssh, nil, nil, CodeNotHTTP, "not an HTTP answer"},
		"the name is none":                   {"http://app.invalid/", nil, nil, CodeName, "app.invalid"},
		"its certificate is not trusted":     {secure.URL, nil, nil, CodeTLS, "certificate"},
		"its certificate is for another":     {strings.Replace(secure.URL, "127.0.0.1", "localhost", 1), nil, func(o *Options) { o.Roots = roots }, CodeTLS, "localhost"},
		"it speaks no TLS of this century":   {old.URL, nil, nil, CodeTLS, "not safe"},
		"it speaks http where https belongs": {strings.Replace(plain.URL, "http:", "https:", 1), nil, nil, CodeTLS, "speaks http"},
		"it is on this machine":              {plain.URL, nil, func(o *Options) { o.Development = false }, CodeAddressRefused, "127.0.0.1"},
		"its name leads to this machine":     {strings.Replace(plain.URL, "127.0.0.1", "localhost", 1), nil, func(o *Options) { o.Development = false }, CodeAddressRefused, "127.0.0.1"},
		"the metadata service":               {"http://169.254.169.254/latest", nil, nil, CodeAddressRefused, "169.254.169.254"},
		"a decimal loopback":                 {"http://[::ffff:127.0.0.1]:1/", nil, func(o *Options) { o.Development = false }, CodeAddressRefused, "127.0.0.1"},
		"no host":                            {"http:///hook", nil, nil, CodeURLInvalid, "absolute"},
		"another scheme":                     {"file:///etc/passwd", nil, nil, CodeURLInvalid, "absolute"},
		"not a URL":                          {"http://[::1", nil, nil, CodeURLInvalid, "absolute"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			call := post(tt.url + "?token=canary-7f3a")
			if tt.call != nil {
				tt.call(&call)
			}
			answer, err := newClient(t, tt.client).Call(t.Context(), call)
			e, ok := errors.AsType[*appdock.Error](err)
			if !ok {
				t.Fatalf("got %v and status %d, want an error for people", err, answer.Status)
			}
			if e.Code != tt.code || !strings.Contains(e.Cause, tt.cause) || e.Cure == "" || e.Message == "" {
				t.Errorf("got code %s\ncause %s\ncure %s\nwant %s, %s", e.Code, e.Cause, e.Cure, tt.code, tt.cause)
			}
			if strings.Contains(fmt.Sprint(err, e.Cause, e.Message, e.Cure), "canary") {
				t.Errorf("the query is shown: %v", err)
			}
			if answer.Status != 0 {
				t.Errorf("got an answer beside the error: %+v", answer)
			}
		})
	}
}

// However a host is spelt, the machine itself and what stands beside it is not called.
func TestAddressesInDisguise(t *testing.T) {
	t.Parallel()
	both(t, addressesInDisguise)
}

func addressesInDisguise(t *testing.T, newClient maker) {
	t.Helper()
	t.Parallel()
	var hits atomic.Int32
	server := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	_, port, err := net.SplitHostPort(strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	client := newClient(t, func(o *Options) { o.Development = false })
	for _, host := range []string{
		"127.0.0.1", "127.0.0.1.", "127.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0", "0.0.0.0",
		"localhost", "localhost.", "LOCALHOST", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
		"[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "169.254.169.254", "169.254.169.254.", "2852039166",
		"[64:ff9b::a9fe:a9fe]", "[fd00:ec2::254]", "[fe80::1%25lo]", "metadata.google.internal",
	} {
		call := post("http://" + host + ":" + port + "/")
		call.Timeout = protocol.Timeout{Connect: 2 * time.Second, Total: 2 * time.Second}
		answer, err := client.Call(t.Context(), call)
		switch code := appdock.CodeOf(err); code {
		case CodeAddressRefused, CodeName, CodeURLInvalid:
		case CodeTimeout, CodeUnreachable: // the network of this machine answers no names, or late
			if net.ParseIP(strings.Trim(host, "[]")) != nil {
				t.Errorf("%s: got %s, want it to be refused", host, code)
			}
		default:
			t.Errorf("%s: got status %d, %v", host, answer.Status, err)
		}
	}
	if n := hits.Load(); n > 0 {
		t.Errorf("this machine was called %d times", n)
	}
}

func TestCallAllows(t *testing.T) {
	t.Parallel()
	both(t, callAllows)
}

func callAllows(t *testing.T, newClient maker) {
	t.Helper()
	t.Parallel()
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	client := newClient(t, func(o *Options) {
		o.Development, o.Allow = false, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	if answer, err := client.Call(t.Context(), post(s.URL)); err != nil || answer.Status != 200 {
		t.Errorf("got %d, %v", answer.Status, err)
	}
}

func TestCallEndsWithItsContext(t *testing.T) {
	t.Parallel()
	both(t, callEndsWithItsContext)
}

func callEndsWithItsContext(t *testing.T, newClient maker) {
	t.Helper()
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server see that the client left
		cancel()
		<-r.Context().Done()
	})
	if _, err := newClient(t, nil).Call(ctx, post(s.URL+"?q=canary")); !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "canary") {
		t.Errorf("got %v", err)
	}
}

func TestCallKeepsConnections(t *testing.T) {
	t.Parallel()
	both(t, callKeepsConnections)
}

func callKeepsConnections(t *testing.T, newClient maker) {
	t.Helper()
	t.Parallel()
	var connections atomic.Int64
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) }))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	client := newClient(t, nil)
	for range 20 {
		if _, err := client.Call(t.Context(), post(s.URL)); err != nil {
			t.Fatal(err)
		}
	}
	if got := connections.Load(); got != 1 {
		t.Errorf("20 calls took %d connections", got)
	}
}

func TestSend(t *testing.T) {
	t.Parallel()
	both(t, send)
}

func send(t *testing.T, newClient maker) {
	t.Helper()
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	answer := func(status int, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
		}
	}
	tests := map[string]struct {
		handler http.HandlerFunc
		want    webhook.Outcome
	}{
		"accepted":                       {answer(204), webhook.Outcome{Status: 204}},
		"refused for good":               {answer(400), webhook.Outcome{Status: 400}},
		"down":                           {answer(500), webhook.Outcome{Status: 500, Another: true}},
		"not there for now":              {answer(404), webhook.Outcome{Status: 404, Another: true}},
		"gone":                           {answer(410), webhook.Outcome{Status: 410}},
		"busy for seconds":               {answer(429, "Retry-After", "120"), webhook.Outcome{Status: 429, Another: true, RetryAfter: 2 * time.Minute}},
		"busy until a date":              {answer(503, "Retry-After", "Sun, 01 Mar 2026 13:00:00 GMT"), webhook.Outcome{Status: 503, Another: true, RetryAfter: time.Hour}},
		"busy until a date that is over": {answer(503, "Retry-After", "Sun, 01 Mar 2026 11:00:00 GMT"), webhook.Outcome{Status: 503, Another: true}},
		"busy for a negative time":       {answer(429, "Retry-After", "-5"), webhook.Outcome{Status: 429, Another: true}},
		"busy for longer than a number":  {answer(429, "Retry-After", "99999999999999999999"), webhook.Outcome{Status: 429, Another: true}},
		"busy until soon":                {answer(429, "Retry-After", "soon"), webhook.Outcome{Status: 429, Another: true}},
		"elsewhere":                      {answer(302, "Location", "https://else.test/in?token=canary"), webhook.Outcome{Status: 302, Error: "redirect not allowed: https://else.test/in"}},
		"accepted, and the body never ends": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(http.StatusAccepted)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, webhook.Outcome{Status: 202}},
	}
	client := newClient(t, func(o *Options) { o.Now = func() time.Time { return now } })
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			call := post(serve(t, tt.handler).URL)
			call.Timeout.Total = 500 * time.Millisecond
			got := client.Send(t.Context(), call, webhook.Key{Secret: appdock.NewSecret("canary-0")})
			if took := tt.want.Status/100 == 2; took != (got.Request == "") || !took && !strings.HasPrefix(got.Request, "POST /\nHost: ") {
				t.Errorf("request: %q", got.Request)
			}
			if !strings.HasPrefix(got.Response, fmt.Sprint(tt.want.Status)) {
				t.Errorf("response: %q", got.Response)
			}
			got.Request, got.Response = "", ""
			if got != tt.want {
				t.Errorf("got %+v\nwant %+v", got, tt.want)
			}
		})
	}
	t.Run("nobody listens", func(t *testing.T) {
		t.Parallel()
		got := client.Send(t.Context(), post("http://127.0.0.1:1/"), webhook.Key{})
		if got.Status != 0 || !got.Another || !strings.Contains(got.Error, "nobody listens") || got.Response != "" {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("what is no URL is not tried again", func(t *testing.T) {
		t.Parallel()
		if got := client.Send(t.Context(), post("nowhere"), webhook.Key{}); got.Another || got.Error == "" {
			t.Errorf("got %+v", got)
		}
	})
}

func TestTextsAreRedacted(t *testing.T) {
	t.Parallel()
	call := post("https://user:canary-1@app.test/hook?token=canary-2&ok=1")
	call.Header = append(call.Header, protocol.Header{Name: "Authorization", Value: "Bearer canary-3"})
	call.Body = []byte(`{"secretKey":"x","contextToken":"canary-4","secret":"canary-5"}`)
	answer := protocol.Answer{
		Status: 200, Header: http.Header{"Set-Cookie": {"s=canary-6"}},
		Body: []byte("{\"secret\":\"canary-7\",\"echo\":\"canary-8 canary-9\"}\x1b[2J\x00\xff"),
	}
	hide := webhook.Key{Secret: appdock.NewSecret("canary-8"), Previous: appdock.NewSecret("canary-9")}
	got := Text(call, hide) + answerText(answer, hide)
	if strings.Contains(got, "canary") {
		t.Errorf("a secret is shown:\n%s", got)
	}
	for _, want := range []string{"POST /hook?token=", "Host: app.test\n", "ok=1", "shopware-shop-signature: 00ff", "200 OK\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	if strings.ContainsAny(got, "\x00\x1b") {
		t.Error("control characters reach the terminal")
	}
	if text := answerText(protocol.Answer{Status: 200, Body: bytes.Repeat([]byte("ü"), 64<<10)}, webhook.Key{}); len(text) > 64<<10+3 {
		t.Errorf("%d bytes are kept", len(text))
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"", "0", "120", "-1", "Sun, 01 Mar 2026 13:00:00 GMT", "99999999999", "1e3"} {
		f.Add(seed)
	}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, value string) {
		if got := retryAfter(value, now); got < 0 {
			t.Errorf("%q: %v", value, got)
		}
	})
}
