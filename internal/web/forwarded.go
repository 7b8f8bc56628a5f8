package web

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// forwardedHeaders are what a proxy says of the request that it passes on.
var forwardedHeaders = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip"}

// Client is who sent a request, and how, as far as it can be trusted.
type Client struct {
	Address netip.Addr // invalid if it is not known
	Secure  bool       // the request came over TLS, here or to a trusted proxy
	// Hidden says that a proxy passed the request on which is not trusted, or does not say
	// for whom: Address is the proxy's own.
	Hidden bool
}

// Local reports whether the client is on this machine or in a private network.
func (c Client) Local() bool {
	return !c.Hidden && (c.Address.IsLoopback() || c.Address.IsPrivate())
}

type clientKey struct{}

// ClientOf gives who sent the request that ctx belongs to. [Forwarded] must be around its
// handler.
func ClientOf(ctx context.Context) Client {
	c, _ := ctx.Value(clientKey{}).(Client)
	return c
}

// Forwarded finds out who sent each request of next. What X-Forwarded-For, -Proto and -Host
// say counts only where the connection comes from a trusted address; a trusted proxy must
// set all three itself. From anybody else these headers are removed, so that nothing behind
// believes them.
func Forwarded(trusted []netip.Prefix, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		client := Client{Address: peer(r.RemoteAddr), Secure: r.TLS != nil}
		said := r.Header
		ctx := r.Context()
		r = r.Clone(ctx)
		for _, name := range forwardedHeaders {
			r.Header.Del(name)
		}
		if within(trusted, client.Address) {
			if hops := said.Values("X-Forwarded-For"); len(hops) > 0 {
				address, ok := origin(hops, trusted)
				if client.Hidden = !ok; ok {
					client.Address = address
					r.RemoteAddr = net.JoinHostPort(address.String(), "0")
				}
			}
			if proto := last(said.Values("X-Forwarded-Proto")); proto != "" {
				client.Secure = strings.EqualFold(proto, "https")
			}
			if host := last(said.Values("X-Forwarded-Host")); host != "" {
				r.Host = host
			}
		} else {
			client.Hidden = slices.ContainsFunc(forwardedHeaders, func(name string) bool { return said.Get(name) != "" })
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(ctx, clientKey{}, client)))
	})
}

func peer(remote string) netip.Addr {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap().WithZone("")
}

func within(networks []netip.Prefix, address netip.Addr) bool {
	return slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(address) })
}

// origin gives the last address that no trusted proxy has: what stands before it was
// written by a stranger.
func origin(headers []string, trusted []netip.Prefix) (netip.Addr, bool) {
	hops := strings.Split(strings.Join(headers, ","), ",")
	for _, hop := range slices.Backward(hops) {
		address, err := netip.ParseAddr(strings.Trim(strings.TrimSpace(hop), "[]"))
		if err != nil {
			return netip.Addr{}, false
		}
		if address = address.Unmap(); !within(trusted, address) {
			return address, true
		}
	}
	return netip.Addr{}, false
}

// last gives the last item of a header that is a list: the one that the nearest proxy wrote.
func last(headers []string) string {
	all := strings.Join(headers, ",")
	return strings.TrimSpace(all[strings.LastIndexByte(all, ',')+1:])
}
