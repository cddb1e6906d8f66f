package records

import (
	"net/http"

	"github.com/mingce/mingce/internal/api"
)

// importRoutes are the calls on imports (docs/spec/json-api.md#imports).
func importRoutes() []*route {
	base := orgPath + "/imports"
	id := inPath("id", word("导入编号。", "Id of the import."))
	name := inQuery("name", word("文件名。", "Name of the file."))
	options := []parameterOf{waitParameter, name}
	for _, f := range optionFields() {
		options = append(options, parameterOf{name: f.name, repeated: isRepeated(f.name), shape: f.shape})
	}
	// begun are the answers of calls that let an import run.
	begun := []answerOf{
		{status: http.StatusAccepted, doc: api.Text{Zh: "导入正在进行。", En: "The import goes on."}, shape: importShape(), headers: []string{"Location"}},
		{status: http.StatusOK, doc: api.Text{Zh: "导入已结束。", En: "The import has ended."}, shape: importShape()},
	}
	file := func(media ...string) []answerOf {
		return []answerOf{{status: http.StatusOK, doc: api.Text{Zh: "文件。", En: "The file."}, media: media, headers: []string{"Content-Disposition"}}}
	}
	return []*route{
		{method: http.MethodPost, path: base, id: "startImport", tag: "Imports", do: importing((*call).startImport), upload: formShape(true), streaming: FileStream, once: true, keeps: true,
			doc:        api.Text{Zh: "导入一个文件：请求体是文件本身，或表单。", En: "Imports a file: the body is the file itself, or a form."},
			parameters: options, refusals: []string{conflict, rejected, notOffered}, answers: begun},
		{method: http.MethodGet, path: base, id: "listImports", tag: "Imports", do: importing((*call).listImports),
			doc: api.Text{Zh: "列出导入，最新的在前。", En: "Lists the imports, the newest first."}, parameters: []parameterOf{limitParameter, cursorParameter},
			refusals: []string{cursorInvalid, notOffered}, answers: succeeds(http.StatusOK, pageShape("Import", importShape()))},
		{method: http.MethodGet, path: base + "/{id}", id: "getImport", tag: "Imports", do: importing((*call).getImport),
			doc: api.Text{Zh: "读取一次导入。", En: "Reads an import."}, parameters: []parameterOf{id}, refusals: []string{notOffered}, answers: succeeds(http.StatusOK, importShape())},
		{method: http.MethodGet, path: base + "/{id}/rows", id: "listImportRows", tag: "Imports", do: importing((*call).importRows),
			doc: api.Text{Zh: "列出一次导入的行。", En: "Lists the rows of an import."},
			parameters: []parameterOf{id, inQuery("action", word("结果为此的行。", "Rows of which this became.").oneOf(rowActions...)),
				inQuery("problems", truth(api.Text{Zh: "只要有错误或警告的行。", En: "Only rows with errors or warnings."})), limitParameter, cursorParameter, revealParameter},
			refusals: []string{cursorInvalid, notOffered}, answers: succeeds(http.StatusOK, pageShape("ImportRow", rowShape()))},
		{method: http.MethodGet, path: base + "/{id}/report", id: "getImportReport", tag: "Imports", do: importing((*call).importReport), streaming: FileStream,
			doc:        api.Text{Zh: "下载每一行的结果。", En: "Downloads what became of each row."},
			parameters: []parameterOf{id, inQuery("format", word("csv 或 jsonl，缺省 csv。", "csv or jsonl; csv if absent.").oneOf("csv", "jsonl")), revealParameter},
			refusals:   []string{notOffered}, answers: file("text/csv", "application/x-ndjson")},
		{method: http.MethodGet, path: base + "/{id}/rejected", id: "getRejectedRecords", tag: "Imports", do: importing((*call).rejectedRecords), streaming: FileStream,
			doc:        api.Text{Zh: "下载被拒绝的记录，格式与文件相同。", En: "Downloads the rejected records in the format of the file."},
			parameters: []parameterOf{id}, refusals: []string{conflict, notOffered}, answers: file(fileMedia()...)},
		{method: http.MethodGet, path: base + "/{id}/events", id: "followImport", tag: "Imports", do: importing((*call).followImport), streaming: EventStream,
			doc:        api.Text{Zh: "跟随一次导入的进度，直到结束。", En: "Follows the progress of an import until its end."},
			parameters: []parameterOf{id}, refusals: []string{notOffered},
			answers: []answerOf{{status: http.StatusOK, doc: api.Text{Zh: "事件 progress，最后是 done。", En: "Events: progress, and done at the end."}, media: []string{eventStream}}}},
		{method: http.MethodPost, path: base + "/{id}/cancel", id: "cancelImport", tag: "Imports", do: importing((*call).cancelImport), once: true,
			doc:        api.Text{Zh: "停止一次导入；已写的行保留。", En: "Stops an import; what is written stays."},
			parameters: []parameterOf{id}, refusals: []string{conflict, notOffered}, answers: succeeds(http.StatusOK, importShape())},
		{method: http.MethodPost, path: base + "/{id}/run", id: "runImport", tag: "Imports", do: importing((*call).runImport), streaming: FileStream, once: true, keeps: true,
			doc:        api.Text{Zh: "在 24 小时内把预览变为真正的导入。", En: "Makes a preview real, within 24 hours."},
			parameters: []parameterOf{id, waitParameter}, refusals: []string{conflict, rejected, notOffered}, answers: begun},
		{method: http.MethodPost, path: base + "/{id}/resume", id: "resumeImport", tag: "Imports", do: importing((*call).resumeImport), streaming: FileStream, upload: formShape(false), bodyless: true,
			doc:        api.Text{Zh: "继续中断的导入；给出的文件须相同。", En: "Goes on with an interrupted import; a file that is sent must be the same."},
			parameters: []parameterOf{id, waitParameter, name}, refusals: []string{conflict, rejected, notOffered}, answers: begun},
	}
}

var noTransfer = &Error{Code: notOffered, Message: api.Text{Zh: "这里不能导入和导出文件。", En: "Files can be neither imported nor exported here."}}

// importing is a call that needs the importer.
func importing(do func(*call) (*reply, error)) func(*call) (*reply, error) {
	return func(c *call) (*reply, error) {
		if c.config.Importer == nil {
			return nil, noTransfer
		}
		return do(c)
	}
}
