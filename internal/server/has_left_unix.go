//go:build unix

package server

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// hasLeft reports whether the client of a connection below TLS has closed it or is gone,
// though some of what it sent was not read yet. A client that has only ended its half
// still waits for answers.
func hasLeft(c net.Conn) (left bool) {
	s, ok := c.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return true // it is closed on this side
	}
	err = raw.Control(func(fd uintptr) {
		files := []unix.PollFd{{Fd: int32(fd)}}
		n, err := unix.Poll(files, 0)
		left = err == nil && n > 0 && files[0].Revents&(unix.POLLHUP|unix.POLLERR) != 0
	})
	return left || err != nil
}
