package lifecycle_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/protocol"
)

// health answers the shop's own health check, and leaves all else to the backend.
type health struct {
	lifecycle.Caller
	status int
	err    error
	asked  []string
}

func (h *health) Call(ctx context.Context, c protocol.Call) (protocol.Answer, error) {
	if strings.HasSuffix(c.URL, "/api/_info/health-check") {
		h.asked = append(h.asked, c.Method+" "+c.URL)
		return protocol.Answer{Status: h.status}, h.err
	}
	return h.Caller.Call(ctx, c)
}

// TestPublicAccess tries protocol-handshake.md 3, row 3, in production.
func TestPublicAccess(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		url    string
		status int
		err    error
		asked  bool
		cause  string // "": it is installed
	}{
		"a shop that answers":          {"https://shop.appdock.dev", 200, nil, true, ""},
		"below a path":                 {"https://shop.appdock.dev/de", 200, nil, true, ""},
		"a shop behind a broken proxy": {"https://shop.appdock.dev", 502, nil, true, "the shop answers 502"},
		"nobody there":                 {"https://shop.appdock.dev", 0, errors.New("dial"), true, "the shop does not answer at its own address"},
		"a name that leads to an inner address": {
			"https://shop.appdock.dev", 0,
			&appdock.Error{Code: "ADK-ADDRESS-REFUSED", Message: "The address 10.0.0.1 is private"}, true,
			"the shop does not answer at its own address: The address 10.0.0.1 is private",
		},
		"http":             {"http://shop.appdock.dev", 200, nil, false, "the address of the shop is not https"},
		"an IP literal":    {"https://203.0.113.9", 200, nil, false, "the address of the shop is an IP address"},
		"a reserved name":  {"https://shop.local", 200, nil, false, "the address of the shop ends in the reserved name .local"},
		"localhost, spelt": {"https://LOCALHOST.", 200, nil, false, "the address of the shop ends in the reserved name .localhost"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			check := &health{Caller: h.Caller, status: test.status, err: test.err}
			h.Caller = check
			shop := demo
			shop.URL = test.url
			app := sample(t, part{"<permissions>", "<requirements><public-access/></requirements><permissions>"})
			_, err := h.Install(t.Context(), shop, app, lifecycle.Options{ConsentHash: h.consent(t, app)})
			if asked := len(check.asked) > 0; asked != test.asked {
				t.Errorf("health check: got %v", check.asked)
			}
			if test.asked && check.asked[0] != "GET "+test.url+"/api/_info/health-check" {
				t.Errorf("health check: got %v", check.asked)
			}
			if test.cause == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			e, ok := errors.AsType[*appdock.Error](err)
			if !ok || e.Code != lifecycle.CodeRequirements || !strings.HasPrefix(e.Cause, test.cause) {
				t.Errorf("got %v, want the cause %q", err, test.cause)
			}
			if got := h.state(t); got != "absent" {
				t.Errorf("state %q", got)
			}
		})
	}
}
