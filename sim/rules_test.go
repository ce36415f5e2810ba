package sim_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// root is the module's folder, seen from here.
const root = ".."

// module is the path that all of hasim's imports begin with.
const module = "example.com/hasim"

// mayImport is a statement of policy: which rooms of the house may use which.
// A room that is not listed may use none. A new arrow is a decision: change
// the picture in the README with it.
var mayImport = []struct {
	room string // a package, or a folder with /... for all below it
	uses []string
}{
	{"sim/fmath", nil},
	{"sim", []string{"sim/fmath"}},
	{"model", []string{"sim", "sim/fmath", "model/..."}},
	{"model/autoscale/casefile", []string{"model/autoscale"}}, // reads the leaf's case files, for its tests and the conformance module
	{"model/...", []string{"sim/fmath"}},
	{"scenarios", []string{"model", "model/...", "sim"}},
	{"ui/quiet", nil},
	{"ui", []string{"ui/quiet", "model", "model/autoscale", "model/expect"}},
	{"cmd/hasim", []string{"ui/quiet", "ui", "scenarios", "model", "model/autoscale"}},
}

// outside is what the engine's rooms may use of the world outside: the
// standard library, without what would make runs differ.
var bannedImports = map[string]string{
	"math/rand":    "draws are counter-based: sim.Stream",
	"math/rand/v2": "draws are counter-based: sim.Stream",
	"math/cmplx":   "nothing here needs it",
	"hash/maphash": "it is seeded anew in every process",
	"os":           "the engine reads no files and no environment",
	"sync":         "a World belongs to one goroutine",
	"sync/atomic":  "a World belongs to one goroutine",
	"unsafe":       "records are plain data",
	"runtime":      "nothing may depend on the machine",
	"context":      "RunUntil takes a budget instead",
	"crypto/rand":  "draws are counter-based: sim.Stream",
	"net":          "the engine knows no network but its own",
	"encoding/gob": "a checkpoint is a copy of slices",
}

// bannedCalls are functions whose results differ from machine to machine, or
// that read the wall clock.
var bannedCalls = map[string]string{
	"time.Now": "pass now", "time.Since": "pass now", "time.Until": "pass now", "time.Sleep": "schedule an event",
	"time.After": "schedule an event", "time.Tick": "schedule an event", "time.NewTimer": "schedule an event",
	"time.Time": "durations since the start", "time.AfterFunc": "schedule an event",
	"math.Log": "fmath.Log", "math.Log2": "fmath.Log", "math.Log10": "fmath.Log10", "math.Log1p": "fmath", "math.Exp": "fmath.Exp",
	"math.Exp2": "fmath", "math.Expm1": "fmath", "math.Pow": "fmath.Pow", "math.Sin": "fmath", "math.Cos": "fmath", "math.Tan": "fmath",
	"math.Gamma": "fmath", "math.Lgamma": "fmath.Lgamma", "math.Erf": "fmath.NormCDF", "math.Erfc": "fmath.NormCDF", "math.Erfinv": "fmath.NormQuantile",
	"math.Cbrt": "fmath", "math.Hypot": "fmath", "math.Sinh": "fmath", "math.Tanh": "fmath", "math.Atan": "fmath", "math.FMA": "float64(a*b) + c",
	"sort.Slice": "slices.SortFunc with a total order, or SortStableFunc",
}

// file is one source file of the house.
type file struct {
	path string // below root
	room string
	ast  *ast.File
}

// house parses every file that is not a test. Nested modules are not part of
// it.
func house(t *testing.T) (files []file) {
	t.Helper()
	set := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil && path != root {
				return fs.SkipDir
			}
			if name := d.Name(); path != root && (strings.HasPrefix(name, ".") && name != ".." || name == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		files = append(files, file{rel, rel[:strings.LastIndex(rel, "/")+1], parsed})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range files {
		files[i].room = strings.TrimSuffix(files[i].room, "/")
	}
	if len(files) < 20 {
		t.Fatalf("found %d files only", len(files))
	}
	return files
}

func matches(pattern, room string) bool {
	if below, ok := strings.CutSuffix(pattern, "/..."); ok {
		return strings.HasPrefix(room, below+"/")
	}
	return pattern == room
}

// allowed finds the policy of a room: the first line that matches.
func allowed(room string) (uses []string, ok bool) {
	for _, p := range mayImport {
		if matches(p.room, room) {
			return p.uses, true
		}
	}
	return nil, false
}

func imports(f file) (paths []string) {
	for _, i := range f.ast.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		paths = append(paths, p)
	}
	return paths
}

// Imports run one way, from the commands down to the kernel.
func TestWhoMayImportWhom(t *testing.T) {
	for _, f := range house(t) {
		uses, ok := allowed(f.room)
		if !ok {
			t.Errorf("%s: the room %s is not on the map", f.path, f.room)
			continue
		}
		for _, p := range imports(f) {
			own, ours := strings.CutPrefix(p, module+"/")
			if !ours {
				continue
			}
			found := false
			for _, u := range uses {
				found = found || matches(u, own)
			}
			if !found {
				t.Errorf("%s imports %s; %s may import %v", f.path, own, f.room, uses)
			}
		}
	}
}

// The engine's rooms use the standard library only, and of it nothing that
// would make a run depend on the machine or the moment.
func TestNothingThatDependsOnTheMachine(t *testing.T) {
	for _, f := range house(t) {
		if f.room != "sim" && f.room != "model" && !strings.HasPrefix(f.room, "sim/") && !strings.HasPrefix(f.room, "model/") {
			continue
		}
		for _, p := range imports(f) {
			if why, banned := bannedImports[p]; banned {
				t.Errorf("%s imports %s: %s", f.path, p, why)
			}
			if first, _, _ := strings.Cut(p, "/"); strings.Contains(first, ".") && !strings.HasPrefix(p, module+"/") {
				t.Errorf("%s imports %s: the engine uses the standard library only", f.path, p)
			}
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s starts a goroutine", f.path)
			case *ast.SelectStmt, *ast.SendStmt, *ast.ChanType:
				t.Errorf("%s uses channels", f.path)
			case *ast.SelectorExpr:
				x, ok := n.X.(*ast.Ident)
				if !ok {
					break
				}
				if instead, banned := bannedCalls[x.Name+"."+n.Sel.Name]; banned {
					t.Errorf("%s uses %s.%s; instead: %s", f.path, x.Name, n.Sel.Name, instead)
				}
			}
			return true
		})
		rangesOverMaps(t, f)
	}
}

// rangesOverMaps reports loops over what is visibly a map: its order differs
// from run to run.
func rangesOverMaps(t *testing.T, f file) {
	maps := map[string]bool{}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, r := range n.Rhs {
				if i < len(n.Lhs) && isMap(r) {
					if id, ok := n.Lhs[i].(*ast.Ident); ok {
						maps[id.Name] = true
					}
				}
			}
		case *ast.ValueSpec:
			for i, id := range n.Names {
				_, typed := n.Type.(*ast.MapType)
				if typed || i < len(n.Values) && isMap(n.Values[i]) {
					maps[id.Name] = true
				}
			}
		case *ast.Field:
			if _, ok := n.Type.(*ast.MapType); ok {
				for _, id := range n.Names {
					maps[id.Name] = true
				}
			}
		}
		return true
	})
	ast.Inspect(f.ast, func(n ast.Node) bool {
		r, ok := n.(*ast.RangeStmt)
		if !ok {
			return true
		}
		name := ""
		switch x := r.X.(type) {
		case *ast.Ident:
			name = x.Name
		case *ast.SelectorExpr:
			name = x.Sel.Name
		}
		if maps[name] {
			t.Errorf("%s ranges over the map %s", f.path, name)
		}
		return true
	})
}

func isMap(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.CompositeLit:
		_, ok := e.Type.(*ast.MapType)
		return ok
	case *ast.CallExpr:
		if id, ok := e.Fun.(*ast.Ident); ok && id.Name == "make" && len(e.Args) > 0 {
			_, ok := e.Args[0].(*ast.MapType)
			return ok
		}
	}
	return false
}

// The top level is fixed by the project's owner.
func TestTopLevel(t *testing.T) {
	want := map[string]bool{"cmd": true, "sim": true, "model": true, "scenarios": true, "ui": true,
		"go.mod": true, "go.sum": true, "README.md": true, "LICENSE": true}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name := e.Name(); !want[name] && !strings.HasPrefix(name, ".") {
			t.Errorf("%s does not belong at the top level", name)
		}
	}
}
