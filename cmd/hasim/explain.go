package main

import (
	"strings"

	"example.com/hasim/scenarios"
)

func explainCommand() command {
	return command{
		name: "explain", args: "[FIELD]",
		short: "describe a field of the scenario file, as kubectl explain does",
		long: `Describes a field by its path: hasim explain services.app.work, where names
of your own may be anything. Without a FIELD: the topics.`,
		setup: func(*flagSet) action { return explain },
	}
}

func explain(c *console, words []string) error {
	if len(words) > 1 {
		return usage("explain takes one FIELD: hasim explain %s", strings.Join(words, "."))
	}
	field := strings.Join(words, "")
	text, err := scenarios.Explain(field)
	if err != nil {
		return &failure{code: exitUsage, msg: err.Error()}
	}
	c.out.WriteString(text)
	if field == "" {
		c.out.printf(`
TOPICS:
  reasons   the words of events, and what their data say
  defaults  what holds when a file does not say
`)
	}
	return nil
}

func schemaCommand() command {
	return command{
		name: "schema", args: "",
		short: "print the scenario format as JSON Schema (draft-07), for editors",
		long: `Prints the format as JSON Schema. Editors that speak yaml-language-server
complete and check a scenario file that begins with
  # yaml-language-server: $schema=./hasim.schema.json
after hasim schema > hasim.schema.json`,
		setup: func(*flagSet) action {
			return func(c *console, words []string) error {
				if len(words) > 0 {
					return usage("schema takes no %s", quote(words[0]))
				}
				c.out.Write(scenarios.Schema())
				return nil
			}
		},
	}
}
