package sqlite

import (
	"sync"
	"time"

	"github.com/appdock/appdock"
)

// spaceEvery is how long what is known of the disk's free bytes is good.
const spaceEvery = 200 * time.Millisecond

// space knows how much room the disk has. What is new is refused while there is less than
// the reserve, so that what was accepted can still be delivered and the log of it written.
type space struct {
	free    func() (int64, error) // bytes
	reserve int64
	now     func() time.Time

	mu  sync.Mutex
	at  time.Time // of the last look
	err error     // what it said
}

// check refuses if there is too little room. A disk that cannot be asked is not judged.
func (s *space) check() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.now(); s.at.IsZero() || now.Sub(s.at) >= spaceEvery || now.Before(s.at) {
		s.at, s.err = now, nil
		if free, err := s.free(); err == nil && free < s.reserve {
			s.err = diskFull(nil)
		}
	}
	return s.err
}

func diskFull(err error) *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Unavailable,
		Code:    "ADK-DISK-FULL",
		Message: "Nothing can be stored.",
		Cause:   "the disk of the data folder is full",
		Cure:    "Make room on it: the host goes on by itself. Nothing was lost: what could not be stored was not accepted.",
		Err:     err,
	}
}
