package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// target is a running `mingce dev`, whose keys are published. The strangers' floods run without
// rates, so that only the floods are measured.
type target struct {
	plain, secure string // host:port
	process       *exec.Cmd
	output        bytes.Buffer
	flooded       atomic.Int64 // calls of a tenant's flood
}

var (
	plainLine  = regexp.MustCompile(`HTTP +http://(\S+)`)
	secureLine = regexp.MustCompile(`HTTPS +https://(\S+)`)
)

// start runs the program on free ports of loopback.
func start(ctx context.Context, program string, flags ...string) (*target, error) {
	flags = append([]string{"dev", "--ephemeral", "--addr", "127.0.0.1:0", "--tls-addr", "127.0.0.1:0"}, flags...)
	t := &target{process: exec.Command(program, flags...)}
	t.process.Stderr = io.Discard
	out, err := t.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := t.process.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		t.output.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), "Stop with") {
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	a, b := plainLine.FindStringSubmatch(t.output.String()), secureLine.FindStringSubmatch(t.output.String())
	if a == nil || b == nil {
		t.stop()
		return nil, fmt.Errorf("the program did not say where it listens:\n%s", &t.output)
	}
	t.plain, t.secure = a[1], b[1]
	return t, ctx.Err()
}

func (t *target) stop() {
	_ = t.process.Process.Signal(syscall.SIGTERM)
	done := make(chan struct{})
	go func() { _ = t.process.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(40 * time.Second):
		_ = t.process.Process.Kill()
	}
}

// resident returns the resident memory of the process in MiB.
func (t *target) resident() int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", t.process.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kib, _ := strconv.Atoi(strings.Fields(rest + " 0")[0])
	return kib / 1024
}

// files returns how many files the process has open, including connections.
func (t *target) files() int {
	list, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", t.process.Process.Pid))
	return len(list)
}

// settle waits until the process has no more files open than a quiet one.
func (t *target) settle(ctx context.Context, quiet int) error {
	deadline := time.Now().Add(20 * time.Second)
	for t.files() > quiet+10 {
		if time.Now().After(deadline) {
			return fmt.Errorf("%d files are still open, %d were before", t.files(), quiet)
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// shrink waits until a process that nobody calls has given its memory back.
func (t *target) shrink(ctx context.Context) error {
	const rested = 128 // MiB
	deadline := time.Now().Add(10 * time.Second)
	for t.resident() > rested {
		if time.Now().After(deadline) {
			return fmt.Errorf("%d MiB are still resident ten seconds after all floods, want at most %d", t.resident(), rested)
		}
		if !pause(ctx, 100*time.Millisecond) {
			return ctx.Err()
		}
	}
	return nil
}

// worked returns the processor time that the process has used.
func (t *target) worked() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", t.process.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest + strings.Repeat(" 0", 13))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * (time.Second / 100) // Linux counts in hundredths of a second
}

// waitIdle waits until the process has next to nothing left to do.
func (t *target) waitIdle(ctx context.Context) error {
	const look = 200 * time.Millisecond
	for range 50 {
		before := t.worked()
		if !pause(ctx, look) {
			break
		}
		if t.worked()-before <= look/10 {
			break
		}
	}
	return ctx.Err()
}

// dial opens a connection of plain HTTP.
func (t *target) dial() (net.Conn, error) { return net.DialTimeout("tcp", t.plain, 5*time.Second) }

// dialTLS opens a connection that speaks one protocol over TLS.
func (t *target) dialTLS(protocol string) (net.Conn, error) {
	// The program has just made its own authority.
	return tls.DialWithDialer(&net.Dialer{Timeout: 5 * time.Second}, "tcp", t.secure,
		&tls.Config{InsecureSkipVerify: true, NextProtos: []string{protocol}})
}

// client returns a client that uses a new connection for each call.
func (t *target) client() *http.Client {
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
}

// pause waits. It returns false when ctx is done.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// isOver reports whether an error is only the end of the flood.
func isOver(ctx context.Context, err error) bool {
	return err == nil || ctx.Err() != nil || errors.Is(err, net.ErrClosed)
}
