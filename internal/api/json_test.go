package api

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

// TestParseJSONAgreesWithTheStandardLibrary: the same texts are JSON, and they
// mean the same.
func TestParseJSONAgreesWithTheStandardLibrary(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{}`, `[]`, ` [ ] `, "\t{\n}\r", `{"a":1}`, `{"a" : [1 , 2] , "b":{"c":null}}`, `true`, `false`, `null`, `"x"`,
		`0`, `-0`, `-1`, `10`, `1.5`, `1e3`, `1E+3`, `1.25e-7`, `9223372036854775808`,
		`"\"\\\/\b\f\n\r\t\u4e2d\u00e9"`, `"中\n文"`, `"\ud83d\ude00"`, `"\uFFFD"`, `""`, `{"":0}`,
		`[1,]`, `{"a":1,}`, `{,}`, `[,1]`, `[1 2]`, `{"a"}`, `{"a":}`, `{a:1}`, `{'a':1}`, `{"a" 1}`, `01`, `-`, `+1`, `.5`, `1.`, `1e`, `1e+`,
		`--1`, `0x1`, `1_0`, `Infinity`, `tru`, `truee`, `nul`, `"`, `"\`, `"\x"`, `"\u12"`, `"\u12g4"`, "\"\x01\"", "\"a\nb\"", `[`, `{`, `]`, `}`,
		`[1}`, `{"a":1]`, `1 1`, `{} x`, ``, ` `, "\ufeff{}", "\ufeff\ufeff{}", "{\ufeff}", "\ufeff", "\v1", `"\u+123"`, `"\u_123"`,
	} {
		v, err := ParseJSON([]byte(text))
		text = strings.TrimPrefix(text, ByteOrderMark)
		if valid := json.Valid([]byte(text)); valid != (err == nil) {
			t.Errorf("ParseJSON(%q): got %v, want error %v", text, err, !valid)
			continue
		}
		if err == nil {
			sameMeaning(t, text, v)
		}
	}
}

func sameMeaning(t *testing.T, text string, v Value) {
	t.Helper()
	decode := func(s string) (out any) {
		d := json.NewDecoder(strings.NewReader(s))
		d.UseNumber()
		if err := d.Decode(&out); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		return out
	}
	if got, want := decode(string(v.AppendJSON(nil))), decode(text); !reflect.DeepEqual(got, want) {
		t.Errorf("ParseJSON(%q): got %v, want %v", text, got, want)
	}
}

func FuzzParseJSONAgrees(f *testing.F) {
	f.Add(`{"a":[1,"x",null,true,{"b":"\ud83d\ude00"}]}`)
	f.Add(`[1.5e-3 , "\u0041\/"]`)
	f.Add(ByteOrderMark + `{"a":1}`)
	f.Fuzz(func(t *testing.T, text string) {
		v, err := ParseJSON([]byte(text))
		text = strings.TrimPrefix(text, ByteOrderMark)
		if err != nil {
			return // ours refuses more: repeated keys, depth, length, half surrogates
		}
		if !json.Valid([]byte(text)) {
			t.Fatalf("ParseJSON(%q): got a value, want an error", text)
		}
		sameMeaning(t, text, v)
	})
}

func BenchmarkParseJSON(b *testing.B) {
	text := []byte(`{"user_id":"123420013632","name":"张三","follower_user_id":"023420013645","label_ids":[1,3],"title":"工程师 7","address":"杭州市余杭区文一西路 7 号","remark":"changed 7"}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseJSON(text); err != nil {
			b.Fatal(err)
		}
	}
}

func TestLocateJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]JSONFault{
		"{\n  \"a\": tru\n}":                    {Line: 2, Column: 8},
		"{\"a\" 1}":                             {Line: 1, Column: 6},
		"":                                      {Line: 1, Column: 1},
		"{}\n{}":                                {Line: 2, Column: 1},
		"{\"a\":1,\n\"a\":2}":                   {Line: 2, Column: 1, Duplicate: "a"},
		"{\"a\":\"\xff\"}":                      {Line: 1, Column: 7, Encoding: true},
		strings.Repeat("[", 40):                 {Line: 1, Column: 34, Deep: true},
		"[" + strings.Repeat("1,", 1000) + "1]": {Line: 1, Column: 2003, Long: true},
	} {
		_, err := LocateJSON([]byte(text))
		var got *JSONFault
		if !errors.As(err, &got) || !errors.Is(err, ErrMalformed) || *got != want {
			t.Errorf("%q: got %+v, want %+v", text, got, want)
		}
	}
	if v, err := LocateJSON([]byte(ByteOrderMark + `{"a":[1]}`)); err != nil || v.Get("a").Kind != ListValue {
		t.Errorf("got %v, %v", v, err)
	}
}
