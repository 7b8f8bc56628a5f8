package sqlite

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"modernc.org/libc"
)

// TestPiecesOfMemoryAreApart takes and gives back pieces from several goroutines, as caches of
// several connections do, and finds in each what was written to it.
func TestPiecesOfMemoryAreApart(t *testing.T) {
	t.Parallel()
	const size = 4096 + 256
	m := &pageMemory{size: size}
	var all sync.WaitGroup
	for seed := range uint64(4) {
		all.Go(func() {
			tls := libc.NewTLS()
			defer tls.Close()
			type piece struct {
				at    uintptr
				block uint16
				stamp byte
			}
			var pieces []piece
			r := rand.New(rand.NewPCG(seed, 1))
			last := func() {
				p := pieces[len(pieces)-1]
				pieces = pieces[:len(pieces)-1]
				if got := memory(p.at, size); !bytes.Equal(got, bytes.Repeat([]byte{p.stamp}, size)) {
					t.Error("a piece has not what was written to it")
				}
				m.giveBack(tls, p.at, p.block)
			}
			for range 6000 {
				if r.IntN(3) == 0 && len(pieces) > 0 {
					n := r.IntN(len(pieces))
					pieces[n], pieces[len(pieces)-1] = pieces[len(pieces)-1], pieces[n]
					last()
					continue
				}
				at, block := m.take(tls)
				if at == 0 {
					t.Error("there is no memory")
					return
				}
				pieces = append(pieces, piece{at, block, byte(r.Uint32())})
				copy(memory(at, size), bytes.Repeat([]byte{pieces[len(pieces)-1].stamp}, size))
			}
			for len(pieces) > 0 {
				last()
			}
		})
	}
	all.Wait()
	kept := slices.DeleteFunc(m.blocks, func(b *block) bool { return b == nil })
	if len(kept) != 1 || kept[0].used != 0 {
		t.Errorf("%d blocks are kept when nothing is in use, want 1", len(kept))
	}
}

// TestBlocksAreFull holds how many pieces a block has, and that none stands beyond it.
func TestBlocksAreFull(t *testing.T) {
	t.Parallel()
	tls := libc.NewTLS()
	defer tls.Close()
	for _, size := range []int{512 + 256, 4096 + 256, 65536 + 256} {
		m := memoryFor(size)
		fresh := &pageMemory{size: m.size}
		n := (blockSize - behind) / m.size
		type piece struct {
			at    uintptr
			block uint16
		}
		var pieces []piece
		for range n + 1 {
			at, block := fresh.take(tls)
			pieces = append(pieces, piece{at, block})
		}
		if first, last := fresh.blocks[0], pieces[n-1]; last.block != 0 || last.at+uintptr(m.size+behind) > first.at+blockSize || pieces[n].block != 1 {
			t.Errorf("pieces of %d: number %d stands in block %d, the next in %d", size, n, last.block, pieces[n].block)
		}
		for _, p := range pieces {
			fresh.giveBack(tls, p.at, p.block)
		}
		giveBlockBack(tls, fresh.room[0].at, fresh.room[0].system)
	}
}
