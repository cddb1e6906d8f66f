package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"golang.org/x/text/width"
)

// printTo remembers the first error of a series of writes.
type printTo struct {
	w   io.Writer
	err error
}

func (p *printTo) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

// table prints lines in aligned columns. Tabs separate the columns.
type table struct {
	printTo
	columns *tabwriter.Writer
}

func newTable(w io.Writer) *table {
	columns := tabwriter.NewWriter(unfilled{w}, 0, 0, 2, ' ', 0)
	return &table{printTo{w: columns}, columns}
}

// line prints a line. A Chinese character is as wide as two others: a filler behind
// each makes the columns count it so.
func (t *table) line(format string, args ...any) {
	var b strings.Builder
	for _, r := range fmt.Sprintf(format, args...) {
		b.WriteRune(r)
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			b.WriteString(filler)
		}
	}
	t.printTo.line("%s", b.String())
}

// filler is no character, so no text has it.
const filler = "\uFFFF"

// unfilled writes everything but fillers.
type unfilled struct{ io.Writer }

func (u unfilled) Write(b []byte) (int, error) {
	if _, err := u.Writer.Write(bytes.ReplaceAll(b, []byte(filler), nil)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// end prints the table and returns the first error.
func (t *table) end() error { return errors.Join(t.err, t.columns.Flush()) }
