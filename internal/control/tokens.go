package control

import (
	"context"
	"net/http"
	"time"

	"github.com/appdock/appdock"
)

// Tokens is what operators do with the tokens of a host. A token may do over the net what
// the socket may do, but for making other tokens: one that leaked would outlive its end.
type Tokens interface {
	// CreateToken makes a token. Its text is in the answer and nowhere else.
	CreateToken(ctx context.Context, order NewToken) (CreatedToken, error)
	Tokens(ctx context.Context) ([]Token, error)
	// RevokeToken ends a token, named by its id or its label.
	RevokeToken(ctx context.Context, token string) (Token, error)
}

// NewToken is the order to make one.
type NewToken struct {
	Label string `json:"label"`
	// Seconds that it is good for; 0: until it is revoked.
	Seconds int64 `json:"seconds,omitempty"`
}

// Token is one, without what it is shown by.
type Token struct {
	ID        string     `json:"id"`
	Label     string     `json:"label"`
	CreatedAt time.Time  `json:"createdAt"`
	ExpiresAt *time.Time `json:"expiresAt,omitempty"`
}

// CreatedToken is a new one. Token is its text, which is shown this once.
type CreatedToken struct {
	Token
	Text string `json:"token"`
}

// revocation names a token in the body: should somebody give its text instead of its label,
// then no log of a path has it.
type revocation struct {
	Token string `json:"token"`
}

func tokenRoutes() []route {
	return []route{
		{"POST /v1/tokens", "token.create", func(r *http.Request, host Host) (any, error) {
			if o := operatorOf(r.Context()); o.Token != "" {
				return nil, &appdock.Error{
					Kind: appdock.Refused, Code: "ADK-TOKEN-LOCAL", Message: "A token cannot make another",
					Cause: "the call came over the net with the token " + o.Name + "; one that leaked could outlive its revocation",
					Cure:  "Make tokens on the host's own machine: appdock token create LABEL",
				}
			}
			in, err := decode[NewToken](r)
			if err != nil {
				return nil, err
			}
			return host.CreateToken(r.Context(), in)
		}},
		{"GET /v1/tokens", "token.list", func(r *http.Request, host Host) (any, error) {
			return host.Tokens(r.Context())
		}},
		{"POST /v1/tokens/revoke", "token.revoke", func(r *http.Request, host Host) (any, error) {
			in, err := decode[revocation](r)
			if err != nil {
				return nil, err
			}
			return host.RevokeToken(r.Context(), in.Token)
		}},
	}
}

// CreateToken makes a token.
func (c *Client) CreateToken(ctx context.Context, order NewToken) (CreatedToken, error) {
	return call[CreatedToken](ctx, c, http.MethodPost, "/v1/tokens", order)
}

// Tokens lists the tokens of the host.
func (c *Client) Tokens(ctx context.Context) ([]Token, error) {
	return get[[]Token](ctx, c, "/v1/tokens")
}

// RevokeToken ends a token.
func (c *Client) RevokeToken(ctx context.Context, token string) (Token, error) {
	return call[Token](ctx, c, http.MethodPost, "/v1/tokens/revoke", revocation{token})
}
