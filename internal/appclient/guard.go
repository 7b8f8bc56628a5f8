package appclient

import (
	"fmt"
	"net/netip"
	"slices"
	"syscall"

	"code.dny.dev/ssrf"
)

// guard judges the address that a name was resolved to, just before it is connected to
// (design.md 6, "addresses called"). There is no time between the two in which a name
// could change its mind.
type guard struct {
	allow []netip.Prefix
	rules *ssrf.Guardian
}

// refusedError says that an address may not be called.
type refusedError struct{ address netip.Addr }

func (e refusedError) Error() string { return fmt.Sprintf("address %s may not be called", e.address) }

func newGuard(development bool, allow []netip.Prefix) guard {
	options := []ssrf.Option{ssrf.WithAnyPort()}
	if development {
		options = append(options,
			ssrf.WithAllowedV4Prefixes(prefixes("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")...),
			ssrf.WithAllowedV6Prefixes(prefixes("::1/128", "fc00::/7")...))
	}
	return guard{allow: allow, rules: ssrf.New(options...)}
}

// metadata services of clouds that stand outside of the link-local range. The last one
// has a public address and is reachable from inside of Azure only.
func metadata() []netip.Prefix {
	return prefixes("fd00:ec2::254/128", "fd20:ce::254/128", "100.100.100.200/32", "168.63.129.16/32")
}

// control is the hook of [net.Dialer].
func (g guard) control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("read the address to be called: %w", err)
	}
	return g.judge(at.Addr())
}

func (g guard) judge(address netip.Addr) error {
	// A zone names an interface, and ::ffff:a.b.c.d is a.b.c.d.
	address = address.WithZone("").Unmap()
	if within(g.allow, address) {
		return nil
	}
	if within(metadata(), address) || g.rules.SafeAddr(address) != nil {
		return refusedError{address}
	}
	return nil
}

func within(list []netip.Prefix, address netip.Addr) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(address) })
}

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}
