package dingtalk

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"strconv"
)

const upperHex = "0123456789ABCDEF"

// upperUUID returns a request id as the REST gateway writes it:
// 30EE8654-1AA2-7D88-8248-9518547248AA.
func upperUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	id := make([]byte, 0, 36)
	for i, x := range b {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			id = append(id, '-')
		}
		id = append(id, upperHex[x>>4], upperHex[x&0xf])
	}
	return string(id)
}

// traceID returns 32 hexadecimal digits.
func traceID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// shortID returns a request id as the oapi gateway writes it: 12 or 13
// lower-case digits of base 36, such as 15s9in2w1yat9.
func shortID() string {
	const least = 131621703842267136 // 36^11, the smallest number of 12 digits
	var b [8]byte
	_, _ = rand.Read(b[:])
	return strconv.FormatUint(least+binary.LittleEndian.Uint64(b[:])%(1<<64-1-least), 36)
}
