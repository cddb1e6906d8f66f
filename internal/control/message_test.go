package control_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/control"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/notify"
	"github.com/mingce/mingce/internal/store"
)

// mailroom returns the control API of a development server, or of a production server with
// an admin key.
func mailroom(t *testing.T, dev bool) (*instance.Instance, http.Handler, string) {
	t.Helper()
	i, err := instance.Open(t.Context(), instance.Options{
		Sample: true, Store: store.Options{Ephemeral: true, Key: keyring.DevMaster(), Kind: store.Dev},
		Settings: directory.Settings{Links: func(token string) string { return "https://contacts.example/verify/" + token }},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = i.Close() })
	a := control.New(control.Config{Directory: i.Directory, Catalogue: i.Catalogue, Log: slog.New(slog.DiscardHandler),
		Dev: dev, Render: notify.Render})
	return i, a.DevHandler(), adminKey(t, i.Directory, directory.SampleOrg).AdminToken()
}

func send(t *testing.T, i *instance.Instance) {
	t.Helper()
	s := i.Directory.Session(directory.Principal{Org: directory.SampleOrg}, "test", "1")
	if err := s.SendVerification(t.Context(), directory.PendingMessageContact, directory.EmailChannel, "jerry@example.com"); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, h http.Handler, target, key string, into any) int {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "GET", target, nil)
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if err := json.NewDecoder(w.Body).Decode(into); err != nil {
		t.Fatalf("%s: %v", target, err)
	}
	return w.Code
}

func TestKeptMessagesCarryWhatTheReceiverNeeds(t *testing.T) {
	t.Parallel()
	i, h, _ := mailroom(t, true)
	go func() { // before the wait or during it
		s := i.Directory.Session(directory.Principal{Org: directory.SampleOrg}, "test", "1")
		_ = s.SendVerification(context.Background(), directory.PendingMessageContact, directory.EmailChannel, "jerry@example.com")
	}()
	var m control.Message
	if status := get(t, h, "/_mingce/messages/wait?to=jerry@example.com&channel=email&timeout=5s", "", &m); status != http.StatusOK {
		t.Fatalf("wait: got %d", status)
	}
	if m.ContactID != directory.PendingMessageContact || m.To != "jerry@example.com" || m.Channel != "email" || len(m.Code) != 6 ||
		!strings.HasPrefix(m.Link, "https://contacts.example/verify/") || !strings.Contains(m.Text, m.Link) || !strings.Contains(m.HTML, m.Code) {
		t.Errorf("got %+v", m)
	}
	var list struct{ Messages []control.Message }
	for query, want := range map[string]int{"": 1, "?channel=email": 1, "?channel=sms": 0, "?to=jerry@example.com": 1, "?to=tom@example.com": 0} {
		if get(t, h, "/_mingce/messages"+query, "", &list); len(list.Messages) != want {
			t.Errorf("%s: got %d messages, want %d", query, len(list.Messages), want)
		}
	}
	if err := i.Directory.ConfirmVerification(t.Context(), strings.TrimPrefix(m.Link, "https://contacts.example/verify/"), "", "1"); err != nil {
		t.Errorf("the link: got %v", err)
	}
}

// Messages to a number are found by every way to write it.
func TestMessagesByEveryFormOfANumber(t *testing.T) {
	t.Parallel()
	i, h, _ := mailroom(t, true)
	s := i.Directory.Session(directory.CommandLine(directory.SampleOrg), "test", "1")
	if err := s.Notify(t.Context(), "c-1", directory.SMSChannel, "86-13900008888", "", "text"); err != nil {
		t.Fatal(err)
	}
	for to, want := range map[string]int{
		"86-13900008888": 1, "%2B8613900008888": 1, "+8613900008888": 1, "%2B86-139-0000-8888": 1, "13900008888": 1, "0086%20139%200000%208888": 1,
		"8613900008888": 1, "86-13900008889": 0, "%2B85213900008888": 0,
	} {
		var list struct{ Messages []control.Message }
		if get(t, h, "/_mingce/messages?to="+to, "", &list); len(list.Messages) != want {
			t.Errorf("to=%s: got %d messages, want %d", to, len(list.Messages), want)
		}
		var m control.Message
		status := get(t, h, "/_mingce/messages/wait?timeout=1ms&to="+to, "", &m)
		if got := status == http.StatusOK; got != (want == 1) {
			t.Errorf("wait for to=%s: got %d, want %d messages", to, status, want)
		}
	}
}

// attemptOnce lets the sender try the only message waiting.
func attemptOnce(t *testing.T, i *instance.Instance, c notify.Carrier) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	sender := notify.Sender{Directory: i.Directory, Log: slog.New(slog.DiscardHandler), Carriers: map[string]notify.Carrier{
		directory.EmailChannel: carrierThen{c, cancel},
	}}
	sender.Run(ctx)
	if !errors.Is(ctx.Err(), context.Canceled) {
		t.Fatal("no message was delivered")
	}
}

// carrierThen calls then after each letter.
type carrierThen struct {
	notify.Carrier
	then func()
}

func (c carrierThen) Carry(ctx context.Context, m directory.Message, l directory.Letter) error {
	defer c.then()
	return c.Carrier.Carry(ctx, m, l)
}

func TestProductionShowsDeliveriesWithoutContent(t *testing.T) {
	t.Parallel()
	i, h, key := mailroom(t, false)
	send(t, i)
	attemptOnce(t, i, notify.Absent("no mail server"))
	var got map[string]json.RawMessage
	if status := get(t, h, "/_mingce/deliveries", "", &got); status != http.StatusUnauthorized {
		t.Errorf("without a key: got %d, want 401", status)
	}
	if status := get(t, h, "/_mingce/messages", key, &got); status != http.StatusForbidden {
		t.Errorf("messages: got %d, want 403", status)
	}
	if status := get(t, h, "/_mingce/deliveries?org="+directory.SampleOrg, key, &got); status != http.StatusOK {
		t.Fatalf("got %d", status)
	}
	text := string(got["deliveries"])
	for _, want := range []string{`"state":"queued"`, `"to":"j***@example.com"`, `"lastError":"no mail server"`, `"attempts":1`, `"nextAt":`} {
		if !strings.Contains(text, want) {
			t.Errorf("got %s, want %s", text, want)
		}
	}
	if strings.Contains(text, "jerry@") || strings.Contains(text, "/verify/") {
		t.Errorf("the receiver or the link shows: %s", text)
	}
}
