package oauth

import (
	"strings"

	"github.com/appdock/appdock"
)

// The failures of protocol-oauth.md C: Code is the OAuth error, Message its description,
// which is printable ASCII without quotes and backslash (RFC 6749 section 5.2).

func refusal(code, description string) *appdock.Error {
	return &appdock.Error{Kind: appdock.Invalid, Code: code, Message: description}
}

func errRequest(description string) *appdock.Error { return refusal("invalid_request", description) }

// errGrant refuses a code or a refresh token. It does not tell an unknown one from one of
// another app.
func errGrant(description string) *appdock.Error { return refusal("invalid_grant", description) }

// errUnknownClient answers a client that is none or that cannot prove who it is.
func errUnknownClient() *appdock.Error {
	return &appdock.Error{
		Kind: appdock.Unauthenticated, Code: "invalid_client",
		Message: "the client is unknown or its secret is wrong",
		Cure:    "Use the client id and secret that the shop showed with the preview of the app.",
	}
}

// errBearer refuses a token of the REST API; code is invalid_token or token_expired
// (rest-api-sitepack.md 10).
func errBearer(code, message string) *appdock.Error {
	return &appdock.Error{Kind: appdock.Unauthenticated, Code: code, Message: message, Cure: "Ask for a new one with the refresh token."}
}

// printable makes a text of a stranger fit for a description.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e || r == '"' || r == '\\' {
			return '?'
		}
		return r
	}, text)
	if len(text) > 60 {
		text = text[:60] + "..."
	}
	return text
}
