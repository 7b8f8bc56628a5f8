package server

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"slices"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/seed"
	"github.com/appdock/appdock/protocol"
)

// Facts about a data folder that are kept in its database.
const (
	factMode   = "mode"
	factSeeded = "seeded:" // and a shop's id: "base" or "demo" once it has its first rows
)

// openShops finds the shops of the data folder and makes those that it does not have yet.
// Shops that are not configured are there as well: what an app was promised is kept.
func (s *Server) openShops(ctx context.Context) error {
	stored, err := s.store.Shops(ctx)
	if err != nil {
		return fmt.Errorf("find the shops: %w", err)
	}
	for _, shop := range stored {
		s.shops.put(shop)
	}
	if len(s.config.Shops) == 0 {
		return s.openShop(ctx, stored)
	}
	for _, wanted := range s.config.Shops {
		at := slices.IndexFunc(stored, func(shop appdock.Shop) bool { return shop.URL == wanted.URL })
		if at < 0 {
			at = slices.IndexFunc(stored, func(shop appdock.Shop) bool { return shop.Name == wanted.Name })
		}
		if at < 0 {
			if err := s.makeShop(ctx, wanted); err != nil {
				return err
			}
			continue
		}
		if err := s.moveShop(ctx, stored[at], wanted.URL); err != nil {
			return err
		}
		stored = slices.Delete(stored, at, at+1)
	}
	for _, shop := range stored {
		s.config.Log.LogAttrs(ctx, slog.LevelWarn, "shop is served although it is not configured",
			slog.String("shop", string(shop.ID)), slog.String("name", shop.Name), slog.String("url", shop.URL))
	}
	return nil
}

// openShop finds the one shop of a host that was told of none by name, or makes it. Of a
// folder with several it changes nothing.
func (s *Server) openShop(ctx context.Context, stored []appdock.Shop) error {
	url := s.config.Shop.URL
	if url == "" && s.mode == Development {
		url = s.URL()
	}
	switch len(stored) {
	case 0:
		wanted := s.config.Shop
		wanted.URL = url
		return s.makeShop(ctx, wanted)
	case 1:
		return s.moveShop(ctx, stored[0], url)
	}
	return nil
}

func (s *Server) makeShop(ctx context.Context, shop appdock.Shop) error {
	if shop.URL == "" {
		return &appdock.Error{
			Kind: appdock.Invalid, Code: "ADK-CONFIG-INVALID",
			Message: "The shop has no base URL",
			Cause:   "in production it is not taken from the address that the host listens on",
			Cure:    "Name it with shop.url, APPDOCK_SHOP_URL or APP_URL: apps call the shop back there.",
		}
	}
	id, err := protocol.NewShopID(rand.Reader)
	if err != nil {
		return fmt.Errorf("make an id for the shop: %w", err)
	}
	shop.ID = appdock.ShopID(id)
	if err := s.store.AddShop(ctx, shop); err != nil {
		return fmt.Errorf("make the shop: %w", err)
	}
	s.shops.put(shop)
	return nil
}

// moveShop takes a base URL that differs from the stored one. What that means for apps that
// were told the old one is a matter of the shop's identity (protocol-shop-identity.md 2).
func (s *Server) moveShop(ctx context.Context, shop appdock.Shop, wanted string) error {
	if wanted == "" || wanted == shop.URL {
		return nil
	}
	shop.URL = wanted
	if err := s.store.SetShopURL(ctx, shop.ID, wanted); err != nil {
		return fmt.Errorf("move the shop: %w", err)
	}
	s.shops.put(shop)
	return nil
}

// seed writes the rows that every shop has, and the demo data if it was asked for. It is
// remembered when it is done: a crash in between is made good by the next start, because
// the rows have fixed ids.
func (s *Server) seed(ctx context.Context, shop appdock.Shop) error {
	fact := factSeeded + string(shop.ID)
	done, err := s.store.Fact(ctx, fact)
	if err != nil {
		return fmt.Errorf("look whether the shop was filled: %w", err)
	}
	if done != "" {
		return nil
	}
	done = "base"
	batches := [][]entity.Operation{seed.Base(shop)}
	if s.config.Demo {
		done = "demo"
		batches = append(batches, seed.Demo()...)
	}
	for _, operations := range batches {
		if _, err := s.records.Write(ctx, appdock.Host(shop.ID), entity.View{}, operations); err != nil {
			return fmt.Errorf("fill the shop: %w", err)
		}
	}
	if err := s.store.SetFact(ctx, fact, done); err != nil {
		return fmt.Errorf("remember that the shop was filled: %w", err)
	}
	s.config.Log.LogAttrs(ctx, slog.LevelInfo, "shop filled", slog.String("shop", string(shop.ID)), slog.String("with", done))
	return nil
}
