package events

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The example of docs/spec/dingtalk.md#worked-example-of-event-encryption,
// which npm dingtalk-encrypt can read (e2e/node/events.test.js).
const (
	exampleToken     = "mingceToken123"
	exampleKey       = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFE"
	exampleOwner     = "dingappkey0000000001"
	exampleTimestamp = "1783603075000"
	exampleNonce     = "Nonce0123456789A"
	exampleRandom    = "0123456789abcdef"
)

var examples = []struct{ message, encrypted, signature string }{
	{`{"EventType":"check_url"}`,
		"Q3stYC6hdFzMh9T8HCvyDLV8JeomtQuxZLosYEI28mjzSD5UpK2hp0QUc4H6M/N5WY7q4yoCwuRvgvxJtXYiI2hRWe8/ZTsG1ydYhcCPhcSbz8zR51LVGTeaKE/N9dzE",
		"91c813fade3b788e853a4ac3e9795f9d1b0cad54"},
	{`{"TimeStamp":"1783603075000","CorpId":"ding12345678","UserId":["zhangsan"],"EventType":"user_add_org"}`,
		"Q3stYC6hdFzMh9T8HCvyDPAh8Z5CHWkH7ZzpXSyYd9FLCqhDSi49eLesDrjP4QCB+jgRhmbH5J8R5eKFsi4w4ZNNtvSzdZKfKcUJ4Q+ZOaVXUe6pWUDXToxefofLUnBqJOdfiyIDAGZz2w+3rfwYTWaLBwRS+p0mAAFwyqL75dMKfvX9rKJ15J73A+5PPi1B9y18zJc0V3nc4XgRI4dDwA==",
		"838c0c9656dc2023c58c7f15cf1dba27bc9959e7"},
	{"success",
		"Q3stYC6hdFzMh9T8HCvyDPAmVUAR9ZeRhlEwYP+nuED+Ok64X1P0B0neRZR54gK84XY1FUpub3Z0CIOivoAWsg==",
		"3d630aa382c0bae7e20bcef1374f0323760d119e"},
}

func exampleEnvelope(t testing.TB) *envelope {
	t.Helper()
	e, err := newEnvelope(exampleToken, exampleKey, exampleOwner)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestWorkedExamples(t *testing.T) {
	t.Parallel()
	e := exampleEnvelope(t)
	if got, want := hex.EncodeToString(e.key), "69b71d79f8218a39259a7a29aabb2dbafc31cb3d35db7e39ebbf3d0010831051"; got != want {
		t.Errorf("key: got %s, want %s", got, want)
	}
	for _, x := range examples {
		encrypted, err := e.seal([]byte(x.message), []byte(exampleRandom))
		if err != nil || encrypted != x.encrypted {
			t.Errorf("seal %s: got %s, %v; want %s", x.message, encrypted, err, x.encrypted)
		}
		if got := e.sign(exampleTimestamp, exampleNonce, encrypted); got != x.signature {
			t.Errorf("sign %s: got %s, want %s", x.message, got, x.signature)
		}
		plain, err := e.verify(x.signature, exampleTimestamp, exampleNonce, x.encrypted)
		if err != nil || string(plain) != x.message {
			t.Errorf("verify: got %q, %v; want %q", plain, err, x.message)
		}
	}
}

// encryptPadded is seal with padding of the given length.
func encryptPadded(t *testing.T, e *envelope, plain []byte, pad int) string {
	t.Helper()
	plain = append(bytes.Clone(plain), bytes.Repeat([]byte{byte(pad)}, pad)...)
	block, err := aes.NewCipher(e.key)
	if err != nil {
		t.Fatal(err)
	}
	cipher.NewCBCEncrypter(block, e.key[:16]).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain)
}

func TestPaddingOfOneTo32IsTaken(t *testing.T) {
	t.Parallel()
	e := exampleEnvelope(t)
	for length := range 32 {
		message := strings.Repeat("x", length)
		plain := append([]byte(exampleRandom), 0, 0, 0, byte(length))
		plain = append(append(plain, message...), exampleOwner...)
		pad := 16 - len(plain)%16
		for ; pad <= 32; pad += 16 {
			got, err := e.open(encryptPadded(t, e, plain, pad))
			if err != nil || string(got) != message {
				t.Errorf("padding of %d: got %q, %v; want %q", pad, got, err, message)
			}
		}
		if _, err := e.open(encryptPadded(t, e, plain, pad)); !errors.Is(err, errEnvelope) {
			t.Errorf("padding of %d: got %v, want %v", pad, err, errEnvelope)
		}
	}
}

func TestForeignMessagesAreRefused(t *testing.T) {
	t.Parallel()
	e := exampleEnvelope(t)
	good := examples[2]
	other, err := newEnvelope(exampleToken, exampleKey, "ding12345678")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.open(good.encrypted); !errors.Is(err, errEnvelope) {
		t.Errorf("another owner: got %v, want %v", err, errEnvelope)
	}
	for name, signature := range map[string]string{"empty": "", "altered": "4" + good.signature[1:], "short": good.signature[:39]} {
		if _, err := e.verify(signature, exampleTimestamp, exampleNonce, good.encrypted); !errors.Is(err, errEnvelope) {
			t.Errorf("%s signature: got %v, want %v", name, err, errEnvelope)
		}
	}
	for _, encrypted := range []string{"", "x", "AAAA", base64.StdEncoding.EncodeToString(make([]byte, 64))} {
		if got, err := e.open(encrypted); !errors.Is(err, errEnvelope) {
			t.Errorf("open %q: got %q, %v; want %v", encrypted, got, err, errEnvelope)
		}
	}
	for _, key := range []string{"", exampleKey[:42], exampleKey + "A", strings.Repeat("-", 43)} {
		if _, err := newEnvelope(exampleToken, key, exampleOwner); err == nil {
			t.Errorf("key %q: got nil, want an error", key)
		}
	}
}

func TestWhatIsSealedOpens(t *testing.T) {
	t.Parallel()
	e := exampleEnvelope(t)
	rapid.Check(t, func(t *rapid.T) {
		message := rapid.SliceOf(rapid.Byte()).Draw(t, "message")
		encrypted, err := e.seal(message, rapid.SliceOfN(rapid.Byte(), 16, 26).Draw(t, "random"))
		if err != nil {
			t.Fatal(err)
		}
		if raw, _ := base64.StdEncoding.DecodeString(encrypted); len(raw)%32 != 0 {
			t.Fatalf("got %d bytes, want a multiple of 32", len(raw))
		}
		got, err := e.verify(e.sign("1", "n", encrypted), "1", "n", encrypted)
		if err != nil || !bytes.Equal(got, message) {
			t.Fatalf("got %q, %v; want %q", got, err, message)
		}
	})
}

func FuzzReply(f *testing.F) {
	f.Add([]byte(`{"msg_signature":"3d630aa382c0bae7e20bcef1374f0323760d119e","timeStamp":1783603075000,"nonce":"Nonce0123456789A","encrypt":"` + examples[2].encrypted + `"}`))
	f.Add([]byte(`{"timeStamp":{}}`))
	f.Add([]byte("success"))
	e := exampleEnvelope(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		if err := checkReply(e, body); err == nil && !bytes.Contains(body, []byte(exampleNonce)) {
			t.Errorf("got nil, want a refusal of %q", body)
		}
	})
}

func TestReplies(t *testing.T) {
	t.Parallel()
	e := exampleEnvelope(t)
	head := `{"msg_signature":"` + examples[2].signature + `","nonce":"` + exampleNonce + `","encrypt":"` + examples[2].encrypted + `",`
	for _, good := range []string{`"timeStamp":"1783603075000"}`, `"timeStamp":1783603075000,"more":1}`} {
		if err := checkReply(e, []byte(head+good)); err != nil {
			t.Errorf("%s: got %v, want nil", good, err)
		}
	}
	for _, bad := range []string{"success", "", `{}`, head + `"timeStamp":"1783603075001"}`, head + `"timeStamp":null}`,
		`{"msg_signature":"` + examples[0].signature + `","timeStamp":"` + exampleTimestamp + `","nonce":"` + exampleNonce + `","encrypt":"` + examples[0].encrypted + `"}`} {
		if err := checkReply(e, []byte(bad)); err == nil {
			t.Errorf("%s: got nil, want a refusal", bad)
		}
	}
}
