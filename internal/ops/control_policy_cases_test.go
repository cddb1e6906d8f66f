package ops_test

import "github.com/mingce/mingce/internal/directory"

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
