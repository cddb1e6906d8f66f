package directory

import (
	"encoding/json"
	"strconv"
)

// RoleEvent is what the events of roles and their groups say besides: the
// vendor calls both labels (docs/spec/dingtalk-roles.md#events-of-roles).
type RoleEvent struct {
	LabelIDs []int64  `json:"labelIdList,omitempty"`
	UserIDs  []string `json:"userIdList,omitempty"`    // RoleMembersChanged
	Action   string   `json:"action,omitempty"`        // RoleMembersChanged: "add" or "remove"
	Scope    string   `json:"scope,omitempty"`         // of the label: "1" is the organisation; not of RoleMembersChanged
	Before   []string `json:"preLabelList,omitempty"`  // RoleRenamed: texts of JSON
	After    []string `json:"postLabelList,omitempty"` // RoleRenamed
}

// organisationScope says that a label is of the whole organisation.
const organisationScope = "1"

// roleEvent enqueues the event of a created, deleted or renamed role or group.
func (s *Session) roleEvent(tx Tx, topic string, id int64, before, after []string) {
	s.organisationEvent(tx, topic, strconv.FormatInt(id, 10),
		OrganisationEvent{RoleEvent: RoleEvent{LabelIDs: []int64{id}, Scope: organisationScope, Before: before, After: after}})
}

// label is a role as the text of JSON that RoleRenamed shows.
func (r Role) label() []string {
	text, err := json.Marshal(struct {
		ID        int64  `json:"id"`
		Name      string `json:"name"`
		Hidden    bool   `json:"hidden"`
		Deleted   bool   `json:"deleted"`
		Color     int64  `json:"color"`
		Level     int64  `json:"level"`
		Scope     int64  `json:"scope"`
		ParentID  int64  `json:"parentId"`
		ExtraInfo string `json:"extraInfo"`
	}{ID: r.ID, Name: r.Name, Scope: 1, ParentID: r.GroupID})
	if err != nil { // texts and numbers only
		panic("event of a role: " + err.Error())
	}
	return []string{string(text)}
}
