package transfer

import (
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

func TestJSONSample(t *testing.T) {
	t.Parallel()
	readingTest{in: sample(t, "records.jsonl"), ignored: "wechat=1", want: `
		1 line 1
		deptId=9001
		name="示例分部"
		parentId=1
		2 line 2
		deptIds=[]int64{9001}
		managerUserId="023420013644"
		mobile="86-13900009001"
		name="示例员工"
		userId="jl001"
		3 line 3
		group="客户等级"
		labelId=900001
		name="样例标签"
		4 line 4
		email=""
		followerUserId="jl001"
		labelIds=[]int64{900001}
		mobile="86-13900009002"
		name="测试九"
		userId="900900001"
		5 line 5
		followerUserId="jl001"
		labelIds=[]int64{1}
		mobile="+86 139 0000 9003"
		name="测试十"
		6 line 6
		problem malformed :6 column 19
		7 line 7
		title="总监"
		userId="123420013632"`}.run(t, openJSONL, ReadOptions{})
}

// The first wrong byte of a line is told (docs/spec/import.md#json-lines).
func TestWrongBytes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in     string
		column int // 0: nothing is wrong
	}{
		{`{}`, 0}, {` { } `, 0}, {`{"a":"\u00e9\"\\\/\b\f\n\r\t","b":[1,-0,1.5e+3,2E-1,0.0],"c":{"d":[true,false,null]}}`, 0},
		{`x`, 1}, {`[1]`, 1}, {`  "a"`, 3}, {`null`, 1}, {`{`, 2}, {`{"a"`, 5}, {`{"a":`, 6}, {`{"a":1`, 7}, {`{"a":1,`, 8}, {`{"a":1,}`, 8}, {`{,}`, 2},
		{`{"a":1}}`, 8}, {`{"a":1} {}`, 9}, {`{a:1}`, 2}, {`{'a':1}`, 2}, {`{"a" 1}`, 6}, {`{"a":1 "b":2}`, 8}, {`{"a":[1,]}`, 9}, {`{"a":[1}`, 8}, {`{"a":[,1]}`, 7},
		{`{"a":01}`, 7}, {`{"a":-}`, 7}, {`{"a":+1}`, 6}, {`{"a":1.}`, 8}, {`{"a":.5}`, 6}, {`{"a":1e}`, 8}, {`{"a":1e+}`, 9}, {`{"a":0x1}`, 7}, {`{"a":NaN}`, 6},
		{`{"a":tru}`, 9}, {`{"a":trux}`, 9}, {`{"a":nul`, 9}, {`{"a":"b`, 8}, {`{"a":"\x"}`, 8}, {`{"a":"\u12g4"}`, 11}, {`{"a":"\`, 8}, {"{\"a\":\"b\tc\"}", 8}, {"{\"a\":\"\x00\"}", 7},
		{"{\"a\":\x00}", 6}, {`{"a":"é"x}`, 10}, {"{\"a\":1}\x0b", 8}, {`{"a":1,"a":2,x}`, 14},
		{strings.Repeat(`{"a":`, 32) + "1" + strings.Repeat("}", 32), 0},
		{strings.Repeat(`{"a":`, 33) + "1" + strings.Repeat("}", 33), 161},
		{`{"a":` + strings.Repeat("[", 31) + strings.Repeat("]", 31) + "}", 0},
		{`{"a":` + strings.Repeat("[", 1_000_000), 37},
	}
	for _, test := range tests {
		_, fault := scanJSON([]byte(test.in))
		column := 0
		if fault != nil {
			column = fault.column
		}
		if column != test.column {
			t.Errorf("%.100q: column %d is wrong, want %d", test.in, column, test.column)
		}
	}
}

// Values have the types of their fields (docs/spec/import.md#json-lines).
func TestValuesOfJSON(t *testing.T) {
	t.Parallel()
	for _, test := range []readingTest{
		{name: "types", in: `{"kind":"contact","object":{"name":1,"mobile":["1"],"labelIds":["1"],"shareUserIds":"u","shareDeptIds":[1,"2"],"title":{},"remark":true,"email":"\ud800","userId":"a"}}`, want: `
			1 line 1
			userId="a"
			error valueInvalid name:1 name
			error valueInvalid mobile:1 mobile
			error valueInvalid labelIds:1 labelIds
			error valueInvalid shareUserIds:1 shareUserIds
			error valueInvalid shareDeptIds:1 shareDeptIds
			error valueInvalid title:1 title
			error valueInvalid remark:1 remark
			error characterInvalid email:1 email`},
		{name: "numbers", in: `{"kind":"label","object":{"labelId":9223372036854775807,"groupId":9223372036854775808,"color":1.0}}` + "\n" + `{"kind":"label","object":{"labelId":-0,"groupId":1e2,"color":-5}}`, want: `
			1 line 1
			labelId=9223372036854775807
			error valueInvalid groupId:1 groupId
			error valueInvalid color:1 color
			2 line 2
			color=-5
			labelId=0
			error valueInvalid groupId:2 groupId`},
		{name: "empty", in: `{"kind":"employee","object":{"name":null,"deptIds":null,"hiredDate":null,"admin":null,"extra":null,"disabled":false,"email":"","title":"\u0000","hideMobile":true,"x":null,"y":"","z":[ ],"u":{},"v":0,"w":false}}`, want: `
			1 line 1
			admin=false
			deptIds=[]int64{}
			disabled=false
			email=""
			extra=map[string]interface {}{}
			hiredDate=0
			hideMobile=true
			name=""
			title="\x00"`},
		{name: "extra", in: `{"kind":"department","object":{"path":"a/b","managerUserIds":[],"extra":{"b":[1,1.50,null,true,"\ud83d\ude00"],"a":{"c":""}}}}`, want: `
			1 line 1
			extra=map[string]interface {}{"a":map[string]interface {}{"c":""}, "b":[]interface {}{1, "1.50", interface {}(nil), true, "😀"}}
			managerUserIds=[]string{}
			path="a/b"`},
		{name: "half a surrogate in extra", in: `{"kind":"department","object":{"extra":{"b":["\udc00\ud800"]}}}`, want: "1 line 1\nerror characterInvalid extra:1 extra"},
		{name: "beside the object", in: `{"kind":"contact","version":"1","createdAt":5,"updatedAt":null,"a":1,"object":{"b":[2],"version":2,"createdAt":"2024-01-01T00:00:00Z"}}`, ignored: "b=1 a=1", want: `
			1 line 1
			error valueInvalid version:1
			error valueInvalid createdAt:1`},
		{name: "kinds", in: `{"kind":"person","object":{}}` + "\n\n" + `{"kind":7}` + "\n" + `{"object":{}}` + "\n" + `{"kind":"contact"}` + "\n" + `{"kind":"contact","object":[]}` + "\n" + `{"name":"a"}` + "\n" + `{"kind":"end"}`, want: `
			1 line 1
			problem valueInvalid kind:1
			2 line 3
			problem valueInvalid kind:3
			3 line 4
			problem valueInvalid kind:4
			4 line 5
			problem valueInvalid object:5
			5 line 6
			problem valueInvalid object:6
			6 line 7
			problem valueInvalid kind:7
			7 line 8
			problem valueInvalid kind:8`},
		{name: "duplicate keys", in: `{"kind":"contact","object":{"name":"a","n\u0061me":"b"}}` + "\n" + `{"kind":"contact","x":[{"y":1,"y":1}],"object":{}}` + "\n" + `{"kind":"contact","kind":"contact",}` + "\n" + `{"kind":"contact","name":1,"name":2,"object":{}}`, want: `
			1 line 1
			problem duplicateKey name:1 name
			2 line 2
			problem duplicateKey y:2
			3 line 3
			problem malformed :3 column 36
			4 line 4
			problem duplicateKey name:4`},
		{name: "status of message contacts", in: `{"kind":"message-contact","object":{"status":"verified"}}`, want: "1 line 1\nstatus=\"verified\""},
		{name: "GBK", in: `{"kind":"contact","object":{"name":"` + "\xd5\xc5" + `"}}`, wantOther: "gb18030", want: "1 line 1\nname=\"张\""},
		{name: "mixed", in: `{"kind":"contact","object":{"title":"张","name":"` + "\xd5\xc5" + `"}}` + "\n\xff\n", want: "1 line 1\nproblem encodingMixed name:1 name\n2 line 2\nproblem encodingMixed :2"},
		{name: "mixed elsewhere", in: `{"张":1,"":"` + "\xff" + `"}` + "\n" + `{"object":"` + "\xff" + `"}`, want: "1 line 1\nproblem encodingMixed :1\n2 line 2\nproblem encodingMixed object:2"},
		{name: "UTF-16", in: utf16le(`{"kind":"contact","object":{"name":"张"}}`) + "\n\x00\x00\xd8", wantOther: "utf-16le", want: "1 line 1\nname=\"张\"\n2 line 2\nproblem encodingInvalid :2"},
		{name: "ends of lines", in: "\ufeff" + strings.Repeat(`{"kind":"contact","object":{}}`+"\r\n\r", 2) + " \t\n" + `{"kind":"contact","object":{}}`, want: "1 line 1\n2 line 3\n3 line 6"},
		{name: "long", in: `{"kind":"contact","object":{"name":"` + strings.Repeat("x", 10<<20) + "\"}}\n" + `{"kind":"contact","object":{}}`, want: "1 line 1\nproblem rowTooLong :1\n2 line 2"},
		{name: "empty file", in: " \n\n", want: "file empty 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, openJSONL, ReadOptions{})
		})
	}
}

func TestJSONOfOneKind(t *testing.T) {
	t.Parallel()
	in := `{"name":"a","version":3,"createdAt":"2024-01-01T00:00:00Z"}` + "\n" + `{"kind":"label","object":{"name":"b","x":1}}` + "\n" +
		`{"kind":"contact","object":{"name":"c"}}` + "\n" + `{"object":{"name":"d"}}` + "\n" + `{"kind":"x"}` + "\n" + `{"name":"e","name":"f"}`
	readingTest{in: in, want: `
		1 line 1
		name="a"
		2 line 3
		name="c"
		3 line 4
		name="d"
		4 line 5
		problem valueInvalid kind:5
		5 line 6
		problem duplicateKey name:6 name`}.run(t, openJSONL, contactFile)
	r, err := openJSONL(strings.NewReader(in), "", contactFile)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := r.Next()
	if err != nil || rec.Kind != directory.ContactKind || rec.CreatedAt != "2024-01-01T00:00:00Z" || string(rec.Raw) != strings.SplitAfter(in, "\n")[0] {
		t.Errorf("%+v, %v", rec, err)
	}
	for err == nil {
		_, err = r.Next()
	}
	if n := r.Info().IgnoredEntries; n != 1 {
		t.Errorf("%d ignored, want 1", n)
	}
	readingTest{in: `{"Full name":"a","title":"b","name":"c"}`, ignored: "title=1 name=1", want: "1 line 1\nname=\"a\""}.
		run(t, openJSONL, ReadOptions{Kind: directory.ContactKind, Map: map[string]string{"name": "full_name", "title": ""}})
}

// The first and last line of an export are no records
// (docs/spec/import.md#exports-read-again).
func TestExportsReadAgain(t *testing.T) {
	t.Parallel()
	first, one, last := `{"kind":"mingce-export","formatVersion":1,"kinds":["contact"]}`+"\n", `{"kind":"contact","object":{}}`+"\n", `{"kind":"end","counts":{},"digest":"mh1:"}`
	for _, test := range []readingTest{
		{name: "whole", in: "\n" + first + one + last, want: "1 line 3"},
		{name: "cut off", in: first + one, want: "1 line 2\nfile truncated 2"},
		{name: "cut off in a line", in: first + one[:10], want: "1 line 2\nproblem malformed :2 column 11\nfile truncated 2"},
		{name: "first line only", in: first, want: "file truncated 1"},
		{name: "nothing in it", in: first + last, want: "file empty 0"},
		{name: "first line elsewhere", in: one + first + last, want: "1 line 1\n2 line 2\nproblem valueInvalid kind:2\n3 line 3\nproblem valueInvalid kind:3"},
		{name: "later form", in: strings.Replace(first, "1", "2", 1) + one + last, want: "file formatUnsupported 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, openJSONL, ReadOptions{})
		})
	}
	for in, want := range map[string]bool{one: false, first + one: true, strings.Replace(first, "kinds", "fields", 1) + one: false} {
		r, err := openJSONL(strings.NewReader(in), "", ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if rec, err := r.Next(); err != nil || rec.Whole != want {
			t.Errorf("%q: whole %v, %v; want %v", in, rec.Whole, err, want)
		}
	}
}
