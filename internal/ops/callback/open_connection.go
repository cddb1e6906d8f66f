package callback

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type openConnection struct {
	ClientID      string
	ClientSecret  string
	Subscriptions []topic
	UserAgent     string
	LocalIP       string
	Extras        api.Value
}

type topic struct{ Type, Topic string }

type connection struct{ Endpoint, Ticket string }

const (
	maxTopics   = 100
	maxTopic    = 128
	connectPath = "/connect"
	eventType   = "EVENT"
)

// OpenConnection gives an app a ticket for a connection of Stream mode
// (docs/spec/dingtalk.md#opening-of-a-stream). The client appends "?ticket="
// and the ticket to the endpoint without encoding.
var OpenConnection = api.Define(&Operations, api.Op[openConnection, connection]{
	Route: api.REST("OpenConnection", http.MethodPost, "/v1.0/gateway/connections/open"),
	Group: "Stream",
	Doc:   api.Text{Zh: "申请 Stream 模式的连接地址和凭证。", En: "Returns the address and a ticket for a connection of Stream mode."},
	Auth:  api.NeedsNothing,
	// The app named in the call must have it; Do checks this.
	Permission: permission,

	In: func(in *openConnection) api.Fields {
		return api.Fields{
			api.String("clientId", &in.ClientID).Required(authFailed).Invalid(authFailed).Example("dingsampleappkey01").
				Describe("应用的 appKey（clientId）。", "The app's appKey (clientId)."),
			api.String("clientSecret", &in.ClientSecret).Required(authFailed).Invalid(authFailed).Example("sample-app-secret-0001").
				Describe("应用的 appSecret（clientSecret）。", "The app's appSecret (clientSecret)."),
			api.Objects("subscriptions", &in.Subscriptions, topicFields).Required(invalidParam).Invalid(invalidParam).MaxItems(maxTopics, invalidParam).
				Describe("要接收的推送。", "What the connection subscribes to."),
			api.String("ua", &in.UserAgent).Invalid(invalidParam).Example("dingtalk-sdk-go/v0.9.1").Describe("客户端名称和版本。", "Name and version of the client."),
			api.String("localIp", &in.LocalIP).Invalid(invalidParam).Describe("客户端的本机地址。", "Address of the client's machine."),
			api.Any("extras", &in.Extras).Describe("客户端的附加信息，不使用。", "More about the client; not used."),
		}
	},
	Out: func(out *connection) api.Fields {
		return api.Fields{
			api.String("endpoint", &out.Endpoint).Example("wss://example.com/connect").Describe("WebSocket 地址。", "Address of the WebSocket."),
			api.String("ticket", &out.Ticket).Describe("凭证，90 秒内使用一次。", "The ticket; valid once and for 90 seconds."),
		}
	},
	Codes: []*api.Code{authFailed, wrongAddress, invalidParam},

	Do: func(ctx context.Context, s *directory.Session, in *openConnection) (*connection, error) {
		var events []string
		for _, t := range in.Subscriptions {
			if t.Type == eventType {
				events = append(events, t.Topic)
			}
		}
		ticket, err := s.OpenStream(ctx, in.ClientID, in.ClientSecret, api.Client(ctx), events)
		if err != nil {
			return nil, err
		}
		endpoint, err := endpointOf(api.Origin(ctx))
		return &connection{endpoint, ticket}, err
	},
})

// endpointOf returns the WebSocket's address under an address of this server.
// As with the vendor it always has the port: one of the official clients has no
// default.
func endpointOf(origin string) (string, error) {
	u, err := url.Parse(origin)
	if err != nil {
		return "", err
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443"}[u.Scheme]
		u.Host = net.JoinHostPort(u.Hostname(), cmp.Or(port, "80"))
	}
	u.Scheme = map[string]string{"https": "wss"}[u.Scheme]
	return cmp.Or(u.Scheme, "ws") + "://" + u.Host + strings.TrimSuffix(u.EscapedPath(), "/") + connectPath, nil
}

// isTopic reports whether a text has the form of the vendor's topics:
// user_add_org, /v1.0/im/bot/messages/get, *.
func isTopic(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune("_-.:/*", r)
	}) < 0
}

func topicFields(t *topic) api.Fields {
	return api.Fields{
		api.String("type", &t.Type).Required(invalidParam).Invalid(invalidParam).OneOf(invalidParam, "SYSTEM", eventType, "CALLBACK").Example("EVENT").
			Describe("SYSTEM、EVENT 或 CALLBACK；本服务只推送 EVENT。", "SYSTEM, EVENT or CALLBACK; only EVENT occurs here."),
		api.String("topic", &t.Topic).Required(invalidParam).Invalid(invalidParam).Runes(1, maxTopic, invalidParam).Example("*").
			Check(invalidParam, api.Text{Zh: "只能含字母、数字和 _ - . : / *", En: "must be letters, digits and _ - . : / *"}, func() bool { return isTopic(t.Topic) }).
			Describe("事件类型，* 表示全部。", "Type of the event; * means all."),
	}
}
