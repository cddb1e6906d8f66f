package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// goal is one goal of the specification with what this run measured: one value
// a round. The middle one decides.
type goal struct {
	id, text string
	least    bool // at least limit; otherwise at most
	limit    float64
	unit     string
	got      []float64
	why      string // left out because
	indirect bool   // measured in another size than the goal names: recorded, not judged
}

func (g goal) number() int {
	n, _ := strconv.Atoi(strings.TrimPrefix(g.id, "G"))
	return n
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

// ratio divides what two sides of a race did in the same round. A round in which
// one of them gave no correct answer has none.
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

func (b *bench) goals() []goal {
	gs := slices.Concat(b.peerGoals(), b.engineGoals(), b.sizeGoals(), b.programGoals())
	slices.SortStableFunc(gs, func(a, b goal) int { return a.number() - b.number() })
	return gs
}

func (b *bench) peerGoals() (gs []goal) {
	const absent = "PocketBase was not measured"
	for _, c := range []struct {
		id    string
		conns int
		limit float64
	}{{"G1", 16, 4}, {"G1", 64, 5}, {"G2", 1, 1.5}} {
		gs = append(gs, goal{id: c.id, text: fmt.Sprintf("update / PocketBase with an audit hook, %s", connections(c.conns)), least: true, limit: c.limit, unit: "x",
			got: b.ratio("updates", sideUpdate, sidePeer, c.conns, rate), why: absent})
	}
	for _, c := range []struct {
		side  string
		conns int
		limit float64
	}{{sideLDAP, 1, 1}, {sideLDAP, 16, 2.5}, {sideLDAP, 64, 2.5}, {sideLDAPLog, 1, 3}, {sideLDAPLog, 16, 3}, {sideLDAPLog, 64, 3}} {
		gs = append(gs, goal{id: "G3", text: fmt.Sprintf("update / %s, %s", c.side, connections(c.conns)), least: true, limit: c.limit, unit: "x",
			got: b.ratio(raceLDAP, sideUpdate, c.side, c.conns, rate), why: "OpenLDAP was not measured"})
	}
	for _, c := range []struct {
		id, name string
		conns    int
		limit    float64
	}{{"G4", "express", 1, .5}, {"G4", "express", 16, 1}, {"G4", "express", 64, 1}, {"G5", "prism", 16, 2}, {"G5", "prism", 64, 2},
		{"G5", "mockoon", 16, 4}, {"G5", "mockoon", 64, 4}, {"G5", "json-server", 16, 6}, {"G5", "json-server", 64, 6}} {
		gs = append(gs, goal{id: c.id, text: fmt.Sprintf("update / %s, which stores nothing durably, %s", c.name, connections(c.conns)), least: true, limit: c.limit, unit: "x",
			got: b.ratio(c.name, sideUpdate, c.name, c.conns, rate), why: c.name + " was not measured"})
	}
	for _, c := range []struct {
		conns int
		limit float64
	}{{16, .5}, {64, .25}} {
		gs = append(gs, goal{id: "G8", text: fmt.Sprintf("p99 of the update / PocketBase's, %s", connections(c.conns)), limit: c.limit, unit: "x",
			got: b.ratio("updates", sideUpdate, sidePeer, c.conns, p99), why: absent})
	}
	return append(gs, goal{id: "G10", text: "get by id / PocketBase, 16 connections", least: true, limit: 3, unit: "x",
		got: b.ratio("get by id", "get", sidePeer, 16, rate), why: absent})
}

func (b *bench) engineGoals() (gs []goal) {
	share := b.ratio("updates", sideUpdate, sideGroup, 64, rate)
	for i := range share {
		share[i] *= 100
	}
	gs = append(gs,
		goal{id: "G6", text: "update / group commit of the engine alone, 64 connections", least: true, limit: 35, unit: "%", got: share},
		goal{id: "G7", text: "group commit / one transaction a call, 64 callers", least: true, limit: 2.5, unit: "x",
			got: b.ratio("updates", sideGroup, sideSingle, 64, rate)},
		goal{id: "G7", text: "the same, a commit takes 3 ms longer", least: true, limit: 10, unit: "x",
			got: b.ratio("a slower disk", sideGroup, sideSingle, 64, rate)})
	for _, conns := range []int{16, 64} {
		gs = append(gs, goal{id: "G8", text: fmt.Sprintf("p99 of the update / its own p50, %s", connections(conns)), limit: 10, unit: "x",
			got: b.own("updates", sideUpdate, conns, spread)})
	}
	const none = "MINGCE_TEST_POSTGRES does not name a server"
	for _, conns := range []int{16, 64} {
		gs = append(gs, goal{id: "G17", text: fmt.Sprintf("PostgreSQL / the same transaction as seven statements, %s", connections(conns)), least: true, limit: 1.5, unit: "x",
			got: b.ratio("PostgreSQL", sidePG, sidePlain, conns, rate), why: none})
	}
	return gs
}

// sizeGoals name a million contacts; a smaller run records the same ratios.
func (b *bench) sizeGoals() []goal {
	most, why := "1 M", ""
	if !b.million {
		most, why = fmt.Sprint(b.large), "the goal is for 1 M (SIZE=1m)"
	}
	const noLists = "lists are not answered yet"
	deepWhy := why
	if b.race("list") == nil {
		deepWhy = noLists
	}
	pair := most + " / " + fmt.Sprint(b.small) + " contacts"
	largest := "get"
	if b.million {
		largest = "get, " + sideLarge
	}
	gs := []goal{
		{id: "G9", text: "p50 of the update, " + pair + ", 1 connection", limit: 1.3, unit: "x", why: why, got: b.ratio("size of the directory", sideLarge, sideSmall, 1, p50)},
		{id: "G9", text: "updates a second, " + pair + ", 64 connections", least: true, limit: .5, unit: "x", why: why, got: b.ratio("size of the directory", sideLarge, sideSmall, 64, rate)},
		{id: "G11", text: "list, p50 of a page 90 % deep / first page, " + most, limit: 3, unit: "x", why: deepWhy, got: b.ratio("list", "90 % deep", "first page", 1, p50)},
		{id: "G12", text: "p50 of a list page, " + pair, limit: 1.3, unit: "x", why: deepWhy, got: b.ratio("list", "first page", "first page, "+sideSmall, 1, p50)},
		{id: "G12", text: "p50 of get, " + pair, limit: 1.3, unit: "x", why: why, got: b.ratio("get by id", largest, "get, "+sideSmall, 1, p50)},
		{id: "G11", text: "p50 of a page by cursor 90 % deep / first page, in the core, " + most, limit: 1.2, unit: "x", why: why, got: b.ratio(raceSearch, pageDeep, pageFirst, 1, p50)},
		{id: "G14", text: "start, " + pair, limit: 1.2, unit: "x", why: why, got: b.startRatio(b.largest(), "small")},
	}
	for i := range gs {
		gs[i].indirect = !b.million
	}
	return append(gs, b.searchGoals()...)
}

// searchGoals are judged in every size: a search that takes long in a smaller
// directory than the goal names takes as long in a million.
func (b *bench) searchGoals() (gs []goal) {
	size := "1 M"
	if !b.million {
		size = fmt.Sprintf("%d (the goal names 1 M)", b.large)
	}
	why := "not measured"
	if b.race(raceSearch) != nil {
		why = "no correct answer"
	}
	for _, c := range []struct {
		side  string
		limit float64
	}{{searchPrefix, .5}, {searchInitials, .5}, {searchPhone, .5}, {searchInName, 5}, {searchInCompany, 5}} {
		gs = append(gs, goal{id: "G13", text: "search, p50, " + c.side + ", " + size, limit: c.limit, unit: "ms",
			got: b.own(raceSearch, c.side, 1, milliseconds), why: why})
	}
	return gs
}

func milliseconds(s sample) float64 { return s.p50.Seconds() * 1000 }

func (b *bench) largest() string {
	if b.million {
		return "million"
	}
	return "large"
}

func (b *bench) startRatio(above, below string) (list []float64) {
	x, y := b.starts[above], b.starts[below]
	for i := range min(len(x), len(y)) {
		list = append(list, x[i].Seconds()/y[i].Seconds())
	}
	return list
}

func (b *bench) programGoals() []goal {
	start := func(name, size string) goal {
		return goal{id: "G14", text: "start to the first answer, " + size + " contacts / PocketBase", limit: .5, unit: "x", why: "PocketBase was not measured", got: b.startRatio(name, "pocketbase")}
	}
	gs := []goal{start("large", fmt.Sprint(b.large))}
	if b.million {
		gs = append(gs, start("million", "1 M"))
	}
	for _, m := range b.memory {
		if !strings.Contains(m.what, "PocketBase") {
			gs = append(gs, goal{id: "G15", text: "resident memory " + m.what, limit: 30, unit: "MiB", got: measured(m.mib), why: "the system does not tell"})
		}
	}
	top := 0.0
	for _, mib := range b.peak {
		top = max(top, mib)
	}
	return append(gs,
		goal{id: "G15", text: "resident memory under updates", limit: 100, unit: "MiB", got: measured(top), why: "the system does not tell"},
		goal{id: "G16", text: "size of the stripped program", limit: 40, unit: "MB", got: measured(float64(b.sizes["mingce"]) / 1e6)})
}

// measured is a value, or nothing if it could not be had.
func measured(v float64) []float64 {
	if v == 0 {
		return nil
	}
	return []float64{v}
}

// failed tells whether a judged goal was missed, an answer was wrong or the
// history does not match.
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
