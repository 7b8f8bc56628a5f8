package appdock

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"time"
)

// ID names a row: 32 lower-case hex digits on every wire, 16 bytes in every store.
// The zero ID names nothing.
type ID [16]byte

// ErrID says that a text is no ID.
var ErrID = errors.New("an id is 32 lower-case hex digits")

// NewID makes an ID that sorts by its time of making (UUIDv7, RFC 9562 section 5.7).
func NewID(now time.Time) ID {
	var id ID
	_, _ = rand.Read(id[:]) // never fails: crypto/rand ends the program instead
	ms := uint64(now.UnixMilli())
	var head [8]byte
	binary.BigEndian.PutUint64(head[:], ms<<16)
	copy(id[:6], head[:6])
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}

// ParseID reads 32 lower-case hex digits; anything else is [ErrID].
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 2*len(id) {
		return ID{}, ErrID
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return ID{}, ErrID
		}
	}
	if _, err := hex.Decode(id[:], []byte(s)); err != nil {
		return ID{}, ErrID
	}
	return id, nil
}

// MustID is [ParseID] for constants; it panics if s is no ID.
func MustID(s string) ID {
	id, err := ParseID(s)
	if err != nil {
		panic("appdock: " + s + ": " + err.Error())
	}
	return id
}

// String gives 32 lower-case hex digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// IsZero reports whether id names nothing.
func (id ID) IsZero() bool { return id == ID{} }

// MarshalText gives the form of every wire.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads the form of every wire.
func (id *ID) UnmarshalText(text []byte) error {
	parsed, err := ParseID(string(text))
	if err != nil {
		return err
	}
	*id = parsed
	return nil
}
