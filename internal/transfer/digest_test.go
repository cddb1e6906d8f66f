package transfer

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mingce/mingce/internal/directory"
)

func digestOf(objects ...directory.Object) string {
	var d Digest
	for _, o := range objects {
		d.Add(o)
	}
	return d.String()
}

// docs/spec/export.md#digests
func TestDigest(t *testing.T) {
	t.Parallel()
	contact := func(values directory.Values) directory.Object {
		return directory.Object{Kind: directory.ContactKind, Version: 3, Values: values}
	}
	example := contact(directory.Values{
		"followerUserId": "u1", "labelIds": []int64{1}, "mobile": "86-13900001234", "name": "测试甲", "userId": "900001",
		"title": "", "shareUserIds": []string{},
	})
	const want = "mh1:61e77d28624408283b0084a7a257b2955e328bce151fc0f607889321c8284975"
	if got := digestOf(example); got != want {
		t.Errorf("the example has %s", got)
	}
	if got := digestOf(); got != "mh1:"+strings.Repeat("0", 64) {
		t.Errorf("no object has %s", got)
	}

	same := func(a, b directory.Values) {
		t.Helper()
		if digestOf(contact(a)) != digestOf(contact(b)) {
			t.Errorf("%v and %v differ", a, b)
		}
	}
	same(directory.Values{"labelIds": []int64{10, 9, 1}}, directory.Values{"labelIds": []int64{1, 9, 10}})
	same(directory.Values{"shareUserIds": []string{"b", "a"}}, directory.Values{"shareUserIds": []string{"a", "b"}})
	employee := func(ids ...int64) directory.Object {
		return directory.Object{Kind: directory.EmployeeKind, Values: directory.Values{"deptIds": ids}}
	}
	if digestOf(employee(1, 2)) == digestOf(employee(2, 1)) {
		t.Error("the main department makes no difference")
	}
	labels := []int64{3, 2}
	digestOf(contact(directory.Values{"labelIds": labels}))
	if labels[0] != 3 {
		t.Error("the object was sorted")
	}
}

// However a tree was decoded, it has one form.
func TestCanonicalForm(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		value any
		want  string
	}{
		{map[string]any{"b": 1.0, "a": json.Number("5"), "Z": nil, "é": true, "中": false}, `{"Z":null,"a":5,"b":1,"é":true,"中":false}`},
		{[]any{int64(-3), json.Number("5.0"), json.Number("1e2"), 0.5, json.Number("0.50"), json.Number("-0")}, `[-3,5,100,0.5,0.5,0]`},
		{"a\"b\\c/\n\t\x00\x1f\x7f<>&\u2028😀", `"a\"b\\c/\u000a\u0009\u0000\u001f` + "\x7f<>&\u2028😀\""},
		{[]any{[]string{}, map[string]any{}, ""}, `[[],{},""]`},
		{[]map[string]any{{"y": 1, "x": uint8(2)}}, `[{"x":2,"y":1}]`},
		{struct{ F func() }{}, `null`},
		{1e30, `1e+30`},
		{json.Number("9007199254740993"), `9007199254740993`},
	} {
		if got := string(appendJSON(nil, tc.value)); got != tc.want {
			t.Errorf("%v: got %s, want %s", tc.value, got, tc.want)
		}
	}
}

// The order of objects, and how they are put into parts, makes no difference.
func TestDigestIsASum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		objects := rapid.SliceOf(anyObject()).Draw(t, "objects")
		whole := digestOf(objects...)
		cut := rapid.IntRange(0, len(objects)).Draw(t, "cut")
		var first, second Digest
		for _, o := range objects[:cut] {
			first.Add(o)
		}
		for _, o := range objects[cut:] {
			second.Add(o)
		}
		second.Sum(first)
		if second.String() != whole {
			t.Errorf("parts: %v, whole: %v", second, whole)
		}
		shuffled := slices.Clone(objects)
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if got := digestOf(shuffled...); got != whole {
			t.Errorf("shuffled: %v, whole: %v", got, whole)
		}
	})
}

// What encoding/json reads back from an object's form is the object.
func TestCanonicalFormIsJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		var back string
		if err := json.Unmarshal(appendJSONText(nil, s), &back); err != nil || back != s {
			t.Errorf("%q became %q: %v", s, back, err)
		}
	})
}

func BenchmarkDigest(b *testing.B) {
	o := benchContact(1)
	var d Digest
	b.ReportAllocs()
	for b.Loop() {
		d.Add(o)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "objects/s")
}
