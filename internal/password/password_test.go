package password_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/appdock/appdock/internal/password"
)

func TestHash(t *testing.T) {
	t.Parallel()
	hash := password.Hash("correct horse")
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(hash, "horse") {
		t.Errorf("hash %q", hash)
	}
	if hash == password.Hash("correct horse") {
		t.Error("two hashes of one password are the same")
	}
	for plain, want := range map[string]bool{"correct horse": true, "Correct horse": false, "": false} {
		if got, err := password.Matches(hash, plain); got != want || err != nil {
			t.Errorf("%q: got %t, %v", plain, got, err)
		}
	}
	// A hash that was made at another cost stays good.
	cheap := "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$vDV/oh97BDMx3pwGd4NpSRrwhyl/PBrXpUsrvtR7cJk"
	if _, err := password.Matches(cheap, "x"); err != nil {
		t.Error(err)
	}
	if got, err := password.Matches("", ""); got || err != nil {
		t.Errorf("without a hash: %t, %v", got, err)
	}
}

func TestDamagedHash(t *testing.T) {
	t.Parallel()
	for _, hash := range []string{
		"x", "$2y$10$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA", "$argon2id$v=18$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaA",
		"$argon2id$v=19$m=4294967295,t=2,p=1$c2FsdHNhbHQ$aGFzaA", "$argon2id$v=19$m=64,t=0,p=1$c2FsdHNhbHQ$aGFzaA",
		"$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$", "$argon2id$v=19$m=64,t=1,p=1$!!!$aGFzaA",
	} {
		if got, err := password.Matches(hash, "x"); got || !errors.Is(err, password.ErrHash) {
			t.Errorf("%s: got %t, %v", hash, got, err)
		}
	}
}
