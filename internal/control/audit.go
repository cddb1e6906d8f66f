package control

import (
	"net/http"
	"strconv"

	"github.com/mingce/mingce/internal/directory"
)

const mostEntries = 1000

func (a *API) audit(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	org, err := a.orgAsked(r)
	if err != nil {
		a.failWith(w, r, err)
		return
	}
	f := directory.AuditFilter{Org: org, Object: q.Get("object")}
	if text := q.Get("limit"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 1 || n > mostEntries {
			fail(w, invalid("limit: a number from 1 to 1000."))
			return
		}
		f.Limit = n
	}
	entries, err := a.Directory.Audit(r.Context(), f)
	if err != nil {
		a.failWith(w, r, err)
		return
	}
	if entries == nil {
		entries = []directory.AuditEntry{}
	}
	if !a.Dev {
		maskEntries(entries)
	}
	answer(w, http.StatusOK, map[string]any{"entries": entries})
}
