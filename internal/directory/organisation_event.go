package directory

import "encoding/json"

// Events of an organisation's directory, by the vendor's names
// (docs/spec/dingtalk.md#event-topics).
const (
	EmployeeAdded        = "user_add_org"
	EmployeeChanged      = "user_modify_org"
	EmployeeLeft         = "user_leave_org"
	DepartmentCreated    = "org_dept_create"
	DepartmentChanged    = "org_dept_modify"
	DepartmentRemoved    = "org_dept_remove"
	AdministratorAdded   = "org_admin_add"
	AdministratorRemoved = "org_admin_remove"
	RoleMembersChanged   = "label_user_change"
	RoleCreated          = "label_conf_add"
	RoleDeleted          = "label_conf_del"
	RoleRenamed          = "label_conf_modify"
)

// OrganisationEvent is the payload of these events: the facts, which delivery
// converts to the vendor's format
// (docs/spec/dingtalk.md#facts-of-organisation-events).
type OrganisationEvent struct {
	UserIDs []string       `json:"userId,omitempty"`
	DeptIDs []int64        `json:"deptId,omitempty"`
	Diff    []EmployeeDiff `json:"diffInfo,omitempty"` // EmployeeChanged
	RoleEvent
	OptStaffID string `json:"optStaffId,omitempty"` // the person who made the change; "" for an app
}

// EmployeeDiff is the change of an employee.
type EmployeeDiff struct {
	Prev   Record `json:"prev"`
	Curr   Record `json:"curr"`
	UserID string `json:"userid"`
}

// organisationEvent enqueues the event of a change in the change's own
// transaction.
func (s *Session) organisationEvent(tx Tx, topic, object string, e OrganisationEvent) {
	if s.caller.Kind == UserCaller {
		e.OptStaffID = s.caller.ID
	}
	payload, err := json.Marshal(e)
	if err != nil { // texts, numbers and lists of them only
		panic("organisation event: " + err.Error())
	}
	tx.Outbox().Enqueue(OutboxItem{
		ID: s.dir.ids.Base62(22), Org: s.org, Kind: EventKind, Topic: topic, Object: object, Payload: string(payload), CreatedAt: s.now,
	})
}

// eventFields are the fields of an employee that EmployeeChanged reports, under
// the event's names.
func (e Employee) eventFields() Record {
	r := Record{
		"name": e.Name, "telephone": e.Private.Telephone, "email": e.Private.Email, "jobNumber": e.Profile.JobNumber,
		"workPlace": e.Private.WorkPlace, "remark": e.Private.Remark, "managerUserid": e.ManagerID, "extFields": e.Private.Extension,
	}
	if e.Profile.HiredDate != 0 {
		r["hiredDate"] = e.Profile.HiredDate
	}
	return r
}
