package twig

import (
	"errors"

	"github.com/appdock/appdock/twig/parse"
)

// handle is a loaded template as a value.
type handle struct{ t *Template }

// Class is the reference's name for it.
func (handle) Class() string { return `Twig\TemplateWrapper` }

// Value gives the template as a value that include and extends take.
func (t *Template) Value() Value { return ObjectOf(handle{t}) }

// source is where a template comes from. Handles bring templates of several
// environments into one render; each has its own policy, and perhaps loader.
type source struct {
	env  *Environment
	name string
}

// byName gives a template, the same throughout a render.
func (c *Context) byName(env *Environment, name string) (*Template, error) {
	key := source{env, name}
	if t := c.loaded[key]; t != nil {
		return t, nil
	}
	c.Spend(10 + len(name)/longText)
	t, err := env.Load(c.ctx, name)
	if err != nil {
		return nil, err
	}
	c.loaded[key] = t
	return t, nil
}

// find gives the template that a name, list of names or handle means.
func (c *Context) find(env *Environment, v Value) (*Template, error) {
	switch v.kind { //nolint:exhaustive // the other kinds are treated alike
	case KindObject:
		if h, ok := v.Object().(handle); ok {
			return c.confined(env, h.t)
		}
	case KindArray:
		return c.firstOf(env, v.Array())
	}
	return c.byName(env, c.String(v))
}

// confined gives a template under the policy of the environment that asks for
// it: a handle must not be a way out of the sandbox.
func (c *Context) confined(env *Environment, t *Template) (*Template, error) {
	if env.policy == nil || t.policy == env.policy {
		return t, nil
	}
	c.payCompiling(t.source)
	return env.compile(c.ctx, t.name, t.source, 0)
}

func (c *Context) firstOf(env *Environment, names *Array) (*Template, error) {
	list := ""
	for i := range names.Len() {
		_, v := names.At(i)
		t, err := c.find(env, v)
		if err == nil || names.Len() == 1 || !missing(err) {
			return t, err
		}
		if list != "" {
			list += "\", \""
		}
		list += c.String(v)
	}
	return nil, &Error{Kind: Loader, Message: "Unable to find one of the following templates: \"" + list + "\".", Cause: ErrNotFound}
}

// missing reports whether the error is that the very template asked for does not exist.
func missing(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Kind == Loader && e.Template == ""
}

// load gives a template for one that runs; errors are placed there.
func (c *Context) load(from *Template, v Value, at *site) *Template {
	t, err := c.find(from.env, v)
	if err != nil {
		c.raise(at, err)
	}
	return t
}

// included is what an include tag or function is to render.
type included struct {
	env    *Environment
	ignore bool
	only   bool
	vars   Value // mapping, or null
	at     *site
	varsAt *site
}

func (c *Context) include(f *frame, name Value, in *included) {
	t, err := c.find(in.env, name)
	if err != nil {
		if in.ignore && missing(err) {
			return
		}
		c.raise(in.at, err)
	}
	c.show(f, t, in)
}

// show renders a template in place, with the variables of the place unless it is to have only its own.
func (c *Context) show(f *frame, t *Template, in *included) {
	var vars Variables
	if in.vars.kind != KindNull {
		a, ok := c.toArray(in.vars)
		if !ok {
			c.failAt(in.varsAt, Runtime, "The \"merge\" filter expects a sequence or a mapping, got \"%s\" for argument 2.", in.vars.TypeName())
		}
		vars = arrayVariables{a}
	}
	outer := f
	if in.only {
		outer = nil
	}
	c.enter()
	at := c.at
	g := c.newFrame(t, vars, outer, t.own)
	t.display(c, g)
	c.done(g)
	c.at = at
	c.leave()
}

func (b *builder) includeStatement(n *parse.Include) exec {
	b.permit("tag", "include", n.Pos)
	name := b.expr(n.Template)
	in := included{env: b.env, ignore: n.IgnoreMissing, only: n.Only, at: b.site(n.Pos), varsAt: b.site(n.Pos)}
	if n.Sandboxed {
		in.env = b.env.inner
	}
	vars := eval(func(*Context, *frame) Value { return Value{} })
	if n.With != nil {
		vars = b.expr(n.With)
	}
	return func(c *Context, f *frame) {
		c.at = in.at
		c.step()
		do := in
		do.vars = vars(c, f)
		if n.With != nil && do.vars.kind == KindNull {
			c.failAt(in.varsAt, Runtime, "The \"merge\" filter expects a sequence or a mapping, got \"null\" for argument 2.")
		}
		c.include(f, name(c, f), &do)
	}
}

func (b *builder) embedStatement(n *parse.Embed) exec {
	b.permit("tag", "embed", n.Pos)
	vars := eval(func(*Context, *frame) Value { return Value{} })
	if n.With != nil {
		vars = b.expr(n.With)
	}
	child := b.template(n.Child, "", 0)
	in := included{env: b.env, only: n.Only, at: b.site(n.Pos), varsAt: b.site(n.Pos)}
	ignore := n.IgnoreMissing
	return func(c *Context, f *frame) {
		c.at = in.at
		c.step()
		do := in
		do.vars = vars(c, f)
		if ignore {
			g := c.newFrame(child, nil, f, child.own)
			_, err := c.find(child.env, child.parent(c, g))
			c.done(g)
			if err != nil && missing(err) {
				return
			}
		}
		c.show(f, child, &do)
	}
}

// Blocks.

// callBlock renders a block by name: the most derived definition in blocks if
// derived is set, else the one of t or above it (spec 8).
func (c *Context) callBlock(t *Template, name string, f *frame, blocks *table, derived bool, at *site) {
	for up := 0; ; up++ {
		c.climb(up)
		var found *block
		if derived && up == 0 {
			found = blocks.blocks[name]
		}
		if found == nil {
			found = t.own.blocks[name]
		}
		if found != nil {
			c.runBlock(found, f, blocks)
			return
		}
		p := t.parentOf(c, f)
		if p == nil {
			break
		}
		t, blocks = p, blocks.onto(t)
	}
	if b := blocks.blocks[name]; b != nil {
		c.failAt(at, Runtime, "Block \"%s\" should not call parent() in \"%s\" as the block does not exist in the parent template \"%s\".", name, b.t.name, t.name)
	}
	c.failAt(at, Runtime, "Block \"%s\" on template \"%s\" does not exist.", name, t.name)
}

// runBlock renders a block with a copy of the variables of the place.
func (c *Context) runBlock(b *block, f *frame, blocks *table) {
	c.enter()
	at, policy := c.at, c.policy
	c.policy = b.t.policy
	var g *frame
	if f.t == b.t {
		g = c.inner(f)
		g.local = nil
		g.blocks = blocks
	} else {
		g = c.newFrame(b.t, nil, f, blocks)
	}
	b.body(c, g)
	c.done(g)
	c.at, c.policy = at, policy
	c.leave()
}

// callParent renders the next definition of a block above the one in t.
func (c *Context) callParent(t *Template, name string, f *frame, at *site) {
	if b := t.traits[name]; b != nil {
		c.runBlock(b, f, f.blocks)
		return
	}
	p := t.parentOf(c, f)
	if p == nil {
		c.failAt(at, Runtime, "The template has no parent and no traits defining the \"%s\" block.", name)
	}
	c.callBlock(p, name, f, f.blocks, false, at)
}

// hasBlock answers block("x") is defined.
func (c *Context) hasBlock(t *Template, name string, f *frame, blocks *table) bool {
	for up := 0; t != nil; up++ {
		c.climb(up)
		if blocks.blocks[name] != nil || t.own.blocks[name] != nil {
			return true
		}
		if t = t.parentOf(c, f); t != nil {
			blocks = t.own
		}
	}
	return false
}

func (b *builder) blockStatement(n *parse.BlockPrint) exec {
	t, name, at := b.t, n.Block.Name, b.site(n.Pos)
	return func(c *Context, f *frame) {
		c.at = at
		c.step()
		c.callBlock(t, name, f, f.blocks, true, at)
	}
}

func (b *builder) printBlock(n *parse.BlockCall) exec {
	t, name, at := b.t, b.expr(n.Name), b.site(n.Pos)
	return func(c *Context, f *frame) {
		c.step()
		c.callBlock(t, c.String(name(c, f)), f, f.blocks, true, at)
	}
}

func (b *builder) printParent(n *parse.Parent) exec {
	t, name, at := b.t, n.Block, b.site(n.Pos)
	return func(c *Context, f *frame) {
		c.step()
		c.callParent(t, name, f, at)
	}
}

func (b *builder) parentCall(n *parse.Parent) eval {
	put := b.printParent(n)
	return func(c *Context, f *frame) Value { return String(c.capture(func() { put(c, f) })) }
}

func (b *builder) blockCall(n *parse.BlockCall) eval {
	if n.Template == nil {
		put := b.printBlock(n)
		return func(c *Context, f *frame) Value { return String(c.capture(func() { put(c, f) })) }
	}
	from, name, template, at := b.t, b.expr(n.Name), b.expr(n.Template), b.site(n.Pos)
	return func(c *Context, f *frame) Value {
		c.step()
		block := c.String(name(c, f))
		t := c.load(from, template(c, f), at)
		return String(c.capture(func() {
			g := c.newFrame(t, nil, f, t.own)
			c.callBlock(t, block, g, t.own, true, &site{template: t.name})
			c.done(g)
		}))
	}
}

// blockDefined answers "block(x) is defined".
func (b *builder) blockDefined(n *parse.BlockCall) func(*Context, *frame) bool {
	own, name, at := b.t, b.expr(n.Name), b.site(n.Pos)
	var template eval
	if n.Template != nil {
		template = b.expr(n.Template)
	}
	return func(c *Context, f *frame) bool {
		block := c.String(name(c, f))
		if template == nil {
			return c.hasBlock(own, block, f, f.blocks)
		}
		t := c.load(own, template(c, f), at)
		g := c.newFrame(t, nil, f, t.own)
		found := c.hasBlock(t, block, g, t.own)
		c.done(g)
		return found
	}
}
