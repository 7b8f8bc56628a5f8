package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// receiver takes webhooks on hosts 127.0.1.1 and up, all at one port. It parses no more of
// a request than it must, so that little of the machine is its own.
type receiver struct {
	mu     sync.Mutex
	faults map[int]fault
	hosts  []hostStats
}

// fault of an endpoint: it answers late, or never.
type fault struct {
	Slow time.Duration
	Hang bool
}

type hostStats struct {
	seen      []uint64    // bits, by number of event
	last      [keys]int64 // sequence of what came last
	latencies []int32     // microseconds, of first arrivals
	total     int
	disorder  int
}

// keys is how many records the events are about.
const keys = 200

// stats is what the receiver saw.
type stats struct {
	Total, Distinct, Disorder int
	// P50 and P99 of first arrivals at endpoints without a fault, since the event was made.
	P50, P99 time.Duration
}

func receive(endpoints int) error {
	r := &receiver{}
	r.reset(endpoints, nil)
	first, err := net.Listen("tcp", "127.0.1.1:0")
	if err != nil {
		return err
	}
	port := first.Addr().(*net.TCPAddr).Port
	listeners := []net.Listener{first}
	for k := 1; k < endpoints; k++ {
		l, err := net.Listen("tcp", fmt.Sprintf("%s:%d", address(k), port))
		if err != nil {
			return err
		}
		listeners = append(listeners, l)
	}
	for k, l := range listeners {
		go r.accept(k, l)
	}
	control, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /stats", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(r.stats()) })
	mux.HandleFunc("POST /reset", func(_ http.ResponseWriter, q *http.Request) {
		var faults map[int]fault
		_ = json.NewDecoder(q.Body).Decode(&faults)
		r.reset(endpoints, faults)
	})
	go func() { _ = http.Serve(control, mux) }()
	fmt.Printf("%d %s\n", port, control.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin) // ends with who started it
	return nil
}

// address of the host with a number.
func address(k int) string { return fmt.Sprintf("127.0.%d.%d", 1+k/250, 1+k%250) }

func (r *receiver) reset(endpoints int, faults map[int]fault) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults, r.hosts = faults, make([]hostStats, endpoints)
}

func (r *receiver) accept(k int, l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go r.serve(k, c)
	}
}

func (r *receiver) serve(k int, c net.Conn) {
	defer c.Close()
	in := bufio.NewReaderSize(c, 8<<10)
	body := make([]byte, 0, 4<<10)
	for {
		length := 0
		for {
			line, err := in.ReadSlice('\n')
			if err != nil {
				return
			}
			if len(line) <= 2 {
				break
			}
			if name, value, ok := bytes.Cut(line, []byte(":")); ok && bytes.EqualFold(name, []byte("content-length")) {
				length, _ = strconv.Atoi(string(bytes.TrimSpace(value)))
			}
		}
		body = slices.Grow(body[:0], length)[:length]
		if _, err := io.ReadFull(in, body); err != nil {
			return
		}
		f := r.note(k, body, time.Now())
		if f.Hang {
			_, _ = in.Peek(1) // until the caller hangs up
			return
		}
		time.Sleep(f.Slow)
		if _, err := io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n"); err != nil {
			return
		}
	}
}

// number finds a member of the payload.
func number(body []byte, name string) int64 {
	_, rest, ok := bytes.Cut(body, []byte(`"`+name+`":`))
	if !ok {
		return -1
	}
	end := 0
	for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
		end++
	}
	n, _ := strconv.ParseInt(string(rest[:end]), 10, 64)
	return n
}

func (r *receiver) note(k int, body []byte, now time.Time) fault {
	n, at := number(body, "n"), number(body, "t")
	r.mu.Lock()
	defer r.mu.Unlock()
	h := &r.hosts[k]
	h.total++
	if n < 0 {
		return r.faults[k]
	}
	for int(n/64) >= len(h.seen) {
		h.seen = append(h.seen, 0)
	}
	if h.seen[n/64]&(1<<(n%64)) == 0 {
		h.seen[n/64] |= 1 << (n % 64)
		h.latencies = append(h.latencies, int32(now.Sub(time.Unix(0, at)).Microseconds()))
		// Of the order in which events were committed: on a busy machine a publisher may wait so
		// long that the next event of its key overtakes it on the way to the host.
		if key, sequence := n%keys, number(body, "sequence"); sequence < h.last[key] {
			h.disorder++
		} else {
			h.last[key] = sequence
		}
	}
	return r.faults[k]
}

func (r *receiver) stats() stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	var s stats
	var healthy []int32
	for k := range r.hosts {
		h := &r.hosts[k]
		s.Total += h.total
		s.Distinct += len(h.latencies)
		s.Disorder += h.disorder
		if r.faults[k] == (fault{}) {
			healthy = append(healthy, h.latencies...)
		}
	}
	if len(healthy) > 0 {
		slices.Sort(healthy)
		s.P50 = time.Duration(healthy[len(healthy)/2]) * time.Microsecond
		s.P99 = time.Duration(healthy[len(healthy)*99/100]) * time.Microsecond
	}
	return s
}

// body of an event, about a KiB when it is sent.
func payload(n int64, at time.Time) []byte {
	text := fmt.Appendf(nil, `[{"n":%d,"t":%d,"pad":"`, n, at.UnixNano())
	return append(append(text, strings.Repeat("x", max(0, 700-len(text)))...), `"}]`...)
}

var errGone = errors.New("the process ended")
