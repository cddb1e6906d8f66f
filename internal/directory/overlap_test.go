package directory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/storetest"
)

// pausing pauses its first update between its reads and its writes.
type pausing struct {
	directory.Store
	once         sync.Once
	read, resume chan struct{}
}

// patience is how long a paused call waits for one that may in turn be waiting
// for the rows which the paused call has locked.
const patience = 300 * time.Millisecond

func (p *pausing) Update(ctx context.Context, org string, fn func(directory.Tx) error) error {
	return p.Store.Update(ctx, org, func(tx directory.Tx) error {
		err := fn(tx)
		p.pause()
		return err
	})
}

func (p *pausing) UpdateBoth(ctx context.Context, org, other string, fn func(tx, of directory.Tx) error) error {
	return p.Store.UpdateBoth(ctx, org, other, func(tx, of directory.Tx) error {
		err := fn(tx, of)
		p.pause()
		return err
	})
}

func (p *pausing) pause() {
	p.once.Do(func() {
		close(p.read)
		select {
		case <-p.resume:
		case <-time.After(patience):
		}
	})
}

// pair is two processes on one store.
type pair struct {
	t     *testing.T
	store *store.Store
	ids   counting
	fast  *directory.Directory
}

func (p *pair) open(s directory.Store) *directory.Directory {
	return directory.Open(directory.Config{Store: s, Keys: keyring.DevMaster(), NewID: &p.ids, Settings: directory.Settings{BindUnverified: true},
		Now: func() time.Time { return time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC) }})
}

func session(d *directory.Directory) *directory.Session { return sessionOf(d, directory.SampleOrg) }

func sessionOf(d *directory.Directory, org string) *directory.Session {
	return d.Session(directory.CommandLine(org), "test", "overlap")
}

// overlapping runs on both engines, where MINGCE_TEST_POSTGRES names a server.
func overlapping(t *testing.T, play func(p *pair)) {
	t.Helper()
	t.Parallel()
	for name, open := range map[string]func(testing.TB) *store.Store{"sqlite": storetest.Open, "postgres": storetest.OpenPostgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &pair{t: t, store: open(t)}
			p.fast = p.open(p.store)
			if err := p.fast.LoadSample(context.Background()); err != nil {
				t.Fatal(err)
			}
			play(p)
		})
	}
}

// overlap begins the first call, and when that has read what it wants to know,
// plays all of the second. It returns what both returned.
func (p *pair) overlap(first, second func(*directory.Session) error) (one, two error) {
	return p.overlapAt(directory.SampleOrg, first, second)
}

// overlapAt is overlap in another organisation.
func (p *pair) overlapAt(org string, first, second func(*directory.Session) error) (one, two error) {
	at := func(call func(*directory.Session) error) func(*directory.Directory) error {
		return func(d *directory.Directory) error { return call(sessionOf(d, org)) }
	}
	return p.meet(at(first), at(second))
}

// meet is overlap for calls of any callers.
func (p *pair) meet(first, second func(*directory.Directory) error) (one, two error) {
	pause := &pausing{Store: p.store, read: make(chan struct{}), resume: make(chan struct{})}
	slow := p.open(pause)
	var wait sync.WaitGroup
	wait.Go(func() { one = first(slow) })
	<-pause.read
	two = second(p.fast)
	close(pause.resume)
	wait.Wait()
	return one, two
}

// bothWays plays two calls that meet, each of them as the first once. prepare
// makes what they are about.
func (p *pair) bothWays(prepare func(round int) (a, b func(*directory.Session) error, check func(a, b error))) {
	for round := range 2 {
		a, b, check := prepare(round)
		if round == 0 {
			check(p.overlap(a, b))
			continue
		}
		two, one := p.overlap(b, a)
		check(one, two)
	}
}

func (p *pair) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("got %v, want success", err)
	}
}

func (p *pair) department(parent int64, name string) int64 {
	p.t.Helper()
	id, err := session(p.fast).CreateDepartment(context.Background(), directory.Department{ParentID: parent, Name: name})
	p.must(err)
	return id
}

// TestDepartmentMadeWhileItsParentMoves: the path of the new department leads
// to where its parent was moved
// (docs/spec/reliability.md#uniqueness-under-races).
func TestDepartmentMadeWhileItsParentMoves(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		p.bothWays(func(round int) (a, b func(*directory.Session) error, check func(a, b error)) {
			old, target := p.department(1, fmt.Sprint("old", round)), p.department(1, fmt.Sprint("target", round))
			parent := p.department(old, "parent")
			var made int64
			return func(s *directory.Session) (err error) {
					made, err = s.CreateDepartment(ctx, directory.Department{ParentID: parent, Name: "made"})
					return err
				}, func(s *directory.Session) error {
					return s.UpdateDepartment(ctx, old, directory.DepartmentUpdate{ParentID: &target})
				}, func(a, b error) {
					p.must(errors.Join(a, b))
					path, err := session(p.fast).DepartmentPath(ctx, made)
					if want := []int64{made, parent, old, target, 1}; err != nil || !slices.Equal(path, want) {
						p.t.Errorf("round %d: path of the new department: got %v, %v; want %v", round, path, err, want)
					}
				}
		})
	})
}

// TestDepartmentsStayInDepthWhileTheyMove: a move and a creation below it do
// not pass the deepest level together.
func TestDepartmentsStayInDepthWhileTheyMove(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		deep := int64(1)
		for level := 2; level < directory.MaxDepartmentDepth; level++ {
			deep = p.department(deep, fmt.Sprint("level", level))
		}
		p.bothWays(func(round int) (a, b func(*directory.Session) error, check func(a, b error)) {
			mover := p.department(1, fmt.Sprint("mover", round))
			return func(s *directory.Session) error {
					_, err := s.CreateDepartment(ctx, directory.Department{ParentID: mover, Name: "below"})
					return err
				}, func(s *directory.Session) error {
					return s.UpdateDepartment(ctx, mover, directory.DepartmentUpdate{ParentID: &deep})
				}, func(a, b error) {
					if (a == nil) == (b == nil) || a != nil && !errors.Is(a, directory.ErrDepartmentDepth) || b != nil && !errors.Is(b, directory.ErrDepartmentDepth) {
						p.t.Errorf("round %d: got %v for the creation and %v for the move, want one of them too deep", round, a, b)
					}
				}
		})
	})
}

// TestMovesMeet: a department moves while one above it does.
func TestMovesMeet(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		p.bothWays(func(round int) (a, b func(*directory.Session) error, check func(a, b error)) {
			upper, target := p.department(1, fmt.Sprint("upper", round)), p.department(1, fmt.Sprint("target", round))
			middle := p.department(upper, "middle")
			lower := p.department(middle, "lower")
			return func(s *directory.Session) error {
					return s.UpdateDepartment(ctx, lower, directory.DepartmentUpdate{ParentID: &upper})
				}, func(s *directory.Session) error {
					return s.UpdateDepartment(ctx, upper, directory.DepartmentUpdate{ParentID: &target})
				}, func(a, b error) {
					p.must(errors.Join(a, b))
					for id, want := range map[int64][]int64{middle: {middle, upper, target, 1}, lower: {lower, upper, target, 1}} {
						if path, err := session(p.fast).DepartmentPath(ctx, id); err != nil || !slices.Equal(path, want) {
							p.t.Errorf("round %d: path: got %v, %v; want %v", round, path, err, want)
						}
					}
				}
		})
	})
}

// TestDepartmentMadeInOneThatIsDeleted: one of the two is refused.
func TestDepartmentMadeInOneThatIsDeleted(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		p.bothWays(func(round int) (a, b func(*directory.Session) error, check func(a, b error)) {
			parent := p.department(1, fmt.Sprint("parent", round))
			return func(s *directory.Session) error {
					_, err := s.CreateDepartment(ctx, directory.Department{ParentID: parent, Name: "made"})
					return err
				}, func(s *directory.Session) error { return s.DeleteDepartment(ctx, parent) }, func(a, b error) {
					made := a == nil && errors.Is(b, directory.ErrDepartmentChildren)
					deleted := errors.Is(a, directory.ErrParentNotFound) && b == nil
					if !made && !deleted {
						p.t.Errorf("round %d: got %v for the creation and %v for the deletion, want one refused", round, a, b)
					}
				}
		})
	})
}

// TestLabelMadeWhileItsGroupIsDeleted: no label is left without a group.
func TestLabelMadeWhileItsGroupIsDeleted(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		p.bothWays(func(round int) (a, b func(*directory.Session) error, check func(a, b error)) {
			group := fmt.Sprint("group", round)
			first, err := session(p.fast).CreateLabel(ctx, group, "first")
			p.must(err)
			var made directory.Label
			return func(s *directory.Session) (err error) {
					made, err = s.CreateLabel(ctx, group, "made")
					return err
				}, func(s *directory.Session) error {
					_, err := s.DeleteLabel(ctx, first.GroupID)
					return err
				}, func(a, b error) {
					p.must(errors.Join(a, b))
					gs, err := session(p.fast).LabelGroups(ctx, 0, 100)
					p.must(err)
					shown := slices.ContainsFunc(gs, func(g directory.LabelGroup) bool {
						return slices.ContainsFunc(g.Labels, func(l directory.Label) bool { return l.ID == made.ID })
					})
					var missing []int64
					p.must(p.store.View(ctx, directory.SampleOrg, func(tx directory.Tx) (err error) {
						missing, err = tx.Labels().MissingLabels([]int64{made.ID})
						return err
					}))
					if exists := len(missing) == 0; exists != shown {
						p.t.Errorf("round %d: got a label that exists: %v, and is shown in a group: %v; want both or neither", round, exists, shown)
					}
				}
		})
	})
}

// TestTwoLabelsMakeOneGroup: two labels in one new group do not refuse each other.
func TestTwoLabelsMakeOneGroup(t *testing.T) {
	overlapping(t, func(p *pair) {
		label := func(name string) func(*directory.Session) error {
			return func(s *directory.Session) error {
				_, err := s.CreateLabel(context.Background(), "new group", name)
				return err
			}
		}
		one, two := p.overlap(label("one"), label("two"))
		p.must(errors.Join(one, two))
	})
}

// TestOneOrganisation: of two that are made with one id one is refused.
func TestOneOrganisation(t *testing.T) {
	overlapping(t, func(p *pair) {
		create := func(name string) func(*directory.Session) error {
			return func(s *directory.Session) error {
				return s.CreateOrg(context.Background(), name, directory.Employee{UserID: strings.ToLower(name), Name: name})
			}
		}
		one, two := p.overlapAt("dingnew1", create("One"), create("Two"))
		if (one == nil) == (two == nil) || one != nil && !errors.Is(one, directory.ErrConflict) || two != nil && !errors.Is(two, directory.ErrConflict) {
			p.t.Errorf("got %v and %v, want one refused with %v", one, two, directory.ErrConflict)
		}
	})
}

// TestNoContactOfSomebodyWhoLeft: an employee is deleted while another call
// gives them a contact.
func TestNoContactOfSomebodyWhoLeft(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		p.bothWays(func(round int) (a, b func(*directory.Session) error, check func(a, b error)) {
			user, _, err := session(p.fast).CreateEmployee(ctx, directory.NewEmployee{Employee: directory.Employee{
				Name: "周杰", Mobile: fmt.Sprintf("1390000010%d", round), DeptIDs: []int64{2}, AccountType: directory.AccountNormal}})
			p.must(err)
			return func(s *directory.Session) error {
					_, err := s.CreateContact(ctx, directory.Contact{Name: "客户", FollowerID: user, LabelIDs: []int64{1}, StateCode: "86", Mobile: fmt.Sprintf("1380000020%d", round)})
					return err
				}, func(s *directory.Session) error { return s.DeleteEmployee(ctx, user, "") }, func(a, b error) {
					given := a == nil && errors.Is(b, directory.ErrEmployeeFollows)
					left := errors.Is(a, directory.ErrEmployeeNotFound) && b == nil
					if !given && !left {
						p.t.Errorf("round %d: got %v for the contact and %v for the employee, want one refused", round, a, b)
					}
				}
		})
	})
}

// TestNoKeyWithoutItsPolicy: a key is made with a policy that is deleted.
func TestNoKeyWithoutItsPolicy(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		p.bothWays(func(round int) (a, b func(*directory.Session) error, check func(a, b error)) {
			name := fmt.Sprint("policy-", round)
			p.must(session(p.fast).PutPolicy(ctx, name, `{"Version":"1","Statement":[]}`))
			return func(s *directory.Session) error { _, err := s.CreateAccessKey(ctx, "robot", name); return err },
				func(s *directory.Session) error { return s.DeletePolicy(ctx, name) }, func(a, b error) {
					made := a == nil && errors.Is(b, directory.ErrPolicyInUse)
					deleted := errors.Is(a, directory.ErrPolicyNotFound) && b == nil
					if !made && !deleted {
						p.t.Errorf("round %d: got %v for the key and %v for the policy, want one refused", round, a, b)
					}
				}
		})
	})
}

// TestNoGrantToAnOrganisationThatEnded: what is granted to an organisation
// while it is deleted goes with it.
func TestNoGrantToAnOrganisationThatEnded(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		const org = "dingends"
		p.must(sessionOf(p.fast, org).CreateOrg(ctx, "ends", directory.Employee{}))
		grant := func(s *directory.Session) error { return s.GrantJoin(ctx, directory.JoinGrant{ToOrg: org}) }
		end := func(*directory.Session) error {
			o := sessionOf(p.fast, org)
			return errors.Join(o.SetOrgDisabled(ctx, true), o.DeleteOrg(ctx))
		}
		granted, ended := p.overlap(grant, end)
		p.must(errors.Join(granted, ended))
		gs, err := session(p.fast).JoinGrants(ctx)
		if p.must(err); len(gs) > 0 {
			p.t.Errorf("got grants %+v, want none", gs)
		}
	})
}

// TestEmployeeMadeWhileTheOrganisationEnds: nobody is left of an organisation
// that was deleted, whatever was under way.
func TestEmployeeMadeWhileTheOrganisationEnds(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		const org = "dingends"
		p.must(sessionOf(p.fast, org).CreateOrg(ctx, "ends", directory.Employee{}))
		made, ended := p.overlapAt(org, func(s *directory.Session) error {
			_, _, err := s.CreateEmployee(ctx, directory.NewEmployee{Employee: directory.Employee{
				UserID: "late", Name: "陈静", Mobile: "13800001009", DeptIDs: []int64{1}, AccountType: directory.AccountNormal}})
			return err
		}, func(s *directory.Session) error { return errors.Join(s.SetOrgDisabled(ctx, true), s.DeleteOrg(ctx)) })
		if p.must(ended); made != nil && !errors.Is(made, directory.ErrOrgDeleted) {
			p.t.Errorf("the employee: got %v, want success or %v", made, directory.ErrOrgDeleted)
		}
		p.must(p.store.View(ctx, org, func(tx directory.Tx) error {
			if _, err := tx.Employees().Employee("late"); !errors.Is(err, directory.ErrEmployeeNotFound) {
				p.t.Errorf("the employee afterwards: got %v, want %v", err, directory.ErrEmployeeNotFound)
			}
			return nil
		}))
	})
}
