package ui

import (
	"fmt"
	"os"
	"testing"
	"time"

	"example.com/hasim/model"
)

// TestMain plays a whole session when the test binary is started as a child
// in a pseudo-terminal; otherwise it runs the tests.
func TestMain(m *testing.M) {
	part := os.Getenv("HASIM_UI_CHILD")
	if part == "" {
		os.Exit(m.Run())
	}
	os.Exit(child(part))
}

func child(part string) int {
	c := sale()
	build := act
	switch part {
	case "real", "real2":
		c, build = realSale(), newWorld
		if part == "real2" {
			c.Lanes = []Lane{c.Lanes[1], c.Lanes[2]}
		}
		c.Speed = 8
	case "panic", "hang":
		build = func(s *model.Spec, seed uint64, o model.Observer) (runner, error) {
			r, err := act(s, seed, o)
			if part == "panic" {
				r.(*actor).panicAt = 2 * time.Second
			} else {
				r.(*actor).hangAt = 2 * time.Second
			}
			return r, err
		}
	case "pick":
		name, ok, err := Pick([]Item{{"one-chef", "One chef", "Watch the queue.", "0"}, {"black-friday", "The sale", "Watch the manager.", "4"}}, c)
		fmt.Println("picked:", name, ok, err)
		return 0
	}
	c.NoColor = os.Getenv("NO_COLOR") != ""
	c.ASCII = os.Getenv("HASIM_ASCII") != ""
	res, err := run(c, build)
	fmt.Println("exit:", res.Exit, "err:", err)
	if len(res.Reports) > 0 {
		Summary(os.Stdout, SummaryInput{File: c.File, Seed: c.Seed, Duration: res.Reports[0].Duration, Reports: res.Reports, Width: 120})
	}
	return res.Exit
}
