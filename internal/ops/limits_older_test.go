package ops_test

// olderArguments are the arguments of calls on DingTalk's older paths and their
// kin.
func olderArguments(op, name, mobile, member string) map[string]any {
	return map[string]map[string]any{
		"dingtalk.oapi.user.create":              {"name": name, "department": []any{2}, "mobile": mobile},
		"dingtalk.oapi.user.update":              {"userid": member},
		"dingtalk.oapi.user.simplelist":          {"department_id": 2},
		"dingtalk.oapi.user.list":                {"department_id": 2},
		"dingtalk.oapi.user.listbypage":          {"department_id": 2, "offset": 0, "size": 10},
		"dingtalk.oapi.user.can_access_microapp": {"appId": 1001},
		"dingtalk.oapi.department.create":        {"name": name, "parentid": 1},
		"dingtalk.oapi.department.update":        {"id": 2},
		"dingtalk.oapi.inactive.user.v2.get":     {"query_date": "20261122", "offset": 0, "size": 10, "is_active": false},
		"dingtalk.oapi.inactive.user.get":        {"query_date": "20261122", "offset": 0, "size": 10},

		"dingtalk.oapi.smartwork.hrm.employee.querydimission": {"offset": 0, "size": 10},
		"dingtalk.oapi.smartwork.hrm.employee.queryonjob":     {"offset": 0, "size": 10, "status_list": "3"},
	}[op]
}
