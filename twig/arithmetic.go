package twig

import (
	"errors"
	"fmt"
	"math"
)

var (
	errDivision = errors.New("Division by zero") //nolint:staticcheck // the text is the reference's
	errModulo   = errors.New("Modulo by zero")   //nolint:staticcheck // the text is the reference's
)

// operand makes a number of an operand; ok is false if there is none (spec 2.4).
func operand(v Value) (Value, bool) {
	switch v.kind { //nolint:exhaustive // the other kinds are treated alike
	case KindInt, KindFloat:
		return v, true
	case KindNull:
		return Int(0), true
	case KindBool:
		return Int(v.n), true
	case KindString, KindMarkup:
		n, _, found := numericPrefix(v.text())
		return n, found
	}
	return Value{}, false
}

func unsupported(op string, a, b Value) error {
	if op == "//" {
		op = "/"
	}
	return fmt.Errorf("Unsupported operand types: %s %s %s", a.TypeName(), op, b.TypeName()) //nolint:staticcheck // the text is the reference's
}

// arithmetic computes a op b for + - * / // % ** (spec 2.4).
func arithmetic(op string, a, b Value) (Value, error) {
	if op == "+" && a.kind == KindArray && b.kind == KindArray {
		return union(a.Array(), b.Array()), nil
	}
	x, ok := operand(a)
	y, ok2 := operand(b)
	if !ok || !ok2 {
		return Value{}, unsupported(op, a, b)
	}
	switch op {
	case "%":
		return modulo(x.ToInt(), y.ToInt())
	case "/":
		return divide(x, y)
	case "//":
		q, err := divide(x, y)
		// By way of a float even between ints: the reference takes (int) floor().
		return Int(truncate(math.Floor(q.ToFloat()))), err
	case "**":
		return power(x, y), nil
	}
	if x.kind == KindInt && y.kind == KindInt {
		if v, ok := integers(op, x.n, y.n); ok {
			return v, nil
		}
	}
	f, g := x.ToFloat(), y.ToFloat()
	switch op {
	case "+":
		return Float(f + g), nil
	case "-":
		return Float(f - g), nil
	}
	return Float(f * g), nil
}

// integers adds, subtracts or multiplies; ok is false on overflow.
func integers(op string, a, b int64) (Value, bool) {
	compute := mul
	switch op {
	case "+":
		compute = add
	case "-":
		compute = sub
	}
	n, ok := compute(a, b)
	return Int(n), ok
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

func divide(x, y Value) (Value, error) {
	if y.ToFloat() == 0 {
		return Value{}, errDivision
	}
	if x.kind == KindInt && y.kind == KindInt && x.n%y.n == 0 && (x.n != math.MinInt64 || y.n != -1) {
		return Int(x.n / y.n), nil
	}
	return Float(x.ToFloat() / y.ToFloat()), nil
}

func modulo(a, b int64) (Value, error) {
	if b == 0 {
		return Value{}, errModulo
	}
	if b == -1 {
		return Int(0), nil
	}
	return Int(a % b), nil
}

func power(x, y Value) Value {
	if x.kind == KindInt && y.kind == KindInt && y.n >= 0 {
		if v, ok := integerPower(x.n, y.n); ok {
			return v
		}
	}
	return Float(math.Pow(x.ToFloat(), y.ToFloat()))
}

func integerPower(base, exponent int64) (Value, bool) {
	result := Int(1)
	square := Int(base)
	var ok bool
	for exponent > 0 {
		if exponent&1 == 1 {
			if result, ok = integers("*", result.n, square.n); !ok {
				return Value{}, false
			}
		}
		if exponent >>= 1; exponent > 0 {
			if square, ok = integers("*", square.n, square.n); !ok {
				return Value{}, false
			}
		}
	}
	return result, true
}

// bitwise computes b-and, b-or and b-xor; two strings byte by byte (spec 2.4).
func bitwise(op string, a, b Value) (Value, error) {
	if a.IsText() && b.IsText() {
		return String(bytewise(op, a.text(), b.text())), nil
	}
	x, ok := operand(a)
	y, ok2 := operand(b)
	if !ok || !ok2 {
		sign := map[string]string{"b-and": "&", "b-or": "|", "b-xor": "^"}[op]
		return Value{}, unsupported(sign, a, b)
	}
	m, n := x.ToInt(), y.ToInt()
	switch op {
	case "b-and":
		return Int(m & n), nil
	case "b-or":
		return Int(m | n), nil
	}
	return Int(m ^ n), nil
}

func bytewise(op, a, b string) string {
	if len(a) > len(b) {
		a, b = b, a
	}
	out := make([]byte, 0, len(b))
	for i := range len(a) {
		switch op {
		case "b-and":
			out = append(out, a[i]&b[i])
		case "b-or":
			out = append(out, a[i]|b[i])
		default:
			out = append(out, a[i]^b[i])
		}
	}
	if op == "b-or" {
		out = append(out, b[len(a):]...)
	}
	return string(out)
}

func union(a, b *Array) Value {
	c := a.Clone()
	for k, v := range b.All() {
		if c.find(k) < 0 {
			c.Set(k, v)
		}
	}
	return ArrayOf(c)
}
