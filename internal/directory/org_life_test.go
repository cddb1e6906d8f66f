package directory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

var bg = context.Background()

// commandLine returns a session of the command line on an organisation.
func (d *desk) commandLine(org string) *directory.Session {
	return d.dir.Session(directory.CommandLine(org), "test", "")
}

// wants fails unless err is the error wanted; nil is success.
func (d *desk) wants(what string, err, want error) {
	d.t.Helper()
	if !errors.Is(err, want) || want == nil && err != nil {
		d.t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

func TestOrganisationIsOpenedWhole(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		s := d.commandLine("dingnew")
		rd, err := s.OpenOrg(bg, "新公司", directory.Employee{UserID: "boss", Name: "孙总"})
		d.must(err)
		if rd.AccountID == "" || rd.RootFolderID == "" {
			t.Errorf("resource directory: got %+v, want an account and a root folder", rd)
		}
		groups, err := s.LabelGroups(bg, 0, 100)
		d.must(err)
		if len(groups) == 0 {
			t.Error("label groups: got none, want the default ones")
		}
		boss, err := s.Employee(bg, "boss")
		d.must(err)
		if !boss.Admin || boss.Name != "孙总" {
			t.Errorf("administrator: got %+v", boss.Employee)
		}
		_, err = s.OpenOrg(bg, "新公司", directory.Employee{})
		d.wants("opened twice", err, directory.ErrConflict)

		// One that was interrupted is completed.
		half := d.commandLine("dinghalf")
		d.must(half.CreateOrg(bg, "半家", directory.Employee{}))
		_, err = half.OpenOrg(bg, "半家", directory.Employee{})
		d.must(err)
	})
}

func TestDisabledOrganisationIsShutOut(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		d.must(d.commandLine(directory.SampleOrg).SetOrgDisabled(bg, true))
		_, err := d.dir.TokenPrincipal(bg, directory.SampleToken)
		d.wants("its token", err, directory.ErrTokenInvalid)
		_, _, err = d.dir.IssueToken(bg, directory.SampleAppKey, directory.SampleSecret)
		d.wants("a new token", err, directory.ErrAppNotFound)
		_, _, err = d.dir.IssueTokenFor(bg, directory.SampleOrg, directory.SampleSecret)
		d.wants("a new token in the older form", err, directory.ErrAppNotFound)
		_, _, err = d.dir.AppSecrets(bg, directory.SampleTOPKey)
		d.wants("its signing key", err, directory.ErrAppNotFound)
		_, _, err = d.dir.AppPrincipal(bg, directory.SampleAppKey)
		d.wants("its signed calls", err, directory.ErrAppNotFound)
		k, err := d.dir.AccessKey(bg, directory.SampleAccessKey)
		d.must(err)
		if !k.Disabled {
			t.Error("its access key: got one that works, want a disabled one")
		}
		_, err = d.dir.TokenPrincipal(bg, directory.PartnerToken)
		d.wants("the other organisation's token", err, nil)
		err = d.partner().GrantVisibility(bg, []string{directory.SampleOrg}, "b0001", nil)
		d.wants("a grant to it", err, directory.ErrGrantTarget)

		d.must(d.commandLine(directory.SampleOrg).SetOrgDisabled(bg, false))
		_, err = d.dir.TokenPrincipal(bg, directory.SampleToken)
		d.wants("its token afterwards", err, nil)
	})
}

func TestDeletedOrganisationLeavesNothingReadable(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		to := []string{directory.PartnerOrg}
		d.must(d.app().GrantVisibility(bg, to, zhaoMin, []string{directory.GrantMobile}))
		d.must(d.app().GrantJoin(bg, directory.JoinGrant{ToOrg: directory.PartnerOrg}))
		d.must(d.partner().GrantVisibility(bg, []string{directory.SampleOrg}, "b0001", nil))
		d.must(d.partner().GrantJoin(bg, directory.JoinGrant{ToOrg: directory.SampleOrg}))
		d.add("要忘记的人", nil)
		d.must(d.app().DeleteEmployee(bg, liQiang, ""))
		_, err := d.store.SealAudit(bg, 1000)
		d.must(err)

		s := d.commandLine(directory.SampleOrg)
		d.wants("while it is enabled", s.DeleteOrg(bg), directory.ErrOrgActive)
		d.must(s.SetOrgDisabled(bg, true))
		d.must(d.commandLine(directory.SampleOrg).DeleteOrg(bg))

		_, err = d.dir.Org(bg, directory.SampleOrg)
		d.wants("the organisation", err, directory.ErrOrgNotFound)
		_, err = d.dir.TokenPrincipal(bg, directory.SampleToken)
		d.wants("its token", err, directory.ErrTokenInvalid)
		_, err = d.dir.AccessKey(bg, directory.SampleAccessKey)
		d.wants("its access key", err, directory.ErrKeyNotFound)
		grants, err := d.partner().Grants(bg)
		d.must(err)
		joins, err := d.partner().JoinGrants(bg)
		d.must(err)
		if len(grants)+len(joins) > 0 {
			t.Errorf("grants to it: got %v and %v, want none", grants, joins)
		}
		d.checkJoinedAccountDeleted()
		d.checkHistoryOfDeleted()

		_, err = d.commandLine(directory.SampleOrg).OpenOrg(bg, "又来", directory.Employee{})
		d.wants("its id again", err, directory.ErrOrgDeleted)
		d.wants("deleting it again", d.commandLine(directory.SampleOrg).DeleteOrg(bg), directory.ErrOrgNotFound)
	})
}

// checkJoinedAccountDeleted checks that the joined employee elsewhere was
// deleted, too.
func (d *desk) checkJoinedAccountDeleted() {
	d.t.Helper()
	_, err := d.partner().Employee(bg, "b1001")
	d.wants("who had joined elsewhere", err, directory.ErrEmployeeNotFound)
	d.left("b1001", "b1002")
}

// left checks that the partner's leave records name these people, whose account
// was deleted.
func (d *desk) left(want ...string) {
	d.t.Helper()
	records, _, err := d.partner().LeaveRecords(bg, d.dir.Now().Add(-time.Hour), d.dir.Now(), "", 10)
	d.must(err)
	var got []string
	for _, r := range records {
		if r.Reason == directory.LeftByAccount {
			got = append(got, r.UserID)
		}
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		d.t.Errorf("the people who left with the deleted account: got %v, want %v", got, want)
	}
}

// TestDeletedAccountLeavesEverywhere: deleting an org account deletes the
// employees that joined with it, with history and leave record in their
// organisation.
func TestDeletedAccountLeavesEverywhere(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		d.must(d.app().DeleteEmployee(bg, "org1001", ""))
		_, err := d.partner().Employee(bg, "b1001")
		d.wants("the employee elsewhere", err, directory.ErrEmployeeNotFound)
		_, err = d.partner().Employee(bg, "b1002")
		d.wants("another's", err, nil)
		d.left("b1001")
		es, err := d.dir.Audit(bg, directory.AuditFilter{Org: directory.PartnerOrg, Object: "b1001", Limit: 10})
		d.must(err)
		if len(es) != 1 || es[0].Action != "delete" || es[0].Actor != directory.SampleOrg {
			t.Errorf("history of the employee elsewhere: got %+v, want a deletion by %s", es, directory.SampleOrg)
		}
	})
}

func (d *desk) checkHistoryOfDeleted() {
	d.t.Helper()
	es, err := d.dir.Audit(bg, directory.AuditFilter{Org: directory.SampleOrg, Limit: 1000})
	d.must(err)
	if len(es) == 0 || es[0].Action != "delete" || es[0].Object != directory.SampleOrg {
		d.t.Errorf("last entry: got %+v, want that the organisation was deleted", es)
	}
	for _, e := range es {
		if string(e.After) != `{"erased":true}` || string(e.Before) != `{"erased":true}` {
			d.t.Errorf("entry %d (%s): got %s and %s, want erased values", e.Seq, e.Action, e.Before, e.After)
		}
	}
	for _, want := range []string{"withdraw"} { // the other side's history records the withdrawal
		es, err := d.dir.Audit(bg, directory.AuditFilter{Org: directory.PartnerOrg, Object: directory.SampleOrg})
		d.must(err)
		if len(es) < 4 || es[0].Action != want || es[1].Action != want {
			d.t.Errorf("history of the other organisation: got %+v, want two withdrawals last", es)
		}
	}
	for range 2 { // before and after the last entries are sealed
		report, err := d.store.VerifyAudit(bg)
		d.must(err)
		if !report.OK() || report.Erased == 0 {
			d.t.Errorf("verify: got %+v, want no findings and erased entries", report)
		}
		_, err = d.store.SealAudit(bg, 1000)
		d.must(err)
	}
}

// A grant made while its recipient is deleted is refused or deleted, too.
func TestGrantsRaceWithDeletion(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		for i := range 4 {
			org := fmt.Sprint("dingrace", i)
			s := d.commandLine(org)
			_, err := s.OpenOrg(bg, "竞争", directory.Employee{})
			d.must(err)
			var calls sync.WaitGroup
			for range 4 {
				calls.Go(func() {
					err := d.app().GrantVisibility(bg, []string{org}, zhaoMin, nil)
					if err != nil && !errors.Is(err, directory.ErrGrantTarget) {
						t.Errorf("grant: got %v", err)
					}
				})
			}
			calls.Go(func() {
				if err := errors.Join(s.SetOrgDisabled(bg, true), d.commandLine(org).DeleteOrg(bg)); err != nil {
					t.Errorf("delete: got %v", err)
				}
			})
			calls.Wait()
		}
		grants, err := d.app().Grants(bg)
		d.must(err)
		if len(grants) > 0 {
			t.Errorf("grants to deleted organisations: got %v, want none", grants)
		}
	})
}

func TestCreatorOfOrganisations(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		s := d.commandLine(directory.PartnerOrg)
		d.must(s.SetOrgCreator(bg, directory.AccountRef{Org: directory.SampleOrg, UserID: "org1001"}))
		orgs, err := d.app().OrgsCreatedBy(bg, "org1001")
		d.must(err)
		if len(orgs) != 1 || orgs[0].ID != directory.PartnerOrg {
			t.Errorf("owned organisations: got %v, want the partner", orgs)
		}
		d.wants("a normal account", s.SetOrgCreator(bg, directory.AccountRef{Org: directory.SampleOrg, UserID: wangFang}), directory.ErrNotOwnAccount)
		d.wants("nobody", s.SetOrgCreator(bg, directory.AccountRef{Org: directory.SampleOrg, UserID: "x"}), directory.ErrEmployeeNotFound)
		// The account is deleted with its employee, and nobody gets its user id.
		d.must(d.app().DeleteEmployee(bg, "org1001", ""))
		_, err = d.app().OrgsCreatedBy(bg, "org1001")
		d.wants("a deleted account", err, directory.ErrEmployeeNotFound)
		_, _, err = d.app().CreateEmployee(bg, directory.NewEmployee{Employee: directory.Employee{
			UserID: "org1001", Name: "新人", DeptIDs: []int64{1}, AccountType: directory.AccountSSO}})
		d.wants("its user id", err, directory.ErrEmployeeExists)
	})
}

func TestLeavingIsRecorded(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		d.must(d.app().DeleteEmployee(bg, "org1001", ""))
		d.clock.Add(int64(time.Hour))
		d.must(d.commandLine(directory.SampleOrg).DeleteEmployee(bg, liQiang, ""))
		from, to := d.dir.Now().Add(-2*time.Hour), d.dir.Now()
		all := d.as(directory.Principal{Kind: directory.AppCaller, ID: "a", Scope: directory.Scope{All: true}, Permissions: []string{directory.PermissionMobile}})
		first, next, err := all.LeaveRecords(bg, from, to, "0", 1)
		d.must(err)
		second, end, err := all.LeaveRecords(bg, from, to, next, 1)
		d.must(err)
		d.same("who left", []string{first[0].UserID, first[0].Reason, first[0].Mobile, second[0].UserID, second[0].Reason, end},
			[]string{"org1001", directory.LeftByAPI, "86-13800001001", liQiang, directory.LeftByAdministrator, ""})

		blind, _, err := d.app().LeaveRecords(bg, from, to, "", 10)
		d.must(err)
		d.same("mobile without the permission", []string{blind[0].Mobile}, []string{""})
		limited, _, err := d.appWith(directory.Scope{DeptIDs: []int64{3}}).LeaveRecords(bg, from, to, "", 10)
		d.must(err)
		if len(limited) != 1 || limited[0].UserID != liQiang {
			t.Errorf("an app of department 3: got %v, want its member only", limited)
		}
	})
}

func TestSearchKeepsToTheRange(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		for name, c := range map[string]struct {
			scope directory.Scope
			word  string
			want  []string
		}{
			"everything":     {directory.Scope{All: true}, "l", []string{liQiang, "org1002"}},
			"a department":   {directory.Scope{DeptIDs: []int64{2}}, "l", nil},
			"the root":       {directory.Scope{DeptIDs: []int64{1}}, "l", []string{liQiang, "org1002"}},
			"a person":       {directory.Scope{UserIDs: []string{"org1002"}}, "l", []string{"org1002"}},
			"nothing":        {directory.Scope{}, "l", nil},
			"Chinese":        {directory.Scope{All: true}, "强", []string{liQiang}},
			"a pattern sign": {directory.Scope{All: true}, "_", nil},
		} {
			m, err := d.appWith(c.scope).SearchEmployees(bg, c.word, false, 0, 10)
			d.must(err)
			d.same(name, m.IDs, c.want)
			if m.Count != int64(len(c.want)) || m.More {
				t.Errorf("%s: got count %d, more %v, want %d and no more", name, m.Count, m.More, len(c.want))
			}
		}
		for name, c := range map[string]struct {
			scope directory.Scope
			word  string
			want  string
		}{
			"everything": {directory.Scope{All: true}, "部", "[2 3]"}, "a department": {directory.Scope{DeptIDs: []int64{3}}, "部", "[3]"},
			"pinyin": {directory.Scope{All: true}, "shichang", "[2]"}, "pinyin in range": {directory.Scope{DeptIDs: []int64{3}}, "shichang", "[]"},
			"nothing": {directory.Scope{}, "部", "[]"},
		} {
			m, err := d.appWith(c.scope).SearchDepartments(bg, c.word, 0, 10)
			d.must(err)
			if got := fmt.Sprint(m.IDs); got != c.want {
				t.Errorf("departments, %s: got %s, want %s", name, got, c.want)
			}
		}
	})
}
