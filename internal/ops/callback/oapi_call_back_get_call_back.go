package callback

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Get returns the app's subscription with its secrets, as the vendor does; only
// the app itself can call it.
var Get = api.Define(&Operations, api.Op[api.None, receiver]{
	Route:      api.OAPI(http.MethodGet, "/call_back/get_call_back"),
	Group:      "Callback",
	Doc:        api.Text{Zh: "查询事件回调地址。", En: "Returns the address that events are pushed to."},
	Permission: permission,
	ReadOnly:   true,
	Out: func(out *receiver) api.Fields {
		return api.Fields{
			api.Strings("call_back_tag", &out.Tags).Example(`["user_add_org","user_modify_org"]`).Describe("订阅的事件类型。", "The events subscribed to."),
			api.String("token", &out.Token).Example("mingceToken123").Describe("签名用的 token。", "Signs what is pushed."),
			api.String("aes_key", &out.AESKey).Example("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFE").Describe("加密用的密钥。", "Key of the encryption."),
			api.String("url", &out.URL).Example("https://example.com/callback").Describe("接收事件的地址。", "Address that receives the events."),
		}
	},
	Codes: []*api.Code{absent},

	Do: func(ctx context.Context, s *directory.Session, _ *api.None) (*receiver, error) {
		r, err := s.Receiver(ctx)
		if err != nil {
			return nil, err
		}
		return &receiver{Tags: r.Tags, Token: string(r.Token.Reveal()), AESKey: string(r.AESKey.Reveal()), URL: r.URL}, nil
	},
})
