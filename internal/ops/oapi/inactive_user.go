package oapi

import (
	"context"
	"strconv"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// loginDay asks who did or did not log in on a day
// (docs/spec/dingtalk-older-paths.md#people-who-did-not-log-in).
type loginDay struct {
	userIDPage
	Day     string
	Active  bool
	DeptIDs []int64

	session *directory.Session
}

// SetSession implements [api.SessionAware].
func (p *loginDay) SetSession(s *directory.Session) { p.session = s }

// maxInactive is the largest page.
const maxInactive = 100

func loginDayFields(p *loginDay) api.Fields {
	return append(api.Fields{
		api.String("query_date", &p.Day).Required(wrongParameter).Invalid(wrongParameter).Example("20261122").
			Check(wrongParameter, api.Textf("须为最近 %d 天内的日期，形如 20261122", "must be one of the last %d days, like 20261122", directory.LoginDays),
				func() bool { return p.session.IsLoginDay(p.Day) }).
			Describef("查询日期 yyyyMMdd，最近 %d 天内。", "The day, yyyyMMdd, one of the last %d.", directory.LoginDays),
	}, userIDPageFields(&p.userIDPage, maxInactive, wrongOffset, wrongSize)...)
}

func inactiveFields(out *userIDList) api.Fields {
	return api.Fields{api.Object("result", out, func(out *userIDList) api.Fields {
		return append(pageFields(&out.More, &out.Next), api.Strings("list", &out.IDs).Example(`["023420013644"]`).Describe("员工的 userid。", "User ids."))
	})}
}

func usersByLogin(ctx context.Context, s *directory.Session, p *loginDay) (*userIDList, error) {
	day, err := strconv.ParseInt(p.Day, 10, 64)
	if err != nil {
		return nil, err
	}
	ids, next, err := s.UsersByLogin(ctx, directory.LoginDayPage{Day: day, Active: p.Active, DeptIDs: p.DeptIDs, Skip: p.Offset, Size: p.Size})
	return newUserIDList(ids, next), err
}
