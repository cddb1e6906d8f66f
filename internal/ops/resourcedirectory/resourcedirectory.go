// Package resourcedirectory holds the operations of Alibaba Cloud's product
// ResourceDirectoryMaster. One file is one operation, named as the vendor names
// it; fields that several share stand in message_contact.go, codes in codes.go.
// The rules are in package directory, signature and envelope in the gateway.
package resourcedirectory

import "github.com/mingce/mingce/internal/api"

const version = "2022-04-19"

var all []*api.Operation

func define[In, Out any](op api.Op[In, Out]) *api.Operation {
	o := op.Operation()
	all = append(all, o)
	return o
}

// Operations returns the operations of this package.
func Operations() []*api.Operation { return all }

// empty is the answer of an operation that answers its RequestId only.
type empty struct{}

func noFields(*empty) api.Fields { return nil }

// contactResource is the RAM resource of one message contact
// (docs/spec/resource-directory.md#actions-and-resources).
const (
	contactResource  = "messagecontact/{ContactId}"
	contactsResource = "messagecontact/*"
)
