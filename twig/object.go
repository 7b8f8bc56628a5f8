package twig

import "reflect"

// Object is a thing of the host's in a template. What a template can do with
// it depends on which of the other interfaces it has too; nothing is found by
// reflection unless the host passes a plain Go struct.
type Object interface {
	// Class is the type's name in messages and in sandbox policies.
	Class() string
}

// The abilities an [Object] may have.
type (
	// Properties gives the object's public properties.
	Properties interface {
		Property(name string) (Value, bool)
	}
	// Methods finds a method; names are compared as the object likes, in PHP
	// without regard to case.
	Methods interface {
		Method(name string) (Method, bool)
	}
	// AnyMethod answers calls of methods that Methods does not find.
	AnyMethod interface {
		CallAny(c *Context, name string, args []Value) (Value, error)
	}
	// Constants gives the constants of the object's class.
	Constants interface {
		Constant(name string) (Value, bool)
	}
	// Indexed objects can be read like arrays.
	Indexed interface {
		Index(key Value) (Value, bool)
	}
	// Countable objects have a length.
	Countable interface {
		Count() int
	}
	// Iterable objects can be gone through.
	Iterable interface {
		Iterate(yield func(key, value Value) bool) error
	}
	// Stringable objects have a string form.
	Stringable interface {
		ToString() string
	}
	// Comparable objects can be ordered among themselves; ok is false if these two cannot.
	Comparable interface {
		Compare(other Object) (n int, ok bool)
	}
)

// Method is a method of an object.
type Method struct {
	Name   string // as policies name it
	Params []Param
	Call   func(c *Context, args []Value) (Value, error)
}

// comparableObjects reports whether two interface values hold the same pointer or equal value.
func comparableObjects(a, b Object) bool {
	return reflect.TypeOf(a) == reflect.TypeOf(b) && reflect.TypeOf(a).Comparable() && a == b
}

// Safe objects print without escaping under some strategies.
type Safe interface {
	SafeFor(strategy string) bool
}
