package shop

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// errPreview ends a unit of work whose number is only looked at.
var errPreview = errors.New("the number is not taken")

// Reserve draws the next number of a range, such as "order" or "product", and writes it as
// the range says. A preview leaves the number where it is. It needs number_range:read.
func (s *Service) Reserve(ctx context.Context, actor appdock.Actor, numberRange string, preview bool) (string, error) {
	if missing := actor.Missing("number_range:read"); len(missing) > 0 {
		return "", appdock.MissingPrivileges(missing)
	}
	schema, err := s.store.Schema(ctx, actor.Shop)
	if err != nil {
		return "", err
	}
	found, err := s.store.Search(ctx, actor.Shop, entity.View{}, &entity.Criteria{
		Entity: "number_range_type", Limit: 1,
		Filters: []entity.Filter{{Kind: entity.Equals, Field: "technicalName", Values: []any{numberRange}}},
	})
	if err != nil {
		return "", err
	}
	if len(found.Records) == 0 {
		return "", &appdock.Error{
			Kind:    appdock.NotFound,
			Code:    "FRAMEWORK__NO_NUMBER_RANGE_CONFIGURATION",
			Message: fmt.Sprintf("There is no number range %q.", short(numberRange)),
			Cure:    "Name the type of a number range of this shop, such as order, product or customer.",
		}
	}
	// What is drawn is counted under the name that the type has, however it was spelt.
	numberRange = found.Records[0].Text("technicalName")
	var number string
	_, err = s.store.Write(ctx, actor.Shop, func(u Unit) error {
		p := newPlan(&writing{actor: actor, schema: schema}, u.Search)
		var err error
		if number, err = p.free(u, numberRange); err == nil && preview {
			return errPreview
		}
		return err
	})
	if preview && errors.Is(err, errPreview) {
		err = nil
	}
	return number, err
}

// free draws until there is a number that no record has: clients may number theirs
// themselves, also ahead of the range.
func (p *plan) free(u Unit, numberRange string) (string, error) {
	pattern, err := p.numberPattern(numberRange)
	if err != nil {
		return "", err
	}
	d, known := p.schema.Definition(numberRange)
	field := numberRange + "Number"
	known = known && d.Index(field) >= 0
	for {
		n, err := u.Next(numberRange)
		if err != nil {
			return "", err
		}
		number := strings.ReplaceAll(pattern, "{n}", strconv.FormatInt(n, 10))
		if !known {
			return number, nil
		}
		found, err := p.find(&entity.Criteria{
			Entity: numberRange, Limit: 1,
			Filters: []entity.Filter{{Kind: entity.Equals, Field: field, Values: []any{number}}},
		})
		if err != nil || len(found.Records) == 0 {
			return number, err
		}
	}
}

// draw gives new orders their numbers: what is drawn is gone, so it is the last thing done
// before the rows are written. The store itself counts autoIncrement.
//
// Clients may number orders themselves (entities.md, order), also ahead of the range. What
// is drawn with a unit that fails is drawn again, so a number that is taken would stop all
// orders to come: the range goes on behind it.
func (p *plan) draw(u Unit) error {
	var unnumbered []entity.Change
	taken := map[string]bool{} // by this request, in lower case
	for _, c := range p.changes {
		if c.Entity != "order" {
			continue
		}
		if number, sent := c.Set["orderNumber"].(string); sent {
			taken[strings.ToLower(number)] = true
		} else if c.Kind == entity.Inserted {
			unnumbered = append(unnumbered, c)
		}
	}
	if len(unnumbered) == 0 {
		return nil
	}
	pattern, err := p.numberPattern("order")
	if err != nil {
		return err
	}
	for batch := range slices.Chunk(unnumbered, maxBatch) {
		if err := p.number(u, pattern, batch, taken); err != nil {
			return err
		}
	}
	return nil
}

// draws reports whether draw may change the plan.
func (p *plan) draws() bool {
	return slices.ContainsFunc(p.changes, func(c entity.Change) bool { return c.Entity == "order" })
}

// number draws for each order until all have a number that no other order has.
func (p *plan) number(u Unit, pattern string, orders []entity.Change, taken map[string]bool) error {
	for len(orders) > 0 {
		numbers := make([]any, len(orders))
		for i := range orders {
			n, err := u.Next("order")
			if err != nil {
				return err
			}
			numbers[i] = strings.ReplaceAll(pattern, "{n}", strconv.FormatInt(n, 10))
		}
		some, err := p.numbered(numbers...)
		if err != nil {
			return err
		}
		for _, number := range numbers {
			text, _ := number.(string)
			used := taken[strings.ToLower(text)]
			if some && !used { // which of them only the store can tell: it compares
				if used, err = p.numbered(number); err != nil {
					return err
				}
			}
			if !used {
				orders[0].Set["orderNumber"], orders = text, orders[1:]
			}
		}
	}
	return nil
}

// numbered reports whether an order has one of the numbers.
func (p *plan) numbered(numbers ...any) (bool, error) {
	found, err := p.find(&entity.Criteria{
		Entity:  "order",
		Filters: []entity.Filter{{Kind: entity.EqualsAny, Field: "orderNumber", Values: numbers}},
		Limit:   1,
	})
	return len(found.Records) > 0, err
}

// numberPattern gives how the numbers of the global range of a type are written; "{n}"
// stands for the number. A pattern without one would give all the same: the number follows it.
func (p *plan) numberPattern(kind string) (string, error) {
	found, err := p.find(&entity.Criteria{
		Entity: "number_range",
		Filters: []entity.Filter{
			{Kind: entity.Equals, Field: "type.technicalName", Values: []any{kind}},
			{Kind: entity.Equals, Field: "global", Values: []any{true}},
		},
		Limit: 1,
	})
	if err != nil || len(found.Records) == 0 {
		return "{n}", err
	}
	pattern := found.Records[0].Text("pattern")
	if !strings.Contains(pattern, "{n}") {
		pattern += "{n}"
	}
	return pattern, nil
}
