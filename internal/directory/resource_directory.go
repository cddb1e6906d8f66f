package directory

import "time"

// ResourceDirectory is the tree of folders and member accounts under an
// organisation's management account. Every organisation has at most one.
type ResourceDirectory struct {
	ID           string // rd-xxxxxx
	RootFolderID string // r-xxxxxx
	AccountID    string // the management account
	AccountName  string
	CreatedAt    time.Time
}

// Folder is a node of the resource directory.
type Folder struct {
	ID        string // fd-xxxxxxxxxx; the root's is r-xxxxxx
	ParentID  string // "" for the root
	Name      string
	CreatedAt time.Time
}

// Account is a member account.
type Account struct {
	ID          string // 16 digits
	FolderID    string
	DisplayName string
	Name        string
	Type        string // ResourceAccount or CloudAccount
	Status      string
	JoinMethod  string // created or invited
	JoinedAt    time.Time
	ModifiedAt  time.Time
}

// ResourceDirectoryTx reads and writes the resource directory.
type ResourceDirectoryTx interface {
	// ResourceDirectory returns the organisation's, or ErrDirectoryNotEnabled.
	ResourceDirectory() (ResourceDirectory, error)
	PutResourceDirectory(rd ResourceDirectory)
	PutFolder(f Folder)
	PutAccount(a Account)
}
