package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type sendEmailVerification struct{ ContactID, EmailAddress string }

// SendEmailVerificationForMessageContact mails a link and a code to an address
// that waits for verification
// (docs/spec/resource-directory.md#sending-a-verification-message).
var SendEmailVerificationForMessageContact = api.Define(&Operations, api.Op[sendEmailVerification, api.None]{
	Route:    api.RPC(version, "SendEmailVerificationForMessageContact"),
	Group:    "MessageContact",
	Doc:      api.Text{Zh: "向联系人的邮箱发送验证信息。", En: "Sends a verification mail to a message contact."},
	Resource: contactResource,

	Before: inUse,
	In: func(in *sendEmailVerification) api.Fields {
		return api.Fields{
			contactIDField(&in.ContactID),
			knownEmailField(&in.EmailAddress).Required(missingEmail).Describe("待验证的邮箱地址。", "Mail address to be verified."),
		}
	},
	Codes: []*api.Code{noContact, noVerification, sendLimit},

	Do: func(ctx context.Context, s *directory.Session, in *sendEmailVerification) (*api.None, error) {
		return nil, s.SendVerification(ctx, in.ContactID, directory.EmailChannel, in.EmailAddress)
	},
})
