package scenarios

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

//go:embed *.yaml
var files embed.FS

// Entry is one scenario of the library.
type Entry struct {
	Name, Title, Lesson, Level string
	Source                     []byte
}

// Library lists the scenarios that come with hasim, by level and name.
func Library() []Entry { return slices.Clone(library()) }

var library = sync.OnceValue(func() []Entry {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		panic(err)
	}
	var entries []Entry
	for _, name := range names {
		src, err := files.ReadFile(name)
		if err != nil {
			panic(err)
		}
		entries = append(entries, entry(strings.TrimSuffix(name, ".yaml"), src))
	}
	slices.SortStableFunc(entries, func(a, b Entry) int {
		return strings.Compare(a.Level+" "+a.Name, b.Level+" "+b.Name)
	})
	return entries
})

// entry reads the head of a library file; a file that does not even parse is
// listed by its name.
func entry(name string, src []byte) Entry {
	e := Entry{Name: name, Source: src}
	root := parseTree(&collector{}, name, src)
	if root == nil || root.kind != mapping {
		return e
	}
	text := func(key string) string {
		if n := root.get(key); n != nil && n.kind == scalar {
			return n.text
		}
		return ""
	}
	e.Title, e.Lesson, e.Level = cleanLine(text("title")), clean(text("lesson")), cleanLine(text("x-level"))
	return e
}

// fromLibrary finds an entry by its name, with or without .yaml.
func fromLibrary(name string) (Entry, bool) {
	name = strings.TrimSuffix(name, ".yaml")
	for _, e := range library() {
		if e.Name == name {
			return e, true
		}
	}
	return Entry{}, false
}

func libraryNames() []string {
	var names []string
	for _, e := range library() {
		names = append(names, e.Name)
	}
	return names
}
