package main

import "github.com/alecthomas/kong"

// commands is the whole command line. A flag's value comes from the command
// line, else from the environment, else from the file of --config, else it is
// the default.
type commands struct {
	Dev       devCommand       `cmd:"" help:"Run a stand-in server with a sample organisation, for development and tests."`
	Serve     serveCommand     `cmd:"" help:"Run an organisation's own directory."`
	Init      initCommand      `cmd:"" help:"Make the configuration, key, first organisation, app and administrator for serve."`
	Key       keyCommands      `cmd:"" help:"Manage access keys and admin keys."`
	Verify    verifyCommand    `cmd:"" help:"Check the history of an installation for changes that nobody made through the APIs."`
	Wait      waitCommand      `cmd:"" help:"Wait for a running server."`
	Version   versionCommand   `cmd:"" help:"Show the version."`
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
