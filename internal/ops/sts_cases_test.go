package ops_test

import (
	"encoding/base64"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
)

// Keys of the fixture "roles", beside those of the sample.
const (
	rootKey     = "rootKeyId"      // of the management account
	memberKey   = "stsMemberKeyId" // of a RAM user of member 1997968394351234
	limitedKey  = "limitedKeyId"   // may assume no role but mingce-operator
	caseSession = "STS.session"    // the session "ci" of mingce-operator, narrowed to reads
	caseSecret  = "caseKeySecret"
)

const narrowed = `{"Version":"1","Statement":[{"Effect":"Allow","Action":["resourcemanager:Get*","sts:*"],"Resource":"*"}]}`

func caseRoles(tx directory.Tx) error {
	const own, member = directory.SampleAccount, "1997968394351234"
	trust := func(principal, condition string) string {
		return `{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":"` + principal + `"}` + condition + `}]}`
	}
	for _, r := range []directory.RAMRole{
		{ID: "210000000000000002", AccountID: own, Name: "external", Policy: directory.PolicyFullAccess,
			Trust: trust("acs:ram::"+own+":user/developer", `,"Condition":{"StringEquals":{"sts:ExternalId":"shared-secret"}}`)},
		{ID: "210000000000000003", AccountID: own, Name: "chained", Policy: directory.PolicyReadOnly, Trust: trust("acs:ram::"+own+":role/mingce-operator", "")},
		{ID: "210000000000000004", AccountID: own, Name: "tls-only", Policy: directory.PolicyFullAccess,
			Trust: trust("acs:ram::"+own+":root", `,"Condition":{"Bool":{"acs:SecureTransport":"true"}}`)},
		{ID: "210000000000000005", AccountID: member, Name: "deploy", Policy: directory.PolicyFullAccess, Trust: trust("acs:ram::"+member+":root", ""), MaxSession: 90 * time.Minute},
	} {
		r.MaxSession, r.CreatedAt = max(r.MaxSession, time.Hour), now
		tx.RAMRoles().InsertRAMRole(r)
	}
	const limited = `{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"acs:ram:*:*:role/external"}]}`
	for _, k := range []directory.AccessKey{
		{ID: rootKey, Policy: directory.PolicyFullAccess, Root: true}, {ID: memberKey, Policy: directory.PolicyFullAccess, Member: member}, {ID: limitedKey, Policy: limited},
	} {
		k.Org, k.Secret, k.Principal, k.CreatedAt = directory.SampleOrg, directory.NewSecret(caseSecret), "developer", now
		tx.AccessKeys().PutAccessKey(k)
	}
	tx.TemporaryKeys().InsertTemporaryKey(directory.TemporaryKey{ID: caseSession, Org: directory.SampleOrg, CreatedAt: now, ExpiresAt: now.Add(time.Hour),
		Role: directory.RoleSession{RoleID: "210000000000000001", Role: directory.SampleRAMRole, Session: "ci", SourceIdentity: "alice", Policy: narrowed, AccountID: own}})
	return nil
}

func caseRoleDeleted(tx directory.Tx) error {
	r, err := tx.RAMRoles().RAMRole(directory.SampleAccount, directory.SampleRAMRole)
	tx.RAMRoles().DeleteRAMRole(r.ID)
	return err
}

// caseSessionSecret and caseSessionToken are derived under the key of dev.
func caseSessionSecret() string {
	return base64.RawURLEncoding.EncodeToString(keyring.DevMaster().MAC("temporary secret", directory.SampleOrg, "", caseSession))
}

func caseSessionToken() string {
	return "CAIS" + base64.StdEncoding.EncodeToString(keyring.DevMaster().MAC("security token", caseSession))
}
