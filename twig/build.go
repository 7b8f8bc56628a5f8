package twig

import (
	"context"

	"github.com/appdock/appdock/twig/parse"
)

type (
	// eval computes an expression.
	eval func(c *Context, f *frame) Value
	// exec runs a statement.
	exec func(c *Context, f *frame)
)

// builder turns the tree of one template into closures.
type builder struct {
	ctx      context.Context // of the call that compiles; nothing of it stays
	env      *Environment
	t        *Template
	strategy string // autoescaping at this place
	chosen   string // the template's
}

// build compiles a tree. Templates it uses are loaded; those it extends,
// includes and imports only when it is rendered.
func (e *Environment) build(ctx context.Context, tree *parse.Template, src string, depth int) (t *Template, err error) {
	defer func() {
		if r := recover(); r != nil {
			failed, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			t, err = nil, failed
		}
	}()
	b := &builder{ctx: ctx, env: e, chosen: e.escape(tree.Name)}
	return b.template(tree, src, depth), nil
}

func (b *builder) template(tree *parse.Template, src string, depth int) *Template {
	outer, strategy := b.t, b.strategy
	t := &Template{
		env: b.env, name: tree.Name, source: src, names: map[string]int{}, macros: map[string]*macro{}, policy: b.env.policy,
		imports: tree.Imports, own: &table{blocks: map[string]*block{}}, traits: map[string]*block{},
	}
	t.importers = make([]importer, tree.Imports)
	b.t, b.strategy = t, b.chosen
	for _, n := range tree.Notices {
		b.notice(n.Pos, n.Message)
	}
	for _, u := range tree.Uses {
		b.use(u, depth)
	}
	for _, n := range tree.Blocks {
		b.permit("tag", "block", n.Pos)
		if n.Escape != nil {
			b.strategy = *n.Escape
		}
		t.own.blocks[n.Name] = &block{t: t, name: n.Name, body: b.statements(n.Body), at: b.site(n.Pos)}
		b.strategy = b.chosen
	}
	for _, m := range tree.Macros {
		t.macros[m.Name] = b.defineMacro(m)
	}
	t.body = b.statements(tree.Body)
	if tree.Parent != nil {
		b.permit("tag", "extends", tree.Parent.At())
		t.parentAt = b.site(tree.Parent.At())
		t.parent = b.expr(tree.Parent)
	}
	t.traitable = tree.Parent == nil && len(tree.Macros) == 0 && onlyBlocks(tree.Body)
	t.blank = make([]Value, len(t.symbols))
	for i := range t.blank {
		t.blank[i] = Value{kind: kindUnresolved}
	}
	b.t, b.strategy = outer, strategy
	return t
}

// onlyBlocks reports whether a template can be used: beside its blocks it may
// hold what has no parts of its own, which is not rendered.
func onlyBlocks(body []parse.Stmt) bool {
	for _, s := range body {
		switch s.(type) {
		case *parse.TextStmt, *parse.BlockPrint, *parse.Tag:
		default:
			return false
		}
	}
	return true
}

// use takes over the blocks of another template (spec 8).
func (b *builder) use(u *parse.Use, depth int) {
	b.permit("tag", "use", u.Pos)
	s := b.site(u.Pos)
	used, err := b.env.load(b.ctx, u.Template, depth+1)
	if err != nil {
		panic(placed(err, s.template, s.pos))
	}
	if !used.traitable {
		b.fail(u.Pos, Runtime, "Template \"%s\" cannot be used as a trait.", u.Template)
	}
	b.t.used = append(b.t.used, used)
	blocks := map[string]*block{}
	for name, block := range used.own.blocks {
		blocks[name] = block
	}
	for _, alias := range u.Aliases {
		block := blocks[alias[0]]
		if block == nil {
			b.fail(u.Pos, Runtime, "Block \"%s\" is not defined in trait \"%s\".", alias[0], u.Template)
		}
		// In this order: a name given as its own alias is gone, as in the reference.
		blocks[alias[1]] = block
		delete(blocks, alias[0])
	}
	for name, block := range blocks {
		b.t.traits[name] = block
		b.t.own.blocks[name] = block
	}
}

func (b *builder) site(at parse.Pos) *site { return &site{template: b.t.name, pos: at} }

func (b *builder) fail(at parse.Pos, kind ErrorKind, format string, args ...any) {
	(&Context{}).failAt(b.site(at), kind, format, args...)
}

// permit refuses what the policy does not allow, before anything runs.
func (b *builder) permit(kind, name string, at parse.Pos) {
	p := b.env.policy
	if p == nil {
		return
	}
	list, what := p.Tags, "Tag"
	switch kind {
	case "filter":
		list, what = p.Filters, "Filter"
	case "function":
		list, what = p.Functions, "Function"
	case "test":
		if p.Tests == nil {
			return
		}
		list, what = p.Tests, "Test"
	}
	if !p.allows(list, name) {
		b.fail(at, Security, "%s \"%s\" is not allowed.", what, name)
	}
}

// slot gives the place of a variable in frames of the template.
func (b *builder) slot(name string) int {
	i, ok := b.t.names[name]
	if !ok {
		i = len(b.t.symbols)
		b.t.names[name] = i
		b.t.symbols = append(b.t.symbols, Key{str: name, isStr: true})
	}
	return i
}

func (b *builder) statements(body []parse.Stmt) exec {
	var list []exec
	var first *site
	prints := 0 // their steps are counted at once
	for i := 0; i < len(body); i++ {
		s, before := body[i], ""
		if text, ok := s.(*parse.TextStmt); ok && i+1 < len(body) {
			if n, ok := body[i+1].(*parse.Print); ok {
				s, before = n, text.Data
				i++
			}
		}
		n, ok := s.(*parse.Print)
		if !ok {
			if run := b.statement(s); run != nil {
				list = append(list, run)
			}
			continue
		}
		list = append(list, b.printStatement(n, before))
		prints++
		if first == nil {
			first = b.site(n.X.At())
		}
	}
	run := b.inOrder(list)
	if prints == 0 {
		return run
	}
	return func(c *Context, f *frame) {
		c.at = first
		c.Spend(prints)
		run(c, f)
	}
}

// inOrder runs statements one after the other.
func (b *builder) inOrder(list []exec) exec {
	if b.env.config.Script {
		return func(c *Context, f *frame) {
			for _, run := range list {
				if run(c, f); c.flow != onward {
					return
				}
			}
		}
	}
	switch len(list) {
	case 0:
		return func(*Context, *frame) {}
	case 1:
		return list[0]
	case 2:
		first, second := list[0], list[1]
		return func(c *Context, f *frame) {
			first(c, f)
			second(c, f)
		}
	}
	return func(c *Context, f *frame) {
		for _, run := range list {
			run(c, f)
		}
	}
}

func (b *builder) statement(s parse.Stmt) exec {
	switch n := s.(type) {
	case *parse.TextStmt:
		text := n.Data
		return func(c *Context, _ *frame) { c.write(text) }
	case *parse.If:
		return b.ifStatement(n)
	case *parse.For:
		return b.forStatement(n)
	case *parse.Set:
		return b.setStatement(n)
	case *parse.BlockPrint:
		return b.blockStatement(n)
	case *parse.Include:
		return b.includeStatement(n)
	case *parse.Embed:
		return b.embedStatement(n)
	case *parse.Import:
		return b.importStatement(n)
	case *parse.Do:
		b.permit("tag", "do", n.Pos)
		x, at := b.expr(n.X), b.site(n.Pos)
		return func(c *Context, f *frame) {
			c.at = at
			c.step()
			x(c, f)
		}
	case *parse.With:
		return b.withStatement(n)
	case *parse.Apply:
		return b.applyStatement(n)
	case *parse.AutoEscape:
		b.permit("tag", "autoescape", n.Pos)
		outer := b.strategy
		b.strategy = n.Strategy
		body := b.statements(n.Body)
		b.strategy = outer
		return body
	case *parse.Sandbox:
		b.permit("tag", "sandbox", n.Pos)
		b.deprecate(n.Pos, "tag", "sandbox", "twig/twig 3.15")
		return b.statements(n.Body)
	case *parse.Deprecated:
		return b.deprecatedStatement(n)
	case *parse.Tag:
		b.permit("tag", n.Name, n.Pos)
		return nil
	case *parse.Host:
		return b.hostStatement(n)
	case *parse.Jump:
		return b.jumpStatement(n)
	case *parse.Return:
		return b.returnStatement(n)
	}
	return nil
}

func (b *builder) ifStatement(n *parse.If) exec {
	if n.Branches[0].Test == nil {
		b.permit("tag", "guard", n.Pos)
		return b.statements(n.Branches[0].Body)
	}
	b.permit("tag", "if", n.Pos)
	type branch struct {
		at   *site
		test func(*Context, *frame) bool
		body exec
	}
	var branches []branch
	var other exec
	for _, br := range n.Branches {
		if br.Test == nil {
			other = b.statements(br.Body)
			continue
		}
		branches = append(branches, branch{b.site(br.Test.At()), b.truth(br.Test), b.statements(br.Body)})
	}
	if len(branches) == 1 && other == nil {
		only := branches[0]
		return func(c *Context, f *frame) {
			c.at = only.at
			c.step()
			if only.test(c, f) {
				only.body(c, f)
			}
		}
	}
	if len(branches) == 1 {
		only := branches[0]
		return func(c *Context, f *frame) {
			c.at = only.at
			c.step()
			if only.test(c, f) {
				only.body(c, f)
			} else {
				other(c, f)
			}
		}
	}
	return func(c *Context, f *frame) {
		c.step()
		for i := range branches {
			c.at = branches[i].at
			if branches[i].test(c, f) {
				branches[i].body(c, f)
				return
			}
		}
		if other != nil {
			other(c, f)
		}
	}
}

func (b *builder) setStatement(n *parse.Set) exec {
	b.permit("tag", "set", n.Pos)
	at := b.site(n.Pos)
	if n.Capture {
		slot, body := b.slot(n.Names[0]), b.statements(n.Body)
		return func(c *Context, f *frame) {
			c.at = at
			c.step()
			f.slots[slot] = captured(c.capture(func() { body(c, f) }))
		}
	}
	if len(n.Names) == 1 {
		slot, value := b.slot(n.Names[0]), b.kept(n.Values[0])
		return func(c *Context, f *frame) {
			c.at = at
			c.step()
			f.slots[slot] = value(c, f)
		}
	}
	var slots []int
	var values []eval
	for i, name := range n.Names {
		slots = append(slots, b.slot(name))
		values = append(values, b.kept(n.Values[i]))
	}
	return func(c *Context, f *frame) {
		c.at = at
		c.step()
		got := make([]Value, len(values))
		for i, value := range values {
			got[i] = value(c, f)
		}
		for i, slot := range slots {
			f.slots[slot] = got[i]
		}
	}
}

func (b *builder) withStatement(n *parse.With) exec {
	b.permit("tag", "with", n.Pos)
	at, only := b.site(n.Pos), n.Only
	var vars eval
	if n.Vars != nil {
		vars = b.expr(n.Vars)
		at = b.site(n.Vars.At())
	}
	body := b.statements(n.Body)
	return func(c *Context, f *frame) {
		c.at = at
		c.step()
		if vars == nil {
			g := c.inner(f)
			body(c, g)
			c.done(g)
			return
		}
		a, ok := c.toArray(vars(c, f))
		if !ok {
			c.failAt(at, Runtime, "Variables passed to the \"with\" tag must be a mapping.")
		}
		var g *frame
		if only {
			g = c.newFrame(f.t, arrayVariables{a}, nil, f.blocks)
			g.local = f.local
		} else {
			g = c.inner(f)
			g.vars, g.outer = arrayVariables{a}, f
			c.Spend(a.Len() >> 1)
			for k, v := range a.All() {
				if slot, ok := f.t.names[k.String()]; ok {
					g.slots[slot] = v
				}
			}
		}
		body(c, g)
		c.done(g)
	}
}

func (b *builder) applyStatement(n *parse.Apply) exec {
	b.permit("tag", "apply", n.Pos)
	// The captured text travels to the innermost filter in a slot no variable can have.
	slot := b.slot("\x00apply" + string(rune('0'+len(b.t.symbols))))
	body := b.statements(n.Body)
	put := b.print(replaceCaptured(n.X, &parse.Name{Pos: n.Pos, Name: b.t.symbols[slot].str}))
	at := b.site(n.Pos)
	return func(c *Context, f *frame) {
		c.at = at
		c.step()
		f.slots[slot] = captured(c.capture(func() { body(c, f) }))
		put(c, f)
		f.slots[slot] = Value{kind: kindUndefined}
		c.checkOutput()
	}
}

func replaceCaptured(x, by parse.Expr) parse.Expr {
	switch n := x.(type) {
	case *parse.Captured:
		return by
	case *parse.FilterExpr:
		copied := *n
		copied.X = replaceCaptured(n.X, by)
		return &copied
	}
	return x
}

func (b *builder) hostStatement(n *parse.Host) exec {
	b.permit("tag", n.Name, n.Pos)
	tag, at := b.env.tags[n.Name], b.site(n.Pos)
	var args []eval
	for _, x := range n.Args {
		args = append(args, b.kept(x))
	}
	body := b.statements(n.Body)
	hasBody := n.HasBody
	return func(c *Context, f *frame) {
		c.at = at
		c.step()
		values := make([]Value, len(args))
		for i, arg := range args {
			values[i] = arg(c, f)
		}
		var inner func() string
		if hasBody {
			inner = func() string { return c.capture(func() { body(c, f) }) }
		}
		text, err := tag.Run(c, values, inner)
		if err != nil {
			c.raise(at, err)
		}
		c.write(text)
	}
}

func (b *builder) jumpStatement(n *parse.Jump) exec {
	name, how := "break", breaking
	if n.Continue {
		name, how = "continue", continuing
	}
	b.permit("tag", name, n.Pos)
	levels := n.Levels
	return func(c *Context, _ *frame) {
		c.step()
		c.flow, c.levels = how, levels
	}
}

func (b *builder) returnStatement(n *parse.Return) exec {
	b.permit("tag", "return", n.Pos)
	value := eval(func(*Context, *frame) Value { return Value{} })
	if n.X != nil {
		value = b.kept(n.X)
	}
	at := b.site(n.Pos)
	return func(c *Context, f *frame) {
		c.at = at
		c.step()
		c.result = value(c, f)
		c.flow = returning
	}
}
