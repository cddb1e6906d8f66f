package main

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

// caller has the credentials of a program of the organisation.
type caller struct{ token, key, secret string }

// sample has the published keys of the sample organisation.
var sample = caller{"101w3c04ffa2386da6530e5123bdf260", "testAccessKeyId", "testAccessKeySecret"}

// goodCalls has one call to each gateway: reads and, on REST, a change.
var goodCalls = map[string]func(t *target, c caller) *http.Request{
	"top": func(t *target, c caller) *http.Request {
		return post(t, "/router/rest", "application/x-www-form-urlencoded",
			"method=dingtalk.corp.extcontact.get&v=2.0&format=json&user_id=123420013632&session="+c.token)
	},
	"oapi": func(t *target, c caller) *http.Request {
		return post(t, "/topapi/extcontact/get?access_token="+c.token, "application/json", `{"user_id":"123420013632"}`)
	},
	"rest": func(t *target, c caller) *http.Request {
		r := post(t, "/v1.0/contact/orgAccounts/mobiles/visibleInOtherOrg", "application/json",
			`{"toCorpIds":["ding12345678"],"optUserId":"102530009661373952","fields":["mobile"]}`)
		r.Method = http.MethodPut
		r.Header.Set("x-acs-dingtalk-access-token", c.token)
		return r
	},
	"rpc": func(t *target, c caller) *http.Request {
		r, err := http.NewRequest(http.MethodGet, "http://"+t.plain+"/?"+signed(c, url.Values{
			"Action": {"GetMessageContact"}, "Version": {"2022-04-19"}, "Format": {"JSON"}, "ContactId": {"c-qL4HqKONzOM7abcd"},
		}), nil)
		if err != nil {
			panic(err) // the address is ours
		}
		return r
	},
}

func post(t *target, path, kind, body string) *http.Request {
	r, err := http.NewRequest(http.MethodPost, "http://"+t.plain+path, strings.NewReader(body))
	if err != nil {
		panic(err) // the address is ours
	}
	r.Header.Set("Content-Type", kind)
	return r
}

// signed adds a signature of version 1 to the parameters of a GET.
func signed(c caller, v url.Values) string {
	v.Set("AccessKeyId", c.key)
	v.Set("SignatureMethod", "HMAC-SHA1")
	v.Set("SignatureVersion", "1.0")
	v.Set("SignatureNonce", rand.Text())
	v.Set("Timestamp", time.Now().UTC().Format("2006-01-02T15:04:05Z"))
	percent := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
	var pairs []string
	for name, values := range v {
		pairs = append(pairs, percent(name)+"="+percent(values[0]))
	}
	slices.Sort(pairs)
	query := strings.Join(pairs, "&")
	mac := hmac.New(sha1.New, []byte(c.secret+"&"))
	mac.Write([]byte("GET&%2F&" + percent(query)))
	return query + "&Signature=" + percent(base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

// measured is how the server performed under one flood.
type measured struct {
	flood  flood
	took   map[string][]time.Duration // by gateway
	failed int
	first  error // of the good calls that failed
	memory int   // most resident, MiB
	files  int   // at the end, after everything was released
}

func newMeasured(f flood) *measured {
	return &measured{flood: f, took: map[string][]time.Duration{}}
}

// measure runs a flood, and makes good calls meanwhile.
func measure(ctx context.Context, t *target, f flood, length time.Duration) (*measured, error) {
	m := newMeasured(f)
	flooding, end := context.WithTimeout(ctx, length)
	defer end()
	failed := make(chan error, 1)
	go func() { failed <- f.run(flooding, t) }()
	m.call(flooding, t, t.client, []caller{sample}, 20*time.Millisecond)
	if err := <-failed; err != nil {
		return nil, err
	}
	m.files = t.files()
	return m, ctx.Err()
}

// call makes good calls to each gateway until ctx is done, with a pause between those to the
// same one, as each of the callers in turn.
func (m *measured) call(ctx context.Context, t *target, client func() *http.Client, as []caller, every time.Duration) {
	var mu sync.Mutex
	var gateways sync.WaitGroup
	for gateway, make := range goodCalls {
		gateways.Go(func() {
			client := client()
			defer client.CloseIdleConnections()
			for i := 0; ctx.Err() == nil; i++ {
				request := make(t, as[i%len(as)])
				begun := time.Now()
				err := good(client, request)
				took := time.Since(begun)
				mu.Lock()
				m.took[gateway] = append(m.took[gateway], took)
				if err != nil {
					m.failed++
					if m.first == nil {
						m.first = fmt.Errorf("%s: %w", gateway, err)
					}
				}
				m.memory = max(m.memory, t.resident())
				mu.Unlock()
				pause(ctx, every)
			}
		})
	}
	gateways.Wait()
}

// good makes a call that must succeed.
func good(c *http.Client, r *http.Request) error {
	answer, err := c.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	text := string(body)
	for _, sign := range []string{`"success":true`, `"errcode":0`, `"result":true`, `"ContactId"`} {
		if answer.StatusCode == http.StatusOK && strings.Contains(text, sign) {
			return nil
		}
	}
	return fmt.Errorf("status %d: %.200s", answer.StatusCode, text)
}

// report prints a line for each flood, and collects the faults.
type report struct {
	w      *tabwriter.Writer
	quiet  *measured // without a flood, for comparison
	faults []error
}

func newReport(w io.Writer) *report {
	return &report{w: tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)}
}

// begin prints the table head of the strangers' floods, and the measurement without a flood.
func (r *report) begin(quiet *measured) {
	fmt.Fprintln(r.w, "flood\tcalls\tfailed\ttop p50/p99 ms\toapi p50/p99\trest p50/p99\trpc p50/p99\tx quiet\tMiB\tgoal\tfiles\t")
	r.quiet = quiet
	r.add(quiet)
}

// rest checks what the floods leave behind in a server.
func (r *report) rest(ctx context.Context, t *target, quietFiles int) error {
	if err := t.settle(ctx, quietFiles); err != nil {
		r.fault("%v", err)
	}
	if err := t.shrink(ctx); err != nil {
		r.fault("%v", err)
	}
	return ctx.Err()
}

func (r *report) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Errorf(format, args...))
}

func (r *report) add(m *measured) {
	calls := 0
	var times []string
	for _, gateway := range []string{"top", "oapi", "rest", "rpc"} {
		calls += len(m.took[gateway])
		times = append(times, fmt.Sprintf("%.1f/%.1f", milliseconds(m.took[gateway], 50), milliseconds(m.took[gateway], 99)))
	}
	fmt.Fprintf(r.w, "%s\t%d\t%d\t%s\t%.1f\t%d\t%d\t%d\t\n", m.flood.name, calls, m.failed, strings.Join(times, "\t"), m.slower(r.quiet), m.memory, m.flood.memory, m.files)
	_ = r.w.Flush()
	r.judge(m)
}

// judge records the faults of a measurement.
func (r *report) judge(m *measured) {
	calls := 0
	for _, took := range m.took {
		calls += len(took)
	}
	if m.first != nil {
		r.fault("%s: %d of %d good calls failed, the first with %w", m.flood.name, m.failed, calls, m.first)
	}
	if calls == 0 {
		r.fault("%s: no good call was made", m.flood.name)
	}
	// When the garbage collector runs is random, so a quarter above the goal is allowed.
	if m.memory > m.flood.memory*5/4 {
		r.fault("%s: %d MiB were resident, want at most %d", m.flood.name, m.memory, m.flood.memory)
	}
}

// slower returns how many times as long good calls took at p99 as without the flood, for the
// gateway where that is worst.
func (m *measured) slower(quiet *measured) (worst float64) {
	for gateway := range m.took {
		if quiet := milliseconds(quiet.took[gateway], 99); quiet > 0 {
			worst = max(worst, milliseconds(m.took[gateway], 99)/quiet)
		}
	}
	return worst
}

func (r *report) end() error { return errors.Join(r.faults...) }

func milliseconds(all []time.Duration, percent int) float64 {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return float64(sorted[min(len(sorted)*percent/100, len(sorted)-1)].Microseconds()) / 1000
}
