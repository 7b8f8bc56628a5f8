package web

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/appdock/appdock"
)

// Patience is how long a shop may take for one read or write if nothing else is said: far
// longer than what clients ask takes, and shorter than the time that a server leaves for an
// answer.
const Patience = 5 * time.Second

// Within does something that is given up after so long: its context ends, and the error says so
// to the client.
func Within[T any](ctx context.Context, patience time.Duration, do func(context.Context) (T, error)) (T, error) {
	slow := &appdock.Error{
		Kind:    appdock.Unavailable,
		Code:    "0",
		Message: fmt.Sprintf("The request was stopped: it took longer than %s.", patience),
		Cause:   "it asks for too much at once, or the shop is busy",
		Cure:    "Ask for less at once, or try again later.",
	}
	// A store that is interrupted may answer in words of its own; the cause of the end
	// tells whose doing it was.
	ctx, cancel := context.WithTimeoutCause(ctx, patience, slow)
	defer cancel()
	v, err := do(ctx)
	if err != nil && appdock.KindOf(err) == appdock.Internal && errors.Is(context.Cause(ctx), slow) {
		slow.Err = err
		return v, slow
	}
	return v, err
}
