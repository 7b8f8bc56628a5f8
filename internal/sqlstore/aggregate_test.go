package sqlstore_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/sqlstore"
)

// aggregate asks a library for figures.
func aggregate(t *testing.T, tr sqlstore.Translator, db database) {
	t.Helper()
	terms := func(field string, nested *entity.Aggregation) entity.Aggregation {
		return entity.Aggregation{Kind: entity.Terms, Field: field, Nested: nested}
	}
	of := func(kind entity.AggregationKind, field string) entity.Aggregation {
		return entity.Aggregation{Kind: kind, Field: field}
	}
	all := entity.Criteria{Entity: "book"}
	for name, test := range map[string]struct {
		criteria entity.Criteria
		asked    entity.Aggregation
		want     string
	}{
		"an average":                      {all, of(entity.Average, "stock"), "avg 4"},
		"the sum of a price":              {all, of(entity.Sum, "price.net"), "sum 24"},
		"figures of a custom field":       {all, of(entity.Stats, "customFields.size"), "5..15 avg 10 sum 20"},
		"a moment":                        {all, of(entity.Smallest, "printedAt"), "1999-12-31 23:59:59.123"},
		"values that differ":              {all, of(entity.CountValues, "reviews.stars"), "count 3"},
		"a custom field, by its text":     {all, terms("customFields.color", nil), "=3 Red=1 blue=1"},
		"a price":                         {all, terms("price", nil), "=3 10=1 20=1"},
		"bools":                           {all, terms("lent", nil), "=2 0=2 1=1"},
		"rows of an association":          {all, terms("reviews.stars", nil), "=2 1=1 3=1 5=2"},
		"spellings":                       {all, terms("reviews.by", nil), "=3 Ann=2 Bob=1"},
		"buckets in buckets":              {all, terms("publisher.name", ptr(terms("lent", ptr(of(entity.Sum, "stock"))))), "=2[=2[sum 10]] Nördlich & Söhne=2[0=1[sum 2] 1=1[sum 1]] South=1[0=1[sum 3]]"},
		"with filters of criteria":        {entity.Criteria{Entity: "book", Filters: []entity.Filter{is("publisher.cityName", "Oslo")}}, of(entity.Sum, "stock"), "sum 3"},
		"with filters on rows":            {entity.Criteria{Entity: "book", Filters: []entity.Filter{is("reviews.by", "Bob")}}, of(entity.Sum, "stock"), "sum 1"},
		"with filters of the aggregation": {all, entity.Aggregation{Kind: entity.FilterRows, Filters: []entity.Filter{is("lent", true)}, Nested: ptr(of(entity.Sum, "stock"))}, "sum 1"},
		"without post-filters":            {entity.Criteria{Entity: "book", PostFilters: []entity.Filter{is("lent", true)}}, of(entity.Sum, "stock"), "sum 16"},
		"terms by their length":           {all, entity.Aggregation{Kind: entity.Terms, Field: "title", Natural: true}, "=1 zebra=1 Straße=1 Élan vital=1 ﬁnal 100%=1"},
		"days":                            {all, histogram(entity.Day, "", nil), "1999-12-31 00:00:00=1 2000-01-01 00:00:00=1"},
		"days of a place":                 {all, histogram(entity.Day, "Europe/Berlin", nil), "2000-01-01 00:00:00=2"},
		"minutes of a place":              {all, histogram(entity.Minute, "Asia/Kolkata", nil), "2000-01-01 05:29:00=1 2000-01-01 06:29:00=1"},
		"hours of a place":                {all, histogram(entity.Hour, "America/New_York", nil), "1999-12-31 18:00:00=1 1999-12-31 19:00:00=1"},
		"weeks":                           {all, histogram(entity.Week, "", nil), "1999 52=2"},
		"months":                          {all, histogram(entity.Month, "", nil), "1999-12-01 00:00:00=1 2000-01-01 00:00:00=1"},
		"quarters":                        {all, histogram(entity.Quarter, "", nil), "1999 4=1 2000 1=1"},
		"years, with figures":             {all, histogram(entity.Year, "UTC", ptr(of(entity.Sum, "stock"))), "1999-01-01 00:00:00=1[sum 1] 2000-01-01 00:00:00=1[sum 2]"},
		"days in buckets":                 {all, terms("publisher.name", ptr(histogram(entity.Year, "Europe/Berlin", nil))), "=2[] Nördlich & Söhne=2[2000-01-01 00:00:00=2] South=1[]"},
		"figures of rows do not count":    {all, terms("publisher.name", ptr(of(entity.Sum, "reviews.stars"))), "=2[sum 0] Nördlich & Söhne=2[sum 11] South=1[sum 3]"},
		"nor do terms of rows":            {all, terms("publisher.name", ptr(terms("reviews.by", nil))), "=2[=2] Nördlich & Söhne=2[Ann=2 Bob=1] South=1[=1]"},
		"the count that sorts":            {all, entity.Aggregation{Kind: entity.Terms, Field: "lent", ByCount: true, Descending: true, Nested: ptr(of(entity.Largest, "reviews.stars"))}, "=2[<nil>] 0=2[5] 1=1[5]"},
		"keys of records":                 {all, of(entity.Entities, "publisher.cityName"), "Oslo=2 ROME=1"},
		"ranges": {all, entity.Aggregation{Kind: entity.Ranges, Field: "stock", Ranges: []entity.NamedRange{
			{Key: "none", To: number(1)}, {Key: "few", From: number(1), To: number(3)}, {Key: "all"}, {Key: "many", From: number(2.5)},
		}}, "none=0 few=2 all=4 many=2"},
		"ranges of prices in buckets": {all, terms("lent", ptr(entity.Aggregation{Kind: entity.Ranges, Field: "price.net", Ranges: []entity.NamedRange{{Key: "all"}, {Key: "8", From: number(8), To: number(16)}}})), "=2[all=0 8=0] 0=2[all=1 8=0] 1=1[all=1 8=1]"},
		"the largest":                 {all, of(entity.Largest, "weight"), "1.5"},
	} {
		a, err := tr.Aggregate(1, entity.View{}, &test.criteria, test.asked)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := a.Answer(db.query(t, a.Statement))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if text := show(got); text != test.want {
			t.Errorf("%s: got %q, want %q\n%s", name, text, test.want, a.SQL)
		}
	}
}

func number(n float64) *float64 { return &n }

func histogram(interval entity.Interval, zone string, nested *entity.Aggregation) entity.Aggregation {
	a := entity.Aggregation{Kind: entity.Histogram, Field: "printedAt", Interval: interval, Nested: nested}
	if zone != "" {
		var err error
		if a.Zone, err = time.LoadLocation(zone); err != nil {
			panic(err)
		}
	}
	return a
}

func ptr(a entity.Aggregation) *entity.Aggregation { return &a }

func show(a entity.Aggregated) string {
	switch a.Kind {
	case entity.Average:
		return fmt.Sprint("avg ", a.Average)
	case entity.Sum:
		return fmt.Sprint("sum ", a.Sum)
	case entity.CountValues:
		return fmt.Sprint("count ", a.Count)
	case entity.Smallest:
		return fmt.Sprint(a.Min)
	case entity.Largest:
		return fmt.Sprint(a.Max)
	case entity.Stats:
		return fmt.Sprintf("%v..%v avg %v sum %v", a.Min, a.Max, a.Average, a.Sum)
	case entity.Ranges:
		ranges := make([]string, len(a.Ranges))
		for i, r := range a.Ranges {
			ranges[i] = fmt.Sprintf("%s=%d", r.Key, r.Count)
		}
		return strings.Join(ranges, " ")
	case entity.Terms, entity.Histogram, entity.Entities, entity.FilterRows:
	}
	buckets := make([]string, len(a.Buckets))
	for i, b := range a.Buckets {
		buckets[i] = fmt.Sprintf("%s=%d", b.Key, b.Count)
		if b.Nested != nil {
			buckets[i] += "[" + show(*b.Nested) + "]"
		}
	}
	return strings.Join(buckets, " ")
}
