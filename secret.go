package appdock

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

// redacted is what is shown instead of a secret.
const redacted = "[redacted]"

// Secret is a text that must never be shown: it prints, logs and marshals as
// "[redacted]". Only [Secret.Reveal] gives the value.
type Secret struct{ text string }

// NewSecret hides text.
func NewSecret(text string) Secret { return Secret{text} }

// Reveal gives the text. Its callers are the places that sign, encrypt or send it.
func (s Secret) Reveal() string { return s.text }

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.text == "" }

// Equal compares in constant time.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.text), []byte(other.text)) == 1
}

// String hides the text.
func (s Secret) String() string { return redacted }

// Format hides the text from every verb: %d of a struct would print it otherwise.
func (s Secret) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, redacted) // who formats hears of a broken writer himself
}

// LogValue hides the text.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText hides the text from every encoder.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
