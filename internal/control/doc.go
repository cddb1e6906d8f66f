// Package control is our own API, for what the vendors do not offer: /_mingce/
// steers a stand-in server (reset, provoked faults, captured messages, history)
// and /mingce/v1/ serves organisations (grants that can be seen and withdrawn).
//
// It holds no rules of the directory, sends no messages, and does not decide
// which host names it answers under.
package control
