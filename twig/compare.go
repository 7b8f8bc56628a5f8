package twig

import (
	"cmp"
	"strings"
)

// compare orders two values as <=> does (spec 2.5). What cannot be compared gives 1.
func (c *Context) compare(a, b Value) int {
	n, ok := c.order(a, b, 0)
	if !ok {
		return 1
	}
	return n
}

// equal is ==.
func (c *Context) equal(a, b Value) bool {
	if a.kind == b.kind {
		switch a.kind { //nolint:exhaustive // the other kinds are treated alike
		case KindInt, KindBool:
			return a.n == b.n
		case KindString:
			s, t := a.text(), b.text()
			c.spendEqual(a, b)
			if s == t {
				return true
			}
			if s == "" || t == "" || s[0] > '9' || t[0] > '9' {
				return false
			}
		}
	}
	n, ok := c.order(a, b, 0)
	return ok && n == 0
}

func threeWay[T cmp.Ordered](a, b T) int {
	switch {
	case a == b:
		return 0
	case a < b:
		return -1
	}
	return 1
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// order gives the order of a and b; ok is false if they have none.
func (c *Context) order(a, b Value, depth int) (n int, ok bool) {
	if depth > maxNesting {
		c.tooNested()
	}
	switch {
	case a.kind == KindNull && b.IsText():
		a = String("")
	case b.kind == KindNull && a.IsText():
		b = String("")
	}
	c.spendText(a)
	c.spendText(b)
	switch {
	case a.kind == KindBool || b.kind == KindBool || a.kind == KindNull || b.kind == KindNull:
		return boolInt(a.Truth()) - boolInt(b.Truth()), true
	case a.kind == KindInt && b.kind == KindInt:
		return threeWay(a.n, b.n), true
	case isNumber(a) && isNumber(b):
		x, y := a.ToFloat(), b.ToFloat()
		return threeWay(x, y), x == x && y == y
	case a.IsText() && b.IsText():
		return orderStrings(a.text(), b.text()), true
	case isNumber(a) && b.IsText():
		return orderNumber(a, b.text())
	case a.IsText() && isNumber(b):
		n, ok := orderNumber(b, a.text())
		return -n, ok
	case a.kind == KindArray && b.kind == KindArray:
		return c.orderArrays(a.Array(), b.Array(), depth)
	case a.kind == KindObject || b.kind == KindObject:
		return c.orderObjects(a, b)
	case a.kind == KindClosure || b.kind == KindClosure:
		return 1, a == b
	case a.kind == KindArray:
		return 1, true
	}
	return -1, true
}

func isNumber(v Value) bool { return v.kind == KindInt || v.kind == KindFloat }

func orderStrings(s, t string) int {
	if x, ok := numeric(s); ok {
		if y, ok := numeric(t); ok {
			if x.kind == KindInt && y.kind == KindInt {
				return threeWay(x.n, y.n)
			}
			return threeWay(x.ToFloat(), y.ToFloat())
		}
	}
	return strings.Compare(s, t)
}

func orderNumber(a Value, s string) (int, bool) {
	y, ok := numeric(s)
	if !ok {
		return strings.Compare(a.scalarString(), s), true
	}
	if a.kind == KindInt && y.kind == KindInt {
		return threeWay(a.n, y.n), true
	}
	f, g := a.ToFloat(), y.ToFloat()
	return threeWay(f, g), f == f && g == g
}

func (c *Context) orderArrays(a, b *Array, depth int) (int, bool) {
	if a == b {
		return 0, true
	}
	if a.Len() != b.Len() {
		return threeWay(a.Len(), b.Len()), true
	}
	c.Spend(a.Len())
	for k, v := range a.All() {
		w, ok := b.Get(k)
		if !ok {
			return 1, false
		}
		if n, ok := c.order(v, w, depth+1); n != 0 || !ok {
			return n, ok
		}
	}
	return 0, true
}

func (c *Context) orderObjects(a, b Value) (int, bool) {
	if a.kind == KindObject && b.kind == KindObject {
		if sameObject(a, b) {
			return 0, true
		}
		if o, ok := a.Object().(Comparable); ok {
			return o.Compare(b.Object())
		}
		return 1, false
	}
	if a.IsText() {
		if s, ok := c.stringOf(b); ok {
			return orderStrings(a.text(), s), true
		}
		return -1, true
	}
	if b.IsText() {
		if s, ok := c.stringOf(a); ok {
			return orderStrings(s, b.text()), true
		}
		return 1, true
	}
	if a.kind == KindObject {
		return 1, isNumber(b)
	}
	return -1, isNumber(a)
}

func sameObject(a, b Value) bool {
	return a.p == b.p || comparableObjects(a.Object(), b.Object())
}

// same is identity: type and value (spec 2.5).
func (c *Context) same(a, b Value, depth int) bool {
	if a.kind != b.kind {
		return false
	}
	switch a.kind { //nolint:exhaustive // the other kinds are treated alike
	case KindFloat:
		return a.float() == b.float()
	case KindString, KindMarkup:
		c.spendEqual(a, b)
		return a.text() == b.text()
	case KindArray:
		if depth > maxNesting {
			c.tooNested()
		}
		return c.sameArrays(a.Array(), b.Array(), depth)
	case KindObject:
		return sameObject(a, b)
	case KindClosure:
		return a.p == b.p
	}
	return a.n == b.n
}

func (c *Context) sameArrays(a, b *Array, depth int) bool {
	if a == b {
		return true
	}
	if a.Len() != b.Len() {
		return false
	}
	c.Spend(a.Len())
	for i := range a.Len() {
		k, v := a.At(i)
		l, w := b.At(i)
		if k != l || !c.same(v, w, depth+1) {
			return false
		}
	}
	return true
}

// spendEqual charges for finding out whether two texts are equal: those of
// different length are not looked at.
func (c *Context) spendEqual(a, b Value) {
	if a.n == b.n {
		c.spendText(a)
	}
}

// spendText charges for reading a text, as a number or against another one.
// Short ones are in the price of the operation.
func (c *Context) spendText(v Value) {
	if v.n >= longText && v.IsText() {
		c.Spend(int(v.n / longText))
	}
}

// longText is how many bytes are read at the price of a step.
const longText = 256
