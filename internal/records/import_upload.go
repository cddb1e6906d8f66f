package records

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/transfer"
)

// DefaultImportBytes is the largest file that is imported over HTTP, unless the
// deployment says otherwise.
const DefaultImportBytes = 20 << 20

// Bounds of a form beside its file.
const (
	mostOptions = 64 << 10
	mostBehind  = 64 << 10 // the end of the form
	formCost    = 128 << 10
)

func (a *API) importBytes() int64 {
	switch {
	case a.config.ImportBytes > 0:
		return a.config.ImportBytes
	case a.config.Local != nil:
		return 0 // what the importer takes
	}
	return DefaultImportBytes
}

// sentBody is the body of a call as the importer reads it. It is never held in memory
// (docs/spec/json-api.md#files-that-are-sent).
type sentBody struct {
	io.Reader
	err error // why it ended early
}

func (b *sentBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err != nil && err != io.EOF {
		b.err = err
		err = fmt.Errorf("read the body: %w", err) // io.ErrUnexpectedEOF has a meaning for readers of pieces
	}
	return n, err
}

// refused is err, or what is wrong with the body if that is the cause.
func (b *sentBody) refused(err error) error {
	own, file := new(Error), new(transfer.FileError)
	switch {
	case b == nil || b.err == nil || errors.As(err, &file):
		return err
	case errors.As(b.err, &own):
		return own
	}
	return malformed(api.Text{Zh: "请求体不完整；重新发送。", En: "The body ended early; send it again."}, nil)
}

// upload is a file that a call brings.
type upload struct {
	transfer.Input
	body    *sentBody
	options api.Value // of a form
	given   []byte    // the options as they were sent
}

// upload begins to read the file of the call, raw or in a form; nil if it has none.
func (c *call) upload() (*upload, error) {
	r, limit := c.request, c.importBytes()
	if r.Header.Get("Content-Encoding") != "" {
		return nil, &Error{Code: unsupportedMedia, Message: api.Text{Zh: "请不压缩地发送文件。", En: "Send the file without a Content-Encoding."}}
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	isForm := kind == "multipart/form-data"
	if most := limit; most > 0 {
		if isForm {
			most += formCost
		}
		if r.ContentLength > most {
			return nil, &transfer.FileError{Code: tooLarge}
		}
	}
	if isForm {
		return c.form(limit)
	}
	u := &upload{body: &sentBody{Reader: r.Body}}
	u.Input = transfer.Input{Name: c.fileName(""), Body: u.body, Limit: limit, Size: max(r.ContentLength, 0)}
	return u, nil
}

// form reads a form up to its file.
func (c *call) form(limit int64) (*upload, error) {
	form, err := c.request.MultipartReader()
	if err != nil {
		return nil, badForm
	}
	u := &upload{}
	for {
		part, err := form.NextPart()
		switch {
		case err == io.EOF:
			return nil, refuse(invalidParameter, "file", api.Text{Zh: "表单中没有文件；最后一部分须名为 file。", En: "the form has no file; its last part must be named file."})
		case err != nil:
			return nil, badForm
		}
		switch part.FormName() {
		case "options":
			if u.options, u.given, err = readOptions(part); err != nil {
				return nil, err
			}
		case "file":
			u.body = &sentBody{Reader: lastPart{part, form, c.request.Body}}
			u.Input = transfer.Input{Name: c.fileName(part.FileName()), Body: u.body, Limit: limit}
			return u, nil
		default:
			return nil, refuse(unknownParameter, api.Clip(part.FormName(), 64), api.Text{Zh: "表单只有 options 和 file 两部分。", En: "a form has the parts options and file."})
		}
	}
}

var (
	badForm  = malformed(api.Text{Zh: "multipart/form-data 表单不完整；重新发送。", En: "The multipart/form-data form is not whole; send it again."}, nil)
	fileLast = malformed(api.Text{Zh: "表单中 file 须是最后一部分；把 options 放在它之前。", En: "The file must be the last part of the form; put options before it."}, nil)
)

// lastPart is the file of a form. What follows it would not be read before the import
// begins, so nothing may.
type lastPart struct {
	part *multipart.Part
	form *multipart.Reader
	body io.Reader // of which the form is read
}

func (l lastPart) Read(p []byte) (int, error) {
	n, err := l.part.Read(p)
	if err == io.EOF {
		switch _, after := l.form.NextPart(); {
		case after == nil:
			return n, fileLast
		case after != io.EOF:
			return n, badForm
		}
		// A form ends before its body does. A connection is used again only after that.
		_, _ = io.CopyN(io.Discard, l.body, mostBehind)
	}
	return n, err
}

// readOptions reads the options of a form.
func readOptions(part io.Reader) (v api.Value, text []byte, err error) {
	text, err = io.ReadAll(io.LimitReader(part, mostOptions+1))
	switch {
	case err != nil:
		return v, nil, badForm
	case len(text) > mostOptions:
		return v, nil, &Error{Code: tooLarge, Parameter: "options", Message: api.Text{Zh: "options 超过 64 KiB；缩短它。", En: "options is larger than 64 KiB; shorten it."}}
	}
	v, err = api.LocateJSON(text)
	switch {
	case err != nil:
		return v, nil, malformedAt(err)
	case v.Kind != api.ObjectValue:
		return v, nil, refuse(invalidParameter, "options", typeText(objectShape))
	case !plain(v):
		return v, nil, refuse(invalidParameter, "options", plainText)
	}
	if wrong := optionsShape().check(v, ""); len(wrong) > 0 {
		return v, nil, refusedBody(wrong)
	}
	return v, text, nil
}

// fileName is the name of the file that is sent: that of the query, of the form, or of
// the header Content-Disposition.
func (c *call) fileName(ofForm string) string {
	_, disposition, _ := mime.ParseMediaType(c.request.Header.Get("Content-Disposition"))
	for _, name := range []string{c.text("name"), ofForm, disposition["filename"]} {
		name = path.Base(strings.ReplaceAll(name, `\`, "/"))
		if name != "." && name != "/" && api.PlainText(name) {
			const most = 255
			for n := 0; len(name) > most; {
				_, n = utf8.DecodeRuneInString(name)
				name = name[n:]
			}
			return name
		}
	}
	return ""
}

// importOptions are the options of the call: those of the form, and else of the query.
func (c *call) importOptions(form api.Value) (o transfer.Options, err error) {
	get := func(name string) []api.Value {
		switch v := form.Get(name); v.Kind {
		case api.Absent:
			return c.query[name]
		default:
			return []api.Value{v}
		}
	}
	text := func(name string) string {
		if vs := get(name); len(vs) > 0 {
			return vs[0].Text
		}
		return ""
	}
	is := func(name string) bool {
		vs := get(name)
		return len(vs) > 0 && vs[0].Bool
	}
	o = transfer.Options{
		Kind: text("kind"), Format: text("format"), Encoding: text("encoding"), Delimiter: text("delimiter"), Sheet: text("sheet"),
		OnDuplicate: text("onDuplicate"), Match: text("match"), Empty: text("empty"), Owner: text("owner"), Country: text("country"),
		CreateDepartments: is("createDepartments"), CreateLabels: is("createLabels"), Again: is("again"), Preview: is("preview"), Directory: text("directory"),
	}
	if vs := get("maxRejected"); len(vs) > 0 {
		n := numberOf(vs[0])
		o.MaxRejected = &n
	}
	if o.Map, err = textsOf("map", get("map")); err == nil {
		o.Labels, err = textsOf("label", get("label"))
	}
	if err == nil && o.Directory != "" {
		err = c.ownDirectory(o.Directory)
	}
	return o, err
}

// textsOf are the values of a repeated option; in a form, one may be a list.
func textsOf(name string, values []api.Value) (list transfer.Texts, err error) {
	for _, v := range values {
		items := []api.Value{v}
		if v.Kind == api.ListValue {
			items = v.List
		}
		for _, item := range items {
			if item.Kind != api.TextValue && item.Kind != api.NumberValue {
				return nil, refuse(invalidParameter, name, api.Text{Zh: "须为文本或文本的数组", En: "must be a text or a list of texts"})
			}
			list = append(list, item.Text)
		}
	}
	return list, nil
}

// ownDirectory refuses a resource directory that is not the organisation's.
func (c *call) ownDirectory(id string) error {
	org, err := c.config.Directory.DirectoryOrg(c.request.Context(), id)
	if errors.Is(err, directory.ErrDirectoryNotEnabled) || err == nil && org != c.session.Org() {
		return &Error{Code: notFound, Parameter: "directory", Message: noDirectory.Message}
	}
	return err
}

// hasBody reports whether the call brings a body.
func hasBody(r *http.Request) bool {
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return false
	}
	if r.ContentLength > 0 {
		return true
	}
	peeked := bufio.NewReader(r.Body) // the length is not known
	_, err := peeked.Peek(1)
	r.Body = struct {
		io.Reader
		io.Closer
	}{peeked, r.Body}
	return err == nil
}
