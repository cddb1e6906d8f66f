package transfer

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSpreadsheetSafe(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ cell, safe string }{
		{"", ""},
		{"测试甲", "测试甲"},
		{"13900001234", "13900001234"},
		{"a-b", "a-b"},
		{"=1+1", "'=1+1"},
		{"+86 139", "'+86 139"},
		{"-1", "'-1"},
		{"@cmd", "'@cmd"},
		{"＝1", "'＝1"},
		{"＋1", "'＋1"},
		{"－1", "'－1"},
		{"＠1", "'＠1"},
		{"\t=1", "'\t=1"},
		{"\r=1", "'\r'=1"},
		{"\n=1", "'\n'=1"},
		{"  =1", "'  =1"},
		{"\u00a0=1", "'\u00a0=1"},
		{"\u200b=1", "'\u200b=1"},
		{"a\n=1", "a\n'=1"},
		{"a\r\n  @x\r\nb", "a\r\n'  @x\r\nb"},
		{"a\r-x", "a\r'-x"},
		{"a\n\nb", "a\n\nb"},
		{"O'Neill", "O'Neill"},
		{"'tis", "'tis"},
		{"'5", "''5"},
		{" '5", "' '5"},
		{"''", "'''"},
		{"'=1", "''=1"},
		{"' =1", "'' =1"},
		{"a\n'=1", "a\n''=1"},
		{"a\n '=1", "a\n '=1"},
		{"'", "'"},
		{"a\n'\nb", "a\n'\nb"},
	} {
		if got := spreadsheetSafe(tc.cell); got != tc.safe {
			t.Errorf("safe form of %q: got %q, want %q", tc.cell, got, tc.safe)
		}
		if got := spreadsheetBare(tc.safe); got != tc.cell {
			t.Errorf("bare form of %q: got %q, want %q", tc.safe, got, tc.cell)
		}
	}
}

// Other programs protect more than we do.
func TestSpreadsheetBareForeign(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"'13900001234":      "13900001234",
		"' 139":             " 139",
		"'１３９":              "１３９",
		"'abc":              "'abc",
		"''13900001234":     "'13900001234",
		"'+86 139 0000":     "+86 139 0000",
		"x\n'139\n'y\r\n'-": "x\n139\n'y\r\n-",
	} {
		if got := spreadsheetBare(cell); got != want {
			t.Errorf("bare form of %q: got %q, want %q", cell, got, want)
		}
	}
}

// cellTexts draws texts that are rich in what the rules are about.
func cellTexts() *rapid.Generator[string] {
	part := rapid.SampledFrom([]string{"'", "=", "+", "-", "@", "＝", "＠", "\t", "\r", "\n", "\r\n", " ", "\u00a0", "\u200e", "5", "a", "王", ";", "\\", "/", ",", "，", "|", "::: "})
	return rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(part, 0, 12).Draw(t, "parts"), "") })
}

func TestSpreadsheetSafeIsInverse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cell := cellTexts().Draw(t, "cell")
		safe := spreadsheetSafe(cell)
		if got := spreadsheetBare(safe); got != cell {
			t.Fatalf("%q became %q, which reads as %q", cell, safe, got)
		}
		for _, line := range strings.FieldsFunc(safe, func(r rune) bool { return r == '\r' || r == '\n' }) {
			if startsFormula(line) {
				t.Fatalf("%q became %q, whose line %q may be a formula", cell, safe, line)
			}
		}
	})
}

// What a reader cuts off at the ends of a cell does not bring an apostrophe
// back to light.
func TestSpreadsheetSafeAfterTrimming(t *testing.T) {
	t.Parallel()
	trimmed := func(s string) string {
		return strings.TrimFunc(s, func(r rune) bool { return r == '\t' || isIndent(r) })
	}
	rapid.Check(t, func(t *rapid.T) {
		cell := cellTexts().Draw(t, "cell") + "x" // a last line of tabs only would keep its apostrophe
		if got := trimmed(spreadsheetBare(trimmed(spreadsheetSafe(cell)))); got != trimmed(cell) {
			t.Fatalf("%q reads as %q", cell, got)
		}
	})
}
