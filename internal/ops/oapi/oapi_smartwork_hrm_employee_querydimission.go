package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// SmartworkHrmEmployeeQuerydimission lists the people who left
// (docs/spec/dingtalk-older-paths.md#people-who-left-and-people-at-work).
var SmartworkHrmEmployeeQuerydimission = api.Define(&Operations, api.Op[userIDPage, userIDList]{
	Route:      api.OAPI("", "/topapi/smartwork/hrm/employee/querydimission"),
	Group:      userGroup,
	Doc:        api.Text{Zh: "查询离职员工列表。", En: "Lists the people who left."},
	Permission: permissionHRM,
	ReadOnly:   true,

	In:    func(p *userIDPage) api.Fields { return userIDPageFields(p, hrmSize, wrongParameter, wrongParameter) },
	Out:   hrmFields,
	Codes: []*api.Code{busy},

	Do: func(ctx context.Context, s *directory.Session, p *userIDPage) (*userIDList, error) {
		ids, next, err := s.LeftEmployees(ctx, p.Offset, p.Size)
		return newUserIDList(ids, next), err
	},
})
