package control

import (
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// The vendor's operations that make the grants which these calls list and withdraw. The
// calls need the same permissions.
const (
	granting = "OrgAccountMobileVisibleInOtherOrg"
	joining  = "MultiOrgPermissionGrant"
)

// grantView is a grant as the API shows it (docs/control-api.md).
type grantView struct {
	ToCorpID   string    `json:"toCorpId"`
	ToCorpName string    `json:"toCorpName"`
	Fields     []string  `json:"fields"`
	OptUserID  string    `json:"optUserId"`
	UpdatedAt  time.Time `json:"updatedAt"`
}

func (a *API) listGrants(w http.ResponseWriter, r *http.Request) (any, error) {
	s, err := a.session(r, granting, "ListVisibilityGrants")
	if err != nil {
		return nil, err
	}
	grants, err := s.Grants(r.Context())
	if err != nil {
		return nil, err
	}
	views := make([]grantView, len(grants))
	for i, g := range grants {
		views[i] = grantView{g.ToOrg, g.ToOrgName, g.Fields, g.OptUserID, g.UpdatedAt}
	}
	return map[string]any{"grants": views}, nil
}

func (a *API) withdrawGrant(w http.ResponseWriter, r *http.Request) (any, error) {
	s, err := a.session(r, granting, "WithdrawVisibilityGrant")
	if err != nil {
		return nil, err
	}
	w.Header().Set("X-Request-Id", s.RequestID())
	err = s.WithdrawGrant(r.Context(), r.PathValue("to"), r.URL.Query().Get("optUserId"))
	if errors.Is(err, directory.ErrGrantOperator) {
		err = invalid("optUserId: no active employee of the organisation.")
	}
	if err != nil {
		return nil, err
	}
	return done, nil
}

// joinView is a join grant as the API shows it. Without departments it covers every org
// account.
type joinView struct {
	ToCorpID   string    `json:"toCorpId"`
	ToCorpName string    `json:"toCorpName"`
	DeptIDs    []int64   `json:"grantDeptIdList,omitempty"`
	UpdatedAt  time.Time `json:"updatedAt"`
}

func (a *API) listJoinGrants(w http.ResponseWriter, r *http.Request) (any, error) {
	s, err := a.session(r, joining, "ListJoinGrants")
	if err != nil {
		return nil, err
	}
	grants, err := s.JoinGrants(r.Context())
	if err != nil {
		return nil, err
	}
	views := make([]joinView, len(grants))
	for i, g := range grants {
		views[i] = joinView{g.ToOrg, g.ToOrgName, g.DeptIDs, g.UpdatedAt}
	}
	return map[string]any{"grants": views}, nil
}

func (a *API) withdrawJoinGrant(w http.ResponseWriter, r *http.Request) (any, error) {
	s, err := a.session(r, joining, "WithdrawJoinGrant")
	if err != nil {
		return nil, err
	}
	w.Header().Set("X-Request-Id", s.RequestID())
	if err := s.WithdrawJoin(r.Context(), r.PathValue("to")); err != nil {
		return nil, err
	}
	return done, nil
}

// session begins a call on the organisation of the path by an app, which must have the
// permission of the vendor's operation. With a token of another organisation, the one in
// the path is answered as unknown.
func (a *API) session(r *http.Request, operation, call string) (*directory.Session, error) {
	tokens := r.Header.Values("x-acs-dingtalk-access-token")
	if len(tokens) != 1 {
		return nil, badToken
	}
	p, err := a.Directory.TokenPrincipal(r.Context(), tokens[0])
	if err != nil {
		return nil, err
	}
	if p.Kind != directory.AppCaller {
		return nil, badToken
	}
	if p.Org != r.PathValue("org") {
		return nil, noOrg
	}
	if !p.AllowsIP(r.RemoteAddr) {
		return nil, &refusal{http.StatusForbidden, "forbidden", "The app may not be used from this address."}
	}
	if o := a.Catalogue.Named(operation); o != nil && !p.May(o.Permission) {
		return nil, &refusal{http.StatusForbidden, "forbidden", "The app lacks the permission " + o.Permission + "."}
	}
	return a.Directory.Session(p, call, rand.Text()), nil
}
