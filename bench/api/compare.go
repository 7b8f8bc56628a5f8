package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// contestant is this program again, or another build of it, in a role.
type contestant struct {
	dialect
	name string
	addr string
	pass *pass
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
}

// start has a program serve in a role, from a folder named after the contestant. Its CPU goes into
// a profile if there is a name for that.
func start(p plan, program, role, name, profile string, d dialect) (*contestant, error) {
	folder := filepath.Join(p.folder, name)
	s := &contestant{dialect: d, name: name, cmd: exec.Command(program, "-role", role, "-folder", folder, "-products", strconv.Itoa(p.products))}
	s.cmd.Env = append(os.Environ(), profileVariable+"="+profile)
	s.cmd.Stderr = os.Stderr
	var err error
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.out = bufio.NewReader(out)
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := s.out.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("%s did not start: %w", name, errors.Join(err, s.end()))
	}
	words := strings.Fields(line)
	if len(words) < 2 {
		return nil, fmt.Errorf("%s said %q", name, line)
	}
	s.addr = words[0]
	if s.pass, err = newPass(s.addr, words[1:]); err != nil {
		return nil, errors.Join(err, s.end())
	}
	return s, nil
}

// index asks for a set of indexes and waits for it.
func (s *contestant) index(name string) error {
	if _, err := fmt.Fprintln(s.in, name); err != nil {
		return err
	}
	line, err := s.out.ReadString('\n')
	if err != nil {
		return err
	}
	if line = strings.TrimSpace(line); line != "ok" {
		return errors.New(line)
	}
	return nil
}

// end stops the server. PocketBase does not end with its input, and after an interrupt not
// always: its rows are thrown away, so it is killed.
func (s *contestant) end() error {
	if _, ok := s.dialect.(theirs); ok {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait() // says that it was killed
		return nil
	}
	return errors.Join(s.in.Close(), s.cmd.Wait())
}

// memory gives a line of what the system knows of the server's memory, in bytes: VmHWM is the
// most there was, RssAnon its own of now, RssFile what is mapped of files.
func (s *contestant) memory(name string) int64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	_, rest, _ := strings.Cut(string(text), name+":")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	n, _ := strconv.ParseInt(fields[0], 10, 64)
	return n << 10
}

// cpu is the time that the server has computed.
func (s *contestant) cpu() time.Duration {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// bench is both servers and what was measured.
type bench struct {
	plan
	a, b *contestant // Appdock, and PocketBase or another build of Appdock
	next int         // number of the next product that is made
	rows []figure
}

// figure is a row of the table.
type figure struct {
	what, must, aim, got string
	byCPU, ours, theirs  string // the ratio of CPU, and what both took at last; empty: nothing is compared
}

func compare(p plan, only string) (err error) {
	folder, err := os.MkdirTemp(p.folder, "appdock-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	p.folder = folder
	b := &bench{plan: p, next: manyProducts}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	began := time.Now()
	if p.rival == "" {
		b.b, err = start(p, program, "pocketbase", "PocketBase", "", theirs{})
	} else {
		b.b, err = start(p, p.rival, "host", "rival", "", ours{})
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.b.end()) }()
	fmt.Fprintf(os.Stderr, "%s is there after %v\n", b.b.name, time.Since(began).Round(time.Second))
	if b.a, err = start(p, program, "host", "Appdock", os.Getenv(profileVariable), ours{}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.a.end()) }()
	for _, s := range []*contestant{b.a, b.b} {
		if _, filled := s.dialect.(theirs); filled { // by itself, when it started
			continue
		}
		began = time.Now()
		if err := b.fill(s); err != nil {
			return fmt.Errorf("fill %s: %w", s.name, err)
		}
		fmt.Fprintf(os.Stderr, "%s has its rows after %v, with %d MB\n", s.name, time.Since(began).Round(time.Second), s.memory("VmHWM")>>20)
	}
	for _, part := range []struct {
		name, index string
		run         func() error
	}{
		{"references", "references", b.references},
		{"get", "references", b.get},
		{"best", "best", b.best},
		{"total", "best", b.total},
		{"upsert", "references", b.upsert},
		{"create", "references", b.create},
		{"order", "references", b.order},
		{"earned", "references", b.earned},
	} {
		if only != "" && only != part.name {
			continue
		}
		if err := errors.Join(b.a.index(part.index), b.b.index(part.index)); err != nil {
			return err
		}
		if err := part.run(); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		fmt.Fprintf(os.Stderr, "  memory: %d MB, %d MB mapped of files, most %d MB\n",
			b.a.memory("RssAnon")>>20, b.a.memory("RssFile")>>20, b.a.memory("VmHWM")>>20)
	}
	b.row(figure{
		what: "peak RSS of the host", must: "250 MB", aim: "128 MB", got: fmt.Sprintf("%d MB", b.a.memory("VmHWM")>>20),
		theirs: fmt.Sprintf("%d MB", b.b.memory("VmHWM")>>20),
	})
	return b.print()
}

// fill gives a host of Appdock what PocketBase has, and orders besides, over its API.
func (b *bench) fill(s *contestant) error {
	type batch struct {
		entity string
		rows   []object
	}
	all := []batch{{"tax", []object{{"id": longID(tableTax, 0), "name": "Full", "taxRate": 19}}}, {entity: "product_manufacturer"}, {entity: "category"}}
	for i := range manyMakers {
		all[1].rows = append(all[1].rows, object{"id": longID(tableMaker, i), "name": makerName(i), "link": makerLink(i)})
	}
	for i := range manyCategories {
		all[2].rows = append(all[2].rows, object{"id": longID(tableCategory, i), "name": categoryName(i)})
	}
	batches := (b.products + 999) / 1000
	orders := (b.orders + 99) / 100
	_, err := run(s.addr, 1, len(all)+batches+orders, func(n int) []byte {
		if n < len(all) {
			return s.write(syncOf(all[n].entity, all[n].rows))
		}
		if n -= len(all); n < batches {
			var rows []int
			for i := n * 1000; i < min(b.products, (n+1)*1000); i++ {
				rows = append(rows, i)
			}
			return s.write(s.upsert(rows))
		}
		var rows []object
		for range 100 {
			o := placed()
			rows = append(rows, o)
		}
		return s.write(syncOf("order", rows))
	})
	return err
}

func (b *bench) row(f figure) {
	b.rows = append(b.rows, f)
	fmt.Fprintf(os.Stderr, "%s: %s (must %s; by CPU %s)\n", f.what, f.got, cmp.Or(f.must, "none"), cmp.Or(f.byCPU, "not compared"))
}

// print explains the table below it: who reads it has not read this program.
func (b *bench) print() error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what\tmust\taim\tmeasured\tby CPU\t"+b.a.name+"\t"+b.b.name)
	for _, f := range b.rows {
		fmt.Fprintln(w, strings.Join([]string{f.what, f.must, f.aim, f.got, f.byCPU, f.ours, f.theirs}, "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Println(`
measured: how many times the rate of PocketBase, or of the rival, the median of the rounds; by CPU: how many times less CPU for one request, which
is steadier on a machine that others use, too. Behind them what both did in the last round: requests a second, CPU and bytes of one answer.
"Same members" leaves out what a product has in Appdock alone. "Best index" is made by hand for that search on both sides; "earned
index" is the one that Appdock makes by itself after a while (docs/adr/0032-earned-indexes.md), where PocketBase has what it makes.`)
	return err
}

// against asks both in turn for the same, and gives the median of the ratios of their rates.
func (b *bench) against(what, must, aim string, clients, n int, request func(s *contestant, i int) []byte) error {
	var ratios, less []float64 // of rates, and of the servers' CPU: only that repeats on a machine that others use
	var a, their took
	for round := range b.rounds {
		one := func(s *contestant) (took, error) {
			if _, err := run(s.addr, clients, n/10, func(i int) []byte { return request(s, round*2*n+n+i) }); err != nil {
				return took{}, err
			}
			before := s.cpu()
			t, err := run(s.addr, clients, n, func(i int) []byte { return request(s, round*2*n+i) })
			t.cpu = (s.cpu() - before) / time.Duration(n)
			return t, err
		}
		var err error
		if their, err = one(b.b); err != nil {
			return fmt.Errorf("%s: %w", b.b.name, err)
		}
		if a, err = one(b.a); err != nil {
			return fmt.Errorf("%s: %w", b.a.name, err)
		}
		fmt.Fprintf(os.Stderr, "  %s: %.1f/s p50 %v CPU %v, %s %.1f/s p50 %v CPU %v\n", what,
			a.rate(), a.p50().Round(time.Microsecond), a.cpu, b.b.name, their.rate(), their.p50().Round(time.Microsecond), their.cpu)
		ratios = append(ratios, a.rate()/their.rate())
		less = append(less, float64(their.cpu)/float64(a.cpu))
	}
	one := func(t took) string {
		return fmt.Sprintf("%.0f/s, %v, %d bytes", t.rate(), t.cpu.Round(time.Microsecond), t.bytes/int64(n))
	}
	b.row(figure{what, must, aim, fmt.Sprintf("%.2f", median(ratios)), fmt.Sprintf("%.2f", median(less)), one(a), one(their)})
	return nil
}

// search asks for a page, whole and with the members that both have.
func (b *bench) search(what, must, aim string, o options) error {
	ask := func(o options) func(s *contestant, i int) []byte {
		return func(s *contestant, i int) []byte { return s.write(s.list(queryAt(i), o)) }
	}
	if err := b.against(what, must, aim, 16, b.requests, ask(o)); err != nil {
		return err
	}
	o.shared = true
	return b.against(what+", same members", "", "", 16, b.requests, ask(o))
}

func (b *bench) references() error { return b.search("search, reference indexes", "2", "3", options{}) }

// earned lets the host make the index that these searches earn, as it does by itself in a
// quiet minute. PocketBase makes none. The host goes by the mean of all such searches, those that
// had the best index among them: so it takes some more where that was measured before.
func (b *bench) earned() error {
	var err error
	for range 10 {
		if _, err = run(b.a.addr, 16, b.requests, func(i int) []byte { return b.a.write(b.a.list(queryAt(i), options{})) }); err != nil {
			return err
		}
		began := time.Now()
		if err = b.a.index("earned"); err == nil {
			fmt.Fprintf(os.Stderr, "  an index was made within %v\n", time.Since(began).Round(time.Millisecond))
			break
		}
	}
	if err != nil {
		return err
	}
	return b.search("search, earned index", "", "", options{})
}

func (b *bench) best() error { return b.search("search, best index", "2.5", "4.5", options{}) }

func (b *bench) total() error {
	return b.search("search with exact total, best index", "1.3", "2", options{total: true})
}

func (b *bench) get() error {
	ask := func(o options) func(s *contestant, i int) []byte {
		return func(s *contestant, i int) []byte { return s.write(s.get(b.existing(i), o)) }
	}
	if err := b.against("get with 2 associations", "2", "3", 16, 5*b.requests, ask(options{})); err != nil {
		return err
	}
	return b.against("get with 2 associations, same members", "", "", 16, 5*b.requests, ask(options{shared: true}))
}

func (b *bench) existing(i int) int { return i * 7919 % b.products }

// create makes products that nobody has made: both get the same.
func (b *bench) create() error {
	from := b.next
	b.next += b.rounds * 2 * b.requests
	return b.against("create at 16 clients, FULL against NORMAL", "1.3", "2.3", 16, b.requests, func(s *contestant, i int) []byte { return s.write(s.create(from + i)) })
}

// upsert sends 1 000 products, half of them new.
func (b *bench) upsert() error {
	const n, size = 10, 1000
	from := b.next
	b.next += b.rounds * 2 * n * size
	return b.against("upsert of 1 000 products", "2.5", "4", 1, n, func(s *contestant, i int) []byte {
		rows := make([]int, size)
		for k := range rows {
			if rows[k] = b.existing(i*size + k); k%2 == 1 {
				rows[k] = from + i*size + k
			}
		}
		return s.write(s.upsert(rows))
	})
}

// order places orders one after the other.
func (b *bench) order() error {
	var each []time.Duration
	for range b.rounds {
		t, err := run(b.a.addr, 1, 100, func(int) []byte {
			o := placed()
			return b.a.write("POST", "/api/order", o)
		})
		if err != nil {
			return err
		}
		each = append(each, t.p50())
	}
	b.row(figure{what: "order with 3 lines placed, p50 of one client", must: "5 ms", aim: "3 ms", got: median(each).Round(10 * time.Microsecond).String()})
	return nil
}
