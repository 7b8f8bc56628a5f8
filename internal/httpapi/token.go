package httpapi

import (
	"net/http"
	"net/url"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/internal/web"
)

// maxTokenBody is far more than a token request needs, and far less than what could hurt:
// anybody may send one.
const maxTokenBody = 64 << 10

// issueToken answers POST /api/oauth/token (protocol-oauth.md A). The credentials stand
// in a JSON body, in a form, or, those of a client, in HTTP Basic authentication.
func issueToken(c *call) error {
	c.w.Header().Set("Cache-Control", "no-store")
	parameters, err := c.tokenParameters()
	if err != nil {
		return err
	}
	id, secret, _ := c.r.BasicAuth()
	if v, ok := parameters["client_id"]; ok {
		id = v
	}
	if v, ok := parameters["client_secret"]; ok {
		secret = v
	}
	token, err := c.options.Tokens.Issue(c.r.Context(), c.shop.ID, oauth.Request{
		GrantType:    parameters["grant_type"],
		ClientID:     id,
		ClientSecret: appdock.NewSecret(secret),
		Username:     parameters["username"],
		Password:     appdock.NewSecret(parameters["password"]),
		Refresh:      appdock.NewSecret(parameters["refresh_token"]),
		Scope:        parameters["scope"],
		From:         c.from(),
	})
	if err != nil {
		return err
	}
	return web.JSON(c.w, http.StatusOK, struct {
		Type      string `json:"token_type"`
		ExpiresIn int    `json:"expires_in"` // the PHP SDK refuses what is no integer
		Access    string `json:"access_token"`
		Refresh   string `json:"refresh_token,omitempty"`
	}{"Bearer", int(token.Lifetime.Seconds()), token.Access.Reveal(), token.Refresh.Reveal()})
}

// tokenParameters reads the parameters of the body. One that is no text, or stands there
// twice, is wrong (RFC 6749 section 3.2).
func (c *call) tokenParameters() (map[string]string, error) {
	web.Limit(c.r, maxTokenBody)
	parameters := map[string]string{}
	if mediaType(c.r.Header.Get("Content-Type")) == string(plain) {
		tree, err := web.Decode[map[string]any](c.r, web.Ignore)
		if err != nil {
			return nil, err
		}
		for _, name := range tokenNames() {
			switch value := tree[name].(type) {
			case nil:
			case string:
				parameters[name] = value
			default:
				if name != scopeParameter {
					return nil, oauth.WrongParameter(name)
				}
			}
		}
		return parameters, nil
	}
	body, err := web.Body(c.r)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, badRequest("The form is malformed.")
	}
	for _, name := range tokenNames() {
		switch values := form[name]; len(values) {
		case 0:
		case 1:
			parameters[name] = values[0]
		default:
			if name != scopeParameter {
				return nil, oauth.WrongParameter(name)
			}
		}
	}
	return parameters, nil
}

// scopeParameter is one that clients send in several forms: one that cannot be read asks for
// nothing, as scopes that are unknown do.
const scopeParameter = "scope"

// tokenNames are the parameters that count.
func tokenNames() []string {
	return []string{"grant_type", "client_id", "client_secret", "username", "password", "refresh_token", scopeParameter}
}
