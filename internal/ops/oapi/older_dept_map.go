package oapi

import (
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/api"
)

// deptValue is what a map of departments says of one.
type deptValue struct {
	DeptID int64
	Text   string
}

// readDeptMap reads orderInDepts and positionInDepts: an object, or a text that
// may lack the quotes of JSON, {1:技术支持}
// (docs/spec/dingtalk-older-paths.md#maps-of-departments). ok is false for
// anything else, and for one that names a department twice.
func readDeptMap(v api.Value) (list []deptValue, ok bool) {
	list, ok = readDeptEntries(v)
	seen := make(map[int64]bool, len(list))
	for _, d := range list {
		ok = ok && !seen[d.DeptID]
		seen[d.DeptID] = true
	}
	return list, ok
}

func readDeptEntries(v api.Value) (list []deptValue, ok bool) {
	if v.Kind == api.TextValue {
		if strings.TrimSpace(v.Text) == "" {
			return nil, true
		}
		parsed, err := api.ParseJSON([]byte(v.Text))
		if err != nil {
			return readLooseMap(v.Text)
		}
		v = parsed
	}
	if v.Kind != api.ObjectValue {
		return nil, false
	}
	for _, m := range v.Members {
		id, err := strconv.ParseInt(m.Name, 10, 64)
		if err != nil || m.Value.Kind != api.TextValue && m.Value.Kind != api.NumberValue {
			return nil, false
		}
		list = append(list, deptValue{id, m.Value.Text})
	}
	return list, true
}

// readLooseMap reads a map whose keys, and perhaps values, have no quotes. A
// value without quotes ends at the next comma.
func readLooseMap(text string) (list []deptValue, ok bool) {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "{") || !strings.HasSuffix(text, "}") {
		return nil, false
	}
	rest := strings.TrimSpace(text[1 : len(text)-1])
	for rest != "" {
		key, more, found := strings.Cut(rest, ":")
		id, err := strconv.ParseInt(strings.Trim(strings.TrimSpace(key), `"`), 10, 64)
		if !found || err != nil {
			return nil, false
		}
		value, after, ok := cutValue(strings.TrimSpace(more))
		if !ok {
			return nil, false
		}
		list, rest = append(list, deptValue{id, value}), after
	}
	return list, true
}

// cutValue cuts the first value off a loose map.
func cutValue(text string) (value, rest string, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		value, rest, _ = strings.Cut(text, ",")
		return strings.TrimSpace(value), strings.TrimSpace(rest), true
	}
	quoted, err := strconv.QuotedPrefix(text)
	if err != nil {
		return "", "", false
	}
	parsed, err := api.ParseJSON([]byte(quoted))
	rest = strings.TrimSpace(text[len(quoted):])
	if err != nil || rest != "" && rest[0] != ',' {
		return "", "", false
	}
	return parsed.Text, strings.TrimSpace(strings.TrimPrefix(rest, ",")), true
}

// deptMap writes a map of departments as older answers do: a text that is not
// JSON, {456:true}.
func deptMap[T any](list []T, entry func(T) (id int64, value string)) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, v := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		id, value := entry(v)
		b.WriteString(strconv.FormatInt(id, 10) + ":" + value)
	}
	b.WriteByte('}')
	return b.String()
}
