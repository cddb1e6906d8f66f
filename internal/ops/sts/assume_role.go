package sts

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

const (
	maxPolicy = 2048
	maxSource = 64
	// maxExternalID is the vendor's.
	maxExternalID = 1224
	// mostSeconds is beyond the life of every session, and no duration overflows.
	mostSeconds = 1 << 20
)

type assumeRole struct {
	RoleARN, Session, Policy, ExternalID, SourceIdentity string
	Seconds                                              int64

	session *directory.Session
}

// SetSession implements api.SessionAware: the core reads policies.
func (in *assumeRole) SetSession(s *directory.Session) { in.session = s }

type assumedRole struct {
	ARN, ID                       string
	KeyID, Secret, Token, Expires string
	SourceIdentity                string
}

// AssumeRole gives temporary credentials that act as a role
// (docs/spec/sts.md#assuming-a-role).
var AssumeRole = api.Define(&Operations, api.Op[assumeRole, assumedRole]{
	Route:   api.RPC(version, "AssumeRole"),
	Group:   group,
	Doc:     api.Text{Zh: "扮演角色，获取临时身份凭证。", En: "Assumes a role and returns temporary credentials."},
	Service: service,
	Callers: api.ByMembers,
	Asks:    true,

	In: func(in *assumeRole) api.Fields {
		in.Seconds = int64(directory.DefaultMaxSession / time.Second)
		return api.Fields{
			api.String("RoleArn", &in.RoleARN).Required(missingRoleARN).Invalid(roleARNInvalid).
				Check(roleARNInvalid, api.Text{Zh: "acs:ram::<账号>:role/<角色名>", En: "acs:ram::<account>:role/<role>"}, func() bool { return roleARN.MatchString(in.RoleARN) }).
				Example("acs:ram::123456789012****:role/adminrole").Describe("要扮演的角色的 ARN。", "ARN of the role to assume."),
			api.String("RoleSessionName", &in.Session).Required(missingSession).Invalid(sessionInvalid).
				Check(sessionInvalid, api.Text{Zh: "2 至 64 个字母、数字、. @ - _", En: "2 to 64 letters, digits, . @ - _"}, func() bool { return sessionForm.MatchString(in.Session) }).
				Example("alice").Describe("会话名，出现在操作记录中。", "Name of the session, which the history shows."),
			api.Int("DurationSeconds", &in.Seconds).Invalid(durationForm).
				Example("3600").Describe("凭证的有效时间（秒），900 至角色的最长会话时间。", "How long the credentials live in seconds: 900 up to what the role allows."),
			api.String("Policy", &in.Policy).Invalid(policyLength).
				Check(policyLength, api.Textf("最多 %d 个字符", "at most %d characters", maxPolicy), func() bool { return utf8.RuneCountInString(in.Policy) <= maxPolicy }).
				Check(policyGrammar, api.Text{Zh: "RAM 策略文档", En: "a RAM policy document"}, func() bool {
					return in.Policy == "" || in.session == nil || in.session.CheckSessionPolicy(in.Policy) == nil
				}).
				Example(`{"Statement": [{"Action": ["*"],"Effect": "Allow","Resource": ["*"]}],"Version":"1"}`).
				Describe("进一步限制会话权限的策略。", "A policy that narrows what the session may do."),
			api.String("ExternalId", &in.ExternalID).Invalid(externalInvalid).RunesIfAny(2, maxExternalID, externalInvalid).
				Check(externalInvalid, api.Text{Zh: "字母、数字、_ + = , . @ : / -", En: "letters, digits, _ + = , . @ : / -"},
					func() bool { return in.ExternalID == "" || externalForm.MatchString(in.ExternalID) }).
				Example("abcd1234").Describe("信任策略用 sts:ExternalId 要求的外部 ID。", "The external id that a trust policy may ask for with sts:ExternalId."),
			api.String("SourceIdentity", &in.SourceIdentity).Invalid(sourceInvalid).RunesIfAny(1, maxSource, sourceInvalid).
				Example("Alice").Describe("操作记录中附在会话后的身份。", "An identity that the history shows beside the session."),
		}
	},
	Out: func(out *assumedRole) api.Fields {
		return api.Fields{
			api.Object("AssumedRoleUser", out, func(out *assumedRole) api.Fields {
				return api.Fields{
					api.String("Arn", &out.ARN).Example("acs:ram::123456789012****:role/adminrole/alice").Describe("会话的 ARN。", "ARN of the session."),
					api.String("AssumedRoleId", &out.ID).Example("34458433936495****:alice").Describe("角色 ID:会话名。", "<role id>:<session>."),
				}
			}).Describe("会话。", "The session."),
			api.Object("Credentials", out, func(out *assumedRole) api.Fields {
				return api.Fields{
					api.String("AccessKeyId", &out.KeyID).Example("STS.L4aBSCSJVMuKg5U1****").Describe("临时 AccessKeyId。", "Temporary AccessKeyId."),
					api.String("AccessKeySecret", &out.Secret).Example("wyLTSmsyPGP1ohvvw8xYgB29dlGI8KMiH2pK****").Describe("临时 AccessKeySecret。", "Temporary AccessKeySecret."),
					api.String("SecurityToken", &out.Token).Example("********").Describe("每次调用都要带的令牌。", "The token that each call must carry."),
					api.String("Expiration", &out.Expires).Example("2015-04-09T11:52:19Z").Describe("失效时间（UTC）。", "When they expire (UTC)."),
				}
			}).Describe("临时凭证。", "The credentials."),
			api.String("SourceIdentity", &out.SourceIdentity).OmitEmpty().Example("Alice").Describe("请求中的 SourceIdentity。", "SourceIdentity of the request."),
		}
	},
	Codes: []*api.Code{rootRefused, noRole, notAuthorized, notTrusted, durationBounds},

	Do: func(ctx context.Context, s *directory.Session, in *assumeRole) (*assumedRole, error) {
		parts := roleARN.FindStringSubmatch(in.RoleARN)
		r, err := s.AssumableRole(ctx, parts[1], parts[2])
		if err != nil {
			return nil, err
		}
		if err := api.Permit(ctx, r.ARN(), notAuthorized); err != nil {
			return nil, err
		}
		q := directory.RoleRequest{
			AccountID: parts[1], Role: parts[2], Session: in.Session, Life: time.Duration(min(max(in.Seconds, 0), mostSeconds)) * time.Second,
			Policy: in.Policy, ExternalID: in.ExternalID, SourceIdentity: in.SourceIdentity,
		}
		q.Address, q.Secure = api.Sender(ctx)
		a, err := s.AssumeRole(ctx, q)
		if err != nil {
			return nil, err
		}
		return &assumedRole{
			ARN: a.Role.ARN() + "/" + in.Session, ID: a.Role.ID + ":" + in.Session,
			KeyID: a.KeyID, Secret: string(a.Secret.Reveal()), Token: string(a.SecurityToken.Reveal()),
			Expires: a.Expires.UTC().Format(dateAndSecond), SourceIdentity: in.SourceIdentity,
		}, nil
	},
})
