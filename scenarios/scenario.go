// Package scenarios reads scenario files: the story that a run plays.
//
// A file is YAML in the words of the tools that it speaks of. It is read into
// a tree of nodes that know where they stand; variants, --set and --scale are
// merge patches over that tree; and one table of fields (fields_*.go) says
// what each key is. The strict walk, the JSON Schema and `hasim explain` all
// come from that table. What is decoded is complete and checked: a
// model.Spec per variant.
//
// Reading never stops at the first mistake. All errors of a file are
// collected with their positions and returned together, as Diagnostics.
package scenarios

import (
	"io"
	"time"

	"example.com/hasim/model"
)

// Scenario is a file that was read and found valid.
type Scenario struct {
	File, Name, Title, Lesson string
	Seed                      uint64
	Duration                  time.Duration
	Variants                  []Variant     // at least one; "default" without variants
	SLO                       time.Duration // from the file's own first latency.pNN < D; 0: none
	Defaults                  []string      // which defaults were chosen, one line each
	Warnings                  Diagnostics   // what runs and will be regretted
	Source                    []byte
}

// Variant is one way to play the scenario.
type Variant struct {
	Name   string
	Spec   model.Spec
	Paired bool // it faces the same arrivals as the file's own traffic
}

// Options change a file before it is decoded.
type Options struct {
	Set       []string // path=value, merged over every variant
	Seed      *uint64
	Scale     []string // app=3, as docker compose up --scale
	MaxEvents uint64   // estimated work above this is refused; 0: DefaultMaxEvents
	Stdin     io.Reader
}

// DefaultMaxEvents is the work that a run may need without being asked for:
// some minutes of a processor.
const DefaultMaxEvents = 1_000_000_000

// Load reads the scenario at a path, the one of that name in the library, or
// standard input for "-". The error is Diagnostics (what was read is invalid)
// or a *ReadError (it could not be read).
func Load(nameOrPath string, o Options) (*Scenario, error) {
	file, src, err := read(nameOrPath, o.Stdin)
	if err != nil {
		return nil, err
	}
	return Parse(file, src, o)
}

// Parse reads a scenario from its text; file is its name in messages. The
// error is Diagnostics.
func Parse(file string, src []byte, o Options) (*Scenario, error) {
	c := &collector{}
	root := parseTree(c, file, src)
	if root == nil {
		return nil, c.result()
	}
	l := &loader{c: c, file: file, root: root, o: o}
	s := l.load()
	if err := c.result(); err != nil {
		return nil, err
	}
	s.Source = append([]byte(nil), src...)
	s.Warnings = c.warnings()
	return s, nil
}
