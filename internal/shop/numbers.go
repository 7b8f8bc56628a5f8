package shop

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/twig/phpdate"
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
		p := newPlan(&writing{actor: actor, schema: schema, now: s.now().UTC()}, u.Search)
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
	numbers, err := p.numbering(numberRange)
	if err != nil {
		return "", err
	}
	d, known := p.schema.Definition(numberRange)
	field := numberRange + "Number"
	known = known && d.Index(field) >= 0
	for {
		number, err := numbers.next(u)
		if err != nil {
			return "", err
		}
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
	numbers, err := p.numbering("order")
	if err != nil {
		return err
	}
	for batch := range slices.Chunk(unnumbered, maxBatch) {
		if err := p.number(u, numbers, batch, taken); err != nil {
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
func (p *plan) number(u Unit, numbers numbering, orders []entity.Change, taken map[string]bool) error {
	for len(orders) > 0 {
		drawn := make([]any, len(orders))
		for i := range orders {
			var err error
			if drawn[i], err = numbers.next(u); err != nil {
				return err
			}
		}
		some, err := p.numbered(drawn...)
		if err != nil {
			return err
		}
		for _, number := range drawn {
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

// numbering is how a number range counts, and how its numbers are written at this moment.
type numbering struct {
	kind    string
	start   int64
	pattern string
	at      time.Time
}

// firstNumber is drawn first where no number range says otherwise (entities.md, "Other seed rows").
const firstNumber = 10000

// numbering gives how the global range of a type counts.
func (p *plan) numbering(kind string) (numbering, error) {
	n := numbering{kind: kind, start: firstNumber, pattern: "{n}", at: p.now}
	found, err := p.find(&entity.Criteria{
		Entity: "number_range",
		Filters: []entity.Filter{
			{Kind: entity.Equals, Field: "type.technicalName", Values: []any{kind}},
			{Kind: entity.Equals, Field: "global", Values: []any{true}},
		},
		Limit: 1,
	})
	if err != nil || len(found.Records) == 0 {
		return n, err
	}
	n.pattern = found.Records[0].Text("pattern")
	if start, ok := found.Records[0].Get("start").(int64); ok {
		n.start = start
	}
	return n, nil
}

// next draws a number: the one after that which was drawn last, or the one that the range begins
// with if that is further on.
func (n numbering) next(u Unit) (string, error) {
	drawn, err := u.Next(n.kind, n.start)
	if err != nil {
		return "", err
	}
	number, wrong := writeNumber(n.pattern, drawn, n.at)
	if wrong != "" { // nobody can have written it
		return "", fmt.Errorf("number range %s: %s", n.kind, wrong)
	}
	return number, nil
}

// writeNumber writes a number by the pattern of its range: {n} is the number, {date} and
// {date_FORMAT} are the day that it is drawn on in UTC, by the letters of PHP's date, and anything
// else is itself, as in Shopware. wrong says what is wrong with a pattern.
func writeNumber(pattern string, n int64, at time.Time) (number, wrong string) {
	var b strings.Builder
	counts := false
	for rest := pattern; rest != ""; {
		text, after, opened := strings.Cut(rest, "{")
		b.WriteString(text)
		if !opened {
			break
		}
		name, left, closed := strings.Cut(after, "}")
		kind, format, formatted := strings.Cut(name, "_")
		switch {
		case !closed:
			return "", "A brace of the pattern is never closed."
		case name == "n":
			counts = true
			b.WriteString(strconv.FormatInt(n, 10))
		case kind == "date" && formatted && format != "":
			b.WriteString(phpdate.Format(at, format))
		case name == "date":
			b.WriteString(at.Format(time.DateOnly))
		default:
			return "", fmt.Sprintf("The pattern has %q, which stands for nothing: use {n}, {date} or {date_FORMAT}, such as {date_Ymd}.", "{"+short(name)+"}")
		}
		rest = left
	}
	if !counts {
		return "", "The pattern needs {n}, which stands for the number: without it all numbers were the same."
	}
	return b.String(), ""
}
