package control

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/appdock/appdock"
)

// maxAnswer bounds what the client reads of one answer: a host's lists are small.
const maxAnswer = 64 << 20

const (
	// connectWait is how long a host elsewhere may take to take a call.
	connectWait = 10 * time.Second
	// answerWait is how long its answer may take to begin: longer than the host itself gives
	// an operator's call, so that its own word comes first.
	answerWait = 3 * time.Minute
)

// Client is a host in another process, reached over its socket, or over the net.
type Client struct {
	http  *http.Client
	base  string
	where string // for people: the socket's path, or the address
	token appdock.Secret
	cure  string // if nobody answers
}

var _ Host = (*Client)(nil)

// Dial gives the host whose socket stands at path. Nothing is sent yet: the first call
// fails with ADK-HOST-UNREACHABLE if nobody listens.
func Dial(path string) *Client {
	return &Client{
		where: path, base: "http://appdock", cure: "Start it with `appdock serve` or `appdock dev`, or name its data folder with --data.",
		http: &http.Client{Transport: localTransport(path)},
	}
}

// DialRemote gives the host at a base URL to the bearer of a token. A token is sent over TLS
// only, or to this machine. Nothing is sent yet.
func DialRemote(base string, token appdock.Secret) (*Client, error) {
	wrong := func(cause, cure string) error {
		return &appdock.Error{Kind: appdock.Invalid, Code: "ADK-REMOTE", Message: "The host of --server cannot be called", Cause: cause, Cure: cure}
	}
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, wrong("it is no base URL of a host", "Write it as https://host.example.")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, wrong("the token would cross the net in the clear", "Use https, or a tunnel that ends on this machine.")
	case token.IsZero():
		return nil, wrong("there is no token", "Give one with --token file:PATH or in APPDOCK_TOKEN; `appdock token create LABEL` on the host makes it.")
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
		DialContext:           (&net.Dialer{Timeout: connectWait}).DialContext,
		TLSHandshakeTimeout:   connectWait,
		ResponseHeaderTimeout: answerWait,
	}
	return &Client{
		where: base, base: strings.TrimSuffix(base, "/") + RemotePath, token: token,
		cure: "Look whether it runs there, and whether control.remote is true in its configuration.",
		http: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // a token goes where it was meant to
		}},
	}, nil
}

// RemotePath is below which the operators' protocol is served over the net.
const RemotePath = "/control"

func isLoopback(name string) bool {
	address, err := netip.ParseAddr(name)
	return name == "localhost" || err == nil && address.IsLoopback()
}

// Close lets go of idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Version asks for the host's version.
func (c *Client) Version(ctx context.Context) (Version, error) {
	return get[Version](ctx, c, "/v1/version")
}

// Watch gives what happens on the host until ctx ends or the host does.
func (c *Client) Watch(ctx context.Context) iter.Seq2[Activity, error] {
	return func(yield func(Activity, error) bool) {
		res, err := c.send(ctx, http.MethodGet, "/v1/watch", nil)
		if err != nil {
			yield(Activity{}, err)
			return
		}
		defer func() { _ = res.Body.Close() }() // read to its end or given up: nothing is lost with it
		lines := bufio.NewScanner(res.Body)
		for lines.Scan() {
			var a Activity
			if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
				yield(Activity{}, fmt.Errorf("read activity: %w", err))
				return
			}
			if !yield(a, nil) {
				return
			}
		}
		if err := lines.Err(); err != nil && ctx.Err() == nil {
			yield(Activity{}, c.unreachable(err))
		}
	}
}

func get[T any](ctx context.Context, c *Client, path string) (T, error) {
	return call[T](ctx, c, http.MethodGet, path, nil)
}

// call sends in, if any, as JSON and reads the answer into a T.
func call[T any](ctx context.Context, c *Client, method, path string, in any) (T, error) {
	var out T
	res, err := c.send(ctx, method, path, in)
	if err != nil {
		return out, err
	}
	defer func() { _ = res.Body.Close() }() // the answer was read to its end
	if err := json.NewDecoder(io.LimitReader(res.Body, maxAnswer)).Decode(&out); err != nil {
		return out, fmt.Errorf("read the host's answer to %s %s: %w", method, path, err)
	}
	return out, nil
}

// send gives the answer of a call that succeeded; its body is the caller's to close.
func (c *Client) send(ctx context.Context, method, path string, in any) (*http.Response, error) {
	var body io.Reader
	kind := "application/json"
	if archive, ok := in.(packed); ok {
		body, kind = bytes.NewReader(archive), "application/zip"
	} else if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("write the call %s %s: %w", method, path, err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, fmt.Errorf("make the call %s %s: %w", method, path, err)
	}
	req.Header.Set("Content-Type", kind)
	if !c.token.IsZero() {
		req.Header.Set("Authorization", "Bearer "+c.token.Reveal())
	}
	var connected atomic.Bool // else nothing was sent
	req = req.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	}))
	res, err := c.http.Do(req)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case !connected.Load():
		return nil, c.unreachable(err)
	default:
		return nil, c.lost(err)
	}
	if res.StatusCode < 300 {
		return res, nil
	}
	defer func() { _ = res.Body.Close() }() // read as far as it matters
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, c.unreachable(err)
	}
	if told, ok := decodeFailure(text); ok {
		return nil, told
	}
	return nil, c.unreachable(&statusError{res.StatusCode})
}

func (c *Client) unreachable(err error) error {
	cause := "nobody answers on " + c.where
	if errors.Is(err, fs.ErrPermission) {
		return &appdock.Error{
			Kind: appdock.Refused, Code: "ADK-HOST-DENIED",
			Message: "This user may not operate the host",
			Cause:   "the socket " + c.where + " is another user's",
			Cure:    "Run the command as the user of the host, such as with sudo -u.",
			Err:     err,
		}
	}
	if strange, ok := errors.AsType[*statusError](err); ok {
		cause = fmt.Sprintf("%s answers with status %d, which no host does that serves operators", c.where, strange.status)
	}
	if errors.Is(err, http.ErrSchemeMismatch) {
		cause = c.where + " speaks http, not https"
	}
	if untrusted, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		cause = "the certificate at " + c.where + " is not trusted: " + untrusted.Err.Error()
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		cause = "no answer on " + c.where + " in time"
	}
	return &appdock.Error{
		Kind:    appdock.Unavailable,
		Code:    "ADK-HOST-UNREACHABLE",
		Message: "The host cannot be reached",
		Cause:   cause,
		Cure:    c.cure,
		Err:     err,
	}
}

// statusError is what no host answers.
type statusError struct{ status int }

func (e *statusError) Error() string { return fmt.Sprintf("status %d", e.status) }

// lost is the failure of a call that the host took and did not answer.
func (c *Client) lost(err error) error {
	return &appdock.Error{
		Kind:    appdock.Unavailable,
		Code:    "ADK-HOST-LOST",
		Message: "The host ended before it answered",
		Cause:   "the connection on " + c.where + " broke off; what was asked for may be done, half done or not begun",
		Cure:    "Start the host again, which settles what was half done, and look: appdock app list.",
		Err:     err,
	}
}

// Listening reports whether a host answers on the socket at path within a second. One that
// may not be called listens as well: its [Client] says why not.
func Listening(ctx context.Context, path string) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return listeningLocally(ctx, path)
}
