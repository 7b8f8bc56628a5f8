// Package storetest is the meaning of the store ports: what shop.Store, the ports of
// webhook, lifecycle.Store and oauth.Store promise, as tests that every store passes.
//
// Each case runs in a shop beside which another one holds rows that look alike, down to
// their ids; the other shop must be untouched at the end.
package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/webhook"
)

// Stores is one open store, seen through all its ports. Its schema is that of
// shop.Definitions, its clock stands at [Now].
type Stores struct {
	Shops interface {
		AddShop(ctx context.Context, s appdock.Shop) error
		Shops(ctx context.Context) ([]appdock.Shop, error)
		SetShopURL(ctx context.Context, shop appdock.ShopID, url string) error
	}
	Facts interface {
		Fact(ctx context.Context, name string) (string, error)
		SetFact(ctx context.Context, name, value string) error
	}
	Tasks interface {
		ScheduleTasks(ctx context.Context, tasks map[string]time.Duration) error
		TaskRan(ctx context.Context, name string, failed bool) error
	}
	Records       shop.Store
	Queue         webhook.Queue
	Parking       webhook.Parking
	Replays       webhook.Replays
	Retention     webhook.Retention
	Log           webhook.Log
	History       webhook.History
	Subscriptions webhook.Subscriptions
	Keys          webhook.Keys
	Registrations lifecycle.Store
	Identities    lifecycle.Identities
	Clients       oauth.Store
	Backoffs      oauth.Backoffs
	Refreshes     oauth.Refreshes
	Users         Users
	Families      oauth.Families
	Offers        lifecycle.Offers

	// Reopen ends the store without finishing anything and opens the same data again.
	Reopen func(t *testing.T) Stores
	// Stored gives all that stands on the disk.
	Stored func(t *testing.T) []byte
	// Damage changes all that is sealed for an app of a shop, so that it cannot be opened.
	Damage func(t *testing.T, shop appdock.ShopID, app string)
	// Walks gives the statements run so far that look through a whole shop or table for
	// the few rows they want, with how they do it; nil if the store cannot tell.
	Walks func(t *testing.T) []string
}

// Now is the time in every test.
func Now() time.Time { return time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC) }

// fixture is a store with two shops that look alike.
type fixture struct {
	Stores
	t     *testing.T
	shop  appdock.Shop // of the case
	other appdock.Shop // nobody touches it
}

// The two shops of every store: that of the cases, and the one that nobody touches.
func shops() (ours, other appdock.Shop) {
	ours = appdock.Shop{ID: "CaseShopAAAAAAAA", URL: "https://shop.example", Name: "Shop", Locale: "en-GB", Currency: "EUR"}
	other = appdock.Shop{ID: "OtherShopBBBBBBB", URL: "https://other.example", Name: "Shop", Locale: "en-GB", Currency: "EUR"}
	return ours, other
}

// Seed fills a new store with what every case begins with.
func Seed(t *testing.T, s Stores) {
	t.Helper()
	f := &fixture{t: t, Stores: s}
	ours, other := shops()
	f.add(other)
	f.add(ours)
}

// Run runs all cases. open gives each a store of its own, with the data that [Seed] left:
// a copy is cheaper than seeding again.
func Run(t *testing.T, open func(t *testing.T) Stores) {
	t.Helper()
	groups := map[string]map[string]func(*fixture){
		"records":       recordCases(),
		"bounds":        boundCases(),
		"aggregations":  aggregationCases(),
		"mappings":      mappingCases(),
		"custom":        customCases(),
		"translations":  translationCases(),
		"inheritance":   inheritanceCases(),
		"writing":       writingCases(),
		"following":     followingCases(),
		"queue":         queueCases(),
		"parking":       parkingCases(),
		"retention":     retentionCases(),
		"log":           logCases(),
		"history":       historyCases(),
		"subscriptions": subscriptionCases(),
		"registrations": registrationCases(),
		"host":          hostCases(),
		"identities":    identityCases(),
		"users":         userCases(),
		"oauth":         oauthCases(),
		"plans":         planCases(),
	}
	for group, cases := range groups {
		t.Run(group, func(t *testing.T) {
			t.Parallel()
			for name, run := range cases {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					f := &fixture{t: t, Stores: open(t)}
					f.shop, f.other = shops()
					before := f.picture(f.other.ID)
					run(f)
					if diff := cmp.Diff(before, f.picture(f.other.ID)); diff != "" {
						t.Errorf("the case touched the other shop (-before +after):\n%s", diff)
					}
				})
			}
		})
	}
}
