package main

import (
	"errors"
	"net"
	"os"
	"time"
)

const pauseBetween = 200 * time.Millisecond

func soon() time.Time { return time.Now().Add(2 * time.Second) }

// isOpen reports whether the server has kept the connection open. The server must not have
// anything to answer yet.
func isOpen(c net.Conn) bool {
	_ = c.SetReadDeadline(time.Now().Add(50 * time.Microsecond))
	_, err := c.Read(make([]byte, 512))
	return errors.Is(err, os.ErrDeadlineExceeded)
}
