package directory

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unsafe"
)

// What the directory remembers between calls is bounded in entries, and no key
// is a part of a caller's text.
func TestWhatIsRememberedIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Now()
	var cache expiring[int]
	request := strings.Repeat("x", 1<<20)
	for i := range 3 * cacheSize {
		cache.put(fmt.Sprint(i), i, now)
	}
	if len(cache.entries) > cacheSize {
		t.Errorf("cache: got %d entries, want at most %d", len(cache.entries), cacheSize)
	}
	cache.clear()
	cache.put(request[10:20], 1, now)
	for key := range cache.entries {
		if at := unsafe.StringData(key); at == unsafe.StringData(request[10:]) {
			t.Error("cache: got the caller's own text as key, want a copy")
		}
	}

	var marks pageMarks[namePage, nameMark]
	for i := range int64(5 * pageMarksKept) {
		marks.remember(nameWalk{org: "o", word: request}.page(i), nameMark{})
		if i > 3 {
			request = "short" // hashing the long one again and again shows nothing
		}
	}
	if n := len(marks.now) + len(marks.old); n > 2*pageMarksKept {
		t.Errorf("marks: got %d, want at most %d", n, 2*pageMarksKept)
	}
	a, b := nameWalk{org: "a", noun: "b c"}.page(1), nameWalk{org: "a b", noun: "c"}.page(1)
	if a == b {
		t.Error("two searches: got one page")
	}
}
