package main

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock/internal/control"
)

func newShop(p *program) *cobra.Command {
	c := &cobra.Command{
		Use:     "shop",
		Short:   "See the shops of the host, and settle who they are",
		Long:    "See the shop that the apps of this host belong to, or the shops of a host with several; settle that a shop moved or is a copy.",
		Example: "appdock shop show\nappdock shop list",
	}
	group(c)
	c.AddCommand(newShopList(p), newShopShow(p), newShopCheck(p), newShopURLChange(p), newShopStage(p), newShopSeed(p))
	return c
}

func newShopList(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the shops of the host",
		Long:    "List the shops of the host. Of a host with several, --shop names the one that a command is about.",
		Example: "appdock shop list\nappdock app list --shop two.example",
		Args:    args(0, 0, ""),
		RunE: p.withHost(func(ctx context.Context, host control.Host, _ []string) error {
			list, err := host.Shops(ctx)
			if err != nil {
				return err
			}
			return p.show(list, func() {
				t := table{head: []string{"NAME", "ID", "URL", "APPS"}}
				for _, s := range list {
					t.add(s.Name, string(s.ID), s.URL, strconv.Itoa(s.Apps))
				}
				t.write(p.out, "")
			})
		}),
	}
}

func newShopShow(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "show",
		Short:   "Show the shop's identity",
		Long:    "Show how apps know the shop: its id and its base URL, and whether both still belong together.",
		Example: "appdock shop show\nappdock shop show --json",
		Args:    args(0, 0, ""),
		RunE: p.withShop(func(ctx context.Context, shop control.Shop, _ []string) error {
			s, err := shop.Details(ctx)
			if err != nil {
				return err
			}
			return p.show(s, func() {
				identity := s.Identity
				if identity == "change_suggested" {
					identity = "in doubt: see appdock shop check"
				}
				var list pairs
				list.add("Name", s.Name)
				list.add("ID", string(s.ID))
				list.add("URL", s.URL)
				list.add("Platform", s.Platform)
				list.add("Mode", s.Mode)
				list.add("Identity", identity)
				list.add("Apps", strconv.Itoa(s.Apps))
				list.write(p.out)
			})
		}),
	}
}
