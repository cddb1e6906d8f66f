package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/mingce/mingce/mingcetest"
)

// killsPerRun is the number of kills by default; MINGCE_KILLS sets another, such as at night.
const killsPerRun = 20

// wanted returns a number from the environment, or otherwise.
func wanted(t *testing.T, name string, otherwise int) int {
	t.Helper()
	if s := os.Getenv(name); s != "" {
		if _, err := fmt.Sscan(s, &otherwise); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return otherwise
}

// 8 clients write through every gateway while the program is killed with SIGKILL again and
// again. Each records what was acknowledged. After every restart its object has the last
// acknowledged version or the one in progress, the same in every field and relation
// (docs/spec/reliability.md#acknowledged-changes).
func TestEveryAcknowledgedChangeSurvivesKill(t *testing.T) {
	t.Parallel()
	kills := wanted(t, "MINGCE_KILLS", killsPerRun)
	dir := t.TempDir()
	p := startDev(t, dir)
	writers := newWriters(t, p)
	for kill := range kills {
		p.writeUntilKilled(t, writers, 40+rand.IntN(160))
		p = startDev(t, dir)
		for _, w := range writers {
			w.reconcile(t, p, kill)
		}
	}
	for _, w := range writers {
		w.checkHistory(t, p)
	}
	p.kill(t)
}

// program is a `mingce dev` in a separate process.
type program struct {
	url     string
	command *exec.Cmd
	client  *http.Client
}

func startDev(t *testing.T, dir string) *program {
	t.Helper()
	return startProgram(t, "dev", "--data", dir, "--tls-addr", "")
}

// startProgram runs a command that serves plain HTTP and returns once it listens.
func startProgram(t *testing.T, args ...string) *program {
	t.Helper()
	return startLogged(t, os.Stderr, args...)
}

func startLogged(t *testing.T, log io.Writer, args ...string) *program {
	t.Helper()
	p, err := tryProgram(t, log, nil, args...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// tryProgram starts the program under another one, such as a tracer, and returns an error if it
// does not listen.
func tryProgram(t *testing.T, log io.Writer, under []string, args ...string) (*program, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// The test binary acts as the program when it has the program's name.
	name := filepath.Join(t.TempDir(), "mingce")
	if err := os.Symlink(self, name); err != nil {
		t.Fatal(err)
	}
	line := slices.Concat(under, []string{name}, args, []string{"--addr", "127.0.0.1:0"})
	c := exec.Command(line[0], line[1:]...)
	c.Stderr = log
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, after, ok := strings.Cut(lines.Text(), "HTTP     "); ok {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return &program{strings.TrimSpace(after), c, &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}}, nil
		}
	}
	return nil, fmt.Errorf("mingce %s ended before it listened: %w", args[0], c.Wait())
}

func (p *program) kill(t *testing.T) {
	t.Helper()
	if err := p.command.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = p.command.Wait()
}

// writeUntilKilled lets all writers write and kills the program after that many
// acknowledgements.
func (p *program) writeUntilKilled(t *testing.T, writers []*writer, acknowledgements int) {
	t.Helper()
	var count atomic.Int64
	var once sync.Once
	var wg sync.WaitGroup
	for _, w := range writers {
		wg.Go(func() {
			for {
				w.pending = w.acknowledged + 1
				if err := w.write(p, w.pending); err != nil {
					if !errors.Is(err, errGone) {
						t.Errorf("%s: %v", w.name, err)
						once.Do(func() { p.kill(t) })
					}
					return
				}
				w.acknowledged = w.pending
				if count.Add(1) >= int64(acknowledgements) {
					once.Do(func() { p.kill(t) })
				}
			}
		})
	}
	wg.Wait()
}

// errGone means that no answer came, so nobody knows whether the change was made.
var errGone = errors.New("the program is gone")

func (p *program) do(method, target, contentType, body string) ([]byte, error) {
	r, err := http.NewRequest(method, p.url+target, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("x-acs-dingtalk-access-token", mingcetest.AccessToken)
	resp, err := p.client.Do(r)
	if err != nil {
		return nil, errGone
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, errGone
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s %s: %d %s", method, target, resp.StatusCode, answer)
	}
	return answer, nil
}

const form = "application/x-www-form-urlencoded"

func (p *program) top(method, field, value string) ([]byte, error) {
	q := url.Values{"method": {method}, "v": {"2.0"}, "format": {"json"}, "simplify": {"true"}, "session": {mingcetest.AccessToken}}
	b, err := p.do(http.MethodPost, "/router/rest?"+q.Encode(), form, url.Values{field: {value}}.Encode())
	if err == nil && !strings.Contains(string(b), `"success":true`) {
		err = fmt.Errorf("%s: %s", method, b)
	}
	return b, err
}

func (p *program) rpc(action string, v url.Values) ([]byte, error) {
	v.Set("Action", action)
	mingcetest.SignRPC(http.MethodPost, v, mingcetest.AccessKeyID, mingcetest.AccessKeySecret)
	return p.do(http.MethodPost, "/", form, v.Encode())
}

// writer changes one object, version by version, and records what was acknowledged.
type writer struct {
	name, object string
	acknowledged int
	pending      int
	write        func(p *program, version int) error
	read         func(p *program) (map[string]int, error) // versions seen, by field
}

func newWriters(t *testing.T, p *program) []*writer {
	t.Helper()
	ws := []*writer{grantWriter()}
	for i := range 4 {
		ws = append(ws, contactWriter(t, p, i))
	}
	for i := range 3 {
		ws = append(ws, messageContactWriter(t, p, i))
	}
	return ws
}

// writeOnce brings every object to version 1.
func writeOnce(t *testing.T, p *program, writers []*writer) {
	t.Helper()
	for _, w := range writers {
		if err := w.write(p, 1); err != nil {
			t.Fatal(err)
		}
		w.acknowledged, w.pending = 1, 1
	}
}

func contactWriter(t *testing.T, p *program, i int) *writer {
	t.Helper()
	b, err := p.top("dingtalk.corp.extcontact.create", "contact",
		fmt.Sprintf(`{"name":"客户","follower_user_id":"023420013645","label_ids":[1],"state_code":"86","mobile":"1391234%04d"}`, i))
	var made struct{ Result struct{ UserID string } }
	if err == nil {
		err = json.Unmarshal(b, &made)
	}
	if err != nil || made.Result.UserID == "" {
		t.Fatalf("create a contact: %v %s", err, b)
	}
	w := &writer{name: fmt.Sprint("TOP contact ", i), object: made.Result.UserID}
	w.write = func(p *program, v int) error {
		_, err := p.top("dingtalk.corp.extcontact.update", "contact", fmt.Sprintf(
			`{"user_id":%q,"name":"客户%d","follower_user_id":"023420013645","label_ids":[%d],"title":"%d","remark":"%d","share_dept_ids":[%d]}`,
			w.object, v, v%3+1, v, v, v%3+1))
		return err
	}
	w.read = func(p *program) (map[string]int, error) {
		b, err := p.top("dingtalk.corp.extcontact.get", "user_id", w.object)
		var got struct {
			Result struct {
				Result struct {
					Name, Title, Remark string
					LabelIDs            []int `json:"label_ids"`
					ShareDeptIDs        []int `json:"share_dept_ids"`
				}
			}
		}
		if err == nil {
			err = json.Unmarshal(b, &got)
		}
		if err != nil {
			return nil, err
		}
		c := got.Result.Result
		seen := map[string]int{"title": number(c.Title), "remark": number(c.Remark), "name": number(strings.TrimPrefix(c.Name, "客户"))}
		if v := seen["title"]; v > 0 && (!slices.Equal(c.LabelIDs, []int{v%3 + 1}) || !slices.Equal(c.ShareDeptIDs, []int{v%3 + 1})) {
			return nil, fmt.Errorf("relations of version %d: labels %v, departments %v", v, c.LabelIDs, c.ShareDeptIDs)
		}
		return seen, nil
	}
	return w
}

func messageContactWriter(t *testing.T, p *program, i int) *writer {
	t.Helper()
	b, err := p.rpc("AddMessageContact", url.Values{"Name": {"writer" + letters(i)}, "EmailAddress": {"v0@example.com"},
		"PhoneNumber": {"86-13900000000"}, "Title": {"Other"}, "MessageTypes.1": {"FaultMessage"}})
	var made struct{ Contact struct{ ContactID string } }
	if err == nil {
		err = json.Unmarshal(b, &made)
	}
	if err != nil || made.Contact.ContactID == "" {
		t.Fatalf("add a message contact: %v %s", err, b)
	}
	w := &writer{name: fmt.Sprint("RPC contact ", i), object: made.Contact.ContactID}
	w.write = func(p *program, v int) error {
		_, err := p.rpc("UpdateMessageContact", url.Values{"ContactId": {w.object},
			"EmailAddress": {fmt.Sprintf("v%d@example.com", v)}, "PhoneNumber": {fmt.Sprintf("86-139%08d", v)}})
		return err
	}
	w.read = func(p *program) (map[string]int, error) {
		b, err := p.rpc("GetMessageContact", url.Values{"ContactId": {w.object}})
		var got struct {
			Contact struct{ EmailAddress, PhoneNumber string }
		}
		if err == nil {
			err = json.Unmarshal(b, &got)
		}
		return map[string]int{
			"email": number(strings.TrimSuffix(strings.TrimPrefix(got.Contact.EmailAddress, "v"), "@example.com")),
			"phone": number(strings.TrimPrefix(got.Contact.PhoneNumber, "86-139")),
		}, err
	}
	return w
}

// letters writes a number with letters only, because names of message contacts have no digits.
func letters(n int) string {
	if n < 26 {
		return string(rune('a' + n))
	}
	return letters(n/26) + string(rune('a'+n%26))
}

// grantWriter cycles through the three sets of fields. A set shows the version modulo 3, which is
// enough to detect a lost or torn one.
func grantWriter() *writer {
	sets := []string{`["mobile"]`, `["status"]`, `["mobile","status"]`}
	w := &writer{name: "REST grant", object: mingcetest.PartnerCorpID}
	w.write = func(p *program, v int) error {
		_, err := p.do(http.MethodPut, "/v1.0/contact/orgAccounts/mobiles/visibleInOtherOrg", "application/json",
			fmt.Sprintf(`{"toCorpIds":[%q],"optUserId":"102530009661373952","fields":%s}`, w.object, sets[v%3]))
		return err
	}
	w.read = func(p *program) (map[string]int, error) {
		b, err := p.do(http.MethodGet, "/mingce/v1/orgs/"+mingcetest.CorpID+"/visibility-grants", "application/json", "")
		for v := w.acknowledged; v <= w.pending && err == nil; v++ {
			if strings.Contains(string(b), `"fields":`+sets[v%3]) {
				return map[string]int{"fields": v}, nil
			}
		}
		return map[string]int{"fields": -1}, err
	}
	return w
}

func number(s string) int {
	n := 0
	if _, err := fmt.Sscan(strings.TrimLeft(s, "0"), &n); err != nil && s != "" && strings.Trim(s, "0") != "" {
		return -1
	}
	return n
}

// reconcile compares the object with the ledger and continues from the version it has.
func (w *writer) reconcile(t *testing.T, p *program, kill int) {
	t.Helper()
	seen, err := w.read(p)
	if err != nil {
		t.Fatalf("after kill %d, %s: %v", kill+1, w.name, err)
	}
	versions := slices.Compact(slices.Sorted(maps.Values(seen)))
	if len(versions) != 1 || versions[0] != w.acknowledged && versions[0] != w.pending {
		t.Fatalf("after kill %d, %s: got versions %v, want %d (acknowledged) or %d (under way)", kill+1, w.name, seen, w.acknowledged, w.pending)
	}
	w.acknowledged = versions[0]
}

// checkHistory checks that every version has exactly one entry in the history.
func (w *writer) checkHistory(t *testing.T, p *program) {
	t.Helper()
	b, err := p.do(http.MethodGet, "/_mingce/audit?limit=1000&org="+mingcetest.CorpID+"&object="+w.object, "application/json", "")
	var history struct {
		Entries []struct{ Action, RequestID string }
	}
	if err == nil {
		err = json.Unmarshal(b, &history)
	}
	if err != nil {
		t.Fatal(err)
	}
	changes, ids := 0, map[string]bool{}
	for _, e := range history.Entries {
		if e.Action != "create" {
			changes++
		}
		ids[e.RequestID] = true
	}
	if want := min(w.acknowledged, 1000); changes < want-1 || len(ids) != len(history.Entries) {
		t.Errorf("%s: got %d entries with %d request ids for %d versions", w.name, changes, len(ids), w.acknowledged)
	}
}
