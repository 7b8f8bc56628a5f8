package twig

import (
	"strings"

	"github.com/appdock/appdock/twig/parse"
	"github.com/appdock/appdock/twig/pcre"
)

// maxProgram bounds the size of constant patterns, which stay with their template.
const maxProgram = 1 << 18

// program bounds the size of what a pattern compiles to: its length times its
// counted repeats. Go refuses repeats that come to more than a thousand together.
func program(pattern string) int64 {
	repeats := int64(1)
	for i := range len(pattern) {
		if pattern[i] != '{' {
			continue
		}
		low, end := readInt(pattern, i+1)
		high := low
		if end < len(pattern) && pattern[end] == ',' {
			high, _ = readInt(pattern, end+1)
		}
		repeats = min(1000, repeats*int64(max(low, high, 1)))
	}
	return int64(len(pattern)+1) * repeats
}

// regexp pays for a match: Go's is linear in pattern times subject.
func (c *Context) regexp(pattern string, subject int) {
	steps := program(pattern) * int64(subject+1)
	if steps > c.limits.Regexp {
		c.exceeded(LimitRegexp, c.limits.Regexp)
	}
	c.Spend(int(steps >> 8))
}

// matches compiles the operator of that name; a constant pattern is checked at once.
func (b *builder) matches(n *parse.Binary) eval {
	at, x := b.site(n.Pos), b.expr(n.X)
	if k, ok := n.Y.(*parse.Constant); ok {
		pattern := constant(k.Value).scalarString()
		if program(pattern) > maxProgram {
			s := b.site(n.Pos)
			panic(&Error{Kind: Limit, Limit: LimitRegexp, Message: "The pattern \"" + pattern + "\" is too large.", Template: s.template, Line: s.pos.Line, Column: s.pos.Column})
		}
		re, err := pcre.Compile(pattern)
		if err != nil {
			b.fail(n.Pos, Syntax, "Regexp \"%s\" passed to \"matches\" is not valid: %s.", pattern, strings.TrimSuffix(err.Error(), "."))
		}
		return func(c *Context, f *frame) Value {
			s := c.String(x(c, f))
			c.regexp(pattern, len(s))
			return Int(boolInt(re.MatchString(s)))
		}
	}
	y := b.expr(n.Y)
	return func(c *Context, f *frame) Value {
		s := c.String(x(c, f))
		pattern := c.String(y(c, f))
		c.regexp(pattern, len(s)+100)
		re, err := pcre.Compile(pattern)
		if err != nil {
			c.failAt(at, Runtime, "Regexp \"%s\" passed to \"matches\" is not valid: %s", pattern, err)
		}
		return Int(boolInt(re.MatchString(s)))
	}
}
