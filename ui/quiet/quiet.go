// Package quiet keeps the terminal from being asked for its background.
//
// bubbletea's init asks, and waits five seconds for a terminal that does not
// answer. Go initialises packages in the order of their import paths as soon
// as what they import is ready: example.com/hasim/ui/quiet comes before
// github.com/charmbracelet/bubbletea, so the answer is already there when
// bubbletea asks lipgloss. Import this package for its side effect only.
package quiet

import (
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

func init() {
	lipgloss.SetHasDarkBackground(true)
	lipgloss.SetColorProfile(termenv.Ascii) // the ui writes its own colours
}
