package main

import (
	"os"
	"slices"
	"strings"

	"example.com/hasim/scenarios"
)

// command is one verb. setup declares its flags and returns what it does
// with the words that are no flags.
type command struct {
	name, args string
	short      string // one line of hasim help
	long       string // the text of hasim help NAME
	setup      func(f *flagSet) action
}

type action func(c *console, words []string) error

// commands is the table of contents. The first, without a name, is what
// hasim does with words that begin with no verb.
func commands() []command {
	return []command{
		showCommand(),
		runCommand(),
		traceCommand(),
		whyCommand(),
		checkCommand(),
		explainCommand(),
		schemaCommand(),
		listCommand(),
		initCommand(),
		completionCommand(),
		versionCommand(),
		helpCommand(),
	}
}

// dispatch finds the verb and hands it its words.
func dispatch(c *console, table []command, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "-h", "--help", "-help":
			return printHelp(c, table, nil)
		case "--version", "-version":
			return printVersion(c)
		}
	}
	if err := notYet(table, args); err != nil {
		return err
	}
	cmd, args := choose(table, args)
	f := &flagSet{command: cmd.name}
	act := cmd.setup(f)
	f.boolean("help", "h", "print this help", &f.help)
	words, err := f.parse(args)
	if err != nil {
		return err
	}
	if f.help {
		return printCommandHelp(c, cmd)
	}
	if cmd.name == "" {
		if err := mistyped(table, words); err != nil {
			return err
		}
	}
	return act(c, words)
}

// later are the verbs of the design that this version does not have.
var later = []string{"compare", "record", "verify"}

// notYet says so when somebody asks for one of them.
func notYet(table []command, args []string) error {
	if len(args) == 0 || !slices.Contains(later, args[0]) || find(table, args[0]) != nil || exists(args[0]) {
		return nil
	}
	e := usage("%s is not in this version yet", args[0])
	if args[0] == "compare" {
		e.help = "hasim run FILE FILE puts the lanes of several files side by side"
	}
	return e
}

func choose(table []command, args []string) (*command, []string) {
	if len(args) > 0 && args[0] != "" {
		if cmd := find(table, args[0]); cmd != nil {
			return cmd, args[1:]
		}
	}
	return &table[0], args
}

func find(table []command, name string) *command {
	for i := range table {
		if table[i].name == name {
			return &table[i]
		}
	}
	return nil
}

// mistyped says so when a word is neither a verb nor a file nor in the
// library. What looks like a path is left to the reader of files.
func mistyped(table []command, words []string) error {
	for _, w := range words {
		if w == "-" || strings.ContainsAny(w, `./\`) || exists(w) || inLibrary(w) {
			continue
		}
		if w != "" && find(table, w) != nil {
			return usage("%s is a command: it comes first, hasim %s …", w, w)
		}
		var known []string
		for _, cmd := range table[1:] {
			known = append(known, cmd.name)
		}
		for _, e := range scenarios.Library() {
			known = append(known, e.Name)
		}
		e := usage("there is no command or file %s", quote(w))
		if near := nearest(w, known); near != "" {
			e.msg += "; did you mean " + near + "?"
		} else {
			e.help = "hasim help lists the commands, hasim list the scenarios"
		}
		return e
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func inLibrary(name string) bool {
	for _, e := range scenarios.Library() {
		if e.Name == name {
			return true
		}
	}
	return false
}
