package twig

import (
	"slices"

	"github.com/appdock/appdock/twig/parse"
)

func (b *builder) defineMacro(n *parse.Macro) *macro {
	m := &macro{t: b.t, name: n.Name, empty: List()}
	for _, p := range n.Params {
		m.params = append(m.params, b.slot(p.Name))
		m.names = append(m.names, p.Name)
		value := eval(nil)
		if p.Default != nil {
			value = b.expr(p.Default)
		}
		m.values = append(m.values, value)
	}
	m.varargs = b.slot("varargs")
	m.body = b.statements(n.Body)
	return m
}

func (b *builder) importStatement(n *parse.Import) exec {
	tag := "import"
	if n.From {
		tag = "from"
	}
	b.permit("tag", tag, n.Pos)
	slot := *n.Slot
	if slot.Self {
		return nil
	}
	name, at, own := b.expr(n.Template), b.site(n.Pos), b.t
	if !slot.Local {
		own.importers[slot.Index] = importer{name, at}
	}
	return func(c *Context, f *frame) {
		c.at = at
		c.step()
		t := c.load(own, name(c, f), at)
		if !slot.Local {
			c.importsOf(own)[slot.Index] = t
			return
		}
		if f.local == nil {
			f.local = make([]*Template, own.imports)
		}
		f.local[slot.Index] = t
	}
}

// importer is an import at the top level of a template.
type importer struct {
	name eval
	at   *site
}

// imported gives the template behind an import; nil if a local import did not
// run. One at the top level that did not, because only a block is rendered,
// runs now.
func (c *Context) imported(t *Template, slot *parse.ImportSlot, f *frame) *Template {
	switch {
	case slot == nil || slot.Self:
		return t
	case slot.Local && f.local == nil:
		return nil
	case slot.Local:
		return f.local[slot.Index]
	}
	imports := c.importsOf(t)
	if imports[slot.Index] == nil {
		if i := t.importers[slot.Index]; i.name != nil {
			imports[slot.Index] = c.load(t, i.name(c, f), i.at)
		}
	}
	return imports[slot.Index]
}

// macroOf finds a macro in a template or those it extends.
func (c *Context) macroOf(t *Template, name string, f *frame) *macro {
	for up := 0; t != nil; up++ {
		if m := t.macros[name]; m != nil {
			return m
		}
		c.climb(up)
		t = t.parentOf(c, f)
	}
	return nil
}

func (b *builder) macroCall(n *parse.MacroCall) eval {
	find, args := b.calledMacro(n), b.list(n.Args)
	script := b.env.config.Script
	return func(c *Context, f *frame) Value {
		m := find(c, f)
		start := len(c.out)
		result, returned := m.run(c, f, args)
		text := string(c.out[start:])
		c.out = c.out[:start]
		if script && returned {
			return result
		}
		c.Reserve(int64(len(text)))
		return captured(text)
	}
}

// printMacro calls a macro where its text is printed.
func (b *builder) printMacro(n *parse.MacroCall) exec {
	find, args := b.calledMacro(n), b.list(n.Args)
	return func(c *Context, f *frame) { find(c, f).run(c, f, args) }
}

// calledMacro finds the macro of a call.
func (b *builder) calledMacro(n *parse.MacroCall) func(c *Context, f *frame) *macro {
	own, slot, name, at := b.t, n.Slot, n.Name, b.site(n.Pos)
	return func(c *Context, f *frame) *macro {
		c.step()
		t := c.imported(own, slot, f)
		if t == nil {
			c.failAt(at, Runtime, "Macro \"%s\" is called before its template was imported.", name)
		}
		m := c.macroOf(t, name, f)
		if m == nil {
			c.failAt(at, Runtime, "Macro \"%s\" is not defined in template \"%s\".", name, t.name)
		}
		c.at = at
		return m
	}
}

func (b *builder) macroDefined(n *parse.MacroCall) func(*Context, *frame) bool {
	own, slot, name := b.t, n.Slot, n.Name
	return func(c *Context, f *frame) bool {
		t := c.imported(own, slot, f)
		return t != nil && c.macroOf(t, name, f) != nil
	}
}

// run runs a macro, which writes its text: it sees its parameters, globals and
// nothing else (spec 9). In app scripts it may return a value instead.
func (m *macro) run(c *Context, f *frame, args arguments) (result Value, returned bool) {
	c.enter()
	base := len(c.args)
	positional, named := args.push(c, f)
	g := c.newFrame(m.t, nil, nil, m.t.own)
	m.bind(c, g, c.args[base:base+positional], named)
	c.args = c.args[:base]
	at, policy, flow, before := c.at, c.policy, c.flow, c.result
	c.policy, c.result = m.t.policy, Value{}
	m.body(c, g)
	result, returned = c.result, c.flow == returning
	c.done(g)
	c.at, c.policy, c.flow, c.result = at, policy, flow, before
	c.leave()
	return result, returned
}

func (m *macro) bind(c *Context, g *frame, args []Value, named *Array) {
	var rest *Array // what is beyond the parameters
	if len(args) > len(m.params) || named != nil {
		rest = NewArray(0)
	}
	for i, slot := range m.params {
		switch {
		case i < len(args):
			g.slots[slot] = args[i]
		case m.values[i] != nil:
			g.slots[slot] = m.values[i](c, g)
		default:
			g.slots[slot] = Value{}
		}
	}
	if len(args) > len(m.params) {
		for _, v := range args[len(m.params):] {
			rest.Append(v)
		}
	}
	if named != nil {
		c.Spend(named.Len() * len(m.params) >> 6)
		for k, v := range named.All() {
			if i := slices.Index(m.names, k.String()); i >= 0 {
				g.slots[m.params[i]] = v
			} else {
				rest.Set(k, v)
			}
		}
	}
	if rest == nil {
		g.slots[m.varargs] = m.empty
		return
	}
	g.slots[m.varargs] = ArrayOf(rest)
}
