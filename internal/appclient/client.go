// Package appclient makes every call that goes out to an app: to an address that was
// judged after its name was resolved, over a connection that no environment variable
// redirects, within the deadlines of the call, reading no more than it allows, and never
// following a redirect (protocol-handshake.md 4, protocol-webhooks.md 4). What was signed
// is what is sent.
package appclient

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"time"

	"github.com/appdock/appdock/internal/webhook"
	"github.com/appdock/appdock/protocol"
)

var _ webhook.Sender = (*Client)(nil)

// Options of a [Client].
type Options struct {
	// Agent is sent as User-Agent by calls that bring none: "Appdock/<version>".
	Agent string
	// Development also allows loopback and private addresses.
	Development bool
	// Allow opens further networks, link-local and metadata addresses included
	// (network.allow).
	Allow []netip.Prefix
	// Roots are the certificate authorities that are trusted; nil: the system's.
	Roots *x509.CertPool
	Now   func() time.Time
}

// Client calls apps. Many goroutines may use it; connections are kept for the next call.
type Client struct {
	transport *http.Transport
	agent     string
	now       func() time.Time
}

// Limits of connections. A call has deadlines of its own, which are shorter.
const (
	idlePerHost     = 8 // the most that webhooks keep in flight to one endpoint
	idleTimeout     = 90 * time.Second
	dialTimeout     = 10 * time.Second
	maxAnswerHeader = 64 << 10
)

// New makes a client.
func New(o Options) *Client {
	dialer := &net.Dialer{Timeout: dialTimeout, Control: newGuard(o.Development, o.Allow).control}
	return &Client{
		agent: o.Agent,
		now:   o.Now,
		transport: &http.Transport{
			Proxy:                  nil, // the address that is judged is the app's own
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.Roots},
			TLSHandshakeTimeout:    dialTimeout,
			ForceAttemptHTTP2:      true,
			DisableCompression:     true,
			MaxIdleConnsPerHost:    idlePerHost,
			IdleConnTimeout:        idleTimeout,
			MaxResponseHeaderBytes: maxAnswerHeader,
		},
	}
}

// Close lets go of idle connections.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Call makes one call and gives the answer, whatever its status; an error means that
// there was none and is an *appdock.Error that says why, unless ctx ended. A body longer
// than the call allows is cut and Truncated.
func (c *Client) Call(ctx context.Context, call protocol.Call) (protocol.Answer, error) {
	answer, err := c.exchange(ctx, call)
	if err != nil {
		return protocol.Answer{}, err
	}
	return answer, nil
}

// exchange makes the call. An error beside a status means that the answer broke off after
// its head.
func (c *Client) exchange(ctx context.Context, call protocol.Call) (protocol.Answer, error) {
	start := c.now()
	calling, cancel := context.WithTimeoutCause(ctx, call.Timeout.Total, errTotal)
	defer cancel()
	calling, hangUp := context.WithCancelCause(calling)
	defer hangUp(nil)

	// The deadline of the connection includes TLS, and ends with it.
	connecting := time.AfterFunc(call.Timeout.Connect, func() { hangUp(errConnect) })
	defer connecting.Stop()
	request, err := c.request(httptrace.WithClientTrace(calling, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connecting.Stop() },
	}), call)
	if err != nil {
		return protocol.Answer{}, explain(call, err)
	}

	// The transport itself: a client above it would read Location to follow it.
	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return protocol.Answer{}, c.failure(ctx, calling, call, err)
	}
	defer func() { _ = response.Body.Close() }()
	answer := protocol.Answer{Status: response.StatusCode, Header: response.Header}
	answer.Body, err = io.ReadAll(io.LimitReader(response.Body, call.MaxAnswer+1))
	if int64(len(answer.Body)) > call.MaxAnswer {
		answer.Body, answer.Truncated = answer.Body[:call.MaxAnswer], true
	}
	answer.Duration = c.now().Sub(start)
	if err != nil {
		return answer, c.failure(ctx, calling, call, err)
	}
	return answer, nil
}

// request is the call as net/http wants it. Names of headers keep their spelling.
func (c *Client) request(ctx context.Context, call protocol.Call) (*http.Request, error) {
	var body io.Reader
	if call.Body != nil {
		body = bytes.NewReader(call.Body)
	}
	request, err := http.NewRequestWithContext(ctx, call.Method, call.URL, body)
	if err != nil {
		return nil, errURL
	}
	if u := request.URL; u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, errURL
	}
	if user := request.URL.User; user != nil {
		password, _ := user.Password()
		request.SetBasicAuth(user.Username(), password)
	}
	for _, h := range call.Header {
		request.Header[h.Name] = append(request.Header[h.Name], h.Value)
	}
	if call.Get("User-Agent") == "" {
		request.Header.Set("User-Agent", c.agent)
	}
	request.Header.Set("Accept-Encoding", "identity")
	return request, nil
}

// failure finds what ended the call: the caller, one of its deadlines, or the network.
func (c *Client) failure(ctx, calling context.Context, call protocol.Call, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("call %s: %w", where(call.URL), ctx.Err())
	}
	if cause := context.Cause(calling); errors.Is(cause, errTotal) || errors.Is(cause, errConnect) {
		err = cause
	}
	return explain(call, err)
}

// where is a URL as logs and people may see it: without query and user.
func where(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "the given URL"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}
