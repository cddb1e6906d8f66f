package transfer

import (
	"io"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// Reader reads the records of a file in order. It is not safe for concurrent
// use. It holds one record at a time, whatever the size of the file.
type Reader interface {
	// Next returns the next record, io.EOF after the last one, a *FileError, or
	// an error of the file's io.Reader. The record is valid until the next call.
	Next() (*Record, error)
	// Info returns what is known about the file so far: all of it after io.EOF.
	Info() *Info
}

// Record is one record of a file, as it was read.
type Record struct {
	Row  int64          // counted from 1
	Line int64          // where it begins, counted from 1; a sheet's row in Excel
	Kind directory.Kind // of the file, or of the line of JSON Lines

	Cells []Cell // what belongs to a field, in the order of preference of each field

	// Problem is set if the record could not be read; nothing else is then told
	// about it.
	Problem *Problem
	// CellErrors are what is wrong with single cells: the rest can be read, but
	// the record is to be rejected.
	CellErrors []Problem
	// Warnings are those of reading.
	Warnings []Problem

	// Raw is the record as the file has it, decoded to UTF-8, for the file of
	// rejected records: lines of a text with their ends; nil for Excel, whose
	// RawCells are written instead.
	Raw      []byte
	RawCells []RawCell

	// Of JSON Lines. Given are values of the right type by the name of their
	// field, beside Cells, which stays empty. Whole says that a field which is
	// absent is to be cleared, as in our own exports.
	Given                directory.Values
	Whole                bool
	CreatedAt, UpdatedAt string // RFC 3339, "" if absent
}

// Cell is a text of a record that belongs to a field.
type Cell struct {
	Field  string // name of the field, or a part of one: "parts.family", "parts.address.city", "path"
	Part   string // the prefix of an address ("Business", "Home"), which keeps several apart
	Line   int64  // where it begins
	Column int    // from 1; 0 if the format has no columns
	Header string // the column's title, the property, attribute or key
	Text   string // without its envelope (docs/spec/import.md#cells)

	Number bool // a number of Excel, whose digits may have been lost (docs/spec/import.md#numbers-of-excel)
	// List is set where the format itself separates several values, such as the
	// categories of a vCard; Text is then "".
	List []string
	// Ranked is the preference among cells of one field: the smaller, the better.
	Ranked int
}

// RawCell is a cell of a sheet for the file of rejected records.
type RawCell struct {
	Text          string
	Number, Error bool // what the sheet has it for, if not a text
}

// Info describes a file.
type Info struct {
	Format    Format
	Encoding  string // "" if the format has none
	Delimiter string
	Sheet     string

	HeaderLine        int64 // 0: the format has no header
	Columns           []Column
	LinesBeforeHeader int64
	RawHeader         []byte    // of CSV: the header as Record.Raw has the rows
	Ignored           []Ignored // in the order of appearance
	IgnoredEntries    int64
}

// Column is a column of a file and the field it was taken for.
type Column struct {
	Column int    `json:"column"` // from 1
	Header string `json:"header"`
	Field  string `json:"field"` // "" if it was taken for nothing
}

// Ignored is a column, property, attribute or key that belongs to no field.
type Ignored struct {
	Header string `json:"header"`
	Count  int64  `json:"count"` // of its values that were not empty
}

// Format is a format of files.
type Format string

// The formats.
const (
	CSV   Format = "csv"
	Excel Format = "xlsx"
	VCard Format = "vcard"
	LDIF  Format = "ldif"
	JSONL Format = "jsonl"
)

// ReadOptions say how a file is read. Zero values choose by what the file
// holds.
type ReadOptions struct {
	Kind      directory.Kind // "" only with JSON Lines
	Format    Format
	Encoding  string
	Delimiter string // one character
	Sheet     string
	// Map assigns columns to fields, by the name of the field: a header, #3 for
	// the third column, "" for none.
	Map map[string]string
}

// Source is a file to be read. Excel needs its end first, so a file is more
// than a stream.
type Source interface {
	io.ReaderAt
	Size() int64
}

// FileError is why a whole file was refused.
type FileError struct {
	Code string // docs/spec/import.md#refused-files
	Line int64  // 0 if there is none
	// Detail completes the message, such as the limit that was exceeded.
	Detail string
}

func (e *FileError) Error() string {
	if e.Detail == "" {
		return "file refused: " + e.Code
	}
	return "file refused: " + e.Code + ": " + e.Detail
}

// Problem is what is wrong with a record, or was changed in it. Zero Column and
// Header mean that it has none.
type Problem struct {
	Code   string
	Line   int64
	Column int
	Header string
	Field  string
	Value  string // the refused text; told clipped
	Most   int    // characters or entries that there may be, if that is the rule
}

// problem returns a problem of the cell.
func (c *Cell) problem(code, field string) Problem {
	return Problem{Code: code, Line: c.Line, Column: c.Column, Header: c.Header, Field: field, Value: c.text()}
}

// text returns the text of the cell, whatever form it has.
func (c *Cell) text() string {
	if c.List != nil {
		return strings.Join(c.List, ", ")
	}
	return c.Text
}
