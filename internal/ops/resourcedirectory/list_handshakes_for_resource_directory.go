package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// ListHandshakesForResourceDirectory lists the invitations that the directory sent, newest first
// (docs/spec/handshakes.md#reading-a-handshake).
var ListHandshakesForResourceDirectory = api.Define(&Operations, api.Op[paging, listedHandshakes]{
	Route:    api.RPC(version, "ListHandshakesForResourceDirectory"),
	Also:     older("ListHandshakesForResourceDirectory"),
	Group:    "Handshake",
	Doc:      api.Text{Zh: "查询资源目录发出的邀请列表。", En: "Lists the invitations of the resource directory."},
	Resource: "handshake/*",
	ReadOnly: true,

	Before: enabled,
	In:     (*paging).fields,
	Out:    (*listedHandshakes).fields,

	Do: func(ctx context.Context, s *directory.Session, in *paging) (*listedHandshakes, error) {
		in.settle()
		hs, total, err := s.DirectoryHandshakes(ctx, in.offset(), in.PageSize)
		return answerHandshakes(*in, hs, total, err)
	},
})
