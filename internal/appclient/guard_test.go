package appclient

import (
	"errors"
	"net/netip"
	"testing"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		address                 string
		production, development bool // may be called
	}{
		"a public address":                        {"93.184.215.14", true, true},
		"a public IPv6 address":                   {"2606:2800:21f:cb07:6820:80da:af6b:8b2c", true, true},
		"loopback":                                {"127.0.0.1", false, true},
		"another loopback":                        {"127.8.9.10", false, true},
		"IPv6 loopback":                           {"::1", false, true},
		"private class A":                         {"10.1.2.3", false, true},
		"private class B":                         {"172.16.0.1", false, true},
		"the last of private class B":             {"172.31.255.255", false, true},
		"the first after it":                      {"172.32.0.0", true, true},
		"private class C":                         {"192.168.1.1", false, true},
		"IPv6 private":                            {"fd12:3456::1", false, true},
		"IPv4-mapped loopback":                    {"::ffff:127.0.0.1", false, true},
		"IPv4-mapped metadata":                    {"::ffff:169.254.169.254", false, false},
		"IPv4-mapped public":                      {"::ffff:93.184.215.14", true, true},
		"loopback written the old compatible way": {"::127.0.0.1", false, false},
		"this host":                               {"0.0.0.0", false, false},
		"the unspecified IPv6 address":            {"::", false, false},
		"link-local":                              {"169.254.1.1", false, false},
		"metadata of most clouds":                 {"169.254.169.254", false, false},
		"metadata of AWS over IPv6":               {"fd00:ec2::254", false, false},
		"metadata of Google over IPv6":            {"fd20:ce::254", false, false},
		"metadata of Alibaba":                     {"100.100.100.200", false, false},
		"the wire server of Azure":                {"168.63.129.16", false, false},
		"IPv6 link-local":                         {"fe80::1", false, false},
		"IPv6 link-local with a zone":             {"fe80::1%eth0", false, false},
		"shared address space":                    {"100.64.0.1", false, false},
		"NAT64 of loopback":                       {"64:ff9b::7f00:1", false, false},
		"NAT64 of metadata":                       {"64:ff9b::a9fe:a9fe", false, false},
		"6to4 of a private address":               {"2002:0a00:0001::1", false, false},
		"Teredo":                                  {"2001:0:4136:e378:8000:63bf:3fff:fdd2", false, false},
		"multicast":                               {"224.0.0.1", false, false},
		"broadcast":                               {"255.255.255.255", false, false},
		"documentation":                           {"192.0.2.1", false, false},
		"benchmarking":                            {"198.18.0.1", false, false},
		"site-local, which nobody uses any more":  {"fec0::1", false, false},
		"IPv6 multicast":                          {"ff02::1", false, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := netip.MustParseAddr(tt.address)
			for development, want := range map[bool]bool{false: tt.production, true: tt.development} {
				err := newGuard(development, nil).judge(address)
				if (err == nil) != want {
					t.Errorf("development %v: got %v, want it allowed: %v", development, err, want)
				}
				if _, ok := errors.AsType[refusedError](err); err != nil && !ok {
					t.Errorf("got %T", err)
				}
				if err := newGuard(development, []netip.Prefix{netip.PrefixFrom(address.WithZone("").Unmap(), address.Unmap().BitLen())}).judge(address); err != nil {
					t.Errorf("development %v: %v although network.allow lists it", development, err)
				}
			}
		})
	}
}

func TestGuardReadsAddresses(t *testing.T) {
	t.Parallel()
	g := newGuard(false, nil)
	for _, address := range []string{"", "app.test:80", "93.184.215.14"} {
		if g.control("tcp4", address, nil) == nil {
			t.Errorf("%q is allowed", address)
		}
	}
	if err := g.control("tcp6", "[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:443", nil); err != nil {
		t.Error(err)
	}
}
