package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/web"
)

// codeTooOften is that of the limits which have no code of their own (admin-api.md 9): the others
// are those of tokens and notifications.
const codeTooOften = "FRAMEWORK__RATE_LIMIT_EXCEEDED"

// envelope is the body of every failure (admin-api.md 9).
type envelope struct {
	Errors []apiError `json:"errors"`
}

type apiError struct {
	Code     string  `json:"code"`
	Status   string  `json:"status"`
	Title    string  `json:"title,omitempty"`
	Detail   *string `json:"detail"`
	Template string  `json:"template,omitempty"`
	Meta     *meta   `json:"meta,omitempty"`
	Source   *source `json:"source,omitempty"`
}

type meta struct {
	Parameters any `json:"parameters"`
}

type source struct {
	Pointer string `json:"pointer"`
}

// tell answers with an error in the shape that clients of the Admin API parse: the
// JavaScript SDK throws on any other (sdk-facts.md 13).
func tell(w http.ResponseWriter, _ *http.Request, e *appdock.Error) {
	status := web.Status(e.Kind)
	switch e.Kind { //nolint:exhaustive // the other kinds need no header
	case appdock.Unauthenticated:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case appdock.Throttled:
		if i := slices.IndexFunc(e.Params, func(p appdock.Param) bool { return p.Name == "seconds" }); i >= 0 {
			w.Header().Set("Retry-After", fmt.Sprint(e.Params[i].Value))
		}
	}
	body, err := json.Marshal(envelope{Errors: wireErrors(e, status)})
	if err != nil { // a parameter that is no JSON: a mistake of the host
		body = []byte(`{"errors":[{"code":"0","status":"500","title":"Internal Server Error","detail":"Internal error","meta":{"parameters":[]}}]}`)
		status = http.StatusInternalServerError
	}
	web.Send(w, status, "application/json", body)
}

// wireErrors gives one object for each fault, or one for the error itself.
func wireErrors(e *appdock.Error, status int) []apiError {
	text := strconv.Itoa(status)
	title := http.StatusText(status)
	if len(e.Faults) > 0 {
		list := make([]apiError, 0, len(e.Faults))
		for _, f := range e.Faults {
			w := apiError{
				Code: f.Code, Status: text, Title: title, Detail: &f.Message,
				Meta: parameters(f.Params), Source: &source{f.Pointer},
			}
			if violation(f.Code) {
				w.Title, w.Template = "", template(f)
			}
			list = append(list, w)
		}
		return list
	}
	w := apiError{Code: e.Code, Status: text, Title: title, Detail: &e.Message, Meta: parameters(e.Params)}
	switch {
	case e.Code == "":
		w.Code = "0"
	case strings.HasPrefix(e.Code, "ADK-"): // no client of Shopware knows it: the way out is told
		detail := explained(e)
		w.Detail = &detail
	case e.Code == "FRAMEWORK__MISSING_PRIVILEGE_ERROR":
		detail := missingPrivileges(e)
		w.Detail, w.Meta = &detail, parameters(nil)
	case oauthCode(e.Code):
		// OAuth errors have their own use of title and detail (protocol-oauth.md A).
		w.Title, w.Detail, w.Meta = e.Message, nil, nil
		if e.Cause != "" {
			w.Detail = &e.Cause
		}
	}
	return []apiError{w}
}

// explained is all that may be told of an error, in one text.
func explained(e *appdock.Error) string {
	text := e.Message
	if e.Cause != "" {
		text += " Cause: " + strings.TrimSuffix(e.Cause, ".") + "."
	}
	if e.Cure != "" {
		text += " " + e.Cure
	}
	return text
}

// violation reports whether a fault's code is one of a wrong value, which has a template
// instead of a title; the codes of all other faults name their part of Shopware.
func violation(code string) bool {
	switch code {
	case "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION", "FRAMEWORK__ENTITY_IS_LOCKED":
		return true
	}
	return !strings.Contains(code, "__")
}

// template is the message with the names of its parameters, such as "{{ limit }}".
func template(f appdock.Fault) string {
	text := f.Message
	for _, p := range f.Params {
		if strings.HasPrefix(p.Name, "{{") {
			text = strings.Replace(text, fmt.Sprint(p.Value), p.Name, 1)
		}
	}
	return text
}

// oauthCode reports whether code is one of protocol-oauth.md A: a number, not 0.
func oauthCode(code string) bool {
	return code != "0" && strings.Trim(code, "0123456789") == ""
}

// missingPrivileges is the detail of a 403: JSON inside of a text, which clients parse
// (admin-api.md 7).
func missingPrivileges(e *appdock.Error) string {
	detail := struct {
		Message           string `json:"message"`
		MissingPrivileges any    `json:"missingPrivileges"`
	}{Message: "Missing privilege", MissingPrivileges: []string{}}
	if i := slices.IndexFunc(e.Params, func(p appdock.Param) bool { return p.Name == "missingPrivileges" }); i >= 0 {
		detail.MissingPrivileges = e.Params[i].Value
	}
	text, err := json.Marshal(detail)
	if err != nil {
		return e.Message
	}
	return string(text)
}

// parameters is an object, or the list that PHP makes of an empty one.
func parameters(params []appdock.Param) *meta {
	if len(params) == 0 {
		return &meta{Parameters: []any{}}
	}
	named := make(map[string]any, len(params))
	for _, p := range params {
		named[p.Name] = p.Value
	}
	return &meta{Parameters: named}
}

// wrongMethod answers with 405, which is a matter of HTTP alone and no kind of failure.
func wrongMethod(allowed string) endpoint {
	return func(c *call) error {
		const status = http.StatusMethodNotAllowed
		c.w.Header().Set("Allow", allowed)
		detail := fmt.Sprintf("No route found for \"%s %s\": Method Not Allowed (Allow: %s)", c.r.Method, c.r.URL.Path, allowed)
		return web.JSON(c.w, status, envelope{[]apiError{{
			Code: "0", Status: strconv.Itoa(status), Title: http.StatusText(status), Detail: &detail, Meta: parameters(nil),
		}}})
	}
}

func noRoute(r *http.Request) error {
	return &appdock.Error{
		Kind:    appdock.NotFound,
		Code:    "0",
		Message: fmt.Sprintf("No route found for \"%s %s\"", r.Method, r.URL.Path),
	}
}

func unsupported(message string) error {
	return &appdock.Error{Kind: appdock.Unsupported, Code: "0", Message: message}
}

// badRequest is a request that is wrong as a whole.
func badRequest(message string) error {
	return &appdock.Error{Kind: appdock.Invalid, Code: "0", Message: message}
}

// badParameter is a parameter that is there and wrong.
func badParameter(name, cure string) error {
	return &appdock.Error{
		Kind:    appdock.Invalid,
		Code:    codeParameter,
		Message: fmt.Sprintf("The parameter %q is invalid.", name),
		Cure:    cure,
		Params:  []appdock.Param{{Name: "parameter", Value: name}},
	}
}

// missingParameter is a parameter that must be there.
func missingParameter(name string) error {
	return &appdock.Error{
		Kind:    appdock.Invalid,
		Code:    "FRAMEWORK__MISSING_REQUEST_PARAMETER",
		Message: fmt.Sprintf("Parameter %q is missing.", name),
		Params:  []appdock.Param{{Name: "parameterName", Value: name}},
	}
}
