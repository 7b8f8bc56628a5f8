package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/internal/postgres"
	"github.com/appdock/appdock/internal/rows"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/sqlite"
	"github.com/appdock/appdock/internal/webhook"
)

// store keeps what a host has, in a file of its data folder or on a PostgreSQL server.
type store interface {
	shop.Store
	webhook.Queue
	webhook.Parking
	webhook.Replays
	webhook.Retention
	webhook.Log
	webhook.History
	webhook.Subscriptions
	webhook.Keys
	lifecycle.Identities
	oauth.Store
	oauth.Backoffs
	oauth.Refreshes
	Registrations() rows.Registrations
	Users() rows.Users
	Families() rows.Families
	lifecycle.Offers
	AddClient(ctx context.Context, shop appdock.ShopID, label, accessKey string, c oauth.Client) error
	AddShop(ctx context.Context, s appdock.Shop) error
	Shops(ctx context.Context) ([]appdock.Shop, error)
	SetShopURL(ctx context.Context, shop appdock.ShopID, url string) error
	Fact(ctx context.Context, name string) (string, error)
	SetFact(ctx context.Context, name, value string) error
	ScheduleTasks(ctx context.Context, tasks map[string]time.Duration) error
	TaskRan(ctx context.Context, name string, failed bool) error
	// TendIndexes makes an index that searches have earned, and drops what nobody uses.
	TendIndexes(ctx context.Context) error
	EarnedIndexes() []rows.EarnedIndex
	// Healthy says why nothing can be written now.
	Healthy() error
	// Failed says why nothing will be written any more until the host is started again.
	Failed() error
	Close() error
}

var (
	_ store = (*sqlite.Store)(nil)
	_ store = (*postgres.Store)(nil)
)

// placeFile says which PostgreSQL database has the data of a folder. It is there for those
// who forget to say so: without it they would be given a new, empty host.
const placeFile = "database"

// findData refuses a folder whose data is elsewhere than the configuration says, and says
// whether nothing was ever kept: then a key may be made.
func (s *Server) findData(ctx context.Context) (fresh bool, err error) {
	_, err = os.Stat(s.folder.file(databaseFile))
	inFolder := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, unwritable(s.folder.path, err)
	}
	if s.config.Database.IsZero() {
		where, err := s.folder.place()
		if err == nil && where != "" {
			err = dataElsewhere(s.folder.path, where)
		}
		return !inFolder, err
	}
	if inFolder {
		return false, &appdock.Error{
			Kind: appdock.Conflict, Code: codeElsewhere,
			Message: "The data folder " + s.folder.path + " has a database of its own",
			Cause:   "the setting database names another one, on a PostgreSQL server, and nothing moves from one to the other by itself",
			Cure:    "Choose another data folder for the host on PostgreSQL, or leave the setting out.",
		}
	}
	if _, err := os.Stat(s.folder.file(keyFile)); err == nil {
		return false, nil
	}
	return postgres.Fresh(ctx, s.config.Database.Reveal())
}

const codeElsewhere = "ADK-DATABASE-ELSEWHERE"

// place names the PostgreSQL database that has the folder's data; empty if none has.
func (f *folder) place() (string, error) {
	text, err := os.ReadFile(f.file(placeFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", unwritable(f.path, err)
	}
	return strings.TrimSpace(string(text)), nil
}

func dataElsewhere(path, where string) error {
	return &appdock.Error{
		Kind: appdock.Conflict, Code: codeElsewhere,
		Message: "The data of the folder " + path + " is in a PostgreSQL database",
		Cause:   "the host that ran here had it in " + where + ", and the setting database is not given",
		Cure:    "Set database, in appdock.yaml or as APPDOCK_DATABASE, or choose another data folder.",
	}
}

func (s *Server) openStore(ctx context.Context) error {
	schema, err := entity.NewSchema(shop.Definitions()...)
	if err != nil {
		return fmt.Errorf("put the entities together: %w", err)
	}
	if s.config.Database.IsZero() {
		opened, err := sqlite.Open(ctx, sqlite.Options{
			Path:   s.folder.file(databaseFile),
			Schema: schema,
			Sealer: s.ring,
			Now:    s.config.Now,
			Log:    s.config.Log,
		})
		if err != nil {
			return err
		}
		s.store, s.database = opened, databaseFile
	} else {
		opened, err := postgres.Open(ctx, postgres.Options{
			DSN:    s.config.Database.Reveal(),
			Schema: schema,
			Sealer: s.ring,
			Now:    s.config.Now,
			Log:    s.config.Log,
		})
		if err != nil {
			return err
		}
		s.store, s.database = opened, opened.Place()
		if err := os.WriteFile(s.folder.file(placeFile), []byte(s.database+"\n"), 0o600); err != nil {
			return unwritable(s.folder.path, err)
		}
	}
	s.operators = &operatorTokens{store: s.store, hash: s.ring.Hash, now: s.config.Now}
	return s.openMode(ctx)
}

// ownDatabase refuses what a command can do with a database file alone.
func ownDatabase(c Config, command, instead string) error {
	where, err := (&folder{path: c.Data}).place()
	if err != nil || c.Database.IsZero() && where == "" {
		return err
	}
	return &appdock.Error{
		Kind: appdock.Unsupported, Code: "ADK-DATABASE-SERVER",
		Message: "appdock " + command + " does not work on a PostgreSQL database",
		Cause:   "the server of the database has tools of its own for that, which know what else it keeps",
		Cure:    instead,
	}
}
