package ops_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/mingce/mingce/internal/directory"
)

// TestTerraform plays testdata/terraform: what the acceptance tests of Terraform's provider
// sent and were answered in runs that passed (docs/terraform.md#recorded-calls). Such a test
// demands an empty plan after each step, so a server that answers the same passes as well.
//
// A section is a call, "Action Version [access key]" with its parameters, and the section
// "answer" after it the status and the body. $Name in an answer is an id that the server
// chose, which the same name stands for from then on; <time> is any time. Reads that repeat
// one since the last change are left out.
func TestTerraform(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/terraform/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recorded calls: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil || len(archive.Files) == 0 || len(archive.Files)%2 != 0 {
				t.Fatalf("want calls, each with its answer (%v)", err)
			}
			var seconds atomic.Int64 // one for each call, because lists begin with the newest
			h, _ := startServerWith(t, directory.Settings{}, func() time.Time { return now.Add(time.Duration(seconds.Load()) * time.Second) })
			r := replay{player: &player{handler: h}, chosen: map[string]string{}}
			for i := 0; i < len(archive.Files); i += 2 {
				call, answer := archive.Files[i], archive.Files[i+1]
				seconds.Add(1)
				if err := r.play(call.Name, string(call.Data), string(answer.Data)); err != nil {
					t.Fatalf("call %d, %s\n%s%v", i/2+1, call.Name, call.Data, err)
				}
			}
		})
	}
}

// replay repeats recorded calls. chosen are the ids that the server chose this time, by
// their names in the recording.
type replay struct {
	*player
	chosen map[string]string
}

var (
	chosenName = regexp.MustCompile(`^\$[A-Za-z]+[0-9]+$`)
	anyTime    = regexp.MustCompile(`^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d`)
)

func (r replay) play(name, sent, answer string) error {
	words := strings.Fields(name)
	if len(words) < 2 {
		return fmt.Errorf("%q is no call", name)
	}
	v, err := parameters(r.resolve(sent))
	if err != nil {
		return err
	}
	v.Set("Version", words[1])
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, r.rpc(append(words[:1:1], words[2:]...), v))
	status, body, _ := strings.Cut(answer, "\n")
	var got, want map[string]any
	if err := json.Unmarshal([]byte(body), &want); err != nil {
		return fmt.Errorf("the recorded answer: %w", err)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		return fmt.Errorf("the answer: %w", err)
	}
	for _, ofThisCall := range []string{"RequestId", "HostId", "Recommend"} {
		delete(got, ofThisCall)
	}
	r.learn(want, got)
	if now := fmt.Sprint(w.Code); now != status || !reflect.DeepEqual(r.expected(want, got), any(got)) {
		return fmt.Errorf("got  %s %s\nwant %s %s", now, w.Body, status, r.resolve(body))
	}
	return nil
}

// resolve puts this server's ids in place of their names.
func (r replay) resolve(text string) string {
	return regexp.MustCompile(`\$[A-Za-z]+[0-9]+`).ReplaceAllStringFunc(text, func(name string) string {
		if id, ok := r.chosen[name]; ok {
			return id
		}
		return name
	})
}

// learn finds the ids in an answer that have no value yet.
func (r replay) learn(want, got any) {
	switch want := want.(type) {
	case map[string]any:
		got, _ := got.(map[string]any)
		for name := range want {
			r.learn(want[name], got[name])
		}
	case []any:
		got, _ := got.([]any)
		for i := range min(len(want), len(got)) {
			r.learn(want[i], got[i])
		}
	case string:
		if id, ok := got.(string); ok && chosenName.MatchString(want) && r.chosen[want] == "" {
			r.chosen[want] = id
		}
	}
}

// expected is the recorded answer with this server's ids, and its times where any will do.
func (r replay) expected(want, got any) any {
	switch want := want.(type) {
	case map[string]any:
		got, _ := got.(map[string]any)
		resolved := map[string]any{}
		for name, v := range want {
			resolved[name] = r.expected(v, got[name])
		}
		return resolved
	case []any:
		got, _ := got.([]any)
		resolved := make([]any, len(want))
		for i, v := range want {
			var at any
			if i < len(got) {
				at = got[i]
			}
			resolved[i] = r.expected(v, at)
		}
		return resolved
	case string:
		if at, ok := got.(string); ok && want == "<time>" && anyTime.MatchString(at) {
			return at
		}
		return r.resolve(want)
	}
	return want
}
