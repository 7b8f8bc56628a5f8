package sqlite

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// hostReaders is the number of connections for what the host itself reads: short
	// statements that find their rows by a key.
	hostReaders = 4
	hostCache   = 2 << 10 // KiB of each
	// searchCache is how much of the file, in KiB, is kept in memory for searches. It is that
	// of as many connections as can compute at once: shared among more of them, each page would
	// be kept several times.
	searchCache = 80 << 10
	// spareCache is that of each other one, which is used while searches are slow.
	spareCache = 2 << 10
	// patience is how long the connections with the large caches are waited for while none of
	// them comes back: more of them at once would only share the same processors, and read
	// what the others have in their caches.
	patience = 25 * time.Millisecond
)

// pool holds the connections for reading that nobody uses.
type pool struct {
	free   chan struct{} // has one for each of the first of them
	spare  chan struct{} // and for each other one
	origin time.Time
	came   atomic.Int64 // when one of the first came back last, in nanoseconds since origin

	mu       sync.Mutex
	sessions []*session // by their rank; nil: in use
}

// newPool makes room for connections: those that are used, and spare ones for when they are
// held for long.
func newPool(used, spare int) *pool {
	return &pool{
		free:     make(chan struct{}, used),
		spare:    make(chan struct{}, spare),
		origin:   time.Now(), //nolint:forbidigo // measures this process, whatever the host's clock says
		sessions: make([]*session, used+spare),
	}
}

// newSearchers makes room for so many connections that search.
func newSearchers(size int) *pool {
	used := min(size, runtime.GOMAXPROCS(0))
	return newPool(used, size-used)
}

func (p *pool) size() int { return len(p.sessions) }

// cacheOfSearcher shares searchCache out among those that are used.
func (p *pool) cacheOfSearcher(rank int) int {
	if used := cap(p.free); rank < used {
		return searchCache / used
	}
	return spareCache
}

// fill opens the connections, each with a cache of so many KiB by its rank.
func (p *pool) fill(ctx context.Context, path string, cache func(rank int) int) (err error) {
	defer func() {
		if err == nil {
			return
		}
		for _, s := range p.sessions {
			if s != nil {
				s.close()
			}
		}
	}()
	for rank := range p.sessions {
		reading, err := newReader(ctx, path, cache(rank))
		if err != nil {
			return err
		}
		reading.rank = rank
		p.put(reading)
	}
	return nil
}

// newReader opens a connection that only reads, with a cache of so many KiB.
func newReader(ctx context.Context, path string, cache int) (*session, error) {
	s, err := newSession(ctx, path)
	if err != nil {
		return nil, err
	}
	for _, setting := range []string{"query_only = 1", fmt.Sprintf("cache_size = -%d", cache)} {
		if _, err := s.Exec(ctx, "PRAGMA "+setting); err != nil {
			s.close()
			return nil, err
		}
	}
	return s, nil
}

// take waits for a connection, of those that are free the one with the lowest rank: the same
// few are used again and again, and have in their caches what is asked for.
func (p *pool) take(ctx context.Context, closed <-chan struct{}) (*session, error) {
	select {
	case <-closed:
		return nil, errClosed()
	default:
	}
	select {
	case <-p.free:
		return p.lowest(0), nil
	default:
	}
	var spare <-chan struct{} // nil: not yet
	for wait := patience; ; {
		select {
		case <-closed:
			return nil, errClosed()
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-p.free:
			return p.lowest(0), nil
		case <-spare:
			return p.lowest(cap(p.free)), nil
		case <-time.After(wait):
		}
		if wait = patience - (time.Since(p.origin) - time.Duration(p.came.Load())); wait <= 0 {
			spare, wait = p.spare, patience
		}
	}
}

// lowest gives the free connection with the lowest rank from one on. Who calls has received
// from one of the channels.
func (p *pool) lowest(from int) *session {
	p.mu.Lock()
	defer p.mu.Unlock()
	for rank, s := range p.sessions[from:] {
		if s != nil {
			p.sessions[from+rank] = nil
			return s
		}
	}
	panic("sqlite: no connection is free")
}

func (p *pool) put(s *session) {
	p.mu.Lock()
	p.sessions[s.rank] = s
	p.mu.Unlock()
	if s.rank >= cap(p.free) {
		p.spare <- struct{}{}
		return
	}
	p.came.Store(int64(time.Since(p.origin)))
	p.free <- struct{}{}
}

// close waits for those who are reading.
func (p *pool) close() {
	for range cap(p.free) {
		<-p.free
	}
	for range cap(p.spare) {
		<-p.spare
	}
	for _, s := range p.sessions {
		s.close()
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
	r, err := from.take(ctx, s.closed)
	if err != nil {
		return err
	}
	defer from.put(r)
	return run(r)
}
