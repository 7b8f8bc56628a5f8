package sdk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"
)

// Shop is what an app knows of one shop. It prints as its id; as JSON it has its secrets.
type Shop struct {
	ID     string
	URL    string // of the last confirmed registration
	Active bool   // the app is switched on there

	APIKey    string // credentials for the Admin API
	SecretKey string

	Secret         string    // shop secret in force; empty until the first confirmation
	PreviousSecret string    // the one before, good for a minute after ConfirmedAt
	ConfirmedAt    time.Time // of the last confirmation
	SignedTwice    bool      // it once registered with two signatures and has to ever after

	Pending *Pending // a registration that was not confirmed
}

func (s Shop) String() string { return "shop " + s.ID }

// GoString hides the secrets from %#v as well.
func (s Shop) GoString() string { return s.String() }

// LogValue hides the secrets from logs.
func (s Shop) LogValue() slog.Value { return slog.StringValue(s.ID) }

// Pending is a registration that waits for its confirmation.
type Pending struct {
	URL         string
	Secret      string
	SignedTwice bool
}

// Confirmed is what a confirmation brings.
type Confirmed struct {
	Secret    string // of the pending registration that was confirmed
	APIKey    string
	SecretKey string
	At        time.Time
}

// ShopRepository keeps the shops of an app. Each method is one transaction. A method that
// is given an unknown shop returns ErrShopUnknown, except for SavePending, which makes one.
type ShopRepository interface {
	Get(ctx context.Context, id string) (Shop, error)
	// SavePending sets Pending and leaves the rest as it is.
	SavePending(ctx context.Context, id string, p Pending) error
	// Confirm makes the pending registration the one in force: see [Shop.Confirm]. It
	// returns ErrShopUnknown if another registration is pending by now.
	Confirm(ctx context.Context, id string, c Confirmed) error
	SetActive(ctx context.Context, id string, active bool) error
	Delete(ctx context.Context, id string) error
}

// Deduper remembers which events were handled. Hosts deliver at least once and keep the id
// of an event over all attempts; seven days are long enough to remember it.
type Deduper interface {
	Seen(ctx context.Context, shop, event string) (bool, error)
	// Remember is called after the handlers of an event succeeded.
	Remember(ctx context.Context, shop, event string) error
}

// Confirm returns the shop with its pending registration in force, for repositories to use.
func (s Shop) Confirm(c Confirmed) (Shop, error) {
	if s.Pending == nil || s.Pending.Secret != c.Secret {
		return s, fmt.Errorf("no such registration is pending: %w", ErrShopUnknown)
	}
	s.PreviousSecret, s.Secret = s.Secret, s.Pending.Secret
	s.URL = s.Pending.URL
	s.SignedTwice = s.SignedTwice || s.Pending.SignedTwice
	s.APIKey, s.SecretKey, s.ConfirmedAt = c.APIKey, c.SecretKey, c.At
	s.Pending = nil
	return s, nil
}

// Memory keeps shops, and which events were handled, until the process ends.
type Memory struct {
	mu      sync.Mutex
	shops   map[string]Shop
	handled map[string]struct{}
	oldest  []string // keys of handled, in the order of their arrival
	save    func(map[string]Shop) error
}

var (
	_ ShopRepository = (*Memory)(nil)
	_ Deduper        = (*Memory)(nil)
)

// maxHandled is how many events Memory remembers before it forgets the oldest.
const maxHandled = 100_000

// NewMemory returns an empty repository, which is a [Deduper] as well.
func NewMemory() *Memory {
	return &Memory{shops: map[string]Shop{}, handled: map[string]struct{}{}, save: func(map[string]Shop) error { return nil }}
}

// Get returns a shop.
func (m *Memory) Get(_ context.Context, id string) (Shop, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	shop, ok := m.shops[id]
	if !ok {
		return Shop{}, ErrShopUnknown
	}
	return shop, nil
}

// All returns every shop, ordered by id.
func (m *Memory) All() []Shop {
	m.mu.Lock()
	defer m.mu.Unlock()
	shops := make([]Shop, 0, len(m.shops))
	for _, id := range slices.Sorted(maps.Keys(m.shops)) {
		shops = append(shops, m.shops[id])
	}
	return shops
}

// SavePending keeps a registration until it is confirmed.
func (m *Memory) SavePending(_ context.Context, id string, p Pending) error {
	return m.change(id, func(s Shop, err error) (Shop, error) {
		if err != nil && !errors.Is(err, ErrShopUnknown) {
			return s, err
		}
		s.ID, s.Pending = id, &p
		return s, nil
	})
}

// Confirm puts a pending registration in force.
func (m *Memory) Confirm(_ context.Context, id string, c Confirmed) error {
	return m.change(id, func(s Shop, err error) (Shop, error) {
		if err != nil {
			return s, err
		}
		return s.Confirm(c)
	})
}

// SetActive remembers whether the app is switched on in a shop.
func (m *Memory) SetActive(_ context.Context, id string, active bool) error {
	return m.change(id, func(s Shop, err error) (Shop, error) {
		s.Active = active
		return s, err
	})
}

// Delete forgets a shop.
func (m *Memory) Delete(_ context.Context, id string) error {
	return m.change(id, func(_ Shop, err error) (Shop, error) { return Shop{}, err })
}

// change replaces one shop, or deletes it if decide returns one without an id; nothing
// changes when it cannot be saved.
func (m *Memory) change(id string, decide func(Shop, error) (Shop, error)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var err error
	shop, ok := m.shops[id]
	if !ok {
		err = ErrShopUnknown
	}
	shop, err = decide(shop, err)
	if err != nil {
		return err
	}
	next := maps.Clone(m.shops)
	if next[id] = shop; shop.ID == "" {
		delete(next, id)
	}
	if err := m.save(next); err != nil {
		return err
	}
	m.shops = next
	return nil
}

// Seen reports whether an event was handled.
func (m *Memory) Seen(_ context.Context, shop, event string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.handled[shop+"/"+event]
	return ok, nil
}

// Remember keeps an event as handled.
func (m *Memory) Remember(_ context.Context, shop, event string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := shop + "/" + event
	if _, ok := m.handled[key]; ok {
		return nil
	}
	m.handled[key] = struct{}{}
	if m.oldest = append(m.oldest, key); len(m.oldest) > maxHandled {
		delete(m.handled, m.oldest[0])
		m.oldest = m.oldest[1:]
	}
	return nil
}
