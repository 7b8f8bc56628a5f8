package httpapi

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// defaultPatience is far longer than a shop takes for what clients ask, and shorter than
// the time that a server leaves for an answer.
const defaultPatience = 5 * time.Second

// patient asks the shop and waits for so long: what a client asked must not run for ever
// because the client stays. The time to send a body does not count, however slow. A write
// that has begun is waited for.
type patient struct {
	records
	patience time.Duration
}

// Search is that of records.
func (p patient) Search(ctx context.Context, a appdock.Actor, v entity.View, c *entity.Criteria) (entity.Page, error) {
	return within(ctx, p.patience, func(ctx context.Context) (entity.Page, error) { return p.records.Search(ctx, a, v, c) })
}

// Write is that of records.
func (p patient) Write(ctx context.Context, a appdock.Actor, v entity.View, ops []entity.Operation) (entity.Written, error) {
	return within(ctx, p.patience, func(ctx context.Context) (entity.Written, error) { return p.records.Write(ctx, a, v, ops) })
}

func within[T any](ctx context.Context, patience time.Duration, do func(context.Context) (T, error)) (T, error) {
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
