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
		Short:   "See the shop of the host",
		Long:    "See the shop that the apps of this host belong to.",
		Example: "appdock shop show",
	}
	group(c)
	c.AddCommand(newShopShow(p))
	return c
}

func newShopShow(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "show",
		Short:   "Show the shop's identity",
		Long:    "Show how apps know the shop: its id and its base URL, and whether both still belong together.",
		Example: "appdock shop show\nappdock shop show --json",
		Args:    args(0, 0, ""),
		RunE: p.withHost(func(ctx context.Context, host control.Host, _ []string) error {
			s, err := host.Shop(ctx)
			if err != nil {
				return err
			}
			return p.show(s, func() {
				identity := s.Identity
				if identity == "change_suggested" {
					identity = "a change of the shop id is suggested"
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
