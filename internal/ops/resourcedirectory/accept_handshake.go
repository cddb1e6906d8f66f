package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// AcceptHandshake makes the caller's account a member of the directory that invited
// it (docs/spec/handshakes.md#accepting-an-invitation).
var AcceptHandshake = api.Define(&Operations, api.Op[aHandshake, oneHandshake]{
	Route:    api.RPC(version, "AcceptHandshake"),
	Also:     older("AcceptHandshake"),
	Group:    "Handshake",
	Doc:      api.Text{Zh: "接受邀请。", En: "Accepts an invitation."},
	Resource: "handshake/{HandshakeId}",
	Callers:  api.ByMembers,

	In:  (*aHandshake).fields,
	Out: oneHandshakeFields,
	Codes: []*api.Code{noHandshake, directoryGone, handshakeMismatch, joinedElsewhere, accountQuota,
		enterpriseNameMismatch, accountTypeRefused, noAccountRealName, noRealNameAuthentication},

	Do: func(ctx context.Context, s *directory.Session, in *aHandshake) (*oneHandshake, error) {
		return answerHandshake(s.AcceptHandshake(ctx, in.HandshakeID))
	},
})
