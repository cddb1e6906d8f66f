package api

import (
	"errors"
	"math"
	"strings"
	"testing"
)

type sample struct {
	Name  string
	Title *string
	Age   *int64
	Sure  bool
	IDs   []int64
	Tags  []string
	Kind  string
	Inner struct{ Street string }
	Rows  []row
}

type row struct{ ID int64 }

var (
	noName   = &Code{Code: "NoName"}
	noIDs    = &Code{Code: "NoIDs"}
	badName  = &Code{Code: "BadName"}
	badAge   = &Code{Code: "BadAge"}
	badKind  = &Code{Code: "BadKind"}
	tooMany  = &Code{Code: "TooMany"}
	noStreet = &Code{Code: "NoStreet"}
)

func sampleFields(s *sample) Fields {
	return Fields{
		String("name", &s.Name).Required(noName).Runes(2, 4, badName),
		OptString("title", &s.Title),
		OptInt("age", &s.Age).Alias("years").Range(1, 100, badAge).Invalid(badAge),
		Bool("sure", &s.Sure),
		Ints("ids", &s.IDs).Required(noIDs).MaxItems(3, tooMany),
		Strings("tags", &s.Tags),
		String("kind", &s.Kind).OneOf(badKind, "a", "b"),
		Object("inner", &s.Inner, func(in *struct{ Street string }) Fields {
			return Fields{String("street", &in.Street).Required(noStreet)}
		}),
		Objects("rows", &s.Rows, func(r *row) Fields { return Fields{Int("id", &r.ID)} }),
	}
}

var loose = Reading{Loose: true, JSONText: true, Bare: true, CommaList: true}

func TestBindReadsEverySpellingAWireAllows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, json string
		reading    Reading
		check      func(*sample) bool
	}{
		{"strict JSON", `{"name":"张三","ids":[2393865715],"sure":true}`, Reading{}, func(s *sample) bool { return s.Name == "张三" && s.IDs[0] == 2393865715 && s.Sure }},
		{"numbers and booleans as text", `{"name":"ab","ids":["1"],"age":"20","sure":"TRUE"}`, loose, func(s *sample) bool { return *s.Age == 20 && s.Sure }},
		{"number where a text is declared", `{"name":12,"ids":[1]}`, loose, func(s *sample) bool { return s.Name == "12" }},
		{"list as JSON text", `{"name":"ab","ids":"[1,2]","tags":"[\"x\"]"}`, loose, func(s *sample) bool { return len(s.IDs) == 2 && s.Tags[0] == "x" }},
		{"list with commas", `{"name":"ab","ids":"1, 2"}`, loose, func(s *sample) bool { return s.IDs[1] == 2 }},
		{"single value for a list", `{"name":"ab","ids":7}`, loose, func(s *sample) bool { return s.IDs[0] == 7 }},
		{"object as JSON text", `{"name":"ab","ids":[1],"inner":"{\"street\":\"s\"}"}`, loose, func(s *sample) bool { return s.Inner.Street == "s" }},
		{"alias", `{"name":"ab","ids":[1],"years":3}`, Reading{}, func(s *sample) bool { return *s.Age == 3 }},
		{"own name before alias", `{"name":"ab","ids":[1],"years":3,"age":4}`, Reading{}, func(s *sample) bool { return *s.Age == 4 }},
		{"null is absent", `{"name":"ab","ids":[1],"title":null,"tags":null}`, Reading{}, func(s *sample) bool { return s.Title == nil && s.Tags == nil }},
		{"empty is not absent", `{"name":"ab","ids":[1],"title":"","tags":[]}`, Reading{}, func(s *sample) bool { return s.Title != nil && s.Tags != nil }},
		{"64 bits", `{"name":"ab","ids":[9223372036854775807]}`, Reading{}, func(s *sample) bool { return s.IDs[0] == math.MaxInt64 }},
		{"rows", `{"name":"ab","ids":[1],"rows":[{"id":5}]}`, Reading{}, func(s *sample) bool { return s.Rows[0].ID == 5 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v, err := ParseJSON([]byte(c.json))
			if err != nil {
				t.Fatal(err)
			}
			var s sample
			if err := Bind(sampleFields(&s), v, c.reading); err != nil || !c.check(&s) {
				t.Errorf("Bind(%s): got %+v, %v", c.json, s, err)
			}
		})
	}
}

func TestBindNamesTheFirstBrokenRule(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, json, parameter string
		code                  *Code
		missing               bool
	}{
		{"missing comes before format", `{"age":1000}`, "name", noName, true},
		{"all missing before any format", `{"name":"too long a name"}`, "ids", noIDs, true},
		{"empty text is missing", `{"name":"","ids":[1]}`, "name", noName, true},
		{"empty list is missing", `{"name":"ab","ids":[]}`, "ids", noIDs, true},
		{"length counts characters", `{"name":"一二三四五","ids":[1]}`, "name", badName, false},
		{"range", `{"name":"ab","ids":[1],"age":101}`, "age", badAge, false},
		{"fraction", `{"name":"ab","ids":[1],"age":1.0}`, "age", badAge, false},
		{"exponent", `{"name":"ab","ids":[1],"age":1e1}`, "age", badAge, false},
		{"beyond 64 bits", `{"name":"ab","ids":[9223372036854775808]}`, "ids", nil, false},
		{"text for a number in strict JSON", `{"name":"ab","ids":["1"]}`, "ids", nil, false},
		{"control character", `{"name":"a\u0000","ids":[1]}`, "name", nil, false},
		{"enumeration", `{"name":"ab","ids":[1],"kind":"c"}`, "kind", badKind, false},
		{"too many", `{"name":"ab","ids":[1,2,3,4]}`, "ids", tooMany, false},
		{"nested path", `{"name":"ab","ids":[1],"inner":{}}`, "inner.street", noStreet, true},
		{"row path", `{"name":"ab","ids":[1],"rows":[{"id":1},{"id":"x"}]}`, "rows[1].id", nil, false},
		{"object of the wrong type", `{"name":"ab","ids":[1],"inner":[1]}`, "inner", nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v, err := ParseJSON([]byte(c.json))
			if err != nil {
				t.Fatal(err)
			}
			var e *ArgumentError
			err = Bind(sampleFields(new(sample)), v, Reading{})
			if !errors.As(err, &e) || e.Parameter != c.parameter || e.Code != c.code || e.Missing != c.missing {
				t.Errorf("Bind(%s): got %+v, want %s %v missing=%t", c.json, e, c.parameter, c.code, c.missing)
			}
		})
	}
}

func TestArgumentErrorHidesTheValue(t *testing.T) {
	t.Parallel()
	v, _ := ParseJSON([]byte(`{"name":"13900001234","ids":[1]}`))
	var e *ArgumentError
	err := Bind(sampleFields(new(sample)), v, Reading{})
	if !errors.As(err, &e) || strings.Contains(e.Value.Zh+e.Value.En, "1390000") || strings.Contains(e.Error(), "1390000") {
		t.Errorf("got %q %q, want a masked value", e.Value, err)
	}
}

func TestParseJSONRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"trailing data":  `{} {}`,
		"duplicate key":  `{"a":1,"a":2}`,
		"lone surrogate": `{"a":"\ud800"}`,
		"low surrogate":  `"\udc00"`,
		"not UTF-8":      "\"\xff\"",
		"depth bomb":     strings.Repeat("[", 40) + strings.Repeat("]", 40),
		"long list":      "[" + strings.Repeat("1,", MaxItems) + "1]",
		"empty":          "",
		"NaN":            "NaN",
	} {
		if v, err := ParseJSON([]byte(text)); err == nil {
			t.Errorf("%s: got %+v, want an error", name, v)
		}
	}
	if v, err := ParseJSON([]byte(`"\ud83d\ude00"`)); err != nil || v.Text != "😀" {
		t.Errorf("a surrogate pair: got %q, %v", v.Text, err)
	}
}

func FuzzParseJSON(f *testing.F) {
	f.Add([]byte(`{"a":[1,"x",null,true,{"b":"\ud83d\ude00"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := ParseJSON(text)
		if err != nil {
			return
		}
		again, err := ParseJSON(v.AppendJSON(nil))
		if err != nil {
			t.Fatalf("ParseJSON(%q) cannot be read back: %v", text, err)
		}
		if got, want := string(again.AppendJSON(nil)), string(v.AppendJSON(nil)); got != want {
			t.Fatalf("ParseJSON(%q): got %s, want %s", text, got, want)
		}
	})
}

func TestBindReadsAWholeObjectBeforeItJudges(t *testing.T) {
	t.Parallel()
	fields := func(s *sample) Fields {
		return Fields{Object("inner", s, sampleFields).Whole()}
	}
	for _, c := range []struct {
		name, json, parameter string
		code                  *Code
		missing               bool
	}{
		{"a format before an absent member", `{"inner":{"ids":[{}]}}`, "inner.ids", nil, false},
		{"a format before a rule of an earlier member", `{"inner":{"name":"abcde","ids":[1],"age":"x"}}`, "inner.age", badAge, false},
		{"an absent member before a rule of an earlier one", `{"inner":{"name":"abcde"}}`, "inner.ids", noIDs, true},
		{"an empty list in a text is absent", `{"inner":{"name":"ab","ids":"[]"}}`, "inner.ids", noIDs, true},
		{"rules in the order of the fields", `{"inner":{"kind":"c","name":"abcde","ids":[1]}}`, "inner.name", badName, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v, err := ParseJSON([]byte(c.json))
			if err != nil {
				t.Fatal(err)
			}
			var s sample
			var e *ArgumentError
			if err := Bind(fields(&s), v, loose); !errors.As(err, &e) || e.Parameter != c.parameter || e.Code != c.code || e.Missing != c.missing {
				t.Errorf("got %#v, want %s with %v", err, c.parameter, c.code)
			}
		})
	}
}
