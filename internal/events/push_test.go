package events

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/storetest"
)

// A hanging receiver delays no other receiver and no call.
func TestDeadReceiversAreAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Open(t))
	alive := receive(t, nil)
	hang := make(chan struct{})
	released := sync.OnceFunc(func() { close(hang) })
	t.Cleanup(released)
	asked := make(chan struct{}, 100)
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		asked <- struct{}{}
		select {
		case <-hang:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(func() { released(); hanging.Close() })
	dead := alive.subscription()
	dead.URL, dead.AppKey = hanging.URL, directory.BareAppKey
	operator := w.dir.Session(directory.CommandLine(directory.SampleOrg), "test", "r")
	if _, err := operator.ChangeApp(t.Context(), dead.AppKey, directory.AppUpdate{Grant: []string{directory.AllPermissions}}); err != nil {
		t.Fatal(err)
	}
	err := w.store.Update(t.Context(), directory.SampleOrg, func(tx directory.Tx) error { tx.Subscriptions().InsertSubscription(dead); return nil })
	if err != nil {
		t.Fatal(err)
	}
	w.register(alive)
	w.record("user_add_org", "u1", 1)

	ctx, cancel := context.WithCancel(t.Context())
	service := w.service()
	var under sync.WaitGroup
	service.round(ctx, &under)
	<-asked
	for n := 2; len(alive.values("n")) < 4; n++ { // the hanging receiver still has its first event
		w.record("user_add_org", "u1", n)
		var live sync.WaitGroup
		service.round(ctx, &live)
		live.Wait()
	}
	want(t, "the other receiver", alive.values("n")[1:4], 1, 2, 3)
	released()
	cancel()
	under.Wait()
}

func TestReceiversThatFail(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	block := make(chan struct{})
	t.Cleanup(func() { close(block) })
	handlers := map[string]http.HandlerFunc{
		"5xx": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) },
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/?secret=2", http.StatusTemporaryRedirect)
		},
		"plain":  func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("success")) },
		"huge":   func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, largestAnswer+1)) },
		"closes": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"hangs": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // only then does the server notice that the caller left
			select {
			case <-block:
			case <-r.Context().Done():
			}
		},
	}
	for name, wanted := range map[string]error{
		"5xx":      &directory.ReceiverError{Status: 502},
		"redirect": &directory.ReceiverError{Status: 307, Location: "http://127.0.0.1:1/?secret=2"},
		"plain":    directory.ErrReceiverAnswer, "huge": directory.ErrReceiverAnswer,
		"closes": &directory.ReceiverError{Reason: "connection closed without an answer"},
		"hangs":  &directory.ReceiverError{Late: true},
		"nobody": &directory.ReceiverError{Reason: "connect refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := (&receiver{url: "http://" + closed.Addr().String() + "/?secret=1"}).subscription()
			if h := handlers[name]; h != nil {
				server := httptest.NewServer(h)
				t.Cleanup(server.Close)
				s.URL = server.URL
			}
			begun := time.Now()
			err := NewPusher(true, fixedNow).Check(context.Background(), s)
			var got, want *directory.ReceiverError
			if errors.As(wanted, &want) {
				if !errors.As(err, &got) || *got != *want || !errors.Is(err, directory.ErrReceiverUnreachable) {
					t.Errorf("got %#v, want %#v", err, want)
				}
			} else if !errors.Is(err, wanted) {
				t.Errorf("got %v, want %v", err, wanted)
			}
			if took := time.Since(begun); took > 10*checkLimit {
				t.Errorf("took %v, want %v at most", took, checkLimit)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error shows the address: %v", err)
			}
		})
	}
}

func TestRegistering(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Open(t))
	s := w.session(directory.SampleAppKey)
	r := receive(t, nil)
	good := r.subscription()
	for _, url := range []string{"", "example.com", "ftp://example.com/", "http:///x", "http://a@example.com/", "http://example.com/#f", "http://example.com:0/", "http://example.com:65536/", "http://example.com/" + strings.Repeat("x", 1024)} {
		bad := good
		bad.URL = url
		if err := s.RegisterReceiver(t.Context(), bad); !errors.Is(err, directory.ErrReceiverURL) {
			t.Errorf("register %q: got %v, want %v", url, err, directory.ErrReceiverURL)
		}
	}
	if err := s.UpdateReceiver(t.Context(), good); !errors.Is(err, directory.ErrSubscriptionNotFound) {
		t.Errorf("update before register: got %v, want %v", err, directory.ErrSubscriptionNotFound)
	}
	if _, _, err := s.TakeFailedEvents(t.Context()); !errors.Is(err, directory.ErrSubscriptionNotFound) {
		t.Errorf("failed list before register: got %v, want %v", err, directory.ErrSubscriptionNotFound)
	}
	if err := s.RegisterReceiver(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	if err := s.RegisterReceiver(t.Context(), good); !errors.Is(err, directory.ErrSubscriptionExists) {
		t.Errorf("register twice: got %v, want %v", err, directory.ErrSubscriptionExists)
	}
	wrong := good
	wrong.Token = directory.NewSecret("another token")
	r.t = discard{t} // it cannot read what is signed with another token
	if err := s.UpdateReceiver(t.Context(), wrong); !errors.Is(err, directory.ErrReceiverAnswer) {
		t.Errorf("update with a token the receiver does not know: got %v, want %v", err, directory.ErrReceiverAnswer)
	}
	kept, err := s.Receiver(t.Context())
	if err != nil || kept.URL != good.URL || string(kept.Token.Reveal()) != exampleToken || string(kept.AESKey.Reveal()) != exampleKey {
		t.Errorf("kept: got %+v, %v; want the registered values", kept, err)
	}
	if err := s.DeleteReceiver(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.DeleteReceiver(t.Context()); !errors.Is(err, directory.ErrSubscriptionNotFound) {
		t.Errorf("delete twice: got %v, want %v", err, directory.ErrSubscriptionNotFound)
	}
}
