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

	"github.com/mingce/mingce/internal/records"
)

// Listening says where a Server listens. At least one address must be set. An address
// is host:port, unix:PATH, or systemd[:NAME] for a socket of the service manager.
type Listening struct {
	Addr        string // plain HTTP
	TLSAddr     string // HTTPS
	Certificate *tls.Certificate
	// Files are used instead of Certificate, and read again when they change.
	Files *CertificateFiles
	Log   *slog.Logger

	Limits  ConnectionLimits
	Trusted Proxies // exempt from the limit of one address: each stands for many clients
}

// Server holds the listeners of one process. It accepts calls at once: those that come
// before Show sets the handler wait a little, and are then answered "starting". Show,
// Connections and the addresses are safe for concurrent use.
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
	stop    chan struct{} // closed when Serve begins to stop
	stopped sync.Once
}

// answerTime is after how long net/http gives up an answer by itself, counted from the
// head of the request. It leaves time for the slowest body allowed and for the call;
// after that each answer gets a deadline of its own.
const answerTime = transferLag + longestBody/slowest*time.Second + 60*time.Second

// patience is longer than a start without migrations takes, so that callers wait
// for it instead of trying again and again.
const patience = 100 * time.Millisecond

// Listen binds the addresses, so that a taken one is reported before any data is
// touched. Nothing is answered until Serve.
func Listen(l Listening) (*Server, error) {
	s := &Server{shown: make(chan struct{}), stop: make(chan struct{})}
	first := http.Handler(http.HandlerFunc(starting))
	s.handler.Store(&first)
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true) // below TLS, which net/http does not see; on the plain port strictConn refuses it
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
			MaxReadFrameSize:              16 << 10,  // each connection keeps the buffer of a frame
			MaxReceiveBufferPerConnection: 512 << 10, // bodies are read at once into memory that is counted
			MaxReceiveBufferPerStream:     128 << 10,
		},
		BaseContext: func(net.Listener) context.Context { return records.WithStop(context.Background(), s.stop) },
		ConnContext: link,
		ConnState:   followNoMore,
	}
	s.open = newConnections(l.Limits, l.Trusted, func() { s.noRoom.Add(1) })
	if l.Log != nil {
		// Errors that clients cause on a connection do not concern the operator.
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

// answer is the handler of both listeners. While the server stops, it is not ready, so
// that a load balancer sends no more calls.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	c := connectionOf(r)
	c.beginRequest()
	defer c.endRequest()
	r.TLS = tlsOf(r) // net/http does not see it below strictConn and sessionConn
	if s.leaving.Load() && r.URL.Path == "/readyz" {
		writeError(w, http.StatusServiceUnavailable, "stopping", "The server is stopping.")
		return
	}
	(*s.handler.Load()).ServeHTTP(w, r)
}

// followNoMore is http.Server.ConnState. An upgraded connection is not HTTP/1.1 any more,
// so its framing is not checked.
func followNoMore(c net.Conn, state http.ConnState) {
	if strict, ok := c.(*strictConn); ok && state == http.StateHijacked {
		strict.off.Store(true)
	}
}

// Show sets the handler that answers from now on.
func (s *Server) Show(h http.Handler) {
	s.handler.Store(&h)
	s.show.Do(func() { close(s.shown) })
}

// Connections returns how many connections are open, and how many were closed or refused
// to make room for others. It is safe for concurrent use.
func (s *Server) Connections() (open int, closed int64) { return s.open.count(), s.noRoom.Load() }

// Addr returns the bound address of plain HTTP, or "".
func (s *Server) Addr() string { return address(s.plain) }

// TLSAddr returns the bound address of HTTPS, or "".
func (s *Server) TLSAddr() string { return address(s.secure) }

func address(l net.Listener) string {
	if l == nil {
		return ""
	}
	return l.Addr().String()
}

// Serve answers requests until ctx is done. Then it accepts no new connections, finishes
// the calls in flight and returns nil, or an error if they take longer than drainTime. It
// returns early with the error of a listener that fails.
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
	s.stopped.Do(func() { close(s.stop) })
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if late := s.http.Shutdown(drain); late != nil {
		err = errors.Join(err, fmt.Errorf("calls still in flight after %s: %w", drainTime, late), s.http.Close())
	}
	running.Wait()
	return err
}

// Close stops listening at once. It is for a Server whose Serve was never called.
func (s *Server) Close() error {
	var errs []error
	for _, l := range []net.Listener{s.plain, s.secure} {
		if l != nil {
			errs = append(errs, l.Close())
		}
	}
	return errors.Join(errs...)
}
