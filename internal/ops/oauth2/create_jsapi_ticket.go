package oauth2

import (
	"net/http"

	"github.com/mingce/mingce/internal/api"
)

// CreateJsapiTicket is GetJsapiTicket on the newer gateway
// (docs/spec/dingtalk-login.md#tickets-for-pages).
var CreateJsapiTicket = api.Define(&Operations, api.Op[struct{}, ticket]{
	Route: api.REST("CreateJsapiTicket", http.MethodPost, "/v1.0/oauth2/jsapiTickets"),
	Group: "Ticket",
	Doc:   api.Text{Zh: "获取 jsapiTicket。", En: "Gets the ticket with which pages sign."},

	Out: func(t *ticket) api.Fields {
		return api.Fields{
			api.String("jsapiTicket", &t.Ticket).Example("dsf8sdf87sd7f87sd8v8ds0vs09dvu09sd8vy87dsv87").Describe("签名所用的票据。", "The ticket to sign with."),
			api.Int("expireIn", &t.ExpireIn).Example("7200").Describe("有效期，秒。", "Lifetime in seconds."),
		}
	},
	Codes: []*api.Code{tokenBusy},

	Do: jsTicket,
})
