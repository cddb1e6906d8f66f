// Package console serves the pages a person reads in a browser: the landing
// page, the error centre, which explains every error code and the one failed
// call a link names, and the reference of operations. Everything is rendered
// on the server from the catalogue; no script is needed.
//
// It changes nothing, shows no personal value (what it knows of a failed call
// was masked before), and does not decide which host names it answers under.
package console
