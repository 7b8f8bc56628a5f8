package appdock

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of failure an [Error] is; each dialect derives its status from it.
type Kind int

// The kinds of failures that a person may be told about. The number behind each is the
// HTTP status that both dialects agree on.
const (
	Internal        Kind = iota // 500; not for people: logged in full, shown as "Internal error"
	Invalid                     // 400 the request is wrong in itself
	Unauthenticated             // 401 the token is dead; never for missing rights
	Refused                     // 403 the rights are missing
	NotFound                    // 404
	Conflict                    // 409 not in this state, or somebody else was faster
	Unmet                       // 412 a precondition of the request does not hold
	TooLarge                    // 413
	Unsupported                 // 415 the format is not spoken here
	Throttled                   // 429
	Failed                      // 500 it was tried and did not work, and people are told why
	Unavailable                 // 503 try again later
)

// Error is a failure with two audiences: Err is for the operator's log, the rest for the
// person who asked. Handle it once: return it or log it.
type Error struct {
	Kind    Kind
	Code    string  // stable, for machines and `appdock explain`
	Message string  // shown to the person who asked; a sentence
	Cause   string  // why, safe to show
	Cure    string  // what to do about it
	Faults  []Fault // each wrong value, all at once
	Params  []Param // named values of the message, for machines
	Err     error   // for the operator: logged, never shown
}

// Fault is one wrong value of a request.
type Fault struct {
	Pointer string // JSON pointer to the value, such as "/0/name"
	Code    string
	Message string
	Params  []Param
}

// Param is one named value inside a message.
type Param struct {
	Name  string
	Value any
}

// Error is the message with its cause, for logs and tests.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Message)
	if e.Cause != "" {
		fmt.Fprintf(&b, ": %s", e.Cause)
	}
	for _, f := range e.Faults {
		fmt.Fprintf(&b, "; %s: %s", f.Pointer, f.Message)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, " [%s]", e.Code)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap gives the operator's part.
func (e *Error) Unwrap() error { return e.Err }

// KindOf gives the kind of the first [Error] in err's chain; [Internal] if there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// CodeOf gives the code of the first [Error] in err's chain; "" if there is none.
func CodeOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// MissingPrivileges is the refusal of an actor that lacks privileges
// (admin-api.md 7: all that are missing are told at once).
func MissingPrivileges(missing []Privilege) *Error {
	names := make([]string, len(missing))
	for i, p := range missing {
		names[i] = string(p)
	}
	return &Error{
		Kind:    Refused,
		Code:    "FRAMEWORK__MISSING_PRIVILEGE_ERROR",
		Message: "Missing privilege",
		Cause:   "it needs " + strings.Join(names, ", "),
		Cure:    "Ask for the privilege in the manifest and install or update the app again.",
		Params:  []Param{{"missingPrivileges", names}},
	}
}
