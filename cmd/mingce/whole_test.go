package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/mingce/mingce/mingcetest"
)

// A contact is read entirely old or entirely new, through every gateway: one client writes
// version after version, with the version in every field and relation, while others read it
// through every gateway, alone and in lists
// (docs/spec/reliability.md#whole-reads).
func TestContactsAreReadWhole(t *testing.T) {
	t.Parallel()
	const versions = 120
	p := &program{url: mingcetest.Start(t).URL, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}}
	external, message := contactWriter(t, p, 0), messageContactWriter(t, p, 0)
	readers := map[string]func() ([]byte, error){
		"TOP get":  func() ([]byte, error) { return p.top("dingtalk.corp.extcontact.get", "user_id", external.object) },
		"TOP list": func() ([]byte, error) { return p.top("dingtalk.corp.extcontact.list", "size", "20") },
		"oapi get": func() ([]byte, error) {
			return p.oapi("extcontact/get", fmt.Sprintf(`{"user_id":%q}`, external.object))
		},
		"oapi list": func() ([]byte, error) { return p.oapi("extcontact/list", `{"size":20,"offset":0}`) },
		"RPC get": func() ([]byte, error) {
			return p.rpc("GetMessageContact", url.Values{"ContactId": {message.object}})
		},
		"RPC list": func() ([]byte, error) { return p.rpc("ListMessageContacts", url.Values{"PageSize": {"20"}}) },
	}
	var done atomic.Bool
	var writing, reading sync.WaitGroup
	for _, w := range []*writer{external, message} {
		writing.Go(func() {
			for v := 1; v <= versions; v++ {
				if err := w.write(p, v); err != nil {
					t.Errorf("%s: %v", w.name, err)
					return
				}
			}
		})
	}
	for name, read := range readers {
		object := external.object
		if strings.HasPrefix(name, "RPC") {
			object = message.object
		}
		reading.Go(func() {
			reads := 0
			for last := false; !last; reads++ {
				last = done.Load() // read once more after the last change
				b, err := read()
				if err != nil {
					t.Errorf("%s: %v", name, err)
					return
				}
				if got := versionsOf(b, object); len(got) != 1 || last && !got[versions] {
					t.Errorf("%s: got versions %v in one contact, want one (and %d at the end): %s", name, got, versions, b)
					return
				}
			}
			t.Logf("%s: %d reads", name, reads)
		})
	}
	writing.Wait()
	done.Store(true)
	reading.Wait()
}

func (p *program) oapi(path, body string) ([]byte, error) {
	b, err := p.do(http.MethodPost, "/topapi/"+path+"?access_token="+mingcetest.AccessToken, "application/json", body)
	if err == nil && !strings.Contains(string(b), `"errcode":0`) {
		err = fmt.Errorf("%s: %s", path, b)
	}
	return b, err
}

// versionsOf returns the versions in the fields of the object with that id, wherever it is in the
// answer.
func versionsOf(answer []byte, id string) map[int]bool {
	var tree any
	if json.Unmarshal(answer, &tree) != nil {
		return nil
	}
	found := map[int]bool{}
	var walk func(any)
	walk = func(x any) {
		switch x := x.(type) {
		case []any:
			for _, y := range x {
				walk(y)
			}
		case map[string]any:
			if x["user_id"] == id || x["userid"] == id || x["ContactId"] == id {
				tell(found, x)
				return
			}
			for _, y := range x {
				walk(y)
			}
		}
	}
	walk(tree)
	return found
}

// tell adds the versions in the fields of one contact. Relations only show it modulo 3, so they
// count only if they contradict.
func tell(found map[int]bool, contact map[string]any) {
	for field, prefix := range map[string]string{"name": "客户", "title": "", "remark": "", "EmailAddress": "v", "PhoneNumber": "86-139"} {
		if text, ok := contact[field].(string); ok {
			found[number(strings.TrimSuffix(strings.TrimPrefix(text, prefix), "@example.com"))] = true
		}
	}
	for _, field := range []string{"label_ids", "share_dept_ids"} {
		list, ok := contact[field].([]any)
		for v := range found {
			if ok && v > 0 && (len(list) != 1 || list[0] != float64(v%3+1)) {
				found[-1] = true
			}
		}
	}
}
