package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

func helpCommand() command {
	return command{
		name: "help", args: "[COMMAND]",
		short: "print help, of a command too",
		long:  "Prints the commands, or what one of them does and its flags.",
		setup: func(*flagSet) action {
			return func(c *console, words []string) error { return printHelp(c, commands(), words) }
		},
	}
}

func printHelp(c *console, table []command, words []string) error {
	if len(words) > 0 {
		cmd := find(table, words[0])
		if err := notYet(table, words); err != nil {
			return err
		}
		if cmd == nil || words[0] == "" {
			var known []string
			for _, t := range table[1:] {
				known = append(known, t.name)
			}
			e := usage("there is no command %s", quote(words[0]))
			if near := nearest(words[0], known); near != "" {
				e.msg += "; did you mean " + near + "?"
			}
			return e
		}
		return printCommandHelp(c, cmd)
	}
	c.out.printf("hasim shows how services scale and stay available, in virtual time: the same file and seed, the same run.\n\nusage:\n")
	var rows [][]string
	for _, cmd := range table {
		rows = append(rows, []string{strings.TrimSpace("hasim " + strings.TrimSpace(cmd.name+" "+cmd.args)), cmd.short})
	}
	for _, line := range columns(rows) {
		c.out.printf("  %s\n", line)
	}
	f := &flagSet{}
	table[0].setup(f)
	c.out.printf("\nflags of hasim FILE:\n%s\n", strings.Join(f.usageLines(), "\n"))
	c.out.printf(`
FILE is a path, a name of the library (hasim list), or - for standard input.
hasim help COMMAND tells more of a command.

exit codes: 0 ok, 1 an expectation failed, 2 wrong words or an invalid file,
3 cannot read or write, 4 warnings with --strict, 70 internal error,
129, 130, 143 interrupted.
`)
	return nil
}

func printCommandHelp(c *console, cmd *command) error {
	f := &flagSet{}
	cmd.setup(f)
	c.out.printf("usage: %s\n\n%s\n", strings.TrimSpace("hasim "+strings.TrimSpace(cmd.name+" "+cmd.args)), cmd.long)
	if len(f.defs) > 0 {
		c.out.printf("\nflags:\n%s\n", strings.Join(f.usageLines(), "\n"))
	}
	return nil
}

func versionCommand() command {
	return command{
		name: "version", args: "",
		short: "print the version",
		long:  "Prints the version, the commit it was built from, and the Go version.",
		setup: func(*flagSet) action {
			return func(c *console, words []string) error {
				if len(words) > 0 {
					return usage("version takes no %s", quote(words[0]))
				}
				return printVersion(c)
			}
		},
	}
}

func printVersion(c *console) error {
	c.out.printf("%s\n", versionLine())
	return nil
}

// versionLine is what the build knows of itself.
func versionLine() string {
	version, commit := "(devel)", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			version = info.Main.Version
		}
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision" && len(s.Value) >= 12:
				commit = ", commit " + s.Value[:12]
			case s.Key == "vcs.modified" && s.Value == "true" && commit != "":
				commit += " with changes"
			}
		}
	}
	return fmt.Sprintf("hasim %s (%s %s/%s%s)", version, runtime.Version(), runtime.GOOS, runtime.GOARCH, commit)
}
