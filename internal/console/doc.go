// Package console serves the pages a person reads in a browser: the landing
// page, the error centre, which explains every error code and single failed
// calls, the reference of operations, and the pages that log a person in and
// confirm an address. Everything is rendered on the server. The only script is
// that of login frames, which tells the page around them how the login ended.
//
// Only the last two write, through package directory. The others show no
// personal values (failed calls are masked before they are recorded). Package
// server checks host names.
package console
