//go:build !linux

package sqlite

import "modernc.org/libc"

// askForBlock asks for a block. 0: there is no memory.
func askForBlock(tls *libc.TLS) (at uintptr, system []byte) { return libc.Xmalloc(tls, blockSize), nil }

func giveBlockBack(tls *libc.TLS, at uintptr, _ []byte) { libc.Xfree(tls, at) }
