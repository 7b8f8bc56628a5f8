package sqlite

import (
	"unsafe"

	"golang.org/x/sys/unix"
	"modernc.org/libc"
)

// askForBlock asks for a block that may be a huge page, which begins where one can: twice as much
// is mapped, of which the other half is never touched and so never there. 0: there is no memory.
func askForBlock(*libc.TLS) (at uintptr, system []byte) {
	system, err := unix.Mmap(-1, 0, 2*blockSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE|unix.MAP_NORESERVE)
	if err != nil {
		return 0, nil
	}
	at = uintptr(unsafe.Pointer(&system[0]))
	skipped := -at & (blockSize - 1)
	// A system that has none gives small pages: then the wish is all that is lost.
	_ = unix.Madvise(system[skipped:skipped+blockSize], unix.MADV_HUGEPAGE)
	return at + skipped, system
}

func giveBlockBack(_ *libc.TLS, _ uintptr, system []byte) {
	_ = unix.Munmap(system) // fails for what was never mapped
}
