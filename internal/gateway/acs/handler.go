package acs

import (
	"crypto/rand"
	"net/http"
	"net/netip"
	"slices"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/policy"
)

// Handler answers Alibaba Cloud RPC calls. It is safe for concurrent use.
type Handler struct {
	*api.Pipeline

	// V1 and V3 are the clock windows of the two signature versions. New sets
	// the documented ones; do not change them after the first request.
	V1, V3 Window

	keys      credentials
	policies  policies
	resources map[*api.Operation][]resource
	dummy     []byte // secret of keys that do not exist
}

// New returns the handler of the catalogue's operations of this family.
func New(g api.Gateway) *Handler {
	h := &Handler{V1: windowV1, V3: windowV3, keys: g.Directory, dummy: make([]byte, 30), resources: map[*api.Operation][]resource{}}
	_, _ = rand.Read(h.dummy) // crypto/rand never fails
	for _, o := range g.Catalogue.Operations() {
		h.resources[o] = resourcesOf(o)
	}
	h.Pipeline = api.NewPipeline(g, api.Protocol{
		Name: "rpc", New: func(*http.Request) api.Wire { return &call{h: h} }, NewID: api.NewUUID,
		// docs/spec/alibaba-cloud.md#order-of-checks-in-the-gateway: for a
		// caller above its rate nothing is written and no nonce used up.
		Order: []api.Check{api.CheckRate, api.CheckNonce, api.CheckPermission, api.CheckFault},
		// Everything is text; a list may be JSON in one parameter or a single
		// bare value.
		Reading: api.Reading{Loose: true, JSONText: true, Bare: true},
		Codes:   codes, Generic: []*api.Code{directoryNotEnabled},
		Busy: serviceUnavailable, Internal: internalError, Denied: noPermission, Throttled: throttlingUser,
	})
	return h
}

// call is the Wire of one request.
type call struct {
	api.Call
	h *Handler

	query  api.Parameters // of the query string
	params api.Parameters // of query and form together
	body   []byte
	auth   string // the Authorization header, if it is one of this vendor's
	// inHeaders: action, time and nonce are in headers (signature V3), not in
	// parameters (V1). The presence of x-acs-action does not decide this,
	// because clients of V1 send it, too.
	inHeaders bool
	xml       bool

	path   string // of the account that the call is about, see locate
	nonce  usedNonce
	denied *policy.Decision
	// deniedBy is the kind of the policy that denied; "" is the caller's own.
	deniedBy string
}

// Permit evaluates the control policies that bind the caller, then the caller's
// own policy, and checks whether its account may make the call.
func (c *call) Permit() *api.Failure {
	if c.Op.Callers&api.ByAnybody != 0 {
		return nil
	}
	if f := c.locate(); f != nil {
		return f
	}
	for _, decide := range []func(policy.Question) *api.Failure{c.withinBounds, c.withinPolicy} {
		for _, r := range c.h.resources[c.Op] {
			if f := decide(c.question(c.action(), r.arn(c))); f != nil {
				return f
			}
		}
	}
	return c.mayCall()
}

// withinPolicy refuses what the caller's own policies do not allow.
func (c *call) withinPolicy(q policy.Question) *api.Failure {
	d := c.decide(q)
	if d.Allowed {
		return nil
	}
	c.denied = &d
	return failFor(noPermission, deniedRule(d))
}

// question asks whether the caller may do something, from where and when it calls.
func (c *call) question(action, resource string) policy.Question {
	return policy.Question{
		Action:   action,
		Resource: resource,
		Source:   sourceOf(c.Request.RemoteAddr),
		Secure:   c.Request.TLS != nil,
		Now:      c.Started,
	}
}

// May implements [api.Judge].
func (c *call) May(action, resource string) bool {
	return c.decide(c.question(c.Op.Service+":"+action, c.own(resource))).Allowed
}

// Arguments builds the tree of arguments from flat names.
func (c *call) Arguments() (api.Value, *api.Failure) { return tree(c.params) }

// Argument sets the family's code for a parameter whose operation declares
// none.
func (c *call) Argument(e *api.ArgumentError, f *api.Failure) {
	switch {
	case f.Code != nil:
	case e.Missing:
		f.Code = missingArgument(flatName(e.Parameter))
	default:
		f.Code = invalidArgument(flatName(e.Parameter))
	}
}

// Send writes the answer in the format that the request asked for.
func (c *call) Send(answer []byte, f *api.Failure) {
	status, header := http.StatusOK, c.Writer.Header()
	if f != nil {
		status = f.Code.HTTP
		if slices.Contains(throttlings, f.Code) {
			// Inferred: the unit is milliseconds (docs/spec/alibaba-cloud.md#throttling).
			wait := c.Throttle.Wait(c.Started)
			header.Set("X-Ratelimit-User-Api", "Remain:0,TimeLeft:"+wait+"000,Reset:"+wait)
		}
	}
	header.Set("Content-Type", contentJSON)
	if c.xml {
		header.Set("Content-Type", contentXML)
	}
	header.Set("X-Acs-Request-Id", c.ID)
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	c.Writer.WriteHeader(status)
	_, _ = c.Writer.Write(answer) // the client may have disconnected
}

// sourceOf returns the caller's address. It reads no forwarding headers: behind
// a trusted proxy the server has set RemoteAddr from them.
func sourceOf(remote string) netip.Addr {
	if at, err := netip.ParseAddrPort(remote); err == nil {
		return at.Addr().Unmap().WithZone("")
	}
	address, _ := netip.ParseAddr(remote)
	return address.Unmap()
}
