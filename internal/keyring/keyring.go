// Package keyring holds the keys of one installation and performs the
// cryptography under them: sealing fields (AES-256-GCM), blind indexes and
// keyed digests (HMAC-SHA-256).
//
// A master key of 32 bytes, stored apart from the data, wraps one random key
// per organisation; that key wraps one random key per subject (a person whose
// audit values must become unreadable when the person is erased)
// (docs/spec/reliability.md#encryption-of-personal-data).
//
// The package stores nothing and knows no tables: the caller stores the wrapped
// keys and names the place a value belongs to. It does not hash passwords and
// does not check signatures of requests.
package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"sync"
)

// KeySize is the size of every key in bytes.
const KeySize = 32

// BlindSize is the size of a blind index in bytes. 128 bits rule out accidental
// equality, at half the size of a full digest in the index.
const BlindSize = 16

// hidden stands for a key wherever one is printed.
const hidden = "[secret]"

var (
	// ErrOpen is returned when a sealed value cannot be opened: it was altered,
	// it belongs to another place, or its key was deleted.
	ErrOpen = errors.New("keyring: value cannot be opened")
	// ErrVersion is returned when a value was sealed under a key version that
	// is not loaded.
	ErrVersion = errors.New("keyring: unknown key version")
)

// Place says where a sealed value belongs. It is authenticated with the value,
// so that a ciphertext copied to another row, column or tenant does not open.
type Place struct {
	Tenant, Table, Row, Column string
}

// appendAAD appends tenant|table|row|column|version. Each part is prefixed with
// its length, because ids chosen by callers may contain any separator.
func (p Place) appendAAD(b []byte, version byte) []byte {
	for _, s := range [...]string{p.Tenant, p.Table, p.Row, p.Column} {
		b = appendPart(b, s)
	}
	return append(b, version)
}

func appendPart[T string | []byte](b []byte, s T) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
	return append(b, s...)
}

// Key seals, opens and indexes under one random key. It is safe for
// concurrent use.
type Key struct {
	version byte
	secret  [KeySize]byte
	aead    cipher.AEAD
	blind   sync.Map // purpose -> *macKey
}

func newKey(version byte, secret []byte) (*Key, error) {
	if len(secret) != KeySize {
		return nil, fmt.Errorf("keyring: key of %d bytes, want %d", len(secret), KeySize)
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	k := &Key{version: version, aead: aead}
	copy(k.secret[:], secret)
	return k, nil
}

// String hides the key.
func (k *Key) String() string { return hidden }

// GoString hides the key.
func (k *Key) GoString() string { return hidden }

// Format hides the key under every verb.
func (k *Key) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// Version is the first byte of everything this key seals.
func (k *Key) Version() byte { return k.version }

// Seal encrypts plaintext for one place. The result is the key's version, a
// random nonce of 12 bytes, and the ciphertext with its tag.
func (k *Key) Seal(at Place, plaintext []byte) []byte {
	n := k.aead.NonceSize()
	out := make([]byte, 1+n, 1+n+len(plaintext)+k.aead.Overhead())
	out[0] = k.version
	// crypto/rand never returns an error: since Go 1.24 it crashes the program.
	_, _ = rand.Read(out[1:])
	var buf [192]byte
	return k.aead.Seal(out, out[1:], plaintext, at.appendAAD(buf[:0], k.version))
}

// Open decrypts the result of Seal for the same place, or returns ErrVersion or
// ErrOpen.
func (k *Key) Open(at Place, sealed []byte) ([]byte, error) {
	n := k.aead.NonceSize()
	if len(sealed) < 1+n+k.aead.Overhead() {
		return nil, ErrOpen
	}
	if sealed[0] != k.version {
		return nil, ErrVersion
	}
	var buf [192]byte
	plain, err := k.aead.Open(nil, sealed[1:1+n], sealed[1+n:], at.appendAAD(buf[:0], k.version))
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}

// Blind is the blind index of a normalised value: equal values have equal
// indexes, and nobody can guess values without the key. The purpose (such as
// "mobile" or "email-domain") makes the indexes of different columns
// incomparable.
func (k *Key) Blind(purpose, normalised string) []byte {
	m, ok := k.blind.Load(purpose)
	if !ok {
		m, _ = k.blind.LoadOrStore(purpose, newMACKey(k.secret[:], "mingce blind index "+purpose))
	}
	var buf [128]byte
	sum := m.(*macKey).sum(append(buf[:0], normalised...))
	return sum[:BlindSize:BlindSize]
}

// macKey computes HMACs under one derived key. Hash states are pooled.
type macKey struct{ pool sync.Pool }

func newMACKey(secret []byte, label string) *macKey {
	derived, err := hkdf.Key(sha256.New, secret, nil, label, KeySize)
	if err != nil {
		// Only a wrong length or, under FIPS rules, a short key can fail; both
		// are constant here.
		panic("keyring: " + err.Error())
	}
	m := &macKey{}
	m.pool.New = func() any { return hmac.New(sha256.New, derived) }
	return m
}

func (m *macKey) sum(data []byte) []byte {
	h := m.pool.Get().(hash.Hash)
	h.Reset()
	h.Write(data)
	out := h.Sum(make([]byte, 0, sha256.Size))
	m.pool.Put(h)
	return out
}

// Equal compares two digests in constant time.
func Equal(a, b []byte) bool { return hmac.Equal(a, b) }
