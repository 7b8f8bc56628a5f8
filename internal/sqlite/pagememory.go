package sqlite

import (
	"math"
	"slices"
	"sync"
	"unsafe"

	"modernc.org/libc"
)

// pageMemory is the memory of pages and what SQLite keeps beside each, for all page caches that have
// pages of one size. It asks the system for a block at a time, and gives back a block that has no
// page any more.
//
// Pages that a search looks at lie anywhere in 40 MB. In pieces of 4 KB, each of them would be found by
// a walk through tables of the processor, and in a virtual machine through those of its host
// besides: a quarter of what a search with nothing but reference indexes costs. A block may be one
// huge page, of which the processor remembers where all of a large cache stands
// (docs/adr/0040-narrow-rows.md).
type pageMemory struct {
	size int // of a page, with what is kept beside it

	mu     sync.Mutex
	blocks []*block // by their numbers; nil: given back
	room   []*block // those that have some
}

// block is memory of the system.
type block struct {
	number uint16
	at     uintptr
	fresh  uintptr // from here on nothing was in use: the system gives memory when it is touched
	free   uintptr // the first piece that was; there stands the address of the next one
	used   int     // pieces
	listed bool    // in pageMemory.room
	system []byte  // as the system gave it
}

const (
	// blockSize is that of a huge page of amd64 and arm64.
	blockSize = 2 << 20
	// behind is what no piece has at the end of a block: some functions of SQLite read a few bytes
	// behind a page that is damaged.
	behind = 64
)

// memories are those of the process, by their sizes: SQLite has one page cache module for all of
// its connections.
var memories = struct {
	sync.Mutex
	of map[int]*pageMemory
}{of: map[int]*pageMemory{}}

// memoryFor gives the memory for pieces of a size.
func memoryFor(size int) *pageMemory {
	const line = 64 // bytes that a processor reads at once
	size = (size + line - 1) / line * line
	memories.Lock()
	defer memories.Unlock()
	m := memories.of[size]
	if m == nil {
		m = &pageMemory{size: size}
		memories.of[size] = m
	}
	return m
}

// take gives a piece and the number of its block; 0: there is no memory.
func (m *pageMemory) take(tls *libc.TLS) (at uintptr, number uint16) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.room) == 0 && !m.grow(tls) {
		return 0, 0
	}
	b := m.room[len(m.room)-1]
	if at = b.free; at != 0 {
		b.free = pointer(at)
	} else {
		at = b.fresh
		b.fresh += uintptr(m.size)
	}
	b.used++
	if b.free == 0 && !m.fits(b) {
		b.listed = false
		m.room = m.room[:len(m.room)-1]
	}
	return at, b.number
}

// fits reports whether another piece was never in use.
func (m *pageMemory) fits(b *block) bool { return b.fresh+uintptr(m.size+behind) <= b.at+blockSize }

// grow asks the system for a block.
func (m *pageMemory) grow(tls *libc.TLS) bool {
	number := 0
	for number < len(m.blocks) && m.blocks[number] != nil {
		number++
	}
	if number > math.MaxUint16 {
		return false
	}
	b := &block{number: uint16(number), listed: true}
	if b.at, b.system = askForBlock(tls); b.at == 0 {
		return false
	}
	b.fresh = b.at
	if number == len(m.blocks) {
		m.blocks = append(m.blocks, nil)
	}
	m.blocks[number], m.room = b, append(m.room, b)
	return true
}

// giveBack takes a piece back.
func (m *pageMemory) giveBack(tls *libc.TLS, at uintptr, number uint16) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := m.blocks[number]
	*(*uintptr)(unsafe.Pointer(&memory(at, int(unsafe.Sizeof(at)))[0])) = b.free
	b.free = at
	b.used--
	if !b.listed {
		b.listed = true
		m.room = append(m.room, b)
	}
	if b.used == 0 && len(m.room) > 1 { // else the next page would ask for one again
		m.room = slices.DeleteFunc(m.room, func(other *block) bool { return other == b })
		m.blocks[number] = nil
		giveBlockBack(tls, b.at, b.system)
	}
}
