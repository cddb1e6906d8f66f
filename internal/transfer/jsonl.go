package transfer

import (
	"bytes"
	"io"
	"slices"

	"github.com/mingce/mingce/internal/directory"
)

// Kinds of the first and last line of an export.
const (
	exportKind = "mingce-export"
	endKind    = "end"
)

// jsonReader reads JSON Lines (docs/spec/import.md#json-lines).
type jsonReader struct {
	assembly
	decoder *decoder
	lines   *textReader
	kind    directory.Kind // that is read; "" for all
	mapped  mappedHeaders
	info    Info

	started bool
	export  bool // the file is one of our own exports
	whole   bool // with all fields
	ended   bool // its last line was read
	line    int64
}

func openJSONL(r io.Reader, enc string, o ReadOptions) (Reader, error) {
	d, err := newDecoder(r, enc)
	if err != nil {
		return nil, err
	}
	mapped, err := newMappedHeaders(o)
	if err != nil {
		return nil, err
	}
	return &jsonReader{decoder: d, lines: newTextReader(d), kind: o.Kind, mapped: mapped, info: Info{Format: JSONL}}, nil
}

// Info returns what is known about the file.
func (j *jsonReader) Info() *Info {
	j.info.Encoding = j.decoder.encoding()
	j.info.Ignored = j.ignored.counted()
	return &j.info
}

// Next returns the record of the next line of the kind.
func (j *jsonReader) Next() (*Record, error) {
	for {
		l, err := j.lines.Next()
		if err == io.EOF {
			return nil, j.endOfFile()
		}
		if err != nil {
			return nil, err
		}
		if len(bytes.Trim(l.Text, " \t\r")) == 0 && l.Code == "" {
			continue
		}
		j.line = l.Number
		j.reset()
		j.rec.Line, j.rec.Kind = l.Number, j.kind
		isRecord, err := j.read(l)
		if err != nil {
			return nil, err
		}
		j.started = true
		if isRecord {
			if l.Code != "rowTooLong" {
				j.rec.Raw = append(append(j.rec.Raw, l.Text...), l.End...)
			}
			return j.finish(), nil
		}
	}
}

func (j *jsonReader) endOfFile() error {
	switch {
	case j.export && !j.ended:
		return &FileError{Code: "truncated", Line: j.line}
	case j.rows+j.info.IgnoredEntries == 0:
		return &FileError{Code: "empty"}
	}
	return j.mapped.end()
}

// read reads a line and reports whether it is a record.
func (j *jsonReader) read(l *textLine) (isRecord bool, err error) {
	if l.Code == "rowTooLong" {
		j.fail(Problem{Code: l.Code, Line: l.Number, Value: clipped(l.Text)})
		return true, nil
	}
	members, fault := scanJSON(l.Text)
	switch {
	case l.Code != "":
		j.failUndecoded(l, members)
		return true, nil
	case fault != nil && fault.code == "duplicateKey":
		j.fail(Problem{Code: fault.code, Line: l.Number, Header: clipped(fault.key), Field: j.twice(members, fault)})
		return true, nil
	case fault != nil:
		j.fail(Problem{Code: fault.code, Line: l.Number, Column: fault.column, Value: clipped(l.Text)})
		return true, nil
	}
	return j.readMembers(members)
}

// kindOf returns the kind of the object that the line has, or "", and how deep
// its keys are: a bare object's are those of the line.
func (j *jsonReader) kindOf(members []jsonMember) (kind directory.Kind, depth int) {
	name, hasKind := member(members, "kind")
	if _, hasObject := member(members, "object"); j.kind != "" && !hasKind && !hasObject {
		return j.kind, 1
	}
	if j.kind != "" || !hasKind {
		return j.kind, 2
	}
	text, _ := stringValue(name)
	return directory.Kind(text), 2
}

// twice returns the field of a key that the line has twice, if it is one of the
// object's own.
func (j *jsonReader) twice(members []jsonMember, fault *jsonFault) (field string) {
	if kind, depth := j.kindOf(members); fault.depth == depth {
		_, field = j.field(kind, fault.key)
	}
	return field
}

// failUndecoded tells the key whose value could not be decoded, if the line has
// keys.
func (j *jsonReader) failUndecoded(l *textLine, members []jsonMember) {
	p := Problem{Code: l.Code, Line: l.Number}
	kind, _ := j.kindOf(members)
	if object, ok := member(members, "object"); ok && undecoded(object) {
		if inner, ok := membersOf(object); ok {
			members = inner
		}
	}
	for _, m := range members {
		if undecoded(m.value) {
			_, p.Field = j.field(kind, m.key)
			p.Header, p.Value = clipped(m.key), clipped(m.value)
			break
		}
	}
	j.fail(p)
}

// undecoded reports whether a part of b could not be decoded.
func undecoded(b []byte) bool { return bytes.Contains(b, []byte("\ufffd")) }

// readMembers reads a line that is an object.
func (j *jsonReader) readMembers(members []jsonMember) (isRecord bool, err error) {
	kind, hasKind := member(members, "kind")
	object, hasObject := member(members, "object")
	if j.kind != "" && !hasKind && !hasObject { // a bare object
		j.readObject(members)
		return true, nil
	}
	if hasKind {
		name, _ := stringValue(kind)
		switch {
		case name == exportKind && !j.started:
			return false, j.readExport(members)
		case name == endKind && j.export:
			j.ended = true
			return false, nil
		case !slices.Contains(directory.Kinds, directory.Kind(name)):
			j.refuse("kind", "", kind)
			return true, nil
		case j.kind != "" && directory.Kind(name) != j.kind:
			j.info.IgnoredEntries++
			return false, nil
		}
		j.rec.Kind = directory.Kind(name)
	} else if j.kind == "" {
		j.refuse("kind", "", nil)
		return true, nil
	}
	fields, ok := []jsonMember(nil), false
	if hasObject {
		fields, ok = membersOf(object)
	}
	if !ok {
		j.refuse("object", "", object)
		return true, nil
	}
	j.readObject(fields)
	for _, m := range members {
		if m.key != "kind" && m.key != "object" && !j.readCommon(m) {
			j.ignore(m)
		}
	}
	return true, nil
}

// readExport reads the first line of one of our own exports.
func (j *jsonReader) readExport(members []jsonMember) error {
	if version, ok := member(members, "formatVersion"); ok && string(version) != "1" {
		return &FileError{Code: "formatUnsupported", Line: j.line, Detail: "formatVersion " + clipped(version)}
	}
	j.export = true
	_, some := member(members, "fields")
	j.whole = !some
	return nil
}

// member returns the value of a key.
func member(members []jsonMember, key string) (value []byte, ok bool) {
	i := slices.IndexFunc(members, func(m jsonMember) bool { return m.key == key })
	if i < 0 {
		return nil, false
	}
	return members[i].value, true
}

// refuse makes the line one that could not be read for its value of a key.
func (j *jsonReader) refuse(key, field string, value []byte) {
	j.fail(Problem{Code: valueInvalid, Line: j.line, Header: key, Field: field, Value: clipped(value)})
}

// refuseValue refuses a value of a record that can be read.
func (j *jsonReader) refuseValue(code, key, field string, value []byte) {
	j.rec.CellErrors = append(j.rec.CellErrors, Problem{Code: code, Line: j.line, Header: clipped(key), Field: field, Value: clipped(value)})
}

func (j *jsonReader) ignore(m jsonMember) {
	if !isEmptyJSON(m.value) {
		j.ignored.add([]byte(m.key))
	}
}

// field returns the type of the field that a key stands for, and its name or "".
func (j *jsonReader) field(kind directory.Kind, key string) (directory.FieldType, string) {
	name := key
	if mapped := j.mapped.field(key); mapped != "" {
		name = mapped
	} else if j.mapped.has(key) {
		return 0, ""
	}
	if f, ok := kind.Field(name); ok {
		return f.Type, name
	}
	if name == pathField && kind == directory.DepartmentKind {
		return directory.TextField, name
	}
	return 0, ""
}

// readObject takes the fields of an object.
func (j *jsonReader) readObject(members []jsonMember) {
	j.rec.Given = directory.Values{}
	j.rec.Whole = j.whole
	for _, m := range members {
		t, field := j.field(j.rec.Kind, m.key)
		if field == "" {
			if !j.readCommon(m) {
				j.ignore(m)
			}
			continue
		}
		value, code := valueOfJSON(t, m.value)
		if code != "" {
			j.refuseValue(code, m.key, field, m.value)
			continue
		}
		j.rec.Given[field] = value
	}
}

// readCommon takes what every object has beside its fields, and reports whether
// the key is of that. What stands beside the object comes later and counts.
func (j *jsonReader) readCommon(m jsonMember) bool {
	null := m.value[0] == 'n'
	code := ""
	switch m.key {
	case "version": // it is told, and begins anew
		if _, code = numberValue(m.value); null {
			code = ""
		}
	case "createdAt", "updatedAt":
		at := &j.rec.CreatedAt
		if m.key == "updatedAt" {
			at = &j.rec.UpdatedAt
		}
		if text := ""; !null {
			if text, code = stringValue(m.value); code == "" {
				*at = text
			}
		}
	default:
		return false
	}
	if code != "" {
		j.refuseValue(code, m.key, "", m.value)
	}
	return true
}
