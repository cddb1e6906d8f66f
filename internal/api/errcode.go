package api

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// DingTalk has one table of numbers for its older gateway and for TOP
// (docs/spec/dingtalk.md#table-of-numbers). An operation that answers a number
// declares its own code for it, with its own explanation; the table adds the
// other numbers, which can be armed as faults.

// errcode is a row of the table.
type errcode struct {
	number, msg string
	en          string // the text in English, without a full stop
	kind        errcodeKind
}

// errcodeKind says what a caller can do about a number.
type errcodeKind int

const (
	badValue errcodeKind = iota
	missingValue
	unknownThing
	takenThing
	overLimit
	badCredential
	noRight
	badRequest
	badReceiver
	tooOften
	serverBusy
)

var errcodeFixes = [...]Text{
	badValue:      {"对照接口页面更正该值。", "Correct the value as the operation's page says."},
	missingValue:  {"补上该参数。", "Give the parameter."},
	unknownThing:  {"核对标识。", "Check the id."},
	takenThing:    {"换一个值，或更新已有的对象。", "Choose another value, or update what has it."},
	overLimit:     {"减少数量或内容。", "Use fewer, or less."},
	badCredential: {"重新获取凭证或授权码后再调用。", "Get a new credential or code and call again."},
	noRight:       {"由管理员授权，或检查所用的应用。", "Have an administrator grant it, or check which app is used."},
	badRequest:    {"对照接口页面更正请求的方法、类型和内容。", "Correct method, type and body of the request as the operation's page says."},
	badReceiver:   {"检查回调地址、密钥和接收程序的应答。", "Check address, key and answer of the receiving program."},
	tooOften:      {"按响应头 Retry-After 等待后重试，并把调用分散开。", "Wait as the header Retry-After says, try again, and spread the calls over time."},
	serverBusy:    {"按响应头 Retry-After 等待后重试。", "Wait as the header Retry-After says and try again."},
}

func (e errcode) code() *Code {
	return &Code{HTTP: 200, Code: e.number, Msg: e.msg, Wait: e.kind >= tooOften, Fix: errcodeFixes[e.kind], Why: Text{
		Zh: strings.TrimRight(e.msg, "。！") + "。接口自己返回它时另有说明；否则只在注入故障时出现。",
		En: e.en + ". An operation that answers it has its own explanation; otherwise it occurs only when a fault is armed.",
	}}
}

var errcodeTable = func() []*Code {
	list := make([]*Code, len(errcodes))
	for i, e := range errcodes {
		list[i] = e.code()
	}
	return list
}()

// Errcodes returns DingTalk's table of numbers. Every call returns the same codes.
func Errcodes() []*Code { return slices.Clone(errcodeTable) }

// Errcode returns the code of that number in DingTalk's table; nil if it has none.
func Errcode(number string) *Code { return CodeNamed(number, errcodeTable) }

// layered are the numbers of authentication and admission, which are sub codes
// of 88 under /topapi and on TOP, but not elsewhere
// (docs/spec/dingtalk.md#errors-in-layers).
var layered = []string{"40000", "40001", "40014", "41001", "42001", "33001", "50003", "50005", "60011", "60020", "853001", "853002", "853003", "853004"}

// IsLayered reports whether a number is a sub code of 88.
func IsLayered(number string) bool {
	if slices.Contains(layered, number) {
		return true
	}
	n, err := strconv.Atoi(number)
	return err == nil && n >= 90001 && n <= 90020
}

// BlankToken is the text of 40000 as a sub code of 88.
const BlankToken = "access_token is blank"

// Refused is what error texts of admission say about a call.
type Refused struct {
	Now        time.Time
	Permission string
	Pages      string // address of this server's pages
	AppKey     string
	Address    string
	Name       string // of the operation, as the wire names it
	Throttle   Throttle
	Layered    bool // the number is a sub code of 88
}

// Text returns the text that goes over the wire for a number of the table; some
// texts describe the refused call.
func (r *Refused) Text(c *Code) string {
	switch c.Code {
	case "40000":
		if r.Layered {
			return BlankToken
		}
		return Errcode(c.Code).Msg
	case "60011":
		// The texts are those of recorded answers, because programs parse them;
		// only the link is ours.
		return fmt.Sprintf("应用尚未开通所需的权限：[%s]，点击链接申请并开通即可：%s, {requiredScopes=[%s]}",
			r.Permission, PermissionPage(r.Pages, r.Permission), r.Permission)
	case "60020":
		if r.AppKey == "" { // an armed fault of a call for tokens, which has no app yet
			return c.Msg + ",request ip=" + r.Address
		}
		return c.Msg + ",request ip=" + r.Address + " appKey(" + r.AppKey + ")"
	case "90002", "90018":
		return c.Msg + r.tail()
	}
	return c.Msg
}

// tail states the limit and when it ends; programs parse it and wait
// (docs/spec/dingtalk.md#text-of-a-throttled-own-gateway-call).
func (r *Refused) tail() string {
	const form = "2006-01-02 15:04:05"
	at := r.Now.In(china)
	t := r.Throttle
	if t == (Throttle{}) { // a fault
		t = Throttle{Limit: usualLimit, Until: r.Now.Truncate(time.Second).Add(time.Second)}
	}
	end := t.Until.Add(time.Second - 1).Truncate(time.Second)
	return fmt.Sprintf(", apiPath(%s), 从 %s 到 %s 请求总次数超过 %d 次, 限制将在 %s 结束.",
		r.Name, at.Format(form), at.Format(form), t.Limit, end.In(china).Format(form))
}

// usualLimit is the vendor's limit of an app's calls of one operation in a second.
const usualLimit = 20

var china = time.FixedZone("", 8*60*60)

// Throttle is a limit that a call exceeded. The zero value is none.
type Throttle struct {
	Limit int       // calls a second
	Until time.Time // when a call is allowed again
}

// Wait returns how long a caller must wait, in whole seconds and at least one.
func (t Throttle) Wait(now time.Time) string {
	wait := (t.Until.Sub(now) + time.Second - 1) / time.Second
	return strconv.Itoa(max(1, int(wait)))
}
