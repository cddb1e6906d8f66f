package directory

import "slices"

// EventTopics are the events that apps may subscribe to: those of the
// organisation's directory and of external contacts, and those of the older
// interface's list that do not occur here ([ev0232]; dingtalk-org-accounts E1).
// It is not to be changed.
var EventTopics = []string{
	EmployeeAdded, EmployeeChanged, EmployeeLeft, "user_active_org",
	AdministratorMade, AdministratorEnded, DepartmentCreated, DepartmentChanged, DepartmentRemoved, "org_change", "org_remove",
	"label_user_change", "label_conf_add", "label_conf_del", "label_conf_modify",
	ContactAdded, ContactChanged, ContactLeft,
	"chat_add_member", "chat_remove_member", "chat_quit", "chat_update_owner", "chat_update_title", "chat_disband", "chat_disband_microapp",
	"check_in", "bpms_task_change", "bpms_instance_change",
	"attendance_check_record", "attendance_schedule_change", "attendance_overtime_duration", "meetingroom_book", "meetingroom_room_info",
}

// KnownTopics returns those of the names that are among EventTopics, or
// AllEvents, each once and in one order. A client may ask for any event of the
// vendor's; what cannot occur here need not be kept.
func KnownTopics(names []string) []string {
	asked := make(map[string]bool, len(names))
	for _, name := range names {
		asked[name] = true
	}
	known := []string{}
	for _, topic := range append([]string{AllEvents}, EventTopics...) {
		if asked[topic] {
			known = append(known, topic)
		}
	}
	slices.Sort(known)
	return known
}
