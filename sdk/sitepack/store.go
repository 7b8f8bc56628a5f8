package sitepack

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/appdock/appdock/sdk/internal/jsonfile"
)

// Installation is what an app knows of one shop. It prints as the shop's id; as JSON it has its
// secrets.
type Installation struct {
	ID      string // of the installation; a new one when the app comes back
	ShopID  string
	ShopURL string // its base URL, which is the issuer of its tokens
	Scopes  []string
	Active  bool // the app is switched on there

	TokenURL     string
	AccessToken  string
	AccessUntil  time.Time
	RefreshToken string // good once; empty: the app has to be authorized again

	WebhookSecret  string // "whsec_…": signs messages and pages
	PreviousSecret string // the one before, good for a day after RotatedAt
	RotatedAt      time.Time
}

func (i Installation) String() string { return "shop " + i.ShopID }

// GoString hides the secrets from %#v as well.
func (i Installation) GoString() string { return i.String() }

// LogValue hides the secrets from logs.
func (i Installation) LogValue() slog.Value { return slog.StringValue(i.ShopID) }

// overlap is how long a host signs with the previous key as well (protocol-signing.md 8).
const overlap = 24 * time.Hour

// keys are those that a message may be signed with, the newest first.
func (i Installation) keys(now time.Time) (list []string) {
	if i.WebhookSecret != "" {
		list = append(list, i.WebhookSecret)
	}
	if i.PreviousSecret != "" && now.Sub(i.RotatedAt) <= overlap {
		list = append(list, i.PreviousSecret)
	}
	return list
}

// Authorization is one that the app began and that waits for its answer.
type Authorization struct {
	State    string
	ShopURL  string
	Verifier string // of PKCE
	Online   bool   // for a token of the user
	Until    time.Time
}

// Store keeps the installations of an app. A method that is given an unknown shop returns
// ErrShopUnknown, except for Change, which makes one.
type Store interface {
	// Begin keeps an authorization. Those that are over may go.
	Begin(ctx context.Context, a Authorization) error
	// Take gives the authorization of a state and forgets it, so that it is answered once;
	// ErrState if there is none.
	Take(ctx context.Context, state string) (Authorization, error)
	Get(ctx context.Context, shopID string) (Installation, error)
	// Change gives the installation of a shop to decide, or one that has a ShopID alone, and
	// keeps what comes back unless there is an error. Until then nobody else may change it,
	// in no process: decide renews tokens that are good once, by a call to the shop. A row
	// that is locked (SELECT … FOR UPDATE) does it.
	Change(ctx context.Context, shopID string, decide func(Installation) (Installation, error)) error
	Delete(ctx context.Context, shopID string) error
}

// Memory keeps installations until the process ends.
type Memory struct {
	mu     sync.Mutex
	shops  map[string]Installation
	begun  map[string]Authorization
	locked map[string]chan struct{} // by shop; holds one while it is changed
	save   func(map[string]Installation) error
	now    func() time.Time
}

var _ Store = (*Memory)(nil)

// NewMemory returns an empty store.
func NewMemory() *Memory {
	return &Memory{
		shops: map[string]Installation{}, begun: map[string]Authorization{}, locked: map[string]chan struct{}{},
		save: func(map[string]Installation) error { return nil }, now: systemNow,
	}
}

// OpenFile returns a store that keeps installations in one JSON file, for apps with a few of
// them. Every change is written whole and then renamed into place. The file holds secrets and
// is readable by its owner alone; one process may use it at a time. A file that does not exist
// is made at the first change; one that cannot be read is an error.
func OpenFile(path string) (*Memory, error) {
	m := NewMemory()
	m.save = func(shops map[string]Installation) error {
		if err := jsonfile.Write(path, shops); err != nil {
			return fmt.Errorf("write installations: %w", err)
		}
		return nil
	}
	if err := jsonfile.Read(path, &m.shops); err != nil {
		return nil, fmt.Errorf("read installations: %w", err)
	}
	return m, nil
}

// maxBegun bounds the authorizations that strangers can begin and leave.
const maxBegun = 10_000

// Begin keeps an authorization.
func (m *Memory) Begin(_ context.Context, a Authorization) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	maps.DeleteFunc(m.begun, func(_ string, old Authorization) bool { return !now.Before(old.Until) })
	if len(m.begun) >= maxBegun {
		return fmt.Errorf("%d authorizations are open", len(m.begun))
	}
	m.begun[a.State] = a
	return nil
}

// Take gives an authorization and forgets it.
func (m *Memory) Take(_ context.Context, state string) (Authorization, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.begun[state]
	if !ok {
		return Authorization{}, ErrState
	}
	delete(m.begun, state)
	return a, nil
}

// Get returns an installation.
func (m *Memory) Get(_ context.Context, shopID string) (Installation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, ok := m.shops[shopID]
	if !ok {
		return Installation{}, ErrShopUnknown
	}
	return i, nil
}

// All returns every installation, ordered by the shop's id.
func (m *Memory) All() []Installation {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := make([]Installation, 0, len(m.shops))
	for _, id := range slices.Sorted(maps.Keys(m.shops)) {
		list = append(list, m.shops[id])
	}
	return list
}

// Change replaces an installation by what decide makes of it.
func (m *Memory) Change(ctx context.Context, shopID string, decide func(Installation) (Installation, error)) error {
	release, err := m.lock(ctx, shopID)
	if err != nil {
		return err
	}
	defer release()
	i, err := m.Get(ctx, shopID)
	if err != nil { // unknown is the one error there is
		i = Installation{ShopID: shopID}
	}
	if i, err = decide(i); err != nil {
		return err
	}
	return m.replace(func(shops map[string]Installation) { shops[shopID] = i })
}

// Delete forgets an installation.
func (m *Memory) Delete(ctx context.Context, shopID string) error {
	release, err := m.lock(ctx, shopID)
	if err != nil {
		return err
	}
	defer release()
	if _, err := m.Get(ctx, shopID); err != nil {
		return err
	}
	return m.replace(func(shops map[string]Installation) { delete(shops, shopID) })
}

// replace changes a copy, which counts once it is saved.
func (m *Memory) replace(change func(map[string]Installation)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	next := maps.Clone(m.shops)
	change(next)
	if err := m.save(next); err != nil {
		return err
	}
	m.shops = next
	return nil
}

// lock waits for its turn with one shop.
func (m *Memory) lock(ctx context.Context, shopID string) (release func(), err error) {
	m.mu.Lock()
	turn, ok := m.locked[shopID]
	if !ok {
		turn = make(chan struct{}, 1)
		m.locked[shopID] = turn
	}
	m.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
