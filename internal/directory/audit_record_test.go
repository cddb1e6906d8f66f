package directory

import (
	"encoding/json"
	"testing"
)

// The history is sealed and shown as it was written, so its form must not
// depend on which values avoid reflection.
func TestRecordsAreWrittenAsJSON(t *testing.T) {
	t.Parallel()
	text := "p"
	for _, r := range []Record{
		{"name": "张三", "b": int64(-1), "a": true, "labels": []int64{1, 2}, "users": []string{}, "none": nil},
		{"name": "<a&b>\"\\\n\u2028\x7f", "<": "\xff", "title": &text, "unset": (*string)(nil), "small": 7},
	} {
		want, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(r.json()); got != string(want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
