package records

import (
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/api"
)

// etag is the entity tag of a version.
func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// ifMatch returns the version that the header If-Match names; 0 is any
// (docs/spec/json-api.md#versions-and-preconditions).
func (c *call) ifMatch() (int64, error) {
	values := c.request.Header.Values("If-Match")
	if len(values) == 0 {
		return 0, nil
	}
	text := strings.TrimSpace(values[0])
	if len(values) == 1 && text == "*" {
		return 0, nil
	}
	quoted := len(text) > 2 && text[0] == '"' && text[len(text)-1] == '"'
	version, err := strconv.ParseInt(strings.Trim(text, `"`), 10, 64)
	if len(values) > 1 || !quoted || err != nil || version < 1 {
		return 0, refuse(invalidParameter, "If-Match", api.Text{
			Zh: "须为一个版本，如 \"3\"，即读取时的 ETag；或 *。",
			En: "must be one version, like \"3\": the ETag of the object as it was read; or *.",
		})
	}
	return version, nil
}
