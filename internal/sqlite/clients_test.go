package sqlite

import (
	"context"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/oauth"
)

// TestClientsAreRemembered until a statement of the writer changes one, or until their time is
// over.
func TestClientsAreRemembered(t *testing.T) {
	t.Parallel()
	o := options(t, filepath.Join(t.TempDir(), "test.db"))
	var now atomic.Int64 // seconds
	o.Now = func() time.Time { return time.Unix(1_800_000_000+now.Load(), 0).UTC() }
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := s.AddShop(t.Context(), shopA); err != nil {
		t.Fatal(err)
	}
	client := oauth.Client{Integration: appdock.ID{1}, Active: true, SecretHash: []byte("hash"), ChangedAt: o.Now()}
	if err := s.AddClient(t.Context(), shopA.ID, "test", "KEY", client); err != nil {
		t.Fatal(err)
	}
	hash := func() string {
		t.Helper()
		c, err := s.Client(t.Context(), shopA.ID, "KEY")
		if err != nil && appdock.KindOf(err) != appdock.NotFound {
			t.Fatal(err)
		}
		return string(c.SecretHash)
	}
	want := func(what, want string) {
		t.Helper()
		if got := hash(); got != want {
			t.Errorf("%s: got the hash %q, want %q", what, got, want)
		}
	}
	run := func(text string, args ...any) {
		t.Helper()
		err := s.writer.do(t.Context(), false, func(ctx context.Context, w *session) (int, error) {
			n, err := w.Exec(ctx, text, args...)
			return int(n), err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	want("at first", "hash")
	beside, err := openDriver(dsn(o.Path)) // as nobody does while a host runs
	if err != nil {
		t.Fatal(err)
	}
	if _, err := beside.ExecContext(t.Context(), "UPDATE credential SET secret_hash = 'other'"); err != nil {
		t.Fatal(err)
	}
	if err := beside.Close(); err != nil {
		t.Fatal(err)
	}
	want("without a change by the writer", "hash")
	run("UPDATE host SET changed = changed + 1")
	want("after a change of something else", "hash")
	run("UPDATE integration SET label = 'another'")
	want("after a change of its integration", "other")
	run("UPDATE credential SET secret_hash = 'third'")
	want("after a change", "third")
	run("CREATE TEMP TRIGGER by_trigger AFTER UPDATE ON host BEGIN UPDATE credential SET secret_hash = 'fourth'; END")
	run("UPDATE host SET changed = changed + 1")
	want("after a change by a trigger", "fourth")
	run("DROP TRIGGER by_trigger")

	run("UPDATE credential SET until = ?", o.Now().Add(2*time.Second).UnixMilli())
	want("before its end", "fourth")
	now.Add(1)
	want("before its end, again", "fourth")
	now.Add(1)
	want("at its end", "")
	run("UPDATE credential SET until = NULL")
	want("without an end", "fourth")
	run("DELETE FROM credential")
	want("when it is gone", "")
}
