package twig

import (
	"math"
	"math/bits"

	"github.com/appdock/appdock/twig/parse"
)

// Most arithmetic and comparison in templates is between ints, often with a
// literal on the right. These closures decide that case on the spot and leave
// everything else to the general rules.

// add, sub and mul compute on ints; ok is false on overflow.
func add(a, b int64) (int64, bool) {
	c := a + b
	return c, (c > a) == (b > 0)
}

func sub(a, b int64) (int64, bool) {
	c := a - b
	return c, (c < a) == (b > 0)
}

func mul(a, b int64) (int64, bool) {
	if uint64(a+1<<31) < 1<<32 && uint64(b+1<<31) < 1<<32 {
		return a * b, true
	}
	if a == 0 || b == 0 {
		return 0, true
	}
	hi, lo := bits.Mul64(uint64(abs(a)), uint64(abs(b)))
	negative := (a < 0) != (b < 0)
	if hi != 0 || lo > 1<<63 || lo == 1<<63 && !negative {
		return 0, false
	}
	return a * b, true
}

// rem is a % b for a b above 0.
func rem(a, b int64) int64 {
	if uint64(a|b) < 1<<32 { // dividing short words is several times faster
		return int64(uint32(a) % uint32(b))
	}
	return a % b
}

// divisor is a literal above 0 that remainders are taken of. Multiplying with
// its inverse is several times faster than dividing (Lemire, Kaser and Kurz,
// "Faster remainder by direct computation", 2019).
type divisor struct {
	n       int64
	inverse uint64 // of a short word: 2^64/n + 1
}

func divisorOf(n int64) divisor {
	d := divisor{n: n}
	if n < 1<<32 {
		d.inverse = math.MaxUint64/uint64(n) + 1 // 0 for 1, which gives the right remainder too
	}
	return d
}

func (d divisor) rem(n int64) int64 {
	if uint64(n|d.n) < 1<<32 {
		r, _ := bits.Mul64(d.inverse*uint64(n), uint64(d.n))
		return int64(r)
	}
	return n % d.n
}

// onInts compiles + - * and %; the general rules apply to what is not two ints or overflows.
func (b *builder) onInts(n *parse.Binary) eval {
	op, at := n.Op, b.site(n.Pos)
	general := func(c *Context, v, w Value) Value { return c.compute(arithmetic, op, v, w, at) }
	if k, ok := intConstant(n.Y); ok && (op != "%" || k > 0) {
		if v := b.plain(n.X, !b.env.strict); v != nil {
			return variableWithLiteral(op, v, k, general)
		}
		return withLiteral(op, b.expr(n.X), k, general)
	}
	x, y := b.expr(n.X), b.expr(n.Y)
	switch op {
	case "+":
		return func(c *Context, f *frame) Value {
			v := x(c, f)
			w := y(c, f)
			if v.kind == KindInt && w.kind == KindInt {
				if r, ok := add(v.n, w.n); ok {
					return Int(r)
				}
			}
			return general(c, v, w)
		}
	case "-":
		return func(c *Context, f *frame) Value {
			v := x(c, f)
			w := y(c, f)
			if v.kind == KindInt && w.kind == KindInt {
				if r, ok := sub(v.n, w.n); ok {
					return Int(r)
				}
			}
			return general(c, v, w)
		}
	case "*":
		return func(c *Context, f *frame) Value {
			v := x(c, f)
			w := y(c, f)
			if v.kind == KindInt && w.kind == KindInt {
				if r, ok := mul(v.n, w.n); ok {
					return Int(r)
				}
			}
			return general(c, v, w)
		}
	}
	return func(c *Context, f *frame) Value {
		v := x(c, f)
		return general(c, v, y(c, f))
	}
}

// withLiteral compiles x op k.
func withLiteral(op string, x eval, k int64, general func(c *Context, v, w Value) Value) eval {
	compute := onLiteral(op)
	literal := Int(k)
	return func(c *Context, f *frame) Value {
		v := x(c, f)
		if v.kind == KindInt {
			if r, ok := compute(v.n, k); ok {
				return Int(r)
			}
		}
		return general(c, v, literal)
	}
}

func onLiteral(op string) func(a, b int64) (int64, bool) {
	switch op {
	case "+":
		return add
	case "-":
		return sub
	case "*":
		return mul
	}
	return func(a, b int64) (int64, bool) { return rem(a, b), true }
}

// variableWithLiteral compiles x op k for a variable x.
func variableWithLiteral(op string, x *variable, k int64, general func(c *Context, v, w Value) Value) eval {
	slot, literal := x.slot, Int(k)
	other := func(c *Context, f *frame) Value {
		v := f.slots[slot]
		if v.kind >= kindUndefined {
			v = x.resolve(c, f)
		}
		return general(c, v, literal)
	}
	switch op {
	case "+":
		return func(c *Context, f *frame) Value {
			if v := f.slots[slot]; v.kind == KindInt {
				if r, ok := add(v.n, k); ok {
					return Int(r)
				}
			}
			return other(c, f)
		}
	case "-":
		return func(c *Context, f *frame) Value {
			if v := f.slots[slot]; v.kind == KindInt {
				if r, ok := sub(v.n, k); ok {
					return Int(r)
				}
			}
			return other(c, f)
		}
	case "*":
		return func(c *Context, f *frame) Value {
			if v := f.slots[slot]; v.kind == KindInt {
				if r, ok := mul(v.n, k); ok {
					return Int(r)
				}
			}
			return other(c, f)
		}
	}
	by := divisorOf(k)
	return func(c *Context, f *frame) Value {
		if v := f.slots[slot]; v.kind == KindInt {
			return Int(by.rem(v.n))
		}
		return other(c, f)
	}
}

func intConstant(x parse.Expr) (int64, bool) {
	k, ok := x.(*parse.Constant)
	if !ok {
		return 0, false
	}
	n, ok := k.Value.(int64)
	return n, ok
}

// compareInt compiles a comparison with an int literal; nil if it is none.
func (b *builder) compareInt(n *parse.Binary, general func(c *Context, x, y Value) bool) func(*Context, *frame) bool {
	k, ok := intConstant(n.Y)
	if !ok {
		return nil
	}
	var holds func(n int64) bool
	switch n.Op {
	case "==":
		if test := b.compareRemainder(n, k, true, general); test != nil {
			return test
		}
		holds = func(n int64) bool { return n == k }
	case "!=":
		if test := b.compareRemainder(n, k, false, general); test != nil {
			return test
		}
		holds = func(n int64) bool { return n != k }
	case "<":
		holds = func(n int64) bool { return n < k }
	case ">=":
		holds = func(n int64) bool { return n >= k }
	case ">":
		holds = func(n int64) bool { return n > k }
	case "<=":
		holds = func(n int64) bool { return n <= k }
	default:
		return nil
	}
	x, literal := b.expr(n.X), Int(k)
	return func(c *Context, f *frame) bool {
		v := x(c, f)
		if v.kind == KindInt {
			return holds(v.n)
		}
		return general(c, v, literal)
	}
}

// compareRemainder compiles x % m == k and != for a variable x: every other
// row, every tenth element.
func (b *builder) compareRemainder(n *parse.Binary, k int64, same bool, general func(c *Context, x, y Value) bool) func(*Context, *frame) bool {
	r, ok := n.X.(*parse.Binary)
	if !ok || r.Op != "%" {
		return nil
	}
	x := b.plain(r.X, !b.env.strict)
	m, ok := intConstant(r.Y)
	if x == nil || !ok || m <= 0 {
		return nil
	}
	slot, other, literal, by := x.slot, b.onInts(r), Int(k), divisorOf(m)
	return func(c *Context, f *frame) bool {
		if v := f.slots[slot]; v.kind == KindInt {
			return (by.rem(v.n) == k) == same
		}
		return general(c, other(c, f), literal)
	}
}
