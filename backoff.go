package appdock

import (
	"fmt"
	"time"
)

// Backoff slows down who does something again and again (protocol-admin.md 3.1): ten times
// are free, then each needs a longer wait since the last one that was let through. What is
// refused neither counts nor extends the wait. The zero Backoff is that of somebody new.
type Backoff struct {
	Count int       // how often it was let through, one after the other
	Last  time.Time // when it last was
}

// backoffForgotten is when what was let through no longer counts.
const backoffForgotten = 24 * time.Hour

// Next lets somebody through at now, or says how long they have to wait: b is then what it
// was. A clock that was set back makes nobody wait longer than a step of the ladder.
func (b Backoff) Next(now time.Time) (next Backoff, wait time.Duration) {
	passed := max(0, now.Sub(b.Last))
	if b.Count == 0 || passed >= backoffForgotten {
		return Backoff{Count: 1, Last: now}, 0
	}
	count := b.Count + 1
	switch {
	case count <= 10:
	case count <= 15:
		wait = 10 * time.Second
	case count <= 20:
		wait = 30 * time.Second
	default:
		wait = 60 * time.Second
	}
	if wait -= passed; wait > 0 {
		return b, wait
	}
	return Backoff{Count: count, Last: now}, 0
}

// TooOften is the refusal of somebody who has to wait; what names the thing that was done,
// such as "Notification".
func TooOften(code, what string, wait time.Duration) *Error {
	seconds := max(1, int64((wait+time.Second-1)/time.Second))
	return &Error{
		Kind:    Throttled,
		Code:    code,
		Message: fmt.Sprintf("%s throttled for %d seconds.", what, seconds),
		Cause:   "it was done too often in a short time",
		Cure:    "Wait so many seconds, then try again. What is refused does not make the wait longer.",
		Params:  []Param{{Name: "seconds", Value: seconds}},
	}
}
