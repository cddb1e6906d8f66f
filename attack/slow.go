package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
)

// half returns a request whose body stops in the middle.
func half(path string, length, sent int) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s",
		path, length, "a="+strings.Repeat("b", max(sent-2, 0)))
}

var paths = []string{"/router/rest", "/topapi/extcontact/get", "/v1.0/contact/users/search", "/", "/oauth2/auth", "/_mingce/faults"}

// slowBodies keeps connections with unfinished bodies, and reopens those that the server closes.
func slowBodies(ctx context.Context, t *target) error {
	sizes := []struct{ length, sent int }{{70000, 2}, {65536, 65535}, {1 << 20, 2}, {1 << 20, 1 << 19}, {60000, 30000}, {4096, 4095}, {300, 10}}
	return holdMany(ctx, 2000, func(i int) string {
		size := sizes[i%len(sizes)]
		if i%5 == 0 { // the same in chunks
			return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s",
				paths[i%len(paths)], size.length, strings.Repeat("b", size.sent))
		}
		return half(paths[i%len(paths)], size.length, size.sent)
	}, t)
}

func halfBodies(ctx context.Context, t *target) error {
	return holdMany(ctx, 512, func(i int) string { return half(paths[i%len(paths)], 1<<20, 1<<19) }, t)
}

// uploads keeps more files half sent than the server receives at once: refused ones, which it
// answers before they come, and ones whose import has begun.
func uploads(ctx context.Context, t *target) error {
	return holdMany(ctx, 700, func(i int) string {
		org := []string{sampleOrg, "nobody"}[i%2]
		return fmt.Sprintf("POST /mingce/v1/orgs/%s/imports?kind=contacts HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\nname,mobile\n", org, 1<<20<<(i%16))
	}, t)
}

func connections(ctx context.Context, t *target) error {
	return holdMany(ctx, 15000, func(i int) string { return half(paths[i%4], 65536, 65535) }, t)
}

// holdMany keeps n connections open, each of which has sent a text.
func holdMany(ctx context.Context, n int, text func(i int) string, t *target) error {
	const openers = 16
	var all sync.WaitGroup
	for o := range openers {
		all.Go(func() {
			held := map[int]net.Conn{}
			defer func() {
				for _, c := range held {
					_ = c.Close()
				}
			}()
			for ctx.Err() == nil {
				for i := o; i < n && ctx.Err() == nil; i += openers {
					if held[i] != nil && isOpen(held[i]) {
						continue
					}
					c, err := t.dial()
					if err != nil {
						continue // the server accepts no more
					}
					if held[i] != nil {
						_ = held[i].Close()
					}
					held[i] = c
					_ = c.SetWriteDeadline(soon())
					_, _ = io.WriteString(c, text(i))
				}
				if !pause(ctx, pauseBetween) {
					return
				}
			}
		})
	}
	all.Wait()
	return nil
}
