package contact

import (
	"context"
	"net/http"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type listEmpLeaveRecords struct {
	StartTime, EndTime, NextToken string
	MaxResults                    int64

	start, end time.Time
}

type leaveRecord struct{ UserID, Name, StateCode, Mobile, LeaveTime, LeaveReason string }

type leaveRecords struct {
	NextToken string
	Records   []leaveRecord
}

// The vendor's text has a placeholder for the parameter, whose name is on the
// error page.
var (
	leaveParam = &api.Code{HTTP: http.StatusBadRequest, Code: "invalidParameter.param.invalid", Msg: "入参错误",
		Why: api.Textf("startTime 缺失、时间不是 2020-07-10T00:00:00Z 的格式、跨度超过 %d 天，或 maxResults 不在 1 至 %d 之间。",
			"startTime is missing, a time is not written like 2020-07-10T00:00:00Z, the span is more than %d days, or maxResults is not 1 to %d.", mostDays, mostLeft),
		Fix: api.Text{Zh: "更正时间范围和每页条数。", En: "Correct the times and the size of a page."}}
	leaveToken = &api.Code{HTTP: http.StatusBadRequest, Code: "invalidParameter.param.invalid", Msg: "入参错误", Cause: directory.ErrLeaveCursor,
		Why: api.Text{Zh: "nextToken 不是上一次调用返回的值。", En: "nextToken is not what the call before returned."},
		Fix: api.Text{Zh: "首次查询传 0，之后原样传回 nextToken。", En: "Send 0 at first, then nextToken as it was returned."}}
	leaveBusy = &api.Code{HTTP: http.StatusInternalServerError, Code: "system.error", Msg: "系统错误", Cause: directory.ErrBusy,
		Why: systemBusy.Why, Fix: systemBusy.Fix}
)

// Limits of one list.
const (
	mostDays = 365 // between its times
	mostLeft = 50
)

var leaveTime = api.Text{Zh: "形如 2020-07-10T00:00:00Z 的时间", En: "a time like 2020-07-10T00:00:00Z"}

// ListEmpLeaveRecords lists the people who left the organisation
// (docs/spec/org-accounts.md#leave-records).
var ListEmpLeaveRecords = api.Define(&Operations, api.Op[listEmpLeaveRecords, leaveRecords]{
	Route:      api.REST("ListEmpLeaveRecords", http.MethodGet, "/v1.0/contact/empLeaveRecords"),
	Group:      "User",
	Doc:        api.Text{Zh: "查询离职记录。", En: "Lists the people who left the organisation."},
	Permission: "Contact.Common.Read",
	ReadOnly:   true,

	In: func(in *listEmpLeaveRecords) api.Fields {
		return api.Fields{
			api.String("startTime", &in.StartTime).Required(leaveParam).Invalid(leaveParam).Example("2026-10-01T00:00:00Z").
				Check(leaveParam, leaveTime, func() bool { return readTime(in.StartTime, &in.start) }).
				Describe("开始时间。", "Beginning."),
			api.String("endTime", &in.EndTime).Invalid(leaveParam).Example("2026-11-30T00:00:00Z").
				Check(leaveParam, leaveTime, func() bool { return readTime(in.EndTime, &in.end) }).
				Describef("结束时间；不传表示现在。跨度不超过 %d 天。", "End; absent means now. At most %d days later.", mostDays),
			api.String("nextToken", &in.NextToken).Invalid(leaveParam).Example("0").
				Describe("首次传 0，之后传上次返回的 nextToken。", "0 at first, then the value that the previous call returned."),
			api.Int("maxResults", &in.MaxResults).Required(leaveParam).Invalid(leaveParam).Range(1, mostLeft, leaveParam).Example("10").
				Describef("每页条数，至多 %d。", "Size of a page, at most %d.", mostLeft),
		}
	},
	Out: func(out *leaveRecords) api.Fields {
		return api.Fields{
			api.String("nextToken", &out.NextToken).OmitEmpty().Example("1790000000000.a8Kq").
				Describe("下一页的 nextToken；没有下一页时不返回。", "For the next page; absent when there is none."),
			api.Objects("records", &out.Records, leaveRecordFields).Describe("离职记录。", "The people who left."),
		}
	},
	Codes: []*api.Code{leaveParam, leaveToken, leaveBusy},

	Do: func(ctx context.Context, s *directory.Session, in *listEmpLeaveRecords) (*leaveRecords, error) {
		if in.EndTime == "" {
			in.end = s.Now()
		}
		if in.end.Sub(in.start) > mostDays*24*time.Hour {
			return nil, &api.ArgumentError{Parameter: "startTime", Rule: api.Textf("距结束时间最多 %d 天", "at most %d days before the end", mostDays), Code: leaveParam}
		}
		records, next, err := s.LeaveRecords(ctx, in.start, in.end, in.NextToken, in.MaxResults)
		out := &leaveRecords{NextToken: next, Records: make([]leaveRecord, len(records))}
		for i, r := range records {
			l := leaveRecord{UserID: r.UserID, Name: r.Name, LeaveTime: r.LeftAt.UTC().Format(time.RFC3339), LeaveReason: r.Reason}
			l.StateCode, l.Mobile = splitMobile(r.Mobile)
			out.Records[i] = l
		}
		return out, err
	},
})

// readTime parses ISO 8601 with any zone.
func readTime(text string, t *time.Time) bool {
	parsed, err := time.Parse(time.RFC3339, text)
	if err != nil || parsed.Year() < 1970 {
		return false
	}
	*t = parsed
	return true
}

func leaveRecordFields(r *leaveRecord) api.Fields {
	return api.Fields{
		api.String("userId", &r.UserID).Example("023420013645").Describe("员工的 userId。", "User id."),
		api.String("name", &r.Name).Example("王芳").Describe("姓名。", "Name."),
		api.String("stateCode", &r.StateCode).OmitEmpty().Example("86").Describe("手机号的国家码。", "Country code of the mobile."),
		api.String("mobile", &r.Mobile).OmitEmpty().Personal().Example("13800001001").
			Describe("手机号；需要字段权限。", "Mobile; needs the field permission."),
		api.String("leaveTime", &r.LeaveTime).Example("2026-11-22T10:00:00Z").Describe("离职时间。", "When."),
		api.String("leaveReason", &r.LeaveReason).Example("oapi").
			Describe("oapi 调用接口删除，delete 管理员删除。", "oapi: an app deleted the employee; delete: an administrator did."),
	}
}
