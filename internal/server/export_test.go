package server

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/internal/webhook"
)

// BearerCheck is what each call of the REST API begins with, for a benchmark.
func (s *Server) BearerCheck(shop *Shop) func(ctx context.Context, authorization string) error {
	return func(ctx context.Context, authorization string) error {
		_, err := s.oauth.Bearer(ctx, shop.id, authorization)
		return err
	}
}

// ReadManifestsAgain does what a host does each minute.
func (s *Server) ReadManifestsAgain(ctx context.Context) error {
	for _, shop := range s.shops.all() {
		if err := s.apps.Refetch(ctx, shop); err != nil {
			return err
		}
	}
	return nil
}

// Records gives all records of a shop as they are stored, by entity, and the deliveries.
func (s *Server) Records(tb testing.TB, of control.Shop) map[string][]string {
	tb.Helper()
	shop := of.(*Shop).id
	schema, err := s.store.Schema(tb.Context(), shop)
	if err != nil {
		tb.Fatal(err)
	}
	all := map[string][]string{}
	for _, name := range schema.Names() {
		page, err := s.store.Search(tb.Context(), shop, entity.View{}, &entity.Criteria{Entity: name})
		if err != nil {
			tb.Fatalf("read %s: %v", name, err)
		}
		for _, r := range page.Records {
			all[name] = append(all[name], string(entity.Plain{}.Append(nil, r)))
		}
		slices.Sort(all[name])
	}
	deliveries, err := s.store.Deliveries(tb.Context(), webhook.Filter{Shop: shop, Limit: 10_000})
	if err != nil {
		tb.Fatal(err)
	}
	for _, d := range deliveries {
		all["(deliveries)"] = append(all["(deliveries)"], d.ID.String())
	}
	return all
}

// Pairs gives the rows of an entity that two keys identify, as they are in a version: they have
// no route of their own (entities.md, "Names without a table").
func (s *Server) Pairs(tb testing.TB, of control.Shop, name string, version appdock.ID) []map[string]any {
	tb.Helper()
	page, err := s.store.Search(tb.Context(), of.(*Shop).id, entity.View{}.In(version), &entity.Criteria{Entity: name})
	if err != nil {
		tb.Fatalf("read %s: %v", name, err)
	}
	var rows []map[string]any
	if err := json.Unmarshal(entity.Plain{}.AppendList(nil, page.Records), &rows); err != nil {
		tb.Fatal(err)
	}
	return rows
}

// FailCodes has each code that is to be kept fail.
func (s *Server) FailCodes(err error) { s.oauth.Families = failing{s.oauth.Families, err} }

type failing struct {
	oauth.Families
	err error
}

func (f failing) Add(context.Context, oauth.Code) error { return f.err }

// ExpireDrafts drops the versions of a shop's records that nobody has written since.
func ExpireDrafts(tb testing.TB, of control.Shop, since time.Time) (dropped int) {
	tb.Helper()
	s := of.(*Shop)
	dropped, err := s.host.records.ExpireVersions(tb.Context(), s.id, since)
	if err != nil {
		tb.Fatal(err)
	}
	return dropped
}
