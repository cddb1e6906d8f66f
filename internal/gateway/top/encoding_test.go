package top

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/api"
)

const updateForm = "method=dingtalk.corp.extcontact.update&v=2.0&session=tok123"

func typed(body, contentType string) *http.Request {
	r := httptest.NewRequest("POST", Path, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	return r
}

// Chinese character sets are decoded where they are declared, and a byte order
// mark may begin a body.
func TestEncodings(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	const success = `"success":true`
	multi := "--b\r\nContent-Disposition: form-data; name=\"contact\"\r\n\r\n{\"name\":\"\xd5\xc5\xc8\xfd\"}\r\n--b--\r\n"
	for name, c := range map[string]struct {
		request *http.Request
		want    string
	}{
		"GBK":       {typed(updateForm+"&format=json&contact=%7B%22name%22%3A%22%D5%C5%C8%FD%22%7D", form+";charset=GBK"), "张三"},
		"GB2312":    {typed(updateForm+"&format=json&contact=%7B%22name%22%3A%22%D5%C5%C8%FD%22%7D", form+"; charset=gb2312"), "张三"},
		"GB18030":   {typed(updateForm+"&format=json&contact=%7B%22name%22%3A%22%95%32%82%36%22%7D", form+";charset=GB18030"), "𠀀"},
		"ASCII":     {typed(updateForm+"&format=json&contact=%7B%22name%22%3A%22x%22%7D", form+";charset=GBK"), "x"},
		"mark":      {typed("\ufeff"+updateForm+"&format=json&contact=%7B%22name%22%3A%22x%22%7D", form), "x"},
		"multipart": {inBodyOf(multi, "multipart/form-data; boundary=b; charset=gbk"), "张三"},
		"JSON":      {inBodyOf("{\"contact\":{\"name\":\"\xd5\xc5\xc8\xfd\"}}", "application/json;charset=GBK"), "张三"},
		"JSON mark": {inBodyOf("\ufeff{\"contact\":{\"name\":\"x\"}}", "application/json"), "x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			wantContains(t, w.do(t, c.request), success)
			if got, _ := w.seen(); got.Name == nil || *got.Name != c.want {
				t.Errorf("got %+v, want the name %q", got, c.want)
			}
		})
	}
	w := newWorld(t)
	wantAnswers(t, w.answers(t, batchOf(batchQuery, "\ufeff"+listPart, labelPart)), listAnswer, labelAnswer)
	shared := "#PUBLIC#method=dingtalk.corp.extcontact.update&contact=%7B%22name%22%3A%22%D5%C5%C8%FD%22%7D"
	wantAnswers(t, w.answers(t, withType(batchOf(batchQuery, shared, "N"), "text/plain;charset=GBK")), `{"dingtalk_corp_extcontact_update_response":{"result":{`)
	if got, _ := w.seen(); got.Name == nil || *got.Name != "张三" {
		t.Errorf("batch: got %+v, want the name 张三", got)
	}
}

// inBodyOf has the system parameters in the query.
func inBodyOf(body, contentType string) *http.Request {
	r := typed(body, contentType)
	r.URL.RawQuery = updateForm + "&format=json"
	return r
}

func withType(r *http.Request, contentType string) *http.Request {
	r.Header.Set("Content-Type", contentType)
	return r
}

func packed(r *http.Request) *http.Request {
	r.Header.Set("Content-Encoding", "gzip")
	return r
}

func withQuery(query string, r *http.Request) *http.Request {
	r.URL.RawQuery = query
	return r
}

// A body that cannot be read is refused in the form that it asks for.
func TestRefusalsAreInTheFormAskedFor(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	multi := "--b\r\nContent-Disposition: form-data; name=\"format\"\r\n\r\njson\r\n--b\r\nnonsense"
	for name, r := range map[string]*http.Request{
		"unknown charset":       typed(updateForm+"&format=json", form+";charset=Big5"),
		"not in the charset":    typed(updateForm+"&contact=%FF%FF&format=json", form+";charset=GBK"),
		"raw bytes":             typed("contact=\xd5\xc5&"+updateForm+"&format=json", form),
		"broken escape":         typed("contact=%zz&"+updateForm+"&format=json", form),
		"too many":              typed(strings.Repeat("a=1&", 1001)+updateForm+"&format=json", form),
		"too large":             typed("format=json&"+updateForm+"&contact="+strings.Repeat("x", api.MaxBody), form),
		"unreadable type":       typed(updateForm+"&format=json", ";;;"),
		"unknown type":          typed(updateForm+"&format=json", "application/octet-stream"),
		"multipart, no end":     typed(multi, "multipart/form-data; boundary=b"),
		"multipart, unbounded":  typed(multi, "multipart/form-data"),
		"unknown charset, mark": typed("\ufeffformat=json&"+updateForm, form+";charset=Big5"),
		"query, too many":       withQuery(strings.Repeat("a=1&", 1001)+updateForm+"&format=json", typed("", form)),
		// Who posts JSON reads JSON, whatever became of the body.
		"JSON, unknown charset": typed("{}", "application/json;charset=Big5"),
		"JSON, too large":       typed(`{"a":"`+strings.Repeat("x", api.MaxBody)+`"}`, "application/json"),
		"JSON, compressed":      packed(typed("{}", "application/json")),
		"batch, too many":       withQuery(strings.Repeat("a=1&", 1001)+batchQuery, batchOf("", listPart)),
		"batch, charset":        withType(batchOf(batchQuery, listPart), "text/plain;charset=Big5"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantContains(t, newWorld(t).do(t, r), `{"error_response":{"code":4`)
		})
	}
	wantContains(t, newWorld(t).do(t, typed("contact=%zz&"+updateForm, form)), "<error_response><code>47</code>")
}
