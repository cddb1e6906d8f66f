package directory

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// Cost of a password's hash: 19 MiB and two passes, as OWASP's cheat sheet on
// storing passwords recommends for argon2id. Checking a password reads the cost
// from its hash, so a later version may raise it.
const (
	argonMemory  = 19 << 10 // KiB
	argonPasses  = 2
	argonThreads = 1
	argonSalt    = 16
	argonKey     = 32
)

// hashing bounds the memory for hashing passwords: further calls wait. The zero
// value is ready.
type hashing struct {
	once  sync.Once
	slots chan struct{}
}

const maxHashing = 4

// enter waits for a slot. The caller frees it by receiving from the channel.
func (h *hashing) enter(ctx context.Context) (<-chan struct{}, error) {
	h.once.Do(func() { h.slots = make(chan struct{}, maxHashing) })
	select {
	case h.slots <- struct{}{}:
		return h.slots, nil
	case <-ctx.Done():
		return nil, errors.Join(ErrBusy, ctx.Err())
	}
}

// HashPassword returns the hash that is stored for a password, or
// ErrPasswordWeak: at least 8 characters, neither letters only nor digits only
// (docs/spec/org-accounts.md#first-password).
func (d *Directory) HashPassword(ctx context.Context, password string) (string, error) {
	if !strongPassword(password) {
		return "", ErrPasswordWeak
	}
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt) // never fails: since Go 1.24 it crashes the program instead
	key, err := d.stretch(ctx, password, salt, argonPasses, argonMemory, argonThreads)
	if err != nil {
		return "", err
	}
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonThreads,
		enc.EncodeToString(salt), enc.EncodeToString(key)), nil
}

func strongPassword(p string) bool {
	n := utf8.RuneCountInString(p)
	return n >= MinPassword && n <= MaxPassword &&
		strings.ContainsFunc(p, func(r rune) bool { return !unicode.IsLetter(r) }) &&
		strings.ContainsFunc(p, func(r rune) bool { return !unicode.IsDigit(r) })
}

func (d *Directory) stretch(ctx context.Context, password string, salt []byte, passes, memory uint32, threads uint8) ([]byte, error) {
	slots, err := d.hashing.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { <-slots }()
	return argon2.IDKey([]byte(password), salt, passes, memory, threads, argonKey), nil
}

// noPassword is checked where there is no account, so that an unknown login id
// takes as long as a wrong password.
const noPassword = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func (d *Directory) samePassword(ctx context.Context, hash, password string) (bool, error) {
	if strings.Count(hash, "$") != 5 || len(password) > 256 {
		return false, nil
	}
	h, err := readHash(hash)
	if err != nil {
		return false, err
	}
	got, err := d.stretch(ctx, password, h.salt, h.passes, h.memory, h.threads)
	return err == nil && hmac.Equal(got, h.key), err
}

// passwordHash is a stored hash, read.
type passwordHash struct {
	memory, passes uint32
	threads        uint8
	salt, key      []byte
}

func readHash(hash string) (h passwordHash, err error) {
	parts := strings.Split(hash, "$")
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.threads); err != nil {
		return h, fmt.Errorf("parameters of a stored password: %w", err)
	}
	enc := base64.RawStdEncoding
	if h.salt, err = enc.DecodeString(parts[4]); err != nil {
		return h, fmt.Errorf("salt of a stored password: %w", err)
	}
	if h.key, err = enc.DecodeString(parts[5]); err != nil {
		return h, fmt.Errorf("key of a stored password: %w", err)
	}
	return h, nil
}

// Bounds of the cost of hashes from elsewhere: checking a password must not
// exhaust the server.
const (
	maxHashMemory = 256 << 10 // KiB
	maxHashPasses = 16
	maxHash       = 256 // bytes of its text
)

// acceptsHash reports whether a text is a hash as HashPassword writes it, at a
// cost that the server bears.
func acceptsHash(text string) bool {
	if len(text) > maxHash || strings.Count(text, "$") != 5 || !strings.HasPrefix(text, "$argon2id$v=19$") {
		return false
	}
	h, err := readHash(text)
	return err == nil && h.memory >= 8 && h.memory <= maxHashMemory && h.passes >= 1 && h.passes <= maxHashPasses &&
		h.threads >= 1 && h.threads <= 16 && len(h.salt) >= 8 && len(h.key) == argonKey
}

// sendPassword sends a person the password of an org account, by text message
// if a mobile is known, else by mail. It returns ErrEmployeeIdentity if neither
// is known.
func (s *Session) sendPassword(tx Tx, e Employee, password string) error {
	channel, to := SMSChannel, e.Mobile
	if to == "" {
		channel, to = EmailChannel, e.Private.Email
	}
	if to == "" {
		return ErrEmployeeIdentity
	}
	tx.Messages().InsertMessage(Message{
		ID: s.dir.ids.Base62(verificationIDLength), Org: s.org, Channel: channel, Topic: NotificationMessage, Object: e.UserID, To: to,
		Content: MessageContent{Name: e.Name, Subject: "企业账号 / Org account",
			Text: "登录名 / login: " + e.Private.LoginID + "\n密码 / password: " + password},
		CreatedAt: s.now, NextAt: s.now, State: MessageQueued,
	})
	return nil
}
