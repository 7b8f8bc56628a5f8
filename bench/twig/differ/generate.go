package main

import (
	"math/rand/v2"
	"strings"
)

// generator makes templates. In its rules "$x" is an expression, "$a" a
// sequence or mapping, "$s" a text, "$i" a number, "$t" a condition, "$v" a
// variable that need not be there, and "$b" a body.
type generator struct{ *rand.Rand }

var rules = map[byte][]string{
	'x': {"nul", "m.b", "m.k", "$s", "$i", "$a", "$t", "($x)", "$v ?? $x", "($t ? $x : $x)", "($x ?: $x)", "$x|default($x)", "$a|first", "$a|last", "max($i, $i)", "min($x, $x)", "$a|reduce((c, v) => c ~ v)", "$a|slice(0, 1)|first", "cycle([$x, $x], $i)"},
	's': {"'abc'", "'<b>\"&'", "a", "e", "s", "'12'", "'1.50'", "' x '", "'0'", "'ÄÖ ß'", "'-5'", "'x,y,,z'", "($x ~ $x)", "$s|upper", "$s|lower", "$s|title", "$s|capitalize", "$s|trim", "$s|trim('x')", "$s|reverse", "$s|e", "$s|e('js')", "$s|raw", "$s|nl2br", "$s|striptags", "$s|url_encode", "$s|slice($i, $i)", "$s[$i:]", "$s|replace({a: $s, '1': $s})", "$a|join(',')", "$a|join(', ', ' & ')", "$x|json_encode", "'%s|%5s|%-4s'|format($s, $s, $s)", "'%d %05d %x %.2f'|format($i, $i, $i, $i)", "\"<#{$x}>\"", "$i|number_format(1, ',', '.')", "include('other')", "$s|first", "$s|last", "block('q')"},
	'i': {"0", "1", "2", "-1", "7", "10", "2.5", "-0.5", "1000000", "n", "f", "z", "'3'", "($i + $i)", "($i - $i)", "($i * $i)", "($i // $i)", "($i / $i)", "($i % $i)", "(n ** 2)", "(-$i)", "$s|length", "$a|length", "$i|abs", "$i|round", "$i|round(1, 'floor')", "($i b-and $i)", "($i <=> $i)", "($x <=> $x)"},
	'a': {"l", "m", "[]", "[$x, $x]", "[$i, $i, $i]", "{a: $x, b: $x}", "{('k'): $x, 5: $x}", "(1..3)", "(3..1)", "('a'..'c')", "range(0, 6, 2)", "$a|merge($a)", "$a|reverse", "$a|slice(1, 2)", "$a|keys", "l|sort", "$s|split(',')|sort", "[$i, $i, $i]|sort((a, b) => a <=> b)", "$a|batch(2)", "$a|batch(2, $x)", "$a|map(v => v)", "$a|filter(v => v)", "$a|filter((v, k) => k != 0)", "$s|split(',')", "$s|split('')", "[{a: $i}, {a: $i}]|column('a')", "$a[1:2]", "$a|map((v, k) => k)"},
	't': {"true", "false", "t", "$x", "$x == $x", "$x != $x", "$i < $i", "$i >= $i", "$x < $x", "$x in $a", "$s in $s", "$s not in $a", "$s starts with $s", "$s ends with $s", "$s matches '/[a-c]+/'", "not $t", "$t and $t", "$t or $t", "$x is empty", "$x is null", "$i is odd", "$i is divisible by(2)", "$x is same as($x)", "$x is iterable", "m.none is defined", "$x is not empty"},
	'v': {"a", "nul", "m.k", "m.none", "m.b.c", "none", "m['a']", "l[0]", "l[9]"},
	'b': {"text ", "{{ $x }}", "{{ $s }}", "{{ $i }}", "{{ $a|json_encode }}", "{{ $x }} {{ $x }}", "{% if $t %}$b{% else %}$b{% endif %}", "{% for v in $a %}{{ loop.index }}{{ v|json_encode }}{{ loop.last ? '.' }}{% else %}none{% endfor %}", "{% for k, v in $a %}{{ k }}:$b{% endfor %}", "{% set v = $x %}{{ v|json_encode }}", "{% set v %}$b{% endset %}{{ v }}{{ v ~ 'x' }}", "{% apply upper %}$b{% endapply %}", "{% autoescape 'js' %}$b{% endautoescape %}", "{% with {x: $x} %}{% include 'other' %}{% endwith %}", "{% macro o(p, d = 1) %}{{ p|json_encode }}{{ d }}{{ varargs|length }}{% endmacro %}{{ _self.o($x, $x, $x) }}", "{{- $x -}} \n $b", " {%- if $t ~%} \n $b{%~ endif %} ", "{% embed 'other' %}{% block b %}$s{{ parent() }}{% endblock %}{% endembed %}", "$b$b"},
}

// leaves is how many rules of each kind, the first ones, lead nowhere.
var leaves = map[byte]int{'x': 3, 's': 10, 'i': 13, 'a': 3, 't': 3, 'v': 9, 'b': 1}

// depth is how often rules may be put into each other.
const depth = 5

func (g *generator) template() string {
	src := g.rule('b', 0)
	if strings.Contains(src, "block('q')") {
		src += "{% block q %}<u>{% endblock %}"
	}
	return src
}

func (g *generator) rule(name byte, level int) string {
	options := rules[name]
	if level >= depth {
		options = options[:leaves[name]]
	}
	var out strings.Builder
	rest := options[g.IntN(len(options))]
	for {
		before, after, found := strings.Cut(rest, "$")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		part := g.rule(after[0], level+1)
		if strings.ContainsRune("xsiat", rune(after[0])) && strings.ContainsAny(part, " |?-") {
			part = "(" + part + ")"
		}
		out.WriteString(part)
		rest = after[1:]
	}
}
