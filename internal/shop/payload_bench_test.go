package shop

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// BenchmarkPayload reads products as a sync sends them.
func BenchmarkPayload(b *testing.B) {
	schema, err := entity.NewSchema(Definitions()...)
	if err != nil {
		b.Fatal(err)
	}
	id := func(i int) string { return appdock.ID{1, byte(i >> 8), byte(i)}.String() }
	ops := make([]entity.Operation, 100)
	for i := range ops {
		ops[i] = entity.Operation{Entity: "product", Action: entity.Upsert, Pointer: fmt.Sprint("/0/", i), Payload: map[string]any{
			"id": id(i), "productNumber": fmt.Sprint("P", i), "name": "A name", "stock": json.Number("7"), "active": true,
			"price": []any{map[string]any{
				"currencyId": appdock.DefaultCurrency.String(), "gross": json.Number("11.9"), "net": json.Number("10"), "linked": true,
			}},
			"manufacturerId": id(1), "taxId": id(2), "categories": []any{map[string]any{"id": id(3)}},
		}}
	}
	b.ReportAllocs()
	for b.Loop() {
		r := &reader{schema: schema, newID: func() appdock.ID { return appdock.NewID(time.Now()) }}
		for _, op := range ops {
			if err := r.read(op); err != nil {
				b.Fatal(err)
			}
		}
		if r.faults.Count() > 0 || len(r.drafts) != 2*len(ops) {
			b.Fatal(len(r.drafts), r.faults.All())
		}
	}
}
