package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// The published keys of the sample organisation in `mingce dev`.
const (
	sampleOrg    = "ding87654321"
	sampleToken  = "101w3c04ffa2386da6530e5123bdf260"
	sampleKey    = "testAccessKeyId"
	sampleSecret = "testAccessKeySecret"
	partnerOrg   = "ding12345678"
	follower     = "023420013645"
)

// Names of operations in audit entries.
const (
	apiUpdate  = "dingtalk.corp.extcontact.update"
	apiMessage = "UpdateMessageContact"
	apiGrant   = "OrgAccountMobileVisibleInOtherOrg"
)

type parameter struct{ name, value string }

// appendEncoded percent-encodes text as the signatures of all families require.
func appendEncoded(dst []byte, s string) []byte {
	const hexDigits = "0123456789ABCDEF"
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' || c == '~' {
			dst = append(dst, c)
			continue
		}
		dst = append(dst, '%', hexDigits[c>>4], hexDigits[c&15])
	}
	return dst
}

func appendForm(dst []byte, ps []parameter) []byte {
	for i, p := range ps {
		if i > 0 {
			dst = append(dst, '&')
		}
		dst = appendEncoded(append(appendEncoded(dst, p.name), '='), p.value)
	}
	return dst
}

func byName(a, b parameter) int { return strings.Compare(a.name, b.name) }

// appendCall appends a request with a body. headers end in "\r\n".
func appendCall(dst []byte, method, path, host, headers string, body []byte) []byte {
	dst = append(append(append(dst, method...), ' '), path...)
	dst = append(append(dst, " HTTP/1.1\r\nHost: "...), host...)
	dst = append(append(dst, "\r\n"...), headers...)
	dst = append(dst, "Content-Length: "...)
	dst = strconv.AppendInt(dst, int64(len(body)), 10)
	return append(append(dst, "\r\n\r\n"...), body...)
}

const formHeader = "Content-Type: application/x-www-form-urlencoded\r\n"

// client makes the calls to one running server.
type client struct {
	addr     string
	contacts []string // ids
	names    []string // of the contacts, in the same order
	messages []string // ids of message contacts
	nonces   *atomic.Int64

	updates, messageUpdates, grants *atomic.Int64 // acknowledged
}

func newClient(addr string) *client {
	return &client{addr: addr, nonces: new(atomic.Int64), updates: new(atomic.Int64), messageUpdates: new(atomic.Int64), grants: new(atomic.Int64)}
}

func (c *client) nonce() string {
	return "bench-" + strconv.FormatInt(time.Now().UnixNano(), 36) + "-" + strconv.FormatInt(c.nonces.Add(1), 36)
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// top appends one call of /router/rest.
func (c *client) top(dst []byte, method string, ps ...parameter) []byte {
	ps = append(ps, parameter{"method", method}, parameter{"session", sampleToken}, parameter{"format", "json"}, parameter{"v", "2.0"})
	return appendCall(dst, "POST", "/router/rest", c.addr, formHeader, appendForm(make([]byte, 0, 1024), ps))
}

// contactText returns a contact as updates and creations send it: follower and labels are checked
// and stay the same, title, address and remark change. Names and companies, which can be searched
// for, rarely change in practice, so updates do not send the company.
func contactText(r *rand.Rand, name, more string) string {
	n := r.IntN(1e6)
	return fmt.Sprintf(`{%s"name":"%s","follower_user_id":"%s","label_ids":[1,3],"title":"工程师 %d","address":"杭州市余杭区文一西路 %d 号","remark":"changed %d"}`,
		more, name, follower, n%977, n, n)
}

func succeeded(_ int, body []byte) bool { return bytes.Contains(body, []byte(`"success":true`)) }

func isOK(status int, _ []byte) bool { return status == 200 }

func (c *client) update() *target {
	return &target{addr: c.addr, right: succeeded, acked: c.updates, request: func(dst []byte, r *rand.Rand) []byte {
		i := r.IntN(len(c.contacts))
		return c.top(dst, apiUpdate, parameter{"contact", contactText(r, c.names[i], `"user_id":"`+c.contacts[i]+`",`)})
	}}
}

func (c *client) get() *target {
	return &target{addr: c.addr, right: succeeded, request: func(dst []byte, r *rand.Rand) []byte {
		return c.top(dst, "dingtalk.corp.extcontact.get", parameter{"user_id", pick(r, c.contacts)})
	}}
}

// list reads pages of 20 from a place in the list of all contacts.
func (c *client) list(offset int) *target {
	return &target{addr: c.addr, right: succeeded, request: func(dst []byte, _ *rand.Rand) []byte {
		return c.top(dst, "dingtalk.corp.extcontact.list", parameter{"size", "20"}, parameter{"offset", strconv.Itoa(offset)})
	}}
}

// grant lets a partner organisation see one field.
func (c *client) grant() *target {
	headers := "Content-Type: application/json\r\nx-acs-dingtalk-access-token: " + sampleToken + "\r\n"
	body := []byte(`{"toCorpIds":["` + partnerOrg + `"],"optUserId":"102530009661373952","fields":["mobile"]}`)
	return &target{addr: c.addr, right: isOK, acked: c.grants, request: func(dst []byte, _ *rand.Rand) []byte {
		return appendCall(dst, "PUT", "/v1.0/contact/orgAccounts/mobiles/visibleInOtherOrg", c.addr, headers, body)
	}}
}

var titles = []string{"FinanceDirector", "TechnicalDirector", "MaintenanceDirector", "CEO", "ProjectDirector", "Other"}

// emptyBody is the hash of no bytes.
var emptyBody = hex.EncodeToString(sha256.New().Sum(nil))

// rpc is a call of Alibaba Cloud's gateway with signature version 3: parameters
// in the query, the rest in headers.
func (c *client) rpc(dst []byte, action string, ps ...parameter) []byte {
	slices.SortFunc(ps, byName)
	query := appendForm(make([]byte, 0, 512), ps)
	signed := []parameter{
		{"host", c.addr}, {"x-acs-action", action}, {"x-acs-content-sha256", emptyBody},
		{"x-acs-date", time.Now().UTC().Format(time.RFC3339)}, {"x-acs-signature-nonce", c.nonce()}, {"x-acs-version", "2022-04-19"},
	}
	var canonical, names, headers []byte
	canonical = append(append(append(canonical, "POST\n/\n"...), query...), '\n')
	for i, h := range signed {
		canonical = append(append(append(append(canonical, h.name...), ':'), h.value...), '\n')
		if i > 0 {
			names = append(names, ';')
			headers = append(append(append(append(headers, h.name...), ": "...), h.value...), "\r\n"...)
		}
		names = append(names, h.name...)
	}
	canonical = append(append(append(canonical, '\n'), names...), '\n')
	sum := sha256.Sum256(append(canonical, emptyBody...))
	mac := hmac.New(sha256.New, []byte(sampleSecret))
	mac.Write([]byte("ACS3-HMAC-SHA256\n" + hex.EncodeToString(sum[:])))
	headers = append(headers, "Authorization: ACS3-HMAC-SHA256 Credential="+sampleKey+",SignedHeaders="...)
	headers = append(append(headers, names...), ",Signature="+hex.EncodeToString(mac.Sum(nil))+"\r\n"...)
	return appendCall(dst, "POST", "/?"+string(query), c.addr, string(headers), nil)
}

// message is a signed UpdateMessageContact, with a fresh nonce each time.
func (c *client) message() *target {
	return &target{addr: c.addr, right: isOK, acked: c.messageUpdates, request: func(dst []byte, r *rand.Rand) []byte {
		return c.rpc(dst, apiMessage, parameter{"ContactId", pick(r, c.messages)}, parameter{"Title", pick(r, titles)})
	}}
}
