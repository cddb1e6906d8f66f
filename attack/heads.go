package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
)

// longHead returns a long header, different each time so that no memory can be shared.
func longHead() string { return "X-" + rand.Text() + ": " + strings.Repeat("h", 60<<10) + "\r\n" }

// heads sends the longest heads: unfinished ones, ones whose short body never arrives, and ones
// of HTTP/2 streams.
func heads(ctx context.Context, t *target) error {
	var all sync.WaitGroup
	all.Go(func() {
		_ = holdMany(ctx, 4000, func(i int) string {
			head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: a\r\n", paths[i%len(paths)]) + longHead()
			if i%2 == 0 {
				return head
			}
			return head + "Content-Length: 300\r\n\r\na=b"
		}, t)
	})
	all.Go(func() {
		_ = sessions(ctx, t, 20, 1<<16, func(s *session) error {
			for i := range 120 {
				if err := s.post(paths[i%len(paths)], "a=b", false, strings.Repeat("h", 60<<10)); err != nil {
					return err
				}
			}
			return nil
		})
	})
	all.Wait()
	return nil
}

// pages asks for pages of the console and reads none of them.
func pages(ctx context.Context, t *target) error {
	list := []string{"/console/", "/console/errors/", "/console/reference/UpdateMessageContact", "/metrics"}
	var both sync.WaitGroup
	both.Go(func() {
		_ = sessions(ctx, t, 20, 0, func(s *session) error {
			for i := range 120 {
				if _, err := s.begin("GET", "localhost", list[i%len(list)], "", true); err != nil {
					return err
				}
			}
			return nil
		})
	})
	both.Go(func() {
		_ = holdMany(ctx, 500, func(i int) string {
			return strings.Repeat("GET "+list[i%len(list)]+" HTTP/1.1\r\nHost: localhost\r\n\r\n", 4)
		}, t)
	})
	both.Wait()
	return nil
}

// idle keeps many HTTP/2 sessions open, each in the middle of a frame or of a head.
func idle(ctx context.Context, t *target) error {
	return sessions(ctx, t, 2000, 1<<16, func(s *session) error {
		if s.id%2 == 0 {
			_ = s.SetWriteDeadline(soon())
			_, err := s.Write(append([]byte{0, 0x40, 0, 0, 0, 0, 0, 0, 1}, make([]byte, 16000)...))
			return err
		}
		s.half = true
		_, err := s.begin("POST", "a", "/", strings.Repeat("h", 60<<10), false)
		return err
	})
}
