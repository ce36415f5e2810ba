package scenarios

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update-bad", false, "write what came out as what is expected")

// archive is a text with files in it: what comes before -- name -- lines, and
// behind each of them (the txtar format).
type archive struct {
	about string
	files map[string]string
}

func readArchive(t *testing.T, path string) archive {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	a, name := archive{files: map[string]string{}}, ""
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "-- ") && strings.HasSuffix(line, " --\n") {
			name = line[3 : len(line)-4]
		} else if name == "" {
			a.about += line
		} else {
			a.files[name] += line
		}
	}
	return a
}

// Every archive of testdata/bad is a file that somebody got wrong, and what
// they are told. With -update-bad the answers are written anew: read the diff.
func TestBadFilesGetTheirAnswer(t *testing.T) {
	archives, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil || len(archives) < 40 {
		t.Fatalf("%d archives, %v", len(archives), err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			a := readArchive(t, path)
			src, want := a.files["scenario.yaml"], a.files["want"]
			got := answer(t, src)
			if got == want {
				return
			}
			if !*update {
				t.Fatalf("got:\n%s\nwant:\n%s", got, want)
			}
			text := a.about + "-- scenario.yaml --\n" + src + "-- want --\n" + got
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// answer renders what is wrong with a text, and holds what is true of every
// answer.
func answer(t *testing.T, src string) string {
	t.Helper()
	_, err := Parse("scenario.yaml", []byte(src), Options{})
	if err == nil {
		return "ok\n"
	}
	var d Diagnostics
	if !errors.As(err, &d) {
		t.Fatalf("error of type %T: %v", err, err)
	}
	holds(t, d)
	return d.Error() + "\n"
}

func holds(t *testing.T, d Diagnostics) {
	t.Helper()
	if len(d) == 0 || len(d) > maxDiagnostics {
		t.Errorf("%d diagnostics", len(d))
	}
	for i, g := range d {
		if g.Warning || g.Line < 1 || g.Col < 1 || g.Msg == "" || g.Width < 1 {
			t.Errorf("%+v", g)
		}
		if i > 0 && g.File == d[i-1].File && g.Line < d[i-1].Line {
			t.Errorf("line %d after line %d", g.Line, d[i-1].Line)
		}
		if text := g.Path + g.Msg + g.Help + g.Excerpt; strings.IndexFunc(strings.ReplaceAll(text, "\ufffd", ""), hidden) >= 0 {
			t.Errorf("a character that a terminal obeys: %q", text)
		}
	}
}
