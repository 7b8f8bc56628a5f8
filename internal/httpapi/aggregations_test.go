package httpapi_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/internal/entity"
)

// TestAggregationFaults is admin-api.md 5.4, each rule broken.
func TestAggregationFaults(t *testing.T) {
	t.Parallel()
	const one = "/aggregations/0"
	deep := strings.Repeat(`{"name":"a","type":"terms","field":"id","aggregation":`, 10) + `{"name":"a","type":"sum","field":"id"}` + strings.Repeat("}", 10)
	for asked, pointer := range map[string]string{
		`"sum"`:            "/aggregations",
		`["sum"]`:          one,
		`[{"type":"sum"}]`: one,
		`[{"name":5}]`:     one,
		`[{"name":"1e3"}]`: one,
		`[{"name":"a?"}]`:  one,
		`[{"name":"a:b"}]`: one,
		`[{"name":"` + strings.Repeat("a", 201) + `"}]`: one,
		`[{"name":"a"}]`: one,
		`[{"name":"a","type":"median","field":"id"}]`:                                                                              one,
		`[{"name":"a","type":"histogram","field":"createdAt"}]`:                                                                    one,
		`[{"name":"a","type":"histogram","field":"createdAt","interval":"decade"}]`:                                                one,
		`[{"name":"a","type":"histogram","field":"createdAt","interval":"day","timeZone":"Mars/Base"}]`:                            one,
		`[{"name":"a","type":"histogram","field":"createdAt","interval":"day","format":5}]`:                                        one,
		`[{"name":"a","type":"range","field":"stock"}]`:                                                                            one,
		`[{"name":"a","type":"range","field":"stock","ranges":[]}]`:                                                                one,
		`[{"name":"a","type":"range","field":"stock","ranges":[5]}]`:                                                               one,
		`[{"name":"a","type":"range","field":"stock","ranges":[{"from":"a"}]}]`:                                                    one,
		`[{"name":"a","type":"range","field":"stock","ranges":[{"to":1},{"key":"*-1","from":1}]}]`:                                 one,
		`[{"name":"a","type":"entity","field":"taxId"}]`:                                                                           one,
		`[{"name":"a","type":"terms","field":"id","aggregation":{"name":"b","type":"entity","field":"taxId","definition":"tax"}}]`: one,
		`[{"name":"a","type":"sum"}]`:                                                                                              one,
		`[{"name":"a","type":"sum","field":["id"]}]`:                                                                               one,
		`[{"name":"a","type":"terms","field":"id","limit":0}]`:                                                                     one,
		`[{"name":"a","type":"terms","field":"id","limit":10001}]`:                                                                 one,
		`[{"name":"a","type":"terms","field":"id","sort":{"field":"name"}}]`:                                                       one,
		`[{"name":"a","type":"terms","field":"id","sort":{"field":"id","order":"up"}}]`:                                            one,
		`[{"name":"a","type":"terms","field":"id","aggregation":{"name":"count","type":"sum","field":"id"}}]`:                      one,
		`[{"name":"a","type":"terms","field":"id","aggregation":{"name":"b","type":"sum"}}]`:                                       one,
		`[{"name":"a","type":"terms","field":"id","aggregation":{"name":"b","type":"filter","filter":[{"type":"equals","field":"a","value":1}],"aggregation":{"name":"c","type":"sum","field":"a"}}}]`: one,
		`[{"name":"a","type":"filter","filter":[]}]`:                                        one,
		`[{"name":"a","type":"filter","filter":[{"type":"equals","field":"a","value":1}]}]`: one,
		`[{"name":"a","type":"sum","field":"id"},{"name":"a","type":"avg","field":"id"}]`:   "/aggregations/1",
		`[` + deep + `]`: one,
	} {
		t.Run(fmt.Sprintf("%.100s", asked), func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			api, _ := newAPI(f)
			w := send{method: "POST", path: "/api/search/product", body: `{"aggregations":` + asked + `}`}.to(api)
			got := faults(t, w.Body.Bytes())
			if diff := cmp.Diff([]fault{{"FRAMEWORK__INVALID_AGGREGATION_QUERY", pointer}}, got); w.Code != 400 || diff != "" {
				t.Errorf("got %d, faults (-want +got):\n%s", w.Code, diff)
			}
			if len(f.asked) > 0 {
				t.Errorf("the shop was asked %v", f.asked)
			}
		})
	}
}

// TestHistogramsAndRangesAreRead is the rest of admin-api.md 5.4.
func TestHistogramsAndRangesAreRead(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	low, high := -1.5, 10.0
	const one = "/aggregations/0"
	for asked, want := range map[string]entity.Aggregation{
		`{"name":"a","type":"histogram","field":"createdAt","interval":"week","format":"W","timeZone":"Europe/Berlin","sort":{"field":"_count"},"aggregation":{"name":"b","type":"sum","field":"stock"}}`: {
			Name: "a", Kind: entity.Histogram, Field: "createdAt", Interval: entity.Week, Format: "W", Zone: berlin, ByCount: true, Pointer: one,
			Nested: &entity.Aggregation{Name: "b", Kind: entity.Sum, Field: "stock", Pointer: one + "/aggregation"},
		},
		`{"name":"a","type":"range","field":"stock","ranges":[{"to":"-1.5"},{"from":-1.5,"to":10},{"from":10,"key":"large"},{}]}`: {
			Name: "a", Kind: entity.Ranges, Field: "stock", Pointer: one,
			Ranges: []entity.NamedRange{{Key: "*--1.5", To: &low}, {Key: "-1.5-10", From: &low, To: &high}, {Key: "large", From: &high}, {Key: "*-*"}},
		},
		`{"name":"a","type":"entity","field":"manufacturerId","definition":"product_manufacturer"}`: {
			Name: "a", Kind: entity.Entities, Field: "manufacturerId", Entity: "product_manufacturer", Pointer: one,
		},
		`{"name":"a","type":"terms","field":"name","sort":{"field":"name","naturalSorting":true,"order":"desc"}}`: {
			Name: "a", Kind: entity.Terms, Field: "name", Natural: true, Descending: true, Pointer: one,
		},
		`{"name":"a","type":"terms","field":"product.name","sort":{"field":"name","order":"desc"}}`: {
			Name: "a", Kind: entity.Terms, Field: "product.name", Descending: true, Pointer: one,
		},
		`{"name":"a","type":"terms","field":"name","sort":{"field":"product.name","naturalSorting":true}}`: {
			Name: "a", Kind: entity.Terms, Field: "name", Natural: true, Pointer: one,
		},
	} {
		f := newFake(t)
		api, _ := newAPI(f)
		if w := (send{method: "POST", path: "/api/search/product", body: `{"aggregations":[` + asked + `]}`}).to(api); w.Code != 200 {
			t.Fatalf("%s: %d %s", asked, w.Code, w.Body)
		}
		same := cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
		if diff := cmp.Diff([]entity.Aggregation{want}, f.asked[0].Aggregations, same); diff != "" {
			t.Errorf("%s (-want +got):\n%s", asked, diff)
		}
	}
}

func TestAggregationsAreRead(t *testing.T) {
	t.Parallel()
	want := []entity.Aggregation{{
		Name: "some", Kind: entity.FilterRows, Pointer: "/aggregations/0",
		Filters: []entity.Filter{{Kind: entity.Equals, Field: "stock", Values: []any{"1"}, Pointer: "/aggregations/0/filter/0"}},
		Nested: &entity.Aggregation{
			Name: "names", Kind: entity.Terms, Field: "name", Limit: 5, ByCount: true, Descending: true, Pointer: "/aggregations/0/aggregation",
			Nested: &entity.Aggregation{Name: "stock", Kind: entity.Stats, Field: "stock", Pointer: "/aggregations/0/aggregation/aggregation"},
		},
	}}
	for name, s := range map[string]send{
		"json": {method: "POST", path: "/api/search/product", body: `{"aggregations":[{"name":"some","type":"filter","filter":[{"type":"equals","field":"stock","value":"1"}],
			"aggregation":{"name":"names","type":"terms","field":"name","limit":5,"sort":{"field":"_count","order":"DESC"},"aggregation":{"name":"stock","type":"stats","field":"stock"}}}]}`},
		"query": {method: "GET", path: "/api/product?aggregations[0][name]=some&aggregations[0][type]=filter&aggregations[0][filter][0][type]=equals&" +
			"aggregations[0][filter][0][field]=stock&aggregations[0][filter][0][value]=1&aggregations[0][aggregation][name]=names&" +
			"aggregations[0][aggregation][type]=terms&aggregations[0][aggregation][field]=name&aggregations[0][aggregation][limit]=5&" +
			"aggregations[0][aggregation][sort][field]=_count&aggregations[0][aggregation][sort][order]=desc&" +
			"aggregations[0][aggregation][aggregation][name]=stock&aggregations[0][aggregation][aggregation][type]=stats&aggregations[0][aggregation][aggregation][field]=stock"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			api, _ := newAPI(f)
			if w := s.to(api); w.Code != 200 {
				t.Fatalf("got %d %s", w.Code, w.Body)
			}
			if diff := cmp.Diff(want, f.asked[0].Aggregations); diff != "" {
				t.Errorf("aggregations (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAggregationsAreShown has the shapes of admin-api.md 5.4.
func TestAggregationsAreShown(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.figures = []entity.Aggregated{
		{Name: "avg", Kind: entity.Average, Average: 2.5},
		{Name: "sum", Kind: entity.Sum},
		{Name: "beyond", Kind: entity.Sum, Sum: math.Inf(1)},
		{Name: "count", Kind: entity.CountValues, Count: 3},
		{Name: "min", Kind: entity.Smallest},
		{Name: "max", Kind: entity.Largest, Max: int64(5)},
		{Name: "stats", Kind: entity.Stats, Min: "0.5", Max: "7", Average: 3.75, Sum: 1e21},
		{Name: "days", Kind: entity.Histogram, Buckets: []entity.Bucket{{Key: "2026-03-01 00:00:00", Count: 2}}},
		{Name: "called", Kind: entity.Histogram, Format: `j.n.y \o\k`, Buckets: []entity.Bucket{{Key: "2026-03-01 00:00:00", At: started, Count: 2}}},
		{Name: "ranges", Kind: entity.Ranges, Ranges: []entity.RangeCount{{Key: "*-5", Count: 2}, {Key: "large", Count: 0}}},
		{Name: "makers", Kind: entity.Entities, Entity: "product_manufacturer", Records: f.rows["product_manufacturer"]},
		{Name: `"te</rms`, Kind: entity.Terms, Buckets: []entity.Bucket{
			{Count: 1}, {Key: `a"b`, Count: 2, Nested: &entity.Aggregated{Name: "more", Kind: entity.Terms}},
		}},
	}
	for name, s := range map[string]send{
		"aggregations":         {method: "POST", path: "/api/search/product", body: `{"limit":1,"includes":{"product":["id"]}}`},
		"aggregations jsonapi": {method: "GET", path: "/api/product?limit=1&includes[product][]=id", headers: []string{"Accept: application/vnd.api+json"}},
	} {
		t.Run(name, func(t *testing.T) {
			api, _ := newAPI(f)
			golden(t, name, s.to(api))
		})
	}
}
