package twig

import (
	"math"
	"strings"

	"github.com/appdock/appdock/twig/parse"
)

// constant makes the value of a literal.
func constant(v any) Value {
	switch v := v.(type) {
	case bool:
		return Bool(v)
	case int64:
		return Int(v)
	case float64:
		return Float(v)
	case string:
		return String(v)
	}
	return Value{}
}

func always(v Value) eval { return func(*Context, *frame) Value { return v } }

// expr compiles an expression; what does not exist is an error with strict variables.
func (b *builder) expr(x parse.Expr) eval {
	switch n := x.(type) {
	case *parse.Constant:
		return always(constant(n.Value))
	case *parse.Name:
		return b.name(n, !b.env.strict)
	case *parse.Array:
		return b.array(n)
	case *parse.Unary:
		return b.unary(n)
	case *parse.Binary:
		return b.binary(n)
	case *parse.Cond:
		return b.conditional(n)
	case *parse.TestExpr:
		test := b.test(n)
		return func(c *Context, f *frame) Value { return Bool(test(c, f)) }
	case *parse.FilterExpr:
		return b.filter(n)
	case *parse.Call:
		return b.function(n)
	case *parse.Attr:
		return b.attribute(n, !b.env.strict)
	case *parse.MacroCall:
		return b.macroCall(n)
	case *parse.Arrow:
		return b.arrow(n, false)
	case *parse.Parent:
		return b.parentCall(n)
	case *parse.BlockCall:
		return b.blockCall(n)
	case *parse.Assign:
		return b.assign(n)
	}
	return always(Value{})
}

// lenient compiles an expression that gives null instead of failing when a
// variable, key or property is missing anywhere in its chain.
func (b *builder) lenient(x parse.Expr) eval {
	switch n := x.(type) {
	case *parse.Name:
		return b.name(n, true)
	case *parse.Attr:
		return b.attribute(n, true)
	case *parse.MacroCall:
		return b.unless(b.macroDefined(n), b.macroCall(n))
	case *parse.BlockCall:
		return b.unless(b.blockDefined(n), b.blockCall(n))
	}
	return b.expr(x)
}

func (b *builder) unless(defined func(*Context, *frame) bool, value eval) eval {
	return func(c *Context, f *frame) Value {
		if !defined(c, f) {
			return Value{}
		}
		return value(c, f)
	}
}

// kept compiles an expression whose value outlives the place: an arrow
// function in it gets a copy of the variables.
func (b *builder) kept(x parse.Expr) eval {
	if n, ok := x.(*parse.Arrow); ok {
		return b.arrow(n, true)
	}
	return b.expr(x)
}

func (b *builder) name(n *parse.Name, lenient bool) eval {
	switch n.Name {
	case "_self":
		return always(String(b.t.name))
	case "_charset":
		return always(String("UTF-8"))
	case "_context":
		return func(c *Context, f *frame) Value { return c.all(f) }
	}
	v := b.variable(n, lenient)
	return func(c *Context, f *frame) Value {
		if v := f.slots[v.slot]; v.kind < kindUndefined {
			return v
		}
		return v.resolve(c, f)
	}
}

// variable is a variable that an expression reads.
type variable struct {
	slot    int
	name    string
	at      *site
	lenient bool
}

func (b *builder) variable(n *parse.Name, lenient bool) *variable {
	return &variable{slot: b.slot(n.Name), name: n.Name, at: b.site(n.Pos), lenient: lenient}
}

// plain gives the variable that an expression consists of; nil if it is anything else.
func (b *builder) plain(x parse.Expr, lenient bool) *variable {
	n, ok := x.(*parse.Name)
	if !ok || n.Name == "_self" || n.Name == "_charset" || n.Name == "_context" {
		return nil
	}
	return b.variable(n, lenient)
}

// resolve reads the variable when its slot does not hold a value.
func (v *variable) resolve(c *Context, f *frame) Value {
	r := c.get(f, v.slot)
	if r.kind != kindUndefined {
		return r
	}
	if v.name == "_parent" {
		if around, ok := c.aroundLoop(f); ok {
			return around
		}
	}
	if !v.lenient {
		c.failAt(v.at, Runtime, "Variable \"%s\" does not exist.", v.name)
	}
	return Value{}
}

func (b *builder) array(n *parse.Array) eval {
	type item struct {
		key      eval
		constant Key
		value    eval
		spread   bool
		at       *site
	}
	mapping, fixed := false, true
	items := make([]item, len(n.Items))
	for i, it := range n.Items {
		items[i] = item{value: b.kept(it.Value), spread: it.Spread, at: b.site(it.Value.At())}
		if it.Key != nil {
			mapping = true
			k, ok := it.Key.(*parse.Constant)
			if ok {
				items[i].constant = scalarKey(constant(k.Value))
			} else {
				items[i].key, fixed = b.expr(it.Key), false
			}
		}
		_, isConstant := it.Value.(*parse.Constant)
		fixed = fixed && isConstant && !it.Spread
	}
	build := func(c *Context, f *frame) Value {
		var a *Array
		if mapping {
			a = NewMapping(len(items))
		} else {
			a = NewArray(len(items))
		}
		c.Reserve(int64(len(items)) * elementSize)
		for i := range items {
			it := &items[i]
			switch {
			case it.spread:
				c.spread(a, it.value(c, f), it.at)
			case !mapping || n.Items[i].Key == nil:
				a.Append(it.value(c, f))
			case it.key != nil:
				k := c.key(it.key(c, f))
				a.Set(k, it.value(c, f))
			default:
				a.Set(it.constant, it.value(c, f))
			}
		}
		return ArrayOf(a)
	}
	if fixed && int64(len(items)) <= b.env.limits.Allocated/elementSize {
		// Literals are built once and shared: arrays do not change.
		c := &Context{state: state{limits: &b.env.limits, alarm: math.MaxInt64}}
		return always(build(c, nil))
	}
	return build
}

func (c *Context) spread(a *Array, v Value, at *site) {
	ok := c.Iterate(v, func(k, e Value) bool {
		c.Reserve(elementSize)
		if k.IsText() {
			a.Set(c.key(k), e)
		} else {
			a.Append(e)
		}
		return true
	})
	if !ok {
		c.failAt(at, Runtime, "The spread operator needs a sequence or a mapping, got \"%s\".", v.TypeName())
	}
}

func (b *builder) unary(n *parse.Unary) eval {
	if n.Op == "not" {
		test := b.truth(n.X)
		return func(c *Context, f *frame) Value { return Bool(!test(c, f)) }
	}
	x, at, op := b.expr(n.X), b.site(n.Pos), n.Op
	if k, ok := n.X.(*parse.Constant); ok {
		if v, err := arithmetic("*", constant(k.Value), signOf(op)); err == nil {
			return always(v)
		}
	}
	return func(c *Context, f *frame) Value {
		return c.compute(arithmetic, "*", x(c, f), signOf(op), at)
	}
}

// signOf gives what PHP multiplies with for a sign.
func signOf(op string) Value {
	if op == "-" {
		return Int(-1)
	}
	return Int(1)
}

// truth compiles an expression that is only asked whether it is true.
func (b *builder) truth(x parse.Expr) func(*Context, *frame) bool {
	switch n := x.(type) {
	case *parse.TestExpr:
		return b.test(n)
	case *parse.Unary:
		if n.Op == "not" {
			test := b.truth(n.X)
			return func(c *Context, f *frame) bool { return !test(c, f) }
		}
	case *parse.Binary:
		if test := b.logic(n); test != nil {
			return test
		}
	}
	value := b.expr(x)
	return func(c *Context, f *frame) bool { return value(c, f).Truth() }
}

// logic compiles the operators that give a bool; nil for others.
func (b *builder) logic(n *parse.Binary) func(*Context, *frame) bool {
	switch n.Op {
	case "or":
		x, y := b.truth(n.X), b.truth(n.Y)
		return func(c *Context, f *frame) bool { return x(c, f) || y(c, f) }
	case "and":
		x, y := b.truth(n.X), b.truth(n.Y)
		return func(c *Context, f *frame) bool { return x(c, f) && y(c, f) }
	case "xor":
		x, y := b.truth(n.X), b.truth(n.Y)
		return func(c *Context, f *frame) bool { return x(c, f) != y(c, f) }
	case "has some", "has every":
		return b.has(n)
	}
	var test func(c *Context, x, y Value) bool
	switch n.Op {
	case "==":
		test = (*Context).equal
	case "!=":
		test = func(c *Context, x, y Value) bool { return !c.equal(x, y) }
	case "<":
		test = func(c *Context, x, y Value) bool { return c.less(x, y, 0) }
	case ">":
		test = func(c *Context, x, y Value) bool { return c.less(y, x, 0) }
	case "<=":
		test = func(c *Context, x, y Value) bool { return c.less(x, y, 1) }
	case ">=":
		test = func(c *Context, x, y Value) bool { return c.less(y, x, 1) }
	case "in":
		test = (*Context).in
	case "not in":
		test = func(c *Context, x, y Value) bool { return !c.in(x, y) }
	case "starts with":
		test = func(c *Context, x, y Value) bool {
			c.spendText(y)
			return x.IsText() && y.IsText() && strings.HasPrefix(x.text(), y.text())
		}
	case "ends with":
		test = func(c *Context, x, y Value) bool {
			c.spendText(y)
			return x.IsText() && y.IsText() && strings.HasSuffix(x.text(), y.text())
		}
	default:
		return nil
	}
	if quick := b.compareInt(n, test); quick != nil {
		return quick
	}
	x, y := b.expr(n.X), b.expr(n.Y)
	return func(c *Context, f *frame) bool {
		v := x(c, f)
		return test(c, v, y(c, f))
	}
}

// less reports whether a orders below limit against b.
func (c *Context) less(a, b Value, limit int) bool {
	if a.kind == KindInt && b.kind == KindInt {
		return threeWay(a.n, b.n) < limit
	}
	return c.compare(a, b) < limit
}

// in is the operator of that name (spec 5.3).
func (c *Context) in(needle, haystack Value) bool {
	if haystack.IsText() {
		switch needle.kind { //nolint:exhaustive // the other kinds are treated alike
		case KindString, KindMarkup, KindInt, KindFloat:
			c.Spend(int(haystack.n >> 6))
			return strings.Contains(haystack.text(), needle.scalarString())
		}
		return false
	}
	found := false
	c.Iterate(haystack, func(_, v Value) bool {
		if needle.kind == KindObject {
			found = v.kind == KindObject && sameObject(needle, v)
		} else {
			found = c.equal(needle, v)
		}
		return !found
	})
	return found
}

func (b *builder) has(n *parse.Binary) func(*Context, *frame) bool {
	x, arrow, at := b.expr(n.X), b.shared(n.Y), b.site(n.Pos)
	every := n.Op == "has every"
	return func(c *Context, f *frame) bool {
		result := every
		seq, test := x(c, f), arrow(c, f)
		if !isIterableValue(seq) {
			c.failAt(at, Runtime, "The \"%s\" operator expects a sequence or a mapping, got \"%s\".", n.Op, seq.TypeName())
		}
		c.Iterate(seq, func(k, v Value) bool {
			if c.Call(test, v, k).Truth() != every {
				result = !every
				return false
			}
			return true
		})
		return result
	}
}

func (b *builder) binary(n *parse.Binary) eval {
	if test := b.logic(n); test != nil {
		return func(c *Context, f *frame) Value { return Bool(test(c, f)) }
	}
	at, op := b.site(n.Pos), n.Op
	if op == "??" {
		x, y := b.lenient(n.X), b.expr(n.Y)
		return func(c *Context, f *frame) Value {
			if v := x(c, f); v.kind != KindNull {
				return v
			}
			return y(c, f)
		}
	}
	switch op {
	case "matches":
		return b.matches(n)
	case "+", "-", "*", "%":
		return b.onInts(n)
	case "~":
		join := b.concatenation(n)
		return func(c *Context, f *frame) Value {
			start := len(c.out)
			join(c, f)
			s := string(c.out[start:])
			c.out = c.out[:start]
			return String(s)
		}
	}
	x, y := b.expr(n.X), b.expr(n.Y)
	switch op {
	case "<=>":
		return func(c *Context, f *frame) Value {
			v := x(c, f)
			return Int(c.compare(v, y(c, f)))
		}
	case "..":
		b.permit("function", "range", n.Pos)
		return func(c *Context, f *frame) Value {
			v := x(c, f)
			r, err := makeRange(c, v, y(c, f), Int(1))
			if err != nil {
				c.raise(at, err)
			}
			return r
		}
	case "b-and", "b-or", "b-xor":
		return func(c *Context, f *frame) Value {
			v := x(c, f)
			return c.compute(bitwise, op, v, y(c, f), at)
		}
	}
	return func(c *Context, f *frame) Value {
		v := x(c, f)
		return c.compute(arithmetic, op, v, y(c, f), at)
	}
}

// compute runs an operator and charges for long texts that are read as numbers
// and for what is made of strings and arrays.
func (c *Context) compute(operator func(op string, a, b Value) (Value, error), op string, a, b Value, at *site) Value {
	c.spendText(a)
	c.spendText(b)
	r, err := operator(op, a, b)
	if err != nil {
		c.raise(at, err)
	}
	c.charge(r)
	return r
}

// concatenation appends the parts of a chain of ~ one after the other.
func (b *builder) concatenation(n *parse.Binary) exec {
	at := b.site(n.Pos)
	var parts []exec
	add := func(x parse.Expr) {
		if inner, ok := x.(*parse.Binary); ok && inner.Op == "~" {
			parts = append(parts, b.concatenation(inner))
			return
		}
		if k, ok := x.(*parse.Constant); ok {
			text := constant(k.Value).scalarString()
			parts = append(parts, func(c *Context, _ *frame) { c.appendText(text) })
			return
		}
		if appends := b.appends(x); appends != nil {
			parts = append(parts, func(c *Context, f *frame) {
				if v, appended := appends(c, f); !appended {
					c.append(v)
				}
			})
			return
		}
		value := b.expr(x)
		parts = append(parts, func(c *Context, f *frame) {
			v := value(c, f)
			c.at = at
			c.append(v)
		})
	}
	add(n.X)
	add(n.Y)
	return func(c *Context, f *frame) {
		c.at = at
		for _, part := range parts {
			part(c, f)
		}
	}
}

func (b *builder) conditional(n *parse.Cond) eval {
	other := b.kept(n.Else)
	if n.Then == nil {
		test := b.expr(n.Test)
		return func(c *Context, f *frame) Value {
			if v := test(c, f); v.Truth() {
				return v
			}
			return other(c, f)
		}
	}
	test, then := b.truth(n.Test), b.kept(n.Then)
	return func(c *Context, f *frame) Value {
		if test(c, f) {
			return then(c, f)
		}
		return other(c, f)
	}
}

// shared compiles an argument that is used before its place is left: an arrow
// function in it works on the variables themselves.
func (b *builder) shared(x parse.Expr) eval {
	if n, ok := x.(*parse.Arrow); ok {
		return b.arrow(n, false)
	}
	return b.expr(x)
}

func (b *builder) arrow(n *parse.Arrow, kept bool) eval {
	var params []int
	for _, p := range n.Params {
		params = append(params, b.slot(p))
	}
	body, at := b.expr(n.Body), b.site(n.Pos)
	return func(c *Context, f *frame) Value {
		if kept {
			c.Reserve(int64(len(f.slots)) * elementSize)
			f = c.inner(f)
			for i, v := range f.slots {
				f.slots[i] = v.settled()
			}
			f.keep()
		}
		return closureOf(&closure{f: f, params: params, body: body, at: at, policy: c.policy})
	}
}

// assign compiles assignments as expressions, which 3.23 has.
func (b *builder) assign(n *parse.Assign) eval {
	value, put := b.kept(n.X), b.target(n.Target)
	return func(c *Context, f *frame) Value {
		v := value(c, f)
		put(c, f, v)
		return v
	}
}

// target compiles what an assignment stores into: a variable, or a sequence or
// mapping of targets that takes a value apart. What is missing gives null.
func (b *builder) target(x parse.Expr) func(*Context, *frame, Value) {
	a, ok := x.(*parse.Array)
	if !ok {
		name, ok := x.(*parse.Name)
		if !ok {
			b.fail(x.At(), Syntax, "Only variables can be assigned to.")
		}
		slot := b.slot(name.Name)
		return func(_ *Context, f *frame, v Value) { f.slots[slot] = v }
	}
	var puts []func(*Context, *frame, Value)
	var keys []eval
	at := b.site(a.Pos)
	for i, item := range a.Items {
		key := always(Int(i))
		if item.Key != nil {
			key = b.expr(item.Key)
		}
		keys = append(keys, key)
		puts = append(puts, b.target(item.Value))
	}
	return func(c *Context, f *frame, v Value) {
		for i, put := range puts {
			part, _ := c.access(&access{at: at, x: v, name: keys[i](c, f), kind: parse.Any, lenient: true})
			put(c, f, part)
		}
	}
}
