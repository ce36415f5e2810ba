//go:build !unix

package ui

import "os"

// endings are the signals that end a session.
var endings = []os.Signal{os.Interrupt}

// raise ends the process, where it cannot be told by a signal.
func raise(os.Signal) { os.Exit(exitSignal + 2) }

func canSuspend() bool { return false }
