package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// GetHandshake reads an invitation, for either side
// (docs/spec/handshakes.md#reading-a-handshake).
var GetHandshake = api.Define(&Operations, api.Op[aHandshake, oneHandshake]{
	Route:    api.RPC(version, "GetHandshake"),
	Also:     older("GetHandshake"),
	Group:    "Handshake",
	Doc:      api.Text{Zh: "查询邀请信息。", En: "Returns an invitation."},
	Resource: "handshake/{HandshakeId}",
	ReadOnly: true,
	Callers:  api.ByMembers,

	In: (*aHandshake).fields,
	Out: func(out *oneHandshake) api.Fields {
		return api.Fields{api.Object("Handshake", &out.Handshake, func(h *handshake) api.Fields {
			return append(handshakeFields(h),
				api.String("MasterAccountRealName", &h.MasterRealName).OmitEmpty().Example("Alice").Describe("管理账号的实名，仅受邀方查询时返回。", "Real name of the management account; for the invited account only."),
				api.String("InvitedAccountRealName", &h.InvitedRealName).OmitEmpty().Example("Bob").Describe("被邀请账号的实名，仅受邀方查询时返回。", "Real name of the invited account; for that account only."))
		}).Describe("邀请。", "The invitation.")}
	},
	Codes: []*api.Code{noHandshake, handshakeMismatch},

	Do: func(ctx context.Context, s *directory.Session, in *aHandshake) (*oneHandshake, error) {
		h, err := s.Handshake(ctx, in.HandshakeID)
		if err != nil {
			return nil, err
		}
		out := &oneHandshake{answeredHandshake(h)}
		if s.Invited(h) {
			out.Handshake.MasterRealName, out.Handshake.InvitedRealName = h.MasterName, h.AccountName
		}
		return out, nil
	},
})
