package shop_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
)

var update = flag.Bool("update", false, "rewrite golden files")

func schema(tb testing.TB) *entity.Schema {
	tb.Helper()
	s, err := entity.NewSchema(shop.Definitions()...)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestDefinitionsFitTogether(t *testing.T) {
	t.Parallel()
	s := schema(t)
	for _, d := range shop.Definitions() {
		if _, ok := s.Definition(d.Name); !ok {
			t.Fatalf("%s is not in the schema", d.Name)
		}
		for _, f := range d.Fields {
			if f.Target == "" || !f.Required {
				continue
			}
			if _, ok := s.Definition(f.Target); !ok {
				t.Errorf("%s.%s must lead to a %s, and there is no such entity", d.Name, f.Name, f.Target)
			}
		}
		for _, a := range d.Associations {
			if a.Kind == entity.ToOne && a.Via != "" {
				holder, _ := s.Definition(d.Name)
				if f, _ := holder.Field(a.Via); f.Target != a.Target {
					t.Errorf("%s.%s leads to %s over a key that leads to %s", d.Name, a.Name, a.Target, f.Target)
				}
			}
		}
	}
}

// TestDefinitionsGolden keeps a listing that can be read beside the tables of entities.md.
func TestDefinitionsGolden(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, d := range shop.Definitions() {
		writeDefinition(&b, d)
	}
	const golden = "testdata/definitions.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("definitions changed; migrations may have to (-golden +now):\n%s", diff)
	}
}

func writeDefinition(b *strings.Builder, d entity.Definition) {
	fmt.Fprintf(b, "%s%s%s%s\n", d.Name, flagged(d.Versioned, "versioned"), flagged(d.Owner != "", "owner="+d.Owner), flagged(d.Derived, "derived"))
	for _, f := range d.Fields {
		fmt.Fprintf(b, "  %s %s", f.Name, typeNames[f.Type])
		if f.Target != "" {
			fmt.Fprintf(b, "→%s", f.Target)
		}
		fmt.Fprint(b, flagged(f.Required, "required"), flagged(f.Max > 0, fmt.Sprintf("max=%d", f.Max)),
			flagged(f.Bounded, fmt.Sprintf("min=%d", f.Min)), flagged(f.Translated, "tr"), flagged(f.Inherited, "inh"), flagged(f.System, "ro"),
			flagged(f.Runtime, "runtime"), flagged(f.Hidden, "hidden"), flagged(f.Fold, "fold"))
		if raw, ok := f.Default.(json.RawMessage); ok {
			fmt.Fprintf(b, " default=%s", raw)
		} else if f.Default != nil {
			fmt.Fprintf(b, " default=%v", f.Default)
		}
		b.WriteByte('\n')
	}
	for _, a := range d.Associations {
		fmt.Fprintf(b, "  * %s %s %s%s%s%s\n", a.Name, [...]string{"N:1", "1:1", "1:N", "N:M"}[a.Kind], a.Target,
			flagged(a.Via != "", "via "+a.Via), flagged(a.Always, "auto"), [...]string{"", " cascade", " setNull", " restrict"}[a.OnDelete])
	}
	for _, u := range d.Unique {
		fmt.Fprintf(b, "  unique %s%s\n", strings.Join(u.Fields, ", "), flagged(u.Code != "", u.Code))
	}
	b.WriteByte('\n')
}

func flagged(on bool, text string) string {
	if !on {
		return ""
	}
	return " " + text
}

var typeNames = map[entity.Type]string{
	entity.UUID: "uuid", entity.String: "string", entity.Text: "text", entity.Email: "email", entity.Password: "password",
	entity.Int: "int", entity.Float: "float", entity.Bool: "bool", entity.DateTime: "datetime", entity.Date: "date",
	entity.JSON: "json", entity.Object: "object", entity.Prices: "price[]", entity.CalculatedPrice: "calcPrice",
	entity.CartPrice: "cartPrice", entity.PriceDefinition: "priceDefinition", entity.Rounding: "rounding",
	entity.TaxFree: "taxFree", entity.Strings: "string[]", entity.IDs: "uuid[]", entity.Objects: "json[]",
	entity.Version: "version", entity.Blob: "blob",
}
