package main

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// sample is one measurement of one side.
type sample struct {
	rate          float64 // correct answers per second
	p50, p99, max time.Duration
	done, bad     int
	why           string        // the first wrong answer
	cpu           time.Duration // processor time of the server for one call
}

// side is one thing that is measured.
type side interface {
	run(conns int, dur time.Duration) sample
}

// target is a side that is called over HTTP. It spends as little processor time as possible on
// connections and answers, because the server runs on the same cores.
type target struct {
	addr string
	// request appends one whole request. It is made, and signed, while the clock
	// runs, because a server that refuses repeats needs each to be new.
	request func(dst []byte, r *rand.Rand) []byte
	// right reports whether an answer is correct; the vendors answer failures with 200 too.
	right func(status int, body []byte) bool
	acked *atomic.Int64 // counts correct answers, if set
}

const callDeadline = 30 * time.Second

func (t *target) run(conns int, dur time.Duration) sample {
	results := make([]callers, conns)
	begin := time.Now()
	stop := begin.Add(dur)
	var wait sync.WaitGroup
	for i := range conns {
		wait.Go(func() { t.call(&results[i], stop) })
	}
	wait.Wait()
	return summarise(results, time.Since(begin))
}

// callers is the result of one connection or goroutine.
type callers struct {
	times []time.Duration
	bad   int
	why   string
}

func (c *callers) wrong(why string) {
	if c.bad++; c.why == "" {
		c.why = why
	}
}

func (t *target) call(c *callers, stop time.Time) {
	r := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	var conn *connection
	defer func() { conn.close() }()
	buf := make([]byte, 0, 4096)
	for {
		begin := time.Now()
		if begin.After(stop) {
			return
		}
		buf = t.request(buf[:0], r)
		status, body, err := 0, []byte(nil), error(nil)
		if conn == nil {
			conn, err = dial(t.addr)
		}
		if err == nil {
			status, body, err = conn.exchange(buf)
		}
		switch {
		case err != nil:
			c.wrong(err.Error())
			conn.close()
			conn = nil
		case !t.right(status, body):
			c.wrong(fmt.Sprintf("status %d: %.200s", status, body))
		default:
			c.times = append(c.times, time.Since(begin))
			if t.acked != nil {
				t.acked.Add(1)
			}
		}
		if conn != nil && conn.closing {
			conn.close()
			conn = nil
		}
	}
}

// once makes one call and returns the answer if it is right.
func (t *target) once() ([]byte, error) {
	conn, err := dial(t.addr)
	if err != nil {
		return nil, err
	}
	defer conn.close()
	status, body, err := conn.exchange(t.request(nil, rand.New(rand.NewPCG(1, 2))))
	if err != nil {
		return nil, err
	}
	if !t.right(status, body) {
		return nil, fmt.Errorf("status %d: %.300s", status, body)
	}
	if t.acked != nil {
		t.acked.Add(1)
	}
	return body, nil
}

func summarise(results []callers, took time.Duration) (s sample) {
	var all []time.Duration
	for _, c := range results {
		all = append(all, c.times...)
		s.bad += c.bad
		if s.why == "" {
			s.why = c.why
		}
	}
	s.done = len(all)
	s.rate = float64(len(all)) / took.Seconds()
	if len(all) == 0 {
		return s
	}
	slices.Sort(all)
	s.p50, s.p99, s.max = all[len(all)/2], all[len(all)*99/100], all[len(all)-1]
	return s
}

// connection is a kept-alive HTTP/1.1 connection.
type connection struct {
	conn    net.Conn
	r       *bufio.Reader
	body    []byte
	closing bool
}

func dial(addr string) (*connection, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &connection{conn: conn, r: bufio.NewReaderSize(conn, 32<<10)}, nil
}

func (c *connection) close() {
	if c != nil {
		_ = c.conn.Close()
	}
}

// exchange sends a request and reads its answer. The body is valid until the
// next exchange.
func (c *connection) exchange(request []byte) (status int, body []byte, err error) {
	if err = c.conn.SetDeadline(time.Now().Add(callDeadline)); err != nil {
		return 0, nil, err
	}
	if _, err = c.conn.Write(request); err != nil {
		return 0, nil, err
	}
	line, err := c.line()
	if err != nil {
		return 0, nil, err
	}
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.")) {
		return 0, nil, fmt.Errorf("not HTTP: %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, nil, err
	}
	c.closing = line[7] == '0'
	length, chunked, err := c.headers()
	if err != nil {
		return 0, nil, err
	}
	c.body = c.body[:0]
	switch {
	case status == 204 || status == 304:
	case chunked:
		err = c.chunks()
	default:
		err = c.take(length)
	}
	return status, c.body, err
}

// line reads one line without its end.
func (c *connection) line() ([]byte, error) {
	line, err := c.r.ReadSlice('\n')
	return bytes.TrimRight(line, "\r\n"), err
}

func (c *connection) headers() (length int, chunked bool, err error) {
	for {
		line, err := c.line()
		if err != nil || len(line) == 0 {
			return length, chunked, err
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case is(name, "content-length"):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, false, err
			}
		case is(name, "transfer-encoding"):
			chunked = is(value, "chunked")
		case is(name, "connection"):
			c.closing = c.closing || is(value, "close")
		}
	}
}

func is(b []byte, s string) bool { return len(b) == len(s) && bytes.EqualFold(b, []byte(s)) }

func (c *connection) take(n int) error {
	for n > 0 {
		part, err := c.r.Peek(min(n, c.r.Size()))
		if err != nil {
			return err
		}
		c.body = append(c.body, part...)
		n -= len(part)
		if _, err := c.r.Discard(len(part)); err != nil {
			return err
		}
	}
	return nil
}

func (c *connection) chunks() error {
	for {
		line, err := c.line()
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(line), 16, 32)
		if err != nil {
			return err
		}
		if err := c.take(int(n)); err != nil {
			return err
		}
		if _, err := c.line(); err != nil || n == 0 {
			return err
		}
	}
}
