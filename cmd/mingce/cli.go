package main

import "github.com/alecthomas/kong"

// commands is the whole command line. A flag's value comes from the command
// line, else from the environment, else from the file of --config, else it is
// the default.
type commands struct {
	Dev       devCommand       `cmd:"" help:"Run a stand-in server with a sample organisation, for development and tests."`
	Serve     serveCommand     `cmd:"" help:"Run an organisation's own directory."`
	Init      initCommand      `cmd:"" help:"Make the configuration, key, first organisation, app and administrator for serve."`
	Org       orgCommands      `cmd:"" help:"Manage the organisations of this server."`
	App       appCommands      `cmd:"" help:"Manage apps and their permission codes."`
	Key       keyCommands      `cmd:"" help:"Manage access keys and admin keys."`
	Policy    policyCommands   `cmd:"" help:"Store policies, and explain what an access key may do."`
	RD        rdCommands       `cmd:"" name:"rd" help:"Look at the resource directory."`
	Notify    notifyCommand    `cmd:"" help:"Send a message to whoever receives an account's messages."`
	Backup    backupCommand    `cmd:"" help:"Write all data to a file, also while servers work on it."`
	Restore   restoreCommand   `cmd:"" help:"Fill an empty folder or database from a backup."`
	Verify    verifyCommand    `cmd:"" help:"Check all data of an installation and its history for what anything but this program changed. Exit code 1: there is such, or damage."`
	Label     labelCommands    `cmd:"" help:"Manage the labels of external contacts."`
	Consent   consentCommands  `cmd:"" help:"Note who agreed to become an employee, where apps may add nobody else (--employees-require-consent)."`
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
