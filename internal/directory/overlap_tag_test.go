package directory_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

func tagsNamed(prefix string, n int) (tags []directory.Tag) {
	for i := range n {
		tags = append(tags, directory.Tag{Key: fmt.Sprint(prefix, i)})
	}
	return tags
}

// TestAccountGoesWhileItIsTagged: no tags of a deleted account stay.
func TestAccountGoesWhileItIsTagged(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		p.bothWays(func(round int) (a, b func(*directory.Session) error, check func(a, b error)) {
			account, err := session(p.fast).CreateAccount(ctx, directory.NewAccount{DisplayName: fmt.Sprint("tagged", round)})
			p.must(err)
			return func(s *directory.Session) error {
					return s.TagObjects(ctx, directory.TaggedAccount, []string{account.ID}, tagsNamed("k", 3))
				}, func(s *directory.Session) error {
					_, err := s.DeleteAccount(ctx, account.ID)
					return err
				}, func(a, b error) {
					if p.must(b); a != nil && !errors.Is(a, directory.ErrAccountNotFound) {
						p.t.Errorf("round %d: got %v", round, a)
					}
					left, err := session(p.fast).TaggedObjects(ctx, directory.TagFilter{Kind: directory.TaggedAccount, IDs: []string{account.ID}, Limit: 10})
					if p.must(err); len(left) > 0 {
						p.t.Errorf("round %d: got %v, want no tags of a deleted account", round, left)
					}
				}
		})
	})
}

// TestTagsMeetTheirLimit: two calls do not give an object more tags together than
// one may.
func TestTagsMeetTheirLimit(t *testing.T) {
	overlapping(t, func(p *pair) {
		ctx := context.Background()
		p.bothWays(func(round int) (a, b func(*directory.Session) error, check func(a, b error)) {
			f, err := session(p.fast).CreateFolder(ctx, directory.Folder{Name: fmt.Sprint("tagged", round)})
			p.must(err)
			tag := func(prefix string) func(*directory.Session) error {
				return func(s *directory.Session) error {
					return s.TagObjects(ctx, directory.TaggedFolder, []string{f.ID}, tagsNamed(prefix, directory.MaxTags-1))
				}
			}
			return tag("a"), tag("b"), func(a, b error) {
				if (a == nil) == (b == nil) || !errors.Is(errors.Join(a, b), directory.ErrTagQuota) {
					p.t.Errorf("round %d: got %v and %v, want one of them refused", round, a, b)
				}
			}
		})
	})
}
