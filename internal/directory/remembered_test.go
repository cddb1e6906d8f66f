package directory

import (
	"context"
	"errors"
	"fmt"
	"reflect"
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
	var cache expiring[texts]
	request := strings.Repeat("x", 1<<20)
	for i := range 3 * cacheSize {
		cache.put(fmt.Sprint(i), nil, now)
	}
	if len(cache.entries) > cacheSize {
		t.Errorf("cache: got %d entries, want at most %d", len(cache.entries), cacheSize)
	}
	held := func() (n int) {
		for key, e := range cache.entries {
			n += len(key) + e.value.size()
		}
		return n
	}
	for i := range 100 {
		cache.put(fmt.Sprint(i%50), make(texts, i<<10), now)
		if held() != cache.bytes || cache.bytes > cacheBytes {
			t.Fatalf("cache: got %d bytes, counted as %d, want the same and at most %d", held(), cache.bytes, cacheBytes)
		}
	}
	cache.put("larger than all", make(texts, cacheBytes), now)
	if len(cache.entries) > 0 {
		t.Errorf("cache: got %d entries beside one that is too large, want none", len(cache.entries))
	}
	cache.clear()
	cache.put(request[10:20], nil, now)
	for key := range cache.entries {
		if at := unsafe.StringData(key); at == unsafe.StringData(request[10:]) {
			t.Error("cache: got the caller's own text as key, want a copy")
		}
	}

	var marks pageMarks[namePage, nameMark]
	for i := range int64(5 * maxPageMarks) {
		marks.remember(nameQuery{org: "o", word: request}.page(i), nameMark{})
		if i > 3 {
			request = "short" // hashing the long one again and again shows nothing
		}
	}
	if n := len(marks.now) + len(marks.old); n > 2*maxPageMarks {
		t.Errorf("marks: got %d, want at most %d", n, 2*maxPageMarks)
	}
	a, b := nameQuery{org: "a", noun: "b c"}.page(1), nameQuery{org: "a b", noun: "c"}.page(1)
	if a == b {
		t.Error("two searches: got one page")
	}
}

// texts is a value as large as its list.
type texts []string

func (x texts) size() int { return textSize(x...) }

// TestSizesCountEveryText: a field that is added to what is remembered counts.
func TestSizesCountEveryText(t *testing.T) {
	t.Parallel()
	for _, v := range []sized{Principal{}, App{}, AccessKey{}, BearerToken{}} {
		full := reflect.New(reflect.TypeOf(v)).Elem()
		want := fillTexts(full)
		if got := full.Interface().(sized).size() - v.size(); got < want {
			t.Errorf("%T: got %d bytes more for texts of %d bytes", v, got, want)
		}
	}
}

// fillTexts puts a text of 1,000 bytes into every field and list that takes one,
// and returns their length.
func fillTexts(v reflect.Value) (n int) {
	text := strings.Repeat("x", 1000)
	switch x := v.Addr().Interface().(type) {
	case *Secret:
		*x = NewSecret(text)
		return len(text)
	case *[]string:
		*x = []string{text, text}
		return 2 * len(text)
	case *[]int64:
		*x = make([]int64, 100)
		return 800
	case *string:
		*x = text
		return len(text)
	case *time.Time:
		return 0
	}
	if v.Kind() == reflect.Struct {
		for i := range v.NumField() {
			n += fillTexts(v.Field(i))
		}
	}
	return n
}

// TestPasswordsBeingCheckedAreBounded: beyond a few at once, others wait.
func TestPasswordsBeingCheckedAreBounded(t *testing.T) {
	t.Parallel()
	var h hashing
	for range maxHashing {
		if _, err := h.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.enter(gone); !errors.Is(err, ErrBusy) {
		t.Errorf("one more, whose caller disconnected: got %v, want it to have waited", err)
	}
}

func TestMaskName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"": "", "wangfang": "w***", "王芳": "王***", "13912345678": "86-139****5678", "+86 139-1234-5678": "86-139****5678",
		"tom@example.com": "t***", "p@ssw0rd": "p***", "\n": "***", "\xff": "***", strings.Repeat("x", 1<<20): "x***",
	} {
		if got := MaskName(name); got != want {
			t.Errorf("%.40q: got %q, want %q", name, got, want)
		}
	}
}
