package records

import (
	"cmp"
	"context"
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/transfer"
)

// allKinds is the kind of an export or a digest of everything.
const allKinds = "all"

// The trailers of an exported file (docs/spec/json-api.md#exports).
const (
	digestTrailer = "Mingce-Digest"
	sha256Trailer = "Mingce-Sha256"
	exportTrailer = "Mingce-Export"
)

// exportRoutes are the calls on exports.
func exportRoutes() []*route {
	kind := word("种类；all 为全部，只能是 jsonl。", "Kind; all is everything, as jsonl only.").oneOf(append(slices.Clone(importKinds), allKinds)...)
	body := members(
		required("kind", kind),
		optional("format", word("格式；缺省 csv，kind 为 all 时 jsonl。", "Format; csv if absent, and jsonl of all.").oneOf("csv", "xlsx", "vcard", "ldif", "jsonl")),
		optional("encoding", word("csv 的编码，缺省 utf-8-bom。", "Encoding of csv; utf-8-bom if absent.").oneOf(transfer.UTF8BOM, transfer.UTF8, transfer.GB18030)),
		optional("delimiter", word("csv 的分隔符：一个字符或 tab。", "Delimiter of csv: one character, or tab.")),
		optional("fields", list(text(api.Text{}), api.Text{Zh: "只要这些字段。", En: "Only these fields."})),
		optional("header", word("列名的语言，缺省 en。", "Titles of columns; en if absent.").oneOf("en", "zh", "field")),
		optional("vcardVersion", word("缺省 3.0。", "3.0 if absent.").oneOf("3.0", "4.0")),
		optional("filter", filterShape()),
		optional("mask", truth(api.Text{Zh: "掩码手机号和邮箱。", En: "Mask phones and mail addresses."})),
		optional("directory", word("消息联系人的资源目录。", "The resource directory of message contacts.")),
		optional("digestOnly", truth(api.Text{Zh: "只要文件所含对象的摘要，不要文件；格式缺省 jsonl。", En: "Only the digest of what the file would hold, and no file; the format is jsonl if absent."})),
	).named("ExportRequest")
	return []*route{
		{method: http.MethodPost, path: orgPath + "/exports", id: "export", tag: "Exports", do: importing((*call).export), body: body, streaming: FileStream, once: true, keeps: true,
			doc: api.Text{
				Zh: "导出对象为一个文件。文件之后的 trailer：" + digestTrailer + "、" + sha256Trailer + "，以及 " + exportTrailer + "（Export 的 JSON，base64url）；没有它们的文件不完整。",
				En: "Exports objects as a file. Trailers follow it: " + digestTrailer + ", " + sha256Trailer + " and " + exportTrailer + " (an Export as JSON in base64url). A file without them is not whole.",
			},
			parameters: []parameterOf{revealParameter}, refusals: []string{notOffered},
			answers: []answerOf{{status: http.StatusOK, doc: api.Text{Zh: "文件；digestOnly 时为摘要。", En: "The file; with digestOnly the digest."}, media: fileMedia(), shape: withoutFileShape(), headers: []string{"Content-Disposition"}}}},
		{method: http.MethodGet, path: orgPath + "/exports", id: "listExports", tag: "Exports", do: (*call).listExports,
			doc: api.Text{Zh: "列出完成的导出，最新的在前。", En: "Lists the exports that were completed, the newest first."}, parameters: []parameterOf{limitParameter, cursorParameter},
			refusals: []string{cursorInvalid}, answers: succeeds(http.StatusOK, pageShape("Export", exportShape()))},
		digestRoute(kind),
	}
}

// filtersOfAll are the filters of all kinds; those of another kind are refused.
func filtersOfAll() []parameterOf {
	list := []parameterOf{inQuery("q", word("搜索文本。", "A text to search for.").upTo(200))}
	for _, k := range kinds {
		for _, p := range k.filters {
			if !slices.ContainsFunc(list, func(f parameterOf) bool { return f.name == p.name }) {
				list = append(list, p)
			}
		}
	}
	return list
}

func filterShape() *shape {
	var fields []field
	for _, p := range filtersOfAll() {
		fields = append(fields, optional(p.name, p.shape))
	}
	return members(fields...).named("ExportFilter")
}

func exportShape() *shape { return members(exportFields()...).named("Export") }

// withoutFileShape is an export of which only the digest was asked for.
func withoutFileShape() *shape {
	fields := exportFields()
	for i := range fields {
		switch fields[i].name {
		case "id", "bytes", "sha256":
			fields[i].shape = fields[i].shape.orNull()
		}
	}
	return members(append(fields, required("count", whole(api.Text{Zh: "对象总数。", En: "Number of all objects."})))...).named("ExportDigest")
}

func exportFields() []field {
	return []field{
		required("id", word("编号。", "Id.")), required("corpId", word("组织。", "The organisation.")), required("kind", word("种类。", "Kind.")), required("format", word("格式。", "Format.")),
		required("counts", mapOf(whole(api.Text{}), api.Text{Zh: "每种对象的个数。", En: "Objects of each kind."})), required("bytes", whole(api.Text{Zh: "大小。", En: "Size."})),
		required("sha256", word("文件的 SHA-256。", "SHA-256 of the file.")), required("digest", word("对象的摘要。", "Digest of the objects.")),
		required("seq", whole(api.Text{Zh: "快照的最后一条历史。", En: "Last entry of the history in the snapshot."})), required("time", moment(api.Text{Zh: "快照的时间。", En: "Time of the snapshot."})),
		required("requestId", word("请求编号。", "Id of the request.")),
	}
}

// kindsNamed are the kinds that a name stands for.
func kindsNamed(name string) []directory.Kind {
	if name == allKinds {
		return directory.Kinds
	}
	for _, k := range kinds {
		if k.plural == name {
			return []directory.Kind{k.kind}
		}
	}
	return nil
}

// exportQuery reads the filter of an export. A filter that other kinds have is refused.
func (c *call) exportQuery(name string) (directory.ObjectQuery, error) {
	filter := c.body.Get("filter")
	if name == allKinds {
		if len(filter.Members) > 0 {
			return directory.ExportAll, refuse(invalidParameter, "filter", noFilterOfAll)
		}
		return directory.ExportAll, nil
	}
	kind := kindsNamed(name)[0]
	for _, m := range filter.Members {
		if !hasFilter(kind, m.Name) {
			return directory.ObjectQuery{}, noSuchFilter("filter."+m.Name, name)
		}
	}
	return selected(kind, filter.Get), nil
}

var noFilterOfAll = api.Text{Zh: "全部导出时不能筛选；只导出一种。", En: "everything cannot be filtered; name one kind."}

func noSuchFilter(parameter, kinds string) error {
	return refuse(unknownParameter, parameter, api.Text{Zh: kinds + " 没有这个筛选条件。", En: kinds + " have no such filter."})
}

func hasFilter(kind directory.Kind, name string) bool {
	return name == "q" || slices.ContainsFunc(kinds, func(k kindRoutes) bool {
		return k.kind == kind && slices.ContainsFunc(k.filters, func(p parameterOf) bool { return p.name == name })
	})
}

// selected is the query of the objects that filters leave.
func selected(kind directory.Kind, filter func(string) api.Value) directory.ObjectQuery {
	return directory.ObjectQuery{
		Kind: kind, Text: filter("q").Text, Label: numberOf(filter("label")), Follower: filter("follower").Text,
		Dept: numberOf(filter("dept")), Recursive: filter("recursive").Bool, Mobile: mobileOf(filter("mobile").Text),
		Email: strings.TrimSpace(filter("email").Text), Parent: numberOf(filter("parent")), Group: filter("group").Text,
		UpdatedSince: timeOf(filter("updatedSince").Text),
	}
}

// exportOptions reads how the file is written.
func (c *call) exportOptions(m *mask) (transfer.ExportOptions, error) {
	b := c.body
	o := transfer.ExportOptions{KindName: b.Get("kind").Text, WriteOptions: transfer.WriteOptions{
		Format: transfer.Format(b.Get("format").Text), Mask: b.Get("mask").Bool || m.phones, Encoding: b.Get("encoding").Text, Delimiter: b.Get("delimiter").Text,
		Header: b.Get("header").Text, VCardVersion: b.Get("vcardVersion").Text, CorpID: c.session.Org(),
	}}
	o.Kinds = kindsNamed(o.KindName)
	for _, f := range b.Get("fields").List {
		o.Fields = append(o.Fields, f.Text)
	}
	switch {
	case o.Format == "" && (o.KindName == allKinds || b.Get("digestOnly").Bool):
		o.Format = transfer.JSONL
	case o.Format == "":
		o.Format = transfer.CSV
	}
	if id := b.Get("directory").Text; id != "" {
		if err := c.ownDirectory(id); err != nil {
			return o, err
		}
	}
	org, err := c.config.Directory.Org(c.request.Context(), c.session.Org())
	o.CorpName = org.Name
	return o, err
}

// export writes a file of one snapshot (docs/spec/json-api.md#exports).
func (c *call) export() (*reply, error) {
	m, err := c.fileMasks()
	if err != nil {
		return nil, err
	}
	o, err := c.exportOptions(m)
	if err != nil {
		return nil, err
	}
	q, err := c.exportQuery(o.KindName)
	if err != nil {
		return nil, err
	}
	if c.body.Get("digestOnly").Bool {
		return c.answerOnce(func(c *call) (*reply, error) {
			e, err := c.exportWithoutFile(q, o, m)
			return &reply{status: http.StatusOK, body: e}, err
		})
	}
	charset := "utf-8"
	if o.Encoding == transfer.GB18030 {
		charset = o.Encoding
	}
	answer := newFile(o.Format, charset, c.session.Org()+"-"+o.KindName, func(w *streamWriter) error {
		return c.writeExportOnce(w, q, o, m)
	})
	answer.stream.trailers = []string{digestTrailer, sha256Trailer, exportTrailer}
	return answer, nil
}

// writeExport writes the file and records it: also one that was broken off, because
// somebody may have read what there is of it.
func (c *call) writeExport(w *streamWriter, q directory.ObjectQuery, o transfer.ExportOptions, m *mask) error {
	if err := c.exportPlace(); err != nil {
		return err
	}
	defer func() { <-c.exports }()
	var result transfer.ExportResult
	err := c.session.Export(c.request.Context(), q, func(s *directory.Snapshot) (err error) {
		result, err = transfer.Export(c.request.Context(), s, w, o)
		return err
	})
	if err != nil && !w.begun {
		return err
	}
	id := c.session.NewExportID()
	values := directory.Record{"kind": o.KindName, "format": string(o.Format), "masked": o.Mask}
	if m.record {
		values["revealed"] = true
	}
	if err != nil {
		values["brokenOff"] = true
	} else {
		maps.Copy(values, directory.Record{"counts": countsOf(result.Counts), "bytes": result.Bytes, "sha256": result.SHA256, "digest": result.Digest, "seq": result.Seq, "time": result.Time})
	}
	shown := c.shownExport(id, c.id, values)
	// The record is written also if the caller has left.
	recorded := c.session.RecordExport(context.WithoutCancel(c.request.Context()), id, values, func(tx directory.Tx) {
		if err == nil {
			c.keepIn(tx, &reply{status: http.StatusOK, body: shown})
		}
	})
	if err != nil || recorded != nil {
		return cmp.Or(err, recorded)
	}
	w.end(result, appendJSON(nil, shown))
	return nil
}

// end writes the trailers of an export. told is what it was, as JSON.
func (w *streamWriter) end(result transfer.ExportResult, told []byte) {
	w.begin()
	w.trailer(digestTrailer, result.Digest)
	w.trailer(sha256Trailer, result.SHA256)
	w.trailer(exportTrailer, base64.RawURLEncoding.EncodeToString(told))
}

// exportPlace takes a place: each export reads one snapshot as long as its caller takes
// the file, and others must find room to read.
func (c *call) exportPlace() error {
	select {
	case c.exports <- struct{}{}:
		return nil
	default:
		return directory.ErrBusy
	}
}

func countsOf(counts map[directory.Kind]int64) map[string]any {
	named := map[string]any{}
	for kind, n := range counts {
		named[string(kind)] = n
	}
	return named
}

// shownExport is an export as an answer shows it. values are those of its entry in the
// history.
func (c *call) shownExport(id, request string, values map[string]any) object {
	o := object{{"id", id}, {"corpId", c.session.Org()}}
	for _, name := range []string{"kind", "format", "counts", "bytes", "sha256", "digest", "seq", "time"} {
		o.set(name, values[name])
	}
	return append(o, member{"requestId", request})
}

func (c *call) listExports() (*reply, error) {
	place, err := c.place()
	if err != nil {
		return nil, err
	}
	before, _ := strconv.ParseInt(place, 10, 64) // "" is the beginning; others were made here
	entries, next, err := c.session.History(c.request.Context(), directory.HistoryFilter{Kind: "export", Action: "export", Before: before, Limit: int(c.number("limit", defaultPage))})
	if err != nil {
		return nil, err
	}
	items := []any{}
	for _, e := range entries {
		values := map[string]any{}
		for _, change := range e.Changes {
			values[change.Field] = change.After
		}
		if values["brokenOff"] == nil && values["digestOnly"] == nil && !e.Erased {
			for name, zero := range map[string]any{"bytes": 0, "seq": 0, "counts": object{}} { // the history has no zeros
				if values[name] == nil {
					values[name] = zero
				}
			}
			items = append(items, c.shownExport(e.ObjectID, e.RequestID, values))
		}
	}
	cursor := ""
	if next != 0 {
		cursor = decimal(next)
	}
	return &reply{status: http.StatusOK, body: object{{"items", items}, {"next", c.next(cursor)}}}, nil
}
