package sdk

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Credentials of an app for the Admin API of one shop.
type Credentials struct {
	URL    string // base URL of the shop
	Key    string
	Secret string
}

func (c Credentials) String() string { return c.Key + " at " + c.URL }

// GoString hides the secret from %#v as well.
func (c Credentials) GoString() string { return c.String() }

// API is the Admin API of one shop. It fetches a token when it needs one and keeps it for
// as long as it is good. It is safe for concurrent use.
type API struct {
	credentials Credentials
	client      *http.Client
	now         func() time.Time

	lock    chan struct{} // holds one: guards what follows, and can be waited for with a context
	token   string
	expires time.Time
}

// NewAPI returns the Admin API of a shop, for programs that are no app servers; client may be
// nil. An app gets it with each event and visit, and from [App.API].
func NewAPI(c Credentials, client *http.Client) *API {
	if client == nil {
		client = newClient()
	}
	c.URL = strings.TrimRight(c.URL, "/")
	return newAPI(c, client, systemNow)
}

// newAPI never follows redirects: they would carry the credentials elsewhere.
func newAPI(c Credentials, client *http.Client, now func() time.Time) *API {
	noRedirects := *client
	noRedirects.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &API{credentials: c, client: &noRedirects, now: now, lock: make(chan struct{}, 1)}
}

func newClient() *http.Client { return &http.Client{Timeout: 10 * time.Second} }

const (
	// tokenMargin is how much earlier than the shop we call a token expired: those of 600 s
	// are used for 570, as in the official SDKs.
	tokenMargin = 30 * time.Second
	// maxAnswer limits what is read of one answer.
	maxAnswer = 32 << 20
)

// Criteria says which records are wanted: the search language of the Admin API.
type Criteria struct {
	IDs          []string            `json:"ids,omitempty"`
	Filter       []Filter            `json:"filter,omitempty"`
	Sort         []Sort              `json:"sort,omitempty"`
	Associations map[string]Criteria `json:"associations,omitempty"` // what is loaded with them
	Includes     map[string][]string `json:"includes,omitempty"`     // fields by entity
	Page         int                 `json:"page,omitempty"`
	Limit        int                 `json:"limit,omitempty"`
	Total        int                 `json:"total-count-mode,omitempty"` // 1: count all matches
}

// Filter is one condition; all of a list have to hold.
type Filter struct {
	Type       string         `json:"type"` // equals, equalsAny, contains, range, multi, not, …
	Field      string         `json:"field,omitempty"`
	Value      any            `json:"value,omitempty"`
	Parameters map[string]any `json:"parameters,omitempty"` // of range: gt, gte, lt, lte
	Operator   string         `json:"operator,omitempty"`   // of multi and not: and, or
	Queries    []Filter       `json:"queries,omitempty"`    // of multi and not
}

// Equals is the most common filter.
func Equals(field string, value any) Filter {
	return Filter{Type: "equals", Field: field, Value: value}
}

// Sort is one sorting.
type Sort struct {
	Field string `json:"field"`
	Order string `json:"order,omitempty"` // ASC or DESC
}

// Page is a part of what a search found.
type Page[T any] struct {
	Total int `json:"total"`
	Data  []T `json:"data"`
}

// Search reads records of an entity, such as "order", into Ts.
func Search[T any](ctx context.Context, api *API, entity string, c Criteria) (Page[T], error) {
	var page Page[T]
	err := api.Do(ctx, http.MethodPost, "/api/search/"+segment(entity), c, &page)
	return page, err
}

// Get reads one record without its associations. An unknown one is an [*APIError] with Status 404.
func Get[T any](ctx context.Context, api *API, entity, id string) (T, error) {
	var answer struct {
		Data T `json:"data"`
	}
	err := api.Do(ctx, http.MethodGet, "/api/"+segment(entity)+"/"+url.PathEscape(id), nil, &answer)
	return answer.Data, err
}

// Create writes a new record. Give it an id to know it afterwards.
func (api *API) Create(ctx context.Context, entity string, record any) error {
	return api.Do(ctx, http.MethodPost, "/api/"+segment(entity), record, nil)
}

// Update changes the given fields of a record; of customFields those that are named.
func (api *API) Update(ctx context.Context, entity, id string, fields any) error {
	return api.Do(ctx, http.MethodPatch, "/api/"+segment(entity)+"/"+url.PathEscape(id), fields, nil)
}

// Delete removes a record.
func (api *API) Delete(ctx context.Context, entity, id string) error {
	return api.Do(ctx, http.MethodDelete, "/api/"+segment(entity)+"/"+url.PathEscape(id), nil, nil)
}

// Notification is a line for the merchant in the admin.
type Notification struct {
	Status             string   `json:"status"` // success, error, info, warning
	Message            string   `json:"message"`
	AdminOnly          bool     `json:"adminOnly,omitempty"`
	RequiredPrivileges []string `json:"requiredPrivileges,omitempty"`
}

// Notify posts a notification. It needs the privilege notification:create.
func (api *API) Notify(ctx context.Context, n Notification) error {
	return api.Do(ctx, http.MethodPost, "/api/notification", n, nil)
}

// segment is how an entity is spelt in a path.
func segment(entity string) string { return url.PathEscape(strings.ReplaceAll(entity, "_", "-")) }

// Do calls any path of the API: in is sent as JSON unless it is nil, and the answer is read
// into out unless that is nil. What is not 2xx is an [*APIError]. A token that was refused
// is renewed once.
func (api *API) Do(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
	}
	for retried := false; ; retried = true {
		token, err := api.accessToken(ctx)
		if err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
		err = api.call(ctx, method, path, token, body, out)
		if failure, ok := errors.AsType[*APIError](err); ok && failure.Status == http.StatusUnauthorized {
			if err := api.drop(ctx, token); err != nil {
				return err
			}
			if !retried {
				continue
			}
		}
		if err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
		return nil
	}
}

// accessToken returns a token that is good, fetching one if need be. Callers that come
// meanwhile wait for that one.
func (api *API) accessToken(ctx context.Context) (string, error) {
	if err := api.acquire(ctx); err != nil {
		return "", err
	}
	defer api.release()
	if api.token != "" && api.now().Before(api.expires) {
		return api.token, nil
	}
	request, err := json.Marshal(map[string]string{
		"grant_type": "client_credentials", "client_id": api.credentials.Key, "client_secret": api.credentials.Secret,
	})
	if err != nil {
		return "", err
	}
	var answer struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"` // seconds
	}
	before := api.now()
	if err := api.call(ctx, http.MethodPost, "/api/oauth/token", "", request, &answer); err != nil {
		return "", fmt.Errorf("take a token: %w", err)
	}
	if answer.AccessToken == "" {
		return "", errors.New("take a token: the answer has none")
	}
	api.token, api.expires = answer.AccessToken, before.Add(time.Duration(answer.ExpiresIn)*time.Second-tokenMargin)
	return api.token, nil
}

// drop forgets a token that was refused, unless another caller has fetched a new one.
func (api *API) drop(ctx context.Context, token string) error {
	if err := api.acquire(ctx); err != nil {
		return err
	}
	defer api.release()
	if api.token == token {
		api.token = ""
	}
	return nil
}

func (api *API) acquire(ctx context.Context) error {
	select {
	case api.lock <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (api *API) release() { <-api.lock }

// call makes one request.
func (api *API) call(ctx context.Context, method, path, token string, body []byte, out any) error {
	request, err := http.NewRequestWithContext(ctx, method, api.credentials.URL+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/json")
	if len(body) > 0 {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := api.client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }() // all that counts was read
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return fmt.Errorf("read the answer: %w", err)
	case len(answer) > maxAnswer:
		return fmt.Errorf("the answer is longer than %d bytes", maxAnswer)
	case response.StatusCode < 200 || response.StatusCode > 299:
		return newAPIError(response.StatusCode, answer)
	case out == nil || len(answer) == 0:
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}

// APIError is an answer of the Admin API that is not 2xx.
type APIError struct {
	Status int
	Faults []Fault // empty if the answer was not of the API's form
}

// Fault is one of the things that were wrong.
type Fault struct {
	Code    string
	Title   string
	Detail  string
	Pointer string // to the wrong value, such as /0/stock
}

func newAPIError(status int, body []byte) *APIError {
	var wire struct {
		Errors []struct {
			Code   string `json:"code"`
			Title  string `json:"title"`
			Detail string `json:"detail"`
			Source struct {
				Pointer string `json:"pointer"`
			} `json:"source"`
		} `json:"errors"`
	}
	e := &APIError{Status: status}
	if json.Unmarshal(body, &wire) != nil {
		return e // a proxy's page, say: the status has to do
	}
	for _, w := range wire.Errors {
		e.Faults = append(e.Faults, Fault{Code: w.Code, Title: w.Title, Detail: w.Detail, Pointer: w.Source.Pointer})
	}
	return e
}

// Error names the status and every fault.
func (e *APIError) Error() string {
	text := fmt.Sprintf("the shop answered %d", e.Status)
	for _, f := range e.Faults {
		text += "; " + strings.TrimSpace(f.Code+" "+f.Pointer) + ": " + cmp.Or(f.Detail, f.Title)
	}
	return text
}

// Has reports whether a fault has the code, such as FRAMEWORK__MISSING_PRIVILEGE_ERROR.
func (e *APIError) Has(code string) bool {
	return slices.ContainsFunc(e.Faults, func(f Fault) bool { return f.Code == code })
}
