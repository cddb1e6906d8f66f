package api

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/mingce/mingce/internal/directory"
)

// Family is one of the wires an operation can be reached over.
type Family uint8

const (
	TOPFamily  Family = iota + 1 // /router/rest, by method name
	OAPIFamily                   // /topapi/..., /gettoken and the like: HTTP 200 and errcode
	RESTFamily                   // /v1.0/...: HTTP status and code/requestid/message
	RPCFamily                    // Alibaba Cloud RPC: Action and Version
)

// Route is an address of an operation.
type Route struct {
	Family  Family
	Method  string // HTTP method; "" if the family decides (RPC: GET and POST)
	Path    string // REST and oapi
	Name    string // TOP method, RPC action, or the SDK's name of a REST or oapi call
	Version string // RPC
}

// RPC returns the route of an Alibaba Cloud operation.
func RPC(version, action string) Route {
	return Route{Family: RPCFamily, Name: action, Version: version}
}

// TOP returns the route of a TOP method.
func TOP(method string) Route { return Route{Family: TOPFamily, Name: method} }

// REST returns the route of a call of DingTalk's REST gateway; name is the
// SDK's. A {name} in the path matches one segment, {name...} the rest of the
// path.
func REST(name, method, path string) Route {
	return Route{Family: RESTFamily, Name: name, Method: method, Path: path}
}

// OAPI returns the route of a call of DingTalk's older gateway. Its name is
// derived from the path as the vendor does: /topapi/extcontact/create is
// dingtalk.oapi.extcontact.create. Method "" means GET and POST; under /topapi/
// only what is read takes GET.
func OAPI(method, path string) Route {
	name := "dingtalk.oapi." + strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(path, "/topapi"), "/"), "/", ".")
	return Route{Family: OAPIFamily, Name: name, Method: method, Path: path}
}

// OAPINamed is [OAPI] for a path that the SDK has another name for.
func OAPINamed(name, method, path string) Route {
	return Route{Family: OAPIFamily, Name: name, Method: method, Path: path}
}

// Auth is the credential an operation requires.
type Auth uint8

const (
	NeedsToken       Auth = iota // an app's access token, or a signed access key for RPC
	NeedsNothing                 // token calls
	NeedsUserToken               // a person's token (GET /v1.0/contact/users/me)
	NeedsSigning                 // an app's signature, and no token (/sns/getuserinfo_bycode)
	NeedsSNSToken                // the token of /sns/gettoken
	NeedsSSOToken                // the token of /sso/gettoken
	NeedsPersonToken             // the token of /sns/get_sns_token
)

// LoginToken returns the kind of token of the older login calls that is
// required, or "" for another credential.
func (a Auth) LoginToken() directory.LoginTokenKind {
	switch a {
	case NeedsSNSToken:
		return directory.SNSToken
	case NeedsSSOToken:
		return directory.SSOToken
	case NeedsPersonToken:
		return directory.PersonToken
	}
	return ""
}

// Callers says which accounts may call an operation of Alibaba Cloud, besides
// the management account of a directory and an account outside of every
// directory, which may call all of them
// (docs/spec/resource-directory.md#callers-of-the-directory).
type Callers uint8

const (
	// ByDelegated: members that are delegated administrators of a service.
	ByDelegated Callers = 1 << iota
	// ByItself: a member that names itself as AccountId.
	ByItself
	// ByDelegatedItself: a delegated administrator that names itself.
	ByDelegatedItself
	// ByMembers: every member.
	ByMembers
	// ByAnybody: every valid key, whatever policies say.
	ByAnybody
)

// FailureForm is the form of a TOP method's business failures.
type FailureForm uint8

const (
	ErrorResponse FailureForm = iota // error_response 50 with the number as sub_code
	InResult                         // result{ding_open_errcode,error_msg,success:false}
	FlatErrcode                      // errcode and errmsg under the root (oapi names over TOP)
)

// Op declares an operation whose arguments decode into In and whose answer is
// an Out. Each operation is one such value, in a file of its own.
type Op[In, Out any] struct {
	Route   Route   // the main route; it gives the operation its name
	Also    []Route // further routes with the same parameters and answer
	Group   string  // the noun it belongs to, as the vendor's catalogue groups it
	Doc     Text
	Auth    Auth
	Failure FailureForm

	Permission string // DingTalk permission code; "" for RPC and open calls
	Service    string // RAM's name of the product in actions; "" is resourcemanager
	Action     string // RAM action without prefix; "" takes the route's name
	Resource   string // RAM resource type, "messagecontact/{ContactId}"; "" is "*"
	Beside     string // a second RAM resource on which the action must be allowed too; "" is none
	Callers    Callers
	ReadOnly   bool // changes nothing
	Asks       bool // Do asks with [Permit] whether the caller may, after the parameters
	Filters    bool // shows only what [May] allows
	Bare       bool // the answer is Out alone, without an envelope (GET /gettoken)
	// NotUnder are suffixes of paths that would match a {name...} at the end of
	// the route, but belong to operations that are not offered.
	NotUnder []string

	// Before makes the checks that come before the parameters, such as whether
	// a feature is switched on; nil checks nothing.
	Before func(ctx context.Context, s *directory.Session) error
	// Sooner is called when a parameter was refused, and returns an error that
	// the vendor reports before that one, such as an unknown object, or nil.
	// The fields before the refused one are bound.
	Sooner func(ctx context.Context, s *directory.Session, in *In, refused *ArgumentError) error

	In    func(*In) Fields
	Out   func(*Out) Fields
	Codes []*Code // what Do can answer; codes of parameters are declared with their fields
	// Effects are faults that do not fail the call: Do is told of them by
	// [Provoked].
	Effects []*Code

	Do func(ctx context.Context, s *directory.Session, in *In) (*Out, error)
}

// SessionAware is an In with rules that depend on the deployment, such as the
// country codes it allows. SetSession is called before binding. The declared
// fields must not depend on the session: rules read it when they are checked.
type SessionAware interface{ SetSession(s *directory.Session) }

// VersionAware is an In with rules, or an operation with an answer, that differ
// between the versions of a product. SetVersion is called before binding, as
// SetSession is.
type VersionAware interface{ SetVersion(version string) }

// binding is a declaration with its variables. Building one costs more than
// reading most requests, so bindings are pooled: the values read are copied
// out, and the variables are reset to the state that the declaration left them
// in.
type binding[In any] struct {
	in, blank In
	fields    Fields
}

func newBinding[In any](declare func(*In) Fields) *binding[In] {
	b := &binding[In]{}
	b.fields = declare(&b.in)
	b.blank = b.in
	return b
}

func (b *binding[In]) read(s *directory.Session, args Value, r Reading) (*In, error) {
	if aware, ok := any(&b.in).(SessionAware); ok {
		aware.SetSession(s)
	}
	if aware, ok := any(&b.in).(VersionAware); ok {
		aware.SetVersion(r.Version)
	}
	err := Bind(b.fields, args, r)
	in := new(In)
	*in, b.in = b.in, b.blank
	return in, err
}

// Operation is an Op with its types erased, as gateways, pages and tests use
// it. It is immutable and safe for concurrent use.
type Operation struct {
	Name       string
	Routes     []Route
	Group      string
	Doc        Text
	Auth       Auth
	Failure    FailureForm
	Permission string
	Service    string
	Action     string
	Resource   string
	Beside     string
	Callers    Callers
	ReadOnly   bool
	Asks       bool
	Filters    bool
	Effects    []*Code
	Bare       bool
	NotUnder   []string

	codes  []*Code
	inputs func() Fields
	output func() Fields
	call   func(ctx context.Context, s *directory.Session, args Value, r Reading) (Fields, error)
}

// Operation erases the types of op.
func (op Op[In, Out]) Operation() *Operation {
	o := &Operation{
		Name: op.Route.Name, Routes: append([]Route{op.Route}, op.Also...), Group: op.Group, Doc: op.Doc,
		Auth: op.Auth, Failure: op.Failure, Permission: op.Permission, Service: cmp.Or(op.Service, "resourcemanager"), Action: op.Action, Resource: op.Resource, Beside: op.Beside, Callers: op.Callers, ReadOnly: op.ReadOnly, Asks: op.Asks, Filters: op.Filters, Effects: op.Effects, Bare: op.Bare,
		NotUnder: op.NotUnder,
	}
	if o.Action == "" {
		o.Action = op.Route.Name
	}
	o.inputs = func() Fields {
		if op.In == nil {
			return nil
		}
		return op.In(new(In))
	}
	o.output = func() Fields {
		if op.Out == nil {
			return nil
		}
		return op.Out(new(Out))
	}
	bindings := sync.Pool{New: func() any { return newBinding(op.In) }}
	o.call = func(ctx context.Context, s *directory.Session, args Value, r Reading) (Fields, error) {
		if op.Before != nil {
			if err := op.Before(ctx, s); err != nil {
				return nil, err
			}
		}
		in := new(In)
		if op.In != nil {
			var err error
			b := bindings.Get().(*binding[In])
			in, err = b.read(s, args, r)
			bindings.Put(b)
			if err != nil {
				return nil, o.named(op.sooner(ctx, s, in, err), args, r)
			}
		}
		out, err := op.Do(ctx, s, in)
		if err != nil || op.Out == nil || out == nil {
			return nil, o.named(err, args, r)
		}
		return op.Out(out), nil
	}
	for _, f := range o.inputs() {
		o.codes = append(o.codes, f.Codes()...)
	}
	o.codes = unique(append(o.codes, op.Codes...))
	return o
}

// sooner returns the error of op.Sooner, if any, or else the refusal of the
// parameter.
func (op *Op[In, Out]) sooner(ctx context.Context, s *directory.Session, in *In, refusal error) error {
	var refused *ArgumentError
	if op.Sooner == nil || !errors.As(refusal, &refused) {
		return refusal
	}
	if err := op.Sooner(ctx, s, in, refused); err != nil {
		return err
	}
	return refusal
}

// Call decodes args and runs the operation. The error is an *ArgumentError, an
// error that one of Codes stands for, or a bug.
func (o *Operation) Call(ctx context.Context, s *directory.Session, args Value, r Reading) (Fields, error) {
	return o.call(ctx, s, args, r)
}

// Inputs returns the parameters, for pages and tests.
func (o *Operation) Inputs() Fields { return o.inputs() }

// Outputs returns the fields of the answer.
func (o *Operation) Outputs() Fields { return o.output() }

// Codes returns every code the operation itself can answer.
func (o *Operation) Codes() []*Code { return o.codes }

// CodeOf returns the code that stands for err, or nil.
func (o *Operation) CodeOf(err error) *Code { return CodeOf(err, o.codes) }

// BodyField returns the name of the field that a bare JSON array fills, or "".
func (o *Operation) BodyField() string {
	for _, f := range o.inputs() {
		if f.body {
			return f.Name
		}
	}
	return ""
}

func unique(codes []*Code) []*Code {
	seen := map[*Code]bool{}
	out := codes[:0:0]
	for _, c := range codes {
		if !seen[c] {
			seen[c] = true
			out = append(out, c)
		}
	}
	return out
}
