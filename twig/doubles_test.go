package twig_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/appdock/appdock/twig"
	"github.com/appdock/appdock/twig/phpdate"
)

var testContext = context.Background()

// decoder makes values of the fixtures' JSON; see the README beside them.
type decoder struct {
	env     *twig.Environment
	objects map[string]twig.Value
}

func (d *decoder) value(v any) twig.Value {
	switch v := v.(type) {
	case json.Number:
		n, _ := v.Int64()
		return twig.Int(n)
	case []any:
		a := twig.NewArray(len(v))
		for _, e := range v {
			a.Append(d.value(e))
		}
		return twig.ArrayOf(a)
	case map[string]any:
		return d.tagged(v)
	}
	return twig.From(v)
}

func (d *decoder) tagged(m map[string]any) twig.Value {
	text, _ := m["v"].(string)
	switch m["$t"] {
	case "float":
		switch text {
		case "INF", "-INF", "NAN":
			return twig.Float(map[string]float64{"INF": math.Inf(1), "-INF": math.Inf(-1), "NAN": math.NaN()}[text])
		}
		f, _ := strconv.ParseFloat(text, 64)
		return twig.Float(f)
	case "bytes":
		b, _ := base64.StdEncoding.DecodeString(text)
		return twig.String(string(b))
	case "map":
		return twig.ArrayOf(d.pairs(m["v"]))
	case "ref":
		return d.objects[m["v"].(json.Number).String()]
	case "markup":
		return twig.Markup(text)
	case "datetime":
		zone, _ := phpdate.Zone(m["tz"].(string))
		t, _ := time.ParseInLocation("2006-01-02T15:04:05", text, zone)
		return twig.DateOf(t)
	case "timezone":
		zone, _ := phpdate.Zone(text)
		return twig.ZoneOf(zone)
	case "interval":
		i, _ := phpdate.ParseInterval(text)
		return twig.IntervalOf(i)
	case "template":
		t, err := d.env.Load(testContext, text)
		if err != nil {
			return twig.Value{}
		}
		return t.Value()
	}
	o := &double{class: map[any]string{"arrayobject": "ArrayObject", "iterator": "ArrayIterator", "stdclass": "stdClass"}[m["$t"]]}
	if class, ok := m["class"].(string); ok {
		o.class = class
	}
	v := o.value()
	if id, ok := m["id"].(json.Number); ok {
		d.objects[id.String()] = v
	}
	o.fill(d, m)
	return v
}

func (d *decoder) pairs(v any) *twig.Array {
	a := twig.NewMapping(4)
	list, _ := v.([]any)
	for _, e := range list {
		p := e.([]any)
		if n, ok := p[0].(json.Number); ok {
			i, _ := n.Int64()
			a.Set(twig.IntKey(i), d.value(p[1]))
		} else {
			a.Set(twig.StringKey(p[0].(string)), d.value(p[1]))
		}
	}
	return a
}

// double is what all of the fixtures' objects have.
type double struct {
	class string
	data  *twig.Array
	text  string
	count int
	props map[string]twig.Value
}

func (o *double) Class() string {
	if o.class == "TwigTestFoo" {
		return `Twig\Tests\TwigTestFoo`
	}
	return o.class
}

func (o *double) fill(d *decoder, m map[string]any) {
	o.props = map[string]twig.Value{}
	switch o.class {
	case "TwigTestFoo":
		o.props["position"] = d.value(m["position"])
		o.props["array"] = twig.List(twig.Int(1), twig.Int(2))
	case "CountableStub":
		n, _ := m["v"].(json.Number).Int64()
		o.count = int(n)
	case "ToStringStub":
		o.text, _ = m["v"].(string)
	case "UserForAutoEscapeTest":
		o.text = "Fabien<br />"
	case "SimpleIteratorForTesting":
		o.text = strings.Repeat("X", 17)
		o.data = twig.NewArray(7)
		for i := range 7 {
			o.data.Append(twig.Int(i))
		}
	case "ItemsIterator", "ItemsIteratorCountable":
		o.data = twig.NewMapping(2)
		o.data.Set(twig.StringKey("foo"), twig.String("bar"))
		o.data.Set(twig.StringKey("bar"), twig.String("foo"))
	case "stdClass":
		for k, v := range d.pairs(m["v"]).All() {
			o.props[k.String()] = v
		}
	default:
		o.data = d.pairs(m["v"])
	}
}

// value wraps the double in the abilities its class has.
func (o *double) value() twig.Value {
	switch o.class {
	case "ArrayObject":
		return twig.ObjectOf(&arrayDouble{countedDouble{iterated{o}}})
	case "ArrayIterator", "ItemsIteratorCountable":
		return twig.ObjectOf(&countedDouble{iterated{o}})
	case "ItemsIterator", "IteratorAggregateStub":
		return twig.ObjectOf(&iterated{o})
	case "SimpleIteratorForTesting":
		return twig.ObjectOf(&textIterated{iterated{o}})
	case "ToStringStub", "UserForAutoEscapeTest":
		return twig.ObjectOf(&texted{o})
	case "CountableStub":
		return twig.ObjectOf(&counted{o})
	case "TwigTestFoo":
		return twig.ObjectOf(&foo{o})
	case "TestClassForMagicCallAttributes", "MagicCallStub":
		return twig.ObjectOf(&magic{o})
	}
	return twig.ObjectOf(&propertied{o})
}

type (
	propertied    struct{ *double }
	iterated      struct{ *double }
	textIterated  struct{ iterated }
	countedDouble struct{ iterated }
	arrayDouble   struct{ countedDouble }
	texted        struct{ *double }
	counted       struct{ *double }
	foo           struct{ *double }
	magic         struct{ *double }
)

func (o *propertied) Property(name string) (twig.Value, bool) { v, ok := o.props[name]; return v, ok }

func (o *iterated) Iterate(yield func(k, v twig.Value) bool) error {
	for k, v := range o.data.All() {
		if !yield(k.Value(), v) {
			break
		}
	}
	return nil
}

func (o *textIterated) ToString() string { return o.text }

func (o *countedDouble) Count() int { return o.data.Len() }

func (o *arrayDouble) Index(key twig.Value) (twig.Value, bool) {
	if s, ok := twig.Text(key); ok {
		return o.data.Get(twig.StringKey(s))
	}
	return o.data.Get(twig.IntKey(key.ToInt()))
}

func (o *arrayDouble) Constant(name string) (twig.Value, bool) {
	return twig.Int(2), name == "ARRAY_AS_PROPS"
}

func (o *texted) ToString() string { return o.text }

func (o *texted) Method(name string) (twig.Method, bool) {
	if o.class != "UserForAutoEscapeTest" || !strings.EqualFold(name, "getName") {
		return twig.Method{}, false
	}
	return method("getName", func([]twig.Value) twig.Value { return twig.String(o.text) }), true
}

func (o *counted) Count() int { return o.count }

func method(name string, call func(args []twig.Value) twig.Value, params ...twig.Param) twig.Method {
	return twig.Method{Name: name, Params: params, Call: func(_ *twig.Context, args []twig.Value) (twig.Value, error) { return call(args), nil }}
}

func (o *foo) Property(name string) (twig.Value, bool) { v, ok := o.props[name]; return v, ok }

func (o *foo) Constant(name string) (twig.Value, bool) {
	return twig.String("bar"), name == "BAR_NAME"
}

func (o *foo) Iterate(yield func(k, v twig.Value) bool) error {
	_ = yield(twig.String("a"), twig.Int(1)) && yield(twig.String("a"), twig.Int(2))
	return nil
}

func (o *foo) Method(name string) (twig.Method, bool) {
	null := twig.Value{}
	text := func(s string) (twig.Method, bool) {
		return method(name, func([]twig.Value) twig.Value { return twig.String(s) }), true
	}
	switch strings.ToLower(name) {
	case "bar":
		return method("bar", func(args []twig.Value) twig.Value {
			s := "bar"
			if args[0].Truth() {
				t, _ := twig.Text(args[0])
				s += "_" + t
			}
			if args[1].Truth() {
				t, ok := twig.Text(args[1])
				if !ok {
					t = strconv.FormatInt(args[1].ToInt(), 10)
				}
				s += "-" + t
			}
			return twig.String(s)
		}, twig.Optional("param1", null), twig.Optional("param2", null)), true
	case "getfoo":
		return text("foo")
	case "getself":
		return method("getSelf", func([]twig.Value) twig.Value { return twig.ObjectOf(o) }), true
	case "is", "in", "not":
		return text(strings.ToLower(name))
	case "strtolower":
		return method("strToLower", func(args []twig.Value) twig.Value {
			s, _ := twig.Text(args[0])
			return twig.String(strings.ToLower(s))
		}, twig.Required("value")), true
	}
	return twig.Method{}, false
}

func (o *magic) Method(name string) (twig.Method, bool) {
	if o.class != "TestClassForMagicCallAttributes" || !strings.EqualFold(name, "getBar") {
		return twig.Method{}, false
	}
	return method("getBar", func([]twig.Value) twig.Value { return twig.String("bar_from_getbar") }), true
}

func (o *magic) CallAny(_ *twig.Context, name string, _ []twig.Value) (twig.Value, error) {
	switch {
	case o.class == "MagicCallStub":
		return twig.Value{}, errors.New("__call must not be called")
	case name == "foo":
		return twig.String("foo_from_call"), nil
	}
	return twig.Bool(false), nil
}

// fixtureOptions is the host that the fixtures need.
func fixtureOptions(templates map[string]string, zone *time.Location) []twig.Option {
	globals := twig.NewMapping(1)
	globals.Set(twig.StringKey("global"), twig.String("global"))
	return []twig.Option{
		twig.WithLoader(twig.MapLoader(templates)), twig.WithGlobals(globals), twig.WithTimeZone(zone),
		twig.WithTemplateFromString(), twig.WithPolicy(&twig.Policy{Functions: []string{"dump"}}),
		twig.WithConstants(func(name string) (twig.Value, bool) {
			v, ok := map[string]twig.Value{
				"DATE_W3C": twig.String(`Y-m-d\TH:i:sP`), "E_NOTICE": twig.Int(8),
				`Twig\Tests\TwigTestFoo::BAR_NAME`: twig.String("bar"), "ArrayObject::ARRAY_AS_PROPS": twig.Int(2),
			}[name]
			return v, ok
		}),
		twig.WithEnums(func(name string) (twig.Enum, bool) {
			cases := map[string][][2]string{
				`Twig\Tests\DummyBackedEnum`: {{"FOO", "foo"}, {"BAR", "bar"}},
				`Twig\Tests\DummyUnitEnum`:   {{"BAR", ""}, {"BAZ", ""}},
			}[name]
			e := twig.Enum{Name: name}
			for _, c := range cases {
				e.Cases = append(e.Cases, twig.ObjectOf(&propertied{&double{class: name, props: map[string]twig.Value{
					"name": twig.String(c[0]), "value": twig.String(c[1]),
				}}}))
			}
			return e, cases != nil
		}),
		twig.WithExtension(testExtension()),
	}
}

func testExtension() twig.Extension {
	wrap := func(name, before, after string) twig.Callable {
		return twig.Callable{Name: name, Params: nil, Call: func(c *twig.Context, args []twig.Value) (twig.Value, error) {
			return twig.String(before + c.String(args[0]) + after), nil
		}}
	}
	join := func(name string) twig.Callable {
		return twig.Callable{Name: name, Call: func(c *twig.Context, args []twig.Value) (twig.Value, error) {
			var parts []string
			for _, v := range args {
				parts = append(parts, c.String(v))
			}
			return twig.String(strings.Join(parts, "/")), nil
		}}
	}
	function := func(c twig.Callable) twig.Callable {
		c.Params = []twig.Param{twig.Required("value")}
		return c
	}
	upper := func(c *twig.Context, args []twig.Value) (twig.Value, error) {
		return twig.String(strings.ToUpper(c.String(args[0]))), nil
	}
	text := func(s string) func(*twig.Context, []twig.Value) (twig.Value, error) {
		return func(*twig.Context, []twig.Value) (twig.Value, error) { return twig.String(s), nil }
	}
	html := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#039;")
	return twig.Extension{
		Tags: []twig.Tag{{Name: "§", Run: func(*twig.Context, []twig.Value, func() string) (string, error) { return "§", nil }}},
		Filters: []twig.Callable{
			wrap("§", "§", "§"), wrap("static_call_string", "*", "*"), wrap("static_call_array", "*", "*"), wrap("anon_foo", "*", "*"),
			wrap("magic_call", "magic_", ""), wrap("magic_call_closure", "magic_", ""), wrap("magic_call_string", "static_magic_", ""),
			wrap("magic_call_array", "static_magic_", ""), wrap("not", "not ", ""), join("*_path"), join("*_foo_*_bar"),
			{Name: "escape_and_nl2br", Safe: []string{"html"}, Call: func(c *twig.Context, args []twig.Value) (twig.Value, error) {
				return twig.String(strings.ReplaceAll(html.Replace(c.String(args[0])), "\n", "<br />\n")), nil
			}},
			{Name: "nl2br", Safe: []string{"html"}, PreEscape: "html", Variadic: true, Call: func(c *twig.Context, args []twig.Value) (twig.Value, error) {
				sep := "<br />"
				if len(args) > 1 {
					sep = c.String(args[1])
				}
				return twig.String(strings.ReplaceAll(c.String(args[0]), "\n", sep+"\n")), nil
			}},
			{Name: "escape_something", Safe: []string{"something"}, Call: upper},
			{Name: "preserves_safety", Preserves: []string{"html"}, Call: upper},
		},
		Functions: []twig.Callable{
			function(wrap("§", "§", "§")), function(wrap("static_call_string", "*", "*")), function(wrap("static_call_array", "*", "*")),
			function(wrap("anon_foo", "*", "*")), function(join("*_path")), function(join("*_foo_*_bar")),
			{Name: "safe_br", Safe: []string{"html"}, Call: text("<br />")},
			{Name: "unsafe_br", Call: text("<br />")},
			{Name: "deprecated_function", Call: text("foo")},
		},
		Tests: []twig.Callable{
			{Name: "multi word", Call: func(c *twig.Context, args []twig.Value) (twig.Value, error) {
				return twig.Bool(strings.Contains(c.String(args[0]), " ")), nil
			}},
			{Name: "test_*", Call: func(c *twig.Context, args []twig.Value) (twig.Value, error) {
				return twig.Bool(c.String(args[0]) == c.String(args[1])), nil
			}},
		},
	}
}
