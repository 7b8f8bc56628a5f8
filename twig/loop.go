package twig

import (
	"slices"

	"github.com/appdock/appdock/twig/parse"
)

// loop is the variable of that name inside a for tag (spec 7.1).
type loop struct {
	c       *Context
	f       *frame
	index0  int
	length  int // -1 if the iterable cannot be counted
	saved   [3]Value
	targets *[3]int // slots of key, value, loop
	fresh   []int   // slots of variables that are gone after the loop
	kept    bool    // a value refers to it
}

// keep marks the loop as read by a value: it and its frame are not used again.
func (l *loop) keep() {
	if l.kept {
		return
	}
	l.kept = true
	l.f.keep()
	for i := range l.saved {
		if v := &l.saved[i]; v.kind == kindLoop {
			v.loop().keep()
		}
	}
}

func (*loop) Class() string { return "array" }

// Index gives loop.index and its like; an array in the reference.
func (l *loop) Index(key Value) (Value, bool) {
	if !key.IsText() {
		return Value{}, false
	}
	return l.field(key.text())
}

func (l *loop) field(name string) (Value, bool) {
	switch name {
	case "index":
		return Int(l.index0 + 1), true
	case "index0":
		return Int(l.index0), true
	case "first":
		return Bool(l.index0 == 0), true
	case "parent":
		l.keep()
		return ObjectOf(&loopParent{l}), true
	}
	if l.length < 0 {
		return Value{}, false
	}
	switch name {
	case "last":
		return Bool(l.index0 == l.length-1), true
	case "length":
		return Int(l.length), true
	case "revindex":
		return Int(l.length - l.index0), true
	case "revindex0":
		return Int(l.length - l.index0 - 1), true
	}
	return Value{}, false
}

func (l *loop) Iterate(yield func(k, v Value) bool) error {
	for _, name := range []string{"parent", "index0", "index", "first", "revindex0", "revindex", "length", "last"} {
		if v, ok := l.field(name); ok && !yield(String(name), v) {
			break
		}
	}
	return nil
}

// loopParent is loop.parent: the variables around the loop.
type loopParent struct{ l *loop }

func (*loopParent) Class() string { return "array" }

func (p *loopParent) Index(key Value) (Value, bool) {
	name := Key{str: key.scalarString(), isStr: true}
	f := p.l.f
	slot, ok := f.t.names[name.str]
	if !ok {
		v := p.l.c.beyond(f, name)
		return v, v.kind != kindUndefined
	}
	if i := slices.Index(p.l.targets[:], slot); i >= 0 {
		v := p.l.saved[i].settled()
		if v.kind == kindUnresolved {
			v = p.l.c.beyond(f, name)
		}
		return v, v.kind != kindUndefined
	}
	v := p.l.c.get(f, slot)
	return v, v.kind != kindUndefined
}

// aroundLoop gives what the variable _parent is in a loop: the same as loop.parent.
func (c *Context) aroundLoop(f *frame) (Value, bool) {
	v := Value{}
	if slot, ok := f.t.names["loop"]; ok {
		v = c.get(f, slot)
	} else {
		v = c.beyond(f, Key{str: "loop", isStr: true})
	}
	if l, ok := v.Object().(*loop); ok {
		return ObjectOf(&loopParent{l}), true
	}
	return v, false
}

// iteratesContext reports whether a loop goes through the variables: where it
// stands, _parent is one of them already.
func iteratesContext(x parse.Expr) bool {
	switch n := x.(type) {
	case *parse.Name:
		return n.Name == "_context"
	case *parse.FilterExpr:
		return iteratesContext(n.X)
	}
	return false
}

func (b *builder) forStatement(n *parse.For) exec {
	b.permit("tag", n.Tag, n.Pos)
	w := &forLoop{at: b.site(n.Seq.At()), seq: b.expr(n.Seq), script: b.env.config.Script}
	if iteratesContext(n.Seq) {
		seq, parent := w.seq, b.slot("_parent")
		w.seq = func(c *Context, f *frame) Value {
			before := f.slots[parent]
			f.slots[parent] = c.all(f)
			v := seq(c, f)
			f.slots[parent] = before
			return v
		}
	}
	if r, ok := n.Seq.(*parse.Binary); ok && r.Op == ".." {
		w.low, w.high = b.expr(r.X), b.expr(r.Y)
	}
	w.targets = [3]int{b.slot(n.Key), b.slot(n.Value), b.slot("loop")}
	w.body = b.statements(n.Body)
	if n.Else != nil {
		w.other = b.statements(n.Else)
	}
	for _, name := range assigned(n.Body, nil) {
		if slot := b.slot(name); !slices.Contains(w.targets[:], slot) && !slices.Contains(w.set, slot) {
			w.set = append(w.set, slot)
		}
	}
	return w.run
}

// assigned lists the variables that statements set in the scope they run in.
func assigned(body []parse.Stmt, names []string) []string {
	for _, s := range body {
		switch n := s.(type) {
		case *parse.Set:
			names = append(names, n.Names...)
			names = assigned(n.Body, names)
		case *parse.If:
			for _, br := range n.Branches {
				names = assigned(br.Body, names)
			}
		case *parse.For:
			names = assigned(n.Else, assigned(n.Body, names))
		case *parse.Apply:
			names = assigned(n.Body, names)
		case *parse.AutoEscape:
			names = assigned(n.Body, names)
		case *parse.Host:
			names = assigned(n.Body, names)
		case *parse.Do:
			names = assignedBy(n.X, names)
		case *parse.Print:
			names = assignedBy(n.X, names)
		}
	}
	return names
}

func assignedBy(x parse.Expr, names []string) []string {
	a, ok := x.(*parse.Assign)
	if !ok {
		return names
	}
	switch t := a.Target.(type) {
	case *parse.Name:
		names = append(names, t.Name)
	case *parse.Array:
		for _, item := range t.Items {
			if n, ok := item.Value.(*parse.Name); ok {
				names = append(names, n.Name)
			}
		}
	}
	return assignedBy(a.X, names)
}

type forLoop struct {
	low     eval // of a range of ints, which is counted through without being made
	high    eval
	at      *site
	seq     eval
	targets [3]int
	set     []int // other variables the body sets: gone afterwards unless they were there before
	body    exec
	other   exec
	script  bool
}

func (w *forLoop) run(c *Context, f *frame) {
	c.at = w.at
	c.step()
	v := Value{}
	if w.low != nil {
		low := w.low(c, f)
		high := w.high(c, f)
		if low.kind == KindInt && high.kind == KindInt && low.n <= high.n && uint64(high.n-low.n) < 1<<62 {
			w.count(c, f, low.n, high.n)
			return
		}
		var err error
		if v, err = makeRange(c, low, high, Int(1)); err != nil {
			c.raise(w.at, err)
		}
	} else {
		v = w.seq(c, f)
	}
	ran := false
	switch v.kind { //nolint:exhaustive // the other kinds are treated alike
	case KindArray:
		if a := v.Array(); a.Len() > 0 {
			ran = true
			w.array(c, f, a)
		}
	case KindObject:
		ran = w.object(c, f, v.Object())
	}
	if !ran && w.other != nil {
		w.other(c, f)
	}
}

// begin keeps the variables that the loop's own replace.
func (w *forLoop) begin(c *Context, f *frame, length int) *loop {
	var l *loop
	if last := len(c.loops) - 1; last >= 0 {
		l = c.loops[last]
		c.loops = c.loops[:last]
	} else {
		l = &loop{}
	}
	l.c, l.f, l.targets, l.length = c, f, &w.targets, length
	for i, slot := range w.targets {
		l.saved[i] = f.slots[slot]
	}
	for _, slot := range w.set {
		if c.get(f, slot).kind == kindUndefined {
			l.fresh = append(l.fresh, slot)
		}
	}
	f.slots[w.targets[2]] = loopOf(l)
	return l
}

func (w *forLoop) end(c *Context, f *frame, l *loop) {
	for i, slot := range w.targets {
		f.slots[slot] = l.saved[i]
	}
	for _, slot := range l.fresh {
		f.slots[slot] = Value{kind: kindUndefined}
	}
	if !l.kept {
		*l = loop{fresh: l.fresh[:0]}
		c.loops = append(c.loops, l)
	}
}

func (w *forLoop) array(c *Context, f *frame, a *Array) {
	l := w.begin(c, f, a.Len())
	key, value := w.targets[0], w.targets[1]
	for i := range a.values {
		c.step()
		k, v := a.At(i)
		f.slots[key] = k.Value()
		f.slots[value] = v
		l.index0 = i
		w.body(c, f)
		if w.script && c.flow != onward && w.leaves(c) {
			break
		}
	}
	w.end(c, f, l)
}

// count runs the body for all ints from low to high.
func (w *forLoop) count(c *Context, f *frame, low, high int64) {
	l := w.begin(c, f, int(high-low)+1)
	key, value := w.targets[0], w.targets[1]
	for i := range l.length {
		c.step()
		f.slots[key] = Int(i)
		f.slots[value] = Int(low + int64(i))
		l.index0 = i
		w.body(c, f)
		if w.script && c.flow != onward && w.leaves(c) {
			break
		}
	}
	w.end(c, f, l)
}

// leaves reports whether a break, continue or return ends this loop.
func (w *forLoop) leaves(c *Context) bool {
	if c.flow == returning {
		return true
	}
	if c.levels > 1 {
		c.levels--
		return true
	}
	over := c.flow == breaking
	c.flow = onward
	return over
}

func (w *forLoop) object(c *Context, f *frame, o Object) bool {
	it, ok := o.(Iterable)
	if !ok {
		return false
	}
	var l *loop
	length := -1
	if n, ok := o.(Countable); ok {
		length = n.Count()
	}
	err := it.Iterate(func(k, v Value) bool {
		c.step()
		if l == nil {
			l = w.begin(c, f, length)
		} else {
			l.index0++
		}
		f.slots[w.targets[0]] = k
		f.slots[w.targets[1]] = v
		w.body(c, f)
		return !w.script || c.flow == onward || !w.leaves(c)
	})
	if err != nil {
		c.raise(w.at, err)
	}
	if l == nil {
		return false
	}
	w.end(c, f, l)
	return true
}
