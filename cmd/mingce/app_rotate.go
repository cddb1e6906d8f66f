package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
)

type appRotateCommand struct {
	Overlap    time.Duration `placeholder:"DURATION" help:"How long the old secret and its tokens still work beside the new one, such as 24h; at most 720h. Without it they end at once."`
	EndOverlap bool          `help:"End the old secret of an earlier rotation now; the new one stays."`

	appFlags `embed:""`
}

func (c *appRotateCommand) Run(o output) error {
	if c.EndOverlap && c.Overlap != 0 {
		return usagef("--overlap and --end-overlap exclude each other")
	}
	if c.Overlap < 0 || c.Overlap > directory.MaxOverlap {
		return usagef("--overlap: up to %dh, such as 24h", int(directory.MaxOverlap.Hours()))
	}
	return c.session("rotate", func(ctx context.Context, _ *instance.Instance, s *directory.Session) error {
		if c.EndOverlap {
			return s.EndOldSecret(ctx, c.AppKey)
		}
		a, err := s.RotateSecret(ctx, c.AppKey, c.Overlap)
		if err != nil {
			return err
		}
		if a.HasOldSecret(s.Now()) {
			fmt.Fprintf(o.err, "The old secret still works until %s. To end it earlier: mingce app rotate --end-overlap %s\n",
				a.Old.Until.Format(time.RFC3339), a.Key)
		}
		p := &printTo{w: o.out}
		p.line("appSecret  %s", a.Secret.Reveal())
		return p.err
	})
}

type appShowCommand struct {
	appFlags `embed:""`
}

func (c *appShowCommand) Run(o output) error {
	return c.session("show", func(ctx context.Context, i *instance.Instance, s *directory.Session) error {
		a, err := i.Directory.App(ctx, c.AppKey)
		if err != nil {
			return err
		}
		p := &printTo{w: o.out}
		p.line("appKey        %s", a.Key)
		p.line("name          %s", a.Name)
		p.line("organisation  %s", a.Org)
		p.line("agentId       %d", a.AgentID)
		p.line("state         %s", shownState(a, s.Now()))
		p.line("created       %s", a.CreatedAt.Format(time.RFC3339))
		p.line("permissions   %s", orWord(a.Permissions, "none"))
		p.line("allowIPs      %s", orWord(a.AllowIPs, "any"))
		p.line("redirectURIs  %s", orWord(a.RedirectURIs, "none"))
		return p.err
	})
}

// orWord joins a list with spaces. An empty list is word.
func orWord(list []string, word string) string {
	if len(list) == 0 {
		return word
	}
	return strings.Join(list, " ")
}
