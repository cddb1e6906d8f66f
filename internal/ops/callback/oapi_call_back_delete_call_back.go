package callback

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Delete ends the app's subscription over HTTP; pending events are dropped. As
// with the vendor it is a GET.
var Delete = api.Define(&Operations, api.Op[api.None, api.None]{
	Route:      api.OAPI(http.MethodGet, "/call_back/delete_call_back"),
	Group:      "Callback",
	Doc:        api.Text{Zh: "删除事件回调地址。", En: "Deletes the address that events are pushed to."},
	Permission: permission,
	Codes:      []*api.Code{absent},

	Do: func(ctx context.Context, s *directory.Session, _ *api.None) (*api.None, error) {
		return nil, s.DeleteReceiver(ctx)
	},
})
