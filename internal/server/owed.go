package server

import (
	"context"
	"log/slog"
	"time"
)

// settleEvery is how often the host looks whether something is owed to records: what another node
// left, or this one when it ended.
const settleEvery = time.Minute

// settleOwed writes what the requests that caused it had no time for, until ctx ends.
func (s *Server) settleOwed(ctx context.Context) {
	due := time.NewTicker(settleEvery)
	defer due.Stop()
	for {
		for _, shop := range s.shops.all() {
			if err := s.records.Settle(ctx, shop.ID); err != nil && ctx.Err() == nil {
				s.config.Log.LogAttrs(ctx, slog.LevelWarn, "what is owed to records was not settled", slog.String("shop", string(shop.ID)), slog.Any("error", err))
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-due.C:
		case <-s.records.Owing():
		}
	}
}
