package protocol

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"time"
)

// StorefrontToken tells an app who is in the storefront (protocol-signing.md 6). Which of
// the ids may be in it depends on the app's privileges; empty ones are left out.
type StorefrontToken struct {
	ShopID         string
	At             time.Time
	Language       string
	Currency       string
	Customer       string
	Country        string
	SalesChannel   string
	PaymentMethod  string
	ShippingMethod string
	InAppPurchases string
}

// storefrontLifetime is the validity of a storefront token.
const storefrontLifetime = 600 * time.Second

// Sign returns the token as a compact JWS under the shop secret.
func (t StorefrontToken) Sign(secret string) string {
	var o object
	o.text("iss", t.ShopID)
	o.number("iat", t.At.Unix())
	o.number("nbf", t.At.Unix())
	o.number("exp", t.At.Add(storefrontLifetime).Unix())
	o.optional("languageId", t.Language)
	o.optional("currencyId", t.Currency)
	o.optional("customerId", t.Customer)
	o.optional("countryId", t.Country)
	o.optional("salesChannelId", t.SalesChannel)
	o.optional("paymentMethodId", t.PaymentMethod)
	o.optional("shippingMethodId", t.ShippingMethod)
	o.optional("inAppPurchases", t.InAppPurchases)

	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"typ":"JWT","alg":"HS256"}`)) + "." + encode(o.bytes())
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))
	return signed + "." + encode(mac.Sum(nil))
}

// Challenge returns the PKCE code challenge of a verifier by the method S256 (RFC 7636, 4.2).
func Challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
