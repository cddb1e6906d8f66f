package transfer

import (
	"errors"
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// checkEdit adds to the errors of a row what the core would refuse it for, beyond
// what the judge itself has found. before is the object as earlier rows leave
// it, zero for a new one. Of a message contact it returns what the edits would do.
func (j *judge) checkEdit(p *pending, before directory.Object, edits ...directory.Edit) (step directory.ContactStep, err error) {
	e, wrong := edits[len(edits)-1], p.wrongFields()
	problems, err := j.session().CheckEdit(before, e)
	if err != nil {
		return step, err
	}
	p.addProblems(wrong, problems)
	switch {
	case p.Kind == directory.MessageContactKind:
		err = j.session().Find(j.ctx, func(f *directory.Finder) (err error) {
			step, err = j.course.Foresee(f, edits...)
			return err
		})
		p.addProblems(wrong, step.Problems)
	case p.Kind == directory.EmployeeKind && before.ID == "" && e.Values.Text("accountType") == directory.AccountJoined:
		err = j.checkOffer(p, e.Values)
	}
	return step, err
}

// checkOffer tells if an account of another organisation may not join.
func (j *judge) checkOffer(p *pending, v directory.Values) error {
	ref := directory.AccountRef{Org: extraText(v, "outer_exclusive_corpid"), UserID: extraText(v, "outer_exclusive_userid")}
	if ref.Org == "" || ref.UserID == "" {
		return nil // which was told
	}
	err := j.session().Find(j.ctx, func(f *directory.Finder) error { return f.Offered(ref) })
	if errors.Is(err, directory.ErrAccountNotOffered) {
		at := p.at(extraField, "accountNotOffered")
		at.Value = ref.Org + " " + ref.UserID
		p.errs = append(p.errs, at)
		return nil
	}
	return err
}

// addProblems adds problems of the core, but not those of fields that are known
// to be wrong, nor those that only follow from them. "extra" has several values,
// so all of its problems are told.
func (p *pending) addProblems(wrong []string, problems []directory.Problem) {
	for _, q := range problems {
		missing := q.Rule == directory.RuleMissing
		follows := errors.Is(q.Err, directory.ErrEmployeeMember) && p.wrong("deptIds") ||
			missing && p.Kind == directory.DepartmentKind && p.wrong(pathField) || missing && q.Field == "group" && p.wrong("groupId")
		known := q.Field != "" && q.Field != extraField && slices.Contains(wrong, q.Field)
		problem := p.refusal(q)
		told := func(e Problem) bool {
			return e.Field == problem.Field && e.Code == problem.Code && (e.Value == problem.Value || e.Field == "")
		}
		if !follows && !known && !slices.ContainsFunc(p.errs, told) {
			p.errs = append(p.errs, problem)
		}
	}
}

// wrongFields are the fields with errors.
func (p *pending) wrongFields() (list []string) {
	for _, e := range p.errs {
		list = append(list, e.Field)
	}
	return list
}

// refusal is a problem of the core at its place in the file.
func (p *pending) refusal(q directory.Problem) Problem {
	at := p.at(q.Field, q.Rule)
	if at.Most = q.Most; q.Value != "" || q.Field == extraField {
		at.Value = q.Value
	}
	return at
}

// refusals are the problems for which the core would not write the row.
func (p *pending) refusals(refused *directory.ObjectError) (list []Problem) {
	for _, q := range refused.Problems {
		list = append(list, p.refusal(q))
	}
	return list
}

// leave adds warnings about what an object loses, as what it names is gone, but
// not of fields that the row gives anew (docs/spec/import.md#losses).
func (p *pending) leave(left []directory.Problem, given directory.Values) {
	for _, q := range left {
		if _, anew := given[q.Field]; !anew || q.Rule == directory.RuleVerificationLimit || given == nil {
			p.Warnings = append(p.Warnings, p.left(q))
		}
	}
}

// left is a warning about what an object has lost.
func (p *pending) left(q directory.Problem) Problem {
	at := p.refusal(q)
	if strings.HasSuffix(q.Rule, "NotFound") {
		at.Code = "referenceNotFound"
	}
	return at
}

// mostRestored is how many objects are restored at once to see one of them: no
// department is deeper, and nothing else names others that name others.
const mostRestored = 2 * directory.MaxDepartmentDepth

// fromBin returns an object of the bin as it would be restored after the earlier
// rows, and what it loses (docs/spec/import.md#objects-of-the-bin-in-files). What keeps it from being restored is added to the
// row's errors.
func (j *judge) fromBin(p *pending, id string) (o directory.Object, left []directory.Problem, err error) {
	owner := p.Values.Text("followerUserId")
	if owner == "" && j.options.Owner != "" && p.Kind == directory.ContactKind {
		if who, err := j.person(j.options.Owner); err == nil {
			owner = who.id
		}
	}
	edits := []directory.Edit{{Kind: p.Kind, Do: directory.RestoreObject, ID: id, NewOwner: owner}}
	for {
		results, err := j.session().EditObjects(j.ctx, edits, directory.EditOptions{Preview: true, Partial: true})
		if err != nil {
			return o, nil, err
		}
		if more := j.restoredBefore(results, edits); len(more) > 0 && len(edits)+len(more) <= mostRestored {
			edits = append(more, edits...)
			continue
		}
		r := results[len(results)-1]
		refused := new(directory.ObjectError)
		if errors.As(r.Err, &refused) {
			p.errs = append(p.errs, p.refusals(refused)...)
			return o, nil, nil
		}
		return r.After, r.Left, r.Err
	}
}

// restoredBefore are the objects that earlier rows take out of the bin and that
// an object of the bin misses.
func (j *judge) restoredBefore(results []directory.EditResult, edits []directory.Edit) (more []directory.Edit) {
	for _, r := range results {
		missed := r.Left
		if refused := new(directory.ObjectError); errors.As(r.Err, &refused) {
			missed = refused.Problems
		}
		for _, q := range missed {
			kind, ok := restoredKinds[q.Field]
			e := directory.Edit{Kind: kind, Do: directory.RestoreObject, ID: q.Value}
			has := func(o directory.Edit) bool { return o.Kind == e.Kind && o.ID == e.ID }
			restored := ok && j.seen.get(restoredSpace(kind), q.Value) != 0
			if restored && !slices.ContainsFunc(edits, has) && !slices.ContainsFunc(more, has) {
				more = append(more, e)
			}
		}
	}
	return more
}

// restoredSpace is the space of the objects that rows take out of the bin.
func restoredSpace(kind directory.Kind) string { return "restored " + string(kind) }

// restoredKinds are the kinds that fields of objects of the bin name.
var restoredKinds = map[string]directory.Kind{
	"parentId": directory.DepartmentKind, "deptIds": directory.DepartmentKind, "shareDeptIds": directory.DepartmentKind,
	"groupId": directory.LabelGroupKind, "labelIds": directory.LabelKind,
	"followerUserId": directory.EmployeeKind, "shareUserIds": directory.EmployeeKind, "managerUserId": directory.EmployeeKind,
}
