package ops_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// limit is a bound of one parameter as limits.txt has it: what is accepted at
// most or at least, and the code that answers the value one beyond.
type limit struct {
	operation, path, bound string
	figure                 int64
	code, source           string
}

// Bounds of a value.
const (
	mostRunes, leastRunes = "runes", "least-runes"
	mostItems             = "items"
	mostOf, leastOf       = "most", "least"
)

func (l limit) key() string { return l.operation + " " + l.path + " " + l.bound }

func (l limit) String() string {
	text := fmt.Sprintf("%s %d %s", l.key(), l.figure, l.code)
	if l.source != "" {
		text += " # " + l.source
	}
	return text
}

const limitsFile = "testdata/limits.txt"

// readLimits reads the reviewed figures. They do not come from constants of the
// program, so that a changed constant is noticed.
func readLimits(t *testing.T) map[string]limit {
	t.Helper()
	data, err := os.ReadFile(limitsFile)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]limit{}
	for line := range strings.Lines(string(data)) {
		line, source, _ := strings.Cut(strings.TrimSpace(line), " # ")
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		if len(words) != 5 {
			t.Fatalf("%s: %q is not operation, parameter, bound, figure, code", limitsFile, line)
		}
		figure, err := strconv.ParseInt(words[3], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		l := limit{words[0], words[1], words[2], figure, words[4], source}
		all[l.key()] = l
	}
	return all
}

// declared are the bounds that the catalogue knows.
func declared(op *api.Operation) (limits []limit) {
	var visit func(fs api.Fields, above string)
	visit = func(fs api.Fields, above string) {
		for _, f := range fs {
			path, l := above+f.Name, f.Limits()
			add := func(bound string, figure int64) {
				limits = append(limits, limit{operation: op.Name, path: path, bound: bound, figure: figure})
			}
			if l.MaxRunes > 0 {
				add(mostRunes, int64(l.MaxRunes))
			}
			if l.MinRunes > 1 { // of one, an absent value tells
				add(leastRunes, int64(l.MinRunes))
			}
			if l.MaxItems > 0 {
				add(mostItems, int64(l.MaxItems))
			}
			if l.Bounded {
				add(mostOf, l.Max)
				add(leastOf, l.Min)
			}
			visit(f.Children(), path+".")
		}
	}
	visit(op.Inputs(), "")
	return limits
}

// TestLimits sends every bounded parameter of every operation at its limit,
// which succeeds, and one beyond, which answers the code in limits.txt. Limits
// there that no parameter declares are checked only by the core.
func TestLimits(t *testing.T) {
	t.Parallel()
	want, seen := readLimits(t), map[string]limit{}
	var mu sync.Mutex
	_, in := startServer(t, directory.Settings{})
	t.Run("operations", func(t *testing.T) {
		for _, op := range in.Catalogue.Operations() {
			limits := declared(op)
			for _, l := range limits {
				if w, ok := want[l.key()]; !*update && (!ok || w.figure != l.figure) {
					t.Errorf("%s: got %d, want %d as in %s", l.key(), l.figure, w.figure, limitsFile)
				}
			}
			for _, w := range want {
				if w.operation == op.Name && !slices.ContainsFunc(limits, func(l limit) bool { return l.key() == w.key() }) {
					limits = append(limits, w)
				}
			}
			if len(limits) == 0 {
				continue
			}
			t.Run(op.Name, func(t *testing.T) {
				t.Parallel()
				p := startProber(t, op)
				for _, l := range limits {
					if w, ok := want[l.key()]; ok && !*update {
						l = w
					}
					l.code, l.source = p.probe(t, l), want[l.key()].source
					if w := want[l.key()]; !*update && l.code != w.code {
						t.Errorf("%s one beyond %d: got %s, want %s", l.key(), l.figure, l.code, w.code)
					}
					mu.Lock()
					seen[l.key()] = l
					mu.Unlock()
				}
			})
		}
	})
	for key := range want {
		if _, ok := seen[key]; !ok && !t.Failed() {
			t.Errorf("%s: %s is not a parameter", limitsFile, key)
		}
	}
	if *update && !t.Failed() {
		writeLimits(t, slices.Collect(maps.Values(seen)))
	}
}

func writeLimits(t *testing.T, limits []limit) {
	t.Helper()
	slices.SortFunc(limits, func(a, b limit) int { return cmp.Compare(a.key(), b.key()) })
	var b strings.Builder
	b.WriteString("# Operation, parameter, bound, the last value that is accepted, the code of the next; then where the figure is from.\n" +
		"# Written by go test ./internal/ops -run TestLimits -update, and to be read before it is committed.\n")
	for _, l := range limits {
		fmt.Fprintln(&b, l)
	}
	if err := os.WriteFile(limitsFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// prober calls one operation with one parameter after the other at its limit.
type prober struct {
	*otherTenant
	op     *api.Operation
	probes int
}

// probe returns the code that the value one beyond the limit answers.
func (p *prober) probe(t *testing.T, l limit) string {
	t.Helper()
	beyond := l.figure + 1
	if strings.HasPrefix(l.bound, "least") {
		beyond = l.figure - 1
	}
	at, code := p.answer(t, l, l.figure, false), p.answer(t, l, beyond, true)
	if why := refusedElsewhere[l.key()]; at != "success" && (why == "" || at == code) {
		t.Errorf("%s at %d: got %s, want success", l.key(), l.figure, at)
	}
	if code == "success" {
		t.Errorf("%s at %d: got success, want a code", l.key(), beyond)
	}
	return code
}

// refusedElsewhere are valid values at a limit that do not succeed for another
// reason.
var refusedElsewhere = map[string]string{
	"dingtalk.oapi.v2.department.delete dept_id least":             "the root is never deleted",
	"dingtalk.oapi.department.delete id least":                     "the root is never deleted",
	"dingtalk.oapi.call_back.register_call_back token runes":       "the receiver has another token",
	"dingtalk.oapi.call_back.register_call_back token least-runes": "the receiver has another token",
	"dingtalk.oapi.call_back.update_call_back token runes":         "the receiver has another token",
	"dingtalk.oapi.call_back.update_call_back token least-runes":   "the receiver has another token",
}

func (p *prober) answer(t *testing.T, l limit, figure int64, past bool) string {
	t.Helper()
	p.probes++
	args := p.base(t, l.path)
	switch list, _, _ := strings.Cut(l.path, "."); {
	case l.path == "Tag.Value":
		args[list] = []any{map[string]any{"Key": "k"}}
	case strings.HasPrefix(l.path, "dept_"):
		args[list] = []any{map[string]any{"dept_id": 2}}
	}
	f := field(p.op.Inputs(), strings.Split(l.path, "."))
	set(args, p.op.Inputs(), strings.Split(l.path, "."), p.value(f, l, figure, past && l.figure == 1<<63-1))
	answer := p.callAs(t, credential{directory.SampleToken, directory.SampleAccessKey, directory.SampleAccessSecret}, p.op.Routes[0], args)
	return codeIn(answer)
}

func field(fs api.Fields, path []string) api.Field {
	for _, f := range fs {
		if f.Name == path[0] {
			if len(path) == 1 {
				return f
			}
			return field(f.Children(), path[1:])
		}
	}
	panic("no parameter " + strings.Join(path, "."))
}

// set puts a value at a path; a list on the way gets one element.
func set(args map[string]any, fs api.Fields, path []string, v any) {
	if len(path) == 1 {
		args[path[0]] = v
		return
	}
	f := field(fs, path[:1])
	inner, ok := args[f.Name].(map[string]any)
	if list, isList := args[f.Name].([]any); isList && len(list) > 0 {
		inner, ok = list[0].(map[string]any)
	}
	if !ok {
		inner = map[string]any{}
	}
	set(inner, f.Children(), path[1:], v)
	args[f.Name] = inner
	if f.Kind == api.ObjectsKind {
		args[f.Name] = []any{inner}
	}
}

// value returns a valid value of that length or size.
func (p *prober) value(f api.Field, l limit, n int64, overflow bool) any {
	switch {
	case overflow:
		return "9223372036854775808"
	case l.bound == mostOf, l.bound == leastOf:
		return n
	case l.bound == mostItems:
		list := make([]any, n)
		for i := range list {
			list[i] = p.item(l.path, i)
		}
		return list
	case f.Kind == api.AnyKind:
		return `{"k":"` + strings.Repeat("v", int(n)-len(`{"k":""}`)) + `"}`
	}
	return p.text(l, int(n))
}

// text returns a unique text of n characters.
func (p *prober) text(l limit, n int) string {
	if id := longIDs[l.operation+" "+l.path]; id != "" && n == len(id) {
		return id
	}
	unique := string(rune('a'+p.probes/26)) + string(rune('a'+p.probes%26))
	if strings.Contains(strings.ToLower(l.path), "email") {
		if strings.HasPrefix(l.operation, "Cancel") || strings.HasPrefix(l.operation, "Send") {
			unique = "aa" // the contact has it
		}
		domain := strings.Repeat("d", min(60, n-10)) + ".com"
		return unique + strings.Repeat("m", n-len(unique)-1-len(domain)) + "@" + domain
	}
	if l.path == "initPassword" {
		unique = "1" + unique[1:]
	}
	filler := "名"
	if asciiOnly[l.path] {
		filler = "z"
	}
	return (unique + strings.Repeat(filler, max(0, n-2)))[:len(unique)*min(n, 2)/2+len(filler)*max(0, n-2)]
}

// asciiOnly are parameters without Chinese characters.
var asciiOnly = map[string]bool{"AccountNamePrefix": true, "token": true, "userid": true, "topic": true, "subscriptions.topic": true}

// item returns the i-th element of a list of maximal length.
func (p *prober) item(path string, i int) any {
	name := path[strings.LastIndexByte(path, '.')+1:]
	switch {
	case name == "label_ids":
		return firstLabel + i
	case strings.HasPrefix(name, "share_dept"), name == "dept_id_list", name == "dept_permits", name == "outer_permit_depts", name == "dept_ids", name == "department":
		return firstDepartment + i
	case strings.HasPrefix(name, "share_user"), name == "userIdList", name == "dept_manager_userid_list", name == "user_permits", name == "outer_permit_users", name == "useridlist":
		return fmt.Sprint("m", i)
	case name == "Members":
		return []string{"fd-ZDNPiT1234", "1997968394351234", "1817610956901234", "r-Root01", "rd-StSamp", "1000000000000001"}[i]
	case name == "Tag":
		return map[string]any{"Key": fmt.Sprint("k", i), "Value": "v"}
	case name == "ext_attrs":
		return map[string]any{"code": fmt.Sprint("c", i), "name": "n", "value": map[string]any{"text": "t"}}
	case name == "subscriptions":
		return map[string]any{"type": "EVENT", "topic": fmt.Sprint("t", i)}
	case name == "toCorpIds":
		return fmt.Sprint("dinglimit", i)
	}
	return map[string]any{"dept_id": 2} // lists about departments
}

// What the sample organisation has in addition, for the calls at the limits.
const (
	firstLabel      = 5000
	firstDepartment = 1000
	lastDepartment  = 1 << 62
)

var (
	longEmployee = strings.Repeat("e", 64)
	longContact  = strings.Repeat("c", 64)
	longUnion    = strings.Repeat("u", 256)
	longCorp     = strings.Repeat("g", 64)
	mail100      = "aa" + strings.Repeat("m", 33) + "@" + strings.Repeat("d", 60) + ".com"
)

// longIDs are ids that have to exist.
var longIDs = func() map[string]string {
	m := map[string]string{
		"dingtalk.oapi.user.getbyunionid unionid":             longUnion,
		"dingtalk.oapi.v2.user.create outer_exclusive_corpid": longCorp,
		"dingtalk.oapi.v2.user.create outer_exclusive_userid": longEmployee,
		"dingtalk.oapi.v2.user.create manager_userid":         longEmployee,
		"dingtalk.oapi.v2.user.update manager_userid":         longEmployee,
		"dingtalk.oapi.v2.user.update userid":                 longEmployee,
		"dingtalk.oapi.v2.user.get userid":                    longEmployee,
		"dingtalk.oapi.v2.user.delete userid":                 longEmployee,
		"dingtalk.oapi.v2.department.listparentbyuser userid": longEmployee,
		"dingtalk.oapi.user.getUseridByUnionid unionid":       longUnion,
		"dingtalk.oapi.user.create managerUserid":             longEmployee,
		"dingtalk.oapi.user.update managerUserid":             longEmployee,
		"dingtalk.oapi.user.update userid":                    longEmployee,
		"dingtalk.oapi.user.get userid":                       longEmployee,
		"dingtalk.oapi.user.delete userid":                    longEmployee,
		"dingtalk.oapi.user.get_admin_scope userid":           longEmployee,
		"dingtalk.oapi.user.can_access_microapp userId":       longEmployee,
		"dingtalk.oapi.department.list_parent_depts userId":   longEmployee,
		"dingtalk.oapi.department.update orgDeptOwner":        longEmployee,
		"dingtalk.oapi.v2.department.update org_dept_owner":   longEmployee,
		"dingtalk.corp.extcontact.get user_id":                longContact,
		"dingtalk.corp.extcontact.delete userid":              longContact,
		"dingtalk.oapi.extcontact.get user_id":                longContact,
		"dingtalk.oapi.extcontact.delete user_id":             longContact,
	}
	for _, op := range []string{"dingtalk.corp.ext.add", "dingtalk.corp.ext.update", "dingtalk.corp.extcontact.create", "dingtalk.corp.extcontact.update",
		"dingtalk.oapi.extcontact.create", "dingtalk.oapi.extcontact.update"} {
		m[op+" contact.follower_userid"], m[op+" contact.follower_user_id"], m[op+" contact.user_id"] = longEmployee, longEmployee, longContact
	}
	return m
}()

func startProber(t *testing.T, op *api.Operation) *prober {
	t.Helper()
	h, in := startServer(t, directory.Settings{AllowUnknownCorpIDs: true})
	p := &prober{otherTenant: &otherTenant{player: &player{handler: h, instance: in, receiver: startReceiver(t)}}, op: op}
	ctx := context.Background()
	for org, change := range map[string]func(directory.Tx) error{directory.SampleOrg: limitWorld, longCorp: func(tx directory.Tx) error {
		tx.Orgs().PutOrg(directory.Org{ID: longCorp, Name: "远方公司", ContactsOn: true, CreatedAt: now})
		tx.Departments().InsertDepartment(directory.Department{ID: 1, Name: "远方公司"})
		tx.Employees().InsertEmployee(directory.Employee{UserID: longEmployee, Name: "远方", DeptIDs: []int64{1}, AccountType: directory.AccountSSO, Account: "account/far/1"})
		tx.Employees().InsertEmployee(directory.Employee{UserID: "far", Name: "远方", DeptIDs: []int64{1}, AccountType: directory.AccountSSO, Account: "account/far/2"})
		tx.Employees().PutJoinGrant(directory.JoinGrant{ToOrg: directory.SampleOrg, UpdatedAt: now})
		return nil
	}} {
		if err := in.Store.Update(ctx, org, change); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func limitWorld(tx directory.Tx) error {
	sample, err := tx.MessageContacts().MessageContact(directory.SampleMessageContact)
	if err != nil {
		return err
	}
	pending, err := tx.MessageContacts().MessageContact(directory.PendingMessageContact)
	if err != nil {
		return err
	}
	waiting := sample
	waiting.Email.Pending = mail100
	tx.MessageContacts().UpdateMessageContact(sample, waiting)
	unverified := pending
	unverified.Email = directory.Channel{Address: mail100}
	tx.MessageContacts().UpdateMessageContact(pending, unverified)
	tx.Labels().PutLabelGroup(directory.LabelGroup{ID: 4999, Name: "许多", Labels: func() (ls []directory.Label) {
		for i := range int64(21) {
			ls = append(ls, directory.Label{ID: firstLabel + i, Name: fmt.Sprint("标签", i)})
		}
		return ls
	}()}, 50)
	tx.Departments().InsertDepartment(directory.Department{ID: lastDepartment, ParentID: 1, Name: "最后"})
	for i := range int64(101) {
		tx.Departments().InsertDepartment(directory.Department{ID: firstDepartment + i, ParentID: 1, Name: fmt.Sprint("部门", i)})
		tx.Employees().InsertEmployee(directory.Employee{UserID: fmt.Sprint("m", i), Name: "成员", DeptIDs: []int64{2}, AccountType: directory.AccountNormal,
			Account: fmt.Sprint("person/m", i), CreatedAt: now})
	}
	tx.Employees().InsertEmployee(directory.Employee{UserID: longEmployee, Name: "长工号", DeptIDs: []int64{2}, AccountType: directory.AccountNormal,
		Account: "person/long", UnionID: longUnion, CreatedAt: now})
	tx.Contacts().InsertContact(directory.Contact{ID: longContact, Name: "长联系人", FollowerID: "023420013645", LabelIDs: []int64{1}, StateCode: "86", Mobile: "13700007777",
		CreatedAt: now, UpdatedAt: now})
	return nil
}
