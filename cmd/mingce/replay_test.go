//go:build unix

package main

import (
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"github.com/mingce/mingce/internal/store/enginetest"
	"github.com/mingce/mingce/mingcetest"
)

// A signed call works only once, even after a restart, after a crash, and on another server with
// the same data
// (docs/spec/reliability.md#replay-protection).
func TestReplayFails(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		p := startDev(t, dir)
		call := signedCall()
		call.works(t, p)
		call.isRefused(t, p, "at once", "SignatureNonceUsed")

		p.signal(t, syscall.SIGTERM)
		if got := p.exitCode(t); got != 0 {
			t.Errorf("exit code: got %d, want 0", got)
		}
		p = startDev(t, dir)
		call.isRefused(t, p, "after a restart", "SignatureNonceUsed")

		another := signedCall()
		another.works(t, p)
		p.kill(t)
		p = startDev(t, dir)
		// Nonces of the last moments may be lost with a crash, so calls signed
		// before the start are refused as too old.
		another.isRefused(t, p, "after a crash", "SignatureNonceUsed", "InvalidTimeStamp.Expired")
		signedCall().works(t, p)
		p.kill(t)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		database := enginetest.Database(t)
		one := startProgram(t, "dev", "--database", database, "--tls-addr", "")
		other := startProgram(t, "dev", "--database", database, "--tls-addr", "")
		call := signedCall()
		call.works(t, one)
		call.isRefused(t, other, "on another server", "SignatureNonceUsed")
		one.kill(t)
		call.isRefused(t, startProgram(t, "dev", "--database", database, "--tls-addr", ""), "after a crash", "SignatureNonceUsed")
	})
}

// signed is the body of a signed call.
type signed string

func signedCall() signed {
	v := url.Values{"Action": {"GetMessageContact"}, "ContactId": {"c-qL4HqKONzOM7abcd"}}
	mingcetest.SignRPC(http.MethodPost, v, mingcetest.AccessKeyID, mingcetest.AccessKeySecret)
	return signed(v.Encode())
}

func (s signed) works(t *testing.T, p *program) {
	t.Helper()
	if _, err := p.do(http.MethodPost, "/", form, string(s)); err != nil {
		t.Fatalf("first use: %v", err)
	}
}

func (s signed) isRefused(t *testing.T, p *program, when string, codes ...string) {
	t.Helper()
	b, err := p.do(http.MethodPost, "/", form, string(s))
	if err == nil {
		t.Fatalf("replay %s: got %s, want one of %v", when, b, codes)
	}
	for _, code := range codes {
		if strings.Contains(err.Error(), code) {
			return
		}
	}
	t.Errorf("replay %s: got %v, want one of %v", when, err, codes)
}
