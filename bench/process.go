package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a server under measurement.
type process struct {
	cmd     *exec.Cmd
	addr    string
	log     string        // file of its output
	started time.Duration // until the first correct answer
	exited  chan error
}

const (
	startDeadline = 60 * time.Second
	stopDeadline  = 30 * time.Second
)

// freePort returns an address nobody listens on just now.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// probe makes one call, and fails if the answer is not right.
type probe interface{ once() ([]byte, error) }

// start runs a program that will listen on addr, and waits for the first
// correct answer to first.
func start(ctx context.Context, addr, log string, first probe, name string, args ...string) (*process, error) {
	return startIn(ctx, "", addr, log, first, name, args...)
}

func startIn(ctx context.Context, dir, addr, log string, first probe, name string, args ...string) (*process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	p := &process{cmd: exec.Command(name, args...), addr: addr, log: log, exited: make(chan error, 1)}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = dir, out, out
	begin := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { p.exited <- p.cmd.Wait() }()
	tick := time.NewTicker(500 * time.Microsecond)
	defer tick.Stop()
	for {
		_, err := first.once()
		if err == nil {
			p.started = time.Since(begin)
			return p, nil
		}
		select {
		case <-tick.C:
		case end := <-p.exited:
			return nil, fmt.Errorf("%s ended: %w (see %s)", filepath.Base(name), errors.Join(end, errEnded), log)
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), p.stop())
		}
		if time.Since(begin) > startDeadline {
			return nil, errors.Join(fmt.Errorf("%s does not answer as it should: %w", filepath.Base(name), err), p.stop())
		}
	}
}

var errEnded = errors.New("before it answered")

// stop asks the program to end and waits.
func (p *process) stop() error {
	if p == nil {
		return nil
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	late := time.NewTimer(stopDeadline)
	defer late.Stop()
	select {
	case err := <-p.exited:
		p.exited <- err // for a second stop
		return nil
	case <-late.C:
		return errors.Join(fmt.Errorf("%s did not stop", p.cmd.Path), p.cmd.Process.Kill())
	}
}

// memory returns the resident memory in MiB, or 0 if the system does not report it.
func (p *process) memory() float64 { return p.status("VmRSS:") }

// peakMemory is the most that memory has been since the start.
func (p *process) peakMemory() float64 { return p.status("VmHWM:") }

func (p *process) status(field string) float64 {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, field); ok {
			kib, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kib / 1024
		}
	}
	return 0
}

// processor returns the processor time that the process has used, to the hundredth of a second,
// or 0 if the system does not report it.
func (p *process) processor() time.Duration {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/stat")
	if err != nil {
		return 0
	}
	// The second field, a name in parentheses, may contain spaces.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// build compiles a program without cgo, stripped like a release.
func build(ctx context.Context, dir, pkg, out string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", out, pkg)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s in %s: %w\n%s", pkg, dir, err, text)
	}
	return nil
}

// fsyncP50 returns the median time of a small write and fsync in a folder.
func fsyncP50(dir string) (time.Duration, error) {
	f, err := os.Create(filepath.Join(dir, "fsync"))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var c callers
	page := make([]byte, 4096)
	for range 200 {
		begin := time.Now()
		if _, err := f.Write(page); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
		c.times = append(c.times, time.Since(begin))
	}
	return summarise([]callers{c}, time.Second).p50, nil
}
