package ops_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
)

// bugCodes are what the gateways answer when no code claims an error.
var bugCodes = []string{"15", "-1", "400001", "system.busy", "InternalError", "ServiceUnavailable", "server.error"}

// FuzzOperations calls every operation at every address with arguments made
// from its own declaration: examples, values at and beyond the declared bounds,
// and the fuzzer's text. Every answer is a success or one of the declared codes.
func FuzzOperations(f *testing.F) {
	count := 0
	for _, p := range instance.Products() {
		count += len(p.Operations)
	}
	for i := range count {
		for _, plan := range []string{"", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e", "\x05\x05\x05\x05\x05\x05\x05\x05\x05\x05", "\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07"} {
			f.Add(uint(i), plan, "张三")
		}
	}
	f.Add(uint(0), "\x06\x06\x06\x06", "\ud7ff\x00\xff")
	h, in := startServer(f, directory.Settings{})
	if err := in.Store.Update(f.Context(), directory.SampleOrg, loginCodes); err != nil {
		f.Fatal(err)
	}
	play := &player{handler: h, instance: in}
	f.Fuzz(func(t *testing.T, at uint, plan, text string) {
		ops := in.Catalogue.Operations()
		o := ops[at%uint(len(ops))]
		m := &maker{plan: plan, text: text}
		for _, route := range o.Routes {
			r := withCredential(o, play.fuzzRequest(route, m.object(o.Inputs())))
			resp := play.send(t, r)
			body, _ := io.ReadAll(resp.Body)
			answer := fmt.Sprintf("%d \n%s", resp.StatusCode, body)
			if code := codeIn(answer); slices.Contains(bugCodes, code) || len(body) == 0 {
				t.Fatalf("%s at %v with %s: got %s", o.Name, route, m.made, answer)
			}
		}
	})
}

// maker generates argument values, controlled by the bytes of plan.
type maker struct {
	plan, text string
	made       string
}

func (m *maker) next() byte {
	if m.plan == "" {
		return 0
	}
	b := m.plan[0]
	m.plan = m.plan[1:]
	return b
}

func (m *maker) object(fs api.Fields) api.Value {
	v := api.Value{Kind: api.ObjectValue}
	for _, f := range fs {
		if x := m.value(f); x.Kind != api.Absent {
			v.Members = append(v.Members, api.Member{Name: f.Name, Value: x})
		}
	}
	m.made = string(v.AppendJSON(nil))
	return v
}

func (m *maker) value(f api.Field) api.Value {
	example := example(f)
	switch m.next() % 10 {
	case 1:
		return api.Value{}
	case 2:
		return api.Value{Kind: api.Null}
	case 3:
		return api.TextOf(m.text)
	case 4:
		return api.TextOf(strings.Repeat("名", f.Limits().MaxRunes+1))
	case 5:
		return api.Value{Kind: api.NumberValue, Text: "9223372036854775808"}
	case 6:
		return api.Value{Kind: api.ListValue, List: slices.Repeat([]api.Value{example}, f.Limits().MaxItems+1)}
	case 7:
		return api.TextOf("")
	case 8:
		return api.Value{Kind: api.NumberValue, Text: strconv.FormatInt(f.Limits().Max+1, 10)}
	}
	if children := f.Children(); children != nil {
		if f.Kind == api.ObjectsKind {
			return api.Value{Kind: api.ListValue, List: []api.Value{m.object(children)}}
		}
		return m.object(children)
	}
	return example
}

func example(f api.Field) api.Value {
	if v, err := api.ParseJSON([]byte(f.Sample)); err == nil && f.Kind != api.StringKind {
		return v
	}
	return api.TextOf(strings.NewReplacer("c-qL4HqKONzOM7****", directory.SampleMessageContact, "***", "", "****", "0000").Replace(f.Sample))
}

// fuzzRequest puts the arguments where the family's clients put them.
func (p *player) fuzzRequest(route api.Route, args api.Value) *http.Request {
	form := url.Values{}
	for _, m := range args.Members {
		if m.Value.Kind == api.TextValue {
			form.Set(m.Name, m.Value.Text)
		} else if m.Value.Kind != api.Null {
			form.Set(m.Name, string(m.Value.AppendJSON(nil)))
		}
	}
	switch route.Family {
	case api.TOPFamily:
		return topRequest([]string{route.Name}, form)
	case api.RPCFamily:
		return p.rpc([]string{route.Name}, form)
	case api.OAPIFamily:
		form.Set("access_token", directory.SampleToken)
		method := route.Method
		if method == "" {
			method = http.MethodPost
		}
		return request(method, route.Path+"?"+form.Encode(), string(args.AppendJSON(nil)))
	}
	path := route.Path
	for _, m := range args.Members {
		path = strings.NewReplacer("{"+m.Name+"}", url.PathEscape(m.Value.Text+"x"), "{"+m.Name+"...}", url.PathEscape(m.Value.Text+"x")).Replace(path)
	}
	target := (&url.URL{Path: strings.NewReplacer("{", "", "}", "").Replace(path), RawQuery: form.Encode()}).String()
	if route.Method != http.MethodGet {
		target = (&url.URL{Path: strings.NewReplacer("{", "", "}", "").Replace(path)}).String()
	}
	r := request(route.Method, target, string(args.AppendJSON(nil)))
	r.Header.Set("x-acs-dingtalk-access-token", directory.SampleToken)
	return r
}
