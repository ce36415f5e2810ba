package scenarios_test

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/hasim/model"
	"example.com/hasim/scenarios"
)

var update = flag.Bool("hashes", false, "write the golden hashes anew")

const goldenHashes = "testdata/hashes.txt"

// run plays one variant to its end and returns its report and the hash of its
// trace, as `hasim run -o json` prints it.
func run(t *testing.T, s *scenarios.Scenario, v *scenarios.Variant, step time.Duration) (model.Report, string) {
	t.Helper()
	hash := sha256.New()
	var line []byte
	w, err := model.New(&v.Spec, s.Seed, model.Observer{Event: func(e *model.Event) {
		line = append(e.AppendJSON(line[:0], ""), '\n')
		hash.Write(line)
	}})
	if err != nil {
		t.Fatal(err)
	}
	for !w.Done() {
		w.RunUntil(w.Now()+step, -1)
		if err := w.Check(); err != nil {
			t.Fatal(err)
		}
	}
	hash.Write(append(w.AppendOutcome(nil), '\n'))
	return w.Report(), hex.EncodeToString(hash.Sum(nil))
}

// Every scenario of the library keeps what it says: each variant's
// expectations hold, no warnings, two variants or more, and a lesson.
func TestLibraryKeepsItsWord(t *testing.T) {
	for _, e := range scenarios.Library() {
		t.Run(e.Name, func(t *testing.T) {
			s, err := scenarios.Load(e.Name, scenarios.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if s.Lesson == "" || !strings.Contains(s.Lesson, "Predict") || !strings.Contains(s.Lesson, "Watch for") {
				t.Error("the lesson asks for no prediction or does not say what to watch for")
			}
			if len(s.Variants) < 2 {
				t.Error("there is nothing to compare")
			}
			for i := range s.Variants {
				v := &s.Variants[i]
				r, _ := run(t, s, v, s.Duration)
				if len(r.Expectations) == 0 {
					t.Errorf("%s expects nothing", v.Name)
				}
				for _, x := range r.Expectations {
					if !x.OK {
						t.Errorf("%s: %s: %s", v.Name, x.Text, x.Value)
					}
				}
			}
		})
	}
}

// The traces of the library are the same bytes everywhere: this test, run on
// other CPUs by the checks, compares with hashes made on one.
func TestGoldenHashesOfTheLibrary(t *testing.T) {
	var got strings.Builder
	for _, e := range scenarios.Library() {
		s, err := scenarios.Load(e.Name, scenarios.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range s.Variants {
			_, hash := run(t, s, &s.Variants[i], 7*time.Second)
			fmt.Fprintf(&got, "%s/%s %s\n", e.Name, s.Variants[i].Name, hash)
		}
	}
	if *update {
		if err := os.WriteFile(goldenHashes, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenHashes)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("traces changed; if that was meant, run go test ./scenarios -run Golden -hashes\n got:\n%s\nwant:\n%s", got.String(), want)
	}
}
