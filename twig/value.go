package twig

import (
	"math"
	"unsafe"
)

// Kind is the type of a [Value].
type Kind uint8

// The kinds of values.
const (
	KindNull Kind = iota
	KindBool
	KindInt
	KindFloat
	KindString
	KindMarkup // a string that is safe to print and is not escaped again
	KindArray
	KindObject
	KindClosure

	// Slots of variables have more states that no expression ever yields.
	kindUndefined
	kindUnresolved
	kindLoop // the variable of a loop that nobody looked at as a whole yet
)

// Value is any value of a template. The zero Value is null. Values are small
// and meant to be copied; an array in a Value must not be changed any more.
type Value struct {
	// p is the string's bytes, or the *Array, *box or *closure that kind tells.
	p    unsafe.Pointer
	n    int64 // the number, the bits of the float, 0 or 1, or the string's length
	kind Kind
}

// box gives an interface value an address.
type box struct{ object Object }

// Bool makes a bool.
func Bool(b bool) Value {
	if b {
		return Value{kind: KindBool, n: 1}
	}
	return Value{kind: KindBool}
}

// Int makes an int.
func Int[T ~int | ~int64 | ~int32](n T) Value { return Value{kind: KindInt, n: int64(n)} }

// Float makes a float.
func Float(f float64) Value { return Value{kind: KindFloat, n: int64(math.Float64bits(f))} }

// String makes a string.
func String(s string) Value {
	return Value{kind: KindString, n: int64(len(s)), p: unsafe.Pointer(unsafe.StringData(s))}
}

// Markup makes a safe string: autoescaping leaves it as it is.
func Markup(s string) Value {
	return Value{kind: KindMarkup, n: int64(len(s)), p: unsafe.Pointer(unsafe.StringData(s))}
}

// ArrayOf makes a value of an array, which must not be changed afterwards.
func ArrayOf(a *Array) Value { return Value{kind: KindArray, p: unsafe.Pointer(a)} }

// List makes a sequence.
func List(values ...Value) Value { return ArrayOf(&Array{values: values, next: int64(len(values))}) }

// ObjectOf makes a value of a host's object; nil gives null.
func ObjectOf(o Object) Value {
	if o == nil {
		return Value{}
	}
	return Value{kind: KindObject, p: unsafe.Pointer(&box{o})}
}

func closureOf(c *closure) Value { return Value{kind: KindClosure, p: unsafe.Pointer(c)} }

func loopOf(l *loop) Value { return Value{kind: kindLoop, p: unsafe.Pointer(l)} }

func (v Value) loop() *loop { return (*loop)(v.p) }

// Kind tells the type.
func (v Value) Kind() Kind { return v.kind }

// IsNull reports whether v is null.
func (v Value) IsNull() bool { return v.kind == KindNull }

// IsText reports whether v is a string or markup.
func (v Value) IsText() bool { return v.kind == KindString || v.kind == KindMarkup }

// text is the string of a string or markup.
func (v Value) text() string { return unsafe.String((*byte)(v.p), int(v.n)) }

func (v Value) float() float64 { return math.Float64frombits(uint64(v.n)) }

func (v Value) boolean() bool { return v.n != 0 }

// Array gives the array of a value; nil if it is none.
func (v Value) Array() *Array {
	if v.kind != KindArray {
		return nil
	}
	return (*Array)(v.p)
}

// Object gives the host's object of a value; nil if it is none.
func (v Value) Object() Object {
	if v.kind != KindObject {
		return nil
	}
	return (*box)(v.p).object
}

func (v Value) closure() *closure {
	if v.kind != KindClosure {
		return nil
	}
	return (*closure)(v.p)
}

// TypeName is the name of the value's type as messages give it: null, bool,
// int, float, string, array, or an object's class.
func (v Value) TypeName() string {
	switch v.kind { //nolint:exhaustive // the other kinds are treated alike
	case KindBool:
		return "bool"
	case KindInt:
		return "int"
	case KindFloat:
		return "float"
	case KindString:
		return "string"
	case KindMarkup:
		return `Twig\Markup`
	case KindArray:
		return "array"
	case KindObject:
		return v.Object().Class()
	case KindClosure:
		return "Closure"
	}
	return "null"
}

// String describes the value for logs and tests; objects give their class.
// Context.String converts as templates do.
func (v Value) String() string {
	if v.kind == KindObject || v.kind == KindClosure {
		return v.TypeName()
	}
	return v.scalarString()
}

// Text gives the string of a string or markup.
func Text(v Value) (s string, ok bool) {
	if !v.IsText() {
		return "", false
	}
	return v.text(), true
}
