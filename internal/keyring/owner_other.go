//go:build !unix

package keyring

import "io/fs"

func ownedByRoot(fs.FileInfo) bool { return false }
