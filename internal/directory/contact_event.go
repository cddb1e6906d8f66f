package directory

import "encoding/json"

// EventKind is the kind of outbox items that are events for subscribers.
const EventKind = "event"

// Events of external contacts, by the vendor's names
// (docs/spec/external-contacts.md#names-of-contact-events).
const (
	ContactAdded   = "contact_add_org"
	ContactChanged = "contact_modify_org"
	ContactLeft    = "contact_leave_org"
)

// contactEventData is the payload of an event: the state after the change. The
// keys are camelCase here and snake_case in the API, and title and remark are
// "" when unset (docs/spec/external-contacts.md#data-of-a-contact-event).
type contactEventData struct {
	UserID         string   `json:"userId"`
	Name           string   `json:"name"`
	Mobile         string   `json:"mobile"`
	StateCode      string   `json:"stateCode"`
	FollowerUserID string   `json:"followerUserId"`
	LabelIDs       []int64  `json:"labelIds"`
	ShareDeptIDs   []int64  `json:"shareDeptIds"`
	ShareUserIDs   []string `json:"shareUserIds"`
	CompanyName    *string  `json:"companyName,omitempty"`
	Title          string   `json:"title"`
	Remark         string   `json:"remark"`
	ErrCode        int64    `json:"errcode"`
	ErrMsg         string   `json:"errmsg"`
}

// contactEvent enqueues the event of a change in the change's own transaction.
func (s *Session) contactEvent(tx Tx, topic string, c Contact) {
	if tx.Outbox().NoSubscriptions() {
		return
	}
	var data any = struct {
		UserID string `json:"userId"`
	}{c.ID}
	if topic != ContactLeft {
		data = contactEventData{
			UserID: c.ID, Name: c.Name, Mobile: c.Mobile, StateCode: c.StateCode, FollowerUserID: c.FollowerID,
			LabelIDs: listed(c.LabelIDs), ShareDeptIDs: listed(c.ShareDeptIDs), ShareUserIDs: listed(c.ShareUserIDs),
			CompanyName: c.CompanyName, Title: orBlank(c.Title), Remark: orBlank(c.Remark), ErrMsg: "ok",
		}
	}
	payload, err := json.Marshal(data)
	if err != nil { // texts, numbers and lists of them only
		panic("contact event: " + err.Error())
	}
	tx.Outbox().Enqueue(OutboxItem{
		ID: s.dir.ids.Base62(22), Org: s.org, Kind: EventKind, Topic: topic, Object: c.ID, Payload: string(payload), CreatedAt: s.now,
	})
}

func orBlank(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
