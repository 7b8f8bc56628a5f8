package control

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/appdock/appdock"
)

// Users is what operators do with the people who log in to the admin of one shop.
type Users interface {
	// CreateUser makes a user without a password, and the link to choose one.
	CreateUser(ctx context.Context, in NewUser) (InvitedUser, error)
	// InviteUser gives a new link; those of before are dead. The password of before is good
	// until another is chosen.
	InviteUser(ctx context.Context, name string) (InvitedUser, error)
	Users(ctx context.Context) ([]User, error)
	ChangeUser(ctx context.Context, name string, in UserChange) (User, error)
	// Audit gives the newest lines of the log of who decided what.
	Audit(ctx context.Context, limit int) ([]AuditEntry, error)
}

// NewUser is the order to make a user.
type NewUser struct {
	Name       string   `json:"name"`
	Email      string   `json:"email"`
	Role       string   `json:"role"`                 // owner or staff
	Privileges []string `json:"privileges,omitempty"` // of staff
}

// User is a person with a log-in.
type User struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Email      string    `json:"email"`
	Role       string    `json:"role"`
	Privileges []string  `json:"privileges"`
	Active     bool      `json:"active"`
	Invited    bool      `json:"invited"` // no password was chosen yet
	CreatedAt  time.Time `json:"createdAt"`
}

// InvitedUser is a user with the link to choose a password, which is shown this once.
type InvitedUser struct {
	User
	Link  string    `json:"link"`
	Until time.Time `json:"until"`
}

// UserChange is the order to change a user; what is nil stays.
type UserChange struct {
	Active     *bool    `json:"active,omitempty"`
	Role       *string  `json:"role,omitempty"`
	Privileges []string `json:"privileges,omitempty"` // with Role: those of staff
}

// AuditEntry is one line of the audit log.
type AuditEntry struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	User   string    `json:"user,omitempty"` // its id; empty: an operator or the host
	Who    string    `json:"who"`
	Action string    `json:"action"`
	About  string    `json:"about"`
	Detail string    `json:"detail,omitempty"`
}

func userRoutes() []route {
	return []route{
		{"POST /v1/shops/{shop}/users", "user.create", inShop(func(r *http.Request, shop Shop) (any, error) {
			in, err := decode[NewUser](r)
			if err != nil {
				return nil, err
			}
			if err := noToken(r); err != nil {
				return nil, err
			}
			return shop.CreateUser(r.Context(), in)
		})},
		{"GET /v1/shops/{shop}/users", "user.list", inShop(func(r *http.Request, shop Shop) (any, error) {
			return shop.Users(r.Context())
		})},
		{"POST /v1/shops/{shop}/users/{user}/invite", "user.invite", inShop(func(r *http.Request, shop Shop) (any, error) {
			if err := noToken(r); err != nil {
				return nil, err
			}
			return shop.InviteUser(r.Context(), r.PathValue("user"))
		})},
		{"POST /v1/shops/{shop}/users/{user}", "user.change", inShop(func(r *http.Request, shop Shop) (any, error) {
			in, err := decode[UserChange](r)
			if err != nil {
				return nil, err
			}
			return shop.ChangeUser(r.Context(), r.PathValue("user"), in)
		})},
		{"GET /v1/shops/{shop}/audit", "user.audit", inShop(func(r *http.Request, shop Shop) (any, error) {
			limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
			if err != nil {
				return nil, malformed(err)
			}
			return shop.Audit(r.Context(), limit)
		})},
	}
}

// noToken refuses what would outlive a token that leaked: somebody's way to log in.
func noToken(r *http.Request) error {
	o := operatorOf(r.Context())
	if o.Token == "" {
		return nil
	}
	return &appdock.Error{
		Kind: appdock.Refused, Code: "ADK-TOKEN-LOCAL", Message: "A token cannot let people log in",
		Cause: "the call came over the net with the token " + o.Name + "; a log-in made with one that leaked would outlive its revocation",
		Cure:  "Invite people on the host's own machine: appdock user create NAME",
	}
}

// CreateUser makes a user.
func (s shopClient) CreateUser(ctx context.Context, in NewUser) (InvitedUser, error) {
	return call[InvitedUser](ctx, s.host, http.MethodPost, s.path+"/users", in)
}

// InviteUser gives a new link.
func (s shopClient) InviteUser(ctx context.Context, name string) (InvitedUser, error) {
	return call[InvitedUser](ctx, s.host, http.MethodPost, s.path+"/users/"+url.PathEscape(name)+"/invite", nil)
}

// Users lists the users of the shop.
func (s shopClient) Users(ctx context.Context) ([]User, error) {
	return get[[]User](ctx, s.host, s.path+"/users")
}

// ChangeUser changes a user.
func (s shopClient) ChangeUser(ctx context.Context, name string, in UserChange) (User, error) {
	return call[User](ctx, s.host, http.MethodPost, s.path+"/users/"+url.PathEscape(name), in)
}

// Audit reads the audit log.
func (s shopClient) Audit(ctx context.Context, limit int) ([]AuditEntry, error) {
	return get[[]AuditEntry](ctx, s.host, s.path+"/audit?limit="+strconv.Itoa(limit))
}
