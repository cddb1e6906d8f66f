package directory

import (
	"slices"
	"strings"
)

// EventTopics are the events that may be subscribed to: the ones this server
// sends, and the others the vendor lists, which never occur here but which
// programs may subscribe to.
var EventTopics = []string{
	EmployeeAdded, EmployeeChanged, EmployeeLeft, "user_active_org",
	AdministratorAdded, AdministratorRemoved, DepartmentCreated, DepartmentChanged, DepartmentRemoved, "org_change", "org_remove",
	RoleMembersChanged, RoleCreated, RoleDeleted, RoleRenamed,
	ContactAdded, ContactChanged, ContactLeft,
	"chat_add_member", "chat_remove_member", "chat_quit", "chat_update_owner", "chat_update_title", "chat_disband", "chat_disband_microapp",
	"check_in", "bpms_task_change", "bpms_instance_change",
	"attendance_check_record", "attendance_schedule_change", "attendance_overtime_duration", "meetingroom_book", "meetingroom_room_info",
}

// events returns the known event topics among tags, sorted and without
// duplicates. So a subscription cannot grow beyond EventTopics.
func events(tags []string) (list []string) {
	if slices.Contains(tags, AllEvents) {
		return []string{AllEvents}
	}
	for _, topic := range EventTopics {
		if slices.Contains(tags, topic) {
			list = append(list, topic)
		}
	}
	return list
}

// eventPermission is the permission an app needs to receive an event: the one
// it needs to read the same data
// (docs/spec/dingtalk.md#permission-to-receive-an-event).
func eventPermission(topic string) string {
	switch {
	case strings.HasPrefix(topic, "contact_"):
		return "qyapi_ext_read"
	case strings.HasPrefix(topic, "user_"), strings.HasPrefix(topic, "org_admin_"):
		return "qyapi_get_member"
	case strings.HasPrefix(topic, "org_dept_"), strings.HasPrefix(topic, "label_"):
		return "qyapi_get_department_list"
	}
	return ""
}
