package protocol

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Action is the press of an action button (protocol-admin.md 2.1).
type Action struct {
	Source    Source // URL, ShopID, AppVersion, InAppPurchases
	IDs       []string
	Entity    string
	Action    string
	At        time.Time
	Reference string // 32 hex digits, new for each press
	Language  string
}

// Body renders the request.
func (a Action) Body() []byte {
	var source, data, meta, o object
	source.text("url", a.Source.URL)
	source.text("shopId", a.Source.ShopID)
	source.text("appVersion", a.Source.AppVersion)
	source.optional("inAppPurchases", a.Source.InAppPurchases)

	ids := []byte{'['}
	for i, id := range a.IDs {
		if i > 0 {
			ids = append(ids, ',')
		}
		ids = appendString(ids, id)
	}
	data.raw("ids", append(ids, ']'))
	data.text("entity", a.Entity)
	data.text("action", a.Action)

	meta.number("timestamp", a.At.Unix())
	meta.text("reference", a.Reference)
	meta.text("language", a.Language)

	o.raw("source", source.bytes())
	o.raw("data", data.bytes())
	o.raw("meta", meta.bytes())
	return o.bytes()
}

// Call makes the signed POST. Its answer must be signed as well: see [CheckAction].
func (a Action) Call(endpoint string, host Host, secret string) Call {
	body := a.Body()
	headers := []Header{
		{"Content-Type", "application/json"},
		{HeaderShopSignature, Sign(secret, body)},
		{"Accept-Encoding", "identity"}, // the signature is over the bytes before any encoding
	}
	return Call{
		Method:    http.MethodPost,
		URL:       endpoint,
		Header:    append(headers, host.headers()...),
		Body:      body,
		Timeout:   handshakeTimeout(),
		MaxAnswer: maxActionAnswer,
	}
}

// ParseAction reads an action on the app's side; as with [ParseWebhook], only
// Source.ShopID may be used before the signature was verified.
func ParseAction(body []byte) (Action, error) {
	var wire struct {
		Source Source `json:"source"`
		Data   struct {
			IDs    []string `json:"ids"`
			Entity string   `json:"entity"`
			Action string   `json:"action"`
		} `json:"data"`
		Meta struct {
			Timestamp int64  `json:"timestamp"`
			Reference string `json:"reference"`
			Language  string `json:"language"`
		} `json:"meta"`
	}
	if err := decode(body, &wire); err != nil {
		return Action{}, err
	}
	if wire.Source.ShopID == "" {
		return Action{}, fmt.Errorf("%w: source.shopId is missing", ErrMalformed)
	}
	return Action{
		Source: wire.Source, IDs: wire.Data.IDs, Entity: wire.Data.Entity, Action: wire.Data.Action,
		At: time.Unix(wire.Meta.Timestamp, 0), Reference: wire.Meta.Reference, Language: wire.Meta.Language,
	}, nil
}

// Kinds of what an app may ask for after an action (protocol-admin.md 2.2).
const (
	ActionNotification = "notification"
	ActionReload       = "reload"
	ActionNewTab       = "openNewTab"
	ActionModal        = "openModal"
)

// ActionAnswer is what the admin shall do after an action. The zero value: nothing.
type ActionAnswer struct {
	Type        string
	Status      string // notification: success, error, info, warning
	Message     string // notification
	RedirectURL string // openNewTab; not signed yet
	IFrameURL   string // openModal; not signed yet
	Size        string // openModal: small, medium, large, fullscreen
	Expand      bool   // openModal
}

// Body renders the answer on the app's side; the zero value is an empty body.
func (a ActionAnswer) Body() []byte {
	if a.Type == "" {
		return nil
	}
	var payload, o object
	switch a.Type {
	case ActionNotification:
		payload.text("status", a.Status)
		payload.text("message", a.Message)
	case ActionNewTab:
		payload.text("redirectUrl", a.RedirectURL)
	case ActionModal:
		payload.text("iframeUrl", a.IFrameURL)
		payload.text("size", a.Size)
		payload.raw("expand", fmt.Append(nil, a.Expand))
	}
	o.text("actionType", a.Type)
	o.raw("payload", payload.bytes())
	return o.bytes()
}

// CheckSigned decides whether an answer that has to be signed may be used: transport,
// status, signature over the raw body (protocol-signing.md 5). Shopware verifies before it
// looks at the status; both are failures, but the status says more. The secrets are the
// one of now and, within [Grace] of a rotation, the one before.
func CheckSigned(answer Answer, err error, secrets ...string) error {
	if failure := checkStatus(answer, err, secrets); failure != nil {
		return failure
	}
	// Two header lines never match one signature: that is intended.
	signature := strings.Join(answer.Header.Values(HeaderAppSignature), ", ")
	invalid := ErrSignatureMissing
	for _, secret := range secrets {
		if invalid = Verify(secret, answer.Body, signature); invalid == nil {
			return nil
		}
	}
	return &Failure{Class: Failed, Fault: FaultSignature, Status: answer.Status, Reason: "The answer of the app is not authentic", Err: invalid}
}

// CheckAction decides what an answer to an action means (protocol-admin.md 2.2). A 2xx
// without a body, signed or not, means that there is nothing to do.
func CheckAction(answer Answer, err error, secrets ...string) (ActionAnswer, error) {
	if err == nil && answer.Status >= 200 && answer.Status < 300 && len(answer.Body) == 0 {
		return ActionAnswer{}, nil
	}
	if err := CheckSigned(answer, err, secrets...); err != nil {
		if failure, ok := errors.AsType[*Failure](err); ok && failure.Fault == FaultSignature {
			failure.Reason = "ActionButton remote execution failed"
		}
		return ActionAnswer{}, err
	}
	fail := func(reason string) (ActionAnswer, error) {
		return ActionAnswer{}, &Failure{Class: Failed, Fault: FaultInvalidAnswer, Status: answer.Status, Reason: reason}
	}
	body, _ := members(answer.Body)
	kind, ok := text(body["actionType"])
	if !ok || body["payload"] == nil {
		return fail("Invalid app response")
	}
	var payload struct {
		Status      string `json:"status"`
		Message     string `json:"message"`
		RedirectURL string `json:"redirectUrl"`
		IFrameURL   string `json:"iframeUrl"`
		Size        string `json:"size"`
		Expand      bool   `json:"expand"`
	}
	// The PHP SDK sends [] where there is nothing to say.
	if string(body["payload"]) != "[]" && json.Unmarshal(body["payload"], &payload) != nil {
		return fail("Invalid app response")
	}
	switch kind {
	case ActionNotification:
		if payload.Status == "" || payload.Message == "" {
			return fail("Invalid app response")
		}
		return ActionAnswer{Type: kind, Status: payload.Status, Message: payload.Message}, nil
	case ActionReload:
		return ActionAnswer{Type: kind}, nil
	case ActionNewTab:
		if payload.RedirectURL == "" {
			return fail("The app provided an invalid redirectUrl")
		}
		return ActionAnswer{Type: kind, RedirectURL: payload.RedirectURL}, nil
	case ActionModal:
		if payload.IFrameURL == "" {
			return fail("The app provided an invalid iframeUrl")
		}
		switch payload.Size {
		case "small", "medium", "large", "fullscreen":
			return ActionAnswer{Type: kind, IFrameURL: payload.IFrameURL, Size: payload.Size, Expand: payload.Expand}, nil
		}
		return fail("The app provided an invalid size")
	}
	return fail(fmt.Sprintf("No factory found for action type %q", shown([]byte(kind), secrets)))
}
