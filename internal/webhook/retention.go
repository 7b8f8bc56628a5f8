package webhook

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/appdock/appdock"
)

// Cleaner deletes what is over and old. It works in small steps that wait for everything
// else, so that nobody notices it.
type Cleaner struct {
	Retention Retention
	// Age is how long a delivery is kept after its making, unless its shop says it itself;
	// 0: 14 days (protocol-webhooks.md 5), negative: for ever.
	Age time.Duration
	// MaxSize is the bytes that the store may take, above which the oldest go before their
	// time; 0: any.
	MaxSize int64
	Now     func() time.Time
	Log     *slog.Logger
	// Cleaned is told of each round at its end, with why it failed; nil: nobody is.
	Cleaned func(ctx context.Context, err error)
}

// EventAge is how long an event is kept after it happened, whatever is kept of its
// deliveries: for that long apps may ask what they missed (rest-api-sitepack.md 4 and 12).
const EventAge = 30 * 24 * time.Hour

const (
	defaultAge = 14 * 24 * time.Hour
	// CleanEvery is how long a [Cleaner] waits between two rounds.
	CleanEvery = 10 * time.Minute
	// Too large a store is brought down a little further than it must, so that this is not
	// the work of every round.
	enough = 0.9
)

// Run cleans until ctx ends.
func (c Cleaner) Run(ctx context.Context) {
	every := time.NewTicker(CleanEvery)
	defer every.Stop()
	for {
		err := c.Clean(ctx)
		if err != nil && ctx.Err() == nil {
			c.Log.LogAttrs(ctx, slog.LevelError, "old deliveries cannot be deleted", slog.Any("error", err))
		}
		if c.Cleaned != nil {
			c.Cleaned(ctx, err)
		}
		select {
		case <-every.C:
		case <-ctx.Done():
			return
		}
	}
}

// Clean does one round.
func (c Cleaner) Clean(ctx context.Context) error {
	lifetimes, err := c.Retention.Lifetimes(ctx)
	if err != nil {
		return fmt.Errorf("ask shops how long deliveries are kept: %w", err)
	}
	before := Expiry{Before: c.ago(cmp.Or(c.Age, defaultAge)), Shops: make(map[appdock.ShopID]time.Time, len(lifetimes)), Events: c.ago(EventAge)}
	for shop, age := range lifetimes {
		before.Shops[shop] = c.ago(age)
	}
	if err := c.expire(ctx, before, 0); err != nil {
		return err
	}
	if c.MaxSize == 0 {
		return nil
	}
	size, err := c.Retention.Size(ctx)
	if err != nil || size <= c.MaxSize {
		return err
	}
	return c.expire(ctx, Expiry{Before: c.Now(), Events: c.Now()}, int64(enough*float64(c.MaxSize)))
}

// ago is what is of an age by now; zero: nothing ever is.
func (c Cleaner) ago(age time.Duration) time.Time {
	if age < 0 {
		return time.Time{}
	}
	return c.Now().Add(-age)
}

// expire deletes what was made before a time, the oldest first, until the store takes no
// more than size; 0: all of it.
func (c Cleaner) expire(ctx context.Context, before Expiry, size int64) error {
	total := 0
	for at := int64(0); ; {
		deleted, next, err := c.Retention.Expire(ctx, at, before)
		if err != nil {
			return err
		}
		total += deleted
		if size > 0 && deleted > 0 {
			now, err := c.Retention.Size(ctx)
			if err != nil {
				return err
			}
			if now <= size {
				next = 0
			}
		}
		if next == 0 {
			break
		}
		at = next
	}
	if total > 0 {
		c.Log.LogAttrs(ctx, slog.LevelInfo, "old deliveries deleted", slog.Int("rows", total), slog.Time("before", before.Before))
	}
	return nil
}
