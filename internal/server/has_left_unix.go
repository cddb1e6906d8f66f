//go:build unix

package server

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// hasLeft reports whether the client has closed a connection or is gone, even if some of
// what it sent has not been read yet. c is below TLS. A client that has only closed its
// own half still waits for answers.
func hasLeft(c net.Conn) (left bool) {
	s, ok := c.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return true // closed on this side
	}
	err = raw.Control(func(fd uintptr) {
		files := []unix.PollFd{{Fd: int32(fd)}}
		n, err := unix.Poll(files, 0)
		left = err == nil && n > 0 && files[0].Revents&(unix.POLLHUP|unix.POLLERR) != 0
	})
	return left || err != nil
}
