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
)

// scheduleTasks says which tasks there are, and how often each runs.
func (s *Server) scheduleTasks(ctx context.Context) error {
	return s.store.ScheduleTasks(ctx, map[string]time.Duration{
		taskCleanup: webhook.CleanEvery, taskManifests: lifecycle.ToldEvery, taskHeartbeat: heartbeatEvery,
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
