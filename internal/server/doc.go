// Package server puts the whole service on one listener: the vendors' gateways,
// the console, the control API, health and metrics. It owns what all of them
// share: listening and TLS, timeouts, limits on memory and connections, the
// number of calls in flight, rates, the check of host names, and the graceful
// stop.
//
// It speaks no vendor's protocol (packages gateway/* do), reads no flags and
// opens no data: the program passes it an open directory.
package server
