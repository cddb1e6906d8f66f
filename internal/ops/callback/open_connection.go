package callback

import (
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

// OpenConnection is how an app asks for a connection of Stream mode
// (dingtalk-org-accounts E4). The client puts "?ticket=" and the ticket behind
// the endpoint as they are.
var OpenConnection = define(api.Op[openConnection, connection]{
	Route: api.REST("OpenConnection", http.MethodPost, "/v1.0/gateway/connections/open"),
	Group: "Stream",
	Doc:   api.Text{Zh: "申请 Stream 模式的连接地址和凭证。", En: "Returns the address and a ticket for a connection of Stream mode."},
	Auth:  api.NeedsNothing,

	In: func(in *openConnection) api.Fields {
		return api.Fields{
			api.String("clientId", &in.ClientID).Required(authFailed).Invalid(authFailed).Example("dingsampleappkey01").
				Describe("应用的 appKey（clientId）。", "The app's appKey (clientId)."),
			api.String("clientSecret", &in.ClientSecret).Required(authFailed).Invalid(authFailed).Example("sample-app-secret-0001").
				Describe("应用的 appSecret（clientSecret）。", "The app's appSecret (clientSecret)."),
			api.Objects("subscriptions", &in.Subscriptions, topicFields).Required(invalidParam).Invalid(invalidParam).MaxItems(maxTopics, invalidParam).
				Describe("要接收的推送。", "What is to be sent over the connection."),
			api.String("ua", &in.UserAgent).Invalid(invalidParam).Example("dingtalk-sdk-go/v0.9.1").Describe("客户端名称和版本。", "Name and version of the client."),
			api.String("localIp", &in.LocalIP).Invalid(invalidParam).Describe("客户端的本机地址。", "Address of the client's machine."),
			api.Any("extras", &in.Extras).Describe("客户端的附加信息，不使用。", "More about the client; not used."),
		}
	},
	Out: func(out *connection) api.Fields {
		return api.Fields{
			api.String("endpoint", &out.Endpoint).Example("wss://example.com/connect").Describe("WebSocket 地址。", "Address of the WebSocket."),
			api.String("ticket", &out.Ticket).Describe("凭证，90 秒内使用一次。", "The ticket; good once and for 90 seconds."),
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
		return &connection{endpoint(api.Origin(ctx)), ticket}, nil
	},
})

// endpoint is where the WebSocket is reached. It always names the port, as the
// vendor's does: the Java client cannot do without.
func endpoint(origin string) string {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return "ws" + strings.TrimPrefix(origin, "http") + connectPath
	}
	port := "80"
	if u.Scheme == "https" {
		port = "443"
	}
	if u.Port() == "" {
		u.Host = net.JoinHostPort(u.Hostname(), port)
	}
	u.Scheme = "ws" + strings.TrimPrefix(u.Scheme, "http")
	return u.JoinPath(connectPath).String()
}

func topicFields(t *topic) api.Fields {
	return api.Fields{
		api.String("type", &t.Type).Required(invalidParam).Invalid(invalidParam).OneOf(invalidParam, "SYSTEM", eventType, "CALLBACK").Example("EVENT").
			Describe("SYSTEM、EVENT 或 CALLBACK；本服务只推送 EVENT。", "SYSTEM, EVENT or CALLBACK; only EVENT occurs here."),
		api.String("topic", &t.Topic).Required(invalidParam).Invalid(invalidParam).Runes(1, maxTopic, invalidParam).Example("*").
			Describe("事件类型，* 表示全部。", "Type of the event; * is every one."),
	}
}
