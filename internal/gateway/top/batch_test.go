package top

import (
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/api"
)

const (
	batchQuery = "v=2.0&format=json&session=tok123"
	listPart   = "method=dingtalk.corp.extcontact.list&size=1"
	labelPart  = "method=dingtalk.corp.ext.listlabelgroups"
)

func batchOf(query string, parts ...string) *http.Request {
	r := httptest.NewRequest("POST", BatchPath+"?"+query, strings.NewReader(strings.Join(parts, usualSeparator)))
	r.Header.Set("Content-Type", "text/plain;charset=UTF-8")
	return r
}

// answers sends a batch and returns the answers it is split into.
func (w *world) answers(t *testing.T, r *http.Request) []string {
	t.Helper()
	return strings.Split(w.do(t, r), usualSeparator)
}

func wantAnswers(t *testing.T, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d answers, want %d: %q", len(got), len(want), got)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("answer %d: got %s, want it to begin with %s", i+1, got[i], want[i])
		}
	}
}

const (
	listAnswer  = `{"dingtalk_corp_extcontact_list_response":{"result":{"results"`
	labelAnswer = `{"dingtalk_corp_ext_listlabelgroups_response":{"result":`
)

func TestBatchPartsDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	update := "method=dingtalk.corp.extcontact.update&contact=" + url.QueryEscape(`{"name":"x","title":"panic"}`)
	got := w.answers(t, batchOf(batchQuery, listPart, update, "method=dingtalk.nope", "N", "method=%zz", listPart+"&size=2",
		"method=dingtalk.corp.extcontact.delete&userid=1", labelPart+"&session=tok456", listPart+"&session=gone", labelPart+"&format=xml", listPart))
	wantAnswers(t, got, listAnswer,
		`{"error_response":{"code":15,"msg":"Remote service error","sub_code":"isp.unknown-error"`,
		`{"error_response":{"code":22,"msg":"Invalid method"`,
		`{"error_response":{"code":21,"msg":"Missing method"`,
		`{"error_response":{"code":47,"msg":"Invalid encoding"`,
		`{"error_response":{"code":41,"msg":"Invalid arguments:size"`,
		`{"dingtalk_corp_extcontact_delete_response":{"result":{"ding_open_errcode":33012`,
		labelAnswer,
		`{"error_response":{"code":88,"msg":"ding talk error","sub_code":"40014"`,
		`{"error_response":{"code":41,"msg":"Invalid arguments:format"`,
		listAnswer)
	// Each call has an id and a page of its own.
	id := requestID.FindString(got[2])
	if call, ok := w.failed.Find(id[len(`"request_id":"`) : len(id)-1]); !ok || call.Code.Code != "22" {
		t.Errorf("got call %+v of %s, want the unknown method", call, id)
	}
}

func TestBatchShares(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, query string
		parts, want []string
	}{
		{"method and arguments", batchQuery, []string{"#PUBLIC#" + listPart, "N", "size=101", labelPart},
			[]string{listAnswer, `{"error_response":{"code":41,"msg":"Invalid arguments:size"`, labelAnswer}},
		{"session", "v=2.0&format=json", []string{"#PUBLIC#session=tok123", listPart, listPart + "&access_token=gone"},
			[]string{listAnswer, `{"error_response":{"code":88`}},
		{"session of the query under its other name", "v=2.0&format=json&access_token=gone", []string{listPart + "&session=tok123", listPart},
			[]string{listAnswer, `{"error_response":{"code":88`}},
		{"method of the query", batchQuery + "&method=dingtalk.corp.extcontact.list", []string{"N", labelPart}, []string{listAnswer, labelAnswer}},
		{"a single call", batchQuery, []string{listPart}, []string{listAnswer}},
		{"no session", "v=2.0&format=json", []string{listPart}, []string{`{"error_response":{"code":26`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			wantAnswers(t, newWorld(t).answers(t, batchOf(tt.query, tt.parts...)), tt.want...)
		})
	}
}

// What is wrong with the request is one answer in place of all.
func TestBatchRefusedAsAWhole(t *testing.T) {
	t.Parallel()
	many := func(n int) []string { return strings.Split(strings.Repeat("N,", n-1)+"N", ",") }
	separated := func(values ...string) *http.Request {
		r := batchOf(batchQuery, listPart, listPart)
		r.Header[separatorHeader] = values
		return r
	}
	packed := batchOf(batchQuery, listPart)
	packed.Header.Set("Content-Encoding", "gzip")
	for _, tt := range []struct {
		name    string
		request *http.Request
		want    string
	}{
		{"GET", httptest.NewRequest("GET", BatchPath+"?"+batchQuery, nil), `{"error_response":{"code":9,`},
		{"nothing", batchOf(batchQuery, ""), `{"error_response":{"code":43,`},
		{"only what is shared", batchOf(batchQuery, "#PUBLIC#"+listPart), `{"error_response":{"code":43,`},
		{"21 calls", batchOf(batchQuery, many(21)...), `{"error_response":{"code":43,`},
		{"21 calls that share", batchOf(batchQuery, append([]string{"#PUBLIC#" + listPart}, many(21)...)...), `{"error_response":{"code":43,`},
		{"shared part broken", batchOf(batchQuery, "#PUBLIC#a=%zz", listPart), `{"error_response":{"code":47,`},
		{"shared format", batchOf(batchQuery, "#PUBLIC#format=xml", listPart), `{"error_response":{"code":41,"msg":"Invalid arguments:format"`},
		{"argument in the query", batchOf(batchQuery+"&size=1", listPart), `{"error_response":{"code":41,"msg":"Invalid arguments:size"`},
		{"session twice", batchOf(batchQuery+"&access_token=tok123", listPart), `{"error_response":{"code":41,`},
		{"no version", batchOf("format=json&session=tok123", listPart), `{"error_response":{"code":32,`},
		{"unsigned in spite of sign", batchOf(batchQuery+"&sign=&app_key=12345678&timestamp=2026-11-22+17:53:36", listPart), `{"error_response":{"code":24,`},
		{"two separators", separated("a", "b"), `{"error_response":{"code":43,`},
		{"empty separator", separated(""), `{"error_response":{"code":43,`},
		{"long separator", separated(strings.Repeat("-", 65)), `{"error_response":{"code":43,`},
		{"compressed", packed, `{"error_response":{"code":47,`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			wantAnswers(t, newWorld(t).answers(t, tt.request), tt.want)
		})
	}
	wantAnswers(t, newWorld(t).answers(t, batchOf(batchQuery, append([]string{"#PUBLIC#" + listPart}, many(20)...)...)),
		strings.Split(strings.TrimSuffix(strings.Repeat(listAnswer+"\n", 20), "\n"), "\n")...)
}

// The signature covers the query and the body as it was sent.
func TestBatchSignature(t *testing.T) {
	t.Parallel()
	signed := func(body string) *http.Request {
		query := "app_key=12345678&format=json&session=tok123&timestamp=2026-11-22 17:53:36&v=2.0"
		ps := &parameters{}
		ps.readForm(query, api.Charset{}, false)
		sum, _ := signature(signMD5, []byte("helloworld"), ps.sorted, []byte(body))
		return batchOf(strings.ReplaceAll(query, " ", "+")+"&sign="+hex.EncodeToString(sum), body)
	}
	replaced := func(r *http.Request, body string) *http.Request { return batchOf(r.URL.RawQuery, body) }
	invalid := `{"error_response":{"code":25,"msg":"Invalid signature"`
	two := listPart + usualSeparator + labelPart
	w := newWorld(t)
	wantAnswers(t, w.answers(t, signed(two)), listAnswer, labelAnswer)
	wantAnswers(t, w.answers(t, replaced(signed(two), listPart)), invalid)
	wantAnswers(t, w.answers(t, replaced(signed(two), two+"&offset=1")), invalid)
	wantAnswers(t, w.answers(t, replaced(signed(two), labelPart+usualSeparator+listPart)), invalid)
	// The session of one organisation does not fit the app key of another, whichever part names it.
	wantAnswers(t, w.answers(t, signed(listPart+"&session=tok456"+usualSeparator+listPart)), `{"error_response":{"code":27`, listAnswer)
	// A character moved from the body into the query signs alike, and is refused.
	moved := signed("x" + two)
	moved.URL.RawQuery += "&x=" + url.QueryEscape(two)
	wantAnswers(t, w.answers(t, replaced(moved, "")), `{"error_response":{"code":41,"msg":"Invalid arguments:x"`)
}

// A batch counts as its number of calls.
func TestBatchRate(t *testing.T) {
	t.Parallel()
	left := 2
	w := newWorld(t, func(g *api.Gateway) {
		g.Allow = func(principal, operation string) (over api.Throttle) {
			left--
			if principal != "appA" || operation != "dingtalk.corp.extcontact.list" || left < 0 {
				over = api.Throttle{Limit: 20, Until: g.Now().Add(1500 * time.Millisecond)}
			}
			return over
		}
	})
	limited := `{"error_response":{"code":7,"msg":"App Call Limited"`
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, batchOf(batchQuery, listPart, listPart, listPart, listPart))
	wantAnswers(t, strings.Split(rec.Body.String(), usualSeparator), listAnswer, listAnswer, limited, limited)
	if got := rec.Header().Get("Retry-After"); got != "2" {
		t.Errorf("Retry-After: got %q, want 2", got)
	}
}

func TestBatchFault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.faults.Arm(api.Fault{Operation: "dingtalk.corp.extcontact.list", Code: "isp.service-unavailable", Times: 1})
	wantAnswers(t, w.answers(t, batchOf(batchQuery, labelPart, listPart, listPart)), labelAnswer, `{"error_response":{"code":15`, listAnswer)
}

func TestBatchBusy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rec := httptest.NewRecorder()
	w.handler.Busy(rec, batchOf(batchQuery, listPart, listPart))
	wantAnswers(t, []string{rec.Body.String()}, `{"error_response":{"code":15,"msg":"Remote service error","sub_code":"isp.service-unavailable"`)
}

// Whatever comes, there are as many answers as calls, or one for all.
func FuzzBatch(f *testing.F) {
	f.Add(batchQuery, "#PUBLIC#"+listPart+usualSeparator+"N", "")
	f.Add(batchQuery, listPart+"--"+labelPart, "--")
	f.Add("v=2.0&format=xml&session=tok123", listPart+usualSeparator+usualSeparator, "")
	f.Fuzz(func(t *testing.T, query, body, separator string) {
		r := httptest.NewRequest("POST", BatchPath, strings.NewReader(body))
		r.URL.RawQuery = query
		text := usualSeparator
		if separator != "" {
			r.Header.Set(separatorHeader, separator)
			text = separator
		}
		calls := strings.Split(body, text)
		if strings.HasPrefix(calls[0], commonPart) {
			calls = calls[1:]
		}
		answer := newWorld(t).do(t, r)
		// An answer that holds a separator of the caller's choice cannot be split.
		if got := strings.Count(answer, "request_id\":\"") + strings.Count(answer, "<request_id>"); got != 1 && got != len(calls) {
			t.Fatalf("got %d answers to %d calls: %s", got, len(calls), answer)
		}
	})
}
