package ui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// onMouse focuses what is clicked, scrolls the log and drags the timeline.
func (a *App) onMouse(msg tea.MouseMsg) tea.Cmd {
	switch {
	case msg.Button == tea.MouseButtonWheelUp:
		a.onScroll(doUp)
	case msg.Button == tea.MouseButtonWheelDown:
		a.onScroll(doDown)
	case msg.Button != tea.MouseButtonLeft || msg.Action == tea.MouseActionRelease:
		return nil
	default:
		a.click(msg.X, msg.Y, msg.Action == tea.MouseActionPress)
	}
	a.stale = true
	return a.tick()
}

func (a *App) click(x, y int, press bool) {
	l := arrange(a.w, a.h, len(a.lanes), a.expand)
	if l.tiny {
		return
	}
	row := 2 + l.lanes + l.brief + l.log
	w := a.w - stripLeft - stripRight
	switch {
	case y == row && w > 0:
		at := float64(min(max(x-stripLeft, 0), w)) / float64(w)
		a.clock.goTo(a.lanes, time.Duration(at*float64(a.total)).Truncate(time.Second))
		a.jumped = true
		a.refresh(0)
	case press && y >= 2 && y < 2+l.lanes && l.side > 0 && !a.expand:
		a.focus = min(a.first+x*l.side/max(a.w, 1), len(a.lanes)-1)
	case press && y >= 2+l.lanes+l.brief && y < row:
		a.focus = len(a.lanes)
	}
}
