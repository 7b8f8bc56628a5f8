package protocol

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
)

// shopURL is the rule of protocol-handshake.md 4: what is outside of it breaks the
// signature checks of the official SDKs.
var shopURL = regexp.MustCompile(`^https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~!$'()*,;:@/-]*)?$`)

// IsShopURL says whether a base URL can be used with apps: http or https, an ASCII host
// (xn-- for others), no query, no escapes. Without a trailing slash is better.
func IsShopURL(s string) bool { return shopURL.MatchString(s) && !strings.HasSuffix(s, "\n") }

// KeyPair is a client of the Admin API. The secret is shown to the app once, during the
// confirmation; the host keeps a hash.
type KeyPair struct{ AccessKey, SecretKey string }

// PrefixIntegration begins the access key of an app's integration (protocol-handshake.md 1).
const PrefixIntegration = "SWIA"

// NewKeyPair makes credentials in Shopware's form (protocol-handshake.md 1). The upper-casing
// destroys the base64 of the access key; that is intended, it is an opaque name.
func NewKeyPair(random io.Reader) (KeyPair, error) {
	access, err := alphanumerics(random, 16)
	if err != nil {
		return KeyPair{}, fmt.Errorf("make an access key: %w", err)
	}
	secret, err := alphanumerics(random, 38)
	if err != nil {
		return KeyPair{}, fmt.Errorf("make a secret key: %w", err)
	}
	return KeyPair{
		AccessKey: PrefixIntegration + strings.ToUpper(base64.RawURLEncoding.EncodeToString([]byte(access))),
		SecretKey: base64.RawURLEncoding.EncodeToString([]byte(secret)),
	}, nil
}

// NewShopID makes the identity of a shop: 16 letters and digits (protocol-shop-identity.md 1).
func NewShopID(random io.Reader) (string, error) { return alphanumerics(random, 16) }

// NewShopSecret makes a shop secret on the app's side. 128 characters are what the PHP SDK makes.
func NewShopSecret(random io.Reader) (string, error) { return alphanumerics(random, 128) }

// alphanumerics draws n characters of 62, each as likely as the others.
func alphanumerics(random io.Reader, n int) (string, error) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	text := make([]byte, 0, n)
	draw := make([]byte, n)
	for len(text) < n {
		if _, err := io.ReadFull(random, draw); err != nil {
			return "", fmt.Errorf("read random bytes: %w", err)
		}
		for _, b := range draw {
			// 248 is the largest multiple of 62; above it the first letters would be likelier.
			if b < 248 && len(text) < n {
				text = append(text, letters[b%62])
			}
		}
	}
	return string(text), nil
}

// HealthCheck asks a shop whether it is reached at its base URL; one that is answers 200
// (protocol-handshake.md 3, row 3).
func HealthCheck(shopURL string, host Host) Call {
	return Call{
		Method:    http.MethodGet,
		URL:       strings.TrimSuffix(shopURL, "/") + "/api/_info/health-check",
		Header:    host.headers(),
		Timeout:   handshakeTimeout(),
		MaxAnswer: 1 << 10,
	}
}
