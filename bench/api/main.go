// Api measures the Admin API against PocketBase: the same rows and the same requests, each
// server a process of its own on a folder of its own, asked in turn by clients that cost
// next to nothing. All figures are ratios of one round, and the table has their medians.
//
// PocketBase serves flat JSON of three tables with eight columns and runs SQLite with
// synchronous=NORMAL; Appdock serves the whole product with what its associations bring,
// and answers a write after it is on the disk (FULL), with its events.
package main

import (
	"flag"
	"fmt"
	"os"
)

// plan says how much is measured.
type plan struct {
	rounds   int
	products int
	orders   int
	requests int // of a search at 16 clients
	folder   string
	rival    string // another build of this program, whose host is measured in PocketBase's place
}

func main() {
	var p plan
	role := flag.String("role", "", "what this process is: host or pocketbase; empty: it runs the others")
	only := flag.String("only", "", "one of best, references, total, get, upsert, create, order, earned; empty: all")
	flag.IntVar(&p.rounds, "rounds", 3, "rounds, of which the median counts")
	flag.IntVar(&p.products, "products", manyProducts, "products of the shop")
	flag.IntVar(&p.orders, "orders", 20_000, "orders of the shop")
	flag.IntVar(&p.requests, "requests", 1000, "requests of a round")
	flag.StringVar(&p.folder, "folder", "", "where databases are made; empty: the system's folder for what is temporary")
	flag.StringVar(&p.rival, "rival", "", "another build of this program, whose host is measured in the place of PocketBase: what a change is worth")
	flag.Parse()
	var err error
	switch *role {
	case "host":
		err = host(p)
	case "pocketbase":
		err = pocketBase(p)
	case "":
		err = compare(p, *only)
	default:
		err = fmt.Errorf("%q is no role", *role)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
