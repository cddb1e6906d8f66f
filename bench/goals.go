package main

import (
	"fmt"
	"slices"
)

// goal is one goal with the measurements of this run, one value for each round. The median
// decides.
type goal struct {
	text     string
	least    bool // at least limit; otherwise at most
	limit    float64
	unit     string
	got      []float64
	why      string // the reason if it was left out
	indirect bool   // measured with another size than the goal names: recorded, not judged
}

func (g goal) missed() bool {
	if len(g.got) == 0 || g.indirect {
		return false
	}
	if g.least {
		return median(g.got) < g.limit
	}
	return median(g.got) > g.limit
}

func (g goal) want() string {
	if g.limit == 0 {
		return ""
	}
	sign := "<="
	if g.least {
		sign = ">="
	}
	return fmt.Sprintf("%s %.4g %s", sign, g.limit, g.unit)
}

func (g goal) verdict() string {
	switch {
	case len(g.got) == 0:
		return "left out: " + g.why
	case g.indirect:
		return "recorded: " + g.why
	case g.missed():
		return "**missed**"
	}
	return "met"
}

func (g goal) value() string {
	if len(g.got) == 0 {
		return ""
	}
	s := slices.Sorted(slices.Values(g.got))
	if len(s) == 1 {
		return fmt.Sprintf("%.3g %s", s[0], g.unit)
	}
	return fmt.Sprintf("%.3g %s (%.3g to %.3g)", median(s), g.unit, s[0], s[len(s)-1])
}

func connections(n int) string {
	if n == 1 {
		return "1 connection"
	}
	return fmt.Sprint(n, " connections")
}

func median(list []float64) float64 {
	s := slices.Sorted(slices.Values(list))
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}

// What is compared of two samples.
func rate(s sample) float64   { return s.rate }
func p50(s sample) float64    { return float64(s.p50) }
func p99(s sample) float64    { return float64(s.p99) }
func spread(s sample) float64 { return float64(s.p99) / float64(s.p50) }

func (b *bench) race(title string) *race {
	i := slices.IndexFunc(b.races, func(r *race) bool { return r.title == title })
	if i < 0 {
		return nil
	}
	return b.races[i]
}

// ratio divides the results of two sides in the same round. Rounds without a correct answer of
// both are left out.
func (b *bench) ratio(title, above, below string, conns int, of func(sample) float64) (list []float64) {
	r := b.race(title)
	if r == nil {
		return nil
	}
	x, y := r.samples[run2{above, conns}], r.samples[run2{below, conns}]
	for i := range min(len(x), len(y)) {
		if x[i].done > 0 && y[i].done > 0 {
			list = append(list, of(x[i])/of(y[i]))
		}
	}
	return list
}

func (b *bench) own(title, name string, conns int, of func(sample) float64) (list []float64) {
	if r := b.race(title); r != nil {
		for _, s := range r.samples[run2{name, conns}] {
			if s.done > 0 {
				list = append(list, of(s))
			}
		}
	}
	return list
}

// goals returns the goals: few, and only ones that a user would notice.
func (b *bench) goals() []goal {
	if b.only == onlyRecords {
		return b.recordGoals()
	}
	return slices.Concat(b.peerGoals(), b.sizeGoals(), b.recordGoals(), b.programGoals())
}

func (b *bench) peerGoals() (gs []goal) {
	for _, c := range []struct {
		race, side, text string
		conns            int
		limit            float64
	}{
		{raceUpdates, sidePeer, "PocketBase with an audit hook", 1, 1.5}, {raceUpdates, sidePeer, "PocketBase with an audit hook", 16, 5},
		{raceUpdates, sidePeer, "PocketBase with an audit hook", 64, 7},
		{raceLDAP, sideLDAP, sideLDAP, 1, 3}, {raceLDAP, sideLDAP, sideLDAP, 64, 5},
		{raceExpress, sideExpress, "an Express mock, which stores nothing durably", 1, .5},
		{raceExpress, sideExpress, "an Express mock, which stores nothing durably", 64, 1.3},
	} {
		gs = append(gs, goal{text: fmt.Sprintf("update / %s, %s", c.text, connections(c.conns)), least: true, limit: c.limit, unit: "x",
			got: b.ratio(c.race, sideUpdate, c.side, c.conns, rate), why: "it was not measured"})
	}
	return append(gs,
		goal{text: "p99 of the update / PocketBase's, 64 connections", limit: .2, unit: "x",
			got: b.ratio(raceUpdates, sideUpdate, sidePeer, 64, p99), why: "PocketBase was not measured"},
		goal{text: "get by id / PocketBase, 16 connections", least: true, limit: 3, unit: "x",
			got: b.ratio(raceGet, sideGet, sidePeer, 16, rate), why: "PocketBase was not measured"},
		goal{text: "PostgreSQL / the same transaction as seven statements, 64 connections", least: true, limit: 2, unit: "x",
			got: b.ratio("PostgreSQL", sidePG, sidePlain, 64, rate), why: "MINGCE_TEST_POSTGRES does not name a server"})
}

// sizeGoals are about the cost of a large directory. They name a million contacts; with fewer,
// comparisons of sizes are recorded, not judged.
func (b *bench) sizeGoals() []goal {
	most, why := "1 M", ""
	if !b.million {
		most, why = fmt.Sprint(b.large), "the goal names 1 M (SIZE=1m)"
	}
	pair := most + " / " + fmt.Sprint(b.small) + " contacts"
	gs := []goal{
		{text: "p50 of the update, " + pair + ", 1 connection", limit: 1.2, unit: "x", why: why, got: b.ratio(raceSize, sideLarge, sideSmall, 1, p50)},
		{text: "updates a second, " + pair + ", 64 connections", least: true, limit: .6, unit: "x", why: why, got: b.ratio(raceSize, sideLarge, sideSmall, 64, rate)},
		{text: "p99 of the update / its own p50, " + most + ", 64 connections", limit: 8, unit: "x", why: why, got: b.own(raceSize, sideLarge, 64, spread)},
		{text: "p50 of a page 90 % deep / first page, " + most, limit: 3, unit: "x", why: why, got: b.ratio(raceList, pageDeep, pageFirst, 1, p50)},
	}
	for i := range gs {
		gs[i].indirect = !b.million
	}
	return append(gs, goal{text: "search, p50, part of a name, " + most, limit: 5, unit: "ms", got: b.own(raceSearch, sideSearch, 1, milliseconds)})
}

func milliseconds(s sample) float64 { return s.p50.Seconds() * 1000 }

func (b *bench) programGoals() (gs []goal) {
	var starts []float64
	for _, d := range b.starts {
		starts = append(starts, d.Seconds()*1000)
	}
	gs = append(gs, goal{text: fmt.Sprintf("start to the first answer, %d contacts", b.large), limit: 50, unit: "ms", got: starts})
	for _, m := range b.memory {
		gs = append(gs, goal{text: "resident memory " + m.what, limit: 30, unit: "MiB", got: measured(m.mib), why: "the system does not tell"})
	}
	top := 0.0
	for _, mib := range b.peak {
		top = max(top, mib)
	}
	return append(gs,
		goal{text: "resident memory under updates", limit: 100, unit: "MiB", got: measured(top), why: "the system does not tell"},
		goal{text: "size of the stripped program", limit: 45, unit: "MB", got: measured(float64(b.sizes["mingce"]) / 1e6)})
}

// recordGoals are about bringing in, taking out and taking back. They name a million rows, or
// a hundred thousand; fewer are recorded, not judged.
func (b *bench) recordGoals() []goal {
	r, why := &b.records, "it was not measured"
	few := func(rows, least int) (indirect bool, why string) {
		if rows < least {
			return true, "the goal names " + countText(least) + " rows"
		}
		return false, ""
	}
	rows, undone := countText(r.rows), countText(r.undoRows)
	gs := []goal{
		{text: "rows a second, import of " + rows + " / bulk insert of the same", least: true, limit: 1. / 3, unit: "x", got: r.imports},
		{text: "objects a second, export of " + rows + " / bare read", least: true, limit: .5, unit: "x", got: r.exports},
		{text: "resident memory with an import and an export, at most", limit: 200, unit: "MiB", got: measured(r.peakMiB)},
		{text: "time of the undo of an import of " + undone + " / of the import", limit: 2, unit: "x", got: r.undos},
	}
	for i := range gs {
		if gs[i].why = why; len(gs[i].got) == 0 {
			continue
		}
		if gs[i].indirect, gs[i].why = few(r.rows, 1_000_000); i == len(gs)-1 {
			gs[i].indirect, gs[i].why = few(r.undoRows, 100_000)
		}
	}
	held := goal{text: "commits of an import that held the writer for over 20 ms", limit: 1, unit: "in 1000", why: why}
	if r.commits > 0 {
		held.got = []float64{1000 * float64(r.heldLong) / float64(r.commits)}
	}
	gs = append(gs, held)
	for _, c := range []struct{ text, during, quiet string }{
		{"update during the check of an import", sideCheck, sideQuiet}, {"update during an import", sideDuring, sideQuiet},
		{"get during the check of an import", sideGetCheck, sideGetQuiet}, {"get during an import", sideGetDuring, sideGetQuiet},
	} {
		for _, conns := range []int{1, meanwhile} {
			gs = append(gs, goal{text: fmt.Sprintf("p99 of the %s / without, %s", c.text, connections(conns)), limit: 2, unit: "x",
				why: why, got: b.ratio(raceMeanwhile, c.during, c.quiet, conns, p99)})
		}
	}
	return gs
}

// countText writes a number of rows: 1 M, 100 k.
func countText(n int) string {
	switch {
	case n >= 1_000_000 && n%1_000_000 == 0:
		return fmt.Sprint(n/1_000_000, " M")
	case n >= 1000 && n%1000 == 0:
		return fmt.Sprint(n/1000, " k")
	}
	return fmt.Sprint(n)
}

// measured returns a value as a list, empty if it could not be measured.
func measured(v float64) []float64 {
	if v == 0 {
		return nil
	}
	return []float64{v}
}

// failed reports whether a judged goal was missed, an answer was wrong or the history does not
// match.
func (b *bench) failed() bool {
	return slices.ContainsFunc(b.goals(), goal.missed) || b.broken()
}

func (b *bench) broken() bool {
	for _, r := range b.races {
		for _, samples := range r.samples {
			for _, s := range samples {
				if s.bad > 0 {
					return true
				}
			}
		}
	}
	return slices.ContainsFunc(b.checks, func(c check) bool { return !c.good })
}
