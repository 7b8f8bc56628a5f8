package oauth

import "github.com/appdock/appdock"

// The failures of protocol-oauth.md A: Message is the title on the wire, Cause the detail.

func errGrantType() *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Invalid,
		Code:    "2",
		Message: "The authorization grant type is not supported by the authorization server.",
		Cause:   "Check that all required parameters have been provided",
		Cure:    "Ask with grant_type=client_credentials.",
	}
}

// WrongParameter refuses a request for a parameter that is missing, no text, or there twice.
func WrongParameter(name string) *appdock.Error {
	return &appdock.Error{
		Kind: appdock.Invalid,
		Code: "3",
		Message: "The request is missing a required parameter, includes an invalid parameter value, " +
			"includes a parameter more than once, or is otherwise malformed.",
		Cause: "Check the `" + name + "` parameter",
		Cure:  "Send grant_type, client_id and client_secret, as JSON or as a form.",
	}
}

func errClient() *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Unauthenticated,
		Code:    "4",
		Message: "Client authentication failed",
		Cure:    "Use the apiKey and secretKey of the last confirmation, and see that the app is active.",
	}
}

func errToken(detail string) *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Unauthenticated,
		Code:    "9",
		Message: "The resource owner or authorization server denied the request.",
		Cause:   detail,
		Cure:    "Ask for a new token at /api/oauth/token.",
	}
}
