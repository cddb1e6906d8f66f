package control

import (
	"crypto/rand"
	"errors"
	"net/http"

	"github.com/mingce/mingce/internal/directory"
)

// loginCode makes a code as the client of a person, or the console of an
// administrator, would give it (docs/control-api.md).
func (a *API) loginCode(w http.ResponseWriter, r *http.Request) (any, error) {
	var q struct {
		CorpID string `json:"corpId"`
		UserID string `json:"userid"`
		Kind   string `json:"kind"`
	}
	if err := read(w, r, &q); err != nil {
		return nil, err
	}
	kind := directory.InAppLogin
	switch directory.LoginKind(q.Kind) {
	case "", directory.InAppLogin:
	case directory.SSOLogin:
		kind = directory.SSOLogin
	default:
		return nil, invalid(`kind: "in-app" or "sso".`)
	}
	code, err := a.Directory.MakeLoginCode(r.Context(), q.CorpID, q.UserID, kind, rand.Text())
	switch {
	case errors.Is(err, directory.ErrOrgNotFound):
		return nil, invalid("corpId: there is no such organisation.")
	case errors.Is(err, directory.ErrEmployeeNotFound):
		return nil, invalid("userid: the organisation has no such employee.")
	case errors.Is(err, directory.ErrEmployeeDisabled):
		return nil, invalid("userid: the account is disabled.")
	case errors.Is(err, directory.ErrLoginAdministrator):
		return nil, invalid("userid: only administrators get a code of this kind.")
	case err != nil:
		return nil, err
	}
	return map[string]string{"code": code}, nil
}
