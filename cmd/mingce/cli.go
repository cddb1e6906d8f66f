package main

import "github.com/alecthomas/kong"

// commands is the whole command line. A flag's value comes from the command line, else the
// environment, else the file of --config, else the default.
type commands struct {
	Dev        devCommand         `cmd:"" help:"Run a development server with a sample organisation, for development and tests."`
	Serve      serveCommand       `cmd:"" help:"Run the directory of an organisation."`
	Init       initCommand        `cmd:"" help:"Create what serve needs: configuration, master key, first organisation, app and administrator."`
	Org        orgCommands        `cmd:"" help:"Manage the organisations of this server."`
	App        appCommands        `cmd:"" help:"Manage apps and their permission codes."`
	Account    accountCommands    `cmd:"" help:"Make Alibaba Cloud accounts outside every resource directory."`
	Key        keyCommands        `cmd:"" help:"Manage access keys and admin keys."`
	Policy     policyCommands     `cmd:"" help:"Store policies, and explain what an access key may do."`
	Role       roleCommands       `cmd:"" help:"Manage the roles of Alibaba Cloud accounts, which programs assume through STS."`
	RD         rdCommands         `cmd:"" name:"rd" help:"Inspect a resource directory."`
	Notify     notifyCommand      `cmd:"" help:"Send a message to the message contacts of an account."`
	Backup     backupCommand      `cmd:"" help:"Write all data to a file; servers may be running."`
	Restore    restoreCommand     `cmd:"" help:"Fill an empty folder or database from a backup."`
	Verify     verifyCommand      `cmd:"" help:"Check all data and its history for damage and for changes not made by this program. Exit code 1: something was found, or the check could not begin; 3: it could not be finished."`
	Label      labelCommands      `cmd:"" help:"Manage the labels of external contacts."`
	Employee   employeeCommands   `cmd:"" help:"List, show, add, change and delete employees."`
	Department departmentCommands `cmd:"" help:"List, show, add, change and delete departments."`
	Import     importCommand      `cmd:"" help:"Bring in contacts, employees, departments, labels or message contacts from a file."`
	Export     exportCommand      `cmd:"" help:"Write contacts, employees, departments, labels or everything to a file."`
	History    historyCommand     `cmd:"" help:"Show who changed what, when, and through what."`
	Versions   versionsCommand    `cmd:"" help:"Show the versions of an object, and restore one."`
	Undo       undoCommand        `cmd:"" help:"Take back a request, an import, or what somebody did in a span of time."`
	Bin        binCommands        `cmd:"" help:"List, restore and purge deleted objects."`
	Erase      eraseCommand       `cmd:"" help:"Erase a person for good."`
	Erasures   erasuresCommands   `cmd:"" help:"The list of erased people, to be repeated on restored data."`
	Person     personCommands     `cmd:"" help:"Write everything that is stored about one person."`
	Consent    consentCommands    `cmd:"" help:"Record who agreed to become an employee, for servers that require it (--employees-require-consent)."`
	Contact    contactCommands    `cmd:"" help:"List, show, add, change, delete and search external contacts, and hand them over."`
	Wait       waitCommand        `cmd:"" help:"Wait for a running server."`
	Version    versionCommand     `cmd:"" help:"Show the version, as --version does."`
	Help       helpCommand        `cmd:"" help:"Show help for a command."`
	Reference  referenceCommand   `cmd:"" hidden:"" help:"Write the reference of all operations."`
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
