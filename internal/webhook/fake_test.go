package webhook

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// memory is a Queue that keeps its rows in memory: what is in it survives an engine.
type memory struct {
	mu        sync.Mutex
	now       func() time.Time
	seq       int64
	unmatched []appdock.Event
	number    int64
	rows      map[appdock.ID]Delivery
	attempts  map[appdock.ID][]Attempt
	healths   map[appdock.ID]Health
	broken    func(method string) error // nil: never
	finishes  int
	chunk     int // how much is read at a time, at most; 0: as asked
	few       int // events that are given to match at a time, at most; 0: as asked
}

var (
	_ Queue   = (*memory)(nil)
	_ Parking = (*memory)(nil)
	_ Replays = (*memory)(nil)
)

var errBroken = errors.New("the disk is gone")

func newMemory() *memory {
	return &memory{now: time.Now, rows: map[appdock.ID]Delivery{}, healths: map[appdock.ID]Health{}, attempts: map[appdock.ID][]Attempt{}}
}

func (m *memory) fail(method string) error {
	if m.broken == nil {
		return nil
	}
	return m.broken(method)
}

func (m *memory) Append(_ context.Context, events ...appdock.Event) ([]appdock.Event, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range events {
		m.seq++
		events[i].Seq = m.seq
	}
	m.unmatched = append(m.unmatched, events...)
	return events, nil
}

func (m *memory) FanOut(ctx context.Context, n int, match func([]appdock.Event) ([]Delivery, error)) (int, []Delivery, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := errors.Join(ctx.Err(), m.fail("FanOut")); err != nil {
		return 0, nil, err
	}
	n = min(n, len(m.unmatched))
	if m.few > 0 {
		n = min(n, m.few)
	}
	if n == 0 {
		return 0, nil, nil
	}
	events := slices.Clone(m.unmatched[:n])
	m.mu.Unlock() // who reads does not wait for who writes
	_, err := match(events)
	made, again := match(events) // a store may run it twice
	m.mu.Lock()
	if err := errors.Join(err, again); err != nil {
		return 0, nil, err
	}
	m.unmatched = m.unmatched[n:]
	for i := range made {
		m.number++
		made[i].Number = m.number
		m.rows[made[i].ID] = made[i]
	}
	if err := m.fail("FanOut committed"); err != nil {
		return 0, nil, err
	}
	return n, made, nil
}

// waiting gives the waiting deliveries of an endpoint, those for Next or those for Due.
func (m *memory) waiting(at Endpoint, ordered bool) (list []Delivery) {
	for _, d := range m.rows {
		if d.State == Waiting && !d.InHand && d.Endpoint == at && (d.Attempts == 0 || d.Strict) == ordered {
			list = append(list, d)
		}
	}
	return list
}

func (m *memory) LetGo(context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, d := range m.rows {
		d.InHand = false
		m.rows[id] = d
	}
	return m.fail("LetGo")
}

func (m *memory) Backlogs(ctx context.Context) (list []Backlog, all Backlogged, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := errors.Join(ctx.Err(), m.fail("Backlogs")); err != nil {
		return nil, all, err
	}
	known := map[Endpoint]bool{}
	for _, d := range m.rows {
		if d.State == Waiting {
			all.Waiting++
			if d.Attempts == 0 || d.Strict {
				all.Since = earliest(all.Since, d.CreatedAt)
			}
		}
		if d.State != Waiting || d.InHand || known[d.Endpoint] {
			continue
		}
		known[d.Endpoint] = true
		b := Backlog{Endpoint: d.Endpoint, Ordered: len(m.waiting(d.Endpoint, true)) > 0}
		for _, r := range m.waiting(d.Endpoint, false) {
			b.RetryAt = earliest(b.RetryAt, r.DueAt)
		}
		list = append(list, b)
	}
	return list, all, nil
}

func (m *memory) Next(ctx context.Context, at Endpoint, after int64, limit int) ([]Delivery, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := errors.Join(ctx.Err(), m.fail("Next")); err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(m.waiting(at, true), func(d Delivery) bool { return d.Number <= after })
	slices.SortFunc(list, func(a, b Delivery) int { return cmp.Compare(a.Number, b.Number) })
	if m.chunk > 0 {
		limit = min(limit, m.chunk)
	}
	return list[:min(limit, len(list))], nil
}

func (m *memory) Due(ctx context.Context, at Endpoint, now time.Time, limit int) (due []Delivery, next time.Time, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := errors.Join(ctx.Err(), m.fail("Due")); err != nil {
		return nil, time.Time{}, err
	}
	for _, d := range m.waiting(at, false) {
		if d.DueAt.After(now) {
			next = earliest(next, d.DueAt)
		} else {
			due = append(due, d)
		}
	}
	slices.SortFunc(due, func(a, b Delivery) int { return cmp.Or(a.DueAt.Compare(b.DueAt), cmp.Compare(a.Number, b.Number)) })
	return due[:min(limit, len(due))], next, nil
}

func (m *memory) Finish(ctx context.Context, r Results) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := errors.Join(ctx.Err(), m.fail("Finish")); err != nil {
		return err
	}
	m.finishes++
	for _, f := range r.Done {
		if _, ok := m.rows[f.Delivery.ID]; !ok {
			continue // deleted meanwhile
		}
		f.Delivery.InHand = false
		m.rows[f.Delivery.ID] = f.Delivery
		m.attempts[f.Delivery.ID] = append(m.attempts[f.Delivery.ID], f.Attempt)
	}
	for _, number := range r.Back {
		for id, d := range m.rows {
			if d.Number == number {
				d.InHand = false
				m.rows[id] = d
			}
		}
	}
	for _, h := range r.Health {
		if m.healths[h.Subscription] = h; h.AsNew() {
			delete(m.healths, h.Subscription)
		}
	}
	for _, e := range r.Events {
		m.seq++
		e.Seq = m.seq
		m.unmatched = append(m.unmatched, e)
	}
	return nil
}

func (m *memory) Healths(context.Context) ([]Health, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Collect(maps.Values(m.healths)), m.fail("Healths")
}

func (m *memory) Order(context.Context, appdock.ShopID, appdock.ID, Order) error {
	return errors.ErrUnsupported // tests change the subscription itself
}

// parked gives what is parked for a subscription, the oldest first.
func (m *memory) of(subscription appdock.ID, state State) (list []Delivery) {
	for _, d := range m.rows {
		if d.Subscription == subscription && d.State == state && !d.InHand {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b Delivery) int { return cmp.Compare(a.Number, b.Number) })
	return list
}

func (m *memory) Trial(_ context.Context, subscription appdock.ID) (Delivery, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := m.of(subscription, Parked)
	if err := m.fail("Trial"); err != nil || len(list) == 0 {
		return Delivery{}, false, err
	}
	return list[0], true, nil
}

func (m *memory) Parked(context.Context) (map[appdock.ID]int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := map[appdock.ID]int{}
	for _, d := range m.rows {
		if d.State == Parked {
			n[d.Subscription]++
		}
	}
	return n, m.fail("Parked")
}

func (m *memory) Move(_ context.Context, subscription appdock.ID, from, to State, reason string, limit int) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fail("Move"); err != nil {
		return 0, err
	}
	list := m.of(subscription, from)
	list = list[:min(limit, len(list))]
	for _, d := range list {
		d.State, d.Reason = to, reason
		m.rows[d.ID] = d
	}
	return len(list), nil
}

func (m *memory) Replay(_ context.Context, f Filter, after int64, now time.Time) (n int, last int64, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, d := range m.rows {
		if (d.State == Dead || d.State == Delivered) && d.Number > after && (f.ID.IsZero() || f.ID == d.ID) {
			d.State, d.DueAt, d.Replayed, d.Reason = Waiting, now, d.Attempts, ""
			m.rows[d.ID] = d
			n, last = n+1, max(last, d.Number)
		}
	}
	return n, last, nil
}

// all returns the deliveries in the order of Seq.
func (m *memory) all() []Delivery {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []Delivery
	for _, d := range m.rows {
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b Delivery) int { return cmp.Or(cmp.Compare(a.Seq, b.Seq), slices.Compare(a.ID[:], b.ID[:])) })
	return list
}

func (m *memory) count(state State) (n int) {
	for _, d := range m.all() {
		if d.State == state {
			n++
		}
	}
	return n
}

// shopState is the rest of a shop: subscriptions, keys, identity.
type shopState struct {
	mu            sync.Mutex
	subscriptions []Subscription
	installed     []appdock.ID // besides those that have a subscription
	revision      appdock.Revision
	keys          map[appdock.ID]appdock.Secret
	told          time.Time // when the app was told of its key; zero: it has confirmed it
	keyErr        error
	loads         int
}

var (
	_ Subscriptions = (*shopState)(nil)
	_ Keys          = (*shopState)(nil)
	_ Shops         = (*shopState)(nil)
)

func (s *shopState) Load(context.Context, appdock.ShopID) (Subscribed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loads++
	l := Subscribed{Subscriptions: slices.Clone(s.subscriptions), Installed: slices.Clone(s.installed), Revision: s.revision}
	for _, x := range l.Subscriptions {
		if x.Until == 0 {
			l.Installed = append(l.Installed, x.Installation)
		}
	}
	return l, nil
}

func (s *shopState) Changed(_ context.Context, since int64) ([]appdock.ShopID, int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if int64(s.revision) > since {
		return []appdock.ShopID{"shop"}, int64(s.revision), nil
	}
	return nil, since, nil
}

func (s *shopState) Key(_ context.Context, _ appdock.ShopID, installation appdock.ID) (Key, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keyErr != nil {
		return Key{}, s.keyErr
	}
	key, ok := s.keys[installation]
	if !ok {
		return Key{}, &appdock.Error{Kind: appdock.NotFound, Message: "no key"}
	}
	return Key{Secret: key, Told: s.told}, nil
}

func (s *shopState) Shop(context.Context, appdock.ShopID) (appdock.Shop, error) {
	return appdock.Shop{ID: "shop", URL: "https://shop.example", Locale: "en-GB"}, nil
}

// sent is one call as a fake app saw it.
type sent struct {
	message    protocol.Webhook
	url        string
	attempt    string
	start, end time.Time
	outcome    Outcome
}

// sender is a Sender that answers after a time in the bubble.
type sender struct {
	mu      sync.Mutex
	answer  func(protocol.Call, protocol.Webhook) (time.Duration, Outcome)
	calls   []sent
	running map[string]int // by host
	most    map[string]int
}

func (s *sender) Send(ctx context.Context, c protocol.Call, _ Key) Outcome {
	message, err := protocol.ParseWebhook(c.Body)
	if err != nil {
		return Outcome{Error: err.Error()}
	}
	u, err := url.Parse(c.URL)
	if err != nil {
		return Outcome{Error: err.Error()}
	}
	host := u.Host
	s.mu.Lock()
	if s.running == nil {
		s.running, s.most = map[string]int{}, map[string]int{}
	}
	s.running[host]++
	s.running["all"]++
	s.most[host] = max(s.most[host], s.running[host])
	s.most["all"] = max(s.most["all"], s.running["all"])
	s.mu.Unlock()

	call := sent{message: message, url: c.URL, attempt: c.Get(protocol.HeaderAttempt), start: time.Now()}
	took, outcome := time.Duration(0), Outcome{Status: 204}
	if s.answer != nil {
		took, outcome = s.answer(c, message)
	}
	select {
	case <-time.After(took):
	case <-ctx.Done():
		outcome = Outcome{Error: ctx.Err().Error(), Another: true}
	}
	call.end, call.outcome = time.Now(), outcome

	s.mu.Lock()
	defer s.mu.Unlock()
	s.running[host]--
	s.running["all"]--
	s.calls = append(s.calls, call)
	return outcome
}

func (s *sender) all() []sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}
