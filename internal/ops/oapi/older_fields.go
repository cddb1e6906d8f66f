package oapi

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// userRef names an employee on an older path.
type userRef struct{ UserID, Lang string }

func olderUserField(p *string) api.Field {
	return api.String("userid", p).Brings(directory.EmployeeField).Required(nil).Runes(1, directory.MaxUserID, userUnknown).Example("023420013645").
		Describe("员工的 userid。", "Id of the employee.")
}

// langField is languageField on older paths.
func langField(p *string) api.Field {
	f := languageField(p)
	f.Name = "lang"
	return f
}

// olderDepartmentRef names a department on an older path.
type olderDepartmentRef struct {
	ID    int64
	Lang  string
	Child *bool
}

func olderDepartmentField(name string, p *int64) api.Field {
	return api.Int(name, p).Brings(directory.DepartmentField).Range(1, 1<<62, departmentUnknown).Example("2").
		Describe("部门 ID，根部门为 1。", "Id of the department; the root is 1.")
}

// barList is a list of an older department call: ids with | between them; nil
// if it was not sent.
func barList(p *string) []string {
	if p == nil {
		return nil
	}
	return slices.DeleteFunc(strings.Split(*p, "|"), func(s string) bool { return s == "" })
}

// barIDs is barList of numbers; ok is false if one of them is no id.
func barIDs(p *string) (ids []int64, ok bool) {
	list := barList(p)
	if list == nil {
		return nil, true
	}
	ids = make([]int64, len(list))
	for i, s := range list {
		id, err := strconv.ParseInt(s, 10, 64)
		if err != nil || id < 1 {
			return nil, false
		}
		ids[i] = id
	}
	return ids, true
}

// barText is the reverse of barList.
func barText[T int64 | string](list []T) string {
	var b strings.Builder
	for i, v := range list {
		if i > 0 {
			b.WriteByte('|')
		}
		switch v := any(v).(type) {
		case int64:
			b.WriteString(strconv.FormatInt(v, 10))
		case string:
			b.WriteString(v)
		}
	}
	return b.String()
}
