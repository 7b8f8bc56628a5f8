package sqlstore

import (
	"strconv"

	"github.com/appdock/appdock/internal/entity"
)

// scoreColumn stands behind the columns of a record if the criteria have queries.
const scoreColumn = "score"

// scored adds the score to a list of columns.
func (s *scope) scored(list string) expr {
	if s.score.sql == "" {
		return plain(list)
	}
	return with(list+", %s AS "+scoreColumn, s.score)
}

// worth is the sum of what the queries that hold are worth.
func (s *scope) worth(queries []entity.Query) (expr, error) {
	parts := make([]expr, len(queries))
	for i, q := range queries {
		condition, err := s.condition(q.Filter, false)
		if err != nil {
			return expr{}, err
		}
		parts[i] = with("CASE WHEN %s THEN "+decimal(q.Score)+" ELSE 0 END", condition)
		if q.Times == "" {
			continue
		}
		p, err := s.resolve(q.Times)
		if err != nil {
			return expr{}, err
		}
		o, err := s.operand(p)
		if err != nil {
			return expr{}, err
		}
		parts[i] = with("%s * coalesce(%s, 1)", parts[i], o.order[0])
	}
	return with("CAST((%s) AS DOUBLE PRECISION)", chained(" + ", parts)), nil
}

// decimal spells a number as both databases read one.
func decimal(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// oneOfEach is the condition that a record is the first of those that the conditions hold
// for and that have the same values at the paths of the grouping, in the order of the sorts.
func (s *scope) oneOfEach(c *entity.Criteria) (expr, error) {
	inner := s.scope(s.def)
	conditions, err := inner.conditions(c)
	if err != nil {
		return expr{}, err
	}
	var keys []expr
	for _, path := range c.Grouping {
		_, _, group, err := inner.term(path)
		if err != nil {
			return expr{}, err
		}
		keys = append(keys, group)
	}
	order, err := inner.order(c.Sort, false)
	if err != nil {
		return expr{}, err
	}
	where := joined(" AND ", append(inner.base(s.view), conditions...))
	ranked := with("SELECT "+inner.alias+".id AS id, row_number() OVER (PARTITION BY %s ORDER BY %s) AS place FROM "+inner.from()+" WHERE %s",
		joined(", ", keys), order, where)
	return with(s.alias+".id IN (SELECT ranked.id FROM (%s) AS ranked WHERE ranked.place = 1)", ranked), nil
}
