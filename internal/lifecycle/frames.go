package lifecycle

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"slices"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/manifest"
	"github.com/appdock/appdock/protocol"
)

// pages notes what an app of the Shopware dialect adds to the admin and to flows.
func (p *Profile) pages(installation appdock.ID, app *manifest.App, files Files) {
	for _, b := range app.Theme.Blocks {
		p.AppBlocks = append(p.AppBlocks, AppBlock{
			ID: b.ID, Label: b.Label, Target: b.Target, Position: b.Position, Settings: b.Settings, Snippet: b.Snippet, Unread: b.Unread,
		})
	}
	if app.Format != manifest.Shopware {
		return // the pages of the other dialect are in its manifest, which is kept whole
	}
	p.MainPage = app.Admin.MainURL
	for _, m := range app.Admin.Modules {
		p.Modules = append(p.Modules, Module{Name: m.ID, Label: m.Labels, Source: m.URL, Parent: m.Parent, Position: m.Position})
	}
	for _, b := range app.Admin.ActionButtons {
		id := partID(installation, "action-button", b.Entity+"/"+b.View+"/"+b.Action)
		if slices.ContainsFunc(p.Buttons, func(other Button) bool { return other.ID == id }) {
			continue // it is there twice
		}
		p.Buttons = append(p.Buttons, Button{
			ID: id, Action: b.Action, Entity: b.Entity, View: b.View, URL: b.URL, Label: b.Labels,
		})
	}
	for _, e := range app.FlowEvents {
		if slices.ContainsFunc(p.FlowEvents, func(other FlowEvent) bool { return other.Name == e.Name }) {
			continue
		}
		p.FlowEvents = append(p.FlowEvents, FlowEvent{Name: e.Name, Aware: e.Aware})
	}
	for _, m := range app.PaymentMethods {
		p.Payments = append(p.Payments, Payment{
			Identifier: m.Identifier, Name: m.Names, Description: m.Descriptions,
			URLs: PaymentURLs{m.PayURL, m.FinalizeURL, m.ValidateURL, m.CaptureURL, m.RefundURL, m.RecurringURL},
		})
	}
	for _, b := range app.CMSBlocks {
		beside := files.Blocks[b.Name]
		p.Blocks = append(p.Blocks, Block{
			Name: b.Name, Category: b.Category, Label: b.Labels, Slots: b.Slots, Defaults: b.Defaults,
			Template: beside.Template, Styles: beside.Styles,
		})
	}
}

// partID is the same in each version of an app that has a part of that kind and name.
func partID(installation appdock.ID, kind, name string) appdock.ID {
	sum := sha256.Sum256(append(installation[:], kind+"/"+name...))
	return appdock.ID(sum[:16])
}

// Viewer is who looks at the pages of apps.
type Viewer struct {
	Actor    appdock.Actor
	Language appdock.ID // zero: the system's
	Locale   string     // empty: the shop's
}

// mayOpen reports whether an actor may be shown the pages of an app: their addresses are signed,
// and who has one acts with the app's rights (protocol-signing.md 3). An app has its own.
func mayOpen(a appdock.Actor, i appdock.Installation) bool {
	if a.Installation == i.ID && a.User.IsZero() {
		return true
	}
	return len(a.Missing(appdock.AppPrefix+appdock.Privilege(i.App))) == 0
}

// Frames are the pages that one app shows in the admin, with signed addresses.
type Frames struct {
	App      string
	Label    map[string]string
	MainPage string
	Modules  []Module
}

// Frames gives the pages of the active apps that the viewer may open. While it is in doubt which
// shop this is there are none: nothing may be signed for it (protocol-admin.md 1).
func (s *Service) Frames(ctx context.Context, shop appdock.Shop, v Viewer) ([]Frames, error) {
	if s.Withheld(shop.ID) {
		return nil, nil
	}
	all, err := s.Store.All(ctx, shop.ID)
	if err != nil {
		return nil, fmt.Errorf("list the apps of a shop: %w", err)
	}
	var frames []Frames
	for _, r := range all {
		p := r.Profile
		if !r.Installation.Active || len(p.Modules) == 0 && p.MainPage == "" || !mayOpen(v.Actor, r.Installation) {
			continue
		}
		f := Frames{App: r.Installation.App, Label: p.Label, MainPage: s.frame(ctx, shop, v, r, p.MainPage)}
		for _, m := range p.Modules {
			m.Source = s.frame(ctx, shop, v, r, m.Source)
			f.Modules = append(f.Modules, m)
		}
		frames = append(frames, f)
	}
	return frames, nil
}

// frame gives the signed address of a page; "" where there is none, or nothing to sign with.
func (s *Service) frame(ctx context.Context, shop appdock.Shop, v Viewer, r Registration, source string) string {
	if source == "" || r.Secret.IsZero() {
		return ""
	}
	f := protocol.Frame{
		ShopID: string(shop.ID), ShopURL: shop.URL, At: s.Now(), Version: s.Platform, AppVersion: r.Installation.Version,
		Language: appdock.SystemLanguage.String(), Locale: shop.Locale,
	}
	if !v.Language.IsZero() {
		f.Language = v.Language.String()
	}
	if v.Locale != "" {
		f.Locale = v.Locale
	}
	if !v.Actor.User.IsZero() {
		f.User = v.Actor.User.String()
	}
	signed, err := f.URL(source, r.Secret.Reveal(), protocol.ProfileFull)
	if err != nil {
		// The manifest was validated: one page that cannot be shown takes no others with it.
		s.Log.LogAttrs(ctx, slog.LevelWarn, "page of an app cannot be signed", slog.String("app", r.Installation.App), slog.Any("err", err))
		return ""
	}
	return signed
}

// Blocks gives the blocks of all active apps.
func (s *Service) Blocks(ctx context.Context, shop appdock.ShopID) ([]Block, error) {
	all, err := s.Store.All(ctx, shop)
	if err != nil {
		return nil, fmt.Errorf("list the apps of a shop: %w", err)
	}
	var blocks []Block
	for _, r := range all {
		if r.Installation.Active {
			blocks = append(blocks, r.Profile.Blocks...)
		}
	}
	return blocks, nil
}
