package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// A tenant's floods are measured in turns: quiet, flood, quiet, flood, equally long and in one
// run, so that other activity of the machine affects both. The flood is a separate process with
// a lower priority: on a network its client would be another machine, whose work does not slow
// the server.
const (
	mostTurns  = 10                     // of each kind
	shortTurn  = 400 * time.Millisecond // a short run has fewer turns
	lessUrgent = 10                     // added to the niceness of the flood's client
	callEvery  = 10 * time.Millisecond

	// With the rates of `mingce serve` one app may make 20 calls of an operation a second, so
	// the good calls come from this many apps and keys.
	goodCallers = 16
)

// rates are the settings that a tenant's floods run with: the defaults, for which the goal
// holds, and none, for information.
var rates = []struct {
	name  string
	flags []string
}{
	{"of serve", []string{"--rate", "20", "--burst", "40"}},
	{"none", nil},
}

// tenants runs the floods of another organisation.
func tenants(ctx context.Context, r *report, program string, length time.Duration, only string) error {
	r.beginTurns()
	for _, rate := range rates {
		t, err := start(ctx, program, rate.flags...)
		if err != nil {
			return err
		}
		err = inTurns(ctx, r, t, rate.name, length, only)
		t.stop()
		if err != nil {
			return err
		}
	}
	return nil
}

func inTurns(ctx context.Context, r *report, t *target, rate string, length time.Duration, only string) error {
	as, err := callers(ctx, t)
	if err != nil {
		return err
	}
	files := t.files()
	for _, f := range tenantFloods() {
		if !f.chosen(only) {
			continue
		}
		quiet, m := newMeasured(f), newMeasured(f)
		calls := 0
		turns := min(mostTurns, max(1, length/2/shortTurn))
		for range turns {
			if err := turn(ctx, t, quiet, as, length/2/turns); err != nil {
				return err
			}
			n, err := floodedTurn(ctx, t, m, as, length/2/turns)
			if err != nil {
				return fmt.Errorf("%s: %w", f.name, err)
			}
			calls += n
		}
		r.addTurns(rate, quiet, m, float64(calls)/(length/2).Seconds())
	}
	return r.rest(ctx, t, files)
}

// turn makes good calls for some time, once the server is idle.
func turn(ctx context.Context, t *target, m *measured, as []caller, length time.Duration) error {
	if err := t.waitIdle(ctx); err != nil {
		return err
	}
	return m.during(ctx, t, as, length)
}

// floodedTurn is a turn during the flood. It returns the number of the flood's calls.
func floodedTurn(ctx context.Context, t *target, m *measured, as []caller, length time.Duration) (calls int, err error) {
	if err := t.waitIdle(ctx); err != nil {
		return 0, err
	}
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	c := exec.CommandContext(ctx, "nice", "-n", strconv.Itoa(lessUrgent), self, "-flood", m.flood.name, "-at", t.plain)
	var out strings.Builder
	c.Stdout, c.Stderr = &out, os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		return 0, err
	}
	if err := c.Start(); err != nil {
		return 0, err
	}
	during := m.during(ctx, t, as, length)
	_ = in.Close()
	if err := errors.Join(during, c.Wait()); err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(out.String()))
}

// during makes good calls for some time, over persistent connections.
func (m *measured) during(ctx context.Context, t *target, as []caller, length time.Duration) error {
	within, end := context.WithTimeout(ctx, length)
	defer end()
	client := func() *http.Client { return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{}} }
	m.call(within, t, client, as, callEvery)
	return ctx.Err()
}

// floodUntil runs one flood until in ends, and prints how many calls it made.
func floodUntil(ctx context.Context, name, at string, in io.Reader, out io.Writer) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	go func() { _, _ = io.Copy(io.Discard, in); end() }()
	for _, f := range tenantFloods() {
		if f.name != name {
			continue
		}
		t := &target{plain: at}
		if err := f.run(ctx, t); err != nil {
			return err
		}
		_, err := fmt.Fprintln(out, t.flooded.Load())
		return err
	}
	return fmt.Errorf("there is no flood %q of a tenant", name)
}

// callers creates apps and access keys in the sample organisation.
func callers(ctx context.Context, t *target) (as []caller, err error) {
	for range goodCallers {
		app, err := command(ctx, t, "app", "create", "--org", sampleOrg, "--name", "benchmark", "--all-permissions")
		if err != nil {
			return nil, err
		}
		key, err := command(ctx, t, "key", "create", "--org", sampleOrg)
		if err != nil {
			return nil, err
		}
		var answer struct {
			Token string `json:"access_token"`
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+t.plain+"/gettoken?appkey="+app["appKey"]+"&appsecret="+app["appSecret"], nil)
		if err != nil {
			return nil, err
		}
		if err := fetch(r, &answer); err != nil {
			return nil, err
		}
		as = append(as, caller{answer.Token, key["AccessKeyId"], key["AccessKeySecret"]})
	}
	return as, nil
}

const sampleOrg = "ding87654321"

// command runs a command inside the server, and returns the names and values that it prints.
func command(ctx context.Context, t *target, args ...string) (map[string]string, error) {
	body, err := json.Marshal(map[string]any{"args": args, "files": map[string]string{}})
	if err != nil {
		return nil, err
	}
	var answer struct {
		Out, Err string
		Exit     int
	}
	if err := fetch(post(t, "/mingce/v1/admin/commands", "application/json", string(body)).WithContext(ctx), &answer); err != nil {
		return nil, err
	}
	if answer.Exit != 0 {
		return nil, fmt.Errorf("%s: %s", strings.Join(args, " "), answer.Err)
	}
	values := map[string]string{}
	for line := range strings.Lines(answer.Out) {
		if words := strings.Fields(line); len(words) == 2 {
			values[words[0]] = words[1]
		}
	}
	return values, nil
}

func fetch(r *http.Request, v any) error {
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	return json.NewDecoder(answer.Body).Decode(v)
}

// beginTurns prints the head of the tenants' floods.
func (r *report) beginTurns() {
	fmt.Fprintln(r.w, "tenant's flood\trates\tcalls/s\tgood calls\tfailed\ttop p50/p99 ms, quiet > flood\toapi\trest\trpc\tx quiet p50\tp99, goal 2\tworst gateway\tMiB\t")
}

func (r *report) addTurns(rate string, quiet, m *measured, perSecond float64) {
	calls := 0
	var times []string
	var before, during []time.Duration
	for _, gateway := range []string{"top", "oapi", "rest", "rpc"} {
		q, f := quiet.took[gateway], m.took[gateway]
		before, during = append(before, q...), append(during, f...)
		calls += len(f)
		times = append(times, fmt.Sprintf("%.1f/%.1f > %.1f/%.1f", milliseconds(q, 50), milliseconds(q, 99), milliseconds(f, 50), milliseconds(f, 99)))
	}
	ratio := func(percent int) float64 {
		return milliseconds(during, percent) / max(milliseconds(before, percent), 0.001)
	}
	fmt.Fprintf(r.w, "%s\t%s\t%.0f\t%d\t%d\t%s\t%.1f\t%.1f\t%.1f\t%d\t\n", m.flood.name, rate, perSecond, calls, quiet.failed+m.failed,
		strings.Join(times, "\t"), ratio(50), ratio(99), m.slower(quiet), m.memory)
	_ = r.w.Flush()
	r.judge(quiet)
	r.judge(m)
}
