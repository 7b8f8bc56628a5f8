package appclient

import (
	"container/list"
	"sync"
	"time"
)

// pool keeps connections that may be used again.
type pool struct {
	mu    sync.Mutex
	idle  map[target][]*conn // the one that was used last is the last, and used first
	all   *list.List         // of *conn, the one that waits longest first
	round int                // counts the ticks of timer
	timer *time.Timer        // nil: nothing is kept
	ended bool
}

// place of a connection in the pool.
type place struct {
	element *list.Element
	round   int // in which it was put there
}

// Limits of what is kept. An app has its in-flight cap of connections for each of its
// servers; those of many shops share theirs.
const (
	idlePerTarget = 64
	idleInAll     = 512
	// One that was idle for two rounds is closed.
	idleRound = 45 * time.Second
)

func newPool() *pool {
	return &pool{idle: make(map[target][]*conn), all: list.New()}
}

// take gives a connection that its app has not closed meanwhile; nil if there is none.
func (p *pool) take(to target) *conn {
	for {
		p.mu.Lock()
		kept := p.idle[to]
		if len(kept) == 0 {
			p.mu.Unlock()
			return nil
		}
		c := kept[len(kept)-1]
		p.remove(c, len(kept)-1)
		p.mu.Unlock()
		if quiet(c.socket) {
			return c
		}
		_ = c.Close()
	}
}

// put keeps a connection. Of too many the one that waits longest is closed.
func (p *pool) put(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		_ = c.Close()
		return
	}
	c.place = place{element: p.all.PushBack(c), round: p.round}
	p.idle[c.to] = append(p.idle[c.to], c)
	if kept := p.idle[c.to]; len(kept) > idlePerTarget {
		p.drop(kept[0])
	} else if p.all.Len() > idleInAll {
		p.drop(p.oldest())
	}
	if p.timer == nil {
		p.timer = time.AfterFunc(idleRound, p.tick)
	}
}

// tick closes what was idle for too long.
func (p *pool) tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.round++
	for p.all.Len() > 0 && p.oldest().round < p.round-1 {
		p.drop(p.oldest())
	}
	if p.all.Len() == 0 {
		p.timer = nil
		return
	}
	p.timer.Reset(idleRound)
}

// close lets go of everything, and of all that is still to come.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	for p.all.Len() > 0 {
		p.drop(p.oldest())
	}
	if p.timer != nil {
		p.timer.Stop()
	}
}

func (p *pool) oldest() *conn { return p.all.Front().Value.(*conn) }

// drop closes the connection to its target that waits longest.
func (p *pool) drop(c *conn) {
	p.remove(c, 0)
	_ = c.Close()
}

// remove forgets a connection, which is at a place of its target's. mu is held.
func (p *pool) remove(c *conn, at int) {
	p.all.Remove(c.element)
	kept := p.idle[c.to]
	if len(kept) == 1 {
		delete(p.idle, c.to)
		return
	}
	if at == 0 {
		kept[0] = nil
		p.idle[c.to] = kept[1:]
		return
	}
	kept[at] = nil
	p.idle[c.to] = kept[:at]
}
