package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestErrorsOfServersNameTheRemedy(t *testing.T) {
	t.Parallel()
	called := func(err error) error {
		return fmt.Errorf("it failed: %w", &url.Error{Op: "Get", URL: "https://a", Err: err})
	}
	for _, tt := range []struct {
		err  error
		want string
	}{
		{called(x509.UnknownAuthorityError{}), "SSL_CERT_FILE"},
		{called(x509.HostnameError{Certificate: new(x509.Certificate), Host: "a"}), "other names"},
		{called(http.ErrSchemeMismatch), "http://"},
		{called(&net.OpError{Op: "dial", Err: errors.New("refused")}), "No server answers"},
		{usageError{&apiError{status: http.StatusUnauthorized}}, "MINGCE_ADMIN_KEY"},
		{called(context.Canceled), "interrupted"},
	} {
		if got := explain(tt.err); !strings.Contains(got, tt.want) {
			t.Errorf("%v: got %q, want %s in it", tt.err, got, tt.want)
		}
	}
	// An address that cannot be listened on, or a database that is away, is no such server.
	for _, err := range []error{&net.OpError{Op: "listen", Err: errors.New("in use")}, &net.OpError{Op: "dial", Err: errors.New("refused")}} {
		if got := explain(err); got != err.Error() {
			t.Errorf("got %q", got)
		}
	}
}

// Who stops a command is not told how the call inside it ended.
func TestAStoppedCallSaysSo(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	api := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	})
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://mingce/", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := inProcess{api}.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	cancel()
	if _, err := io.ReadAll(answer.Body); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
