package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// usage is processor time: of the whole machine, and of this run.
type usage struct {
	at        time.Time
	all, ours time.Duration
	cores     int
}

// usage reads the processor time, to the hundredth of a second. If the system does not report
// it, cores is 0.
func (b *bench) usage() usage {
	u := usage{at: time.Now()}
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return u
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		switch {
		case len(fields) < 9 || !strings.HasPrefix(fields[0], "cpu"):
		case fields[0] == "cpu": // user, nice, system, idle, iowait, irq, softirq, steal
			for _, i := range []int{1, 2, 3, 6, 7, 8} {
				n, _ := strconv.ParseInt(fields[i], 10, 64)
				u.all += time.Duration(n) * 10 * time.Millisecond
			}
		default:
			u.cores++
		}
	}
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var r syscall.Rusage
		if syscall.Getrusage(who, &r) == nil {
			u.ours += time.Duration(r.Utime.Nano() + r.Stime.Nano())
		}
	}
	for _, p := range b.running {
		u.ours += p.processor()
	}
	return u
}

// others is the share of the machine that processes outside this run used
// between two readings, in percent.
func others(from, to usage) (percent float64, known bool) {
	whole := to.at.Sub(from.at).Seconds() * float64(to.cores)
	if whole <= 0 {
		return 0, false
	}
	used := (to.all - from.all) - (to.ours - from.ours)
	return max(0, 100*used.Seconds()/whole), true
}

// tooBusy is the share of the machine, in percent, above which other processes distort the
// figures.
const tooBusy = 10

// disturbance describes how busy other processes were during a race, or returns "".
func (r *race) disturbance() string {
	if len(r.others) == 0 {
		return ""
	}
	return fmt.Sprintf("Other processes used %.0f %% of the machine meanwhile (%.0f to %.0f in single measurements).",
		median(r.others), slices.Min(r.others), slices.Max(r.others))
}

// loadNow returns the machine's load.
func loadNow() string {
	text, err := os.ReadFile("/proc/loadavg")
	if fields := strings.Fields(string(text)); err == nil && len(fields) > 2 {
		return strings.Join(fields[:3], ", ")
	}
	return "not known"
}

// othersShare is what other processes used during each measurement of this run.
func (b *bench) othersShare() (list []float64) {
	for _, r := range b.races {
		list = append(list, r.others...)
	}
	return list
}
