package admin

import (
	"encoding/json"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/web"
)

// products are what the shop sells. Variants are found by their numbers, and listed under none.
var products = area{
	name: "product", path: "products",
	columns: []string{"record.name", "record.number", "record.price", "record.stock", "record.active"},
	sort:    []entity.Sort{{Field: "name"}, {Field: "id"}},
	filters: []entity.Filter{{Kind: entity.Equals, Field: "parentId", Values: []any{nil}}},
	loaded:  []string{"manufacturer", "categories"},
	line: func(v *visit, r entity.Record) line {
		return line{Cells: []string{r.Display("name"), r.Text("productNumber"), v.price(r), whole(r, "stock"), v.yes(r, "active")}}
	},
	sheet: func(v *visit, r entity.Record) sheet {
		maker, _ := r.One("manufacturer")
		var in []string
		for _, c := range r.Loaded["categories"].Records {
			in = append(in, c.Display("name"))
		}
		shop := ""
		if on, _ := r.Get("active").(bool); on {
			shop = "/storefront/products/" + r.ID().String()
		}
		return sheet{
			Title: r.Display("name"), Text: web.Plain(r.Display("description")), Shop: shop,
			Facts: facts(
				fact{v.texts.get("record.number"), r.Text("productNumber")},
				fact{v.texts.get("record.price"), v.price(r)},
				fact{v.texts.get("record.stock"), whole(r, "stock")},
				fact{v.texts.get("record.active"), v.yes(r, "active")},
				fact{v.texts.get("record.maker"), maker.Display("name")},
				fact{v.texts.get("record.categories"), strings.Join(in, ", ")},
				fact{"EAN", r.Text("ean")},
			),
		}
	},
}

// price is what a product costs in the shop's own currency.
func (v *visit) price(r entity.Record) string {
	var prices []struct {
		CurrencyID appdock.ID `json:"currencyId"`
		Gross      float64    `json:"gross"`
	}
	if json.Unmarshal(r.Document("price"), &prices) != nil {
		return "" // there is none
	}
	for _, p := range prices {
		if p.CurrencyID == appdock.DefaultCurrency {
			return v.amount(p.Gross, v.shop.Currency)
		}
	}
	return ""
}
