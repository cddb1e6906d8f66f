package records

import (
	"encoding/json"
	"io"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/transfer"
)

var exportChanged = &Error{Code: conflict, Parameter: idempotencyHeader, Rule: "exportChanged", Message: api.Text{
	Zh: "此 Idempotency-Key 的导出所含内容已改变，无法给出同一文件；换一个键重新导出。",
	En: "What the export with this Idempotency-Key held has changed, so the same file cannot be given; export again with another key.",
}}

// writeExportOnce is writeExport for a request that may be repeated with its key
// (docs/spec/json-api.md#repeated-requests).
func (c *call) writeExportOnce(w *streamWriter, q directory.ObjectQuery, o transfer.ExportOptions, m *mask) error {
	if c.idempotency == nil {
		return c.writeExport(w, q, o, m)
	}
	release, err := c.keys.take(c.request.Context(), c.idempotency.answer.Key)
	if err != nil {
		return err
	}
	defer release()
	first, err := c.first()
	switch {
	case err != nil:
		return err
	case first == nil:
		return c.writeExport(w, q, o, m)
	}
	return c.writeExportAgain(w, q, o, first.body.(json.RawMessage))
}

// writeExportAgain writes the file of an earlier export, byte for byte. Files are not kept:
// it is made anew as of the same moment, and compared before any of it is sent.
func (c *call) writeExportAgain(w *streamWriter, q directory.ObjectQuery, o transfer.ExportOptions, told json.RawMessage) error {
	var was struct {
		SHA256 string
		Seq    int64
		Time   time.Time
	}
	if err := json.Unmarshal(told, &was); err != nil {
		return err
	}
	if err := c.exportPlace(); err != nil {
		return err
	}
	defer func() { <-c.exports }()
	ctx := c.request.Context()
	return c.session.Export(ctx, q, func(s *directory.Snapshot) error {
		at := asOf{s, was.Seq, was.Time}
		if result, err := transfer.Export(ctx, at, io.Discard, o); err != nil {
			return err
		} else if result.SHA256 != was.SHA256 {
			return exportChanged
		}
		result, err := transfer.Export(ctx, at, w, o)
		if err == nil {
			w.end(result, told)
		}
		return err
	})
}

// asOf is a snapshot that tells the place and time of an earlier one.
type asOf struct {
	*directory.Snapshot
	seq  int64
	time time.Time
}

func (a asOf) Seq() int64      { return a.seq }
func (a asOf) Time() time.Time { return a.time }
