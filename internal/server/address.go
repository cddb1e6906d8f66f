package server

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// unixPrefix marks the path of a Unix socket: "unix:/run/mingce.sock".
const unixPrefix = "unix:"

// systemdAddress takes the listener from the service manager that started this
// process; "systemd:NAME" takes the one of that name.
const systemdAddress = "systemd"

// socketMode lets the owner and the group connect: the proxy's user is put into the
// group.
const socketMode = 0o660

// IsLocal reports an address that no other machine can reach: a loopback
// address or a Unix socket.
func IsLocal(addr string) bool {
	return strings.HasPrefix(addr, unixPrefix) || IsLoopback(addr)
}

// bind listens on an address: host:port, a Unix socket, or a socket of the service
// manager.
func bind(addr string) (net.Listener, error) {
	if path, ok := strings.CutPrefix(addr, unixPrefix); ok {
		return bindUnix(path)
	}
	if addr == systemdAddress || strings.HasPrefix(addr, systemdAddress+":") {
		return inherit(strings.TrimPrefix(strings.TrimPrefix(addr, systemdAddress), ":"))
	}
	return net.Listen("tcp", addr)
}

// bindUnix creates the socket. It removes one that a killed process left, but
// neither one that still answers nor a file of another kind.
func bindUnix(path string) (net.Listener, error) {
	info, err := os.Lstat(path)
	switch {
	case err == nil && info.Mode().Type() != fs.ModeSocket:
		return nil, fmt.Errorf("%s is not a socket", path)
	case err == nil:
		c, err := net.Dial("unix", path)
		if err == nil {
			_ = c.Close()
			return nil, fmt.Errorf("%s: %w", path, syscall.EADDRINUSE)
		}
		if !errors.Is(err, syscall.ECONNREFUSED) {
			return nil, err
		}
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, socketMode); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// firstInherited is the first file descriptor that a service manager passes
// (sd_listen_fds(3)).
const firstInherited = 3

// inherit returns a listener that the service manager opened: the one called
// name, or with "" the only one.
func inherit(name string) (net.Listener, error) {
	if os.Getenv("LISTEN_PID") != strconv.Itoa(os.Getpid()) {
		return nil, errors.New("no service manager passed sockets to this process (LISTEN_PID)")
	}
	n, err := strconv.Atoi(os.Getenv("LISTEN_FDS"))
	if err != nil || n < 1 {
		return nil, errors.New("the service manager passed no sockets (LISTEN_FDS)")
	}
	at := 0
	if name != "" {
		names := strings.Split(os.Getenv("LISTEN_FDNAMES"), ":")
		for at < n && (at >= len(names) || names[at] != name) {
			at++
		}
	}
	if at == n || name == "" && n > 1 {
		return nil, fmt.Errorf("the service manager passed %d sockets (%s): say which, as systemd:NAME", n, os.Getenv("LISTEN_FDNAMES"))
	}
	f := os.NewFile(uintptr(firstInherited+at), "systemd:"+name)
	defer f.Close() // FileListener duplicates it
	return net.FileListener(f)
}
