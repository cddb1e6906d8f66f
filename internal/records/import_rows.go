package records

import (
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/transfer"
)

// row is a row of an import as the answer shows it: what may be a phone or a mail
// address is masked, also in what is said about it.
func (m *mask) row(r transfer.RowReport) transfer.RowReport {
	if !m.phones && !m.mails {
		return r
	}
	kind := directory.Kind("")
	if r.Kind != nil {
		kind = directory.Kind(*r.Kind)
	}
	if r.Object != nil {
		r.Object = m.object(directory.Object{Kind: kind, Values: r.Object}).Values
	}
	r.Errors, r.Warnings = m.problems(kind, r.Errors), m.problems(kind, r.Warnings)
	return r
}

func (m *mask) problems(kind directory.Kind, list []transfer.ProblemReport) []transfer.ProblemReport {
	masked := make([]transfer.ProblemReport, len(list))
	for i, p := range list {
		if m.hides(kind, p.Field) && p.Value != "" {
			p.Value = directory.Mask(p.Value)
		} else if m.hidesParts(kind, p.Field) {
			p.Value, _ = directory.MaskNamed(*p.Field, p.Value).(string)
		}
		masked[i] = p
	}
	return masked
}

// hides reports whether values of a field are masked. A value of no field is part of a
// record that could not be read, and may hold anything.
func (m *mask) hides(kind directory.Kind, name *string) bool {
	if name == nil {
		return true
	}
	f, ok := kind.Field(*name)
	return !ok || f.Personal && (isMail(f) && m.mails || !isMail(f) && m.phones)
}

// hidesParts reports whether what is personal within values of a field is masked.
func (m *mask) hidesParts(kind directory.Kind, name *string) bool {
	if name == nil {
		return false
	}
	f, ok := kind.Field(*name)
	return ok && f.Type == directory.ExtraField && (m.phones || m.mails)
}

// revealedImport records that the caller was shown rows of an import in clear: one entry
// for all of them.
func (c *call) revealedImport(m *mask) error {
	return c.revealed(m, directory.Object{Kind: "import", ID: c.path["id"]})
}

func (c *call) importRows() (*reply, error) {
	m, err := c.fileMasks()
	if err != nil {
		return nil, err
	}
	place, err := c.place()
	if err != nil {
		return nil, err
	}
	read := c.config.Importer.Rows
	if c.is("problems") {
		read = c.config.Importer.ProblemRows
	}
	rows, next, err := read(c.request.Context(), c.session, c.path["id"], c.text("action"), place, int(c.number("limit", defaultPage)))
	if err != nil {
		return nil, err
	}
	if len(rows) > 0 {
		if err := c.revealedImport(m); err != nil {
			return nil, err
		}
	}
	items := make([]any, len(rows))
	for i, r := range rows {
		items[i] = asJSON(m.row(r))
	}
	return &reply{status: http.StatusOK, body: object{{"items", items}, {"next", c.next(next)}}}, nil
}

// fileMedia are the types of files, of csv first.
func fileMedia() []string {
	var list []string
	for _, f := range fileTypes {
		list = append(list, f.media)
	}
	return list
}

// fileTypes are the formats of files with the ends of their names.
var fileTypes = []struct {
	format     transfer.Format
	end, media string
}{
	{transfer.CSV, ".csv", "text/csv"},
	{transfer.Excel, ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{transfer.VCard, ".vcf", "text/vcard"},
	{transfer.LDIF, ".ldif", "text/ldif"},
	{transfer.JSONL, ".jsonl", "application/x-ndjson"},
}

// newFile is a stream of a format. charset is that of texts.
func newFile(format transfer.Format, charset, name string, write func(*streamWriter) error) *reply {
	s := &stream{write: write}
	for _, f := range fileTypes {
		if f.format == format {
			s.media, s.name = f.media, name+f.end
		}
	}
	if format != transfer.Excel {
		s.media += "; charset=" + charset
	}
	return &reply{status: http.StatusOK, stream: s}
}

func (c *call) importReport() (*reply, error) {
	m, err := c.fileMasks()
	if err != nil {
		return nil, err
	}
	id, format := c.path["id"], transfer.Format(c.text("format"))
	if format == "" {
		format = transfer.CSV
	}
	if _, _, err := c.config.Importer.Rows(c.request.Context(), c.session, id, "", "", 0); err != nil { // it is gone, or its rows are
		return nil, err
	}
	if err := c.revealedImport(m); err != nil {
		return nil, err
	}
	return newFile(format, "utf-8", id+"-report", func(w *streamWriter) error {
		const atOnce = 500
		out, err := transfer.NewReportWriter(w, format)
		if err != nil {
			return err
		}
		for cursor := ""; ; {
			rows, next, err := c.config.Importer.Rows(c.request.Context(), c.session, id, "", cursor, atOnce)
			if err != nil {
				return err
			}
			for _, r := range rows {
				r = m.row(r)
				if err := out.Write(&r); err != nil {
					return err
				}
			}
			if cursor = next; next == "" {
				return out.Flush()
			}
		}
	}), nil
}

func (c *call) rejectedRecords() (*reply, error) {
	id := c.path["id"]
	v, err := c.config.Importer.Get(c.request.Context(), c.session, id)
	if err != nil {
		return nil, err
	}
	if v.Format == nil {
		return nil, noCopy
	}
	return newFile(transfer.Format(*v.Format), "utf-8", id+"-rejected", func(w *streamWriter) error {
		return c.config.Importer.Rejected(c.request.Context(), c.session, id, w)
	}), nil
}

var noCopy = &Error{Code: notFound, Message: api.Text{
	Zh: "文件和各行结果的副本已删除（导入结束 24 小时后、取消时，或有人被抹除时），或文件没有读出；重新导入原文件。",
	En: "The copies of the file and of what became of its rows are deleted (24 hours after the import, when it was cancelled, or when somebody was erased), or the file could not be read; import the file again.",
}}
