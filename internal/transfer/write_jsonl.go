package transfer

import (
	"io"
	"strconv"

	"github.com/mingce/mingce/internal/directory"
)

// linesEncoder writes JSON Lines (docs/spec/export.md#json-lines).
type linesEncoder struct {
	w      io.Writer
	o      WriteOptions
	fields map[directory.Kind][]directory.ObjectField // in the order of the kind
	line   []byte
}

func newLinesEncoder(w io.Writer, o WriteOptions) (*linesEncoder, error) {
	e := &linesEncoder{w: w, o: o, fields: map[directory.Kind][]directory.ObjectField{}}
	for _, kind := range o.Kinds {
		e.fields[kind] = kind.Fields()
	}
	if len(o.Fields) > 0 {
		var err error
		if e.fields[o.Kind], err = writtenFields(o); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func (e *linesEncoder) begin() error {
	b := append(e.line[:0], `{"kind":"mingce-export","formatVersion":1,"corpId":`...)
	b = appendJSONText(b, e.o.CorpID)
	b = appendJSONText(append(b, `,"corpName":`...), e.o.CorpName)
	b = append(appendTime(append(b, `,"time":"`...), e.o.Time), '"')
	b = strconv.AppendInt(append(b, `,"seq":`...), e.o.Seq, 10)
	b = appendJSONList(append(b, `,"kinds":`...), e.o.Kinds, func(b []byte, k directory.Kind) []byte { return appendJSONText(b, string(k)) })
	if len(e.o.Fields) > 0 { // what is missing was not exported, and is not empty
		b = appendJSONList(append(b, `,"fields":`...), e.o.Fields, appendJSONText)
	}
	if e.o.Mask {
		b = append(b, `,"masked":true`...)
	}
	return e.writeLine(append(b, '}'))
}

func (e *linesEncoder) object(o *directory.Object) error {
	b := append(append(e.line[:0], `{"kind":"`...), o.Kind...)
	b = strconv.AppendInt(append(b, `","version":`...), o.Version, 10)
	if !o.CreatedAt.IsZero() {
		b = append(appendTime(append(b, `,"createdAt":"`...), o.CreatedAt), '"')
	}
	if !o.UpdatedAt.IsZero() {
		b = append(appendTime(append(b, `,"updatedAt":"`...), o.UpdatedAt), '"')
	}
	b = append(b, `,"object":{`...)
	first := true
	fields := e.fields[o.Kind]
	for i := range fields {
		v := o.Values[fields[i].Name]
		if isEmptyValue(v) {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(append(append(b, '"'), fields[i].Name...), '"', ':')
		b = appendJSON(b, v)
	}
	return e.writeLine(append(b, '}', '}'))
}

func (e *linesEncoder) end(t *total) error {
	b := append(e.line[:0], `{"kind":"end","counts":{`...)
	for i, kind := range t.kinds {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendJSONText(b, string(kind)), ':')
		b = strconv.AppendInt(b, t.counts[kind], 10)
	}
	b = appendJSONText(append(b, `},"digest":`...), t.digest.String())
	return e.writeLine(append(b, '}'))
}

func (e *linesEncoder) writeLine(b []byte) error {
	e.line = append(b, '\n')
	_, err := e.w.Write(e.line)
	return err
}
