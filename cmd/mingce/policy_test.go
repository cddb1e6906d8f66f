package main

import (
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
)

// What a control policy denies to a member's key is denied by the check too; a
// root key and the management account are not bound.
func TestCheckAsksControlPolicies(t *testing.T) {
	t.Parallel()
	const member = "1817610956901234"
	dir := t.TempDir()
	var user, root directory.AccessKey
	var denying directory.ControlPolicy
	onToy(t, dir, func(_ *instance.Instance, s *directory.Session) {
		var err error
		if user, err = s.AddAccessKey(t.Context(), directory.NewKey{Member: member, Policy: "FullAccess"}); err != nil {
			t.Fatal(err)
		}
		if root, err = s.AddAccessKey(t.Context(), directory.NewKey{Member: member, Policy: "FullAccess", Root: true}); err != nil {
			t.Fatal(err)
		}
		denying, err = s.CreateControlPolicy(t.Context(), directory.ControlPolicy{Name: "no-ecs",
			Document: `{"Version":"1","Statement":[{"Effect":"Deny","Action":"ecs:*","Resource":"*"}]}`})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.AttachControlPolicy(t.Context(), denying.ID, member); err != nil {
			t.Fatal(err)
		}
	})
	check := func(key string) []string {
		return []string{"policy", "check", "--data", dir, "--key", key, "--action", "ecs:RunInstances"}
	}
	runs(t, exitFailed, check(user.ID),
		`^denied: statement 1 of policy `+denying.ID+` of `+member+` denies ecs:RunInstances on \*$`, `may not do this`)
	runs(t, exitDone, check(root.ID), `^allowed: statement 1 of policy FullAccess`)
	runs(t, exitDone, check(directory.SampleAccessKey), `^allowed: statement 1 of policy FullAccess`)
}
