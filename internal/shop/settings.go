package shop

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// maxSettings bounds the settings of one answer.
const maxSettings = 10_000

// Settings gives the settings whose keys begin with a domain, by their keys (admin-api.md
// 8): those of a sales channel, or those of the whole shop if channel is zero. inherit fills
// in those of the shop that the channel has none for. It needs system_config:read.
func (s *Service) Settings(ctx context.Context, actor appdock.Actor, domain string, channel appdock.ID, inherit bool) (map[string]json.RawMessage, error) {
	if missing := actor.Missing("system_config:read"); len(missing) > 0 {
		return nil, appdock.MissingPrivileges(missing)
	}
	ofChannels := []any{nil}
	if !channel.IsZero() {
		ofChannels = []any{channel}
		if inherit {
			ofChannels = append(ofChannels, nil)
		}
	}
	page, err := s.store.Search(ctx, actor.Shop, entity.View{}, &entity.Criteria{
		Entity: "system_config", MaxRecords: maxSettings,
		Filters: []entity.Filter{
			{Kind: entity.Prefix, Field: "configurationKey", Values: []any{strings.TrimSuffix(domain, ".") + "."}},
			{Kind: entity.EqualsAny, Field: "salesChannelId", Values: ofChannels},
		},
	})
	if err != nil {
		return nil, err
	}
	settings := make(map[string]json.RawMessage, len(page.Records))
	for _, own := range []bool{false, true} { // those of the channel replace those of the shop
		for _, r := range page.Records {
			if (r.Key("salesChannelId") == channel) == own {
				settings[r.Text("configurationKey")] = r.Document("configurationValue")
			}
		}
	}
	return settings, nil
}

// ToSetSettings are the rights that SetSettings needs, all of them: which one each key takes is
// not told apart (admin-api.md 8).
func ToSetSettings() []appdock.Privilege {
	return []appdock.Privilege{"system_config:update", "system_config:create", "system_config:delete"}
}

// SetSettings writes settings by sales channel and key, all or none; a nil value deletes
// one, and the zero id stands for the whole shop. It needs the rights of
// [ToSetSettings].
func (s *Service) SetSettings(ctx context.Context, actor appdock.Actor, changes map[appdock.ID]map[string]any) error {
	if missing := actor.Missing(ToSetSettings()...); len(missing) > 0 {
		return appdock.MissingPrivileges(missing)
	}
	var ops []entity.Operation
	for _, channel := range slices.SortedFunc(maps.Keys(changes), func(a, b appdock.ID) int { return slices.Compare(a[:], b[:]) }) {
		own, err := s.settingOperations(ctx, actor, channel, changes[channel])
		if err != nil {
			return err
		}
		ops = append(ops, own...)
	}
	if len(ops) == 0 {
		return nil
	}
	_, err := s.Write(ctx, actor, entity.View{}, ops)
	return err
}

func (s *Service) settingOperations(ctx context.Context, actor appdock.Actor, channel appdock.ID, values map[string]any) ([]entity.Operation, error) {
	if len(values) == 0 {
		return nil, nil
	}
	ofChannel := any(nil)
	if !channel.IsZero() {
		ofChannel = channel
	}
	keys := slices.Sorted(maps.Keys(values))
	asked := make([]any, len(keys))
	for i, key := range keys {
		if strings.TrimSpace(key) == "" {
			return nil, &appdock.Error{
				Kind: appdock.Invalid, Code: "SYSTEM__INVALID_SETTING_VALUE",
				Message: "The key of a setting must not be empty.", Cure: "Send keys such as MyApp.config.color.",
			}
		}
		asked[i] = key
	}
	page, err := s.store.Search(ctx, actor.Shop, entity.View{}, &entity.Criteria{Entity: "system_config", Filters: []entity.Filter{
		{Kind: entity.EqualsAny, Field: "configurationKey", Values: asked},
		{Kind: entity.Equals, Field: "salesChannelId", Values: []any{ofChannel}},
	}})
	if err != nil {
		return nil, err
	}
	known := make(map[string]appdock.ID, len(page.Records))
	for _, r := range page.Records {
		known[r.Text("configurationKey")] = r.ID()
	}
	var ops []entity.Operation
	for _, key := range keys {
		id, there := known[key]
		if !there {
			id = settingID(channel, key)
		}
		op := entity.Operation{
			Entity: "system_config", Action: entity.Upsert, Pointer: fmt.Sprintf("/%s", key),
			Payload: map[string]any{"id": id.String(), "configurationKey": key, "configurationValue": values[key], "salesChannelId": nil},
		}
		if !channel.IsZero() {
			op.Payload["salesChannelId"] = channel.String()
		}
		if values[key] == nil {
			if !there {
				continue
			}
			op.Action, op.Payload = entity.Delete, map[string]any{"id": id.String()}
		}
		ops = append(ops, op)
	}
	return ops, nil
}

// settingID names a setting that has no row yet, so that two who write it first at the same
// time write the same row.
func settingID(channel appdock.ID, key string) appdock.ID {
	sum := sha256.Sum256(append(channel[:], key...))
	return appdock.ID(sum[:16])
}
