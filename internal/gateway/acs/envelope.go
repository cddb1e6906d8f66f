package acs

import (
	"cmp"
	"encoding/base64"
	"net"
	"net/http"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/policy"
)

const (
	contentJSON = "application/json;charset=utf-8"
	contentXML  = "text/xml;charset=utf-8"
	xmlHead     = "<?xml version='1.0' encoding='UTF-8'?>"
)

// AppendSuccess appends the answer of a call that succeeded: the operation's
// fields, then RequestId, both at top level
// (docs/spec/alibaba-cloud.md#answer-of-a-successful-call).
func (c *call) AppendSuccess(dst []byte, fs api.Fields) []byte {
	if !c.xml {
		dst = append(dst, '{')
		before := len(dst)
		if dst = api.AppendJSON(dst, fs, false); len(dst) > before {
			dst = append(dst, ',')
		}
		dst = append(dst, `"RequestId":"`...)
		dst = append(dst, c.ID...)
		return append(dst, '"', '}')
	}
	root := c.Op.Name + "Response"
	dst = append(dst, xmlHead...)
	dst = append(append(append(dst, '<'), root...), '>')
	dst = api.AppendXML(dst, fs, false)
	dst = appendElement(dst, "RequestId", c.ID)
	return append(append(append(dst, '<', '/'), root...), '>')
}

// AppendFailure appends the answer of a call that failed. Every value is a
// string: a client of the vendor's panics on any other type
// (docs/spec/alibaba-cloud.md#answer-of-a-failed-call).
func (c *call) AppendFailure(dst []byte, f *api.Failure) []byte {
	message := cmp.Or(f.Text, f.Code.Msg)
	host := hostID(c.Request)
	recommend := api.ErrorPage(c.Base(), f.Code.Code, c.ID)
	if c.xml {
		dst = append(dst, xmlHead+"<Error>"...)
		dst = appendElement(dst, "RequestId", c.ID)
		dst = appendElement(dst, "HostId", host)
		dst = appendElement(dst, "Code", f.Code.Code)
		dst = appendElement(dst, "Message", message)
		dst = appendElement(dst, "Recommend", recommend)
		if f.Code == noPermission {
			dst = append(dst, "<AccessDeniedDetail>"...)
			for _, m := range c.deniedDetail() {
				dst = appendElement(dst, m[0], m[1])
			}
			dst = append(dst, "</AccessDeniedDetail>"...)
		}
		return append(dst, "</Error>"...)
	}
	dst = append(dst, `{"RequestId":"`...)
	dst = append(dst, c.ID...)
	dst = append(dst, `","Message":`...)
	dst = api.AppendText(dst, message)
	dst = append(dst, `,"HostId":`...)
	dst = api.AppendText(dst, host)
	dst = append(dst, `,"Code":`...)
	dst = api.AppendText(dst, f.Code.Code)
	dst = append(dst, `,"Recommend":`...)
	dst = api.AppendText(dst, recommend)
	if f.Code == noPermission {
		dst = append(dst, `,"AccessDeniedDetail":{`...)
		for i, m := range c.deniedDetail() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(api.AppendText(dst, m[0]), ':')
			dst = api.AppendText(dst, m[1])
		}
		dst = append(dst, '}')
	}
	return append(dst, '}')
}

// deniedDetail says who was denied what and why. The vendor's
// EncodedDiagnosticMessage is opaque; ours is Base64 of a sentence that names
// the deciding statement of the policy
// (docs/spec/alibaba-cloud.md#details-of-a-denied-call).
func (c *call) deniedDetail() [][2]string {
	d := c.denied
	if d == nil { // an armed fault
		d = &policy.Decision{Action: c.action(), Resource: "*"}
	}
	kind := "ImplicitDeny"
	if d.Explicit {
		kind = "ExplicitDeny"
	}
	return [][2]string{
		{"AuthAction", d.Action},
		{"AuthPrincipalDisplayName", c.Caller.Name},
		{"AuthPrincipalOwnerId", c.Caller.AccountID},
		{"AuthPrincipalType", principalType(c.Caller)},
		{"NoPermissionType", kind},
		{"PolicyType", "AccountLevelIdentityBasedPolicy"},
		{"EncodedDiagnosticMessage", base64.StdEncoding.EncodeToString([]byte(d.String()))},
	}
}

// principalType reports a temporary key as an assumed role, as the vendor does.
func principalType(p directory.Principal) string {
	if p.Temporary {
		return "AssumedRoleUser"
	}
	return "SubUser"
}

func appendElement(dst []byte, name, text string) []byte {
	dst = append(append(append(dst, '<'), name...), '>')
	dst = api.AppendXMLText(dst, text)
	return append(append(append(dst, '<', '/'), name...), '>')
}

// hostID is the host the client called, without its port.
func hostID(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		return strings.Trim(r.Host, "[]")
	}
	return host
}
