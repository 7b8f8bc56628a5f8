package webhook

import (
	"slices"
	"time"

	"github.com/appdock/appdock"
)

// HealthState says whether a subscription may be sent to (protocol-webhooks.md 6.3). All
// but the first park what is for it.
type HealthState string

// The states.
const (
	Healthy   HealthState = "healthy"
	Degraded  HealthState = "degraded"  // it failed lately: one trial after each cooldown
	Suspended HealthState = "suspended" // it fails for long, or refuses us: trials go on
	Disabled  HealthState = "disabled"  // no trials: somebody has to act
)

// Who disabled a subscription, as [Health.DisabledBy] says it.
const (
	ByOperator   = "operator"
	ByEscalation = "escalation" // it was suspended for too long
)

// Why a subscription left its state for a worse one, as [Health.Cause] says it
// (protocol-webhooks.md 6.5).
const (
	CauseFailures  = "failures"           // too many failures in a row
	CauseRefusals  = "auth_streak"        // the app refused our signature again and again
	CauseGone      = "gone"               // it said that nothing will ever be here
	CauseExhausted = "schedule_exhausted" // the trial after the longest cooldown failed
	CauseTime      = "suspended_too_long"
	CauseOperator  = "operator"
)

// Health of a subscription: what its attempts came to lately and what people ordered.
type Health struct {
	Subscription appdock.ID
	Shop         appdock.ShopID
	State        HealthState
	Transient    int // failures in a row that may pass
	Refusals     int // answers 401 and 403 with no 2xx between
	// Rung of the ladder of cooldowns.
	Rung int
	// CooldownUntil is when the next trial may be made; zero: now.
	CooldownUntil  time.Time
	SuspendedSince time.Time // kept until it is healthy again
	DisabledSince  time.Time
	DisabledBy     string
	Cause          string // of the state; empty while healthy
	// FrozenSince is when the app was found inactive: the time of a suspension stands
	// still meanwhile. Zero: it runs.
	FrozenSince time.Time
	// Followed is the revision of the last order that was followed.
	Followed appdock.Revision
}

// Order is what people and the app's own life demand of a subscription's health. A store
// keeps the last one and the revision it was given at; the engine follows it.
type Order string

// The orders.
const (
	OrderPause      Order = "pause"      // an operator disables it
	OrderResume     Order = "resume"     // an operator enables it
	OrderReactivate Order = "reactivate" // the app asks for it; not after an operator's pause
	OrderRenew      Order = "renew"      // the app was installed or updated; likewise
)

// HealthRules are the thresholds (protocol-webhooks.md 6.3).
type HealthRules struct {
	DegradedAfter  int // failures in a row
	SuspendedAfter int // refusals in a row
	Cooldowns      []time.Duration
	MaxSuspended   time.Duration
	// ParkedCap is how many deliveries of a subscription are parked; above it the oldest
	// become dead.
	ParkedCap int
}

// DefaultHealthRules are those of the protocol.
func DefaultHealthRules() HealthRules {
	return HealthRules{
		DegradedAfter:  5,
		SuspendedAfter: 3,
		Cooldowns: []time.Duration{
			5 * time.Minute, 10 * time.Minute, 20 * time.Minute, 40 * time.Minute, time.Hour, 4 * time.Hour,
		},
		MaxSuspended: 7 * 24 * time.Hour,
		ParkedCap:    10_000,
	}
}

// NewHealth is that of a subscription that was never called.
func NewHealth(s Subscription) Health {
	return Health{Subscription: s.ID, Shop: s.Shop, State: Healthy}
}

// Answer is what an attempt says of its subscription.
type Answer struct {
	Class Class
	Trial bool // of what is parked; results of attempts that began before that come in beside it
	// Refused says that the same delivery was refused by its last attempt, too: that counts
	// once (protocol-webhooks.md 6.2).
	Refused bool
}

// After is the health after one more attempt.
func (h Health) After(a Answer, now time.Time, r HealthRules) Health {
	switch a.Class {
	case Accepted:
		if h.AsNew() {
			return h
		}
		h.Transient, h.Refusals, h.CooldownUntil = 0, 0, time.Time{}
		return h.enter(answered, "", now, r)
	case Transient, Redirected:
		h.Transient++
		if h.Transient >= r.DegradedAfter {
			h = h.enter(weakened, CauseFailures, now, r)
		}
	case Unauthorized:
		if !a.Refused {
			h.Refusals++
		}
		if h.Refusals >= r.SuspendedAfter {
			h = h.enter(rejected, CauseRefusals, now, r)
		}
	case Gone:
		h = h.enter(rejected, CauseGone, now, r)
	case Rejected, Unsendable:
		return h // the message is bad, not the endpoint
	}
	if a.Trial {
		h = h.climb(now, r)
	}
	return h
}

// climb goes to the next cooldown after a trial that failed.
func (h Health) climb(now time.Time, r HealthRules) Health {
	if h.State != Degraded && h.State != Suspended {
		return h
	}
	if h.Rung+1 >= len(r.Cooldowns) {
		h = h.enter(exhaustedLadder, CauseExhausted, now, r)
	}
	h.Rung = min(h.Rung+1, len(r.Cooldowns)-1)
	h.CooldownUntil = now.Add(r.Cooldowns[h.Rung])
	return h
}

// Tick is the health as time passes: parked and inFlight say what there is of it, and
// appActive whether its app is active.
func (h Health) Tick(parked, inFlight int, appActive bool, now time.Time, r HealthRules) Health {
	switch {
	case h.State != Suspended || appActive && h.FrozenSince.IsZero():
	case !appActive && h.FrozenSince.IsZero():
		h.FrozenSince = now
	case appActive:
		h.SuspendedSince = h.SuspendedSince.Add(now.Sub(h.FrozenSince))
		h.FrozenSince = time.Time{}
	}
	switch h.State {
	case Degraded:
		if parked == 0 && inFlight == 0 && !now.Before(h.CooldownUntil) {
			return h.enter(idled, "", now, r) // the streak is kept
		}
	case Suspended:
		if h.FrozenSince.IsZero() && now.Sub(h.SuspendedSince) >= r.MaxSuspended {
			return h.enter(escalated, CauseTime, now, r)
		}
	case Healthy, Disabled:
	}
	return h
}

// Trial reports whether the oldest parked delivery may be tried now. A cooldown that is
// longer than any comes from a clock that was wrong.
func (h Health) Trial(now time.Time, r HealthRules) bool {
	if h.State != Degraded && h.State != Suspended {
		return false
	}
	wait := h.CooldownUntil.Sub(now)
	return wait <= 0 || wait > slices.Max(r.Cooldowns)
}

// AsNew reports whether there is nothing to be remembered.
func (h Health) AsNew() bool { return h.State == Healthy && h.Transient == 0 && h.Refusals == 0 }

// Follow is the health after an order that was given at a revision. One that was followed
// before changes nothing.
func (h Health) Follow(o Order, at appdock.Revision, now time.Time, r HealthRules) Health {
	if at <= h.Followed {
		return h
	}
	h.Followed = at
	if what, ok := h.happening(o); ok {
		return h.enter(what, CauseOperator, now, r)
	}
	return h
}

// enter goes to the state that the table names, and sets what belongs to it.
func (h Health) enter(what healthHappening, cause string, now time.Time, r HealthRules) Health {
	from := h.State
	to, ok := nextHealth(from, what)
	if !ok {
		return h
	}
	h.State = to
	switch to {
	case Healthy:
		transient := h.Transient
		h = Health{Subscription: h.Subscription, Shop: h.Shop, State: Healthy, Followed: h.Followed}
		if what == idled {
			h.Transient = transient
		}
		return h
	case Degraded:
		h.Rung, h.CooldownUntil = 0, time.Time{}
		if what == weakened {
			h.CooldownUntil, h.Cause = now.Add(r.Cooldowns[0]), cause
		}
	case Suspended:
		if from != Suspended {
			if what == rejected {
				h.Rung = 0
			}
			h.Cause, h.CooldownUntil = cause, now.Add(r.Cooldowns[h.Rung])
		}
		if h.SuspendedSince.IsZero() {
			h.SuspendedSince = now
		}
	case Disabled:
		if what == paused {
			h.DisabledBy = ByOperator
		} else {
			h.DisabledBy = ByEscalation
		}
		h.Cause, h.DisabledSince = cause, now
	}
	return h
}

// healthHappening is what can happen to a subscription's health.
type healthHappening string

const (
	answered        healthHappening = "an attempt was answered with 2xx"
	weakened        healthHappening = "too many failures in a row"
	rejected        healthHappening = "refused too often, or told to go"
	exhaustedLadder healthHappening = "the trial after the longest cooldown failed"
	idled           healthHappening = "the cooldown ended with nothing parked or in flight"
	escalated       healthHappening = "suspended for too long"
	paused          healthHappening = "an operator disables it"
	resumed         healthHappening = "an operator enables it"
	reactivated     healthHappening = "the app asks for it"
	renewed         healthHappening = "the app was installed or updated"
)

type healthTransition struct {
	from HealthState
	what healthHappening
	to   HealthState
}

// healthTransitions are all there are; docs and [Health] read them.
func healthTransitions() [22]healthTransition {
	return [...]healthTransition{
		{Healthy, weakened, Degraded},
		{Healthy, rejected, Suspended},
		{Healthy, paused, Disabled},
		{Healthy, renewed, Healthy},
		{Degraded, answered, Healthy},
		{Degraded, idled, Healthy},
		{Degraded, rejected, Suspended},
		{Degraded, exhaustedLadder, Suspended},
		{Degraded, paused, Disabled},
		{Degraded, resumed, Healthy},
		{Degraded, renewed, Healthy},
		{Degraded, reactivated, Healthy},
		{Suspended, answered, Degraded},
		{Suspended, escalated, Disabled},
		{Suspended, paused, Disabled},
		{Suspended, resumed, Healthy},
		{Suspended, renewed, Healthy},
		{Suspended, reactivated, Healthy},
		{Disabled, paused, Disabled}, // what escalated is the operator's from now on
		{Disabled, resumed, Healthy},
		{Disabled, renewed, Healthy},     // not after an operator's pause
		{Disabled, reactivated, Healthy}, // likewise
	}
}

func nextHealth(from HealthState, what healthHappening) (HealthState, bool) {
	for _, t := range healthTransitions() {
		if t.from == from && t.what == what {
			return t.to, true
		}
	}
	return from, false
}

// happening is what an order means; false if it changes nothing in this health.
func (h Health) happening(o Order) (healthHappening, bool) {
	operators := h.State == Disabled && h.DisabledBy == ByOperator
	switch o {
	case OrderPause:
		return paused, true
	case OrderResume:
		return resumed, true
	case OrderReactivate:
		return reactivated, !operators
	case OrderRenew:
		return renewed, !operators
	}
	return "", false
}
