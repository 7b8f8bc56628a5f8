//go:build unix

package appclient

import (
	"errors"
	"syscall"
)

// quiet reports whether nothing has come over a socket on which nothing is awaited. An end,
// an error and bytes alike mean that it must not be used again: the next request would be
// lost, or get an answer that is not its own.
func quiet(socket syscall.RawConn) bool {
	if socket == nil {
		return false
	}
	var byte1 [1]byte
	open := false
	err := socket.Read(func(fd uintptr) bool {
		_, err := syscall.Read(int(fd), byte1[:])
		open = errors.Is(err, syscall.EAGAIN)
		return true
	})
	return err == nil && open
}
