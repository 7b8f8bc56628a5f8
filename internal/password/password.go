// Package password keeps the passwords of people: argon2id with a salt of its own, in the
// PHC form that names its cost, so that the cost can rise later (design: 19 MiB, two passes).
// Secrets of machines are random and need none of it.
package password

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The cost of a hash that is made now.
const (
	memory = 19 << 10 // KiB
	passes = 2
	length = 32 // bytes
)

// What a stored hash may cost at most: one that is damaged must not take all memory.
const (
	maxMemory = 256 << 10 // KiB
	maxPasses = 16
)

// ErrHash says that a stored hash cannot be read.
var ErrHash = errors.New("the stored hash of a password cannot be read")

// Hash hashes a password. It takes some tens of milliseconds and 19 MiB.
func Hash(plain string) string {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the program instead
	hash := argon2.IDKey([]byte(plain), salt, passes, memory, 1, length)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, memory, passes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(hash))
}

// Matches reports whether a password is the one that was hashed, in constant time. With no
// hash it works as long and says no, so that the time of an answer does not tell who has a
// password. A hash that is damaged is [ErrHash].
func Matches(hash, plain string) (bool, error) {
	if hash == "" {
		argon2.IDKey([]byte(plain), make([]byte, 16), passes, memory, 1, length)
		return false, nil
	}
	h, err := parse(hash)
	if err != nil {
		return false, err
	}
	got := argon2.IDKey([]byte(plain), h.salt, h.passes, h.memory, h.threads, uint32(len(h.sum)))
	return subtle.ConstantTimeCompare(got, h.sum) == 1, nil
}

// parsed is a hash in its parts.
type parsed struct {
	memory, passes uint32
	threads        uint8
	salt, sum      []byte
}

func parse(hash string) (h parsed, err error) {
	fields := strings.Split(hash, "$")
	if len(fields) != 6 || fields[0] != "" || fields[1] != "argon2id" || fields[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return parsed{}, ErrHash
	}
	_, badCost := fmt.Sscanf(fields[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.threads)
	var badSalt, badSum error
	h.salt, badSalt = base64.RawStdEncoding.DecodeString(fields[4])
	h.sum, badSum = base64.RawStdEncoding.DecodeString(fields[5])
	switch {
	case badCost != nil || badSalt != nil || badSum != nil,
		h.memory == 0 || h.memory > maxMemory, h.passes == 0 || h.passes > maxPasses, h.threads == 0, len(h.sum) == 0 || len(h.sum) > 64:
		return parsed{}, ErrHash
	}
	return h, nil
}
