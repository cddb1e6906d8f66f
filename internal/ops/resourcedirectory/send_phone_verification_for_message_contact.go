package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type sendPhoneVerification struct {
	ContactID, PhoneNumber string
	countries
}

// SendPhoneVerificationForMessageContact sends a text message with a link and a
// code to a number that waits for verification
// (docs/spec/resource-directory.md#sending-a-verification-message).
var SendPhoneVerificationForMessageContact = api.Define(&Operations, api.Op[sendPhoneVerification, api.None]{
	Route:    api.RPC(version, "SendPhoneVerificationForMessageContact"),
	Group:    "MessageContact",
	Doc:      api.Text{Zh: "向联系人的手机号码发送验证信息。", En: "Sends a verification text message to a message contact."},
	Resource: contactResource,

	Before: inUse,
	In: func(in *sendPhoneVerification) api.Fields {
		return api.Fields{
			contactIDField(&in.ContactID),
			phoneField(api.String("PhoneNumber", &in.PhoneNumber).Required(missingPhone), plain(&in.PhoneNumber), &in.countries),
		}
	},
	Codes: []*api.Code{noContact, noVerification, sendLimit},

	Do: func(ctx context.Context, s *directory.Session, in *sendPhoneVerification) (*api.None, error) {
		return nil, s.SendVerification(ctx, in.ContactID, directory.SMSChannel, in.PhoneNumber)
	},
})
