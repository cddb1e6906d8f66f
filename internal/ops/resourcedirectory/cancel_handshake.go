package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// CancelHandshake withdraws a pending invitation
// (docs/spec/handshakes.md#handshakes).
var CancelHandshake = api.Define(&Operations, api.Op[aHandshake, oneHandshake]{
	Route:    api.RPC(version, "CancelHandshake"),
	Also:     older("CancelHandshake"),
	Group:    "Handshake",
	Doc:      api.Text{Zh: "取消邀请。", En: "Cancels an invitation."},
	Resource: "handshake/{HandshakeId}",

	Before: enabled,
	In:     (*aHandshake).fields,
	Out:    oneHandshakeFields,
	Codes:  []*api.Code{noHandshake, handshakeMismatch},

	Do: func(ctx context.Context, s *directory.Session, in *aHandshake) (*oneHandshake, error) {
		return answerHandshake(s.CancelHandshake(ctx, in.HandshakeID))
	},
})
