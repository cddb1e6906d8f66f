// Package events delivers the directory's events to programs: pushed over HTTP
// to an address that an app registered, encrypted and signed as DingTalk does
// it, and in Stream mode over WebSocket connections that apps open. Every event
// is delivered at least once and, about one object, in the order of its
// changes; a receiver that is slow or dead holds up nobody but itself.
//
// It neither makes events nor decides who gets them: changes record them in the
// outbox, and package directory keeps subscriptions, deliveries and the failed
// list. No call of an API waits for a delivery.
package events
