// Package events delivers the directory's events to programs: pushed over HTTP
// to an address that an app registered, encrypted and signed like DingTalk's,
// and in Stream mode over WebSocket connections that apps open. Every event is
// delivered at least once, and the events of one object in the order of its
// changes; a slow or dead receiver delays nobody but itself.
//
// It neither creates events nor decides who gets them: changes write them to
// the outbox, and package directory keeps subscriptions, deliveries and the
// failed list. No API call waits for a delivery.
package events
