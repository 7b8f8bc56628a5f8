package oauth_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/oauth"
)

func checkRefusal(t *testing.T, err error, code string) {
	t.Helper()
	e, ok := errors.AsType[*appdock.Error](err)
	if !ok || e.Code != code {
		t.Fatalf("got %v, want %s", err, code)
	}
	// RFC 6749 section 5.2.
	if strings.ContainsFunc(e.Message, func(r rune) bool { return r < 0x20 || r > 0x7e || r == '"' || r == '\\' }) {
		t.Errorf("description %q", e.Message)
	}
}

// families are codes and tokens of one shop in memory.
type families struct {
	apps     map[string]oauth.App
	codes    map[string]oauth.Code
	tokens   map[string]oauth.AppToken
	families map[appdock.ID]oauth.Family
}

var errNone = &appdock.Error{Kind: appdock.NotFound, Message: "There is none."}

func (f *families) App(_ context.Context, s appdock.ShopID, id string) (oauth.App, error) {
	a, ok := f.apps[id]
	if !ok || s != shop {
		return oauth.App{}, errNone
	}
	return a, nil
}

func (f *families) Add(_ context.Context, c oauth.Code) error {
	f.codes[hex.EncodeToString(c.Hash)] = c
	f.families[c.Family.ID] = c.Family
	return nil
}

func (f *families) Redeem(_ context.Context, _ appdock.ShopID, hash []byte, decide func(oauth.Code) oauth.Change) error {
	key := hex.EncodeToString(hash)
	c, ok := f.codes[key]
	if !ok {
		return errNone
	}
	c.Family = f.families[c.Family.ID]
	decide(c) // it may run again
	change := decide(c)
	family := c.Family
	if change.Use {
		c.UsedAt, family.StartedAt, family.Confidential = change.At, change.At, change.Confidential
		f.codes[key] = c
	}
	f.carryOut(change, family)
	return nil
}

func (f *families) Renew(_ context.Context, _ appdock.ShopID, hash, next []byte, decide func(oauth.AppToken, oauth.Family, oauth.AppToken) oauth.Change) error {
	key := hex.EncodeToString(hash)
	token, ok := f.tokens[key]
	if !ok {
		return errNone
	}
	change := decide(token, f.families[token.Family], f.tokens[hex.EncodeToString(next)])
	if change.Use {
		token.UsedAt = change.At
		f.tokens[key] = token
	}
	f.carryOut(change, f.families[token.Family])
	return nil
}

func (f *families) carryOut(change oauth.Change, family oauth.Family) {
	for _, t := range change.Add {
		f.tokens[hex.EncodeToString(t.Hash)] = t
	}
	if change.End {
		family.EndedAt = change.At
	}
	f.families[family.ID] = family
}

func (f *families) Find(_ context.Context, _ appdock.ShopID, hash []byte) (oauth.AppToken, oauth.Family, oauth.App, error) {
	t, ok := f.tokens[hex.EncodeToString(hash)]
	if !ok {
		return oauth.AppToken{}, oauth.Family{}, oauth.App{}, errNone
	}
	family := f.families[t.Family]
	a, ok := f.apps[family.App]
	if !ok {
		return oauth.AppToken{}, oauth.Family{}, oauth.App{}, errNone
	}
	return t, family, a, nil
}

func (f *families) End(_ context.Context, _ appdock.ShopID, id appdock.ID, at time.Time) error {
	family := f.families[id]
	family.EndedAt = at
	f.families[id] = family
	return nil
}

func (f *families) Forget(_ context.Context, _ appdock.ShopID, hash []byte) error {
	delete(f.tokens, hex.EncodeToString(hash))
	return nil
}

// server is an authorization server with everything around it in the test's hands.
type server struct {
	*oauth.Server
	*families
	now       time.Time
	completed []string
	reused    int
	fails     error
	users     map[appdock.ID]appdock.Actor
}

func (s *server) Complete(_ context.Context, _ appdock.ShopID, name string) (oauth.Completion, error) {
	if s.fails != nil {
		return oauth.Completion{}, s.fails
	}
	first := !slices.Contains(s.completed, name)
	s.completed = append(s.completed, name)
	if !first {
		return oauth.Completion{}, nil
	}
	return oauth.Completion{WebhookSecret: appdock.NewSecret("whsec_AAAA"), ContinueURL: issuer + "/admin/apps/1/continue"}, nil
}

func (s *server) Reused(context.Context, oauth.Family) error { s.reused++; return nil }

func (s *server) User(_ context.Context, _ appdock.ShopID, id appdock.ID) (appdock.Actor, error) {
	a, ok := s.users[id]
	if !ok {
		return appdock.Actor{}, errNone
	}
	return a, nil
}

var (
	merchant  = appdock.MustID("0192a0000000700080000000000000b1")
	shopWords = appdock.Shop{ID: shop, URL: issuer}
	secret    = appdock.NewSecret("client-secret")
)

func newServer() *server {
	s := &server{now: start, users: map[appdock.ID]appdock.Actor{}}
	s.families = &families{
		apps:  map[string]oauth.App{"shipping": shipping(), "other": {Name: "other", SecretHash: hash("other-secret"), Active: true, State: oauth.Installed}},
		codes: map[string]oauth.Code{}, tokens: map[string]oauth.AppToken{}, families: map[appdock.ID]oauth.Family{},
	}
	id := byte(0)
	s.Server = &oauth.Server{
		Families: s.families, Installations: s, Users: s,
		Key: []byte("a key of at least thirty-two bytes."), Hash: hash,
		Now:    func() time.Time { return s.now },
		NewID:  func() appdock.ID { id++; return appdock.ID{15: id} },
		Random: rand.Reader,
	}
	return s
}

// code is what a person accepted.
func (s *server) code(t *testing.T, change ...func(*oauth.Authorization)) appdock.Secret {
	t.Helper()
	a := oauth.Authorization{App: "shipping", RedirectURI: callback, Scopes: scopes("orders:read"), Challenge: challenge}
	for _, c := range change {
		c(&a)
	}
	code, err := s.Code(t.Context(), oauth.Decision{Shop: shop, Installation: app, Authorization: a, User: merchant})
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func exchanging(code appdock.Secret, change ...func(*oauth.TokenRequest)) oauth.TokenRequest {
	r := oauth.TokenRequest{
		GrantType: "authorization_code", ClientID: "shipping", ClientSecret: secret,
		Code: code, RedirectURI: callback, Verifier: verifier,
	}
	for _, c := range change {
		c(&r)
	}
	return r
}

func refreshing(token appdock.Secret, change ...func(*oauth.TokenRequest)) oauth.TokenRequest {
	r := oauth.TokenRequest{GrantType: "refresh_token", ClientID: "shipping", ClientSecret: secret, RefreshToken: token}
	for _, c := range change {
		c(&r)
	}
	return r
}

// issue is a token request that must be answered.
func (s *server) issue(t *testing.T, r oauth.TokenRequest) oauth.Issued {
	t.Helper()
	issued, err := s.Issue(t.Context(), shopWords, r)
	if err != nil {
		t.Fatal(err)
	}
	return issued
}

// works reports whether a token is good for the API.
func (s *server) works(t *testing.T, token appdock.Secret) bool {
	t.Helper()
	_, err := s.Bearer(t.Context(), shop, "Bearer "+token.Reveal())
	return err == nil
}

func TestExchangeIsRefused(t *testing.T) {
	t.Parallel()
	challenged := func(*oauth.Authorization) {}
	hosted := func(a *oauth.Authorization) { a.Challenge = "" }
	tests := map[string]struct {
		asked  func(*oauth.Authorization)
		change func(*server, *oauth.TokenRequest)
		code   string
	}{
		"no grant_type":      {challenged, func(_ *server, r *oauth.TokenRequest) { r.GrantType = "" }, "invalid_request"},
		"the password grant": {challenged, func(_ *server, r *oauth.TokenRequest) { r.GrantType = "password" }, "unsupported_grant_type"},
		"client credentials": {challenged, func(_ *server, r *oauth.TokenRequest) { r.GrantType = "client_credentials" }, "unsupported_grant_type"},
		"no client":          {challenged, func(_ *server, r *oauth.TokenRequest) { r.ClientID = "" }, "invalid_request"},
		"an unknown client":  {challenged, func(_ *server, r *oauth.TokenRequest) { r.ClientID = "nobody" }, "invalid_client"},
		"a wrong secret":     {challenged, func(_ *server, r *oauth.TokenRequest) { r.ClientSecret = appdock.NewSecret("Client-secret") }, "invalid_client"},
		"no code":            {challenged, func(_ *server, r *oauth.TokenRequest) { r.Code = appdock.Secret{} }, "invalid_request"},
		"an unknown code":    {challenged, func(_ *server, r *oauth.TokenRequest) { r.Code = appdock.NewSecret("x") }, "invalid_grant"},
		"the code of another app": {challenged, func(_ *server, r *oauth.TokenRequest) {
			r.ClientID, r.ClientSecret = "other", appdock.NewSecret("other-secret")
		}, "invalid_grant"},
		"after a minute":                {challenged, func(s *server, _ *oauth.TokenRequest) { s.now = s.now.Add(time.Minute) }, "invalid_grant"},
		"no redirect_uri":               {challenged, func(_ *server, r *oauth.TokenRequest) { r.RedirectURI = "" }, "invalid_request"},
		"another redirect_uri":          {challenged, func(_ *server, r *oauth.TokenRequest) { r.RedirectURI = callback + "/" }, "invalid_grant"},
		"no verifier":                   {challenged, func(_ *server, r *oauth.TokenRequest) { r.Verifier = "" }, "invalid_grant"},
		"another verifier":              {challenged, func(_ *server, r *oauth.TokenRequest) { r.Verifier = strings.Repeat("a", 43) }, "invalid_grant"},
		"a short verifier":              {challenged, func(_ *server, r *oauth.TokenRequest) { r.Verifier = verifier[1:] }, "invalid_request"},
		"a verifier of other letters":   {challenged, func(_ *server, r *oauth.TokenRequest) { r.Verifier = verifier + "+" }, "invalid_request"},
		"another resource":              {challenged, func(_ *server, r *oauth.TokenRequest) { r.Resource = "https://other.example" }, "invalid_target"},
		"the host's own, without proof": {hosted, func(_ *server, r *oauth.TokenRequest) { r.ClientSecret, r.Verifier = appdock.Secret{}, "" }, "invalid_grant"},
		"the host's own, with verifier": {hosted, func(*server, *oauth.TokenRequest) {}, "invalid_grant"},
		"a deactivated app": {challenged, func(s *server, _ *oauth.TokenRequest) {
			a := shipping()
			a.Active = false
			s.apps["shipping"] = a
		}, "unauthorized_client"},
		"a blocked app": {challenged, func(s *server, _ *oauth.TokenRequest) {
			a := shipping()
			a.Blocked = true
			s.apps["shipping"] = a
		}, "unauthorized_client"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer()
			r := exchanging(s.code(t, tt.asked))
			tt.change(s, &r)
			_, err := s.Issue(t.Context(), shopWords, r)
			checkRefusal(t, err, tt.code)
			if len(s.tokens) > 0 || len(s.completed) > 0 {
				t.Errorf("%d tokens, completed %v", len(s.tokens), s.completed)
			}
		})
	}
}

func TestExchange(t *testing.T) {
	t.Parallel()
	s := newServer()
	first := s.issue(t, exchanging(s.code(t)))
	if !strings.HasPrefix(first.Access.Reveal(), "adk_at_") || len(first.Access.Reveal()) != 50 {
		t.Errorf("access token %q", first.Access.Reveal())
	}
	if !strings.HasPrefix(first.Refresh.Reveal(), "adk_rt_") || len(first.Refresh.Reveal()) != 50 {
		t.Errorf("refresh token %q", first.Refresh.Reveal())
	}
	if first.AccessLifetime != time.Hour || first.RefreshLifetime != 90*24*time.Hour || first.Scope() != "orders:read" || first.Installation != app {
		t.Errorf("issued %+v", first)
	}
	if first.WebhookSecret.IsZero() || first.ContinueURL == "" {
		t.Error("an installation that is complete tells the app its webhook secret")
	}
	if second := s.issue(t, exchanging(s.code(t))); !second.WebhookSecret.IsZero() || second.ContinueURL != "" {
		t.Error("the webhook secret is told once")
	}
	// A public client proves itself by PKCE alone.
	if !s.works(t, s.issue(t, exchanging(s.code(t), func(r *oauth.TokenRequest) { r.ClientSecret = appdock.Secret{} })).Access) {
		t.Error("the token of a public client does not work")
	}
	for key := range s.tokens {
		if strings.Contains(first.Access.Reveal()+first.Refresh.Reveal(), key) {
			t.Error("a token is kept as it is")
		}
	}
}

func TestCodeShownTwiceRevokesItsTokens(t *testing.T) {
	t.Parallel()
	s := newServer()
	code, other := s.code(t), s.issue(t, exchanging(s.code(t)))
	issued := s.issue(t, exchanging(code))
	s.now = s.now.Add(time.Second)
	_, err := s.Issue(t.Context(), shopWords, exchanging(code))
	checkRefusal(t, err, "invalid_grant")
	if s.works(t, issued.Access) {
		t.Error("its access token still works")
	}
	_, err = s.Issue(t.Context(), shopWords, refreshing(issued.Refresh))
	checkRefusal(t, err, "invalid_grant")
	if !s.works(t, other.Access) {
		t.Error("the tokens of another code are dead too")
	}
	if s.reused != 1 {
		t.Errorf("told %d times", s.reused)
	}
}

func TestFailedInstallationLeavesNoTokens(t *testing.T) {
	t.Parallel()
	s := newServer()
	s.fails = errors.New("the disk is full")
	if _, err := s.Issue(t.Context(), shopWords, exchanging(s.code(t))); err == nil || appdock.CodeOf(err) != "" {
		t.Errorf("got %v", err)
	}
	for _, f := range s.families.families {
		if f.EndedAt.IsZero() {
			t.Error("its family lives on")
		}
	}
}

func TestRefresh(t *testing.T) {
	t.Parallel()
	s := newServer()
	first := s.issue(t, exchanging(s.code(t)))
	s.now = s.now.Add(30 * time.Minute)
	second := s.issue(t, refreshing(first.Refresh))
	if second.Access.Equal(first.Access) || second.Refresh.Equal(first.Refresh) {
		t.Error("the pair is not new")
	}
	if !s.works(t, first.Access) {
		t.Error("the old access token must be good until its own end")
	}
	s.now = s.now.Add(30 * time.Minute)
	if s.works(t, first.Access) || !s.works(t, second.Access) {
		t.Error("an access token is good for an hour")
	}
}

func TestRefreshAgainWithinTheGrace(t *testing.T) {
	t.Parallel()
	s := newServer()
	first := s.issue(t, exchanging(s.code(t)))
	lost := s.issue(t, refreshing(first.Refresh))
	s.now = s.now.Add(10 * time.Second)
	again := s.issue(t, refreshing(first.Refresh))
	if !again.Access.Equal(lost.Access) || !again.Refresh.Equal(lost.Refresh) {
		t.Error("an answer that was lost is not given again")
	}
	if again.AccessLifetime != time.Hour-10*time.Second {
		t.Errorf("it lives for %v", again.AccessLifetime)
	}
	if s.reused != 0 {
		t.Error("that counts as reuse")
	}
}

func TestRefreshReuse(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		uses int // of the refresh token and its successors
		wait time.Duration
	}{
		"after the grace":             {1, 11 * time.Second},
		"when its successor was used": {2, 0},
		"after its own end":           {1, 91 * 24 * time.Hour},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer()
			first := s.issue(t, exchanging(s.code(t)))
			for token := first.Refresh; tt.uses > 0; tt.uses-- {
				token = s.issue(t, refreshing(token)).Refresh
			}
			s.now = s.now.Add(tt.wait)
			_, err := s.Issue(t.Context(), shopWords, refreshing(first.Refresh))
			checkRefusal(t, err, "invalid_grant")
			for _, f := range s.families.families {
				if f.EndedAt.IsZero() {
					t.Error("its family lives on")
				}
			}
			if s.reused != 1 {
				t.Errorf("told %d times", s.reused)
			}
		})
	}
}

func TestRefreshIsRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*server, *oauth.TokenRequest)
		code   string
	}{
		"no token":         {func(_ *server, r *oauth.TokenRequest) { r.RefreshToken = appdock.Secret{} }, "invalid_request"},
		"no token of ours": {func(_ *server, r *oauth.TokenRequest) { r.RefreshToken = appdock.NewSecret("x") }, "invalid_grant"},
		"an unknown token": {func(_ *server, r *oauth.TokenRequest) { r.RefreshToken = appdock.NewSecret("adk_rt_" + verifier) }, "invalid_grant"},
		"the token of another app": {func(_ *server, r *oauth.TokenRequest) {
			r.ClientID, r.ClientSecret = "other", appdock.NewSecret("other-secret")
		}, "invalid_grant"},
		"without the secret of before": {func(_ *server, r *oauth.TokenRequest) { r.ClientSecret = appdock.Secret{} }, "invalid_client"},
		"after 90 days":                {func(s *server, _ *oauth.TokenRequest) { s.now = s.now.Add(90 * 24 * time.Hour) }, "invalid_grant"},
		"more than was granted":        {func(_ *server, r *oauth.TokenRequest) { r.Scope = "orders:write" }, "invalid_scope"},
		"a scope that there is not":    {func(_ *server, r *oauth.TokenRequest) { r.Scope = "orders:*" }, "invalid_scope"},
		"when the family has ended": {func(s *server, _ *oauth.TokenRequest) {
			_ = s.End(context.Background(), shop, appdock.ID{15: 1}, s.now)
		}, "invalid_grant"},
		"when the app is deactivated":   {func(s *server, _ *oauth.TokenRequest) { a := shipping(); a.Active = false; s.apps["shipping"] = a }, "unauthorized_client"},
		"an access token in its place":  {nil, "invalid_grant"},
		"when the app is not there now": {func(s *server, _ *oauth.TokenRequest) { delete(s.apps, "shipping") }, "invalid_client"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer()
			first := s.issue(t, exchanging(s.code(t)))
			r := refreshing(first.Refresh)
			if tt.change == nil {
				r.RefreshToken = first.Access
			} else {
				tt.change(s, &r)
			}
			_, err := s.Issue(t.Context(), shopWords, r)
			checkRefusal(t, err, tt.code)
			if s.reused > 0 {
				t.Error("that is no reuse")
			}
		})
	}
}

func TestFamilyEndsWithItsYear(t *testing.T) {
	t.Parallel()
	s := newServer()
	issued := s.issue(t, exchanging(s.code(t)))
	for range 4 {
		s.now = s.now.Add(80 * 24 * time.Hour)
		issued = s.issue(t, refreshing(issued.Refresh))
	}
	if want := 45 * 24 * time.Hour; issued.RefreshLifetime != want {
		t.Errorf("it lives for %v, want what is left of the year: %v", issued.RefreshLifetime, want)
	}
	s.now = s.now.Add(46 * 24 * time.Hour)
	_, err := s.Issue(t.Context(), shopWords, refreshing(issued.Refresh))
	checkRefusal(t, err, "invalid_grant")
}

// What was granted later is in a token only if the app asks for it, and what was withdrawn
// is in none (protocol-oauth.md B.7).
func TestScopesFollowTheGrant(t *testing.T) {
	t.Parallel()
	s := newServer()
	issued := s.issue(t, exchanging(s.code(t)))
	grown := shipping()
	grown.Granted = scopes("orders:write", "products:read")
	s.apps["shipping"] = grown
	if issued = s.issue(t, refreshing(issued.Refresh)); issued.Scope() != "orders:read" {
		t.Errorf("scope %q, want that of before", issued.Scope())
	}
	issued = s.issue(t, refreshing(issued.Refresh, func(r *oauth.TokenRequest) { r.Scope = "orders:write products:read" }))
	if issued.Scope() != "orders:write products:read" {
		t.Errorf("scope %q, want what was asked for", issued.Scope())
	}
	grown.Granted = scopes("products:read")
	s.apps["shipping"] = grown
	bearer, err := s.Bearer(t.Context(), shop, "Bearer "+issued.Access.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	if bearer.Actor.Privileges.Has("order:read") || !bearer.Actor.Privileges.Has("product:read") || bearer.Has(scopes("orders:read")[0]) {
		t.Errorf("privileges %v", bearer.Actor.Privileges)
	}
	if issued = s.issue(t, refreshing(issued.Refresh)); issued.Scope() != "products:read" {
		t.Errorf("scope %q, want what is left", issued.Scope())
	}
}

func TestBearerIsRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		header func(issued oauth.Issued) string
		change func(*server)
		kind   appdock.Kind
		code   string
	}{
		"no header":       {func(oauth.Issued) string { return "" }, nil, appdock.Unauthenticated, "invalid_token"},
		"another scheme":  {func(i oauth.Issued) string { return "Basic " + i.Access.Reveal() }, nil, appdock.Unauthenticated, "invalid_token"},
		"no token":        {func(oauth.Issued) string { return "Bearer " }, nil, appdock.Unauthenticated, "invalid_token"},
		"a refresh token": {func(i oauth.Issued) string { return "Bearer " + i.Refresh.Reveal() }, nil, appdock.Unauthenticated, "invalid_token"},
		"an unknown one":  {func(oauth.Issued) string { return "Bearer adk_at_" + verifier }, nil, appdock.Unauthenticated, "invalid_token"},
		"after an hour": {
			func(i oauth.Issued) string { return "Bearer " + i.Access.Reveal() },
			func(s *server) { s.now = s.now.Add(time.Hour) }, appdock.Unauthenticated, "token_expired",
		},
		"of an app that is gone": {
			func(i oauth.Issued) string { return "Bearer " + i.Access.Reveal() },
			func(s *server) { delete(s.apps, "shipping") }, appdock.Unauthenticated, "invalid_token",
		},
		"of an app that is deactivated": {
			func(i oauth.Issued) string { return "Bearer " + i.Access.Reveal() },
			func(s *server) { a := shipping(); a.Active = false; s.apps["shipping"] = a }, appdock.Refused, "app_inactive",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer()
			issued := s.issue(t, exchanging(s.code(t)))
			if tt.change != nil {
				tt.change(s)
			}
			_, err := s.Bearer(t.Context(), shop, tt.header(issued))
			if appdock.KindOf(err) != tt.kind || appdock.CodeOf(err) != tt.code {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestOnlineTokenHasItsUsersRights(t *testing.T) {
	t.Parallel()
	s := newServer()
	s.users[merchant] = appdock.Actor{Shop: shop, User: merchant, Privileges: appdock.NewPrivileges("order:read", "customer:read")}
	issued := s.issue(t, exchanging(s.code(t, func(a *oauth.Authorization) {
		a.Online, a.Scopes = true, scopes("orders:read", "products:read")
	})))
	if !issued.Refresh.IsZero() || issued.RefreshLifetime != 0 {
		t.Error("it has a refresh token")
	}
	bearer, err := s.Bearer(t.Context(), shop, "bearer "+issued.Access.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	want := appdock.Actor{Shop: shop, Installation: app, User: merchant, Privileges: appdock.NewPrivileges("order:read")}
	if diff := cmp.Diff(want, bearer.Actor); diff != "" {
		t.Errorf("actor (-want +got):\n%s", diff)
	}
	orders, products := scopes("orders:read")[0], scopes("products:read")[0]
	if bearer.Has(orders) || bearer.Has(products) {
		t.Errorf("it has the scopes %v, of which its user has a part only", bearer.Scopes)
	}
	var all []appdock.Privilege
	for _, p := range orders.Privileges() {
		all = append(all, appdock.Privilege(p))
	}
	s.users[merchant] = appdock.Actor{Shop: shop, User: merchant, Privileges: appdock.NewPrivileges(all...)}
	if bearer, err = s.Bearer(t.Context(), shop, "Bearer "+issued.Access.Reveal()); err != nil || !bearer.Has(orders) || bearer.Has(products) {
		t.Errorf("the app of somebody who may see orders has the scopes %v, %v", bearer.Scopes, err)
	}
	s.users[merchant] = appdock.Actor{Shop: shop, User: merchant, Everything: true}
	if bearer, err = s.Bearer(t.Context(), shop, "Bearer "+issued.Access.Reveal()); err != nil || !bearer.Actor.Privileges.Has("product:read") || bearer.Actor.Everything {
		t.Errorf("the app of an owner: %+v, %v", bearer.Actor, err)
	}
	delete(s.users, merchant)
	if s.works(t, issued.Access) {
		t.Error("its user is gone, and it works")
	}
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	us := oauth.ClientProof{ClientID: "shipping", Secret: secret}
	tests := map[string]struct {
		proof           oauth.ClientProof
		token           func(oauth.Issued) appdock.Secret
		access, refresh bool // what works afterwards
		code            string
	}{
		"a refresh token":         {us, func(i oauth.Issued) appdock.Secret { return i.Refresh }, false, false, ""},
		"an access token":         {us, func(i oauth.Issued) appdock.Secret { return i.Access }, false, true, ""},
		"an unknown one":          {us, func(oauth.Issued) appdock.Secret { return appdock.NewSecret("adk_rt_" + verifier) }, true, true, ""},
		"none of ours":            {us, func(oauth.Issued) appdock.Secret { return appdock.NewSecret("x") }, true, true, ""},
		"no token":                {us, func(oauth.Issued) appdock.Secret { return appdock.Secret{} }, true, true, "invalid_request"},
		"by another app":          {oauth.ClientProof{ClientID: "other", Secret: appdock.NewSecret("other-secret")}, func(i oauth.Issued) appdock.Secret { return i.Refresh }, true, true, ""},
		"by somebody without it":  {oauth.ClientProof{ClientID: "shipping"}, func(i oauth.Issued) appdock.Secret { return i.Refresh }, true, true, ""},
		"with a wrong secret":     {oauth.ClientProof{ClientID: "shipping", Secret: appdock.NewSecret("x")}, func(i oauth.Issued) appdock.Secret { return i.Refresh }, true, true, "invalid_client"},
		"by a client that is not": {oauth.ClientProof{ClientID: "nobody"}, func(i oauth.Issued) appdock.Secret { return i.Refresh }, true, true, "invalid_client"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer()
			issued := s.issue(t, exchanging(s.code(t)))
			err := s.Revoke(t.Context(), shop, tt.proof, tt.token(issued))
			if tt.code == "" && err != nil {
				t.Fatal(err)
			}
			if tt.code != "" {
				checkRefusal(t, err, tt.code)
			}
			if got := s.works(t, issued.Access); got != tt.access {
				t.Errorf("the access token works: %t", got)
			}
			if _, err := s.Issue(t.Context(), shopWords, refreshing(issued.Refresh)); (err == nil) != tt.refresh {
				t.Errorf("the refresh token: %v", err)
			}
		})
	}
}

func TestIntrospect(t *testing.T) {
	t.Parallel()
	s := newServer()
	issued := s.issue(t, exchanging(s.code(t)))
	us := oauth.ClientProof{ClientID: "shipping", Secret: secret}
	got, err := s.Introspect(t.Context(), shop, us, issued.Access)
	if err != nil {
		t.Fatal(err)
	}
	want := oauth.Introspection{
		Active: true, Scopes: scopes("orders:read"), ClientID: "shipping", Kind: oauth.Access,
		IssuedAt: start, ExpiresAt: start.Add(time.Hour), Installation: app,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("introspection (-want +got):\n%s", diff)
	}
	other := oauth.ClientProof{ClientID: "other", Secret: appdock.NewSecret("other-secret")}
	if got, err := s.Introspect(t.Context(), shop, other, issued.Access); err != nil || got.Active {
		t.Errorf("another app learns %+v, %v", got, err)
	}
	s.issue(t, refreshing(issued.Refresh))
	if got, err := s.Introspect(t.Context(), shop, us, issued.Refresh); err != nil || got.Active {
		t.Errorf("a used refresh token is %+v, %v", got, err)
	}
}
