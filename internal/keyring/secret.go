package keyring

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"log/slog"
)

const hidden = "[secret]"

// Secret is a value that must not reach a log, an error text or a response by
// accident: every way of printing it prints "[secret]". The zero value is the
// empty secret.
//
// The bytes are behind a function: package fmt cannot call the methods of an
// unexported field and would print its bytes, and functions cannot be compared
// with ==.
type Secret struct{ reveal func() []byte }

// NewSecret returns a Secret with a copy of b.
func NewSecret(b []byte) Secret {
	value := append([]byte(nil), b...)
	return Secret{func() []byte { return value }}
}

// SecretText returns a Secret with a text, such as an application's secret.
func SecretText(s string) Secret { return NewSecret([]byte(s)) }

// Reveal returns the bytes, which must not be changed or stored unencrypted.
func (s Secret) Reveal() []byte {
	if s.reveal == nil {
		return nil
	}
	return s.reveal()
}

// RevealText returns the value as text.
func (s Secret) RevealText() string { return string(s.Reveal()) }

// Empty reports whether the secret is empty.
func (s Secret) Empty() bool { return len(s.Reveal()) == 0 }

// Equal compares in constant time, for any lengths.
func (s Secret) Equal(other Secret) bool {
	a, b := sha256.Sum256(s.Reveal()), sha256.Sum256(other.Reveal())
	return hmac.Equal(a[:], b[:])
}

// String returns "[secret]".
func (s Secret) String() string { return hidden }

// GoString returns "[secret]".
func (s Secret) GoString() string { return hidden }

// Format writes "[secret]" under every verb, %x and %d included.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// MarshalJSON returns "[secret]".
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// MarshalText returns "[secret]".
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue returns "[secret]".
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }
