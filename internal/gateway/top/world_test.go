package top

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// The tests below speak to a handler over a few operations with the shapes of
// the real ones. They keep nothing: what they answer follows from the arguments.

type contact struct {
	UserID, Name, Follower, Mobile, StateCode, Title, Remark, Address, Company *string
	Labels, ShareDepts                                                         []int64
	ShareUsers                                                                 []string
}

type contactCall struct{ Contact contact }

var (
	errDuplicate = fmt.Errorf("test: %w", directory.ErrContactExists)
	errBug       = fmt.Errorf("test: something that no code stands for, about 13088888888")

	emptyField = &api.Code{Code: "40036", Msg: "参数为空"}
	duplicate  = &api.Code{Code: "60201", Msg: "该外部联系人已存在", Cause: directory.ErrContactExists}
	noContact  = &api.Code{Code: "33012", Msg: "无效的USERID", Cause: directory.ErrContactNotFound}
	flatTaken  = &api.Code{Code: "22005", Msg: "该外部联系人已经存在", Cause: directory.ErrContactExists}
	badSize    = &api.Code{Code: "41", Msg: "Invalid arguments"}
	systemBusy = &api.Code{Code: "-1", Msg: "系统繁忙"}
)

func contactFields(c *contact) api.Fields {
	return api.Fields{
		api.OptString("title", &c.Title),
		api.Ints("share_dept_ids", &c.ShareDepts).Alias("share_deptids"),
		api.Ints("label_ids", &c.Labels),
		api.OptString("remark", &c.Remark),
		api.OptString("address", &c.Address),
		api.OptString("name", &c.Name).Required(emptyField),
		api.OptString("follower_user_id", &c.Follower).Alias("follower_userid"),
		api.OptString("state_code", &c.StateCode),
		api.OptString("company_name", &c.Company),
		api.Strings("share_user_ids", &c.ShareUsers),
		api.OptString("mobile", &c.Mobile),
		api.OptString("userid", &c.UserID).Alias("user_id"),
	}
}

func contactInput(in *contactCall) api.Fields {
	return api.Fields{api.Object("contact", &in.Contact, contactFields).Required(nil).Opaque()}
}

type status struct {
	Code    int64
	Msg     string
	Success bool
	UserID  *string
}

func done() status { return status{Msg: "成功", Success: true} }

func (s *status) fields() api.Fields {
	return api.Fields{
		api.Int("ding_open_errcode", &s.Code), api.String("error_msg", &s.Msg),
		api.Bool("success", &s.Success), api.OptString("userid", &s.UserID),
	}
}

func statusOutput(s *status) api.Fields {
	return api.Fields{api.Object("result", s, (*status).fields)}
}

type page struct{ Offset, Size int64 }

func pageInput(p *page) api.Fields {
	p.Size = 20
	return api.Fields{api.Int("size", &p.Size).Range(1, 100, badSize), api.Int("offset", &p.Offset).Range(0, 1<<40, nil)}
}

type label struct {
	Name string
	ID   int64
}
type labelGroup struct {
	Name   string
	Color  int64
	Labels []label
}

func labelFields(l *label) api.Fields {
	return api.Fields{api.String("name", &l.Name), api.Int("id", &l.ID)}
}

func groupFields(g *labelGroup) api.Fields {
	return api.Fields{api.String("name", &g.Name), api.Int("color", &g.Color), api.Objects("labels", &g.Labels, labelFields).Item("open_label")}
}

func oldLabelFields(l *label) api.Fields {
	return api.Fields{api.Int("id", &l.ID), api.String("name", &l.Name)}
}

func oldGroupFields(g *labelGroup) api.Fields {
	return api.Fields{api.Int("color", &g.Color), api.String("name", &g.Name), api.Objects("labels", &g.Labels, oldLabelFields)}
}

var someGroups = []labelGroup{{"类型", -15220075, []label{{"客户", 1026002}}}}

type listing[T any] struct {
	Results []T
	status
}

func contactListOutput(l *listing[contact]) api.Fields {
	return api.Fields{api.Object("result", l, func(l *listing[contact]) api.Fields {
		return append(api.Fields{api.Objects("results", &l.Results, contactFields).Item("open_ext_contact")}, l.fields()[:3]...)
	})}
}

func groupListOutput(l *listing[labelGroup]) api.Fields {
	return api.Fields{api.Object("result", l, func(l *listing[labelGroup]) api.Fields {
		return append(api.Fields{api.Objects("results", &l.Results, groupFields).Item("open_label_group")}, l.fields()[:3]...)
	})}
}

func ptr[T any](v T) *T { return &v }

// sampleContact is the contact of the fixtures; F05_list_xml.txtar shows a shorter
// form of it, which a page of one brings.
func sampleContact(short bool) contact {
	c := contact{
		Title: ptr("开发工程师"), ShareDepts: []int64{1, 2, 3}, Labels: []int64{1, 2, 3}, Remark: ptr("备注内容"),
		Address: ptr("地址内容"), Name: ptr("张三"), Follower: ptr("6767531692"), StateCode: ptr("86"), Company: ptr("钉钉"),
		ShareUsers: []string{"042059613752"}, Mobile: ptr("13088888888"), UserID: ptr("0123456789"),
	}
	if short {
		c.ShareDepts, c.Labels, c.Remark, c.Address, c.Company = []int64{1, 2}, []int64{1}, nil, nil, nil
	}
	return c
}

// world is a handler and what it was seen to do.
type world struct {
	handler *Handler
	faults  *api.Faults
	failed  *api.FailedCalls
	log     *lockedBuffer

	mu   sync.Mutex
	last contact
	runs int
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (w *world) take(c contact) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = c
	w.runs++
}

// seen returns the contact of the newest call that reached its operation.
func (w *world) seen() (contact, int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last, w.runs
}

func (w *world) write(_ context.Context, _ *directory.Session, in *contactCall) (*status, error) {
	w.take(in.Contact)
	s := done()
	switch {
	case in.Contact.Mobile == nil:
	case *in.Contact.Mobile == "13088888889":
		return nil, errDuplicate
	default:
		s.UserID = ptr("123420013632")
	}
	if in.Contact.Title != nil {
		switch *in.Contact.Title {
		case "panic":
			panic("test: on purpose")
		case "bug":
			return nil, errBug
		case "busy":
			return nil, fmt.Errorf("test: %w", directory.ErrBusy)
		}
	}
	return &s, nil
}

func (w *world) operations() []*api.Operation {
	return []*api.Operation{
		api.Op[contactCall, status]{
			Route: api.TOP("dingtalk.corp.extcontact.update"), Failure: api.InResult, Permission: "qyapi_extcontact_write",
			In: contactInput, Out: statusOutput, Codes: []*api.Code{noContact, duplicate, systemBusy}, Do: w.write,
		}.Operation(),
		api.Op[contactCall, status]{
			Route: api.TOP("dingtalk.corp.extcontact.create"), Failure: api.InResult, Permission: "qyapi_extcontact_write",
			In: contactInput, Out: statusOutput, Codes: []*api.Code{duplicate}, Do: w.write,
		}.Operation(),
		api.Op[contactCall, status]{
			Route: api.TOP("dingtalk.corp.ext.add"), In: contactInput,
			Out:   func(s *status) api.Fields { return api.Fields{api.OptString("userid", &s.UserID)} },
			Codes: []*api.Code{duplicate}, Do: w.write,
		}.Operation(),
		api.Op[contactCall, status]{
			Route: api.OAPI("POST", "/topapi/extcontact/create"), Failure: api.FlatErrcode, In: contactInput,
			Out:   func(s *status) api.Fields { return api.Fields{api.OptString("userid", &s.UserID)} },
			Codes: []*api.Code{flatTaken}, Do: w.write,
		}.Operation(),
		api.Op[page, listing[contact]]{
			Route: api.TOP("dingtalk.corp.extcontact.list"), Failure: api.InResult, In: pageInput, Out: contactListOutput,
			Do: func(_ context.Context, _ *directory.Session, in *page) (*listing[contact], error) {
				l := listing[contact]{[]contact{}, done()}
				for i := int64(0); in.Offset == 0 && i < max(1, in.Size-20); i++ {
					l.Results = append(l.Results, sampleContact(in.Size == 1))
				}
				return &l, nil
			},
		}.Operation(),
		api.Op[page, listing[labelGroup]]{
			Route: api.TOP("dingtalk.corp.extcontact.listlabelgroups"), Failure: api.InResult, In: pageInput, Out: groupListOutput,
			Do: func(context.Context, *directory.Session, *page) (*listing[labelGroup], error) {
				return &listing[labelGroup]{someGroups, done()}, nil
			},
		}.Operation(),
		api.Op[page, []labelGroup]{
			Route: api.TOP("dingtalk.corp.ext.listlabelgroups"), In: pageInput,
			Out: func(gs *[]labelGroup) api.Fields {
				return api.Fields{api.Objects("result", gs, oldGroupFields).AsText()}
			},
			Do: func(context.Context, *directory.Session, *page) (*[]labelGroup, error) {
				return &someGroups, nil
			},
		}.Operation(),
		api.Op[contact, status]{
			Route: api.TOP("dingtalk.corp.extcontact.delete"), Failure: api.InResult, Out: statusOutput, Codes: []*api.Code{noContact},
			In: func(c *contact) api.Fields {
				return api.Fields{api.OptString("userid", &c.UserID).Alias("user_id").Required(nil)}
			},
			Do: func(_ context.Context, _ *directory.Session, in *contact) (*status, error) {
				w.take(*in)
				return nil, directory.ErrContactNotFound
			},
		}.Operation(),
	}
}

// people is a fixed set of credentials.
type people struct{}

func (people) TokenPrincipal(_ context.Context, token string) (directory.Principal, error) {
	p := directory.Principal{Kind: directory.AppCaller, Org: "corpA", ID: "appA", Permissions: []string{directory.AllPermissions}}
	switch token {
	case "tok123":
	case "tok456":
		p.Org, p.ID = "corpB", "appB"
	case "bare":
		p.ID, p.Permissions = "bareA", []string{"qyapi_base"}
	case "fenced":
		p.AllowIPs = []string{"192.0.2.0/24"}
	case "busy":
		return directory.Principal{}, directory.ErrBusy
	default:
		return directory.Principal{}, directory.ErrTokenInvalid
	}
	return p, nil
}

func (people) AppSecrets(_ context.Context, appKey string) ([]directory.Secret, string, error) {
	if appKey != "12345678" {
		return nil, "", directory.ErrAppNotFound
	}
	return []directory.Secret{directory.NewSecret("helloworld")}, "corpA", nil
}

// now is the time of every call: four seconds after F09_signed.txtar was signed.
var now = time.Date(2026, 11, 22, 9, 53, 40, 0, time.UTC)

func newWorld(t testing.TB, change ...func(*api.Gateway)) *world {
	t.Helper()
	w := &world{faults: &api.Faults{}, failed: api.NewFailedCalls(100), log: &lockedBuffer{}}
	catalogue, err := api.NewCatalogue(w.operations()...)
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return now }
	g := api.Gateway{
		Directory: directory.Open(directory.Config{Now: clock}), Catalogue: catalogue,
		Faults: w.faults, FailedCalls: w.failed, Log: slog.New(slog.NewTextHandler(w.log, nil)), Now: clock,
	}
	for _, f := range change {
		f(&g)
	}
	w.handler = New(g)
	w.handler.credentials = people{}
	return w
}

// do sends a request and returns the answer's body.
func (w *world) do(t testing.TB, r *http.Request) string {
	t.Helper()
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	if rec.Code != http.StatusOK {
		t.Errorf("got status %d, want 200", rec.Code)
	}
	return rec.Body.String()
}

// get sends a JSON-answered call with everything in the query.
func (w *world) get(t testing.TB, query string) string {
	t.Helper()
	return w.do(t, httptest.NewRequest("GET", Path+"?"+query, nil))
}

func form(query, body string) *http.Request {
	r := httptest.NewRequest("POST", Path+"?"+query, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
	return r
}

func jsonPost(target, body string) *http.Request {
	r := httptest.NewRequest("POST", target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json;charset=UTF-8")
	return r
}

func text(v *string) string {
	if v == nil {
		return "<nil>"
	}
	return *v
}

func wantContains(t testing.TB, got, want string) {
	t.Helper()
	if !strings.Contains(got, want) {
		t.Errorf("got %s\nwant it to contain %s", got, want)
	}
}

func readAll(t testing.TB, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
