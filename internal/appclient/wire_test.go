package appclient

import (
	"bufio"
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// scripted is a server that answers every request with the same bytes.
type scripted struct {
	url         string
	connections atomic.Int32
}

// script starts one. It reads requests whole, and hangs up after an answer only if told to.
func script(t *testing.T, answer string, hangUp bool) *scripted {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &scripted{url: "http://" + listener.Addr().String()}
	ended := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			s.connections.Add(1)
			all.Go(func() {
				<-ended
				_ = c.Close()
			})
			all.Go(func() {
				in := bufio.NewReader(c)
				for {
					request, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, request.Body)
					_, _ = io.WriteString(c, answer)
					if hangUp {
						_ = c.Close()
					}
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		close(ended)
		all.Wait()
	})
	return s
}

// Both carriers read the same in what apps send, and use a connection again when the
// standard library would.
func TestAnswersOnTheWire(t *testing.T) {
	t.Parallel()
	both(t, answersOnTheWire)
}

func answersOnTheWire(t *testing.T, newClient maker) {
	t.Helper()
	t.Parallel()
	const ok = "HTTP/1.1 200 OK\r\n"
	tests := map[string]struct {
		answer    string
		hangUp    bool
		status    int
		body      string
		truncated bool
		again     bool   // the connection is used for the next call
		code      string // of the error, if there is one
	}{
		"a length":                       {ok + "Content-Length: 2\r\n\r\nhi", false, 200, "hi", false, true, ""},
		"no body":                        {"HTTP/1.1 204 No Content\r\n\r\n", false, 204, "", false, true, ""},
		"not modified has no body":       {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", false, 304, "", false, true, ""},
		"no reason":                      {"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi", false, 200, "hi", false, true, ""},
		"bare line feeds":                {"HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", false, 200, "hi", false, true, ""},
		"chunks":                         {ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n1;x=y\r\n!\r\n0\r\n\r\n", false, 200, "hi!", false, true, ""},
		"chunks with a trailer":          {ok + "Transfer-Encoding: chunked\r\nTrailer: X\r\n\r\n2\r\nhi\r\n0\r\nX: y\r\n\r\n", false, 200, "hi", false, true, ""},
		"chunks, whatever the length":    {ok + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", false, 200, "hi", false, true, ""},
		"until the end":                  {ok + "\r\nhi", true, 200, "hi", false, false, ""},
		"the last one":                   {ok + "Connection: close\r\nContent-Length: 2\r\n\r\nhi", false, 200, "hi", false, false, ""},
		"an old server":                  {"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", true, 200, "hi", false, false, ""},
		"an old server that stays":       {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi", false, 200, "hi", false, true, ""},
		"an answer before the answer":    {"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok + "Content-Length: 2\r\n\r\nhi", false, 200, "hi", false, true, ""},
		"too many of them":               {strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 3000), true, 0, "", false, false, CodeNotHTTP},
		"too long a body":                {ok + "Content-Length: 2000\r\n\r\n" + strings.Repeat("x", 2000), false, 200, strings.Repeat("x", 1024), true, false, ""},
		"an endless chunk":               {ok + "Transfer-Encoding: chunked\r\n\r\nfffffff\r\n" + strings.Repeat("x", 9000), false, 200, strings.Repeat("x", 1024), true, false, ""},
		"compressed all the same":        {ok + "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00", false, 200, "\x1f\x8b\x08\x00", false, true, ""},
		"an answer to nothing behind it": {ok + "Content-Length: 2\r\n\r\nhiHTTP/1.1 500 No\r\n\r\n", false, 200, "hi", false, false, ""},
		"a head without end":             {ok + "X: " + strings.Repeat("x", 70<<10), true, 0, "", false, false, CodeNotHTTP},
		"two lengths":                    {ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nhi", true, 0, "", false, false, CodeNotHTTP},
		"a length that is none":          {ok + "Content-Length: +2\r\n\r\nhi", true, 0, "", false, false, CodeNotHTTP},
		"an encoding of nobody":          {ok + "Transfer-Encoding: gzip\r\n\r\nhi", true, 0, "", false, false, CodeNotHTTP},
		"a header without a colon":       {ok + "what\r\n\r\n", true, 0, "", false, false, CodeNotHTTP},
		"a status that is none":          {"HTTP/1.1 2x0 OK\r\n\r\n", true, 0, "", false, false, CodeNotHTTP},
		"a status of nothing":            {"HTTP/1.1 000 OK\r\n\r\n", true, 0, "", false, false, CodeNotHTTP},
		"another protocol":               {"RTSP/1.0 200 OK\r\n\r\n", true, 0, "", false, false, CodeNotHTTP},
		"a protocol to switch to":        {"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", true, 101, "", false, false, ""},
		"a chunk that is none":           {ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\nhi", true, 200, "", false, false, CodeNotHTTP},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := script(t, tt.answer, tt.hangUp)
			client := newClient(t, nil)
			for range 2 {
				answer, err := client.exchange(t.Context(), post(s.url))
				if answer.Status != tt.status || string(answer.Body) != tt.body || answer.Truncated != tt.truncated || appdock.CodeOf(err) != tt.code {
					t.Fatalf("got %d, %d bytes %.20q, truncated %v, %v", answer.Status, len(answer.Body), answer.Body, answer.Truncated, err)
				}
			}
			if n := s.connections.Load(); (n == 1) != tt.again {
				t.Errorf("two calls took %d connections, want one: %v", n, tt.again)
			}
		})
	}
}

// An app may close a connection that is idle; the next call must not suffer from it. (With
// net/http it may: that learns of it from a goroutine of its own.)
func TestConnectionsThatEnded(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		t.Run(fmt.Sprint("secure ", secure), func(t *testing.T) {
			t.Parallel()
			closed := make(chan struct{}, 8)
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
				if state == http.StateClosed {
					closed <- struct{}{}
				}
			}
			roots := x509.NewCertPool()
			if secure {
				s.StartTLS()
				roots.AddCert(s.Certificate())
			} else {
				s.Start()
			}
			t.Cleanup(s.Close)
			client := newClient(t, func(o *Options) { o.Roots = roots })
			for range 5 {
				if answer, err := client.Call(t.Context(), post(s.URL)); err != nil || answer.Status != 200 {
					t.Fatalf("got %d, %v", answer.Status, err)
				}
				s.CloseClientConnections()
				<-closed
			}
		})
	}
}

func TestCallIsSafe(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, newClient maker) {
		t.Helper()
		t.Parallel()
		var protocols []string
		connections := 0
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			protocols = append(protocols, r.TLS.NegotiatedProtocol)
			_, _ = io.Copy(w, r.Body)
		}))
		s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				connections++
			}
		}
		s.StartTLS()
		t.Cleanup(s.Close)
		roots := x509.NewCertPool()
		roots.AddCert(s.Certificate())
		client := newClient(t, func(o *Options) { o.Roots = roots })
		for range 3 {
			answer, err := client.Call(t.Context(), post(s.URL))
			if err != nil || string(answer.Body) != `{"a":"\/"}` {
				t.Fatalf("got %q, %v", answer.Body, err)
			}
		}
		if connections != 1 {
			t.Errorf("3 calls took %d connections", connections)
		}
		for _, p := range protocols {
			if p != "" && p != "http/1.1" {
				t.Errorf("spoke %s", p)
			}
		}
	})
}

// What is written is one request, whatever stands in the call.
func TestRequestsOnTheWire(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, newClient maker) {
		t.Helper()
		t.Parallel()
		var got *http.Request
		var body []byte
		s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
			got = r
			body, _ = io.ReadAll(r.Body)
		})
		client := newClient(t, nil)
		large := bytes.Repeat([]byte("0123456789"), 50_000)
		header := func(pairs ...string) (list []protocol.Header) {
			for i := 0; i < len(pairs); i += 2 {
				list = append(list, protocol.Header{Name: pairs[i], Value: pairs[i+1]})
			}
			return list
		}
		tests := map[string]struct {
			call protocol.Call
			path string
			want map[string]string
			body []byte
		}{
			"a large body":            {protocol.Call{Method: "POST", Body: large}, "/", map[string]string{"Content-Length": "500000"}, large},
			"no body":                 {protocol.Call{Method: "POST"}, "/", nil, nil},
			"a GET":                   {protocol.Call{Method: "GET"}, "/a%2Fb?c=%20d&e", nil, nil},
			"the connection's own":    {protocol.Call{Method: "POST", Body: []byte("x"), Header: header("Host", "evil.test", "Content-Length", "0", "Transfer-Encoding", "chunked")}, "/", map[string]string{"Transfer-Encoding": ""}, []byte("x")},
			"an agent of its own":     {protocol.Call{Method: "GET", Header: header("User-Agent", "other")}, "/", map[string]string{"User-Agent": "other"}, nil},
			"words of another tongue": {protocol.Call{Method: "GET", Header: header("X-Name", "Jürgen")}, "/", map[string]string{"X-Name": "Jürgen"}, nil},
		}
		for name, tt := range tests {
			call := tt.call
			call.URL, call.Timeout, call.MaxAnswer = s.URL+tt.path, protocol.Timeout{Connect: 5 * time.Second, Total: 5 * time.Second}, 100
			if _, err := client.Call(t.Context(), call); err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if got.Method != call.Method || got.RequestURI != tt.path || got.Host != strings.TrimPrefix(s.URL, "http://") || !bytes.Equal(body, tt.body) {
				t.Errorf("%s: got %s %s of %s with %d bytes", name, got.Method, got.RequestURI, got.Host, len(body))
			}
			for name, want := range tt.want {
				if value := got.Header.Get(name); value != want {
					t.Errorf("%s: %q, want %q", name, value, want)
				}
			}
		}
		call := post(strings.Replace(s.URL, "://", "://ann:pw@", 1))
		if _, err := client.Call(t.Context(), call); err != nil {
			t.Error(err)
		} else if user, password, _ := got.BasicAuth(); user != "ann" || password != "pw" {
			t.Errorf("got %s %s", user, password)
		}
		for _, h := range header("X-A", "1\r\nX-B: 2", "X-A", "1\nX-B", "X A", "1", "X-A: 1\r\nX-B", "2", "", "x") {
			call := post(s.URL)
			call.Header = append(call.Header, h)
			if _, err := client.Call(t.Context(), call); err == nil {
				t.Errorf("header %q was sent", h)
			}
		}
	})
}

// An app that refuses a large request without reading it is heard.
func TestAnswerBeforeTheRequestIsRead(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, newClient maker) {
		t.Helper()
		t.Parallel()
		listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		ended := make(chan struct{})
		all.Go(func() {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 100))
			_, _ = io.WriteString(c, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
			<-ended
			_ = c.Close()
		})
		t.Cleanup(func() { close(ended); _ = listener.Close(); all.Wait() })
		call := post("http://" + listener.Addr().String())
		call.Body = make([]byte, 64<<20) // more than sockets hold
		if answer, err := newClient(t, nil).Call(t.Context(), call); err != nil || answer.Status != 413 {
			t.Errorf("got %d, %v", answer.Status, err)
		}
	})
}

// Names in other letters are looked up as the ASCII that stands for them.
func TestTargets(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		url, address, host string
		secure             bool
	}{
		"http":               {"http://app.test/a", "app.test:80", "app.test", false},
		"https":              {"https://app.test/a", "app.test:443", "app.test", true},
		"a port":             {"https://app.test:8443/a", "app.test:8443", "app.test:8443", true},
		"the usual port":     {"http://app.test:80", "app.test:80", "app.test:80", false},
		"an empty port":      {"http://app.test:/", "app.test:80", "app.test", false},
		"IPv6":               {"http://[2001:db8::1]:8080/", "[2001:db8::1]:8080", "[2001:db8::1]:8080", false},
		"IPv6 with a zone":   {"http://[fe80::1%25eth0]/", "[fe80::1%eth0]:80", "[fe80::1]", false},
		"letters of German":  {"https://Müller.example/", "xn--mller-kva.example:443", "xn--mller-kva.example", true},
		"an IPv4 in letters": {"http://①②⑦.0.0.1/", "127.0.0.1:80", "127.0.0.1", false},
	}
	for name, tt := range tests {
		to, request, err := appendRequest(nil, protocol.Call{Method: "GET", URL: tt.url}, "x")
		if err != nil || net.JoinHostPort(to.name, to.port) != tt.address || to.secure != tt.secure || !bytes.Contains(request, []byte("\r\nHost: "+tt.host+"\r\n")) {
			t.Errorf("%s: got %+v, %v\n%s", name, to, err, request)
		}
	}
	if _, _, err := appendRequest(nil, protocol.Call{Method: "GET", URL: "http://xn--\u00fc.test/"}, "x"); !errors.Is(err, errURL) {
		t.Errorf("got %v", err)
	}
}

func TestPool(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool()
		ends := map[*conn]net.Conn{}
		made := func(name string) *conn {
			ours, theirs := net.Pipe()
			c := &conn{Conn: ours, to: target{name: name}}
			ends[c] = theirs
			return c
		}
		open := func(c *conn) bool {
			_ = ends[c].SetReadDeadline(time.Now().Add(time.Millisecond))
			_, err := ends[c].Read(make([]byte, 1))
			return !errors.Is(err, io.EOF)
		}
		var first []*conn
		for i := range idlePerTarget + 1 {
			c := made("a")
			first = append(first, c)
			p.put(c)
			if i < idlePerTarget && !open(first[0]) {
				t.Fatalf("closed after %d", i)
			}
		}
		if open(first[0]) || !open(first[1]) {
			t.Error("of too many for one app the oldest is not the one that is closed")
		}
		for i := range idleInAll - idlePerTarget + 1 {
			p.put(made(fmt.Sprint("b", i)))
		}
		if open(first[1]) || !open(first[2]) || p.all.Len() != idleInAll {
			t.Errorf("of too many in all the oldest is not the one that is closed: %d are kept", p.all.Len())
		}
		time.Sleep(idleRound + time.Second)
		late := made("late")
		p.put(late)
		time.Sleep(idleRound)
		synctest.Wait()
		if open(first[2]) || p.all.Len() != 1 || !open(late) {
			t.Errorf("%d are kept after %v", p.all.Len(), 2*idleRound)
		}
		time.Sleep(2 * idleRound)
		synctest.Wait()
		if open(late) || p.all.Len() != 0 || len(p.idle) != 0 || p.timer != nil {
			t.Error("one that nobody uses is kept")
		}
		again := made("late")
		p.put(again)
		p.close()
		after := made("late")
		p.put(after)
		if open(again) || open(after) || p.all.Len() != 0 {
			t.Error("a closed pool keeps connections")
		}
	})
}

// What an app sends is read without harm: no more than was allowed, and nothing of it is
// left for the next call.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "HTTP/1.1 200 OK\r\n\r\nhi",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 404 No\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n", "SSH-2.0\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 101 Switch\r\n\r\nx",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		in := bytes.NewReader(sent)
		c := &conn{Conn: readerConn{Reader: in}}
		c.reader = bufio.NewReader(c)
		answer, again, err := c.answer(protocol.Call{Method: "POST", MaxAnswer: 64})
		if len(answer.Body) > 64 {
			t.Errorf("%d bytes", len(answer.Body))
		}
		if answer.Status == 0 && err == nil || err != nil && again || again && c.reader.Buffered() > 0 {
			t.Errorf("got %+v, again %v, %v", answer, again, err)
		}
		if again && answer.Truncated {
			t.Error("a connection is used again although its answer was not read to its end")
		}
	})
}

// readerConn is a connection that only speaks.
type readerConn struct {
	net.Conn
	*bytes.Reader
}

func (c readerConn) Read(p []byte) (int, error) { return c.Reader.Read(p) }

func BenchmarkCall(b *testing.B) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusNoContent)
	}))
	defer s.Close()
	o := Options{Agent: "Appdock/test", Development: true, Now: time.Now}
	for name, carry := range map[string]carrier{"wire": newWire(o.Agent, o.dialer(), o.tls()), "standard": newStandard(o)} {
		b.Run(name, func(b *testing.B) {
			client := &Client{carrier: carry, now: time.Now}
			defer client.Close()
			call := post(s.URL)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := client.Call(context.Background(), call); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
