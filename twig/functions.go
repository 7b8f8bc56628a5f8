package twig

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"strings"

	"github.com/appdock/appdock/twig/parse"
)

func constantOf(c *Context, name string, object Value) (Value, bool) {
	if o := object.Object(); o != nil {
		if name == "class" {
			return String(o.Class()), true
		}
		if k, ok := o.(Constants); ok {
			if v, ok := k.Constant(name); ok {
				return v, true
			}
		}
		name = o.Class() + "::" + name
	}
	if v, ok := c.env.constants(name); ok {
		return v, true
	}
	return phpConstant(name)
}

// phpConstant gives the constants of PHP that filters of the core take or give.
func phpConstant(name string) (Value, bool) {
	flags := map[string]int64{
		"JSON_HEX_TAG": jsonHexTag, "JSON_HEX_AMP": jsonHexAmp, "JSON_HEX_APOS": jsonHexApos, "JSON_HEX_QUOT": jsonHexQuot,
		"JSON_FORCE_OBJECT": jsonForceObject, "JSON_NUMERIC_CHECK": jsonNumericCheck, "JSON_UNESCAPED_SLASHES": jsonSlashes,
		"JSON_PRETTY_PRINT": jsonPretty, "JSON_UNESCAPED_UNICODE": jsonUnicode, "JSON_PARTIAL_OUTPUT_ON_ERROR": jsonPartial,
		"JSON_PRESERVE_ZERO_FRACTION": jsonZeroFraction, "JSON_UNESCAPED_LINE_TERMINATORS": jsonLineSeparators,
		"JSON_INVALID_UTF8_IGNORE": jsonIgnoreBytes, "JSON_INVALID_UTF8_SUBSTITUTE": jsonReplaceBytes, "JSON_THROW_ON_ERROR": 1 << 22,
		"PHP_INT_MAX": math.MaxInt64, "PHP_INT_MIN": math.MinInt64, "PHP_INT_SIZE": 8,
	}
	if n, ok := flags[name]; ok {
		return Int(n), true
	}
	texts := map[string]string{
		"PHP_EOL": "\n", "DATE_ATOM": `Y-m-d\TH:i:sP`, "DATE_W3C": `Y-m-d\TH:i:sP`, "DATE_RFC3339": `Y-m-d\TH:i:sP`,
		"DATE_RFC2822": "D, d M Y H:i:s O", "DATE_RSS": "D, d M Y H:i:s O", "DATE_COOKIE": "l, d-M-Y H:i:s T",
		"DATE_ISO8601": `Y-m-d\TH:i:sO`, "DATE_RFC822": "D, d M y H:i:s O",
	}
	s, ok := texts[name]
	return String(s), ok
}

func constantFunction(c *Context, args []Value) (Value, error) {
	name := c.String(args[0])
	v, ok := constantOf(c, name, args[1])
	if !ok {
		if o := args[1].Object(); o != nil {
			name = o.Class() + "::" + name
		}
		return Value{}, Failf("Constant \"%s\" is undefined.", name)
	}
	return v, nil
}

func constantTest(c *Context, args []Value) (Value, error) {
	v, err := constantFunction(c, args[1:])
	return Bool(err == nil && c.same(args[0], v, 0)), err
}

func (b *builder) constantDefined(n *parse.Call) func(*Context, *frame) bool {
	b.permit("function", "constant", n.Pos)
	var args []eval
	for _, a := range n.Args {
		args = append(args, b.expr(a.Value))
	}
	args = append(args, always(Value{}), always(Value{}))
	return func(c *Context, f *frame) bool {
		name := c.String(args[0](c, f))
		c.Spend(len(name) / longText)
		_, ok := constantOf(c, name, args[1](c, f))
		return ok
	}
}

func cycleFunction(c *Context, args []Value) (Value, error) {
	o := args[0].Object()
	_, indexed := o.(Indexed)
	if args[0].kind != KindArray && !indexed {
		return Value{}, Failf("The \"cycle\" function expects an array or \"ArrayAccess\" as first argument.")
	}
	count := 0
	if a := args[0].Array(); a != nil {
		count = a.Len()
	} else if n, ok := o.(Countable); ok {
		count = n.Count()
	}
	if count == 0 {
		return Value{}, Failf("The \"cycle\" function expects a non-empty sequence.")
	}
	at := Int(args[1].ToInt() % int64(count))
	if a := args[0].Array(); a != nil {
		v, _ := a.Get(c.key(at))
		return v, nil
	}
	if !builtIn(o) {
		c.checkProperty(o, at.scalarString())
	}
	v, _ := o.(Indexed).Index(at)
	return v, nil
}

// extreme makes max (sign 1) and min (sign -1); of equal values the first wins.
func extreme(name string, sign int) func(*Context, []Value) (Value, error) {
	return func(c *Context, args []Value) (Value, error) {
		values := args
		if len(args) == 1 {
			a, ok := c.toArray(args[0])
			if !ok {
				return Value{}, phpError("%s(): Argument #1 ($value) must be of type array, %s given", name, args[0].TypeName())
			}
			values = a.values
		}
		if len(values) == 0 {
			return Value{}, phpError("%s(): Argument #1 ($value) must contain at least one element", name)
		}
		best := values[0]
		for _, v := range values[1:] {
			c.step()
			if c.compare(v, best)*sign > 0 {
				best = v
			}
		}
		return best, nil
	}
}

func randomFunction(c *Context, args []Value) (Value, error) {
	r := c.random()
	between := func(low, high int64) Value {
		if high < low {
			low, high = high, low
		}
		if span := uint64(high) - uint64(low); span < math.MaxUint64 {
			return Int(int64(uint64(low) + r.Uint64N(span+1)))
		}
		return Int(int64(r.Uint64()))
	}
	switch v := args[0]; v.kind { //nolint:exhaustive // the other kinds are treated alike
	case KindNull:
		if args[1].kind == KindNull {
			return between(0, math.MaxInt32), nil
		}
		return between(0, args[1].ToInt()), nil
	case KindInt, KindFloat:
		if args[1].kind != KindNull {
			return between(v.ToInt(), args[1].ToInt()), nil
		}
		return between(0, v.ToInt()), nil
	case KindString, KindMarkup:
		runes := []rune(v.text())
		if len(runes) == 0 {
			return String(""), nil
		}
		return String(string(runes[r.IntN(len(runes))])), nil
	}
	a, ok := c.toArray(args[0])
	if !ok {
		return args[0], nil
	}
	if a.Len() == 0 {
		return Value{}, Failf("The \"random\" function cannot pick from an empty sequence or mapping.")
	}
	_, v := a.At(r.IntN(a.Len()))
	return v, nil
}

func rangeFunction(c *Context, args []Value) (Value, error) {
	return makeRange(c, args[0], args[1], args[2])
}

// makeRange is PHP's range (spec 12). The room is paid before it is taken.
func makeRange(c *Context, low, high, step Value) (Value, error) {
	c.spendText(low)
	c.spendText(high)
	if low.IsText() && high.IsText() && low.n > 0 && high.n > 0 {
		_, x := numeric(low.text())
		_, y := numeric(high.text())
		if !x && !y {
			return letterRange(low.text()[0], high.text()[0], step.ToInt())
		}
	}
	x, y, s := rangeEnd(low), rangeEnd(high), rangeEnd(step)
	if x.kind == KindInt && y.kind == KindInt && (s.kind == KindInt || s.float() == math.Trunc(s.float())) {
		return intRange(c, x.n, y.n, s.ToInt())
	}
	from, to, by := x.ToFloat(), y.ToFloat(), math.Abs(s.ToFloat())
	span := math.Abs(to - from)
	if span > 0 && (by == 0 || by > span) {
		return Value{}, errStep
	}
	count := int64(1)
	if span > 0 {
		count = truncate(math.Floor(span/by+1e-9)) + 1
		if span/by > 1e15 {
			count = math.MaxInt64 / elementSize
		}
	}
	c.Reserve(count * elementSize)
	if to < from {
		by = -by
	}
	a := NewArray(int(count))
	for i := range count {
		a.Append(Float(from + float64(i)*by))
	}
	return ArrayOf(a), nil
}

var errStep = phpError("range(): Argument #3 ($step) must not exceed the specified range")

func rangeEnd(v Value) Value {
	if n, ok := operand(v); ok {
		return n
	}
	return Int(0)
}

func intRange(c *Context, low, high, step int64) (Value, error) {
	if step < 0 {
		step = -step
	}
	span := uint64(high) - uint64(low)
	if high < low {
		span = uint64(low) - uint64(high)
	}
	if span > 0 && (step <= 0 || uint64(step) > span) {
		return Value{}, errStep
	}
	count := uint64(0)
	if span > 0 {
		count = span / uint64(step)
	}
	if count >= uint64(c.limits.Allocated/elementSize) {
		c.exceeded(LimitMemory, c.limits.Allocated)
	}
	c.Reserve(int64(count+1) * elementSize)
	if high < low {
		step = -step
	}
	values := make([]Value, count+1)
	for i := range values {
		values[i] = Int(low + int64(i)*step)
	}
	return List(values...), nil
}

func letterRange(low, high byte, step int64) (Value, error) {
	span := int64(high) - int64(low)
	if span < 0 {
		span = -span
	}
	if step = abs(step); span > 0 && (step == 0 || step > span) {
		return Value{}, errStep
	}
	a := NewArray(26)
	if high < low {
		for b := int64(low); b >= int64(high); b -= step {
			a.Append(String(string([]byte{byte(b)})))
		}
		return ArrayOf(a), nil
	}
	for b := int64(low); b <= int64(high); b += max(step, 1) {
		a.Append(String(string([]byte{byte(b)})))
	}
	return ArrayOf(a), nil
}

func enumFunction(c *Context, args []Value) (Value, error) {
	e, ok := c.env.enums(c.String(args[0]))
	if !ok {
		return Value{}, Failf("\"%s\" is not an enum.", c.String(args[0]))
	}
	if e.Unit.kind != KindNull {
		return e.Unit, nil
	}
	return ObjectOf(enumObject{e}), nil
}

func enumCasesFunction(c *Context, args []Value) (Value, error) {
	e, ok := c.env.enums(c.String(args[0]))
	if !ok {
		return Value{}, Failf("Enum \"%s\" does not exist.", c.String(args[0]))
	}
	return List(e.Cases...), nil
}

// enumObject gives access to an enum's cases.
type enumObject struct{ Enum }

func (e enumObject) Class() string { return e.Name }

func (e enumObject) Method(name string) (Method, bool) {
	if !strings.EqualFold(name, "cases") {
		return Method{}, false
	}
	return Method{Name: "cases", Call: func(*Context, []Value) (Value, error) { return List(e.Cases...), nil }}, true
}

func (e enumObject) Constant(name string) (Value, bool) {
	for _, v := range e.Cases {
		if p, ok := v.Object().(Properties); ok {
			if n, ok := p.Property("name"); ok && n.IsText() && n.text() == name {
				return v, true
			}
		}
	}
	return Value{}, false
}

// checkEnum checks a constant argument of enum and enum_cases when compiling.
func (b *builder) checkEnum(n *parse.Call) {
	if len(n.Args) == 0 {
		return
	}
	k, ok := n.Args[0].Value.(*parse.Constant)
	if !ok {
		return
	}
	name, ok := k.Value.(string)
	if !ok {
		b.fail(n.Pos, Syntax, "The first argument of the \"%s\" function must be a string.", n.Name)
	}
	if _, ok := b.env.enums(name); !ok {
		b.fail(n.Pos, Syntax, "The first argument of the \"%s\" function must be the name of an enum, \"%s\" given.", n.Name, name)
	}
}

func (b *builder) includeFunction(n *parse.Call, callable *Callable) eval {
	args := b.values(parse.Function, n.Name, callable, n.Args, n.Pos)
	at, env := b.site(n.Pos), b.env
	sandboxed := b.env.inner
	return func(c *Context, f *frame) Value {
		c.step()
		given := args(c, f)
		in := included{env: env, vars: given[1], only: !given[2].Truth(), ignore: given[3].Truth(), at: at, varsAt: at}
		if given[4].Truth() {
			in.env = sandboxed
		}
		c.at = at
		return String(c.capture(func() { c.include(f, given[0], &in) }))
	}
}

func (b *builder) sourceFunction(n *parse.Call, callable *Callable) eval {
	args := b.values(parse.Function, n.Name, callable, n.Args, n.Pos)
	at, env := b.site(n.Pos), b.env
	return func(c *Context, f *frame) Value {
		c.Spend(10)
		given := args(c, f)
		name := c.String(given[0])
		c.Spend(len(name) / longText)
		src, err := env.loader.Load(c.ctx, name)
		if err != nil {
			if given[1].Truth() {
				return Value{}
			}
			c.raise(at, &Error{Kind: Loader, Message: "Template \"" + name + "\" is not defined.", Cause: err})
		}
		c.Reserve(int64(len(src)))
		return String(src)
	}
}

func templateFromString() Callable {
	return Callable{Name: "template_from_string", Params: []Param{Required("template"), Optional("name", Value{})}}
}

// fromStringFunction compiles a string under the policy and limits of the
// template that asks; the work is paid for.
func (b *builder) fromStringFunction(n *parse.Call, callable *Callable) eval {
	args := b.values(parse.Function, n.Name, callable, n.Args, n.Pos)
	at, env := b.site(n.Pos), b.env
	return func(c *Context, f *frame) Value {
		given := args(c, f)
		src := c.String(given[0])
		sum := sha256.Sum256([]byte(src))
		hash := hex.EncodeToString(sum[:16])
		name := "__string_template__" + hash
		if given[1].kind != KindNull {
			name = fmt.Sprintf("%s (string template %s)", c.String(given[1]), hash)
		}
		c.payCompiling(src)
		t, err := env.compile(c.ctx, name, src, 0)
		if err != nil {
			c.raise(at, err)
		}
		return t.Value()
	}
}

// dumpFunction prints values as PHP's var_dump does, in debug mode only.
func (b *builder) dumpFunction(n *parse.Call) eval {
	if !b.env.debug {
		return always(Value{})
	}
	args := b.list(n.Args)
	return func(c *Context, f *frame) Value {
		c.step()
		base := len(c.args)
		count, _ := args.push(c, f)
		var out strings.Builder
		for _, v := range c.args[base : base+count] {
			dump(c, &out, v, "")
		}
		if len(args) == 0 {
			dump(c, &out, c.all(f), "")
		}
		c.args = c.args[:base]
		c.Reserve(int64(out.Len()))
		return Markup(out.String())
	}
}

func dump(c *Context, out *strings.Builder, v Value, indent string) {
	if len(indent) > maxNesting {
		return
	}
	switch v.kind { //nolint:exhaustive // the other kinds are treated alike
	case KindBool:
		fmt.Fprintf(out, "%sbool(%t)\n", indent, v.boolean())
	case KindInt:
		fmt.Fprintf(out, "%sint(%d)\n", indent, v.n)
	case KindFloat:
		fmt.Fprintf(out, "%sfloat(%s)\n", indent, shortestString(v.float()))
	case KindString, KindMarkup:
		fmt.Fprintf(out, "%sstring(%d) \"%s\"\n", indent, v.n, v.text())
	case KindArray:
		fmt.Fprintf(out, "%sarray(%d) {\n", indent, v.Array().Len())
		for k, e := range v.Array().All() {
			c.step()
			if k.IsInt() {
				fmt.Fprintf(out, "%s  [%d]=>\n", indent, k.num)
			} else {
				fmt.Fprintf(out, "%s  [\"%s\"]=>\n", indent, k.str)
			}
			dump(c, out, e, indent+"  ")
			c.fits(out.Len())
		}
		fmt.Fprintf(out, "%s}\n", indent)
	case KindObject:
		fmt.Fprintf(out, "%sobject(%s)\n", indent, v.TypeName())
	case KindClosure:
		fmt.Fprintf(out, "%sobject(Closure)\n", indent)
	default:
		fmt.Fprintf(out, "%sNULL\n", indent)
	}
}
