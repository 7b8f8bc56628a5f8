package sitepack

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	restBase = "/rest/v1"
	// maxAnswer limits what is read of one answer.
	maxAnswer = 32 << 20
	// tries is how often a request is sent that the shop asks to send again.
	tries = 5
	// maxWait is the longest that a call waits at a time; who has to wait longer is told so.
	maxWait = 30 * time.Second
)

// API is the REST API of one shop (rest-api-sitepack.md). It renews its token when it needs to,
// waits when the shop says "not so fast", and repeats a write only under the same idempotency
// key, so that it is done once. It is safe for concurrent use.
type API struct {
	app    *App
	shopID string
	user   *Online // in whose name; nil: the app's own
}

// API returns the REST API of a shop. It costs nothing: tokens are kept in the store.
func (a *App) API(shopID string) *API { return &API{app: a, shopID: shopID} }

// Request is one call of the API.
type Request struct {
	Method string
	Path   string // below /rest/v1, such as "/orders"
	Query  url.Values
	Body   any // is sent as JSON; nil: nothing is
	// IfMatch is the ETag of what is to be changed. An order can be changed with it alone.
	IfMatch string
	// IdempotencyKey names a write, so that doing it again gives the first answer again. Empty:
	// a random one for each call. Give one that follows from the cause (the id of a message,
	// say) where the call itself may be repeated.
	IdempotencyKey string
}

// Resource is a record with the ETag that it can be changed with.
type Resource[T any] struct {
	Data T
	ETag string
}

// Get reads one record: Get[order](ctx, api, "/orders/"+id). An unknown one is a [*Problem] with
// Status 404.
func Get[T any](ctx context.Context, api *API, path string) (Resource[T], error) {
	return Do[T](ctx, api, Request{Method: http.MethodGet, Path: path})
}

// List goes through a list from page to page by its cursors, so that what is written meanwhile
// is neither doubled nor skipped. It ends with the first error.
func List[T any](ctx context.Context, api *API, path string, query url.Values) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		q := url.Values{}
		for name, values := range query {
			q[name] = values
		}
		for {
			page, err := Do[struct {
				Data []T `json:"data"`
				Page struct {
					Next string `json:"next"`
				} `json:"page"`
			}](ctx, api, Request{Method: http.MethodGet, Path: path, Query: q})
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, one := range page.Data.Data {
				if !yield(one, nil) {
					return
				}
			}
			if page.Data.Page.Next == "" {
				return
			}
			q.Set("cursor", page.Data.Page.Next)
		}
	}
}

// Update changes the given fields of a record (RFC 7396) and returns it as it is then. etag is
// that of the record as it was read, or "*"; where somebody changed it since, it is a [*Problem]
// with the code precondition_failed.
func Update[T any](ctx context.Context, api *API, path, etag string, fields any) (Resource[T], error) {
	return Do[T](ctx, api, Request{Method: http.MethodPatch, Path: path, Body: fields, IfMatch: etag})
}

// Call makes a call without more: in is sent unless it is nil, the answer is read into out unless
// that is nil.
func (api *API) Call(ctx context.Context, method, path string, in, out any) error {
	_, err := api.do(ctx, Request{Method: method, Path: path, Body: in}, out)
	return err
}

// Do makes any call. An answer that is not 2xx is a [*Problem]. What was asked for too fast is
// asked for again after the time that the shop names, as long as ctx lasts.
func Do[T any](ctx context.Context, api *API, r Request) (Resource[T], error) {
	var out Resource[T]
	header, err := api.do(ctx, r, &out.Data)
	out.ETag = header.Get("ETag")
	return out, err
}

// Rotate asks the shop for a new webhook key and keeps it. For a day the shop signs with the old
// one as well, so no message is lost.
func (api *API) Rotate(ctx context.Context) error {
	if _, _, err := api.token(ctx, ""); err != nil {
		return fmt.Errorf("rotate the webhook key: %w", err)
	}
	return api.app.options.Store.Change(ctx, api.shopID, func(i Installation) (Installation, error) {
		if i.ShopURL == "" {
			return i, fmt.Errorf("shop %q: %w", api.shopID, ErrShopUnknown)
		}
		var answer struct {
			WebhookSecret string `json:"webhook_secret"`
		}
		// The token is good: it was looked at, and renewed if it had to be, before this began.
		_, err := api.send(ctx, i.ShopURL, i.AccessToken, Request{Method: http.MethodPost, Path: "/webhook-secret/rotate", IdempotencyKey: random()}, nil, &answer)
		if err != nil {
			return i, fmt.Errorf("rotate the webhook key: %w", err)
		}
		if answer.WebhookSecret == "" {
			return i, errors.New("rotate the webhook key: the answer has none")
		}
		i.PreviousSecret, i.WebhookSecret, i.RotatedAt = i.WebhookSecret, answer.WebhookSecret, api.app.options.Now()
		return i, nil
	})
}

// do repeats a call for as long as that makes sense.
func (api *API) do(ctx context.Context, r Request, out any) (http.Header, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = json.Marshal(r.Body); err != nil {
			return nil, fmt.Errorf("%s %s: %w", r.Method, r.Path, err)
		}
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead && r.IdempotencyKey == "" {
		r.IdempotencyKey = random()
	}
	dead := ""
	for try := 1; ; try++ {
		shopURL, token, err := api.token(ctx, dead)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", r.Method, r.Path, err)
		}
		header, err := api.send(ctx, shopURL, token, r, body, out)
		if err == nil {
			return header, nil
		}
		problem, told := errors.AsType[*Problem](err)
		_, lost := errors.AsType[*lostError](err)
		if told && problem.Status == http.StatusUnauthorized && dead == "" {
			dead = token // it may have been cut: a fresh one shows
			continue
		}
		wait, again := retry(problem, try)
		if !told && !lost || !again || ctx.Err() != nil || !api.app.wait(ctx, wait) {
			return header, fmt.Errorf("%s %s: %w", r.Method, r.Path, err)
		}
	}
}

// lostError says that no answer came. What the shop did with such a request nobody knows, but
// under the same idempotency key it does it once.
type lostError struct{ err error }

func (e *lostError) Error() string { return e.err.Error() }
func (e *lostError) Unwrap() error { return e.err }

// retry says whether a call is made again after its try, counted from 1, and when. p is nil if no
// answer came.
func retry(p *Problem, try int) (wait time.Duration, again bool) {
	usual := 250 * time.Millisecond << try // 0.5 s, 1 s, 2 s, 4 s
	if try == tries {
		return 0, false
	}
	switch {
	case p == nil:
		return usual, true
	case p.Status == http.StatusTooManyRequests, p.Code == "idempotency_in_progress":
	case p.Status == http.StatusBadGateway, p.Status == http.StatusServiceUnavailable, p.Status == http.StatusGatewayTimeout:
	default:
		return 0, false
	}
	wait = cmp.Or(p.RetryAfter, usual)
	return wait, wait <= maxWait
}

// wait waits; not for longer than ctx lasts.
func (a *App) wait(ctx context.Context, d time.Duration) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= d {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// send makes one request.
func (api *API) send(ctx context.Context, shopURL, token string, r Request, body []byte, out any) (http.Header, error) {
	to := shopURL + restBase + r.Path
	if len(r.Query) > 0 {
		to += "?" + r.Query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, r.Method, to, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	if len(body) > 0 {
		request.Header.Set("Content-Type", "application/json")
	}
	if r.IfMatch != "" {
		request.Header.Set("If-Match", r.IfMatch)
	}
	if r.IdempotencyKey != "" {
		request.Header.Set("Idempotency-Key", strconv.Quote(r.IdempotencyKey))
	}
	response, err := api.app.options.Client.Do(request)
	if err != nil {
		return nil, &lostError{err}
	}
	defer func() { _ = response.Body.Close() }() // all that counts was read
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, &lostError{fmt.Errorf("read the answer: %w", err)}
	case len(answer) > maxAnswer:
		return nil, fmt.Errorf("the answer is longer than %d bytes", maxAnswer)
	case response.StatusCode < 200 || response.StatusCode > 299:
		return response.Header, newProblem(response, answer)
	case out == nil || len(answer) == 0:
		return response.Header, nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return response.Header, fmt.Errorf("read the answer: %w", err)
	}
	return response.Header, nil
}

// Problem is an answer of the API that is not 2xx (RFC 9457, rest-api-sitepack.md 10).
type Problem struct { //nolint:errname // RFC 9457 calls it a problem
	Status        int    `json:"status"`
	Code          string `json:"code"` // such as insufficient_scope; empty if the answer was none of the API's
	Title         string `json:"title"`
	Detail        string `json:"detail"`
	RequestID     string `json:"request_id"`
	RequiredScope string `json:"required_scope"` // of insufficient_scope
	Errors        []struct {
		Pointer string `json:"pointer"`
		Code    string `json:"code"`
		Detail  string `json:"detail"`
	} `json:"errors"`
	RetryAfter time.Duration `json:"-"` // zero: the shop did not say
}

func newProblem(response *http.Response, body []byte) *Problem {
	p := &Problem{}
	if json.Unmarshal(body, p) != nil {
		p = &Problem{Title: http.StatusText(response.StatusCode)} // a proxy's page, say: the status has to do
	}
	p.Status = response.StatusCode
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds >= 0 {
		p.RetryAfter = time.Duration(seconds) * time.Second
	}
	return p
}

// Error names the status and everything that was wrong.
func (p *Problem) Error() string {
	text := strings.TrimSpace(fmt.Sprintf("the shop answered %d %s", p.Status, p.Code))
	if detail := cmp.Or(p.Detail, p.Title); detail != "" {
		text += ": " + detail
	}
	for _, e := range p.Errors {
		text += "; " + strings.TrimSpace(e.Pointer+" "+e.Code) + ": " + e.Detail
	}
	return text
}
