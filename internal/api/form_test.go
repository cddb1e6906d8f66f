package api

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func TestForm(t *testing.T) {
	t.Parallel()
	gbk, _ := CharsetNamed("gbk")
	for _, tt := range []struct {
		form    string
		charset Charset
		want    string
	}{
		{"", Charset{}, ""},
		{"a=1&b=2&a=3", Charset{}, "a=1 b=2 a=3"},
		{"&&a&=1&b=&", Charset{}, "a= =1 b="},
		{strings.Repeat("&", 2*MaxParameters) + "a=1", Charset{}, "a=1"},
		{"a=1;b=2&c+d=e%2Bf=g", Charset{}, "a=1;b=2 c d=e+f=g"},
		{"a=%zz&b=2&%4=x", Charset{}, "a=!" + ErrEscape.Error() + " b=2 =!" + ErrEscape.Error()},
		{"%D5%C5=%C8%FD&x=%FF%FF", gbk, "张=三 x=!" + ErrCharset.Error()},
		{"a=%FF", Charset{}, "a=\xff"},
	} {
		var got []string
		for p, err := range Form(tt.form, tt.charset) {
			if text := p.Name + "=" + p.Value; err != nil {
				got = append(got, text+"!"+err.Error())
			} else {
				got = append(got, text)
			}
		}
		if got := strings.Join(got, " "); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.form, got, tt.want)
		}
	}
}

func TestFormHasAnEnd(t *testing.T) {
	t.Parallel()
	n, last := 0, error(nil)
	for _, err := range Form(strings.Repeat("a=1&", 5*MaxParameters), Charset{}) {
		n, last = n+1, err
	}
	if n != MaxParameters+1 || last != ErrTooManyParameters {
		t.Errorf("got %d parameters and %v, want %d and the limit", n, last, MaxParameters)
	}
}

func TestBody(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		body, encoding string
		size           int
		err            error
	}{
		{"", "", 0, nil},
		{"", "gzip", 0, nil},
		{"x", "", 1, nil},
		{"x", "Identity", 1, nil},
		{"x", "gzip", 0, ErrBodyEncoded},
		{"x", "UTF-8", 1, nil},
		{strings.Repeat("x", MaxBody), "", MaxBody, nil},
		{strings.Repeat("x", MaxBody+1), "", MaxBody, ErrBodyTooLarge},
		{strings.Repeat("x", MaxBody+1), "gzip", MaxBody, ErrBodyTooLarge},
	} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(tt.body))
		r.Header.Set("Content-Encoding", tt.encoding)
		c := &Call{Writer: httptest.NewRecorder(), Request: r}
		if got, err := c.Body(); len(got) != tt.size || err != tt.err {
			t.Errorf("%d bytes, %q: got %d and %v, want %d and %v", len(tt.body), tt.encoding, len(got), err, tt.size, tt.err)
		}
	}
	r := httptest.NewRequest("POST", "/", nil)
	r.Body = NewBody([]byte("format=json"), errors.New("gone"), http.NoBody)
	c := &Call{Writer: httptest.NewRecorder(), Request: r}
	if got, err := c.Body(); string(got) != "format=json" || err != ErrBodyCut {
		t.Errorf("got %q and %v, want what came and that it was cut", got, err)
	}
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fresh func() string
		form  string
	}{
		"UUID":   {NewUUID, `^[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$`},
		"trace":  {NewTraceID, `^[0-9a-f]{32}$`},
		"short":  {NewShortID, `^[0-9a-z]{12}$`},
		"longer": {NewLongerID, `^[0-9a-z]{12,13}$`},
	} {
		form, seen := regexp.MustCompile(tt.form), map[string]bool{}
		for range 1000 {
			id := tt.fresh()
			if !form.MatchString(id) || seen[id] {
				t.Errorf("%s: got %q", name, id)
			}
			seen[id] = true
		}
	}
}
