package records

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// word is a short text of a declaration.
func word(zh, en string) *shape { return text(api.Text{Zh: zh, En: en}) }

// succeeds is the answer of a call that has one form.
func succeeds(status int, s *shape) []answerOf {
	return []answerOf{{status: status, doc: api.Text{Zh: "成功。", En: "Success."}, shape: s}}
}

// historyRoutes read the history of the organisation (docs/spec/history.md#entries).
func historyRoutes() []*route {
	filter := func(name, zh, en string) parameterOf { return inQuery(name, word(zh, en)) }
	return []*route{{
		method: http.MethodGet, path: orgPath + "/history", id: "listHistory", tag: "History", do: (*call).history,
		doc: api.Text{Zh: "列出历史，最新的在前。", En: "Lists the history, the newest first."},
		parameters: []parameterOf{
			filter("kind", "这种对象的。", "Of this kind."), filter("object", "这个对象的：编号，或 kind:id。", "Of this object: its id, or kind:id."), filter("actor", "由谁做的。", "By this actor."),
			filter("request", "这个请求的。", "Of this request."), filter("import", "这次导入的。", "Of this import."), filter("undo", "这次撤销的。", "Of this undo."),
			inQuery("action", word("做了什么。", "What was done.").oneOf(historyActions...)),
			inQuery("since", moment(api.Text{Zh: "从这时起。", En: "Since then."})), inQuery("until", moment(api.Text{Zh: "到这时止。", En: "Until then."})),
			limitParameter, cursorParameter, revealParameter,
		},
		refusals: []string{cursorInvalid},
		answers:  succeeds(http.StatusOK, pageShape("History", entryShape())),
	}}
}

var historyActions = []string{"create", "update", "delete", "restore", "purge", "erase", "reveal", "export", "personExport", "import", "undo"}

func pageShape(name string, items *shape) *shape {
	return members(required("items", list(items, api.Text{Zh: "这一页。", En: "The page."})),
		required("next", word("下一页的 cursor；没有下一页时为 null。", "The cursor of the next page; null if there is none.").orNull())).named(name + "Page")
}

func entryShape() *shape {
	return members(
		required("seq", whole(api.Text{Zh: "序号。", En: "Number of the entry."})), required("time", moment(api.Text{Zh: "时间。", En: "Time."})),
		required("kind", word("对象的种类。", "Kind of the object.")), required("objectId", word("对象的编号。", "Id of the object.")),
		required("version", whole(api.Text{Zh: "改动后的版本；没有时为 null。", En: "Version after the change; null if it made none."}).orNull()),
		required("action", word("做了什么。", "What was done.")),
		required("actor", word("由谁做的。", "Who did it.")), required("actorName", word("其名称。", "Its name.").orNull()),
		required("via", word("通过哪个接口。", "Through which call.")), required("requestId", word("请求编号。", "Id of the request.")),
		required("importId", word("导入编号。", "Id of the import.").orNull()), required("undoId", word("撤销编号。", "Id of the undo.").orNull()),
		required("changes", list(changeShape(), api.Text{Zh: "不同的字段。", En: "The fields that differ."})),
		required("erased", truth(api.Text{Zh: "值已不可读。", En: "The values can no longer be read."})),
	).named("HistoryEntry")
}

func (c *call) history() (*reply, error) {
	mask, err := c.masks()
	if err != nil {
		return nil, err
	}
	f := directory.HistoryFilter{
		Kind: c.text("kind"), Object: c.text("object"), Actor: c.text("actor"), RequestID: c.text("request"), ImportID: c.text("import"),
		UndoID: c.text("undo"), Action: c.text("action"), Limit: int(c.number("limit", defaultPage)),
	}
	if name, id, ok := strings.Cut(f.Object, ":"); ok {
		if kind, known := kindOf(name); known && (f.Kind == "" || f.Kind == string(kind)) {
			f.Kind, f.Object = string(kind), id
		}
	}
	f.Since, f.Until = timeOf(c.text("since")), timeOf(c.text("until"))
	place, err := c.place()
	if err != nil {
		return nil, err
	}
	f.Before, _ = strconv.ParseInt(place, 10, 64) // "" is the beginning; others were made here
	entries, next, err := c.session.History(c.request.Context(), f)
	if err != nil {
		return nil, err
	}
	items, shown := make([]any, len(entries)), []directory.Object{}
	for i, e := range entries {
		items[i] = mask.entry(e)
		if len(e.Changes) > 0 {
			shown = append(shown, directory.Object{Kind: directory.Kind(e.Kind), ID: e.ObjectID, Version: e.Version})
		}
	}
	if err := c.revealed(mask, distinctObjects(shown)...); err != nil {
		return nil, err
	}
	cursor := ""
	if next != 0 {
		cursor = decimal(next)
	}
	return &reply{status: http.StatusOK, body: object{{"items", items}, {"next", c.next(cursor)}}}, nil
}

// distinctObjects names each object once.
func distinctObjects(list []directory.Object) (once []directory.Object) {
	seen := map[string]bool{}
	for _, o := range list {
		if key := string(o.Kind) + ":" + o.ID; !seen[key] {
			seen[key], once = true, append(once, o)
		}
	}
	return once
}

// timeOf reads a time whose form was checked; "" is none.
func timeOf(text string) time.Time {
	t, _ := time.Parse(time.RFC3339, text)
	return t
}

// entry is an entry of the history as an answer shows it.
func (m *mask) entry(e directory.HistoryEntry) object {
	return object{
		{"seq", e.Seq}, {"time", timeText(e.Time)}, {"kind", e.Kind}, {"objectId", e.ObjectID}, {"version", orNull(e.Version)}, {"action", e.Action},
		{"actor", e.Actor}, {"actorName", orNull(e.ActorName)}, {"via", e.Via}, {"requestId", e.RequestID},
		{"importId", orNull(e.ImportID)}, {"undoId", orNull(e.UndoID)}, {"changes", m.changed(directory.Kind(e.Kind), e.Changes)}, {"erased", e.Erased},
	}
}

// changed are changes of an entry as an answer shows them.
func (m *mask) changed(kind directory.Kind, changes []directory.FieldChange) []any {
	list := make([]any, len(changes))
	for i, d := range changes {
		shown := func(v any) any {
			if v == nil {
				return nil
			}
			if _, known := kind.Field(d.Field); !known && (m.phones || m.mails) {
				return directory.MaskNamed(d.Field, v) // only entries have it
			}
			return m.object(directory.Object{Kind: kind, Values: directory.Values{d.Field: v}}).Values[d.Field]
		}
		list[i] = object{{"field", d.Field}, {"before", shown(d.Before)}, {"after", shown(d.After)}}
	}
	return list
}

// orNull is a value, or null for its zero value.
func orNull[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

// versionRoutes are the calls on the versions of a kind's objects.
func (k *kindRoutes) versionRoutes() []*route {
	id := inPath("id", word(k.zh+"的编号，须百分号编码。", "Id of the "+k.en+", percent-encoded."))
	number := inPath("n", whole(api.Text{Zh: "版本号。", En: "Number of the version."}).positive())
	version := func(more ...field) *shape {
		return members(append([]field{
			required("version", whole(api.Text{Zh: "版本号。", En: "Number of the version."})),
			required("seq", whole(api.Text{Zh: "历史中的序号；早于历史时为 null。", En: "Number of its entry; null if it is older than the history."}).orNull()),
			required("time", moment(api.Text{Zh: "时间。", En: "Time."})), required("action", word("做了什么。", "What was done.")),
			required("actor", word("由谁做的。", "Who did it.").orNull()), required("requestId", word("请求编号。", "Id of the request.").orNull()),
			required("changes", list(changeShape(), api.Text{Zh: "不同的字段。", En: "The fields that differ."})),
		}, more...)...)
	}
	object := optional("object", k.shown().described(api.Text{Zh: "整个对象；删除的版本没有。", En: "The whole object; a deletion has none."}))
	return []*route{
		{
			method: http.MethodGet, path: k.base() + "/{id}/versions", id: "list" + k.one + "Versions", tag: k.many, access: access{permission: k.read}, do: k.versions,
			doc: k.say("列出%的版本，最新的在前。", "Lists the versions of one %, the newest first."), parameters: []parameterOf{id, limitParameter, cursorParameter, revealParameter},
			refusals: []string{cursorInvalid}, answers: succeeds(http.StatusOK, pageShape(k.one+"Version", version().named(k.one+"Version"))),
		},
		{
			method: http.MethodGet, path: k.base() + "/{id}/versions/{n}", id: "get" + k.one + "Version", tag: k.many, access: access{permission: k.read}, do: k.version,
			doc: k.say("读取%的一个版本。", "Reads one version of one %."), parameters: []parameterOf{id, number, revealParameter},
			answers: succeeds(http.StatusOK, version(object).named("Whole"+k.one+"Version")),
		},
		{
			method: http.MethodPost, path: k.base() + "/{id}/restore", id: "restore" + k.one, tag: k.many, access: access{permission: k.write}, do: k.restore,
			doc:        k.say("恢复%的一个版本；在回收站中的先放回。", "Restores a version of one %; out of the bin, if it is there."),
			body:       members(required("version", whole(api.Text{Zh: "版本号。", En: "Number of the version."}).positive()), optional("owner", word("负责人已不在时的新负责人。", "The new owner, if the owner is gone."))).named("Restore"),
			parameters: []parameterOf{id, revealParameter}, refusals: []string{conflict, versionMismatch, rejected}, once: true,
			answers: []answerOf{{status: http.StatusOK, doc: k.say("%。", "The %."), shape: k.shown(), headers: []string{"ETag"}}},
		},
	}
}

func (m *mask) version(kind directory.Kind, v directory.ObjectVersion) object {
	return object{{"version", v.Version}, {"seq", orNull(v.Seq)}, {"time", timeText(v.Time)}, {"action", v.Action}, {"actor", orNull(v.Actor)},
		{"requestId", orNull(v.RequestID)}, {"changes", m.changed(kind, v.Changes)}}
}

func (k *kindRoutes) versions(c *call) (*reply, error) {
	mask, err := c.masks()
	if err != nil {
		return nil, err
	}
	place, err := c.place()
	if err != nil {
		return nil, err
	}
	all, err := c.session.Versions(c.request.Context(), k.kind, c.path["id"])
	if err != nil {
		return nil, err
	}
	if last, _ := strconv.ParseInt(place, 10, 64); last != 0 {
		for len(all) > 0 && all[0].Version >= last {
			all = all[1:]
		}
	}
	next := ""
	if limit := int(c.number("limit", defaultPage)); len(all) > limit {
		all = all[:limit]
		next = decimal(all[limit-1].Version)
	}
	if err := c.revealed(mask, directory.Object{Kind: k.kind, ID: c.path["id"]}); err != nil {
		return nil, err
	}
	items := make([]any, len(all))
	for i, v := range all {
		items[i] = mask.version(k.kind, v)
	}
	return &reply{status: http.StatusOK, body: object{{"items", items}, {"next", c.next(next)}}}, nil
}

// versionNumber reads a version of the path.
func versionNumber(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, refuse(invalidParameter, "n", api.Text{Zh: "须为正整数。", En: "must be a positive number."})
	}
	return n, nil
}

func (k *kindRoutes) version(c *call) (*reply, error) {
	mask, err := c.masks()
	if err != nil {
		return nil, err
	}
	n, err := versionNumber(c.path["n"])
	if err != nil {
		return nil, err
	}
	v, err := c.session.Version(c.request.Context(), k.kind, c.path["id"], n)
	if err != nil {
		return nil, err
	}
	body := mask.version(k.kind, v)
	o := directory.Object{Kind: k.kind, ID: c.path["id"], Version: v.Version, UpdatedAt: v.Time, CreatedAt: v.Time, Values: v.Values}
	if v.Values != nil {
		body.set("object", shownObject(mask.object(o)))
	}
	return &reply{status: http.StatusOK, body: body}, c.revealed(mask, o)
}

func (k *kindRoutes) restore(c *call) (*reply, error) {
	mask, err := c.masks()
	if err != nil {
		return nil, err
	}
	n, err := versionNumber(c.body.Get("version").Text)
	if err != nil {
		return nil, refuse(invalidParameter, "version", api.Text{Zh: "须为正整数。", En: "must be a positive number."})
	}
	ifVersion, err := c.ifMatch()
	if err != nil {
		return nil, err
	}
	o, err := c.session.RestoreVersion(c.request.Context(), k.kind, c.path["id"], n, directory.RestoreOptions{NewOwner: c.body.Get("owner").Text, IfVersion: ifVersion})
	if err != nil {
		return nil, err
	}
	return single(http.StatusOK, mask.object(o)), c.revealed(mask, o)
}

// undoRoutes take changes back (docs/spec/history.md#undo).
func undoRoutes() []*route {
	decision := word("undo：仍然撤销；keep：保留。", "undo: take it back nevertheless; keep: leave it.").oneOf(directory.DecideUndo, directory.DecideKeep)
	body := members(
		optional("requestId", word("要撤销的请求。", "The request to undo.")), optional("importId", word("要撤销的导入。", "The import to undo.")),
		optional("undoId", word("要撤销的撤销。", "The undo to undo.")), optional("actor", word("要撤销谁的改动；须同时给出 since。", "Whose changes to undo; since must be given, too.")),
		optional("since", moment(api.Text{Zh: "从这时起。", En: "Since then."})), optional("until", moment(api.Text{Zh: "到这时止。", En: "Until then."})),
		optional("preview", truth(api.Text{Zh: "只说明会发生什么。", En: "Only tell what would happen."})),
		optional("decisions", mapOf(decision, api.Text{Zh: "对冲突的决定，键为 kind:id。", En: "Decisions about conflicts, by kind:id."})),
		optional("decideAll", decision.described(api.Text{Zh: "对其余冲突的决定。", En: "The decision about all other conflicts."})),
	).named("UndoRequest")
	return []*route{
		{
			method: http.MethodPost, path: orgPath + "/undo", id: "undo", tag: "Undo", do: (*call).undo, body: body, once: true,
			doc:      api.Text{Zh: "撤销一个请求、一次导入、一次撤销，或一个人一段时间内的改动。", En: "Takes back a request, an import, an undo, or what somebody did in a span of time."},
			refusals: []string{conflict},
			answers:  []answerOf{{status: http.StatusOK, doc: api.Text{Zh: "撤销的结果。", En: "What was undone."}, shape: undoShape()}, {status: http.StatusAccepted, doc: api.Text{Zh: "超过 10000 个对象：正在进行。", En: "More than 10,000 objects: it goes on."}, shape: undoShape()}},
		},
		{
			method: http.MethodGet, path: orgPath + "/undo/{id}", id: "getUndo", tag: "Undo", do: (*call).getUndo,
			doc: api.Text{Zh: "读取一次撤销。", En: "Reads an undo."}, parameters: []parameterOf{inPath("id", word("撤销编号。", "Id of the undo."))},
			answers: succeeds(http.StatusOK, undoShape()),
		},
	}
}

func undoShape() *shape {
	n := func(zh, en string) *shape { return whole(api.Text{Zh: zh, En: en}) }
	c := members(required("kind", word("种类。", "Kind.")), required("id", word("编号。", "Id.")), required("name", word("名称。", "Name.").orNull()),
		required("conflict", word("冲突。", "The conflict.")), required("fields", list(word("字段。", "Field."), api.Text{Zh: "冲突的字段。", En: "The fields in conflict."})),
		required("changedBy", word("由谁改动。", "Who changed it.").orNull()), required("changedAt", moment(api.Text{Zh: "何时。", En: "When."}).orNull()),
		required("requestId", word("以哪个请求。", "With which request.").orNull()), required("choices", list(word("可选的决定。", "A decision."), api.Text{Zh: "可选的决定。", En: "What may be decided."})),
		required("message", word("说明和解决办法（英文）。", "What is wrong and what helps, in English.")), required("messageZh", word("说明和解决办法（中文）。", "The same in Chinese."))).named("UndoConflict")
	return members(required("id", word("撤销编号。", "Id of the undo.")), required("state", word("状态；previewed：什么也没有改动。", "State; previewed: nothing was changed.").oneOf("done", "previewed", "running", "partly")),
		required("preview", truth(api.Text{Zh: "是否预览。", En: "Whether it was a preview."})), required("requestId", word("请求编号。", "Id of the request.")),
		required("counts", members(required("objects", n("对象。", "Objects.")), required("undone", n("撤销的。", "Undone.")), required("kept", n("保留的。", "Kept.")),
			required("conflicts", n("冲突的。", "In conflict.")), required("unchanged", n("无需改动的。", "With nothing to undo.")))),
		required("conflicts", list(c, api.Text{Zh: "冲突。", En: "The conflicts."})),
		optional("error", members(required("code", word("错误码。", "The code.")), required("message", word("说明和解决办法（英文）。", "What is wrong and what helps, in English.")),
			required("messageZh", word("说明和解决办法（中文）。", "The same in Chinese."))).described(api.Text{Zh: "撤销提前停止的原因。", En: "Why it stopped before its end."}))).named("Undo")
}

func shownUndo(u directory.Undo) object {
	conflicts := make([]any, len(u.Conflicts))
	for i, c := range u.Conflicts {
		var at any
		if c.ChangedAt != nil {
			at = timeText(*c.ChangedAt)
		}
		text := conflictText(c.Conflict)
		conflicts[i] = object{{"kind", string(c.Kind)}, {"id", c.ID}, {"name", orNull(c.Name)}, {"conflict", c.Conflict}, {"fields", c.Fields},
			{"changedBy", orNull(c.ChangedBy)}, {"changedAt", at}, {"requestId", orNull(c.RequestID)}, {"choices", c.Choices},
			{"message", text.En}, {"messageZh", text.Zh}}
	}
	n := u.Counts
	shown := object{{"id", u.ID}, {"state", u.State}, {"preview", u.Preview}, {"requestId", u.RequestID},
		{"counts", object{{"objects", n.Objects}, {"undone", n.Undone}, {"kept", n.Kept}, {"conflicts", n.Conflicts}, {"unchanged", n.Unchanged}}},
		{"conflicts", conflicts}}
	if why, ok := whyStopped[u.Stopped]; ok {
		shown.set("error", object{{"code", u.Stopped}, {"message", why.En}, {"messageZh", why.Zh}})
	}
	return shown
}

// whyStopped says why an undo ended before its end.
var whyStopped = map[string]api.Text{
	directory.UndoDiskFull: {Zh: "磁盘已满，撤销已停止；腾出空间后再次撤销，即可撤销其余部分。", En: "The disk is full, so the undo stopped. Make room, and undo the same again for the rest."},
	directory.UndoBusy:     {Zh: "服务繁忙，撤销已停止；稍后再次撤销，即可撤销其余部分。", En: "The directory was busy for too long, so the undo stopped. Undo the same again for the rest."},
}

// undoWait is how long a call waits for a large undo before it answers that it goes on.
const undoWait = 10_000 // objects

func (c *call) undo() (*reply, error) {
	b := c.body
	sel := directory.UndoSelection{RequestID: b.Get("requestId").Text, ImportID: b.Get("importId").Text, UndoID: b.Get("undoId").Text,
		Actor: b.Get("actor").Text, Since: timeOf(b.Get("since").Text), Until: timeOf(b.Get("until").Text)}
	o := directory.UndoOptions{Preview: b.Get("preview").Bool, DecideAll: b.Get("decideAll").Text, Decisions: map[string]string{}}
	for _, m := range b.Get("decisions").Members {
		name, id, _ := strings.Cut(m.Name, ":")
		if _, known := kindOf(name); !known || id == "" {
			return nil, refuse(invalidParameter, join("decisions", m.Name), api.Text{Zh: "键须为 kind:id，如 contact:123。", En: "the key must be kind:id, such as contact:123."})
		}
		o.Decisions[m.Name] = m.Value.Text
	}
	if err := c.endImport(sel, o.Preview); err != nil {
		return nil, err
	}
	large := make(chan directory.Undo, 1)
	o.Begun = func(u directory.Undo) {
		if u.Counts.Objects > undoWait {
			large <- u
		}
	}
	type outcome struct {
		undo directory.Undo
		err  error
	}
	done := make(chan outcome, 1)
	// An undo that has begun goes on when its caller leaves.
	go func() {
		u, err := c.session.Undo(context.WithoutCancel(c.request.Context()), sel, o)
		if err != nil && u.State == directory.UndoPartly && u.Counts.Objects > undoWait { // its caller has an answer already
			c.config.Log.Error("undo", "undo", u.ID, "request", c.id, "error", err)
		}
		done <- outcome{u, err}
	}()
	select {
	case u := <-large:
		return &reply{status: http.StatusAccepted, body: shownUndo(u), headers: map[string]string{"Location": c.request.URL.EscapedPath() + "/" + u.ID}}, nil
	case d := <-done:
		return c.undone(d.undo, d.err)
	}
}

var importStillRuns = &Error{Code: conflict, Rule: "importRunning", Message: api.Text{
	Zh: "这次导入正在进行；等它结束，或先取消它，再撤销。",
	En: "The import is running; wait for its end or cancel it, and then undo it.",
}}

// endImport keeps an import that is to be undone from writing more meanwhile. One
// that runs stands in the way; one that was interrupted does not go on any more.
func (c *call) endImport(sel directory.UndoSelection, preview bool) error {
	if preview || c.config.Importer == nil || sel.ImportID == "" && sel.RequestID == "" {
		return nil
	}
	ctx, id := c.request.Context(), sel.ImportID
	if id == "" {
		made, err := c.session.Imports(ctx, directory.ImportQuery{Request: sel.RequestID, Limit: 1})
		if err != nil || len(made) == 0 {
			return err
		}
		id = made[0].ID
	}
	i, err := c.config.Importer.Get(ctx, c.session, id)
	if errors.Is(err, directory.ErrImportNotFound) {
		return nil // its record was deleted, or the undo says that there is none
	}
	if err != nil {
		return err
	}
	switch directory.ImportState(i.State) {
	case directory.ImportRunning, directory.ImportQueued:
		return importStillRuns
	case directory.ImportInterrupted:
		if _, err = c.config.Importer.Cancel(ctx, c.session, id); errors.Is(err, directory.ErrImportEnded) {
			err = nil
		}
	}
	return err
}

func (c *call) undone(u directory.Undo, err error) (*reply, error) {
	switch {
	case errors.Is(err, directory.ErrUndoConflict):
		e := &Error{Code: conflict, Rule: "undoConflict", Message: api.Textf(
			"%d 个对象有冲突，什么也没有撤销；请为每一个在其 choices 中决定 undo 或 keep。", "%d objects are in conflict, so nothing was undone; decide undo or keep for each of them, as its choices allow.", len(u.Conflicts))}
		e.more = object{{"undo", shownUndo(u)}}
		return nil, e
	case errors.Is(err, directory.ErrUndoSelection):
		return nil, refuse(invalidParameter, "requestId", api.Text{
			Zh: "须给出 requestId、importId、undoId 之一，或 actor 和 since。",
			En: "give exactly one of requestId, importId, undoId, or actor with since.",
		})
	case err != nil:
		return nil, err
	}
	return &reply{status: http.StatusOK, body: shownUndo(u)}, nil
}

func (c *call) getUndo() (*reply, error) {
	u, err := c.session.UndoResult(c.request.Context(), c.path["id"])
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusOK, body: shownUndo(u)}, nil
}

// kindOf reads "contact:123" and the like.
func kindOf(name string) (directory.Kind, bool) {
	k := directory.Kind(strings.TrimSpace(name))
	return k, k.Known()
}
