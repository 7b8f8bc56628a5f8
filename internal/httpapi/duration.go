package httpapi

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/appdock/appdock/internal/entity"
)

// calendar is an ISO 8601 duration: years and months have no fixed length.
type calendar struct {
	years, months, days int
	clock               time.Duration
}

// durationForm is ISO 8601 without fractions: P1Y2M3W4DT5H6M7S, each part optional. Five
// digits are more than any date needs and keep every sum in range.
var durationForm = regexp.MustCompile(`^P(?:(\d{1,5})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,5})M)?(?:(\d{1,5})S)?)?$`)

// parseDuration reads an ISO 8601 duration that names at least one part.
func parseDuration(text string) (calendar, bool) {
	parts := durationForm.FindStringSubmatch(text)
	if parts == nil || strings.HasSuffix(text, "P") || strings.HasSuffix(text, "T") {
		return calendar{}, false
	}
	var n [7]int
	for i, part := range parts[1:] {
		n[i], _ = strconv.Atoi(part) // digits, or nothing
	}
	return calendar{
		years: n[0], months: n[1], days: 7*n[2] + n[3],
		clock: time.Duration(n[4])*time.Hour + time.Duration(n[5])*time.Minute + time.Duration(n[6])*time.Second,
	}, true
}

// from is the moment that is so long after at, or before it if sign is -1.
func (c calendar) from(at time.Time, sign int) time.Time {
	return at.AddDate(sign*c.years, sign*c.months, sign*c.days).Add(time.Duration(sign) * c.clock)
}

// interval reads the filters since and until: a date is so long ago, or so far ahead, as a
// duration says (admin-api.md 5.2). They come down to ranges of dates.
func (r *criteriaReader) interval(kind, field string, tree map[string]any, at string) (entity.Filter, bool) {
	text, _ := tree["value"].(string)
	length, ok := parseDuration(text)
	if !ok {
		r.fault(at+"/value", entity.CodeFilter, `Parameter "value" for %s filter must be an ISO 8601 duration such as P30D. Given: %s`, kind, given(tree["value"]))
		return entity.Filter{}, false
	}
	parameters, _ := tree["parameters"].(map[string]any)
	operator, _ := parameters["operator"].(string)
	if parameters["operator"] == nil {
		r.fault(at+"/parameters/operator", entity.CodeFilter, `Parameter "operator" for %s filter is missing.`, kind)
		return entity.Filter{}, false
	}
	now := r.now.UTC()
	side, sign := entity.Bounds{GT: now}, 1 // in the future
	if kind == "since" {
		side, sign = entity.Bounds{LT: now}, -1
		// An age that is greater belongs to an earlier date.
		if mirrored, ok := map[string]string{"gt": "lt", "gte": "lte", "lt": "gt", "lte": "gte"}[operator]; ok {
			operator = mirrored
		}
	}
	moment := length.from(now, sign)
	day := moment.Truncate(24 * time.Hour)
	dated := func(b entity.Bounds) entity.Filter {
		f := r.condition(entity.Range, field, at)
		f.Values, f.Bounds = nil, b
		return f
	}
	group := func(kind entity.FilterKind, filters ...entity.Filter) entity.Filter {
		return entity.Filter{Kind: kind, Queries: filters, Pointer: at}
	}
	var compared entity.Filter
	switch operator {
	case "gt":
		compared = dated(entity.Bounds{GT: moment})
	case "gte":
		compared = dated(entity.Bounds{GTE: moment})
	case "lt":
		compared = dated(entity.Bounds{LT: moment})
	case "lte":
		compared = dated(entity.Bounds{LTE: moment})
	case "eq":
		compared = dated(entity.Bounds{GTE: day, LT: day.AddDate(0, 0, 1)})
	case "neq":
		compared = group(entity.Or, dated(entity.Bounds{LT: day}), dated(entity.Bounds{GTE: day.AddDate(0, 0, 1)}))
	default:
		r.fault(at+"/parameters/operator", entity.CodeFilter, "The operator must be one of eq, neq, gt, gte, lt and lte. Given: %s", given(parameters["operator"]))
		return entity.Filter{}, false
	}
	return group(entity.And, dated(side), compared), true
}
