package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"
)

// process is this program again, in a role.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func start(p plan, role string) (*process, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := exec.Command(program, "-role", role, "-endpoints", fmt.Sprint(p.endpoints), "-folder", p.folder)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &process{c, in, bufio.NewReader(out)}, c.Start()
}

func (p *process) tell(v any) error { return json.NewEncoder(p.in).Encode(v) }

func (p *process) line() (string, error) {
	line, err := p.out.ReadString('\n')
	if err == io.EOF {
		err = errGone
	}
	return strings.TrimSpace(line), err
}

func (p *process) report() (r report, err error) {
	line, err := p.line()
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal([]byte(line), &r)
}

func (p *process) end() error {
	_ = p.in.Close()
	return p.cmd.Wait()
}

// bench is the receiver and what is measured against it.
type bench struct {
	plan
	port    int
	control string
	rows    []row
}

// row of the table.
type row struct{ what, must, aim, got, detail string }

func compare(p plan, only string) error {
	b := &bench{plan: p}
	all := p
	all.endpoints = max(p.endpoints, manyEndpoints)
	recv, err := start(all, "recv")
	if err != nil {
		return err
	}
	defer recv.end()
	line, err := recv.line()
	if err != nil {
		return err
	}
	if _, err := fmt.Sscan(line, &b.port, &b.control); err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		run  func() error
	}{
		{"fanout", b.fanOut},
		{"single", b.single1},
		{"endpoints", b.manyEndpoints},
		{"latency", b.latency},
		{"sync", b.sync},
		{"slow", b.slow},
		{"hang", b.hang},
		{"index", b.index},
		{"waiting", b.wait},
	} {
		if only != "" && !slices.Contains(strings.Split(only, ","), part.name) {
			continue
		}
		if err := part.run(); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	b.print()
	return nil
}

func (b *bench) print() {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what\tmust\taim\tmeasured\t")
	for _, r := range b.rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.what, r.must, r.aim, r.got, r.detail)
	}
	_ = w.Flush()
}

func (b *bench) row(what, must, aim, got, detail string, args ...any) {
	b.rows = append(b.rows, row{what, must, aim, got, fmt.Sprintf(detail, args...)})
	fmt.Fprintf(os.Stderr, "%s: %s (%s)\n", what, got, fmt.Sprintf(detail, args...))
}

func (b *bench) reset(faults map[int]fault) error {
	text, _ := json.Marshal(faults)
	r, err := http.Post("http://"+b.control+"/reset", "application/json", bytes.NewReader(text))
	if err != nil {
		return err
	}
	return r.Body.Close()
}

func (b *bench) seen() (s stats, err error) {
	r, err := http.Get("http://" + b.control + "/stats")
	if err != nil {
		return s, err
	}
	defer r.Body.Close()
	return s, json.NewDecoder(r.Body).Decode(&s)
}

// bare runs the loop.
func (b *bench) bare(o order) (report, stats, error) {
	o.Port = b.port
	if err := b.reset(nil); err != nil {
		return report{}, stats{}, err
	}
	p, err := start(b.plan, "bare")
	if err != nil {
		return report{}, stats{}, err
	}
	if err := p.tell(o); err != nil {
		return report{}, stats{}, err
	}
	r, err := p.report()
	if err != nil {
		return r, stats{}, err
	}
	s, err := b.seen()
	_ = p.end()
	return r, s, err
}

// host runs the engine: publish is called with where to publish, and the outcomes of so
// many deliveries are waited for.
func (b *bench) host(s scene, faults map[int]fault, want int, publish func(url string) error) (report, stats, error) {
	s.Port = b.port
	if err := b.reset(faults); err != nil {
		return report{}, stats{}, err
	}
	p, err := start(b.plan, "host")
	if err != nil {
		return report{}, stats{}, err
	}
	if err := p.tell(s); err != nil {
		return report{}, stats{}, err
	}
	at, err := p.line()
	if err != nil {
		return report{}, stats{}, err
	}
	if err := publish("http://" + at); err != nil {
		return report{}, stats{}, err
	}
	if err := p.tell(want); err != nil {
		return report{}, stats{}, err
	}
	r, err := p.report()
	if err != nil {
		return r, stats{}, err
	}
	seen, err := b.seen()
	_ = p.end()
	return r, seen, err
}

// closed publishes so many events, a few at a time.
func closed(events int) func(string) error {
	return func(url string) error {
		var next atomic.Int64
		var failed atomic.Value
		var all sync.WaitGroup
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
		for range 32 {
			all.Go(func() {
				for {
					n := next.Add(1) - 1
					if n >= int64(events) {
						return
					}
					if err := send(client, url, n, time.Now()); err != nil {
						failed.Store(err)
						return
					}
				}
			})
		}
		all.Wait()
		err, _ := failed.Load().(error)
		return err
	}
}

// open publishes at a rate, whatever the answers.
func openLoop(rate float64, long time.Duration) func(string) error {
	return func(url string) error {
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
		var failed atomic.Value
		var all sync.WaitGroup
		began := time.Now()
		for n := int64(0); ; n++ {
			at := began.Add(time.Duration(float64(n) / rate * float64(time.Second)))
			if at.Sub(began) > long {
				break
			}
			time.Sleep(time.Until(at))
			all.Go(func() {
				if err := send(client, url, n, at); err != nil {
					failed.Store(err)
				}
			})
		}
		all.Wait()
		err, _ := failed.Load().(error)
		return err
	}
}

func send(client *http.Client, url string, n int64, at time.Time) error {
	r, err := client.Post(url, "application/json", bytes.NewReader(payload(n, at)))
	if err != nil {
		return err
	}
	defer r.Body.Close()
	_, _ = io.Copy(io.Discard, r.Body)
	if r.StatusCode != http.StatusAccepted {
		return fmt.Errorf("publish: %s", r.Status)
	}
	return nil
}

func median[T int64 | float64 | time.Duration](list []T) T {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}

func (r report) rate() float64 { return float64(r.Done) / r.Took.Seconds() }

func (r report) each() time.Duration { return r.CPU / time.Duration(max(1, r.Done)) }

// against measures the loop and the engine in turn, and gives the medians of the ratios.
func (b *bench) against(o order, s scene, events int) (ratio float64, loop, ours report, err error) {
	var ratios, loops, rates []float64
	for range b.rounds {
		if loop, _, err = b.bare(o); err != nil {
			return 0, loop, ours, err
		}
		var seen stats
		if ours, seen, err = b.host(s, nil, o.Requests, closed(events)); err != nil {
			return 0, loop, ours, err
		}
		if seen.Distinct != o.Requests || seen.Disorder > 0 {
			return 0, loop, ours, fmt.Errorf("%d of %d arrived, %d out of order", seen.Distinct, o.Requests, seen.Disorder)
		}
		fmt.Fprintf(os.Stderr, "  loop %.0f/s %v each, engine %.0f/s %v each, ratio %.2f\n", loop.rate(), loop.each(), ours.rate(), ours.each(), ours.rate()/loop.rate())
		ratios, loops, rates = append(ratios, ours.rate()/loop.rate()), append(loops, loop.rate()), append(rates, ours.rate())
	}
	return median(ratios), loop, ours, nil
}

func (b *bench) fanOut() error {
	n := b.events * b.endpoints
	ratio, loop, ours, err := b.against(order{Requests: n, Endpoints: b.endpoints}, scene{Endpoints: b.endpoints}, b.events)
	if err != nil {
		return err
	}
	b.row(fmt.Sprintf("fan-out %d ÷ bare loop", b.endpoints), "0.45", "0.7", fmt.Sprintf("%.2f", ratio),
		"%d deliveries; loop %.0f/s, engine %.0f/s", n, loop.rate(), ours.rate())
	b.cost(loop, ours, fmt.Sprintf("delivery and attempt, and a %dth of their event", b.endpoints))
	b.row("most RssAnon meanwhile", "", "", mega(ours.RssAnon), "")
	return nil
}

// cost of a delivery in the last round; of says what the bytes are for.
func (b *bench) cost(loop, ours report, of string) {
	b.row("CPU for a delivery", "", "", ours.each().String(), "bare loop %v", loop.each())
	b.row("commits for 1000 deliveries", "", "", fmt.Sprintf("%.1f", 1000*float64(ours.Commits)/float64(ours.Done)), "each is one fsync of the log")
	b.row("bytes on the disk for a delivery", "", "", fmt.Sprint(ours.Bytes/int64(ours.Done)), "%s", of)
}

func mega(n int64) string { return fmt.Sprintf("%.0f MB", float64(n)/1e6) }

func (b *bench) single1() error {
	ratio, loop, ours, err := b.against(order{Requests: b.single, Endpoints: 1}, scene{Endpoints: 1}, b.single)
	if err != nil {
		return err
	}
	b.row("one event to one endpoint ÷ bare loop", "0.25", "0.4", fmt.Sprintf("%.2f", ratio), "loop %.0f/s, engine %.0f/s",
		loop.rate(), ours.rate())
	b.cost(loop, ours, "event, delivery and attempt")
	return nil
}

// manyEndpoints is how many hosts there are at most.
const manyEndpoints = 1000

// manyEndpoints is the fan-out with more hosts than connections are kept for.
func (b *bench) manyEndpoints() error {
	n := b.events * b.endpoints / manyEndpoints
	ratio, loop, ours, err := b.against(order{Requests: n * manyEndpoints, Endpoints: manyEndpoints}, scene{Endpoints: manyEndpoints}, n)
	if err != nil {
		return err
	}
	b.row(fmt.Sprintf("fan-out %d ÷ bare loop", manyEndpoints), "", "", fmt.Sprintf("%.2f", ratio),
		"%d deliveries; loop %.0f/s %v each, engine %.0f/s %v each", n*manyEndpoints, loop.rate(), loop.each(), ours.rate(), ours.each())
	return nil
}

// sync publishes while products are written beside it.
func (b *bench) sync() error {
	var p99, without []time.Duration
	for range b.rounds {
		alone, err := b.openRun(scene{Endpoints: b.endpoints}, nil)
		if err != nil {
			return err
		}
		beside, err := b.openRun(scene{Endpoints: b.endpoints, Sync: syncProducts}, nil)
		if err != nil {
			return err
		}
		p99, without = append(p99, beside.P99), append(without, alone.P99)
	}
	b.row(fmt.Sprintf("p99 at %d/s, %d products written every 10 s beside it", b.rate, syncProducts), "300 ms", "",
		median(p99).Round(100*time.Microsecond).String(), "without %v", median(without).Round(100*time.Microsecond))
	return nil
}

const syncProducts = 10_000

// openRun publishes at the rate of the plan, and waits for all of it.
func (b *bench) openRun(s scene, faults map[int]fault) (stats, error) {
	endpoints := s.Endpoints
	rate := float64(b.rate) / float64(endpoints)
	events := int(rate*b.open.Seconds()) + 1
	hanging := 0
	for _, f := range faults {
		if f.Hang {
			hanging++
		}
	}
	_, seen, err := b.host(s, faults, events*(endpoints-hanging), openLoop(rate, b.open))
	if err == nil && hanging == 0 && seen.Distinct != events*endpoints {
		err = fmt.Errorf("%d of %d arrived", seen.Distinct, events*endpoints)
	}
	return seen, err
}

func (b *bench) latency() error {
	var over []time.Duration
	var last, loop stats
	for range b.rounds {
		var err error
		if _, loop, err = b.bare(order{Endpoints: b.endpoints, Rate: b.rate, Open: b.open}); err != nil {
			return err
		}
		if last, err = b.openRun(scene{Endpoints: b.endpoints}, nil); err != nil {
			return err
		}
		over = append(over, last.P99-loop.P99)
	}
	b.row(fmt.Sprintf("p99 at %d/s minus bare loop's", b.rate), "15 ms", "8 ms", median(over).Round(100*time.Microsecond).String(), "engine p50 %v p99 %v, loop p99 %v", last.P50, last.P99, loop.P99)
	return nil
}

func (b *bench) withFaults(what, must, aim string, n int, f fault) error {
	faults := map[int]fault{}
	for k := range n {
		faults[7+k] = f
	}
	var ratios []float64
	var with, without stats
	for range b.rounds {
		var err error
		if without, err = b.openRun(scene{Endpoints: b.endpoints}, nil); err != nil {
			return err
		}
		if with, err = b.openRun(scene{Endpoints: b.endpoints}, faults); err != nil {
			return err
		}
		ratios = append(ratios, float64(with.P99)/float64(without.P99))
	}
	b.row(what, must, aim, fmt.Sprintf("%.2f", median(ratios)), "p99 %v with, %v without", with.P99, without.P99)
	return nil
}

func (b *bench) slow() error {
	for n, bars := range map[int][2]string{1: {"1.5", "1.2"}, 5: {}, 10: {}} {
		what := fmt.Sprintf("healthy p99, %d of %d answer in 2 s ÷ without", n, b.endpoints)
		if err := b.withFaults(what, bars[0], bars[1], n, fault{Slow: 2 * time.Second}); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) hang() error {
	for _, n := range []int{5, 10} {
		if err := b.withFaults(fmt.Sprintf("healthy p99, %d of %d hang ÷ without", n, b.endpoints), "", "", n, fault{Hang: true}); err != nil {
			return err
		}
	}
	return nil
}

// index compares a host with many subscriptions, most to other events, with one of few.
func (b *bench) index() error {
	var ratios []float64
	for range b.rounds {
		few, _, err := b.host(scene{Endpoints: b.endpoints}, nil, b.events*b.endpoints, closed(b.events))
		if err != nil {
			return err
		}
		many, _, err := b.host(scene{Endpoints: b.endpoints, Subscriptions: 1_000_000}, nil, b.events*b.endpoints, closed(b.events))
		if err != nil {
			return err
		}
		ratios = append(ratios, many.rate()/few.rate())
	}
	b.row("fan-out with 1 M subscriptions ÷ with few", "0.9", "0.97", fmt.Sprintf("%.2f", median(ratios)), "")
	return nil
}

// wait starts a host that has a million deliveries to make, at a thousand endpoints.
func (b *bench) wait() error {
	p, err := start(b.plan, "host")
	if err != nil {
		return err
	}
	if err := p.tell(scene{Port: 9, Endpoints: 1000, Waiting: b.waiting}); err != nil {
		return err
	}
	r, err := p.report()
	if err != nil {
		return err
	}
	_ = p.end()
	b.row(fmt.Sprintf("peak RssAnon, %d deliveries wait at 1000 endpoints", b.waiting), "256 MB", "128 MB", mega(r.RssAnon), "first attempt after %v (bar 2 s)", r.Took.Round(time.Millisecond))
	return nil
}
