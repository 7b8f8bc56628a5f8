package shop_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

func equals(field string, values ...any) entity.Filter {
	return entity.Filter{Kind: entity.Equals, Field: field, Values: values, Pointer: "/filter/0"}
}

// search asks as the host and gives what the store was asked.
func (w *world) search(tb testing.TB, c entity.Criteria) (*entity.Criteria, error) {
	tb.Helper()
	w.store.asked = nil
	_, err := w.Search(tb.Context(), appdock.Host(shopID), entity.View{}, &c)
	if len(w.store.asked) == 0 {
		return nil, err
	}
	return w.store.asked[len(w.store.asked)-1], err
}

func TestCriteriaFaults(t *testing.T) {
	t.Parallel()
	filter := func(f entity.Filter) entity.Criteria { return entity.Criteria{Filters: []entity.Filter{f}} }
	sort := func(field string) entity.Criteria {
		return entity.Criteria{Sort: []entity.Sort{{Field: field, Pointer: "/sort/0"}}}
	}
	with := func(name string, nested *entity.Criteria) entity.Criteria {
		return entity.Criteria{Associations: map[string]*entity.Criteria{name: nested}}
	}
	tests := map[string]struct {
		entity   string // default product
		criteria entity.Criteria
		want     map[string]string
	}{
		"an unknown field":                    {criteria: filter(equals("nonsense", "x")), want: map[string]string{"/filter/0/field": "FRAMEWORK__UNMAPPED_FIELD"}},
		"an unknown field to sort by":         {criteria: sort("nonsense"), want: map[string]string{"/sort/0/field": "FRAMEWORK__UNMAPPED_FIELD"}},
		"no field":                            {criteria: filter(equals("", "x")), want: map[string]string{"/filter/0/field": "FRAMEWORK__UNMAPPED_FIELD"}},
		"a field below a plain one":           {criteria: filter(equals("name.x", "x")), want: map[string]string{"/filter/0/field": "FRAMEWORK__UNMAPPED_FIELD"}},
		"an empty step":                       {criteria: filter(equals("customFields.", "x")), want: map[string]string{"/filter/0/field": "FRAMEWORK__UNMAPPED_FIELD"}},
		"an association alone":                {criteria: filter(equals("tax", "x")), want: map[string]string{"/filter/0/field": "FRAMEWORK__UNMAPPED_FIELD"}},
		"a path into what is not stored":      {criteria: filter(equals("featureSet.name", "x")), want: map[string]string{"/filter/0/field": "FRAMEWORK__UNMAPPED_FIELD"}},
		"a runtime field":                     {criteria: filter(equals("variation", "x")), want: map[string]string{"/filter/0/field": "FRAMEWORK__RUNTIME_FIELD_IN_CRITERIA"}},
		"a hidden field":                      {entity: "customer", criteria: filter(equals("password", "x")), want: map[string]string{"/filter/0/field": "FRAMEWORK__ACCESSOR_NOT_ALLOWED"}},
		"a hidden field that is wanted":       {entity: "customer", criteria: entity.Criteria{Fields: []string{"firstName", "legacyPassword"}}, want: map[string]string{"/fields/1": "FRAMEWORK__ACCESSOR_NOT_ALLOWED"}},
		"a hidden field across associations":  {entity: "order", criteria: sort("orderCustomer.customer.legacyPassword"), want: map[string]string{"/sort/0/field": "FRAMEWORK__ACCESSOR_NOT_ALLOWED"}},
		"a wrong id":                          {criteria: filter(equals("id", "x")), want: map[string]string{"/filter/0/value": "FRAMEWORK__INVALID_UUID"}},
		"an id as a number":                   {criteria: filter(equals("taxId", json.Number("5"))), want: map[string]string{"/filter/0/value": "FRAMEWORK__INVALID_UUID"}},
		"a wrong id in a list":                {criteria: filter(equals("categoryIds", "x")), want: map[string]string{"/filter/0/value": "FRAMEWORK__INVALID_UUID"}},
		"an empty text":                       {criteria: filter(equals("ean", "")), want: map[string]string{"/filter/0/value": "FRAMEWORK__INVALID_FILTER_QUERY"}},
		"no value":                            {criteria: filter(equals("ean")), want: map[string]string{"/filter/0/value": "FRAMEWORK__INVALID_FILTER_QUERY"}},
		"an object as value":                  {criteria: filter(equals("ean", map[string]any{})), want: map[string]string{"/filter/0/value": "FRAMEWORK__INVALID_FILTER_QUERY"}},
		"a wrong number":                      {criteria: filter(equals("stock", "many")), want: map[string]string{"/filter/0/value": "FRAMEWORK__INVALID_FILTER_QUERY"}},
		"a fraction of an int":                {criteria: filter(equals("stock", json.Number("1.5"))), want: map[string]string{"/filter/0/value": "FRAMEWORK__INVALID_FILTER_QUERY"}},
		"a wrong bool":                        {criteria: filter(equals("active", "yes")), want: map[string]string{"/filter/0/value": "FRAMEWORK__INVALID_FILTER_QUERY"}},
		"a wrong date":                        {criteria: filter(equals("createdAt", "now")), want: map[string]string{"/filter/0/value": "FRAMEWORK__INVALID_FILTER_QUERY"}},
		"a part of an id":                     {criteria: filter(entity.Filter{Kind: entity.Contains, Field: "id", Values: []any{"01"}, Pointer: "/filter/0"}), want: map[string]string{"/filter/0/type": "FRAMEWORK__INVALID_FILTER_QUERY"}},
		"a part of nothing":                   {criteria: filter(entity.Filter{Kind: entity.Prefix, Field: "ean", Values: []any{""}, Pointer: "/filter/0"}), want: map[string]string{"/filter/0/value": "FRAMEWORK__INVALID_FILTER_QUERY"}},
		"a range without bounds":              {criteria: filter(entity.Filter{Kind: entity.Range, Field: "stock", Pointer: "/filter/0"}), want: map[string]string{"/filter/0/parameters": "FRAMEWORK__INVALID_FILTER_QUERY"}},
		"a range with a wrong bound":          {criteria: filter(entity.Filter{Kind: entity.Range, Field: "stock", Bounds: entity.Bounds{GT: "x"}, Pointer: "/filter/0"}), want: map[string]string{"/filter/0/parameters/gt": "FRAMEWORK__INVALID_FILTER_QUERY"}},
		"a wrong condition in a group":        {criteria: filter(entity.Filter{Kind: entity.Nor, Queries: []entity.Filter{{Kind: entity.Equals, Field: "x", Values: []any{"x"}, Pointer: "/filter/0/queries/0"}}}), want: map[string]string{"/filter/0/queries/0/field": "FRAMEWORK__UNMAPPED_FIELD"}},
		"a wrong post-filter":                 {criteria: entity.Criteria{PostFilters: []entity.Filter{{Kind: entity.Equals, Field: "nonsense", Values: []any{"x"}, Pointer: "/post-filter/0"}}}, want: map[string]string{"/post-filter/0/field": "FRAMEWORK__UNMAPPED_FIELD"}},
		"a hidden field to sort by the count": {entity: "customer", criteria: entity.Criteria{Sort: []entity.Sort{{Field: "password", Count: true, Pointer: "/sort/0"}}}, want: map[string]string{"/sort/0/field": "FRAMEWORK__ACCESSOR_NOT_ALLOWED"}},
		"an unknown association":              {criteria: with("nonsense", nil), want: map[string]string{"/associations/nonsense": "FRAMEWORK__ASSOCIATION_NOT_FOUND"}},
		"an unknown association of another":   {criteria: with("tax", &entity.Criteria{Associations: map[string]*entity.Criteria{"x": nil}}), want: map[string]string{"/associations/tax/associations/x": "FRAMEWORK__ASSOCIATION_NOT_FOUND"}},
		"a wrong condition on an association": {criteria: with("tax", &entity.Criteria{Filters: []entity.Filter{equals("stock", "1")}}), want: map[string]string{"/filter/0/field": "FRAMEWORK__UNMAPPED_FIELD"}},
		"all faults at once":                  {criteria: entity.Criteria{Filters: []entity.Filter{equals("a", "x")}, Sort: []entity.Sort{{Field: "b", Pointer: "/sort/0"}}}, want: map[string]string{"/filter/0/field": "FRAMEWORK__UNMAPPED_FIELD", "/sort/0/field": "FRAMEWORK__UNMAPPED_FIELD"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.criteria.Entity = test.entity
			if test.entity == "" {
				test.criteria.Entity = "product"
			}
			w := newWorld(t)
			asked, err := w.search(t, test.criteria)
			if diff := cmp.Diff(test.want, faults(t, err)); diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
			if asked != nil || appdock.KindOf(err) != appdock.Invalid {
				t.Errorf("kind %v; the store was asked %v", appdock.KindOf(err), asked)
			}
		})
	}
}

// TestCriteriaBounds: what would cost a store too much, or what it cannot say at all.
func TestCriteriaBounds(t *testing.T) {
	t.Parallel()
	const filterCode, sortCode, associationCode = "FRAMEWORK__INVALID_FILTER_QUERY", "FRAMEWORK__INVALID_SORT_QUERY", "FRAMEWORK__ASSOCIATION_NOT_FOUND"
	filter := func(f ...entity.Filter) entity.Criteria { return entity.Criteria{Filters: f} }
	sort := func(fields ...string) entity.Criteria {
		var c entity.Criteria
		for _, field := range fields {
			c.Sort = append(c.Sort, entity.Sort{Field: field, Pointer: "/sort/0"})
		}
		return c
	}
	rangeOf := func(field string, bound any) entity.Filter {
		return entity.Filter{Kind: entity.Range, Field: field, Bounds: entity.Bounds{GT: bound}, Pointer: "/filter/0"}
	}
	oneOf := func(field string, n int) entity.Filter {
		f := entity.Filter{Kind: entity.EqualsAny, Field: field, Pointer: "/filter/0"}
		for i := range n {
			f.Values = append(f.Values, strconv.Itoa(i))
		}
		return f
	}
	var nested entity.Criteria
	at := ""
	for range 13 {
		nested, at = entity.Criteria{Associations: map[string]*entity.Criteria{"parent": {Associations: nested.Associations}}}, at+"/associations/parent"
	}
	var crossings, joins []entity.Filter
	for range 251 {
		crossings = append(crossings, equals("children.tax.name", "x"))
	}
	for _, first := range []string{"parent", "children", "tax.products", "deliveryTime.products"} {
		for _, second := range []string{"parent", "children", "tax.products", "deliveryTime.products"} {
			for _, third := range []string{"parent", "children", "tax.products", "deliveryTime.products"} {
				joins = append(joins, equals(first+"."+second+"."+third+".ean", "x"))
			}
		}
	}
	var tree func(depth int) *entity.Criteria
	tree = func(depth int) *entity.Criteria {
		if depth == 0 {
			return nil
		}
		return &entity.Criteria{Associations: map[string]*entity.Criteria{"children": tree(depth - 1), "parent": tree(depth - 1)}}
	}
	const tooMany = "/associations/parent/associations/parent/associations/children/associations/children/associations/children/associations/parent"
	below := func(f entity.Filter) entity.Filter {
		return entity.Filter{Kind: entity.Nor, Queries: []entity.Filter{{Kind: entity.And, Queries: []entity.Filter{f}}}}
	}
	long := strings.Repeat("x", 1_001)
	queries := make([]entity.Query, 101)
	for i := range queries {
		queries[i] = entity.Query{Filter: equals("name", "x"), Score: 1, Pointer: "/query/" + strconv.Itoa(i)}
	}
	figured := func(filters []entity.Filter) entity.Criteria {
		c := filter(filters...)
		c.Aggregations = []entity.Aggregation{{Name: "a", Kind: entity.Sum, Field: "stock", Pointer: "/aggregations/0"}}
		return c
	}
	tests := map[string]struct {
		criteria entity.Criteria
		want     map[string]string
	}{
		"a document that equals a number":       {filter(equals("customFields", json.Number("5"))), map[string]string{"/filter/0/value": filterCode}},
		"a document that is true":               {filter(equals("variantListingConfig", true)), map[string]string{"/filter/0/value": filterCode}},
		"a range of documents":                  {filter(rangeOf("customFields", json.Number("5"))), map[string]string{"/filter/0/parameters/gt": filterCode}},
		"a range of lists":                      {filter(rangeOf("categoryIds", productID.String())), map[string]string{"/filter/0/type": filterCode}},
		"a document that is null":               {filter(equals("customFields", nil)), nil},
		"a price that is none":                  {filter(equals("price.foo", json.Number("5"))), map[string]string{"/filter/0/field": "FRAMEWORK__UNMAPPED_FIELD"}},
		"a price below a price":                 {filter(equals("price.net.gross", json.Number("5"))), map[string]string{"/filter/0/field": "FRAMEWORK__UNMAPPED_FIELD"}},
		"a price to sort by that is none":       {sort("price.foo"), map[string]string{"/sort/0/field": "FRAMEWORK__UNMAPPED_FIELD"}},
		"the price in a currency":               {sort("price.b7d2554b0ce847cd82f3ac9bd1c0dfca"), nil},
		"a path of too many steps":              {filter(equals(strings.Repeat("parent.", 12)+"name", "x")), map[string]string{"/filter/0/field": filterCode}},
		"a path of too many steps to sort by":   {sort(strings.Repeat("parent.", 12) + "name"), map[string]string{"/sort/0/field": sortCode}},
		"a path deep into a document":           {filter(equals("customFields"+strings.Repeat(".a", 12), "x")), map[string]string{"/filter/0/field": filterCode}},
		"a path that is too long":               {filter(equals("customFields."+long, "x")), map[string]string{"/filter/0/field": filterCode}},
		"a path as long as may be":              {filter(equals(strings.Repeat("parent.", 11)+"name", "x")), nil},
		"too many crossings":                    {filter(crossings...), map[string]string{"/filter/0/field": filterCode}},
		"too many joins":                        {filter(joins...), map[string]string{"/filter/0/field": filterCode}},
		"too many values of a custom field":     {filter(oneOf("customFields.a", 301)), map[string]string{"/filter/0/value": filterCode}},
		"too many values of a list":             {filter(oneOf("customSearchKeywords", 301)), map[string]string{"/filter/0/value": filterCode}},
		"too many values that may not be":       {filter(below(oneOf("ean", 301))), map[string]string{"/filter/0/value": filterCode}},
		"many values":                           {filter(oneOf("ean", 9_000)), nil},
		"many values of a custom field":         {filter(oneOf("customFields.a", 300)), nil},
		"too many sorts":                        {sort(strings.Split(strings.Repeat("name,", 10)+"ean", ",")...), map[string]string{"/sort/0": sortCode}},
		"too many queries":                      {entity.Criteria{Queries: queries}, map[string]string{"/query/100": filterCode}},
		"many queries":                          {entity.Criteria{Queries: queries[:100]}, nil},
		"too many groups":                       {entity.Criteria{Grouping: slices.Repeat([]string{"name"}, 11)}, map[string]string{"/grouping/10": filterCode}},
		"many groups":                           {entity.Criteria{Grouping: slices.Repeat([]string{"name"}, 10)}, nil},
		"a term that is too long":               {entity.Criteria{Term: long[:501]}, map[string]string{"/term": filterCode}},
		"a term as long as may be":              {entity.Criteria{Term: strings.Repeat("ü", 500)}, nil},
		"too many joins for figures":            {figured(joins[:16]), map[string]string{"/aggregations/0": "FRAMEWORK__INVALID_AGGREGATION_QUERY"}},
		"many joins for figures":                {figured(joins[:8]), nil},
		"as many joins without figures":         {filter(joins[:16]...), nil},
		"a text that is too long to look for":   {filter(entity.Filter{Kind: entity.Contains, Field: "name", Values: []any{long}, Pointer: "/filter/0"}), map[string]string{"/filter/0/value": filterCode}},
		"a text as long as may be":              {filter(entity.Filter{Kind: entity.Contains, Field: "name", Values: []any{strings.Repeat("ü", 1_000)}, Pointer: "/filter/0"}), nil},
		"associations that are nested too deep": {nested, map[string]string{at: associationCode}},
		"associations as deep as may be":        {*nested.Associations["parent"], nil},
		"too many associations":                 {*tree(6), map[string]string{tooMany: associationCode}},
		"many associations":                     {*tree(5), nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.criteria.Entity = "product"
			asked, err := newWorld(t).search(t, test.criteria)
			if test.want == nil {
				if asked == nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			got := faults(t, err)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	asked, err := newWorld(t).search(t, entity.Criteria{Entity: "product", Associations: map[string]*entity.Criteria{"tax": {MaxRecords: 7}}})
	if err != nil || asked.MaxRecords != 50_000 {
		t.Errorf("%v: the store may answer with %d records", err, asked.MaxRecords)
	}
}

func TestCustomFieldsAreLookedUpAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var c entity.Criteria
	for i := range 100 {
		c.Filters = append(c.Filters, equals("customFields.f"+strconv.Itoa(i)+".x", "x"), equals("tax.customFields.f"+strconv.Itoa(i), "x"))
	}
	c.Entity, c.Sort = "product", []entity.Sort{{Field: "customFields.g"}}
	if _, err := w.search(t, c); err != nil {
		t.Log(err) // the fake store cannot follow such criteria
	}
	if n := len(w.store.asked); n != 2 {
		t.Errorf("%d searches", n)
	}
}

func TestUnknownEntities(t *testing.T) {
	t.Parallel()
	_, err := newWorld(t).search(t, entity.Criteria{Entity: "nonsense"})
	if appdock.KindOf(err) != appdock.NotFound || appdock.CodeOf(err) != "FRAMEWORK__DEFINITION_NOT_FOUND" {
		t.Error(err)
	}
}

// TestCheckedValues shows the Go forms that a store is given.
func TestCheckedValues(t *testing.T) {
	t.Parallel()
	number := func(s string) json.Number { return json.Number(s) }
	date := time.Date(2024, 10, 24, 19, 30, 46, 0, time.UTC)
	tests := map[string]struct {
		field string
		value any
		want  any
	}{
		"null":                                   {"ean", nil, nil},
		"an id":                                  {"id", productID.String(), productID},
		"an id behind a key":                     {"tax.id", productID.String(), productID},
		"the version":                            {"versionId", appdock.LiveVersion.String(), appdock.LiveVersion},
		"a text":                                 {"ean", "Ü", "Ü"},
		"a text as a number":                     {"ean", number("123"), "123"},
		"a bool":                                 {"active", true, true},
		"a bool as 1":                            {"active", number("1"), true},
		"a bool as \"0\"":                        {"active", "0", false},
		"an int":                                 {"stock", number("3"), int64(3)},
		"an int as a text":                       {"stock", "3", int64(3)},
		"an int with a fraction of nothing":      {"stock", number("3.0"), int64(3)},
		"a float":                                {"weight", number("3"), 3.0},
		"a date with an offset":                  {"createdAt", "2024-10-24T21:30:46+02:00", date},
		"a date with milliseconds":               {"createdAt", "2024-10-24T19:30:46.000+00:00", date},
		"a date with a space":                    {"createdAt", "2024-10-24 19:30:46", date},
		"the price":                              {"price", number("5"), 5.0},
		"the net price":                          {"price.net", "5.5", 5.5},
		"the price in a currency":                {"price.b7d2554b0ce847cd82f3ac9bd1c0dfca.gross", number("5"), 5.0},
		"an element of a list of ids":            {"categoryIds", productID.String(), productID.String()},
		"an element of a list of texts":          {"customSearchKeywords", "tea", "tea"},
		"a custom field without a row":           {"customFields.free", number("5"), "5"},
		"a custom field of whole numbers":        {"customFields.count", "5", int64(5)},
		"a custom field of numbers":              {"customFields.size", number("5"), 5.0},
		"a custom field that is true":            {"customFields.flag", number("1"), true},
		"a custom field of dates":                {"customFields.day", "2024-10-24", "2024-10-24"},
		"a text in a document":                   {"variantListingConfig.displayParent", "x", "x"},
		"a number in a document":                 {"variantListingConfig.size", number("5"), 5.0},
		"a path that begins with the entity":     {"product.stock", number("3"), int64(3)},
		"a path that begins with it and goes on": {"product.tax.taxRate", number("19"), 19.0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for name, kind := range map[string]string{"count": "int", "size": "float", "flag": "switch", "day": "datetime"} {
				if err := w.write(t, entity.Insert, "custom_field", map[string]any{"name": name, "type": kind}); err != nil {
					t.Fatal(err)
				}
			}
			given := equals(test.field, test.value)
			asked, err := w.search(t, entity.Criteria{Entity: "product", Filters: []entity.Filter{given}})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]any{test.want}, asked.Filters[0].Values); diff != "" {
				t.Error(diff)
			}
			if got := asked.Filters[0].Field; strings.HasPrefix(got, "product.") {
				t.Errorf("the store is asked for %s", got)
			}
			if diff := cmp.Diff(test.value, given.Values[0]); diff != "" {
				t.Errorf("the caller's criteria changed: %s", diff)
			}
		})
	}
}

func TestCheckedCriteria(t *testing.T) {
	t.Parallel()
	asked, err := newWorld(t).search(t, entity.Criteria{
		Entity:  "product",
		Filters: []entity.Filter{{Kind: entity.Or}, equals("product.active", "1")},
		Sort:    []entity.Sort{{Field: "product.tax.name", Descending: true}},
		Limit:   10,
		Associations: map[string]*entity.Criteria{
			"featureSet": {}, "streams": {}, "deliveryTime": nil,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := &entity.Criteria{
		Entity:     "product",
		Filters:    []entity.Filter{equals("active", true)},
		Sort:       []entity.Sort{{Field: "tax.name", Descending: true}},
		Limit:      10,
		MaxRecords: 50_000,
		Associations: map[string]*entity.Criteria{
			"tax":          {},
			"deliveryTime": {Associations: map[string]*entity.Criteria{}},
		},
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Error(diff)
	}
}

func TestAssociationsThatAreNotStoredReadAsEmpty(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.write(t, entity.Insert, "product", parse(t, w.fill(teaPayload))); err != nil {
		t.Fatal(err)
	}
	page, err := w.Search(t.Context(), appdock.Host(shopID), entity.View{}, &entity.Criteria{
		Entity: "tax", Associations: map[string]*entity.Criteria{
			"products": {Associations: map[string]*entity.Criteria{"downloads": {}, "featureSet": {}, "tax": {}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	var products []entity.Record
	for _, tax := range page.Records {
		products = append(products, tax.Loaded["products"].Records...)
	}
	if len(products) != 1 {
		t.Fatalf("%d products", len(products))
	}
	shown := entity.Plain{Includes: map[string][]string{"product": {"downloads", "featureSet", "tax", "crossSellings"}, "tax": {"name"}}}
	want := `{"downloads":[],"tax":{"name":"19%","apiAlias":"tax"},"featureSet":null,"crossSellings":null,"apiAlias":"product"}`
	if diff := cmp.Diff(want, string(shown.Append(nil, products[0]))); diff != "" {
		t.Error(diff)
	}
}

func TestCheckedBoundsAndTexts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := entity.Criteria{Entity: "product", Filters: []entity.Filter{
		{Kind: entity.Range, Field: "product.stock", Bounds: entity.Bounds{GTE: "3", LT: json.Number("9")}},
		{Kind: entity.Range, Field: "createdAt", Bounds: entity.Bounds{GT: "2026-11-21"}},
		{Kind: entity.Suffix, Field: "name", Values: []any{json.Number("5")}},
		{Kind: entity.EqualsAny, Field: "active", Values: []any{"1", nil}},
	}}
	// The fake store cannot follow such criteria: what it was asked is what matters.
	asked, _ := w.search(t, c)
	want := []entity.Filter{
		{Kind: entity.Range, Field: "stock", Bounds: entity.Bounds{GTE: int64(3), LT: int64(9)}},
		{Kind: entity.Range, Field: "createdAt", Bounds: entity.Bounds{GT: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)}},
		{Kind: entity.Suffix, Field: "name", Values: []any{"5"}},
		{Kind: entity.EqualsAny, Field: "active", Values: []any{true, nil}},
	}
	if diff := cmp.Diff(want, asked.Filters); diff != "" {
		t.Error(diff)
	}
}
