package top

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var requestID = regexp.MustCompile(`("request_id":"|<request_id>)[0-9a-z]{12,13}("|</request_id>)`)

// TestFixtures replays requests captured from real clients byte for byte, and
// wants the answers that were proved against those clients. Files from
// B01_batch_json.txtar on are batches of the Java SDK
// (docs/spec/top.md#request-with-several-calls). Only request ids may differ.
func TestFixtures(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	server := httptest.NewServer(newWorld(t).handler)
	t.Cleanup(server.Close)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil || len(archive.Files) != 2 {
				t.Fatalf("read fixture: %v", err)
			}
			// The wire ends header lines with CR LF and the body with nothing.
			head, body, _ := strings.Cut(strings.TrimSuffix(string(archive.Files[0].Data), "\n"), "\n\n")
			head = strings.ReplaceAll(strings.TrimSuffix(head, "\n"), "HOST", server.Listener.Addr().String())
			got := exchange(t, server.Listener.Addr(), strings.ReplaceAll(head, "\n", "\r\n")+"\r\n\r\n"+strings.Trim(body, "\n"))
			wantHead, wantBody, _ := strings.Cut(strings.TrimSuffix(string(archive.Files[1].Data), "\n"), "\n\n")
			for _, line := range strings.Split(wantHead, "\n")[1:] {
				name, want, _ := strings.Cut(line, ": ")
				if name == "Content-Length" {
					continue // compared below: the ids of the specification have 12 or 13 characters
				}
				if have := got.Header.Get(name); have != want {
					t.Errorf("got %s: %s, want %s", name, have, want)
				}
			}
			gotBody := readAll(t, got.Body)
			if got.Status != "200 OK" || got.ContentLength != int64(len(gotBody)) {
				t.Errorf("got %s with Content-Length %d and %d bytes", got.Status, got.ContentLength, len(gotBody))
			}
			if !requestID.MatchString(gotBody) {
				t.Errorf("no request id in %s", gotBody)
			}
			if g, w := requestID.ReplaceAllString(gotBody, "${1}ID$2"), requestID.ReplaceAllString(wantBody, "${1}ID$2"); g != w {
				t.Errorf("got  %s\nwant %s", g, w)
			}
		})
	}
}

func exchange(t *testing.T, addr net.Addr, request string) *http.Response {
	t.Helper()
	conn, err := net.Dial(addr.Network(), addr.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// TestUpdateReadsTheFixture checks that what F01_update_json.txtar says arrives at
// the operation.
func TestUpdateReadsTheFixture(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.do(t, form("method=dingtalk.corp.extcontact.update&v=2.0&session=tok123", `contact=%7B%22address%22%3A%22%E5%9C%B0%E5%9D%80%E5%86%85%E5%AE%B9%5C%2F1%22%2C%22name%22%3A%22%E5%BC%A0%E4%B8%89%22%2C%22label_ids%22%3A%22%5B1%2C2393865715%5D%22%2C%22share_user_ids%22%3A%22023420013644%22%7D`))
	c, runs := w.seen()
	if runs != 1 || text(c.Address) != "地址内容/1" || text(c.Name) != "张三" || len(c.Labels) != 2 || c.Labels[1] != 2393865715 ||
		len(c.ShareUsers) != 1 || c.ShareUsers[0] != "023420013644" {
		t.Errorf("got %d calls and %+v", runs, c)
	}
}
