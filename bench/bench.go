package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"
)

// bench is one run.
type bench struct {
	config
	ctx     context.Context
	begun   time.Time
	binary  string
	running []*process

	fsync   time.Duration
	sizes   map[string]int64 // programs, in bytes
	starts  []time.Duration
	memory  []memory
	peak    map[int]float64 // MiB of the product under updates, by connections
	races   []*race
	leftOut []string
	checks  []check

	records records

	versions   []string      // of peers
	fsyncAfter time.Duration // after the run; fsync is before it
}

type memory struct {
	what string
	mib  float64
}

func newBench(ctx context.Context, c config) *bench {
	return &bench{config: c, ctx: ctx, begun: time.Now(), sizes: map[string]int64{}, peak: map[int]float64{}}
}

func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%5.0f s  %s\n", time.Since(b.begun).Seconds(), fmt.Sprintf(format, args...))
}

func (b *bench) skip(format string, args ...any) {
	b.leftOut = append(b.leftOut, fmt.Sprintf(format, args...))
	b.say("left out: "+format, args...)
}

func (b *bench) stopAll() {
	for _, p := range b.running {
		_ = p.stop()
	}
}

// race is one comparison of several sides.
type race struct {
	title, note string
	dur         time.Duration
	conns       []int
	entries     []entry
	samples     map[run2][]sample
	others      []float64 // percent of the machine that other processes used, by measurement
}

type entry struct {
	name  string
	side  side
	after func(conns int) // looks at the server after a measurement
	of    *process        // whose processor time counts
}

type run2 struct {
	name  string
	conns int
}

// hold runs the sides in turn, at every number of connections, round by round. Every second
// round goes in reverse, so that no side always follows the same other one.
func (b *bench) hold(r *race) error {
	for _, e := range r.entries {
		if t, ok := e.side.(probe); ok {
			if _, err := t.once(); err != nil {
				return fmt.Errorf("%s: %s is not answered as it should be: %w", r.title, e.name, err)
			}
		}
	}
	r.samples = map[run2][]sample{}
	for round := range b.rounds {
		b.say("%s, round %d", r.title, round+1)
		entries := slices.Clone(r.entries)
		if round%2 == 1 {
			slices.Reverse(entries)
		}
		for _, conns := range r.conns {
			for _, e := range entries {
				if err := b.ctx.Err(); err != nil {
					return err
				}
				before := b.usage()
				s := e.measure(conns, r.dur)
				if percent, known := others(before, b.usage()); known {
					r.others = append(r.others, percent)
				}
				r.samples[run2{e.name, conns}] = append(r.samples[run2{e.name, conns}], s)
				if e.after != nil {
					e.after(conns)
				}
			}
		}
	}
	b.races = append(b.races, r)
	return nil
}

func (e entry) measure(conns int, dur time.Duration) sample {
	if e.of == nil {
		return e.side.run(conns, dur)
	}
	begin := e.of.processor()
	s := e.side.run(conns, dur)
	s.cpu = (e.of.processor() - begin) / time.Duration(max(s.done, 1))
	return s
}

// bad counts the wrong answers of the named sides.
func (b *bench) bad(names ...string) (n int) {
	for _, r := range b.races {
		for key, samples := range r.samples {
			if slices.Contains(names, key.name) {
				for _, s := range samples {
					n += s.bad
				}
			}
		}
	}
	return n
}

// measure runs all measurements in their order.
func (b *bench) measure() error {
	if err := b.prepare(); err != nil {
		return err
	}
	if b.only == onlyRecords {
		return b.measureRecords()
	}
	small, large := &mingce{name: "small"}, &mingce{name: "large"}
	installations := []*mingce{small, large}
	counts := []int{b.small, b.large}
	if b.million {
		installations, counts = append(installations, &mingce{name: "million"}), append(counts, 1_000_000)
	}
	for i, m := range installations {
		fill := b.fill
		if counts[i] >= 1_000_000 {
			fill = func(m *mingce, _ int) error { return b.fillMillion(m) }
		}
		if err := fill(m, counts[i]); err != nil {
			return err
		}
	}
	pb, err := b.pocketbase()
	if err != nil {
		return err
	}
	if err := b.measureStarts(installations, large, pb); err != nil {
		return err
	}
	if err := b.measureCalls(installations, pb); err != nil {
		return err
	}
	for _, m := range installations {
		if err := errors.Join(m.stop(), b.audited(m, b.bad(updateSides...))); err != nil {
			return err
		}
	}
	if err := b.measureSearch(installations[len(installations)-1]); err != nil {
		return err
	}
	if err := b.measurePostgres(); err != nil {
		return err
	}
	return b.measureRecords()
}

func (b *bench) prepare() (err error) {
	if b.fsync, err = fsyncP50(b.work); err != nil {
		return err
	}
	work, err := filepath.Abs(b.work)
	if err != nil {
		return err
	}
	b.work, b.binary = work, filepath.Join(work, "mingce")
	b.say("build the program")
	if err := build(b.ctx, b.root, "./cmd/mingce", b.binary); err != nil {
		return err
	}
	return b.weigh("mingce", b.binary)
}

func (b *bench) weigh(name, path string) error {
	info, err := os.Stat(path)
	if err == nil {
		b.sizes[name] = info.Size()
	}
	return err
}

// fill creates an installation with n contacts and stops it.
func (b *bench) fill(m *mingce, n int) error {
	b.say("%d contacts through the API", n)
	m.dir = filepath.Join(b.work, m.name)
	m.args = []string{"--data", m.dir}
	if err := b.open(m); err != nil {
		return err
	}
	begin := time.Now()
	if err := b.seed(m, n); err != nil {
		return err
	}
	b.say("made at %.0f a second", float64(n)/time.Since(begin).Seconds())
	return m.stop()
}

// measureStarts starts one installation several times, and leaves all of them running.
func (b *bench) measureStarts(installations []*mingce, measured *mingce, pb *peer) error {
	empty := &mingce{name: "empty", args: []string{"--ephemeral"}}
	if err := b.open(empty); err != nil {
		return err
	}
	b.memory = append(b.memory, memory{"after start, sample organisation", empty.memory()})
	if err := empty.stop(); err != nil {
		return err
	}
	for range 5 {
		if err := b.open(measured); err != nil {
			return err
		}
		b.starts = append(b.starts, measured.started)
		if err := measured.stop(); err != nil {
			return err
		}
	}
	for _, m := range installations {
		if err := b.open(m); err != nil {
			return err
		}
	}
	if pb == nil {
		return nil
	}
	return b.openPeer(pb)
}

// Names of races and sides.
const (
	raceUpdates = "updates"
	raceGet     = "get by id"
	raceSize    = "size of the directory"
	raceList    = "list"
	sideUpdate  = "update, token (TOP)"
	sideRPC     = "UpdateMessageContact, V3 (RPC)"
	sideGrant   = "grant, token (REST)"
	sideGet     = "get"
	sidePeer    = "PocketBase, audit hook"
	sideSmall   = "small"
	sideLarge   = "large"
	pageFirst   = "first page"
	pageDeep    = "90 % deep"
)

// updateSides are the sides whose calls are compared with the history.
var updateSides = []string{sideUpdate, sideRPC, sideGrant, sideSmall, sideLarge}

func (b *bench) measureCalls(installations []*mingce, pb *peer) error {
	large := installations[1]
	remember := func(conns int) { b.peak[conns] = max(b.peak[conns], large.memory()) }
	updates := &race{title: raceUpdates, dur: b.dur, conns: b.conns, note: fmt.Sprintf("%d contacts on every side.", b.large), entries: []entry{
		{sideUpdate, large.update(), remember, large.process},
		{name: sideRPC, side: large.message(), of: large.process}, {name: sideGrant, side: large.grant(), of: large.process},
	}}
	if pb != nil { // beside what it is compared with
		updates.entries = slices.Insert(updates.entries, 0, entry{name: sidePeer, side: pb.update(), of: pb.process})
	}
	for _, r := range []*race{updates, b.sizeRace(installations)} {
		if err := b.hold(r); err != nil {
			return err
		}
	}
	if err := errors.Join(b.auditedPeer(pb), b.measureReads(installations, pb)); err != nil {
		return err
	}
	if err := b.measureOpenLDAP(large); err != nil {
		return err
	}
	return b.measureExpress(large)
}

// sizeRace compares the smallest with the largest installation.
func (b *bench) sizeRace(installations []*mingce) *race {
	small, large := installations[0], installations[len(installations)-1]
	return &race{title: raceSize, dur: b.dur, conns: []int{1, 64},
		note:    fmt.Sprintf("The update with a token: %d contacts and %d.", len(small.contacts), len(large.contacts)),
		entries: []entry{{name: sideSmall, side: small.update()}, {name: sideLarge, side: large.update()}}}
}

func (b *bench) measureReads(installations []*mingce, pb *peer) error {
	large, most := installations[1], installations[len(installations)-1]
	gets := &race{title: raceGet, dur: b.dur / 2, conns: b.conns, entries: []entry{{name: sideGet, side: large.get(), of: large.process}}}
	if pb != nil {
		gets.entries = append(gets.entries, entry{name: sidePeer, side: pb.get(), of: pb.process})
	}
	if err := b.hold(gets); err != nil {
		return err
	}
	deep := len(most.contacts) * 9 / 10
	return b.hold(&race{title: raceList, dur: b.dur / 2, conns: []int{1}, note: "Pages of 20 of dingtalk.corp.extcontact.list.", entries: []entry{
		{name: pageFirst, side: most.list(0)}, {name: pageDeep, side: most.list(deep)},
	}})
}

func machine() string {
	return fmt.Sprintf("%s/%s, %d processors", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
}
