package webhook

import (
	"cmp"
	"context"
	"errors"
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
	rows      map[appdock.ID]Delivery
	held      map[appdock.ID]bool
	attempts  map[appdock.ID][]Attempt
	broken    func(method string) error // nil: never
	finishes  int
}

var _ Queue = (*memory)(nil)

var errBroken = errors.New("the disk is gone")

func newMemory() *memory {
	return &memory{now: time.Now, rows: map[appdock.ID]Delivery{}, held: map[appdock.ID]bool{}, attempts: map[appdock.ID][]Attempt{}}
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
	if n == 0 {
		return 0, nil, nil
	}
	if _, err := match(slices.Clone(m.unmatched[:n])); err != nil { // a store may run it twice
		return 0, nil, err
	}
	made, err := match(slices.Clone(m.unmatched[:n]))
	if err != nil {
		return 0, nil, err
	}
	m.unmatched = m.unmatched[n:]
	for _, d := range made {
		m.rows[d.ID], m.held[d.ID] = d, true
	}
	if err := m.fail("FanOut committed"); err != nil {
		for _, d := range made {
			delete(m.held, d.ID)
		}
		return 0, nil, err
	}
	return n, made, nil
}

func (m *memory) Claim(ctx context.Context, c Claim) (due []Delivery, next time.Time, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := errors.Join(ctx.Err(), m.fail("Claim")); err != nil {
		return nil, time.Time{}, err
	}
	for id, d := range m.rows {
		switch {
		case d.State != Waiting || m.held[id]:
		case c.Fresh && d.Attempts > 0:
		case !d.DueAt.After(c.Now):
			due = append(due, d)
		case next.IsZero() || d.DueAt.Before(next):
			next = d.DueAt
		}
	}
	slices.SortFunc(due, func(a, b Delivery) int {
		if a.Attempts == 0 || b.Attempts == 0 {
			return cmp.Or(cmp.Compare(min(a.Attempts, 1), min(b.Attempts, 1)), cmp.Compare(a.Seq, b.Seq), slices.Compare(a.ID[:], b.ID[:]))
		}
		return a.DueAt.Compare(b.DueAt)
	})
	due = due[:min(len(due), c.Limit)]
	for _, d := range due {
		m.held[d.ID] = true
	}
	return due, next, nil
}

func (m *memory) Finish(ctx context.Context, done ...Finished) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := errors.Join(ctx.Err(), m.fail("Finish")); err != nil {
		return err
	}
	m.finishes++
	for _, f := range done {
		m.rows[f.Delivery.ID] = f.Delivery
		m.attempts[f.Delivery.ID] = append(m.attempts[f.Delivery.ID], f.Attempt)
		delete(m.held, f.Delivery.ID)
	}
	return nil
}

func (m *memory) Move(context.Context, appdock.ID, State, State, int, ...appdock.Event) (int, error) {
	return 0, errors.ErrUnsupported
}

// restart frees what the process that ended held.
func (m *memory) restart() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.held)
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
	revision      appdock.Revision
	keys          map[appdock.ID]appdock.Secret
	keyErr        error
	loads         int
}

var (
	_ Subscriptions = (*shopState)(nil)
	_ Keys          = (*shopState)(nil)
	_ Shops         = (*shopState)(nil)
)

func (s *shopState) Load(context.Context, appdock.ShopID) ([]Subscription, appdock.Revision, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loads++
	return slices.Clone(s.subscriptions), s.revision, nil
}

func (s *shopState) Changed(_ context.Context, since int64) ([]appdock.ShopID, int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if int64(s.revision) > since {
		return []appdock.ShopID{"shop"}, int64(s.revision), nil
	}
	return nil, since, nil
}

func (s *shopState) Key(_ context.Context, _ appdock.ShopID, installation appdock.ID) (appdock.Secret, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keyErr != nil {
		return appdock.Secret{}, s.keyErr
	}
	key, ok := s.keys[installation]
	if !ok {
		return key, &appdock.Error{Kind: appdock.NotFound, Message: "no key"}
	}
	return key, nil
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

func (s *sender) Send(ctx context.Context, c protocol.Call, _ appdock.Secret) Outcome {
	message, err := protocol.ParseWebhook(c.Body)
	if err != nil {
		return Outcome{Error: err.Error()}
	}
	host := endpointOf(Delivery{URL: c.URL}).host
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
