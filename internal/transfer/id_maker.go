package transfer

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"math/big"

	"github.com/mingce/mingce/internal/directory"
)

// idMaker makes the ids of what an import makes: at random, but the same each
// time for the same row, so that a check that is repeated plans the same, and an
// earlier row's id is known by its number
// (docs/spec/import.md#ids-of-new-objects).
type idMaker struct{ seed []byte }

// idLetters are the letters of ids of message contacts.
const idLetters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// idDigits is how many digits the ids of a kind have, as the core makes them.
var idDigits = map[directory.Kind]int64{
	directory.ContactKind: 18, directory.EmployeeKind: 18, directory.DepartmentKind: 9, directory.LabelKind: 10, directory.LabelGroupKind: 10,
}

// make returns the id of the n-th object of a kind that a row makes.
func (m idMaker) make(kind directory.Kind, row, n int64) string {
	h := hmac.New(sha256.New, m.seed)
	h.Write([]byte(kind))
	h.Write(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(row)), uint64(n)))
	sum := new(big.Int).SetBytes(h.Sum(nil))
	if digits := idDigits[kind]; digits > 0 {
		least := new(big.Int).Exp(big.NewInt(10), big.NewInt(digits-1), nil)
		return sum.Mod(sum, new(big.Int).Mul(least, big.NewInt(9))).Add(sum, least).String()
	}
	id := []byte("c-")
	letter := new(big.Int)
	for range 16 {
		sum.DivMod(sum, big.NewInt(int64(len(idLetters))), letter)
		id = append(id, idLetters[letter.Int64()])
	}
	return string(id)
}
