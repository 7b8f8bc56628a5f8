package server

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/seed"
	"github.com/appdock/appdock/protocol"
)

// Facts about a data folder that are kept in its database.
const (
	factMode   = "mode"
	factSeeded = "seeded" // "base" or "demo" once the shop has its first rows
)

// openShop finds the shop of the data folder, or makes it. A request finds its shop
// whatever host name it uses: there is one.
func (s *Server) openShop(ctx context.Context) error {
	shops, err := s.store.Shops(ctx)
	if err != nil {
		return fmt.Errorf("find the shop: %w", err)
	}
	if len(shops) > 0 {
		s.shop = shops[0]
		return s.moveShop(ctx)
	}
	id, err := protocol.NewShopID(rand.Reader)
	if err != nil {
		return fmt.Errorf("make an id for the shop: %w", err)
	}
	s.shop = s.config.Shop
	s.shop.ID = appdock.ShopID(id)
	if s.shop.URL == "" {
		s.shop.URL = s.URL()
	}
	if s.shop.URL == "" {
		return &appdock.Error{
			Kind: appdock.Invalid, Code: "ADK-CONFIG-INVALID",
			Message: "The shop has no base URL",
			Cure:    "Name it with shop.url: apps call the shop back there.",
		}
	}
	if err := s.store.AddShop(ctx, s.shop); err != nil {
		return fmt.Errorf("make the shop: %w", err)
	}
	return nil
}

// moveShop takes a base URL that differs from the stored one, as long as no app was told
// the old one: an app that was would refuse what comes from another URL, and would go on
// calling the old one (protocol-shop-identity.md 2).
func (s *Server) moveShop(ctx context.Context) error {
	wanted := s.config.Shop.URL
	if wanted == "" {
		wanted = s.URL()
	}
	if wanted == "" || wanted == s.shop.URL {
		return nil
	}
	apps, err := s.store.Registrations().All(ctx, s.shop.ID)
	if err != nil {
		return fmt.Errorf("look for apps that know the shop's URL: %w", err)
	}
	for _, a := range apps {
		if !a.Secret.IsZero() || len(a.Unconfirmed) > 0 {
			return &appdock.Error{
				Kind: appdock.Refused, Code: "FRAMEWORK__APP_SHOP_ID_CHANGE_SUGGESTED",
				Message: "The shop's URL would change while apps are registered with the old one",
				Cause:   fmt.Sprintf("%s knows this shop as %s, and now it would be %s", a.Installation.App, s.shop.URL, wanted),
				Cure:    "Serve the old address again, uninstall the apps first, or use a fresh folder with --temp or --data.",
			}
		}
	}
	s.shop.URL = wanted
	if err := s.store.SetShopURL(ctx, s.shop.ID, wanted); err != nil {
		return fmt.Errorf("move the shop: %w", err)
	}
	return nil
}

// seed writes the rows that every shop has, and the demo data if it was asked for. It is
// remembered when it is done: a crash in between is made good by the next start, because
// the rows have fixed ids.
func (s *Server) seed(ctx context.Context) error {
	done, err := s.store.Fact(ctx, factSeeded)
	if err != nil {
		return fmt.Errorf("look whether the shop was filled: %w", err)
	}
	if done != "" {
		return nil
	}
	done = "base"
	batches := [][]entity.Operation{seed.Base(s.shop)}
	if s.config.Demo {
		done = "demo"
		batches = append(batches, seed.Demo()...)
	}
	for _, operations := range batches {
		if _, err := s.records.Write(ctx, appdock.Host(s.shop.ID), entity.View{}, operations); err != nil {
			return fmt.Errorf("fill the shop: %w", err)
		}
	}
	if err := s.store.SetFact(ctx, factSeeded, done); err != nil {
		return fmt.Errorf("remember that the shop was filled: %w", err)
	}
	s.config.Log.LogAttrs(ctx, slog.LevelInfo, "shop filled", slog.String("with", done))
	return nil
}

// shops is what the engine asks: what is said of a shop in every message to an app.
type shops struct{ server *Server }

// Shop gives the shop of an id.
func (s shops) Shop(_ context.Context, id appdock.ShopID) (appdock.Shop, error) {
	if id != s.server.shop.ID {
		return appdock.Shop{}, &appdock.Error{Kind: appdock.NotFound, Code: "ADK-NOT-FOUND", Message: "There is no shop " + string(id)}
	}
	return s.server.shop, nil
}
