package server

import (
	"context"
	"log/slog"
	"time"

	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/webhook"
)

// The tasks that the host runs again and again, as monitoring clients find them in the entity
// scheduled_task (entities.md). The delivery of webhooks is none of them: it waits for no time.
const (
	taskCleanup   = "appdock.delivery.cleanup"
	taskManifests = "appdock.app.manifests"
	taskHeartbeat = "appdock.system.heartbeat"
	taskDrafts    = "appdock.version.cleanup"
)

const draftsEvery = 24 * time.Hour

// scheduleTasks says which tasks there are, and how often each runs.
func (s *Server) scheduleTasks(ctx context.Context) error {
	return s.store.ScheduleTasks(ctx, map[string]time.Duration{
		taskCleanup: webhook.CleanEvery, taskManifests: lifecycle.ToldEvery, taskHeartbeat: heartbeatEvery,
		taskDrafts: draftsEvery,
	})
}

// taskRan notes that a task ran; err is why it failed.
func (s *Server) taskRan(ctx context.Context, name string, err error) {
	if ctx.Err() != nil {
		return // the host ends
	}
	if err := s.store.TaskRan(ctx, name, err != nil); err != nil && ctx.Err() == nil {
		s.config.Log.LogAttrs(ctx, slog.LevelError, "run of a task not noted", slog.String("task", name), slog.Any("error", err))
	}
}

// tendDrafts drops the versions of records that nobody goes on with, at once and then each day.
func (s *Server) tendDrafts(ctx context.Context) {
	tick := time.NewTicker(draftsEvery)
	defer tick.Stop()
	for {
		err := s.expireDrafts(ctx)
		if err != nil && ctx.Err() == nil {
			s.config.Log.LogAttrs(ctx, slog.LevelError, "old versions of records not dropped", slog.Any("error", err))
		}
		s.taskRan(ctx, taskDrafts, err)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (s *Server) expireDrafts(ctx context.Context) error {
	if s.config.DraftAge <= 0 {
		return nil
	}
	for _, shop := range s.shops.all() {
		dropped, err := s.records.ExpireVersions(ctx, shop.ID, s.config.Now().Add(-s.config.DraftAge))
		if err != nil {
			return err
		}
		if dropped > 0 {
			s.config.Log.LogAttrs(ctx, slog.LevelInfo, "old versions of records dropped", slog.String("shop", string(shop.ID)), slog.Int("versions", dropped))
		}
	}
	return nil
}
