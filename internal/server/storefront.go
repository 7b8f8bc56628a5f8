package server

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/admin"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/restapi"
	"github.com/appdock/appdock/internal/storefront"
	"github.com/appdock/appdock/internal/theme"
	"github.com/appdock/appdock/manifest"
)

// pieces are what apps show in the pages of a shop, and what they are shown there.
type pieces struct{ host *Server }

var (
	_ theme.Blocks  = pieces{}
	_ theme.Records = pieces{}
)

// Blocks are those of the active apps, in the order of app-scripts.md D3: as the apps were
// installed, of each app by position, then as its manifest has them.
func (p pieces) Blocks(ctx context.Context, shop appdock.ShopID) ([]theme.Block, error) {
	if p.host.config.ExtensionsDisabled {
		return nil, nil
	}
	all, err := p.host.apps.All(ctx, shop)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b lifecycle.Registration) int {
		return cmp.Or(a.InstalledAt.Compare(b.InstalledAt), cmp.Compare(a.Installation.App, b.Installation.App))
	})
	at, _ := p.host.shops.get(shop)
	var list []theme.Block
	for _, r := range all {
		if !r.Installation.Active {
			continue
		}
		blocks := slices.SortedStableFunc(slices.Values(r.Profile.AppBlocks), func(a, b lifecycle.AppBlock) int { return cmp.Compare(a.Position, b.Position) })
		for _, b := range blocks {
			list = append(list, theme.Block{
				App: r.Installation.App, AppName: manifest.Translations(r.Profile.Label).In(at.Locale), Version: r.Installation.Version, Grant: r.Installation.Grant,
				ID: b.ID, Label: b.Label, Target: b.Target, Settings: b.Settings, Snippet: b.Snippet,
			})
		}
	}
	return list, nil
}

// Shown is a record as the REST API shows it.
func (p pieces) Shown(ctx context.Context, shop appdock.ShopID, grant appdock.Privileges, entity string, id appdock.ID) (json.RawMessage, bool, error) {
	if !grant.Has(appdock.Privilege(entity + ":read")) {
		return nil, false, nil
	}
	data, err := restapi.Objects{Records: p.host.records, Shops: p.host.shops.get}.Object(ctx, shop, grant, entity, id, nil)
	if err != nil {
		return nil, false, err
	}
	var told struct{ Object map[string]json.RawMessage }
	if err := json.Unmarshal(data, &told); err != nil {
		return nil, false, err
	}
	if len(told.Object) <= 1 { // all that is said of a record that is gone is its id
		return nil, false, nil
	}
	object, err := json.Marshal(told.Object)
	return object, err == nil, err
}

// storefront is the preview of a shop with its apps' blocks. In production it is for those who
// may look at products in the admin: a host does not publish what its shop has.
func (s *Server) storefront(pages *admin.Site) http.Handler {
	took := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "appdock_app_block_seconds", Help: "Time that the block of an app took on a page.",
		Buckets: []float64{.0005, .001, .005, .01, .025, .05, .1, .25},
	}, []string{"app", "block"})
	failed := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "appdock_app_block_errors_total", Help: "Blocks that were left out of a page, by why.",
	}, []string{"app", "block", "reason"})
	s.metrics.registry.MustRegister(took, failed)
	shop := storefront.New(storefront.Options{
		Theme: theme.New(theme.Options{
			Blocks: pieces{s}, Records: pieces{s}, Debug: s.mode == Development, Log: s.config.Log, Now: s.config.Now,
			Observe: func(o theme.Outcome) {
				if o.Reason != "" {
					failed.WithLabelValues(o.App, o.Block, o.Reason).Inc()
				}
				if o.Took > 0 {
					took.WithLabelValues(o.App, o.Block).Observe(o.Took.Seconds())
				}
			},
		}),
		Records: s.records, Shown: pieces{s}, Shops: s.shops.at, Log: s.config.Log, Now: s.config.Now, NewID: newID,
	})
	if s.mode == Development {
		return shop
	}
	return pages.ForReaders("product", shop)
}
