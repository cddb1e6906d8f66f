package records

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// objectRoutes are the calls on the objects of a kind.
func (k *kindRoutes) objectRoutes() []*route {
	base := k.base()
	id := inPath("id", text(api.Text{Zh: k.zh + "的编号，须百分号编码。", En: "Id of the " + k.en + ", percent-encoded."}))
	shown := k.shown()
	page := list(shown, api.Text{Zh: "这一页。", En: "The page."})
	object := func(status int, doc api.Text, headers ...string) []answerOf {
		return []answerOf{{status: status, doc: doc, shape: shown, headers: append(headers, "ETag")}}
	}
	return []*route{
		{
			method: http.MethodGet, path: base, id: "list" + k.many, tag: k.many, access: access{permission: k.readAll}, do: k.list,
			doc:        k.say("列出%，按 cursor 分页。", "Lists %%, page by page."),
			parameters: append(pagingOf(), k.filters...),
			refusals:   []string{cursorInvalid},
			answers: []answerOf{{status: http.StatusOK, doc: k.say("一页%。", "A page of %%."), shape: members(
				required("items", page), required("next", text(api.Text{Zh: "下一页的 cursor；没有下一页时为 null。", En: "The cursor of the next page; null if there is none."}).orNull()),
				optional("total", whole(api.Text{Zh: "总数，仅当 count=true。", En: "How many there are, with count=true."})),
			).named(k.one + "Page")}},
		},
		{
			method: http.MethodGet, path: base + "/{id}", id: "get" + k.one, tag: k.many, access: access{permission: k.read}, do: k.get,
			doc:        k.say("读取一个%。", "Reads one %."),
			parameters: []parameterOf{id, revealParameter},
			answers:    object(http.StatusOK, k.say("%。", "The %.")),
		},
		{
			method: http.MethodPost, path: base, id: "create" + k.one, tag: k.many, access: access{permission: k.write}, do: k.create,
			doc: k.say("新建一个%。", "Creates one %."), body: k.created(), once: true,
			parameters: []parameterOf{revealParameter},
			refusals:   []string{maskedValue, conflict, rejected},
			answers:    object(http.StatusCreated, k.say("新建的%。", "The new %."), "Location"),
		},
		{
			method: http.MethodPatch, path: base + "/{id}", id: "change" + k.one, tag: k.many, access: access{permission: k.write}, do: k.change,
			doc:        k.say("改动一个%：没有给出的字段不变，null、空文本和空列表清空。", "Changes one %: fields that are absent stay, null, empty texts and empty lists clear them."),
			parameters: []parameterOf{id, revealParameter}, body: k.changed(),
			refusals: []string{maskedValue, conflict, versionMismatch, rejected},
			answers:  object(http.StatusOK, k.say("改动后的%。", "The changed %.")),
		},
		{
			method: http.MethodDelete, path: base + "/{id}", id: "delete" + k.one, tag: k.many, access: access{permission: k.write}, do: k.remove,
			doc:        k.say("删除一个%，放入回收站。", "Deletes one %; it goes to the bin."),
			parameters: []parameterOf{id},
			refusals:   []string{conflict, versionMismatch, rejected},
			answers:    []answerOf{{status: http.StatusNoContent, doc: api.Text{Zh: "已删除。", En: "It was deleted."}}},
		},
	}
}

func (k *kindRoutes) list(c *call) (*reply, error) {
	mask, err := c.masks()
	if err != nil {
		return nil, err
	}
	q, err := c.objectQuery(k.kind)
	if err != nil {
		return nil, err
	}
	p, err := c.session.Objects(c.request.Context(), q)
	if err != nil {
		return nil, err
	}
	if err := c.revealed(mask, p.Items...); err != nil {
		return nil, err
	}
	items := make([]any, len(p.Items))
	for i, o := range p.Items {
		items[i] = shownObject(mask.object(o))
	}
	body := object{{"items", items}, {"next", c.next(p.Next)}}
	if q.Count {
		body.set("total", p.Total)
	}
	return &reply{status: http.StatusOK, body: body}, nil
}

// objectQuery reads the parameters of a list.
func (c *call) objectQuery(kind directory.Kind) (directory.ObjectQuery, error) {
	by, reverse := strings.CutPrefix(c.text("sort"), "-")
	q := directory.ObjectQuery{
		Kind: kind, Text: c.text("q"), Sort: directory.ObjectSort(by), Reverse: reverse,
		Limit: int(c.number("limit", defaultPage)), Count: c.is("count"),
		Label: c.number("label", 0), Follower: c.text("follower"), Dept: c.number("dept", 0), Recursive: c.is("recursive"),
		Mobile: mobileOf(c.text("mobile")), Email: strings.TrimSpace(c.text("email")), Parent: c.number("parent", 0), Group: c.text("group"),
	}
	if err := c.mayFindBy(kind, q); err != nil {
		return q, err
	}
	if since := c.text("updatedSince"); since != "" {
		q.UpdatedSince, _ = time.Parse(time.RFC3339, since) // its form was checked
	}
	var err error
	q.After, err = c.place()
	return q, err
}

// mayFindBy refuses filters by which an app would find out what it may not see: it
// could try all numbers that a masked one may be. The vendor's calls show
// the number of an external contact to every app that may read the contact.
func (c *call) mayFindBy(kind directory.Kind, q directory.ObjectQuery) error {
	if c.caller.Kind != directory.AppCaller || kind != directory.EmployeeKind {
		return nil
	}
	lacks := func(parameter, permission string) error {
		return refuse(forbidden, parameter, api.Text{
			Zh: "应用没有权限点 " + permission + "，不能按它查找；为应用添加它。",
			En: "The app lacks the permission " + permission + " that finding by it needs; grant it to the app.",
		})
	}
	switch {
	case q.Mobile != "" && !c.caller.May(directory.PermissionMobile) && !c.caller.May(findByMobile):
		return lacks("mobile", findByMobile)
	case q.Email != "" && !c.caller.May(directory.PermissionEmail):
		return lacks("email", directory.PermissionEmail)
	}
	return nil
}

// findByMobile is the permission of the vendor's call that finds an employee by
// mobile.
const findByMobile = "qyapi_get_member_by_mobile"

// mobileOf spells a mobile of a filter as objects have it: with its country.
func mobileOf(text string) string {
	text = strings.TrimSpace(strings.TrimPrefix(text, "+"))
	if len(text) == 11 && text[0] == '1' && !strings.Contains(text, "-") {
		return "86-" + text
	}
	return text
}

func (k *kindRoutes) get(c *call) (*reply, error) {
	mask, err := c.masks()
	if err != nil {
		return nil, err
	}
	o, err := c.session.Object(c.request.Context(), k.kind, c.path["id"])
	if err != nil {
		return nil, err
	}
	if err := c.revealed(mask, o); err != nil {
		return nil, err
	}
	return single(http.StatusOK, mask.object(o)), nil
}

// single is an object as an answer.
func single(status int, o directory.Object) *reply {
	return &reply{status: status, body: shownObject(o), headers: map[string]string{"ETag": etag(o.Version)}}
}

func (k *kindRoutes) create(c *call) (*reply, error) {
	values, err := valuesOf(k.kind, c.body)
	if err != nil {
		return nil, err
	}
	e := directory.Edit{Kind: k.kind, Do: directory.CreateObject, ID: idIn(values, k.kind), Values: values}
	return c.edit(e, func(mask *mask, r directory.EditResult) *reply {
		answer := single(http.StatusCreated, mask.object(r.After))
		answer.headers["Location"] = c.request.URL.EscapedPath() + "/" + url.PathEscape(r.After.ID)
		return answer
	})
}

// idIn takes the id that a new object brings out of its values; "" is none.
func idIn(values directory.Values, kind directory.Kind) string {
	name := kind.IDField()
	id := values[name]
	delete(values, name)
	switch id := id.(type) {
	case string:
		return id
	case int64:
		if id != 0 {
			return decimal(id)
		}
	}
	return ""
}

func (k *kindRoutes) change(c *call) (*reply, error) {
	values, err := valuesOf(k.kind, c.body)
	if err != nil {
		return nil, err
	}
	if err := sameID(values, k.kind, c.path["id"]); err != nil {
		return nil, err
	}
	version, err := c.ifMatch()
	if err != nil {
		return nil, err
	}
	e := directory.Edit{Kind: k.kind, Do: directory.ChangeObject, ID: c.path["id"], Values: values, KeepExtra: true, IfVersion: version}
	return c.edit(e, func(mask *mask, r directory.EditResult) *reply { return single(http.StatusOK, mask.object(r.After)) })
}

// sameID takes the id out of a change. It cannot be changed.
func sameID(values directory.Values, kind directory.Kind, id string) error {
	given := values[kind.IDField()] != nil
	if other := idIn(values, kind); given && other != id {
		return &directory.ObjectError{Kind: kind, ID: id, Problems: []directory.Problem{{Field: kind.IDField(), Rule: directory.RuleValueInvalid}}}
	}
	return nil
}

func (k *kindRoutes) remove(c *call) (*reply, error) {
	version, err := c.ifMatch()
	if err != nil {
		return nil, err
	}
	_, err = c.session.EditObject(c.request.Context(), directory.Edit{Kind: k.kind, Do: directory.RemoveObject, ID: c.path["id"], IfVersion: version})
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusNoContent}, nil
}

// edit carries out one edit, and keeps its answer in the same transaction.
func (c *call) edit(e directory.Edit, show func(*mask, directory.EditResult) *reply) (*reply, error) {
	mask, err := c.masks()
	if err != nil {
		return nil, err
	}
	var answer *reply
	_, err = c.session.EditObjects(c.request.Context(), []directory.Edit{e}, directory.EditOptions{
		Then: func(tx directory.Tx, results []directory.EditResult) error {
			answer = show(mask, results[0])
			if mask.record {
				c.session.RecordRevealIn(tx, results[0].After)
			}
			c.keepIn(tx, answer)
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}
