//go:build unix

package server

import (
	"io"
	"net"
	"testing"
)

// A session whose client has left is not read to its end, however much is still unread.
func TestSessionsOfClientsThatHaveLeftEnd(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	x := newConnections(ConnectionLimits{}, nil, nothing)
	x.further.Store(furtherRequests)
	c := newSessionConn(conn, &connection{Conn: conn, all: x})
	defer conn.Close()
	c.preface = 0
	c.counted.requests.Store(fewRequests)
	head := "\x00\x00\x00\x01\x05\x00\x00\x00\x01"
	_, _ = io.WriteString(client, head+head)
	p := make([]byte, frameHeader)
	if n, err := c.Read(p); n != frameHeader || err != nil {
		t.Fatalf("while the client waits: got %d bytes and %v, want the head", n, err)
	}
	_, _ = io.WriteString(conn, "an answer that is not read")
	_ = client.Close()
	if n, err := c.Read(p); n != 0 || err == nil {
		t.Errorf("when the client has left: got %d bytes and %v, want an end", n, err)
	}
}
