package restapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

// batchRequest is one request of a batch (rest-api-sitepack.md 6).
type batchRequest struct {
	ID      string            `json:"id" minLength:"1" maxLength:"64" doc:"that its result has"`
	Method  string            `json:"method" enum:"GET,POST,PUT,PATCH,DELETE"`
	Path    string            `json:"path" doc:"below /rest/v1, with its query" example:"/products/0197…"`
	Headers map[string]string `json:"headers,omitempty" doc:"such as If-Match and Idempotency-Key"`
	Body    json.RawMessage   `json:"body,omitempty"`
}

// batchResult is what came of it.
type batchResult struct {
	ID      string            `json:"id"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    any               `json:"body"`
}

const (
	mostInBatch  = 100
	mostAtomic   = 25
	batchTooMany = "A batch has 1 to 100 requests, 25 if it is atomic."
)

func (a *api) batchRoutes() []route {
	return []route{
		write(http.MethodPost, "/batch", "createBatch", "Ask for many things at once", http.StatusOK, runBatch).outside().unless("atomic").
			takes(parameter{name: "atomic", about: "true: all of it is done, or nothing; the first refusal is that of the batch", example: "true"}).
			saying("The requests are answered in their order, each by itself. They cost what they would cost alone. " +
				"One that those before it left no time for is answered with status 503: it was not begun."),
	}
}

func runBatch(c *call, in *[]batchRequest) (*[]batchResult, error) {
	atomic := c.query.Get("atomic") == "true"
	if c.query.Has("atomic") && !atomic && c.query.Get("atomic") != "false" {
		return nil, refuse("invalid_filter", "atomic is true or false.")
	}
	if n := len(*in); n == 0 || n > mostInBatch || atomic && n > mostAtomic {
		return nil, invalid([]fault{{"", "too_many", batchTooMany}})
	}
	parts := make([]*call, len(*in))
	cost := 0
	for i, one := range *in {
		parts[i] = c.part(one)
		if rt, err := c.find(parts[i]); err == nil {
			parts[i].route = rt
			cost += parts[i].cost()
			if rt.path == "/batch" || atomic && (rt.alone || rt.prepare != nil) {
				return nil, invalid([]fault{{"", "not_allowed", rt.method + " " + rt.path + " cannot be part of such a batch."}})
			}
		}
	}
	if err := c.limits.charge(c, cost-writeCost); err != nil { // the batch itself has paid for a write
		return nil, err
	}
	out := make([]batchResult, len(parts))
	if !atomic {
		// Each has its time, but none begins when that of one is over: a hundred that are slow
		// would take a hundred times as long.
		soon, cancel := context.WithTimeout(c.ctx, c.options.Patience)
		defer cancel()
		for i, p := range parts {
			done := notBegun().answer()
			if soon.Err() == nil {
				var err error
				if done, err = p.result(); err != nil {
					return nil, err
				}
			}
			out[i] = done.result((*in)[i].ID, p)
		}
		return &out, nil
	}
	for i, one := range *in {
		p := c.part(one)
		p.work = c.work
		done, err := p.result()
		if err != nil {
			return nil, err
		}
		if done.problem != nil || done.status >= http.StatusBadRequest {
			return nil, done.refusal(one.ID) // and nothing of the unit is kept
		}
		out[i] = done.result(one.ID, p)
	}
	return &out, nil
}

// notBegun is what a request of a batch is told that those before it left no time for.
func notBegun() *problem {
	return &problem{
		Status: http.StatusServiceUnavailable, Code: "maintenance", Reason: "the requests before it in the batch took too long",
		Detail: "The request was not begun. Send it again, with fewer others.", header: http.Header{"Retry-After": {"5"}},
	}
}

// part is a request of a batch as a call of its own, by the same token.
func (c *call) part(one batchRequest) *call {
	path := base + "/" + strings.TrimPrefix(strings.TrimPrefix(one.Path, base), "/")
	r, err := http.NewRequestWithContext(c.ctx, one.Method, path, bytes.NewReader(one.Body))
	if err != nil { // a path that is none leads nowhere
		r, _ = http.NewRequestWithContext(c.ctx, one.Method, base+"/-", nil)
	}
	if r.Body == nil {
		r.Body = io.NopCloser(strings.NewReader(""))
	}
	for name, value := range one.Headers {
		if !strings.EqualFold(name, "Authorization") {
			r.Header.Set(name, value)
		}
	}
	return &call{api: c.api, ctx: c.ctx, r: r, header: http.Header{}, shop: c.shop, bearer: c.bearer, nested: true}
}

// result answers the part; the error is one of the host's own.
func (c *call) result() (*answer, error) {
	done, err := c.respond(c)
	if p, ok := errors.AsType[*problem](c.told(err)); ok {
		return p.answer(), nil
	}
	return done, err
}

func (a *answer) result(id string, c *call) batchResult {
	out := batchResult{ID: id, Status: a.status, Headers: map[string]string{}}
	for _, from := range []http.Header{c.header, a.header} {
		for name := range from {
			switch name {
			case "Etag", "Location", "Link", "Retry-After", "Idempotent-Replayed":
				out.Headers[name] = strings.Join(from[name], ", ")
			}
		}
	}
	switch {
	case a.problem != nil:
		out.Body = json.RawMessage(a.problem.body(c.r, c.options.ProblemTypes))
	case len(a.body) > 0:
		out.Body = json.RawMessage(a.body)
	}
	return out
}

// refusal is the problem that an atomic batch ends with.
func (a *answer) refusal(id string) *problem {
	p := &problem{Status: a.status, Code: "validation_failed"}
	if a.problem != nil {
		*p = *a.problem
	} else if err := json.Unmarshal(a.body, p); err != nil { // a refusal that was kept under a key
		p.Detail = "The request was refused."
	}
	p.Reason = "request " + short(id) + " was refused; nothing of the batch was done"
	return p
}
