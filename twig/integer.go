package twig

import (
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

func rem(a, b int64) (int64, bool) {
	if b == 0 || b == -1 {
		return 0, false
	}
	return a % b, true
}

// onInts compiles + - * and %; the general rules apply to what is not two ints or overflows.
func (b *builder) onInts(n *parse.Binary) eval {
	op, at := n.Op, b.site(n.Pos)
	general := func(c *Context, v, w Value) Value {
		r, err := arithmetic(op, v, w)
		if err != nil {
			c.raise(at, err)
		}
		return r
	}
	x := b.expr(n.X)
	if k, ok := intConstant(n.Y); ok {
		return withLiteral(op, x, k, general)
	}
	y := b.expr(n.Y)
	compute := map[string]func(a, b int64) (int64, bool){"+": add, "-": sub, "*": mul, "%": rem}[op]
	return func(c *Context, f *frame) Value {
		v := x(c, f)
		w := y(c, f)
		if v.kind == KindInt && w.kind == KindInt {
			if r, ok := compute(v.n, w.n); ok {
				return Int(r)
			}
		}
		return general(c, v, w)
	}
}

// withLiteral compiles x op k.
func withLiteral(op string, x eval, k int64, general func(c *Context, v, w Value) Value) eval {
	literal := Int(k)
	switch {
	case op == "%" && k > 0:
		return func(c *Context, f *frame) Value {
			v := x(c, f)
			if v.kind == KindInt {
				if uint64(v.n|k) < 1<<32 { // dividing short words is several times faster
					return Int(int64(uint32(v.n) % uint32(k)))
				}
				return Int(v.n % k)
			}
			return general(c, v, literal)
		}
	case op == "+":
		return func(c *Context, f *frame) Value {
			v := x(c, f)
			if v.kind == KindInt {
				if r, ok := add(v.n, k); ok {
					return Int(r)
				}
			}
			return general(c, v, literal)
		}
	case op == "-":
		return func(c *Context, f *frame) Value {
			v := x(c, f)
			if v.kind == KindInt {
				if r, ok := sub(v.n, k); ok {
					return Int(r)
				}
			}
			return general(c, v, literal)
		}
	case op == "*":
		return func(c *Context, f *frame) Value {
			v := x(c, f)
			if v.kind == KindInt {
				if r, ok := mul(v.n, k); ok {
					return Int(r)
				}
			}
			return general(c, v, literal)
		}
	}
	return func(c *Context, f *frame) Value { return general(c, x(c, f), literal) }
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
	x, literal := b.expr(n.X), Int(k)
	switch n.Op {
	case "==", "!=":
		same := n.Op == "=="
		return func(c *Context, f *frame) bool {
			v := x(c, f)
			if v.kind == KindInt {
				return (v.n == k) == same
			}
			return general(c, v, literal)
		}
	case "<", ">=":
		below := n.Op == "<"
		return func(c *Context, f *frame) bool {
			v := x(c, f)
			if v.kind == KindInt {
				return (v.n < k) == below
			}
			return general(c, v, literal)
		}
	case ">", "<=":
		above := n.Op == ">"
		return func(c *Context, f *frame) bool {
			v := x(c, f)
			if v.kind == KindInt {
				return (v.n > k) == above
			}
			return general(c, v, literal)
		}
	}
	return nil
}
