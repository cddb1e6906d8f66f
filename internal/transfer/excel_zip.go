package transfer

import (
	"archive/zip"
	"errors"
	"io"
	"path"
	"strings"
)

// Limits of a workbook's parts (docs/spec/import.md#limits-of-workbooks).
const (
	mostParts      = 10_000
	mostInflated   = 4 << 30 // bytes of all parts
	smallPart      = 1 << 20 // bytes of a part that may inflate as it likes
	mostInflation  = 100
	mostZipListing = 8 << 20 // bytes of the list of parts: far more than mostParts need
)

// archive is a zip whose parts are read in bounded memory and time.
type archive struct {
	src   *listedSource
	parts map[string]*zip.File // by name in lower case
	twice map[string]bool      // names of several parts: each program would read another one
}

// listedSource bounds what is read while the parts are listed, and remembers its
// own errors: all others are the zip's.
type listedSource struct {
	Source
	left int64 // bytes; negative: no bound any more
	err  error
}

var errListing = errors.New("the list of parts is too long")

func (s *listedSource) ReadAt(p []byte, at int64) (int, error) {
	if s.left >= 0 {
		if s.left -= int64(len(p)); s.left < 0 {
			s.left = 0
			return 0, errListing
		}
	}
	n, err := s.Source.ReadAt(p, at)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// openArchive lists the parts of a zip and refuses bombs by what they declare.
func openArchive(src Source) (*archive, error) {
	a := &archive{src: &listedSource{Source: src, left: mostZipListing}, parts: map[string]*zip.File{}, twice: map[string]bool{}}
	listed, err := zip.NewReader(a.src, src.Size())
	a.src.left = -1
	switch {
	case errors.Is(err, errListing):
		return nil, &FileError{Code: "zipBomb", Detail: "parts"}
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		return nil, a.refusal(err)
	case len(listed.File) > mostParts:
		return nil, &FileError{Code: "zipBomb", Detail: "parts"}
	}
	var all uint64
	for _, f := range listed.File {
		if all += f.UncompressedSize64; f.UncompressedSize64 > mostInflated || all > mostInflated || isBomb(f.UncompressedSize64, f) {
			return nil, &FileError{Code: "zipBomb", Detail: f.Name}
		}
		if f.CompressedSize64 > uint64(src.Size()) {
			return nil, &FileError{Code: "malformed", Detail: f.Name}
		}
		name := partName(f.Name)
		a.twice[name] = a.has(name)
		a.parts[name] = f
	}
	return a, nil
}

func isBomb(inflated uint64, f *zip.File) bool {
	return inflated > smallPart && inflated/mostInflation > f.CompressedSize64
}

// partName returns a name as parts are looked up by: some programs write
// backslashes, or other case.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(name, `\`, "/")), "/"))
}

// refusal returns the error of reading the file itself, or why it is refused.
func (a *archive) refusal(err error) error {
	if refused := (*FileError)(nil); errors.As(err, &refused) {
		return refused
	}
	if a.src.err != nil {
		return a.src.err
	}
	return &FileError{Code: "malformed", Detail: err.Error()}
}

func (a *archive) has(name string) bool { return a.parts[partName(name)] != nil }

// open begins to read a part as XML.
func (a *archive) open(name string) (*xmlScanner, error) {
	f := a.parts[partName(name)]
	switch {
	case f == nil:
		return nil, &FileError{Code: "malformed", Detail: "no part " + name}
	case a.twice[partName(name)]:
		return nil, &FileError{Code: "malformed", Detail: "several parts " + name}
	case f.Flags&1 != 0: // encrypted
		return nil, &FileError{Code: "formatUnsupported"}
	}
	r, err := f.Open()
	if err != nil {
		return nil, a.refusal(err)
	}
	x, err := newXMLScanner(&part{Reader: r, file: f})
	if err != nil {
		return nil, a.refusal(err)
	}
	return x, nil
}

// part refuses a part that inflates to more than it may, or than it declares.
type part struct {
	io.Reader
	file *zip.File
	read uint64
}

func (p *part) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	p.read += uint64(n)
	switch {
	case isBomb(p.read, p.file):
		return 0, &FileError{Code: "zipBomb", Detail: p.file.Name}
	case p.read > p.file.UncompressedSize64:
		return 0, &FileError{Code: "malformed", Detail: p.file.Name}
	}
	return n, err
}
