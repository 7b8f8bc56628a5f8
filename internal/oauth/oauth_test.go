package oauth_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/oauth"
)

const (
	shop      = appdock.ShopID("aB3dE6gH9jK2mN5p")
	accessKey = "SWIAQWERTYUIOPASDFGHJKLZXC"
	secretKey = "c2VjcmV0LWtleS1vZi10aGUtaW50ZWdyYXRpb24tMzhjaGFycw"
)

var (
	start       = time.Date(2026, 3, 1, 12, 0, 0, 500_000_000, time.UTC)
	integration = appdock.MustID("0192a0000000700080000000000000a1")
	app         = appdock.MustID("0192a0000000700080000000000000a2")
	tokenID     = appdock.MustID("0192a0000000700080000000000000a3")
)

func hash(secret string) []byte {
	mac := hmac.New(sha256.New, []byte("the host's key"))
	mac.Write([]byte(secret))
	return mac.Sum(nil)
}

// clients of one shop by access key.
type clients struct {
	byKey map[string]oauth.Client
	err   error
}

func (c *clients) Client(_ context.Context, s appdock.ShopID, key string) (oauth.Client, error) {
	if c.err != nil {
		return oauth.Client{}, c.err
	}
	client, ok := c.byKey[key]
	if !ok || s != shop {
		return oauth.Client{}, &appdock.Error{Kind: appdock.NotFound, Message: "There is no such client."}
	}
	return client, nil
}

// host is a service with its clock and its clients in the test's hands.
type host struct {
	*oauth.Service
	clients *clients
	now     time.Time
	hashed  int
}

func newHost() *host {
	h := &host{now: start, clients: &clients{byKey: map[string]oauth.Client{
		accessKey: {
			Integration: integration, Installation: app, Active: true, SecretHash: hash(secretKey),
			Privileges: appdock.NewPrivileges("order:read"), ChangedAt: start.Add(-time.Hour),
		},
	}}}
	h.Service = &oauth.Service{
		Store:    h.clients,
		Backoffs: &backoffs{kept: map[string]appdock.Backoff{}},
		Key:      []byte("a key of at least thirty-two bytes."),
		Hash:     func(secret string) []byte { h.hashed++; return hash(secret) },
		Now:      func() time.Time { return h.now },
		NewID:    func() appdock.ID { return tokenID },
	}
	return h
}

func (h *host) change(change func(*oauth.Client)) {
	client := h.clients.byKey[accessKey]
	change(&client)
	h.clients.byKey[accessKey] = client
}

func (h *host) token(t *testing.T) string {
	t.Helper()
	token, err := h.Issue(t.Context(), shop, right())
	if err != nil {
		t.Fatal(err)
	}
	return token.Access.Reveal()
}

func right() oauth.Request {
	return oauth.Request{GrantType: "client_credentials", ClientID: accessKey, ClientSecret: appdock.NewSecret(secretKey)}
}

// answer is what a dialect shows of an error.
type answer struct {
	Kind          appdock.Kind
	Code          string
	Title, Detail string
}

func shown(t *testing.T, err error) answer {
	t.Helper()
	e, ok := errors.AsType[*appdock.Error](err)
	if !ok {
		t.Fatalf("got error %v, want an *appdock.Error", err)
	}
	return answer{e.Kind, e.Code, e.Message, e.Cause}
}

// Titles of protocol-oauth.md A.
const (
	titleGrant     = "The authorization grant type is not supported by the authorization server."
	titleParameter = "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed."
	titleClient    = "Client authentication failed"
	titleToken     = "The resource owner or authorization server denied the request."
)

func TestTokenRequestsThatAreRefused(t *testing.T) {
	t.Parallel()
	grant := answer{appdock.Invalid, "2", titleGrant, "Check that all required parameters have been provided"}
	client := answer{appdock.Unauthenticated, "4", titleClient, ""}
	missing := func(name string) answer {
		return answer{appdock.Invalid, "3", titleParameter, "Check the `" + name + "` parameter"}
	}
	tests := map[string]struct {
		request oauth.Request
		change  func(*oauth.Client)
		want    answer
	}{
		"no grant type":       {oauth.Request{ClientID: accessKey}, nil, grant},
		"an unknown grant":    {oauth.Request{GrantType: "implicit"}, nil, grant},
		"no client id":        {oauth.Request{GrantType: "client_credentials"}, nil, missing("client_id")},
		"no client secret":    {oauth.Request{GrantType: "client_credentials", ClientID: accessKey}, nil, missing("client_secret")},
		"an unknown client":   {request("SWIAUNKNOWN", secretKey), nil, client},
		"an unknown prefix":   {request("XXXX"+accessKey, secretKey), nil, client},
		"a sales channel key": {request("SWSCQWERTYUIOPASDFGHJKLZXC", secretKey), nil, client},
		"a wrong secret":      {request(accessKey, secretKey+"x"), nil, client},
		"the stored hash":     {request(accessKey, string(hash(secretKey))), nil, client},
		"an inactive app":     {right(), func(c *oauth.Client) { c.Active = false }, client},
		"a client without a secret": {
			right(), func(c *oauth.Client) { c.SecretHash = nil }, client,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHost()
			if test.change != nil {
				h.change(test.change)
			}
			_, err := h.Issue(t.Context(), shop, test.request)
			if diff := cmp.Diff(test.want, shown(t, err)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if strings.Contains(err.Error(), secretKey) {
				t.Error("the client secret is in the error")
			}
			if test.want == client && h.hashed != 1 {
				t.Errorf("hashed %d secrets, want 1 whoever asks: else the time tells", h.hashed)
			}
		})
	}
}

func request(id, secret string) oauth.Request {
	return oauth.Request{GrantType: "client_credentials", ClientID: id, ClientSecret: appdock.NewSecret(secret)}
}

func TestIssue(t *testing.T) {
	t.Parallel()
	h := newHost()
	token, err := h.Issue(t.Context(), shop, right())
	if err != nil {
		t.Fatal(err)
	}
	if token.Lifetime != 600*time.Second {
		t.Errorf("lifetime %v, want 600 s", token.Lifetime)
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token.Access.Reveal(), ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(payload, &got); err != nil {
		t.Fatal(err)
	}
	if stamp, _ := got["credentials"].(string); len(stamp) != 32 {
		t.Errorf("credentials %q, want 32 hex digits", stamp)
	}
	delete(got, "credentials")
	at := float64(start.Unix())
	want := map[string]any{
		"aud": accessKey, "jti": tokenID.String(), "iat": at, "nbf": at, "exp": at + 600, "sub": "", "scopes": []any{"write"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("claims (-want +got)\n%s", diff)
	}
}

func TestActorHasTheRightsOfNow(t *testing.T) {
	t.Parallel()
	h := newHost()
	token := h.token(t)
	h.change(func(c *oauth.Client) { c.Privileges = appdock.NewPrivileges("product:read") })
	for _, header := range []string{"Bearer " + token, "bearer  " + token + " "} {
		got, err := h.Actor(t.Context(), shop, header)
		if err != nil {
			t.Fatal(err)
		}
		want := appdock.Actor{Shop: shop, Installation: app, Integration: integration, Privileges: appdock.NewPrivileges("product:read")}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}

func TestTokensThatAreRefused(t *testing.T) {
	t.Parallel()
	const unverified = "Access token could not be verified"
	tests := map[string]struct {
		header func(t *testing.T, h *host) string
		want   string // detail
	}{
		"no header":         {fixed(""), `Missing "Authorization" header`},
		"an empty header":   {fixed("  "), `Missing "Authorization" header`},
		"no token":          {fixed("Bearer "), `Missing token in "Authorization" header`},
		"another scheme":    {fixed("Basic U1dJQTpzZWNyZXQ="), "The JWT string must have two dots"},
		"one dot":           {fixed("Bearer a.b"), "The JWT string must have two dots"},
		"three dots":        {fixed("Bearer a.b.c.d"), "The JWT string must have two dots"},
		"not base64":        {fixed("Bearer !.!.!"), "The JWT string cannot be decoded"},
		"not JSON":          {fixed("Bearer YQ.YQ.YQ"), "The JWT string cannot be decoded"},
		"no signature":      {with(func(_ *host, parts []string) { parts[2] = "" }), unverified},
		"another signature": {with(func(_ *host, parts []string) { parts[2] = parts[2][:10] + "AAAA" + parts[2][14:] }), unverified},
		"other claims":      {with(func(_ *host, parts []string) { parts[1] = segment(`{"aud":"` + accessKey + `","exp":9999999999}`) }), unverified},
		"signed with none": {with(func(_ *host, parts []string) {
			parts[0], parts[2] = segment(`{"alg":"none","typ":"JWT"}`), ""
		}), unverified},
		"signed with the right key in another way": {func(t *testing.T, h *host) string {
			t.Helper()
			return "Bearer " + forge(t, h, jwt.SigningMethodHS512, jwt.MapClaims{"aud": accessKey, "exp": start.Add(time.Minute).Unix()})
		}, unverified},
		"signed by us, without an end": {func(t *testing.T, h *host) string {
			t.Helper()
			return "Bearer " + forge(t, h, jwt.SigningMethodHS256, jwt.MapClaims{"aud": accessKey})
		}, unverified},
		"expired":                           {with(func(h *host, _ []string) { h.now = start.Add(601 * time.Second) }), unverified},
		"from the future":                   {with(func(h *host, _ []string) { h.now = start.Add(-2 * time.Second) }), unverified},
		"expired after it was good":         {shownBefore(func(h *host) { h.now = start.Add(600 * time.Second) }), unverified},
		"from the future after it was good": {shownBefore(func(h *host) { h.now = start.Add(-2 * time.Second) }), unverified},
		"client gone after it was good":     {shownBefore(func(h *host) { delete(h.clients.byKey, accessKey) }), "Access token is invalid"},
		"client gone":                       {with(func(h *host, _ []string) { delete(h.clients.byKey, accessKey) }), "Access token is invalid"},
		"app inactive":                      {with(func(h *host, _ []string) { h.change(func(c *oauth.Client) { c.Active = false }) }), "Access token has been revoked"},
		"credentials changed within the same second": {with(func(h *host, _ []string) {
			h.change(func(c *oauth.Client) { c.ChangedAt = start.Add(time.Millisecond) })
		}), "Access token is expired"},
		"credentials changed while the clock was set back": {with(func(h *host, _ []string) {
			h.change(func(c *oauth.Client) { c.ChangedAt = start.Add(-time.Minute) })
		}), "Access token is expired"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHost()
			header := test.header(t, h)
			actor, err := h.Actor(t.Context(), shop, header)
			if diff := cmp.Diff(answer{appdock.Unauthenticated, "9", titleToken, test.want}, shown(t, err)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(appdock.Actor{}, actor); diff != "" {
				t.Errorf("an actor beside the error (-want +got)\n%s", diff)
			}
			if len(header) > 20 && strings.Contains(err.Error(), header[7:]) {
				t.Error("the token is in the error")
			}
		})
	}
}

// shownBefore gives the header of a token that was good before something happened.
func shownBefore(happens func(h *host)) func(*testing.T, *host) string {
	return func(t *testing.T, h *host) string {
		t.Helper()
		header := "Bearer " + h.token(t)
		if _, err := h.Actor(t.Context(), shop, header); err != nil {
			t.Fatal(err)
		}
		happens(h)
		return header
	}
}

func TestTokenIssuedInTheSecondOfAChangeLives(t *testing.T) {
	t.Parallel()
	h := newHost()
	h.change(func(c *oauth.Client) { c.ChangedAt = start })
	h.now = start.Add(time.Millisecond)
	if _, err := h.Actor(t.Context(), shop, "Bearer "+h.token(t)); err != nil {
		t.Errorf("a token issued 1 ms after the change is refused: %v", err)
	}
}

func TestTokenOfAnotherShop(t *testing.T) {
	t.Parallel()
	h := newHost()
	token := h.token(t)
	_, err := h.Actor(t.Context(), "anotherShop00001", "Bearer "+token)
	if got, want := shown(t, err).Detail, "Access token is invalid"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, err := h.Issue(t.Context(), "anotherShop00001", right()); shown(t, err).Code != "4" {
		t.Errorf("got %v, want code 4", err)
	}
}

func TestStoreFailureIsNoRefusal(t *testing.T) {
	t.Parallel()
	h := newHost()
	token := h.token(t)
	h.clients.err = errors.New("disk on fire")
	if _, err := h.Issue(t.Context(), shop, right()); appdock.KindOf(err) != appdock.Internal || !errors.Is(err, h.clients.err) {
		t.Errorf("issue: got %v, want the store's error: a 401 would make clients drop what is right", err)
	}
	if _, err := h.Actor(t.Context(), shop, "Bearer "+token); appdock.KindOf(err) != appdock.Internal || !errors.Is(err, h.clients.err) {
		t.Errorf("actor: got %v, want the store's error", err)
	}
}

func FuzzAuthorization(f *testing.F) {
	h := newHost()
	token, err := h.Issue(f.Context(), shop, right())
	if err != nil {
		f.Fatal(err)
	}
	genuine := token.Access.Reveal()
	parts := strings.Split(genuine, ".")
	for _, seed := range []string{
		"", "Bearer", "Bearer ", "Bearer " + genuine, "bearer " + genuine, genuine, "Basic YTpi", "Bearer a.b.c", "Bearer ..",
		"Bearer " + segment(`{"alg":"none"}`) + "." + parts[1] + ".", "Bearer " + segment(`null`) + "." + segment(`null`) + "." + parts[2],
		"Bearer " + parts[0] + "." + segment(`{"aud":["a","b"],"exp":"x"}`) + "." + parts[2],
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		actor, err := h.Actor(t.Context(), shop, header)
		if err == nil {
			if !strings.Contains(header, genuine) {
				t.Fatalf("%q was accepted, and is no token of ours", header)
			}
			return
		}
		if got := shown(t, err); got.Kind != appdock.Unauthenticated || got.Code != "9" || !cmp.Equal(actor, appdock.Actor{}) {
			t.Fatalf("got %+v, %v, want code 9 and nobody", actor, err)
		}
	})
}

func fixed(header string) func(*testing.T, *host) string {
	return func(*testing.T, *host) string { return header }
}

// with changes a genuine token, or the host after it was given.
func with(change func(h *host, parts []string)) func(*testing.T, *host) string {
	return func(t *testing.T, h *host) string {
		t.Helper()
		parts := strings.Split(h.token(t), ".")
		change(h, parts)
		return "Bearer " + strings.Join(parts, ".")
	}
}

func segment(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func forge(t *testing.T, h *host, method jwt.SigningMethod, claims jwt.MapClaims) string {
	t.Helper()
	token, err := jwt.NewWithClaims(method, claims).SignedString(h.Key)
	if err != nil {
		t.Fatal(err)
	}
	return token
}
