package twig

import "github.com/appdock/appdock/twig/parse"

// printStatement prints an expression, escaped unless it is safe (spec 10).
func (b *builder) printStatement(n *parse.Print) exec {
	at := b.site(n.X.At())
	put := b.print(n.X)
	return func(c *Context, f *frame) {
		c.at = at
		c.step()
		put(c, f)
		c.checkOutput()
	}
}

// print writes an expression. The branches of a conditional are handled each by itself.
func (b *builder) print(x parse.Expr) exec {
	if b.strategy != "" && !isSafe(b.safe(x), b.strategy) {
		switch n := x.(type) {
		case *parse.Cond:
			return b.printConditional(n)
		case *parse.Binary:
			if n.Op == "??" {
				return b.printCoalesce(n)
			}
		}
		return b.escaped(b.expr(x))
	}
	if n, ok := x.(*parse.BlockCall); ok && n.Template == nil {
		return b.printBlock(n)
	}
	if n, ok := x.(*parse.Parent); ok {
		return b.printParent(n)
	}
	value := b.expr(x)
	return func(c *Context, f *frame) {
		v := value(c, f)
		if v.kind == KindString {
			c.out = append(c.out, v.text()...)
			return
		}
		c.out = append(c.out, c.String(v)...)
	}
}

func (b *builder) printConditional(n *parse.Cond) exec {
	other := b.print(n.Else)
	if n.Then != nil {
		test, then := b.truth(n.Test), b.print(n.Then)
		return func(c *Context, f *frame) {
			if test(c, f) {
				then(c, f)
			} else {
				other(c, f)
			}
		}
	}
	test, put := b.expr(n.Test), b.printValue(n.Test)
	return func(c *Context, f *frame) {
		if v := test(c, f); v.Truth() {
			put(c, v)
		} else {
			other(c, f)
		}
	}
}

func (b *builder) printCoalesce(n *parse.Binary) exec {
	test, put, other := b.lenient(n.X), b.printValue(n.X), b.print(n.Y)
	return func(c *Context, f *frame) {
		if v := test(c, f); v.kind != KindNull {
			put(c, v)
		} else {
			other(c, f)
		}
	}
}

// printValue writes the value of an expression that was computed already.
func (b *builder) printValue(x parse.Expr) func(*Context, Value) {
	if b.strategy == "" || isSafe(b.safe(x), b.strategy) {
		return func(c *Context, v Value) { c.write(c.String(v)) }
	}
	strategy, env := b.strategy, b.env
	return func(c *Context, v Value) {
		v, err := env.autoescape(c, v, strategy)
		if err != nil {
			c.raiseHere(err)
		}
		c.write(c.String(v))
	}
}

func (b *builder) escaped(value eval) exec {
	if b.strategy == "html" {
		return func(c *Context, f *frame) {
			v := value(c, f)
			switch v.kind { //nolint:exhaustive // the other kinds are treated alike
			case KindString:
				c.out = appendHTML(c.out, v.text())
			case KindObject:
				if m, ok := v.Object().(Safe); ok && m.SafeFor("html") {
					c.out = append(c.out, c.String(v)...)
				} else {
					c.out = appendHTML(c.out, c.String(v))
				}
			default:
				c.out = append(c.out, c.String(v)...)
			}
		}
	}
	strategy, env := b.strategy, b.env
	return func(c *Context, f *frame) {
		v, err := env.autoescape(c, value(c, f), strategy)
		if err != nil {
			c.raiseHere(err)
		}
		c.out = append(c.out, c.String(v)...)
	}
}
