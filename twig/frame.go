package twig

// frame holds the variables of a place: those the template names in slots,
// others in what the frame was made from. What is not in a slot yet is looked
// for further out on first use and then kept.
//
// While an inner frame lives, the outer one stands still, so reading it late
// sees what a copy would have held.
type frame struct {
	t      *Template
	slots  []Value
	vars   Variables // looked at before outer; may be nil
	outer  *frame    // nil: only globals are beyond
	blocks *table
	local  []*Template // what imports inside this block or macro loaded
	kept   bool        // a value refers to it that may outlive its place
}

// Variables are what a render or an include starts with.
type Variables interface {
	// Lookup finds a variable.
	Lookup(name string) (Value, bool)
	// Each goes through all variables in their order.
	Each(yield func(name string, v Value) bool)
}

func (c *Context) newFrame(t *Template, vars Variables, outer *frame, blocks *table) *frame {
	f := c.takeFrame(len(t.blank))
	f.t, f.vars, f.outer, f.blocks = t, vars, outer, blocks
	copy(f.slots, t.blank)
	return f
}

// inner is a frame of the same template that begins as a copy of f.
func (c *Context) inner(f *frame) *frame {
	g := c.takeFrame(len(f.slots))
	g.t, g.vars, g.outer, g.blocks, g.local = f.t, f.vars, f.outer, f.blocks, f.local
	copy(g.slots, f.slots)
	return g
}

func (c *Context) takeFrame(slots int) *frame {
	last := len(c.frames) - 1
	if last < 0 {
		return &frame{slots: make([]Value, slots)}
	}
	f := c.frames[last]
	c.frames = c.frames[:last]
	if cap(f.slots) < slots {
		f.slots = make([]Value, slots)
	}
	f.slots = f.slots[:slots]
	return f
}

// done gives back the frame of a place that was left. What is kept is not
// used again: a frame that a closure or a loop variable may still read.
func (c *Context) done(f *frame) {
	if f.kept {
		return
	}
	clear(f.slots)
	*f = frame{slots: f.slots}
	c.frames = append(c.frames, f)
}

// keep marks a frame, and all that it looks into, as read by a value.
func (f *frame) keep() {
	// Loops of the places around go on; they are not used again.
	for ; f != nil; f = f.outer {
		f.kept = true
		for i := range f.slots {
			if v := &f.slots[i]; v.kind == kindLoop {
				v.loop().keep()
			}
		}
	}
}

// get reads a slot; undefined variables have kindUndefined.
func (c *Context) get(f *frame, slot int) Value {
	v := f.slots[slot]
	switch v.kind { //nolint:exhaustive // the other kinds are values
	case kindUnresolved:
		v = c.beyond(f, f.t.symbols[slot])
		f.slots[slot] = v
	case kindLoop:
		v = v.settled()
	}
	return v
}

// settled gives the value of a slot that is resolved. A loop variable that is
// read as a whole is a copy of what it is in this turn.
func (v Value) settled() Value {
	if v.kind != kindLoop {
		return v
	}
	l := *v.loop()
	l.keep()
	return ObjectOf(&l)
}

// beyond looks for a variable that is not in the frame's slots.
func (c *Context) beyond(f *frame, name Key) Value {
	for {
		switch vars := f.vars.(type) {
		case nil:
		case arrayVariables:
			if v, ok := vars.Get(name); ok {
				return v
			}
		default:
			if v, ok := vars.Lookup(name.str); ok {
				return v
			}
		}
		if f = f.outer; f == nil {
			break
		}
		if slot, ok := f.t.names[name.str]; ok {
			if v := f.slots[slot]; v.kind != kindUnresolved {
				return v.settled()
			}
		}
	}
	if v, ok := c.env.globals.Get(name); ok {
		return v
	}
	return Value{kind: kindUndefined}
}

// all collects every variable there is, for _context.
func (c *Context) all(f *frame) Value {
	a := NewMapping(8)
	c.collect(f, a)
	c.Reserve(int64(a.Len()) * elementSize)
	return ArrayOf(a)
}

func (c *Context) collect(f *frame, a *Array) {
	if f.outer != nil {
		c.collect(f.outer, a)
	}
	if f.vars != nil {
		f.vars.Each(func(name string, v Value) bool {
			a.Set(StringKey(name), v)
			return true
		})
	}
	if f.outer == nil && !f.ofMacro() {
		c.collectGlobals(a)
	}
	gone := map[Key]bool{}
	for i, v := range f.slots {
		switch v.kind { //nolint:exhaustive // the other kinds are treated alike
		case kindUnresolved:
		case kindUndefined:
			gone[f.t.symbols[i]] = true
		case kindLoop:
			a.Set(StringKey("_parent"), ObjectOf(&loopParent{v.loop()}))
			a.Set(f.t.symbols[i], v.settled())
		default:
			a.Set(f.t.symbols[i], v.settled())
		}
	}
	if f.outer == nil {
		c.collectGlobals(a) // those that were not read yet
	}
	if len(gone) == 0 {
		return
	}
	kept := NewMapping(a.Len())
	for k, v := range a.All() {
		if !gone[k] {
			kept.Set(k, v)
		}
	}
	*a = *kept
}

// ofMacro reports whether it holds the parameters of a macro: they stand before the globals.
func (f *frame) ofMacro() bool {
	slot, ok := f.t.names["varargs"]
	return ok && f.slots[slot].kind < kindUndefined
}

func (c *Context) collectGlobals(a *Array) {
	for k, v := range c.env.globals.All() {
		if a.find(k) < 0 {
			a.Set(k, v)
		}
	}
}

// arrayVariables are variables in an array.
type arrayVariables struct{ *Array }

func (a arrayVariables) Lookup(name string) (Value, bool) { return a.Get(StringKey(name)) }

func (a arrayVariables) Each(yield func(string, Value) bool) {
	for k, v := range a.All() {
		if !yield(k.String(), v) {
			return
		}
	}
}

// closure is an arrow function with the variables of its place.
type closure struct {
	f      *frame
	params []int
	body   eval
	at     *site
	policy *Policy
}

// call sets the parameters, which shadow variables, and puts those back.
func (cl *closure) call(c *Context, args []Value) Value {
	c.step()
	c.enter()
	if len(args) < len(cl.params) {
		c.failAt(cl.at, Runtime, "Too few arguments to an arrow function: %d given, %d expected.", len(args), len(cl.params))
	}
	policy := c.policy
	c.policy = cl.policy
	var room [4]Value
	saved := room[:0]
	for i, slot := range cl.params {
		saved = append(saved, cl.f.slots[slot])
		cl.f.slots[slot] = args[i]
	}
	v := cl.body(c, cl.f)
	for i, slot := range cl.params {
		cl.f.slots[slot] = saved[i]
	}
	c.policy = policy
	c.leave()
	return v
}
