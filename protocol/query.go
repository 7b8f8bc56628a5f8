package protocol

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Param is one query parameter. Their order is part of what is signed.
type Param struct{ Name, Value string }

// Query appends parameters to a raw query and returns the text that is signed and sent
// (protocol-signing.md 2). What the query already has stays in front byte for byte,
// except for parameters of the same names and those in drop.
//
// The result is for url.URL.RawQuery. Never pass it through url.Values: that sorts and
// escapes ':' and '/', and the official SDKs then refuse the signature.
func Query(raw string, params []Param, drop ...string) string {
	ours := func(name string) bool {
		return slices.Contains(drop, name) || slices.ContainsFunc(params, func(p Param) bool { return p.Name == name })
	}
	var parts []string
	if raw != "" {
		parts = slices.DeleteFunc(strings.Split(raw, "&"), func(part string) bool { return ours(paramName(part)) })
	}
	for _, p := range params {
		parts = append(parts, escapeParam(p.Name)+"="+escapeParam(p.Value))
	}
	return filterQuery(strings.Join(parts, "&"))
}

// SignURL appends the parameters to an absolute URL and, last, the signature of the whole
// query under the given name (protocol-signing.md 2, row 9). The fragment stays behind it.
// The result is a bearer link: make it on demand and never log its query.
func SignURL(source string, params []Param, name, secret string) (string, error) {
	base, raw, fragment, err := splitURL(source)
	if err != nil {
		return "", err
	}
	text := Query(raw, params, name)
	signature := name + "=" + Sign(secret, []byte(text))
	if text != "" {
		signature = "&" + signature
	}
	return base + "?" + text + signature + fragment, nil
}

// VerifyQuery checks a signed browser URL on the app's side: the signature must be the
// last parameter and stand for all bytes before it.
func VerifyQuery(raw, secret string) error { return verifyQuery(raw, ParamSignature, []byte(secret)) }

// verifyQuery does it for a signature of any name.
func verifyQuery(raw, name string, secret []byte) error {
	text, signature, found := cutSignature(raw, name)
	if !found {
		return ErrSignatureMissing
	}
	return Verify(secret, []byte(text), signature)
}

func cutSignature(raw, name string) (text, signature string, found bool) {
	at := strings.LastIndexByte(raw, '&')
	signature, found = strings.CutPrefix(raw[at+1:], name+"=")
	return raw[:max(at, 0)], signature, found
}

// splitURL takes an absolute URL apart without normalising any of it: what is not the
// query is sent as the manifest has it.
func splitURL(source string) (base, query, fragment string, err error) {
	u, err := url.Parse(source)
	if err != nil {
		return "", "", "", fmt.Errorf("%w: not a URL: %q", ErrMalformed, source)
	}
	if !u.IsAbs() || u.Host == "" {
		return "", "", "", fmt.Errorf("%w: not an absolute URL: %q", ErrMalformed, source)
	}
	if at := strings.IndexByte(source, '#'); at >= 0 {
		source, fragment = source[:at], source[at:]
	}
	base, query, _ = strings.Cut(source, "?")
	return base, query, fragment, nil
}

// paramName is the percent-decoded name of one part of a query.
func paramName(part string) string {
	name, _, _ := strings.Cut(part, "=")
	if decoded, err := url.PathUnescape(name); err == nil {
		return decoded
	}
	return name
}

// escapeParam escapes what would end a value, and nothing else (protocol-signing.md 2, step 3).
func escapeParam(s string) string {
	return strings.NewReplacer("=", "%3D", "&", "%26", "+", "%2B").Replace(s)
}

// filterQuery percent-encodes what may not stand in a query and keeps every escape that is
// there, its case included (protocol-signing.md 2, step 5).
func filterQuery(s string) string {
	const upper = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(s))
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]), isQueryByte(c):
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(upper[c>>4])
			b.WriteByte(upper[c&15])
		}
	}
	return b.String()
}

func isQueryByte(c byte) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("_-.~!$&'()*+,;=:@/?", c) >= 0
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
