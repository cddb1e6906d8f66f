//go:build unix

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/mingce/mingce/mingcetest"
)

// badNetwork is a proxy that delivers every request twice, one copy after the
// other, and loses every tenth answer, of each kind of call. The caller gets
// the first copy's answer.
type badNetwork struct {
	target string
	client *http.Client

	mu       sync.Mutex
	answered map[string]int // by the kind of call
	lost     int
}

func newBadNetwork(t *testing.T, p *program) (*badNetwork, *program) {
	t.Helper()
	n := &badNetwork{target: p.url, client: &http.Client{}, answered: map[string]int{}}
	proxy := httptest.NewServer(n)
	t.Cleanup(proxy.Close)
	// Each call has its own connection: on a reused one the standard client would retry by
	// itself.
	return n, &program{url: proxy.URL, command: p.command, client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
}

func (n *badNetwork) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	status, answer, err := n.deliver(r, body)
	if _, _, again := n.deliver(r, body); err != nil || again != nil || n.loses(r.URL, body) {
		panic(http.ErrAbortHandler) // the caller sees its connection break
	}
	w.WriteHeader(status)
	_, _ = w.Write(answer)
}

func (n *badNetwork) deliver(r *http.Request, body []byte) (status int, answer []byte, err error) {
	copied, err := http.NewRequestWithContext(r.Context(), r.Method, n.target+r.URL.RequestURI(), strings.NewReader(string(body)))
	if err != nil {
		return 0, nil, err
	}
	copied.Header = r.Header.Clone()
	resp, err := n.client.Do(copied)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	return resp.StatusCode, answer, err
}

func (n *badNetwork) loses(u *url.URL, body []byte) bool {
	form, _ := url.ParseQuery(string(body))
	kind := u.Path + u.Query().Get("method") + form.Get("Action")
	if strings.HasPrefix(u.Path, "/verify/") {
		kind = "/verify/"
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.answered[kind]++
	if n.answered[kind]%10 != 3 {
		return false
	}
	n.lost++
	return true
}

// On a network that delivers twice and loses answers, a caller that repeats unanswered calls
// leaves the same state as on a good network, and each person gets one mail
// (docs/spec/reliability.md#repeated-calls).
func TestRepeatedCallsAreIdempotent(t *testing.T) {
	t.Parallel()
	quiet := startDev(t, t.TempDir())
	want := liveThrough(t, quiet)

	p := startDev(t, t.TempDir())
	network, bad := newBadNetwork(t, p)
	liveThrough(t, bad)
	const kinds = 12 // of calls that liveThrough makes more than once
	if network.lost < kinds {
		t.Errorf("got %d answers lost, want one of each of %d kinds of calls", network.lost, kinds)
	}
	if got := stateOf(t, p); !slices.Equal(got, want) {
		t.Errorf("state: got\n%s\nwant, as on a good network,\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// liveThrough takes ten message contacts from creation to deletion or binding, with a change over
// each of the other gateways in between, and returns the resulting state.
func liveThrough(t *testing.T, p *program) []string {
	t.Helper()
	for i := range 10 {
		name, address := "person"+letters(i), fmt.Sprintf("person%d@example.com", i)
		// Repeating a call that was carried out is refused with a code that says so.
		p.untilAnswered(t, "InvalidParameter.Name.AlreadyUsed", "AddMessageContact", url.Values{"Name": {name}, "EmailAddress": {address}, "Title": {"CEO"}, "MessageTypes.1": {"FaultMessage"}})
		id := p.contactID(t, name)
		p.untilAnswered(t, "SendValidateCodeExceedsLimitForAccount", "SendEmailVerificationForMessageContact", url.Values{"ContactId": {id}, "EmailAddress": {address}})
		p.follow(t, p.mail(t, address).Link)
		p.untilAnswered(t, "", "AssociateMembers", url.Values{"ContactId": {id}, "Members.1": {"rd-StSamp"}, "Members.2": {"fd-ZDNPiT1234"}})
		p.untilAnswered(t, "InvalidMember", "DisassociateMembers", url.Values{"ContactId": {id}, "Members.1": {"fd-ZDNPiT1234"}})
		p.untilAnswered(t, "", "UpdateMessageContact", url.Values{"ContactId": {id}, "Title": {"Other"}, "EmailAddress": {"new" + address}})
		p.untilAnswered(t, "", "CancelMessageContactUpdate", url.Values{"ContactId": {id}})
		if i%2 == 1 {
			p.untilAnswered(t, "EntityNotExists.Contact", "DeleteMessageContact", url.Values{"ContactId": {id}})
		}
		p.repeat(t, func() error {
			_, err := p.top("dingtalk.corp.extcontact.update", "contact", fmt.Sprintf(`{"user_id":"123420013632","name":"%s","follower_user_id":"023420013645","label_ids":[1]}`, name))
			return err
		})
		p.repeat(t, func() error { return grantWriter().write(p, i) })
	}
	return stateOf(t, p)
}

// repeat makes a call until it is answered.
func (p *program) repeat(t *testing.T, call func() error) {
	t.Helper()
	err := call()
	for errors.Is(err, errGone) {
		err = call()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// untilAnswered makes a call, with a new signature each time, until it is answered: with success
// or, if an answer was lost, with the code of a call that was already carried out.
func (p *program) untilAnswered(t *testing.T, doneCode, action string, v url.Values) {
	t.Helper()
	lost := false
	p.repeat(t, func() error {
		_, err := p.rpc(action, maps.Clone(v))
		if lost && doneCode != "" && err != nil && strings.Contains(err.Error(), `"Code":"`+doneCode+`"`) {
			return nil
		}
		lost = errors.Is(err, errGone)
		return err
	})
}

// listedContact is an entry in a list of message contacts.
type listedContact struct {
	ContactID, Name, EmailAddress, Title, Status string
	Members                                      []string
}

func (p *program) contacts(t *testing.T) (list []listedContact) {
	t.Helper()
	p.repeat(t, func() error {
		b, err := p.rpc("ListMessageContacts", url.Values{"PageSize": {"100"}})
		if err != nil {
			return err
		}
		var got struct{ Contacts []listedContact }
		err = json.Unmarshal(b, &got)
		list = got.Contacts
		return err
	})
	return list
}

func (p *program) contactID(t *testing.T, name string) string {
	t.Helper()
	for _, c := range p.contacts(t) {
		if c.Name == name {
			return c.ContactID
		}
	}
	t.Fatalf("contact %s: got none", name)
	return ""
}

// capturedMail is a mail that the development server captured.
type capturedMail struct{ To, Link string }

func (p *program) mail(t *testing.T, to string) (m capturedMail) {
	t.Helper()
	p.repeat(t, func() error {
		b, err := p.do(http.MethodGet, "/_mingce/messages/wait?channel=email&timeout=20s&to="+url.QueryEscape(to), form, "")
		if err != nil {
			return err
		}
		return json.Unmarshal(b, &m)
	})
	return m
}

// follow confirms a verification through p until it is answered. A repetition finds that the link
// was already used.
func (p *program) follow(t *testing.T, link string) {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	lost := false
	p.repeat(t, func() error {
		_, err := p.do(http.MethodPost, u.Path, form, "")
		if lost && err != nil && strings.Contains(err.Error(), ": 410 ") {
			return nil
		}
		lost = errors.Is(err, errGone)
		return err
	})
}

// stateOf returns the message contacts, mails, external contact and grants, without the values
// that differ from run to run.
func stateOf(t *testing.T, p *program) []string {
	t.Helper()
	var state []string
	for _, c := range p.contacts(t) {
		state = append(state, fmt.Sprintf("contact %s %s %s %s %v", c.Name, c.EmailAddress, c.Title, c.Status, c.Members))
	}
	for _, get := range []string{"/_mingce/messages", "/mingce/v1/orgs/" + mingcetest.CorpID + "/visibility-grants"} {
		var b []byte
		p.repeat(t, func() (err error) {
			b, err = p.do(http.MethodGet, get, form, "")
			return err
		})
		var got struct {
			Messages []capturedMail
			Grants   []struct{ Fields []string }
		}
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		for _, m := range got.Messages {
			state = append(state, "mail to "+m.To)
		}
		for _, g := range got.Grants {
			state = append(state, fmt.Sprint("grant of ", g.Fields))
		}
	}
	p.repeat(t, func() error {
		b, err := p.top("dingtalk.corp.extcontact.get", "user_id", "123420013632")
		var got struct {
			Result struct{ Result struct{ Name string } }
		}
		if err == nil {
			err = json.Unmarshal(b, &got)
		}
		state = append(state, "external contact "+got.Result.Result.Name)
		return err
	})
	slices.Sort(state)
	return state
}
