package main

import (
	"fmt"
	"math/rand/v2"
)

// Sizes of the shop that every contestant is measured with. Its rows, their ids and the
// queries follow from row numbers: they are the same for all, without a file.
const (
	manyProducts   = 100_000
	manyMakers     = 200
	manyCategories = 500
)

// stamp is the time that all rows carry.
const stamp = "2026-11-20 12:00:00.000Z"

// shortID is the 15-character id of row i of a table.
func shortID(table byte, i int) string {
	const digits = "abcdefghijklmnopqrstuvwxyz0123456789"
	x := mix(uint64(table)<<56 | uint64(i))
	y := mix(x)
	b := make([]byte, 15)
	for k := range b {
		if k == 8 {
			x = y
		}
		b[k] = digits[x%36]
		x /= 36
	}
	return string(b)
}

// longID is the 32-digit id of row i of a table.
func longID(table byte, i int) string {
	x := mix(uint64(table)<<56 | uint64(i))
	return fmt.Sprintf("%016x%016x", x, mix(x))
}

func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Tables, as shortID and longID want them.
const (
	tableMaker    = 'm'
	tableCategory = 'c'
	tableProduct  = 'p'
	tableTax      = 't'
)

// product is one row; Manufacturer and Category are row numbers.
type product struct {
	Number, Name           string
	Price                  float64
	Stock                  int
	Active                 bool
	Manufacturer, Category int
}

var (
	adjectives = []string{"Aerodynamic", "Durable", "Ergonomic", "Fantastic", "Gorgeous", "Heavy Duty", "Incredible", "Lightweight", "Mediocre", "Practical", "Rustic", "Sleek", "Small", "Synergistic"}
	things     = []string{"Aluminum", "Bronze", "Concrete", "Copper", "Cotton", "Granite", "Iron", "Leather", "Linen", "Marble", "Paper", "Plastic", "Rubber", "Silk", "Steel", "Wool"}
	goods      = []string{"Bag", "Bench", "Bottle", "Chair", "Clock", "Coat", "Computer", "Gloves", "Hat", "Keyboard", "Knife", "Lamp", "Pants", "Plate", "Shirt", "Shoes", "Table", "Wallet", "Watch"}
)

// productAt is product i.
func productAt(i int) product {
	r := rand.New(rand.NewPCG(uint64(i), 7))
	return product{
		Number:       fmt.Sprintf("SW-%07d", i),
		Name:         fmt.Sprintf("%s %s %s %05d", pick(r, adjectives), pick(r, things), pick(r, goods), r.IntN(100_000)),
		Price:        float64(r.IntN(100_000)) / 100,
		Stock:        r.IntN(1000),
		Active:       r.IntN(10) != 0,
		Manufacturer: r.IntN(manyMakers),
		Category:     r.IntN(manyCategories),
	}
}

// query is one listing: three makers and a price range.
type query struct {
	Makers   [3]int
	Min, Max float64
}

// queryAt is query i; about 540 products match it.
func queryAt(i int) query {
	r := rand.New(rand.NewPCG(uint64(i), 13))
	var q query
	for k := range q.Makers {
		q.Makers[k] = r.IntN(manyMakers)
	}
	q.Min = float64(r.IntN(600))
	q.Max = q.Min + 400
	return q
}

func pick(r *rand.Rand, of []string) string { return of[r.IntN(len(of))] }

func makerName(i int) string    { return fmt.Sprintf("Maker %03d", i) }
func makerLink(i int) string    { return fmt.Sprintf("https://maker.example/%d", i) }
func categoryName(i int) string { return fmt.Sprintf("Category %03d", i) }
