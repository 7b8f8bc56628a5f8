// Delivery measures how near the delivery engine comes to what the machine allows: the
// same receiver, the same bodies and the same number of hosts, once with a bare loop that
// signs and posts, once with the engine on its store.
//
// The receiver, the loop and the engine are processes of their own, this program started
// again with a role. All figures are ratios of one round, and the table has their medians:
// the loop alone moves by a factor of three on a machine that others use.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

// plan says how much is measured.
type plan struct {
	rounds    int
	endpoints int
	events    int           // of a fan-out to all endpoints
	single    int           // events of one endpoint
	rate      int           // deliveries per second of the open loop
	open      time.Duration // how long the open loop takes
	waiting   int           // deliveries that wait at a start
	folder    string        // of databases; on a disk
}

func main() {
	var p plan
	role := flag.String("role", "", "what this process is: recv, bare, host or fill; empty: it runs the others")
	full := flag.Bool("full", false, "at least 60 s and a million deliveries for each round of the fan-out")
	only := flag.String("only", "", "some of fanout, single, endpoints, latency, sync, slow, hang, index, waiting, a comma between; empty: all")
	flag.IntVar(&p.rounds, "rounds", 3, "rounds, of which the median counts")
	flag.IntVar(&p.endpoints, "endpoints", 50, "hosts, at 127.0.1.1 and up")
	flag.IntVar(&p.events, "events", 600, "events of a fan-out")
	flag.IntVar(&p.single, "single", 20_000, "events to one endpoint")
	flag.IntVar(&p.rate, "rate", 2000, "deliveries per second of the open loop")
	flag.DurationVar(&p.open, "open", 8*time.Second, "how long the open loop takes")
	flag.IntVar(&p.waiting, "waiting", 1_000_000, "deliveries that wait at a start")
	flag.StringVar(&p.folder, "folder", "", "where databases are made; empty: the system's folder for what is temporary")
	flag.Parse()
	if *full {
		p.events, p.single, p.open = 24_000, 200_000, 30*time.Second
	}
	var err error
	switch *role {
	case "recv":
		err = receive(p.endpoints)
	case "bare":
		err = bare()
	case "host":
		err = host(p)
	case "fill":
		err = prepare(p.folder)
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
