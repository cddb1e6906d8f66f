//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/mingce/mingce/internal/store/enginetest"
)

const (
	// linearClients is how many clients call at once, each through any of the servers.
	linearClients = 12
	// linearRound is the length of one history. A longer run has more histories, so that each
	// can be checked, and drawn if it is wrong, within seconds.
	linearRound = 2 * time.Second
)

// Whatever happens to the servers and connections, each contact behaves as if its calls had been
// made one after another. 12 clients write and read a few contacts over two gateways while
// connections are cut, including those to the database, and servers are stopped, killed and
// restarted. A call without an answer may take effect at any later time, or never. By default
// there is one history per engine; MINGCE_LINEAR=60s asks for more
// (docs/spec/reliability.md#linear-history-of-a-contact).
func TestContactsAreLinearizable(t *testing.T) {
	t.Parallel()
	length := linearRound
	if s := os.Getenv("MINGCE_LINEAR"); s != "" {
		var err error
		if length, err = time.ParseDuration(s); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("one server on SQLite", func(t *testing.T) {
		t.Parallel()
		newCluster(t, 1, nil, "--data", t.TempDir()).checkHistories(t, length)
	})
	t.Run("three servers on one PostgreSQL", func(t *testing.T) {
		t.Parallel()
		u, err := url.Parse(enginetest.Database(t))
		if err != nil {
			t.Fatal("the URL of the test's database is none") // it may hold a password
		}
		toDatabase := newFaultProxy(t, u.Host)
		u.Host = toDatabase.address()
		newCluster(t, 3, toDatabase, "--database", u.String()).checkHistories(t, length)
	})
}

// cluster is several servers on the same data, each behind a proxy that injects faults.
type cluster struct {
	flags    []string
	programs []*program
	proxies  []*faultProxy
	database *faultProxy // nil: it is a file

	version  atomic.Int64 // every value is written only once, so a read identifies its write
	contacts int
}

func newCluster(t *testing.T, servers int, database *faultProxy, flags ...string) *cluster {
	t.Helper()
	c := &cluster{flags: append([]string{"dev", "--tls-addr", "", "--contacts-max-message-contacts", "100000"}, flags...), database: database}
	for range servers {
		p := startProgram(t, c.flags...)
		c.programs = append(c.programs, p)
		c.proxies = append(c.proxies, newFaultProxy(t, strings.TrimPrefix(p.url, "http://")))
	}
	return c
}

func (c *cluster) checkHistories(t *testing.T, length time.Duration) {
	t.Helper()
	for end := time.Now().Add(length); time.Now().Before(end) && !t.Failed(); {
		all := c.history(t, min(linearRound, time.Until(end)))
		history := settled(all)
		t.Logf("%d calls; the outcome of %d more is unknown", len(history), len(all)-len(history))
		result, info := porcupine.CheckOperationsVerbose(registers, history, time.Minute)
		if result == porcupine.Ok {
			continue
		}
		t.Errorf("got a history that is %s, want one that some order of its calls can explain", result)
		if f, err := os.CreateTemp("", "mingce-linear-*.html"); err == nil {
			t.Logf("drawn in %s (%v)", f.Name(), porcupine.Visualize(registers, info, f))
			_ = f.Close()
		}
	}
	for _, p := range c.programs {
		p.kill(t)
	}
}

// registerCall is one call: a write of a version, or a read.
type registerCall struct {
	contact string
	write   bool
	version int
}

// stillOpen is the return time of a call without an outcome: after all others.
const stillOpen = int64(1) << 62

// registers models contacts for porcupine: each has one version.
var registers = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		byContact := map[string][]porcupine.Operation{}
		for _, o := range history {
			k := o.Input.(registerCall).contact
			byContact[k] = append(byContact[k], o)
		}
		var parts [][]porcupine.Operation
		for _, p := range byContact {
			parts = append(parts, p)
		}
		return parts
	},
	Init: func() any { return 0 },
	Step: func(state, input, output any) (bool, any) {
		if in := input.(registerCall); in.write {
			return true, in.version
		}
		return output == state, state
	},
	DescribeOperation: func(input, output any) string {
		if in := input.(registerCall); in.write {
			return fmt.Sprint("write ", in.version)
		}
		return fmt.Sprint("read ", output)
	},
}

// settled narrows down writes without an answer by the reads, which makes checking cheap and
// changes no verdict. Each value is written only once: one that was read was written before the
// first such read returned, and one that was never read is irrelevant.
func settled(history []porcupine.Operation) []porcupine.Operation {
	firstSeen := map[int]int64{}
	for _, o := range history {
		if in := o.Input.(registerCall); !in.write {
			v := o.Output.(int)
			if at, ok := firstSeen[v]; !ok || o.Return < at {
				firstSeen[v] = o.Return
			}
		}
	}
	var kept []porcupine.Operation
	for _, o := range history {
		if o.Return == stillOpen {
			at, ok := firstSeen[o.Input.(registerCall).version]
			if !ok {
				continue
			}
			o.Return = max(at, o.Call)
		}
		kept = append(kept, o)
	}
	return kept
}

// history lets the clients call for a while, with faults, and returns their operations.
func (c *cluster) history(t *testing.T, length time.Duration) []porcupine.Operation {
	t.Helper()
	contacts := c.newContacts(t)
	begin := time.Now()
	running, stop := context.WithTimeout(t.Context(), length)
	defer stop()
	var wg sync.WaitGroup
	seen := make([][]porcupine.Operation, linearClients)
	for i := range linearClients {
		wg.Go(func() {
			client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for running.Err() == nil {
				// A new program value for each call, because any server may answer.
				through := &program{url: "http://" + c.proxies[rand.IntN(len(c.proxies))].address(), client: client}
				o, ok := c.call(t, through, contacts[rand.IntN(len(contacts))], begin)
				if ok {
					o.ClientId = i
					seen[i] = append(seen[i], o)
				}
				if !ok || o.Return == stillOpen { // leave the processor to a server that starts
					time.Sleep(10 * time.Millisecond)
				}
			}
		})
	}
	c.injectFaults(t, running)
	wg.Wait()
	return slices.Concat(seen...)
}

// call makes one call and reports whether it belongs to the history: a read without an answer and
// a refused change are irrelevant.
func (c *cluster) call(t *testing.T, p *program, w *writer, begin time.Time) (porcupine.Operation, bool) {
	in := registerCall{contact: w.object, write: rand.IntN(2) == 0}
	if in.write {
		in.version = int(c.version.Add(1))
	}
	o := porcupine.Operation{Input: in, Call: int64(time.Since(begin))}
	var err error
	if in.write {
		err = w.write(p, in.version)
	} else {
		o.Output, err = oneVersion(w.read(p))
	}
	o.Return = int64(time.Since(begin))
	switch {
	case err == nil:
		return o, true
	case errors.Is(err, errTorn):
		t.Errorf("%s: %v", w.name, err)
	case in.write && (errors.Is(err, errGone) || c.database != nil):
		// A server that lost its connection to the database does not know either.
		o.Return = stillOpen
		return o, true
	}
	return o, false
}

var errTorn = errors.New("not wholly one version")

// oneVersion returns the version that all parts of a contact must agree on.
func oneVersion(seen map[string]int, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	version, first := 0, true
	for _, v := range seen {
		if !first && v != version {
			return 0, fmt.Errorf("%w: %v", errTorn, seen)
		}
		version, first = v, false
	}
	return version, nil
}

// injectFaults cuts connections and stops, kills and restarts servers until the time is over. When
// it returns, all servers run.
func (c *cluster) injectFaults(t *testing.T, running context.Context) {
	t.Helper()
	for n := 0; ; n++ {
		select {
		case <-running.Done():
			return
		case <-time.After(time.Duration(40+rand.IntN(80)) * time.Millisecond):
		}
		i := rand.IntN(len(c.programs))
		switch {
		case n%5 == 3:
			c.programs[i].kill(t)
			c.proxies[i].cut()
			c.programs[i] = startProgram(t, c.flags...)
			c.proxies[i].lead(strings.TrimPrefix(c.programs[i].url, "http://"))
		case n%5 == 1:
			c.pause(t, c.programs[i])
		case n%5 == 4 && c.database != nil:
			c.database.cut()
		default:
			c.proxies[i].cut()
		}
	}
}

// pause suspends a server for a moment while the others continue, so that its state is outdated
// when it resumes.
func (c *cluster) pause(t *testing.T, p *program) {
	t.Helper()
	if err := p.command.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Error(err)
	}
	time.Sleep(100 * time.Millisecond)
	if err := p.command.Process.Signal(syscall.SIGCONT); err != nil {
		t.Error(err)
	}
}

// newContacts creates contacts of version 0 for one history: two external contacts and a message
// contact.
func (c *cluster) newContacts(t *testing.T) []*writer {
	t.Helper()
	p := c.programs[0]
	var contacts []*writer
	for range 3 {
		c.contacts++
		w := contactWriter(t, p, c.contacts)
		if len(contacts) == 2 {
			w = messageContactWriter(t, p, c.contacts)
		}
		contacts = append(contacts, w)
	}
	return contacts
}
