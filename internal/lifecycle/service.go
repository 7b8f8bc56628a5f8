package lifecycle

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/manifest"
	"github.com/appdock/appdock/protocol"
)

// Service installs apps and runs their lives. All fields but Hooks are needed; they do
// not change once it is in use.
type Service struct {
	Store   Store
	Caller  Caller
	Settler Settler
	Hooks   Hooks // nil: no app has scripts

	Identities Identities
	// Prints takes the fingerprints of a shop as they are now.
	Prints func(ctx context.Context, shop appdock.Shop) (Fingerprints, error)
	// IgnorePrints are identifiers whose change does not count (identity.ignore).
	IgnorePrints []string
	// Fetch reads and validates the app.json at an address; only Refetch needs it.
	Fetch func(ctx context.Context, shop appdock.Shop, address string) (*manifest.App, error)
	// Renewed is told of a shop that has another id from now on.
	Renewed func(before appdock.ShopID, now appdock.Shop)

	// Committed is told of the events of a commit right after it.
	Committed func([]appdock.Event)

	// Hash is how secret keys are stored: HMAC-SHA256 under the host key.
	Hash   func(secret string) []byte
	Now    func() time.Time
	NewID  func() appdock.ID
	Random io.Reader // of the secret keys: crypto/rand.Reader
	Log    *slog.Logger

	Agent    string // "Appdock/<version>"
	Platform string // the Shopware version that is spoken, such as "6.7.10.0"
	// Development allows confirmations over http and short secrets, and makes errors of
	// features that need a secret and get none.
	Development bool
	// AllowShortSecret takes shop secrets of less than 64 characters (handshake.allow_short_secret).
	AllowShortSecret bool

	running  locks
	withheld withheld
}

// Outcome of an operation on an app (cli.md 2.4).
type Outcome struct {
	App      string
	Version  string
	Result   Result
	Warnings []string // sentences about what works but deserves a look
}

// Result is what an operation came to, as the command line spells it.
type Result string

// The results.
const (
	Installed        Result = "installed"
	AlreadyInstalled Result = "already_installed"
	Activated        Result = "activated"
	Deactivated      Result = "deactivated"
	Uninstalled      Result = "uninstalled"
	Updated          Result = "updated"
	Unchanged        Result = "unchanged"
	Rotated          Result = "rotated"
	Recovered        Result = "recovered"
	Discarded        Result = "discarded"
	NothingToRecover Result = "nothing_to_recover"
)

// How long an operation works on after its request has ended.
const (
	cleanupTime = 10 * time.Second // to leave nothing half done behind
	finishTime  = 30 * time.Second // to complete an installation that the app has confirmed
	settleTime  = 5 * time.Second  // for the first attempt of an event (protocol-webhooks.md 3.3)
)

// detached gives a context that the end of the request does not end, but its own time does.
func detached(ctx context.Context, most time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), most)
}

// Get gives the registration of an app; NotFound if it is not installed.
func (s *Service) Get(ctx context.Context, shop appdock.ShopID, app string) (Registration, error) {
	r, err := s.Store.Get(ctx, shop, app)
	if appdock.KindOf(err) == appdock.NotFound {
		err = errNotFound(`No app found for "` + app + `".`)
	}
	return r, err
}

// All lists the registrations of a shop by name.
func (s *Service) All(ctx context.Context, shop appdock.ShopID) ([]Registration, error) {
	return s.Store.All(ctx, shop)
}

// host is what the host says of itself in calls about shop.
func (s *Service) host(shop appdock.Shop) protocol.Host {
	return protocol.Host{
		Agent:    s.Agent,
		Version:  s.Platform,
		Language: appdock.SystemLanguage.String(),
		Locale:   shop.Locale,
	}
}

// locks keep operations on one app apart; they end with the process. The zero value is
// ready.
type locks struct {
	mu   sync.Mutex
	held map[lock]struct{}
}

type lock struct {
	shop appdock.ShopID
	app  string // lower case
}

// take takes the lock of an app if it is free. release may be called in any case.
func (l *locks) take(shop appdock.ShopID, app string) (release func(), free bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := lock{shop, strings.ToLower(app)}
	if _, taken := l.held[key]; taken {
		return func() {}, false
	}
	if l.held == nil {
		l.held = map[lock]struct{}{}
	}
	l.held[key] = struct{}{}
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.held, key)
	}, true
}

// wait takes the lock of an app as soon as it is free, unless that takes longer than most.
func (l *locks) wait(ctx context.Context, shop appdock.ShopID, app string, most time.Duration) (release func(), free bool) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if release, free := l.take(shop, app); free {
			return release, true
		}
		select {
		case <-ctx.Done():
			return func() {}, false
		case <-tick.C:
		}
	}
}
