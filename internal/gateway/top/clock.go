package top

import (
	"time"

	"github.com/mingce/mingce/internal/api"
)

// window is how far the timestamp of a signed call may be off.
const window = 10 * time.Minute

const timestampLayout = "2006-01-02 15:04:05"

var china = time.FixedZone("GMT+8", 8*60*60)

// checkTimestamp checks the time of a call (docs/spec/top.md#timestamp). A
// signed call must carry a time within the window; official clients write it in
// GMT+8, community clients in the zone of their machine, so UTC and the
// server's zone are tried as well. An unsigned call is refused only if the text
// is not a time. With strict, every call needs a time within the window, in
// GMT+8.
func checkTimestamp(text string, now time.Time, signed, strict bool) *api.Failure {
	if text == "" {
		if signed || strict {
			return refuse(missingTimestamp)
		}
		return nil
	}
	// The length check refuses fractions, which time.Parse accepts.
	if _, err := time.Parse(timestampLayout, text); err != nil || len(text) != len(timestampLayout) {
		return because(invalidTimestamp, timestampRule)
	}
	if !signed && !strict {
		return nil
	}
	zones := []*time.Location{china, time.UTC, time.Local}
	if strict {
		zones = zones[:1]
	}
	for _, zone := range zones {
		if t, err := time.ParseInLocation(timestampLayout, text, zone); err == nil && now.Sub(t).Abs() <= window {
			return nil
		}
	}
	return because(invalidTimestamp, clockRule)
}
