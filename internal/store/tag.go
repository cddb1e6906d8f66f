package store

import (
	"slices"

	"github.com/mingce/mingce/internal/directory"
)

// taggedKind is where objects with tags are. Their ids tell what they are: from
// and to bound them, so that the tags of a kind are one range of an index.
type taggedKind struct {
	from, to string
	exists   *lookupText
}

// docs/spec/resource-directory.md#ids-in-a-directory
var taggedKinds = map[directory.TaggedKind]taggedKind{
	directory.TaggedAccount:       {"0", ":", newLookupText("SELECT id FROM account WHERE org = ? AND id IN")},
	directory.TaggedFolder:        {"fd-", "r.", newLookupText("SELECT id FROM folder WHERE org = ? AND id IN")}, // the root's is r-xxxxxx
	directory.TaggedControlPolicy: {"cp-", "cp.", newLookupText("SELECT id FROM control_policy WHERE org = ? AND id IN")},
}

// UntaggableIDs implements [directory.TagTx].
func (t *tx) UntaggableIDs(kind directory.TaggedKind, ids []string) ([]string, error) {
	l := lookup[string]{ids: ids}
	exists := taggedKinds[kind].exists
	if len(ids) == 0 {
		return ids, nil
	}
	if err := t.Batch(l.reads(t, exists, false, (*row).Text)...); err != nil {
		return nil, err
	}
	return l.missing(), nil
}

// PutTags implements [directory.TagTx].
func (t *tx) PutTags(object string, tags []directory.Tag) {
	for _, tag := range tags {
		t.Write(`INSERT INTO directory_tag (org, object_id, name, value) VALUES (?, ?, ?, ?)
			ON CONFLICT (org, object_id, name) DO UPDATE SET value = excluded.value`, t.Org, object, tag.Key, tag.Value)
	}
}

// DeleteTags implements [directory.TagTx].
func (t *tx) DeleteTags(object string, keys []string) {
	for _, key := range keys {
		t.Write("DELETE FROM directory_tag WHERE org = ? AND object_id = ? AND name = ?", t.Org, object, key)
	}
}

// TagsOf implements [directory.TagTx].
func (t *tx) TagsOf(objects []string) (map[string][]directory.Tag, error) {
	tags := map[string][]directory.Tag{}
	if len(objects) == 0 {
		return tags, nil
	}
	places, list := in(objects)
	err := t.Each("SELECT object_id, name, value FROM directory_tag WHERE org = ? AND object_id IN ("+places+") ORDER BY object_id, name",
		append(args{t.Org}, list...), func(r *row) error {
			tags[r.Text(0)] = append(tags[r.Text(0)], directory.Tag{Key: r.Text(1), Value: r.Text(2)})
			return nil
		})
	return tags, err
}

// TaggedObjects implements [directory.TagTx]. With a filter by tags, the first
// tag's objects are walked in order of their ids; all other cases walk the tags
// themselves. Neither reads more than a page when most objects match.
func (t *tx) TaggedObjects(f directory.TagFilter) (ts []directory.TaggedObject, err error) {
	where, from := conditions{"org = ?", args{t.Org}}, "directory_tag"
	if len(f.IDs) > 0 {
		places, list := in(f.IDs)
		where.and("object_id IN ("+places+")", list...)
	}
	kind := taggedKinds[f.Kind]
	where.and("object_id >= ? AND object_id < ?", max(kind.from, f.After.ID), kind.to)
	values := where.args
	if len(f.Tags) > 0 {
		match := conditions{where.sql, where.args}
		match.named(f.Tags[0])
		for _, other := range f.Tags[1:] {
			match.objectHas(t.Org, other)
		}
		// One more than a page: of the first, all tags may be on the page before.
		from = "(SELECT object_id AS id FROM directory_tag m WHERE " + match.sql + " ORDER BY object_id LIMIT ?) m /*sqlite: CROSS*/ JOIN directory_tag ON org = ? AND object_id = m.id"
		where, values = conditions{"org = ?", args{t.Org}}, append(match.args, f.Limit+1, t.Org, t.Org)
	}
	after := conditions{where.sql, values}
	if f.After.ID != "" {
		after.and("(object_id, name) > (?, ?)", f.After.ID, f.After.Key)
	}
	err = t.Each("SELECT object_id, name, value FROM "+from+" WHERE "+after.sql+" ORDER BY object_id, name LIMIT ?",
		append(after.args, f.Limit), func(r *row) error {
			ts = append(ts, directory.TaggedObject{ID: r.Text(0), Tag: directory.Tag{Key: r.Text(1), Value: r.Text(2)}})
			return nil
		})
	return ts, err
}

// TagWords implements [directory.TagTx]. It steps from word to word in an index,
// however many objects have each.
func (t *tx) TagWords(f directory.TagWordFilter) (words []string, err error) {
	column, at := "name", conditions{"org = ?", args{t.Org}}
	if f.Key != "" {
		column = "value"
		at.and("name = ?", f.Key)
	}
	next := "(SELECT min(" + column + ") FROM directory_tag WHERE " + at.sql + " AND " + column
	first, begin := next+" >= ?)", ""
	if f.After != nil {
		first, begin = next+" > ?)", *f.After
	}
	kind := taggedKinds[f.Kind]
	used := conditions{"word IS NOT NULL", nil}
	used.and("EXISTS (SELECT 1 FROM directory_tag WHERE "+at.sql+" AND "+column+" = word AND object_id >= ? AND object_id < ?)",
		append(slices.Clone(at.args), kind.from, kind.to)...)
	if f.Keyword != "" {
		used.and(contains("word"), f.Keyword)
	}
	values := slices.Concat(at.args, args{begin}, at.args, used.args, args{f.Limit})
	err = t.Each("WITH RECURSIVE words (word) AS (SELECT "+first+" UNION ALL SELECT "+next+" > words.word) FROM words WHERE word IS NOT NULL) "+
		"SELECT word FROM words WHERE "+used.sql+" LIMIT ?", values, func(r *row) error {
		words = append(words, r.Text(0))
		return nil
	})
	return words, err
}

// conditions builds the filter of a list.
type conditions struct {
	sql  string
	args args
}

func (c *conditions) and(sql string, a ...any) {
	c.sql, c.args = c.sql+" AND "+sql, append(c.args[:len(c.args):len(c.args)], a...)
}

// named requires that a row of directory_tag is the tag.
func (c *conditions) named(tag directory.TagMatch) {
	c.and("name = ?", tag.Key)
	if tag.Value != nil {
		c.and("value = ?", *tag.Value)
	}
}

// objectHas requires that the object of a row of directory_tag m has the tag.
func (c *conditions) objectHas(org string, tag directory.TagMatch) {
	has := conditions{"org = ? AND object_id = m.object_id", args{org}}
	has.named(tag)
	c.and("EXISTS (SELECT 1 FROM directory_tag WHERE "+has.sql+")", has.args...)
}

// tagged requires that the row's id has all the tags.
func (c *conditions) tagged(org string, tags []directory.TagMatch) {
	for _, tag := range tags {
		has := conditions{"org = ?", args{org}}
		has.named(tag)
		c.and("id IN (SELECT object_id FROM directory_tag WHERE "+has.sql+")", has.args...)
	}
}

// contains is the condition that a column contains a text, in any case.
func contains(column string) string {
	return "/*sqlite: instr*/ /*pg: strpos*/ (lower(" + column + "), lower(?)) > 0"
}
