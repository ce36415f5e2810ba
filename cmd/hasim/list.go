package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"example.com/hasim/scenarios"
)

func listCommand() command {
	return command{
		name: "list", args: "",
		short: "list the scenarios of the library",
		long:  `Lists the scenarios that come with hasim. Their names work as file names.`,
		setup: func(f *flagSet) action {
			names := false
			f.boolean("names", "", "the names alone", &names)
			return func(c *console, words []string) error {
				if len(words) > 0 {
					return usage("list takes no %s", quote(words[0]))
				}
				list(c, names)
				return nil
			}
		},
	}
}

func list(c *console, names bool) {
	width := 0
	for _, e := range scenarios.Library() {
		width = max(width, len(e.Name))
	}
	for _, e := range scenarios.Library() {
		switch {
		case names:
			c.out.printf("%s\n", e.Name)
		case e.Level != "":
			c.out.printf("%s  level %s  %s\n", padded(e.Name, width), e.Level, e.Title)
		default:
			c.out.printf("%s           %s\n", padded(e.Name, width), e.Title)
		}
	}
}

func initCommand() command {
	return command{
		name: "init", args: "NAME",
		short: "copy a scenario of the library to ./NAME.yaml, to change it",
		long: `Writes a scenario of the library into the working directory. A file that is
there already is left alone, unless --force is given; then it is replaced
as a whole or not at all.`,
		setup: func(f *flagSet) action {
			force := false
			f.boolean("force", "f", "replace the file if it is there", &force)
			return func(c *console, words []string) error { return initFile(c, words, force) }
		},
	}
}

func initFile(c *console, words []string, force bool) error {
	var known []string
	for _, e := range scenarios.Library() {
		known = append(known, e.Name)
	}
	if len(words) != 1 {
		e := usage("init takes one NAME of the library: hasim init NAME")
		e.help = "the library has " + strings.Join(known, ", ")
		return e
	}
	name := strings.TrimSuffix(words[0], ".yaml")
	for _, e := range scenarios.Library() {
		if e.Name == name {
			return writeScenario(c, name+".yaml", e.Source, force)
		}
	}
	e := usage("the library has no scenario %s", quote(name))
	if near := nearest(name, known); near != "" {
		e.msg += "; did you mean " + near + "?"
	} else {
		e.help = "the library has " + strings.Join(known, ", ")
	}
	return e
}

func writeScenario(c *console, path string, src []byte, force bool) error {
	err := writeFile(path, src, force)
	switch {
	case errors.Is(err, fs.ErrExist):
		return &failure{code: exitIO, msg: path + " is there already and was left alone", help: "--force replaces it"}
	case err != nil:
		return &failure{code: exitIO, msg: fmt.Sprintf("cannot write %s: %v", path, err)}
	}
	c.out.printf("wrote %s; run it with: hasim %s\n", path, path)
	return nil
}

// writeFile puts data at path whole or not at all: into a file beside it,
// synced, which then takes its name. Without force a file that has the name
// keeps it, whoever makes it and when: the error is fs.ErrExist then.
func writeFile(path string, data []byte, force bool) (err error) {
	if info, err := os.Lstat(path); err == nil && (!force || !info.Mode().IsRegular()) {
		if force {
			return fmt.Errorf("it is not a regular file")
		}
		return fs.ErrExist
	}
	dir := filepath.Dir(path)
	f, err := os.OpenFile(fmt.Sprintf("%s/.%s.%d.tmp", dir, filepath.Base(path), os.Getpid()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if force {
		err = os.Rename(f.Name(), path)
	} else {
		err = take(f.Name(), path, data)
	}
	if err == nil {
		syncDir(dir)
	}
	return err
}

// take gives the file its name unless the name is taken. Where links do not
// exist the name is taken first and written then.
func take(temp, path string, data []byte) error {
	err := os.Link(temp, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(path)
	}
	return err
}

// syncDir makes the new name last. Systems that cannot do so are none the
// worse.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
