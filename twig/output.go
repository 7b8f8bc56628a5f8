package twig

import (
	"strconv"

	"github.com/appdock/appdock/twig/parse"
)

// printStatement prints an expression, escaped unless it is safe (spec 10),
// after the text that stands before it. Whoever runs it counts its step.
func (b *builder) printStatement(n *parse.Print, before string) exec {
	at := b.site(n.X.At())
	if put := b.printParts(n.X); put != nil {
		return func(c *Context, f *frame) {
			c.out = append(c.out, before...)
			c.at = at
			put(c, f)
			c.checkOutput()
		}
	}
	value, put := b.expr(n.X), b.putter(n.X)
	if b.escapes(n.X) && b.strategy == "html" {
		// The most frequent statement of all: one call less.
		return func(c *Context, f *frame) {
			c.out = append(c.out, before...)
			c.at = at
			c.putHTML(value(c, f))
			c.checkOutput()
		}
	}
	return func(c *Context, f *frame) {
		c.out = append(c.out, before...)
		c.at = at
		put(c, value(c, f))
		c.checkOutput()
	}
}

// escapes reports whether an expression needs escaping where it is printed.
func (b *builder) escapes(x parse.Expr) bool {
	return b.strategy != "" && !isSafe(b.safe(x), b.strategy)
}

// print writes an expression.
func (b *builder) print(x parse.Expr) exec {
	if put := b.printParts(x); put != nil {
		return put
	}
	value, put := b.expr(x), b.putter(x)
	return func(c *Context, f *frame) { put(c, value(c, f)) }
}

// printParts writes expressions that need no value of their own: the branches
// of a conditional are handled each by itself if one of them is safe and the other not, blocks, macros and what makes
// text write where they are printed. It gives nil for all others.
func (b *builder) printParts(x parse.Expr) exec {
	switch n := x.(type) {
	case *parse.Cond:
		then := n.Then
		if then == nil {
			then = n.Test
		}
		if b.escapes(x) && b.escapes(then) != b.escapes(n.Else) {
			return b.printConditional(n)
		}
	case *parse.Binary:
		if n.Op == "??" && b.escapes(x) && b.escapes(n.X) != b.escapes(n.Y) {
			return b.printCoalesce(n)
		}
	case *parse.BlockCall:
		if n.Template == nil && !b.escapes(x) {
			return b.printBlock(n)
		}
	case *parse.Parent:
		return b.printParent(n)
	case *parse.MacroCall:
		if !b.escapes(x) && !b.env.config.Script {
			return b.printMacro(n)
		}
	}
	appends := b.appends(x)
	switch {
	case appends == nil:
		return nil
	case !b.escapes(x):
		return func(c *Context, f *frame) {
			if v, appended := appends(c, f); !appended {
				c.out = append(c.out, c.String(v)...)
			}
		}
	}
	put := b.putter(x)
	strategy := b.strategy
	return func(c *Context, f *frame) {
		start := len(c.out)
		v, appended := appends(c, f)
		switch {
		case !appended:
			put(c, v)
		case strategy == "html":
			c.escapeFrom(start)
		default:
			text := string(c.out[start:])
			c.out = c.out[:start]
			put(c, String(text))
		}
	}
}

// appends compiles an expression whose text can be put behind the output
// without becoming a string before; nil if it is none.
func (b *builder) appends(x parse.Expr) func(c *Context, f *frame) (v Value, appended bool) {
	switch n := x.(type) {
	case *parse.FilterExpr:
		return b.appendingFilter(n)
	case *parse.Binary:
		if n.Op == "~" {
			join := b.concatenation(n)
			return func(c *Context, f *frame) (Value, bool) {
				join(c, f)
				return Value{}, true
			}
		}
	}
	return nil
}

// escapeFrom escapes what was written since start for HTML.
func (c *Context) escapeFrom(start int) {
	tail := c.out[start:]
	for i := range tail {
		if htmlSpecial[tail[i]] {
			c.spare = append(c.spare[:0], tail[i:]...)
			c.Spend(len(c.spare) >> 5)
			c.out = appendHTML(c.out[:start+i], c.spare)
			return
		}
	}
}

// append adds the string form of a value that makes a longer one, and charges for it.
func (c *Context) append(v Value) {
	if v.kind == KindInt {
		c.out = strconv.AppendInt(c.out, v.n, 10)
		return
	}
	c.appendText(c.String(v))
}

func (c *Context) appendText(s string) {
	c.Reserve(int64(len(s)))
	c.out = append(c.out, s...)
}

// put writes a value as it is.
func (c *Context) put(v Value) {
	switch v.kind { //nolint:exhaustive // the other kinds are treated alike
	case KindString, KindMarkup:
		c.out = append(c.out, v.text()...)
	case KindInt:
		c.out = strconv.AppendInt(c.out, v.n, 10)
	default:
		c.out = append(c.out, c.String(v)...)
	}
}

// putHTML writes a value, escaped for HTML unless it is safe.
func (c *Context) putHTML(v Value) {
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
		c.put(v)
	}
}

// putter writes the value of an expression.
func (b *builder) putter(x parse.Expr) func(*Context, Value) {
	switch {
	case !b.escapes(x):
		return (*Context).put
	case b.strategy == "html":
		return (*Context).putHTML
	}
	strategy, env := b.strategy, b.env
	return func(c *Context, v Value) {
		v, err := env.autoescape(c, v, strategy)
		if err != nil {
			c.raiseHere(err)
		}
		c.put(v)
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
	test, put := b.expr(n.Test), b.putter(n.Test)
	return func(c *Context, f *frame) {
		if v := test(c, f); v.Truth() {
			put(c, v)
		} else {
			other(c, f)
		}
	}
}

func (b *builder) printCoalesce(n *parse.Binary) exec {
	test, put, other := b.lenient(n.X), b.putter(n.X), b.print(n.Y)
	return func(c *Context, f *frame) {
		if v := test(c, f); v.kind != KindNull {
			put(c, v)
		} else {
			other(c, f)
		}
	}
}
