// Package resourcedirectory holds the operations of Alibaba Cloud's product
// ResourceDirectoryMaster. Each operation has a file of its own, named as the
// vendor names it; shared fields are in the file of their noun (account.go,
// folder.go, message_contact.go), codes in codes.go and directory_codes.go.
// The rules are in package directory, signature and envelope in the gateway.
package resourcedirectory

import "github.com/mingce/mingce/internal/api"

const version = "2022-04-19"

// Operations are the operations of this package.
var Operations api.Registry

// contactResource is the RAM resource of one message contact
// (docs/spec/resource-directory.md#actions-and-resources).
const (
	contactResource  = "messagecontact/{ContactId}"
	contactsResource = "messagecontact/*"
	// docs/spec/tags-and-members.md#members-as-resources
	accountResource = "account/{ResourceDirectoryPath}"
	folderResource  = "folder/{ResourceDirectoryPath}"
)
