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
)

// maxOrder bounds what an operator's call may carry.
const maxOrder = 1 << 20

// Server serves a host to its operators on a unix socket.
type Server struct {
	http     *http.Server
	listener net.Listener
}

// Listen opens the socket at path for the owner alone (0600). A socket that an ended
// process left behind is replaced: the caller holds the data folder.
func Listen(ctx context.Context, path string, host Host, log *slog.Logger) (*Server, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("remove the socket of an ended host: %w", err)
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("open the socket for operators: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("protect the socket for operators: %w", err), listener.Close())
	}
	return &Server{listener: listener, http: &http.Server{
		Handler:           handler(host, log),
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
	if err := s.http.Shutdown(ctx); err != nil {
		return s.http.Close()
	}
	return nil
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

// routes is the whole of the operators' protocol, version 1, but for the stream that
// [watch] gives.
func routes() []route {
	return slices.Concat(hostRoutes(), shopRoutes(), appRoutes(), identityRoutes(), deliveryRoutes(), webhookRoutes(), seedingRoutes())
}

func hostRoutes() []route {
	return []route{
		{"GET /v1/version", "host.version", func(r *http.Request, host Host) (any, error) {
			return host.Version(r.Context())
		}},
	}
}

func handler(host Host, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	for _, rt := range routes() {
		mux.Handle(rt.pattern, answer(log, func(r *http.Request) (any, error) { return rt.answer(r, host) }))
	}
	mux.Handle("GET /v1/watch", watch(host, log))
	return mux
}

// answer writes what f gives, or the failure that it returns.
func answer(log *slog.Logger, f func(r *http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out, err := f(r)
		var body []byte
		if err == nil {
			body, err = json.Marshal(out)
		}
		w.Header().Set("Content-Type", "application/json")
		if err != nil {
			if appdock.KindOf(err) == appdock.Internal {
				log.LogAttrs(r.Context(), slog.LevelError, "operator's call failed",
					slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Any("err", err))
			}
			w.WriteHeader(http.StatusBadRequest) // the kind is in the body; the client asks for nothing else
			body = encodeFailure(err)
		}
		if _, err := w.Write(body); err != nil {
			log.LogAttrs(r.Context(), slog.LevelInfo, "operator left before the answer", slog.Any("err", err))
		}
	})
}

// watch streams one JSON document per line until the operator leaves.
func watch(host Host, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-ndjson")
		flush := http.NewResponseController(w)
		if err := flush.Flush(); err != nil {
			return
		}
		lines := json.NewEncoder(w)
		for a, err := range host.Watch(r.Context()) {
			if err != nil {
				log.LogAttrs(r.Context(), slog.LevelError, "watching ended", slog.Any("err", err))
				return
			}
			if lines.Encode(a) != nil || flush.Flush() != nil {
				return // the operator left
			}
		}
	})
}

func decode[T any](r *http.Request) (T, error) {
	var in T
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxOrder))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
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
