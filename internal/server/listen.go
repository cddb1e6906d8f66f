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

// Listening says where a Server listens. At least one address is set.
type Listening struct {
	Addr        string // plain HTTP
	TLSAddr     string // HTTPS
	Certificate *tls.Certificate
	// Files are read again when they change, and serve instead of Certificate.
	Files *CertificateFiles
	Log   *slog.Logger
}

// Server holds the listeners of one process. It takes calls from the start. Who
// comes before Show gives it the handler of all faces waits a little, and is told
// "starting" if that takes longer.
type Server struct {
	http    *http.Server
	plain   net.Listener
	secure  net.Listener
	handler atomic.Pointer[http.Handler]
	shown   chan struct{} // closed by Show
	show    sync.Once
	leaving atomic.Bool
}

// patience is longer than a start takes that has nothing to migrate: who calls
// meanwhile waits, instead of asking again and again.
const patience = 100 * time.Millisecond

// Listen binds the addresses, so that a taken one is reported before any data
// is touched. It answers nothing until Serve.
func Listen(l Listening) (*Server, error) {
	s := &Server{shown: make(chan struct{})}
	first := http.Handler(http.HandlerFunc(starting))
	s.handler.Store(&first)
	s.http = &http.Server{
		Handler:           http.HandlerFunc(s.answer),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    64 << 10,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: 128},
	}
	if l.Log != nil {
		// What clients do wrong on a connection is no business of the operator's.
		s.http.ErrorLog = slog.NewLogLogger(l.Log.Handler(), slog.LevelDebug)
	}
	var err error
	if l.Addr != "" {
		if s.plain, err = net.Listen("tcp", l.Addr); err != nil {
			return nil, fmt.Errorf("listen on %s: %w", l.Addr, err)
		}
	}
	if l.TLSAddr != "" {
		s.http.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
		if l.Files != nil {
			s.http.TLSConfig.GetCertificate = l.Files.Get
		} else {
			s.http.TLSConfig.Certificates = []tls.Certificate{*l.Certificate}
		}
		if s.secure, err = net.Listen("tcp", l.TLSAddr); err != nil {
			return nil, errors.Join(fmt.Errorf("listen on %s: %w", l.TLSAddr, err), s.Close())
		}
	}
	return s, nil
}

// answer is the handler of both listeners. While it leaves, readiness is gone,
// so that a load balancer sends no more.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	if r.ProtoMajor == 1 && (r.ProtoMinor == 0 || len(r.TransferEncoding) > 0) {
		// net/http drops a Content-Length that came with chunks, and the chunks of
		// HTTP/1.0, without a word, and a proxy may have believed what it dropped:
		// what follows on the connection is nobody's request (RFC 9112, 6.1).
		w.Header().Set("Connection", "close")
	}
	if s.leaving.Load() && r.URL.Path == "/readyz" {
		writeError(w, http.StatusServiceUnavailable, "stopping", "The server is stopping.")
		return
	}
	(*s.handler.Load()).ServeHTTP(w, r)
}

// Show makes h answer from now on.
func (s *Server) Show(h http.Handler) {
	s.handler.Store(&h)
	s.show.Do(func() { close(s.shown) })
}

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
	serve(s.secure, func() error { return s.http.ServeTLS(s.secure, "", "") })

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
