// Bench measures Mingce for docs/benchmarks.md: the program over HTTP, next to other programs in
// the same run, in rounds that alternate between the sides. Most goals are ratios; the absolute
// figures of one machine are only a record.
//
// It is a separate module, so that the dependencies of the other programs stay out of the
// product. It calls the program as a client does. Only for searches, for which the vendors have
// no call, it imports packages of the product (search.go).
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

// config has the settings from flags and environment.
type config struct {
	out     string
	work    string
	root    string
	quick   bool
	peers   string
	dur     time.Duration
	rounds  int
	million bool
	only    string
	rows    int // of an import

	small, large int
	conns        []int
	postgres     string
}

func main() {
	c := config{conns: []int{1, 16, 64}, small: 1000, large: 100_000, postgres: os.Getenv("MINGCE_TEST_POSTGRES")}
	flag.StringVar(&c.out, "out", "", "file to write the report to; the terminal if empty or -quick")
	flag.StringVar(&c.work, "work", "", "folder for the data, on the disk to be measured (.work here if empty)")
	flag.StringVar(&c.root, "root", "..", "root of the repository")
	flag.BoolVar(&c.quick, "quick", false, "small and short: only checks that everything works")
	flag.StringVar(&c.peers, "peers", "pocketbase,openldap,express", "other programs to measure, if they are installed")
	flag.DurationVar(&c.dur, "dur", 2*time.Second, "length of one measurement")
	flag.IntVar(&c.rounds, "rounds", 3, "rounds, 3 at least")
	flag.IntVar(&c.rows, "rows", 0, "rows of an import; 1000000 with SIZE=1m, or a fifth of the contacts of the other measurements, if 0")
	flag.StringVar(&c.only, "only", "", onlyRecords+": measure only imports, exports and undo")
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

// onlyRecords is the part of a run that imports, exports and undoes.
const onlyRecords = "records"

// errMissed ends a run whose report is complete but shows a failure.
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
	if c.out != "" && !c.quick { // a quick run must not replace the record
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
