package server

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
)

// Requests that can be read in one way, and in two.
var (
	goodRequests = map[string]string{
		"no body":          "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
		"a length":         "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n\n \n",
		"one length twice": "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab",
		"chunks":           "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n\n \r\n0\r\n\r\n",
		"chunks, any case": "POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding:  Chunked \r\n\r\nA;x=\"y\"\r\n0123456789\r\n0\r\n\r\n",
		"trailer":          "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\n\r\n",
		"a long header":    "GET / HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("y", 3*longestLine) + "\r\n\r\n",
		"no value":         "GET / HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n",
		"a long path":      "GET /" + strings.Repeat("y", 3*longestLine) + " HTTP/1.1\r\nHost: a\r\n\r\n",
	}
	badRequests = map[string]string{
		"request line with LF":      "GET / HTTP/1.1\nHost: a\r\n\r\n",
		"header with LF":            "GET / HTTP/1.1\r\nHost: a\r\nX: y\nZ: z\r\n\r\n",
		"end of head with LF":       "GET / HTTP/1.1\r\nHost: a\r\n\n",
		"folded header":             "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n",
		"folded with a tab":         "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\tz\r\n\r\n",
		"folded request line":       "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
		"length and chunks":         "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"chunks and length":         "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
		"chunked twice":             "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"chunks of HTTP/1.0":        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"chunks of a long HTTP/1.0": "POST /" + strings.Repeat("y", longestLine) + " HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"a CR within a line":        "GET / HTTP/1.1\r\nHost: a\r\nX: y\rz\r\n\r\n",
		"a CR before a request":     "\rGET / HTTP/1.1\r\nHost: a\r\n\r\n",
		"two lengths":               "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
		"a length with a sign":      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\nab",
		"LF in a long header":       "GET / HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("y", 3*longestLine) + "\n\r\n",
		"coding beside chunked":     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
		"coding that is no name":    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
	}
	badChunks = map[string]string{
		"size with LF":      "2\nab\r\n0\r\n\r\n",
		"no end of a chunk": "2\r\nabc\r\n0\r\n\r\n",
		"LF after a chunk":  "2\r\nab\n0\r\n\r\n",
		"end with LF":       "0\r\n\n",
		"size with a sign":  "+2\r\nab\r\n0\r\n\r\n",
		"size with 0x":      "0x2\r\nab\r\n0\r\n\r\n",
		"no size":           "\r\n0\r\n\r\n",
		"trailer, no field": "0\r\nX\r\n\r\n",
		"folded trailer":    "0\r\nX: y\r\n z: y\r\n\r\n",
		"CR in a trailer":   "0\r\nX: y\rz\r\n\r\n",
		"CR in a size":      "1;x\ry\r\na\r\n0\r\n\r\n",
	}
)

// fed sends text through a strictConn and returns what comes out.
func fed(text string, reader func(io.Reader) io.Reader) (string, error) {
	client, server := net.Pipe()
	defer server.Close()
	go func() {
		_, _ = io.WriteString(client, text)
		_ = client.Close()
	}()
	c := &strictConn{Conn: server}
	if reader != nil {
		c.Conn = readers{server, reader(server)}
	}
	got, err := io.ReadAll(c)
	return string(got), err
}

// readers is a connection with a reader of its own.
type readers struct {
	net.Conn
	r io.Reader
}

func (r readers) Read(p []byte) (int, error) { return r.r.Read(p) }

func TestFramingHandsOnWhatIsClear(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, text := range goodRequests {
		all.WriteString(text)
	}
	goodRequests := map[string]string{"all of them": all.String()}
	for name, text := range goodRequests {
		for how, reader := range map[string]func(io.Reader) io.Reader{"at once": nil, "byte by byte": iotest.OneByteReader, "in halves": iotest.HalfReader} {
			if got, err := fed(text, reader); err != nil || got != text {
				t.Errorf("%s, %s: got %q and %v, want %q", name, how, got, err, text)
			}
		}
	}
}

func TestFramingRefusesWhatIsNot(t *testing.T) {
	t.Parallel()
	for name, text := range badRequests {
		for _, reader := range []func(io.Reader) io.Reader{nil, iotest.OneByteReader} {
			got, err := fed(goodRequests["a length"]+text, reader)
			if err != nil || !strings.HasSuffix(got, refusal) {
				t.Errorf("%s: got %q and %v, want it to end in a refusal", name, got, err)
			}
		}
	}
	for name, text := range badChunks {
		request := "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + text
		got, err := fed(request, iotest.OneByteReader)
		if err != nil && err != io.ErrUnexpectedEOF || len(got) >= len(request) {
			t.Errorf("%s: got %q and %v, want it to end early", name, got, err)
		}
	}
}

// An ambiguous request is answered with 400 at once and ends the connection. A clear
// chunked request keeps it.
func TestAmbiguousRequestsAreRefused(t *testing.T) {
	t.Parallel()
	s, stop := serve(t, Listening{Addr: "127.0.0.1:0"})
	defer stop()
	s.Show(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%d %v", len(body), err)
	}))
	const last = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
	for name, text := range badRequests {
		if got := exchange(t, s.Addr(), text); !strings.HasPrefix(got, "HTTP/1.1 400") || strings.Count(got, "HTTP/1.") != 1 {
			t.Errorf("%s: got %q, want 400", name, got)
		}
	}
	for name, text := range goodRequests {
		if got := exchange(t, s.Addr(), text+text+last); strings.Count(got, "HTTP/1.1 200") != 3 {
			t.Errorf("%s, twice, and another: got %q, want three answers", name, got)
		}
	}
	for name, text := range badChunks {
		request := "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + text
		if got := exchange(t, s.Addr(), request+last); strings.Count(got, "HTTP/1.1 200") != 1 || strings.HasSuffix(got, "<nil>") {
			t.Errorf("%s: got %q, want a body that ends in an error, and nothing after it", name, got)
		}
	}
}

// An empty line before a request is skipped, as net/http does after a POST, and not taken
// for the request line.
func TestLinesBeforeRequests(t *testing.T) {
	t.Parallel()
	post := goodRequests["a length"]
	for text, refused := range map[string]bool{
		post + "\r\n" + post:                                        false,
		post + "\r\n" + badRequests["chunks of HTTP/1.0"]:           true,
		post + "\r\r\n" + post:                                      true,
		post + "\n" + post:                                          true,
		post + "\r\n" + badRequests["length and chunks"]:            true,
		post + "\r\n\r\n" + badRequests["folded header"]:            true,
		post + "\r\n" + post + "\r\n\r\n" + goodRequests["no body"]: false,
	} {
		if got, err := fed(text, nil); err != nil || strings.HasSuffix(got, refusal) != refused {
			t.Errorf("%q: got %q and %v, want it refused: %t", text, got, err, refused)
		}
	}
}

// FuzzFraming checks that the result does not depend on how the network cuts a request.
func FuzzFraming(f *testing.F) {
	for _, set := range []map[string]string{goodRequests, badRequests} {
		for _, text := range set {
			f.Add([]byte(text), 3)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, cut int) {
		var whole, parts framing
		good, wrong := whole.feed(text)
		cut = max(0, min(cut, len(text)))
		a, fault := parts.feed(text[:cut])
		if fault == none {
			var b int
			b, fault = parts.feed(text[cut:])
			a += b
		}
		if wrong != fault {
			t.Errorf("%q at once: %d bytes, fault %d; cut at %d: %d bytes, fault %d", text, good, wrong, cut, a, fault)
		}
	})
}
