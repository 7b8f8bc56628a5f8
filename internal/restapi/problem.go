package restapi

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/web"
)

// problem is a failure as clients are told of it (rest-api-sitepack.md 10, RFC 9457).
type problem struct {
	Type      string  `json:"type" doc:"names the code"`
	Title     string  `json:"title"`
	Status    int     `json:"status"`
	Detail    string  `json:"detail,omitempty" doc:"for people; not for programs"`
	Instance  string  `json:"instance,omitempty" doc:"path of the request"`
	Code      string  `json:"code" doc:"for programs"`
	RequestID string  `json:"request_id,omitempty"`
	Errors    []fault `json:"errors,omitempty" doc:"each wrong value"`

	RequiredScope string   `json:"required_scope,omitempty"`
	ConflictingID string   `json:"conflicting_id,omitempty"`
	Usages        []usage  `json:"usages,omitempty" doc:"what still leads to the record"`
	Allowed       []string `json:"allowed,omitempty" doc:"actions that are possible now"`
	ETag          string   `json:"etag,omitempty" doc:"of the resource as it is"`
	Reason        string   `json:"reason,omitempty"`

	header http.Header
}

// fault is one wrong value of a request.
type fault struct {
	Pointer string `json:"pointer" doc:"JSON pointer into the body" example:"/price/amount"`
	Code    string `json:"code"`
	Detail  string `json:"detail"`
}

// usage is one kind of records that lead to another.
type usage struct {
	Resource string `json:"resource"`
	Count    int    `json:"count"`
}

// Error implements error.
func (p *problem) Error() string { return p.Code + ": " + p.Detail }

// answer is the problem as it is sent; path and name of the request are filled in there.
func (p *problem) answer() *answer { return &answer{status: p.Status, header: p.header, problem: p} }

// ProblemTypes is what the types of problems begin with if nobody says otherwise.
const ProblemTypes = "https://appdock.dev/problems/"

// body is the problem in answer to a request; types is what its type begins with.
func (p *problem) body(r *http.Request, types string) []byte {
	full := *p
	full.Type = cmp.Or(types, ProblemTypes) + strings.ReplaceAll(p.Code, "_", "-")
	full.Title, full.Instance, full.RequestID = title(p), r.URL.Path, web.RequestID(r.Context())
	body, err := json.Marshal(full)
	if err != nil { // unreachable: texts and numbers always marshal
		panic(err)
	}
	return body
}

// title is the code as words: "validation_failed" is "Validation failed".
func title(p *problem) string {
	words := strings.ReplaceAll(p.Code, "_", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

// problemOf shows an error of a feature. What is no problem of this API is one of the host:
// the operator finds it in the log by the name of the request.
func problemOf(e *appdock.Error) *problem {
	p := &problem{Status: web.Status(e.Kind), Code: e.Code, Detail: e.Message}
	switch e.Kind {
	case appdock.Unauthenticated:
		p.header = http.Header{"Www-Authenticate": {`Bearer error="invalid_token"`}}
		if p.Code != "token_expired" {
			p.Code = "invalid_token"
		}
	case appdock.Refused:
		if p.Code != "app_inactive" {
			p.Code = "insufficient_scope"
		}
	case appdock.NotFound:
		p.Code = "not_found"
	case appdock.TooLarge:
		p.Code = "payload_too_large"
	case appdock.Unsupported:
		p.Code = "unsupported_media_type"
	case appdock.Throttled:
		p.Code, p.header = "rate_limited", http.Header{"Retry-After": {"1"}}
	case appdock.Unavailable:
		p.Code, p.header = "maintenance", http.Header{"Retry-After": {"5"}}
	case appdock.Invalid, appdock.Conflict, appdock.Unmet:
		p.Status, p.Code = http.StatusUnprocessableEntity, "validation_failed"
	case appdock.Internal, appdock.Failed:
		p.Status, p.Code, p.Detail = http.StatusInternalServerError, "internal_error", "Internal error"
	}
	return p
}

func refuse(code, detail string) *problem {
	return &problem{Status: http.StatusBadRequest, Code: code, Detail: detail}
}

// invalid is the refusal of a body for all that is wrong with it; nil if nothing is.
func invalid(faults []fault) *problem {
	if len(faults) == 0 {
		return nil
	}
	p := &problem{Status: http.StatusUnprocessableEntity, Code: "unknown_field", Detail: "1 field is invalid.", Errors: faults}
	if len(faults) > 1 {
		p.Detail = strconv.Itoa(len(faults)) + " fields are invalid."
	}
	for _, f := range faults {
		if f.Code != "unknown_field" {
			p.Code = "validation_failed"
		}
	}
	return p
}

// short cuts what a client sent to what a message may repeat of it.
func short(text string) string {
	const longest = 100
	if len(text) <= longest {
		return strings.ToValidUTF8(text, "?")
	}
	return strings.ToValidUTF8(text[:longest], "") + "..."
}

func quoted(text string) string { return strconv.Quote(short(text)) }

// problemParams are the named values of an error of a feature.
func problemParams(err error) []appdock.Param {
	if e, ok := errors.AsType[*appdock.Error](err); ok {
		return e.Params
	}
	return nil
}
