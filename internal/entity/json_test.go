package entity_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

var (
	teaID = appdock.MustID("018c0000000070008000000000000001")
	taxID = appdock.MustID("018c0000000070008000000000000002")
)

func teaSchema(tb testing.TB) (tea, tax *entity.Definition) {
	tb.Helper()
	s, err := entity.NewSchema(
		entity.Definition{
			Name: "tea", Versioned: true,
			Fields: []entity.Field{
				{Name: "id", Type: entity.UUID},
				{Name: "versionId", Type: entity.Version},
				{Name: "taxId", Type: entity.UUID, Target: "tax"},
				{Name: "secret", Type: entity.Password, Hidden: true},
				{Name: "icon", Type: entity.Blob},
				{Name: "name", Type: entity.String, Translated: true},
				{Name: "weight", Type: entity.Float},
				{Name: "stock", Type: entity.Int},
				{Name: "active", Type: entity.Bool},
				{Name: "price", Type: entity.Prices},
				{Name: "payload", Type: entity.JSON},
				{Name: "customFields", Type: entity.Object, Translated: true},
				{Name: "createdAt", Type: entity.DateTime},
			},
			Associations: []entity.Association{
				{Name: "tax", Kind: entity.ToOne, Target: "tax", Via: "taxId"},
				{Name: "children", Kind: entity.HasMany, Target: "tea"},
				{Name: "media", Kind: entity.HasMany, Target: "media"},
			},
		},
		entity.Definition{
			Name: "tax",
			Fields: []entity.Field{
				{Name: "id", Type: entity.UUID},
				{Name: "taxRate", Type: entity.Float},
			},
		},
	)
	if err != nil {
		tb.Fatal(err)
	}
	tea, _ = s.Definition("tea")
	tax, _ = s.Definition("tax")
	return tea, tax
}

func TestPlain(t *testing.T) {
	t.Parallel()
	tea, tax := teaSchema(t)
	made := time.Date(2024, 10, 24, 21, 30, 46, 123e6, time.UTC)
	record := entity.Record{
		Definition: tea,
		Values: []any{
			teaID, nil, taxID, "hash",
			[]byte{1},
			"Earl \"Grey\"\n/ü\xff", 19.0, int64(3), true,
			json.RawMessage(`[{"gross":2.5,"label":"}\"{"},{"gross":3}]`), json.RawMessage(`{}`), json.RawMessage(`{}`), made,
		},
		Loaded: map[string]entity.Loaded{
			"tax":      {Records: []entity.Record{{Definition: tax, Values: []any{taxID, 7.25}}}},
			"children": {},
		},
	}
	tests := map[string]struct {
		record   entity.Record
		includes map[string][]string
		want     string
	}{
		"a whole record": {
			record: record,
			want: `{"id":"018c0000000070008000000000000001","taxId":"018c0000000070008000000000000002",` +
				`"name":"Earl \"Grey\"\n/ü` + "\ufffd" + `","weight":19,"stock":3,"active":true,` +
				`"price":[{"gross":2.5,"label":"}\"{","apiAlias":"price"},{"gross":3,"apiAlias":"price"}],"payload":[],"customFields":{},` +
				`"createdAt":"2024-10-24T21:30:46.123+00:00",` +
				`"tax":{"id":"018c0000000070008000000000000002","taxRate":7.25,"translated":[],"extensions":[],` +
				`"_uniqueIdentifier":"018c0000000070008000000000000002","apiAlias":"tax"},` +
				`"children":[],"media":null,` +
				`"translated":{"name":"Earl \"Grey\"\n/ü` + "\ufffd" + `","customFields":{}},"extensions":[],` +
				`"_uniqueIdentifier":"018c0000000070008000000000000001","apiAlias":"tea","versionId":"0fa91ce3e96a4bc2be4bd9ce752c3425"}`,
		},
		"a record cut by includes keeps its alias, others stay whole": {
			record:   record,
			includes: map[string][]string{"tea": {"stock", "tax"}},
			want: `{"stock":3,"tax":{"id":"018c0000000070008000000000000002","taxRate":7.25,"translated":[],"extensions":[],` +
				`"_uniqueIdentifier":"018c0000000070008000000000000002","apiAlias":"tax"},"apiAlias":"tea"}`,
		},
		"nothing included": {
			record:   record,
			includes: map[string][]string{"tea": {}},
			want:     `{"apiAlias":"tea"}`,
		},
		"an empty record": {
			record:   entity.Record{Definition: tea},
			includes: map[string][]string{"tea": {"name", "customFields", "tax", "createdAt"}},
			want:     `{"name":null,"customFields":null,"createdAt":null,"tax":null,"apiAlias":"tea"}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := entity.Plain{Includes: test.includes}.Append(nil, test.record)
			if !json.Valid(got) {
				t.Errorf("no JSON: %s", got)
			}
			if diff := cmp.Diff(test.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAppendValue(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		kind  entity.Type
		value any
		want  string
	}{
		"a fraction stays":              {entity.Float, 0.1, "0.1"},
		"a large float has no exponent": {entity.Float, 1e21, "1000000000000000000000"},
		"a version is the live one":     {entity.Version, nil, `"0fa91ce3e96a4bc2be4bd9ce752c3425"`},
		"a zero id is null":             {entity.UUID, appdock.ID{}, "null"},
		"control characters":            {entity.String, "\x01\t", `"\u0001\t"`},
		"a calculated price":            {entity.CalculatedPrice, json.RawMessage(`{"unitPrice":1,"calculatedTaxes":[{"tax":1}]}`), `{"unitPrice":1,"calculatedTaxes":[{"tax":1}],"apiAlias":"calculated_price"}`},
		"a cart price":                  {entity.CartPrice, json.RawMessage(`{"netPrice":1}`), `{"netPrice":1,"apiAlias":"cart_price"}`},
		"an empty list of fields":       {entity.Object, json.RawMessage(`[]`), `{}`},
		"any setting":                   {entity.JSON, json.RawMessage(`true`), `true`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := string(entity.AppendValue(nil, &entity.Field{Type: test.kind}, test.value))
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func FuzzAppendString(f *testing.F) {
	f.Add("plain")
	f.Add("\x00\"\\\u2028ü\xf0")
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		if err := json.Unmarshal(entity.AppendValue(nil, &entity.Field{Type: entity.String}, s), &got); err != nil {
			t.Fatal(err)
		}
		if want := string([]rune(s)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
