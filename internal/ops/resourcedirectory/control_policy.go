package resourcedirectory

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/policy"
)

// controlPolicyResource is the RAM resource of one control policy
// (docs/spec/control-policies.md#actions-of-control-policies).
const controlPolicyResource = "policy/controlpolicy/{PolicyId}"

// Types and scopes of control policies
// (docs/spec/control-policies.md#fields-of-a-control-policy).
const (
	systemType  = "System"
	customType  = "Custom"
	ramScope    = "RAM"
	systemScope = "All"
)

// Forms of names; the strict one is the documented one
// (docs/spec/control-policies.md#names-and-descriptions).
var (
	policyNameForm       = regexp.MustCompile(`^[A-Za-z0-9\p{Han}][A-Za-z0-9\p{Han}_-]{0,127}$`)
	strictPolicyNameForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,127}$`)
)

// policyTime formats times of control policies: without milliseconds
// (docs/spec/control-policies.md#fields-of-a-control-policy).
func policyTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// policyNames tells how control policies may be named. Embedded, it learns what
// the deployment allows.
type policyNames struct{ strict bool }

// SetSession implements [api.SessionAware].
func (n *policyNames) SetSession(s *directory.Session) { n.strict = s.StrictPolicyNames() }

func (n *policyNames) ok(name string) bool {
	return policyNameForm.MatchString(name) && (!n.strict || strictPolicyNameForm.MatchString(name))
}

// named is the rule of a name, for PolicyName and NewPolicyName.
func (n *policyNames) named(f api.Field, name func() string, invalid *api.Code) api.Field {
	return f.Invalid(invalid).Runes(1, directory.MaxControlName, invalid).
		Check(invalid, api.Text{Zh: "以字母、数字或汉字开头，其后可有 - 和 _", En: "begins with a letter, digit or Chinese character; - and _ may follow"}, func() bool { return n.ok(name()) }).
		Example("ExampleControlPolicy")
}

func descriptionField(f api.Field, text func() string, invalid *api.Code) api.Field {
	return f.Invalid(invalid).Runes(0, directory.MaxControlDescription, invalid).
		Check(invalid, api.Text{Zh: "只含可显示的字符", En: "printable characters only"}, func() bool {
			return strings.IndexFunc(text(), func(r rune) bool { return !unicode.IsPrint(r) }) < 0
		}).
		Example("ExampleControlPolicy")
}

func documentField(f api.Field, text func() string, invalid *api.Code) api.Field {
	return f.Invalid(invalid).Runes(1, directory.MaxControlDocument, invalid).
		Check(invalid, api.Text{Zh: "管控策略语言的 JSON 文档", En: "a JSON document in the language of control policies"}, func() bool {
			_, err := policy.ParseControl("", text())
			return err == nil
		}).
		Example(`{"Version":"1","Statement":[{"Effect":"Deny","Action":["resourcemanager:DeleteFolder"],"Resource":"*"}]}`)
}

func policyIDField(p *string) api.Field {
	return api.String("PolicyId", p).Required(missingPolicyID).Invalid(policyIDInvalid).
		Check(policyIDInvalid, api.Text{Zh: "cp- 加 16 位字母和数字", En: "cp- and 16 letters and digits"}, func() bool { return controlPolicyIDForm.MatchString(*p) }).
		Example("cp-SImPt8GCEwiq****").Describe("管控策略 ID。", "ID of the control policy.")
}

func targetIDField(p *string) api.Field {
	return api.String("TargetId", p).Required(missingTargetID).Invalid(targetIDInvalid).
		Check(targetIDInvalid, api.Text{Zh: "资源夹或成员的 ID", En: "the id of a folder or member"}, func() bool {
			return folderIDForm.MatchString(*p) || accountIDForm.MatchString(*p)
		}).
		Example("fd-ZDNPiT****").Describe("资源夹或成员的 ID。", "ID of a folder or member.")
}

// language is that of the system policy's description.
type language struct{ Language string }

func (l *language) field() api.Field {
	return api.String("Language", &l.Language).Invalid(languageInvalid).OneOf(languageInvalid, "zh-CN", "en", "ja").
		Example("zh-CN").Describe("系统策略描述的语言：zh-CN（默认）、en、ja。", "Language of the system policy's description: zh-CN (default), en or ja.")
}

// systemDescriptions describe the system policy in each language; "" is the
// default.
var systemDescriptions = map[string]string{
	"":      "支持阿里云所有操作的系统管控策略",
	"zh-CN": "支持阿里云所有操作的系统管控策略",
	"en":    "System access control policy available for all operations on the cloud",
	"ja":    "クラウド上のすべての操作を許可するシステムアクセス制御ポリシー",
}

// controlPolicy is a control policy in an answer.
type controlPolicy struct {
	PolicyID, PolicyName, PolicyType, Description, EffectScope string
	AttachmentCount, CreateDate, UpdateDate                    string
	PolicyDocument                                             string // answered by GetControlPolicy only
	Tags                                                       *tagList
}

func (l *language) answered(p directory.ControlPolicy) controlPolicy {
	a := controlPolicy{
		PolicyID: p.ID, PolicyName: p.Name, PolicyType: customType, Description: p.Description, EffectScope: ramScope,
		AttachmentCount: strconv.FormatInt(p.Attachments, 10), CreateDate: policyTime(p.CreatedAt), UpdateDate: policyTime(p.UpdatedAt),
	}
	if p.System {
		a.PolicyType, a.EffectScope, a.Description = systemType, systemScope, systemDescriptions[l.Language]
	}
	return a
}

func controlPolicyFields(p *controlPolicy) api.Fields {
	return append(policyFields(p),
		api.String("AttachmentCount", &p.AttachmentCount).Example("0").Describe("绑定次数。", "How often it is attached."),
		api.String("CreateDate", &p.CreateDate).Example("2021-03-18T09:24:19Z").Describe("创建时间（UTC）。", "Time of creation (UTC)."),
		api.String("UpdateDate", &p.UpdateDate).Example("2021-03-18T09:24:19Z").Describe("更新时间（UTC）。", "Time of the last change (UTC)."),
		api.String("PolicyDocument", &p.PolicyDocument).OmitEmpty().Example(`{"Version":"1","Statement":[{"Effect":"Deny","Action":["resourcemanager:DeleteFolder"],"Resource":"*"}]}`).
			Describe("策略内容。", "The document."),
		api.OptObject("Tags", &p.Tags, tagListFields).Describe("标签。", "Tags."),
	)
}

// policyFields are what attachments answer of a policy, too.
func policyFields(p *controlPolicy) api.Fields {
	return api.Fields{
		api.String("PolicyId", &p.PolicyID).Example("cp-SImPt8GCEwiq****").Describe("管控策略 ID。", "ID of the control policy."),
		api.String("PolicyName", &p.PolicyName).Example("ExampleControlPolicy").Describe("管控策略名称。", "Name of the control policy."),
		api.String("PolicyType", &p.PolicyType).Example("Custom").Describe("管控策略类型：System 系统，Custom 自定义。", "System or Custom."),
		api.String("Description", &p.Description).Example("ExampleControlPolicy").Describe("描述。", "Description."),
		api.String("EffectScope", &p.EffectScope).Example("RAM").Describe("生效范围：All 全部身份，RAM RAM 用户和角色。", "Whom it binds: All, or RAM users and roles (RAM)."),
	}
}

// oneControlPolicy is the answer of an operation on one control policy.
type oneControlPolicy struct{ ControlPolicy controlPolicy }

func oneControlPolicyFields(out *oneControlPolicy) api.Fields {
	return api.Fields{api.Object("ControlPolicy", &out.ControlPolicy, controlPolicyFields).Describe("管控策略。", "The control policy.")}
}

// enablement is the status of control policies in an answer.
type enablement struct{ Status string }

func enablementFields(out *enablement) api.Fields {
	return api.Fields{api.String("EnablementStatus", &out.Status).Example("PendingEnable").
		Describe("管控策略状态：Enabled、PendingEnable、Disabled、PendingDisable。", "Status of control policies: Enabled, PendingEnable, Disabled or PendingDisable.")}
}

// switched says what a switch answers: the status on the way to the new one, if
// it was another before (docs/spec/control-policies.md#enabling-and-disabling).
func switched(before, now, pending string) *enablement {
	if before == now {
		return &enablement{now}
	}
	return &enablement{pending}
}
