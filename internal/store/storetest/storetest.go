package storetest

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// Run runs the contract on stores that open returns; each is empty, and open
// closes it.
func Run(t *testing.T, open func(t testing.TB) directory.Store) {
	for name, test := range map[string]func(*testing.T, directory.Store){
		"orgs":                           testOrgs,
		"apps and tokens":                testApps,
		"access keys":                    testAccessKeys,
		"departments, employees, labels": testReferences,
		"employees":                      testEmployees,
		"tree of departments":            testTree,
		"members of departments":         testMembers,
		"counts of departments":          testDepartmentCounts,
		"counts of departments in races": testDepartmentCountRaces,
		"join grants":                    testJoinGrants,
		"consents":                       testConsents,
		"kept answers":                   testKeptAnswers,
		"codes and tokens of logins":     testLoginTokens,
		"lists of user ids":              testUserIDs,
		"union ids":                      testUnionIDs,
		"roles":                          testRoles,
		"members of roles":               testRoleMembers,
		"contacts":                       testContacts,
		"contact with references":        testContactWithReferences,
		"contact list":                   testContactList,
		"offsets after deletions":        testOffsets,
		"page ends":                      testPageEnds,
		"order of search terms":          testTermOrder,
		"grants":                         testGrants,
		"resource directory":             testResourceDirectory,
		"folders":                        testFolders,
		"accounts":                       testAccounts,
		"accounts of organisations":      testAliyunAccounts,
		"tags":                           testTags,
		"control policies":               testControlPolicies,
		"attachments of policies":        testControlAttachments,
		"handshakes":                     testHandshakes,
		"delegated administrators":       testDelegations,
		"two organisations":              testBoth,
		"addresses of accounts":          testSecureInfo,
		"contacts in effect":             testContactsInEffect,
		"policies and credentials":       testCredentials,
		"roles of accounts":              testRAMRoles,
		"message contacts":               testMessageContacts,
		"audit":                          testAudit,
		"outbox":                         testOutbox,
		"nothing is written on error":    testRollback,
		"read after write":               testReadAfterWrite,
		"tenants never mix":              testTenants,
		"one phone, 64 callers":          testPhoneRace,
		"one name, 64 callers":           testNameRace,
		"updates of one contact":         testConcurrentUpdates,
		"a view is one state":            testConsistentView,
		"ordinals never land behind what was read": testOrdinals,
		"a label that stays is never missing":      testLabelsStay,
		"the first call of an organisation":        testFirstCall,
		"quota under races":                        testQuota,
		"nonces":                                   testNonces,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

var (
	bg    = context.Background()
	start = time.Date(2026, 3, 4, 5, 6, 7, 8e6, time.UTC)
)

const (
	orgA = "ding87654321"
	orgB = "ding12345678"
)

func view(t testing.TB, s directory.Store, org string, fn func(directory.Tx) error) {
	t.Helper()
	if err := s.View(bg, org, fn); err != nil {
		t.Fatal(err)
	}
}

func update(t testing.TB, s directory.Store, org string, fn func(directory.Tx)) {
	t.Helper()
	err := s.Update(bg, org, func(tx directory.Tx) error {
		fn(tx)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// read runs one lookup in a view and returns its result.
func read[T any](t testing.TB, s directory.Store, org string, fn func(directory.Tx) (T, error)) (v T) {
	t.Helper()
	view(t, s, org, func(tx directory.Tx) (err error) {
		v, err = fn(tx)
		return err
	})
	return v
}

func refused(t testing.TB, s directory.Store, org string, want error, fn func(directory.Tx) error) {
	t.Helper()
	if err := s.View(bg, org, fn); !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
	if err := s.Update(bg, org, fn); !errors.Is(err, want) {
		t.Errorf("in an update: got %v, want %v", err, want)
	}
}

func same(t testing.TB, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func ptr[T any](v T) *T { return &v }
