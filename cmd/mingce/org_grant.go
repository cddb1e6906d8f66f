package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// The kinds of grants from one organisation to another.
const (
	visibilityKind = "visibility"
	joinKind       = "join"
)

type orgGrantsCommand struct {
	corpFlags `embed:""`
}

func (c *orgGrantsCommand) Run(o output) error {
	return c.session("grants", func(ctx context.Context, s *directory.Session) error {
		fields, err := s.Grants(ctx)
		if err != nil {
			return err
		}
		joins, err := s.JoinGrants(ctx)
		if err != nil {
			return err
		}
		p := newTable(o.out)
		p.line("KIND\tTO\tWHAT\tBY\tSINCE\tNAME")
		for _, g := range fields {
			p.line("%s\t%s\t%s\t%s\t%s\t%s", visibilityKind, g.ToOrg, strings.Join(g.Fields, ","), g.OptUserID, g.UpdatedAt.Format(time.DateOnly), g.ToOrgName)
		}
		for _, g := range joins {
			p.line("%s\t%s\t%s\t-\t%s\t%s", joinKind, g.ToOrg, departmentsText(g.DeptIDs), g.UpdatedAt.Format(time.DateOnly), g.ToOrgName)
		}
		return p.end()
	})
}

// departmentsText describes the departments whose accounts may join.
func departmentsText(ids []int64) string {
	if ids == nil {
		return "everybody"
	}
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	return "departments " + strings.Join(texts, ",")
}

type orgWithdrawCommand struct {
	corpFlags `embed:""`
	To        string   `arg:"" name:"tocorpid" help:"The organisation it was granted to."`
	Kind      []string `enum:"visibility,join" default:"visibility,join" help:"What to withdraw: visibility (seeing fields of accounts), join (adding accounts as employees); both if not given."`
	OptUser   string   `placeholder:"USERID" help:"Employee in whose name visibility is withdrawn; recorded in the history."`
}

func (c *orgWithdrawCommand) Run() error {
	return c.session("withdraw", func(ctx context.Context, s *directory.Session) error {
		if slices.Contains(c.Kind, visibilityKind) {
			if err := s.WithdrawGrant(ctx, c.To, c.OptUser); err != nil {
				return fmt.Errorf("withdraw what %s sees: %w", c.To, err)
			}
		}
		if !slices.Contains(c.Kind, joinKind) {
			return nil
		}
		return s.WithdrawJoin(ctx, c.To)
	})
}
