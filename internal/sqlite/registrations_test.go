package sqlite

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/rows"
	"github.com/appdock/appdock/internal/storetest"
)

// otherKey is a Sealer that opens nothing but what it sealed itself.
type otherKey struct{ reverse }

func (o otherKey) Seal(plain, bound []byte) []byte {
	return append([]byte("other"), o.reverse.Seal(plain, bound)...)
}

func (o otherKey) Open(sealed, bound []byte) ([]byte, error) {
	sealed, ours := bytes.CutPrefix(sealed, []byte("other"))
	if !ours {
		return nil, &appdock.Error{Kind: appdock.Failed, Code: "ADK-KEY-OTHER", Message: "sealed with another key"}
	}
	return o.reverse.Open(sealed, bound)
}

// changingKey is a Sealer that can be replaced by another.
type changingKey struct{ rows.Sealer }

// app makes an app with a secret.
func app(t *testing.T, s *Store, number byte, name string) lifecycle.Registration {
	t.Helper()
	r := lifecycle.Registration{
		Installation: appdock.Installation{ID: appdock.ID{number}, Shop: shopA.ID, App: name},
		Integration:  appdock.ID{number, 1}, Role: appdock.ID{number, 2}, Secret: appdock.NewSecret("secret of " + name),
	}
	c := lifecycle.Credentials{AccessKey: "KEY" + name, SecretHash: []byte("hash"), ChangedAt: storetest.Now()}
	if err := s.Registrations().Create(t.Context(), r, c); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestOpenRefusesAnotherKey tells a key that is not that of the data from a secret that is
// damaged: without its key a host would end all deliveries.
func TestOpenRefusesAnotherKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	s := open(t, path)
	app(t, s, 1, "Notes")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	o := options(t, path)
	o.Sealer = otherKey{}
	if other, err := Open(t.Context(), o); appdock.CodeOf(err) != "ADK-KEY-OTHER" {
		t.Errorf("got %v", err)
		if err == nil {
			_ = other.Close()
		}
	}

	// One that opens any of it is the right one, whatever the others look like.
	changing := &changingKey{reverse{}}
	both := options(t, path)
	both.Sealer = changing
	s, err := Open(t.Context(), both)
	if err != nil {
		t.Fatal(err)
	}
	changing.Sealer = otherKey{}
	app(t, s, 2, "Zebra")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	all, err := s.Registrations().All(t.Context(), shopA.ID)
	if err != nil || len(all) != 2 || !all[0].Damaged || all[1].Damaged {
		t.Errorf("got %+v, %v", all, err)
	}
}

func TestDamagedSecretIsLoggedOnce(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	o := options(t, filepath.Join(t.TempDir(), "test.db"))
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := s.AddShop(t.Context(), shopA); err != nil {
		t.Fatal(err)
	}
	r := app(t, s, 1, "Notes")
	app(t, s, 2, "Zebra")
	s.damage(t, shopA.ID, "Notes")
	for range 3 {
		if _, err := s.Registrations().All(t.Context(), shopA.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Key(t.Context(), shopA.ID, r.Installation.ID); appdock.CodeOf(err) != "ADK-SECRET-DAMAGED" {
			t.Errorf("got %v", err)
		}
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 1 || !strings.Contains(lines[0], "level=ERROR") || !strings.Contains(lines[0], "app=notes") {
		t.Errorf("got %d lines:\n%s", len(lines), log.String())
	}
}
