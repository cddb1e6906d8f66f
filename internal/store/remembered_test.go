package store

import (
	"testing"
	"time"
)

// TestStatementsAreBounded checks that lists of any length produce few
// different statements.
func TestStatementsAreBounded(t *testing.T) {
	t.Parallel()
	texts := map[string]bool{}
	for n := range 5000 {
		places, values := in(make([]int64, n))
		if len(values) != 0 && len(values) != len(places)/2+1 {
			t.Fatalf("a list of %d: got %d values for %q", n, len(values), places)
		}
		texts["SELECT 1 WHERE 1 IN ("+places+")"] = true
	}
	if len(texts) > 15 {
		t.Errorf("got %d texts, want one for each power of two", len(texts))
	}
}

// TestWalksAreBounded: of many callers the places of some are remembered, and of
// each a few.
func TestWalksAreBounded(t *testing.T) {
	t.Parallel()
	var m pageEndMemory
	for i := range int64(3 * maxReaders) {
		for at := range int64(2) {
			if err := m.remember(t.Context(), pagePlace{readerKey{org: "o", reader: [32]byte{byte(i), byte(i >> 8), byte(i >> 16)}}, at}, 1, 0, 1+i); err != nil {
				t.Fatal(err)
			}
		}
	}
	for at := range int64(10 * endsPerReader) {
		_ = m.remember(t.Context(), pagePlace{readerKey{org: "one"}, at}, 1, 0, 1+at)
	}
	if len(m.ends) > maxReaders || len(m.ends[readerKey{org: "one"}]) != endsPerReader {
		t.Errorf("got %d callers, and %d places of one, want at most %d and %d", len(m.ends), len(m.ends[readerKey{org: "one"}]), maxReaders, endsPerReader)
	}
}

// TestGapsAreBounded checks that a bounded number of missing entries is
// remembered, however far the numbers jump.
func TestGapsAreBounded(t *testing.T) {
	t.Parallel()
	c := chain{gaps: map[int64]time.Time{}}
	var b block
	for i := range int64(50) {
		b.seqs = append(b.seqs, (i+1)*(maxGaps-1))
	}
	c.sealed(b, time.Now())
	if n := len(c.gaps); n > maxGaps || n < maxGaps/2 {
		t.Errorf("got %d gaps, want the newest, at most %d", n, maxGaps)
	}
}
