package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type cancelMessageContactUpdate struct {
	ContactID, PhoneNumber, EmailAddress string
	countries
}

// CancelMessageContactUpdate drops addresses that wait for verification
// (docs/spec/resource-directory.md#cancelling-an-update).
var CancelMessageContactUpdate = api.Define(&Operations, api.Op[cancelMessageContactUpdate, api.None]{
	Route:    api.RPC(version, "CancelMessageContactUpdate"),
	Group:    "MessageContact",
	Doc:      api.Text{Zh: "取消更新联系人信息：放弃尚未通过验证的新手机号码或邮箱地址。", En: "Cancels an update of a message contact: drops a new phone number or mail address that was not verified yet."},
	Resource: contactResource,

	Before: inUse,
	In: func(in *cancelMessageContactUpdate) api.Fields {
		return api.Fields{
			contactIDField(&in.ContactID),
			phoneField(api.String("PhoneNumber", &in.PhoneNumber), plain(&in.PhoneNumber), &in.countries),
			knownEmailField(&in.EmailAddress).Describe("待取消的邮箱地址。", "Mail address whose verification is dropped."),
		}
	},
	Codes: []*api.Code{noContact, statusMismatch, noVerification},

	Do: func(ctx context.Context, s *directory.Session, in *cancelMessageContactUpdate) (*api.None, error) {
		return nil, s.CancelMessageContactUpdate(ctx, in.ContactID, in.EmailAddress, in.PhoneNumber)
	},
})
