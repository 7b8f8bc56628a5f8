package server

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/appdock/appdock"
)

// What the host itself tells all apps (hookable-events.md 9). It is told at least once: a host
// that dies in between tells it again.

const (
	factPlatform  = "platform"
	factHeartbeat = "heartbeat"

	heartbeatEvery = 7 * 24 * time.Hour
	lookForBeat    = time.Hour
)

// tellPlatform tells apps that the host speaks another version than at its last start.
func (s *Server) tellPlatform(ctx context.Context) error {
	before, err := s.store.Fact(ctx, factPlatform)
	if err != nil || before == s.config.Platform {
		return err
	}
	if before != "" {
		payload, err := json.Marshal(struct {
			Old string `json:"oldVersion"`
			New string `json:"newVersion"`
		}{before, s.config.Platform})
		if err != nil {
			return fmt.Errorf("write shopware.updated: %w", err)
		}
		if err := s.tellAll(ctx, "shopware.updated", payload); err != nil {
			return err
		}
	}
	return s.store.SetFact(ctx, factPlatform, s.config.Platform)
}

// beat tells apps once a week that the host lives, counted from its first start.
func (s *Server) beat(ctx context.Context) error {
	text, err := s.store.Fact(ctx, factHeartbeat)
	if err != nil {
		return err
	}
	now := s.config.Now().UTC()
	last, err := time.Parse(time.RFC3339, text)
	if err == nil && now.Sub(last) < heartbeatEvery {
		return nil
	}
	if err == nil {
		if err := s.tellAll(ctx, "app.system_heartbeat", []byte("[]")); err != nil {
			return err
		}
	}
	if err := s.store.SetFact(ctx, factHeartbeat, now.Format(time.RFC3339)); err != nil {
		return err
	}
	return s.store.TaskRan(ctx, taskHeartbeat, false)
}

// tellAll writes an event for each shop.
func (s *Server) tellAll(ctx context.Context, name appdock.EventName, payload []byte) error {
	var events []appdock.Event
	for _, shop := range s.shops.all() {
		events = append(events, appdock.Event{
			ID: newID(), Shop: shop.ID, Name: name, At: s.config.Now(), Data: appdock.EventData{Payload: payload},
		})
	}
	written, err := s.store.Append(ctx, events...)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	s.committed(written)
	return nil
}

// watchBeat looks until ctx ends whether a week is over.
func (s *Server) watchBeat(ctx context.Context) {
	tick := time.NewTicker(lookForBeat)
	defer tick.Stop()
	for {
		if err := s.beat(ctx); err != nil && ctx.Err() == nil {
			s.config.Log.LogAttrs(ctx, slog.LevelError, "heartbeat not told", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
