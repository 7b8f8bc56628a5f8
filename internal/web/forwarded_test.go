package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/appdock/appdock/internal/web"
)

func TestForwarded(t *testing.T) {
	t.Parallel()
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.1/32")}
	tests := map[string]struct {
		remote  string
		headers http.Header
		client  string
		host    string
		secure  bool
		local   bool
	}{
		"nobody is between": {"203.0.113.9:1000", nil, "203.0.113.9", "shop.example", false, false},
		"a neighbour":       {"192.168.1.4:1000", nil, "192.168.1.4", "shop.example", false, true},
		"IPv4 in IPv6":      {"[::ffff:203.0.113.9]:1000", nil, "203.0.113.9", "shop.example", false, false},
		"a stranger who says he is somebody else": {"203.0.113.9:1000", http.Header{"X-Forwarded-For": {"127.0.0.1"}, "X-Forwarded-Host": {"evil.example"}, "X-Forwarded-Proto": {"https"}}, "203.0.113.9", "shop.example", false, false},
		"a proxy nearby that is not trusted":      {"192.168.1.4:1000", http.Header{"X-Forwarded-For": {"127.0.0.1"}}, "192.168.1.4", "shop.example", false, false},
		"or that says so in the new way":          {"192.168.1.4:1000", http.Header{"Forwarded": {"for=127.0.0.1"}}, "192.168.1.4", "shop.example", false, false},
		"a trusted proxy":                         {"10.1.2.3:1000", http.Header{"X-Forwarded-For": {"203.0.113.9"}, "X-Forwarded-Host": {"two.example"}, "X-Forwarded-Proto": {"https"}}, "203.0.113.9", "two.example", true, false},
		"what a stranger wrote stands before":     {"10.1.2.3:1000", http.Header{"X-Forwarded-For": {"127.0.0.1, 203.0.113.9"}, "X-Forwarded-Host": {"evil.example, two.example"}, "X-Forwarded-Proto": {"https, http"}}, "203.0.113.9", "two.example", false, false},
		"and in a header of its own":              {"10.1.2.3:1000", http.Header{"X-Forwarded-For": {"127.0.0.1", "203.0.113.9"}}, "203.0.113.9", "shop.example", false, false},
		"two proxies":                             {"10.1.2.3:1000", http.Header{"X-Forwarded-For": {"198.51.100.1, 203.0.113.9, 10.9.9.9"}}, "203.0.113.9", "shop.example", false, false},
		"a trusted proxy that says nothing":       {"10.1.2.3:1000", nil, "10.1.2.3", "shop.example", false, true},
		"a trusted proxy that says nonsense":      {"10.1.2.3:1000", http.Header{"X-Forwarded-For": {"unknown"}}, "10.1.2.3", "shop.example", false, false},
		"an address of IPv6":                      {"127.0.0.1:1000", http.Header{"X-Forwarded-For": {"[2001:db8::1]"}}, "2001:db8::1", "shop.example", false, false},
		"nobody knows":                            {"@", nil, "invalid IP", "shop.example", false, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got web.Client
			var host string
			var left http.Header
			h := web.Forwarded(trusted, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				got, host, left = web.ClientOf(r.Context()), r.Host, r.Header
			}))
			r := httptest.NewRequest(http.MethodGet, "http://shop.example/", nil)
			r.RemoteAddr = tt.remote
			for k, v := range tt.headers {
				r.Header[k] = v
			}
			h.ServeHTTP(httptest.NewRecorder(), r)
			if got.Address.String() != tt.client || host != tt.host || got.Secure != tt.secure || got.Local() != tt.local {
				t.Errorf("got %+v, local %t, host %q; want %s, secure %t, local %t, host %q", got, got.Local(), host, tt.client, tt.secure, tt.local, tt.host)
			}
			for k := range tt.headers {
				if left.Get(k) != "" {
					t.Errorf("%s is still there", k)
				}
			}
		})
	}
}
