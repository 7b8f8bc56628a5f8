package oauth

import "github.com/appdock/appdock"

// The failures of protocol-oauth.md A: Message is the title on the wire, Cause the detail.

func errGrantType() *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Invalid,
		Code:    "2",
		Message: "The authorization grant type is not supported by the authorization server.",
		Cause:   "Check that all required parameters have been provided",
		Cure:    "Ask with grant_type client_credentials; people ask with password or refresh_token.",
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
		Cure:  "Send grant_type, client_id and what the grant needs, as JSON or as a form: client_secret, or username and password, or refresh_token.",
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

func errPerson() *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Invalid,
		Code:    "6",
		Message: "The user credentials were incorrect.",
		Cure:    "Send the name and the password of a user of the admin; `appdock user invite` gives a link to choose a new one.",
	}
}

// errRefresh refuses with 401, as Shopware 6.6 does and protocol-oauth.md A says.
func errRefresh(detail string) *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Unauthenticated,
		Code:    "8",
		Message: "The refresh token is invalid.",
		Cause:   detail,
		Cure:    "Log in again. A refresh token is good once, and for a week.",
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
