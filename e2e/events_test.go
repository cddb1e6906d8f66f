package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/open-dingtalk/dingtalk-stream-sdk-go/client"
	"github.com/open-dingtalk/dingtalk-stream-sdk-go/event"
)

// streamed is an event as the SDK delivers it.
type streamed struct {
	header event.EventHeader
	data   map[string]any
}

// openStream connects the vendor's SDK as the sample app. answer returns for each event whether it
// was taken.
func openStream(t *testing.T, s *server, answer func(streamed) event.EventProcessStatusType) *client.StreamClient {
	t.Helper()
	c := client.NewStreamClient(
		client.WithOpenApiHost("http://"+s.host),
		client.WithAppCredential(client.NewAppCredentialConfig(appKeyA, appSecretA)),
	)
	handler := event.NewDefaultEventFrameHandler(func(_ context.Context, header *event.EventHeader, raw []byte) (event.EventProcessStatusType, error) {
		e := streamed{header: *header}
		if err := json.Unmarshal(raw, &e.data); err != nil {
			t.Errorf("data of an event: %v", err)
		}
		return answer(e), nil
	})
	c.RegisterAllEventRouter(handler.OnEventReceived)
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	// This client panics if it is closed while it takes an event, so the server stops first.
	t.Cleanup(func() { c.AutoReconnect = false })
	return c
}

func receiveEvent(t *testing.T, events <-chan streamed) streamed {
	t.Helper()
	select {
	case e := <-events:
		return e
	case <-time.After(45 * time.Second):
		t.Fatal("no event came")
		return streamed{}
	}
}

// addContact adds an external contact and returns its id.
func addContact(t *testing.T, s *server, name, mobile string) string {
	t.Helper()
	answer := s.ownCall(t, "create", url.Values{"contact": {fmt.Sprintf(
		`{"name":%q,"label_ids":[1],"follower_user_id":"023420013645","state_code":"86","mobile":%q}`, name, mobile)}})
	id, _ := answer["userid"].(string)
	if id == "" {
		t.Fatalf("create a contact: got %v, want a userid", answer)
	}
	return id
}

func TestStreamSDK(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	events := make(chan streamed, 10)
	openStream(t, s, func(e streamed) event.EventProcessStatusType {
		events <- e
		return event.EventProcessStatusKSuccess
	})
	before := time.Now()
	id := addContact(t, s, "李四", "13900004401")
	e := receiveEvent(t, events)
	equal(t, "type", e.header.EventType, "contact_add_org")
	equal(t, "corp", e.header.EventCorpId, corpA)
	equal(t, "userId", fmt.Sprint(e.data["userId"]), id)
	equal(t, "name", fmt.Sprint(e.data["name"]), "李四")
	if e.header.EventId == "" || e.header.EventUnifiedAppId == "" {
		t.Errorf("header: got %+v, want ids", e.header)
	}
	if born := time.UnixMilli(e.header.EventBornTime); born.Before(before.Add(-time.Minute)) || born.After(time.Now().Add(time.Minute)) {
		t.Errorf("born: got %v, want about %v", born, before)
	}
}

func TestStreamSDKAsksForAnEventLater(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	events := make(chan streamed, 10)
	tries := 0 // one event at a time: they are about one contact
	openStream(t, s, func(e streamed) event.EventProcessStatusType {
		events <- e
		if tries++; tries == 1 {
			return event.EventProcessStatusKLater
		}
		return event.EventProcessStatusKSuccess
	})
	id := addContact(t, s, "李四", "13900004402")
	s.ownCall(t, "delete", url.Values{"user_id": {id}})
	first := receiveEvent(t, events)
	again := receiveEvent(t, events) // after ten seconds
	equal(t, "the same event", again.header.EventId, first.header.EventId)
	equal(t, "the next one about the contact", receiveEvent(t, events).header.EventType, "contact_leave_org")
}

// Events that were not delivered when the server was killed are delivered after its restart, when
// the client reconnects.
func TestStreamSDKAcrossARestart(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := startDev(t, "--data", data)
	events := make(chan streamed, 10)
	take := func(e streamed) event.EventProcessStatusType {
		events <- e
		return event.EventProcessStatusKSuccess
	}
	c := openStream(t, s, take)
	addContact(t, s, "李四", "13900004403")
	receiveEvent(t, events)
	c.AutoReconnect = false
	s.kill(t)

	s = startDev(t, "--data", data)
	id := addContact(t, s, "王五", "13900004404")
	s.kill(t)

	openStream(t, startDev(t, "--data", data), take)
	for { // the first one may come twice: its outcome may not have been stored
		if e := receiveEvent(t, events); fmt.Sprint(e.data["userId"]) == id {
			break
		}
	}
}

// kill ends the server without a chance to store or answer anything.
func (s *server) kill(t *testing.T) {
	t.Helper()
	if err := s.process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.exited
}

func TestStreamSDKWithAWrongSecret(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	c := client.NewStreamClient(client.WithOpenApiHost("http://"+s.host), client.WithAppCredential(client.NewAppCredentialConfig(appKeyA, "wrong")),
		client.WithAutoReconnect(false))
	err := c.Start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "authFailed") {
		t.Errorf("got %v, want authFailed", err)
	}
	answer := s.call(t, http.MethodGet, "/connect?ticket=x", nil, "Connection", "Upgrade", "Upgrade", "websocket",
		"Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "c2l4dGVlbiBieXRlcyAuLg==")
	equal(t, "status without a ticket", answer.status, http.StatusUnauthorized)
}
