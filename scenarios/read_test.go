//go:build unix

package scenarios

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
)

func TestWhatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	sale := file("sale.yaml", small, 0o600)
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	cases := []struct{ name, msg, help string }{
		{dir, "is a directory", sale},
		{fifo, "is a pipe", "write -"},
		{"/dev/zero", "is a device", ""},
		{filepath.Join(dir, "sael.yaml"), "no such file", "did you mean " + sale},
		{"one-chief", "no such file", "did you mean one-chef"},
		{"nothing-like-it", "no such file", "one-chef"},
		{filepath.Join(dir, "no", "such", "folder.yaml"), "no such file", "hasim list"},
		{"a\x1b]0;x\ab", "no such file", ""},
		{"-", "there is none", ""},
	}
	if os.Getuid() != 0 {
		cases = append(cases, struct{ name, msg, help string }{file("secret.yaml", small, 0), "permission denied", "ls -l"})
	}
	for _, c := range cases {
		_, err := Load(c.name, Options{})
		var re *ReadError
		if !errors.As(err, &re) {
			t.Errorf("%q: %T %v", c.name, err, err)
			continue
		}
		if !strings.Contains(re.Msg, c.msg) || !strings.Contains(re.Help, c.help) || strings.ContainsAny(re.Error(), "\x1b\a") {
			t.Errorf("%q: %q", c.name, re.Error())
		}
	}
}

func TestFileWinsOverLibraryAndDashIsStandardInput(t *testing.T) {
	t.Chdir(t.TempDir())
	s, err := Load("one-chef", Options{})
	if err != nil || s.File != "one-chef.yaml" || s.Name != "one-chef" || len(s.Source) == 0 {
		t.Fatalf("%v %+v", err, s)
	}
	if err := os.WriteFile("one-chef", []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err = Load("one-chef", Options{}); err != nil || string(s.Source) != small || s.File != "one-chef" {
		t.Fatalf("%v %+v", err, s)
	}
	if s, err = Load("-", Options{Stdin: strings.NewReader(small)}); err != nil || s.File != "standard input" {
		t.Fatalf("%v %+v", err, s)
	}
	_, err = Load("-", Options{Stdin: iotest.ErrReader(io.ErrUnexpectedEOF)})
	if re, ok := err.(*ReadError); !ok || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatalf("%v %v", re, err)
	}
	endless := strings.NewReader(strings.Repeat("a", 3<<20))
	if _, err = Load("-", Options{Stdin: endless}); err == nil || !strings.Contains(err.Error(), "larger than 1 MiB") || endless.Len() == 0 {
		t.Fatalf("%v, %d bytes left", err, endless.Len())
	}
}
