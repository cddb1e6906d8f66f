package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
)

// report returns the text of docs/benchmarks.md.
func (b *bench) report() string {
	var w strings.Builder
	title, target := "Benchmarks", "make bench"
	if b.only == onlyRecords {
		title, target = "Benchmarks of imports, exports and undo", "make bench-records"
	}
	fmt.Fprintf(&w, `# %s

Written by `+"`%s`"+`; do not edit. Except for times, memory and size, goals are ratios of
two sides that were measured in turn, in one run on one machine. Each is judged by the median of the
rounds (in parentheses: the smallest and the largest). The figures per second are only a record of this
run. Mingce answers a change only after it is on disk. Requests are built and signed while
the clock runs. A wrong answer does not count.

`, title, target)
	if b.quick {
		fmt.Fprint(&w, "**A quick run: it only checks that everything works.**\n\n")
	}
	if busy := b.othersShare(); len(busy) > 0 && median(busy) > tooBusy {
		fmt.Fprintf(&w, "**The machine was busy: other processes used %.0f %% of it. Only trust goals that were met by a wide margin.**\n\n", median(busy))
	}
	b.writeCircumstances(&w)
	b.writeGoals(&w)
	for _, r := range b.races {
		writeRace(&w, r)
	}
	b.writeRecords(&w)
	if b.only == "" {
		b.writePrograms(&w)
		b.writeChecks(&w)
	}
	return w.String()
}

func (b *bench) writeCircumstances(w *strings.Builder) {
	fmt.Fprintf(w, "| | |\n|---|---|\n")
	row := func(name, value string) { fmt.Fprintf(w, "| %s | %s |\n", name, value) }
	row("measured", b.begun.UTC().Format("2006-01-02 15:04 UTC")+", "+time.Since(b.begun).Round(time.Second).String())
	row("commit", b.commit())
	row("machine", machine()+"; the load generator runs on the same")
	row("load before and after", loadBefore+"; "+loadNow())
	if busy := b.othersShare(); len(busy) > 0 {
		row("used by other processes", fmt.Sprintf("%.0f %% of the machine during the middle measurement (a PostgreSQL server counts as another)", median(busy)))
	}
	row("fsync, p50, before and after", b.fsync.Round(time.Microsecond).String()+"; "+b.fsyncAfter.Round(time.Microsecond).String())
	row("rounds", fmt.Sprintf("%d of %s", b.rounds, b.dur))
	versions := []string{runtime.Version(), "SQLite " + sqliteVersion()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if d.Path == "zombiezen.com/go/sqlite" || d.Path == "github.com/jackc/pgx/v5" {
				versions = append(versions, d.Path+" "+d.Version)
			}
		}
	}
	if b.sizes["pocketbase"] > 0 {
		versions = append(versions, "PocketBase "+peerVersion())
	}
	versions = append(versions, b.versions...)
	row("versions", strings.Join(versions, ", "))
	for _, s := range b.leftOut {
		row("left out", s)
	}
	w.WriteString("\n")
}

func (b *bench) commit() string {
	git := func(args ...string) string {
		out, _ := exec.Command("git", append([]string{"-C", b.root}, args...)...).Output()
		return strings.TrimSpace(string(out))
	}
	c := git("rev-parse", "--short", "HEAD")
	if git("status", "--porcelain", "--", "cmd", "internal", "go.mod") != "" {
		c += " with changes"
	}
	return c
}

// loadBefore is the machine's load at the start of the run.
var loadBefore = loadNow()

func peerVersion() string {
	text, _ := os.ReadFile("peers/pocketbase/go.mod")
	_, rest, _ := strings.Cut(string(text), "pocketbase/pocketbase ")
	version, _, _ := strings.Cut(rest, "\n")
	return version
}

func (b *bench) writeGoals(w *strings.Builder) {
	fmt.Fprintf(w, "## Goals\n\n%s.\n\n", b.tally())
	fmt.Fprint(w, "| goal | wanted | measured | |\n|---|---|---|---|\n")
	for _, g := range b.goals() {
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", g.text, g.want(), g.value(), g.verdict())
	}
	w.WriteString("\n")
}

func writeRace(w *strings.Builder, r *race) {
	fmt.Fprintf(w, "## %s\n\n", strings.ToUpper(r.title[:1])+r.title[1:])
	if r.note != "" {
		fmt.Fprintf(w, "%s\n\n", r.note)
	}
	fmt.Fprint(w, "| side | callers | a second: min | middle | max | p50 ms | p99 ms | max ms | processor µs a call | wrong |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, e := range r.entries {
		for _, conns := range r.conns {
			samples := slices.Clone(r.samples[run2{e.name, conns}])
			slices.SortFunc(samples, func(a, b sample) int { return int(a.rate - b.rate) })
			middle, bad, why := samples[len(samples)/2], 0, ""
			for _, s := range samples {
				bad += s.bad
				if why == "" && s.why != "" {
					why = " (" + strings.NewReplacer("|", " ", "\n", " ").Replace(s.why) + ")"
				}
			}
			fmt.Fprintf(w, "| %s | %d | %.0f | %.0f | %.0f | %s | %s | %s | %s | %d%s |\n", e.name, conns, samples[0].rate, middle.rate,
				samples[len(samples)-1].rate, ms(middle.p50), ms(middle.p99), ms(middle.max), micros(middle.cpu), bad, why)
		}
	}
	if text := r.disturbance(); text != "" {
		fmt.Fprintf(w, "\n%s\n", text)
	}
	w.WriteString("\n")
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f", d.Seconds()*1000) }

func micros(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return strconv.FormatInt(d.Microseconds(), 10)
}

func (b *bench) writeRecords(w *strings.Builder) {
	if len(b.records.perSecond) == 0 {
		return
	}
	fmt.Fprint(w, `## Imports, exports and undo

Contacts with nine fields, by the command against a running server. The bulk insert writes
the same rows with the store alone, 100 in a transaction: encrypted, with search terms and an encrypted entry of the
history for each, without any check. The bare read reads and decrypts every contact with the store alone.

`)
	fmt.Fprint(w, "| | rows | seconds | a second |\n|---|---:|---:|---:|\n")
	for _, t := range b.records.perSecond {
		fmt.Fprintf(w, "| %s | %d | %.2f | %.0f |\n", t.what, t.rows, t.took.Seconds(), float64(t.rows)/t.took.Seconds())
	}
	fmt.Fprintf(w, "\nThe most resident memory of the server that undid: %.0f MiB.\n\n", b.records.undoMiB)
}

func (b *bench) writePrograms(w *strings.Builder) {
	fmt.Fprint(w, "## Memory and size\n\n| | |\n|---|---:|\n")
	for _, conns := range slices.Sorted(keys(b.peak)) {
		fmt.Fprintf(w, "| resident memory under updates, %d connections | %.0f MiB |\n", conns, b.peak[conns])
	}
	for _, name := range slices.Sorted(keys(b.sizes)) {
		fmt.Fprintf(w, "| size of %s | %.1f MB |\n", name, float64(b.sizes[name])/1e6)
	}
	w.WriteString("\n")
}

func keys[K comparable, V any](m map[K]V) func(func(K) bool) {
	return func(yield func(K) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func (b *bench) writeChecks(w *strings.Builder) {
	fmt.Fprint(w, "## History\n\nAfter the run: the entries in the history, and the acknowledged calls.\n\n| installation | operation | acknowledged | entries | |\n|---|---|---:|---:|---|\n")
	for _, c := range b.checks {
		if c.acked == 0 && c.entries == 0 {
			continue
		}
		verdict := "equal"
		if !c.good {
			verdict = "**wrong**"
		}
		fmt.Fprintf(w, "| %s | %s | %d | %d | %s |\n", c.side, c.api, c.acked, c.entries, verdict)
	}
}

// tally counts the verdicts.
func (b *bench) tally() string {
	counts := map[string]int{}
	for _, g := range b.goals() {
		verdict, _, _ := strings.Cut(strings.Trim(g.verdict(), "*"), ":")
		counts[verdict]++
	}
	var parts []string
	for _, verdict := range []string{"met", "missed", "recorded", "left out"} {
		parts = append(parts, fmt.Sprint(counts[verdict], " ", verdict))
	}
	return strings.Join(parts, ", ")
}

// verdicts returns the short form for the terminal.
func (b *bench) verdicts() string {
	var w strings.Builder
	for _, g := range b.goals() {
		fmt.Fprintf(&w, "%-80s %-10s %-26s %s\n", g.text, g.want(), g.value(), strings.Trim(g.verdict(), "*"))
	}
	for _, c := range b.checks {
		if !c.good {
			fmt.Fprintf(&w, "history of %s, %s: %d acknowledged, %d entries\n", c.side, c.api, c.acked, c.entries)
		}
	}
	for _, r := range b.races {
		for _, e := range r.entries {
			for _, conns := range r.conns {
				for _, s := range r.samples[run2{e.name, conns}] {
					if s.bad > 0 {
						fmt.Fprintf(&w, "%s, %s, %s: %d wrong answers: %s\n", r.title, e.name, connections(conns), s.bad, s.why)
					}
				}
			}
		}
	}
	fmt.Fprintln(&w, b.tally())
	return w.String()
}
