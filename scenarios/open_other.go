//go:build !unix

package scenarios

import "os"

func openNonblocking(path string) (*os.File, error) { return os.Open(path) }
