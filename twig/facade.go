package twig

import "strings"

// listFacade is what array() gives app scripts: a list that can be changed in place (spec 15).
type listFacade struct {
	a   *Array
	own bool // nobody else has the array, so that it may be changed
}

// Class is the reference's name for it.
func (*listFacade) Class() string { return "ArrayFacade" }

// Count gives the number of elements.
func (l *listFacade) Count() int { return l.a.Len() }

// Index reads an element.
func (l *listFacade) Index(key Value) (Value, bool) {
	if key.kind >= KindArray {
		return Value{}, false
	}
	return l.a.Get(scalarKey(key))
}

// Iterate goes through the elements there were when it began.
func (l *listFacade) Iterate(yield func(key, value Value) bool) error {
	l.own = false
	for k, v := range l.a.All() {
		if !yield(k.Value(), v) {
			break
		}
	}
	return nil
}

// JSON is the array in it.
func (l *listFacade) JSON() Value { return l.share() }

func (l *listFacade) share() Value {
	l.own = false
	return ArrayOf(l.a)
}

// writable gives an array that may be changed: others may still be going through the one there was.
func (l *listFacade) writable(c *Context) *Array {
	c.Reserve(elementSize)
	if !l.own {
		l.keep(c, func(Key, Value) bool { return true })
	}
	return l.a
}

// keep keeps some of the elements, in a new array.
func (l *listFacade) keep(c *Context, wanted func(k Key, v Value) bool) {
	c.Reserve(int64(l.a.Len()) * elementSize)
	a := NewArray(l.a.Len() + 1)
	for k, v := range l.a.All() {
		if wanted(k, v) {
			a.Set(k, v)
		}
	}
	l.a, l.own = a, true
}

// Method finds the facade's methods.
func (l *listFacade) Method(name string) (Method, bool) {
	value, key := Required("value"), Required("key")
	method := func(name string, call func(c *Context, args []Value) Value, params ...Param) (Method, bool) {
		return Method{Name: name, Params: params, Call: func(c *Context, args []Value) (Value, error) { return call(c, args), nil }}, true
	}
	switch strings.ToLower(name) {
	case "set":
		return method("set", func(c *Context, args []Value) Value {
			l.writable(c).Set(c.key(args[0]), args[1])
			return Value{}
		}, key, value)
	case "push":
		return method("push", func(c *Context, args []Value) Value {
			l.writable(c).Append(args[0])
			return Value{}
		}, value)
	case "remove":
		return method("remove", func(c *Context, args []Value) Value {
			gone := c.key(args[0])
			l.keep(c, func(k Key, _ Value) bool { return k != gone })
			return Value{}
		}, key)
	case "removeby":
		return method("removeBy", func(c *Context, args []Value) Value {
			l.keep(c, func(k Key, v Value) bool { return !c.Call(args[0], v, k.Value()).Truth() })
			return Value{}
		}, Required("callback"))
	case "reset":
		return method("reset", func(*Context, []Value) Value {
			l.a, l.own = NewArray(0), true
			return Value{}
		})
	case "merge", "replace":
		return l.combine(strings.ToLower(name))
	case "has":
		return method("has", func(c *Context, args []Value) Value { return Bool(c.in(args[0], ArrayOf(l.a))) }, value)
	case "all":
		return method("all", func(*Context, []Value) Value { return l.share() })
	}
	return Method{}, false
}

// combine makes merge, which renumbers int keys, and replace, which overwrites them.
func (l *listFacade) combine(name string) (Method, bool) {
	return Method{Name: name, Params: []Param{Required("array")}, Call: func(c *Context, args []Value) (Value, error) {
		other, ok := c.toArray(args[0])
		if !ok {
			return Value{}, Failf("The method \"%s\" expects an array, got \"%s\".", name, args[0].TypeName())
		}
		a := l.writable(c)
		c.Reserve(int64(other.Len()) * elementSize)
		for k, v := range other.All() {
			if name == "merge" && k.IsInt() {
				a.Append(v)
			} else {
				a.Set(k, v)
			}
		}
		return Value{}, nil
	}}, true
}

func arrayFunction(c *Context, args []Value) (Value, error) {
	a, ok := c.toArray(args[0])
	if !ok {
		return Value{}, Failf("The \"array\" function expects an array, got \"%s\".", args[0].TypeName())
	}
	c.Reserve(elementSize)
	return ObjectOf(&listFacade{a: a}), nil
}
