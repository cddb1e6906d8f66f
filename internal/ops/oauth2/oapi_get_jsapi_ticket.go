package oauth2

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type ticket struct {
	Ticket   string
	ExpireIn int64
}

// GetJsapiTicket gives an app the ticket with which its pages sign calls of the
// client: the same one within its lifetime, which restarts
// (docs/spec/dingtalk-login.md#tickets-for-pages).
var GetJsapiTicket = api.Define(&Operations, api.Op[struct{}, ticket]{
	Route:    api.OAPI("", "/get_jsapi_ticket"),
	Group:    "Ticket",
	Doc:      api.Text{Zh: "获取 jsapi_ticket（旧版）。", En: "Gets the ticket with which pages sign (older call)."},
	ReadOnly: true,

	Out: func(t *ticket) api.Fields {
		return api.Fields{
			api.String("ticket", &t.Ticket).Example("dsf8sdf87sd7f87sd8v8ds0vs09dvu09sd8vy87dsv87").Describe("签名所用的票据。", "The ticket to sign with."),
			api.Int("expires_in", &t.ExpireIn).Example("7200").Describe("有效期，秒。", "Lifetime in seconds."),
		}
	},

	Do: jsTicket,
})

func jsTicket(ctx context.Context, s *directory.Session, _ *struct{}) (*ticket, error) {
	text, err := s.JSTicket(ctx)
	return &ticket{text, lifetime}, err
}
