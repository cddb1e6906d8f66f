package server_test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/server"
)

// A form in chunks that came whole leaves its connection for the next one, also if the end of
// the body is not seen together with the end of the form.
func TestFormsShareAConnection(t *testing.T) {
	t.Parallel()
	site := newSite(t)
	config := site.instance.Config(slog.New(slog.DiscardHandler), "test")
	config.Dev = true
	s := httptest.NewServer(server.New(config))
	defer s.Close()
	c, err := net.Dial("tcp", s.Listener.Addr().String())
	site.must(t, err)
	defer c.Close()
	answers := bufio.NewReader(c)
	const form = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\n\r\n姓名,手机号,负责人,标签\n甲,13900002001,org1001,1\n\r\n--b--\r\n"
	chunk := fmt.Sprintf("%x\r\n%s\r\n", len(form), form)
	head := "POST /mingce/v1/orgs/" + directory.SampleOrg + "/imports?kind=contacts&preview=true&wait=5m HTTP/1.1\r\nHost: localhost\r\n" +
		"Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\nX-Pad: "
	const read = 4096 // by net/http at once
	head += strings.Repeat("x", read-len(head)-len("\r\n\r\n")-len(chunk)) + "\r\n\r\n"
	for i := range 2 {
		_, err := io.WriteString(c, head+chunk+"0\r\n\r\n")
		site.must(t, err)
		answer, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatalf("form %d: %v", i+1, err)
		}
		text, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK || answer.Close {
			t.Fatalf("form %d: got %d, close %t, %v: %s", i+1, answer.StatusCode, answer.Close, err, text)
		}
	}
}
