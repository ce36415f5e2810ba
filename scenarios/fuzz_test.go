package scenarios

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"example.com/hasim/model"
)

// Whatever the bytes: no panic, an answer of a sane shape; and
// what is accepted makes a World.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"*.yaml", "testdata/good/*.yaml"} {
		paths, _ := filepath.Glob(pattern)
		for _, path := range paths {
			src, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(src, "services.app.deploy.replicas=3")
		}
	}
	archives, _ := filepath.Glob("testdata/bad/*.txtar")
	for _, path := range archives {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, `traffic.stages[0]."a"={b: [1]}`)
	}
	for _, src := range []string{small, twoVariants, "a: &a [*a]", "a: &a {<<: *a}", "? [a]\n: b", "[[[[", "- - - -", "%TAG ! x\n---\n!a b", "a: !!binary x", "\ufeff", "\x00"} {
		f.Add([]byte(src), "a=b")
	}
	f.Fuzz(func(t *testing.T, src []byte, set string) {
		start := time.Now()
		for _, o := range []Options{{}, {Set: []string{set}}} {
			s, err := Parse("f", src, o)
			if took := time.Since(start); took > 30*time.Second { // not a measure: it ends what does not end
				t.Fatalf("took %v", took)
			}
			if err != nil {
				holds(t, err.(Diagnostics))
				continue
			}
			for i := range s.Variants {
				if _, err := model.New(&s.Variants[i].Spec, s.Seed, model.Observer{}); err != nil {
					t.Errorf("accepted, and then: %v", err)
				}
			}
		}
	})
}

// FuzzClean: what is cleaned is safe, and cleaning it again changes nothing.
func FuzzClean(f *testing.F) {
	for _, s := range []string{"a\x1b[31mb", "\x1b]52;c;aGk=\a", "\u202egnp", "\x1b", "\u009b1m", "a\tb\nc", "\x1bP\x1b\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := clean(s)
		for _, r := range c {
			if hidden(r) && r != '\n' {
				t.Fatalf("%q keeps %q", s, r)
			}
		}
		if clean(c) != c {
			t.Fatalf("%q becomes %q and then %q", s, c, clean(c))
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load("black-friday", Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
