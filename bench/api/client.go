package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// took is what a run of requests came to.
type took struct {
	each  []time.Duration
	wall  time.Duration
	bytes int64
	cpu   time.Duration // of the server, for a request
}

func (t took) rate() float64 { return float64(len(t.each)) / t.wall.Seconds() }

func (t took) p50() time.Duration { return median(t.each) }

// run sends n requests over so many kept-alive connections in a closed loop. Any answer
// that is no success ends it: a refused request would be a fast one.
func run(addr string, clients, n int, request func(i int) []byte) (took, error) {
	var (
		next  atomic.Int64
		all   took
		first error
		mu    sync.Mutex
		done  sync.WaitGroup
	)
	began := time.Now()
	for range clients {
		done.Go(func() {
			mine, err := loop(addr, n, &next, request)
			mu.Lock()
			defer mu.Unlock()
			all.each = append(all.each, mine.each...)
			all.bytes += mine.bytes
			if first == nil {
				first = err
			}
		})
	}
	done.Wait()
	all.wall = time.Since(began)
	return all, first
}

func loop(addr string, n int, next *atomic.Int64, request func(int) []byte) (mine took, err error) {
	c, err := dial(addr)
	if err != nil {
		return mine, err
	}
	defer c.conn.Close()
	for {
		i := int(next.Add(1)) - 1
		if i >= n {
			return mine, nil
		}
		text := request(i)
		at := time.Now()
		status, body, err := c.do(text)
		if err != nil {
			return mine, err
		}
		mine.each = append(mine.each, time.Since(at))
		mine.bytes += int64(len(body))
		if status/100 != 2 {
			next.Store(int64(n))
			return mine, fmt.Errorf("status %d: %.400s", status, body)
		}
	}
}

// client is one connection with just enough HTTP/1.1 to be cheap beside a server on the
// same machine.
type client struct {
	conn net.Conn
	in   *bufio.Reader
	body []byte
}

func dial(addr string) (*client, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}, nil
}

// do sends a request and reads the answer; its body is good until the next.
func (c *client) do(request []byte) (status int, body []byte, err error) {
	if _, err := c.conn.Write(request); err != nil {
		return 0, nil, err
	}
	line, err := c.line()
	if err != nil {
		return 0, nil, err
	}
	if _, err := fmt.Sscanf(line, "HTTP/1.1 %d", &status); err != nil {
		return 0, nil, fmt.Errorf("%q is no answer", line)
	}
	length, chunked := 0, false
	for {
		if line, err = c.line(); err != nil {
			return 0, nil, err
		}
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		switch strings.ToLower(name) {
		case "content-length":
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return 0, nil, err
			}
		case "transfer-encoding":
			chunked = true
		}
	}
	c.body = c.body[:0]
	if !chunked {
		err := c.take(length)
		return status, c.body, err
	}
	for {
		if line, err = c.line(); err != nil {
			return 0, nil, err
		}
		n, err := strconv.ParseInt(line, 16, 64)
		if err != nil {
			return 0, nil, err
		}
		if err := c.take(int(n)); err != nil {
			return 0, nil, err
		}
		if _, err := c.line(); err != nil {
			return 0, nil, err
		}
		if n == 0 {
			return status, c.body, nil
		}
	}
}

func (c *client) take(n int) error {
	from := len(c.body)
	c.body = slices.Grow(c.body, n)[:from+n]
	_, err := io.ReadFull(c.in, c.body[from:])
	return err
}

func (c *client) line() (string, error) {
	line, err := c.in.ReadSlice('\n')
	return strings.TrimRight(string(line), "\r\n"), err
}

func median[T ~int64 | ~float64](list []T) T {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}
