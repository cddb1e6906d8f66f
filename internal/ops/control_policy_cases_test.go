package ops_test

import (
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// Of the fixture "control-policies": a key of the member in the folder
// production, and two policies, which are attached to nothing.
const (
	boundKey    = "boundKeyId"
	boundSecret = "boundKeySecret"

	allowingPolicy = "cp-AllowEverything1"
	denyingPolicy  = "cp-DenyEverything01"
)

func caseControlPolicies(tx directory.Tx) error {
	tx.AccessKeys().PutAccessKey(directory.AccessKey{ID: boundKey, Org: directory.SampleOrg, Member: "1997968394351234",
		Secret: directory.NewSecret(boundSecret), Principal: "member", Policy: directory.PolicyFullAccess, CreatedAt: now})
	for id, effect := range map[string]string{allowingPolicy: "Allow", denyingPolicy: "Deny"} {
		tx.ControlPolicies().PutControlPolicy(directory.ControlPolicy{ID: id, Name: effect + "-everything", Description: "一切",
			Document: `{"Version":"1","Statement":[{"Effect":"` + effect + `","Action":"*","Resource":"*"}]}`, CreatedAt: now, UpdatedAt: now})
	}
	return nil
}

// controlArguments are the arguments of calls about control policies.
func controlArguments(op, name string) map[string]any {
	return map[string]map[string]any{
		"CreateControlPolicy":                   {"PolicyName": name, "EffectScope": "RAM", "PolicyDocument": controlDocument(100)},
		"UpdateControlPolicy":                   {"PolicyId": denyingPolicy},
		"ListTargetAttachmentsForControlPolicy": {"PolicyId": directory.SystemControlPolicy},
	}[op]
}

// controlDocument returns a document of n characters.
func controlDocument(n int) string {
	const before, after = `{"Version":"1","Statement":[{"Effect":"Allow","Action":"`, `","Resource":"*"}]}`
	return before + strings.Repeat("操", n-len(before)-len(after)) + after
}
