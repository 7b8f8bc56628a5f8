package control

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/appdock/appdock"
)

// Operator is who makes a call. The zero value is whoever may open the socket.
type Operator struct {
	Name    string // the label of the token that was shown
	Token   string // its id; empty on the socket
	Address string // of the machine that the call came from
}

type operatorKey struct{}

// WithOperator says who makes the calls of ctx.
func WithOperator(ctx context.Context, o Operator) context.Context {
	return context.WithValue(ctx, operatorKey{}, o)
}

// operatorOf is who makes a call; on the socket nobody needs to say so.
func operatorOf(ctx context.Context) Operator {
	o, _ := ctx.Value(operatorKey{}).(Operator)
	return o
}

// audited logs each call of next at its end: who did what to what, and what came of it.
// There is no secret in the line: nothing of a body, and of the path only names and ids.
func audited(log *slog.Logger, action string, next reply) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now() //nolint:forbidigo // only how long it took is told
		err := next(w, r)
		o := operatorOf(r.Context())
		attrs := []slog.Attr{
			slog.String("action", action), slog.String("outcome", outcome(err)),
			slog.String("operator", cmp.Or(o.Name, "socket")), slog.Duration("took", time.Since(start).Round(time.Microsecond)),
		}
		for _, named := range []slog.Attr{
			slog.String("token", o.Token), slog.String("address", o.Address),
			slog.String("shop", r.PathValue("shop")), slog.String("app", r.PathValue("app")), slog.String("id", r.PathValue("id")),
		} {
			if named.Value.String() != "" {
				attrs = append(attrs, named)
			}
		}
		log.LogAttrs(r.Context(), slog.LevelInfo, "operator's call", attrs...)
	})
}

// outcome is what came of a call that ended with err: done, or the code of its failure.
func outcome(err error) string {
	if err == nil {
		return "done"
	}
	return cmp.Or(appdock.CodeOf(err), "ADK-INTERNAL")
}
