package main

import (
	"fmt"
	"strings"
)

func completionCommand() command {
	return command{
		name: "completion", args: "bash|zsh|fish",
		short: "print a completion script for a shell",
		long: `Prints a completion script. To have it in every new shell:
  bash: hasim completion bash > ~/.local/share/bash-completion/completions/hasim
  zsh:  hasim completion zsh > a folder of $fpath, as _hasim
  fish: hasim completion fish > ~/.config/fish/completions/hasim.fish`,
		setup: func(*flagSet) action {
			return func(c *console, words []string) error {
				shells := map[string]func([]command) string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}
				if len(words) != 1 || shells[words[0]] == nil {
					return usage("completion takes a shell: bash, zsh or fish")
				}
				c.out.WriteString(shells[words[0]](commands()))
				return nil
			}
		},
	}
}

func verbs(table []command) string {
	var names []string
	for _, cmd := range table[1:] {
		names = append(names, cmd.name)
	}
	return strings.Join(names, " ")
}

// flagWords are the long flags of a command.
func flagWords(cmd *command) string {
	f := &flagSet{}
	cmd.setup(f)
	var words []string
	for _, d := range f.defs {
		words = append(words, "--"+d.name)
	}
	return strings.Join(append(words, "--help"), " ")
}

func bashCompletion(table []command) string {
	var b strings.Builder
	b.WriteString("_hasim() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} words\n\tcase ${COMP_WORDS[1]} in\n")
	for i := range table[1:] {
		fmt.Fprintf(&b, "\t%s) words=%q ;;\n", table[i+1].name, flagWords(&table[i+1]))
	}
	fmt.Fprintf(&b, "\t*) words=%q ;;\n\tesac\n", flagWords(&table[0]))
	fmt.Fprintf(&b, "\tif [[ $cur != -* ]]; then\n\t\twords=$(hasim list --names 2>/dev/null)\n\t\t((COMP_CWORD == 1)) && words+=%q\n\tfi\n", " "+verbs(table))
	b.WriteString("\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\ncomplete -o default -F _hasim hasim\n")
	return b.String()
}

func zshCompletion(table []command) string {
	return "#compdef hasim\nautoload -U +X bashcompinit && bashcompinit\n" + bashCompletion(table)
}

func fishCompletion(table []command) string {
	var b strings.Builder
	b.WriteString("complete -c hasim -a '(hasim list --names 2>/dev/null)' -d scenario\n")
	for i := range table {
		cmd := &table[i]
		when := "__fish_use_subcommand"
		if cmd.name != "" {
			fmt.Fprintf(&b, "complete -c hasim -n __fish_use_subcommand -a %s -d %q\n", cmd.name, cmd.short)
			when = "'__fish_seen_subcommand_from " + cmd.name + "'"
		}
		f := &flagSet{}
		cmd.setup(f)
		for _, d := range f.defs {
			takes := ""
			if d.arg != "" {
				takes = " -r"
			}
			fmt.Fprintf(&b, "complete -c hasim -n %s -l %s%s -d %q\n", when, d.name, takes, d.doc)
		}
	}
	return b.String()
}
