// Package keyring keeps the host's keys: one master key of 32 random bytes in a file, and
// what is derived from it for sealing secrets, hashing machine secrets and signing tokens.
package keyring

import (
	"bytes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"

	"github.com/appdock/appdock"
)

// MasterSize is the length of a master key in bytes.
const MasterSize = 32

// What is derived from the master key. A change of these texts makes all that was sealed,
// hashed or signed with it worthless.
const (
	forSealing = "appdock seal v1"
	forNaming  = "appdock seal v1 name"
	forHashing = "appdock hash v1"
	forTokens  = "appdock token v1"
	forForms   = "appdock form v1"
)

// nameSize is the length of the key's name at the head of what it sealed.
const nameSize = 8

// Ring holds the keys of one host. It is safe for use by several goroutines.
type Ring struct {
	name  []byte // of the sealing key, public
	aead  cipher.AEAD
	hash  []byte
	token []byte
	form  []byte
}

// New derives a ring from a master key, which must be [MasterSize] random bytes.
func New(master []byte) (*Ring, error) {
	if len(master) != MasterSize {
		return nil, fmt.Errorf("a master key has %d bytes, not %d", MasterSize, len(master))
	}
	derive := func(purpose string, size int) ([]byte, error) {
		return hkdf.Key(sha256.New, master, nil, purpose, size)
	}
	seal, err := derive(forSealing, chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.NewX(seal)
	if err != nil {
		return nil, err
	}
	r := &Ring{aead: aead}
	if r.name, err = derive(forNaming, nameSize); err != nil {
		return nil, err
	}
	if r.hash, err = derive(forHashing, sha256.Size); err != nil {
		return nil, err
	}
	if r.token, err = derive(forTokens, sha256.Size); err != nil {
		return nil, err
	}
	if r.form, err = derive(forForms, sha256.Size); err != nil {
		return nil, err
	}
	return r, nil
}

// Seal encrypts plain with XChaCha20-Poly1305 under a fresh nonce. bound says what the
// secret belongs to: only [Ring.Open] with the same bound gives it back, so that a row
// copied to another place is worthless there.
//
// The result is the key's name, the nonce, and the cipher text.
func (r *Ring) Seal(plain, bound []byte) []byte {
	head := nameSize + chacha20poly1305.NonceSizeX
	sealed := make([]byte, head, head+len(plain)+r.aead.Overhead())
	copy(sealed, r.name)
	nonce := sealed[nameSize:head]
	_, _ = rand.Read(nonce) // never fails: crypto/rand ends the program instead
	return r.aead.Seal(sealed, nonce, plain, r.about(bound))
}

// Open gives what was sealed with the same bound. The error is an *appdock.Error that says
// whether the key is another one or the bytes were changed.
func (r *Ring) Open(sealed, bound []byte) ([]byte, error) {
	head := nameSize + chacha20poly1305.NonceSizeX
	if len(sealed) < head+r.aead.Overhead() {
		return nil, changed(fmt.Errorf("%d bytes are too few", len(sealed)))
	}
	if !bytes.Equal(sealed[:nameSize], r.name) {
		return nil, &appdock.Error{
			Kind:    appdock.Failed,
			Code:    "ADK-KEY-OTHER",
			Message: "The stored secrets cannot be read.",
			Cause:   "they were sealed with another key than the one in the key file",
			Cure:    "Put the key file back that belongs to this data folder.",
		}
	}
	plain, err := r.aead.Open(nil, sealed[nameSize:head], sealed[head:], r.about(bound))
	if err != nil {
		return nil, changed(err)
	}
	return plain, nil
}

// about is what is authenticated beside the cipher text.
func (r *Ring) about(bound []byte) []byte {
	return append(bytes.Clone(r.name), bound...)
}

func changed(err error) error {
	return &appdock.Error{
		Kind:    appdock.Failed,
		Code:    "ADK-SECRET-DAMAGED",
		Message: "A stored secret cannot be read.",
		Cause:   "its bytes were changed or moved since it was sealed",
		Cure:    "Restore the data folder from a backup, or install the app again.",
		Err:     err,
	}
}

// Hash is what is stored instead of a random machine secret: HMAC-SHA256 under a host key.
// Compare hashes in constant time. Never use it for a person's password.
func (r *Ring) Hash(secret string) []byte {
	mac := hmac.New(sha256.New, r.hash)
	mac.Write([]byte(secret))
	return mac.Sum(nil)
}

// TokenKey signs the host's JWTs (HS256).
func (r *Ring) TokenKey() []byte { return bytes.Clone(r.token) }

// FormKey signs what the forms of the admin bring back.
func (r *Ring) FormKey() []byte { return bytes.Clone(r.form) }
