package keyring

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// Master is the master key of an installation. It wraps the organisations'
// keys, and the server's digests are derived from it. It is safe for concurrent
// use.
type Master struct {
	secret [KeySize]byte
	wrap   *Key
	macs   sync.Map // purpose -> *macKey
}

// NewMaster returns a random master key.
func NewMaster() *Master {
	b := make([]byte, KeySize)
	_, _ = rand.Read(b)
	m, err := newMaster(b)
	if err != nil {
		panic(err) // cannot happen: the size is right
	}
	return m
}

// DevMaster returns the well-known key of development mode. Its data is not
// secret; the fixed key lets several dev processes share one database.
func DevMaster() *Master {
	b := sha256.Sum256([]byte("mingce dev: this key is public and protects nothing"))
	m, err := newMaster(b[:])
	if err != nil {
		panic(err) // cannot happen: the size is right
	}
	return m
}

// ParseMaster parses a key written as 64 hexadecimal digits or as base64 (44
// characters, or 43 without padding, standard or URL alphabet). Surrounding
// white space is ignored. The error never contains the text.
func ParseMaster(text string) (*Master, error) {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	if b, err := hex.DecodeString(text); err == nil && len(b) == KeySize {
		return newMaster(b)
	}
	raw := strings.TrimRight(text, "=")
	for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if b, err := enc.DecodeString(raw); err == nil && len(b) == KeySize {
			return newMaster(b)
		}
	}
	return nil, errors.New("keyring: the master key must be 32 bytes, written as 64 hexadecimal digits or 44 characters of base64")
}

func newMaster(b []byte) (*Master, error) {
	m := &Master{}
	copy(m.secret[:], b)
	var err error
	// The master key itself encrypts nothing: wrapping uses a derived key, so
	// that a weakness in one use does not affect the others.
	m.wrap, err = newKey(1, newMACKey(b, "mingce wrap tenant keys").sum(nil))
	return m, err
}

// LoadMaster reads a key file. On systems with permission bits it refuses a
// file that users other than its owner can read. The exception is a file of
// root's that one group may read: this is how secrets are mounted for a program
// that runs as another user (docs/spec/reliability.md#key-files).
func LoadMaster(path string) (*Master, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("master key %s: not a regular file", path)
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && !private(mode, ownedByRoot(info)) {
		return nil, fmt.Errorf("master key %s: mode %04o lets others read it; run: chmod 600 %s (a file owned by root may be 0440 for the program's group)", path, mode, path)
	}
	text, err := io.ReadAll(io.LimitReader(f, 4096))
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	m, err := ParseMaster(string(text))
	if err != nil {
		return nil, fmt.Errorf("master key %s: %w", path, err)
	}
	return m, nil
}

// private reports whether only the permitted users can read a file of this
// mode; roots means that root owns it.
func private(mode fs.FileMode, roots bool) bool {
	if roots {
		return mode&0o037 == 0
	}
	return mode&0o077 == 0
}

// CreateMasterFile creates a random key and writes it to a new file of mode
// 0600. An existing file is never overwritten, because a lost key means lost
// data; it is reported with fs.ErrExist. The file is on disk when the function
// returns.
func CreateMasterFile(path string) (*Master, error) {
	dir, name := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	defer root.Close()
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("master key %s: %w; it is never overwritten", path, fs.ErrExist)
	}
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	m := NewMaster()
	_, err = f.WriteString(hex.EncodeToString(m.secret[:]) + "\n")
	err = errors.Join(err, f.Sync(), f.Close(), syncDir(root))
	if err != nil {
		_ = root.Remove(name)
		return nil, fmt.Errorf("master key: %w", err)
	}
	return m, nil
}

// syncDir makes a new file name in a directory durable.
func syncDir(root *os.Root) error {
	if runtime.GOOS == "windows" {
		return nil // directories cannot be opened for fsync there
	}
	d, err := root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// MAC is the HMAC-SHA-256 of the parts under a server key derived for one
// purpose, such as hashes of tokens or tokens derived from ids. Each part is
// prefixed with its length, so that ("ab","c") and ("a","bc") differ.
func (m *Master) MAC(purpose string, parts ...string) []byte {
	k, ok := m.macs.Load(purpose)
	if !ok {
		k, _ = m.macs.LoadOrStore(purpose, newMACKey(m.secret[:], "mingce mac "+purpose))
	}
	var buf [256]byte
	b := buf[:0]
	for _, p := range parts {
		b = appendPart(b, p)
	}
	return k.(*macKey).sum(b)
}

// Digest returns a function that computes the HMAC-SHA-256 under a server key
// derived for one purpose. It is faster than MAC for many short texts, and safe
// for concurrent use.
func (m *Master) Digest(purpose string) func(text []byte) []byte {
	return newMACKey(m.secret[:], "mingce mac "+purpose).sum
}

// Key returns a key for sealing, derived for one purpose.
func (m *Master) Key(purpose string) *Key {
	k, err := newKey(1, newMACKey(m.secret[:], "mingce seal "+purpose).sum(nil))
	if err != nil {
		panic(err) // cannot happen: the size is right
	}
	return k
}

// String hides the key.
func (m *Master) String() string { return hidden }

// GoString hides the key.
func (m *Master) GoString() string { return hidden }

// Format hides the key under every verb.
func (m *Master) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }
