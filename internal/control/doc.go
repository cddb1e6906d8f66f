// Package control is our own API, for what the vendors do not offer. /_mingce/ controls
// a development server (reset, armed faults, captured messages, history). /mingce/v1/ is
// for administration: grants, consents, notifications, and the commands of the program.
//
// It contains no rules of the directory, sends no messages, and does not decide which host
// names it answers under.
package control
