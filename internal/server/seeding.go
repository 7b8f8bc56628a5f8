package server

import (
	"context"
	"fmt"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/seed"
)

// maxMadeUp bounds how many products or orders are made up.
const maxMadeUp = 10_000_000

// Seed writes one batch of a shop that is made up, the way of any other write.
func (s *Shop) Seed(ctx context.Context, in control.Seeding) (control.Seeding, error) {
	bulk := seed.Bulk{Products: in.Products, Orders: in.Orders}
	in.Total = bulk.Batches()
	switch {
	case in.Products < 0 || in.Orders < 0 || in.Products+in.Orders == 0, in.Products > maxMadeUp || in.Orders > maxMadeUp:
		return in, badSeed(fmt.Sprintf("there may be up to %d of each, and one at least", maxMadeUp), "Give --products and --orders.")
	case in.Orders > 0 && in.Products == 0:
		return in, badSeed("orders are made of the products that are made up with them", "Give --products too; those that are there stay as they are.")
	case in.Done < 0 || in.Done >= in.Total:
		return in, badSeed(fmt.Sprintf("there are %d batches", in.Total), "Begin with the first one.")
	}
	if _, err := s.host.records.Write(ctx, appdock.Host(s.id), entity.View{}, bulk.Batch(in.Done)); err != nil {
		return in, fmt.Errorf("fill the shop: %w", err)
	}
	in.Done++
	return in, nil
}

func badSeed(cause, cure string) error {
	return &appdock.Error{Kind: appdock.Invalid, Code: "ADK-SEED-INVALID", Message: "The shop cannot be filled like that.", Cause: cause, Cure: cure}
}
