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
	ReasonRevoked      = "privilege_revoked"  // the app may not know any more what the event tells
	ReasonUninstalled  = "uninstalled"        // the app is gone, and this is not about that
	ReasonOverCap      = "endpoint_suspended" // more was parked than the cap allows, and this was the oldest
	ReasonDropped      = "dropped"            // an operator gave up what was parked
)

// Why a delivery is parked.
const (
	ReasonUnhealthy = "unhealthy"        // its subscription is not healthy, or was paused
	ReasonIdentity  = "identity_changed" // the shop moved or was copied, and nobody said which
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

// untold is for how long an app may refuse signatures because it has not kept a key yet that
// it was told of: the key of a SitePack app comes with its tokens, in an answer that it does
// not confirm.
const untold = time.Minute

// unkept reports whether an app that does not accept a signature may just not have kept the
// key yet: another attempt may help then, as it does not otherwise (protocol-webhooks.md 6.2).
func (k Key) unkept(status int, now time.Time) bool {
	return status == 401 && !k.Told.IsZero() && now.Before(k.Told.Add(untold))
}

// Class is what an attempt came to, as the health of its subscription and the figures see
// it (protocol-webhooks.md 6.2).
type Class string

// The classes.
const (
	Accepted     Class = "accepted"     // 2xx
	Transient    Class = "transient"    // no answer, 404, 408, 429, 5xx: another attempt may help
	Redirected   Class = "redirected"   // 3xx
	Unauthorized Class = "unauthorized" // 401, 403
	Gone         Class = "gone"         // 410
	Rejected     Class = "rejected"     // every other 4xx: the message is bad, not the endpoint
	Unsendable   Class = "unsendable"   // nothing that could be sent, or an answer that is none
)

// Class of an outcome.
func (o Outcome) Class() Class {
	switch status := o.Status; {
	case status >= 200 && status < 300:
		return Accepted
	case o.Another:
		return Transient
	case status == 401 || status == 403:
		return Unauthorized
	case status == 410:
		return Gone
	case status >= 400:
		return Rejected
	case status >= 300:
		return Redirected
	}
	return Unsendable
}

// After is the delivery after one more attempt that came to o. One that is parked was a
// trial: it stays parked, whatever is wrong with the endpoint.
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
		reason = refusal(o.Class())
	case stillDown:
		dueAt, reason = d.DueAt, d.Reason
	case accepted, held, released, ended, replayed:
	}
	d.State, d.DueAt, d.Reason = state, dueAt, reason
	d.Attempts++
	d.LastStatus = o.Status
	return d
}

// refused reports whether the app did not accept the signature of the last attempt.
func (d Delivery) refused() bool { return d.LastStatus == 401 || d.LastStatus == 403 }

func (d Delivery) happened(o Outcome, s Schedule) happening {
	switch class := o.Class(); {
	case class == Accepted:
		return accepted
	case d.State == Parked && class != Rejected && class != Unsendable:
		return stillDown
	case class != Transient:
		return refused
	case d.Attempts-d.Replayed >= len(s):
		return exhausted
	}
	return failed
}

// Hold is the delivery when its subscription may not be sent to.
func (d Delivery) Hold(reason string) Delivery {
	if to, ok := next(d.State, held); ok {
		d.State, d.Reason = to, reason
	}
	return d
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
	return time.Duration(float64(s[d.Attempts-d.Replayed]) * (0.8 + 0.4*share))
}

// refusal says why no other attempt is made after an outcome of this class.
func refusal(c Class) string {
	switch c {
	case Unauthorized:
		return ReasonUnauthorized
	case Gone:
		return ReasonGone
	case Rejected:
		return ReasonRejected
	case Redirected:
		return ReasonRedirect
	case Accepted, Transient, Unsendable:
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
	stillDown happening = "a trial failed"
)

type transition struct {
	from State
	what happening
	to   State
}

// transitions are all there are; docs and [Delivery.After] read them.
func transitions() [13]transition {
	return [...]transition{
		{Waiting, accepted, Delivered},
		{Waiting, failed, Waiting},
		{Waiting, refused, Dead},
		{Waiting, exhausted, Dead},
		{Waiting, held, Parked},
		{Waiting, ended, Dead},
		{Parked, accepted, Delivered}, // of a trial, like the next two
		{Parked, stillDown, Parked},
		{Parked, refused, Dead},
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
