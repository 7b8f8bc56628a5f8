package server

import (
	"context"
	"time"
)

// The time for the end of a host is one, for webhooks and requests that are under way: they
// go on side by side. What is left at the end is for closing the database.
//
// Apps call the API while they answer a webhook, so that connections are taken as long as
// webhooks are under way, but no longer than their part.
func attemptShare(total time.Duration) time.Duration  { return total * 6 / 10 }
func recordShare(total time.Duration) time.Duration   { return total * 2 / 10 }
func requestsShare(total time.Duration) time.Duration { return total * 9 / 10 }

// drain waits until delivered is closed, which happens by itself within the parts of attempts
// and of writing down what they came to. shut takes no more connections and returns when all
// requests have ended, or its context has: it is called when no webhook is under way any
// more, or may be.
func drain(total time.Duration, delivered <-chan struct{}, shut func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), requestsShare(total))
	defer cancel()
	attempts := time.NewTimer(attemptShare(total))
	defer attempts.Stop()
	select {
	case <-delivered:
	case <-attempts.C:
	}
	err := shut(ctx)
	<-delivered
	return err
}
