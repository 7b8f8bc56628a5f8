package webhook

import (
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// Why a delivery is dead, as [Delivery.Reason] says it.
const (
	ReasonExhausted    = "attempts_exhausted" // the last attempt of the schedule failed
	ReasonRedirect     = "redirect"           // redirects are never followed
	ReasonUnauthorized = "unauthorized"       // the app does not accept the signature
	ReasonGone         = "gone"               // the app says that nothing will ever be here
	ReasonRejected     = "rejected"           // the app does not accept this message
	ReasonUnsendable   = "unsendable"         // the URL is none
	ReasonNoKey        = "no_key"             // the app is gone and its secret forgotten, or it was installed again
)

// Schedule says how long to wait after each failed attempt; the attempt after the last
// wait is final.
type Schedule []time.Duration

// DefaultSchedule is that of protocol-webhooks.md 6.2: eleven attempts in about three days.
func DefaultSchedule() Schedule {
	return Schedule{
		5 * time.Second, 30 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour,
		5 * time.Hour, 10 * time.Hour, 10 * time.Hour, 24 * time.Hour, 24 * time.Hour,
	}
}

// Limits of what an app may ask for with Retry-After (protocol-webhooks.md 6.2).
const (
	minRetryAfter = time.Second
	maxRetryAfter = 4 * time.Hour
)

// Another reports whether another attempt may help after an answer with this status
// (protocol-webhooks.md 6.2).
func Another(status int) bool {
	return status == 404 || status == 408 || status == 429 || status >= 500
}

// After is the delivery after one more attempt that came to o.
func (d Delivery) After(o Outcome, now time.Time, s Schedule) Delivery {
	what := d.happened(o, s)
	state, ok := next(d.State, what)
	if !ok {
		return d
	}
	dueAt, reason := time.Time{}, ""
	switch what {
	case failed:
		dueAt = now.Add(d.delay(o, s))
	case exhausted:
		reason = ReasonExhausted
	case refused:
		reason = refusal(o.Status)
	case accepted, held, released, ended, replayed:
	}
	d.State, d.DueAt, d.Reason = state, dueAt, reason
	d.Attempts++
	d.LastStatus = o.Status
	return d
}

func (d Delivery) happened(o Outcome, s Schedule) happening {
	switch {
	case o.Status >= 200 && o.Status < 300:
		return accepted
	case !o.Another:
		return refused
	case d.Attempts >= len(s):
		return exhausted
	}
	return failed
}

// delay until the next attempt. The jitter of ±20 % comes from the delivery and the
// attempt, so that an outage of many deliveries ends in no stampede and yet the same
// input gives the same time.
func (d Delivery) delay(o Outcome, s Schedule) time.Duration {
	asked := o.Status == 429 || o.Status == 503
	if asked && o.RetryAfter >= minRetryAfter && o.RetryAfter <= maxRetryAfter {
		return o.RetryAfter
	}
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(d.ID[:], uint64(d.Attempts)))
	share := float64(binary.BigEndian.Uint64(sum[:8])>>11) / (1 << 53) // [0, 1)
	return time.Duration(float64(s[d.Attempts]) * (0.8 + 0.4*share))
}

// refusal says why no other attempt is made after an answer with this status.
func refusal(status int) string {
	switch {
	case status == 401 || status == 403:
		return ReasonUnauthorized
	case status == 410:
		return ReasonGone
	case status >= 400:
		return ReasonRejected
	case status >= 300:
		return ReasonRedirect
	}
	return ReasonUnsendable
}

// happening is what can happen to a delivery.
type happening string

const (
	accepted  happening = "an attempt was answered with 2xx"
	failed    happening = "an attempt failed, another may help"
	refused   happening = "an attempt failed, no other can help"
	exhausted happening = "the last attempt failed"
	held      happening = "its subscription is not healthy"
	released  happening = "its subscription is healthy again"
	ended     happening = "its backlog is over the cap, or was given up"
	replayed  happening = "a person sends it again"
)

type transition struct {
	from State
	what happening
	to   State
}

// transitions are all there are; docs and [Delivery.After] read them.
func transitions() [10]transition {
	return [...]transition{
		{Waiting, accepted, Delivered},
		{Waiting, failed, Waiting},
		{Waiting, refused, Dead},
		{Waiting, exhausted, Dead},
		{Waiting, held, Parked},
		{Waiting, ended, Dead},
		{Parked, released, Waiting},
		{Parked, ended, Dead},
		{Dead, replayed, Waiting},
		{Delivered, replayed, Waiting},
	}
}

func next(from State, what happening) (State, bool) {
	for _, t := range transitions() {
		if t.from == from && t.what == what {
			return t.to, true
		}
	}
	return from, false
}
