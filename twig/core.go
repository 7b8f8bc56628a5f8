package twig

// core is the language of Twig 3.15 without its tags.
func core() Extension {
	null := Value{}
	plain := func(name string, call func(c *Context, args []Value) (Value, error), params ...Param) Callable {
		return Callable{Name: name, Params: params, Call: call}
	}
	borrowing := func(name string, call func(c *Context, args []Value) (Value, error), params ...Param) Callable {
		return Callable{Name: name, Params: params, Call: call, borrows: true}
	}
	picking := func(c Callable) Callable {
		c.picks = true
		return c
	}
	filters := []Callable{
		plain("abs", absFilter),
		plain("batch", batchFilter, Required("size"), Optional("fill", null), Optional("preserve_keys", Bool(true))),
		text(caseFilter("mb_strtoupper", appendCapitalized), Callable{Name: "capitalize"}),
		plain("column", columnFilter, Required("name"), Optional("index", null)),
		plain("convert_encoding", convertFilter, Required("to"), Required("from")),
		plain("date", dateFilter, Optional("format", null), Optional("timezone", null)),
		plain("date_modify", dateModifyFilter, Required("modifier")),
		picking(plain("default", defaultValue, Optional("default", String("")))),
		{Name: "escape", Params: escapeParams(), Call: escapeFilter, safe: escapeSafe},
		{Name: "e", Params: escapeParams(), Call: escapeFilter, safe: escapeSafe},
		borrowing("filter", filterFilter, Required("arrow")),
		picking(borrowing("find", findFilter, Required("arrow"))),
		picking(plain("first", firstFilter)),
		{Name: "format", Variadic: true, Call: formatFilter},
		text(joinFilter, Callable{Name: "join", Params: []Param{Optional("glue", String("")), Optional("and", null)}}),
		plain("json_encode", jsonFilter, Optional("flags", Int(0)), Optional("depth", Int(512))),
		plain("keys", keysFilter),
		picking(plain("last", lastFilter)),
		plain("length", lengthFilter),
		text(caseFilter("mb_strtolower", appendLower), Callable{Name: "lower"}),
		borrowing("map", mapFilter, Required("arrow")),
		{Name: "merge", Variadic: true, Call: mergeFilter},
		text(nl2brFilter, Callable{Name: "nl2br", PreEscape: "html", Safe: []string{"html"}}),
		text(numberFormatFilter, Callable{Name: "number_format", Params: []Param{
			Optional("decimal", null), Optional("decimal_point", null), Optional("thousand_sep", null),
		}}),
		{Name: "raw", Call: func(_ *Context, args []Value) (Value, error) { return args[0], nil }, Safe: []string{"all"}},
		picking(borrowing("reduce", reduceFilter, Required("arrow"), Optional("initial", null))),
		text(replaceFilter, Callable{Name: "replace", Params: []Param{Required("from")}}),
		plain("reverse", reverseFilter, Optional("preserve_keys", Bool(false))),
		plain("round", roundFilter, Optional("precision", Int(0)), Optional("method", String("common"))),
		plain("shuffle", shuffleFilter),
		plain("slice", sliceFilter, Required("start"), Optional("length", null), Optional("preserve_keys", Bool(false))),
		borrowing("sort", sortFilter, Optional("arrow", null)),
		{Name: "spaceless", Call: spacelessFilter, Preserves: []string{"all"}, Deprecated: "twig/twig 3.12"},
		plain("split", splitFilter, Required("delimiter"), Optional("limit", null)),
		plain("striptags", striptagsFilter, Optional("allowable_tags", String(""))),
		text(caseFilter("mb_convert_case", appendTitle), Callable{Name: "title"}),
		plain("trim", trimFilter, Optional("character_mask", null), Optional("side", String("both"))),
		text(caseFilter("mb_strtoupper", appendUpper), Callable{Name: "upper"}),
		plain("url_encode", urlEncodeFilter),
	}
	functions := []Callable{
		plain("attribute", nil, Required("variable"), Required("attribute"), Optional("arguments", null)),
		{Name: "block", Params: []Param{Required("name"), Optional("template", null)}, Safe: []string{"all"}},
		plain("constant", constantFunction, Required("constant"), Optional("object", null)),
		picking(plain("cycle", cycleFunction, Required("values"), Required("position"))),
		plain("date", dateFunction, Optional("date", null), Optional("timezone", null)),
		{Name: "dump", Variadic: true, Safe: []string{"html"}},
		plain("enum", enumFunction, Required("enum")),
		plain("enum_cases", enumCasesFunction, Required("enum")),
		{Name: "include", Params: []Param{
			Required("template"), Optional("variables", null), Optional("with_context", Bool(true)),
			Optional("ignore_missing", Bool(false)), Optional("sandboxed", Bool(false)),
		}, Safe: []string{"all"}},
		picking(Callable{Name: "max", Params: []Param{Required("value")}, Variadic: true, Call: extreme("max", 1)}),
		picking(Callable{Name: "min", Params: []Param{Required("value")}, Variadic: true, Call: extreme("min", -1)}),
		{Name: "parent", Safe: []string{"all"}},
		picking(plain("random", randomFunction, Optional("values", null), Optional("max", null))),
		plain("range", rangeFunction, Param{Name: "low", native: "start"}, Param{Name: "high", native: "end"}, Optional("step", Int(1))),
		{Name: "source", Params: []Param{Required("name"), Optional("ignore_missing", Bool(false))}, Safe: []string{"all"}},
	}
	return Extension{Filters: filters, Functions: functions, Tests: coreTests()}
}

func escapeParams() []Param {
	return []Param{Optional("strategy", String("html")), Optional("charset", Value{}), Optional("autoescape", Bool(false))}
}

func coreTests() []Callable {
	test := func(name string, decides func(c *Context, v Value) bool) Callable {
		return Callable{Name: name, decides: decides, Call: func(c *Context, args []Value) (Value, error) { return Bool(decides(c, args[0])), nil }}
	}
	isNull := func(_ *Context, v Value) bool { return v.IsNull() }
	return []Callable{
		{Name: "constant", Params: []Param{Required("constant"), Optional("object", Value{})}, Call: constantTest},
		{Name: "defined"},
		{Name: "divisible by", Params: []Param{Required("by")}, Call: func(_ *Context, args []Value) (Value, error) {
			return divisible(args[0], args[1], true)
		}},
		test("empty", (*Context).isEmpty),
		{Name: "even", Call: func(_ *Context, args []Value) (Value, error) { return divisible(args[0], Int(2), true) }},
		{Name: "odd", Call: func(_ *Context, args []Value) (Value, error) { return divisible(args[0], Int(2), false) }},
		test("iterable", func(_ *Context, v Value) bool { return isIterableValue(v) }),
		test("mapping", (*Context).isMapping),
		test("sequence", (*Context).isSequence),
		test("none", isNull),
		test("null", isNull),
		{Name: "same as", Params: []Param{Required("other")}, Call: func(c *Context, args []Value) (Value, error) {
			return Bool(c.same(args[0], args[1], 0)), nil
		}},
	}
}

// divisible reports whether x % by is 0 as wanted.
func divisible(x, by Value, wanted bool) (Value, error) {
	if x.kind == KindInt && by.kind == KindInt && by.n > 0 {
		return Bool((rem(x.n, by.n) == 0) == wanted), nil
	}
	v, err := arithmetic("%", x, by)
	return Bool((v.n == 0) == wanted), err
}

// isEmpty is the test of that name (spec 13).
func (c *Context) isEmpty(v Value) bool {
	switch v.kind { //nolint:exhaustive // the other kinds are treated alike
	case KindNull:
		return true
	case KindBool:
		return !v.boolean()
	case KindString, KindMarkup:
		return v.n == 0
	case KindArray:
		return v.Array().Len() == 0
	case KindObject:
		if n, ok := v.Object().(Countable); ok {
			return n.Count() == 0
		}
		if isIterableValue(v) {
			empty := true
			c.Iterate(v, func(_, _ Value) bool { empty = false; return false })
			return empty
		}
		s, ok := c.stringOf(v)
		return ok && s == ""
	}
	return false
}

func (c *Context) isSequence(v Value) bool {
	if !isIterableValue(v) {
		return false
	}
	a, _ := c.toArray(v)
	c.Spend(len(a.keys) >> 4)
	return a.IsList()
}

func (c *Context) isMapping(v Value) bool {
	switch {
	case isIterableValue(v):
		return !c.isSequence(v)
	case v.kind == KindObject:
		return true
	}
	return false
}
