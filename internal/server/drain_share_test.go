package server

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// Webhooks and requests have one time for their end, side by side: neither waits for the
// other's share to be over, and all of it ends within the whole.
func TestDrainIsShared(t *testing.T) {
	t.Parallel()
	const whole = 10 * time.Second
	const forever = time.Hour
	tests := map[string]struct {
		deliveries time.Duration // that the webhooks under way would take
		records    time.Duration // that writing them down takes
		requests   time.Duration // that the requests under way would take
		shut       time.Duration // when connections are taken no more
		takes      time.Duration
		cut        bool // requests were hung up on
	}{
		"nothing is under way":                 {},
		"a request alone has nearly all of it": {requests: 8 * time.Second, takes: 8 * time.Second},
		"webhooks end in time":                 {deliveries: 3 * time.Second, shut: 3 * time.Second, takes: 3 * time.Second},
		"webhooks hang":                        {deliveries: forever, shut: 6 * time.Second, takes: 6 * time.Second},
		"requests have ended before webhooks":  {deliveries: 4 * time.Second, requests: 2 * time.Second, shut: 4 * time.Second, takes: 4 * time.Second},
		"requests go on after webhooks":        {deliveries: forever, requests: 8 * time.Second, shut: 6 * time.Second, takes: 8 * time.Second},
		"everything hangs": {
			deliveries: forever, records: forever, requests: forever, shut: 6 * time.Second, takes: 9 * time.Second, cut: true,
		},
		"the store hangs": {deliveries: forever, records: forever, shut: 6 * time.Second, takes: 8 * time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				delivered := make(chan struct{})
				go func() { // as the engine ends
					time.Sleep(min(tt.deliveries, attemptShare(whole)))
					time.Sleep(min(tt.records, recordShare(whole)))
					close(delivered)
				}()
				served := make(chan struct{})
				go func() {
					time.Sleep(tt.requests)
					close(served)
				}()
				var shut time.Duration
				err := drain(whole, delivered, func(ctx context.Context) error {
					shut = time.Since(began)
					select {
					case <-served:
						return nil
					case <-ctx.Done():
						return ctx.Err()
					}
				})
				if took := time.Since(began); took != tt.takes || shut != tt.shut || (err != nil) != tt.cut {
					t.Errorf("it took %v, connections were taken for %v, requests were cut: %v; want %v, %v, %t", took, shut, err, tt.takes, tt.shut, tt.cut)
				}
				<-served
			})
		})
	}
}
