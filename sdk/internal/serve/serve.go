// Package serve is what every handler of an app does: it logs one line for a request, and tells
// an error to the other side as no more than a status and a sentence.
package serve

import (
	"log/slog"
	"net/http"
)

// Error is the answer to a request that was not accepted.
type Error struct {
	Status int
	Text   string // told to the other side; never why a signature was wrong
	Err    error  // of the log
}

// Refuse returns a refusal, as an error with what is told and what is logged.
func Refuse(status int, text string, err error) *Error {
	return &Error{Status: status, Text: text, Err: err}
}

// Error is what the log says.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns what the log says, as an error.
func (e *Error) Unwrap() error { return e.Err }

// Note adds to the log line of a request.
type Note func(...slog.Attr)

// Answers is how an app tells errors: Read finds what the other side is told of one, Write
// answers with it.
type Answers struct {
	Log   *slog.Logger
	Read  func(error) *Error
	Write func(http.ResponseWriter, *Error)
}

// Handler serves requests of a kind, which the log line names.
func (a Answers) Handler(kind string, serve func(http.ResponseWriter, *http.Request, Note) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		line := []slog.Attr{slog.String("request", kind)}
		err := serve(w, r, func(attrs ...slog.Attr) { line = append(line, attrs...) })
		if err == nil {
			a.Log.LogAttrs(r.Context(), slog.LevelInfo, "request served", line...)
			return
		}
		refused := a.Read(err)
		line = append(line, slog.Int("status", refused.Status), slog.Any("error", err))
		a.Log.LogAttrs(r.Context(), slog.LevelWarn, "request refused", line...)
		a.Write(w, refused)
	})
}
