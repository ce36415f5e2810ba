//go:build unix

package ui

import (
	"os"
	"syscall"
)

// endings are the signals that end a session.
var endings = []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}

// raise sends a signal to this process.
func raise(s os.Signal) {
	if s, ok := s.(syscall.Signal); ok {
		_ = syscall.Kill(os.Getpid(), s)
	}
}

// canSuspend says that there is a shell to return to: this job is not the
// whole session. The first process of a container has none.
func canSuspend() bool {
	sid, _, errno := syscall.RawSyscall(syscall.SYS_GETSID, 0, 0, 0)
	return errno == 0 && int(sid) != syscall.Getpgrp()
}
