// Package console serves the pages a person reads in a browser: the landing
// page, the error centre, which explains every error code and single failed
// calls, and the reference of operations. Everything is rendered on the server
// from the catalogue, without scripts.
//
// It changes no data, shows no personal values (failed calls are masked before
// they are recorded), and does not check host names.
package console
