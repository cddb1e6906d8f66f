package records

import "github.com/mingce/mingce/internal/api"

// importKinds are the kinds as imports and exports name them.
var importKinds = []string{"contacts", "employees", "departments", "labels", "message-contacts"}

// optionFields are the options of an import: in the query, and in the form. Lists are
// repeated in the query.
func optionFields() []field {
	flag := func(name, zh, en string) field { return optional(name, truth(api.Text{Zh: zh, En: en})) }
	return []field{
		optional("kind", word("对象的种类；jsonl 可不给出。", "Kind of the objects; jsonl tells it itself.").oneOf(importKinds...)),
		optional("format", word("文件格式，缺省 auto。", "Format of the file; auto if absent.").oneOf("auto", "csv", "xlsx", "vcard", "ldif", "jsonl")),
		optional("encoding", word("编码，缺省 auto。", "Encoding; auto if absent.").oneOf("auto", "utf-8", "utf-16le", "utf-16be", "gb18030", "gbk", "big5", "windows-1252")),
		optional("delimiter", word("CSV 的分隔符：auto、tab 或一个字符。", "Delimiter of CSV: auto, tab or the character.")),
		optional("sheet", word("工作表的名称。", "Name of the sheet.")),
		optional("map", word("字段=列名；#3 为第三列，空为不取。可重复。", "field=header; #3 is the third column, nothing is none. May be repeated.").example("mobile=联系电话")),
		optional("onDuplicate", word("对象已存在时，缺省 skip。", "What becomes of rows whose object exists; skip if absent.").oneOf("skip", "update", "create", "fail")),
		optional("match", word("识别对象的键，按次序，以逗号分隔。", "Keys by which objects are recognised, in order, with commas.").example("user-id,mobile")),
		optional("empty", word("更新时空单元格的含义，缺省 keep。", "What empty cells do in an update; keep if absent.").oneOf("keep", "clear")),
		optional("owner", word("没有负责人的联系人的负责人。", "The owner of contacts without one.")),
		optional("label", word("每行都加的标签：编号或 组/名称。可重复。", "A label that every row gets: id or GROUP/NAME. May be repeated.")),
		optional("country", word("没有国家码的号码的国家码，缺省 86。", "Country of numbers that name none; 86 if absent.")),
		flag("createDepartments", "新建不存在的部门。", "Make departments that do not exist."), flag("createLabels", "新建不存在的标签。", "Make labels that do not exist."),
		optional("maxRejected", whole(api.Text{Zh: "被拒绝的行超过此数时什么也不写。", En: "Write nothing if more rows are rejected."}).from(0, 1<<53)),
		flag("again", "再次导入导入过的文件。", "Import a file again that was imported before."), flag("preview", "只说明会发生什么。", "Only tell what would happen."),
		optional("directory", word("消息联系人的资源目录。", "The resource directory of message contacts.")),
	}
}

// isRepeated reports whether an option is a list.
func isRepeated(option string) bool { return option == "map" || option == "label" }

// formShape is the form with a file.
func formShape(options bool) *shape {
	file := required("file", binary(api.Text{Zh: "文件；其后不能再有内容。", En: "The file, as the last part of the form."}))
	if !options {
		return members(file).named("FileForm")
	}
	return members(optional("options", optionsShape()), file).named("ImportForm")
}

// optionsShape are the options as JSON.
func optionsShape() *shape {
	fields := optionFields()
	for i, f := range fields {
		if isRepeated(f.name) {
			either := []*shape{text(api.Text{}), list(text(api.Text{}), api.Text{})}
			fields[i].shape = (&shape{is: anyShape, either: either}).described(api.Text{Zh: f.doc.Zh + "文本或文本的数组。", En: f.doc.En + " A text or a list of texts."})
		}
	}
	return members(fields...).named("ImportRequest")
}

// waitParameter lets a call answer when an import has ended.
var waitParameter = inQuery("wait", word("等待导入结束的最长时间，如 30s，最多 5m。", "How long to wait for the end of the import: 30s, at most 5m.").example("30s"))

// importShape is an import in an answer.
func importShape() *shape {
	n := func(zh, en string) *shape { return whole(api.Text{Zh: zh, En: en}) }
	texts := func(zh, en string) *shape { return list(text(api.Text{}), api.Text{Zh: zh, En: en}) }
	options := optionFields()
	for i, f := range options {
		options[i].shape = &shape{is: f.is, doc: f.doc} // as they were understood
		if isRepeated(f.name) {
			options[i].shape = list(text(api.Text{}), f.doc)
		}
	}
	return members(
		required("id", word("编号。", "Id.")), required("corpId", word("组织。", "The organisation.")),
		required("kind", word("种类。", "Kind.").orNull()), required("state", word("状态。", "State.").oneOf(importStates...)),
		required("preview", truth(api.Text{Zh: "是否预览。", En: "Whether it is a preview."})),
		required("repeated", truth(api.Text{Zh: "是以前的同一次导入，没有再写。", En: "It is an earlier import of the same; nothing was written again."})),
		required("format", word("格式。", "Format.").orNull()), required("encoding", word("编码。", "Encoding.").orNull()),
		required("delimiter", word("分隔符。", "Delimiter.").orNull()), required("sheet", word("工作表。", "Sheet.").orNull()),
		required("headerLine", n("标题行。", "Line of the header.").orNull()),
		required("columns", list(members(required("column", n("列，从 1 起。", "Column, from 1.")), required("header", word("列名。", "Its title.")), required("field", word("字段；null 为不取。", "Its field; null if it was taken for nothing.").orNull())), api.Text{Zh: "列。", En: "The columns."})),
		required("file", members(required("name", word("文件名。", "Name of the file.").orNull()), required("bytes", n("大小。", "Size.")), required("digest", word("SHA-256。", "SHA-256.").orNull()))),
		required("counts", members(required("rows", n("行。", "Rows.")), required("created", n("新建。", "Created.")), required("updated", n("更新。", "Updated.")), required("unchanged", n("不变。", "Unchanged.")),
			required("skipped", n("跳过。", "Skipped.")), required("rejected", n("拒绝。", "Rejected.")), required("warnings", n("警告的个数。", "Number of warnings.")))),
		required("ignored", list(members(required("header", word("列、属性或键。", "Column, property or key.")), required("count", n("有值的行数。", "Rows with a value."))), api.Text{Zh: "没有取的内容。", En: "What was left."})),
		required("ignoredEntries", n("没有取的记录。", "Entries that were left.")), required("linesBeforeHeader", n("标题行之前的行数。", "Lines before the header.").orNull()),
		required("createdDepartments", texts("新建的部门。", "Departments that were made.")), required("createdLabels", texts("新建的标签。", "Labels that were made.")),
		required("options", members(options...).named("ImportOptions").orNull()),
		required("actor", word("由谁导入。", "Who imports.")), required("requestId", word("请求编号。", "Id of the request.")),
		required("startedAt", moment(api.Text{Zh: "开始时间。", En: "When it began."})), required("endedAt", moment(api.Text{Zh: "结束时间。", En: "When it ended."}).orNull()),
		required("error", members(required("code", word("错误码。", "Code.")), required("message", word("说明（英文）。", "What is wrong and what helps, in English.")),
			required("messageZh", word("说明（中文）。", "The same in Chinese.")), required("line", n("行。", "Line.").orNull())).orNull()),
	).named("Import")
}

var importStates = []string{"queued", "running", "done", "previewed", "failed", "interrupted", "stopped", "undone"}

// rowActions are what becomes of a row.
var rowActions = []string{"created", "updated", "unchanged", "skipped", "rejected"}

// rowShape is a row of an import in an answer.
func rowShape() *shape {
	problem := members(
		required("code", word("规则的代码。", "Code of the rule.")), required("line", whole(api.Text{Zh: "行。", En: "Line."})),
		required("column", whole(api.Text{Zh: "列。", En: "Column."}).orNull()), required("header", word("列名。", "Title.").orNull()),
		required("field", word("字段。", "Field.").orNull()), required("value", word("值的开头。", "Beginning of the value.")),
		required("message", word("说明（英文）。", "What is wrong and what helps, in English.")), required("messageZh", word("说明（中文）。", "The same in Chinese.")),
	).named("RowProblem")
	return members(
		required("row", whole(api.Text{Zh: "第几个记录，从 1 起。", En: "Number of the record, from 1."})), required("line", whole(api.Text{Zh: "行。", En: "Line."})),
		required("action", word("结果。", "What became of it.").oneOf(rowActions...)), required("kind", word("种类。", "Kind.").orNull()),
		required("objectId", word("对象的编号。", "Id of the object.").orNull()),
		required("object", (&shape{is: mapShape, items: &shape{is: anyShape}, doc: api.Text{Zh: "之后的对象。", En: "The object as it is then."}}).orNull()),
		required("errors", list(problem, api.Text{Zh: "拒绝的原因。", En: "Why it was rejected."})), required("warnings", list(problem, api.Text{Zh: "警告。", En: "Warnings."})),
	).named("ImportRow")
}
