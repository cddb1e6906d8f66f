package control_test

import (
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

const consents = "/mingce/v1/orgs/" + directory.SampleOrg + "/consents"

func TestConsentsAreNotedByAdministrators(t *testing.T) {
	t.Parallel()
	w := open(t, false)
	admin := adminKey(t, w.Directory, directory.SampleOrg)
	key := []string{"Content-Type", "application/json", "Authorization", "Bearer " + admin.AdminToken()}
	theirs := []string{"Content-Type", "application/json", "Authorization", "Bearer " + adminKey(t, w.Directory, directory.PartnerOrg).AdminToken()}
	const agreed = `{"person":"+86 139-0000-1234","given":true}`
	w.want(t, 401, "unauthorized", "POST", consents, agreed, key[:2]...)
	w.want(t, 401, "unauthorized", "POST", consents, agreed, "Content-Type", "application/json", "x-acs-dingtalk-access-token", directory.SampleToken)
	w.want(t, 401, "unauthorized", "GET", consents, "")
	w.want(t, 400, "invalidParameter", "POST", consents, agreed, key[2:]...)
	w.want(t, 400, "person:", "POST", consents, `{"person":"someone","given":true}`, key...)
	w.want(t, 400, "person:", "POST", consents, `{"person":"someone","given":false}`, key...)
	w.want(t, 400, "given:", "POST", consents, `{"person":"13900001234"}`, key...)
	w.want(t, 404, "notFound", "POST", "/mingce/v1/orgs/nobody/consents", agreed, key...)
	w.want(t, 404, "notFound", "GET", "/mingce/v1/orgs/nobody/consents", "", key...)
	w.want(t, 200, `{"consents":[]}`, "GET", consents, "", key...)

	w.want(t, 200, `{"person":"86-139****1234","given":true,"givenAt":"`, "POST", consents, agreed, key...)
	_, shown := w.call(t, "POST", consents, agreed, key...)
	shown = strings.TrimSpace(shown)
	w.want(t, 200, `{"consents":[`+shown+`]}`, "GET", consents, "", key...)
	w.want(t, 200, `{"consents":[]}`, "GET", "/mingce/v1/orgs/"+directory.PartnerOrg+"/consents", "", theirs...)
	w.want(t, 404, "notFound", "GET", "/mingce/v1/orgs/"+directory.PartnerOrg+"/consents", "", key...)
	w.want(t, 200, `"given":false`, "POST", "/mingce/v1/orgs/"+directory.PartnerOrg+"/consents", `{"person":"13900001234","given":false}`, theirs...)
	w.want(t, 200, `"given":true`, "GET", consents, "", key...)
	w.want(t, 200, `{"person":"86-139****1234","given":false}`, "POST", consents, `{"person":"13900001234","given":false}`, key...)
	w.want(t, 200, `{"consents":[]}`, "GET", consents, "", key...)

	es, err := w.Directory.Audit(t.Context(), directory.AuditFilter{Org: directory.SampleOrg, Limit: 2})
	if err != nil || len(es) != 2 || es[0].Action != "withdraw" || es[1].Action != "give" || es[1].Actor != admin.ID || !strings.Contains(string(es[1].After), "86-13900001234") {
		t.Errorf("history: got %v, %v, want both by the admin key", es, err)
	}
}
