package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock/internal/control"
)

func newShopSeed(p *program) *cobra.Command {
	var wish control.Seeding
	c := &cobra.Command{
		Use:   "seed",
		Short: "Fill the shop with products and orders that are made up",
		Long: "Fill the shop with products and orders that are made up, to see how apps and the API do with many. The same numbers make the " +
			"same rows: what is there already stays, and a larger number goes on from it. They are written like any others, so apps are told.",
		Example: "appdock shop seed --products 1000 --orders 100\nappdock shop seed --products 100000 --json",
		Args:    args(0, 0, ""),
		RunE: p.withShop(func(ctx context.Context, shop control.Shop, _ []string) error {
			s, err := p.seed(ctx, shop, wish)
			if err != nil {
				return err
			}
			return p.show(s, func() {
				p.say("The shop has at least %d products and %d orders that are made up.", s.Products, s.Orders)
			})
		}),
	}
	c.Flags().IntVar(&wish.Products, "products", 0, "How many products there are to be")
	c.Flags().IntVar(&wish.Orders, "orders", 0, "How many orders of three lines there are to be")
	return c
}

// seed writes batch after batch and shows how far it is.
func (p *program) seed(ctx context.Context, shop control.Shop, s control.Seeding) (control.Seeding, error) {
	s, err := shop.Seed(ctx, s)
	if err != nil {
		return s, err
	}
	line := p.progress("filling", s.Total)
	defer line.end()
	for s.Done < s.Total {
		line.next(fmt.Sprintf("%d products, %d orders", s.Products, s.Orders))
		if s, err = shop.Seed(ctx, s); err != nil {
			return s, err
		}
	}
	return s, nil
}
