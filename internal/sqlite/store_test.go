package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/rows"
	"github.com/appdock/appdock/internal/storetest"
	"github.com/appdock/appdock/internal/webhook"
)

func TestStore(t *testing.T) {
	t.Parallel()
	seed := filepath.Join(t.TempDir(), "seed.db")
	seeding := stores(t, seed)
	storetest.Seed(t, seeding)
	seeding.Reopen(t) // what was written is in the file, not only in the log beside it
	data, err := os.ReadFile(seed)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Run(t, func(t *testing.T) storetest.Stores {
		t.Helper()
		path := filepath.Join(t.TempDir(), "test.db")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return stores(t, path)
	})
}

func stores(t *testing.T, path string) storetest.Stores {
	t.Helper()
	o := options(t, path)
	o.Now, o.Searchers = storetest.Now, 1
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return storetest.Stores{
		Shops: s, Facts: s, Tasks: s, Records: s, Queue: s, Parking: s, Replays: s, Retention: s, Log: s, History: s, Subscriptions: s, Keys: s, Clients: s, Backoffs: s, Refreshes: s,
		Registrations: s.Registrations(),
		Users:         s.Users(),
		Families:      s.Families(),
		Offers:        s,
		Identities:    s,
		Reopen: func(t *testing.T) storetest.Stores {
			t.Helper()
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			return stores(t, path)
		},
		Stored: func(t *testing.T) []byte {
			t.Helper()
			var all []byte
			for _, file := range []string{path, path + "-wal"} {
				part, err := os.ReadFile(file)
				if err != nil && !os.IsNotExist(err) {
					t.Fatal(err)
				}
				all = append(all, part...)
			}
			return all
		},
		Damage: s.damage,
		Walks:  s.walks,
	}
}

// damage cuts the last byte off all secrets of an app.
func (s *Store) damage(t *testing.T, shop appdock.ShopID, app string) {
	t.Helper()
	err := s.writer.do(t.Context(), false, func(ctx context.Context, w *session) (int, error) {
		n, err := w.Exec(ctx, `UPDATE registration_secret SET sealed = substr(sealed, 1, length(sealed) - 1)
			WHERE (shop, installation) IN (SELECT r.shop, r.installation
				FROM registration AS r JOIN shop AS s ON s.number = r.shop WHERE s.id = ? AND r.app = ?)`, string(shop), app)
		if err == nil && n == 0 {
			err = errors.New("there is nothing to damage")
		}
		return int(n), err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestEndedSubscriptionsAreDeleted looks behind the ports, which hide them already.
func TestEndedSubscriptionsAreDeleted(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "test.db"))
	r := lifecycle.Registration{
		Installation: appdock.Installation{ID: appdock.ID{1}, Shop: shopA.ID, App: "Notes"},
		Integration:  appdock.ID{2}, Role: appdock.ID{3},
		Features: lifecycle.Features{Webhooks: []lifecycle.Webhook{{ID: appdock.ID{4}, Name: "hook", Event: "app.deleted"}}},
	}
	if err := s.Registrations().Create(t.Context(), r, lifecycle.Credentials{AccessKey: "KEY", SecretHash: []byte("hash"), ChangedAt: storetest.Now()}); err != nil {
		t.Fatal(err)
	}
	count := func() (n int) {
		t.Helper()
		err := s.read(t.Context(), s.hosts, func(r *session) error {
			return r.While(t.Context(), func(row rows.Row) (bool, error) { return false, row.Scan(&n) }, "SELECT count(*) FROM subscription")
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	r.RowVersion = 1
	if _, err := s.Registrations().Remove(t.Context(), r, false, appdock.Event{ID: appdock.ID{5}, Name: "app.deleted", At: storetest.Now()}); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 1 {
		t.Errorf("got %d rows before the match, want 1", n)
	}
	if _, _, err := s.FanOut(t.Context(), 1, func([]appdock.Event) ([]webhook.Delivery, error) { return nil, nil }); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 0 {
		t.Errorf("got %d rows after the match, want none", n)
	}
}

var (
	// What the planner does that reads a whole shop, or a whole table.
	wholeShop  = regexp.MustCompile(`\(shop=\?( AND version_id=\?)?\)`)
	wholeTable = regexp.MustCompile(`^SCAN `)
	// What looks so and is not: indexes with few rows, walked in their order up to a
	// limit; lists that are parameters; tables of one row.
	allowed = regexp.MustCompile(`INDEX (event_unmatched|delivery_ordered|delivery_due|delivery_waiting|delivery_parked|delivery_log|subscription_ended)\b|` +
		`^SCAN (host$|h$|shop$|earned_index$|json_each|ranked|CONSTANT ROW|\(subquery|\d)|VIRTUAL TABLE`)
	// The largest number comes from the end of the index; number ranges are few; all
	// secrets are looked at when the store is opened.
	allowedSQL = regexp.MustCompile(`max\("auto_increment"\)|FROM "number_range"|UNION ALL SELECT shop, app_fold, sealed`)
)

// walks explains every statement that was prepared.
func (s *Store) walks(t *testing.T) []string {
	t.Helper()
	texts := map[string]bool{}
	collect := func(r *session) {
		for text := range r.statements {
			texts[text] = true
		}
	}
	err := s.writer.do(t.Context(), false, func(_ context.Context, w *session) (int, error) {
		collect(w)
		return 0, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var reading *session
	for _, from := range []*pool{s.searchers, s.hosts} {
		for range from.size() {
			if reading, err = from.take(t.Context(), s.closed); err != nil {
				t.Fatal(err)
			}
			collect(reading)
			defer from.put(reading)
		}
	}
	if len(texts) < 50 {
		t.Fatalf("only %d statements were run", len(texts))
	}
	var found []string
	for text := range texts {
		switch word, _, _ := strings.Cut(strings.TrimSpace(text), " "); word {
		case "SELECT", "INSERT", "UPDATE", "DELETE":
		default:
			continue
		}
		made := map[string]bool{} // rows that the plan makes itself, and how is among its lines
		for _, line := range explainPlan(t, reading, text) {
			if name, ok := strings.CutPrefix(line, "CO-ROUTINE "); ok {
				made["SCAN "+name] = true
			}
			if made[line] {
				continue
			}
			walks := wholeShop.MatchString(line) || wholeTable.MatchString(line)
			if walks && !allowed.MatchString(line) && !allowedSQL.MatchString(text) {
				_, text, _ := strings.Cut(strings.Join(strings.Fields(text), " "), " FROM ")
				found = append(found, text+"\n\t"+line)
			}
		}
	}
	return found
}

func explainPlan(t *testing.T, on *session, text string) []string {
	t.Helper()
	plan, err := on.engine.prepare("EXPLAIN QUERY PLAN " + text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer plan.close()
	var lines []string
	err = plan.run(t.Context(), func(row rows.Row) (bool, error) {
		var id, parent, unused int
		var line string
		err := row.Scan(&id, &parent, &unused, &line)
		lines = append(lines, line)
		return true, err
	}, make([]any, plan.parameters))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return lines
}
