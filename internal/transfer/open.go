package transfer

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"strings"
	"unicode"
)

// mostBytes is the most bytes of a file (docs/spec/import.md#limits-of-files).
const mostBytes = 4 << 30

// Open begins to read a file, whose format is that of the options or the one
// that it shows (docs/spec/import.md#formats-of-files). It returns a *FileError
// if the file cannot be read at all, or names in the options do not fit it.
func Open(src Source, o ReadOptions) (Reader, error) {
	switch {
	case src.Size() > mostBytes:
		return nil, &FileError{Code: "tooLarge", Detail: "4 GiB"}
	case src.Size() == 0:
		return nil, &FileError{Code: "empty"}
	}
	if o.Format == "" || o.Format == "auto" {
		var err error
		if o.Format, err = findFormat(src, o.Encoding); err != nil {
			return nil, err
		}
	}
	if o.Kind == "" && o.Format != JSONL {
		return nil, &FileError{Code: "headerNotFound", Detail: kindMissing}
	}
	all := io.NewSectionReader(src, 0, src.Size())
	switch o.Format {
	case CSV:
		return openCSV(src, o)
	case Excel:
		return openExcel(src, o)
	case VCard:
		return openVCard(all, o.Encoding, o)
	case LDIF:
		return openLDIF(all, o.Encoding, o)
	case JSONL:
		return openJSONL(all, o.Encoding, o)
	}
	return nil, &FileError{Code: "formatUnsupported", Detail: string(o.Format)}
}

// Beginnings of files that are no text.
var (
	zipHeads = [][]byte{[]byte("PK\x03\x04"), []byte("PK\x05\x06"), []byte("PK\x07\x08")}
	oleHead  = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") // .xls, and encrypted .xlsx
	pdfHead  = []byte("%PDF-")
)

func isZip(head []byte) bool {
	return slices.ContainsFunc(zipHeads, func(zip []byte) bool { return bytes.HasPrefix(head, zip) })
}

// readHead returns the first bytes of a file.
func readHead(src Source) ([]byte, error) {
	head := make([]byte, min(8, src.Size()))
	if _, err := src.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	return head, nil
}

// findFormat returns the format that a file shows.
func findFormat(src Source, encoding string) (Format, error) {
	head, err := readHead(src)
	if err != nil {
		return "", err
	}
	switch {
	case isZip(head):
		return Excel, nil // or another zip, which openExcel refuses
	case bytes.HasPrefix(head, oleHead), bytes.HasPrefix(head, pdfHead):
		return "", &FileError{Code: "formatUnsupported"}
	}
	d, err := newDecoder(io.NewSectionReader(src, 0, src.Size()), encoding)
	if err != nil {
		return "", err
	}
	start, err := firstText(d)
	if err != nil {
		return "", err
	}
	begins := func(prefix string) bool {
		return len(start) >= len(prefix) && strings.EqualFold(start[:len(prefix)], prefix)
	}
	switch {
	case begins("BEGIN:VCARD"):
		return VCard, nil
	case begins("version:"), begins("dn:"):
		return LDIF, nil
	case begins("{"):
		return JSONL, nil
	case begins("#"):
		return commentedFormat(start), nil
	}
	return CSV, nil
}

// firstText returns the beginning of the text behind blanks, or "".
func firstText(r io.Reader) (string, error) {
	in := bufio.NewReaderSize(r, 16<<10)
	for {
		c, _, err := in.ReadRune()
		if err == io.EOF {
			return "", nil
		}
		if err != nil {
			return "", err
		}
		if !unicode.IsSpace(c) && !isBlank(c) {
			break
		}
	}
	if err := in.UnreadRune(); err != nil {
		return "", err
	}
	start, err := in.Peek(8 << 10)
	if err != nil && err != io.EOF {
		return "", err
	}
	return string(start), nil
}

// commentedFormat tells LDIF by what stands behind its comments, which ldapsearch
// writes first.
func commentedFormat(start string) Format {
	for line := range strings.Lines(start) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case strings.HasPrefix(line, "version:"), strings.HasPrefix(line, "dn:"):
			return LDIF
		default:
			return CSV
		}
	}
	return CSV
}
