package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/web"
)

// maxOrder bounds what an operator's call may carry.
const maxOrder = 1 << 20

// Server serves a host to its operators on a unix socket.
type Server struct {
	path     string
	http     *http.Server
	listener net.Listener
}

// Listen opens the socket at path for the owner alone (0600), or on Windows a loopback address
// for those who may read the file at path. A socket that an ended
// process left behind is replaced: the caller holds the data folder.
func Listen(ctx context.Context, path string, host Host, log *slog.Logger) (*Server, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("remove the socket of an ended host: %w", err)
	}
	listener, handler, err := listenLocal(ctx, path, Handler(host, log))
	if err != nil {
		return nil, err
	}
	return &Server{path: path, listener: listener, http: &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
	}}, nil
}

// Serve answers until Close; it returns nil then.
func (s *Server) Serve() error {
	if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve operators: %w", err)
	}
	return nil
}

// Close lets running calls end until ctx does, then cuts them, and removes the socket.
func (s *Server) Close(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = s.http.Close()
	}
	// A unix socket is gone with its listener; the file of a loopback address is not.
	if gone := os.Remove(s.path); gone != nil && !errors.Is(gone, os.ErrNotExist) {
		err = errors.Join(err, fmt.Errorf("remove the socket for operators: %w", gone))
	}
	return err
}

// route is one call of the operators' protocol.
type route struct {
	pattern string // of [http.ServeMux]
	action  string // what it does, for people: "app.install"
	answer  endpoint
}

// endpoint does what a call asks for and gives what is answered.
type endpoint func(r *http.Request, host Host) (any, error)

// inShop is an endpoint of the shop that the path names.
func inShop(f func(r *http.Request, shop Shop) (any, error)) endpoint {
	return func(r *http.Request, host Host) (any, error) {
		shop, err := host.Shop(r.Context(), r.PathValue("shop"))
		if err != nil {
			return nil, err
		}
		return f(r, shop)
	}
}

// routes is the whole of the operators' protocol, version 1 (docs/control.md), but for the
// stream that [watchPattern] gives.
func routes() []route {
	return slices.Concat(hostRoutes(), examinationRoutes(), tokenRoutes(), shopRoutes(), appRoutes(), uploadRoutes(), identityRoutes(), deliveryRoutes(), webhookRoutes(), seedingRoutes(), userRoutes())
}

// watchPattern is the route of the stream.
const watchPattern = "GET /v1/watch"

func hostRoutes() []route {
	return []route{
		{"GET /v1/version", "host.version", func(r *http.Request, host Host) (any, error) {
			return host.Version(r.Context())
		}},
	}
}

// Handler answers the operators' protocol and logs each call. Who may call it is for others
// to decide: see [WithOperator].
func Handler(host Host, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	for _, rt := range routes() {
		mux.Handle(rt.pattern, audited(log, rt.action, answer(log, func(r *http.Request) (any, error) { return rt.answer(r, host) })))
	}
	mux.Handle(watchPattern, audited(log, "host.watch", watch(host, log)))
	mux.Handle("/", audited(log, "unknown", answer(log, func(r *http.Request) (any, error) {
		return nil, malformed(fmt.Errorf("there is no call %s %s", r.Method, r.URL.Path))
	})))
	return mux
}

// reply answers a call and says how that ended.
type reply func(w http.ResponseWriter, r *http.Request) error

// Refuse answers a call with a failure. The client reads its kind from the body; the status
// tells it to everybody else.
func Refuse(w http.ResponseWriter, err error) {
	kind := appdock.KindOf(err)
	if kind == appdock.Unauthenticated {
		w.Header().Set("WWW-Authenticate", `Bearer realm="appdock"`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(web.Status(kind))
	_, _ = w.Write(encodeFailure(err)) // who does not stay to read it knows that
}

// answer writes what f gives, or the failure that it returns.
func answer(log *slog.Logger, f func(r *http.Request) (any, error)) reply {
	return func(w http.ResponseWriter, r *http.Request) error {
		out, err := f(r)
		var body []byte
		if err == nil {
			body, err = json.Marshal(out)
		}
		if err != nil {
			if appdock.KindOf(err) == appdock.Internal {
				log.LogAttrs(r.Context(), slog.LevelError, "operator's call failed",
					slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Any("err", err))
			}
			Refuse(w, err)
			return err
		}
		w.Header().Set("Content-Type", "application/json")
		if _, err := w.Write(body); err != nil {
			log.LogAttrs(r.Context(), slog.LevelInfo, "operator left before the answer", slog.Any("err", err))
		}
		return nil
	}
}

// watch streams one JSON document per line until the operator leaves.
func watch(host Host, log *slog.Logger) reply {
	return func(w http.ResponseWriter, r *http.Request) error {
		flush := http.NewResponseController(w)
		// The stream has no end that a server's timeouts could foresee.
		if err := errors.Join(flush.SetReadDeadline(time.Time{}), flush.SetWriteDeadline(time.Time{})); err != nil {
			Refuse(w, err)
			return err
		}
		w.Header().Set("Content-Type", "application/x-ndjson")
		if err := flush.Flush(); err != nil {
			return nil // the operator left
		}
		lines := json.NewEncoder(w)
		for a, err := range host.Watch(r.Context()) {
			if err != nil {
				log.LogAttrs(r.Context(), slog.LevelError, "watching ended", slog.Any("err", err))
				return err
			}
			if lines.Encode(a) != nil || flush.Flush() != nil {
				return nil // the operator left
			}
		}
		return nil
	}
}

func decode[T any](r *http.Request) (T, error) {
	var in T
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxOrder))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return in, &appdock.Error{
				Kind: appdock.TooLarge, Code: "ADK-CALL-MALFORMED", Message: "The call is too large",
				Cause: fmt.Sprintf("its body has more than %d bytes", maxOrder), Cure: "Send less at a time.", Err: err,
			}
		}
		return in, malformed(err)
	}
	return in, nil
}

func malformed(err error) error {
	return &appdock.Error{
		Kind: appdock.Invalid, Code: "ADK-CALL-MALFORMED",
		Message: "The host does not understand this call",
		Cause:   err.Error(),
		Cure:    "Use a command line of the same version as the host.",
		Err:     err,
	}
}
