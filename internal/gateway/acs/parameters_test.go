package acs

import (
	"strconv"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/api"
)

func TestTree(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ form, want string }{
		{"Name=tom&Action=A&Signature=s", `{"Name":"tom"}`},
		{"X.2=b&X.10=c&X.1=a", `{"X":["a","b","c"]}`},
		{"X.1000=last&X.7=first", `{"X":["first","last"]}`},
		{"Tag.1.Key=k&Tag.1.Value=v&Tag.2.Key=l", `{"Tag":[{"Key":"k","Value":"v"},{"Key":"l"}]}`},
		{"A.B.C=1&A.B.D=2&A-x=3", `{"A-x":"3","A":{"B":{"C":"1","D":"2"}}}`},
		{"X=%5B%22a%22%5D", `{"X":"[\"a\"]"}`},
		{"X=", `{"X":""}`},
		{"a=1;b=2", `{"a":"1;b=2"}`},
		{"X.0=a", "InvalidParameter.X"},
		{"X.01=a", "InvalidParameter.X"},
		{"X.1001=a", "InvalidParameter.X"},
		{"X.99999999999=a", "InvalidParameter.X"},
		{"X.-1=a", `{"X":{"-1":"a"}}`},
		{"X=%5B%22a%22%5D&X.1=b", "InvalidParameter.X"},
		{"X.1=a&X.Key=b", "InvalidParameter.X"},
		{"X.1=a&X.1.Key=b", "InvalidParameter.X.1"},
		{"X..1=a", "InvalidParameter.X..1"},
		{"X.=a", "InvalidParameter.X."},
		{".=a", "InvalidParameter.."},
		{"X" + strings.Repeat(".1", 40) + "=a", "InvalidParameter"},
	} {
		v, f := tree(paramsOf(t, tt.form))
		got := string(v.AppendJSON(nil))
		if f != nil {
			got = f.Code.Code
		}
		if got != tt.want && !(f != nil && strings.HasPrefix(tt.want, "InvalidParameter") && len(tt.form) > 70 && strings.HasPrefix(got, tt.want)) {
			t.Errorf("%s: got %s, want %s", tt.form, got, tt.want)
		}
	}
}

func TestParseForm(t *testing.T) {
	t.Parallel()
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString("p" + strconv.Itoa(i) + "=1&")
		}
		return b.String()
	}
	for _, tt := range []struct{ form, code string }{
		{"a=1&b=2", ""},
		{"&&a=1&", ""},
		{"a=1&a=1", "InvalidParameter.a"},
		{"a=1&%61=1", "InvalidParameter.a"},
		{"a=%", "InvalidParameter.a"},
		{"a=%4", "InvalidParameter.a"},
		{"a=%zz", "InvalidParameter.a"},
		{"a=%00", "InvalidParameter.a"},
		{"a=%FF", "InvalidParameter.a"},
		{"a=%C0%AF", "InvalidParameter.a"},
		{"a=%ED%A0%80", "InvalidParameter.a"},
		{"a=%EF%BF%BE", "InvalidParameter.a"},
		{"a=%BA%BA", "InvalidParameter.a"},
		{"=1", "InvalidParameter"},
		{"%00=1", "InvalidParameter"},
		{"<b>=1&<b>=1", "InvalidParameter"},
		{many(api.MaxParameters), ""},
		{many(api.MaxParameters + 1), "TooManyParameters"},
	} {
		got := ""
		if _, f := parseForm(tt.form); f != nil {
			got = f.Code.Code
		}
		if got != tt.code {
			t.Errorf("%.40s: got %q, want %q", tt.form, got, tt.code)
		}
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ query, form, want string }{
		{"a=1&c=3", "b=2&d=4", "a=1 b=2 c=3 d=4"},
		{"a=1", "", "a=1"},
		{"", "a=1", "a=1"},
		{"a=1&b=2", "a=1", "a=1 b=2"},
		{"a=1", "a=2", "InvalidParameter.a"},
		{"Action=A", "Action=A", "InvalidParameter.Action"},
	} {
		all, f := merge(paramsOf(t, tt.query), paramsOf(t, tt.form))
		var parts []string
		for _, p := range all {
			parts = append(parts, p.Name+"="+p.Value)
		}
		got := strings.Join(parts, " ")
		if f != nil {
			got = f.Code.Code
		}
		if got != tt.want {
			t.Errorf("%q and %q: got %q, want %q", tt.query, tt.form, got, tt.want)
		}
	}
}
