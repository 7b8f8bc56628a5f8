package twig

import (
	"errors"
	"fmt"
	"strings"

	"github.com/appdock/appdock/twig/parse"
)

// ErrorKind says what sort of failure an [Error] is.
type ErrorKind uint8

// The kinds of failures.
const (
	Syntax   ErrorKind = iota // the template cannot be read
	Runtime                   // it failed while rendering
	Loader                    // a template does not exist or could not be read
	Security                  // the sandbox policy forbids it
	Limit                     // a limit of the render was exceeded; templates cannot catch it
)

func (k ErrorKind) String() string {
	return [...]string{"syntax", "runtime", "loader", "security", "limit"}[k]
}

// Error is any failure to load or render a template.
type Error struct {
	Kind     ErrorKind
	Message  string // without place
	Template string // empty if not known
	Line     int    // from 1; 0 if not known
	Column   int    // in bytes from 1; 0 if not known
	Limit    LimitName
	Cause    error // what a host's function or loader gave
}

// Error gives the message with its place (spec 16).
func (e *Error) Error() string {
	message, end := e.Message, ""
	for _, mark := range []string{".", "?"} {
		if strings.HasSuffix(message, mark) {
			message, end = strings.TrimSuffix(message, mark), mark
			break
		}
	}
	if e.Template != "" {
		message += " in \"" + e.Template + "\""
	}
	if e.Line > 0 {
		message += fmt.Sprintf(" at line %d", e.Line)
	}
	return message + end
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Failf makes a run-time error whose text is shown as it is, for filters,
// functions and tests. Any other error they return is wrapped in a sentence
// that says so.
func Failf(format string, args ...any) error {
	return &Error{Kind: Runtime, Message: fmt.Sprintf(format, args...)}
}

func syntaxError(template string, err error) error {
	e, ok := errors.AsType[*parse.Error](err)
	if !ok {
		return err
	}
	return textError(template, e)
}

func textError(template string, e *parse.Error) *Error {
	failed := &Error{Kind: Syntax, Message: e.Message, Template: template, Line: e.Pos.Line, Column: e.Pos.Column}
	if e.TooDeep {
		failed.Kind, failed.Limit = Limit, LimitNesting
	}
	return failed
}

// placed gives an error its place if it has none, and makes a foreign one a run-time error.
func placed(err error, template string, at parse.Pos) *Error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		e = &Error{
			Kind: Runtime, Cause: err,
			Message: fmt.Sprintf("An exception has been thrown during the rendering of a template (\"%s\").", err),
		}
	}
	if e.Template == "" {
		copied := *e
		e = &copied
		e.Template, e.Line, e.Column = template, at.Line, at.Column
	}
	return e
}
