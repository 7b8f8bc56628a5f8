package twig_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/appdock/appdock/twig"
)

// person is an object with a property, a method and a string form.
type person struct{ name string }

func (person) Class() string { return "Person" }

func (p person) ToString() string { return "Person " + p.name }

func (p person) Property(name string) (twig.Value, bool) {
	return twig.String(p.name), name == "name" || name == "secret"
}

func (p person) Method(name string) (twig.Method, bool) {
	if !strings.EqualFold(name, "delete") {
		return twig.Method{}, false
	}
	return twig.Method{Name: "delete", Call: func(*twig.Context, []twig.Value) (twig.Value, error) { return twig.String("deleted"), nil }}, true
}

// pageBuilder allows what a harmless page needs.
func pageBuilder() *twig.Policy {
	return &twig.Policy{
		Tags: []string{"if", "for", "set", "include", "macro", "import", "block", "extends", "apply", "embed"},
		Filters: []string{
			"escape", "e", "upper", "column", "join", "replace", "sort", "map", "length", "filter", "first", "default",
			"find", "reduce", "format", "split", "merge", "keys", "raw", "url_encode", "json_encode", "batch", "number_format",
		},
		Functions: []string{"range", "include", "max", "template_from_string", "cycle"},
		Tests:     []string{"defined", "even", "empty"},
		Props:     map[string][]string{"Person": {"name"}},
	}
}

func TestSandboxRefuses(t *testing.T) {
	t.Parallel()
	method := `Calling "__tostring" method on a "Person" object is not allowed in "t" at line 1.`
	secret := `Calling "secret" property on a "Person" object is not allowed in "t" at line 1.`
	tests := map[string]struct{ template, want string }{
		"a tag":                                  {`{% do 1 %}`, `Tag "do" is not allowed in "t" at line 1.`},
		"a filter":                               {`{{ 'a'|lower }}`, `Filter "lower" is not allowed in "t" at line 1.`},
		"a function":                             {`{{ random() }}`, `Function "random" is not allowed in "t" at line 1.`},
		"a filter in a part that never runs":     {`{% if false %}{{ 'a'|lower }}{% endif %}`, `Filter "lower" is not allowed in "t" at line 1.`},
		"a tag in a child template":              {`{% extends 'inner' %}{% import 'inner' as x %}{% from 'inner' import y %}`, `Tag "from" is not allowed in "t" at line 1.`},
		"a filter as tag":                        {`{% apply lower %}A{% endapply %}`, `Filter "lower" is not allowed in "t" at line 1.`},
		"a method":                               {`{{ p.delete }}`, `Calling "delete" method on a "Person" object is not allowed in "t" at line 1.`},
		"a method by its brackets":               {`{{ p.delete() }}`, `Calling "delete" method on a "Person" object is not allowed in "t" at line 1.`},
		"a method by an expression":              {`{{ p.('del' ~ 'ete') }}`, `Calling "delete" method on a "Person" object is not allowed in "t" at line 1.`},
		"a property":                             {`{{ p.secret }}`, secret},
		"a property by column":                   {`{{ [p]|column('secret')|join }}`, secret},
		"a property in an arrow function":        {`{{ [p]|map(x => x.secret)|join }}`, secret},
		"a property under default":               {`{{ p.secret|default('x') }}`, secret},
		"a property under ??":                    {`{{ p.secret ?? 'x' }}`, secret},
		"the string form when printed":           {`{{ p }}`, method},
		"the string form by concatenation":       {`{{ p ~ '' }}`, method},
		"the string form by interpolation":       {`{{ "a#{p}" }}`, method},
		"the string form by a filter":            {`{{ p|upper }}`, method},
		"the string form by escape":              {`{{ p|e('js') }}`, method},
		"the string form by join":                {`{{ [p]|join(',') }}`, method},
		"the string form by glue":                {`{{ [1, 2]|join(p) }}`, method},
		"the string form by replace":             {`{{ 'a'|replace({a: p}) }}`, method},
		"the string form by in":                  {`{{ 'a' in [p] }}`, method},
		"the string form by ==":                  {`{{ p == 'Person Ann' }}`, method},
		"the string form by sort":                {`{{ ['a', p]|sort|length }}`, method},
		"the string form by max":                 {`{{ max('a', p) }}`, method},
		"the string form by format":              {`{{ '%s'|format(p) }}`, method},
		"the string form by url_encode":          {`{{ {a: p}|url_encode }}`, method},
		"the string form by split":               {`{{ p|split(',')|length }}`, method},
		"the string form as key of a mapping":    {`{{ {(p): 1}|keys|join }}`, method},
		"the string form as name of a template":  {`{{ include(p) }}`, method},
		"the string form by length":              {`{{ p|length }}`, method},
		"the string form by matches":             {`{{ p matches '/a/' }}`, method},
		"what macros do":                         {`{% macro m(x) %}{{ x.secret }}{% endmacro %}{{ _self.m(p) }}`, secret},
		"what included templates do":             {`{% include 'inner' %}`, `Tag "do" is not allowed in "inner" at line 1.`},
		"what templates from strings do":         {`{{ include(template_from_string('{{ p.secret }}', 's')) }}`, `Calling "secret" property on a "Person" object is not allowed in "s (string template dd2d7c2be5ae19c8f5ad3d0a76f1c5ff)" at line 1.`},
		"the .. operator without range":          {`{{ (1..2)|length }}`, ""},
		"names of functions as arrow functions":  {`{{ ['a']|map('system')|join }}`, `The callable passed to the "map" filter must be a Closure in "t" at line 1.`},
		"names of functions for sort":            {`{{ ['a', 'b']|sort('system')|join }}`, `The callable passed to the "sort" filter must be a Closure in "t" at line 1.`},
		"names of functions for filter":          {`{{ ['a']|filter('system')|join }}`, `The callable passed to the "filter" filter must be a Closure in "t" at line 1.`},
		"names of functions for reduce":          {`{{ ['a']|reduce('system') }}`, `The callable passed to the "reduce" filter must be a Closure in "t" at line 1.`},
		"names of functions for find":            {`{{ ['a']|find('system') }}`, `The callable passed to the "find" filter must be a Closure in "t" at line 1.`},
		"names of functions for has some":        {`{{ ['a'] has some 'system' }}`, `A template can only call arrow functions, not a value of type string in "t" at line 1.`},
		"names of functions for has every":       {`{{ ['a'] has every 'system' }}`, `A template can only call arrow functions, not a value of type string in "t" at line 1.`},
		"pairs that name a method":               {`{{ ['a']|map([p, 'delete'])|join }}`, `The callable passed to the "map" filter must be a Closure in "t" at line 1.`},
		"a method by _self":                      {`{{ _self.delete(p) }}`, `Macro "delete" is not defined in template "t" in "t" at line 1.`},
		"a method by attribute":                  {`{{ attribute(p, 'delete') }}`, `Calling "delete" method on a "Person" object is not allowed in "t" at line 1.`},
		"a test":                                 {`{{ 1 is odd }}`, `Test "odd" is not allowed in "t" at line 1.`},
		"the function constant":                  {`{{ constant('PHP_EOL') }}`, `Function "constant" is not allowed in "t" at line 1.`},
		"the function source":                    {`{{ source('inner') }}`, `Function "source" is not allowed in "t" at line 1.`},
		"whether a constant exists":              {`{{ constant('PHP_EOL') is defined }}`, `Function "constant" is not allowed in "t" at line 1.`},
		"the string form as name for source":     {`{{ include([p]) }}`, method},
		"embedded templates":                     {`{% embed 'inner' %}{% endembed %}`, `Tag "do" is not allowed in "inner" at line 1.`},
		"what parents do":                        {`{% extends 'inner' %}`, `Tag "do" is not allowed in "inner" at line 1.`},
		"what parents by handle do":              {`{% extends handle %}`, `Tag "do" is not allowed in "inner" at line 1.`},
		"blocks of other templates":              {`{{ block('b', 'inner') }}`, `Tag "do" is not allowed in "inner" at line 1.`},
		"blocks of handles":                      {`{{ block('b', handle) }}`, `Tag "do" is not allowed in "inner" at line 1.`},
		"what blocks do":                         {`{% block b %}{{ p.secret }}{% endblock %}`, secret},
		"an element of an object":                {`{{ cupboard.secret }}`, `Calling "secret" property on a "Cupboard" object is not allowed in "t" at line 1.`},
		"an element by brackets":                 {`{{ cupboard['secret'] }}`, `Calling "secret" property on a "Cupboard" object is not allowed in "t" at line 1.`},
		"an element by cycle":                    {`{{ cycle(cupboard, 3) }}`, `Calling "0" property on a "Cupboard" object is not allowed in "t" at line 1.`},
		"a method that any name calls":           {`{{ cupboard.open() }}`, `Calling "open" method on a "Cupboard" object is not allowed in "t" at line 1.`},
		"the JSON of an object":                  {`{{ cupboard|json_encode }}`, `Calling "jsonserialize" method on a "Cupboard" object is not allowed in "t" at line 1.`},
		"the JSON of one in an array":            {`{{ {a: [cupboard]}|json_encode }}`, `Calling "jsonserialize" method on a "Cupboard" object is not allowed in "t" at line 1.`},
		"macros of handles":                      {`{% import handle as x %}{{ x.m() }}`, `Tag "do" is not allowed in "inner" at line 1.`},
		"handles of templates from outside":      {`{% include handle %}`, `Tag "do" is not allowed in "inner" at line 1.`},
		"leaving the sandbox by sandboxed=false": {`{{ include('inner', sandboxed = false) }}`, `Tag "do" is not allowed in "inner" at line 1.`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			open := twig.New(twig.WithLoader(twig.MapLoader{"t": tt.template, "inner": `{% do 1 %}`}), twig.WithTemplateFromString())
			// Loading a template outside first must not make it free inside.
			if _, err := open.Load(testContext, "inner"); err != nil {
				t.Fatal(err)
			}
			got := render(open.Sandbox(pageBuilder()), map[string]any{
				"p": person{"Ann"}, "cupboard": twig.ObjectOf(cupboard{}), "handle": load(t, open, "inner").Value(),
			})
			if tt.want == "" {
				if got != "2" {
					t.Errorf("got %q, want 2", got)
				}
				return
			}
			if strings.Contains(tt.want, "string template") {
				if !strings.HasPrefix(got, tt.want[:strings.Index(tt.want, "(string")]) {
					t.Errorf("got  %s\nwant %s", got, tt.want)
				}
				return
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// render gives the output of template t, or its error.
func render(env *twig.Environment, vars any) string {
	t, err := env.Load(testContext, "t")
	if err != nil {
		return err.Error()
	}
	var out strings.Builder
	if err := t.Render(testContext, &out, vars); err != nil {
		return err.Error()
	}
	return out.String()
}

// cupboard is an object with elements, a hook for any call, and JSON of its own.
type cupboard struct{}

func (cupboard) Class() string { return "Cupboard" }

func (cupboard) Index(key twig.Value) (twig.Value, bool) { return twig.String("SECRET"), true }

func (cupboard) Count() int { return 1 }

func (cupboard) CallAny(*twig.Context, string, []twig.Value) (twig.Value, error) {
	return twig.String("SECRET"), nil
}

func (cupboard) JSON() twig.Value { return twig.String("SECRET") }

// TestParentsAreFoundUnderTheirPolicy holds that nothing runs free while a
// block or macro of a sandboxed template is looked for further up, whoever asks.
func TestParentsAreFoundUnderTheirPolicy(t *testing.T) {
	t.Parallel()
	open := twig.New(twig.WithLoader(twig.MapLoader{
		"method": `{% extends p.delete() %}`, "property": `{% extends p.secret %}`, "text": `{% extends p %}`, "Ann": `{% block b %}{% endblock %}`,
	}))
	inside := open.Sandbox(pageBuilder())
	p := map[string]any{"p": person{"Ann"}}
	for name, want := range map[string]string{
		"method": `Calling "delete" method`, "property": `Calling "secret" property`, "text": `Calling "__tostring" method`,
	} {
		want += ` on a "Person" object is not allowed in "` + name + `" at line 1.`
		child := load(t, inside, name)
		if err := child.RenderBlock(testContext, &strings.Builder{}, "b", p); err == nil || err.Error() != want {
			t.Errorf("%s: a block: got %v", name, err)
		}
		if _, err := child.RunBlock(testContext, "b", p); err == nil || err.Error() != want {
			t.Errorf("%s: a block of a script: got %v", name, err)
		}
		for _, src := range []string{
			`{{ block('b', child) }}`, `{{ block('b', child) is defined }}`,
			`{% import child as x %}{{ x.m() }}`, `{% import child as x %}{{ x.m is defined }}`,
		} {
			outside, err := open.Parse("outside", src)
			if err != nil {
				t.Fatal(err)
			}
			err = outside.Render(testContext, &strings.Builder{}, map[string]any{"p": person{"Ann"}, "child": child.Value()})
			if err == nil || err.Error() != want {
				t.Errorf("%s: %s: got %v", name, src, err)
			}
		}
	}
}

// TestHandlesOfSeveralSandboxes holds that what one sandbox has loaded in a render is not there for another.
func TestHandlesOfSeveralSandboxes(t *testing.T) {
	t.Parallel()
	wide := pageBuilder()
	wide.Props = map[string][]string{"Person": {"*"}}
	env := twig.New(twig.WithPolicy(wide), twig.WithLoader(twig.MapLoader{
		"t": `{{ include('inner', sandboxed = true) }}{{ include(narrow) }}`, "narrow": `{% include 'inner' %}`, "inner": `{{ p.secret }}`,
	}))
	want := `Calling "secret" property on a "Person" object is not allowed in "inner" at line 1.`
	narrow := load(t, env.Sandbox(pageBuilder()), "narrow").Value()
	if got := render(env, map[string]any{"p": person{"Ann"}, "narrow": narrow}); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestRangeOperatorIsTheFunction holds that .. needs what range needs.
func TestRangeOperatorIsTheFunction(t *testing.T) {
	t.Parallel()
	env := twig.New(twig.WithLoader(twig.MapLoader{"t": `{{ (1..2)|length }}`})).Sandbox(&twig.Policy{Filters: []string{"length"}})
	if got, want := render(env, nil), `Function "range" is not allowed in "t" at line 1.`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestSandboxTag holds that what the tag includes is sandboxed, and nothing else.
func TestSandboxTag(t *testing.T) {
	t.Parallel()
	env := twig.New(twig.WithPolicy(pageBuilder()), twig.WithLoader(twig.MapLoader{
		"t": `{% do 1 %}{{ p.secret }}{% sandbox %}{% include 'inner' %}{% endsandbox %}`, "inner": `{{ p.secret }}`,
	}))
	want := `Calling "secret" property on a "Person" object is not allowed in "inner" at line 1.`
	if got := render(env, map[string]any{"p": person{"Ann"}}); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestIgnoreMissingHidesNothingElse holds that it is for what does not exist.
func TestIgnoreMissingHidesNothingElse(t *testing.T) {
	t.Parallel()
	for _, src := range []string{`{% include 'wrong' ignore missing %}`, `{{ include('wrong', ignore_missing = true) }}`} {
		env := twig.New(twig.WithLoader(twig.MapLoader{"t": src, "wrong": `{% if %}`}))
		if got := render(env, nil); !strings.Contains(got, `in "wrong" at line 1`) {
			t.Errorf("%s: got %s", src, got)
		}
	}
}

// TestProbingIsNoReading holds that "is defined" fails for nothing (spec 6): it
// tells that there is something, not what.
func TestProbingIsNoReading(t *testing.T) {
	t.Parallel()
	env := twig.New(twig.WithLoader(twig.MapLoader{"t": `{{ p.secret is defined }}{{ p.delete is defined }}{{ p.none is defined }}{{ p.none.more is defined }}`}))
	if got := render(env.Sandbox(pageBuilder()), map[string]any{"p": person{"Ann"}}); got != "11" {
		t.Errorf("got %s, want 11", got)
	}
}

func TestSandboxedInclude(t *testing.T) {
	t.Parallel()
	env := twig.New(twig.WithPolicy(pageBuilder()), twig.WithLoader(twig.MapLoader{
		"t":     `{{ include('inner') }}{{ include('inner', sandboxed = true) }}`,
		"inner": `{{ p.secret }}`,
	}))
	want := `Calling "secret" property on a "Person" object is not allowed in "inner" at line 1.`
	if got := render(env, map[string]any{"p": person{"Ann"}}); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	none := twig.New(twig.WithLoader(twig.MapLoader{"t": `{{ include('inner', sandboxed = true) }}`, "inner": `{% if 1 %}{% endif %}`}))
	if got, want := render(none, nil), `Tag "if" is not allowed in "inner" at line 1.`; got != want {
		t.Errorf("without policy: got %s, want %s", got, want)
	}
}

func TestEscapingOfHostileInput(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ template, want string }{
		"on the left of ??":            {`{{ x ?? 'no' }}`, `&lt;b&gt;`},
		"on the right of ??":           {`{{ missing ?? x }}`, `&lt;b&gt;`},
		"behind a literal and ??":      {`{{ null ?? x }}`, `&lt;b&gt;`},
		"in both branches":             {`{{ true ? x : '<i>' }}{{ false ? x : '<i>' }}`, `&lt;b&gt;<i>`},
		"in ?:":                        {`{{ x ?: '<i>' }}`, `&lt;b&gt;`},
		"under default":                {`{{ x|default('<i>') }}`, `&lt;b&gt;`},
		"through spaceless":            {`{{ x|spaceless }}`, `&lt;b&gt;`},
		"through spaceless as tag":     {`{% apply spaceless %}<p> <i>{{ x }}</i> </p>{% endapply %}`, `<p><i>&lt;b&gt;</i></p>`},
		"through nl2br":                {`{{ (x ~ "\n")|nl2br }}`, "&lt;b&gt;<br />\n"},
		"raw is what it says":          {`{{ x|raw }}`, `<b>`},
		"raw before another filter":    {`{{ x|raw|upper }}`, `&lt;B&gt;`},
		"through a capture":            {`{% set y %}{{ x }}{% endset %}{{ y }}`, `&lt;b&gt;`},
		"concatenated with a capture":  {`{% set y %}<i>{% endset %}{{ y ~ x }}`, `&lt;i&gt;&lt;b&gt;`},
		"of a macro's argument":        {`{% macro m(a) %}{{ a }}{% endmacro %}{{ _self.m(x) }}`, `&lt;b&gt;`},
		"escaped once":                 {`{{ x|e }}`, `&lt;b&gt;`},
		"of another strategy":          {`{{ x|e('css') }}`, `\3C b\3E `},
		"with a strategy not constant": {`{{ x|e(s) }}`, `&amp;lt;b&amp;gt;`},
		"in a loop over its letters":   {`{% for c in x|split('') %}{{ c }}{% endfor %}`, `&lt;b&gt;`},
		"joined":                       {`{{ [x, x]|join('<br>') }}`, `&lt;b&gt;&lt;br&gt;&lt;b&gt;`},
		"through replace":              {`{{ 'a'|replace({a: x}) }}`, `&lt;b&gt;`},
		"as key":                       {`{% for k, v in {(x): 1} %}{{ k }}{% endfor %}`, `&lt;b&gt;`},
		"bytes that are no text":       {`{{ "\xff<" }}{{ bytes }}`, "\xff<\uFFFD&lt;"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := twig.New(twig.WithLoader(twig.MapLoader{"t": tt.template}))
			if got := render(env, map[string]any{"x": "<b>", "s": "html", "bytes": "\xff<"}); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	limits := twig.Limits{Steps: 100_000, Output: 10_000, Allocated: 1 << 20, Depth: 20, Regexp: 100_000, Nesting: 50, Source: 100_000}
	tests := map[string]struct {
		template string
		want     twig.LimitName
	}{
		"a long loop":                   {`{% set r = 1..1000 %}{% for i in r %}{% for j in r %}{% endfor %}{% endfor %}`, twig.LimitSteps},
		"much output":                   {`{% for i in 1..1000 %}0123456789abc{% endfor %}`, twig.LimitOutput},
		"much output at once":           {`{{ big }}`, twig.LimitOutput},
		"a string that doubles":         {`{% set s = 'x' %}{% for i in 1..100 %}{% set s = s ~ s %}{% endfor %}`, twig.LimitMemory},
		"an array that doubles":         {`{% set a = [1] %}{% for i in 1..100 %}{% set a = a|merge(a) %}{% endfor %}`, twig.LimitMemory},
		"an array that spreads":         {`{% set a = [1] %}{% for i in 1..100 %}{% set a = [...a, ...a] %}{% endfor %}`, twig.LimitMemory},
		"a capture that doubles":        {`{% set s = 'x' %}{% for i in 1..100 %}{% set s %}{{ s }}{{ s }}{% endset %}{% endfor %}`, twig.LimitOutput},
		"a huge range":                  {`{{ range(1, 9000000000000000000)|length }}`, twig.LimitMemory},
		"a huge range of floats":        {`{{ range(0, 1e+18, 0.5)|length }}`, twig.LimitMemory},
		"an infinite range":             {`{{ range(0, 1e+308 * 10)|length }}`, twig.LimitMemory},
		"a huge pad":                    {`{{ '%999999999s'|format('x') }}`, twig.LimitMemory},
		"a huge separator":              {`{{ 1e+300|number_format(0, '.', big) }}`, twig.LimitMemory},
		"a huge width of a number":      {`{{ '%0999999999d'|format(1) }}`, twig.LimitMemory},
		"a huge fill":                   {`{{ [1]|batch(2000000000, 'x')|length }}`, twig.LimitMemory},
		"a replacement that grows":      {`{{ big|replace({x: big}) }}`, twig.LimitMemory},
		"values in each other":          {`{% set a = [] %}{% for i in 1..600 %}{% set a = [a] %}{% endfor %}{% set b = [] %}{% for i in 1..600 %}{% set b = [b] %}{% endfor %}{{ a == b }}`, twig.LimitDepth},
		"an escape that grows":          {`{% for i in 1..50 %}{% set s = big|e('css') %}{% endfor %}`, twig.LimitMemory},
		"a macro that calls itself":     {`{% macro m() %}{{ _self.m() }}{% endmacro %}{{ _self.m() }}`, twig.LimitDepth},
		"a template that includes self": {`{% include 't' %}`, twig.LimitDepth},
		"a block that prints itself":    {`{% block b %}{{ block('b') }}{% endblock %}`, twig.LimitDepth},
		"a template that extends self":  {`{% extends 't' %}`, twig.LimitDepth},
		"a template from a string":      {`{% set s = '{% include template_from_string(s) %}' %}{% include template_from_string(s) %}`, twig.LimitDepth},
		"work in templates of strings":  {`{% include template_from_string('{% set r = 1..999 %}{% for i in r %}{% for j in r %}{% endfor %}{% endfor %}') %}`, twig.LimitSteps},
		"a costly pattern":              {`{{ big matches '/(a|b|c){1,500}d/' }}`, twig.LimitRegexp},
		"sorting much":                  {`{% for i in 1..999 %}{% set x = (1..999)|sort((a, b) => b <=> a) %}{% endfor %}`, twig.LimitSteps},
		"searching much":                {`{% for i in 1..9999 %}{% set x = 'no' in big %}{% endfor %}`, twig.LimitSteps},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := twig.New(twig.WithLoader(twig.MapLoader{"t": tt.template}), twig.WithLimits(limits), twig.WithTemplateFromString())
			tmpl, err := env.Load(testContext, "t")
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			err = tmpl.Render(testContext, &out, map[string]any{"big": strings.Repeat("x", 20_000)})
			failed, ok := errors.AsType[*twig.Error](err)
			if !ok || failed.Kind != twig.Limit || failed.Limit != tt.want {
				t.Fatalf("got %v, want the limit of %s", err, tt.want)
			}
			if failed.Line != 1 || failed.Template == "" {
				t.Errorf("the error does not say where: %+v", failed)
			}
			if out.Len() > 0 {
				t.Errorf("%d bytes were written", out.Len())
			}
		})
	}
}

func TestDecimalsAreBounded(t *testing.T) {
	t.Parallel()
	env := twig.New(twig.WithLoader(twig.MapLoader{"t": `{{ 1|number_format(900000000) }}`}))
	if got, want := render(env, nil), `The "number_format" filter makes at most 500 decimals in "t" at line 1.`; got != want {
		t.Errorf("got %.100s, want %s", got, want)
	}
}

// TestPickingIsFree holds that what was there already is not paid for again.
func TestPickingIsFree(t *testing.T) {
	t.Parallel()
	env := twig.New(twig.WithLimits(twig.Limits{Allocated: 1 << 20}), twig.WithLoader(twig.MapLoader{
		"t": `{% set a = 1..1000 %}{% for i in 1..1000 %}{% if i in a|default([]) and [a, a]|first|length > 1 %}.{% endif %}{% endfor %}`,
	}))
	if got := render(env, nil); got != strings.Repeat(".", 1000) {
		t.Errorf("got %.100s", got)
	}
}

// TestLimitsCannotBeCaught holds that a template cannot go on after a limit.
func TestLimitsCannotBeCaught(t *testing.T) {
	t.Parallel()
	env := twig.New(twig.WithLimits(twig.Limits{Steps: 1000}), twig.WithLoader(twig.MapLoader{
		"t": `{% include 'loop' ignore missing %}{{ include('loop', ignore_missing = true) ?? 'x' }}still here`, "loop": `{% for i in 1..5000 %}{% endfor %}`,
	}))
	if got, want := render(env, nil), `The template exceeds its limit of steps (1000) in "loop" at line 1.`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTimeIsLimitedByContext(t *testing.T) {
	t.Parallel()
	env := twig.New(twig.WithLimits(twig.Limits{Steps: 1 << 60}), twig.WithLoader(twig.MapLoader{
		"t": `{% for i in 1..100000 %}{% for j in 1..100000 %}{% endfor %}{% endfor %}`,
	}))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err := load(t, env, "t").Render(ctx, &strings.Builder{}, nil)
	failed, ok := errors.AsType[*twig.Error](err)
	if !ok || failed.Limit != twig.LimitTime || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the limit of time", err)
	}
}

// TestManyElementsAreNotDeep holds that elements beside each other do not add up.
func TestManyElementsAreNotDeep(t *testing.T) {
	t.Parallel()
	src := "{{ [" + strings.Repeat("a.b|upper ~ 1, ", 5000) + "] is empty }}{{ max(" + strings.Repeat("1 + 1,", 5000) + ") }}{{ {" + strings.Repeat("a: 1 + 1,", 5000) + "}|length }}"
	if _, err := twig.New().Parse("t", src); err != nil {
		t.Error(err)
	}
}

// TestDeepRecursionKeepsToTheStack calls a macro at the bottom of as deep an expression as there may be.
func TestDeepRecursionKeepsToTheStack(t *testing.T) {
	t.Parallel()
	src := "{% macro m() %}{{ _self.m()" + strings.Repeat("|raw|upper", 900) + " }}{% endmacro %}{{ _self.m() }}"
	env := twig.New(twig.WithLoader(twig.MapLoader{"t": src}))
	if got, want := render(env, nil), `The template exceeds its limit of depth (120) in "t" at line 1.`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestReadingIsBounded holds that no text of a template exhausts the stack.
func TestReadingIsBounded(t *testing.T) {
	t.Parallel()
	const n = 60_000
	tests := map[string]string{
		"brackets":     "{{ " + strings.Repeat("(", n),
		"closed ones":  "{{ " + strings.Repeat("[", n) + strings.Repeat("]", n) + " }}",
		"signs":        "{{ " + strings.Repeat("- ", n) + "1 }}",
		"sums":         "{{ 1" + strings.Repeat("+1", n) + " }}",
		"accesses":     "{{ a" + strings.Repeat(".b", n) + " }}",
		"filters":      "{{ a" + strings.Repeat("|upper", n) + " }}",
		"conditions":   "{{ " + strings.Repeat("a?", n) + "1 }}",
		"tags":         strings.Repeat("{% if 1 %}", n),
		"arrows":       "{{ " + strings.Repeat("a=>", n) + "1 }}",
		"strings":      "{{ " + strings.Repeat("\"#{", n) + "1" + strings.Repeat("}\"", n) + " }}",
		"assignments":  "{{ a|map(" + strings.Repeat("(a)=>", n) + "1) }}",
		"parts":        "{{ \"" + strings.Repeat("#{a}", n) + "\" }}",
		"lists":        "{{ " + strings.Repeat("[", 50) + "a" + strings.Repeat(strings.Repeat("|upper", 1000)+"]", 50) + " }}",
		"nested tests": "{{ a" + strings.Repeat(" is same as(a)", n) + " }}",
	}
	for name, src := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := twig.New(twig.WithLimits(twig.Limits{Source: 16 << 20}))
			_, err := env.Parse("t", src)
			failed, ok := errors.AsType[*twig.Error](err)
			if !ok || failed.Line != 1 || failed.Kind == twig.Limit && failed.Limit != twig.LimitNesting {
				t.Errorf("got %.200v", err)
			}
		})
	}
}

// TestWorkIsPaidFor holds that what takes long or much room ends by its limit
// before it does: each line is a way to do much work with few words.
func TestWorkIsPaidFor(t *testing.T) {
	t.Parallel()
	const (
		long   = `{% for i in 1..999 %}`
		nested = `{% set a = [] %}{% set b = [] %}{% for i in 1..600 %}{% set a = [a, i] %}{% set b = [b, i] %}{% endfor %}`
		twins  = `{% set a = [1] %}{% set b = [1] %}{% for i in 1..60 %}{% set a = [a, a] %}{% set b = [b, b] %}{% endfor %}`
	)
	many := map[string]any{}
	for i := range 9000 {
		many[strconv.Itoa(i)] = i
	}
	named := map[string]any{}
	for i := range 4000 {
		named["n"+strconv.Itoa(i)] = i
	}
	var shuffled []any
	for i := range 9000 {
		shuffled = append(shuffled, i*7919%9001)
	}
	text := strings.Repeat(" ", 500_000)
	vars := twig.From(map[string]any{
		"s": text + "1", "t": strings.Clone(text) + "1", "many": many, "named": named,
		"lines": strings.Repeat("\n", 700_000), "wide": strings.Repeat("a", 5<<20), "half": strings.Repeat("a", 1_500_000), "tags": strings.Repeat("<a>", 100_000),
		"shuffled": shuffled, "o": twig.ObjectOf(person{text}), "endless": twig.ObjectOf(endless{}),
	}).Array()
	tests := map[string]struct {
		template string
		want     twig.LimitName
	}{
		"reading a long number":          {long + `{% set x = s + 1 %}{% endfor %}`, twig.LimitSteps},
		"a long number bit by bit":       {long + `{% set x = s b-and 1 %}{% endfor %}`, twig.LimitSteps},
		"a long number for a test":       {long + `{% set x = s is divisible by(3) %}{% endfor %}`, twig.LimitSteps},
		"a long number for a filter":     {long + `{% set x = s|abs %}{% endfor %}`, twig.LimitSteps},
		"a long number by its sign":      {long + `{% set x = -s %}{% endfor %}`, twig.LimitSteps},
		"a long number by ..":            {long + `{% set x = s..2 %}{% endfor %}`, twig.LimitSteps},
		"a long number by number_format": {long + `{{ s|number_format }}{% endfor %}`, twig.LimitSteps},
		"a long number of decimals":      {long + `{{ 1|number_format(s) }}{% endfor %}`, twig.LimitSteps},
		"a long number, unpacked":        {long + `{% set x = 1|round(...[s]) %}{% endfor %}`, twig.LimitSteps},
		"a long number by its name":      {long + `{% set x = 1|round(...{precision: s}) %}{% endfor %}`, twig.LimitSteps},
		"a long number before unpacking": {long + `{% set x = 1|round(s, ...[]) %}{% endfor %}`, twig.LimitSteps},
		"a long text, then unpacking":    {long + `{% set x = s|round(...[1]) %}{% endfor %}`, twig.LimitSteps},
		"long names of templates":        {long + `{% include s ignore missing %}{% endfor %}`, twig.LimitSteps},
		"long names of constants":        {long + `{% set x = constant(s) is defined %}{% endfor %}`, twig.LimitSteps},
		"many names for a macro":         {`{% macro m(` + strings.TrimSuffix(strings.Repeat("a, ", 4000), ", ") + `) %}{% endmacro %}` + long + `{% set x = _self.m(...named) %}{% endfor %}`, twig.LimitSteps},
		"line breaks":                    {`{{ lines|nl2br }}`, twig.LimitMemory},
		"upper case":                     {`{{ wide|upper }}`, twig.LimitMemory},
		"another charset":                {`{{ half|convert_encoding('UTF-16', 'UTF-8')|length }}`, twig.LimitMemory},
		"pairs of many lengths":          {`{% set p = {} %}{% for i in 1..100 %}{% set p = p|merge({('%' ~ i ~ 's')|format('x'): 1}) %}{% endfor %}{{ s|replace(p)|length }}`, twig.LimitSteps},
		"tags against a long list":       {`{{ tags|striptags('%6400s'|format('')) }}`, twig.LimitSteps},
		"reading dates":                  {`{% for i in 1..20 %}` + long + `{% set x = '2010-01-01 10:00:00'|date('Y') %}{% endfor %}{% endfor %}`, twig.LimitSteps},
		"long texts by filters":          {`{% for i in 1..60 %}{% set x = s|spaceless %}{% endfor %}`, twig.LimitSteps},
		"columns of much":                {long + `{% set x = many|column('a') %}{% endfor %}`, twig.LimitSteps},
		"long tags that are allowed":     {`{{ ''|striptags([` + strings.Repeat("s, ", 20) + `]) }}`, twig.LimitMemory},
		"long texts by ==":               {long + `{% set x = s == t %}{% endfor %}`, twig.LimitSteps},
		"long texts by <":                {long + `{% set x = s < t %}{% endfor %}`, twig.LimitSteps},
		"long texts by same as":          {long + `{% set x = [s] is same as([t]) %}{% endfor %}`, twig.LimitSteps},
		"long texts by starts with":      {long + `{% set x = s starts with t %}{% endfor %}`, twig.LimitSteps},
		"long texts by ends with":        {long + `{% set x = s ends with t %}{% endfor %}`, twig.LimitSteps},
		"long keys":                      {long + `{% set x = {}[s] ?? 1 %}{% endfor %}`, twig.LimitSteps},
		"long lists of variables":        {long + `{% with many %}{% endwith %}{% endfor %}`, twig.LimitSteps},
		"whether a long one is a list":   {long + `{% set x = many is sequence %}{% endfor %}`, twig.LimitSteps},
		"values twice in each other, ==": {twins + `{{ a == b }}`, twig.LimitSteps},
		"the same by same as":            {twins + `{{ a is same as(b) }}`, twig.LimitSteps},
		"the same by in":                 {twins + `{{ a in [b] }}`, twig.LimitSteps},
		"the same as JSON":               {twins + `{{ a|json_encode }}`, twig.LimitSteps},
		"long texts as JSON":             {`{{ [` + strings.Repeat("s, ", 20) + `]|json_encode|length }}`, twig.LimitMemory},
		"the same as pretty JSON":        {twins + `{{ a|json_encode(128) }}`, twig.LimitMemory},
		"the same as a query":            {twins + `{{ {a: a}|url_encode }}`, twig.LimitMemory},
		"the same dumped":                {twins + `{{ dump(a) }}`, twig.LimitMemory},
		"a text many times in a format":  {`{% set s = '%100000s'|format('') %}{{ '` + strings.Repeat("%1$s", 500) + `'|format(s)|length }}`, twig.LimitMemory},
		"rows of one":                    {`{% for i in 1..4 %}{% set x = (1..9000)|batch(1) %}{% endfor %}`, twig.LimitMemory},
		"many letters":                   {`{{ ('%9000000s'|format(''))|split('')|length }}`, twig.LimitMemory},
		"many parts":                     {`{% set s = '%100000s'|format('') %}{% for i in 1..9 %}{% set x = s|split(' ') %}{% endfor %}`, twig.LimitMemory},
		"joining arrays by +":            {`{% set a = (1..5000)|reverse(true) %}{% for i in 1..99 %}{% set x = a + {x: 1} %}{% endfor %}`, twig.LimitMemory},
		"joining bits of long texts":     {`{% set s = '%100000s'|format('') %}{% for i in 1..99 %}{% set x = s b-or s %}{% endfor %}`, twig.LimitMemory},
		"keeping variables for arrows":   {`{% set l = [] %}{% for i in 1..30000 %}{% set l = [x => l] %}{% endfor %}`, twig.LimitMemory},
		"compiling strings":              {`{% set s = '{{ a }}' %}{% for i in 1..10 %}{% set s = s ~ s %}{% endfor %}{% for i in 1..99 %}{% set x = template_from_string(s) %}{% endfor %}`, twig.LimitMemory},
		"a literal that is too large":    {`{% set x = [` + strings.Repeat("1,", 99_999) + `] %}`, twig.LimitMemory},
		"looking for blocks in circles":  {`{% extends 't' %}{% set x = block('none') %}`, twig.LimitDepth},
		"asking for blocks in circles":   {`{% extends 't' %}{% set x = block('none') is defined %}`, twig.LimitDepth},
		"looking for macros in circles":  {`{% extends 't' %}{% set x = _self.none() %}`, twig.LimitDepth},
		"asking for macros in circles":   {`{% extends 't' %}{% set x = _self.none is defined %}`, twig.LimitDepth},
		"a chain of extends":             {`{% extends 't' %}{% block a %}{{ parent() }}{% endblock %}`, twig.LimitDepth},
		"embeds in each other":           {`{% embed 't' %}{% endembed %}`, twig.LimitDepth},
		"arrows that render":             {`{{ [1]|map(x => include('t'))|join }}`, twig.LimitDepth},
		"arrows in each other":           {`{{ ` + strings.Repeat("[1]|map(x => ", 60) + "1" + strings.Repeat(")", 60) + ` }}`, twig.LimitDepth},
		"values nested, by same as":      {nested + `{{ a is same as(b) }}`, twig.LimitDepth},
		"values nested, as a query":      {nested + `{{ a|url_encode }}`, twig.LimitDepth},
		"captures":                       {long + `{% set x %}{{ t }}{% endset %}{% endfor %}`, twig.LimitMemory},
		"results of filters":             {long + `{% set x = t|reverse %}{% endfor %}`, twig.LimitMemory},
		"results of macros":              {`{% macro m(t) %}{{ t }}{% endmacro %}` + long + `{% set x = _self.m(t) %}{% endfor %}`, twig.LimitMemory},
		"string forms":                   {long + `{% set x = o is empty %}{% endfor %}`, twig.LimitMemory},
		"many small templates":           {`{% for i in 1..20000 %}{% set x = template_from_string('') %}{% endfor %}`, twig.LimitSteps},
		"sorting":                        {`{{ 0` + strings.Repeat(" + shuffled|sort|length", 4) + ` }}`, twig.LimitSteps},
		"all variables":                  {`{% for i in 1..30000 %}{% set x = _context %}{% endfor %}`, twig.LimitMemory},
		"source texts":                   {long + `{% set x = source('t') %}{% endfor %}{# ` + strings.Repeat("x", 50_000) + ` #}`, twig.LimitMemory},
		"unpacked arguments":             {long + `{% set x = max(...many) %}{% endfor %}`, twig.LimitMemory},
		"an iterator without end":        {`{% for x in endless %}{% endfor %}`, twig.LimitSteps},
		"counting one":                   {`{{ endless|length }}`, twig.LimitSteps},
		"copying one":                    {`{{ endless|first }}`, twig.LimitMemory},
		"looking for something in one":   {`{{ 'x' in endless }}`, twig.LimitSteps},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := twig.New(twig.WithLoader(twig.MapLoader{"t": tt.template}), twig.WithTemplateFromString(), twig.WithDebug(),
				twig.WithLimits(twig.Limits{Steps: 400_000, Allocated: 4 << 20, Depth: 50, Output: 1 << 20}))
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			tmpl, err := env.Load(ctx, "t")
			if err != nil {
				t.Fatal(err)
			}
			err = tmpl.Render(ctx, &strings.Builder{}, vars)
			failed, ok := errors.AsType[*twig.Error](err)
			if !ok || failed.Kind != twig.Limit || failed.Limit != tt.want {
				t.Fatalf("got %v, want the limit of %s", err, tt.want)
			}
			if failed.Line != 1 || failed.Template != "t" {
				t.Errorf("the error does not say where: %+v", failed)
			}
		})
	}
}

// endless is an iterator that never ends by itself.
type endless struct{}

func (endless) Class() string { return "Endless" }

func (endless) Iterate(yield func(key, value twig.Value) bool) error {
	for i := 0; yield(twig.Int(i), twig.Int(i)); i++ {
	}
	return nil
}

// TestScriptsPayToo holds the same for what only app scripts have.
func TestScriptsPayToo(t *testing.T) {
	t.Parallel()
	for name, src := range map[string]string{
		"lists that grow":       `{% set l = array([]) %}{% for i in 1..99999 %}{% do l.push(i) %}{% endfor %}`,
		"replacements that do":  `{{ s|preg_replace('/ /', s) }}`,
		"mappings of both":      `{% set a = {} %}{% for i in 1..999 %}{% set a = a|replace_recursive({(i): i}) %}{% endfor %}`,
		"mappings in mappings":  `{% set rows = 1..9000 %}{% for i in 1..99 %}{% set x = {x: rows}|replace_recursive({x: [1]}) %}{% endfor %}`,
		"while nothing is left": `{% for i in 1..99999 %}{% set x = array([1, 2, 3]) %}{% endfor %}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := twig.New(twig.WithScript(), twig.WithLoader(twig.MapLoader{"t": src}), twig.WithLimits(twig.Limits{Allocated: 4 << 20}))
			_, err := load(t, env, "t").Run(testContext, map[string]any{"s": strings.Repeat(" ", 10_000)})
			if failed, ok := errors.AsType[*twig.Error](err); !ok || failed.Limit != twig.LimitMemory {
				t.Errorf("got %v, want the limit of %s", err, twig.LimitMemory)
			}
		})
	}
}

// TestReadingEndsByItsLimits holds it for what is met while a template is read.
func TestReadingEndsByItsLimits(t *testing.T) {
	t.Parallel()
	env := twig.New(twig.WithLimits(twig.Limits{Source: 1000}), twig.WithLoader(twig.MapLoader{
		"long": strings.Repeat("x", 1001), "uses itself": `{% use 'uses itself' %}`,
	}))
	for name, want := range map[string]twig.LimitName{"long": twig.LimitSource, "uses itself": twig.LimitDepth} {
		_, err := env.Load(testContext, name)
		if failed, ok := errors.AsType[*twig.Error](err); !ok || failed.Kind != twig.Limit || failed.Limit != want {
			t.Errorf("%s: got %v, want the limit of %s", name, err, want)
		}
	}
}

// TestLiteralsCostNothingToCompile holds that a small limit of steps is no reason to fail before a render.
func TestLiteralsCostNothingToCompile(t *testing.T) {
	t.Parallel()
	env := twig.New(twig.WithLimits(twig.Limits{Steps: 100}), twig.WithLoader(twig.MapLoader{
		"t": `{% set x = [` + strings.Repeat("1,", 5000) + `] %}{{ x|length }}{{ {a: 1}.` + strings.Repeat("a", 1000) + ` ?? 2 }}`,
	}))
	if got := render(env, nil); got != "50002" {
		t.Errorf("got %s", got)
	}
}
