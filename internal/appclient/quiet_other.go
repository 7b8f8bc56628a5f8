//go:build !unix

package appclient

import "syscall"

// quiet reports whether nothing has come over a socket on which nothing is awaited. Where
// that cannot be asked without waiting, no connection is used twice.
func quiet(syscall.RawConn) bool { return false }
