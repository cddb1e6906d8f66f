package instance

import (
	"crypto/rand"

	"github.com/mingce/mingce/internal/directory"
)

// randomIDs creates identifiers from the system's random source. At the lengths used (16
// characters, 18 digits) they do not repeat in practice and cannot be guessed.
type randomIDs struct{}

const (
	digits  = "0123456789"
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// Digits implements directory.IDs.
func (randomIDs) Digits(n int) string {
	if n <= 0 {
		return ""
	}
	return pick(1, digits[1:]) + pick(n-1, digits)
}

// Base62 implements directory.IDs.
func (randomIDs) Base62(n int) string { return pick(n, digits+letters) }

// pick returns n characters of alphabet with equal probability: bytes at or above the
// largest multiple of its length are discarded.
func pick(n int, alphabet string) string {
	limit := 256 - 256%len(alphabet)
	out := make([]byte, 0, max(n, 0))
	var buf [64]byte
	for len(out) < n {
		_, _ = rand.Read(buf[:]) // never returns an error: since Go 1.24 it crashes the program
		for _, b := range buf {
			if int(b) < limit && len(out) < n {
				out = append(out, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return string(out)
}

// NewIDs returns the source of identifiers.
func NewIDs() directory.IDs { return randomIDs{} }
