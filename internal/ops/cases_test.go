package ops_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/server"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/storetest"
	"github.com/mingce/mingce/mingcetest"
)

var update = flag.Bool("update", false, "rewrite the answers of the cases")

// now is the time of all cases: 18:00 in China.
var now = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// startServer serves the sample organisation with a stopped clock.
func startServer(t testing.TB, settings directory.Settings) (http.Handler, *instance.Instance) {
	t.Helper()
	return startServerWith(t, settings, func() time.Time { return now })
}

func startServerWith(t testing.TB, settings directory.Settings, clock func() time.Time) (http.Handler, *instance.Instance) {
	t.Helper()
	in, err := instance.Open(context.Background(), instance.Options{
		Store:    store.Options{Ephemeral: true, Key: keyring.DevMaster(), Now: clock, Strict: true},
		Settings: settings, Sample: true, PrivateReceivers: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		storetest.WantClean(t, in.Store)
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	})
	return server.New(server.Config{
		Directory: in.Directory, Catalogue: in.Catalogue, Dev: true, AnyHost: true,
		BaseURL: "http://mingce", Log: slog.New(slog.DiscardHandler),
	}), in
}

// TestCases runs */testdata/*.txtar. The cases of one file run one after the
// other on one fresh sample organisation; a section is a request, the section
// "answer" after it what the server answered. A request is
//
//	RPC Action [access key]      then Name=Value lines: a signed V1 call
//	TOP method [format] [token]  then name=value lines: an unsigned TOP call
//	POST /path                   then headers, an empty line and the body
//
// after lines FAULT operation code (see /_mingce/faults) and FIXTURE name if
// any; fixtures are states that no operation causes. The comment of a file may
// have a line Setting: name of [settings]. Anything else fails. $A, $B and $C
// are the sample tokens, $new is the last new id in an answer, $earlier one
// before it, $RECEIVER the address of a program that receives events, $SENT
// the code that was sent to an address of the request. In
// answers, request ids, traces and new ids are replaced by <id>, <trace> and
// $new.
func TestCases(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*/testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			runCases(t, file)
		})
	}
}

func runCases(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	setting, err := settingOf(string(archive.Comment))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	h, in := startServer(t, setting)
	play := &player{handler: h, instance: in, receiver: startReceiver(t)}
	out := &txtar.Archive{Comment: archive.Comment}
	for i := 0; i < len(archive.Files); i++ {
		request := archive.Files[i]
		if request.Name == "answer" {
			t.Fatalf("%s: section %d is an answer without a request", file, i+1)
		}
		got := play.play(t, request.Name, string(request.Data))
		want := ""
		if i+1 < len(archive.Files) && archive.Files[i+1].Name == "answer" {
			i++
			want = string(archive.Files[i].Data)
		} else if !*update {
			t.Errorf("%s: after case %q: want the section \"answer\"", file, request.Name)
		}
		if got != want && !*update {
			t.Errorf("%s: case %q:\ngot  %s\nwant %s", file, request.Name, got, want)
		}
		out.Files = append(out.Files, request, txtar.File{Name: "answer", Data: []byte(got)})
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// player sends requests and remembers the new ids.
type player struct {
	handler  http.Handler
	instance *instance.Instance
	newID    string
	receiver string // address of a program that receives events
	earlier  []string
	nonce    int
}

// fixtures are states of the sample organisation that no operation causes.
var fixtures = map[string]func(directory.Tx) error{
	"control-policies": caseControlPolicies,
	"app-of-department-2": func(tx directory.Tx) error { // $C, with every permission but a narrow range
		a, err := tx.Apps().AppByKey(directory.BareAppKey)
		a.Permissions, a.Scope = []string{directory.AllPermissions}, directory.Scope{DeptIDs: []int64{2}, UserIDs: []string{"org1002"}}
		tx.Apps().PutApp(a)
		return err
	},
	"boss-and-sub-administrator": func(tx directory.Tx) error { // of the departments 2 and 3
		e, err := tx.Employees().Employee("org1001")
		boss := e
		boss.Boss = true
		tx.Employees().UpdateEmployee(e, boss)
		tx.Roles().PutRoleMember(directory.RoleMember{RoleID: directory.DefaultRoleGroups(directory.SampleOrg)[0].Roles[3].ID, UserID: "023420013645",
			Limited: true, Scope: []directory.RoleScope{{DeptID: 2}, {DeptID: 3}}})
		return err
	},
	"app-elsewhere": func(tx directory.Tx) error { // $A, for calls from one address only
		a, err := tx.Apps().AppByKey(directory.SampleAppKey)
		a.AllowIPs = []string{"198.51.100.7"}
		tx.Apps().PutApp(a)
		return err
	},
	"app-without-fields": func(tx directory.Tx) error { // $C, with the calls but not the fields
		a, err := tx.Apps().AppByKey(directory.BareAppKey)
		a.Permissions = []string{"qyapi_get_member", "qyapi_get_department_member", "qyapi_get_member_by_mobile"}
		tx.Apps().PutApp(a)
		return err
	},
	"member-key": func(tx directory.Tx) error { // memberKeyId
		tx.AccessKeys().PutAccessKey(directory.AccessKey{ID: "memberKeyId", Org: directory.SampleOrg, Secret: directory.NewSecret(accessKeys["memberKeyId"]),
			Member: "1997968394351234", Principal: "member", Policy: directory.PolicyFullAccess, CreatedAt: now})
		return nil
	},
	"folder-key": func(tx directory.Tx) error { // folderKeyId, for what is in one folder
		tx.AccessKeys().PutAccessKey(directory.AccessKey{ID: "folderKeyId", Org: directory.SampleOrg, Secret: directory.NewSecret(accessKeys["folderKeyId"]),
			Principal: "folder", CreatedAt: now, Policy: `{"Version":"1","Statement":[{"Effect":"Allow","Action":["resourcemanager:ListAuthorized*"],"Resource":"*"},
				{"Effect":"Allow","Action":"resourcemanager:*","Resource":["acs:resourcemanager:*:*:account/rd-StSamp/r-Root01/fd-ZDNPiT1234/*",
				"acs:resourcemanager:*:*:folder/rd-StSamp/r-Root01/fd-ZDNPiT1234", "acs:resourcemanager:*:*:handshake/*"]}]}`})
		return nil
	},
	"join-granted": func(tx directory.Tx) error {
		tx.Employees().PutJoinGrant(directory.JoinGrant{ToOrg: directory.PartnerOrg, UpdatedAt: now})
		return nil
	},
	"join-granted-for-department-3": func(tx directory.Tx) error {
		tx.Employees().PutJoinGrant(directory.JoinGrant{ToOrg: directory.PartnerOrg, DeptIDs: []int64{3}, UpdatedAt: now})
		return nil
	},
	"15-levels": func(tx directory.Tx) error { // departments 102 to 115, one below the other, and 200 with 201 below it
		parent := int64(directory.RootDepartment)
		for id := int64(102); id <= 115; id++ {
			tx.Departments().InsertDepartment(directory.Department{ID: id, ParentID: parent, Name: fmt.Sprint("level ", id-100)})
			parent = id
		}
		tx.Departments().InsertDepartment(directory.Department{ID: 200, ParentID: 1, Name: "upper"})
		tx.Departments().InsertDepartment(directory.Department{ID: 201, ParentID: 200, Name: "lower"})
		return nil
	},
	"agreed": func(tx directory.Tx) error {
		tx.Employees().PutConsent(directory.Consent{ID: "k1", Person: "86-13800002001", GivenAt: now})
		return nil
	},
	"contacts-off": func(tx directory.Tx) error {
		o, err := tx.Orgs().OrgByID(directory.SampleOrg)
		o.ContactsOn = false
		tx.Orgs().PutOrg(o)
		return err
	},
	"org-disabled": func(tx directory.Tx) error {
		o, err := tx.Orgs().OrgByID(directory.SampleOrg)
		o.Disabled = true
		tx.Orgs().PutOrg(o)
		return err
	},
	"handshakes-settled": func(tx directory.Tx) error { // of the sample's outside account: one declined, one that expires now
		for id, status := range map[string]string{"h-Declined00000001": directory.HandshakeDeclined, "h-Expired000000001": directory.HandshakePending} {
			tx.Handshakes().PutHandshake(directory.Handshake{ID: id, Org: directory.SampleOrg, DirectoryID: "rd-StSamp", MasterID: directory.SampleAccount, MasterName: "示例科技",
				AccountID: directory.OutsideAccount, AccountName: "外部账号", TargetType: directory.TargetAccount, Target: directory.OutsideAccount, Status: status,
				CreatedAt: now.Add(-14 * 24 * time.Hour), ModifiedAt: now.Add(-13 * 24 * time.Hour), ExpiresAt: now})
		}
		return nil
	},
	"contact-deleting": func(tx directory.Tx) error {
		c, err := tx.MessageContacts().MessageContact(directory.SampleMessageContact)
		before := c
		c.Status = directory.Deleting
		tx.MessageContacts().UpdateMessageContact(before, c)
		return err
	},
	"200-message-contacts": func(tx directory.Tx) error {
		for i := range 200 {
			tx.MessageContacts().InsertMessageContact(directory.MessageContact{ID: fmt.Sprint("c-", i), Name: fmt.Sprint("contact", i), Title: "Other",
				MessageTypes: []string{"ServiceMessage"}, Status: directory.Verifying, Email: directory.Channel{Address: "a@example.com"}, CreatedAt: now})
		}
		return nil
	},
	// The states in which the captured requests of extcontact/testdata/fixtures.txtar
	// were answered: their people, their contact, its mail address, their labels.
	"vendor-people": func(tx directory.Tx) error {
		tx.Employees().InsertEmployee(directory.Employee{UserID: "manager4220", Name: "经理", DeptIDs: []int64{1}, AccountType: directory.AccountNormal})
		tx.Labels().PutLabelGroup(directory.LabelGroup{ID: 1561077316, Name: "级别", Color: -11687445, Labels: []directory.Label{
			{ID: 1026002, Name: "客户"}, {ID: 1561077317, Name: "一般"}}}, 9)
		return nil
	},
	"vendor-contacts": func(tx directory.Tx) error {
		cs, err := tx.Contacts().ContactsAfter(0, 100)
		for _, c := range cs {
			tx.Contacts().DeleteContact(c)
		}
		text := func(s string) *string { return &s }
		tx.Employees().InsertEmployee(directory.Employee{UserID: "042059613752", Name: "王丽", DeptIDs: []int64{1}, AccountType: directory.AccountNormal})
		tx.Contacts().InsertContact(directory.Contact{ID: "0123456789", Name: "张三", FollowerID: "6767531692", LabelIDs: []int64{1, 2, 3},
			StateCode: "86", Mobile: "13088888888", Title: text("开发工程师"), Remark: text("备注内容"), Address: text("地址内容"), CompanyName: text("钉钉"),
			ShareDeptIDs: []int64{1, 2, 3}, ShareUserIDs: []string{"042059613752"}, CreatedAt: now, UpdatedAt: now})
		return err
	},
	"vendor-mail": func(tx directory.Tx) error {
		c, err := tx.Contacts().Contact("0123456789")
		before, email := c, "xxx@1.com"
		c.Email = &email
		tx.Contacts().UpdateContact(before, c)
		return err
	},
	"vendor-labels": func(tx directory.Tx) error {
		gs, err := tx.Labels().LabelGroups(0, 100)
		for _, g := range gs {
			for _, l := range g.Labels {
				tx.LabelAdmin().DeleteLabels([]int64{l.ID})
			}
			tx.LabelAdmin().DeleteLabelGroup(g.ID)
		}
		tx.Labels().PutLabelGroup(directory.LabelGroup{ID: 1026001, Name: "类型", Color: -15220075, Labels: []directory.Label{{ID: 1026002, Name: "客户"}}}, 1)
		return err
	},
	"contact-with-email": func(tx directory.Tx) error {
		c, err := tx.Contacts().Contact("123420013632")
		before, email := c, "zhangsan@example.com"
		c.Email = &email
		tx.Contacts().UpdateContact(before, c)
		return err
	},
	"codes": loginCodes,
	"login": func(tx directory.Tx) error {
		e, err := tx.Employees().Employee("org1001")
		mac := func(purpose, text string) string { return hex.EncodeToString(keyring.DevMaster().MAC(purpose, text)) }
		login := directory.Login{Org: directory.SampleOrg, AppKey: directory.SampleAppKey, UserID: e.UserID, Account: e.Account,
			Mark: mac("password mark", e.PasswordHash)[:16], WithOrg: true}
		tx.Logins().PutLoginCode(directory.LoginCode{Hash: mac("login code", "fixed-code"), Kind: directory.OAuthLogin, Login: login, Expires: now.Add(time.Minute)}, now)
		tx.Logins().PutUserSession(directory.UserSession{ID: "fixed", Login: login, Access: mac("access token", "fixed-user-token"), AccessUntil: now.Add(time.Hour),
			Refresh: mac("refresh token", "fixed-refresh-token"), RefreshUntil: now.Add(time.Hour), RefreshedAt: now})
		return err
	},
	"certified": func(tx directory.Tx) error {
		o, err := tx.Orgs().OrgByID(directory.SampleOrg)
		o.Certification = directory.Certification{Level: 2, LicenseOrgName: "示例科技有限公司", UnifiedSocialCredit: "91110108MA00000000", LegalPerson: "赵敏"}
		tx.Orgs().PutOrg(o)
		return err
	},
	"creator": func(tx directory.Tx) error {
		e, err := tx.Employees().Employee("org1001")
		o, missing := tx.Orgs().OrgByID(directory.PartnerOrg)
		o.Creator = e.Account
		tx.Orgs().PutOrg(o)
		return errors.Join(err, missing)
	},
	"orphan": func(tx directory.Tx) error {
		tx.Employees().InsertEmployee(directory.Employee{UserID: "orphan", Name: "周杰", DeptIDs: []int64{1}, AccountType: directory.AccountJoined,
			OuterOrg: "dinggone", OuterUserID: "u1", Account: "account/dinggone/u1", CreatedAt: now})
		return nil
	},
	"leavers": func(tx directory.Tx) error {
		for i, r := range []directory.LeaveRecord{
			{Name: "钱七", Mobile: "86-13900007777", AccountType: directory.AccountNormal, Reason: directory.LeftByAPI},
			{Name: "周八", AccountType: directory.AccountJoined, Reason: directory.LeftByAdministrator},
			{Name: "吴九", Mobile: "1-2025550123", AccountType: directory.AccountSSO, Reason: directory.LeftByResigning},
		} {
			r.ID, r.UserID, r.LeftAt = fmt.Sprint("l", i), fmt.Sprint("left", i), now.Add(time.Duration(i-3)*time.Hour)
			tx.LeaveRecords().InsertLeaveRecord(r)
		}
		return nil
	},
	"twin-of-org1001": func(tx directory.Tx) error {
		e, err := tx.Employees().Employee("023420013644")
		before := e
		e.Mobile = "86-13800001001"
		tx.Employees().UpdateEmployee(before, e)
		return err
	},
	"failed-events": func(tx directory.Tx) error {
		app := directory.SubscriptionRef{Org: directory.SampleOrg, AppKey: directory.SampleAppKey, Channel: directory.HTTPChannel}
		for i, d := range []directory.Delivery{
			{EventID: "e1", Topic: "user_add_org", Object: "u1", Payload: `{"userId":["u1"],"optStaffId":"u2"}`},
			{EventID: "e2", Topic: directory.ContactLeft, Object: "c1", Payload: `{"userId":"c1"}`},
		} {
			d.Ref, d.Seq, d.BornAt, d.NextAt = app, int64(i), now, now
			tx.Deliveries().InsertDelivery(d)
			failed := d
			failed.Attempts, failed.FailedAt = 3, now
			tx.Deliveries().UpdateDelivery(d, failed)
		}
		return nil
	},
	"roles":        caseRoles,
	"role-deleted": caseRoleDeleted,
	"employee-with-mobile": func(tx directory.Tx) error {
		e, err := tx.Employees().Employee("023420013645")
		before := e
		e.Mobile = "86-13900009999"
		tx.Employees().UpdateEmployee(before, e)
		return err
	},
}

func (p *player) play(t *testing.T, name, text string) string {
	t.Helper()
	text = strings.NewReplacer("$A", directory.SampleToken, "$B", directory.PartnerToken, "$C", directory.BareToken, "$new", p.newID, "$RECEIVER", p.receiver).Replace(text)
	if strings.Contains(text, "$SENT") {
		text = strings.ReplaceAll(text, "$SENT", p.codeSentTo(t, text))
	}
	for {
		line, rest, _ := strings.Cut(text, "\n")
		words := strings.Fields(line)
		switch {
		case len(words) == 3 && words[0] == "FAULT":
			armed := p.send(t, request("POST", "/_mingce/faults", fmt.Sprintf(`{"operation":%q,"fault":%q,"times":1}`, words[1], words[2])))
			if armed.StatusCode != http.StatusOK {
				t.Fatalf("case %q: cannot arm %s", name, line)
			}
		case len(words) == 2 && words[0] == "FIXTURE":
			p.fixture(t, words[1])
		default:
			return p.call(t, name, text)
		}
		text = rest
	}
}

func (p *player) fixture(t *testing.T, name string) {
	t.Helper()
	f := fixtures[name]
	if f == nil {
		t.Fatalf("no fixture %q; there are: %s", name, names(fixtures))
	}
	if err := p.instance.Store.Update(context.Background(), directory.SampleOrg, f); err != nil {
		t.Fatalf("fixture %s: %v", name, err)
	}
	p.instance.Directory.Forget() // the clock stands still: cached keys would stay for ever
}

func (p *player) call(t *testing.T, name, text string) string {
	t.Helper()
	r, err := p.request(text)
	if err != nil {
		t.Fatalf("case %q: %v", name, err)
	}
	return p.normalise(p.send(t, r), text)
}

func (p *player) send(t *testing.T, r *http.Request) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, r)
	return w.Result()
}

func request(method, target, body string) *http.Request {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "mingce"
	return r
}

func topRequest(words []string, business url.Values) *http.Request {
	format, session := "json", directory.SampleToken
	if len(words) > 1 {
		format = words[1]
	}
	if len(words) > 2 {
		session = words[2]
	}
	query := url.Values{"method": {words[0]}, "v": {"2.0"}, "timestamp": {"2026-11-22 18:00:00"}, "format": {format}, "session": {session}}
	r := request("POST", "/router/rest?"+query.Encode(), business.Encode())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
	return r
}

func (p *player) rpc(words []string, v url.Values) *http.Request {
	key := directory.SampleAccessKey
	if len(words) > 1 {
		key = words[1]
	}
	p.nonce++
	for name, value := range map[string]string{
		"Action": words[0], "SignatureNonce": fmt.Sprint("case-", p.nonce), "Timestamp": now.Format(time.RFC3339),
	} {
		if !v.Has(name) {
			v.Set(name, value)
		}
	}
	if key == caseSession && !v.Has("SecurityToken") {
		v.Set("SecurityToken", caseSessionToken())
	}
	mingcetest.SignRPC(http.MethodPost, v, key, accessKeys[key])
	r := request("POST", "/", v.Encode())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

var (
	idPatterns = []*regexp.Regexp{
		regexp.MustCompile(`"id":"([0-9A-Za-z]{16})","org"`), // of a delivery
		regexp.MustCompile(`"(?:RequestId|requestid|requestId)":"([^"]+)"`), regexp.MustCompile(`"request_id":"([^"]+)"`),
		regexp.MustCompile(`"(?:ticket|jsapiTicket|sns_token)":"([^"]+)"`),
		regexp.MustCompile(`"errmsg":"ok","access_token":"([^"]+)"}`), regexp.MustCompile(`"accessToken":"([^"]+)","expireIn":3600`),
		regexp.MustCompile(`"accessToken":"([^"]+)","refreshToken"`), regexp.MustCompile(`"refreshToken":"([^"]+)"`),
		regexp.MustCompile(`"AccessKeyId":"STS\.([^"]+)"`), regexp.MustCompile(`"(?:AccessKeySecret|SecurityToken)":"([^"]+)"`),
		regexp.MustCompile(`<AccessKeyId>STS\.([^<]+)<`), regexp.MustCompile(`<(?:AccessKeySecret|SecurityToken)>([^<]+)<`),
		regexp.MustCompile(`<(?:RequestId|request_id)>([^<]+)<`), regexp.MustCompile(`requestId=([0-9A-Za-z-]+)`),
	}
	unionIDs = regexp.MustCompile(`("union[iI]d":")[0-9A-Za-z]{32}"`)
	newIDs   = regexp.MustCompile(`"(?:userid|ContactId|FolderId|AccountId|PolicyId|HandshakeId)":"([^"]+)"|(?:"dept_id"|"ok","(?:id|roleId|groupId)"):([0-9]{6,})|<(?:userid|ContactId|FolderId|AccountId|PolicyId|HandshakeId)>([^<]+)<`)
)

// sampleTree are the ids of the sample's resource directory and its
// administrator, and directoryIDs finds those of a new directory, which are
// replaced by <id>.
var (
	sampleTree = []string{"rd-StSamp", "r-Root01", "fd-ZDNPiT1234", "1000000000000001", "1997968394351234", "1817610956901234", directory.OutsideAccount,
		directory.SystemControlPolicy, allowingPolicy, denyingPolicy, "h-Declined00000001", "h-Expired000000001", directory.SampleAdministrator}
	directoryIDs = regexp.MustCompile(`"(?:ResourceDirectoryId|RootFolderId|MasterAccountId)":"([^"]+)"`)
)

func (p *player) normalise(r *http.Response, sent string) string {
	var b bytes.Buffer
	_, _ = b.ReadFrom(bufio.NewReader(r.Body))
	body := b.String()
	for _, re := range idPatterns {
		for _, m := range re.FindAllStringSubmatch(body, -1) {
			body = strings.ReplaceAll(body, m[1], "<id>")
		}
	}
	for _, m := range newIDs.FindAllStringSubmatch(body, -1) {
		id := m[1] + m[2] + m[3]
		long := len(id) >= 16 || m[2] != "" || strings.HasPrefix(id, "fd-")
		if long && !strings.Contains(sent, id) && !strings.Contains(id, "*") && !slices.Contains(sampleTree, id) {
			p.earlier = append(p.earlier, p.newID)
			p.newID = id
		}
	}
	for _, m := range directoryIDs.FindAllStringSubmatch(body, -1) {
		if !slices.Contains(sampleTree, m[1]) {
			body = strings.ReplaceAll(body, m[1], "<id>")
		}
	}
	body = unionIDs.ReplaceAllString(body, `$1<union id>"`)
	body = strings.ReplaceAll(body, p.receiver, "$RECEIVER")
	if p.newID != "" {
		body = strings.ReplaceAll(body, p.newID, "$new")
	}
	for _, id := range p.earlier {
		if id != "" {
			body = strings.ReplaceAll(body, id, "$earlier")
		}
	}
	return fmt.Sprintf("%d %s\n%s\n", r.StatusCode, r.Header.Get("Content-Type"), body)
}

// codeSentTo returns the code that was sent to an address in the text.
func (p *player) codeSentTo(t testing.TB, text string) string {
	t.Helper()
	ms, err := p.instance.Directory.Messages(context.Background(), directory.MessageFilter{})
	i := slices.IndexFunc(ms, func(m directory.Message) bool { return strings.Contains(text, m.To) })
	if err != nil || i < 0 {
		t.Fatalf("no code was sent to an address of the request (%v):\n%s", err, text)
	}
	_, code := p.instance.Directory.VerificationSecrets(ms[i].Org, ms[i].Content.Verification)
	return code
}
