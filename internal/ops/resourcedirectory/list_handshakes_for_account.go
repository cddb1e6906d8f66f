package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// ListHandshakesForAccount lists the invitations that the caller's account got, newest first
// (docs/spec/handshakes.md#reading-a-handshake).
var ListHandshakesForAccount = api.Define(&Operations, api.Op[paging, listedHandshakes]{
	Route:    api.RPC(version, "ListHandshakesForAccount"),
	Also:     older("ListHandshakesForAccount"),
	Group:    "Handshake",
	Doc:      api.Text{Zh: "查询当前账号收到的邀请列表。", En: "Lists the invitations of the caller's account."},
	Resource: "handshake/*",
	ReadOnly: true,
	Callers:  api.ByMembers,

	In:  (*paging).fields,
	Out: (*listedHandshakes).fields,

	Do: func(ctx context.Context, s *directory.Session, in *paging) (*listedHandshakes, error) {
		in.settle()
		hs, total, err := s.AccountHandshakes(ctx, in.offset(), in.PageSize)
		return answerHandshakes(*in, hs, total, err)
	},
})
