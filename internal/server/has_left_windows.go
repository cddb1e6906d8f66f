package server

import "net"

// hasLeft always returns false: Windows does not tell before everything was read.
func hasLeft(net.Conn) bool { return false }
