package store

import (
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// EmployeesByName implements [directory.NameSearchTx].
func (t *tx) EmployeesByName(m directory.NameMatch) (ids []string, count int64, err error) {
	where, a := nameCondition("e.name", m)
	if !m.Exact && isLetters(m.Word) {
		where = "(" + where + ` OR EXISTS (SELECT 1 FROM employee_dept d WHERE d.org = e.org AND d.user_id = e.user_id AND d.letters LIKE ? ESCAPE '\'))`
		a = append(a, strings.ReplaceAll(lowerASCII(m.Word), " ", "")+"%")
	}
	if m.Range != nil {
		conditions := []string{"FALSE"}
		for _, id := range m.Range.UserIDs {
			conditions, a = append(conditions, "e.user_id = ?"), append(a, id)
		}
		for _, id := range m.Range.DeptIDs {
			conditions, a = append(conditions, "p.path LIKE ?"), append(a, under(id))
		}
		where += ` AND EXISTS (SELECT 1 FROM employee_dept d JOIN department p ON p.org = d.org AND p.id = d.dept_id
			WHERE d.org = e.org AND d.user_id = e.user_id AND (` + strings.Join(conditions, " OR ") + "))"
	}
	a = append(args{t.org}, a...)
	err = t.batch(
		one("SELECT count(*) FROM employee e WHERE e.org = ? AND "+where, a, nil, func(r *row) error {
			count = r.Int(0)
			return nil
		}),
		each("SELECT e.user_id FROM employee e WHERE e.org = ? AND "+where+" ORDER BY e.user_id LIMIT ? OFFSET ?", append(a[:len(a):len(a)], m.Size, m.Skip), func(r *row) error {
			ids = append(ids, r.Text(0))
			return nil
		}))
	return ids, count, err
}

// DepartmentsByName implements [directory.NameSearchTx].
func (t *tx) DepartmentsByName(m directory.NameMatch) (ids []int64, count int64, err error) {
	where, a := nameCondition("d.name", m)
	if m.Range != nil {
		conditions := []string{"FALSE"}
		for _, id := range m.Range.DeptIDs {
			conditions, a = append(conditions, "d.path LIKE ?"), append(a, under(id))
		}
		where += " AND (" + strings.Join(conditions, " OR ") + ")"
	}
	a = append(args{t.org}, a...)
	if !m.Exact && isLetters(m.Word) {
		return t.departmentsBySound(m, where, a)
	}
	err = t.batch(
		one("SELECT count(*) FROM department d WHERE d.org = ? AND "+where, a, nil, func(r *row) error {
			count = r.Int(0)
			return nil
		}),
		each("SELECT d.id FROM department d WHERE d.org = ? AND "+where+" ORDER BY d.id LIMIT ? OFFSET ?", append(a[:len(a):len(a)], m.Size, m.Skip), func(r *row) error {
			ids = append(ids, r.Int(0))
			return nil
		}))
	return ids, count, err
}

// departmentsBySound is for a word in letters, which may spell names that are
// written otherwise. Spellings of departments are not stored: there are few.
func (t *tx) departmentsBySound(m directory.NameMatch, where string, a args) (ids []int64, count int64, err error) {
	word := strings.ReplaceAll(lowerASCII(m.Word), " ", "")
	inRange := "TRUE"
	if _, condition, limited := strings.Cut(where, " AND "); limited {
		inRange = condition
	}
	// The first two values are the organisation and the word.
	err = t.each("SELECT d.id, d.name FROM department d WHERE d.org = ? AND "+inRange+" ORDER BY d.id", append(args{t.org}, a[2:]...), func(r *row) error {
		name := r.Text(1)
		if !strings.Contains(lowerASCII(name), lowerASCII(m.Word)) && !strings.HasPrefix(directory.Letters(name), word) {
			return nil
		}
		if count++; count > m.Skip && int64(len(ids)) < m.Size {
			ids = append(ids, r.Int(0))
		}
		return nil
	})
	return ids, count, err
}

// nameCondition compares a name with the word; ASCII letters compare without
// regard to case on both engines.
func nameCondition(column string, m directory.NameMatch) (string, args) {
	if m.Exact {
		return column + " = ?", args{m.Word}
	}
	return "lower(" + column + `) LIKE ? ESCAPE '\'`, args{"%" + escapeLike(lowerASCII(m.Word)) + "%"}
}

func isLetters(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != ' ' }) < 0
}

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

func escapeLike(s string) string { return likeEscaper.Replace(s) }

// under is the pattern of the paths of a department and of all below it.
func under(id int64) string { return "%/" + strconv.FormatInt(id, 10) + "/%" }
