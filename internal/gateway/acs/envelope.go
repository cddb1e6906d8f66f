package acs

import (
	"crypto/rand"
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

// newRequestID returns a random UUID in the vendor's spelling: upper case
// (docs/spec/alibaba-cloud.md#request-ids).
func newRequestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	out := make([]byte, 0, 36)
	for i, c := range b {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			out = append(out, '-')
		}
		out = append(out, upperHex[c>>4], upperHex[c&15])
	}
	return string(out)
}

// appendSuccess appends the answer of a call that succeeded: the operation's
// fields, then RequestId, both at top level
// (docs/spec/alibaba-cloud.md#answer-of-a-successful-call).
func appendSuccess(dst []byte, c *call, fs api.Fields) []byte {
	if !c.xml {
		dst = append(dst, '{')
		before := len(dst)
		if dst = api.AppendJSON(dst, fs, false); len(dst) > before {
			dst = append(dst, ',')
		}
		dst = append(dst, `"RequestId":"`...)
		dst = append(dst, c.id...)
		return append(dst, '"', '}')
	}
	root := c.op.Name + "Response"
	dst = append(dst, xmlHead...)
	dst = append(append(append(dst, '<'), root...), '>')
	dst = api.AppendXML(dst, fs, false)
	dst = appendElement(dst, "RequestId", c.id)
	return append(append(append(dst, '<', '/'), root...), '>')
}

// appendFailure appends the answer of a call that failed. Every value is a
// string: a client of the vendor's panics on any other type
// (docs/spec/alibaba-cloud.md#answer-of-a-failed-call).
func appendFailure(dst []byte, c *call, f *failure, base string) []byte {
	message := f.message
	if message == "" {
		message = f.code.Msg
	}
	host := hostID(c.request)
	recommend := api.ErrorPage(base, f.code.Code, c.id)
	if c.xml {
		dst = append(dst, xmlHead+"<Error>"...)
		dst = appendElement(dst, "RequestId", c.id)
		dst = appendElement(dst, "HostId", host)
		dst = appendElement(dst, "Code", f.code.Code)
		dst = appendElement(dst, "Message", message)
		dst = appendElement(dst, "Recommend", recommend)
		if f.denied != nil {
			dst = append(dst, "<AccessDeniedDetail>"...)
			for _, m := range deniedDetail(c, f.denied) {
				dst = appendElement(dst, m[0], m[1])
			}
			dst = append(dst, "</AccessDeniedDetail>"...)
		}
		return append(dst, "</Error>"...)
	}
	dst = append(dst, `{"RequestId":"`...)
	dst = append(dst, c.id...)
	dst = append(dst, `","Message":`...)
	dst = api.AppendText(dst, message)
	dst = append(dst, `,"HostId":`...)
	dst = api.AppendText(dst, host)
	dst = append(dst, `,"Code":`...)
	dst = api.AppendText(dst, f.code.Code)
	dst = append(dst, `,"Recommend":`...)
	dst = api.AppendText(dst, recommend)
	if f.denied != nil {
		dst = append(dst, `,"AccessDeniedDetail":{`...)
		for i, m := range deniedDetail(c, f.denied) {
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

// deniedDetail says who was denied what and why. EncodedDiagnosticMessage is
// opaque with the vendor; ours is Base64 of a sentence that names the statement
// of the policy that decided (docs/spec/alibaba-cloud.md#details-of-a-denied-call).
func deniedDetail(c *call, d *policy.Decision) [][2]string {
	kind := "ImplicitDeny"
	if d.Explicit {
		kind = "ExplicitDeny"
	}
	owner := c.caller.AccountID
	if c.caller.Member != "" {
		owner = c.caller.Member
	}
	return [][2]string{
		{"AuthAction", d.Action},
		{"AuthPrincipalDisplayName", c.caller.Name},
		{"AuthPrincipalOwnerId", owner},
		{"AuthPrincipalType", principalType(c.caller)},
		{"NoPermissionType", kind},
		{"PolicyType", "AccountLevelIdentityBasedPolicy"},
		{"EncodedDiagnosticMessage", base64.StdEncoding.EncodeToString([]byte(d.String()))},
	}
}

// principalType: a temporary key is what somebody got who assumed a role.
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
