package engine

import (
	"io/fs"
	"sync"
)

// Schema is what the engine is told about the tables it serves. It is not
// changed after Open, and is safe for concurrent use.
type Schema struct {
	// Migrations holds the steps in a folder "migrations", see steps in migrate.go.
	Migrations fs.FS
	// Fills are what some steps do after their SQL, by version, where only the
	// program can tell what to write.
	Fills map[int64]func(Statements) error
	// Tables describes tables that are not like the others.
	Tables map[string]Table
	// Deleted tells organisations that were deleted. The zero value has none.
	Deleted Deleted

	newest struct {
		once   sync.Once
		shapes []Shape
		err    error
	}
}

// Table describes a table that is not like the others.
type Table struct {
	// Unsummed: its rows are in no sum. It is a cache that may be lost at any
	// time, or an index that can be made again.
	Unsummed bool
	// Sequence: the database gives the numbers of its rows when they are
	// written, so the number of a row does not count in the sum.
	Sequence bool
	// SealedBy names the columns that are the row's part in the place of a sealed
	// value, where they are not those of the primary key without the
	// organisation.
	SealedBy []string
	// Sealed: what is sealed in it is not sealed under the organisation's key;
	// its noun checks it.
	Sealed bool
}

// Deleted is how the engine learns that an organisation was deleted, so that no
// call that was let in before writes for it afterwards. All three texts take the
// organisation's id.
type Deleted struct {
	// Err is the answer to a call that would write for a deleted organisation.
	Err error
	// Query gives a row if the organisation was deleted.
	Query string
	// Hold locks, on PostgreSQL, a row that a deletion removes. Its second value
	// is a number below Holds: calls of one organisation spread over several
	// rows, since locking the same row costs each of them as much as its change.
	Hold  string
	Holds uint32
}
