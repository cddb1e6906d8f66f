package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// DeclineHandshake refuses an invitation of the caller's account
// (docs/spec/handshakes.md#handshakes).
var DeclineHandshake = api.Define(&Operations, api.Op[aHandshake, oneHandshake]{
	Route:    api.RPC(version, "DeclineHandshake"),
	Also:     older("DeclineHandshake"),
	Group:    "Handshake",
	Doc:      api.Text{Zh: "拒绝邀请。", En: "Declines an invitation."},
	Resource: "handshake/{HandshakeId}",
	Callers:  api.ByMembers,

	In:    (*aHandshake).fields,
	Out:   oneHandshakeFields,
	Codes: []*api.Code{noHandshake, handshakeMismatch},

	Do: func(ctx context.Context, s *directory.Session, in *aHandshake) (*oneHandshake, error) {
		return answerHandshake(s.DeclineHandshake(ctx, in.HandshakeID))
	},
})
