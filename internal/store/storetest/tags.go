package storetest

import (
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// matches are filters by keys and values in turns.
func matches(words ...string) (ms []directory.TagMatch) {
	for i := 0; i < len(words); i += 2 {
		ms = append(ms, directory.TagMatch{Key: words[i], Value: &words[i+1]})
	}
	return ms
}

func testTags(t *testing.T, s directory.Store) {
	plantTree(t, s)
	first, second, third := account(0, "").ID, account(1, "").ID, account(2, "").ID
	list := func(org string, f directory.TagFilter) (found []string) {
		t.Helper()
		for _, x := range read(t, s, org, func(tx directory.Tx) ([]directory.TaggedObject, error) { return tx.Tags().TaggedObjects(f) }) {
			found = append(found, x.ID+" "+x.Key+"="+x.Value)
		}
		return found
	}
	of := func(f directory.TagFilter) directory.TagFilter {
		f.Kind, f.Limit = directory.TaggedAccount, max(f.Limit, 0)
		if f.Limit == 0 {
			f.Limit = 100
		}
		return f
	}
	all := []string{first + " env=test", first + " n=0", second + " env=test", second + " n=1", third + " env=test", third + " n=2"}
	same(t, list(orgA, of(directory.TagFilter{})), all)
	same(t, len(list(orgB, of(directory.TagFilter{}))), 0)
	same(t, list(orgA, directory.TagFilter{Kind: directory.TaggedFolder, Limit: 10}), []string{"fd-a env=test"})
	same(t, len(list(orgA, directory.TagFilter{Kind: directory.TaggedControlPolicy, Limit: 10})), 0)
	same(t, list(orgA, of(directory.TagFilter{Limit: 3})), all[:3])
	same(t, list(orgA, of(directory.TagFilter{Limit: 2, After: directory.TagPosition{ID: second, Key: "env"}})), all[3:5])
	same(t, list(orgA, of(directory.TagFilter{IDs: []string{third, first}})), append(append([]string{}, all[:2]...), all[4:]...))
	same(t, list(orgA, of(directory.TagFilter{IDs: []string{third, first}, After: directory.TagPosition{ID: first, Key: "n"}})), all[4:])
	same(t, list(orgA, of(directory.TagFilter{Tags: matches("n", "1")})), all[2:4])
	same(t, list(orgA, of(directory.TagFilter{Tags: matches("env", "test", "n", "2")})), all[4:])
	same(t, len(list(orgA, of(directory.TagFilter{IDs: []string{first}, Tags: matches("n", "1")}))), 0)
	same(t, list(orgA, of(directory.TagFilter{Tags: []directory.TagMatch{{Key: "n"}}, Limit: 1, After: directory.TagPosition{ID: first, Key: "n"}})), all[2:3])

	words := func(f directory.TagWordFilter) []string {
		t.Helper()
		f.Kind, f.Limit = directory.TaggedAccount, 10
		return read(t, s, orgA, func(tx directory.Tx) ([]string, error) { return tx.Tags().TagWords(f) })
	}
	zero, env := "0", "env"
	same(t, words(directory.TagWordFilter{}), []string{"env", "n"})
	same(t, words(directory.TagWordFilter{After: &env}), []string{"n"})
	same(t, words(directory.TagWordFilter{Keyword: "EN"}), []string{"env"})
	same(t, words(directory.TagWordFilter{Key: "n"}), []string{"0", "1", "2"})
	same(t, words(directory.TagWordFilter{Key: "n", After: &zero}), []string{"1", "2"})
	same(t, len(words(directory.TagWordFilter{Key: "none"})), 0)

	// Changes of one organisation's tags leave the same ids elsewhere alone.
	update(t, s, orgB, func(tx directory.Tx) { tx.Accounts().PutAccount(account(0, "r-1")) })
	update(t, s, orgA, func(tx directory.Tx) {
		tx.Tags().PutTags(first, []directory.Tag{{Key: "env", Value: ""}, {Key: "new", Value: "x"}})
		tx.Tags().DeleteTags(first, []string{"n", "none"})
		tx.Tags().PutTags("fd-b", []directory.Tag{{Key: "only", Value: "folder"}})
	})
	same(t, list(orgA, of(directory.TagFilter{IDs: []string{first}})), []string{first + " env=", first + " new=x"})
	same(t, list(orgB, of(directory.TagFilter{})), all[:2])
	same(t, words(directory.TagWordFilter{Key: "env"}), []string{"", "test"})
	same(t, words(directory.TagWordFilter{}), []string{"env", "n", "new"}) // not those of folders
	same(t, read(t, s, orgA, func(tx directory.Tx) (map[string][]directory.Tag, error) {
		return tx.Tags().TagsOf([]string{first, third})
	}),
		map[string][]directory.Tag{first: {{Key: "env"}, {Key: "new", Value: "x"}}, third: {{Key: "env", Value: "test"}, {Key: "n", Value: "2"}}})
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]string, error) {
		return tx.Tags().UntaggableIDs(directory.TaggedAccount, []string{first, "fd-a", "1000000000000001"})
	}), []string{"fd-a", "1000000000000001"})
	same(t, read(t, s, orgB, func(tx directory.Tx) ([]string, error) {
		return tx.Tags().UntaggableIDs(directory.TaggedFolder, []string{"r-1"})
	}), []string{"r-1"})
	same(t, len(read(t, s, orgA, func(tx directory.Tx) ([]string, error) {
		return tx.Tags().UntaggableIDs(directory.TaggedFolder, []string{"r-1", "fd-a"})
	})), 0)
	update(t, s, orgA, func(tx directory.Tx) { tx.Accounts().DeleteAccount(first) })
	same(t, list(orgA, of(directory.TagFilter{})), all[2:])
}
