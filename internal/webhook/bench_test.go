package webhook

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// bench is an engine on fakes, inside a synctest bubble: nothing but its clock is real.
type bench struct {
	t      *testing.T
	queue  *memory
	shop   *shopState
	sender *sender
	engine *Engine
	stop   func() error
}

func newBench(t *testing.T, subscriptions ...Subscription) *bench {
	t.Helper()
	return &bench{
		t:      t,
		queue:  newMemory(),
		shop:   &shopState{subscriptions: subscriptions, revision: 1, keys: map[appdock.ID]appdock.Secret{ours: appdock.NewSecret("key")}},
		sender: &sender{},
	}
}

// start runs a new engine on what the last one left.
func (b *bench) start(options Options, clock ...func() time.Time) {
	b.t.Helper()
	options.Now, options.Log = append(clock, time.Now)[0], slog.New(slog.DiscardHandler)
	options.NewID = func() appdock.ID { return appdock.NewID(time.Now()) }
	b.engine = NewEngine(Ports{Queue: b.queue, Parking: b.queue, Subscriptions: b.shop, Keys: b.shop, Shops: b.shop, Sender: b.sender}, options)
	ctx, cancel := context.WithCancel(b.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.engine.Run(ctx) }()
	b.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	b.t.Cleanup(func() { _ = b.stop() })
}

// commit writes events as a cause would, and gives the hint.
func (b *bench) commit(events ...appdock.Event) []appdock.Event {
	b.t.Helper()
	for i := range events {
		events[i].ID, events[i].Shop = appdock.NewID(time.Now()), "shop"
		if events[i].Name == "" {
			events[i].Name = "shopware.updated"
		}
	}
	fresh, err := b.queue.Append(b.t.Context(), events...)
	if err != nil {
		b.t.Fatal(err)
	}
	if b.engine != nil {
		b.engine.Committed(fresh)
	}
	return fresh
}

// left makes deliveries of what was committed, as a process that ended then left them.
func (b *bench) left() {
	b.t.Helper()
	defer func(broken func(string) error) { b.queue.broken = broken }(b.queue.broken)
	b.queue.broken = nil
	x := newIndex(Subscribed{Subscriptions: b.shop.subscriptions, Revision: b.shop.revision})
	_, _, err := b.queue.FanOut(b.t.Context(), 1<<20, func(events []appdock.Event) (made []Delivery, err error) {
		for _, event := range events {
			matched, err := x.match(event)
			if err != nil {
				return nil, err
			}
			for _, s := range matched.To {
				d := s.delivery(appdock.NewID(time.Now()), event, time.Now())
				d.InHand = len(made)%3 > 0 // what there was no room for is not
				made = append(made, d)
			}
		}
		return made, nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

func hook(id byte, url string) Subscription {
	return Subscription{
		ID: appdock.ID{15: id}, Shop: "shop", Installation: ours, App: "OrderNotes", AppVersion: "1.0.0",
		Name: fmt.Sprint("hook", id), Event: "shopware.updated", URL: url, Active: true, AppActive: true,
	}
}

// untouched health is that of subscriptions that may fail as often as they like.
func untouched() HealthRules {
	r := DefaultHealthRules()
	r.DegradedAfter, r.SuspendedAfter = 1<<30, 1<<30
	return r
}

func key(k byte) appdock.Event { return appdock.Event{Key: appdock.ID{15: k}} }

// balance checks by id that every delivery that was made is in one state, and that what is
// called delivered was accepted by the app, and nothing else was.
func (b *bench) balance(subscriptions int, committed []appdock.Event) map[State]int {
	b.t.Helper()
	accepted := map[string]int{}
	for _, c := range b.sender.all() {
		if c.outcome.Status == 204 {
			accepted[c.message.Source.EventID]++
		}
	}
	states := map[State]int{}
	made := map[appdock.ID]int{}
	for _, d := range b.queue.all() {
		states[d.State]++
		made[d.Event]++
		if (d.State == Delivered) != (accepted[d.ID.String()] > 0) {
			b.t.Errorf("delivery %s is %s and was accepted %d times", d.ID, d.State, accepted[d.ID.String()])
		}
	}
	for _, e := range committed {
		if made[e.ID] != subscriptions {
			b.t.Errorf("event %s has %d deliveries, want %d", e.ID, made[e.ID], subscriptions)
		}
	}
	if sum := states[Waiting] + states[Delivered] + states[Parked] + states[Dead]; sum != subscriptions*len(committed) {
		b.t.Errorf("%d of %d deliveries are in a state: %v", sum, subscriptions*len(committed), states)
	}
	return states
}

// many commits events of different keys.
func (b *bench) many(n int) (all []appdock.Event) {
	for k := range n {
		all = append(all, b.commit(key(byte(k%200+1)))...)
	}
	return all
}

func status(code int) Outcome { return Outcome{Status: code, Another: Another(code)} }

// at gives the answers of an app by its host and the time since the beginning.
func (b *bench) at(answer func(url string, since time.Duration) Outcome) {
	began := time.Now()
	b.sender.answer = func(c protocol.Call, _ protocol.Webhook) (time.Duration, Outcome) {
		return 20 * time.Millisecond, answer(c.URL, time.Since(began))
	}
}
