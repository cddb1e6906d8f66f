package ops_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// base returns the arguments of a call that succeeds, with room for the
// parameter at path: each call has its own number, name and person.
func (p *prober) base(t *testing.T, path string) map[string]any {
	t.Helper()
	name := fmt.Sprintf("lim%c%c", 'a'+p.probes/26, 'a'+p.probes%26)
	mobile := fmt.Sprintf("1360001%04d", p.probes)
	member := fmt.Sprint("m", p.probes%100)
	op := p.op.Name
	switch {
	case strings.HasSuffix(op, ".corp.ext.add"), strings.HasSuffix(op, "extcontact.create"):
		return map[string]any{"contact": map[string]any{"name": name, follower(op): "023420013645", "state_code": "86", "mobile": mobile, "label_ids": []any{1}}}
	case strings.HasSuffix(op, ".ext.update"), strings.HasSuffix(op, "extcontact.update"):
		return map[string]any{"contact": map[string]any{"user_id": "123420013632", "name": name, follower(op): "023420013645", "label_ids": []any{1}}}
	case op == "dingtalk.oapi.v2.user.create":
		return createUser(path, name, mobile)
	case op == "dingtalk.oapi.v2.user.update":
		if path == "loginId" || path == "nickname" || path == "avatarMediaId" {
			return map[string]any{"userid": "org1001", "dept_id_list": []any{2}}
		}
		return map[string]any{"userid": member}
	case strings.HasPrefix(op, "dingtalk.oapi.v2.department.c"):
		return map[string]any{"name": name, "parent_id": 1}
	case strings.HasPrefix(op, "dingtalk.oapi.v2.department.u"):
		return map[string]any{"dept_id": 2}
	}
	if args := olderArguments(op, name, mobile, member); args != nil {
		return args
	}
	if args := limitArguments(op, name, member); args != nil {
		return args
	}
	if strings.Contains(op, "call_back") {
		if strings.Contains(op, "update") {
			p.callAs(t, credential{token: directory.SampleToken}, p.instance.Catalogue.Named("dingtalk.oapi.call_back.register_call_back").Routes[0], p.callBack())
		} else {
			p.callAs(t, credential{token: directory.SampleToken}, p.instance.Catalogue.Named("dingtalk.oapi.call_back.delete_call_back").Routes[0], map[string]any{})
		}
		return p.callBack()
	}
	if op == "DisassociateMembers" {
		for i := range 5 {
			p.callAs(t, credential{key: directory.SampleAccessKey, secret: directory.SampleAccessSecret}, p.instance.Catalogue.Named("AssociateMembers").Routes[0],
				map[string]any{"ContactId": directory.SampleMessageContact, "Members": []any{p.item("Members", i)}})
		}
		return map[string]any{"ContactId": directory.SampleMessageContact}
	}
	return map[string]any{}
}

func (p *prober) callBack() map[string]any {
	return map[string]any{"call_back_tag": []any{"contact_add_org"}, "token": "mingceToken123", "aes_key": strings.Repeat("a", 42) + "E", "url": p.receiver}
}

// limitArguments are the arguments of calls that need few.
func limitArguments(op, name, member string) map[string]any {
	return map[string]map[string]any{
		"dingtalk.oapi.extcontact.list":            {"offset": 0, "size": 20}, // they apply only together
		"dingtalk.oapi.extcontact.listlabelgroups": {"offset": 0, "size": 20},
		"dingtalk.oapi.user.listsimple":            {"dept_id": 2, "cursor": 0, "size": 10},
		"dingtalk.oapi.v2.user.list":               {"dept_id": 2, "cursor": 0, "size": 10},
		"ListEmpLeaveRecords":                      {"startTime": "2026-11-01T00:00:00Z", "maxResults": 10},
		"SearchUser":                               {"queryWord": "王", "offset": 0, "size": 10},
		"SearchDepartment":                         {"queryWord": "部", "offset": 0, "size": 10},
		"TransformToExclusiveAccount":              {"userId": member, "transformType": "migrate", "idpDingTalk": true, "loginId": name, "initPassword": "init_password220"},
		"OpenConnection":                           {"clientId": directory.SampleAppKey, "clientSecret": "sample-app-secret-0001", "subscriptions": []any{map[string]any{"type": "EVENT", "topic": "*"}}},
		"OrgAccountMobileVisibleInOtherOrg":        {"optUserId": "102530009661373952"},
		"AddMessageContact":                        {"Name": name, "EmailAddress": name + "@example.com", "Title": "Other", "MessageTypes": []any{"ServiceMessage"}},
		"UpdateMessageContact":                     {"ContactId": directory.SampleMessageContact},
		"CancelMessageContactUpdate":               {"ContactId": directory.SampleMessageContact},
		"SendEmailVerificationForMessageContact":   {"ContactId": directory.PendingMessageContact},
		"ListMessageContactVerifications":          {"ContactId": directory.PendingMessageContact},
		"AssociateMembers":                         {"ContactId": directory.SampleMessageContact},
		"CreateFolder":                             {"FolderName": name},
		"UpdateFolder":                             {"FolderId": "fd-ZDNPiT1234"},
		"CreateResourceAccount":                    {"DisplayName": name},
		"UpdateAccount":                            {"AccountId": "1997968394351234"},
		"ChangeAccountEmail":                       {"AccountId": "1997968394351234"},
	}[op]
}

func follower(op string) string {
	if strings.Contains(op, ".corp.ext.") {
		return "follower_userid"
	}
	return "follower_user_id"
}

// createUser is for the kind of account that has the parameter.
func createUser(path, name, mobile string) map[string]any {
	switch path {
	case "login_id", "nickname", "avatarMediaId":
		return map[string]any{"name": name, "dept_id_list": []any{2}, "exclusive_account": true, "exclusive_account_type": "dingtalk",
			"login_id": name, "init_password": "init_password220"}
	case "outer_exclusive_corpid", "outer_exclusive_userid":
		return map[string]any{"name": name, "dept_id_list": []any{2}, "outer_exclusive_corpid": longCorp, "outer_exclusive_userid": "far"}
	case "login_email":
		return map[string]any{"name": name, "dept_id_list": []any{2}}
	}
	return map[string]any{"name": name, "dept_id_list": []any{2}, "mobile": mobile}
}
