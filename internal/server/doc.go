// Package server puts all faces of the service on one listener: the vendors'
// gateways, the console, the control API, health and metrics. It owns what
// concerns every face alike: listening and TLS, timeouts, the number of calls
// in flight, rates, the check of host names, and the orderly stop.
//
// It speaks no vendor's wire (package gateway/* does), reads no flags and opens
// no data: the program hands it an open directory.
package server
