package resourcedirectory

import (
	"context"
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type listDelegatedServices struct {
	AccountID  string
	MaxResults *int64
	NextToken  string
	after      *directory.Delegation
}

type listedDelegatedServices struct {
	DelegatedServices delegatedServices
	MaxResults        *int64
	NextToken         string
}

type delegatedServices struct{ DelegatedService []delegation }

// ListDelegatedServicesForAccount lists the services that a member administers,
// newest first: all of them, or by tokens
// (docs/spec/handshakes.md#lists-of-delegations).
var ListDelegatedServicesForAccount = api.Define(&Operations, api.Op[listDelegatedServices, listedDelegatedServices]{
	Route:    api.RPC(version, "ListDelegatedServicesForAccount"),
	Also:     older("ListDelegatedServicesForAccount"),
	Group:    "DelegatedAdministrator",
	Doc:      api.Text{Zh: "查询成员作为委派管理员的可信服务。", En: "Lists the services of which a member is a delegated administrator."},
	ReadOnly: true,
	Callers:  api.ByDelegatedItself,

	Before: enabled,
	In: func(in *listDelegatedServices) api.Fields {
		return api.Fields{
			accountIDField(&in.AccountID),
			api.OptInt("MaxResults", &in.MaxResults).Invalid(maxResultsInvalid).Range(1, maxPageSize, maxResultsInvalid).
				Example("10").Describef("每页条数，1 至 %d；不填则返回全部，若有 NextToken 则为 %d。", "Entries of a page, 1 to %d; all by default, or %d with NextToken.", maxPageSize, defaultPageSize),
			api.String("NextToken", &in.NextToken).Invalid(nextTokenInvalid).
				Check(nextTokenInvalid, api.Text{Zh: "上一页返回的令牌", En: "a token that a page before answered"}, in.readToken).
				Example("").Describe("上一页返回的 NextToken。", "NextToken of the previous page."),
		}
	},
	Out: func(out *listedDelegatedServices) api.Fields {
		return api.Fields{
			api.Object("DelegatedServices", &out.DelegatedServices, func(l *delegatedServices) api.Fields {
				return api.Fields{api.Objects("DelegatedService", &l.DelegatedService, func(d *delegation) api.Fields {
					return append(delegatedServiceFields(d), api.String("Status", &d.Status).Example("ENABLED").Describe("状态，总是 ENABLED。", "Status, always ENABLED."))
				}).Describe("可信服务。", "The services.")}
			}).Describe("可信服务列表。", "The services."),
			api.OptInt("MaxResults", &out.MaxResults).Example("10").Describe("每页条数；不翻页时不返回。", "Entries of a page; absent if all were asked for."),
			api.String("NextToken", &out.NextToken).OmitEmpty().Describe("下一页的 Token；没有下一页时不返回。", "Token of the next page; absent on the last one."),
		}
	},
	Codes: []*api.Code{noAccount},

	Do: func(ctx context.Context, s *directory.Session, in *listDelegatedServices) (*listedDelegatedServices, error) {
		out := &listedDelegatedServices{MaxResults: in.MaxResults}
		if out.MaxResults == nil && in.NextToken != "" {
			size := int64(defaultPageSize)
			out.MaxResults = &size
		}
		most := int64(math.MaxInt32)
		if out.MaxResults != nil {
			most = *out.MaxResults
		}
		ds, _, err := s.Delegations(ctx, directory.DelegationFilter{AccountID: in.AccountID, Limit: most + 1, After: in.after})
		if err != nil {
			return nil, err
		}
		if int64(len(ds)) > most {
			ds = ds[:most]
			last := ds[most-1]
			out.NextToken = base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(last.EnabledAt.UnixMilli(), 10) + "." + last.Service))
		}
		out.DelegatedServices.DelegatedService = answeredDelegations(ds)
		return out, nil
	},
})

func (in *listDelegatedServices) readToken() bool {
	if in.NextToken == "" {
		return true
	}
	text, err := base64.RawURLEncoding.DecodeString(in.NextToken)
	at, service, ok := strings.Cut(string(text), ".")
	ms, parsed := strconv.ParseInt(at, 10, 64)
	if err != nil || parsed != nil || !ok || !directory.IsServicePrincipal(service) {
		return false
	}
	in.after = &directory.Delegation{AccountID: in.AccountID, Service: service, EnabledAt: time.UnixMilli(ms)}
	return true
}
