package pinyin

import (
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	source "github.com/mozillazg/go-pinyin"
)

var update = flag.Bool("update", false, "write dictionary.txt anew")

// The embedded file must match the dictionary it is generated from.
func TestDictionaryIsThatOfItsSource(t *testing.T) {
	t.Parallel()
	characters := map[string][]rune{}
	for r, s := range source.PinyinDict {
		first, _, _ := strings.Cut(s, ",")
		syllable := Plain(first)
		if syllable == "" {
			t.Errorf("%c: got no reading from %q, want one", r, s)
		}
		characters[syllable] = append(characters[syllable], rune(r))
	}
	var want strings.Builder
	for _, syllable := range slices.Sorted(maps.Keys(characters)) {
		rs := characters[syllable]
		slices.Sort(rs)
		want.WriteString(syllable + " " + string(rs) + "\n")
		for _, r := range rs {
			if got := reading(r); got != syllable && !*update {
				t.Errorf("%c: got %q, want %q", r, got, syllable)
			}
		}
	}
	if *update {
		if err := os.WriteFile("dictionary.txt", []byte(want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if ordinaryReadings != want.String() {
		t.Error("dictionary.txt: got another text than its source gives; want: go test ./internal/pinyin -update")
	}
}
