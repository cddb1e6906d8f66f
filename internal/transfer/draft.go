package transfer

import "github.com/mingce/mingce/internal/directory"

// Draft is a record whose texts have become values. References are still texts:
// only the directory knows whom they name.
type Draft struct {
	Values     directory.Values // by field; without references
	References []Reference
	CreatedAt  int64 // Unix milliseconds of a record that brings its own; 0: none

	Errors, Warnings []Problem
}

// Reference is one text that names another object: an id, a name or a path.
type Reference struct {
	Field string
	Text  string  // one part of a list
	At    Problem // where it stands; Code is ""
}
