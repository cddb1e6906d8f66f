package transfer

import (
	"bytes"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

// openExcel opens a sheet of a workbook (docs/spec/import.md#excel).
//
// It reads the parts of the workbook itself. excelize, which writes our files,
// unpacks large sheets and texts into files in clear, and tells merged cells only
// of a sheet that it holds whole. Measured with 1,000,000 rows of five columns,
// four of them of texts that are all different: excelize takes 54 s and 450 MiB,
// this 12 s and 140 MiB, both passes over the sheet included.
func openExcel(src Source, o ReadOptions) (Reader, error) {
	head, err := readHead(src)
	switch {
	case err != nil:
		return nil, err
	case bytes.HasPrefix(head, oleHead):
		return nil, &FileError{Code: "formatUnsupported"}
	}
	a, err := openArchive(src)
	if err != nil {
		return nil, err
	}
	if !a.has(workbookPart) {
		return nil, &FileError{Code: "formatUnsupported"}
	}
	w := &workbook{archive: a}
	if err := w.read(); err != nil {
		return nil, a.refusal(err)
	}
	r, err := w.openSheet(o)
	if err != nil {
		return nil, a.refusal(err)
	}
	return r, nil
}

const workbookPart = "xl/workbook.xml"

// workbook is what the cells of all sheets need.
type workbook struct {
	*archive
	sheets   []sheet
	from1904 bool
	dates    []bool // by style: the number is a day
	texts    textTable
}

type sheet struct {
	name   string
	hidden bool
	part   string // "": it is no sheet of cells, or lies elsewhere
}

// Counts that no workbook has, however large.
const (
	mostRelations = 20_000
	mostStyles    = 1_000_000
)

func (w *workbook) read() error {
	relations, err := w.readRelations()
	if err != nil {
		return err
	}
	if err := w.readSheets(relations); err != nil {
		return err
	}
	if err := w.readFirst(relations, "styles", w.readStyles); err != nil {
		return err
	}
	return w.readFirst(relations, "sharedStrings", w.readTexts)
}

// relation names a part of the workbook.
type relation struct{ id, kind, part string }

// readFirst reads the first part of a kind. A workbook has one at most.
func (w *workbook) readFirst(relations []relation, kind string, read func(name string) error) error {
	i := slices.IndexFunc(relations, func(r relation) bool { return r.kind == kind && w.has(r.part) })
	if i < 0 {
		return nil
	}
	return read(relations[i].part)
}

// readRelations reads which parts the workbook has, but for those that lie
// outside of the file: nothing is ever fetched.
func (w *workbook) readRelations() (relations []relation, err error) {
	const name = "xl/_rels/workbook.xml.rels"
	if !w.has(name) {
		return nil, nil
	}
	err = w.elements(name, func(x *xmlScanner) error {
		if string(x.name) != "Relationship" {
			return nil
		}
		var values [4]string
		for i, attr := range []string{"Id", "Type", "Target", "TargetMode"} {
			var err error
			if values[i], _, err = x.attr(attr); err != nil {
				return err
			}
		}
		if len(relations) == mostRelations {
			return errXML
		}
		if values[3] != "External" {
			target := values[2]
			if !strings.HasPrefix(target, "/") {
				target = "xl/" + target
			}
			relations = append(relations, relation{values[0], path.Base(values[1]), target})
		}
		return nil
	})
	return relations, err
}

func (w *workbook) readSheets(relations []relation) error {
	parts := map[string]string{} // of sheets, by the relation's id
	for _, r := range relations {
		if r.kind == "worksheet" && w.has(r.part) {
			parts[r.id] = r.part
		}
	}
	return w.elements(workbookPart, func(x *xmlScanner) error {
		switch string(x.name) {
		case "workbookPr":
			value, _, err := x.attr("date1904")
			w.from1904 = value == "1" || value == "true"
			return err
		case "sheet":
			var values [3]string
			for i, attr := range []string{"name", "state", "id"} {
				var err error
				if values[i], _, err = x.attr(attr); err != nil {
					return err
				}
			}
			if len(w.sheets) == mostParts {
				return errXML
			}
			w.sheets = append(w.sheets, sheet{name: values[0], hidden: values[1] == "hidden" || values[1] == "veryHidden", part: parts[values[2]]})
		}
		return nil
	})
}

// readStyles finds the styles by which a number is a day.
func (w *workbook) readStyles(name string) error {
	dates := map[int]bool{} // formats of the file's own
	inCells := false
	x, err := w.open(name)
	if err != nil {
		return err
	}
	return eachElement(x, func(begins bool) error {
		switch element := string(x.name); {
		case element == "cellXfs":
			inCells = begins
		case begins && element == "numFmt":
			id, _, err := x.attr("numFmtId")
			if err != nil {
				return err
			}
			code, _, err := x.attr("formatCode")
			if err != nil || len(dates) == mostStyles {
				return errXML
			}
			n, _ := strconv.Atoi(id)
			dates[n] = isDateFormat(n, code)
		case begins && element == "xf" && inCells:
			id, _, err := x.attr("numFmtId")
			if err != nil || len(w.dates) == mostStyles {
				return errXML
			}
			n, _ := strconv.Atoi(id)
			isDate, own := dates[n]
			w.dates = append(w.dates, isDate || !own && isDateFormat(n, ""))
		}
		return nil
	})
}

// readTexts reads the texts that cells share. Readings above a text are not
// part of it.
func (w *workbook) readTexts(name string) error {
	x, err := w.open(name)
	if err != nil {
		return err
	}
	var text []byte
	reading := 0
	err = eachElement(x, func(begins bool) error {
		switch element := string(x.name); {
		case element == "si" && begins:
			text = text[:0]
		case element == "si":
			return w.texts.add(text)
		case element == "rPh" && begins:
			reading++
		case element == "rPh":
			reading--
		case element == "t" && !begins && reading == 0:
			text = append(text, x.text[:min(len(x.text), maxRow+1-len(text))]...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return w.texts.seal()
}

// elements calls do at the beginning of each element of a part.
func (w *workbook) elements(name string, do func(*xmlScanner) error) error {
	x, err := w.open(name)
	if err != nil {
		return err
	}
	return eachElement(x, func(begins bool) error {
		if !begins {
			return nil
		}
		return do(x)
	})
}

// eachElement calls do at the beginning and end of each element.
func eachElement(x *xmlScanner, do func(begins bool) error) error {
	for {
		begins, err := x.next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = do(begins)
		}
		if err != nil {
			return err
		}
	}
}

// openSheet begins to read the sheet that was asked for, or the first visible
// one with a header. A single known word, as above notes, is one only if no
// sheet has more (docs/spec/import.md#excel).
func (w *workbook) openSheet(o ReadOptions) (Reader, error) {
	refused := &FileError{Code: "empty"}
	var narrow *table
	seen := map[string]bool{} // parts: many sheets can name one
	for _, s := range w.sheets {
		if o.Sheet != "" && s.name != o.Sheet || o.Sheet == "" && (s.hidden || s.part == "") {
			continue
		}
		switch {
		case seen[partName(s.part)]:
			continue
		case s.part == "":
			return nil, &FileError{Code: "sheetNotFound", Detail: o.Sheet}
		}
		seen[partName(s.part)] = true
		t, err := w.openTable(s, o)
		e, isRefusal := err.(*FileError)
		switch {
		case err == nil && (o.Sheet != "" || t.header.known > 1):
			return t, nil
		case err == nil:
			if narrow == nil {
				narrow = t
			}
		case narrow != nil && isRefusal:
		case o.Sheet != "" || !isRefusal || e.Code != "headerNotFound" && e.Code != "empty":
			return nil, err
		case e.Code == "headerNotFound":
			refused = e
		}
	}
	switch {
	case o.Sheet != "":
		return nil, &FileError{Code: "sheetNotFound", Detail: o.Sheet}
	case narrow != nil:
		return narrow, nil
	}
	return nil, refused
}

func (w *workbook) openTable(s sheet, o ReadOptions) (*table, error) {
	rows, err := w.openRows(s.part)
	if err != nil {
		return nil, err
	}
	t, err := newTable(rows, o)
	if err != nil {
		return nil, err
	}
	t.info.Format, t.info.Sheet = Excel, s.name
	return t, nil
}
