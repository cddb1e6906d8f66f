package console

import (
	"net/http"
	"slices"

	"github.com/mingce/mingce/internal/api"
)

// permission is the page of a permission code: what needs it and how an app
// gets it. Answers to calls without the permission link to it.
func (c *Console) permission(w http.ResponseWriter, r *http.Request, code string) {
	scopes := c.config.Catalogue.Scopes()
	i := slices.IndexFunc(scopes, func(s api.Scope) bool { return s.Code == code })
	if i < 0 {
		c.render(w, r, http.StatusNotFound, "absent", nil)
		return
	}
	c.render(w, r, http.StatusOK, "permission", scopes[i])
}
