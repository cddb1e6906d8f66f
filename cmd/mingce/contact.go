package main

type contactCommands struct {
	Search   contactSearchCommand   `cmd:"" help:"Find external contacts by name, pinyin, company, number, label or owner."`
	HandOver contactHandOverCommand `cmd:"" name:"hand-over" help:"Give all external contacts of one employee to another."`
}
