//go:build unix

package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/enginetest"
)

// lockWait is how long a call waits for other changes of the same contact before it is refused
// (docs/spec/resource-directory.md#concurrent-changes-of-a-contact).
const lockWait = 5 * time.Second

// renaming is one call of UpdateMessageContact and how it ended.
type renaming struct {
	name       string
	begin, end time.Time
	err        error
}

// 500 changes of one contact, through two servers on one PostgreSQL, wait for one another. The
// acknowledged ones are exactly those in the history, in an order that agrees with the clock. The
// others were refused after the full wait
// (docs/spec/reliability.md#conflicting-changes).
func TestParallelUpdatesMatchTheHistory(t *testing.T) {
	t.Parallel()
	database := enginetest.Database(t)
	servers := []*program{
		startProgram(t, "dev", "--tls-addr", "", "--database", database),
		startProgram(t, "dev", "--tls-addr", "", "--database", database),
	}
	calls := make([]renaming, 500)
	var all sync.WaitGroup
	for i := range calls {
		all.Go(func() {
			c := renaming{name: "name" + letters(i), begin: time.Now()}
			_, c.err = servers[i%2].rpc("UpdateMessageContact", url.Values{"ContactId": {directory.SampleMessageContact}, "Name": {c.name}})
			c.end = time.Now()
			calls[i] = c
		})
	}
	all.Wait()

	acknowledged := map[string]renaming{}
	for _, c := range calls {
		switch took := c.end.Sub(c.begin); {
		case c.err == nil:
			acknowledged[c.name] = c
		case errors.Is(c.err, errGone) || !strings.Contains(c.err.Error(), `429 `) || !strings.Contains(c.err.Error(), `"ConcurrentCallNotSupported"`):
			t.Errorf("%s: got %v, want success or 429 ConcurrentCallNotSupported", c.name, c.err)
		case took < lockWait:
			t.Errorf("%s: refused after %v, want it to wait %v for the others", c.name, took, lockWait)
		}
	}
	t.Logf("%d of %d calls acknowledged", len(acknowledged), len(calls))

	before := "tom"
	var written []renaming
	for _, e := range servers[0].contactHistory(t, directory.SampleMessageContact) {
		c, known := acknowledged[e.After.Name]
		if !known {
			t.Errorf("history: got a change to %q, which was not acknowledged", e.After.Name)
		}
		if e.Before.Name != before {
			t.Errorf("history: got a change of %q to %q, want one of %q", e.Before.Name, e.After.Name, before)
		}
		before = e.After.Name
		delete(acknowledged, before)
		written = append(written, c)
	}
	for name := range acknowledged {
		t.Errorf("history: got none of the change to %q, which was acknowledged", name)
	}
	latest := time.Time{}
	for _, c := range written {
		if c.end.Before(latest) {
			t.Errorf("history: got %q after a call that began only when its own had ended", c.name)
		}
		if c.begin.After(latest) {
			latest = c.begin
		}
	}
	for _, p := range servers {
		if got := p.contactName(t, directory.SampleMessageContact); got != before {
			t.Errorf("name in the end: got %q, want %q, the last in the history", got, before)
		}
	}
}

// contactChange is an entry of a message contact's history.
type contactChange struct {
	Seq           int64
	Action        string
	Before, After struct{ Name string }
}

// contactHistory returns the changes of a message contact, oldest first.
func (p *program) contactHistory(t *testing.T, id string) []contactChange {
	t.Helper()
	b, err := p.do(http.MethodGet, "/_mingce/audit?limit=1000&object="+id, "application/json", "")
	var history struct{ Entries []contactChange }
	if err == nil {
		err = json.Unmarshal(b, &history)
	}
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(history.Entries)
	return history.Entries
}

func (p *program) contactName(t *testing.T, id string) string {
	t.Helper()
	b, err := p.rpc("GetMessageContact", url.Values{"ContactId": {id}})
	var got struct{ Contact struct{ Name string } }
	if err == nil {
		err = json.Unmarshal(b, &got)
	}
	if err != nil {
		t.Fatal(err)
	}
	return got.Contact.Name
}
