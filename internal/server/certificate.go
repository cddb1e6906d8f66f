package server

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificateEvery is how often the files of a certificate are checked, at most: only a
// new connection checks them.
const certificateEvery = time.Second

// CertificateFiles is a certificate that is read again when its files change, so that
// renewing it needs no restart. It is safe for concurrent use.
type CertificateFiles struct {
	cert, key string
	now       func() time.Time
	log       *slog.Logger

	mu      sync.Mutex
	looked  time.Time
	read    [2]fileState // at the last attempt, successful or not
	current *tls.Certificate
}

// fileState is compared to notice that a file was replaced.
type fileState struct {
	at   time.Time
	size int64
}

// OpenCertificate reads a certificate chain and its key, both PEM files.
func OpenCertificate(cert, key string, now func() time.Time, log *slog.Logger) (*CertificateFiles, error) {
	f := &CertificateFiles{cert: cert, key: key, now: now, log: log}
	state, err := f.state()
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	f.current, f.read, f.looked = &pair, state, now()
	return f, nil
}

// Get is for tls.Config.GetCertificate. While the files cannot be read, or do not
// match because only one has been replaced so far, it returns the last good pair.
func (f *CertificateFiles) Get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	if since := now.Sub(f.looked); since >= 0 && since < certificateEvery {
		return f.current, nil
	}
	f.looked = now
	state, err := f.state()
	if err == nil && state == f.read {
		return f.current, nil
	}
	if err == nil {
		var pair tls.Certificate
		if pair, err = tls.LoadX509KeyPair(f.cert, f.key); err == nil {
			f.current = &pair
			f.log.Info("certificate reloaded", "file", f.cert, "until", pair.Leaf.NotAfter)
		}
		f.read = state
	}
	if err != nil {
		f.log.Warn("the new certificate cannot be used; still serving the old one", "error", err)
	}
	return f.current, nil
}

func (f *CertificateFiles) state() (state [2]fileState, err error) {
	for i, name := range []string{f.cert, f.key} {
		info, err := os.Stat(name)
		if err != nil {
			return state, err
		}
		state[i] = fileState{info.ModTime(), info.Size()}
	}
	return state, nil
}
