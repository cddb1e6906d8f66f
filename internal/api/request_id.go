package api

import (
	"encoding/hex"
	"math/rand/v2"
	"strconv"
)

// Request ids must be unique but need not be secret, so math/rand is enough.

const upperHex = "0123456789ABCDEF"

// NewUUID returns a random UUID in upper case, as the vendors write it
// (docs/spec/alibaba-cloud.md#request-ids): 30EE8654-1AA2-4D88-8248-9518547248AA.
func NewUUID() string {
	b := randomBytes()
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	var id [36]byte
	n := 0
	for i, x := range b {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			id[n] = '-'
			n++
		}
		id[n], id[n+1] = upperHex[x>>4], upperHex[x&15]
		n += 2
	}
	return string(id[:])
}

// NewTraceID returns 32 hexadecimal digits.
func NewTraceID() string {
	b := randomBytes()
	return hex.EncodeToString(b[:])
}

func randomBytes() (b [16]byte) {
	for i, x := range []uint64{rand.Uint64(), rand.Uint64()} {
		for j := range 8 {
			b[8*i+j] = byte(x >> (8 * j))
		}
	}
	return b
}

// 36^11 and 36^12: numbers of 12 base-36 digits lie between them.
const (
	least12 = 131621703842267136
	least13 = least12 * 36
)

// NewShortID returns 12 lower-case base-36 digits, such as 15s9in2w1yat
// (docs/spec/top.md#request-ids).
func NewShortID() string { return strconv.FormatUint(least12+rand.Uint64N(least13-least12), 36) }

// NewLongerID returns 12 or 13 lower-case base-36 digits, such as
// 15s9in2w1yat9.
func NewLongerID() string { return strconv.FormatUint(least12+rand.Uint64N(1<<64-1-least12), 36) }
