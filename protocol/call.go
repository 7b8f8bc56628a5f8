package protocol

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Call is one request to an app, ready to be sent. Who sends it adds nothing to it and
// takes nothing away: what is sent is what was signed. Redirects are never followed.
type Call struct {
	Method    string
	URL       string
	Header    []Header
	Body      []byte // nil: none
	Timeout   Timeout
	MaxAnswer int64 // bytes that are read of the answer's body
}

// Header is one header line. Their order is kept for those who show a request.
type Header struct{ Name, Value string }

// Timeout of one call.
type Timeout struct {
	Connect time.Duration // until the connection stands, TLS included
	Total   time.Duration // until the answer was read
}

// Answer is what came back, whatever its status.
type Answer struct {
	Status    int
	Header    http.Header
	Body      []byte
	Truncated bool // the body was longer than Call.MaxAnswer
	Duration  time.Duration
}

// Get returns the value of a header line, or nothing.
func (c Call) Get(name string) string {
	at := slices.IndexFunc(c.Header, func(h Header) bool { return strings.EqualFold(h.Name, name) })
	if at < 0 {
		return ""
	}
	return c.Header[at].Value
}

// Host is what a host says about itself with every call (protocol-signing.md 4).
type Host struct {
	Agent    string // "Appdock/<version>"
	Version  string // the Shopware version that the host speaks
	Language string // id of the language of the event or request; empty: no context
	Locale   string // of the acting user, else of the language; empty: no context
}

func (h Host) headers() []Header {
	return withoutEmpty(
		Header{HeaderVersion, h.Version},
		Header{HeaderLanguage, h.Language},
		Header{HeaderLocale, h.Locale},
		Header{"User-Agent", h.Agent},
	)
}

func withoutEmpty(headers ...Header) []Header {
	return slices.DeleteFunc(headers, func(h Header) bool { return h.Value == "" })
}

// Redacted returns a copy that may be logged or shown: members, parameters and headers
// that carry secrets are masked by name, and each of the given texts wherever it stands.
// Signatures stay: they are no secrets (protocol-handshake.md 2).
func (c Call) Redacted(secrets ...string) Call {
	c.URL = string(redact([]byte(secretParam.ReplaceAllString(userInfo.ReplaceAllString(c.URL, "${1}"+mask+"@"), "${1}"+mask)), secrets))
	c.Header = slices.Clone(c.Header)
	for i, h := range c.Header {
		c.Header[i].Value = redactHeader(h.Name, h.Value, secrets)
	}
	c.Body = redactBody(c.Body, secrets)
	return c
}

// Redacted returns a copy that may be logged or shown, as [Call.Redacted] does.
func (a Answer) Redacted(secrets ...string) Answer {
	a.Header = a.Header.Clone()
	for name, values := range a.Header {
		for i := range values {
			values[i] = redactHeader(name, values[i], secrets)
		}
	}
	a.Body = redactBody(a.Body, secrets)
	return a
}

const mask = "[redacted]"

// These match by name and not by the grammar of JSON, because a body that is cut off or
// broken must not show its secret either.
var (
	secretMember = regexp.MustCompile(`(?i)("[a-z_-]*(?:secret|password|token)[a-z_-]*"\s*:\s*)(?:"(?:[^"\\]|\\.)*(?:"|\\?$)|[^\s",}\]]+)`)
	secretParam  = regexp.MustCompile(`(?i)([?&][^=&#]*(?:secret|password|token|api-?_?key)[^=&#]*=)[^&#]*`)
	userInfo     = regexp.MustCompile(`^([a-zA-Z][a-zA-Z0-9+.-]*://)[^/?#@]*@`)
	// In a body an address ends where its string does; its slashes may be escaped.
	userInfoInside = regexp.MustCompile(`(?i)(https?:(?:\\?/){2})[^\\/?#@\s"'<>]*@`)
)

func redactBody(body []byte, secrets []string) []byte {
	body = userInfoInside.ReplaceAll(body, []byte("${1}"+mask+"@"))
	return redact(secretMember.ReplaceAll(body, []byte(`${1}"`+mask+`"`)), secrets)
}

func redactHeader(name, value string, secrets []string) string {
	switch strings.ToLower(name) {
	case "authorization", "proxy-authorization", "cookie", "set-cookie":
		return mask
	}
	return string(redact([]byte(value), secrets))
}

func redact(text []byte, secrets []string) []byte {
	for _, secret := range secrets {
		for _, form := range forms(secret) {
			text = bytes.ReplaceAll(text, []byte(form), []byte(mask))
		}
	}
	return text
}

// forms are the ways in which a text stands in a message: as it is, and inside a JSON
// string as encoders of different languages write it.
//
// A text of less than six characters is no secret, whatever it is used for: masking it
// would tear messages apart, and show by the gaps what it is.
func forms(secret string) []string {
	if len(secret) < 6 {
		return nil
	}
	php := string(appendString(nil, secret))
	list := []string{secret, php[1 : len(php)-1], strings.ReplaceAll(php[1:len(php)-1], `\/`, "/")}
	for _, html := range []bool{false, true} {
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(html)
		if e.Encode(secret) == nil {
			list = append(list, strings.TrimSuffix(b.String(), "\"\n")[1:])
		}
	}
	slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) }) // the longest hides what the others would halve
	return slices.Compact(list)
}

// maxReason is how much of an app's own text is shown (protocol-handshake.md 5, row 3).
const maxReason = 2 << 10

// shown makes text of a stranger fit for a terminal and a log: redacted, limited, and
// without control characters.
func shown(body []byte, secrets []string) string {
	body = redactBody(body, secrets) // before the cut, which could halve a secret
	text := strings.ToValidUTF8(string(body[:min(len(body), maxReason)]), "")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsPrint(r) {
			return r
		}
		return -1
	}, text))
}
