package records

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// binRoutes are the calls on deleted objects (docs/spec/history.md#bin).
func binRoutes() []*route {
	item := members(required("kind", word("种类。", "Kind.")), required("id", word("编号。", "Id.")), required("name", word("名称。", "Name.")),
		required("deletedAt", moment(api.Text{Zh: "删除时间。", En: "When it was deleted."})), required("deletedBy", word("由谁删除。", "Who deleted it.")),
		required("requestId", word("请求编号。", "Id of the request.")), required("purgeAt", moment(api.Text{Zh: "何时清除。", En: "When it is purged."}))).named("BinItem")
	named := list(members(required("kind", aKind("种类。", "Kind.")), required("id", anID(api.Text{Zh: "编号。", En: "Id."}))).named("ObjectName"), api.Text{Zh: "对象。", En: "The objects."}).upTo(api.MaxItems)
	result := members(required("bin", members(
		required("counts", members(required("restored", whole(api.Text{})), required("purged", whole(api.Text{})), required("rejected", whole(api.Text{})))),
		required("items", list(members(required("kind", word("种类。", "Kind.")), required("id", word("编号。", "Id.")), required("action", word("做了什么。", "What was done.")),
			required("errors", list(detailShape(), api.Text{Zh: "被拒绝的原因。", En: "Why it was refused."})),
			optional("left", list(leftShape(), api.Text{Zh: "没有恢复的值。", En: "Values that were not restored."}))), api.Text{})),
		required("requestId", word("请求编号。", "Id of the request."))))).named("BinResult")
	return []*route{
		{
			method: http.MethodGet, path: orgPath + "/bin", id: "listBin", tag: "Bin", do: (*call).bin, doc: api.Text{Zh: "列出回收站，最新的在前。", En: "Lists the bin, the newest first."},
			parameters: []parameterOf{inQuery("kind", aKind("这种对象的。", "Of this kind.")), inQuery("q", word("名称的一部分。", "Part of the name.")), limitParameter, cursorParameter},
			refusals:   []string{cursorInvalid}, answers: succeeds(http.StatusOK, pageShape("Bin", item)),
		},
		{
			method: http.MethodPost, path: orgPath + "/bin/restore", id: "restoreFromBin", tag: "Bin", do: (*call).binRestore, once: true,
			doc: api.Text{Zh: "从回收站恢复对象。", En: "Restores objects from the bin."},
			body: members(required("items", named), optional("owner", word("负责人已不在的联系人的新负责人。", "The new owner of contacts whose owner is gone.")),
				optional("preview", truth(api.Text{Zh: "只说明会发生什么。", En: "Only tell what would happen."}))).named("BinRestore"),
			answers: succeeds(http.StatusOK, result),
		},
		{
			method: http.MethodPost, path: orgPath + "/bin/purge", id: "purgeBin", tag: "Bin", do: (*call).binPurge, once: true, doc: api.Text{Zh: "清除回收站中的对象；历史保留。", En: "Purges objects from the bin; their history stays."},
			body: members(optional("items", named), optional("olderThan", moment(api.Text{Zh: "清除在此之前删除的。", En: "Purge what was deleted before."})),
				optional("all", truth(api.Text{Zh: "清除全部。", En: "Purge everything."}))).named("BinPurge"),
			answers: succeeds(http.StatusOK, result),
		},
	}
}

func (c *call) bin() (*reply, error) {
	limit := c.number("limit", defaultPage)
	f := directory.BinFilter{Text: c.text("q"), Limit: limit + 1}
	if name := c.text("kind"); name != "" {
		kind, known := kindOf(name)
		if !known {
			return nil, unknownKind("kind")
		}
		f.Kind = kind
	}
	place, err := c.place()
	if err != nil {
		return nil, err
	}
	if place != "" && json.Unmarshal([]byte(place), &f.After) != nil {
		return nil, staleCursor
	}
	found, err := c.session.Bin(c.request.Context(), f)
	if err != nil {
		return nil, err
	}
	next := ""
	if int64(len(found)) > limit {
		found = found[:limit]
		last := found[limit-1]
		text, _ := json.Marshal(directory.BinPlace{DeletedAt: last.DeletedAt, Kind: last.Kind, ID: last.ID})
		next = string(text)
	}
	items := make([]any, len(found))
	for i, x := range found {
		items[i] = object{{"kind", string(x.Kind)}, {"id", x.ID}, {"name", x.Name}, {"deletedAt", timeText(x.DeletedAt)}, {"deletedBy", x.DeletedBy},
			{"requestId", x.RequestID}, {"purgeAt", timeText(c.config.Directory.PurgeTime(x.DeletedAt))}}
	}
	return &reply{status: http.StatusOK, body: object{{"items", items}, {"next", c.next(next)}}}, nil
}

// aKind is the name of a kind of objects.
func aKind(zh, en string) *shape { return word(zh, en).suggested(kindNames()...) }

func kindNames() []string {
	names := make([]string, len(directory.Kinds))
	for i, k := range directory.Kinds {
		names[i] = string(k)
	}
	return names
}

func unknownKind(parameter string) *Error {
	list := strings.Join(kindNames(), ", ")
	return refuse(invalidParameter, parameter, api.Text{Zh: "没有这种对象；只能是 " + list + "。", En: "there is no such kind; it is one of " + list + "."})
}

// namedObjects reads the objects that a body names.
func (c *call) namedObjects() (places []directory.BinPlace, err error) {
	for _, item := range c.body.Get("items").List {
		kind, known := kindOf(item.Get("kind").Text)
		if !known {
			return nil, unknownKind("items.kind")
		}
		places = append(places, directory.BinPlace{Kind: kind, ID: item.Get("id").Text})
	}
	return places, nil
}

func (c *call) binRestore() (*reply, error) {
	places, err := c.namedObjects()
	if err != nil {
		return nil, err
	}
	edits := make([]directory.Edit, len(places))
	for i, p := range places {
		edits[i] = directory.Edit{Kind: p.Kind, ID: p.ID, Do: directory.RestoreObject, NewOwner: c.body.Get("owner").Text}
	}
	results, err := c.session.EditObjects(c.request.Context(), edits, directory.EditOptions{Partial: true, Preview: c.body.Get("preview").Bool})
	if err != nil {
		return nil, err
	}
	items, restored := make([]any, len(results)), 0
	for i, r := range results {
		details, action := []Detail(nil), "restored"
		if r.Err != nil {
			details, action = c.detailsOf(r.Err), "rejected"
		} else {
			restored++
		}
		item := object{{"kind", string(places[i].Kind)}, {"id", places[i].ID}, {"action", action}, {"errors", detailList(details)}}
		if len(r.Left) > 0 {
			item.set("left", leftList(r.Left))
		}
		items[i] = item
	}
	return c.binResult(restored, 0, len(results)-restored, items), nil
}

// leftShape is a value that a restored object could not get back.
func leftShape() *shape {
	return members(required("parameter", word("字段。", "The field.")), required("rule", word("规则的代码。", "Code of the rule.")),
		required("value", word("没有恢复的值。", "The value.")), required("message", word("说明（英文）。", "Why, in English.")),
		required("messageZh", word("说明（中文）。", "The same in Chinese."))).named("LeftOut")
}

func leftList(left []directory.Problem) []any {
	list := make([]any, len(left))
	for i, p := range left {
		t := about(p.Field, ruleText(p.Rule, p.Most))
		list[i] = object{{"parameter", p.Field}, {"rule", p.Rule}, {"value", p.Value}, {"message", t.En}, {"messageZh", t.Zh}}
	}
	return list
}

func (c *call) binPurge() (*reply, error) {
	places, err := c.namedObjects()
	if err != nil {
		return nil, err
	}
	f := directory.PurgeFilter{Items: places, Before: timeOf(c.body.Get("olderThan").Text), All: c.body.Get("all").Bool}
	ways := 0
	for _, set := range [...]bool{len(f.Items) > 0, !f.Before.IsZero(), f.All} {
		if set {
			ways++
		}
	}
	if ways != 1 {
		return nil, refuse(invalidParameter, "items", api.Text{Zh: "须给出 items、olderThan、all 之一。", En: "give exactly one of items, olderThan and all."})
	}
	purged, err := c.session.Purge(c.request.Context(), f)
	if err != nil {
		return nil, err
	}
	if len(f.Items) == 0 {
		for _, x := range purged[:min(len(purged), mostBulkItems)] {
			f.Items = append(f.Items, directory.BinPlace{Kind: x.Kind, ID: x.ID})
		}
	}
	gone := map[directory.BinPlace]bool{}
	for _, x := range purged {
		gone[directory.BinPlace{Kind: x.Kind, ID: x.ID}] = true
	}
	items, rejected := make([]any, len(f.Items)), 0
	for i, place := range f.Items {
		details, action := []Detail(nil), "purged"
		if !gone[place] {
			details, action = c.detailsOf(directory.ErrNotInBin), "rejected"
			rejected++
		}
		items[i] = object{{"kind", string(place.Kind)}, {"id", place.ID}, {"action", action}, {"errors", detailList(details)}}
	}
	return c.binResult(0, len(purged), rejected, items), nil
}

func (c *call) binResult(restored, purged, rejected int, items []any) *reply {
	return &reply{status: http.StatusOK, body: object{{"bin", object{
		{"counts", object{{"restored", restored}, {"purged", purged}, {"rejected", rejected}}}, {"items", items}, {"requestId", c.id}}}}}
}

// erasureRoutes erase people (docs/spec/history.md#erasure).
func erasureRoutes() []*route {
	body := members(required("kind", word("种类：contact、employee 或 message-contact。", "Kind: contact, employee or message-contact.").suggested("contact", "employee", "message-contact")), required("id", anID(api.Text{Zh: "编号。", En: "Id."})),
		optional("reason", word("原因。", "Why.").upTo(500)), optional("preview", truth(api.Text{Zh: "只说明会发生什么。", En: "Only tell what would happen."}))).named("ErasureRequest")
	erasure := members(required("id", word("抹除编号。", "Id of the erasure.")), required("kind", word("种类。", "Kind.")), required("objectId", word("对象编号。", "Id of the object.")),
		required("reason", word("原因；没有给出时为 null。", "Why; null if nobody said.").orNull()), required("time", moment(api.Text{Zh: "时间。", En: "When."})), required("actor", word("由谁。", "By whom.")),
		required("requestId", word("请求编号。", "Id of the request.")), required("historyEntries", whole(api.Text{Zh: "不再可读的历史条目。", En: "Entries of the history that can no longer be read."})),
		required("preview", truth(api.Text{Zh: "是否预览。", En: "Whether it was a preview."}))).named("Erasure")
	return []*route{
		{
			method: http.MethodPost, path: orgPath + "/erasures", id: "erase", tag: "Erasures", do: (*call).erase, body: body, once: true,
			doc: api.Text{Zh: "抹除一个人：对象、痕迹和历史的密钥；不能撤销。", En: "Erases a person: the object, its traces and the key of its history. It cannot be undone."}, refusals: []string{conflict, rejected},
			answers: append(succeeds(http.StatusCreated, erasure), answerOf{status: http.StatusOK, doc: api.Text{Zh: "预览。", En: "A preview."}, shape: erasure}),
		},
		{
			method: http.MethodGet, path: orgPath + "/erasures", id: "listErasures", tag: "Erasures", do: (*call).erasures,
			doc:        api.Text{Zh: "列出抹除，最早的在前。", En: "Lists erasures, the earliest first."},
			parameters: []parameterOf{limitParameter, cursorParameter}, refusals: []string{cursorInvalid}, answers: succeeds(http.StatusOK, pageShape("Erasure", erasure)),
		},
	}
}

func shownErasure(e directory.Erasure) object {
	return object{{"id", e.ID}, {"kind", string(e.Kind)}, {"objectId", e.ObjectID}, {"reason", orNull(e.Reason)}, {"time", timeText(e.Time)}, {"actor", e.Actor},
		{"requestId", e.RequestID}, {"historyEntries", e.HistoryEntries}, {"preview", e.Preview}}
}

func (c *call) erase() (*reply, error) {
	kind, known := kindOf(c.body.Get("kind").Text)
	if !known {
		return nil, unknownKind("kind")
	}
	preview := c.body.Get("preview").Bool
	e, err := c.session.Erase(c.request.Context(), kind, c.body.Get("id").Text, c.body.Get("reason").Text, preview)
	if err != nil {
		return nil, err
	}
	status := http.StatusCreated
	if preview || e.RequestID != c.id {
		status = http.StatusOK
	}
	return &reply{status: status, body: shownErasure(e)}, nil
}

func (c *call) erasures() (*reply, error) {
	limit := c.number("limit", defaultPage)
	place, err := c.place()
	if err != nil {
		return nil, err
	}
	var after *directory.Erasure
	if place != "" {
		after = &directory.Erasure{}
		if json.Unmarshal([]byte(place), after) != nil {
			return nil, staleCursor
		}
	}
	found, err := c.session.Erasures(c.request.Context(), after, limit+1)
	if err != nil {
		return nil, err
	}
	next := ""
	if int64(len(found)) > limit {
		found = found[:limit]
		text, _ := json.Marshal(found[limit-1])
		next = string(text)
	}
	items := make([]any, len(found))
	for i, e := range found {
		items[i] = shownErasure(e)
	}
	return &reply{status: http.StatusOK, body: object{{"items", items}, {"next", c.next(next)}}}, nil
}

// personRoute answers everything that is stored about one person
// (docs/spec/history.md#export-of-a-person).
func personRoute() *route {
	return &route{
		method: http.MethodPost, path: orgPath + "/person-exports", id: "exportPerson", tag: "Erasures", do: (*call).exportPerson,
		doc: api.Text{Zh: "返回关于一个人所存储的全部内容，不掩码；记入历史。", En: "Answers everything that is stored about one person, in clear; it is recorded in the history."},
		body: members(optional("mobile", word("手机号。", "Mobile.")), optional("email", word("邮箱。", "Mail address.")),
			optional("kind", aKind("或者：一个对象的种类。", "Or the kind of one object.")), optional("id", anID(api.Text{Zh: "和编号。", En: "And its id."}))).named("PersonQuery"),
		answers: succeeds(http.StatusOK, mapOf(&shape{is: anyShape}, api.Text{Zh: "全部内容。", En: "All of it."}).named("Person")),
	}
}

func (c *call) exportPerson() (*reply, error) {
	q := directory.PersonQuery{Mobile: c.body.Get("mobile").Text, Email: c.body.Get("email").Text, ID: c.body.Get("id").Text}
	query := object{}
	for _, name := range [...]string{"mobile", "email", "kind", "id"} {
		if text := c.body.Get(name).Text; text != "" {
			query.set(name, text)
		}
	}
	if name := c.body.Get("kind").Text; name != "" || q.ID != "" {
		kind, known := kindOf(name)
		if !known {
			return nil, unknownKind("kind")
		}
		q.Kind = kind
	}
	p, err := c.session.ExportPerson(c.request.Context(), q)
	if err != nil {
		return nil, err
	}
	clear := &mask{}
	objects := make([]any, len(p.Objects))
	for i, o := range p.Objects {
		versions := make([]any, len(o.Versions))
		for j, v := range o.Versions {
			shown := clear.version(o.Kind, v)
			if v.Values != nil {
				shown.set("object", map[string]any(v.Values))
			}
			versions[j] = shown
		}
		objects[i] = object{{"kind", string(o.Kind)}, {"id", o.ID}, {"object", shownObject(o.Object)}, {"state", o.State}, {"versions", versions}}
	}
	history := make([]any, len(p.History))
	for i, e := range p.History {
		history[i] = clear.entry(e)
	}
	return &reply{status: http.StatusOK, body: object{
		{"generatedAt", timeText(c.session.Now())}, {"corpId", c.session.Org()}, {"query", query}, {"objects", objects}, {"history", history},
		{"grants", grantsOf(p.Grants)}, {"messages", messagesOf(p.Messages)}, {"imports", runsOf(p.Imports, "file")}, {"exports", runsOf(p.Exports, "")},
	}}, nil
}

func grantsOf(grants []directory.Grant) []any {
	list := make([]any, len(grants))
	for i, g := range grants {
		list[i] = object{{"toCorpId", g.ToOrg}, {"fields", g.Fields}, {"updatedAt", timeText(g.UpdatedAt)}}
	}
	return list
}

func messagesOf(messages []directory.Message) []any {
	list := make([]any, len(messages))
	for i, m := range messages {
		list[i] = object{{"time", timeText(m.CreatedAt)}, {"channel", m.Channel}, {"to", m.To}, {"subject", m.Content.Subject}}
	}
	return list
}

// runsOf are imports or exports; a name of one of their values is told, too.
func runsOf(entries []directory.HistoryEntry, name string) []any {
	list := make([]any, len(entries))
	for i, e := range entries {
		run := object{{"id", e.ObjectID}, {"time", timeText(e.Time)}}
		if name != "" {
			var value any
			for _, c := range e.Changes {
				if c.Field == name {
					value = c.After
				}
			}
			run.set(name, value)
		}
		list[i] = run
	}
	return list
}
