package api

import (
	"encoding/json"
	"encoding/xml"
	"testing"
)

type page struct {
	Rows  []entry
	Empty []int64
	Unset []string
	Count int64
	Text  []entry
}

type entry struct {
	Name string
	IDs  []int64
	Note *string
}

func entryFields(e *entry) Fields {
	return Fields{String("name", &e.Name), Ints("ids", &e.IDs), OptString("note", &e.Note)}
}

func pageFields(p *page) Fields {
	return Fields{
		Objects("rows", &p.Rows, entryFields).Item("entry"),
		Ints("empty", &p.Empty), Strings("unset", &p.Unset), Int("count", &p.Count),
		Objects("text", &p.Text, entryFields).AsText(),
	}
}

func samplePage() *page {
	empty := ""
	rows := []entry{{Name: `<张&三>"` + "\r\n", IDs: []int64{1, 2393865715}, Note: &empty}}
	return &page{Rows: rows, Empty: []int64{}, Count: 1, Text: []entry{{Name: "a", IDs: []int64{}}}}
}

func TestAppendJSON(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		wrap bool
		want string
	}{
		{"plain lists", false, `"rows":[{"name":"<张&三>\"\r\n","ids":[1,2393865715],"note":""}],"empty":[],"count":1,"text":"[{\"name\":\"a\",\"ids\":[]}]"`},
		{"TOP's wrapped lists", true, `"rows":{"entry":[{"name":"<张&三>\"\r\n","ids":{"number":[1,2393865715]},"note":""}]},"empty":{},"count":1,"text":"[{\"name\":\"a\",\"ids\":[]}]"`},
	} {
		got := string(AppendJSON(nil, pageFields(samplePage()), c.wrap))
		if got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
		if !json.Valid([]byte("{" + got + "}")) {
			t.Errorf("%s: not valid JSON", c.name)
		}
	}
}

func TestAppendXML(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		items bool
		want  string
	}{
		{"TOP's items", true, "<rows><entry><name>&lt;张&amp;三&gt;&quot;&#13;\n</name><ids><number>1</number><number>2393865715</number></ids><note></note></entry></rows><empty/><count>1</count><text>[{&quot;name&quot;:&quot;a&quot;,&quot;ids&quot;:[]}]</text>"},
		{"repeated elements", false, "<rows><name>&lt;张&amp;三&gt;&quot;&#13;\n</name><ids>1</ids><ids>2393865715</ids><note></note></rows><count>1</count><text>[{&quot;name&quot;:&quot;a&quot;,&quot;ids&quot;:[]}]</text>"},
	} {
		got := string(AppendXML(nil, pageFields(samplePage()), c.items))
		if got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestAppendXMLTextDropsWhatXMLForbids(t *testing.T) {
	t.Parallel()
	got := string(AppendXMLText(nil, "a\x00\x1f\uFFFE]]>\xffb"))
	if want := "a]]&gt;\uFFFDb"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzAppendText(f *testing.F) {
	f.Add("a\"\\\n\x01张")
	f.Fuzz(func(t *testing.T, s string) {
		var back string
		if err := json.Unmarshal(AppendText(nil, s), &back); err != nil {
			t.Fatalf("AppendText(%q): %v", s, err)
		}
		var x struct {
			V string `xml:"v"`
		}
		if err := xml.Unmarshal(append(append([]byte("<r><v>"), AppendXMLText(nil, s)...), "</v></r>"...), &x); err != nil {
			t.Fatalf("AppendXMLText(%q): %v", s, err)
		}
	})
}

func BenchmarkAppendJSON(b *testing.B) {
	p := samplePage()
	dst := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendJSON(dst[:0], pageFields(p), true)
	}
}

func BenchmarkBind(b *testing.B) {
	v, _ := ParseJSON([]byte(`{"name":"张三","ids":[1,2,3],"title":"t","kind":"a","inner":{"street":"s"}}`))
	b.ReportAllocs()
	for b.Loop() {
		if err := Bind(sampleFields(new(sample)), v, Reading{}); err != nil {
			b.Fatal(err)
		}
	}
}
