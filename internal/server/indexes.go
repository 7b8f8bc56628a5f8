package server

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/appdock/appdock/internal/control"
)

// tendEvery is how often the host looks whether searches have earned an index.
const tendEvery = time.Minute

// tendIndexes makes what indexes searches have earned, until ctx ends.
func (s *Server) tendIndexes(ctx context.Context) {
	due := time.NewTicker(tendEvery)
	defer due.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-due.C:
		}
		if err := s.TendIndexes(ctx); err != nil && ctx.Err() == nil {
			s.config.Log.LogAttrs(ctx, slog.LevelWarn, "indexes were not tended", slog.Any("error", err))
		}
	}
}

// TendIndexes makes the index that would save searches the most time, if some have earned one
// (docs/adr/0032-earned-indexes.md), and drops those that nobody uses. A host that serves does
// so by itself, unless it is told not to.
func (s *Server) TendIndexes(ctx context.Context) error { return s.store.TendIndexes(ctx) }

// examineIndexes shows the indexes that searches have earned.
func (s *Server) examineIndexes() []control.Finding {
	var list []control.Finding
	for _, i := range s.store.EarnedIndexes() {
		list = append(list, fine("data.index", i.Entity, "Its searches have earned an index by "+strings.Join(i.Columns, ", ")+
			", made on "+i.Made.Format(time.DateOnly)+" and last used on "+i.Used.Format(time.DateOnly)+"."))
	}
	return list
}
