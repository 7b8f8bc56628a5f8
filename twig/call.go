package twig

import (
	"fmt"
	"slices"
	"strings"

	"github.com/appdock/appdock/twig/parse"
)

// arguments are those of a call whose parameters are known only when it runs.
type arguments []argument

type argument struct {
	name   string
	value  eval
	spread bool
	at     *site
}

func (b *builder) list(args []parse.Arg) arguments {
	var list arguments
	for _, a := range args {
		list = append(list, argument{name: a.Name, value: b.kept(a.Value), spread: a.Spread, at: b.site(a.Value.At())})
	}
	return list
}

// push computes the arguments: the positional ones onto c.args, the named ones into an array.
func (args arguments) push(c *Context, f *frame) (positional int, named *Array) {
	for i := range args {
		a := &args[i]
		v := a.value(c, f)
		switch {
		case a.spread:
			ok := c.Iterate(v, func(k, e Value) bool {
				c.Reserve(elementSize)
				if k.IsText() {
					if named == nil {
						named = NewMapping(4)
					}
					named.Set(c.key(k), e)
				} else {
					c.args = append(c.args, e)
					positional++
				}
				c.spendText(e)
				return true
			})
			if !ok {
				c.failAt(a.at, Runtime, "Only arrays and iterable objects can be unpacked, got \"%s\".", v.TypeName())
			}
		case a.name != "":
			if named == nil {
				named = NewMapping(4)
			}
			named.Set(Key{str: a.name, isStr: true}, v)
			c.spendText(v)
		default:
			c.args = append(c.args, v)
			positional++
			c.spendText(v)
		}
	}
	return positional, named
}

// snake makes fooBar foo_bar: both forms name a parameter.
func snake(name string) string {
	if strings.ToLower(name) == name {
		return name
	}
	var s strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' && i > 0 {
			s.WriteByte('_')
		}
		s.WriteRune(r)
	}
	return strings.ToLower(s.String())
}

// bindValues puts arguments in the order of parameters when a call runs.
func bindValues(params []Param, args []Value, named *Array, kind, name string) ([]Value, error) {
	bound := make([]Value, 0, max(len(params), len(args)))
	bound = append(bound, args...)
	used := 0
	for i, p := range params {
		v, given := Value{}, false
		if named != nil {
			for k, e := range named.All() {
				if k.String() == p.Name || snake(k.String()) == snake(p.Name) {
					v, given = e, true
				}
			}
		}
		switch {
		case given:
			used++
			if i < len(args) {
				return nil, Failf("Argument \"%s\" is defined twice for %s \"%s\".", p.Name, kind, name)
			}
			bound = append(bound, v)
		case i < len(args):
		case !p.Optional:
			return nil, Failf("Value for argument \"%s\" is required for %s \"%s\".", p.Name, kind, name)
		default:
			bound = append(bound, p.Default)
		}
	}
	if named != nil && used < named.Len() {
		return nil, Failf("Unknown arguments for %s \"%s\".", kind, name)
	}
	return bound, nil
}

// argument compiles an argument; an arrow function keeps its variables unless
// the callable only uses it while it runs.
func (b *builder) argument(c *Callable, x parse.Expr) eval {
	if c.borrows {
		return b.shared(x)
	}
	return b.kept(x)
}

// bind checks a call's arguments against the parameters when it is compiled (spec 5.4).
func (b *builder) bind(kind parse.Kind, name string, c *Callable, args []parse.Arg, at parse.Pos) ([]eval, arguments) {
	isNamed := slices.ContainsFunc(args, func(a parse.Arg) bool { return a.Name != "" })
	isSpread := slices.ContainsFunc(args, func(a parse.Arg) bool { return a.Spread })
	if isSpread {
		return nil, b.list(args)
	}
	if !isNamed {
		return b.bindPositional(kind, name, c, args, at), nil
	}
	given := map[string]parse.Arg{}
	var order []string
	positional := 0
	for _, a := range args {
		switch {
		case a.Name != "":
			given[snake(a.Name)] = a
			order = append(order, a.Name)
		case len(order) > 0:
			b.fail(at, Syntax, "Positional arguments cannot be used after named arguments for %s \"%s\".", kind, name)
		default:
			positional++
		}
	}
	var list []eval
	var names []string
	for i, p := range c.Params {
		names = append(names, p.Name)
		a, ok := given[snake(p.Name)]
		switch {
		case ok && i < positional:
			b.fail(at, Syntax, "Argument \"%s\" is defined twice for %s \"%s\".", p.Name, kind, name)
		case ok:
			delete(given, snake(p.Name))
			list = append(list, b.argument(c, a.Value))
		case i < positional:
			list = append(list, b.argument(c, args[i].Value))
		case p.Optional:
			list = append(list, always(p.Default))
		default:
			b.fail(at, Syntax, "Value for argument \"%s\" is required for %s \"%s\".", p.Name, kind, name)
		}
	}
	b.unknown(kind, name, names, order, given)
	for i := len(c.Params); i < positional && c.Variadic; i++ {
		list = append(list, b.argument(c, args[i].Value))
	}
	return list, nil
}

func (b *builder) unknown(kind parse.Kind, name string, params, order []string, left map[string]parse.Arg) {
	var names []string
	var first parse.Pos
	for _, n := range order {
		if a, ok := left[snake(n)]; ok {
			if names == nil {
				first = a.Value.At()
			}
			names = append(names, n)
		}
	}
	if names == nil {
		return
	}
	plural := ""
	if len(names) > 1 {
		plural = "s"
	}
	b.fail(first, Syntax, "Unknown argument%s \"%s\" for %s \"%s(%s)\".", plural, strings.Join(names, "\", \""), kind, name, strings.Join(params, ", "))
}

func (b *builder) bindPositional(kind parse.Kind, name string, c *Callable, args []parse.Arg, at parse.Pos) []eval {
	var list []eval
	for i, p := range c.Params {
		switch {
		case i < len(args):
			list = append(list, b.argument(c, args[i].Value))
		case p.Optional:
			list = append(list, always(p.Default))
		default:
			missing := p.Name
			if p.native != "" {
				missing = p.native
			}
			b.fail(at, Syntax, "Value for argument \"%s\" is required for %s \"%s\".", missing, kind, name)
		}
	}
	if c.Variadic {
		for i := len(c.Params); i < len(args); i++ {
			list = append(list, b.argument(c, args[i].Value))
		}
	}
	return list
}

// invoke compiles a call: leading values, then the bound arguments.
func (b *builder) invoke(kind parse.Kind, name string, c *Callable, stars []string, input eval, args []parse.Arg, at parse.Pos) eval {
	list, spread := b.bind(kind, name, c, args, at)
	var first []eval
	for _, s := range stars {
		first = append(first, always(String(s)))
	}
	if input != nil {
		first = append(first, input)
	}
	s, call, cost, picks := b.site(at), c.Call, max(c.Cost, 1), c.picks
	if spread != nil {
		return b.invokeSpread(kind, name, c, first, spread, s)
	}
	values := append(first, list...)
	return func(c *Context, f *frame) Value {
		base := len(c.args)
		for _, value := range values {
			v := value(c, f)
			c.args = append(c.args, v)
			c.spendText(v)
		}
		c.at = s
		c.Spend(cost)
		end := len(c.args)
		v, err := call(c, c.args[base:end:end])
		if err != nil {
			c.raise(s, err)
		}
		c.args = c.args[:base]
		if !picks {
			c.charge(v)
		}
		return v
	}
}

// values compiles the arguments of a call that is not made by invoke: one value for each parameter.
func (b *builder) values(kind parse.Kind, name string, callable *Callable, args []parse.Arg, at parse.Pos) func(c *Context, f *frame) []Value {
	list, spread := b.bind(kind, name, callable, args, at)
	s := b.site(at)
	if spread != nil {
		return func(c *Context, f *frame) []Value { return spread.bind(c, f, kind, name, callable.Params, s) }
	}
	return func(c *Context, f *frame) []Value {
		values := make([]Value, len(list))
		for i, value := range list {
			values[i] = value(c, f)
			c.spendText(values[i])
		}
		return values
	}
}

// bind computes arguments and puts them in the order of the parameters.
func (args arguments) bind(c *Context, f *frame, kind parse.Kind, name string, params []Param, s *site) []Value {
	base := len(c.args)
	positional, named := args.push(c, f)
	given := slices.Clone(c.args[base : base+positional])
	c.args = c.args[:base]
	given, err := bindValues(params, given, named, kind.String(), name)
	if err != nil {
		c.raise(s, err)
	}
	return given
}

func (b *builder) invokeSpread(kind parse.Kind, name string, callable *Callable, first []eval, args arguments, s *site) eval {
	return func(c *Context, f *frame) Value {
		var lead []Value
		for _, value := range first {
			v := value(c, f)
			lead = append(lead, v)
			c.spendText(v)
		}
		given := args.bind(c, f, kind, name, callable.Params, s)
		c.at = s
		c.Spend(max(callable.Cost, 1))
		v, err := callable.Call(c, append(lead, given...))
		if err != nil {
			c.raise(s, err)
		}
		if !callable.picks {
			c.charge(v)
		}
		return v
	}
}

func (b *builder) filter(n *parse.FilterExpr) eval {
	b.permit("filter", n.Name, n.Pos)
	callable, stars := b.env.filters.find(n.Name)
	if callable == nil {
		b.fail(n.Pos, Syntax, "Unknown \"%s\" filter.", n.Name)
	}
	b.deprecate(n.Pos, "filter", n.Name, callable.Deprecated)
	switch n.Name {
	case "default":
		return b.defaultFilter(n, callable)
	case "raw":
		return b.expr(n.X)
	}
	return b.invoke(parse.Filter, n.Name, callable, stars, b.filterInput(n, callable), n.Args, n.Pos)
}

// filterInput compiles what a filter works on.
func (b *builder) filterInput(n *parse.FilterExpr, callable *Callable) eval {
	input := b.kept(n.X)
	if p := callable.PreEscape; p != "" && !isSafe(b.safe(n.X), p) {
		value, env := input, b.env
		input = func(c *Context, f *frame) Value {
			v, err := env.autoescape(c, value(c, f), p)
			if err != nil {
				c.raiseHere(err)
			}
			return v
		}
	}
	return input
}

// appendingFilter compiles a filter that appends its text; nil for others.
func (b *builder) appendingFilter(n *parse.FilterExpr) func(c *Context, f *frame) (v Value, appended bool) {
	callable, _ := b.env.filters.find(n.Name)
	if callable == nil || callable.appends == nil || slices.ContainsFunc(n.Args, func(a parse.Arg) bool { return a.Spread }) {
		return nil
	}
	b.permit("filter", n.Name, n.Pos)
	b.deprecate(n.Pos, "filter", n.Name, callable.Deprecated)
	list, _ := b.bind(parse.Filter, n.Name, callable, n.Args, n.Pos)
	values := append([]eval{b.filterInput(n, callable)}, list...)
	s, appends := b.site(n.Pos), callable.appends
	return func(c *Context, f *frame) (Value, bool) {
		base := len(c.args)
		for _, value := range values {
			v := value(c, f)
			c.args = append(c.args, v)
			c.spendText(v)
		}
		c.at = s
		c.step()
		end := len(c.args)
		v, appended, err := appends(c, c.args[base:end:end])
		if err != nil {
			c.raise(s, err)
		}
		c.args = c.args[:base]
		return v, appended
	}
}

// defaultFilter gives the default also for what does not exist.
func (b *builder) defaultFilter(n *parse.FilterExpr, callable *Callable) eval {
	return b.invoke(parse.Filter, n.Name, callable, nil, b.lenient(n.X), n.Args, n.Pos)
}

func (b *builder) function(n *parse.Call) eval {
	b.permit("function", n.Name, n.Pos)
	callable, stars := b.env.functions.find(n.Name)
	if callable == nil {
		b.fail(n.Pos, Syntax, "Unknown \"%s\" function.", n.Name)
	}
	b.deprecate(n.Pos, "function", n.Name, callable.Deprecated)
	switch n.Name {
	case "include":
		return b.includeFunction(n, callable)
	case "source":
		return b.sourceFunction(n, callable)
	case "dump":
		return b.dumpFunction(n)
	case "enum", "enum_cases":
		b.checkEnum(n)
	case "template_from_string":
		return b.fromStringFunction(n, callable)
	}
	return b.invoke(parse.Function, n.Name, callable, stars, nil, n.Args, n.Pos)
}

// test compiles "x is name".
func (b *builder) test(n *parse.TestExpr) func(*Context, *frame) bool {
	b.permit("test", n.Name, n.Pos)
	test := b.testCall(n)
	if n.Not {
		inner := test
		test = func(c *Context, f *frame) bool { return !inner(c, f) }
	}
	return test
}

func (b *builder) testCall(n *parse.TestExpr) func(*Context, *frame) bool {
	if n.Name == "defined" {
		return b.defined(n)
	}
	callable, stars := b.env.tests.find(n.Name)
	if callable == nil {
		b.fail(n.Pos, Syntax, "Unknown \"%s\" test.", n.Name)
	}
	b.deprecate(n.Pos, "test", n.Name, callable.Deprecated)
	if decides := callable.decides; decides != nil && len(n.Args) == 0 {
		x, at := b.expr(n.X), b.site(n.Pos)
		return func(c *Context, f *frame) bool {
			v := x(c, f)
			c.at = at
			c.step()
			return decides(c, v)
		}
	}
	value := b.invoke(parse.Test, n.Name, callable, stars, b.expr(n.X), n.Args, n.Pos)
	return func(c *Context, f *frame) bool { return value(c, f).Truth() }
}

func (b *builder) defined(n *parse.TestExpr) func(*Context, *frame) bool {
	switch x := n.X.(type) {
	case *parse.Name:
		switch x.Name {
		case "_self", "_context", "_charset":
			return func(*Context, *frame) bool { return true }
		}
		slot := b.slot(x.Name)
		return func(c *Context, f *frame) bool { return c.get(f, slot).kind != kindUndefined }
	case *parse.Attr:
		return b.attributeDefined(x)
	case *parse.MacroCall:
		return b.macroDefined(x)
	case *parse.BlockCall:
		return b.blockDefined(x)
	case *parse.Constant, *parse.Array:
		return func(*Context, *frame) bool { return true }
	case *parse.Call:
		if x.Name == "constant" {
			return b.constantDefined(x)
		}
	}
	b.fail(n.Pos, Syntax, "The \"defined\" test only works with simple variables.")
	return nil
}

// phpError is an error whose text is the reference's own below Twig; it is shown wrapped.
func phpError(format string, args ...any) error { return fmt.Errorf(format, args...) }
