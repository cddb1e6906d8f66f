package records

import (
	"crypto/hmac"
	"encoding/base64"
	"maps"
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/api"
)

var staleCursor = &Error{Code: cursorInvalid, Parameter: "cursor", Message: api.Text{
	Zh: "cursor：不是这个查询返回的；从第一页重新开始，各页的其他参数须相同。",
	En: "cursor: this query did not return it; begin with the first page again, and send the same parameters for each page.",
}}

// next makes a cursor of a place in the list that the call reads; "" is the end. It
// is bound to the query, and authenticated, so that nobody can make one up
// (docs/spec/json-api.md#cursors).
func (c *call) next(place string) any {
	if place == "" {
		return nil
	}
	return base64.RawURLEncoding.EncodeToString(append(c.cursorMAC(place), place...))
}

// place returns the place of the cursor that the call brought, or "".
func (c *call) place() (string, error) {
	text := c.text("cursor")
	if text == "" && len(c.query["cursor"]) == 0 {
		return "", nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) <= cursorMACSize {
		return "", staleCursor
	}
	place := string(b[cursorMACSize:])
	if !hmac.Equal(b[:cursorMACSize], c.cursorMAC(place)) {
		return "", staleCursor
	}
	return place, nil
}

const cursorMACSize = 16

// cursorMAC covers the call, its path, and all of its query but what may differ
// from page to page.
func (c *call) cursorMAC(place string) []byte {
	parts := []string{c.route.id, c.session.Org(), place}
	for _, name := range slices.Sorted(maps.Keys(c.path)) {
		parts = append(parts, name+"="+c.path[name])
	}
	for _, name := range slices.Sorted(maps.Keys(c.query)) {
		if slices.Contains(perPage, name) {
			continue
		}
		for _, v := range c.query[name] {
			parts = append(parts, name+"="+string(v.AppendJSON(nil)))
		}
	}
	return c.config.Directory.CursorMAC(strings.Join(parts, "\x00"))[:cursorMACSize]
}

// perPage are the parameters that may differ between the pages of a list.
var perPage = []string{"cursor", "limit", "count", "reveal"}
