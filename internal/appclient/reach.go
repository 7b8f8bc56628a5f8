package appclient

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"time"

	"github.com/appdock/appdock/protocol"
)

// Reached is who takes connections at a URL.
type Reached struct {
	Address netip.Addr
	// Expires is when the first certificate of the server's chain ends; zero: no TLS.
	Expires time.Time
}

// Reach connects to where a URL leads, under the rules of a call, as far as TLS, and says
// nothing: no app is bothered. An error is an *appdock.Error that says why not, unless ctx
// ended.
func (c *Client) Reach(ctx context.Context, raw string, within time.Duration) (Reached, error) {
	call := protocol.Call{URL: raw, Timeout: protocol.Timeout{Connect: within, Total: within}}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return Reached{}, explain(call, errURL)
	}
	calling, cancel := context.WithTimeoutCause(ctx, within, errConnect)
	defer cancel()
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	conn, err := c.options.dialer().DialContext(calling, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return Reached{}, c.failure(ctx, calling, call, err)
	}
	defer func() { _ = conn.Close() }() // nothing was said on it
	var reached Reached
	if at, err := netip.ParseAddrPort(conn.RemoteAddr().String()); err == nil {
		reached.Address = at.Addr().Unmap()
	}
	if u.Scheme == "http" {
		return reached, nil
	}
	config := c.options.tls()
	config.ServerName = u.Hostname()
	safe := tls.Client(conn, config)
	if err := safe.HandshakeContext(calling); err != nil {
		if errors.Is(calling.Err(), context.DeadlineExceeded) {
			err = errConnect
		}
		return reached, c.failure(ctx, calling, call, err)
	}
	for _, certificate := range safe.ConnectionState().PeerCertificates {
		if reached.Expires.IsZero() || certificate.NotAfter.Before(reached.Expires) {
			reached.Expires = certificate.NotAfter
		}
	}
	return reached, nil
}
