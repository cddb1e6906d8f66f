package events

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// envelope seals pushes to one receiver and opens its replies
// (docs/spec/dingtalk.md#encryption-of-pushed-events).
type envelope struct {
	token string
	key   []byte // 32 bytes; its first 16 are also the IV
	owner string // suffix of every message: the corp id, for a receiver registered by API
	alias string // suffix that replies may have instead: the app key; "" is none
}

const (
	encodedKeyLength = 43
	randomLength     = 16
	padTo            = 32 // PKCS#7 to 32 bytes, not to AES's 16
)

var errEnvelope = errors.New("not what this subscription's key and token make")

func newEnvelope(token, aesKey, owner string) (*envelope, error) {
	key, err := base64.StdEncoding.DecodeString(aesKey + "=")
	if err != nil || len(aesKey) != encodedKeyLength {
		return nil, fmt.Errorf("aes key: want %d letters and digits", encodedKeyLength)
	}
	return &envelope{token: token, key: key, owner: owner}, nil
}

// seal encrypts a message; random is 16 unpredictable bytes.
func (e *envelope) seal(message, random []byte) (string, error) {
	block, err := aes.NewCipher(e.key)
	if err != nil {
		return "", err
	}
	plain := make([]byte, 0, randomLength+4+len(message)+len(e.owner)+padTo)
	plain = append(plain, random[:randomLength]...)
	plain = binary.BigEndian.AppendUint32(plain, uint32(len(message)))
	plain = append(append(plain, message...), e.owner...)
	pad := padTo - len(plain)%padTo
	for range pad {
		plain = append(plain, byte(pad))
	}
	cipher.NewCBCEncrypter(block, e.key[:aes.BlockSize]).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain), nil
}

// open decrypts a message of this receiver. It accepts padding of 1 to 32
// bytes, because the vendor's own sample in Go pads to 16.
func (e *envelope) open(encrypted string) ([]byte, error) {
	plain, err := base64.StdEncoding.DecodeString(encrypted)
	if err != nil || len(plain) == 0 || len(plain)%aes.BlockSize != 0 {
		return nil, errEnvelope
	}
	block, err := aes.NewCipher(e.key)
	if err != nil {
		return nil, err
	}
	cipher.NewCBCDecrypter(block, e.key[:aes.BlockSize]).CryptBlocks(plain, plain)
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > padTo || len(plain)-pad < randomLength+4 {
		return nil, errEnvelope
	}
	body := plain[randomLength+4 : len(plain)-pad]
	length := binary.BigEndian.Uint32(plain[randomLength:])
	if uint64(length) > uint64(len(body)) {
		return nil, errEnvelope
	}
	if owner := string(body[length:]); owner != e.owner && (owner != e.alias || owner == "") {
		return nil, errEnvelope
	}
	return body[:length], nil
}

// sign is the signature over an encrypted message.
func (e *envelope) sign(timestamp, nonce, encrypted string) string {
	parts := []string{e.token, timestamp, nonce, encrypted}
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

// verify checks the signature of an encrypted message and opens it.
func (e *envelope) verify(signature, timestamp, nonce, encrypted string) ([]byte, error) {
	if !hmac.Equal([]byte(strings.ToLower(signature)), []byte(e.sign(timestamp, nonce, encrypted))) {
		return nil, errEnvelope
	}
	return e.open(encrypted)
}
