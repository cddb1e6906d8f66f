// Package directory is the core: the nouns of an organisation's contact
// directory and their rules. A Session is one call's view of it, bound to the
// organisation and the caller that the credential names.
//
// It contains no HTTP, no SQL and no vendor's wire format: gateways translate
// its errors into codes, and package store implements Store. Open takes the
// clock, the source of identifiers, the keys and the store; the rules read no
// clock of their own.
package directory
