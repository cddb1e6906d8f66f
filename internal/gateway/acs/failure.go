package acs

import (
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/api"
)

func failFor(c *api.Code, rule api.Text) *api.Failure { return &api.Failure{Code: c, Rule: rule} }

// invalidParameter refuses a parameter before its operation sees it. The caller
// chose the name, so the answer repeats only a plain one.
func invalidParameter(name string, rule api.Text) *api.Failure {
	if !isPlainName(name) {
		return failFor(malformedRequest, rule)
	}
	code := invalidArgument(name)
	code.Series = malformedRequest.Code
	return &api.Failure{Code: code, Parameter: name, Rule: rule}
}

func isPlainName(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_')
	}) < 0
}

// flatName spells the path of a nested parameter as this wire does: Tag[0].Key
// is Tag.1.Key.
func flatName(path string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(path, "[")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		index, after, _ := strings.Cut(rest, "]")
		n, _ := strconv.Atoi(index)
		b.WriteString("." + strconv.Itoa(n+1))
		path = after
	}
}
