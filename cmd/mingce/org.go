package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
)

type orgCommands struct {
	List    orgListCommand    `cmd:"" help:"List the organisations."`
	Create  orgCreateCommand  `cmd:"" help:"Add an organisation with its root department, label groups, resource directory and administrator."`
	Disable orgDisableCommand `cmd:"" help:"Disable an organisation: its tokens, keys and logins stop working, its data stays."`
	Enable  orgEnableCommand  `cmd:"" help:"Enable a disabled organisation."`
	Delete  orgDeleteCommand  `cmd:"" help:"Erase an organisation; its history stays and can be verified, but not read."`

	Certify  orgCertifyCommand  `cmd:"" help:"Record how an organisation is certified, for GetOrgAuthInfo."`
	Grants   orgGrantsCommand   `cmd:"" help:"List what an organisation granted to others: to see fields of its org accounts, and to add them as employees."`
	Withdraw orgWithdrawCommand `cmd:"" help:"Withdraw what an organisation granted to another."`
}

type orgListCommand struct {
	placeFlags `embed:""`
	keyFlag    `embed:""`
}

func (c *orgListCommand) Run(o output) error {
	return onData(c.placeFlags, c.keyFlag, func(ctx context.Context, i *instance.Instance) error {
		orgs, err := c.orgs(ctx, i)
		if err != nil {
			return err
		}
		p := newTable(o.out)
		p.line("CORPID\tSTATE\tCREATED\tNAME")
		for _, org := range orgs {
			state := "enabled"
			if org.Disabled {
				state = "disabled"
			}
			p.line("%s\t%s\t%s\t%s", org.ID, state, org.CreatedAt.Format(time.DateOnly), org.Name)
		}
		return p.end()
	})
}

type orgCreateCommand struct {
	Name      string `required:"" placeholder:"NAME" help:"Name of the organisation."`
	Org       string `placeholder:"CORPID" help:"Its corp id; generated if not given."`
	AdminUser string `default:"admin" placeholder:"USERID" help:"User id of its administrator (${default})."`
	AdminName string `default:"管理员" placeholder:"NAME" help:"Name of the administrator (${default})."`
	Creator   string `placeholder:"CORPID/USERID" help:"Org account that owns the organisation."`

	placeFlags `embed:""`
	keyFlag    `embed:""`
}

func (c *orgCreateCommand) Run(o output) error {
	if c.Org == "" {
		c.Org = newCorpID()
	}
	owner, account, _ := strings.Cut(c.Creator, "/")
	if c.Creator != "" && (owner == "" || account == "") {
		return usagef("--creator must be CORPID/USERID of an org account")
	}
	return onData(c.placeFlags, c.keyFlag, func(ctx context.Context, i *instance.Instance) error {
		if !c.reaches(c.Org) {
			return directory.ErrAdminBound
		}
		s := i.Directory.Session(c.operator(c.Org), "mingce org create", "")
		rd, err := s.OpenOrg(ctx, c.Name, directory.Employee{UserID: c.AdminUser, Name: c.AdminName})
		if err != nil {
			return err
		}
		if c.Creator != "" {
			if err := s.SetOrgCreator(ctx, directory.AccountRef{Org: owner, UserID: account}); err != nil {
				return partlyError{fmt.Errorf("%s was created, but its owner was not recorded: %w", c.Org, err)}
			}
		}
		p := &printTo{w: o.out}
		p.line("corpId              %s", c.Org)
		p.line("administrator       %s", c.AdminUser)
		p.line("resource directory  %s", rd.ID)
		p.line("management account  %s", rd.AccountID)
		return p.err
	})
}

// newCorpID generates a corp id in the vendor's form.
func newCorpID() string { return "ding" + strings.ToLower(instance.NewIDs().Base62(28)) }

// corpFlags name an organisation as the argument of a command.
type corpFlags struct {
	Org string `arg:"" name:"corpid" help:"The organisation's corp id."`

	placeFlags `embed:""`
	keyFlag    `embed:""`
}

func (f corpFlags) session(command string, do func(context.Context, *directory.Session) error) error {
	return orgFlags(f).session("mingce org "+command, do)
}

type orgDisableCommand struct {
	corpFlags `embed:""`
}

func (c *orgDisableCommand) Run() error {
	return c.session("disable", func(ctx context.Context, s *directory.Session) error { return s.SetOrgDisabled(ctx, true) })
}

type orgEnableCommand struct {
	corpFlags `embed:""`
}

func (c *orgEnableCommand) Run() error {
	return c.session("enable", func(ctx context.Context, s *directory.Session) error { return s.SetOrgDisabled(ctx, false) })
}

type orgCertifyCommand struct {
	corpFlags `embed:""`

	Level               int64  `required:"" enum:"0,1,2" help:"0 none, 1 advanced, 2 intermediate."`
	LicenseOrgName      string `placeholder:"NAME" help:"Name on the business licence."`
	RegistrationNum     string `placeholder:"NUMBER" help:"Registration number of the licence."`
	UnifiedSocialCredit string `placeholder:"CODE" help:"Unified social credit code."`
	OrganizationCode    string `placeholder:"CODE" help:"Organisation code."`
	LegalPerson         string `placeholder:"NAME" help:"Legal representative."`
	LicenseURL          string `placeholder:"URL" help:"Address of a picture of the licence."`
}

func (c *orgCertifyCommand) Run() error {
	return c.session("certify", func(ctx context.Context, s *directory.Session) error {
		return s.CertifyOrg(ctx, directory.Certification{
			Level: c.Level, LicenseOrgName: c.LicenseOrgName, RegistrationNum: c.RegistrationNum, UnifiedSocialCredit: c.UnifiedSocialCredit,
			OrganizationCode: c.OrganizationCode, LegalPerson: c.LegalPerson, LicenseURL: c.LicenseURL,
		})
	})
}

type orgDeleteCommand struct {
	corpFlags `embed:""`
	Yes       bool `help:"Confirm that it is erased."`
}

func (c *orgDeleteCommand) Run() error {
	if !c.Yes {
		return usagef("this erases all people, departments, contacts, apps, keys and grants of %s for good; only a backup and the master key can bring them back. Its corp id cannot be used again. Add --yes", c.Org)
	}
	return c.session("delete", func(ctx context.Context, s *directory.Session) error {
		if err := s.SetOrgDisabled(ctx, true); err != nil {
			return err
		}
		return s.DeleteOrg(ctx)
	})
}
