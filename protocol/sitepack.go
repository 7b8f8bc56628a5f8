package protocol

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Headers of the webhooks that SitePack apps get (protocol-signing.md 9), for receivers that
// do without a library of Standard Webhooks.
const (
	HeaderTopic       = "X-SitePack-Topic"
	HeaderShop        = "X-SitePack-Shop"
	HeaderBase64HMAC  = "X-SitePack-Hmac-Sha256"
	ParamSitePackSign = "sitepack-signature"
	paramStartSign    = "hmac"
	messagePrefix     = "msg_"
	keyPrefix         = "whsec_"
)

// TopicMessage is the message about one event as SitePack apps get it
// (protocol-webhooks.md 9). It is rendered and signed at each attempt.
type TopicMessage struct {
	ID         string // of the delivery; msg_ is put before it
	Topic      string
	At         time.Time // of this attempt
	ShopID     string
	ShopURL    string
	App        string
	AppVersion string
	Data       json.RawMessage // {"object": …, "previous": …}
}

// Body renders the message. What a SitePack app gets is plain JSON: nothing is escaped that
// need not be.
func (m TopicMessage) Body() []byte {
	shop, app, o := object{plain: true}, object{plain: true}, object{plain: true}
	shop.text("id", m.ShopID)
	shop.text("url", m.ShopURL)
	app.text("id", m.App)
	app.text("version", m.AppVersion)
	o.text("id", messagePrefix+m.ID)
	o.text("type", m.Topic)
	o.text("timestamp", m.At.UTC().Format(time.RFC3339))
	o.raw("shop", shop.bytes())
	o.raw("app", app.bytes())
	o.raw("data", m.Data)
	return o.bytes()
}

// Call makes the signed POST of one attempt, counted from 0 (protocol-signing.md 8 and 9).
// keys are "whsec_" and base64, the newest first; without any it is sent unsigned.
func (m TopicMessage) Call(endpoint, agent string, attempt int, keys ...string) Call {
	body, id := m.Body(), messagePrefix+m.ID
	headers := []Header{
		{"Content-Type", "application/json"},
		{"User-Agent", agent},
		{HeaderTopic, m.Topic},
		{HeaderShop, m.ShopURL},
		{HeaderAttempt, strconv.Itoa(attempt)},
		{HeaderStandardID, id},
		{HeaderStandardTimestamp, strconv.FormatInt(m.At.Unix(), 10)},
	}
	var signatures []string
	for _, text := range keys {
		key, err := WebhookKey(text)
		if err != nil {
			continue
		}
		if len(signatures) == 0 {
			headers = append(headers, Header{HeaderBase64HMAC, base64.StdEncoding.EncodeToString(digest(key, body))})
		}
		signatures = append(signatures, SignStandard(key, id, m.At, body))
	}
	if len(signatures) > 0 {
		headers = append(headers, Header{HeaderStandardSignature, strings.Join(signatures, " ")})
	}
	return Call{Method: http.MethodPost, URL: endpoint, Header: headers, Body: body, Timeout: webhookTimeout(), MaxAnswer: maxWebhookAnswer}
}

// WebhookKey gives the bytes of a key such as "whsec_…", with which a SitePack app's webhooks
// and pages are signed.
func WebhookKey(text string) ([]byte, error) {
	encoded, ok := strings.CutPrefix(text, keyPrefix)
	if !ok {
		return nil, fmt.Errorf("%w: a webhook key begins with %s", ErrMalformed, keyPrefix)
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, fmt.Errorf("%w: a webhook key is base64", ErrMalformed)
	}
	return key, nil
}

// Page is a page of a SitePack app that somebody is sent to (protocol-signing.md 9).
type Page struct {
	ShopID, ShopURL, App string
	Locale               string
	User, Session        string // ids; Session names the log-in
	Location, Resource   string // of widgets; empty: left out
	At                   time.Time
}

// pageTokenLifetime is the validity of the token in a page's address.
const pageTokenLifetime = time.Minute

// Sign gives the signed address of a page under a webhook key. It is a bearer link: make it
// on demand, and never log its query.
func (p Page) Sign(source, key string) (string, error) {
	raw, err := WebhookKey(key)
	if err != nil {
		return "", err
	}
	params := []Param{{"shop-id", p.ShopID}, {"shop-url", p.ShopURL}, {"timestamp", strconv.FormatInt(p.At.Unix(), 10)}, {"locale", p.Locale}, {"user-id", p.User}}
	for _, more := range []Param{{"location", p.Location}, {"resource-id", p.Resource}} {
		if more.Value != "" {
			params = append(params, more)
		}
	}
	return SignURL(source, append(params, Param{"session_token", p.token(raw)}), ParamSitePackSign, string(raw))
}

// Token gives a fresh token by which the page's own server knows who looks at it, as
// [Page.Sign] puts one into the address. It is good for a minute.
func (p Page) Token(key string) (string, error) {
	raw, err := WebhookKey(key)
	if err != nil {
		return "", err
	}
	return p.token(raw), nil
}

// token is the JWT by which the page's own server knows who looks at it.
func (p Page) token(key []byte) string {
	o := object{plain: true}
	o.text("iss", p.ShopURL)
	o.text("aud", p.App)
	o.text("sub", p.User)
	o.text("sid", p.Session)
	o.number("iat", p.At.Unix())
	o.number("exp", p.At.Add(pageTokenLifetime).Unix())
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"typ":"JWT","alg":"HS256"}`)) + "." + encode(o.bytes())
	return signed + "." + encode(digest(key, []byte(signed)))
}

// SignStart gives the address at which an app begins its own authorization, as the host
// sends a browser there (protocol-oauth.md B.2). Without a client secret it is not signed.
func SignStart(source, shopURL, shopID, secret string, at time.Time) (string, error) {
	params := []Param{{"shop", shopURL}, {"shop-id", shopID}, {"timestamp", strconv.FormatInt(at.Unix(), 10)}, {"action", "install"}}
	if secret != "" {
		return SignURL(source, params, paramStartSign, secret)
	}
	base, raw, fragment, err := splitURL(source)
	return base + "?" + Query(raw, params, paramStartSign) + fragment, err
}

// Answered is the redirect_uri with the answer of an authorization (protocol-oauth.md B.3).
func Answered(redirectURI string, params ...Param) string {
	var parts []string
	for _, p := range params {
		if p.Value != "" {
			parts = append(parts, url.QueryEscape(p.Name)+"="+url.QueryEscape(p.Value))
		}
	}
	mark := "?"
	if strings.Contains(redirectURI, "?") {
		mark = "&"
	}
	return redirectURI + mark + strings.Join(parts, "&")
}
