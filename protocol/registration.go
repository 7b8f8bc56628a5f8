package protocol

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Registration is the first message of a host to an app (protocol-handshake.md 4).
type Registration struct {
	ShopID  string
	ShopURL string // as configured; see [CheckShopURL]
	AppName string // not in the request, but part of the proof
	At      time.Time
}

// Query returns the text that is signed and sent: the three parameters behind any query
// that the registration URL has of its own.
func (r Registration) Query(raw string) string {
	return Query(raw, []Param{
		{"shop-id", r.ShopID},
		{"shop-url", r.ShopURL},
		{"timestamp", strconv.FormatInt(r.At.Unix(), 10)},
	})
}

// Call makes the signed GET. current is the shop secret in force on a re-registration, or
// the last one of an app that was installed before; empty: a first registration.
func (r Registration) Call(endpoint string, host Host, appSecret, current string) (Call, error) {
	base, raw, _, err := splitURL(endpoint)
	if err != nil {
		return Call{}, fmt.Errorf("registration URL: %w", err)
	}
	query := r.Query(raw)
	headers := []Header{{HeaderAppSignature, Sign(appSecret, []byte(query))}}
	if current != "" {
		headers = append(headers, Header{HeaderShopSignature, Sign(current, []byte(query))})
	}
	return Call{
		Method:    http.MethodGet,
		URL:       base + "?" + query,
		Header:    append(headers, host.headers()...),
		Timeout:   handshakeTimeout(),
		MaxAnswer: maxHandshakeAnswer,
	}, nil
}

// Proof is what an app that holds the app secret answers: shop id, shop URL and app name
// without separators, signed. It is made of what was sent, never of the answer.
func (r Registration) Proof(appSecret string) string {
	return Sign(appSecret, []byte(r.ShopID+r.ShopURL+r.AppName))
}

// ParseRegistration reads the query of a registration request on the app's side. The app
// name is not in it.
func ParseRegistration(raw string) (Registration, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return Registration{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	seconds, err := strconv.ParseInt(values.Get("timestamp"), 10, 64)
	r := Registration{ShopID: values.Get("shop-id"), ShopURL: values.Get("shop-url"), At: time.Unix(seconds, 0)}
	if err != nil || r.ShopID == "" || r.ShopURL == "" {
		return Registration{}, fmt.Errorf("%w: a registration has shop-id, shop-url and timestamp", ErrMalformed)
	}
	return r, nil
}

// Registered is an app's answer to a registration; as JSON it is what the app sends.
type Registered struct {
	Proof           string `json:"proof"`
	Secret          string `json:"secret"` // the shop secret; it counts once it was confirmed
	ConfirmationURL string `json:"confirmation_url"`
}

// Short says that the secret is below the documented 64 characters: each use of one that
// was allowed deserves a warning.
func (r Registered) Short() bool { return utf8.RuneCountInString(r.Secret) < minSecret }

// Length of a shop secret in characters (protocol-handshake.md 5, row 10).
const (
	minSecret = 64
	maxSecret = 255
)

// Expected is what the host knows before it reads an answer to a registration.
type Expected struct {
	Proof            string   // Registration.Proof
	Current          string   // shop secret in force, which the new one must not equal; empty: none
	AllowShortSecret bool     // accept less than 64 characters
	AllowHTTP        bool     // accept a confirmation URL that is not https
	Secrets          []string // texts that the reason must not show, even if the app echoes them
}

// CheckRegistration decides what an app's answer to a registration means; err is that of
// the transport, if there was no answer. The rows of protocol-handshake.md 5 are checked in
// their order, and the first that applies is returned as a [*Failure].
func CheckRegistration(answer Answer, err error, want Expected) (Registered, error) {
	hide := append([]string{want.Current}, want.Secrets...)
	if failure := checkStatus(answer, err, hide); failure != nil { // rows 1 to 4
		return Registered{}, failure
	}
	fail := func(class Class, fault Fault, reason string) (Registered, error) {
		return Registered{}, &Failure{Class: class, Fault: fault, Status: answer.Status, Reason: reason}
	}
	body, ok := members(answer.Body)
	if !ok { // 5
		return fail(Failed, FaultNotJSON, "JSON response could not be decoded")
	}
	if reason, ok := refusal(answer.Body, hide); ok { // 6
		return fail(Rejected, FaultRefused, reason)
	}
	proof, ok := text(body["proof"])
	if _, present := body["proof"]; present && !ok { // 7
		return fail(Failed, FaultNoProof, "The app server provided no proof")
	}
	if !equal(strings.Trim(proof, asciiSpace), want.Proof) { // 8
		return fail(Failed, FaultWrongProof, "The app server provided an invalid proof")
	}
	secret, ok := text(body["secret"])
	if !ok || secret == "" { // 9
		return fail(Failed, FaultNoSecret, "The app server provided no secret")
	}
	registered := Registered{Proof: want.Proof, Secret: secret}
	if utf8.RuneCountInString(secret) > maxSecret || registered.Short() && !want.AllowShortSecret { // 10
		return fail(Failed, FaultSecretLength, "The app secret must be between 64 and 255 characters")
	}
	if want.Current != "" && equal(secret, want.Current) { // 11
		return fail(Failed, FaultSecretSame, "The new app secret returned from the App must be different from the current one.")
	}
	confirmation, _ := text(body["confirmation_url"])
	if !isConfirmationURL(confirmation, want.AllowHTTP) { // 12
		return fail(Failed, FaultConfirmationURL, "The app server provided an invalid confirmation url")
	}
	registered.ConfirmationURL = confirmation
	return registered, nil
}

const asciiSpace = " \t\n\r\v\f"

// checkStatus is rows 1 to 4 of protocol-handshake.md 5: no answer, an error status with or
// without a text, a redirect. It is nil for 2xx.
func checkStatus(answer Answer, err error, hide []string) *Failure {
	failure := &Failure{Class: Failed, Status: answer.Status, Err: err}
	switch status := answer.Status; {
	case err != nil:
		failure.Fault, failure.Reason = FaultUnreachable, shown([]byte(err.Error()), hide)
	case status >= 400:
		if status < 500 {
			failure.Class = Rejected
		}
		reason, ok := refusal(answer.Body, hide)
		failure.Fault, failure.Reason = FaultRefused, reason
		if !ok {
			failure.Fault = FaultStatus
			failure.Reason = fmt.Sprintf("Got status code %d, with response: %s", status, shown(answer.Body, hide))
		}
	case status >= 300:
		failure.Fault, failure.Reason = FaultRedirect, "redirect not allowed: "+shown([]byte(answer.Header.Get("Location")), hide)
	case status < 200:
		failure.Fault, failure.Reason = FaultStatus, fmt.Sprintf("Got status code %d", status)
	default:
		return nil
	}
	return failure
}

// refusal returns the text of an answer whose member "error" is a string.
func refusal(body []byte, hide []string) (string, bool) {
	object, _ := members(body)
	reason, ok := text(object["error"])
	if ok && strings.TrimSpace(reason) == "" {
		return "The app server refused and gave no reason", true
	}
	return shown([]byte(reason), hide), ok
}

// isConfirmationURL is row 12 of protocol-handshake.md 5.
func isConfirmationURL(s string, allowHTTP bool) bool {
	u, err := url.Parse(s)
	return err == nil && u.Hostname() != "" && u.User == nil && !strings.Contains(s, "#") &&
		(u.Scheme == "https" || u.Scheme == "http" && allowHTTP)
}

// Confirmation is the last message of the handshake: it carries the credentials for the
// Admin API and makes the shop secret count (protocol-handshake.md 6).
type Confirmation struct {
	APIKey    string
	SecretKey string
	At        time.Time
	ShopURL   string
	ShopID    string
}

// Body renders the confirmation. Its timestamp is a string, unlike that of a webhook.
func (c Confirmation) Body() []byte {
	var o object
	o.text("apiKey", c.APIKey)
	o.text("secretKey", c.SecretKey)
	o.text("timestamp", strconv.FormatInt(c.At.Unix(), 10))
	o.text("shopUrl", c.ShopURL)
	o.text("shopId", c.ShopID)
	return o.bytes()
}

// Call makes the signed POST. secret is the new shop secret, previous the one in force on a
// re-registration; empty: a first registration.
func (c Confirmation) Call(endpoint string, host Host, secret, previous string) Call {
	body := c.Body()
	headers := []Header{
		{"Content-Type", "application/json"},
		{HeaderShopSignature, Sign(secret, body)},
	}
	if previous != "" {
		headers = append(headers, Header{HeaderPreviousSignature, Sign(previous, body)})
	}
	return Call{
		Method:    http.MethodPost,
		URL:       endpoint,
		Header:    append(headers, host.headers()...),
		Body:      body,
		Timeout:   handshakeTimeout(),
		MaxAnswer: maxHandshakeAnswer,
	}
}

// ParseConfirmation reads a confirmation on the app's side; its signature is verified
// before anything but the shop id is used.
func ParseConfirmation(body []byte) (Confirmation, error) {
	var wire struct {
		APIKey    string `json:"apiKey"`
		SecretKey string `json:"secretKey"`
		Timestamp string `json:"timestamp"`
		ShopURL   string `json:"shopUrl"`
		ShopID    string `json:"shopId"`
	}
	if err := decode(body, &wire); err != nil {
		return Confirmation{}, err
	}
	seconds, err := strconv.ParseInt(wire.Timestamp, 10, 64)
	if err != nil || wire.APIKey == "" || wire.SecretKey == "" || wire.ShopID == "" {
		return Confirmation{}, fmt.Errorf("%w: a confirmation has apiKey, secretKey, timestamp and shopId", ErrMalformed)
	}
	return Confirmation{
		APIKey: wire.APIKey, SecretKey: wire.SecretKey,
		At: time.Unix(seconds, 0), ShopURL: wire.ShopURL, ShopID: wire.ShopID,
	}, nil
}

// CheckConfirmation decides what the answer to a confirmation means (protocol-handshake.md
// 7): nil, the app has the secret; [Rejected], it said no and the secret is to be dropped;
// [Unknown], it may have it and the secret must be kept. The secrets are hidden in the reason.
func CheckConfirmation(answer Answer, err error, secrets ...string) error {
	failure := checkStatus(answer, err, secrets)
	if failure == nil {
		return nil
	}
	if failure.Class != Rejected {
		failure.Class = Unknown
		failure.Reason = "outcome unknown: " + failure.Reason
	}
	return failure
}
