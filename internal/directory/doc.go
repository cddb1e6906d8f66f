// Package directory is the core: the nouns of an organisation's contact
// directory and the rules they obey. A Session is one call's view of it, bound
// to the organisation and the caller that the credential names.
//
// It knows no HTTP, no SQL and no vendor's words: gateways translate its errors
// into codes, package store keeps its rows. Clock, identifiers, keys and the
// store are given to Open; nothing here reads the time or a random source.
package directory
