// Command hasim shows how services scale and stay available: it reads a
// scenario file, runs it in virtual time and shows it on the screen, prints
// it, or says why something happened in it.
//
// This package is the command line only. The table in commands.go lists the
// verbs; each has a file of its own. Whatever runs in parallel does so here
// (runs.go): the model below knows of no goroutine.
package main

import (
	"io"
	"os"

	_ "example.com/hasim/ui/quiet" // before bubbletea asks the terminal for its background
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole program: it returns the exit code (see errors.go).
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	c := newConsole(stdin, stdout, stderr)
	defer c.close()
	return c.finish(guard(func() error { return dispatch(c, commands(), args) }))
}
