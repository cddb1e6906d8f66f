package main

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
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
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	return &table{printTo{w: columns}, columns}
}

// end prints the table and returns the first error.
func (t *table) end() error { return errors.Join(t.err, t.columns.Flush()) }
