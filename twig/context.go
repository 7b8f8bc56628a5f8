package twig

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/appdock/appdock/twig/parse"
)

// Context is one render under way. Filters, functions, tests and methods get
// it to convert values, call arrow functions and pay for their work. Methods
// that cannot do what they are asked end the render: they do not return.
// A Context must not be kept or used by other goroutines.
type Context struct {
	state

	// What renders use one after the other.
	out     []byte
	spare   []byte
	args    []Value // arguments of the calls under way
	frames  []*frame
	loops   []*loop
	loaded  map[source]*Template
	imports map[*Template][]*Template
}

// state is what a render begins without.
type state struct {
	ctx    context.Context // a Context is the state of one call of Render
	env    *Environment
	at     *site   // the statement being run
	policy *Policy // of the template being run; nil outside the sandbox

	limits    *Limits
	steps     int64
	alarm     int64 // steps at which to look at limits and context again
	allocated int64
	depth     int
	maxOutput int // limits.Output

	now time.Time

	flow   flow
	levels int // loops that a break still has to leave
	result Value
}

// flow says how a statement ended; only app scripts know others than onward.
type flow uint8

const (
	onward flow = iota
	breaking
	continuing
	returning
)

// site is a place in a template's source.
type site struct {
	template string
	pos      parse.Pos
}

// importsOf gives what the imports at the top level of a template loaded in this render.
func (c *Context) importsOf(t *Template) []*Template {
	list := c.imports[t]
	if list == nil {
		list = make([]*Template, t.imports)
		c.imports[t] = list
	}
	return list
}

// Context gives the context the render was started with.
func (c *Context) Context() context.Context { return c.ctx }

// Now is the time of the render: the same in all of it.
func (c *Context) Now() time.Time {
	if c.now.IsZero() {
		c.now = c.env.now()
	}
	return c.now
}

func (c *Context) random() *rand.Rand { return c.env.random() }

// fail ends the render with an error at the statement being run.
func (c *Context) fail(kind ErrorKind, format string, args ...any) {
	panic(&Error{Kind: kind, Message: fmt.Sprintf(format, args...)})
}

// failAt ends the render with an error at a place.
func (c *Context) failAt(s *site, kind ErrorKind, format string, args ...any) {
	panic(&Error{Kind: kind, Message: fmt.Sprintf(format, args...), Template: s.template, Line: s.pos.Line, Column: s.pos.Column})
}

// raise ends the render with an error, placed if it has no place yet.
func (c *Context) raise(s *site, err error) { panic(placed(err, s.template, s.pos)) }

// caught turns what ended the render into its error.
func (c *Context) caught(err *error) {
	r := recover()
	if r == nil {
		return
	}
	e, ok := r.(*Error)
	if !ok {
		panic(r)
	}
	if e.Template == "" && c.at != nil {
		e = placed(e, c.at.template, c.at.pos)
	}
	*err = e
}

// String gives the string form of a value (spec 2.2). The sandbox's policy has
// a say if it is an object's.
func (c *Context) String(v Value) string {
	switch v.kind { //nolint:exhaustive // the other kinds are treated alike
	case KindString, KindMarkup:
		return v.text()
	case KindObject, KindClosure:
		s, ok := c.stringOf(v)
		if !ok {
			c.raiseHere(fmt.Errorf("Object of class %s could not be converted to string", v.TypeName())) // the text is the reference's
		}
		return s
	}
	return v.scalarString()
}

func (c *Context) raiseHere(err error) {
	e := placed(err, "", parse.Pos{})
	panic(e)
}

// stringOf is the string form of an object, if it has one.
func (c *Context) stringOf(v Value) (string, bool) {
	o, ok := v.Object().(Stringable)
	if v.kind != KindObject || !ok {
		return "", false
	}
	c.checkMethod(v.Object(), "__toString")
	s := o.ToString()
	c.Reserve(int64(len(s)))
	return s, true
}

// Call calls an arrow function, with this render's Context and while it runs.
func (c *Context) Call(f Value, args ...Value) Value {
	cl := f.closure()
	if cl == nil {
		c.fail(Runtime, "A template can only call arrow functions, not a value of type %s.", f.TypeName())
	}
	return cl.call(c, args)
}

// Iterate goes through an array or iterable object; ok is false if v is neither.
func (c *Context) Iterate(v Value, yield func(key, value Value) bool) (ok bool) {
	if a := v.Array(); a != nil {
		for k, e := range a.All() {
			c.step()
			if !yield(k.Value(), e) {
				break
			}
		}
		return true
	}
	o, ok := v.Object().(Iterable)
	if !ok {
		return false
	}
	err := o.Iterate(func(k, v Value) bool {
		c.step()
		return yield(k, v)
	})
	if err != nil {
		c.raiseHere(err)
	}
	return true
}

// toArray copies an iterable into an array, keys kept; ok is false if v is none.
func (c *Context) toArray(v Value) (*Array, bool) {
	if a := v.Array(); a != nil {
		return a, true
	}
	a := NewArray(0)
	ok := c.Iterate(v, func(k, v Value) bool {
		c.Reserve(elementSize)
		a.Set(c.key(k), v)
		return true
	})
	return a, ok
}

// key makes the key of an array out of a value (spec 1).
func (c *Context) key(v Value) Key {
	switch v.kind { //nolint:exhaustive // the other kinds are treated alike
	case KindArray:
		c.raiseHere(errors.New("Illegal offset type")) //nolint:staticcheck // the text is the reference's
	case KindObject, KindClosure:
		return StringKey(c.String(v))
	}
	c.spendText(v)
	return scalarKey(v)
}

// scalarKey makes the key of an array out of anything but arrays and objects.
func scalarKey(v Value) Key {
	switch v.kind { //nolint:exhaustive // the other kinds are treated alike
	case KindInt, KindBool:
		return IntKey(v.n)
	case KindFloat:
		return IntKey(truncate(v.float()))
	}
	return StringKey(v.scalarString())
}

// write adds text to the output.
func (c *Context) write(s string) {
	c.out = append(c.out, s...)
	c.checkOutput()
}

// capture runs something and gives what it wrote instead of writing it.
func (c *Context) capture(run func()) string {
	start := len(c.out)
	run()
	s := string(c.out[start:])
	c.out = c.out[:start]
	c.Reserve(int64(len(s)))
	return s
}

// captured is the value of captured output: markup, or "" if there is none.
func captured(s string) Value {
	if s == "" {
		return String("")
	}
	return Markup(s)
}
