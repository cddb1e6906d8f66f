package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Listening says where a Server listens. At least one address is set. An address
// is host:port, unix:PATH, or systemd[:NAME] for a socket of the service manager.
type Listening struct {
	Addr        string // plain HTTP
	TLSAddr     string // HTTPS
	Certificate *tls.Certificate
	// Files are read again when they change, and serve instead of Certificate.
	Files *CertificateFiles
	Log   *slog.Logger

	Limits  ConnectionLimits
	Trusted Proxies // stand for many clients each: the limit of one address is not theirs
}

// Server holds the listeners of one process. It takes calls from the start. Who
// comes before Show gives it the handler of all faces waits a little, and is told
// "starting" if that takes longer.
type Server struct {
	http    *http.Server
	noRoom  atomic.Int64 // connections closed or refused to make room
	open    *connections
	plain   net.Listener
	secure  net.Listener
	handler atomic.Pointer[http.Handler]
	shown   chan struct{} // closed by Show
	show    sync.Once
	leaving atomic.Bool
}

// answerTime is when net/http gives up an answer by itself, counted from the head of
// the request: not before the slowest body that is taken has come and its call is
// done. Then each answer has a time of its own.
const answerTime = transferLag + longestBody/slowest*time.Second + 60*time.Second

// patience is longer than a start takes that has nothing to migrate: who calls
// meanwhile waits, instead of asking again and again.
const patience = 100 * time.Millisecond

// Listen binds the addresses, so that a taken one is reported before any data
// is touched. It answers nothing until Serve.
func Listen(l Listening) (*Server, error) {
	s := &Server{shown: make(chan struct{})}
	first := http.Handler(http.HandlerFunc(starting))
	s.handler.Store(&first)
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true) // after TLS, of which net/http knows nothing; see strictConn for the plain port
	s.http = &http.Server{
		Protocols:         &protocols,
		Handler:           http.HandlerFunc(s.answer),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      answerTime,
		IdleTimeout:       -1, // see connections.closeIdle
		MaxHeaderBytes:    64 << 10,
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams:          sessionRequests,
			MaxReadFrameSize:              16 << 10,  // the buffer of a frame belongs to its connection for good
			MaxReceiveBufferPerConnection: 512 << 10, // read at once into memory that is counted
			MaxReceiveBufferPerStream:     128 << 10,
		},
		ConnContext: link,
		ConnState:   followNoMore,
	}
	s.open = newConnections(l.Limits, l.Trusted, func() { s.noRoom.Add(1) })
	if l.Log != nil {
		// What clients do wrong on a connection is no business of the operator's.
		s.http.ErrorLog = slog.NewLogLogger(l.Log.Handler(), slog.LevelDebug)
	}
	if l.Addr != "" {
		bound, err := bind(l.Addr)
		if err != nil {
			return nil, fmt.Errorf("listen on %s: %w", l.Addr, err)
		}
		s.plain = plainListener{bound, s.open}
	}
	if l.TLSAddr != "" {
		s.http.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
		if l.Files != nil {
			s.http.TLSConfig.GetCertificate = l.Files.Get
		} else {
			s.http.TLSConfig.Certificates = []tls.Certificate{*l.Certificate}
		}
		bound, err := bind(l.TLSAddr)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("listen on %s: %w", l.TLSAddr, err), s.Close())
		}
		s.secure = newSecureListener(bound, s.open, s.http.TLSConfig)
	}
	return s, nil
}

// answer is the handler of both listeners. While it leaves, readiness is gone,
// so that a load balancer sends no more.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	c := connectionOf(r)
	c.beginRequest()
	defer c.endRequest()
	r.TLS = tlsOf(r) // which net/http does not know below strictConn and sessionConn
	if s.leaving.Load() && r.URL.Path == "/readyz" {
		writeError(w, http.StatusServiceUnavailable, "stopping", "The server is stopping.")
		return
	}
	(*s.handler.Load()).ServeHTTP(w, r)
}

// followNoMore is http.Server.ConnState: what was upgraded is not HTTP/1.1 any more.
func followNoMore(c net.Conn, state http.ConnState) {
	if strict, ok := c.(*strictConn); ok && state == http.StateHijacked {
		strict.off.Store(true)
	}
}

// Show makes h answer from now on.
func (s *Server) Show(h http.Handler) {
	s.handler.Store(&h)
	s.show.Do(func() { close(s.shown) })
}

// Connections returns how many are open, and how many were closed or refused to
// make room for others. It is safe for concurrent use.
func (s *Server) Connections() (open int, closed int64) { return s.open.count(), s.noRoom.Load() }

// Addr returns the address of plain HTTP as it was bound, or "".
func (s *Server) Addr() string { return address(s.plain) }

// TLSAddr returns the address of HTTPS as it was bound, or "".
func (s *Server) TLSAddr() string { return address(s.secure) }

func address(l net.Listener) string {
	if l == nil {
		return ""
	}
	return l.Addr().String()
}

// Serve answers requests until ctx is done; then it takes no new connection,
// finishes the calls in flight and returns nil. It returns early with the
// error of a listener that failed.
func (s *Server) Serve(ctx context.Context) error {
	early := time.NewTimer(patience)
	defer early.Stop()
	select {
	case <-s.shown:
	case <-early.C:
	case <-ctx.Done():
	}
	failed := make(chan error, 2)
	var running sync.WaitGroup
	serve := func(l net.Listener, f func() error) {
		if l == nil {
			return
		}
		running.Go(func() {
			if err := f(); !errors.Is(err, http.ErrServerClosed) {
				failed <- err
			}
		})
	}
	serve(s.plain, func() error { return s.http.Serve(s.plain) })
	serve(s.secure, func() error { return s.http.Serve(s.secure) })

	idle, enough := context.WithCancel(ctx)
	defer enough()
	go s.open.closeIdleUntil(idle)

	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	s.leaving.Store(true)
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if late := s.http.Shutdown(drain); late != nil {
		err = errors.Join(err, fmt.Errorf("calls still in flight after %s: %w", drainTime, late), s.http.Close())
	}
	running.Wait()
	return err
}

// Close stops listening at once. It is for a Server that never served.
func (s *Server) Close() error {
	var errs []error
	for _, l := range []net.Listener{s.plain, s.secure} {
		if l != nil {
			errs = append(errs, l.Close())
		}
	}
	return errors.Join(errs...)
}
