package directory_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// The history says who paid for a member, when it is made and when it is gone
// (docs/spec/resource-directory.md#account-that-pays).
func TestHistoryNamesThePayer(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	o := openOffice(t, directory.Settings{})
	s := session(o.dir)
	a, err := s.CreateAccount(ctx, directory.NewAccount{DisplayName: "Dev", PayerID: directory.SampleAccount})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.DeleteAccount(ctx, a.ID); err != nil {
		t.Fatal(err)
	}
	entries, err := o.dir.Audit(ctx, directory.AuditFilter{Org: directory.SampleOrg, Object: a.ID})
	if err != nil {
		t.Fatal(err)
	}
	payers := map[string]string{}
	for _, e := range entries {
		record := e.After
		if e.Action == "delete" {
			record = e.Before
		}
		var r struct{ Payer string }
		if err := json.Unmarshal(record, &r); err != nil {
			t.Fatal(err)
		}
		payers[e.Action] = r.Payer
	}
	for _, action := range []string{"create", "delete"} {
		if got := payers[action]; got != directory.SampleAccount {
			t.Errorf("%s: got payer %q, want %s", action, got, directory.SampleAccount)
		}
	}
}
