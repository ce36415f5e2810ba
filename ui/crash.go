package ui

import (
	"fmt"
	"os"
	"runtime/debug"
	"time"
)

// crashed keeps the first panic and writes a report of it, with what is
// needed to run into it again: the file, the seed, the time and the commands.
func (e *exit) crashed(r any, a *App) {
	if e.panicked != nil {
		return
	}
	e.panicked = r
	text := fmt.Sprintf("hasim crash report\n\npanic: %v\n\n%s\n%s", r, situation(a), debug.Stack())
	e.report = writeReport(text)
	e.send(exitMsg{})
}

// situation describes the session for the report. It must not panic itself.
func situation(a *App) (text string) {
	defer func() {
		if recover() != nil {
			text += "(the rest could not be read)\n"
		}
	}()
	if a == nil {
		return ""
	}
	text = fmt.Sprintf("file %s\nseed %d\ntime %v of %v\nscreen %dx%d\n", a.file, a.seed, a.clock.now, a.clock.total, a.w, a.h)
	for _, l := range a.lanes {
		text += fmt.Sprintf("lane %s: %d samples, %d events, %d checkpoints, commands %+v\n",
			l.name, len(l.hist.samples), len(l.hist.events), len(l.points), l.commands)
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		text += "built with " + info.GoVersion + " " + info.Main.Version + "\n"
	}
	return text
}

// writeReport writes into the folder for temporary files, or into the working
// directory, and returns the path; "(not written)" when neither takes it.
func writeReport(text string) string {
	for _, dir := range []string{os.TempDir(), "."} {
		f, err := os.CreateTemp(dir, "hasim-crash-"+time.Now().Format("20060102-150405")+"-*.txt") // mode 0600
		if err != nil {
			continue
		}
		_, err = f.WriteString(text)
		if cerr := f.Close(); err == nil && cerr == nil {
			return f.Name()
		}
	}
	return "(not written)"
}
