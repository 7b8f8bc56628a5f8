package control

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/appdock/appdock"
)

func remoteClient(t *testing.T, base string) *Client {
	t.Helper()
	c, err := DialRemote(base, appdock.NewSecret("adk_secret"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestBaseURLs(t *testing.T) {
	t.Parallel()
	for base, good := range map[string]bool{
		"https://shop.example": true, "https://shop.example:8443/": true, "http://127.0.0.1:8000": true, "http://[::1]:8000": true, "http://localhost": true,
		"http://shop.example": false, "http://127.0.0.1.example": false, "http://localhost.example": false, "shop.example": false, "": false,
		"ftp://shop.example": false, "https://me:hunter2@shop.example": false, "https://shop.example?x=y": false, "https://": false, "http://10.0.0.1": false,
	} {
		_, err := DialRemote(base, appdock.NewSecret("adk_secret"))
		if (err == nil) != good || err != nil && appdock.CodeOf(err) != "ADK-REMOTE" {
			t.Errorf("%q: got %v", base, err)
		}
		if err != nil && (strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "adk_secret")) {
			t.Errorf("%q: the secret is told: %v", base, err)
		}
	}
	if _, err := DialRemote("https://shop.example", appdock.Secret{}); appdock.CodeOf(err) != "ADK-REMOTE" {
		t.Errorf("without a token: got %v", err)
	}
}

// A token goes to the host that was named, and to nobody whom that names.
func TestTokenFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the other one is asked with %q", r.Header.Get("Authorization"))
	}))
	defer other.Close()
	named := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer named.Close()
	_, err := remoteClient(t, named.URL).Shops(t.Context())
	if appdock.CodeOf(err) != "ADK-HOST-UNREACHABLE" || !strings.Contains(err.Error(), "status 307") {
		t.Errorf("got %v", err)
	}
}

// What was sent may have been done; what was not was not.
func TestWhatIsKnownOfACallThatFails(t *testing.T) {
	t.Parallel()
	breaks := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer breaks.Close()
	stranger := httptest.NewServer(http.NotFoundHandler())
	defer stranger.Close()
	ended := httptest.NewServer(http.NotFoundHandler())
	ended.Close()
	untrusted := httptest.NewTLSServer(http.NotFoundHandler())
	defer untrusted.Close()
	for name, test := range map[string]struct{ base, code, cause string }{
		"breaks off":          {breaks.URL, "ADK-HOST-LOST", "may be done"},
		"is no host":          {stranger.URL, "ADK-HOST-UNREACHABLE", "status 404"},
		"is not there":        {ended.URL, "ADK-HOST-UNREACHABLE", "nobody answers"},
		"is not trusted":      {untrusted.URL, "ADK-HOST-UNREACHABLE", "is not trusted"},
		"speaks in the clear": {strings.Replace(stranger.URL, "http:", "https:", 1), "ADK-HOST-UNREACHABLE", "speaks http, not https"},
	} {
		_, err := remoteClient(t, test.base).CreateToken(t.Context(), NewToken{Label: "x"})
		if appdock.CodeOf(err) != test.code || !strings.Contains(err.Error(), test.cause) {
			t.Errorf("a host that %s: got %v", name, err)
		}
	}
	if err := Dial("s").unreachable(fs.ErrPermission); appdock.CodeOf(err) != "ADK-HOST-DENIED" {
		t.Errorf("another user's socket: got %v", err)
	}
}
