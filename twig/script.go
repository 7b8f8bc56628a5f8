package twig

import (
	"crypto/md5" // md5 is a filter of the dialect
	"encoding/hex"
	"strings"

	"github.com/appdock/appdock/twig/pcre"
)

// scripts is what app scripts have besides Twig (spec 15). What depends on the
// host (trans, services) is the host's to add.
func scripts() Extension {
	scalar := func(name string, convert func(v Value) Value) Callable {
		return Callable{Name: name, Call: func(c *Context, args []Value) (Value, error) {
			if k := args[0].kind; k >= KindArray {
				return Value{}, Failf("The \"%s\" filter expects a scalar, got \"%s\".", name, args[0].TypeName())
			}
			return convert(args[0]), nil
		}}
	}
	test := func(holds func(v Value) bool, names ...string) []Callable {
		var list []Callable
		for _, name := range names {
			list = append(list, Callable{Name: name, Call: func(_ *Context, args []Value) (Value, error) { return Bool(holds(args[0])), nil }})
		}
		return list
	}
	kind := func(k Kind) func(Value) bool { return func(v Value) bool { return v.kind == k } }
	x := Extension{
		Filters: []Callable{
			scalar("intval", func(v Value) Value { return Int(v.ToInt()) }),
			scalar("floatval", func(v Value) Value { return Float(v.ToFloat()) }),
			scalar("strval", func(v Value) Value { return String(v.scalarString()) }),
			scalar("boolval", func(v Value) Value { return Bool(v.Truth()) }),
			{Name: "md5", Call: md5Filter},
			{Name: "json_encode", Params: []Param{Optional("flags", Int(0)), Optional("depth", Int(512))}, Call: func(c *Context, args []Value) (Value, error) {
				return jsonEncode(c, args[0], args[1].ToInt()|jsonZeroFraction, args[2].ToInt()), nil
			}},
			{Name: "preg_replace", Params: []Param{Required("pattern"), Required("replacement")}, Call: pregReplace},
			{Name: "replace_recursive", Variadic: true, Call: replaceRecursive},
			nullable("map", mapFilter, Required("arrow")),
			nullable("filter", filterFilter, Required("arrow")),
			nullable("reduce", reduceFilter, Required("arrow"), Optional("initial", Value{})),
			nullable("sort", sortFilter, Optional("arrow", Value{})),
		},
		Functions: []Callable{
			{Name: "array", Params: []Param{Optional("array", List())}, Call: arrayFunction},
			{Name: "version_compare", Params: []Param{Required("version1"), Required("version2"), Optional("operator", Value{})}, Call: versionCompare},
			{Name: "preg_match", Params: []Param{Required("subject"), Required("pattern")}, Call: pregMatch},
		},
	}
	for _, tests := range [][]Callable{
		test(func(v Value) bool { return v.kind == KindBool && v.boolean() }, "true"),
		test(func(v Value) bool { return v.kind == KindBool && !v.boolean() }, "false"),
		test(kind(KindArray), "array"), test(kind(KindBool), "bool", "boolean"), test(kind(KindClosure), "callable"),
		test(kind(KindFloat), "float"), test(kind(KindInt), "int", "integer"), test(kind(KindObject), "object"),
		test(func(v Value) bool { return v.kind > KindNull && v.kind < KindMarkup }, "scalar"), test(kind(KindString), "string"),
	} {
		x.Tests = append(x.Tests, tests...)
	}
	return x
}

// nullable lets a filter pass null through.
func nullable(name string, call func(*Context, []Value) (Value, error), params ...Param) Callable {
	return Callable{Name: name, Params: params, borrows: true, Call: func(c *Context, args []Value) (Value, error) {
		if args[0].kind == KindNull {
			return Value{}, nil
		}
		return call(c, args)
	}}
}

func md5Filter(c *Context, args []Value) (Value, error) {
	v := args[0]
	if v.kind == KindArray {
		v = jsonEncode(c, v, 0, 512)
	}
	sum := md5.Sum([]byte(c.String(v))) // see above
	return String(hex.EncodeToString(sum[:])), nil
}

func pregMatch(c *Context, args []Value) (Value, error) {
	s, pattern := c.String(args[0]), c.String(args[1])
	c.regexp(pattern, len(s)+100)
	re, err := pcre.Compile(pattern)
	if err != nil {
		return Value{}, Failf("Regexp \"%s\" passed to \"preg_match\" is not valid: %s.", pattern, err)
	}
	return Bool(re.MatchString(s)), nil
}

func pregReplace(c *Context, args []Value) (Value, error) {
	s, pattern, by := c.String(args[0]), c.String(args[1]), c.String(args[2])
	c.regexp(pattern, len(s)+100)
	re, err := pcre.Compile(pattern)
	if err != nil {
		return Value{}, Failf("Regexp \"%s\" passed to \"preg_replace\" is not valid: %s.", pattern, err)
	}
	var out strings.Builder
	last := 0
	for _, m := range re.FindAllStringSubmatchIndex(s, -1) {
		out.WriteString(s[last:m[0]])
		c.Reserve(int64(len(by)))
		expand(c, &out, by, s, m)
		last = m[1]
	}
	out.WriteString(s[last:])
	return String(out.String()), nil
}

// expand writes a replacement with $1, ${1} and \1 filled in.
func expand(c *Context, out *strings.Builder, by, s string, m []int) {
	for i := 0; i < len(by); i++ {
		at := i + 1
		braces := by[i] == '$' && at < len(by) && by[at] == '{'
		if braces {
			at++
		}
		group, end := readInt(by[:min(len(by), at+2)], min(at, len(by)))
		if by[i] != '$' && by[i] != '\\' || end == at || braces && (end >= len(by) || by[end] != '}') {
			out.WriteByte(by[i])
			continue
		}
		if 2*group+1 < len(m) && m[2*group] >= 0 {
			c.Reserve(int64(m[2*group+1] - m[2*group]))
			out.WriteString(s[m[2*group]:m[2*group+1]])
		}
		if i = end - 1; braces {
			i++
		}
	}
}

func replaceRecursive(c *Context, args []Value) (Value, error) {
	result := args[0]
	for _, v := range args {
		if v.kind != KindArray {
			return Value{}, Failf("The \"replace_recursive\" filter expects arrays, got \"%s\".", v.TypeName())
		}
	}
	for _, v := range args[1:] {
		result = c.replaceInto(result.Array(), v.Array(), 0)
	}
	return result, nil
}

func (c *Context) replaceInto(a, b *Array, depth int) Value {
	if depth > maxNesting {
		c.tooNested()
	}
	c.Reserve(int64(a.Len()+b.Len()) * elementSize)
	out := a.Clone()
	for k, v := range b.All() {
		if old, ok := out.Get(k); ok && old.kind == KindArray && v.kind == KindArray {
			v = c.replaceInto(old.Array(), v.Array(), depth+1)
		}
		out.Set(k, v)
	}
	return ArrayOf(out)
}

// versionCompare is PHP's version_compare.
func versionCompare(c *Context, args []Value) (Value, error) {
	n := compareVersions(c.String(args[0]), c.String(args[1]))
	if args[2].kind == KindNull {
		return Int(n), nil
	}
	switch c.String(args[2]) {
	case "<", "lt":
		return Bool(n < 0), nil
	case "<=", "le":
		return Bool(n <= 0), nil
	case ">", "gt":
		return Bool(n > 0), nil
	case ">=", "ge":
		return Bool(n >= 0), nil
	case "==", "eq":
		return Bool(n == 0), nil
	case "!=", "<>", "ne":
		return Bool(n != 0), nil
	}
	return Value{}, Failf("\"%s\" is no operator of version_compare.", c.String(args[2]))
}

func compareVersions(a, b string) int {
	x, y := versionParts(a), versionParts(b)
	for i := range max(len(x), len(y)) {
		p, q := "#N#", "#N#"
		if i < len(x) {
			p = x[i]
		}
		if i < len(y) {
			q = y[i]
		}
		if i >= len(x) && !isDigitByte(q[0]) || i >= len(y) && !isDigitByte(p[0]) {
			if n := threeWay(versionRank(p), versionRank(q)); n != 0 {
				return n
			}
			continue
		}
		switch {
		case i >= len(x):
			return -1
		case i >= len(y):
			return 1
		case isDigitByte(p[0]) && isDigitByte(q[0]):
			m, _ := readInt(p, 0)
			n, _ := readInt(q, 0)
			if m != n {
				return threeWay(m, n)
			}
		default:
			if n := threeWay(versionRank(p), versionRank(q)); n != 0 {
				return n
			}
		}
	}
	return 0
}

// versionParts splits at separators and between digits and letters.
func versionParts(v string) []string {
	var parts []string
	start := 0
	for i := 0; i <= len(v); i++ {
		separator := i < len(v) && strings.IndexByte("-_+.", v[i]) >= 0
		if i == len(v) || separator || i > start && isDigitByte(v[i]) != isDigitByte(v[i-1]) {
			if i > start {
				parts = append(parts, v[start:i])
			}
			if start = i; separator {
				start++
			}
		}
	}
	return parts
}

func versionRank(part string) int {
	for i, prefix := range []string{"dev", "alpha", "beta", "RC", "#", "pl"} {
		if strings.HasPrefix(part, prefix) {
			return i
		}
	}
	switch {
	case isDigitByte(part[0]):
		return 4
	case strings.HasPrefix(part, "a"):
		return 1
	case strings.HasPrefix(part, "b"):
		return 2
	case strings.HasPrefix(part, "rc"):
		return 3
	case strings.HasPrefix(part, "p"):
		return 5
	}
	return -1
}
