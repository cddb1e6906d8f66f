// Package notify delivers the directory's messages to people: mail over SMTP,
// text messages through a driver (an HTTP webhook, Alibaba Cloud SendSms, the
// log, or none, which keeps them to be read). Every message is sent at least
// once; what fails is tried again for a day.
//
// It decides neither who is told what nor how often: messages are rows that
// package directory writes in the transaction of the change they belong to. No
// call waits for a delivery.
package notify
