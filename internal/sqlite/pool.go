package sqlite

import (
	"context"
	"fmt"
	"runtime"
	"sync"
)

const (
	// hostReaders is the number of connections for what the host itself reads: short
	// statements that find their rows by a key.
	hostReaders = 4
	hostCache   = 2 << 10 // KiB of each
	// searchCache is how much of the file, in KiB, is kept in memory for searches; it takes
	// twice the memory, because a page with its header is a little more than the 4 KiB that
	// the driver's allocator has a size for. It is that of as many connections as can compute
	// at once: shared among more of them, each page would be kept several times.
	searchCache = 40 << 10
	// spareCache is that of each other one, which is used while searches are slow.
	spareCache = 2 << 10
)

// pool holds the connections for reading that nobody uses.
type pool struct {
	free chan struct{} // has one for each of them

	mu       sync.Mutex
	sessions []*session // by their rank; nil: in use
}

func newPool(size int) *pool {
	return &pool{free: make(chan struct{}, size), sessions: make([]*session, size)}
}

func (p *pool) size() int { return cap(p.free) }

// fill opens the connections, each with a cache of so many KiB by its rank.
func (p *pool) fill(ctx context.Context, path string, cache func(rank int) int) error {
	for rank := range p.sessions {
		reading, err := newSession(ctx, path)
		if err != nil {
			return err
		}
		reading.rank = rank
		p.put(reading)
		for _, setting := range []string{"query_only = 1", fmt.Sprintf("cache_size = -%d", cache(rank))} {
			if _, err := reading.Exec(ctx, "PRAGMA "+setting); err != nil {
				return err
			}
		}
	}
	return nil
}

// take gives the free connection with the lowest rank: the same few are used again and again,
// and have in their caches what is asked for.
func (p *pool) take() *session {
	p.mu.Lock()
	defer p.mu.Unlock()
	for rank, s := range p.sessions {
		if s != nil {
			p.sessions[rank] = nil
			return s
		}
	}
	panic("sqlite: no connection is free") // who calls has received from p.free
}

func (p *pool) put(s *session) {
	p.mu.Lock()
	p.sessions[s.rank] = s
	p.mu.Unlock()
	p.free <- struct{}{}
}

// close waits for those who are reading.
func (p *pool) close() {
	for range p.size() {
		<-p.free
		p.take().close()
	}
}

// cacheOfSearcher shares searchCache out among as many connections as can compute at once.
func cacheOfSearcher(searchers int) func(rank int) int {
	busy := min(searchers, runtime.GOMAXPROCS(0))
	return func(rank int) int {
		if rank < busy {
			return searchCache / busy
		}
		return spareCache
	}
}

// read runs a function on a connection of a pool, in one transaction: all that it reads is
// of the same moment, and has reached the disk when it returns.
func (s *Store) read(ctx context.Context, from *pool, run func(*session) error) error {
	err := s.glance(ctx, from, func(r *session) (err error) {
		// The end must not be skipped by one who gives up in between.
		always := context.WithoutCancel(ctx)
		if _, err := r.Exec(always, "BEGIN"); err != nil {
			return err
		}
		defer func() {
			if _, e := r.Exec(always, "COMMIT"); err == nil {
				err = e
			}
		}()
		return run(r)
	})
	// An error tells what was found or was not, too.
	if e := s.writer.syncer.wait(ctx, s.writer.syncer.begun.Load()); err == nil {
		err = e
	}
	return err
}

// glance runs a function on a connection of a pool, where each statement is of a moment of its
// own. Waiting for a connection ends with ctx.
func (s *Store) glance(ctx context.Context, from *pool, run func(*session) error) error {
	select {
	case <-s.closed:
		return errClosed()
	case <-ctx.Done():
		return ctx.Err()
	case <-from.free:
	}
	r := from.take()
	defer from.put(r)
	return run(r)
}
