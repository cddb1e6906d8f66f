package directory

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// HistoryEntry is an entry of the history as people see it
// (docs/spec/history.md#entries).
type HistoryEntry struct {
	Seq       int64
	Time      time.Time
	Kind      string // one of the kinds, or another noun
	ObjectID  string
	Version   int64 // 0 if the entry made none
	Action    string
	Actor     string
	ActorName string // "" if it is not known any more
	Via       string // the call
	RequestID string
	ImportID  string
	UndoID    string
	Changes   []FieldChange
	Erased    bool // the values can no longer be read
}

// HistoryFilter selects entries; zero fields select all.
type HistoryFilter struct {
	Kind         string
	Object       string
	Actor        string
	RequestID    string
	ImportID     string
	UndoID       string
	Action       string
	Since, Until time.Time
	Before       int64 // entries with smaller numbers
	Limit        int   // 1 to 200
}

// HistoryTx reads the history for people.
type HistoryTx interface {
	// History returns up to limit entries of the organisation, the newest
	// first: all that can meet the filter, and others. After each call it says
	// where to go on, or 0 at the end.
	History(f HistoryFilter, limit int) (entries []AuditEntry, next int64, err error)
	// FirstOfRequest returns the noun and the object of the request's first
	// entry; "" if there is none.
	FirstOfRequest(requestID string) (noun, object string, err error)
	// RequestOf returns the request id of the first entry of an object.
	RequestOf(noun, object string) (string, error)
	// LastEntry returns the number of the organisation's last entry, or 0.
	LastEntry() (int64, error)
	// CallerName returns the name of an app, an employee, or the holder of a key,
	// or "".
	CallerName(id string) (string, error)
	// ManagedBy returns the ids of the employees whose manager it is.
	ManagedBy(userID string) ([]string, error)
}

// The nouns of what changes many objects at once. Its entry is the first of its
// request, so that each of the others leads to it.
const (
	importNoun = "import"
	undoNoun   = "undo"
	exportNoun = "export"
)

// historyChunk is how many entries are read at a time.
const historyChunk = 500

// History returns a page of the history, newest first, and where the next page
// begins; 0 at the end.
func (s *Session) History(ctx context.Context, f HistoryFilter) (entries []HistoryEntry, next int64, err error) {
	f.Limit = min(max(f.Limit, 1), MaxObjectPage)
	err = s.view(ctx, func(tx Tx) error {
		entries, next, err = s.historyPage(tx, f)
		return err
	})
	return entries, next, err
}

func (s *Session) historyPage(tx Tx, f HistoryFilter) (entries []HistoryEntry, next int64, err error) {
	entries = []HistoryEntry{}
	if known, err := f.byRequest(tx); err != nil || !known {
		return entries, 0, err
	}
	names := historyNames{tx: tx, requests: map[string][2]string{}, callers: map[string]string{}}
	for {
		raw, next, err := tx.History().History(f, historyChunk)
		if err != nil {
			return nil, 0, err
		}
		for _, r := range raw {
			e, err := names.entry(r)
			if err != nil {
				return nil, 0, err
			}
			if !f.selects(e) {
				continue
			}
			if entries = append(entries, e); len(entries) == f.Limit {
				return entries, r.Seq, nil
			}
		}
		if f.Before = next; next == 0 {
			return entries, 0, nil
		}
	}
}

// byRequest turns the id of an import or an undo into its request id. It
// returns false if there is no such thing.
func (f *HistoryFilter) byRequest(tx Tx) (bool, error) {
	for _, of := range [...]struct{ noun, id string }{{importNoun, f.ImportID}, {undoNoun, f.UndoID}} {
		if of.id == "" {
			continue
		}
		request, err := tx.History().RequestOf(of.noun, of.id)
		if err != nil || request == "" || f.RequestID != "" && f.RequestID != request {
			return false, err
		}
		f.RequestID = request
	}
	return true, nil
}

func (f *HistoryFilter) selects(e HistoryEntry) bool {
	for _, pair := range [...][2]string{{f.Kind, e.Kind}, {f.Object, e.ObjectID}, {f.Actor, e.Actor}, {f.RequestID, e.RequestID}, {f.Action, e.Action}} {
		if pair[0] != "" && pair[0] != pair[1] {
			return false
		}
	}
	return (f.Since.IsZero() || !e.Time.Before(f.Since)) && (f.Until.IsZero() || !e.Time.After(f.Until))
}

// historyNames completes entries with what other rows say.
type historyNames struct {
	tx       Tx
	requests map[string][2]string // the first entry's noun and object
	callers  map[string]string
}

func (n *historyNames) entry(a AuditEntry) (HistoryEntry, error) {
	e := HistoryEntry{Seq: a.Seq, Time: a.Time, Kind: a.Noun, ObjectID: a.Object, Version: a.Version, Action: peopleAction(a.Action),
		Actor: a.Actor, Via: a.API, RequestID: a.RequestID}
	var err error
	if e.Changes, e.Erased, err = changesOf(Kind(a.Noun), a); err != nil {
		return e, err
	}
	first, known := n.requests[a.RequestID]
	if !known && a.RequestID != "" {
		if first[0], first[1], err = n.tx.History().FirstOfRequest(a.RequestID); err != nil {
			return e, err
		}
		n.requests[a.RequestID] = first
	}
	switch first[0] {
	case importNoun:
		e.ImportID = first[1]
	case undoNoun:
		e.UndoID = first[1]
	}
	name, known := n.callers[a.Actor]
	if !known && a.Actor != "" {
		if name, err = n.tx.History().CallerName(a.Actor); err != nil {
			return e, err
		}
		n.callers[a.Actor] = name
	}
	e.ActorName = name
	return e, nil
}

// peopleAction is the action as people see it: what calls do besides is a
// change.
func peopleAction(action string) string {
	switch action {
	case "create", "delete", "restore", "purge", "erase", "reveal", "export", "personExport", "import", "undo":
		return action
	case "revoke", "withdraw":
		return "delete"
	case "give", "register", "grant":
		return "create"
	}
	return "update"
}

// changesOf reads the values of an entry by the names of its kind's fields.
func changesOf(kind Kind, a AuditEntry) (changes []FieldChange, erased bool, err error) {
	if bytes.Equal(a.Before, erasedRecord) || bytes.Equal(a.After, erasedRecord) {
		return []FieldChange{}, true, nil
	}
	before, err := kind.fromRecord(a.Before)
	if err != nil {
		return nil, false, err
	}
	after, err := kind.fromRecord(a.After)
	if err != nil {
		return nil, false, err
	}
	return kind.recordChanges(before, after), false, nil
}

// erasedRecord is what the store shows instead of values whose key was
// destroyed.
var erasedRecord = json.RawMessage(`{"erased":true}`)

// recordChanges lists the values of an entry in the order of the kind's fields;
// names that are of no field come last.
func (k Kind) recordChanges(before, after Values) []FieldChange {
	changes := k.Differences(before, after)
	names := map[string]bool{}
	for _, v := range [...]Values{before, after} {
		for name := range v {
			if _, ok := k.Field(name); !ok {
				names[name] = true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !Equal(before[name], after[name]) {
			changes = append(changes, FieldChange{Field: name, Before: before[name], After: after[name]})
		}
	}
	return changes
}

// recordNames maps the names of an entry's values to those of fields. What is
// not named goes to "extra", if the kind has it.
var recordNames = map[Kind]map[string]string{
	ContactKind: {
		"name": "name", "follower_user_id": "followerUserId", "label_ids": "labelIds", "title": "title", "company_name": "companyName",
		"address": "address", "remark": "remark", "email": "email", "share_dept_ids": "shareDeptIds", "share_user_ids": "shareUserIds",
	},
	EmployeeKind: {
		"name": "name", "mobile": "mobile", "dept_id_list": "deptIds", "title": "title", "job_number": "jobNumber", "email": "email",
		"org_email": "orgEmail", "telephone": "telephone", "work_place": "workPlace", "remark": "remark", "manager_userid": "managerUserId",
		"hired_date": "hiredDate", "hide_mobile": "hideMobile", "gender": "gender", "account_type": "accountType", "disabled": "disabled", "admin": "admin",
	},
	DepartmentKind: {
		"name": "name", "parent_id": "parentId", "order": "order", "code": "code", "dept_manager_userid_list": "managerUserIds",
	},
	MessageContactKind: {
		"Name": "name", "Title": "title", "MessageTypes": "messageTypes", "Status": "status", "EmailAddress": "email", "PhoneNumber": "phone", "Members": "members",
	},
}

// fromRecord reads the values of an entry by the names and types of the kind's
// fields.
func (k Kind) fromRecord(text json.RawMessage) (Values, error) {
	record := map[string]any{}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if len(bytes.TrimSpace(text)) > 0 {
		if err := dec.Decode(&record); err != nil {
			return nil, err
		}
	}
	values, extra := Values{}, map[string]any{}
	names := recordNames[k]
	_, hasExtra := k.Field("extra")
	for name, value := range record {
		field, known := names[name]
		if !known {
			field = name
		}
		f, ok := k.Field(field)
		switch {
		case k == ContactKind && (name == "mobile" || name == "state_code"): // below
		case ok && f.Type != ExtraField:
			values[field] = f.Type.fromJSON(value)
		case hasExtra:
			extra[name] = plainJSON(value)
		default:
			values[field] = plainJSON(value)
		}
	}
	if len(extra) > 0 {
		values["extra"] = extra
	}
	if k == MessageContactKind {
		values.addMessageContactNames(record)
	}
	if mobile, ok := record["mobile"].(string); ok && k == ContactKind {
		country, _ := record["state_code"].(string)
		if country == "" { // of entries that show the number alone
			country = HomeCountry
		}
		values["mobile"] = country + "-" + mobile
	}
	return values, nil
}

// fromJSON converts a value of an entry to the type of a field.
func (t FieldType) fromJSON(v any) any {
	switch t {
	case NumberField, DateField:
		n, _ := v.(json.Number)
		i, _ := n.Int64()
		return i
	case NumbersField:
		list, _ := v.([]any)
		out := make([]int64, 0, len(list))
		for _, e := range list {
			n, _ := e.(json.Number)
			i, _ := n.Int64()
			out = append(out, i)
		}
		return out
	case TextsField:
		list, _ := v.([]any)
		out := make([]string, 0, len(list))
		for _, e := range list {
			text, _ := e.(string)
			out = append(out, text)
		}
		return out
	}
	return v
}

// plainJSON replaces the numbers of a decoded value by int64, where they are
// whole.
func plainJSON(v any) any {
	switch v := v.(type) {
	case json.Number:
		if !strings.ContainsAny(v.String(), ".eE") {
			n, err := v.Int64()
			if err == nil {
				return n
			}
		}
		f, _ := v.Float64()
		return f
	case []any:
		for i := range v {
			v[i] = plainJSON(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = plainJSON(v[name])
		}
	}
	return v
}
