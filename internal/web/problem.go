package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/appdock/appdock"
)

// Status gives the HTTP status of a kind of failure, the same in every dialect.
func Status(k appdock.Kind) int {
	switch k {
	case appdock.Invalid:
		return http.StatusBadRequest
	case appdock.Unauthenticated:
		return http.StatusUnauthorized
	case appdock.Refused:
		return http.StatusForbidden
	case appdock.NotFound:
		return http.StatusNotFound
	case appdock.Conflict:
		return http.StatusConflict
	case appdock.Unmet:
		return http.StatusPreconditionFailed
	case appdock.TooLarge:
		return http.StatusRequestEntityTooLarge
	case appdock.Unsupported:
		return http.StatusUnsupportedMediaType
	case appdock.Throttled:
		return http.StatusTooManyRequests
	case appdock.Unavailable:
		return http.StatusServiceUnavailable
	case appdock.Internal, appdock.Failed:
	}
	return http.StatusInternalServerError
}

// Public gives what may be shown of err: its first [appdock.Error], or the one that says
// nothing but that the host failed. The whole of err stands in Err then.
func Public(err error) *appdock.Error {
	e, ok := errors.AsType[*appdock.Error](err)
	if ok && e.Kind != appdock.Internal {
		return e
	}
	return &appdock.Error{Kind: appdock.Internal, Message: "Internal error", Err: err}
}

// problem is a problem document (RFC 9457).
type problem struct {
	Type      string          `json:"type"`
	Title     string          `json:"title"`
	Status    int             `json:"status"`
	Detail    string          `json:"detail,omitempty"`
	Code      string          `json:"code,omitempty"`
	Cause     string          `json:"cause,omitempty"`
	Cure      string          `json:"cure,omitempty"`
	Errors    []problemDetail `json:"errors,omitempty"`
	RequestID string          `json:"requestId,omitempty"`
}

// problemDetail is one wrong value of the request (RFC 9457 section 3, figure 2).
type problemDetail struct {
	Detail  string `json:"detail"`
	Pointer string `json:"pointer,omitempty"`
	Code    string `json:"code,omitempty"`
}

// Problem answers with a problem document (RFC 9457).
func Problem(w http.ResponseWriter, r *http.Request, e *appdock.Error) {
	status := Status(e.Kind)
	doc := problem{
		Type:      "about:blank",
		Title:     http.StatusText(status),
		Status:    status,
		Detail:    e.Message,
		Code:      e.Code,
		Cause:     e.Cause,
		Cure:      e.Cure,
		RequestID: RequestID(r.Context()),
	}
	for _, f := range e.Faults {
		doc.Errors = append(doc.Errors, problemDetail{Detail: f.Message, Pointer: f.Pointer, Code: f.Code})
	}
	body, err := json.Marshal(doc)
	if err != nil { // unreachable: texts and numbers always marshal
		panic(err)
	}
	Send(w, status, "application/problem+json", body)
}
