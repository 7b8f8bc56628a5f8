package appclient

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/appdock/appdock/protocol"
	"golang.org/x/net/idna"
)

// wire speaks HTTP/1.1 for one call at a time on a connection: the goroutine that calls
// writes the request with one system call and reads the answer itself. net/http hands both
// to goroutines of its own, which costs more than everything else about a small request
// (docs/adr/0025-http-client.md). Answers are parsed by net/http all the same.
type wire struct {
	agent   string
	dialer  *net.Dialer
	tls     *tls.Config
	idle    *pool
	buffers sync.Pool // of *[]byte, for requests
}

// Limits of a connection. A call has deadlines of its own.
const (
	maxAnswerHead = 64 << 10
	// A request of this size goes out while its answer is waited for: an app may refuse it
	// without reading all of it.
	largeRequest = 64 << 10
)

func newWire(agent string, dialer *net.Dialer, config *tls.Config) *wire {
	config = config.Clone()
	config.NextProtos = []string{"http/1.1"}
	return &wire{
		agent: agent, dialer: dialer, tls: config, idle: newPool(),
		buffers: sync.Pool{New: func() any { return new([]byte) }},
	}
}

func (w *wire) close() { w.idle.close() }

// carry makes the call on a connection that is there already, or on a new one.
func (w *wire) carry(ctx context.Context, call protocol.Call) (protocol.Answer, error) {
	buffer := w.buffers.Get().(*[]byte)
	to, request, err := appendRequest((*buffer)[:0], call, w.agent)
	if err != nil {
		return protocol.Answer{}, err
	}
	defer func() {
		if *buffer = request[:0]; cap(request) <= largeRequest {
			w.buffers.Put(buffer)
		}
	}()
	for {
		c, used := w.idle.take(to), true
		if c == nil {
			used = false
			if c, err = w.dial(ctx, to, call.Timeout); err != nil {
				return protocol.Answer{}, err
			}
		}
		// Whoever ends the call hangs up, which ends every reading and writing.
		hangUp := context.AfterFunc(ctx, func() { _ = c.Close() })
		answer, again, err := c.exchange(request, call)
		if !hangUp() || !again {
			_ = c.Close()
		} else {
			w.idle.put(c)
		}
		if err != nil && used && errors.Is(err, errNothingSent) && ctx.Err() == nil {
			continue
		}
		return answer, err
	}
}

// target is who is called.
type target struct {
	secure bool
	name   string // of the host
	port   string
}

// appendRequest writes the request of a call. Names of headers keep their spelling and
// their order.
func appendRequest(b []byte, call protocol.Call, agent string) (to target, request []byte, err error) {
	u, err := url.Parse(call.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return to, b, errURL
	}
	if to, err = targetOf(u); err != nil {
		return to, b, err
	}
	host, _, _ := strings.Cut(to.name, "%") // a zone is nobody's but ours
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if u.Port() != "" {
		host += ":" + to.port
	}
	if !isToken(call.Method) || !isLine(u.RequestURI()) || !isLine(host) {
		return to, b, errURL
	}
	b = append(append(append(append(b, call.Method...), ' '), u.RequestURI()...), " HTTP/1.1\r\n"...)
	b = appendHeader(b, "Host", host)
	agents, authorized := 0, false
	for _, h := range call.Header {
		switch strings.ToLower(h.Name) {
		case "host", "content-length", "transfer-encoding", "trailer", "connection", "accept-encoding":
			continue // the connection's own
		case "user-agent":
			agents++
		case "authorization":
			authorized = true
		}
		if !isToken(h.Name) || !isLine(h.Value) {
			return to, b, fmt.Errorf("header %q cannot be sent: its name or value is none", h.Name)
		}
		b = appendHeader(b, h.Name, h.Value)
	}
	if agents == 0 {
		b = appendHeader(b, "User-Agent", agent)
	}
	if u.User != nil && !authorized {
		password, _ := u.User.Password()
		b = appendHeader(b, "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(u.User.Username()+":"+password)))
	}
	if call.Body != nil || call.Method == http.MethodPost {
		b = append(strconv.AppendInt(append(b, "Content-Length: "...), int64(len(call.Body)), 10), "\r\n"...)
	}
	b = append(b, "Accept-Encoding: identity\r\n\r\n"...)
	return to, append(b, call.Body...), nil
}

func targetOf(u *url.URL) (to target, err error) {
	to = target{secure: u.Scheme == "https", name: u.Hostname(), port: u.Port()}
	if !isASCII(to.name) {
		if to.name, err = idna.Lookup.ToASCII(to.name); err != nil {
			return to, errURL
		}
	}
	if to.port == "" {
		to.port = "80"
		if to.secure {
			to.port = "443"
		}
	}
	return to, nil
}

func appendHeader(b []byte, name, value string) []byte {
	return append(append(append(append(b, name...), ": "...), value...), "\r\n"...)
}

// isLine reports whether a text can stand in one line of a head.
func isLine(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// isToken reports whether a text is a name as RFC 9110 section 5.6.2 has it.
func isToken(text string) bool {
	for i := range len(text) {
		c := text[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return text != ""
}

func isASCII(text string) bool {
	return !slices.ContainsFunc([]byte(text), func(c byte) bool { return c >= 0x80 })
}

// dial connects, TLS included, within the time for that. The address was judged when it was
// resolved; that is the dialer's.
func (w *wire) dial(ctx context.Context, to target, timeout protocol.Timeout) (*conn, error) {
	connecting, cancel := context.WithTimeoutCause(ctx, timeout.Connect, errConnect)
	defer cancel()
	c, err := w.connect(connecting, to)
	if err != nil && errors.Is(context.Cause(connecting), errConnect) {
		return nil, errConnect
	}
	return c, err
}

func (w *wire) connect(ctx context.Context, to target) (*conn, error) {
	plain, err := w.dialer.DialContext(ctx, "tcp", net.JoinHostPort(to.name, to.port))
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: plain, to: to}
	if socket, ok := plain.(syscall.Conn); ok {
		c.socket, _ = socket.SyscallConn()
	}
	if to.secure {
		config := w.tls.Clone()
		config.ServerName = to.name
		secured := tls.Client(plain, config)
		if err := secured.HandshakeContext(ctx); err != nil {
			_ = plain.Close()
			return nil, err
		}
		c.Conn = secured
	}
	c.reader = bufio.NewReader(c)
	return c, nil
}

// conn is a connection to an app. One call at a time uses it.
type conn struct {
	net.Conn
	to     target
	socket syscall.RawConn
	reader *bufio.Reader
	left   int64 // bytes that may be read yet
	// Where the pool keeps it.
	place
}

var (
	errNothingSent = errors.New("the connection was closed before anything was sent")
	errLongHead    = errors.New("the head does not end")
)

// Read is what the parser reads of the connection.
func (c *conn) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errLongHead
	}
	n, err := c.Conn.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}

// exchange sends a request and reads its answer. again says that the connection can be used
// once more. An error beside a status means that the answer broke off after its head.
func (c *conn) exchange(request []byte, call protocol.Call) (answer protocol.Answer, again bool, err error) {
	if len(request) < largeRequest {
		n, unsent := c.Write(request)
		if unsent != nil && n == 0 {
			return answer, false, errors.Join(errNothingSent, unsent)
		}
		// An app that hung up while we wrote may have answered first.
		answer, again, err = c.answer(call)
		if unsent != nil && answer.Status == 0 {
			err = unsent
		}
		return answer, again && unsent == nil, err
	}
	sent := make(chan bool, 1)
	go func() {
		_, err := c.Write(request)
		sent <- err == nil
	}()
	answer, again, err = c.answer(call)
	select {
	case whole := <-sent:
		again = again && whole
	default:
		_ = c.Close() // an answer, or none, without having read all
		<-sent
		again = false
	}
	return answer, again, err
}

// answer reads the answer of a call.
func (c *conn) answer(call protocol.Call) (answer protocol.Answer, again bool, err error) {
	var response *http.Response
	c.left = maxAnswerHead
	for response == nil || response.StatusCode/100 == 1 && response.StatusCode != http.StatusSwitchingProtocols {
		response, err = http.ReadResponse(c.reader, &http.Request{Method: call.Method}) //nolint:bodyclose // closing it reads the rest of it
		if err != nil {
			return answer, false, readError(err)
		}
	}
	if response.StatusCode < 100 { // which net/http lets through
		return answer, false, fmt.Errorf("%w: status %s", errNotHTTP, response.Status)
	}
	c.left = math.MaxInt64 // the body has a limit of its own, and there is a deadline
	answer.Status, answer.Header = response.StatusCode, response.Header
	ended := true
	if response.Body != http.NoBody {
		answer.Body, err = readBody(response, call.MaxAnswer+1)
		err = readError(err)
		if int64(len(answer.Body)) > call.MaxAnswer {
			answer.Body, answer.Truncated, ended = answer.Body[:call.MaxAnswer], true, false
		}
	}
	// What was not asked for is no answer to the next call.
	again = ended && err == nil && !response.Close && c.reader.Buffered() == 0 && response.StatusCode != http.StatusSwitchingProtocols
	return answer, again, err
}

// readError tells what is wrong with an answer from what is wrong with the connection.
func readError(err error) error {
	if _, network := errors.AsType[net.Error](err); err == nil || network || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	return fmt.Errorf("%w: %w", errNotHTTP, err)
}

// readBody reads a body up to a limit.
func readBody(response *http.Response, limit int64) ([]byte, error) {
	if n := response.ContentLength; n >= 0 && n < limit {
		body := make([]byte, n)
		read, err := io.ReadFull(response.Body, body)
		return body[:read], err
	}
	return io.ReadAll(io.LimitReader(response.Body, limit))
}
