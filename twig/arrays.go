package twig

import (
	"math"
	"slices"
	"unicode/utf8"
)

// elements gives the array a filter works on, or the error it gives for anything else.
func elements(c *Context, v Value, filter string) (*Array, error) {
	a, ok := c.toArray(v)
	if !ok {
		return nil, Failf("The \"%s\" filter expects a sequence or a mapping, got \"%s\".", filter, v.TypeName())
	}
	c.Spend(a.Len() >> 3)
	return a, nil
}

// arrowOf refuses anything but an arrow function: names of functions are strings like any other.
func arrowOf(v Value, filter string) error {
	if v.kind != KindClosure {
		return Failf("The callable passed to the \"%s\" filter must be a Closure.", filter)
	}
	return nil
}

func batchFilter(c *Context, args []Value) (Value, error) {
	a, err := elements(c, args[0], "batch")
	if err != nil {
		return Value{}, err
	}
	size := truncate(math.Ceil(args[1].ToFloat()))
	if size < 1 {
		return Value{}, phpError("array_chunk(): Argument #2 ($length) must be greater than 0")
	}
	c.Reserve(int64(a.Len()) * elementSize)
	rows := NewArray(0)
	var row *Array
	keep := args[3].Truth()
	for k, v := range a.All() {
		if row == nil || int64(row.Len()) == size {
			row = NewArray(int(min(size, int64(a.Len()))))
			rows.Append(ArrayOf(row))
		}
		if keep {
			row.Set(k, v)
		} else {
			row.Append(v)
		}
	}
	if row != nil && args[2].kind != KindNull {
		missing := size - int64(row.Len())
		if missing > c.limits.Allocated/elementSize {
			c.exceeded(LimitMemory, c.limits.Allocated)
		}
		c.Reserve(missing * elementSize)
		for range missing {
			row.Append(args[2])
		}
	}
	return ArrayOf(rows), nil
}

func columnFilter(c *Context, args []Value) (Value, error) {
	a, err := elements(c, args[0], "column")
	if err != nil {
		return Value{}, err
	}
	out := NewArray(a.Len())
	for _, row := range a.All() {
		v, ok := c.field(row, args[1])
		if args[1].kind == KindNull {
			v, ok = row, true
		}
		if !ok {
			continue
		}
		if k, ok := c.field(row, args[2]); ok && args[2].kind != KindNull {
			out.Set(c.key(k), v)
		} else {
			out.Append(v)
		}
	}
	return ArrayOf(out), nil
}

// field is an element or property, by the rules of the policy.
func (c *Context) field(row, name Value) (Value, bool) {
	if a := row.Array(); a != nil {
		return a.Get(c.key(name))
	}
	if o := row.Object(); o != nil && name.kind != KindNull {
		if p, ok := o.(Properties); ok {
			if v, ok := p.Property(c.String(name)); ok {
				c.checkProperty(o, c.String(name))
				c.chargeConverted(o, v)
				return v, true
			}
		}
	}
	return Value{}, false
}

func filterFilter(c *Context, args []Value) (Value, error) {
	a, ok := c.toArray(args[0])
	if !ok {
		return Value{}, Failf("The \"filter\" filter expects a sequence/mapping or \"Traversable\", got \"%s\".", args[0].TypeName())
	}
	if err := arrowOf(args[1], "filter"); err != nil {
		return Value{}, err
	}
	out := NewArray(0)
	for k, v := range a.All() {
		if c.Call(args[1], v, k.Value()).Truth() {
			out.Set(k, v)
		}
	}
	return ArrayOf(out), nil
}

func findFilter(c *Context, args []Value) (Value, error) {
	a, err := elements(c, args[0], "find")
	if err == nil {
		err = arrowOf(args[1], "find")
	}
	if err != nil {
		return Value{}, err
	}
	for k, v := range a.All() {
		if c.Call(args[1], v, k.Value()).Truth() {
			return v, nil
		}
	}
	return Value{}, nil
}

func mapFilter(c *Context, args []Value) (Value, error) {
	a, err := elements(c, args[0], "map")
	if err == nil {
		err = arrowOf(args[1], "map")
	}
	if err != nil {
		return Value{}, err
	}
	out := NewArray(a.Len())
	for k, v := range a.All() {
		out.Set(k, c.Call(args[1], v, k.Value()))
	}
	return ArrayOf(out), nil
}

func reduceFilter(c *Context, args []Value) (Value, error) {
	a, err := elements(c, args[0], "reduce")
	if err == nil {
		err = arrowOf(args[1], "reduce")
	}
	if err != nil {
		return Value{}, err
	}
	carry := args[2]
	for k, v := range a.All() {
		carry = c.Call(args[1], carry, v, k.Value())
	}
	return carry, nil
}

func sortFilter(c *Context, args []Value) (Value, error) {
	a, err := elements(c, args[0], "sort")
	if err != nil {
		return Value{}, err
	}
	order := c.compare
	if arrow := args[1]; arrow.kind != KindNull {
		if err := arrowOf(arrow, "sort"); err != nil {
			return Value{}, err
		}
		order = func(x, y Value) int { return int(c.Call(arrow, x, y).ToInt()) }
	}
	type pair struct {
		k Key
		v Value
	}
	pairs := make([]pair, 0, a.Len())
	for k, v := range a.All() {
		pairs = append(pairs, pair{k, v})
	}
	slices.SortStableFunc(pairs, func(x, y pair) int {
		c.step()
		return -order(y.v, x.v) // asked as the reference does: of what has no order, the later one goes first
	})
	out := NewArray(len(pairs))
	for _, p := range pairs {
		out.Set(p.k, p.v)
	}
	return ArrayOf(out), nil
}

func mergeFilter(c *Context, args []Value) (Value, error) {
	total := 0
	for i, v := range args {
		a, ok := c.toArray(v)
		if !ok {
			return Value{}, Failf("The \"merge\" filter expects a sequence or a mapping, got \"%s\" for argument %d.", v.TypeName(), i+1)
		}
		total += a.Len()
	}
	c.Reserve(int64(total) * elementSize)
	out := NewArray(total)
	for _, v := range args {
		a, _ := c.toArray(v)
		for k, e := range a.All() {
			if k.IsInt() {
				out.Append(e)
			} else {
				out.Set(k, e)
			}
		}
	}
	return ArrayOf(out), nil
}

func keysFilter(c *Context, args []Value) (Value, error) {
	out := NewArray(0)
	c.Iterate(args[0], func(k, _ Value) bool {
		out.Append(k)
		return true
	})
	return ArrayOf(out), nil
}

func joinFilter(c *Context, args []Value) (Value, bool, error) {
	a, ok := c.toArray(args[0])
	if !ok {
		a = NewArray(1)
		if args[0].kind != KindNull {
			a.Append(args[0])
		}
	}
	glue := c.String(args[1])
	last := glue
	if args[2].kind != KindNull {
		last = c.String(args[2])
	}
	if a.Len() == 1 && last != glue {
		return a.values[0], false, nil
	}
	c.Reserve(int64(len(glue))*int64(a.Len()) + int64(len(last)))
	for i, v := range a.values {
		switch {
		case i > 0 && i == len(a.values)-1:
			c.out = append(c.out, last...)
		case i > 0:
			c.out = append(c.out, glue...)
		}
		c.append(v)
	}
	return Value{}, true, nil
}

func lengthFilter(c *Context, args []Value) (Value, error) {
	v := args[0]
	switch v.kind { //nolint:exhaustive // the other kinds are treated alike
	case KindNull:
		return Int(0), nil
	case KindArray:
		return Int(v.Array().Len()), nil
	case KindObject, KindClosure:
		o := v.Object()
		if n, ok := o.(Countable); ok {
			return Int(n.Count()), nil
		}
		if isIterableValue(v) {
			n := 0
			c.Iterate(v, func(_, _ Value) bool { n++; return true })
			return Int(n), nil
		}
		if s, ok := c.stringOf(v); ok {
			return Int(utf8.RuneCountInString(s)), nil
		}
		return Int(1), nil
	}
	s := v.scalarString()
	c.Spend(len(s) >> 6)
	return Int(utf8.RuneCountInString(s)), nil
}

func firstFilter(c *Context, args []Value) (Value, error) { return edge(c, args[0], true) }

func lastFilter(c *Context, args []Value) (Value, error) { return edge(c, args[0], false) }

// edge is the first or last element or character.
func edge(c *Context, v Value, first bool) (Value, error) {
	if a, ok := c.toArray(v); ok {
		if a.Len() == 0 {
			return Bool(false), nil
		}
		i := 0
		if !first {
			i = a.Len() - 1
		}
		_, e := a.At(i)
		return e, nil
	}
	s := c.String(v)
	if first {
		_, width := utf8.DecodeRuneInString(s)
		return String(s[:width]), nil
	}
	_, width := utf8.DecodeLastRuneInString(s)
	return String(s[len(s)-width:]), nil
}

func reverseFilter(c *Context, args []Value) (Value, error) {
	a, ok := c.toArray(args[0])
	if !ok {
		runes := []rune(c.String(args[0]))
		slices.Reverse(runes)
		return String(string(runes)), nil
	}
	keep := args[1].Truth()
	out := NewArray(a.Len())
	for i := a.Len() - 1; i >= 0; i-- {
		if k, v := a.At(i); keep || !k.IsInt() {
			out.Set(k, v)
		} else {
			out.Append(v)
		}
	}
	return ArrayOf(out), nil
}

func shuffleFilter(c *Context, args []Value) (Value, error) {
	random := c.random()
	a, ok := c.toArray(args[0])
	if !ok {
		runes := []rune(c.String(args[0]))
		random.Shuffle(len(runes), func(i, j int) { runes[i], runes[j] = runes[j], runes[i] })
		return String(string(runes)), nil
	}
	values := slices.Clone(a.values)
	random.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
	return List(values...), nil
}

// span turns start and length, which may count from the end, into positions.
func span(start int64, length Value, size int) (from, to int) {
	n := int64(size)
	if start < 0 {
		start = max(0, n+start)
	}
	start = min(start, n)
	end := n
	if length.kind != KindNull {
		if l := length.ToInt(); l < 0 {
			end = max(start, n+l)
		} else if l < n-start {
			end = start + l
		}
	}
	return int(start), int(end)
}

func sliceFilter(c *Context, args []Value) (Value, error) {
	a, ok := c.toArray(args[0])
	start := args[1].ToInt()
	if !ok {
		s := c.String(args[0])
		c.Spend(len(s) >> 5)
		if isASCII(s) {
			from, to := span(start, args[2], len(s))
			return String(s[from:to]), nil
		}
		runes := []rune(s)
		from, to := span(start, args[2], len(runes))
		return String(string(runes[from:to])), nil
	}
	from, to := span(start, args[2], a.Len())
	keep := args[3].Truth()
	out := NewArray(to - from)
	for i := from; i < to; i++ {
		if k, v := a.At(i); keep || !k.IsInt() {
			out.Set(k, v)
		} else {
			out.Append(v)
		}
	}
	return ArrayOf(out), nil
}

func defaultValue(c *Context, args []Value) (Value, error) {
	if c.isEmpty(args[0]) {
		return args[1], nil
	}
	return args[0], nil
}
