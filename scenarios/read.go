package scenarios

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxFile bounds a scenario file. The largest that anybody wrote by hand has
// some kilobytes.
const maxFile = 1 << 20

// read returns the bytes behind a path, a name of the library, or "-". A file
// on disk wins over a name of the library.
func read(nameOrPath string, stdin io.Reader) (file string, src []byte, err error) {
	if nameOrPath == "-" {
		if stdin == nil {
			return "", nil, &ReadError{File: "standard input", Msg: "there is none"}
		}
		src, err = readAll("standard input", stdin)
		return "standard input", src, err
	}
	src, err = readFile(nameOrPath)
	var re *ReadError
	if err == nil || !errors.As(err, &re) {
		return nameOrPath, src, err
	}
	if e, ok := fromLibrary(nameOrPath); ok {
		return e.Name + ".yaml", e.Source, nil
	}
	if errors.Is(re.Err, fs.ErrNotExist) {
		re.Help = nearFile(nameOrPath)
	}
	return nameOrPath, nil, re
}

// readFile reads a regular file. The file is opened without waiting (a FIFO
// without a writer would hang) and looked at after it was opened, so that
// nothing can be swapped in between.
func readFile(path string) ([]byte, error) {
	f, err := openNonblocking(path)
	if err != nil {
		return nil, readError(path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, readError(path, err)
	}
	if e := irregular(path, info.Mode()); e != nil {
		return nil, e
	}
	return readAll(path, f)
}

// readAll reads up to the limit and a byte more: what is larger is reported by
// parseTree, which sees the length.
func readAll(name string, r io.Reader) ([]byte, error) {
	src, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, readError(name, err)
	}
	return src, nil
}

func readError(name string, err error) *ReadError {
	e := &ReadError{File: name, Err: err}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Msg = "no such file, and no scenario of that name in the library"
	case errors.Is(err, fs.ErrPermission):
		e.Msg, e.Help = "may not be read (permission denied)", "check its owner and mode with ls -l"
	default:
		e.Msg = "cannot be read: " + systemWords(err)
	}
	return e
}

// systemWords is the system's error without the path, which stands before it
// already.
func systemWords(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return visible(err.Error())
}

func irregular(path string, mode fs.FileMode) *ReadError {
	e := &ReadError{File: path}
	switch {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		e.Msg, e.Help = "is a directory", "name a file in it"
		if found, _ := filepath.Glob(filepath.Join(escapeGlob(path), "*.yaml")); len(found) > 0 {
			e.Help = "name a file in it, such as " + visible(found[0])
		}
	case mode&fs.ModeNamedPipe != 0:
		e.Msg, e.Help = "is a pipe, not a file", "write - and let the pipe be standard input"
	case mode&fs.ModeDevice != 0:
		e.Msg, e.Help = "is a device, not a file", "name a scenario file"
	default:
		e.Msg, e.Help = "is not a regular file", "name a scenario file"
	}
	return e
}

func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// nearFile looks for what a name that is missing was meant to be: among the
// files beside it and in the library.
func nearFile(path string) string {
	dir, base := filepath.Split(path)
	names := libraryNames()
	if dir != "" {
		names = nil
	}
	entries, _ := os.ReadDir(filepath.Clean("./" + dir))
	if filepath.IsAbs(path) {
		entries, _ = os.ReadDir(filepath.Clean(dir))
	}
	for i, e := range entries {
		if ext := filepath.Ext(e.Name()); i < 1000 && (ext == ".yaml" || ext == ".yml") {
			names = append(names, e.Name())
		}
	}
	best := nearest(base, names)
	if best == "" {
		best = nearest(strings.TrimSuffix(base, filepath.Ext(base)), names)
	}
	if best != "" {
		return fmt.Sprintf("did you mean %s?", visible(dir+best))
	}
	return "hasim list shows the library: " + strings.Join(libraryNames(), ", ")
}
