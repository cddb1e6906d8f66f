// Attack runs floods of strangers and of other tenants against the program. It prints how
// long good calls to each gateway take without and under each flood, with the memory and the
// open files of the process. It fails if something structural is wrong: memory above its
// limit, files that stay open, good calls that fail. Times are only printed, because machines
// differ.
//
// It is a separate module and calls the program as strangers do, over loopback only.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"
)

// flood is one way to wear a server down.
type flood struct {
	name string
	doc  string
	// memory is how much the process may have resident meanwhile, in MiB.
	memory int
	// run floods until ctx is done, and then releases everything.
	run func(ctx context.Context, t *target) error
}

// chosen reports whether the flood is among those asked for.
func (f flood) chosen(only string) bool {
	return only == "" || strings.Contains(","+only+",", ","+f.name+",")
}

// floods returns the floods of strangers, in the order in which they run.
func floods() []flood {
	return []flood{
		{"slow-bodies", "2,000 bodies of every size over HTTP/1.1 that stop coming", 256, slowBodies},
		{"half-bodies", "512 half-sent bodies of 1 MiB, again and again", 256, halfBodies},
		{"uploads", "700 files of 1 MiB to 32 GiB for imports that stop coming", 256, uploads},
		{"streams", "20 connections with 250 streams of HTTP/2 each, their bodies half sent", 256, streams},
		{"many-streams", "the same over 400 connections", 256, manyStreams},
		{"endings", "32 clients that begin sessions of HTTP/2 and end each in the middle of 30 requests", 256, endings},
		{"readers", "50 clients that never read their answers, over HTTP/2 with a closed window and over HTTP/1.1", 256, readers},
		{"together", "slow bodies, streams and readers at once", 256, together},
		{"connections", "15,000 connections with one byte of a body missing", 512, connections},
		{"heads", "4,000 connections and 20 times 120 streams with heads of 60 KiB, unfinished or before a body that does not come", 384, heads},
		{"sessions", "2,000 sessions of HTTP/2 in the middle of a frame or a head", 256, idle},
		{"pages", "500 connections and 20 times 120 streams that ask for pages of the console and read none", 256, pages},
		{"failures", "failing requests of 1 MiB of every gateway", 256, failures},
	}
}

// tenantFloods returns the floods of another organisation.
func tenantFloods() []flood {
	return []flood{
		{"topics", "another tenant asks for streams of made-up topics, and connects without a WebSocket", 256, topics},
		{"churn", "another tenant opens streams and closes them at once", 256, churn},
		{"refusals", "another tenant's app makes calls that it may not make", 256, refusals},
		{"lists", "another tenant reads long lists and searches for everything", 256, lists},
		{"fan-out", "another tenant causes events for 32 connections that never answer", 256, fanOut},
	}
}

func main() {
	debug.SetGCPercent(800) // the processors are for the server
	program := flag.String("program", "../mingce", "the program, built")
	length := flag.Duration("for", 30*time.Second, "how long each flood lasts")
	only := flag.String("only", "", "names of floods, separated by commas; all if empty")
	name := flag.String("flood", "", "run this flood of a tenant until standard input ends (used by the tool itself)")
	at := flag.String("at", "", "with -flood: host:port of the program")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := error(nil)
	if *name != "" {
		err = floodUntil(ctx, *name, *at, os.Stdin, os.Stdout)
	} else {
		err = attack(ctx, *program, *length, *only)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "attack:", err)
		os.Exit(1)
	}
}

func attack(ctx context.Context, program string, length time.Duration, only string) error {
	r := newReport(os.Stdout)
	if slices.ContainsFunc(floods(), func(f flood) bool { return f.chosen(only) }) {
		if err := strangers(ctx, r, program, length, only); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(tenantFloods(), func(f flood) bool { return f.chosen(only) }) {
		if err := tenants(ctx, r, program, length, only); err != nil {
			return err
		}
	}
	return r.end()
}

// strangers runs the floods of clients without a key.
func strangers(ctx context.Context, r *report, program string, length time.Duration, only string) error {
	t, err := start(ctx, program)
	if err != nil {
		return err
	}
	defer t.stop()
	quiet, err := measure(ctx, t, flood{name: "quiet", memory: 128, run: nothing}, max(length/4, time.Second))
	if err != nil {
		return err
	}
	r.begin(quiet)
	for _, f := range floods() {
		if !f.chosen(only) {
			continue
		}
		_ = t.shrink(ctx) // do not count what an earlier flood left
		m, err := measure(ctx, t, f, length)
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		r.add(m)
	}
	return r.rest(ctx, t, quiet.files)
}

func nothing(ctx context.Context, _ *target) error {
	<-ctx.Done()
	return nil
}
