package engine

import (
	"io/fs"
	"sync"

	"github.com/mingce/mingce/internal/keyring"
)

// Schema tells the engine about the tables it serves. It is not changed after
// Open, and is safe for concurrent use.
type Schema struct {
	// Migrations holds the migration files in a folder "migrations"; see steps
	// in migrate.go.
	Migrations fs.FS
	// Fills run after the SQL of some migrations, by version, to write what
	// only the program can compute.
	Fills map[int64]func(Statements, *keyring.Master) error
	// Tables describes the tables that need special treatment.
	Tables map[string]Table
	// Deleted recognises deleted organisations. The zero value knows none.
	Deleted Deleted

	version struct { // see [Schema.Newest]
		once   sync.Once
		newest int64
		err    error
	}
	newest struct { // see [Schema.load]
		once   sync.Once
		shapes []Shape
		image  []byte
		err    error
	}
}

// Table describes a table that needs special treatment.
type Table struct {
	// Unsummed: no sum covers its rows. It is a cache, or an index that can be
	// rebuilt.
	Unsummed bool
	// Sequence: the database assigns the numbers of its rows when they are
	// written, so the number is left out of the sum.
	Sequence bool
	// SealedBy names the columns that bind a sealed value to its row, if they
	// are not the primary key without the organisation.
	SealedBy []string
	// Sealed: its values are not sealed under the organisation's key; its noun
	// checks them.
	Sealed bool
}

// Deleted tells the engine how to recognise a deleted organisation, so that a
// call that was admitted before the deletion writes nothing after it. Both
// statements take the organisation's id.
type Deleted struct {
	// Err is the error of a call that would write for a deleted organisation.
	Err error
	// Query returns a row if the organisation was deleted.
	Query string
	// Lock locks, on PostgreSQL, a row that the deletion removes. Its second
	// value is a number below LockRows: the calls of one organisation are
	// spread over several rows, because locking the same row would cost each
	// call as much as its change.
	Lock     string
	LockRows uint32
}
