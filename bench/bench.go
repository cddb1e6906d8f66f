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
	starts  map[string][]time.Duration
	memory  []memory
	peak    map[int]float64 // MiB of the product under updates, by connections
	races   []*race
	leftOut []string
	checks  []check

	versions   []string      // of peers
	fsyncAfter time.Duration // fsync is that before anything else
}

type memory struct {
	what string
	mib  float64
}

func newBench(ctx context.Context, c config) *bench {
	return &bench{config: c, ctx: ctx, begun: time.Now(), sizes: map[string]int64{}, starts: map[string][]time.Duration{}, peak: map[int]float64{}}
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

// race is one comparison of some sides.
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

// hold runs the sides in turn, at every number of connections, round by round;
// every second round goes the other way, so that none always follows another.
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

// bad counts the wrong answers that a side gave.
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

// measure does everything in its order.
func (b *bench) measure() error {
	if err := b.prepare(); err != nil {
		return err
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
	floorFile := filepath.Join(b.work, "floor.db")
	if err := copyFile(filepath.Join(large.dir, "mingce.db"), floorFile); err != nil {
		return err
	}
	engine, err := openFloor(floorFile, large.contacts)
	if err != nil {
		return err
	}
	defer engine.close()
	if err := b.measureStarts(installations, pb); err != nil {
		return err
	}
	if err := b.measureCalls(installations, pb, engine); err != nil {
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
	return b.measurePostgres()
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

// fill makes an installation with its contacts and stops it.
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

// measureStarts starts each side several times in turn, and leaves all running.
func (b *bench) measureStarts(installations []*mingce, pb *peer) error {
	empty := &mingce{name: "empty", args: []string{"--ephemeral"}}
	if err := b.open(empty); err != nil {
		return err
	}
	b.memory = append(b.memory, memory{"after start, sample organisation", empty.memory()})
	if err := empty.stop(); err != nil {
		return err
	}
	const times = 5
	for i := range times {
		b.say("start, round %d", i+1)
		for _, m := range installations {
			if err := b.open(m); err != nil {
				return err
			}
			b.starts[m.name] = append(b.starts[m.name], m.started)
			if i == times-1 {
				b.memory = append(b.memory, memory{fmt.Sprintf("after start, %d contacts", len(m.contacts)), m.memory()})
				continue
			}
			if err := m.stop(); err != nil {
				return err
			}
		}
		if pb == nil {
			continue
		}
		if err := b.openPeer(pb); err != nil {
			return err
		}
		b.starts[pb.name] = append(b.starts[pb.name], pb.started)
		if i == times-1 {
			b.memory = append(b.memory, memory{"after start, PocketBase", pb.memory()})
			continue
		}
		if err := pb.stop(); err != nil {
			return err
		}
	}
	return nil
}

// Names of sides.
const (
	sideUpdate = "update, token (TOP)"
	sideSigned = "update, signed hmac-sha256 (TOP)"
	sideRPC1   = "UpdateMessageContact, V1 (RPC)"
	sideRPC3   = "UpdateMessageContact, V3 (RPC)"
	sideGrant  = "grant, token (REST)"
	sidePeer   = "PocketBase, audit hook"
	sideGroup  = "engine alone, group commit"
	sideSingle = "engine alone, one transaction a call"
	sideSmall  = "small"
	sideLarge  = "large"
)

// updateSides are those whose calls the history is compared with.
var updateSides = []string{sideUpdate, sideSigned, sideRPC1, sideRPC3, sideGrant, sideSmall, sideLarge}

func (b *bench) measureCalls(installations []*mingce, pb *peer, engine *floor) error {
	large := installations[1]
	remember := func(conns int) { b.peak[conns] = max(b.peak[conns], large.memory()) }
	// What goals compare stands side by side.
	updates := &race{title: "updates", dur: b.dur, conns: b.conns, note: fmt.Sprintf("%d contacts on every side.", b.large), entries: []entry{
		{sideUpdate, large.update(false), remember, large.process},
		{name: sideGroup, side: engine.mode(false, 0)}, {name: sideSingle, side: engine.mode(true, 0)},
		{name: sideSigned, side: large.update(true), of: large.process},
		{name: sideRPC1, side: large.message(large.rpc1), of: large.process}, {name: sideRPC3, side: large.message(large.rpc3), of: large.process},
		{name: sideGrant, side: large.grant(), of: large.process},
	}}
	if pb != nil {
		updates.entries = slices.Insert(updates.entries, 0, entry{name: sidePeer, side: pb.update(), of: pb.process})
	}
	const slow = 3 * time.Millisecond
	slower := &race{title: "a slower disk", dur: b.dur, conns: []int{64}, note: "The bare engine, with 3 ms added to every commit.", entries: []entry{
		{name: sideGroup, side: engine.mode(false, slow)}, {name: sideSingle, side: engine.mode(true, slow)},
	}}
	for _, r := range []*race{updates, slower, b.sizeRace(installations)} {
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
	return b.measureMocks(large)
}

// sizeRace compares the smallest with the largest installation.
func (b *bench) sizeRace(installations []*mingce) *race {
	small, large := installations[0], installations[len(installations)-1]
	return &race{title: "size of the directory", dur: b.dur, conns: []int{1, 64},
		note:    fmt.Sprintf("The update with a token: %d contacts and %d.", len(small.contacts), len(large.contacts)),
		entries: []entry{{name: sideSmall, side: small.update(false)}, {name: sideLarge, side: large.update(false)}}}
}

func (b *bench) measureReads(installations []*mingce, pb *peer) error {
	small, large, most := installations[0], installations[1], installations[len(installations)-1]
	gets := &race{title: "get by id", dur: b.dur / 2, conns: b.conns, entries: []entry{
		{name: "get", side: large.get(), of: large.process}, {name: "get, " + sideSmall, side: small.get()},
		{name: "GetMessageContact, V1 (RPC)", side: large.readMessage(large.rpc1)}, {name: "GetMessageContact, V3 (RPC)", side: large.readMessage(large.rpc3)},
	}}
	if most != large {
		gets.entries = append(gets.entries, entry{name: "get, " + sideLarge, side: most.get()})
	}
	if pb != nil {
		gets.entries = append(gets.entries, entry{name: sidePeer, side: pb.get(), of: pb.process})
	}
	if err := b.hold(gets); err != nil {
		return err
	}
	if _, err := large.list(0).once(); err != nil {
		b.skip("lists: dingtalk.corp.extcontact.list is not answered")
		return nil
	}
	deep := len(most.contacts) * 9 / 10
	return b.hold(&race{title: "list", dur: b.dur / 2, conns: []int{1, 16}, note: "Pages of 20 of dingtalk.corp.extcontact.list.", entries: []entry{
		{name: "first page", side: most.list(0)}, {name: "90 % deep", side: most.list(deep)}, {name: "first page, " + sideSmall, side: small.list(0)},
	}})
}

func machine() string {
	return fmt.Sprintf("%s/%s, %d processors", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
}
