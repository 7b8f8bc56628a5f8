package server

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/web"
)

// operatorWait is how long an operator's call over the net may take, longer than others: an
// install waits for the app's server. operatorLast is what is left then to say so.
const (
	operatorWait = 2 * time.Minute
	operatorLast = 30 * time.Second
)

// remote lets those who show a token operate the host over the net, if that is allowed.
func (s *Server) remote(otherwise http.Handler) http.Handler {
	if !s.config.Remote {
		return otherwise
	}
	operate := http.StripPrefix(control.RemotePath, control.Handler(s, s.config.Log))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := web.WithRequestID(r.Context(), newID().String())
		w.Header().Set("X-Request-Id", web.RequestID(ctx))
		w.Header().Set("Cache-Control", "no-store")
		r = r.WithContext(ctx)
		operator, err := s.admit(r)
		if err != nil {
			s.config.Log.LogAttrs(ctx, slog.LevelWarn, "operator refused", slog.String("address", web.ClientOf(ctx).Address.String()),
				slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Any("error", err))
			control.Refuse(w, err)
			return
		}
		end := time.Now().Add(operatorWait)
		answer := http.NewResponseController(w)
		if err := errors.Join(answer.SetReadDeadline(end), answer.SetWriteDeadline(end.Add(operatorLast))); err != nil {
			s.config.Log.LogAttrs(ctx, slog.LevelError, "deadlines of an operator's call not set", slog.Any("error", err))
			control.Refuse(w, err)
			return
		}
		operate.ServeHTTP(w, r.WithContext(control.WithOperator(ctx, operator)))
	})
}

// admit gives who makes a call over the net. A token that came in the clear is not even
// looked at, but from this machine.
func (s *Server) admit(r *http.Request) (control.Operator, error) {
	client := web.ClientOf(r.Context())
	if !client.Secure && (client.Hidden || !client.Address.IsLoopback()) {
		return control.Operator{}, &appdock.Error{
			Kind: appdock.Refused, Code: "ADK-REMOTE",
			Message: "The host takes no operator's call in the clear",
			Cause:   "the token would cross the net where others can read it",
			Cure:    "Use https: set tls.cert and tls.key, or name the proxy in proxy.trusted. Revoke a token that was sent like this.",
		}
	}
	scheme, shown, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		shown = ""
	}
	operator, err := s.operators.operator(r.Context(), shown)
	operator.Address = client.Address.String()
	return operator, err
}
