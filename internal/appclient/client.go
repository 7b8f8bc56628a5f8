// Package appclient makes every call that goes out to an app: to an address that was
// judged after its name was resolved, over a connection that no environment variable
// redirects, within the deadlines of the call, reading no more than it allows, and never
// following a redirect (protocol-handshake.md 4, protocol-webhooks.md 4). What was signed
// is what is sent.
package appclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
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
	// Resolver finds the addresses of names; nil: the system's.
	Resolver *net.Resolver
	Now      func() time.Time
}

// Client calls apps. Many goroutines may use it; connections are kept for the next call.
type Client struct {
	carrier carrier
	options Options
	now     func() time.Time
}

// carrier takes a call to its app and brings the answer. The tests have a second one, of
// net/http, so that both are known to do the same.
type carrier interface {
	// carry ends when ctx does. An error beside a status means that the answer broke off
	// after its head.
	carry(ctx context.Context, call protocol.Call) (protocol.Answer, error)
	close()
}

// dialTimeout is above the deadlines of all calls.
const dialTimeout = 10 * time.Second

// New makes a client.
func New(o Options) *Client {
	return &Client{carrier: newWire(o.Agent, o.dialer(), o.tls()), options: o, now: o.Now}
}

// dialer judges each address that it connects to. No variable of the environment redirects
// it: the address that is judged is the app's own.
func (o Options) dialer() *net.Dialer {
	return &net.Dialer{Timeout: dialTimeout, Resolver: o.Resolver, Control: newGuard(o.Development, o.Allow).control}
}

func (o Options) tls() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.Roots}
}

// Close lets go of idle connections.
func (c *Client) Close() { c.carrier.close() }

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
	answer, err := c.carrier.carry(calling, call)
	answer.Duration = c.now().Sub(start)
	if err != nil {
		return answer, c.failure(ctx, calling, call, err)
	}
	return answer, nil
}

// failure finds what ended the call: the caller, one of its deadlines, or the network.
func (c *Client) failure(ctx, calling context.Context, call protocol.Call, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("call %s: %w", where(call.URL), ctx.Err())
	}
	if errors.Is(context.Cause(calling), errTotal) {
		err = errTotal
	}
	if certificate, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return untrustedError{explain(call, err), certificate}
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
