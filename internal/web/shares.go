package web

import (
	"context"
	"sync"

	"github.com/appdock/appdock"
)

// Shares lets each client do a few things at a time: more of the same client wait for each
// other, and for nobody else.
type Shares struct {
	// AtOnce is how many things one client may do at a time.
	AtOnce int

	mu      sync.Mutex
	clients map[appdock.ID]*share
}

// share is one client that does something or waits to.
type share struct {
	turns chan struct{}
	users int // who are at it or wait
}

// Enter waits for a turn of the client, or for the end of ctx. Who got one leaves.
func (s *Shares) Enter(ctx context.Context, client appdock.ID) (leave func(), err error) {
	s.mu.Lock()
	if s.clients == nil {
		s.clients = map[appdock.ID]*share{}
	}
	mine := s.clients[client]
	if mine == nil {
		mine = &share{turns: make(chan struct{}, s.AtOnce)}
		s.clients[client] = mine
	}
	mine.users++
	s.mu.Unlock()
	forget := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if mine.users--; mine.users == 0 {
			delete(s.clients, client)
		}
	}
	select {
	case mine.turns <- struct{}{}:
		return func() { <-mine.turns; forget() }, nil
	case <-ctx.Done():
		forget()
		return nil, ctx.Err()
	}
}
