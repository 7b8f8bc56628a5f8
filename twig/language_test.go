package twig_test

import (
	"cmp"
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/twig"
)

// templates reads several templates from one text: "-- name --" begins each but t.
func templates(src string) twig.MapLoader {
	m, name := twig.MapLoader{}, "t"
	for line := range strings.SplitAfterSeq(src, "\n") {
		if rest, ok := strings.CutPrefix(line, "-- "); ok {
			name, _, _ = strings.Cut(rest, " --")
			continue
		}
		m[name] += line
	}
	return m
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ src, want string }{
		"a loop puts its variables back":            {`{% set i = 'a' %}{% for i in 1..2 %}{% set x = i %}{% endfor %}{{ i }}{{ x|default('gone') }}`, "agone"},
		"a loop keeps what it changes":              {`{% set n = 0 %}{% for i in 1..3 %}{% set n = n + i %}{% endfor %}{{ n }}`, "6"},
		"loops see the loop around them":            {`{% for a in 1..2 %}{% for b in 'xy'|split('') %}{{ loop.parent.loop.index }}{{ loop.index }} {% endfor %}{% endfor %}`, "11 12 21 22 "},
		"loop.parent has the outer target":          {`{% for a in 1..2 %}{% for a in ['x'] %}{{ loop.parent.a }}{{ a }} {% endfor %}{% endfor %}`, "1x 2x "},
		"the last element knows it":                 {`{% for a in 1..3 %}{{ a }}{{ loop.last ? '.' : ',' }}{% endfor %}`, "1,2,3."},
		"an included template sees the loop":        {"{% for a in 1..2 %}{% include 'i' %}{% endfor %}\n-- i --\n{{ loop.index }}{{ a }};", "11;22;"},
		"an included template changes nothing":      {"{% set a = 1 %}{% include 'i' %}{{ a }}\n-- i --\n{% set a = 2 %}{{ a }}", "21\n"},
		"with adds to an include, only takes":       {"{% set a = 1 %}{% include 'i' with {b: 2} %}{% include 'i' with {b: 2} only %}\n-- i --\n[{{ a }}{{ b }}]", "[12][2]"},
		"a block sees what is set before it":        {`{% set a = 1 %}{% block b %}{{ a }}{% set a = 2 %}{% endblock %}{{ a }}`, "11"},
		"a parent sees what the child sets":         {"{% extends 'p' %}{% set a = 1 %}\n-- p --\n{{ a }}", "1"},
		"three levels of parent()":                  {"{% extends 'p' %}{% block a %}1{{ parent() }}{% endblock %}\n-- p --\n{% extends 'q' %}{% block a %}2{{ parent() }}{% endblock %}\n-- q --\n{% block a %}3{% endblock %}", "123"},
		"a macro sees nothing of its caller":        {`{% set a = 1 %}{% macro m(b) %}{{ a }}{{ b }}{% endmacro %}{{ _self.m(2) }}`, "2"},
		"defaults of macros, and more arguments":    {`{% macro m(a, b = 'x') %}{{ a }}{{ b }}{{ varargs|join }}{% endmacro %}{{ _self.m(1) }} {{ _self.m(b: 2, a: 1) }} {{ _self.m(1, 2, 3, 4) }}`, "1x 12 1234"},
		"arrow functions see their place":           {`{% set n = 10 %}{{ [1, 2]|map(v => v + n)|join(',') }}`, "11,12"},
		"arrow functions keep what they saw":        {`{% set n = 1 %}{% set f = v => v + n %}{% set n = 5 %}{{ [1]|map(f)|first }}`, "2"},
		"and so do those that pass through":         {`{% set n = 1 %}{% set f = nope|default(v => v + n) %}{% set n = 5 %}{{ [1]|map(f)|first }}`, "2"},
		"parameters shadow and are put back":        {`{% set v = 'a' %}{{ [1]|map(v => v)|first }}{{ v }}`, "1a"},
		"arrow functions inside each other":         {`{{ [1, 2]|map(v => [3, 4]|map(w => v * w)|join('+'))|join(' ') }}`, "3+4 6+8"},
		"arrays are values":                         {`{% set a = [1] %}{% set b = a|merge([2]) %}{{ a|join }}{{ b|join(',') }}`, "11,2"},
		"order of keys is kept":                     {`{% for k, v in {z: 1, a: 2, 10: 3, 2: 4} %}{{ k }}{{ v }} {% endfor %}`, "z1 a2 103 24 "},
		"keys that read as ints are ints":           {`{{ {'5': 'a', '05': 'b'}|json_encode|raw }}{{ {'0': 'a'}|json_encode|raw }}`, `{"5":"a","05":"b"}["a"]`},
		"with is a scope of its own":                {`{% set a = 1 %}{% with {b: 2} %}{{ a }}{{ b }}{% set a = 3 %}{% endwith %}{{ a }}{{ b }}`, "121"},
		"an embed has blocks of its own":            {"{% block a %}1{% endblock %}{% embed 'e' %}{% block a %}2{{ parent() }}{% endblock %}{% endembed %}\n-- e --\n[{% block a %}3{% endblock %}]", "1[23]"},
		"the first of several templates":            {"{% include ['no', 'i'] %}\n-- i --\nyes", "yes"},
		"blocks of another template":                {"{{ block('a', 'i') }}\n-- i --\n{% block a %}yes{% endblock %}", "yes\n"},
		"globals are seen everywhere":               {`{% macro m() %}{{ site }}{% endmacro %}{{ site }}{{ _self.m() }}`, "SiteSite"},
		"a null default is a null":                  {`{% macro m(a = 1) %}{{ a is null ? 'null' : a }}{% endmacro %}{{ _self.m(null) }}{{ _self.m() }}`, "null1"},
		"names of operators can be variables":       {`{% set in = 'x' %}{{ in }}`, "x"},
		"a loop variable may be asked for":          {`{{ loop.index ?? 'none' }}{{ loop.index|default('none') }}{{ loop.index is defined ? 1 : 0 }}`, "nonenone0"},
		"what include gives is a string":            {"{% set x = include('i') %}{{ x }}{{ include('i') }}{{ [include('i')]|join }}\n-- i --\n<b>", "&lt;b&gt;<b>&lt;b&gt;\n"},
		"and what source, block and parent do":      {"{% extends 'p' %}{% block a %}{% set x = parent() %}{{ x }}{{ parent() }}{% set y = block('b') %}{{ y }}{% set z = source('p') %}{{ z|slice(0, 1) }}{% endblock %}\n-- p --\n<{% block a %}<i>{% endblock %}{% block b %}<u>{% endblock %}", "<&lt;i&gt;<i>&lt;u&gt;&lt;<u>"},
		"a macro and a capture give markup":         {`{% macro m() %}<b>{% endmacro %}{% set x = _self.m() %}{{ x }}{% set y %}<i>{% endset %}{{ y }}{{ [x, y]|join }}`, "<b><i>&lt;b&gt;&lt;i&gt;"},
		"_parent is around the loop":                {"{% set a = 'out' %}{% for a in ['in'] %}{{ a }}{{ _parent.a }}{% include 'i' %}{% endfor %}{{ _parent.a ?? 0 }}\n-- i --\n{{ _parent.a }}", "inoutout0\n"},
		"the variables, with globals and _parent":   {"{% include 'i' with {a: 1} %}{% include 'i' only %}{% include 'i' with {a: 1} only %}\n-- i --\n{% for k, v in _context %}{{ k }},{% endfor %};", "m,p,s,site,a,_parent,;site,_parent,;a,site,_parent,;"},
		"parameters of macros stand before globals": {`{% macro m(p) %}{% set z = 1 %}{{ _context|keys|join(',') }}{% endmacro %}{{ _self.m() }}`, "p,varargs,z,site"},
		"decimals of format are those there are":    {`{{ '%.1f %.1f %.0f %.0f %.2f %.1f %.1e'|format(0.25, 0.35, 0.5, 2.5, 1.005, -0.0, -0.0) }} {{ 1.005|round(2) }} {{ 1.005|number_format(2) }}`, "0.2 0.3 0 2 1.00 0.0 0.0e+0 1.01 1.01"},
		"a literal beside what is not safe":         {`{{ a ?? '<' }}{{ false ? a : '<' }}{{ false ? a : ('<' ?: a) }}{{ a ?? (a ?? '<') }}`, "<<&lt;&lt;"},
		"a zero below nothing as JSON":              {`{{ (-0.0)|json_encode }}{{ -0.0 }}`, "-0-0"},
		"what has no order is put in front":         {`{{ [{a: 1, b: 2}, {c: 3, d: 4}]|sort|map(v => v|keys|first)|join }}`, "ca"},
		"huge exponents are done at once":           {`{{ 2 ** 9999999999 }} {{ (-3) ** 999999999 }} {{ '1e999999999' + 1 }} {{ 1.5|round(999999999) }} {{ 1.5|round(-999999999) }} {{ 1.0e+999 }}`, "INF -INF INF 1.5 0 INF"},
		"text beside blocks may be used":            {"{% use 'u' %}{{ block('a') }}\n-- u --\ntext{% block a %}A{% endblock %}", "A\n"},
		"guard takes what exists":                   {`{% guard filter nope %}{{ 1|nope }}{% else %}none{% endguard %}`, "none"},
		"source is not run":                         {"{{ source('i') }}\n-- i --\n{{ a }}", "{{ a }}\n"},
		"spread in lists, mappings and calls":       {`{{ [0, ...[1, 2]]|join }}{{ {a: 1, ...{a: 2, b: 3}}|join }}{{ max(...[3, 4]) }}`, "012234"},
		"numbers at their ends":                     {`{{ random(-9223372036854775807 - 1, 9223372036854775807) is same as(0.5) ? 'no' }}{{ 1.5|round(400, 'floor') }} {{ 1.5|round(-400, 'ceil') }} {{ 1.5|round(400) }} {{ [1, 2]|slice(-9223372036854775807, -9223372036854775807)|length }}`, "1.5 0 1.5 0"},
		"an unpacked include":                       {"{{ include(...['i', {a: 1}]) }}{{ include(...{template: 'i', variables: {a: 2}}) }}\n-- i --\n{{ a }}", "12\n"},
		"missing keys are null when not strict":     {`{{ {a: 1}.b }}{{ nope.x.y }}{{ nope['x'] }}|`, "|"},
		"verbatim is printed":                       {`{% verbatim %}{{ a }}{% endverbatim %}`, "{{ a }}"},
		"a child of a string's template":            {"{% include template_from_string(\"{% extends 'p' %}{% block a %}2{% endblock %}\") %}\n-- p --\n[{% block a %}1{% endblock %}]", "[2]"},
		"host objects by property and method":       {`{{ p.name }} {{ p.delete }} {{ p.DELETE() }} {{ p }}`, "Ann deleted deleted Person Ann"},
		"Go structs by field and method":            {`{{ s.name }} {{ s.Name }} {{ s.double(4) }} {{ s.list[1].name }}`, "Bob Bob 8 Eve"},
		"Go maps by sorted keys":                    {`{% for k, v in m %}{{ k }}{{ v }}{% endfor %}`, "a1b2"},
		"the same name twice in a chain of extends": {"{% extends 'p' %}{% block a %}{{ block('b') }}{% endblock %}{% block b %}B{% endblock %}\n-- p --\n{% block a %}{% endblock %}", "B"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			globals := twig.NewMapping(1)
			globals.Set(twig.StringKey("site"), twig.String("Site"))
			env := twig.New(twig.WithLoader(templates(tt.src)), twig.WithGlobals(globals), twig.WithTemplateFromString())
			got := render(env, map[string]any{
				"p": person{"Ann"}, "s": &customer{Name: "Bob", List: []*customer{nil, {Name: "Eve"}}}, "m": map[string]int{"b": 2, "a": 1},
			})
			if diff := gocmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// customer is a plain Go struct.
type customer struct {
	Name string
	List []*customer
}

// Double is a method with a parameter.
func (customer) Double(n int) int { return 2 * n }

func TestScripts(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ src, want string }{
		"return ends a script":        {`{% if true %}{% return 1 + 1 %}{% endif %}{% return 3 %}`, "2"},
		"a list as its items":         {`{% set n = 0 %}{% foreach [1, 2]|merge([3]) as i %}{% set n = n + i %}{% endforeach %}{% return n %}`, "6"},
		"a list as keys and items":    {`{% set n = '' %}{% foreach {a: 1, b: 2} as k => v %}{% set n = n ~ k ~ v %}{% endforeach %}{% return n %}`, "a1b2"},
		"a name as its items":         {`{% set list = [1, 2] %}{% set n = 0 %}{% foreach list as i %}{% set n = n + i %}{% endforeach %}{% return n %}`, "3"},
		"break leaves a loop":         {`{% set n = 0 %}{% foreach i in 1..9 %}{% if i > 3 %}{% break %}{% endif %}{% set n = n + i %}{% endforeach %}{% return n %}`, "6"},
		"break leaves two loops":      {`{% set n = 0 %}{% foreach i in 1..9 %}{% foreach j in 1..9 %}{% set n = n + 1 %}{% if j == 2 %}{% break 2 %}{% endif %}{% endforeach %}{% endforeach %}{% return n %}`, "2"},
		"continue goes on":            {`{% set n = 0 %}{% foreach i in 1..4 %}{% if i == 2 %}{% continue %}{% endif %}{% set n = n + i %}{% endforeach %}{% return n %}`, "8"},
		"continue goes on outside":    {`{% set n = 0 %}{% foreach i in 1..3 %}{% foreach j in 1..3 %}{% if j == 2 %}{% continue 2 %}{% endif %}{% set n = n + 1 %}{% endforeach %}{% set n = n + 100 %}{% endforeach %}{% return n %}`, "3"},
		"&& and ||":                   {`{% return (true && false) || 1 === 1 %}`, "1"},
		"=== is identity":             {`{% return 1 === 1.0 ? 'same' : 'other' %}`, "other"},
		"!== is its opposite":         {`{% return '1' !== 1 ? 'other' : 'same' %}`, "other"},
		"macros return values":        {`{% macro m(a) %}{% return a|merge([3]) %}text{% endmacro %}{% return _self.m([1, 2])|length %}`, "3"},
		"return in a loop in a macro": {`{% macro m() %}{% foreach i in 1..9 %}{% if i == 4 %}{% return i %}{% endif %}{% endforeach %}{% endmacro %}{% set x = _self.m() %}{% return x + 1 %}`, "5"},
		"conversions":                 {`{% return '12abc'|intval + '1.5'|floatval %}`, "13.5"},
		"strict tests":                {`{% return 1 is int and '1' is string and 1.5 is float and [] is array and null is not scalar %}`, "1"},
		"md5":                         {`{% return 'a'|md5 %}`, "0cc175b9c0f1b6a831c399e269772661"},
		"json keeps fractions":        {`{% return {a: 1.0}|json_encode %}`, `{"a":1.0}`},
		"preg_replace":                {`{% return 'a1b22'|preg_replace('/([a-z])(\\d+)/', '$2${1}-') %}`, "1a-22b-"},
		"replace_recursive":           {`{% return {a: {b: 1, c: 2}}|replace_recursive({a: {b: 3}})|json_encode %}`, `{"a":{"b":3,"c":2}}`},
		"versions":                    {`{% return version_compare('6.5.0.0', '6.5.0.0-rc1', '>') and version_compare('1.10', '1.9') == 1 %}`, "1"},
		"filters let null through":    {`{% return null|map(v => v) is null %}`, "1"},
		"output is thrown away":       {`text{{ 1 }}{% return 2 %}`, "2"},
		"nothing returned is null":    {`{% set a = 1 %}`, ""},
		"a list to change":            {`{% set a = array([1, 2]) %}{% do a.push(3) %}{% do a.set('k', 4) %}{% do a.remove(0) %}{% do a.merge([5]) %}{% return a.all|json_encode ~ a|length ~ a.has(5) %}`, `{"1":2,"2":3,"k":4,"3":5}41`},
		"a list changed in a loop":    {`{% set a = array([1, 2, 3]) %}{% foreach v in a %}{% do a.push(v) %}{% endforeach %}{% do a.removeBy(v => v == 2) %}{% return a|join(',') %}`, `1,3,1,3`},
		"preg_match":                  {`{% return preg_match('abc', '/^A/i') %}`, "1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := twig.New(twig.WithScript(), twig.WithStrictVariables(), twig.WithLoader(twig.MapLoader{"t": tt.src}))
			v, err := load(t, env, "t").Run(testContext, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := twig.Text(v)
			if !ok {
				got = v.String()
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestScriptHooks(t *testing.T) {
	t.Parallel()
	env := twig.New(twig.WithScript(), twig.WithLoader(twig.MapLoader{"t": `{% block cart %}{% return hook.total * 2 %}{% endblock %}`}))
	script := load(t, env, "t")
	v, err := script.RunBlock(testContext, "cart", map[string]any{"hook": map[string]any{"total": 21}})
	if err != nil || v.ToInt() != 42 {
		t.Errorf("got %v %v, want 42", v, err)
	}
	if diff := gocmp.Diff([]string{"cart"}, script.Blocks()); diff != "" {
		t.Error(diff)
	}
	env = twig.New(twig.WithScript(), twig.WithLoader(twig.MapLoader{
		"t": `{% import 'm' as m %}{% block cart %}{% return m.double(4) %}{% endblock %}`, "m": `{% macro double(n) %}{% return n * 2 %}{% endmacro %}`,
	}))
	v, err = load(t, env, "t").RunBlock(testContext, "cart", nil)
	if err != nil || v.ToInt() != 8 {
		t.Errorf("an import outside the block: got %v %v, want 8", v, err)
	}
	_, err = script.RunBlock(testContext, "order", nil)
	if want := `Block "order" on template "t" does not exist in "t".`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestNextSyntax(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ src, want string }{
		"?. on null":         {`{{ nothing?.name ?? 'none' }}`, "none"},
		"?. on a value":      {`{{ {a: {b: 1}}?.a?.b }}`, "1"},
		"underscores":        {`{{ 1_000 + 0.5_0 }}`, "1000.5"},
		"?. then a method":   {`{{ p?.delete() }}`, "deleted"},
		"===":                {`{{ 1 === 1 ? 'y' }}{{ 1 !== 1.0 ? 'y' }}`, "yy"},
		"an assignment":      {`{% do a = 1 + 2 %}{{ a }}`, "3"},
		"taking a list":      {`{% do [a, b] = [1, 2] %}{{ a }}{{ b }}`, "12"},
		"taking a mapping":   {`{% do {x, y: z} = {x: 1, y: 2} %}{{ x }}{{ z }}`, "12"},
		"taking one's parts": {`{% do [a, [b]] = [1, [2]] %}{{ a }}{{ b }}`, "12"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := twig.New(twig.WithNext(), twig.WithStrictVariables(), twig.WithLoader(twig.MapLoader{"t": tt.src}))
			if got := render(env, map[string]any{"nothing": nil, "p": person{"Ann"}}); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestLoaders(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	chain := twig.ChainLoader{
		twig.MapLoader{"a": "map"}, twig.FSLoader{FS: os.DirFS("testdata/bench")}, failing{broken},
	}
	tests := map[string]string{
		"a": "map", "snippet.html.twig": "{% if customer %}", "../security_test.go": "error: disk on fire", "b": "error: disk on fire",
	}
	for name, want := range tests {
		src, err := chain.Load(testContext, name)
		if err != nil {
			src = "error: " + err.Error()
		}
		if !strings.HasPrefix(src, want) {
			t.Errorf("%s: got %q, want %q", name, src, want)
		}
	}
	_, err := twig.New(twig.WithLoader(chain)).Load(testContext, "b")
	if e, ok := errors.AsType[*twig.Error](err); !ok || e.Kind != twig.Loader || !errors.Is(err, broken) {
		t.Errorf("got %v, want a loader error with its cause", err)
	}
}

type failing struct{ err error }

func (f failing) Load(context.Context, string) (string, error) { return "", f.err }

// TestErrorsHavePlaces holds kind, template, line and column of each kind of error.
func TestErrorsHavePlaces(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		src          string
		kind         twig.ErrorKind
		line, column int
	}{
		"a syntax error":          {"\n{{ 1 + }}", twig.Syntax, 2, 7},
		"an unknown name":         {"\n\n  {{ a }}{{ b.c }}", twig.Runtime, 3, 13},
		"a missing template":      {"{{ a }}\n{% include 'no' %}", twig.Loader, 2, 4},
		"a failure in a filter":   {"{{ [1]|upper }}", twig.Runtime, 1, 8},
		"an unknown argument":     {"{{ a|join(x = 1) }}", twig.Syntax, 1, 15},
		"a division":              {"{{ 1 / 0 }}", twig.Runtime, 1, 6},
		"a failure of the host's": {"{{ fail() }}", twig.Runtime, 1, 4},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := twig.New(twig.WithStrictVariables(), twig.WithLoader(twig.MapLoader{"t": tt.src}), twig.WithExtension(twig.Extension{
				Functions: []twig.Callable{{Name: "fail", Call: func(*twig.Context, []twig.Value) (twig.Value, error) { return twig.Value{}, errHost }}},
			}))
			tmpl, err := env.Load(testContext, "t")
			if err == nil {
				err = tmpl.Render(testContext, &strings.Builder{}, map[string]any{"a": 1})
			}
			e, ok := errors.AsType[*twig.Error](err)
			if !ok {
				t.Fatalf("got %v", err)
			}
			if got := cmp.Or(cmp.Compare(e.Kind, tt.kind), cmp.Compare(e.Line, tt.line), cmp.Compare(e.Column, tt.column)); got != 0 {
				t.Errorf("got %v %d:%d, want %v %d:%d (%v)", e.Kind, e.Line, e.Column, tt.kind, tt.line, tt.column, err)
			}
			if strings.Contains(tt.src, "fail") && !errors.Is(err, errHost) {
				t.Error("the host's error is lost")
			}
		})
	}
}

// TestCheckGoesOn holds that not only the first error of a template is found.
func TestCheckGoesOn(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		src  string
		want []string
	}{
		"nothing wrong": {"{% if a %}{{ b }}{% endif %}", nil},
		"three prints and a tag": {"{{ a b }}\n{{ c|nope }}\n{% if %}x{% else %}y{% endif %}\n{{ d( }}", []string{
			`Unexpected token "name" of value "b" ("end of print statement" expected) in "t" at line 1.`,
			`Unknown "nope" filter in "t" at line 2.`,
			`Unexpected token "end of statement block" of value "" in "t" at line 3.`,
			`Unclosed "(" in "t" at line 4.`,
		}},
		"prints, a filter, a tag without expression": {"{{ a b }}\n{{ c|nope }}\n{% if %}x{% else %}y{% endif %}\n{% include %}", []string{
			`Unexpected token "name" of value "b" ("end of print statement" expected) in "t" at line 1.`,
			`Unknown "nope" filter in "t" at line 2.`,
			`Unexpected token "end of statement block" of value "" in "t" at line 3.`,
			`Unexpected token "end of statement block" of value "" in "t" at line 4.`,
		}},
		"errors inside of bodies": {"{% for a in b %}\n{{ nope() }}{% block c %}{{ 1 + }}{% endblock %}\n{% endfor %}{{ x|nope2 }}", []string{
			`Unknown "nope" function in "t" at line 2.`,
			`Unexpected token "end of print statement" of value "" in "t" at line 2.`,
			`Unknown "nope2" filter in "t" at line 3.`,
		}},
		"an open tag at the end": {"{{ 1 2 }}{% if a %}", []string{
			`Unexpected token "number" of value "2" ("end of print statement" expected) in "t" at line 1.`,
			`Unexpected end of template in "t" at line 1.`,
		}},
		"what only compiling finds": {"{{ a|join(x = 1) }}", []string{`Unknown argument "x" for filter "join(glue, and)" in "t" at line 1.`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, e := range twig.New().Check("t", tt.src) {
				got = append(got, e.Error())
			}
			if diff := gocmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

var errHost = errors.New("host says no")

// clerk has a method whose second value is no error.
type clerk struct{}

func (clerk) Find() (string, bool) { return "", false }

// TestMethodsOfOddShapeAreNotThere holds that a method of a Go struct that
// returns more than a value and an error is none, rather than a panic.
func TestMethodsOfOddShapeAreNotThere(t *testing.T) {
	t.Parallel()
	env := twig.New(twig.WithLoader(twig.MapLoader{"t": `{{ c.find is defined ? 'yes' : 'no' }}{{ c.find }}`}))
	if got := render(env, map[string]any{"c": clerk{}}); got != "no" {
		t.Errorf("got %s, want no", got)
	}
}
