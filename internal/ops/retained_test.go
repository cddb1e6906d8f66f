package ops_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Nothing of a request stays in memory after the answer: a substring would keep
// all of it. Every operation is called over every wire with its page's
// examples, which succeed or fail late, and with various invalid values; each
// request is long, and no two are alike
// (docs/spec/reliability.md#bounded-memory).
func TestNoOperationRetainsItsRequest(t *testing.T) {
	h, in := startServer(t, directory.Settings{})
	play := &player{handler: h, instance: in}
	pad := strings.Repeat("a", 256<<10)
	plans := []string{
		"", "\x00\x03\x00\x03\x00\x03\x00\x03", "\x03\x00\x03\x00\x03\x00\x03\x00",
		strings.Repeat("\x03", 20), strings.Repeat("\x01", 20), "\x00\x08\x00\x07\x00\x06",
	}
	call := func(o *api.Operation, round int) (sent int) {
		for _, route := range o.Routes {
			for _, plan := range plans {
				m := &maker{plan: plan, text: fmt.Sprintf("t%d.%d", round, sent)}
				args := m.object(o.Inputs())
				args.Members = append(args.Members, api.Member{Name: "pad", Value: api.TextOf(fmt.Sprint(round, pad))})
				resp := play.send(t, play.fuzzRequest(route, args))
				_, _ = io.Copy(io.Discard, resp.Body)
				sent += len(pad)
			}
		}
		return sent
	}
	for _, o := range in.Catalogue.Operations() {
		call(o, 0) // what is allocated once
		before, sent := heapInUse(), 0
		for round := range 2 {
			sent += call(o, 1+round)
		}
		if grown := int(heapInUse()) - int(before); grown > sent/8 {
			t.Errorf("%s: of requests of %d KiB, %d KiB stayed in memory", o.Name, sent>>10, grown>>10)
		}
	}
	runtime.KeepAlive(h)
}

func heapInUse() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // the second run empties the pools
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
