package webhook

import (
	"maps"
	"time"
)

// Figures count what an engine did since it was made, and say how things stand.
type Figures struct {
	Events    int64 // matched
	Made      int64 // deliveries
	Skipped   map[Skip]int64
	Attempts  map[Class]int64
	Delivered int64
	Dead      map[string]int64 // by reason; those of attempts

	InFlight int
	InMemory int // deliveries, those in flight among them
	Parked   int // about
	Waiting  int // on the disk, those in memory among them; counted each minute, and followed meanwhile
	// Lag is how long the oldest of those that wait for their first attempt waited, when that
	// was counted; 0 once nothing waits.
	Lag time.Duration
	// Health counts the subscriptions that are not healthy.
	Health map[HealthState]int
}

func newFigures() Figures {
	return Figures{Skipped: make(map[Skip]int64), Attempts: make(map[Class]int64), Dead: make(map[string]int64)}
}

func (f *Figures) matched(events, deliveries int, skipped map[Skip]int) {
	f.Events += int64(events)
	f.Made += int64(deliveries)
	for reason, n := range skipped {
		f.Skipped[reason] += int64(n)
	}
}

// waits says that so many more deliveries wait.
func (f *Figures) waits(n int) {
	if f.Waiting = max(0, f.Waiting+n); f.Waiting == 0 {
		f.Lag = 0
	}
}

func (f *Figures) attempted(after Finished, c Class) {
	f.Attempts[c]++
	switch after.Delivery.State {
	case Delivered:
		f.Delivered++
	case Dead:
		f.Dead[after.Delivery.Reason]++
	case Waiting, Parked:
	}
}

// Figures gives those of now.
func (e *Engine) Figures() Figures {
	e.mu.Lock()
	defer e.mu.Unlock()
	f := e.figures
	f.Skipped, f.Attempts, f.Dead = maps.Clone(f.Skipped), maps.Clone(f.Attempts), maps.Clone(f.Dead)
	f.InFlight, f.InMemory = e.lanes.quick.inFlight+e.lanes.slow.inFlight, e.lanes.entries
	for _, n := range e.gates.counts {
		f.Parked += n
	}
	f.Health = make(map[HealthState]int)
	for _, h := range e.gates.health {
		if h.State != Healthy {
			f.Health[h.State]++
		}
	}
	return f
}
