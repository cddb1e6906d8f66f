package transfer

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// ObjectSource is one snapshot of an organisation, or of a directory of message
// contacts.
type ObjectSource interface {
	// Each calls fn with each object of the kind in the order of lists, parents
	// before their departments, until fn returns an error, which it returns. An
	// object may be reused after fn returned. If the export was asked for some
	// objects of its kind only, the others are left out.
	Each(kind directory.Kind, fn func(directory.Object) error) error
	// Whole is Each without what the export was asked for: what is exported may
	// name any label or department.
	Whole(kind directory.Kind, fn func(directory.Object) error) error
	// Seq is the last entry of the history that the snapshot holds.
	Seq() int64
	Time() time.Time
}

// ExportOptions say what is exported, and how. Seq and Time are taken
// from the source, and so are Names if there are none.
type ExportOptions struct {
	WriteOptions
	KindName string // the kind as it was asked for: "contacts", "all"
}

// ExportResult tells what was written. Whoever asked adds ids.
type ExportResult struct {
	Kind   string                   `json:"kind"`
	Format Format                   `json:"format"`
	Counts map[directory.Kind]int64 `json:"counts"` // also of kinds without objects
	Bytes  int64                    `json:"bytes"`
	SHA256 string                   `json:"sha256"`
	Digest string                   `json:"digest"` // of the objects as they were written (docs/spec/export.md#digests)
	Seq    int64                    `json:"seq"`
	Time   string                   `json:"time"` // of the snapshot
}

// Export writes the objects of the source. It returns a *UsageError if the
// options do not fit together, before it writes anything. After another error
// the file is worth nothing.
func Export(ctx context.Context, src ObjectSource, w io.Writer, o ExportOptions) (ExportResult, error) {
	o.Seq, o.Time = src.Seq(), src.Time()
	sum := newSumWriter(w)
	buffer := bufio.NewWriterSize(sum, 64<<10)
	if o.Names == nil && hasNames(o.WriteOptions) {
		names, err := ReadNames(src)
		if err != nil {
			return ExportResult{}, err
		}
		o.Names = names
	}
	written, err := newWriter(buffer, o.WriteOptions)
	if err != nil {
		return ExportResult{}, err
	}
	if err := written.export(ctx, src); err != nil {
		written.discard()
		return ExportResult{}, err
	}
	if err := written.Close(); err != nil {
		return ExportResult{}, err
	}
	if err := buffer.Flush(); err != nil {
		return ExportResult{}, err
	}
	counts := maps.Clone(written.counts)
	for _, kind := range written.kinds {
		counts[kind] += 0
	}
	return ExportResult{
		Kind: o.KindName, Format: o.Format, Counts: counts, Bytes: sum.bytes, SHA256: sum.SHA256(),
		Digest: written.digest.String(), Seq: o.Seq, Time: string(appendTime(nil, o.Time)),
	}, nil
}

func (w *writer) export(ctx context.Context, src ObjectSource) error {
	for _, kind := range w.kinds {
		if err := eachUntilDone(ctx, src, kind, w.Write); err != nil {
			return err
		}
	}
	return nil
}

// hasNames reports whether names stand for ids of labels or departments.
func hasNames(o WriteOptions) bool {
	if o.Format == JSONL {
		return false
	}
	return slices.ContainsFunc(o.allKinds(), func(k directory.Kind) bool {
		return k == directory.ContactKind || k == directory.EmployeeKind || k == directory.DepartmentKind
	})
}

// DigestObjects returns what an export would tell, without a file. It refuses the options
// that Export refuses.
func DigestObjects(ctx context.Context, src ObjectSource, o WriteOptions) (counts map[directory.Kind]int64, d Digest, err error) {
	o.Seq, o.Time = src.Seq(), src.Time()
	w, err := newWriter(io.Discard, o)
	if err != nil {
		return nil, Digest{}, err
	}
	w.discard()
	w.encoder = nothing{}
	if err := w.export(ctx, src); err != nil {
		return nil, Digest{}, err
	}
	for _, kind := range w.kinds {
		w.counts[kind] += 0
	}
	return w.counts, w.digest, nil
}

// nothing is the encoder of no file.
type nothing struct{}

func (nothing) begin() error                   { return nil }
func (nothing) object(*directory.Object) error { return nil }
func (nothing) end(*total) error               { return nil }

// eachUntilDone is Each that ends with the context.
func eachUntilDone(ctx context.Context, src ObjectSource, kind directory.Kind, fn func(directory.Object) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	n := 0
	return src.Each(kind, func(o directory.Object) error {
		if n++; n%256 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		return fn(o)
	})
}

// sumWriter counts and digests what passes.
type sumWriter struct {
	w     io.Writer
	bytes int64
	hash  hash.Hash
}

func newSumWriter(w io.Writer) *sumWriter { return &sumWriter{w: w, hash: sha256.New()} }

func (s *sumWriter) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.bytes += int64(n)
	s.hash.Write(p[:n])
	return n, err
}

// Bytes returns how many bytes were written.
func (s *sumWriter) Bytes() int64 { return s.bytes }

// SHA256 returns the digest of what was written, in hexadecimal digits.
func (s *sumWriter) SHA256() string { return hex.EncodeToString(s.hash.Sum(nil)) }
