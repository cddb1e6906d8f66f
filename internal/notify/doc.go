// Package notify delivers the directory's messages to people: mail over SMTP,
// and text messages through a driver (an HTTP webhook, Alibaba Cloud SendSms,
// the log, or none, which keeps them to be read). Every message is sent at
// least once; a failed delivery is retried for a day.
//
// It decides neither who gets a message nor how often: messages are rows that
// package directory writes in the transaction of the change that causes them.
// No call waits for a delivery.
package notify
