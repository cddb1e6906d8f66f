package server

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// writeCertificate writes a new certificate. at becomes the files' time, because two
// writes may fall into one tick of the file system's clock.
func writeCertificate(t *testing.T, dir string, at time.Time, names ...string) {
	t.Helper()
	a, err := NewAuthority(at)
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.Issue(at)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: c.Certificate[0]}, "key.pem": {Type: "PRIVATE KEY", Bytes: key}} {
		if len(names) > 0 && names[0] != name {
			continue
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCertificateIsReadAgainWhenItChanges(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Now()
	writeCertificate(t, dir, now)
	var log bytes.Buffer
	f, err := OpenCertificate(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), func() time.Time { return now }, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	serial := func() string {
		t.Helper()
		c, err := f.Get(&tls.ClientHelloInfo{})
		if err != nil {
			t.Fatal(err)
		}
		return c.Leaf.SerialNumber.String()
	}
	first := serial()
	writeCertificate(t, dir, now.Add(time.Minute))
	if got := serial(); got != first {
		t.Error("the files were looked at again within a second")
	}
	now = now.Add(2 * time.Second)
	second := serial()
	if second == first {
		t.Error("the renewed certificate is not served")
	}
	now = now.Add(2 * time.Second)
	writeCertificate(t, dir, now.Add(time.Hour), "cert.pem") // its key comes later
	if got := serial(); got != second || !strings.Contains(log.String(), "still serving the old one") {
		t.Errorf("half a renewal: got %s, log %q, want the old certificate and a warning", got, log.String())
	}
	now = now.Add(2 * time.Second)
	if err := os.Remove(filepath.Join(dir, "cert.pem")); err != nil {
		t.Fatal(err)
	}
	if got := serial(); got != second {
		t.Error("the old certificate is gone with its file")
	}
	now = now.Add(2 * time.Second)
	writeCertificate(t, dir, now.Add(2*time.Hour))
	if got := serial(); got == second {
		t.Error("the certificate is not read again after a failure")
	}
}
