package seed

import (
	"fmt"
	"strings"
	"time"

	"github.com/appdock/appdock/internal/entity"
)

// Bulk is a shop of any size that is made up: products in categories by makers, and orders
// of three lines. What is at a place follows from the place alone, so that a shop can be
// made larger later.
type Bulk struct{ Products, Orders int }

// How many are written at once. A unit of work holds the writer meanwhile.
const (
	bulkProducts = 250
	bulkOrders   = 40 // of nine rows
	bulkMakers   = 40
	bulkTrees    = 60
	orderLines   = 3
)

// Batches is how many writes it takes: the first is of what the others rest on.
func (b Bulk) Batches() int {
	return 1 + (b.Products+bulkProducts-1)/bulkProducts + (b.Orders+bulkOrders-1)/bulkOrders
}

// Batch gives the operations of one write, counted from 0.
func (b Bulk) Batch(n int) []entity.Operation {
	if n == 0 {
		return b.base()
	}
	n--
	batches := (b.Products + bulkProducts - 1) / bulkProducts
	if n < batches {
		var products []object
		for i := n * bulkProducts; i < min(b.Products, (n+1)*bulkProducts); i++ {
			products = append(products, bulkProduct(i))
		}
		return rows("product", products...)
	}
	n -= batches
	var orders []object
	for i := n * bulkOrders; i < min(b.Orders, (n+1)*bulkOrders); i++ {
		articles := make([]article, orderLines)
		for line := range articles {
			articles[line] = bulkArticle((i*37 + line*101) % b.Products)
		}
		placed := firstOrder.Add(time.Duration(i) * 17 * time.Minute)
		orders = append(orders, orderOf(i, id(fmt.Sprintf("bulk order/%d", i)), placed, articles))
	}
	return rows("order", orders...)
}

func (b Bulk) base() []entity.Operation {
	var makers, categories, customers []object
	for i := range bulkMakers {
		makers = append(makers, object{"id": bulkMaker(i), "name": strings.Split(lastNames, " ")[i%len(strings.Split(lastNames, " "))] + fmt.Sprintf(" & Co %d", i)})
	}
	for i := range bulkTrees {
		categories = append(categories, object{
			"id": bulkCategory(i), "name": fmt.Sprintf("Shelf %d", i+1), "parentId": hex("category/root"), "active": true, "visible": true, "type": "page",
		})
	}
	for n := range customerCount {
		customers = append(customers, customerOf(n).payload())
	}
	all := append(rows("product_manufacturer", makers...), rows("category", categories...)...)
	if b.Orders > 0 {
		all = append(all, rows("customer", customers...)...)
	}
	return all
}

func bulkMaker(i int) string    { return hex(fmt.Sprintf("bulk maker/%d", i%bulkMakers)) }
func bulkCategory(i int) string { return hex(fmt.Sprintf("bulk category/%d", i%bulkTrees)) }

func bulkArticle(i int) article {
	things := strings.Split(wares, "\n")
	name, text, _ := strings.Cut(things[i%len(things)], ": ")
	rate := 19
	if i%3 == 0 {
		rate = 7
	}
	return article{
		number: fmt.Sprintf("BLK-%07d", i), name: fmt.Sprintf("%s %d", name, i), description: text + ".",
		gross: 199 + (i*7919)%29_900, rate: rate, stock: (i * 31) % 400, weight: 0.1 + float64(i%40)/10,
	}
}

func bulkProduct(i int) object {
	p := bulkArticle(i).payload()
	p["manufacturerId"], p["active"] = bulkMaker(i*13), i%10 != 9
	p["categories"] = []any{object{"id": bulkCategory(i)}, object{"id": bulkCategory(i/7 + 1)}}
	p["ean"] = fmt.Sprintf("4%012d", i)
	return p
}
