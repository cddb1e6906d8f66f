package main

import "github.com/alecthomas/kong"

// commands is the whole command line. A flag's value comes from the command line, else the
// environment, else the file of --config, else the default.
type commands struct {
	Dev       devCommand       `cmd:"" help:"Run a development server with a sample organisation, for development and tests."`
	Serve     serveCommand     `cmd:"" help:"Run the directory of an organisation."`
	Init      initCommand      `cmd:"" help:"Create what serve needs: configuration, master key, first organisation, app and administrator."`
	Org       orgCommands      `cmd:"" help:"Manage the organisations of this server."`
	App       appCommands      `cmd:"" help:"Manage apps and their permission codes."`
	Key       keyCommands      `cmd:"" help:"Manage access keys and admin keys."`
	Policy    policyCommands   `cmd:"" help:"Store policies, and explain what an access key may do."`
	Role      roleCommands     `cmd:"" help:"Manage the roles of Alibaba Cloud accounts, which programs assume through STS."`
	RD        rdCommands       `cmd:"" name:"rd" help:"Inspect a resource directory."`
	Notify    notifyCommand    `cmd:"" help:"Send a message to the message contacts of an account."`
	Backup    backupCommand    `cmd:"" help:"Write all data to a file; servers may be running."`
	Restore   restoreCommand   `cmd:"" help:"Fill an empty folder or database from a backup."`
	Verify    verifyCommand    `cmd:"" help:"Check all data and its history for damage and for changes not made by this program. Exit code 1: something was found."`
	Label     labelCommands    `cmd:"" help:"Manage the labels of external contacts."`
	Consent   consentCommands  `cmd:"" help:"Record who agreed to become an employee, for servers that require it (--employees-require-consent)."`
	Contact   contactCommands  `cmd:"" help:"Search external contacts and hand them over."`
	Wait      waitCommand      `cmd:"" help:"Wait for a running server."`
	Version   versionCommand   `cmd:"" help:"Show the version, as --version does."`
	Help      helpCommand      `cmd:"" help:"Show help for a command."`
	Reference referenceCommand `cmd:"" hidden:"" help:"Write the reference of all operations."`
}

type helpCommand struct {
	Command []string `arg:"" optional:"" help:"The command."`
}

func (c *helpCommand) Run(parser *kong.Kong) error {
	_, err := parser.Parse(append(c.Command, "--help"))
	if err != nil {
		return usageError{err}
	}
	return nil
}
