package store

import (
	"context"
	"hash/fnv"
	"slices"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/engine"
)

// countShards is the number of rows over which the count of a department is
// spread, by employee. Everybody counts in the root: with a single row, all
// calls that add or move people would wait for each other. The number may be
// changed, because only the sum matters.
const countShards = 16

func countShard(userID string) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(userID))
	return int64(h.Sum32() % countShards)
}

// addCount adds the rows of a query to the counts. Its columns are the
// department, the shard, direct members and people.
func addCount(query string) string {
	return "INSERT INTO department_count (org, dept_id, shard, direct, people) " + query + `
		ON CONFLICT (org, dept_id, shard) DO UPDATE SET direct = department_count.direct + excluded.direct,
			people = department_count.people + excluded.people`
}

// countEmployee adds an employee to the counts, or with by -1 removes it: as a
// direct member of its departments, and once as one of the people of all
// departments on their paths.
//
// On PostgreSQL the departments are locked against being moved until the call
// ends: a move is either seen here, or it sees this employee and moves its
// count ([tx.countMoved]). Rows are written in the order of departments, so
// that calls on the same shard do not deadlock.
func (t *tx) countEmployee(e directory.Employee, by int64) {
	if len(e.DeptIDs) == 0 {
		return
	}
	places, values := in(e.DeptIDs)
	a := append(args{t.Org, countShard(e.UserID), by, by, t.Org}, values...)
	t.Write(addCount(`SELECT ?, a.id, CAST(? AS BIGINT), CAST(? AS BIGINT) * max(CASE WHEN a.id = a.leaf THEN 1 ELSE 0 END), CAST(? AS BIGINT)
		FROM (SELECT d.id AS leaf, CAST(p.value AS BIGINT) AS id
			FROM (SELECT id, path FROM department WHERE org = ? AND id IN (`+places+`) /*pg: FOR SHARE*/) d
			CROSS JOIN /*sqlite: json_each('[' || replace(trim(d.path, '/'), '/', ',') || ']') p*/
				/*pg: unnest(string_to_array(trim(both '/' from d.path), '/')) p(value)*/) a
		WHERE TRUE GROUP BY a.id ORDER BY a.id`), a...)
}

// countMoved corrects the counts above a department that was moved with its
// subtree: path is its new path, old and new are the paths of its parents.
// People who are also elsewhere below such a parent are counted there already.
// The caller has locked the departments.
func (t *tx) countMoved(path string, old, new []int64) {
	from, to := below(path)
	add := func(above []int64, by int64) {
		aboveFrom, aboveTo := below(pathText(above))
		t.Write(addCount(`SELECT ?, CAST(? AS BIGINT), 0, 0, CAST(? AS BIGINT) * count(DISTINCT m.user_id)
			FROM department d CROSS JOIN employee_dept m
			WHERE d.org = ? AND d.path >= ? AND d.path < ? AND m.org = d.org AND m.dept_id = d.id
				AND NOT EXISTS (SELECT 1 FROM employee_dept o JOIN department p ON p.org = o.org AND p.id = o.dept_id
					WHERE o.org = m.org AND o.user_id = m.user_id AND p.path >= ? AND p.path < ? AND NOT (p.path >= ? AND p.path < ?))`),
			t.Org, above[0], by, t.Org, from, to, aboveFrom, aboveTo, from, to)
	}
	for i, id := range old {
		if !slices.Contains(new, id) {
			add(old[i:], -1)
		}
	}
	for i, id := range new {
		if !slices.Contains(old, id) {
			add(new[i:], 1)
		}
	}
}

// CountMembers implements [directory.DeptMemberTx]. In an update nobody can add
// a member to the department until the call ends.
func (t *tx) CountMembers(deptID int64) (direct, all int64, err error) {
	err = t.Batch(
		t.lock("SELECT id FROM department WHERE org = ? AND id = ?", args{t.Org, deptID}),
		engine.One(`SELECT CAST(coalesce(sum(direct), 0) AS BIGINT), CAST(coalesce(sum(people), 0) AS BIGINT)
			FROM department_count WHERE org = ? AND dept_id = ?`, args{t.Org, deptID}, nil, func(r *row) error {
			direct, all = r.Int(0), r.Int(1)
			return nil
		}))
	return direct, all, err
}

// sameMembers reports whether two lists name the same departments.
func sameMembers(a, b []int64) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(id int64) bool { return !slices.Contains(b, id) })
}

// wrongCounts counts the departments whose stored counts differ from the rows.
const wrongCounts = `WITH RECURSIVE above (org, leaf, id) AS (
		SELECT org, id, id FROM department
		UNION
		SELECT a.org, a.leaf, d.parent_id FROM above a JOIN department d ON d.org = a.org AND d.id = a.id WHERE d.parent_id <> 0
	)
	SELECT count(*) FROM (
		SELECT org, id FROM (
			SELECT a.org, a.id, count(DISTINCT CASE WHEN a.leaf = a.id THEN m.user_id END) AS direct, count(DISTINCT m.user_id) AS people
				FROM above a JOIN employee_dept m ON m.org = a.org AND m.dept_id = a.leaf GROUP BY a.org, a.id
			UNION ALL
			SELECT org, dept_id, -direct, -people FROM department_count
		) both_sides GROUP BY org, id HAVING sum(direct) <> 0 OR sum(people) <> 0
	) wrong`

// CheckDepartmentCounts recounts the people of every department and calls find
// if stored counts are wrong. schema is the version of the data.
func (s *Store) CheckDepartmentCounts(ctx context.Context, schema int64, find func(format string, a ...any)) error {
	if schema < 70 {
		return nil // the schema has no counts
	}
	return s.view(ctx, "", func(t *tx) error {
		_, err := t.One(wrongCounts, nil, func(row *row) error {
			if n := row.Int(0); n > 0 {
				find("%d departments have wrong counts of people", n)
			}
			return nil
		})
		return err
	})
}
