package events

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

func fixedNow() time.Time { return time.UnixMilli(1783603075000) }

// receiver is a program that receives events like the vendor's samples.
type receiver struct {
	t      testing.TB
	url    string
	seal   *envelope
	status func() int

	mu  sync.Mutex
	got []map[string]any
}

// receive starts a receiver; status returns the HTTP status of each push, nil
// means 200.
func receive(t testing.TB, status func() int) *receiver {
	t.Helper()
	e, err := newEnvelope(exampleToken, exampleKey, directory.SampleOrg)
	if err != nil {
		t.Fatal(err)
	}
	r := &receiver{t: t, seal: e, status: status}
	s := httptest.NewServer(r)
	t.Cleanup(s.Close)
	r.url = s.URL + "/callback?k=v"
	return r
}

func (r *receiver) subscription() directory.Subscription {
	return directory.Subscription{
		Org: directory.SampleOrg, AppKey: directory.SampleAppKey, Channel: directory.HTTPChannel, URL: r.url,
		Token: directory.NewSecret(exampleToken), AESKey: directory.NewSecret(exampleKey), Tags: []string{directory.AllEvents},
	}
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	var body struct{ Encrypt string }
	if err := json.NewDecoder(q.Body).Decode(&body); err != nil {
		r.t.Errorf("body of a push: %v", err)
	}
	query := q.URL.Query()
	if query.Get("k") != "v" || query.Get("signature") != query.Get("msg_signature") {
		r.t.Errorf("query of a push: got %s", q.URL.RawQuery)
	}
	message, err := r.seal.verify(query.Get("signature"), query.Get("timestamp"), query.Get("nonce"), body.Encrypt)
	if err != nil {
		r.t.Errorf("push: %v", err)
	}
	if r.status != nil {
		if status := r.status(); status != http.StatusOK {
			w.WriteHeader(status)
			return
		}
	}
	var event map[string]any
	if err := json.Unmarshal(message, &event); err != nil {
		r.t.Errorf("message %s: %v", message, err)
	}
	r.mu.Lock()
	r.got = append(r.got, event)
	r.mu.Unlock()
	r.reply(w, "success")
}

func (r *receiver) reply(w http.ResponseWriter, text string) {
	encrypted, err := r.seal.seal([]byte(text), []byte(exampleRandom))
	if err != nil {
		r.t.Error(err)
	}
	_ = json.NewEncoder(w).Encode(map[string]string{
		"msg_signature": r.seal.sign("1", "n", encrypted), "timeStamp": "1", "nonce": "n", "encrypt": encrypted,
	})
}

// values lists one member of all received events, in order.
func (r *receiver) values(name string) (list []any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.got {
		list = append(list, e[name])
	}
	return list
}
