package callback

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Update replaces the app's subscription over HTTP, after the same check as
// Register.
var Update = api.Define(&Operations, api.Op[receiver, api.None]{
	Route:      api.OAPI(http.MethodPost, "/call_back/update_call_back"),
	Group:      "Callback",
	Doc:        api.Text{Zh: "更新事件回调地址。", En: "Changes the address that events are pushed to."},
	Permission: permission,
	In:         receiverFields,
	Codes:      []*api.Code{absent, badURL, forbidden, unreachable, wrongAnswer},

	Do: func(ctx context.Context, s *directory.Session, in *receiver) (*api.None, error) {
		return nil, s.UpdateReceiver(ctx, in.subscription())
	},
})
