package web

import "sync"

// Bodies keeps the memory of answers for the next ones: a long one is more than all else that
// a request takes. The zero value is ready.
type Bodies struct{ pool sync.Pool }

// maxKept is the largest body whose memory is kept.
const maxKept = 1 << 20

// With gives do an empty body. Once do has returned, the memory of what it made of the body
// is somebody else's.
func (b *Bodies) With(do func([]byte) ([]byte, error)) error {
	kept, ok := b.pool.Get().(*[]byte)
	if !ok {
		kept = new([]byte)
	}
	body, err := do((*kept)[:0])
	if cap(body) <= maxKept {
		*kept = body
		b.pool.Put(kept)
	}
	return err
}
