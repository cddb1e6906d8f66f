package control

import (
	"net/http"
	"strconv"

	"github.com/mingce/mingce/internal/directory"
)

const mostEntries = 1000

func (a *API) audit(w http.ResponseWriter, r *http.Request) (any, error) {
	q := r.URL.Query()
	org, err := a.orgAsked(r)
	if err != nil {
		return nil, err
	}
	f := directory.AuditFilter{Org: org, Object: q.Get("object")}
	if text := q.Get("limit"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 1 || n > mostEntries {
			return nil, invalid("limit: a number from 1 to 1000.")
		}
		f.Limit = n
	}
	entries, err := a.Directory.Audit(r.Context(), f)
	if err != nil {
		return nil, err
	}
	if entries == nil {
		entries = []directory.AuditEntry{}
	}
	if !a.Dev {
		maskEntries(entries)
	}
	return map[string]any{"entries": entries}, nil
}
