package twig

import (
	"strings"

	"github.com/appdock/appdock/twig/parse"
)

// access is one read of an attribute (spec 6).
type access struct {
	at      *site
	x, name Value
	kind    parse.AttrKind
	args    []Value
	named   *Array
	lenient bool // null instead of an error
	probe   bool // only whether it exists: methods are not called
}

func (b *builder) attribute(n *parse.Attr, lenient bool) eval {
	if k, ok := n.Name.(*parse.Constant); ok && n.Args == nil && n.Kind != parse.Method {
		name := constant(k.Value)
		if loop := b.loopField(n, name, lenient); loop != nil {
			return loop
		}
		return b.constantAttribute(n, name, lenient)
	}
	x := b.operandOf(n, lenient)
	at, kind := b.site(n.Pos), n.Kind
	name, args, safe := b.expr(n.Name), b.list(n.Args), n.Safe
	return func(c *Context, f *frame) Value {
		a := access{at: at, x: x(c, f), kind: kind, lenient: lenient}
		if safe && a.x.kind == KindNull {
			return Value{}
		}
		a.name = name(c, f)
		base := len(c.args)
		positional, named := args.push(c, f)
		a.args, a.named = c.args[base:base+positional:base+positional], named
		v, _ := c.access(&a)
		c.args = c.args[:base]
		return v
	}
}

func (b *builder) operandOf(n *parse.Attr, lenient bool) eval {
	if lenient {
		return b.lenient(n.X)
	}
	return b.expr(n.X)
}

// constantAttribute is the common case x.name: an array with that key, at once.
func (b *builder) constantAttribute(n *parse.Attr, name Value, lenient bool) eval {
	r := &attributeRead{
		key: scalarKey(name), safe: n.Safe,
		access: access{at: b.site(n.Pos), name: name, kind: n.Kind, lenient: lenient},
	}
	if v := b.plain(n.X, lenient); v != nil {
		slot := v.slot
		return func(c *Context, f *frame) Value {
			x := f.slots[slot]
			if x.kind >= kindUndefined {
				x = v.resolve(c, f)
			}
			if x.kind == KindArray {
				if e, ok := x.Array().Get(r.key); ok {
					return e
				}
			}
			return r.other(c, x)
		}
	}
	x := b.operandOf(n, lenient)
	return func(c *Context, f *frame) Value {
		x := x(c, f)
		if x.kind == KindArray {
			if e, ok := x.Array().Get(r.key); ok {
				return e
			}
		}
		return r.other(c, x)
	}
}

// attributeRead is a read of an attribute whose name is known.
type attributeRead struct {
	key    Key
	safe   bool // of null it is null: the operator ?.
	access access
}

// other reads the attribute of what is no array with the key.
func (r *attributeRead) other(c *Context, x Value) Value {
	if r.safe && x.kind == KindNull {
		return Value{}
	}
	a := r.access
	a.x = x
	v, _ := c.access(&a)
	return v
}

// loopField reads loop.index and its like without looking for it.
func (b *builder) loopField(n *parse.Attr, name Value, lenient bool) eval {
	v, ok := n.X.(*parse.Name)
	if !ok || v.Name != "loop" || !name.IsText() {
		return nil
	}
	slot, field := b.slot("loop"), name.text()
	general := b.constantAttribute(n, name, lenient)
	return func(c *Context, f *frame) Value {
		if s := f.slots[slot]; s.kind == kindLoop {
			if v, ok := s.loop().field(field); ok {
				return v
			}
		}
		return general(c, f)
	}
}

// attributeDefined answers "x.name is defined".
func (b *builder) attributeDefined(n *parse.Attr) func(*Context, *frame) bool {
	x, name, at, args := b.lenient(n.X), b.expr(n.Name), b.site(n.Pos), b.list(n.Args)
	kind := n.Kind
	return func(c *Context, f *frame) bool {
		a := access{at: at, x: x(c, f), name: name(c, f), kind: kind, lenient: true, probe: true}
		base := len(c.args)
		positional, _ := args.push(c, f)
		a.args = c.args[base : base+positional]
		_, ok := c.access(&a)
		c.args = c.args[:base]
		return ok
	}
}

// access reads an attribute; found is false only if lenient.
func (c *Context) access(a *access) (v Value, found bool) {
	o := a.x.Object()
	if a.kind != parse.Method {
		if v, found, decided := c.element(a, o); decided {
			return v, found
		}
	}
	if o == nil {
		return c.absentMethod(a)
	}
	name := c.String(a.name)
	if a.kind == parse.Any {
		if v, ok := c.member(o, name, a.probe); ok {
			return v, true
		}
	}
	return c.method(a, o, name)
}

// element looks for the key of an array or indexed object. decided is true if
// nothing else is to be tried.
func (c *Context) element(a *access, o Object) (v Value, found, decided bool) {
	switch a.x.kind { //nolint:exhaustive // the other kinds are treated alike
	case KindArray:
		if a.name.kind != KindArray {
			if v, ok := a.x.Array().Get(c.key(a.name)); ok {
				return v, true, true
			}
		}
	case KindObject:
		if x, ok := o.(Indexed); ok {
			if v, ok := x.Index(a.name); ok {
				if !builtIn(o) && !a.probe {
					c.checkProperty(o, a.name.scalarString())
				}
				return v, true, true
			}
		}
	}
	if a.kind != parse.Index && o != nil && !builtIn(o) {
		return Value{}, false, false
	}
	if a.lenient {
		return Value{}, false, true
	}
	c.failAt(a.at, Runtime, "%s", c.missingKey(a, o))
	return Value{}, false, true
}

// builtIn reports objects that stand for arrays of the reference.
func builtIn(o Object) bool {
	switch o.(type) {
	case *loop, *loopParent:
		return true
	}
	return false
}

// missingKey is the message for a key or attribute that a value does not have (spec 6).
func (c *Context) missingKey(a *access, o Object) string {
	name := c.String(a.name)
	switch {
	case a.x.kind == KindArray && a.x.Array().Len() == 0:
		return "Key \"" + name + "\" does not exist as the sequence/mapping is empty."
	case a.x.kind == KindArray:
		var keys []string
		for k := range a.x.Array().All() {
			keys = append(keys, k.String())
		}
		return "Key \"" + name + "\" for sequence/mapping with keys \"" + strings.Join(keys, ", ") + "\" does not exist."
	case o != nil && !builtIn(o):
		if _, ok := o.(Indexed); ok {
			return "Key \"" + name + "\" in object with ArrayAccess of class \"" + o.Class() + "\" does not exist."
		}
		return "Impossible to access a key \"" + name + "\" on an object of class \"" + o.Class() + "\" that does not implement ArrayAccess interface."
	case o != nil:
		return "Key \"" + name + "\" for sequence/mapping does not exist."
	}
	what := "an attribute"
	if a.kind == parse.Index {
		what = "a key"
	}
	return "Impossible to access " + what + " (\"" + name + "\") on a " + described(a.x) + "."
}

// described says what a value is that is no array and no object.
func described(v Value) string {
	if v.kind == KindNull {
		return "null variable"
	}
	name := v.TypeName()
	if v.kind == KindMarkup {
		name = "string"
	}
	return name + " variable (\"" + v.scalarString() + "\")"
}

func (c *Context) absentMethod(a *access) (Value, bool) {
	if a.lenient {
		return Value{}, false
	}
	on := described(a.x)
	if a.x.kind == KindArray {
		on = "sequence/mapping"
	}
	c.failAt(a.at, Runtime, "Impossible to invoke a method (\"%s\") on a %s.", c.String(a.name), on)
	return Value{}, false
}

// member finds a property or a constant of the class. Probing is not reading.
func (c *Context) member(o Object, name string, probe bool) (Value, bool) {
	if p, ok := o.(Properties); ok {
		if v, ok := p.Property(name); ok {
			if !probe {
				c.checkProperty(o, name)
				c.chargeConverted(o, v)
			}
			return v, true
		}
	}
	if k, ok := o.(Constants); ok {
		if v, ok := k.Constant(name); ok {
			return v, true
		}
	}
	return Value{}, false
}

// method calls name, getName, isName or hasName, or the object's hook for any call.
func (c *Context) method(a *access, o Object, name string) (Value, bool) {
	if m, ok := o.(Methods); ok {
		for _, prefix := range []string{"", "get", "is", "has"} {
			if found, ok := m.Method(prefix + name); ok {
				if a.probe {
					return Value{}, true
				}
				c.checkMethod(o, found.Name)
				return c.invoke(a, &found), true
			}
		}
	}
	hook, ok := o.(AnyMethod)
	if !ok {
		return c.absent(a, o)
	}
	if a.probe {
		return Value{}, true
	}
	c.checkMethod(o, name)
	v, err := hook.CallAny(c, name, a.args)
	if err != nil {
		if a.lenient {
			return Value{}, false
		}
		c.raise(a.at, err)
	}
	return v, true
}

func (c *Context) absent(a *access, o Object) (Value, bool) {
	if a.lenient {
		return Value{}, false
	}
	name := c.String(a.name)
	if c.policy != nil {
		c.checkProperty(o, name)
	}
	c.failAt(a.at, Runtime, "Neither the property \"%[1]s\" nor one of the methods \"%[1]s()\", \"get%[1]s()\"/\"is%[1]s()\"/\"has%[1]s()\" or \"__call()\" exist and have public access in class \"%[2]s\".", name, o.Class())
	return Value{}, false
}

// invoke calls a method with positional and named arguments.
func (c *Context) invoke(a *access, m *Method) Value {
	c.step()
	args := a.args
	if a.named != nil || len(args) < len(m.Params) {
		bound, err := bindValues(m.Params, args, a.named, "method", m.Name)
		if err != nil {
			c.raise(a.at, err)
		}
		args = bound
	}
	v, err := m.Call(c, args)
	if err != nil {
		c.raise(a.at, err)
	}
	c.charge(v)
	c.chargeConverted(a.x.Object(), v)
	return v
}
