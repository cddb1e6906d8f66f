package callback

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Register subscribes the app to events over HTTP. It sends check_url first and
// succeeds only after the proper answer
// (docs/spec/dingtalk.md#check-of-a-callback-address).
var Register = api.Define(&Operations, api.Op[receiver, api.None]{
	Route:      api.OAPI(http.MethodPost, "/call_back/register_call_back"),
	Group:      "Callback",
	Doc:        api.Text{Zh: "注册事件回调地址。", En: "Registers the address that events are pushed to."},
	Permission: permission,
	In:         receiverFields,
	Codes:      []*api.Code{exists, badURL, forbidden, unreachable, wrongAnswer},

	Do: func(ctx context.Context, s *directory.Session, in *receiver) (*api.None, error) {
		return nil, s.RegisterReceiver(ctx, in.subscription())
	},
})
