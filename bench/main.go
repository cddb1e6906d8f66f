// Bench measures Mingce as docs/benchmarks.md reports it: the program over HTTP,
// beside peers of the same run, in rounds that alternate between the sides. Most
// goals are ratios; the figures of one machine are a record only.
//
// It is a module of its own, so that what peers need stays out of the product.
// It drives the program as a client does. Only for searches, which no call of
// the vendors makes, it imports packages of the product (search.go).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// config is what the flags and the environment say.
type config struct {
	out     string
	work    string
	root    string
	quick   bool
	peers   string
	dur     time.Duration
	rounds  int
	million bool

	small, large int
	conns        []int
	postgres     string
}

func main() {
	c := config{conns: []int{1, 16, 64}, small: 1000, large: 100_000, postgres: os.Getenv("MINGCE_TEST_POSTGRES")}
	flag.StringVar(&c.out, "out", "", "file to write the report to; the terminal if empty or -quick")
	flag.StringVar(&c.work, "work", "", "folder for the data; it should be on the disk that is to be measured (a folder .work here if empty)")
	flag.StringVar(&c.root, "root", "..", "root of the repository")
	flag.BoolVar(&c.quick, "quick", false, "small and short: shows that everything works, and measures nothing")
	flag.StringVar(&c.peers, "peers", "pocketbase,openldap,express", "peers to measure, where they are installed")
	flag.DurationVar(&c.dur, "dur", 2*time.Second, "length of one measurement")
	flag.IntVar(&c.rounds, "rounds", 3, "rounds, 3 at least")
	flag.Parse()
	if c.quick {
		c.dur, c.large = 150*time.Millisecond, 3000
	}
	c.million = strings.EqualFold(os.Getenv("SIZE"), "1m")
	c.rounds = max(c.rounds, 3)

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, c)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// errMissed ends a run whose report is complete but not good.
var errMissed = errors.New("a goal was missed, or an answer was wrong: see the report")

func run(ctx context.Context, c config) (err error) {
	if c.work == "" {
		c.work = ".work"
	}
	if err := os.RemoveAll(c.work); err != nil {
		return err
	}
	if err := os.MkdirAll(c.work, 0o700); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(c.work)) }()

	b := newBench(ctx, c)
	defer b.stopAll()
	if err := b.measure(); err != nil {
		return err
	}
	if b.fsyncAfter, err = fsyncP50(b.work); err != nil {
		return err
	}
	report := b.report()
	if c.out != "" && !c.quick { // a quick run does not replace a record
		if err := os.WriteFile(c.out, []byte(report), 0o644); err != nil {
			return err
		}
	} else {
		fmt.Print(report)
	}
	fmt.Fprint(os.Stderr, b.verdicts())
	if b.broken() || b.failed() && !c.quick {
		return errMissed
	}
	return nil
}
