package transfer

import (
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/mingce/mingce/internal/directory"
)

// The streams of an import that are stored in chunks.
const (
	filePart    = "file"    // the copied file; the number is that of the chunk
	rowsPart    = "rows"    // plans; the number is that of the first row, as below
	amendedPart = "amended" // plans that the end of the check pass has changed
	latePart    = "late"    // references that are set at the end, see late.go
	writtenPart = "written" // rows that became something else than planned
	unsetPart   = "unset"   // rows of which a reference could not be set
)

const (
	fileChunk = 256 << 10 // of the file, before it is compressed
	rowsChunk = 192 << 10 // about as much as is put into one chunk of rows
)

// squeezer compresses chunks. It is not safe for concurrent use.
type squeezer struct {
	out bytes.Buffer
	w   *flate.Writer
}

func (s *squeezer) squeeze(data []byte) ([]byte, error) {
	s.out.Reset()
	if s.w == nil {
		w, err := flate.NewWriter(&s.out, flate.BestSpeed)
		if err != nil {
			return nil, err
		}
		s.w = w
	} else {
		s.w.Reset(&s.out)
	}
	if _, err := s.w.Write(data); err != nil {
		return nil, err
	}
	if err := s.w.Close(); err != nil {
		return nil, err
	}
	return bytes.Clone(s.out.Bytes()), nil
}

// swell undoes squeeze.
func swell(data []byte) ([]byte, error) {
	r := flate.NewReader(bytes.NewReader(data))
	defer r.Close()
	return io.ReadAll(r)
}

// chunks reads the stored chunks of an import, and keeps the last ones.
type chunks struct {
	ctx     context.Context
	session func() *directory.Session
	id      string
	kept    map[string][]keptChunk
}

type keptChunk struct {
	n    int64
	data []byte
}

// chunksKept is how many chunks of a stream are kept: a quarter of a MiB each.
const chunksKept = 8

// at returns the last chunk of a stream whose number is at most n, and its
// number.
func (c *chunks) at(part string, n int64) (int64, []byte, error) {
	p, err := c.session().ImportPart(c.ctx, c.id, part, n)
	return c.open(p, err)
}

// next returns the first whose number is at least n.
func (c *chunks) next(part string, n int64) (int64, []byte, error) {
	p, err := c.session().NextImportPart(c.ctx, c.id, part, n)
	return c.open(p, err)
}

func (c *chunks) open(p directory.ImportPart, err error) (int64, []byte, error) {
	if err != nil {
		return 0, nil, err
	}
	data, err := swell(p.Data)
	if err != nil {
		return 0, nil, fmt.Errorf("chunk %d of %s of import %s: %w", p.N, p.Name, c.id, err)
	}
	return p.N, data, nil
}

// exactly returns one chunk.
func (c *chunks) exactly(part string, n int64) ([]byte, error) {
	list := c.kept[part]
	for i, k := range list {
		if k.n == n {
			copy(list[1:i+1], list[:i])
			list[0] = k
			return k.data, nil
		}
	}
	found, data, err := c.at(part, n)
	if err == nil && found != n {
		err = directory.ErrImportNotFound
	}
	if err != nil {
		return nil, err
	}
	if c.kept == nil {
		c.kept = map[string][]keptChunk{}
	}
	if len(list) == chunksKept {
		list = list[:chunksKept-1]
	}
	c.kept[part] = append([]keptChunk{{n, data}}, list...)
	return data, nil
}

// spool is the copied file as a [Source].
type spool struct {
	chunks *chunks
	size   int64
	read   int64 // how far it was read
}

func (s *spool) Size() int64 { return s.size }

// ReadAt implements [io.ReaderAt].
func (s *spool) ReadAt(b []byte, off int64) (n int, err error) {
	if err := s.chunks.ctx.Err(); err != nil { // a small file may be long to read, and its chunks be kept
		return 0, err
	}
	for n < len(b) && off < s.size {
		data, err := s.chunks.exactly(filePart, off/fileChunk)
		if errors.Is(err, directory.ErrImportNotFound) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return n, err
		}
		from := off % fileChunk
		if from >= int64(len(data)) {
			return n, io.ErrUnexpectedEOF
		}
		m := copy(b[n:], data[from:])
		n, off = n+m, off+int64(m)
	}
	s.read = max(s.read, off)
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}
