package oauth_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/oauth"
)

// crowd is one user, and the refresh tokens that are out.
type crowd struct {
	person oauth.Person
	gone   bool
	broken bool // the host fails
	judged int  // passwords that were looked at
	// meanwhile runs while a password is looked at.
	meanwhile func()
	kept      map[string]oauth.RefreshToken
}

func (c *crowd) LogIn(_ context.Context, _ appdock.ShopID, name string, password appdock.Secret) (oauth.Person, error) {
	c.judged++
	if c.meanwhile != nil {
		c.meanwhile()
	}
	switch {
	case c.broken:
		return oauth.Person{}, errors.New("disk on fire")
	case name != "olga" || password.Reveal() != "right":
		return oauth.Person{}, &appdock.Error{Kind: appdock.Unauthenticated, Code: "x"}
	}
	return c.person, nil
}

func (c *crowd) Person(_ context.Context, _ appdock.ShopID, id appdock.ID) (oauth.Person, error) {
	if c.gone || id != c.person.Actor.User {
		return oauth.Person{}, &appdock.Error{Kind: appdock.NotFound}
	}
	return c.person, nil
}

func (c *crowd) KeepRefresh(_ context.Context, _ appdock.ShopID, t oauth.RefreshToken) error {
	c.kept[string(t.Hash)] = t
	return nil
}

func (c *crowd) Refresh(_ context.Context, _ appdock.ShopID, hash []byte) (oauth.RefreshToken, error) {
	t, ok := c.kept[string(hash)]
	if !ok {
		return t, &appdock.Error{Kind: appdock.NotFound}
	}
	return t, nil
}

func (c *crowd) FollowRefresh(_ context.Context, _ appdock.ShopID, hash []byte, next oauth.RefreshToken) error {
	if c.broken {
		return errors.New("disk on fire")
	}
	if c.meanwhile != nil {
		c.meanwhile()
	}
	if _, ok := c.kept[string(hash)]; !ok {
		return &appdock.Error{Kind: appdock.NotFound}
	}
	delete(c.kept, string(hash))
	c.kept[string(next.Hash)] = next
	return nil
}

func withPeople() (*host, *crowd) {
	h := newHost()
	c := &crowd{kept: map[string]oauth.RefreshToken{}, person: oauth.Person{
		Actor:      appdock.Actor{Shop: shop, User: appdock.ID{9}, Privileges: appdock.NewPrivileges("order:read")},
		PasswordAt: start.Add(-time.Hour),
	}}
	random := make([]byte, 32*100)
	for i := range random {
		random[i] = byte(i / 32) // each token another
	}
	h.People, h.Refreshes, h.Random = c, c, bytes.NewReader(random)
	return h, c
}

func logIn(over func(*oauth.Request)) oauth.Request {
	r := oauth.Request{GrantType: "password", ClientID: "administration", Username: "olga", Password: appdock.NewSecret("right"), Scope: "write user-verified nothing"}
	if over != nil {
		over(&r)
	}
	return r
}

// TestPeopleGetTokens goes through the life of a log-in: a token, the next one, and what ends them.
func TestPeopleGetTokens(t *testing.T) {
	t.Parallel()
	h, c := withPeople()
	first, err := h.Issue(t.Context(), shop, logIn(nil))
	if err != nil {
		t.Fatal(err)
	}
	who := func(token oauth.Token) (appdock.Actor, string) {
		actor, err := h.Actor(t.Context(), shop, "Bearer "+token.Access.Reveal())
		if err != nil {
			return actor, shown(t, err).Detail
		}
		return actor, ""
	}
	if got, refused := who(first); refused != "" || !cmp.Equal(got, c.person.Actor) || first.Lifetime != 10*time.Minute {
		t.Errorf("the token is that of %+v, %s", got, refused)
	}
	next := func(refresh appdock.Secret, scope string) (oauth.Token, error) {
		return h.Issue(t.Context(), shop, oauth.Request{GrantType: "refresh_token", ClientID: "administration", Refresh: refresh, Scope: scope})
	}
	second, err := next(first.Refresh, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := next(first.Refresh, ""); shown(t, err) != (answer{appdock.Unauthenticated, "8", "The refresh token is invalid.", "Token has been revoked"}) {
		t.Errorf("a refresh token is good twice: %+v", err)
	}
	if scopes := scopesOf(t, first); scopes != "write user-verified" {
		t.Errorf("with a password the scopes are %q", scopes)
	}
	if scopes := scopesOf(t, second); scopes != "write" {
		t.Errorf("without a password the scopes are %q", scopes)
	}
	if second, err = next(second.Refresh, "nothing"); err != nil || scopesOf(t, second) != "write" {
		t.Errorf("asked for what there is not, the scopes are %q, %v", scopesOf(t, second), err)
	}
	third, err := next(second.Refresh, "user-verified nothing")
	if err != nil || scopesOf(t, third) != "" {
		t.Errorf("asked for less, the scopes are %q, %v", scopesOf(t, third), err)
	}
	h.now = h.now.Add(7 * 24 * time.Hour)
	if _, err := next(third.Refresh, ""); shown(t, err).Detail != "Token has expired" {
		t.Errorf("after a week: %+v", err)
	}

	// Another password ends both, and so does the end of the user.
	fourth, err := h.Issue(t.Context(), shop, logIn(nil))
	if err != nil {
		t.Fatal(err)
	}
	c.person.PasswordAt = h.now.Add(time.Millisecond)
	if _, refused := who(fourth); refused != "Access token is expired" {
		t.Errorf("after another password was chosen: %q", refused)
	}
	if _, err := next(fourth.Refresh, ""); shown(t, err).Detail != "Token has been revoked" {
		t.Errorf("after another password was chosen: %+v", err)
	}
	h.now = h.now.Add(time.Second)
	c.person.Actor.Everything = true
	fifth, err := h.Issue(t.Context(), shop, logIn(nil))
	if err != nil || scopesOf(t, fifth) != "write user-verified admin" {
		t.Errorf("the scopes of an owner are %q, %v", scopesOf(t, fifth), err)
	}
	c.gone = true
	if _, refused := who(fifth); refused != "Access token is invalid" {
		t.Errorf("of somebody who is gone: %q", refused)
	}
	if _, err := next(fifth.Refresh, ""); shown(t, err).Detail != "Token has been revoked" {
		t.Errorf("of somebody who is gone: %+v", err)
	}
	for hash := range c.kept {
		if strings.Contains(hash, fifth.Refresh.Reveal()) {
			t.Error("the refresh token itself is kept")
		}
	}
}

// TestRefreshThatFails asks for the next token while the host fails: the log-in is not lost by it,
// and of two who ask at a time one gets it.
func TestRefreshThatFails(t *testing.T) {
	t.Parallel()
	h, c := withPeople()
	first, err := h.Issue(t.Context(), shop, logIn(nil))
	if err != nil {
		t.Fatal(err)
	}
	request := oauth.Request{GrantType: "refresh_token", ClientID: "administration", Refresh: first.Refresh}
	c.broken = true
	if _, err := h.Issue(t.Context(), shop, request); err == nil || appdock.KindOf(err) != appdock.Internal {
		t.Errorf("while the store fails: %v", err)
	}
	c.broken = false
	c.meanwhile = func() {
		c.meanwhile = nil
		if _, err := h.Issue(t.Context(), shop, request); err != nil {
			t.Errorf("after the store failed: %v", err)
		}
	}
	if _, err := h.Issue(t.Context(), shop, request); shown(t, err).Detail != "Token has been revoked" {
		t.Errorf("the slower of two: %+v", err)
	}
	if len(c.kept) != 1 {
		t.Errorf("%d refresh tokens are out, want 1", len(c.kept))
	}
}

// TestPasswordChosenDuringLogIn has somebody choose another password while the old one is looked
// at: what is given for the old one is worth nothing.
func TestPasswordChosenDuringLogIn(t *testing.T) {
	t.Parallel()
	h, c := withPeople()
	c.meanwhile = func() {
		c.meanwhile = nil
		h.now = h.now.Add(time.Second)
	}
	token, err := h.Issue(t.Context(), shop, logIn(nil))
	if err != nil {
		t.Fatal(err)
	}
	c.person.PasswordAt = h.now.Add(-time.Millisecond)
	_, err = h.Issue(t.Context(), shop, oauth.Request{GrantType: "refresh_token", ClientID: "administration", Refresh: token.Refresh})
	if shown(t, err).Detail != "Token has been revoked" {
		t.Errorf("got %+v", err)
	}
}

// TestPeopleAreRefused is protocol-oauth.md A, the rows about people.
func TestPeopleAreRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		over func(*oauth.Request)
		want answer
	}{
		"no client":        {func(r *oauth.Request) { r.ClientID = "" }, answer{appdock.Invalid, "3", titleParameter, "Check the `client_id` parameter"}},
		"no name":          {func(r *oauth.Request) { r.Username = "" }, answer{appdock.Invalid, "3", titleParameter, "Check the `username` parameter"}},
		"no password":      {func(r *oauth.Request) { r.Password = appdock.Secret{} }, answer{appdock.Invalid, "3", titleParameter, "Check the `password` parameter"}},
		"another client":   {func(r *oauth.Request) { r.ClientID = accessKey }, answer{appdock.Unauthenticated, "4", titleClient, ""}},
		"a wrong password": {func(r *oauth.Request) { r.Password = appdock.NewSecret("wrong") }, answer{appdock.Invalid, "6", "The user credentials were incorrect.", ""}},
		"a wrong name":     {func(r *oauth.Request) { r.Username = "otto" }, answer{appdock.Invalid, "6", "The user credentials were incorrect.", ""}},
		"no refresh token": {func(r *oauth.Request) { r.GrantType = "refresh_token" }, answer{appdock.Invalid, "3", titleParameter, "Check the `refresh_token` parameter"}},
		"one that is none": {func(r *oauth.Request) { r.GrantType, r.Refresh = "refresh_token", appdock.NewSecret("x") }, answer{appdock.Unauthenticated, "8", "The refresh token is invalid.", "Cannot decrypt the refresh token"}},
		"one of nobody": {func(r *oauth.Request) {
			r.GrantType, r.Refresh = "refresh_token", appdock.NewSecret(strings.Repeat("A", 43))
		}, answer{appdock.Unauthenticated, "8", "The refresh token is invalid.", "Token has been revoked"}},
		"a refresh elsewhere": {func(r *oauth.Request) {
			r.GrantType, r.ClientID, r.Refresh = "refresh_token", "x", appdock.NewSecret("x")
		}, answer{appdock.Unauthenticated, "4", titleClient, ""}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, _ := withPeople()
			if _, err := h.Issue(t.Context(), shop, logIn(test.over)); err == nil || shown(t, err) != test.want {
				t.Errorf("got %+v, want %+v", err, test.want)
			}
		})
	}
	h, _ := withPeople()
	// Failures of one name keep no other waiting.
	for range 10 {
		_, _ = h.Issue(t.Context(), shop, logIn(func(r *oauth.Request) { r.Password = appdock.NewSecret("wrong") }))
	}
	if _, err := h.Issue(t.Context(), shop, logIn(func(r *oauth.Request) { r.Username = "OLGA" })); shown(t, err).Kind != appdock.Throttled {
		t.Errorf("after ten failures: %+v", err)
	}
	if _, err := h.Issue(t.Context(), shop, right()); err != nil {
		t.Errorf("a client waits for failures of a person: %v", err)
	}
}

// TestGuessesAtPasswords tries what a guesser does: the owner of a name is kept out from nowhere
// else, and one good account buys no more guesses at others.
func TestGuessesAtPasswords(t *testing.T) {
	t.Parallel()
	h, c := withPeople()
	const token appdock.Kind = -1
	ask := func(name, password, from string) appdock.Kind {
		_, err := h.Issue(t.Context(), shop, logIn(func(r *oauth.Request) {
			r.Username, r.Password, r.From = name, appdock.NewSecret(password), from
		}))
		if err == nil {
			return token
		}
		return appdock.KindOf(err)
	}
	const own, bad = "192.0.2.1", "192.0.2.66"
	for n := range 10 {
		if got := ask("olga", "wrong", bad); got != appdock.Invalid {
			t.Fatalf("guess %d: got %v, want it to be judged", n, got)
		}
	}
	if got := ask("olga", "right", bad); got != appdock.Throttled {
		t.Errorf("the eleventh: got %v, want it to wait", got)
	}
	if got := ask("olga", "right", own); got != token {
		t.Errorf("the owner, from elsewhere: got %v, want a token", got)
	}
	h.now = h.now.Add(10 * time.Second)
	if got := ask("olga", "right", bad); got != token {
		t.Errorf("after the wait: got %v, want a token", got)
	}
	// A token forgives what was tried for its name, here ten, and nothing that was tried for others.
	for n := range 10 {
		if got := ask("name"+string(rune('a'+n)), "spring", bad); got != appdock.Invalid {
			t.Fatalf("another name, %d: got %v, want it to be judged", n, got)
		}
		if n == 8 {
			if got := ask("olga", "right", bad); got != token {
				t.Fatalf("own account in between: got %v, want a token", got)
			}
		}
	}
	if got := ask("namez", "spring", bad); got != appdock.Throttled {
		t.Errorf("after ten other names: got %v, want it to wait", got)
	}
	if got := ask("olga", "wrong", own); got != appdock.Invalid {
		t.Errorf("from elsewhere: got %v", got)
	}
	// What the host breaks counts nothing.
	c.broken = true
	for range 12 {
		if got := ask("olga", "right", own); got != appdock.Internal {
			t.Fatalf("a host that fails: got %v", got)
		}
	}
	// Many at the same time get no more tries than one after the other.
	c.broken, c.judged = false, 0
	c.meanwhile = func() { ask("olga", "wrong", "192.0.2.99") }
	ask("olga", "wrong", "192.0.2.99")
	if c.judged > 10 {
		t.Errorf("%d passwords were judged at the same time", c.judged)
	}
}

// scopesOf are those that stand in an access token.
func scopesOf(t *testing.T, token oauth.Token) string {
	t.Helper()
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token.Access.Reveal(), ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		Audience string `json:"aud"`
		ID       string `json:"jti"`
		Subject  string `json:"sub"`
		Scopes   []string
	}
	if err := json.Unmarshal(payload, &c); err != nil || c.Audience != "administration" || c.ID != "administration" || c.Subject != (appdock.ID{9}).String() {
		t.Errorf("the token says %s, %v", payload, err)
	}
	return strings.Join(c.Scopes, " ")
}
