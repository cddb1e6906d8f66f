package oapi

import (
	"context"
	"slices"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type peopleAtWork struct {
	userIDPage
	Statuses []int64
}

// atWork is the status of every employee: in a regular job.
const atWork = 3

// SmartworkHrmEmployeeQueryonjob lists the people at work
// (docs/spec/dingtalk-older-paths.md#people-who-left-and-people-at-work).
var SmartworkHrmEmployeeQueryonjob = api.Define(&Operations, api.Op[peopleAtWork, userIDList]{
	Route:      api.OAPI("", "/topapi/smartwork/hrm/employee/queryonjob"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "查询在职员工列表。", En: "Lists the people at work."},
	Permission: permissionHRM,
	ReadOnly:   true,

	In: func(p *peopleAtWork) api.Fields {
		return append(api.Fields{
			api.Ints("status_list", &p.Statuses).Required(wrongParameter).Invalid(wrongParameter).Example("[2,3,5,-1]").
				Describe("员工状态：2 试用期，3 正式，5 待离职，-1 无状态；本服务的员工都是 3。", "Statuses: 2 on probation, 3 regular, 5 about to leave, -1 none; everybody here is 3."),
		}, userIDPageFields(&p.userIDPage, hrmSize, wrongParameter, wrongParameter)...)
	},
	Out:   hrmFields,
	Codes: []*api.Code{busy},

	Do: func(ctx context.Context, s *directory.Session, p *peopleAtWork) (*userIDList, error) {
		if !slices.Contains(p.Statuses, atWork) {
			return newUserIDList(nil, 0), nil
		}
		ids, next, err := s.EmployeeIDs(ctx, p.Offset, p.Size)
		return newUserIDList(ids, next), err
	},
})
