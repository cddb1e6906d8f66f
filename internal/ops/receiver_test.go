package ops_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// startReceiver starts a program that receives events, the $RECEIVER of cases:
// with the token and the key of the sample requests, for corp A or the one that
// corp= names. answer= makes it misbehave.
func startReceiver(t testing.TB) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		owner := directory.SampleOrg
		if corp := r.URL.Query().Get("corp"); corp != "" {
			owner = corp
		}
		switch r.URL.Query().Get("answer") {
		case "plain":
			_, _ = io.WriteString(w, "success")
		case "403", "500":
			status, _ := strconv.Atoi(r.URL.Query().Get("answer"))
			w.WriteHeader(status)
		case "long":
			_, _ = w.Write(make([]byte, 65<<10))
		case "redirect":
			http.Redirect(w, r, "https://example.com/elsewhere?a=b", http.StatusMovedPermanently)
		case "never":
			<-r.Context().Done()
		default:
			_ = json.NewEncoder(w).Encode(sealedSuccess(owner))
		}
	}))
	t.Cleanup(s.Close)
	return s.URL + "/"
}

// sealedSuccess is written from
// docs/spec/dingtalk.md#encryption-of-pushed-events, independently of the
// server's code.
func sealedSuccess(owner string) map[string]string {
	key, err := base64.StdEncoding.DecodeString("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFE=")
	if err != nil {
		panic(err)
	}
	plain := append([]byte("0123456789abcdef"), binary.BigEndian.AppendUint32(nil, uint32(len("success")))...)
	plain = append(plain, "success"+owner...)
	pad := 32 - len(plain)%32
	plain = append(plain, bytes.Repeat([]byte{byte(pad)}, pad)...)
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	cipher.NewCBCEncrypter(block, key[:16]).CryptBlocks(plain, plain)
	encrypted := base64.StdEncoding.EncodeToString(plain)
	parts := []string{"mingceToken123", "1783603075000", "nonce", encrypted}
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return map[string]string{"msg_signature": hex.EncodeToString(sum[:]), "timeStamp": "1783603075000", "nonce": "nonce", "encrypt": encrypted}
}
