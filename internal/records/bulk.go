package records

import (
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// mostBulk is how many objects one call changes, and mostBulkItems how many its
// answer shows.
const (
	mostBulk      = 10_000
	mostBulkItems = 1000
)

// bulkRoute is the call that changes or deletes many objects of a kind
// (docs/spec/json-api.md#changes-in-bulk).
func (k *kindRoutes) bulkRoute() *route {
	filter := members().named(k.one + "Filter")
	for _, p := range k.bulkFilters() {
		filter.fields = append(filter.fields, optional(p.name, p.shape))
	}
	body := members(
		optional("ids", list(anID(api.Text{Zh: "编号。", En: "Ids."}), api.Text{Zh: "要改动的对象；ids 和 filter 只给一个。", En: "The objects; give either ids or filter."}).upTo(api.MaxItems)),
		optional("filter", filter.described(api.Text{Zh: "筛选条件，与列表的参数相同；{} 为全部。", En: "As the parameters of the list; {} is all."})),
		optional("change", k.changed()),
		optional("delete", truth(api.Text{Zh: "删除；change 和 delete 只给一个。", En: "Delete them; give either change or delete."})),
		optional("preview", truth(api.Text{Zh: "只说明会发生什么。", En: "Only tell what would happen."})),
		optional("confirm", text(api.Text{Zh: "预览返回的 confirm：其间有任何改动就拒绝。", En: "confirm of a preview: refused if anything has changed since."})),
		optional("partial", truth(api.Text{Zh: "有对象被拒绝时，仍改动其余的。", En: "A refused object does not keep the others from being changed."})),
	).named(k.one + "Bulk")
	return &route{
		method: http.MethodPost, path: k.base() + "/bulk", id: "bulk" + k.many, tag: k.many, access: access{permission: k.write}, do: k.bulk,
		doc:  k.say("批量改动或删除%。", "Changes or deletes many %%."),
		body: body, once: true, parameters: []parameterOf{revealParameter},
		refusals: []string{maskedValue, conflict, rejected},
		answers:  []answerOf{{status: http.StatusOK, doc: api.Text{Zh: "改动了什么。", En: "What was changed."}, shape: bulkShape()}},
	}
}

// bulkFilters are the filters of the list that select objects.
func (k *kindRoutes) bulkFilters() []parameterOf { return append(pagingOf()[:1], k.filters...) }

func bulkShape() *shape {
	count := func(zh, en string) *shape { return whole(api.Text{Zh: zh, En: en}) }
	counts := members(
		required("matched", count("选中的对象。", "Objects that were selected.")), required("changed", count("改动的。", "Changed.")),
		required("unchanged", count("无需改动的。", "With nothing to change.")), required("rejected", count("被拒绝的。", "Refused.")))
	item := members(
		required("id", text(api.Text{Zh: "编号。", En: "Id."})),
		required("changes", list(changeShape(), api.Text{Zh: "改动的字段。", En: "The fields that were changed."})),
		required("errors", list(detailShape(), api.Text{Zh: "被拒绝的原因。", En: "Why it was refused."})))
	return members(required("bulk", members(
		required("preview", truth(api.Text{Zh: "是否预览。", En: "Whether it was a preview."})),
		optional("confirm", text(api.Text{Zh: "预览的：执行时作为 confirm 发送。", En: "Of a preview: send it as confirm to carry it out."})),
		required("counts", counts),
		required("items", list(item, api.Text{Zh: "最多 1000 个对象。", En: "At most 1,000 objects."})),
		required("requestId", text(api.Text{Zh: "请求编号，可用于撤销。", En: "Id of the request, by which it can be undone."})),
	))).named("Bulk")
}

func changeShape() *shape {
	return members(
		required("field", text(api.Text{Zh: "字段。", En: "The field."})),
		required("before", &shape{is: anyShape, doc: api.Text{Zh: "原来的值；空为 null。", En: "The value before; null if it was empty."}}),
		required("after", &shape{is: anyShape, doc: api.Text{Zh: "新的值；空为 null。", En: "The new value; null if it is empty."}}),
	).named("FieldChange")
}

// bulkRun is one call of bulk.
type bulkRun struct {
	*call
	kind    *kindRoutes
	mask    *mask
	ids     []string
	edits   []directory.Edit
	preview bool
	partial bool
	confirm string // that the caller sent
	answer  *reply
}

func (k *kindRoutes) bulk(c *call) (*reply, error) {
	b := &bulkRun{call: c, kind: k, preview: c.body.Get("preview").Bool, partial: c.body.Get("partial").Bool, confirm: c.body.Get("confirm").Text}
	var err error
	if b.mask, err = c.masks(); err != nil {
		return nil, err
	}
	edit, err := b.template()
	if err != nil {
		return nil, err
	}
	if err := b.selectIDs(); err != nil {
		return nil, err
	}
	for _, id := range b.ids {
		edit.ID = id
		b.edits = append(b.edits, edit)
	}
	_, err = c.session.EditObjects(c.request.Context(), b.edits, directory.EditOptions{Preview: b.preview, Partial: true, Then: b.finish})
	if err != nil {
		return nil, err
	}
	return b.answer, nil
}

// template is the edit that each object gets.
func (b *bulkRun) template() (directory.Edit, error) {
	change, remove := b.body.Get("change"), b.body.Get("delete").Bool
	switch {
	case (change.Kind == api.ObjectValue) == remove:
		return directory.Edit{}, refuse(invalidParameter, "change", api.Text{Zh: "change 和 delete 须给出且只给出一个。", En: "give either change or delete."})
	case (b.body.Get("ids").Kind == api.ListValue) == (b.body.Get("filter").Kind == api.ObjectValue):
		return directory.Edit{}, refuse(invalidParameter, "ids", api.Text{Zh: "ids 和 filter 须给出且只给出一个。", En: "give either ids or filter."})
	case remove:
		return directory.Edit{Kind: b.kind.kind, Do: directory.RemoveObject}, nil
	}
	values, err := valuesOf(b.kind.kind, change)
	if err != nil {
		return directory.Edit{}, err
	}
	if len(values) == 0 || idIn(values, b.kind.kind) != "" {
		return directory.Edit{}, refuse(invalidParameter, "change", api.Text{Zh: "须改动至少一个字段，且不能是编号。", En: "must change a field, and not the id."})
	}
	return directory.Edit{Kind: b.kind.kind, Do: directory.ChangeObject, Values: values, KeepExtra: true}, nil
}

// selectIDs finds the objects that are meant, each once.
func (b *bulkRun) selectIDs() error {
	filter := b.body.Get("filter")
	if filter.Kind != api.ObjectValue {
		seen := map[string]bool{}
		for _, id := range b.body.Get("ids").List {
			if !seen[id.Text] {
				seen[id.Text], b.ids = true, append(b.ids, id.Text)
			}
		}
		return nil
	}
	b.query = map[string][]api.Value{}
	for _, m := range filter.Members {
		b.query[m.Name] = []api.Value{m.Value}
	}
	q, err := b.objectQuery(b.kind.kind)
	if err != nil {
		return err
	}
	q.Limit = directory.MaxObjectPage
	for {
		page, err := b.session.Objects(b.request.Context(), q)
		if err != nil {
			return err
		}
		for _, o := range page.Items {
			b.ids = append(b.ids, o.ID)
		}
		if len(b.ids) > mostBulk {
			return &Error{Code: rejected, Parameter: "filter", Rule: directory.RuleTooMany, Message: api.Textf(
				"filter：选中的对象超过 %d 个；缩小范围，分几次进行。", "filter: it selects more than %d objects; narrow it and repeat the call.", mostBulk)}
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}

var previewOutdated = &Error{Code: conflict, Parameter: "confirm", Rule: "previewOutdated", Message: api.Text{
	Zh: "预览之后有改动；重新预览。",
	En: "Something has changed since the preview; make another.",
}}

// finish makes the answer in the transaction of the edits, and refuses them if one
// was refused, or if they are not those of the preview.
func (b *bulkRun) finish(tx directory.Tx, results []directory.EditResult) error {
	counts := map[string]int{}
	items, refusals := []any{}, []Detail(nil)
	var shown []directory.Object
	for i, r := range results {
		item := object{{"id", b.ids[i]}, {"changes", []any{}}, {"errors", []any{}}}
		switch {
		case r.Err != nil:
			counts["rejected"]++
			details := b.detailsOf(r.Err)
			refusals = append(refusals, named(b.ids[i], details)...)
			item.replace("errors", detailList(details))
		case !r.Changed:
			counts["unchanged"]++
		default:
			counts["changed"]++
			item.replace("changes", b.mask.changes(b.kind.kind, r.Before.Values, r.After.Values))
		}
		if len(items) < mostBulkItems {
			items, shown = append(items, item), append(shown, r.Before)
		}
	}
	token := b.token(results)
	switch {
	case b.confirm != "" && !hmac.Equal([]byte(b.confirm), []byte(token)):
		return previewOutdated
	case len(refusals) > 0 && !b.partial:
		first := refusals[0]
		return &Error{Code: rejected, Parameter: first.Parameter, Rule: first.Rule, Message: first.Message, Details: refusals[:min(len(refusals), mostDetails)]}
	}
	body := object{{"preview", b.preview}}
	if b.preview {
		body.set("confirm", token)
	}
	body.set("counts", object{{"matched", len(results)}, {"changed", counts["changed"]}, {"unchanged", counts["unchanged"]}, {"rejected", counts["rejected"]}})
	body.set("items", items)
	body.set("requestId", b.id)
	b.answer = &reply{status: http.StatusOK, body: object{{"bulk", body}}}
	if b.preview {
		return nil
	}
	if b.mask.record {
		b.session.RecordRevealIn(tx, shown...)
	}
	b.keepIn(tx, b.answer)
	return nil
}

// detailsOf says why an object was refused.
func (c *call) detailsOf(err error) []Detail {
	if refused := new(directory.ObjectError); errors.As(err, &refused) {
		return c.refusedObject(refused).Details
	}
	if e := c.errorOf(err); e != nil {
		rule := e.Rule
		if rule == "" {
			rule = e.Code
		}
		return []Detail{{Rule: rule, Message: e.Message}}
	}
	return []Detail{{Rule: internalError}}
}

// named puts the object's id before the fields of the details.
func named(id string, details []Detail) []Detail {
	list := make([]Detail, len(details))
	for i, d := range details {
		d.Parameter = strings.TrimSuffix(id+"."+d.Parameter, ".")
		list[i] = d
	}
	return list
}

func detailList(details []Detail) []any {
	list := make([]any, len(details))
	for i := range details {
		list[i] = details[i].object()
	}
	return list
}

// token stands for the state that the edits found, and what they do.
func (b *bulkRun) token(results []directory.EditResult) string {
	var state strings.Builder
	state.WriteString("bulk\x00" + b.route.id + "\x00" + b.session.Org() + "\x00")
	state.Write(b.body.Get("change").AppendJSON(nil))
	state.Write(b.body.Get("delete").AppendJSON(nil))
	for i, r := range results {
		state.WriteString("\x00" + b.ids[i] + "\x00" + decimal(r.Before.Version))
	}
	return base64.RawURLEncoding.EncodeToString(b.config.Directory.CursorMAC(state.String()))
}
