package records

import (
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/transfer"
)

// digestRoute is the call for a digest without an export.
func digestRoute(kind *shape) *route {
	return &route{
		method: http.MethodGet, path: orgPath + "/digest", id: "getDigest", tag: "Exports", do: (*call).digest, streaming: FileStream,
		doc: api.Text{
			Zh: "计算对象的摘要。筛选后的摘要与导出一样掩码，除非 reveal=true。",
			En: "Computes the digest of objects. That of a selection is masked like an export unless reveal=true.",
		},
		parameters: append([]parameterOf{inQuery("kind", kind.described(api.Text{Zh: "种类，缺省 all。", En: "Kind; all if absent."})), revealParameter}, filtersOfAll()...),
		answers:    succeeds(http.StatusOK, digestShape()),
	}
}

func digestShape() *shape {
	return members(
		required("kind", word("种类。", "Kind.")), required("count", whole(api.Text{Zh: "对象数。", En: "Number of objects."})), required("digest", word("摘要。", "The digest.")),
	).named("Digest")
}

// digest answers with the digest of a kind, of a selection of it, or of everything.
// Whoever may see the digest of one object could try all numbers that its mask hides, so
// that of a selection is one of masked objects (docs/spec/export.md#digests).
func (c *call) digest() (*reply, error) {
	name := c.text("kind")
	if name == "" {
		name = allKinds
	}
	of, filtered := kindsNamed(name), false
	for _, p := range filtersOfAll() {
		switch {
		case len(c.query[p.name]) == 0:
			continue
		case name == allKinds:
			return nil, refuse(invalidParameter, p.name, noFilterOfAll)
		case !hasFilter(of[0], p.name):
			return nil, noSuchFilter(p.name, name)
		}
		filtered = true
	}
	m, q := &mask{}, directory.ExportAll
	if name != allKinds {
		q = selected(of[0], func(name string) (v api.Value) {
			if vs := c.query[name]; len(vs) > 0 {
				v = vs[0]
			}
			return v
		})
	}
	if filtered {
		var err error
		if m, err = c.fileMasks(); err != nil {
			return nil, err
		}
	}
	return c.digestOf(q, transfer.ExportOptions{KindName: name, WriteOptions: transfer.WriteOptions{Format: transfer.JSONL, Kinds: of, Mask: m.phones}}, m)
}

// digestOf answers with the digest that an export would have. It is recorded if it is one
// of clear values that the caller has asked for.
func (c *call) digestOf(q directory.ObjectQuery, o transfer.ExportOptions, m *mask) (*reply, error) {
	e, err := c.exportWithoutFile(q, o, m)
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusOK, body: object{{"kind", o.KindName}, {"count", e.get("count")}, {"digest", e.get("digest")}}}, nil
}

// exportWithoutFile is what an export would tell, and the number of all its objects.
func (c *call) exportWithoutFile(q directory.ObjectQuery, o transfer.ExportOptions, m *mask) (object, error) {
	if err := c.exportPlace(); err != nil {
		return nil, err
	}
	defer func() { <-c.exports }()
	var values map[string]any
	count, sum := int64(0), ""
	err := c.session.Export(c.request.Context(), q, func(s *directory.Snapshot) error {
		counts, digest, err := transfer.DigestObjects(c.request.Context(), s, o.WriteOptions)
		for _, n := range counts {
			count += n
		}
		sum = digest.String()
		values = map[string]any{"kind": o.KindName, "format": string(o.Format), "counts": countsOf(counts), "digest": sum, "seq": s.Seq(), "time": timeText(s.Time())}
		return err
	})
	if err != nil {
		return nil, err
	}
	if m.record {
		values := directory.Record{"kind": o.KindName, "digestOnly": true, "revealed": true, "digest": sum}
		if err := c.session.RecordExport(c.request.Context(), c.session.NewExportID(), values, nil); err != nil {
			return nil, err
		}
	}
	shown := c.shownExport("", c.id, values)
	shown.replace("id", nil)
	return append(shown, member{"count", count}), nil
}
