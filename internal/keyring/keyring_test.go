package keyring_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/keyring"
)

const canary = "canary-4b1d-secret"

func ring(t *testing.T, fill byte) *keyring.Ring {
	t.Helper()
	r, err := keyring.New(bytes.Repeat([]byte{fill}, keyring.MasterSize))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	ours, bound := ring(t, 1), []byte("shop 1 app")
	sealed := ours.Seal([]byte(canary), bound)
	flipped := func(i int) []byte {
		b := bytes.Clone(sealed)
		b[i] ^= 1
		return b
	}
	tests := map[string]struct {
		ring   *keyring.Ring
		sealed []byte
		bound  []byte
		code   string
	}{
		"a changed name of the key":      {ours, flipped(0), bound, "ADK-KEY-OTHER"},
		"a changed nonce":                {ours, flipped(8), bound, "ADK-SECRET-DAMAGED"},
		"a changed cipher text":          {ours, flipped(8 + 24), bound, "ADK-SECRET-DAMAGED"},
		"a changed tag":                  {ours, flipped(len(sealed) - 1), bound, "ADK-SECRET-DAMAGED"},
		"a cut text":                     {ours, sealed[:len(sealed)-1], bound, "ADK-SECRET-DAMAGED"},
		"nothing":                        {ours, nil, bound, "ADK-SECRET-DAMAGED"},
		"a row that belongs elsewhere":   {ours, sealed, []byte("shop 2 app"), "ADK-SECRET-DAMAGED"},
		"a row that is bound to nothing": {ours, sealed, nil, "ADK-SECRET-DAMAGED"},
		"another host's key":             {ring(t, 2), sealed, bound, "ADK-KEY-OTHER"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plain, err := test.ring.Open(test.sealed, test.bound)
			if got := appdock.CodeOf(err); got != test.code || plain != nil {
				t.Errorf("got %q and error %v, want code %s", plain, err, test.code)
			}
		})
	}
}

func TestSealHidesAndOpens(t *testing.T) {
	t.Parallel()
	r, bound := ring(t, 1), []byte("shop 1 app")
	one, two := r.Seal([]byte(canary), bound), r.Seal([]byte(canary), bound)
	if bytes.Contains(one, []byte(canary)) {
		t.Error("the secret can be read in what was sealed")
	}
	if bytes.Equal(one, two) {
		t.Error("sealing twice gave the same bytes: the nonce is not fresh")
	}
	got, err := r.Open(one, bound)
	if err != nil || string(got) != canary {
		t.Errorf("got %q, %v, want %q", got, err, canary)
	}
}

// What was derived once must be derived for ever: stored hashes and seals depend on it.
func TestKeysStayTheSame(t *testing.T) {
	t.Parallel()
	r := ring(t, 1)
	sealed := r.Seal(nil, nil)
	for what, test := range map[string]struct{ got, want string }{
		"hash":      {hex.EncodeToString(r.Hash("secret")), "22939bedb8b3eae8a2e3b3c6aa80ed5f1fc9875598099eba112d247449b0a7f0"},
		"token key": {hex.EncodeToString(r.TokenKey()), "b4f3c6a045782ee8f864dba884ac8f9563a26fa8a34a7066b24dabce368873b2"},
		"key name":  {hex.EncodeToString(sealed[:8]), "4d8094b6a8026132"},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %s, want %s", what, test.got, test.want)
		}
	}
}

func TestHashDependsOnKeyAndSecret(t *testing.T) {
	t.Parallel()
	base := ring(t, 1).Hash("secret")
	for name, other := range map[string][]byte{
		"another key":    ring(t, 2).Hash("secret"),
		"another secret": ring(t, 1).Hash("secreT"),
	} {
		if bytes.Equal(base, other) {
			t.Errorf("%s gave the same hash", name)
		}
	}
}

func TestNewRefusesAShortMaster(t *testing.T) {
	t.Parallel()
	if _, err := keyring.New(make([]byte, 31)); err == nil {
		t.Error("31 bytes were accepted")
	}
}

func TestOpenMakesTheKeyOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "host.key")
	// What a crash in the middle of making a key leaves behind.
	if err := os.WriteFile(path+".new", []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	first, err := keyring.Open(path, true)
	if err != nil {
		t.Fatal(err)
	}
	second, err := keyring.Open(path, false)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.TokenKey(), second.TokenKey()) {
		t.Error("the second start has another key")
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("permissions are %v, want 0600", info.Mode().Perm())
	}
	if info.Size() != keyring.MasterSize {
		t.Errorf("the file has %d bytes, want %d", info.Size(), keyring.MasterSize)
	}
}

func TestOpenRefusesBadFiles(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		size int
		mode os.FileMode
		code string
	}{
		"readable by the group": {32, 0o640, "ADK-KEY-PERMISSIONS"},
		"readable by all":       {32, 0o604, "ADK-KEY-PERMISSIONS"},
		"too short":             {31, 0o600, "ADK-KEY-DAMAGED"},
		"too long":              {33, 0o600, "ADK-KEY-DAMAGED"},
		"empty":                 {0, 0o600, "ADK-KEY-DAMAGED"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if runtime.GOOS == "windows" && test.mode != 0o600 {
				t.Skip("Windows has no such permissions")
			}
			path := filepath.Join(t.TempDir(), "host.key")
			if err := os.WriteFile(path, make([]byte, test.size), test.mode); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, test.mode); err != nil { // whatever the umask
				t.Fatal(err)
			}
			if _, err := keyring.Open(path, true); appdock.CodeOf(err) != test.code {
				t.Errorf("got %v, want code %s", err, test.code)
			}
		})
	}
}

func TestOpenSaysWhyAFolderIsUnusable(t *testing.T) {
	t.Parallel()
	_, err := keyring.Open(filepath.Join(t.TempDir(), "missing", "host.key"), true)
	if appdock.CodeOf(err) != "ADK-KEY-UNUSABLE" {
		t.Errorf("got %v", err)
	}
}

// A new key in the place of a lost one would make the stored secrets unreadable for good.
func TestOpenDoesNotReplaceALostKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "host.key")
	if _, err := keyring.Open(path, false); appdock.CodeOf(err) != "ADK-KEY-MISSING" {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("a key was made: %v", err)
	}
}
