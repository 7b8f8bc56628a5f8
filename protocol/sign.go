package protocol

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Sign returns the classic signature: 64 lower-case hex digits of HMAC-SHA256. The key is
// the UTF-8 text of the secret, never decoded (protocol-signing.md, preamble).
func Sign[K ~string | ~[]byte](key K, message []byte) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(message)
	return hex.EncodeToString(mac.Sum(nil))
}

// Verify compares in constant time. It returns nil, [ErrSignatureMissing] or
// [ErrSignatureInvalid]; an upper-case signature is invalid.
func Verify[K ~string | ~[]byte](key K, message []byte, signature string) error {
	if signature == "" {
		return ErrSignatureMissing
	}
	if len(key) == 0 || !hmac.Equal([]byte(signature), []byte(Sign(key, message))) {
		return ErrSignatureInvalid
	}
	return nil
}

// SignStandard returns one entry of the header webhook-signature after the Standard
// Webhooks specification (protocol-signing.md 8).
func SignStandard(key []byte, id string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, key)
	head := append(append(make([]byte, 0, 64), id...), '.')
	mac.Write(append(strconv.AppendInt(head, at.Unix(), 10), '.'))
	mac.Write(body)
	return string(base64.StdEncoding.AppendEncode([]byte("v1,"), mac.Sum(nil)))
}

// VerifyStandard checks the three webhook-* headers against any of the keys. Whether the
// timestamp is fresh is another question: see [Fresh].
func VerifyStandard(header http.Header, body []byte, keys ...[]byte) error {
	id, stamp, list := header.Get(HeaderStandardID), header.Get(HeaderStandardTimestamp), header.Get(HeaderStandardSignature)
	if id == "" || stamp == "" || list == "" {
		return ErrSignatureMissing
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return fmt.Errorf("%w: %s is not a number", ErrMalformed, HeaderStandardTimestamp)
	}
	for signature := range strings.FieldsSeq(list) {
		for _, key := range keys {
			if len(key) > 0 && hmac.Equal([]byte(signature), []byte(SignStandard(key, id, time.Unix(seconds, 0), body))) {
				return nil
			}
		}
	}
	return ErrSignatureInvalid
}

// StandardKey decodes the form in which vendors are given a Standard Webhooks key:
// whsec_ and the base64 of its bytes.
func StandardKey(secret string) ([]byte, error) {
	text, ok := strings.CutPrefix(secret, "whsec_")
	if !ok {
		return nil, fmt.Errorf("%w: a webhook secret begins with whsec_", ErrMalformed)
	}
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%w: a webhook secret is whsec_ and base64", ErrMalformed)
	}
	return key, nil
}

// Fresh returns [ErrTimestamp] when at is further from now than the tolerance, in
// either direction (protocol-signing.md 7).
func Fresh(at, now time.Time, tolerance time.Duration) error {
	if now.Sub(at).Abs() > tolerance {
		return ErrTimestamp
	}
	return nil
}

// equal compares texts in constant time.
func equal(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }
