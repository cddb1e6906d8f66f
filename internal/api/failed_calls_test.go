package api

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
	"unsafe"
)

// What is remembered of failed calls is bounded, however long the texts are
// that callers chose, and keeps no request in memory.
func TestFailedCallsAreBounded(t *testing.T) {
	t.Parallel()
	g := NewPipeline(Gateway{FailedCalls: NewFailedCalls(8)}, Protocol{})
	for i := range 100 {
		text := strings.Repeat("王\x00é", 1<<16)
		c := recorded(fmt.Sprint(i))
		c.Asked = text
		g.record(c, &Failure{Code: &Code{Code: "x"}, Parameter: text, Rule: Text{text, text}, Value: Text{text, text}})
	}
	if got := len(g.FailedCalls.ring); got != 8 || len(g.FailedCalls.byID) != 8 {
		t.Errorf("got %d failed calls and %d ids, want 8", got, len(g.FailedCalls.byID))
	}
	for _, x := range g.FailedCalls.ring {
		if n := len(x.RequestID) + len(x.Asked) + len(x.Parameter) + len(x.Rule.Zh+x.Rule.En) + len(x.Value.Zh+x.Value.En); n > 2<<10 {
			t.Errorf("a failed call has %d bytes, want at most 2 KiB", n)
		}
	}
	if _, ok := g.FailedCalls.Find("91"); ok {
		t.Error("an old one: got found, want forgotten")
	}
	if x, ok := g.FailedCalls.Find("99"); !ok || !strings.HasPrefix(x.Parameter, "王é") || !strings.HasSuffix(x.Parameter, "…") {
		t.Errorf("the last: got %q, %t, want its beginning", x.Parameter, ok)
	}
}

func TestClip(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "short": "short", "a\nb\x7f\u0085c": "abc", "12345678901": "1234567…", "王王王王": "王王…", "\xff\xfe": "",
	} {
		if got := Clip(text, 10); got != want || !utf8.ValidString(got) || len(got) > 10 {
			t.Errorf("Clip(%q): got %q, want %q", text, got, want)
		}
	}
}

// A thousand faults can be armed, and what a request named is copied.
func TestFaultsAreBounded(t *testing.T) {
	t.Parallel()
	var f Faults
	request := strings.Repeat("x", 1<<20)
	for i := range 2 * mostFaults {
		if armed := f.Arm(Fault{Operation: "*", Code: request[:3], Times: 1}); armed != (i < mostFaults) {
			t.Fatalf("fault %d: got armed %t", i, armed)
		}
	}
	if unsafe.StringData(f.armed[0].Code) == unsafe.StringData(request) {
		t.Error("got the request's own text, want a copy")
	}
	if f.Clear(); !f.Arm(Fault{Operation: "*", Times: 1}) {
		t.Error("after clearing: got refused")
	}
}
