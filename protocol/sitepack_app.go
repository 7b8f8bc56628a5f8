package protocol

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// ParseTopicMessage reads a webhook on the side of a SitePack app. Until its signature was
// verified with a key of ShopID, use nothing else of it.
func ParseTopicMessage(body []byte) (TopicMessage, error) {
	var wire struct {
		ID        string    `json:"id"`
		Type      string    `json:"type"`
		Timestamp time.Time `json:"timestamp"`
		Shop      struct {
			ID  string `json:"id"`
			URL string `json:"url"`
		} `json:"shop"`
		App struct {
			ID      string `json:"id"`
			Version string `json:"version"`
		} `json:"app"`
		Data json.RawMessage `json:"data"`
	}
	if err := decode(body, &wire); err != nil {
		return TopicMessage{}, err
	}
	id, ok := strings.CutPrefix(wire.ID, messagePrefix)
	if !ok || wire.Type == "" || wire.Shop.ID == "" {
		return TopicMessage{}, fmt.Errorf("%w: a message has id, type and shop.id", ErrMalformed)
	}
	return TopicMessage{
		ID: id, Topic: wire.Type, At: wire.Timestamp, ShopID: wire.Shop.ID, ShopURL: wire.Shop.URL,
		App: wire.App.ID, AppVersion: wire.App.Version, Data: wire.Data,
	}, nil
}

// VerifyTopicMessage checks the Standard Webhooks headers of a message against any of the
// keys, "whsec_…", and that the message is no older than the tolerance: between the two
// nobody can send it again (protocol-signing.md 8).
func VerifyTopicMessage(header http.Header, body []byte, now time.Time, tolerance time.Duration, keys ...string) error {
	raw, err := rawKeys(keys)
	if err != nil {
		return err
	}
	if err := VerifyStandard(header, body, raw...); err != nil {
		return err
	}
	seconds, err := strconv.ParseInt(header.Get(HeaderStandardTimestamp), 10, 64)
	if err != nil { // unreachable: it was verified
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return Fresh(time.Unix(seconds, 0), now, tolerance)
}

// VerifyBase64HMAC checks the header X-SitePack-Hmac-Sha256 alone, for receivers that see no
// other. It says nothing about the age of a message: whoever has an old one can send it
// again (protocol-signing.md 9).
func VerifyBase64HMAC(header http.Header, body []byte, keys ...string) error {
	raw, err := rawKeys(keys)
	if err != nil {
		return err
	}
	signature := header.Get(HeaderBase64HMAC)
	if signature == "" {
		return ErrSignatureMissing
	}
	for _, key := range raw {
		if equal(signature, base64.StdEncoding.EncodeToString(digest(key, body))) {
			return nil
		}
	}
	return ErrSignatureInvalid
}

// rawKeys decodes keys; empty ones are left out, so that a key that is not there cannot
// sign anything.
func rawKeys(keys []string) ([][]byte, error) {
	var raw [][]byte
	for _, text := range keys {
		if text == "" {
			continue
		}
		key, err := WebhookKey(text)
		if err != nil {
			return nil, err
		}
		raw = append(raw, key)
	}
	return raw, nil
}

func digest(key, message []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(message)
	return mac.Sum(nil)
}

// ParsePage reads the raw query of a page on the app's side. Use [VerifyPage] with a key of
// ShopID before anything else of it.
func ParsePage(raw string) (Page, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return Page{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	seconds, err := strconv.ParseInt(values.Get("timestamp"), 10, 64)
	if err != nil || values.Get("shop-id") == "" {
		return Page{}, fmt.Errorf("%w: a page has shop-id and timestamp", ErrMalformed)
	}
	return Page{
		ShopID: values.Get("shop-id"), ShopURL: values.Get("shop-url"), Locale: values.Get("locale"), User: values.Get("user-id"),
		Location: values.Get("location"), Resource: values.Get("resource-id"), At: time.Unix(seconds, 0),
	}, nil
}

// VerifyPage checks the signature of a page's raw query: it must be the last parameter and
// stand for all bytes before it (protocol-signing.md 9).
func VerifyPage(raw, key string) error {
	secret, err := WebhookKey(key)
	if err != nil {
		return err
	}
	return verifyQuery(raw, ParamSitePackSign, secret)
}

// VerifyStart checks the signature of the address by which a host has an app begin
// (protocol-oauth.md B.2).
func VerifyStart(raw, clientSecret string) error {
	return verifyQuery(raw, paramStartSign, []byte(clientSecret))
}

// SessionToken is what the token in a page's address says of the one who looks.
type SessionToken struct {
	ShopURL, App, User, Session string
	Expires                     time.Time
}

// ParseSessionToken verifies a token under a webhook key (HS256, and nothing else) and reads
// it. Whether it is still good, and for this app and shop, its reader decides by what it says.
func ParseSessionToken(token, key string) (SessionToken, error) {
	secret, err := WebhookKey(key)
	if err != nil {
		return SessionToken{}, err
	}
	at := strings.LastIndexByte(token, '.')
	header, payload, ok := strings.Cut(token[:max(at, 0)], ".")
	if !ok {
		return SessionToken{}, fmt.Errorf("%w: a session token has three parts", ErrMalformed)
	}
	encode := base64.RawURLEncoding
	if !equal(token[at+1:], encode.EncodeToString(digest(secret, []byte(token[:at])))) {
		return SessionToken{}, ErrSignatureInvalid
	}
	var algorithm struct {
		Name string `json:"alg"`
	}
	var claims struct {
		Issuer   string `json:"iss"`
		Audience string `json:"aud"`
		Subject  string `json:"sub"`
		Session  string `json:"sid"`
		Expires  int64  `json:"exp"`
	}
	for _, part := range []struct {
		text string
		into any
	}{{header, &algorithm}, {payload, &claims}} {
		plain, err := encode.DecodeString(part.text)
		if err != nil {
			return SessionToken{}, fmt.Errorf("%w: a session token is base64url", ErrMalformed)
		}
		if err := json.NewDecoder(bytes.NewReader(plain)).Decode(part.into); err != nil {
			return SessionToken{}, fmt.Errorf("%w: %w", ErrMalformed, err)
		}
	}
	if algorithm.Name != "HS256" {
		return SessionToken{}, fmt.Errorf("%w: a session token is signed with HS256", ErrMalformed)
	}
	return SessionToken{
		ShopURL: claims.Issuer, App: claims.Audience, User: claims.Subject, Session: claims.Session, Expires: time.Unix(claims.Expires, 0),
	}, nil
}
