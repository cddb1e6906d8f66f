// Package mingcetest runs a Mingce server inside a Go test: the whole service with its
// sample organisation, on an address of its own, with storage that is removed afterwards.
// Point any client of DingTalk's or Alibaba Cloud's contact APIs at it. Servers share
// nothing, so tests can run in parallel.
//
// It offers only what `mingce dev` offers: there is no access to the data except through
// the APIs.
package mingcetest

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/server"
	"github.com/mingce/mingce/internal/store"
)

// The fixed values of the sample organisation.
const (
	CorpID            = directory.SampleOrg
	AppKey            = directory.SampleAppKey
	AppSecret         = directory.SampleSecret
	AccessToken       = directory.SampleToken
	PartnerCorpID     = directory.PartnerOrg
	PartnerToken      = directory.PartnerToken
	NoPermissionToken = directory.BareToken
	TOPAppKey         = directory.SampleTOPKey
	TOPSecret         = directory.SampleTOPSecret
	AccessKeyID       = directory.SampleAccessKey
	AccessKeySecret   = directory.SampleAccessSecret
	ReadOnlyKeyID     = directory.ReadOnlyAccessKey
	ReadOnlyKeySecret = directory.ReadOnlyAccessSecret
)

// Server is a running server. It is safe for concurrent use.
type Server struct {
	URL    string         // http://127.0.0.1:port
	Host   string         // 127.0.0.1:port, the form of an endpoint in the vendors' SDKs
	TLSURL string         // https://127.0.0.1:port
	CAs    *x509.CertPool // trusts TLSURL
}

// Start runs a server until the test and its subtests are done. It fails the test if the
// server does not start.
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := start(t)
	if err != nil {
		t.Fatalf("start a server: %v", err)
	}
	return s
}

func start(t testing.TB) (*Server, error) {
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	authority, err := server.NewAuthority(time.Now())
	if err != nil {
		return nil, err
	}
	certificate, err := authority.Issue(time.Now())
	if err != nil {
		return nil, err
	}
	l, err := server.Listen(server.Listening{Addr: "127.0.0.1:0", TLSAddr: "127.0.0.1:0", Certificate: &certificate, Log: log})
	if err != nil {
		return nil, err
	}
	i, err := instance.Open(t.Context(), instance.Options{
		Sample:   true,
		Store:    store.Options{Ephemeral: true, Key: keyring.DevMaster(), Kind: store.Dev, Log: log},
		Settings: directory.Settings{Links: func(token string) string { return "http://" + l.Addr() + "/verify/" + token }},
	})
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	config := i.Config(log, "test")
	config.Dev, config.Reset, config.Authority = true, i.Reset, authority.PEM
	l.Show(server.New(config))

	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	worked := i.StartWork(ctx, instance.Captured(), log)
	done := make(chan error, 1)
	go func() { done <- l.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("stop the server: %v", err)
		}
		worked()
		if err := i.Close(); err != nil {
			t.Errorf("%v", err)
		}
	})
	s := &Server{URL: "http://" + l.Addr(), Host: l.Addr(), TLSURL: "https://" + l.TLSAddr(), CAs: x509.NewCertPool()}
	s.CAs.AppendCertsFromPEM(authority.PEM)
	return s, nil
}

// Reset restores the sample organisation and clears all faults.
func (s *Server) Reset(t testing.TB) {
	t.Helper()
	s.control(t, http.MethodPost, "/_mingce/reset", nil)
}

// Fault makes the next calls of an operation answer with a documented error code. "*"
// stands for all operations, and times is the number of calls.
func (s *Server) Fault(t testing.TB, operation, code string, times int) {
	t.Helper()
	s.control(t, http.MethodPost, "/_mingce/faults", map[string]any{"operation": operation, "fault": code, "times": times})
}

func (s *Server) control(t testing.TB, method, path string, body any) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		why, _ := io.ReadAll(io.LimitReader(answer.Body, 4096))
		t.Fatalf("%s %s: got %s %s, want 200", method, path, answer.Status, strings.TrimSpace(string(why)))
	}
}
