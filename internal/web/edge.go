// Package web is what the HTTP edges of a host share: handlers that return errors, one
// log line for each request, problem documents, limits on what strangers send, and the
// headers and timeouts that every answer has.
//
//	edge := web.Edge{Log: log, Now: now, NewID: newID}
//	mux.Handle("GET /orders/{id}", edge.Handler(func(w http.ResponseWriter, r *http.Request) error {
//		o, err := orders.Order(r.Context(), r.PathValue("id"))
//		if err != nil {
//			return err
//		}
//		return web.JSON(w, http.StatusOK, toWire(o))
//	}))
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/appdock/appdock"
)

// Handler answers a request, or returns why it could not; it does not do both.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Edge is what the handlers of one HTTP interface have in common.
type Edge struct {
	Log   *slog.Logger
	Now   func() time.Time
	NewID func() appdock.ID // names requests
	// Names says which names clients may give their requests in X-Request-Id; nil: none.
	Names func(id string) bool
	// MaxBody is the size of the largest body in bytes; 0: 1 MiB.
	MaxBody int64
	// Tell writes the answer to a failure. e is fit to be shown: what was no
	// *appdock.Error is one of kind Internal by now. nil: [Problem].
	Tell func(w http.ResponseWriter, r *http.Request, e *appdock.Error)
}

// Outcome is how a request ended.
type Outcome struct {
	Status int
	Bytes  int64 // of the answer's body
	Took   time.Duration
	Err    error // why it failed; nil if it did not
}

// StatusClientGone is the status of requests whose client did not wait for the answer. It
// stands in logs only.
const StatusClientGone = 499

const defaultMaxBody = 1 << 20

// Handler makes an [http.Handler] of f.
func (e Edge) Handler(f Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { e.Serve(w, r, f) })
}

// Serve lets f answer r within the limits of the edge, tells the client of a failure, and
// writes the one log line of the request. A panic is a failure of kind Internal whose
// stack stands in the log only. An answer that broke off after it began ends with a panic
// of [http.ErrAbortHandler], so that the client does not take it for whole.
func (e Edge) Serve(w http.ResponseWriter, r *http.Request, f Handler) Outcome {
	start := e.Now()
	id := r.Header.Get("X-Request-Id")
	if e.Names == nil || !e.Names(id) {
		id = e.NewID().String()
	}
	w.Header().Set("X-Request-Id", id)
	answer := &answer{ResponseWriter: w}
	limit := e.MaxBody
	if limit == 0 {
		limit = defaultMaxBody
	}
	received := r.Body
	r = r.WithContext(context.WithValue(r.Context(), requestID{}, id))
	r.Body = limited(r, limit)

	err := protect(f, answer, r)
	broken := err != nil && answer.status != 0
	switch {
	case err == nil && answer.status == 0:
		answer.WriteHeader(http.StatusOK)
	case broken:
	case err != nil && errors.Is(err, context.Canceled) && r.Context().Err() != nil:
		answer.status = StatusClientGone
	case err != nil:
		shown := Public(err)
		if shown.Kind == appdock.TooLarge {
			drain(r, received, limit)
		}
		e.tell()(answer, r, shown)
	}
	out := Outcome{Status: answer.status, Bytes: answer.bytes, Took: e.Now().Sub(start), Err: err}
	e.log(r, id, out)
	if broken {
		panic(http.ErrAbortHandler)
	}
	return out
}

func (e Edge) tell() func(http.ResponseWriter, *http.Request, *appdock.Error) {
	if e.Tell != nil {
		return e.Tell
	}
	return Problem
}

func (e Edge) log(r *http.Request, id string, out Outcome) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("request_id", id),
		slog.String("method", r.Method),
		slog.String("path", r.URL.Path),
		slog.Int("status", out.Status),
		slog.Int64("ms", out.Took.Milliseconds()),
		slog.Int64("bytes", out.Bytes),
	}
	if out.Err != nil && out.Status != StatusClientGone {
		shown := Public(out.Err)
		if shown.Code != "" {
			attrs = append(attrs, slog.String("code", shown.Code))
		}
		// Messages may repeat what the client sent; only what is for the operator is logged.
		if shown.Err != nil {
			attrs = append(attrs, slog.String("error", shown.Err.Error()))
		}
		if shown.Kind == appdock.Internal {
			level = slog.LevelError
		}
		if p, ok := errors.AsType[*panicError](out.Err); ok {
			attrs = append(attrs, slog.String("stack", string(p.stack)))
		}
	}
	e.Log.LogAttrs(r.Context(), level, "request finished", attrs...)
}

// RequestID gives the id of the request that ctx belongs to; "" outside of one. It is the
// answer's X-Request-Id and the log's request_id.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestID{}).(string)
	return id
}

// WithRequestID names the request that ctx belongs to, where no [Edge] does.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestID{}, id)
}

type requestID struct{}

// panicError is a panic of a handler.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// protect turns a panic of f into an error.
func protect(f Handler, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		switch v := recover(); v {
		case nil:
		case http.ErrAbortHandler:
			panic(v)
		default:
			err = &panicError{value: v, stack: debug.Stack()}
		}
	}()
	return f(w, r)
}
