package restart

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestLoops(t *testing.T) {
	f, err := os.Open("testdata/loops.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var (
		p    Policy
		e    Exit
		s    State
		now  time.Duration
		name string
		n    int
	)
	for lines := bufio.NewScanner(f); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) == 0 || words[0] == "#" || strings.HasPrefix(words[0], "#") {
			continue
		}
		switch words[0] {
		case "case":
			name, e, s, now = lines.Text()[5:], Exit{}, State{}, 0
			n++
		case "runs":
			e.Ran = parse(t, words[1])
			e.Code, _ = strconv.Atoi(words[3])
		case "starts":
			for i, want := range words[2:] {
				now += e.Ran
				delay, again := p.Exited(now, e, &s)
				now += delay
				if !again || now != parse(t, want) {
					t.Fatalf("%s: start %d at %v (again %v), want %s", name, i+2, now, again, want)
				}
			}
		case "goes", "gives":
			now += e.Ran
			count := s.Count
			delay, again := p.Exited(now, e, &s)
			if again != (words[0] == "goes") {
				t.Errorf("%s: at %v again is %v", name, now, again)
			}
			if !again && (now != parse(t, words[2]) || delay != 0 || s.Count != count) {
				t.Errorf("%s: gave up at %v (delay %v, count %d), want %s", name, now, delay, s.Count, words[2])
			}
		default:
			if p, err = makePolicy(t, words); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	if n < 15 {
		t.Errorf("only %d cases were read", n)
	}
}

func parse(t *testing.T, s string) time.Duration {
	d, err := time.ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func makePolicy(t *testing.T, w []string) (p Policy, err error) {
	switch w[0] {
	case "docker":
		return ParseDocker(w[1])
	case "kubelet":
		return DefaultCrashLoop(), nil
	case "compose":
		n, _ := strconv.Atoi(w[3])
		p, _, err = FromCompose(w[1], &DeployPolicy{Condition: w[2], MaxAttempts: n, HasMaxAttempts: true, Delay: 5 * time.Second, Window: 120 * time.Second})
	case "swarm":
		n, _ := strconv.Atoi(w[3])
		p, err = Swarm("", &DeployPolicy{Condition: w[1], Delay: parse(t, w[2]), HasDelay: true, MaxAttempts: n, HasMaxAttempts: true, Window: parse(t, w[4])})
	default:
		t.Fatalf("what is %q?", w[0])
	}
	return p, err
}

func TestEngineErrors(t *testing.T) {
	const prefix = "invalid restart policy: "
	for _, c := range []struct {
		name string
		max  int
		want string
	}{
		{"always", 3, "maximum retry count can only be used with 'on-failure'"},
		{"no", -1, "maximum retry count can only be used with 'on-failure' and cannot be negative"},
		{"on-failure", -1, "maximum retry count cannot be negative"},
		{"sometimes", 0, "unknown policy 'sometimes'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'"},
	} {
		if _, err := Docker(c.name, c.max); err == nil || err.Error() != prefix+c.want {
			t.Errorf("%s, %d: %v", c.name, c.max, err)
		}
	}
	for _, s := range []string{"on-failure:x", ":3", "always:1", "On-Failure"} {
		if _, err := ParseDocker(s); err == nil {
			t.Errorf("%q was accepted", s)
		}
	}
}

func TestWhatComposeGivesTheEngine(t *testing.T) {
	three := func(condition string) *DeployPolicy {
		return &DeployPolicy{Condition: condition, MaxAttempts: 3, HasMaxAttempts: true}
	}
	for _, c := range []struct {
		restart string
		deploy  *DeployPolicy
		want    string // "" = an error
	}{
		{"", nil, "no"},
		{"unless-stopped", nil, "unless-stopped"},
		{"on-failure:5", nil, "on-failure:5"},
		{"on-failure:many", nil, "on-failure"}, // no number is 0, silently
		{"any", nil, "always"},
		{"always", three("on-failure"), "on-failure:3"},
		{"always", &DeployPolicy{Condition: "on-failure", Delay: time.Second}, "on-failure"},
		{"always", &DeployPolicy{Condition: "none"}, "no"},
		{"always", &DeployPolicy{Delay: time.Second}, "no"}, // no condition: nothing restarts
		{"always", three(""), "no"},
		{"always", &DeployPolicy{Condition: "any"}, "always"},
		{"always", three("any"), ""},
		{"always", &DeployPolicy{Condition: "sometimes"}, ""},
		{"on-failure:-1", nil, ""},
	} {
		p, got, err := FromCompose(c.restart, c.deploy)
		if got != c.want || (err != nil) != (c.want == "") || (p == nil) != (err != nil) {
			t.Errorf("restart %q, deploy %+v: %q, %v; want %q", c.restart, c.deploy, got, err, c.want)
		}
	}
}

// Stopped by hand: no policy restarts it, and what happens when the host boots
// differs between always and unless-stopped.
func TestManualStopAndBoot(t *testing.T) {
	for _, c := range []struct {
		policy   string
		stopped  bool
		count    int32
		lastExit int
		boots    bool
	}{
		{"always", true, 0, 143, true},
		{"unless-stopped", true, 0, 143, false},
		{"unless-stopped", false, 0, 0, true},
		{"on-failure:3", false, 2, CodeHostDied, true},
		{"on-failure:3", false, 3, CodeHostDied, false},
		{"on-failure:3", true, 0, 143, true},
		{"on-failure", false, 0, 0, false},
		{"no", false, 0, CodeHostDied, false},
	} {
		p, err := ParseDocker(c.policy)
		if err != nil {
			t.Fatal(err)
		}
		s := State{Stopped: c.stopped, Count: c.count, Timeout: time.Second}
		if c.stopped {
			if _, again := p.Exited(0, Exit{Code: 143}, &s); again {
				t.Errorf("%s restarted what was stopped by hand", c.policy)
			}
		}
		if got := Boot(p, &s, c.lastExit); got != c.boots {
			t.Errorf("%+v: boot %v", c, got)
		}
		if c.boots && s != (State{}) {
			t.Errorf("%+v: started with %+v, want the count and the wait anew", c, s)
		}
		if !c.boots && s.Count != c.count {
			t.Errorf("%+v: count became %d", c, s.Count)
		}
	}
}

func TestAContainerWaitsForItsHost(t *testing.T) {
	always, _ := Docker(Always, 0)
	s := State{Count: 1, Timeout: time.Second}
	if _, again := always.Exited(0, Exit{Host: true, Code: CodeHostDied}, &s); again || s.Count != 1 {
		t.Error("no engine is there to restart it before the host boots")
	}
	swarm, err := Swarm("", &DeployPolicy{Condition: SwarmOnFailure})
	if err != nil {
		t.Fatal(err)
	}
	if d, again := swarm.Exited(0, Exit{Host: true}, &s); !again || d != SwarmDelay {
		t.Errorf("Swarm replaces elsewhere after %v: %v, %v", SwarmDelay, d, again)
	}
	if d, again := swarm.Exited(0, Exit{Code: 143, Drained: true}, &s); !again || d != 0 {
		t.Errorf("Swarm replaces from a drained node at once: %v, %v", d, again)
	}
	if Boot(swarm, &s, CodeHostDied) {
		t.Error("a task was replaced already")
	}
}

func TestSwarmReadsRestartWithoutDeploy(t *testing.T) {
	for in, want := range map[string]string{
		"": "any, delay 5s", "always": "any, delay 5s", "no": "none, delay 5s",
		"on-failure:3": "on-failure, delay 5s, max_attempts 3",
	} {
		if p, err := Swarm(in, nil); err != nil || p.String() != want {
			t.Errorf("%q: %v, %v; want %s", in, p, err, want)
		}
	}
	if _, err := Swarm("", &DeployPolicy{Condition: "sometimes"}); err == nil || err.Error() != `invalid RestartCondition: "sometimes"` {
		t.Error(err)
	}
	if _, err := Swarm("", &DeployPolicy{MaxAttempts: MaxWindow + 1, HasMaxAttempts: true, Window: time.Minute}); err == nil {
		t.Error("a window with more attempts than State remembers was accepted")
	}
}

// The cap of the kubelet's configuration may lie under the base.
func TestCrashLoopCapBelowBase(t *testing.T) {
	p, s := CrashLoop(CrashLoopBase, 2*time.Second), State{}
	for i, want := range []time.Duration{0, 2 * time.Second, 2 * time.Second} {
		if d, again := p.Exited(0, Exit{}, &s); d != want || !again {
			t.Errorf("restart %d after %v, want %v", i, d, want)
		}
	}
}
