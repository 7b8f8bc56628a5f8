package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/internal/web"
	"github.com/appdock/appdock/protocol"
)

// authorizationServer gives tokens to apps of the SitePack dialect; *oauth.Server is it.
type authorizationServer interface {
	Issue(ctx context.Context, shop appdock.Shop, r oauth.TokenRequest) (oauth.Issued, error)
	Revoke(ctx context.Context, shop appdock.ShopID, proof oauth.ClientProof, shown appdock.Secret) error
	Introspect(ctx context.Context, shop appdock.ShopID, proof oauth.ClientProof, shown appdock.Secret) (oauth.Introspection, error)
}

// OAuthOptions is what the endpoints below /oauth need.
type OAuthOptions struct {
	Server authorizationServer
	Shops  func(host string) (appdock.Shop, bool)
	Log    *slog.Logger
	Now    func() time.Time
	NewID  func() appdock.ID
}

// The limits of protocol-oauth.md C, each for a minute.
const (
	mostTokenRequests = 60
	mostTokenFailures = 10
	mostProofs        = 120
	maxTokenRequest   = 16 << 10
)

// tokenEndpoints answer apps that ask for tokens, and about them (protocol-oauth.md B.5, B.6).
// They set no CORS header: a page of a browser has no business here, but for the metadata.
type tokenEndpoints struct {
	options  OAuthOptions
	requests web.Quota
	failures web.Quota
	proofs   web.Quota
}

// NewOAuth makes the endpoints that apps call; where people decide is a page of the admin.
func NewOAuth(o OAuthOptions) http.Handler {
	e := &tokenEndpoints{
		options:  o,
		requests: web.Quota{Most: mostTokenRequests, Window: time.Minute},
		failures: web.Quota{Most: mostTokenFailures, Window: time.Minute},
		proofs:   web.Quota{Most: mostProofs, Window: time.Minute},
	}
	edge := web.Edge{Log: o.Log, Now: o.Now, NewID: o.NewID, MaxBody: maxTokenRequest, Tell: tellOAuth}
	mux := http.NewServeMux()
	for path, answer := range map[string]func(http.ResponseWriter, *http.Request, appdock.Shop) error{
		"/oauth/token": e.token, "/oauth/revoke": e.revoke, "/oauth/introspect": e.introspect,
	} {
		mux.Handle("POST "+path, edge.Handler(e.inShop(answer)))
		mux.Handle(path, edge.Handler(onlyPost))
	}
	mux.Handle("GET /.well-known/oauth-authorization-server", edge.Handler(e.inShop(metadata)))
	mux.Handle("GET /.well-known/oauth-authorization-server/{path...}", edge.Handler(e.inShop(metadata)))
	mux.Handle("/", edge.Handler(func(_ http.ResponseWriter, r *http.Request) error {
		return &appdock.Error{Kind: appdock.NotFound, Code: "invalid_request", Message: "there is no such endpoint"}
	}))
	return mux
}

// onlyPost refuses all other methods (RFC 9110 section 15.5.6).
func onlyPost(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Allow", http.MethodPost)
	sendOAuth(w, http.StatusMethodNotAllowed, "invalid_request", "this endpoint knows the method POST alone")
	return nil
}

// inShop finds the shop of a request.
func (e *tokenEndpoints) inShop(answer func(w http.ResponseWriter, r *http.Request, shop appdock.Shop) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		shop, ok := e.options.Shops(r.Host)
		if !ok {
			return &appdock.Error{Kind: appdock.NotFound, Code: "invalid_request", Message: "there is no shop at this address"}
		}
		return answer(w, r, shop)
	}
}

// tokenRequest is what a client sent, in whatever form.
type tokenRequest struct {
	values url.Values
	proof  oauth.ClientProof
	basic  bool
}

func (r tokenRequest) get(name string) string { return r.values.Get(name) }

func malformedRequest(description string) error {
	return &appdock.Error{Kind: appdock.Invalid, Code: "invalid_request", Message: description}
}

// readTokenRequest reads the body as a form or as JSON, and how the client proves who it is:
// by Basic, by parameters, or not at all, but never by both (RFC 6749 section 2.3.1).
func readTokenRequest(r *http.Request) (tokenRequest, error) {
	var in tokenRequest
	if r.URL.RawQuery != "" {
		return in, malformedRequest("parameters stand in the body, where no log has them")
	}
	body, err := web.Body(r)
	if err != nil {
		return in, err
	}
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	switch strings.ToLower(strings.TrimSpace(kind)) {
	case "application/x-www-form-urlencoded":
		if in.values, err = url.ParseQuery(string(body)); err != nil {
			return in, malformedRequest("the form cannot be read")
		}
		for _, values := range in.values {
			if len(values) > 1 {
				return in, malformedRequest("a parameter is there twice")
			}
		}
	case "application/json":
		if in.values, err = formOfJSON(body); err != nil {
			return in, err
		}
	default:
		return in, malformedRequest("the body is a form or JSON, and says so in Content-Type")
	}
	id, secret, basic := r.BasicAuth()
	in.proof = oauth.ClientProof{ClientID: in.get("client_id"), Secret: appdock.NewSecret(in.get("client_secret"))}
	if !basic {
		if r.Header.Get("Authorization") != "" {
			return in, malformedRequest("a client authenticates by Basic or by parameters")
		}
		return in, nil
	}
	in.basic = true
	var faults [2]error
	id, faults[0] = url.QueryUnescape(id)
	secret, faults[1] = url.QueryUnescape(secret)
	switch {
	case faults[0] != nil || faults[1] != nil:
		return in, malformedRequest("the Authorization header cannot be read")
	case !in.proof.Secret.IsZero():
		return in, malformedRequest("the client authenticates twice")
	case in.proof.ClientID != "" && in.proof.ClientID != id:
		return in, malformedRequest("client_id is another one than in the Authorization header")
	}
	in.proof = oauth.ClientProof{ClientID: id, Secret: appdock.NewSecret(secret)}
	return in, nil
}

// formOfJSON reads an object of texts. A member that is there twice is refused, as a form's is.
func formOfJSON(body []byte) (url.Values, error) {
	d := json.NewDecoder(strings.NewReader(string(body)))
	wrong := malformedRequest("the body is no JSON object of texts, each once")
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, wrong
	}
	values := url.Values{}
	for d.More() {
		name, err := d.Token()
		key, ok := name.(string)
		if err != nil || !ok || values.Has(key) {
			return nil, wrong
		}
		value, err := d.Token()
		switch text := value.(type) {
		case string:
			values.Set(key, text)
		case nil: // as if it were not there
			if err != nil {
				return nil, wrong
			}
		default:
			return nil, wrong
		}
	}
	if t, err := d.Token(); err != nil || t != json.Delim('}') {
		return nil, wrong
	}
	return values, nil
}

// caller is who is counted: a client at an address.
func caller(r *http.Request, client string) (id appdock.ID) {
	address := ""
	if a := web.ClientOf(r.Context()).Address; a.IsValid() {
		address = a.String()
	}
	sum := sha256.Sum256([]byte(client + "\x00" + address))
	copy(id[:], sum[:])
	return id
}

func slowDown(wait time.Duration) error {
	return appdock.TooOften("slow_down", "Client", wait)
}

// proven reads a request and counts it. Who has guessed too often is not judged at all, right or
// wrong, until the minute is over: else the guess that is right would be told (protocol-oauth.md C).
func (e *tokenEndpoints) proven(r *http.Request, quota *web.Quota) (tokenRequest, error) {
	in, err := readTokenRequest(r)
	if err != nil {
		return in, err
	}
	who, now := caller(r, in.proof.ClientID), e.options.Now()
	if wait := e.failures.Wait(who, now); wait > 0 {
		return in, slowDown(wait)
	}
	if wait := quota.Take(who, now); wait > 0 {
		return in, slowDown(wait)
	}
	return in, nil
}

// guessed counts a failure that a guess could be: who makes many of them waits.
func (e *tokenEndpoints) guessed(w http.ResponseWriter, r *http.Request, in tokenRequest, err error) error {
	code := appdock.CodeOf(err)
	if code != "invalid_client" && code != "invalid_grant" {
		return err
	}
	if code == "invalid_client" && in.basic {
		w.Header().Set("WWW-Authenticate", `Basic realm="oauth"`)
	}
	if wait := e.failures.Take(caller(r, in.proof.ClientID), e.options.Now()); wait > 0 {
		return slowDown(wait)
	}
	return err
}

// issuedToken is the answer of the token endpoint (protocol-oauth.md B.5).
type issuedToken struct {
	AccessToken   string `json:"access_token"`
	TokenType     string `json:"token_type"`
	ExpiresIn     int64  `json:"expires_in"`
	RefreshToken  string `json:"refresh_token,omitempty"`
	RefreshIn     int64  `json:"refresh_token_expires_in,omitempty"`
	Scope         string `json:"scope"`
	Shop          wireID `json:"shop"`
	WebhookSecret string `json:"webhook_secret,omitempty"`
	Installation  string `json:"installation_id"`
	ContinueURL   string `json:"continue_url,omitempty"`
}

type wireID struct {
	ID  string `json:"id"`
	URL string `json:"url"`
}

func (e *tokenEndpoints) token(w http.ResponseWriter, r *http.Request, shop appdock.Shop) error {
	noStore(w)
	in, err := e.proven(r, &e.requests)
	if err != nil {
		return err
	}
	issued, err := e.options.Server.Issue(r.Context(), shop, oauth.TokenRequest{
		GrantType: in.get("grant_type"), ClientID: in.proof.ClientID, ClientSecret: in.proof.Secret,
		Code: appdock.NewSecret(in.get("code")), RedirectURI: in.get("redirect_uri"), Verifier: in.get("code_verifier"),
		RefreshToken: appdock.NewSecret(in.get("refresh_token")), Scope: in.get("scope"), Resource: in.get("resource"),
	})
	if err != nil {
		return e.guessed(w, r, in, err)
	}
	return web.JSON(w, http.StatusOK, issuedToken{
		AccessToken: issued.Access.Reveal(), TokenType: "Bearer", ExpiresIn: int64(issued.AccessLifetime / time.Second),
		RefreshToken: issued.Refresh.Reveal(), RefreshIn: int64(issued.RefreshLifetime / time.Second), Scope: issued.Scope(),
		Shop: wireID{string(shop.ID), shop.URL}, WebhookSecret: issued.WebhookSecret.Reveal(),
		Installation: issued.Installation.String(), ContinueURL: issued.ContinueURL,
	})
}

func (e *tokenEndpoints) revoke(w http.ResponseWriter, r *http.Request, shop appdock.Shop) error {
	noStore(w)
	in, err := e.proven(r, &e.proofs)
	if err != nil {
		return err
	}
	if err := e.options.Server.Revoke(r.Context(), shop.ID, in.proof, appdock.NewSecret(in.get("token"))); err != nil {
		return e.guessed(w, r, in, err)
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// introspection is what a client is told of its own token (RFC 7662 section 2.2).
type introspection struct {
	Active       bool   `json:"active"`
	Scope        string `json:"scope,omitempty"`
	ClientID     string `json:"client_id,omitempty"`
	TokenType    string `json:"token_type,omitempty"`
	Expires      int64  `json:"exp,omitempty"`
	Issued       int64  `json:"iat,omitempty"`
	Subject      string `json:"sub,omitempty"`
	Audience     string `json:"aud,omitempty"`
	Issuer       string `json:"iss,omitempty"`
	Installation string `json:"installation_id,omitempty"`
}

func (e *tokenEndpoints) introspect(w http.ResponseWriter, r *http.Request, shop appdock.Shop) error {
	noStore(w)
	in, err := e.proven(r, &e.proofs)
	if err != nil {
		return err
	}
	told, err := e.options.Server.Introspect(r.Context(), shop.ID, in.proof, appdock.NewSecret(in.get("token")))
	if err != nil {
		return e.guessed(w, r, in, err)
	}
	if !told.Active {
		return web.JSON(w, http.StatusOK, introspection{})
	}
	out := introspection{
		Active: true, Scope: told.Scope(), ClientID: told.ClientID, TokenType: string(told.Kind), Expires: told.ExpiresAt.Unix(), Issued: told.IssuedAt.Unix(),
		Subject: told.Installation.String(), Audience: shop.URL, Issuer: shop.URL, Installation: told.Installation.String(),
	}
	if !told.User.IsZero() {
		out.Subject = told.User.String()
	}
	return web.JSON(w, http.StatusOK, out)
}

// serverMetadata is RFC 8414 section 2.
type serverMetadata struct {
	Issuer           string   `json:"issuer"`
	Authorization    string   `json:"authorization_endpoint"`
	Token            string   `json:"token_endpoint"`
	Revocation       string   `json:"revocation_endpoint"`
	Introspection    string   `json:"introspection_endpoint"`
	ResponseTypes    []string `json:"response_types_supported"`
	ResponseModes    []string `json:"response_modes_supported"`
	GrantTypes       []string `json:"grant_types_supported"`
	Challenges       []string `json:"code_challenge_methods_supported"`
	TokenAuth        []string `json:"token_endpoint_auth_methods_supported"`
	RevocationAuth   []string `json:"revocation_endpoint_auth_methods_supported"`
	IntrospectAuth   []string `json:"introspection_endpoint_auth_methods_supported"`
	Scopes           []string `json:"scopes_supported"`
	IssInAnswer      bool     `json:"authorization_response_iss_parameter_supported"`
	ServiceDocuments string   `json:"service_documentation"`
}

// metadata says where everything is. Behind a base URL with a path it stands below that path
// (RFC 8414 section 3.1).
func metadata(w http.ResponseWriter, r *http.Request, shop appdock.Shop) error {
	base, err := url.Parse(shop.URL)
	if err != nil || strings.Trim(base.Path, "/") != strings.Trim(r.PathValue("path"), "/") {
		return &appdock.Error{Kind: appdock.NotFound, Code: "invalid_request", Message: "there is no issuer of this path"}
	}
	var scopes []string
	for _, s := range protocol.Scopes() {
		scopes = append(scopes, s.String())
	}
	proofs := []string{"client_secret_basic", "client_secret_post", "none"}
	w.Header().Set("Cache-Control", "max-age=3600")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	return web.JSON(w, http.StatusOK, serverMetadata{
		Issuer: shop.URL, Authorization: shop.URL + "/oauth/authorize", Token: shop.URL + "/oauth/token", Revocation: shop.URL + "/oauth/revoke",
		Introspection: shop.URL + "/oauth/introspect", ResponseTypes: []string{"code"}, ResponseModes: []string{"query"},
		GrantTypes: []string{"authorization_code", "refresh_token"}, Challenges: []string{"S256"},
		TokenAuth: proofs, RevocationAuth: proofs, IntrospectAuth: proofs, Scopes: scopes, IssInAnswer: true, ServiceDocuments: shop.URL + "/rest/v1/openapi.json",
	})
}

func noStore(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Pragma", "no-cache")
}

// tellOAuth writes a refusal (RFC 6749 section 5.2). What is no OAuth error is none of the
// client's making.
func tellOAuth(w http.ResponseWriter, _ *http.Request, e *appdock.Error) {
	status, code, description := web.Status(e.Kind), e.Code, e.Message
	switch {
	case e.Kind == appdock.TooLarge:
		code, description = "invalid_request", "the request is too large"
	case e.Kind == appdock.Throttled:
		for _, p := range e.Params {
			if seconds, ok := p.Value.(int64); ok {
				w.Header().Set("Retry-After", strconv.FormatInt(seconds, 10))
			}
		}
	case code == "" || strings.ContainsFunc(code, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }):
		code, description = "server_error", "the host failed"
		if status < http.StatusInternalServerError && e.Kind != appdock.NotFound {
			code, description = "invalid_request", "the host refused"
		}
		if e.Kind == appdock.NotFound {
			status, code, description = http.StatusBadRequest, "invalid_grant", "the installation is not there any more"
		}
	}
	sendOAuth(w, status, code, description)
}

func sendOAuth(w http.ResponseWriter, status int, code, description string) {
	body, err := json.Marshal(struct {
		Error       string `json:"error"`
		Description string `json:"error_description,omitempty"`
	}{code, description})
	if err != nil { // unreachable: texts always marshal
		panic(err)
	}
	web.Send(w, status, "application/json", body)
}
