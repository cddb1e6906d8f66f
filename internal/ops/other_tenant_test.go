package ops_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/mingcetest"
)

// idKind is what a parameter names: existing values of the sample organisation,
// one that does not exist, and the partner's own, with which a call gets as far
// as the parameter under test.
type idKind struct {
	names  *regexp.Regexp
	theirs []any
	none   any
	own    any
}

// noneLike returns an id that does not exist and looks like an existing one.
func (k *idKind) noneLike(id any) any {
	text, _ := id.(string)
	for _, none := range []string{"fd-nowhere123", "rd-Nowher", "r-Nowhe1"} {
		prefix, _, _ := strings.Cut(none, "-")
		if strings.HasPrefix(text, prefix+"-") {
			return none
		}
	}
	return k.none
}

const (
	farDepartment = 555000111 // of the sample organisation, see otherTenant
	ownDepartment = 70
	ownMessage    = "c-partnerContact1"
	sampleRole    = "acs:ram::" + directory.SampleAccount + ":role/" + directory.SampleRAMRole
)

// otherTenant is the partner as a caller, with a server of its own.
type otherTenant struct {
	*player
	key     directory.AccessKey
	kinds   []idKind
	contact string // an external contact
	n       int
}

func startOther(t *testing.T) *otherTenant {
	t.Helper()
	ctx := context.Background()
	h, in := startServer(t, directory.Settings{})
	o := &otherTenant{player: &player{handler: h, instance: in, receiver: "https://receiver.invalid"}}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var union string
	must(in.Store.Update(ctx, directory.SampleOrg, func(tx directory.Tx) error {
		e, err := tx.Employees().Employee("023420013645")
		union = e.UnionID
		tx.Departments().InsertDepartment(directory.Department{ID: farDepartment, ParentID: 1, Name: "远方"})
		return err
	}))
	must(in.Store.Update(ctx, directory.PartnerOrg, func(tx directory.Tx) error {
		tx.MessageContacts().InsertMessageContact(directory.MessageContact{ID: ownMessage, Name: "own", Title: "Other", MessageTypes: []string{"ServiceMessage"},
			Status: directory.Active, Email: directory.Channel{Address: "someone@example.com", Verified: true}, CreatedAt: now})
		tx.Departments().InsertDepartment(directory.Department{ID: ownDepartment, ParentID: 1, Name: "自己"})
		return nil
	}))
	s := in.Directory.Session(directory.CommandLine(directory.PartnerOrg), "test", "test")
	rd, err := s.EnableResourceDirectory(ctx)
	must(err)
	o.key, err = s.CreateAccessKey(ctx, "partner", directory.PolicyFullAccess)
	must(err)
	must(in.Store.Update(ctx, directory.SampleOrg, caseControlPolicies))
	policy, err := s.CreateControlPolicy(ctx, directory.ControlPolicy{Name: "own", Document: `{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`})
	must(err)
	account, err := s.CreateAccount(ctx, directory.NewAccount{DisplayName: "own"})
	must(err)
	o.contact, err = s.CreateContact(ctx, directory.Contact{Name: "客户", FollowerID: "b0001", LabelIDs: []int64{11}, StateCode: "86", Mobile: "13700000001"})
	must(err)
	outside := directory.NewHandshake{TargetType: directory.TargetAccount, Target: directory.OutsideAccount}
	own, err := s.Invite(ctx, outside)
	must(err)
	theirs, err := in.Directory.Session(directory.CommandLine(directory.SampleOrg), "test", "test").Invite(ctx, outside)
	must(err)
	group, err := s.CreateRoleGroup(ctx, "自己")
	must(err)
	role, err := s.CreateRole(ctx, group, "自己")
	must(err)
	folders, accounts := []any{"fd-ZDNPiT1234", "r-Root01"}, []any{"1997968394351234", "1817610956901234", "1000000000000001"}
	o.kinds = []idKind{
		{regexp.MustCompile(`^ContactId$`), []any{directory.SampleMessageContact, directory.PendingMessageContact}, "c-nobodyHasThis1", ownMessage},
		{regexp.MustCompile(`^PolicyId$`), []any{allowingPolicy, denyingPolicy}, "cp-nobodyHasThis001", policy.ID},
		{regexp.MustCompile(`^TargetId$`), slices.Concat(folders, accounts), "1222222222222222", account.ID},
		{regexp.MustCompile(`FolderId$`), folders, "fd-nowhere123", rd.RootFolderID},
		{regexp.MustCompile(`^ResourceId$`), accounts, "1222222222222222", account.ID},
		{regexp.MustCompile(`^HandshakeId$`), []any{theirs.ID}, "h-nobodyHasThis001", own.ID},
		{regexp.MustCompile(`AccountId$`), accounts, "1222222222222222", account.ID},
		{regexp.MustCompile(`^(Members?|ChildId)$`), slices.Concat(folders, accounts, []any{"rd-StSamp"}), "1222222222222222", account.ID},
		{regexp.MustCompile(`(?i)^rolel?_?ids?`), []any{directory.SampleRole}, 2130459999, role},
		{regexp.MustCompile(`(?i)^group_?id$`), []any{directory.SampleRoleGroup}, 2130459998, group},
		{regexp.MustCompile(`(?i)dept_?id|dept_?permits|permit_?depts|^parent_?id$|^department(_id)?$|^id$`), []any{farDepartment}, 555000222, ownDepartment},
		{regexp.MustCompile(`^appId$`), []any{1001}, 999999, 1002},
		{regexp.MustCompile(`^label_ids$`), []any{2393865715}, 2393865999, 11},
		{regexp.MustCompile(`(?i)union_?id$`), []any{union}, "z21HjQliSzpw0YWCNxmii6u2Os62cZ62", union},
		{regexp.MustCompile(`(?i)user_?id|user_?permits|permit_?users|_owner$|DeptOwner$`), []any{"123420013632", "023420013645", "org1001", "org1002"}, "999999999999999999", "b0001"},
		{regexp.MustCompile(`(?i)^(queryWord|QueryKeyword)$`), []any{"王芳", "远方", "production", "member-1997"}, "无人无人", "孙丽"},
		{regexp.MustCompile(`^RoleArn$`), []any{sampleRole, "acs:ram::1997968394351234:role/" + directory.DefaultRAMRole}, "acs:ram::1222222222222222:role/none", "acs:ram::" + account.ID + ":role/" + directory.DefaultRAMRole},
		{regexp.MustCompile(`^mobile$`), []any{"13800001001", "13800000001"}, "13800009998", "13700000002"},
	}
	return o
}

// kind returns what a parameter names, nil for one that names nothing.
func (o *otherTenant) kind(f api.Field) *idKind {
	for i, k := range o.kinds {
		if k.names.MatchString(f.Name) {
			return &o.kinds[i]
		}
	}
	return nil
}

// notTenants are parameters that look like ids but do not belong to a tenant.
var notTenants = map[string]string{
	"targetCorpId":           "another organisation is meant",
	"joinCorpId":             "another organisation is meant: grants name those they are given to",
	"toCorpIds":              "another organisation is meant: grants name those they are given to",
	"outer_exclusive_corpid": "another organisation is meant: the owner of an account that joins",
	"login_id":               "a name that the caller gives",
	"loginId":                "a name that the caller gives",
	"avatarMediaId":          "a file of the vendor, of which only the id is kept",
	"ExternalId":             "a text that the caller and the role's trust policy agree on",
	"AbandonableCheckId":     "a check of the vendor that is not made here",
}

// namesSomething matches the names of parameters that are tested or must be
// listed in notTenants.
var namesSomething = regexp.MustCompile(`(?i)ids?(_?list)?$|permits$|permit_?(depts|users)$|owner$|^members?$|^querykeyword$|^queryword$|^mobile$|^share_|deptids$|userids$|^rolearn$`)

// withOthers are optional parameters that an operation needs to get to the one
// under test.
var withOthers = map[string]map[string]any{
	"dingtalk.oapi.v2.user.create": {"mobile": ""},
	"UpdateAccount":                {"NewDisplayName": "iso"},
	"UpdateMessageContact":         {"Title": "Other"},
	"dingtalk.oapi.v2.user.create outer_exclusive_userid": {"exclusive_account": true, "exclusive_account_type": "dingtalk",
		"outer_exclusive_corpid": directory.SampleOrg},
}

// isExternal reports whether the operation is about external contacts: their
// ids have the same names as those of employees.
func isExternal(op *api.Operation) bool { return strings.Contains(op.Name, ".ext") }

// arguments are the required parameters of an operation, and the one at path
// with the value under test.
func (o *otherTenant) arguments(fs api.Fields, external bool, path []string, value any) map[string]any {
	args := map[string]any{}
	for _, f := range fs {
		under := len(path) > 0 && path[0] == f.Name
		if !under && !f.IsRequired() {
			continue
		}
		switch children := f.Children(); {
		case children != nil:
			var rest []string
			if under {
				rest = path[1:]
			}
			args[f.Name] = o.arguments(children, external, rest, value)
			if f.Kind == api.ObjectsKind {
				args[f.Name] = []any{args[f.Name]}
			}
		case under:
			args[f.Name] = listed(f, value)
		default:
			args[f.Name] = o.plain(f, external)
		}
	}
	return args
}

func listed(f api.Field, v any) any {
	if f.Kind == api.StringsKind || f.Kind == api.IntsKind {
		return []any{v}
	}
	return v
}

// plain is a valid value for the partner. Names and numbers never repeat.
func (o *otherTenant) plain(f api.Field, external bool) any {
	k := o.kind(f)
	switch {
	case f.Name == "mobile":
		o.n++
		return fmt.Sprintf("1360000%04d", o.n)
	case f.Name == "PhoneNumber":
		return "86-13900001234"
	case external && (f.Name == "user_id" || f.Name == "userid"):
		return o.contact
	case k != nil:
		return listed(f, k.own)
	case slices.Contains([]string{"FolderName", "DisplayName", "Name", "name"}, f.Name):
		o.n++
		return fmt.Sprintf("iso%04d", o.n)
	}
	v := example(f)
	var plain any
	if err := json.Unmarshal(v.AppendJSON(nil), &plain); err != nil {
		panic(err)
	}
	if _, isText := plain.(string); isText {
		return listed(f, plain)
	}
	return plain
}

// credential is whose call it is; an empty one brings none.
type credential struct{ token, key, secret string }

// callAs makes a call of an operation at one of its addresses.
func (o *otherTenant) callAs(t *testing.T, c credential, route api.Route, args map[string]any) (answer string) {
	t.Helper()
	r := o.requestAs(c, route, args)
	return o.normalise(o.send(t, r), fmt.Sprint(args))
}

func (o *otherTenant) requestAs(c credential, route api.Route, args map[string]any) *http.Request {
	body, err := json.Marshal(args)
	if err != nil {
		panic(err)
	}
	form := url.Values{}
	for name, v := range args {
		if text, ok := v.(string); ok {
			form.Set(name, text)
		} else if b, err := json.Marshal(v); err == nil {
			form.Set(name, string(b))
		}
	}
	switch route.Family {
	case api.TOPFamily:
		r := topRequest([]string{route.Name, "json", c.token}, form)
		if c.token == "" {
			q := r.URL.Query()
			q.Del("session")
			r.URL.RawQuery = q.Encode()
		}
		return r
	case api.RPCFamily:
		return o.rpcAs(c, route, args)
	case api.OAPIFamily:
		if c.token != "" {
			form.Set("access_token", c.token)
		}
		method := route.Method
		if method == "" {
			method = http.MethodPost
		}
		return jsonRequest(method, route.Path+"?"+form.Encode(), string(body))
	}
	path := route.Path
	for name, v := range args {
		path = strings.NewReplacer("{"+name+"}", url.PathEscape(fmt.Sprint(v)), "{"+name+"...}", url.PathEscape(fmt.Sprint(v))).Replace(path)
	}
	if route.Method == http.MethodGet || route.Method == http.MethodDelete {
		path += "?" + form.Encode()
	}
	r := jsonRequest(route.Method, path, string(body))
	if c.token != "" {
		r.Header.Set("x-acs-dingtalk-access-token", c.token)
	}
	return r
}

func jsonRequest(method, target, body string) *http.Request {
	r := request(method, target, body)
	r.Header.Set("Content-Type", "application/json")
	return r
}

// rpcAs writes lists as the vendor's clients do: Members.1, Tag.1.Key.
func (o *otherTenant) rpcAs(c credential, route api.Route, args map[string]any) *http.Request {
	v := url.Values{}
	var flat func(prefix string, x any)
	flat = func(prefix string, x any) {
		switch x := x.(type) {
		case []any:
			for i, e := range x {
				flat(fmt.Sprintf("%s.%d", prefix, i+1), e)
			}
		case map[string]any:
			for name, e := range x {
				flat(strings.TrimPrefix(prefix+"."+name, "."), e)
			}
		default:
			v.Set(prefix, fmt.Sprint(x))
		}
	}
	flat("", args)
	o.nonce++
	v.Set("Action", route.Name)
	v.Set("Version", route.Version)
	v.Set("SignatureNonce", fmt.Sprint("iso-", o.nonce))
	v.Set("Timestamp", now.Format("2006-01-02T15:04:05Z"))
	if c.key != "" {
		mingcetest.SignRPC(http.MethodPost, v, c.key, c.secret)
	}
	r := request("POST", "/", v.Encode())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// parameterPaths visits the paths of all parameters of an operation.
func parameterPaths(fs api.Fields, above []string, visit func(path []string, f api.Field)) {
	for _, f := range fs {
		path := append(slices.Clone(above), f.Name)
		if children := f.Children(); children != nil {
			parameterPaths(children, path, visit)
			continue
		}
		visit(path, f)
	}
}
