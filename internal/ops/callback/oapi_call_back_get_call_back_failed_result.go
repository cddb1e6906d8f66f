package callback

import (
	"context"
	"net/http"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type failedResult struct {
	More   bool
	Failed []failedEvent
}

type failedEvent struct {
	Tag  string
	Time int64
	Data api.Value
}

// FailedResult returns events that the app did not take after three attempts
// (docs/spec/dingtalk.md#failed-list-of-events): at most 200, each once. As
// with the vendor it is a GET that deletes what it returns.
var FailedResult = api.Define(&Operations, api.Op[api.None, failedResult]{
	Route:      api.OAPI(http.MethodGet, "/call_back/get_call_back_failed_result"),
	Group:      "Callback",
	Doc:        api.Textf("获取推送失败的事件，最多 %d 个，每个只出现一次。", "Returns events that could not be pushed: at most %d, each once.", directory.MaxFailedEvents),
	Permission: permission,
	Out: func(out *failedResult) api.Fields {
		return api.Fields{
			api.Bool("has_more", &out.More).Example("false").Describe("是否还有更多。", "Whether there are more."),
			api.Objects("failed_list", &out.Failed, failedEventFields).Varied().Describe("推送失败的事件。", "The events."),
		}
	},
	Codes: []*api.Code{absent},

	Do: func(ctx context.Context, s *directory.Session, _ *api.None) (*failedResult, error) {
		failed, more, err := s.TakeFailedEvents(ctx)
		if err != nil {
			return nil, err
		}
		out := &failedResult{More: more, Failed: make([]failedEvent, len(failed))}
		for i, f := range failed {
			data, err := failedData(f)
			if err != nil {
				return nil, err
			}
			out.Failed[i] = failedEvent{f.Topic, f.BornAt.UnixMilli(), data}
		}
		return out, nil
	},
})

// failedEventFields puts the event's data under the name of the event.
func failedEventFields(e *failedEvent) api.Fields {
	name := e.Tag
	if name == "" {
		name = "user_add_org" // for the reference page
	}
	return api.Fields{
		api.String("call_back_tag", &e.Tag).Example("user_add_org").Describe("事件类型。", "Type of the event."),
		api.Int("event_time", &e.Time).Example("1663143335567").Describe("事件发生的时间，毫秒。", "When it happened, in milliseconds."),
		api.Any(name, &e.Data).Example(`{"corpid":"ding87654321","userid":["023420013645"]}`).
			Describe("事件的数据，以事件类型为名。", "The event's data, under the name of its type."),
	}
}

// failedData writes names in lower case, as this older call does. Inferred: the
// vendor's page shows corpid in this spelling and documents no other member.
func failedData(d directory.Delivery) (api.Value, error) {
	v := api.Value{Kind: api.ObjectValue, Members: []api.Member{{Name: "corpid", Value: api.TextOf(d.Ref.Org)}}}
	if d.Payload == "" {
		return v, nil
	}
	facts, err := api.ParseJSON([]byte(d.Payload))
	if err != nil {
		return v, err
	}
	for _, m := range facts.Members {
		v.Members = append(v.Members, api.Member{Name: strings.ToLower(m.Name), Value: m.Value})
	}
	return v, nil
}
